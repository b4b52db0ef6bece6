//! A run between two passes, on disk: all that is needed to go on as if nothing had happened.
//!
//! The order of the patterns and the patterns for second derivatives follow from the seed, the rates are estimated
//! anew before each pass: what must be kept is the parameters, bit by bit, what the rule remembers, if anything, and what
//! was measured.

use super::arm::Arm;
use super::error::ExperimentError;
use super::network::ArmNetwork;
use super::results::Pass;
use super::settings::Settings;
use super::{files, model};
use std::collections::HashMap;
use std::path::Path;

/// What rules remember: the names of its arrays begin with one of these.
const MEMORIES: [&str; 3] = ["velocity", "mean", "square"];

/// The state of one arm and seed after some passes.
pub(super) struct Checkpoint<N> {
    /// The network.
    pub net: N,
    /// What the rule remembers.
    pub memory: Vec<(&'static str, N)>,
    /// The passes so far.
    pub passes: Vec<Pass>,
}

impl<N: ArmNetwork> Checkpoint<N> {
    /// What `arm` begins with.
    pub fn begin(arm: &Arm, seed: u64) -> Self {
        Self { net: N::initial(arm, seed), memory: Vec::new(), passes: Vec::new() }
    }

    /// Replaces the file at `path`.
    pub fn save(&self, path: &Path, arm: &Arm) -> Result<(), ExperimentError> {
        let passes = serde_json::to_string(&self.passes).expect("passes are plain numbers");
        let metadata = HashMap::from([("arm".into(), arm.toml()), ("passes".into(), passes)]);
        let memory = self.memory.iter().map(|(name, net)| (format!("{name}."), net));
        let nets: Vec<(String, &N)> = std::iter::once((String::new(), &self.net)).chain(memory).collect();
        model::save(path, &nets, metadata)
    }

    /// Reads the file at `path`, or begins if there is none yet.
    pub fn load(path: &Path, arm: &Arm, seed: u64) -> Result<Self, ExperimentError> {
        if !path.exists() {
            return Ok(Self::begin(arm, seed));
        }
        let bytes = files::read(path)?;
        Self::parse(&bytes, arm).map_err(|fault| ExperimentError::Damaged {
            path: path.into(),
            fault: format!("{fault}: put the right file there, or remove it to train this arm and seed anew"),
        })
    }

    fn parse(bytes: &[u8], arm: &Arm) -> Result<Self, String> {
        let (tensors, metadata) = model::open(bytes)?;
        if !metadata.get("arm").is_some_and(|text| same_settings(text, arm)) {
            return Err(
                "belongs to an arm with other settings; config.toml was changed after it was begun".into()
            );
        }
        let passes = metadata.get("passes").ok_or("does not say which passes were made")?;
        let passes: Vec<Pass> =
            serde_json::from_str(passes).map_err(|error| format!("lists no passes: {error}"))?;
        let remembered =
            |name: &&str| tensors.names().iter().any(|array| array.starts_with(&format!("{name}.")));
        let read = |name| Ok((name, model::read(arm, &tensors, &format!("{name}."))?));
        let memory = MEMORIES.into_iter().filter(remembered).map(read).collect::<Result<_, String>>()?;
        Ok(Self { net: model::read(arm, &tensors, "")?, memory, passes })
    }
}

/// Whether a checkpoint's arm is this one, however it is described.
fn same_settings(text: &str, arm: &Arm) -> bool {
    let description = arm.settings.description.clone();
    let saved = toml::from_str::<Settings>(text).map(|settings| Settings { description, ..settings });
    saved.is_ok_and(|settings| settings == arm.settings)
}
