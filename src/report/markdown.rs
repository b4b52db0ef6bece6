//! `report.md`: the report as plain text.

use super::{AGAIN, TIMES, WHOSE, data, filled, link, making, times};
use crate::experiment::Finished;
use crate::experiment::screen::wrapped;
use crate::experiment::summary::{COLUMNS, Summary};
use crate::figures::{Chapter, Figure};
use comfy_table::{CellAlignment, Table, presets};

/// The width of lines.
const WIDTH: usize = 100;

/// The page of a run with these figures.
pub fn page(run: &Finished, chapters: &[Chapter]) -> String {
    let summary = Summary::of(&run.results);
    let chapters: String = filled(chapters).map(chapter).collect();
    [header(&summary), comparison(&summary), chapters, settings(run), made(run)].concat()
}

/// Text escaped for Markdown, so that nothing in a name is a mark, a tag or a link.
pub fn escape(text: &str) -> String {
    let escaped = |c: char| match c {
        '\n' | '\r' => " ".into(),
        '\\' | '`' | '*' | '[' | ']' | '<' | '|' | '&' => format!("\\{c}"),
        _ => c.to_string(),
    };
    // A `<` before a space is a sign in a sentence, as in p < 0.001.
    text.chars().map(escaped).collect::<String>().replace("\\< ", "< ")
}

/// A paragraph of text that is escaped already.
fn paragraph(text: &str) -> String {
    wrapped(text, WIDTH, "") + "\n"
}

fn header(summary: &Summary) -> String {
    let warning = summary.warning.map_or(String::new(), |[title, meaning]| {
        wrapped(&format!("**{title}** {meaning}"), WIDTH - 2, "> ") + "\n"
    });
    format!("# {}\n\n{warning}{}", escape(&summary.experiment), paragraph(&escape(&data(summary))))
}

fn comparison(summary: &Summary) -> String {
    let sentence = |sentence: &String| {
        let lines = wrapped(&escape(sentence), WIDTH - 2, "  ");
        lines.replacen("  ", "- ", 1)
    };
    let sentences: String = summary.sentences.iter().map(sentence).collect();
    let gap = if sentences.is_empty() { "" } else { "\n" };
    format!("## Comparison\n\n{}\n{}{sentences}{gap}", table(COLUMNS, &summary.rows), paragraph(WHOSE))
}

/// A table whose rows begin with a name.
fn table<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> String {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN);
    table.set_header(head);
    table.column_iter_mut().skip(1).for_each(|column| column.set_cell_alignment(CellAlignment::Right));
    table.add_rows(rows.iter().map(|row| row.each_ref().map(|cell| escape(cell))));
    format!("{table}\n")
}

fn chapter(chapter: &Chapter) -> String {
    let figures: String = chapter.figures.iter().map(figure).collect();
    format!("## {}\n\n{figures}", escape(&chapter.title))
}

fn figure(figure: &Figure) -> String {
    let (frame, link) = (&figure.page.frame, link(&figure.name, "svg"));
    let title = escape(&frame.title);
    let reading: String = frame.reading.lines().map(|line| paragraph(&escape(line))).collect();
    format!("### {title}\n\n![{title}]({link})\n\n{reading}{}", paragraph(&escape(&frame.caption)))
}

/// All settings of all arms.
fn settings(run: &Finished) -> String {
    let arms = run.plan.arms.iter();
    let arms: String =
        arms.map(|arm| format!("### {}\n\n{}", escape(&arm.name), fenced("toml", &arm.toml()))).collect();
    format!("## Settings\n\n{arms}")
}

/// The command, the machine, and the times.
fn made(run: &Finished) -> String {
    let line = |(name, words): (&str, String)| format!("- {name}: {}\n", escape(&words));
    let facts: String = making(run).into_iter().map(line).collect();
    let (command, times) = (fenced("sh", &run.results.command), table(TIMES, &times(run)));
    format!("## How it was made\n\n{command}{facts}\n{times}\n{}", wrapped(AGAIN, WIDTH, ""))
}

/// Text unchanged, between fences that are longer than any in it.
fn fenced(kind: &str, text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(3.max(longest + 1));
    format!("{fence}{kind}\n{}\n{fence}\n\n", text.trim_end())
}
