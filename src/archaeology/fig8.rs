//! Fig. 8: the 82 test patterns that the network of 1998 got wrong, by MNIST index, and which of them another network shares.

use crate::experiment::{Spread, StudyResults, StudyRun};
use crate::section3::evaluation::Misclassified;
use serde::Serialize;
use statrs::distribution::{Binomial, DiscreteCDF};
use std::fmt::Write;

/// The number of test patterns.
const PATTERNS: f64 = 10_000.0;

/// The errors of 1998, ascending by index.
pub fn fig_8() -> Vec<Misclassified> {
    let number =
        |cell: Option<&str>| cell.and_then(|cell| cell.parse().ok()).expect("every row has three numbers");
    let row = |row: &str| {
        let mut cells = row.split(',');
        let [index, label, answer] = std::array::from_fn(|_| number(cells.next()));
        Misclassified { index, label, answer }
    };
    include_str!("../../paper/fig8.csv").lines().skip(1).map(row).collect()
}

/// A network's errors beside another's.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Versus {
    /// The network.
    pub model: String,
    /// Test patterns that it gets wrong.
    pub errors: usize,
    /// How many of them the other gets wrong, too.
    pub shared: usize,
    /// How many of these both answer alike.
    pub same_answer: usize,
    /// The shared patterns, by index.
    pub indices: Vec<usize>,
    /// The number of shared errors if both were wrong independently of each other.
    #[serde(skip)]
    pub by_chance: f64,
    /// Cohen's kappa of "wrong": 1 if both are wrong on the same patterns, 0 if independently of each other.
    #[serde(skip)]
    pub kappa: f64,
    /// McNemar's exact test, two-sided: the probability of so unequal numbers of errors if both networks were equally good.
    #[serde(skip)]
    pub p: f64,
}

impl Versus {
    /// The errors of a network, `own`, beside those of another, both on all of MNIST's test patterns.
    pub fn of(model: &str, own: &[Misclassified], other: &[Misclassified]) -> Self {
        let find = |error: &Misclassified| other.iter().find(|there| there.index == error.index);
        let shared: Vec<(&Misclassified, &Misclassified)> =
            own.iter().filter_map(|error| Some((error, find(error)?))).collect();
        let (errors, others, both) = (own.len() as f64, other.len() as f64, shared.len() as f64);
        let agreed = (PATTERNS - errors - others + 2.0 * both) / PATTERNS;
        let by_chance = errors * others / PATTERNS;
        let expected = (by_chance + (PATTERNS - errors) * (PATTERNS - others) / PATTERNS) / PATTERNS;
        Self {
            model: model.into(),
            errors: own.len(),
            shared: shared.len(),
            same_answer: shared.iter().filter(|(a, b)| a.answer == b.answer).count(),
            indices: shared.iter().map(|(error, _)| error.index).collect(),
            by_chance,
            kappa: if expected < 1.0 { (agreed - expected) / (1.0 - expected) } else { 1.0 },
            p: mcnemar(own.len() - shared.len(), other.len() - shared.len()),
        }
    }
}

/// The two-sided probability of counts so unequal, if each pattern that only one network gets wrong were as likely to be the
/// other's.
fn mcnemar(only_one: usize, only_other: usize) -> f64 {
    let all = (only_one + only_other) as u64;
    let fewer = only_one.min(only_other) as u64;
    let tail = Binomial::new(0.5, all).map_or(1.0, |coin| coin.cdf(fewer));
    (2.0 * tail).min(1.0)
}

/// The arms of all studies that the test set decided, beside 1998: means over their seeds, as a table in Markdown. "Alike" is
/// there for runs that kept their answers.
pub fn studies_table<'a>(studies: impl Iterator<Item = &'a StudyResults>) -> String {
    let printed = fig_8();
    let mut text = String::from(
        "| study | arm | seeds | errors | shared | alike | by chance | kappa |\n|---|---|--:|--:|--:|--:|--:|--:|\n",
    );
    for study in studies {
        for arm in &study.arms {
            let versus = |run: &StudyRun| Versus::of(&arm.name, &misclassified(run), &printed);
            let trained = arm.runs.iter().filter(|run| !run.wrong.is_empty());
            let all: Vec<Versus> = trained.map(versus).collect();
            if all.is_empty() {
                continue;
            }
            let mean = |of: fn(&Versus) -> f64| Spread::of(&all.iter().map(of).collect::<Vec<_>>()).mean;
            let [errors, shared, chance, kappa] = [
                mean(|versus| versus.errors as f64),
                mean(|versus| versus.shared as f64),
                mean(|versus| versus.by_chance),
                mean(|versus| versus.kappa),
            ];
            let alike = match arm.runs.iter().all(|run| run.answers.len() == run.wrong.len()) {
                true => format!("{:.1}", mean(|versus| versus.same_answer as f64)),
                false => String::new(),
            };
            let (study, name, seeds) = (&study.study, &arm.name, all.len());
            let _ = writeln!(
                text,
                "| {study} | {name} | {seeds} | {errors:.1} | {shared:.1} | {alike} | {chance:.1} | {kappa:.2} |"
            );
        }
    }
    text
}

/// The errors of a run; of an older one the answers are not known, and are no digits.
fn misclassified(run: &StudyRun) -> Vec<Misclassified> {
    let answers = run.answers.iter().copied().chain(std::iter::repeat(usize::MAX));
    run.wrong.iter().zip(answers).map(|(&index, answer)| Misclassified { index, label: 0, answer }).collect()
}

/// A table of several networks beside 1998, and of each pair of them.
pub fn table(networks: &[(String, Vec<Misclassified>)]) -> String {
    let printed = fig_8();
    let mut text = format!(
        "{:28}{:>7}{:>8}{:>7}{:>11}{:>8}{:>8}\n",
        "", "errors", "shared", "alike", "by chance", "kappa", "p"
    );
    let mut row = |versus: &Versus| {
        let Versus { model, errors, shared, same_answer, by_chance, kappa, p, .. } = versus;
        let _ =
            writeln!(text, "{model:28}{errors:7}{shared:8}{same_answer:7}{by_chance:11.1}{kappa:8.2}{p:8.3}");
    };
    for (name, errors) in networks {
        row(&Versus::of(&format!("{name} and 1998"), errors, &printed));
    }
    for (n, (name, errors)) in networks.iter().enumerate() {
        for (other, others) in &networks[n + 1..] {
            row(&Versus::of(&format!("{name} and {other}"), errors, others));
        }
    }
    text + "errors: of the first; alike: shared with the same wrong answer; p: McNemar\n"
}
