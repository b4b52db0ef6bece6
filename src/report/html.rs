//! `report.html`: one self-contained file without scripts.

use super::{AGAIN, TIMES, WHOSE, data, filled, link, making, times};
use crate::experiment::summary::{COLUMNS, Summary};
use crate::experiment::{Arm, Finished};
use crate::figures::{Chapter, Figure, look};
use std::fmt::Display;

/// The style sheet of the page.
const STYLE: &str = include_str!("report.css");

/// Forbids the browser to load or run anything, whatever the run's files contain.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:";

/// The page of a run with these figures.
pub fn page(run: &Finished, chapters: &[Chapter]) -> String {
    let summary = Summary::of(&run.results);
    let warning = summary.warning.map_or(String::new(), |[title, _]| format!("{title}: "));
    let mut sections = vec![Section::new("comparison", "Comparison", comparison(&summary))];
    for (n, chapter) in filled(chapters).enumerate() {
        let figures = chapter.figures.iter().map(figure).collect();
        sections.push(Section::new(format!("chapter-{}", n + 1), &chapter.title, figures));
    }
    sections.push(Section::new("settings", "Settings", settings(run)));
    sections.push(Section::new("made", "How it was made", made(run)));
    let body: String = sections.iter().map(|section| &*section.html).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{warning}{}</title>\n\
         <style>\n{}\n{STYLE}</style>\n</head>\n<body>\n<main>\n{}{}{body}</main>\n</body>\n</html>\n",
        escape(&summary.experiment),
        look::letters(),
        header(&summary),
        contents(&sections)
    )
}

/// A part of the page, and the link to it from the contents.
struct Section {
    link: String,
    html: String,
}

impl Section {
    fn new(id: impl Display, title: &str, body: String) -> Self {
        let title = escape(title);
        let link = format!("<li><a href=\"#{id}\">{title}</a></li>\n");
        Self { link, html: format!("<section id=\"{id}\">\n<h2>{title}</h2>\n{body}</section>\n") }
    }
}

/// Text escaped for elements and attributes of HTML, since names come from files that anyone may have written.
pub fn escape(text: &str) -> String {
    let escaped = |c: char| match c {
        '&' => "&amp;".into(),
        '<' => "&lt;".into(),
        '>' => "&gt;".into(),
        '"' => "&quot;".into(),
        '\'' => "&#39;".into(),
        _ => c.to_string(),
    };
    text.chars().map(escaped).collect()
}

/// Our own words escaped, with code between backticks.
fn prose(text: &str) -> String {
    let set = |(n, part): (usize, &str)| match n % 2 {
        0 => escape(part),
        _ => format!("<code>{}</code>", escape(part)),
    };
    text.split('`').enumerate().map(set).collect()
}

/// Escaped text with numbers: a hyphen before a number becomes a minus, but not that of `2-3 days`.
fn numbers(text: &str) -> String {
    let (mut set, mut before) = (String::new(), ' ');
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let number = rest.peek().is_some_and(char::is_ascii_digit);
        set.push(if c == '-' && number && " (".contains(before) { '−' } else { c });
        before = c;
    }
    escape(&set)
}

fn header(summary: &Summary) -> String {
    let warning = summary.warning.map_or(String::new(), |[title, meaning]| {
        format!("<aside class=\"warning\"><strong>{}</strong> {}</aside>\n", escape(title), prose(meaning))
    });
    format!(
        "<header>\n{warning}<p class=\"kind\">LeNet-5 by hand</p>\n<h1>{}</h1>\n<p>{}</p>\n</header>\n",
        escape(&summary.experiment),
        escape(&data(summary))
    )
}

/// Links to the sections.
fn contents(sections: &[Section]) -> String {
    let items: String = sections.iter().map(|section| &*section.link).collect();
    format!("<nav aria-label=\"Contents\">\n<ul>\n{items}</ul>\n</nav>\n")
}

fn comparison(summary: &Summary) -> String {
    let sentence = |sentence: &String| format!("<li>{}</li>\n", numbers(sentence));
    let sentences: String = summary.sentences.iter().map(sentence).collect();
    let table = table("Beside the paper", COLUMNS, &summary.rows);
    format!("{table}<p class=\"small\">{}</p>\n<ul>\n{sentences}</ul>\n", prose(WHOSE))
}

/// A table whose rows begin with a name.
fn table<const N: usize>(label: &str, head: [&str; N], rows: &[[String; N]]) -> String {
    let head: String = head.iter().map(|name| format!("<th scope=\"col\">{}</th>", escape(name))).collect();
    let row = |cells: &[String; N]| {
        let rest: String = cells[1..].iter().map(|cell| format!("<td>{}</td>", numbers(cell))).collect();
        format!("<tr><th scope=\"row\">{}</th>{rest}</tr>\n", escape(&cells[0]))
    };
    let rows: String = rows.iter().map(row).collect();
    format!(
        "<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"{label}\">\n<table>\n<thead><tr>{head}</tr></thead>\n\
         <tbody>\n{rows}</tbody>\n</table>\n</div>\n"
    )
}

fn figure(figure: &Figure) -> String {
    let frame = &figure.page.frame;
    let title = escape(&frame.title);
    let reading: String = frame.reading.lines().map(|line| format!("<p>{}</p>\n", escape(line))).collect();
    let [svg, png] = ["svg", "png"].map(|kind| escape(&link(&figure.name, kind)));
    format!(
        "<figure>\n<h3>{title}</h3>\n<div class=\"wide paper\" tabindex=\"0\" role=\"group\" aria-label=\"{title}\">\n{}\
         </div>\n<figcaption>\n{reading}<p class=\"small\">{} <a href=\"{svg}\">SVG</a> <a href=\"{png}\">PNG</a></p>\n\
         </figcaption>\n</figure>\n",
        drawing(figure),
        escape(&frame.caption)
    )
}

/// The figure without its paper and the words around it, which are parts of the report.
fn drawing(figure: &Figure) -> String {
    let page = &figure.page;
    // The first two lines are the tags of the page and of the paper.
    let (inner, (top, height)) = (page.svg.splitn(3, '\n').nth(2).unwrap_or(""), page.inside);
    let (width, title) = (look::WIDTH, escape(&page.frame.title));
    format!(
        "<svg width=\"{width}\" height=\"{height}\" viewBox=\"0 {top} {width} {height}\" role=\"img\" \
         aria-label=\"{title}\">\n{}\n",
        inner.trim_end()
    )
}

/// All settings of all arms.
fn settings(run: &Finished) -> String {
    let details = |arm: &Arm| {
        let (name, about) = (escape(&arm.name), escape(&arm.settings.description));
        let toml = escape(&arm.toml());
        format!("<details>\n<summary><b>{name}</b> {about}</summary>\n<pre>{toml}</pre>\n</details>\n")
    };
    run.plan.arms.iter().map(details).collect()
}

/// The command, the machine, and the times.
fn made(run: &Finished) -> String {
    let pair = |(name, words): (&str, String)| format!("<dt>{name}</dt><dd>{}</dd>\n", escape(&words));
    let facts: String = making(run).into_iter().map(pair).collect();
    let (command, times) = (escape(&run.results.command), table("Times", TIMES, &times(run)));
    format!("<pre>{command}</pre>\n<dl>\n{facts}</dl>\n{times}<p>{}</p>\n", prose(AGAIN))
}
