//! A run between two passes, on disk: all that it takes to go on as if nothing had happened.
//!
//! The order of the patterns and the patterns for second derivatives follow from the seed, the rates are estimated
//! anew before each pass: the parameters must be kept bit by bit, the memory of the rule, if it has one, and the
//! measurements.

use crate::experiment::{Arm, ExperimentError, Model, Pass, Settings, files};
use crate::section1::Network;
use crate::weights::{self, Weights};
use std::path::Path;

/// The memories that rules have: the names of their arrays begin with one of these.
const MEMORIES: [&str; 3] = ["velocity", "mean", "square"];

/// The state of one arm and seed after some passes.
pub(super) struct Checkpoint {
    /// The network.
    pub net: Network<f32>,
    /// The memory of the rule.
    pub memory: Vec<(&'static str, Network<f32>)>,
    /// The passes so far.
    pub passes: Vec<Pass>,
}

impl Checkpoint {
    /// Replaces the file at `path` by a network, the memory of its rule and its passes.
    pub fn save(
        path: &Path,
        arm: &Arm,
        net: &Network<f32>,
        memory: &[(&str, Network<f32>)],
        passes: &[Pass],
    ) -> Result<(), ExperimentError> {
        let passes = serde_json::to_string(passes).expect("passes are plain numbers");
        let mut nets = vec![(String::new(), net)];
        nets.extend(memory.iter().map(|(name, net)| (format!("{name}."), net)));
        files::write(path, &weights::bytes(&nets, [("arm", arm.toml()), ("passes", passes)]))
    }

    /// Reads the file at `path`, or begins if there is none yet.
    pub fn load(path: &Path, arm: &Arm, seed: u64) -> Result<Self, ExperimentError> {
        if !path.exists() {
            return Ok(Self { net: Model::initial(arm, seed).net, memory: Vec::new(), passes: Vec::new() });
        }
        Self::parse(&files::read(path)?, arm).map_err(|fault| {
            let advice = "put the right file there, or remove it to train this arm and seed anew";
            ExperimentError::damaged(path, format!("{fault}: {advice}"))
        })
    }

    fn parse(bytes: &[u8], arm: &Arm) -> Result<Self, String> {
        let weights = Weights::open(bytes)?;
        if !weights.metadata("arm").is_some_and(|text| same_settings(text, arm)) {
            return Err(
                "belongs to an arm with other settings; config.toml was changed after it was begun".into()
            );
        }
        let passes = weights.metadata("passes").ok_or("does not say which passes were made")?;
        let passes = serde_json::from_str(passes).map_err(|error| format!("lists no passes: {error}"))?;
        let read = |prefix: &str| {
            let mut net = Model::initial(arm, 0).net;
            weights.take(prefix, &mut net).map(|()| net)
        };
        let remembered = MEMORIES.map(|name| (name, format!("{name}.")));
        let remembered = remembered.iter().filter(|(_, prefix)| weights.has(prefix));
        let memory = remembered.map(|(name, prefix)| Ok((*name, read(prefix)?)));
        Ok(Self { net: read("")?, memory: memory.collect::<Result<_, String>>()?, passes })
    }
}

/// Whether a checkpoint's arm is this one, however it is described.
fn same_settings(text: &str, arm: &Arm) -> bool {
    let description = arm.settings.description.clone();
    let saved = toml::from_str::<Settings>(text).map(|settings| Settings { description, ..settings });
    saved.is_ok_and(|settings| settings == arm.settings)
}
