//! Every `mean ± standard deviation` in prose is that of an arm of a study, and every printed line of a run is that of the
//! committed run.
//!
//! Tables under a mark `<!-- study NAME -->` are compared whole in `tests/all/recipe.rs`. Numbers without a ±, such as the
//! paper's, are not tested here, since no sentence names their arm in a fixed form.

use crate::common::{findings, pages};
use lenet5::experiment::{Finished, Spread, StudyArm};
use std::collections::BTreeMap;

use findings::findings;
use pages::{Page, below, page, uncommented};

/// The sources of the spreads on each page, in the order of the page: `STUDY ARM` is the error after the last pass on the
/// patterns that the study is judged on. A spread in place of a source belongs to no study.
const SOURCES: &str = "
README.md: stability rbf, today rbf, today elastic, fronts 1998
paper/REPRODUCTION.md: fig-6 15000-as-many-updates, distortions fixed-600000, distortions none, structure plain-tanh
paper/claims.toml: codes eq-8-learnt, codes eq-8-fixed, codes eq-9-learnt, stability paper, \
    stability rbf training-pass-19, fig-6 15000, fig-6 30000, distortions none, distortions fresh
paper/recipe.md: distortions fixed-600000, distortions fixed-fig-7, distortions fresh-fig-7
src/appendix/c: readings eta-1.0, readings eta-0.5, readings as-it-is, second-derivatives 500-once, second-derivatives 500
src/archaeology/mod: fronts 1998, fronts 1998-sdlm
src/section2/loss: codes eq-8-fixed, codes eq-8-learnt, codes eq-9-learnt
src/section3/database/embedded/mod: 0.77 ± 0.23, 0.80 ± 0.22, 0.12 ± 0.28, 0.11 ± 0.28
src/section3/mod: stability rbf, stability paper training-pass-19, distortions fixed-600000
src/today/mod: today rbf, today elastic, today numpy-softmax, today numpy-rbf, today numpy-softmax-unscaled, 0.55 ± 0.06
";

// ---- The findings of studies ----------------------------------------------------------------------------------------

/// The spread of a source, as written on a page.
fn found(source: &str) -> String {
    let words: Vec<&str> = source.split(' ').collect();
    let (study, arm) = (words[0], words[1]);
    if arm == "±" {
        return source.to_owned();
    }
    let results = findings(study);
    let arm = results.arms.iter().find(|found| found.name == arm).expect(source);
    let spread = match words.get(2) {
        None => arm.test_error().expect("runs"),
        Some(&"training-pass-19") => training_error_in_pass(19, arm),
        Some(error) => panic!("{source}: no error is called {error}"),
    };
    format!("{:.2} ± {:.2}", spread.mean, spread.deviation.expect("several seeds"))
}

fn training_error_in_pass(pass: usize, arm: &StudyArm) -> Spread {
    Spread::of(&arm.runs.iter().map(|run| run.train_error_pct[pass - 1]).collect::<Vec<_>>())
}

// ---- The numbers on pages -------------------------------------------------------------------------------------------

/// The spreads with two decimal places in a text, except those in tables and lists under a mark.
fn spreads(text: &str) -> Vec<String> {
    let paragraphs: Vec<&str> = text.split("\n\n").collect();
    let marked = |n: usize| n > 0 && paragraphs[n - 1].trim_end().ends_with(" -->");
    let prose = (0..paragraphs.len()).filter(|&n| !marked(n)).map(|n| paragraphs[n]);
    prose
        .flat_map(|paragraph| {
            let words: Vec<&str> = paragraph.split_whitespace().collect();
            words.windows(3).filter_map(spread).collect::<Vec<_>>()
        })
        .collect()
}

/// The spread in three words.
fn spread(words: &[&str]) -> Option<String> {
    let [mean, deviation] = [words[0], words[2]].map(|word| word.trim_matches(|c: char| !c.is_ascii_digit()));
    let two_places = |number: &str| number.split_once('.').is_some_and(|(_, places)| places.len() == 2);
    (words[1] == "±" && two_places(mean) && two_places(deviation)).then(|| format!("{mean} ± {deviation}"))
}

/// All texts written by hand; a page of the book is its Markdown file and the comments of its module.
fn documents() -> Vec<Page> {
    let mut all: Vec<Page> =
        ["README.md", "CHANGELOG.md", "models/README.md", "paper/claims.toml"].map(page).into();
    all.extend(["paper", "docs"].iter().flat_map(|folder| below(folder, ".md")));
    all.retain(|page| page.name != "paper/claims.md"); // drawn from claims.toml
    for end in [".md", ".rs"] {
        all.extend(below("src", end).into_iter().map(|page| Page {
            name: page.name.trim_end_matches(end).into(),
            text: uncommented(&page.text, &["//!", "///", "//"]),
        }));
    }
    all
}

/// The pages whose spreads are not those of their sources: the spreads found and those expected.
fn faults(documents: &[Page]) -> Vec<String> {
    let mut said: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    documents.iter().for_each(|page| said.entry(&page.name).or_default().extend(spreads(&page.text)));
    let sources: BTreeMap<&str, &str> = SOURCES.lines().filter_map(|line| line.split_once(": ")).collect();
    let fault = |(name, said): (&str, Vec<String>)| {
        let sources = sources.get(name).copied().unwrap_or_default();
        let wanted: Vec<String> = sources.split_terminator(", ").map(found).collect();
        (said != wanted).then(|| format!("{name} says {said:?}\nSOURCES give {wanted:?}, from {sources}"))
    };
    said.into_iter().filter_map(fault).collect()
}

#[test]
fn every_spread_is_that_of_its_arm() {
    let faults = faults(&documents());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_spread_of_another_arm_is_refused() {
    let recipe = |text: &str| faults(&[Page { name: "paper/recipe.md".into(), text: text.into() }]);
    assert!(recipe("it falls to 0.75 ±\n0.04 %, below 0.91 ± 0.11 and 0.89 ± 0.04").is_empty(), "three arms");
    assert_eq!(recipe("it falls to 0.82 ± 0.07 %, below").len(), 1, "the arm fresh of the same study");
    assert_eq!(recipe("it falls to 0.79 ± 0.03 %, from 0.91 ± 0.07").len(), 1, "a spread without a source");
    assert_eq!(recipe("<!-- study distortions -->\n\n| 0.79 ± 0.03 |\n\n").len(), 1, "a table is not prose");
}

// ---- The output of a run --------------------------------------------------------------------------------------------

/// The lines of README that the committed run printed after its passes: `rbf, seed 1  pass  1/20 ...`.
#[test]
fn printed_lines_are_those_of_the_committed_run() {
    let (readme, run) = (page("README.md").text, Finished::built_in().expect("the committed run"));
    let lines: Vec<&str> = readme.lines().filter(|line| line.contains(", seed 1 ")).collect();
    for line in &lines {
        let words: Vec<&str> = line.split_whitespace().collect();
        let arm = words[0].trim_end_matches(',');
        let arm = run.results.arms.iter().find(|found| found.name == arm).expect(line);
        let pass: usize = words[4].split('/').next().and_then(|pass| pass.parse().ok()).expect(line);
        let pass = &arm.runs[0].passes[pass - 1];
        let errors = format!(
            "training error  {:.2} %  test error  {:.2} %",
            pass.train_error_pct, pass.test_error_pct
        );
        assert!(line.contains(&errors), "{line}: {errors}");
    }
    assert_eq!(lines.len(), 6);
}
