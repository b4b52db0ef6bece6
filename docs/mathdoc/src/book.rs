//! The reading order of the book.

use std::path::Path;

/// One line for each page, in reading order: the path of its module and its title.
const BOOK: &str = include_str!("../book.txt");
const STYLE: &str = include_str!("book.css");
const NAV: &str = "<nav class=\"book\" aria-label=\"Pages of the book\">";

/// Links from the page of a module to the previous and the next page of the book.
pub fn links(module: &str) -> Result<String, String> {
    let pages: Vec<(&str, &str)> = BOOK.lines().filter_map(|line| line.split_once(' ')).collect();
    let place = pages.iter().position(|page| page.0 == module).ok_or_else(|| {
        format!(
            "the page of {module} is not in docs/mathdoc/book.txt: add a line '{module} TITLE' at its place"
        )
    })?;
    let link = |text: String, module: &str| format!("[{text}]({})\n\n", target(module));
    let previous = pages[..place].last().map(|(module, title)| link(format!("‹ previous: {title}"), module));
    let next = pages[place + 1..].first().map(|(module, title)| link(format!("next: {title} ›"), module));
    let [previous, next] = [previous, next].map(|link| link.unwrap_or("<span></span>\n\n".into()));
    let style = STYLE.replace('\n', "");
    // rustdoc trims blank lines from the end of a text, and Markdown needs one after HTML.
    Ok(format!("\n\n<style>{style}</style>\n{NAV}\n\n{previous}{next}</nav>\n\n<!-- -->"))
}

/// A module as rustdoc finds it from any page, even beside a function of the same name.
fn target(module: &str) -> String {
    if module == "crate" { module.into() } else { format!("mod@crate::{module}") }
}

/// The path of the module that a file of `src` holds: `section2::rbf` for `src/section2/rbf.rs`.
pub fn module(file: &Path) -> String {
    let parts: Vec<_> =
        file.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    let start = parts.iter().rposition(|part| part == "src").map_or(0, |src| src + 1);
    let names: Vec<&str> = parts[start..].iter().map(String::as_str).filter(|name| *name != "mod").collect();
    if names == ["lib"] { "crate".into() } else { names.join("::") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_holds_a_module() {
        for (file, expected) in [
            ("src/lib.rs", "crate"),
            ("src/section2/mod.rs", "section2"),
            ("src/section2/rbf.rs", "section2::rbf"),
            ("/src/of/others/lenet5/src/section3/database/idx.rs", "section3::database::idx"),
        ] {
            assert_eq!(module(Path::new(file)), expected);
        }
    }

    #[test]
    fn a_page_leads_to_its_neighbours() {
        let links = links("section2::full_connection").unwrap();
        assert!(links.contains("[‹ previous: Mini-batches](mod@crate::section1::mini_batch)"), "{links}");
        assert!(
            links.contains("[next: The squashing function ›](mod@crate::section2::squashing)"),
            "{links}"
        );
    }

    #[test]
    fn the_book_has_two_ends() {
        let ends = [("crate", "previous"), (BOOK.lines().last().unwrap().split(' ').next().unwrap(), "next")];
        for (module, absent) in ends {
            let links = links(module).unwrap();
            assert_eq!(links.matches("](").count(), 1, "{links}");
            assert!(!links.contains(absent), "{links}");
        }
    }

    #[test]
    fn no_page_stands_twice() {
        let mut modules: Vec<_> = BOOK.lines().map(|line| line.split_once(' ').unwrap().0).collect();
        modules.sort();
        assert!(modules.windows(2).all(|pair| pair[0] != pair[1]), "{modules:?}");
    }

    #[test]
    fn a_page_outside_of_the_book_is_refused() {
        let fault = links("section2::rbg").unwrap_err();
        assert!(fault.starts_with("the page of section2::rbg is not in docs/mathdoc/book.txt"), "{fault}");
    }
}
