//! The committed findings of the studies.

use lenet5::experiment::StudyResults;
use std::fs;

/// The findings `experiments/results/NAME.json` of a study.
pub fn findings(study: &str) -> StudyResults {
    let file = format!("{}/experiments/results/{study}.json", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
    StudyResults::parse(&file, &text).unwrap_or_else(|error| panic!("{error}"))
}
