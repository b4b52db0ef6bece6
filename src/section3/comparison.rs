#![doc = mathdoc::page!(
    "comparison.md",
    "../../docs/figures/fig-9.svg",
    "../../docs/figures/fig-10.svg",
    "../../docs/figures/fig-11.svg",
    "../../docs/figures/fig-12.svg",
    "../../docs/figures/rejection.svg"
)]

use super::evaluation::Evaluation;
use serde::{Deserialize, Serialize};

/// Rejection of the least confident answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rejection {
    /// Patterns that must be rejected so that wrong answers to the others are 0.5 % of all patterns, percent.
    pub of_all_pct: f64,
    /// Points of the curve: patterns rejected, and wrong answers to the others, both in percent.
    pub curve: Vec<[f64; 2]>,
}

impl Rejection {
    /// The share of wrong answers at which the paper compares classifiers, percent.
    pub const WRONG_PCT: f64 = 0.5;
    /// The shares of rejected patterns at which the curve is kept, percent.
    const SHARES: [f64; 20] = [
        0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 12.5, 15.0,
        20.0,
    ];
}

impl Evaluation {
    /// The share of patterns, in percent, that must be rejected so that at most `wrong_pct` percent of the others are wrong
    /// (III-D). The least confident are rejected first, and equally confident ones together.
    pub fn reject_pct(&self, wrong_pct: f64) -> f64 {
        let allowed =
            |(accepted, wrong): &(usize, usize)| 100.0 * *wrong as f64 <= wrong_pct * *accepted as f64;
        self.least_rejected(allowed)
    }

    /// The share of patterns, in percent, that must be rejected so that the wrong answers to the others are at most `wrong_pct`
    /// percent of all patterns: the other way to count ([deviation 33](crate::paper::deviations#33-rejection)).
    pub fn reject_pct_of_all(&self, wrong_pct: f64) -> f64 {
        let most = wrong_pct * self.patterns() as f64;
        self.least_rejected(|(_, wrong)| 100.0 * *wrong as f64 <= most)
    }

    fn least_rejected(&self, allowed: impl Fn(&(usize, usize)) -> bool) -> f64 {
        let accepted = self.by_confidence().into_iter().filter(allowed).map(|(accepted, _)| accepted).max();
        100.0 * (self.patterns() - accepted.unwrap_or(0)) as f64 / self.patterns() as f64
    }

    /// The curve of error against rejection, at some shares of rejected patterns.
    pub fn rejection(&self) -> Rejection {
        let (counts, all) = (self.by_confidence(), self.patterns());
        let at = |rejected: &f64| {
            // The threshold that rejects at least so many patterns.
            let most = (all as f64 * (1.0 - rejected / 100.0) + 1e-9) as usize;
            let (accepted, wrong) = counts.iter().rev().find(|(accepted, _)| *accepted <= most).copied()?;
            Some([100.0 - 100.0 * accepted as f64 / all as f64, 100.0 * wrong as f64 / accepted as f64])
        };
        Rejection {
            of_all_pct: self.reject_pct_of_all(Rejection::WRONG_PCT),
            curve: Rejection::SHARES.iter().filter_map(at).collect(),
        }
    }

    /// For every threshold of confidence, from the highest: the patterns that are accepted, and those of them that are answered
    /// wrongly. Equally confident patterns are accepted together.
    fn by_confidence(&self) -> Vec<(usize, usize)> {
        let mut wrong = vec![false; self.patterns()];
        self.misclassified.iter().for_each(|one| wrong[one.index] = true);
        let mut answers: Vec<(f64, bool)> = self.confidences.iter().copied().zip(wrong).collect();
        // The most confident first; a confidence that is NaN comes last.
        let rank = |confidence: f64| if confidence.is_nan() { f64::NEG_INFINITY } else { confidence };
        answers.sort_by(|a, b| rank(b.0).total_cmp(&rank(a.0)));
        let (mut accepted, mut errors) = (0, 0);
        let counts = answers.chunk_by(|a, b| rank(a.0) == rank(b.0)).map(|same| {
            accepted += same.len();
            errors += same.iter().filter(|(_, wrong)| *wrong).count();
            (accepted, errors)
        });
        counts.collect()
    }
}
