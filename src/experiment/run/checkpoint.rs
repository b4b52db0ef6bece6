//! A run between two passes, on disk: everything that is needed to continue as if it had not stopped.
//!
//! The order of the patterns and the patterns for second derivatives follow from the seed, and the rates are estimated
//! anew before each pass. A checkpoint keeps the parameters bit by bit, the memory of the rule if it has one, and the
//! measurements, with a hash of all of these.

use crate::experiment::{Arm, Data, ExperimentError, Job, Model, Pass, files};
use crate::section1::{Network, Parameters, Tensor};
use crate::section3::database::{Database, Patterns};
use crate::weights::{self, Weights};
use sha2::{Digest, Sha256};
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

/// The patterns of a run: their counts, their name, and a hash of their images and labels.
pub(super) fn identity(database: &Database) -> String {
    let mut hash = Sha256::new();
    for patterns in [&database.train, &database.test] {
        add_patterns(&mut hash, patterns);
    }
    format!("{}, sha256 {}", Data::of(database), hex(hash))
}

fn add_patterns(hash: &mut Sha256, patterns: &Patterns) {
    for p in 0..patterns.len() {
        let image = patterns.image(p);
        hash.update(image.as_standard_layout().as_slice().expect("the layout is standard"));
        hash.update(patterns.label(p).to_le_bytes());
    }
}

/// Replaces the checkpoint of a job by its network, the memory of its rule and its passes.
pub(super) fn save(
    job: &Job,
    folder: &Path,
    data: &str,
    net: &Network<f32>,
    memory: &[(&str, Network<f32>)],
    passes: &[Pass],
) -> Result<(), ExperimentError> {
    let passes = serde_json::to_string(passes).expect("passes are plain numbers");
    let texts = [job.arm.toml(), job.seed.to_string(), data.into(), passes];
    let nets = named(net, memory);
    let hash = digest(texts.each_ref().map(String::as_str), &nets);
    let [arm, seed, data, passes] = texts;
    let metadata = [("arm", arm), ("seed", seed), ("data", data), ("passes", passes), ("sha256", hash)];
    files::write(&job.checkpoint(folder), &weights::bytes(&nets, metadata))
}

impl Checkpoint {
    /// Reads the checkpoint of a job, or begins if there is none yet. `data` is the identity of its patterns.
    pub fn load(job: &Job, folder: &Path, data: &str) -> Result<Self, ExperimentError> {
        let path = job.checkpoint(folder);
        if !path.exists() {
            let net = Model::initial(job.arm, job.seed).net;
            return Ok(Self { net, memory: Vec::new(), passes: Vec::new() });
        }
        Self::parse(&files::read(&path)?, job, data).map_err(|fault| {
            let advice = "delete this file to train this arm and seed again, or put back what was there";
            ExperimentError::damaged(&path, format!("{fault}: {advice}"))
        })
    }

    fn parse(bytes: &[u8], job: &Job, data: &str) -> Result<Self, String> {
        let weights = Weights::open(bytes)?;
        let text = |key| {
            weights.metadata(key).ok_or(format!("is not a checkpoint of this version: it has no {key}"))
        };
        let texts = [text("arm")?, text("seed")?, text("data")?, text("passes")?];
        let [arm, seed, trained_on, passes] = texts;
        if !is_of(arm, job.arm) {
            return Err(
                "belongs to an arm with other settings; config.toml was changed after it was begun".into()
            );
        }
        if seed != job.seed.to_string() {
            return Err(format!("belongs to seed {seed}, expected seed {}", job.seed));
        }
        if trained_on != data {
            return Err(format!("was trained on other patterns: on {trained_on}, expected {data}"));
        }
        let read = |prefix: &str| {
            let mut net = Model::initial(job.arm, 0).net;
            weights.take(prefix, &mut net).map(|()| net)
        };
        let remembered = MEMORIES.map(|name| (name, format!("{name}.")));
        let remembered = remembered.iter().filter(|(_, prefix)| weights.has(prefix));
        let memory = remembered.map(|(name, prefix)| Ok((*name, read(prefix)?)));
        let (net, memory) = (read("")?, memory.collect::<Result<Vec<_>, String>>()?);
        if digest(texts, &named(&net, &memory)) != text("sha256")? {
            return Err("was damaged or edited: its hash is not that of its contents".into());
        }
        let passes: Vec<Pass> =
            serde_json::from_str(passes).map_err(|error| format!("lists no passes: {error}"))?;
        let all = job.arm.settings.training.passes;
        if passes.is_empty()
            || passes.len() > all
            || !passes.iter().map(|pass| pass.pass).eq(1..=passes.len())
        {
            return Err(format!("lists {} passes, expected passes 1, 2, ... of {all}", passes.len()));
        }
        Ok(Self { net, memory, passes })
    }
}

/// The network and the memory of its rule, with the prefixes of their arrays' names.
fn named<'a>(net: &'a Network<f32>, memory: &'a [(&str, Network<f32>)]) -> Vec<(String, &'a Network<f32>)> {
    let memory = memory.iter().map(|(name, net)| (format!("{name}."), net));
    std::iter::once((String::new(), net)).chain(memory).collect()
}

/// The hash of texts and networks; each part is preceded by its length.
fn digest(texts: [&str; 4], nets: &[(String, &Network<f32>)]) -> String {
    let mut hash = Sha256::new();
    let mut add = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    texts.iter().for_each(|text| add(text.as_bytes()));
    for (prefix, net) in nets {
        add(prefix.as_bytes());
        for Tensor { name, values, .. } in net.tensors() {
            add(name.as_bytes());
            add(&values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>());
        }
    }
    hex(hash)
}

fn hex(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a checkpoint's arm is this one, however it is described.
fn is_of(text: &str, arm: &Arm) -> bool {
    files::toml(text).is_ok_and(|settings| arm.is_like(&Arm { name: arm.name.clone(), settings }))
}
