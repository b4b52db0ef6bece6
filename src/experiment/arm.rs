//! An arm: one way of training LeNet-5, described by a TOML file.

use super::error::ExperimentError;
use crate::appendix::a::InitialWeights;
use crate::appendix::b::Update;
use crate::section2::Curvature;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The arms that are compiled in, by name.
const BUILT_IN: [(&str, &str); 2] = [
    ("rbf", include_str!("../../experiments/rbf.toml")),
    ("softmax", include_str!("../../experiments/softmax.toml")),
];

/// One way of training LeNet-5 and the name it goes by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Arm {
    /// The name on screen, in the results and of the model files.
    pub name: String,
    /// What its TOML file says.
    pub settings: Settings,
}

/// The contents of an arm's TOML file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// What the arm is, in a line.
    pub description: String,
    /// The output layer and its loss.
    pub head: HeadSettings,
    /// How the parameters are found.
    pub training: TrainingSettings,
}

/// Which output layer stands on F6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HeadKind {
    /// The paper's: distances to codes.
    Rbf,
    /// The departure: probabilities.
    Softmax,
}

/// Which loss an RBF head is trained with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Loss {
    /// The penalty of the true class.
    #[serde(rename = "eq-8")]
    Eq8,
    /// The same in competition with the other classes and rubbish.
    #[serde(rename = "eq-9")]
    Eq9,
}

/// The table `[head]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadSettings {
    /// Which output layer.
    pub kind: HeadKind,
    /// RBF: which loss.
    pub loss: Option<Loss>,
    /// RBF with eq. 9: the penalty j of rubbish.
    pub rubbish: Option<f64>,
    /// RBF: whether the codes are trained as well.
    pub learn_codes: Option<bool>,
    /// Softmax, and RBF with eq. 9: which second derivative goes back to F6.
    pub curvature: Option<Curvature>,
}

/// How a gradient becomes an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rule {
    /// Stochastic diagonal Levenberg-Marquardt (App. C).
    Sdlm,
    /// One rate for all parameters (eq. 2, 3).
    Gradient,
    /// The same with momentum.
    Momentum,
}

/// The table `[training]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingSettings {
    /// How wide the initial weights are spread.
    pub initial_weights: InitialWeights,
    /// How a gradient becomes an update.
    pub optimiser: Rule,
    /// When parameters are updated.
    pub update: Update,
    /// How often all training patterns are presented.
    pub passes: usize,
    /// The rate eta, pass by pass; the last one is kept for all passes beyond (deviation 10).
    pub eta: Vec<f64>,
    /// What every eta is multiplied by (deviation 7).
    pub eta_scale: f64,
    /// SDLM: mu of eq. 21.
    pub mu: Option<f64>,
    /// SDLM: how many patterns the second derivatives are estimated on.
    pub hessian_patterns: Option<usize>,
    /// Momentum: how much of the last change is kept.
    pub momentum: Option<f64>,
}

impl TrainingSettings {
    /// The rate eta of a pass, counted from 1.
    pub fn eta(&self, pass: usize) -> f64 {
        let last = self.eta.len() - 1;
        self.eta_scale * self.eta[last.min(pass - 1)]
    }
}

impl Arm {
    /// The compiled-in arm of this name, or the one in a TOML file at this path.
    ///
    /// # Errors
    /// When there is no such arm, the file cannot be read, or its contents make no sense.
    pub fn find(word: &str) -> Result<Self, ExperimentError> {
        if let Some((name, text)) = BUILT_IN.iter().find(|(name, _)| *name == word) {
            return Self::parse(name, &format!("experiments/{name}.toml"), text);
        }
        if !word.ends_with(".toml") {
            return Err(ExperimentError::unknown_arm(word, BUILT_IN.map(|(name, _)| name)));
        }
        let path = Path::new(word);
        let unreadable = |cause| ExperimentError::ReadSettings { path: path.into(), cause };
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        Self::parse(&name, word, &text)
    }

    /// All compiled-in arms.
    pub fn built_in() -> impl Iterator<Item = Self> {
        let parsed = |(name, text)| Self::parse(name, name, text).expect("the compiled-in arms are tested");
        BUILT_IN.into_iter().map(parsed)
    }

    /// Reads the settings of the arm `name` from the text of `file`.
    ///
    /// # Errors
    /// When the text is not TOML, has a key that is not known or lacks one, or a value that makes no sense.
    pub fn parse(name: &str, file: &str, text: &str) -> Result<Self, ExperimentError> {
        let settings: Settings = toml::from_str(text)
            .map_err(|error| ExperimentError::Toml { file: file.into(), message: error.to_string() })?;
        let arm = Self { name: name.into(), settings };
        arm.check(file)?;
        Ok(arm)
    }

