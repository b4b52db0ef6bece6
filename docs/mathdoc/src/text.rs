//! A text with equations in it.

use crate::equation::mathml;
use math_core::MathDisplay;

const FONT: &str = include_str!("../font/STIXTwoMath.woff2.base64");
const STYLE: &str = include_str!("style.css");

/// The text as rustdoc reads it; if it has equations, with their font and style.
pub fn page(text: &str) -> Result<String, String> {
    let markdown = markdown(text)?;
    if !markdown.contains("<math") {
        return Ok(markdown);
    }
    let style = STYLE.replace('\n', "").replace("FONT", FONT);
    Ok(format!("{markdown}\n\n<style>{style}</style>\n"))
}

/// The text with its equations as MathML.
fn markdown(text: &str) -> Result<String, String> {
    let (mut markdown, mut prose) = (String::new(), String::new());
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let (indent, words) = line.split_at(line.len() - line.trim_start().len());
        let Some(mark) = ["```", "$$"].into_iter().find(|mark| words.starts_with(mark)) else {
            prose += line;
            prose += "\n";
            continue;
        };
        markdown += &with_inline_equations(&std::mem::take(&mut prose))?;
        let block = until(mark, &mut lines).ok_or_else(|| format!("no {mark} closes: {line}"))?;
        markdown += &match words.strip_prefix("$$") {
            Some(heading) => indented(&display(heading.trim(), &block)?, indent),
            None => format!("{line}\n{block}{indent}```\n"),
        };
    }
    Ok(markdown + &with_inline_equations(&prose)?)
}

/// The lines before the next line that consists of `mark` alone; `None` if there is no such line.
fn until<'a>(mark: &str, lines: &mut impl Iterator<Item = &'a str>) -> Option<String> {
    let mut block = String::new();
    for line in lines {
        if line.trim() == mark {
            return Some(block);
        }
        block += line;
        block += "\n";
    }
    None
}

/// A displayed equation; its heading is empty or like ``(21) [`rate`]``.
fn display(heading: &str, latex: &str) -> Result<String, String> {
    let math = mathml(latex, MathDisplay::Block)?;
    if heading.is_empty() {
        return Ok(format!("\n<div class=\"equation\"><div>{math}</div></div>\n\n"));
    }
    let numbered = heading.strip_prefix('(').and_then(|rest| rest.split_once(')'));
    let (number, origin) = numbered.ok_or(format!(
        "found '$$ {heading}': expected '$$' alone, or a number and a link to \
         the function that computes the equation, '$$ (21) [`rate`]'"
    ))?;
    if !origin.contains('[') {
        return Err(format!(
            "equation ({number}) does not say what computes it: link the function after its number"
        ));
    }
    let label = format!("<a class=\"number\" href=\"#eq-{number}\">({number})</a>");
    let open = format!("<div class=\"equation\" id=\"eq-{number}\"><div>{math}</div>{label}");
    Ok(format!("\n{open}\n\n{}\n\n</div>\n\n", origin.trim()))
}

/// The lines with the indentation of the equation, so that it stays in its list.
fn indented(text: &str, indent: &str) -> String {
    let line = |line: &str| if line.is_empty() { "\n".into() } else { format!("{indent}{line}\n") };
    text.lines().map(line).collect()
}

/// Prose with `$...$` as MathML; code spans are not changed.
fn with_inline_equations(prose: &str) -> Result<String, String> {
    let (mut out, mut rest) = (String::new(), prose);
    while let Some(at) = rest.find(['`', '$', '\\']) {
        let (before, here) = rest.split_at(at);
        out += before;
        let length = if here.starts_with('\\') {
            let escaped = here.chars().nth(1).filter(|&c| c != '\n');
            out += if escaped == Some('$') { "$" } else { &here[..1 + escaped.map_or(0, char::len_utf8)] };
            1 + escaped.map_or(0, char::len_utf8)
        } else if here.starts_with('`') {
            let length = code_span(here);
            out += &here[..length];
            length
        } else {
            let latex =
                here[1..].split_once('$').map(|(latex, _)| latex).filter(|latex| !latex.contains("\n\n"));
            let latex = latex
                .ok_or_else(|| format!("a $ opens an equation that no $ closes: {}", first_line(here)))?;
            out += &mathml(&latex.replace('\n', " "), MathDisplay::Inline)?;
            latex.len() + 2
        };
        rest = &here[length..];
    }
    Ok(out + rest)
}

/// The length of the code span at the start of `text`; that of the backticks alone if nothing closes it.
fn code_span(text: &str) -> usize {
    let ticks = text.len() - text.trim_start_matches('`').len();
    let close = text[ticks..].find(&text[..ticks]);
    close.map_or(ticks, |at| ticks + at + ticks)
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_equation_within_a_line() {
        let page = markdown("so $x_j$ and\n$y$,\nfor \\$5 \\* 2").unwrap();
        let x = "<math><msub><mi>x</mi><mi>j</mi></msub></math>";
        assert_eq!(page, format!("so {x} and\n<math><mi>y</mi></math>,\nfor $5 \\* 2\n"));
    }

    #[test]
    fn code_is_not_changed() {
        for code in [
            "`$x$ and $`\n",
            "``a`$b``\n",
            "```sh\necho $HOME\n```\n",
            "```\n$$\n```\n",
            "- so\n\n  ```\n  $\n  ```\n",
        ] {
            assert_eq!(markdown(code).unwrap(), code);
        }
    }

    #[test]
    fn a_numbered_equation_has_an_anchor_and_an_origin() {
        let page = markdown("$$ (21) [`rate`]\n\\epsilon\n$$\n").unwrap();
        let math = "<math display=\"block\"><mi>ϵ</mi></math>";
        let label = "<a class=\"number\" href=\"#eq-21\">(21)</a>";
        let open = format!("<div class=\"equation\" id=\"eq-21\"><div>{math}</div>{label}");
        assert_eq!(page, format!("\n{open}\n\n[`rate`]\n\n</div>\n\n"));
    }

    #[test]
    fn an_equation_without_a_number_has_no_anchor() {
        let page = markdown("$$\nx\n$$\n").unwrap();
        assert!(page.contains("<div class=\"equation\"><div>") && !page.contains("id="), "{page}");
    }

    #[test]
    fn an_equation_stays_in_its_list() {
        let page = markdown("1. so\n\n   $$\n   x\n   $$\n\n   then").unwrap();
        assert!(page.contains("\n   <div class=") && page.ends_with("\n\n   then\n"), "{page}");
    }

    #[test]
    fn mistakes_are_named() {
        for (text, part) in [
            ("costs $5", "no $ closes: $5"),
            ("$a\n\nb$", "no $ closes: $a"),
            ("$$ rate\nx\n$$", "found '$$ rate'"),
            ("$$ (3)\nx\n$$", "equation (3) does not say what computes it"),
            ("$$\n\\ponder\n$$", "\\ponder"),
            ("$$\nx\n\nand so on", "no $$ closes: $$"),
        ] {
            let fault = markdown(text).unwrap_err();
            assert!(fault.contains(part), "{fault}");
        }
    }

    #[test]
    fn a_page_with_equations_has_its_font_and_needs_nothing_from_the_network() {
        let page = page("$x$").unwrap();
        assert!(page.contains("src:url(data:font/woff2;base64,"), "{}", &page[..200]);
        assert!(!page.contains("http") && !page.contains("<script"));
        assert!(!page.contains("FONT"));
    }

    #[test]
    fn a_page_without_equations_has_no_font() {
        assert_eq!(page("`$x$`").unwrap(), "`$x$`\n");
    }
}
