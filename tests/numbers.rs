//! Every percentage in the documentation is the paper's, or was found by a committed run.

#![cfg(feature = "cli")]

use lenet5::experiment::{Finished, Spread, StudyArm, StudyResults};
use std::collections::BTreeSet;

#[path = "common/pages.rs"]
mod pages;

use pages::{Page, below, page, uncommented};

// ---- What there is --------------------------------------------------------------------------------------------------

/// The numbers of a text that have at most two decimal places, with two.
fn numbers(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !c.is_ascii_digit() && c != '.');
    let decimals = words.filter(|word| word.split_once('.').is_some_and(|(_, places)| places.len() <= 2));
    decimals.filter_map(|word| Some(format!("{:.2}", word.parse::<f64>().ok()?)))
}

/// Errors of single runs after the last pass, their means and their deviations.
fn errors(arm: &StudyArm) -> Vec<f64> {
    let last = |errors: &Vec<f64>| errors.last().copied();
    let of_runs = arm.runs.iter().flat_map(|run| [last(&run.test_error_pct), last(&run.train_error_pct)]);
    let spread = |spread: Spread| [Some(spread.mean), spread.deviation];
    let of_arm = [arm.test_error(), arm.train_error()].into_iter().flatten().flat_map(spread);
    of_runs.chain(of_arm).flatten().collect()
}

/// What the paper says, what its claims came to, and what the studies found.
fn sources() -> BTreeSet<String> {
    let paper = ["paper/facts.toml", "paper/fig5.csv", "paper/fig6.csv", "paper/claims.toml"].map(page);
    let mut known: BTreeSet<String> = paper.iter().flat_map(|page| numbers(&page.text)).collect();
    for file in
        below("experiments/results", ".json").iter().filter(|file| !file.name.contains("rbf-vs-softmax"))
    {
        let found = StudyResults::parse(&file.name, &file.text).expect("findings");
        known.extend(found.arms.iter().flat_map(errors).map(|error| format!("{error:.2}")));
    }
    known.extend(STATED.map(String::from));
    known
}

/// What the project behind the arms `numpy-softmax` and `numpy-rbf` states of itself.
const STATED: [&str; 2] = ["6.66", "15.65"];

/// What the committed run printed on its way.
fn printed() -> BTreeSet<String> {
    let run = Finished::built_in().expect("the committed run");
    let passes = run.results.arms.iter().flat_map(|arm| &arm.runs).flat_map(|run| &run.passes);
    passes
        .flat_map(|pass| [pass.test_error_pct, pass.train_error_pct])
        .map(|error| format!("{error:.2}"))
        .collect()
}

// ---- What is said ---------------------------------------------------------------------------------------------------

/// The percentages of a line that have two decimal places: before `%`, and before `±`, `and` or `to` and such a number.
fn percentages(line: &str) -> Vec<&str> {
    let spaced: Vec<&str> =
        line.split_inclusive('%').flat_map(|part| part.split([' ', '|', '(', ')', '*', '~'])).collect();
    let words: Vec<&str> = spaced.into_iter().filter(|word| !word.is_empty()).collect();
    let (mut found, mut follows) = (Vec::new(), false);
    for word in words.iter().rev() {
        let number = word.strip_suffix('%').unwrap_or(word);
        let sign = word.ends_with('%');
        let places = number.trim_start_matches(['+', '-', '−']);
        if (sign || follows)
            && places.split_once('.').is_some_and(|(_, places)| places.len() == 2)
            && places.parse::<f64>().is_ok()
        {
            found.push(places);
            follows = false;
        } else {
            follows = *word == "%" || (follows || !found.is_empty()) && ["±", "and", "to"].contains(word);
        }
    }
    found.reverse();
    found
}

/// The percentages of a page that nobody knows the source of, with file and line.
fn unknown(page: &Page, known: &BTreeSet<String>, printed: &BTreeSet<String>) -> Vec<String> {
    let (mut in_block, mut unknown) = (false, Vec::new());
    for (line, number) in page.text.lines().zip(1..) {
        in_block ^= line.trim_start().starts_with("```");
        let sourced =
            |percentage: &&str| known.contains(*percentage) || in_block && printed.contains(*percentage);
        let unsourced = percentages(line).into_iter().filter(|percentage| !sourced(percentage));
        unknown.extend(unsourced.map(|percentage| format!("{}:{number}: {percentage} %", page.name)));
    }
    unknown
}

#[test]
fn every_percentage_has_a_source() {
    let (known, printed) = (sources(), printed());
    let sources = below("src", ".rs").into_iter();
    let mut pages: Vec<Page> =
        sources.map(|page| Page { text: uncommented(&page.text, &["//!", "///", "//"]), ..page }).collect();
    pages.extend(["README.md", "paper/REPRODUCTION.md", "models/README.md"].map(page));
    let said: usize =
        pages.iter().flat_map(|page| page.text.lines()).map(|line| percentages(line).len()).sum();
    let unknown: Vec<String> = pages.iter().flat_map(|page| unknown(page, &known, &printed)).collect();
    assert!(unknown.is_empty(), "found in no run and not in the paper:\n{}", unknown.join("\n"));
    assert!(said >= 25, "only {said} percentages were found");
}

#[test]
fn invented_percentages_are_refused() {
    let text = "The page has 0.95 %, we have 7.77 %.\nIt is **0.91 ± 3.33 %**, or 8.88 to 0.95 %, or 8.88\npatterns, 9 % of them.\n\
                ```\ntest error  2.11 %  training error  4.44 %\n```\n";
    let page = Page { name: "page".into(), text: text.into() };
    let expected = ["page:1: 7.77 %", "page:2: 3.33 %", "page:2: 8.88 %", "page:5: 4.44 %"];
    assert_eq!(unknown(&page, &sources(), &printed()), expected);
}
