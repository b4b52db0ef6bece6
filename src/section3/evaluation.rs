//! III-A, III-D: evaluation of a classifier on test patterns.

#![doc = mathdoc::page!()]

use super::classifiers::Classifier;
use super::database::Patterns;
use crate::Real;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// A pattern that got the wrong answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Misclassified {
    /// Its place among the test patterns, from 0.
    pub index: usize,
    /// Its class.
    pub label: usize,
    /// The class that the classifier answered.
    pub answer: usize,
}

/// The answers of a classifier to test patterns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evaluation {
    /// `confusion[label][answer]` counts patterns.
    pub confusion: Vec<Vec<usize>>,
    /// Every pattern that got the wrong answer.
    pub misclassified: Vec<Misclassified>,
    /// The confidence of each answer, pattern by pattern ([`Classifier::confidence`]).
    pub confidences: Vec<f64>,
}

/// The answers of a classifier to all patterns, computed by `threads` threads; their number changes only the time.
pub fn evaluate<R: Real>(classifier: &dyn Classifier<R>, patterns: &Patterns, threads: usize) -> Evaluation {
    let share = patterns.len().div_ceil(threads.max(1)).max(1);
    let shares = (0..patterns.len()).step_by(share).map(|begin| begin..patterns.len().min(begin + share));
    std::thread::scope(|scope| {
        let part = |share| scope.spawn(move || of_share(classifier, patterns, share));
        let parts: Vec<_> = shares.map(part).collect();
        let parts = parts.into_iter().map(|part| part.join().expect("answering does not panic"));
        parts.reduce(Evaluation::followed_by).unwrap_or_default()
    })
}

fn of_share<R: Real>(classifier: &dyn Classifier<R>, patterns: &Patterns, share: Range<usize>) -> Evaluation {
    let classes = classifier.classes().max(patterns.classes());
    let mut evaluation = Evaluation { confusion: vec![vec![0; classes]; classes], ..Evaluation::default() };
    classifier.read(patterns, share, &mut |index, penalties| {
        let (label, answer) = (patterns.label(index), penalties.nearest());
        evaluation.confusion[label][answer] += 1;
        evaluation.confidences.push(classifier.confidence(penalties).to_f64().unwrap_or(f64::NAN));
        if answer != label {
            evaluation.misclassified.push(Misclassified { index, label, answer });
        }
    });
    evaluation
}

impl Evaluation {
    /// This evaluation, followed by that of the next patterns.
    fn followed_by(mut self, next: Self) -> Self {
        for (counts, more) in self.confusion.iter_mut().zip(next.confusion) {
            counts.iter_mut().zip(more).for_each(|(count, more)| *count += more);
        }
        self.misclassified.extend(next.misclassified);
        self.confidences.extend(next.confidences);
        self
    }

    /// The number of patterns.
    pub fn patterns(&self) -> usize {
        self.confidences.len()
    }

    /// Wrong answers, in percent.
    pub fn error_pct(&self) -> f64 {
        100.0 * self.misclassified.len() as f64 / self.patterns() as f64
    }
}
