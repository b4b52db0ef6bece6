//! What there is to look at but drawings: test patterns, those first that a network has read wrongly.

use super::answer::Fault;
use super::look::Normalised;
use crate::experiment::{Finished, HeadKind, Shown};
use crate::section3::database::{self, DataError, Database, embedded, source};
use crate::section3::evaluation::Misclassified;
use hyper::StatusCode;
use serde::ser::{Serialize, SerializeStruct, Serializer};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

/// Test patterns of MNIST, as far as they are on this machine, and digits that need no file.
#[derive(Debug)]
pub struct Patterns {
    /// MNIST's test set; or why it is not here.
    mnist: Result<database::Patterns, String>,
    /// Those of the committed run, by their place in the test set.
    committed: BTreeMap<usize, Shown>,
    /// What its two networks got wrong.
    wrong: [Vec<Misclassified>; 2],
    /// The digits that the program draws itself, once somebody asks for them.
    embedded: OnceLock<database::Patterns>,
}

impl Patterns {
    /// MNIST from the folder `data` or `MNIST_DIR`, or from the cache as it is: nothing is downloaded.
    ///
    /// # Errors
    /// When a folder was named and MNIST cannot be loaded from it.
    pub fn open(data: Option<&Path>) -> Result<Self, DataError> {
        let mnist = source::stored(data)?.map(|database: Database| database.test);
        let run = Finished::built_in().expect("the committed run is whole");
        let wrong = [HeadKind::Rbf, HeadKind::Softmax].map(|kind| {
            let arm = run.plan.arms.iter().position(|arm| arm.settings.head.kind == kind);
            run.results.arms[arm.expect("the committed run has both heads")].runs[0].misclassified.clone()
        });
        let mnist = mnist.map_err(|why| why.to_string());
        Ok(Self { mnist, committed: run.gallery.test, wrong, embedded: OnceLock::new() })
    }

    /// A test pattern of MNIST.
    pub(super) fn mnist(&self, index: usize) -> Result<Normalised, Fault> {
        match (&self.mnist, self.committed.get(&index)) {
            (Ok(patterns), _) => pattern(patterns, index),
            (Err(_), Some(Shown { label, image })) => {
                Ok(Normalised { image: image.0.clone(), label: Some(*label) })
            }
            (Err(why), None) => {
                let fault = format!("test pattern {index} is not here, and neither is MNIST: {why}");
                Err(Fault::new(StatusCode::NOT_FOUND, fault))
            }
        }
    }

    /// A digit that the program draws itself, without any file.
    pub(super) fn embedded(&self, index: usize) -> Result<Normalised, Fault> {
        pattern(self.embedded.get_or_init(|| embedded::test(source::SEED)), index)
    }
}

fn pattern(patterns: &database::Patterns, index: usize) -> Result<Normalised, Fault> {
    if index < patterns.len() {
        return Ok(Normalised {
            image: patterns.image(index).to_owned(),
            label: Some(patterns.label(index)),
        });
    }
    let fault = format!("there is no test pattern {index}: they go from 0 to {}", patterns.len() - 1);
    Err(Fault::new(StatusCode::NOT_FOUND, fault))
}

/// What the page gets.
impl Serialize for Patterns {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let [rbf, softmax] = &self.wrong;
        let (data, count) = self.mnist.as_ref().map_or(("committed", 0), |mnist| ("mnist", mnist.len()));
        let mut patterns = serializer.serialize_struct("Patterns", 5)?;
        patterns.serialize_field("data", data)?;
        patterns.serialize_field("note", &self.mnist.as_ref().err())?;
        patterns.serialize_field("count", &count)?;
        patterns.serialize_field("embedded", &embedded::TEST)?;
        patterns.serialize_field("misclassified", &BTreeMap::from([("rbf", rbf), ("softmax", softmax)]))?;
        patterns.end()
    }
}
