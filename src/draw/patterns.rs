//! Patterns that the page shows beside drawings: test patterns, the misclassified first.

use super::answer::Fault;
use super::look::Normalised;
use crate::experiment::{Finished, HeadKind, Shown};
use crate::section3::database::{self, DataError, Database, embedded, source};
use crate::section3::evaluation::Misclassified;
use hyper::StatusCode;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

/// Test patterns of MNIST, those that are on this machine, and digits that need no file.
#[derive(Debug, Serialize)]
pub struct Patterns {
    /// `mnist`, or `committed` where MNIST is not here.
    data: &'static str,
    /// The reason why MNIST is not here.
    note: Option<String>,
    /// The number of test patterns of MNIST.
    count: usize,
    /// The number of digits that the program draws itself.
    embedded: usize,
    /// The wrong answers of the committed networks, by the kind of their head.
    misclassified: BTreeMap<&'static str, Vec<Misclassified>>,
    /// MNIST's test set.
    #[serde(skip)]
    mnist: Option<database::Patterns>,
    /// The patterns of the committed run, by their place in the test set.
    #[serde(skip)]
    committed: BTreeMap<usize, Shown>,
    /// The digits that the program draws itself, drawn at the first question for one.
    #[serde(skip)]
    drawn: OnceLock<database::Patterns>,
}

impl Patterns {
    /// MNIST from the folder `data` or `MNIST_DIR`, or from the cache as it is: nothing is downloaded.
    ///
    /// # Errors
    /// When a folder was named and MNIST cannot be loaded from it.
    pub fn open(data: Option<&Path>) -> Result<Self, DataError> {
        let (mnist, note) = match source::stored(data)? {
            Ok(Database { test, .. }) => (Some(test), None),
            Err(why) => (None, Some(why.to_string())),
        };
        let run = Finished::built_in().expect("the committed run is whole");
        let misclassified = [("rbf", HeadKind::Rbf), ("softmax", HeadKind::Softmax)].map(|(name, kind)| {
            let arm = run.plan.arms.iter().position(|arm| arm.settings.head.kind == kind);
            let arm = &run.results.arms[arm.expect("the committed run has both heads")];
            (name, arm.runs[0].misclassified.clone())
        });
        Ok(Self {
            data: if mnist.is_some() { "mnist" } else { "committed" },
            note,
            count: mnist.as_ref().map_or(0, database::Patterns::len),
            embedded: embedded::TEST,
            misclassified: misclassified.into(),
            mnist,
            committed: run.gallery.test,
            drawn: OnceLock::new(),
        })
    }

    /// A test pattern of MNIST.
    pub(super) fn mnist(&self, index: usize) -> Result<Normalised, Fault> {
        if let Some(patterns) = &self.mnist {
            return pattern(patterns, index);
        }
        let shown = self.committed.get(&index).ok_or_else(|| {
            let why = self.note.as_deref().unwrap_or_default();
            let fault = format!("test pattern {index} is not here, and neither is MNIST: {why}");
            Fault::new(StatusCode::NOT_FOUND, fault)
        })?;
        Ok(Normalised { image: shown.image.0.clone(), label: Some(shown.label) })
    }

    /// A digit that the program draws itself, without any file.
    pub(super) fn embedded(&self, index: usize) -> Result<Normalised, Fault> {
        pattern(self.drawn.get_or_init(|| embedded::test(source::SEED)), index)
    }
}

fn pattern(patterns: &database::Patterns, index: usize) -> Result<Normalised, Fault> {
    if index >= patterns.len() {
        let fault = format!("there is no test pattern {index}: they go from 0 to {}", patterns.len() - 1);
        return Err(Fault::new(StatusCode::NOT_FOUND, fault));
    }
    Ok(Normalised { image: patterns.image(index).to_owned(), label: Some(patterns.label(index)) })
}