    /// The settings as TOML.
    pub fn toml(&self) -> String {
        toml::to_string(&self.settings).expect("settings are plain tables")
    }

    /// Whether all values make sense; `file` is where they are from.
    pub(super) fn check(&self, file: &str) -> Result<(), ExperimentError> {
        match self.settings.head.fault().or_else(|| self.settings.training.fault()) {
            None => Ok(()),
            Some(Fault { key, found, expected }) => {
                Err(ExperimentError::Value { file: file.into(), key, found, expected })
            }
        }
    }
}

/// A value that makes no sense.
struct Fault {
    key: &'static str,
    found: String,
    expected: &'static str,
}

/// A fault if `wrong`.
fn fault(wrong: bool, key: &'static str, found: impl ToString, expected: &'static str) -> Option<Fault> {
    wrong.then(|| Fault { key, found: found.to_string(), expected })
}

/// A fault if a key is there that has no meaning with the other settings, or is not there and ought to be.
fn presence<T>(value: &Option<T>, wanted: bool, key: &'static str, expected: &'static str) -> Option<Fault> {
    let found = if value.is_some() { "a value" } else { "nothing" };
    fault(value.is_some() != wanted, key, found, expected)
}

impl HeadSettings {
    fn fault(&self) -> Option<Fault> {
        let rbf = self.kind == HeadKind::Rbf;
        let competitive = self.loss == Some(Loss::Eq9);
        let rubbish = self.rubbish.unwrap_or_default();
        presence(&self.loss, rbf, "head.loss", "\"eq-8\" or \"eq-9\" with kind = \"rbf\", and no such key otherwise")
            .or_else(|| presence(&self.learn_codes, rbf, "head.learn_codes", "true or false with kind = \"rbf\", and no such key otherwise"))
            .or_else(|| presence(&self.rubbish, competitive, "head.rubbish", "a penalty with loss = \"eq-9\", and no such key otherwise"))
            .or_else(|| fault(!(rubbish >= 0.0 && rubbish.is_finite()), "head.rubbish", rubbish, "a number of at least 0"))
            .or_else(|| presence(&self.curvature, competitive || !rbf, "head.curvature", "\"exact\" or \"constant\" with kind = \"softmax\" or loss = \"eq-9\", and no such key otherwise"))
    }
}

impl TrainingSettings {
    fn fault(&self) -> Option<Fault> {
        let positive = |value: f64| value > 0.0 && value.is_finite();
        let (sdlm, momentum) = (self.optimiser == Rule::Sdlm, self.optimiser == Rule::Momentum);
        let bad_eta = self.eta.iter().copied().find(|&eta| !positive(eta)).unwrap_or_default();
        let (mu, alpha) = (self.mu.unwrap_or_default(), self.momentum.unwrap_or_default());
        let none = self.update == Update::Minibatch(0);
        fault(self.passes == 0, "training.passes", self.passes, "at least 1")
            .or_else(|| fault(none, "training.update", "a mini-batch of 0 patterns", "at least 1"))
            .or_else(|| fault(self.eta.is_empty(), "training.eta", "an empty list", "a rate for each pass"))
            .or_else(|| {
                fault(self.eta.iter().any(|&eta| !positive(eta)), "training.eta", bad_eta, "rates above 0")
            })
            .or_else(|| {
                fault(!positive(self.eta_scale), "training.eta_scale", self.eta_scale, "a number above 0")
            })
            .or_else(|| {
                presence(
                    &self.mu,
                    sdlm,
                    "training.mu",
                    "a number with optimiser = \"sdlm\", and no such key otherwise",
                )
            })
            .or_else(|| {
                fault(
                    sdlm && !positive(mu),
                    "training.mu",
                    mu,
                    "a number above 0: mu bounds every rate by eta / mu",
                )
            })
            .or_else(|| {
                presence(
                    &self.hessian_patterns,
                    sdlm,
                    "training.hessian_patterns",
                    "a number with optimiser = \"sdlm\", and no such key otherwise",
                )
            })
            .or_else(|| fault(self.hessian_patterns == Some(0), "training.hessian_patterns", 0, "at least 1"))
            .or_else(|| {
                presence(
                    &self.momentum,
                    momentum,
                    "training.momentum",
                    "a number with optimiser = \"momentum\", and no such key otherwise",
                )
            })
            .or_else(|| {
                fault(
                    !(0.0..1.0).contains(&alpha),
                    "training.momentum",
                    alpha,
                    "a number from 0 up to, not including, 1",
                )
            })
    }
}
