//! The settings of an arm: the keys of its TOML file.

mod arm;
mod build;
mod check;
mod method;
mod strings;
mod study;

pub use arm::Arm;
pub(super) use check::expect;
pub use method::Method;
pub(super) use method::Reduced;
pub use strings::{StringTraining, WindowTraining};
pub use study::{JudgedOn, Measurement, Study};

use crate::appendix::b::Update;
use crate::archaeology::front::Front;
use crate::section2::{Curvature, Variant};
use crate::section3::classifiers::Images;
use crate::section3::database::IMAGE;
use crate::section3::presentation::{Distortions, Order};
use crate::today::Blocks;
use serde::{Deserialize, Serialize};

/// The contents of an arm's TOML file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// A description of the arm in one line.
    pub description: String,
    /// The layers below the output, by name: see [`ARCHITECTURES`](crate::section3::classifiers::ARCHITECTURES).
    #[serde(default = "lenet_5", skip_serializing_if = "is_lenet_5")]
    pub architecture: String,
    /// The reading of the paper where it leaves a choice.
    #[serde(default)]
    pub network: Variant,
    /// A front that is given and does not learn ([`archaeology::front`](crate::archaeology::front)); by default none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub front: Option<Front>,
    /// Blocks that came later ([`today`](crate::today)): without this table, the paper's network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub today: Option<Blocks>,
    /// A classifier that is no network, or stands on the arm's network; by default the network itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Method>,
    /// Patterns with neighbours in the place of single digits; by default single digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub windows: Option<WindowTraining>,
    /// Training on strings of digits after the passes; by default none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strings: Option<StringTraining>,
    /// The output layer and its loss; absent if there is no network.
    #[serde(default = "HeadSettings::none", skip_serializing_if = "HeadSettings::is_none")]
    pub head: HeadSettings,
    /// The training of the parameters; absent if there is no network.
    #[serde(default = "TrainingSettings::none", skip_serializing_if = "TrainingSettings::is_none")]
    pub training: TrainingSettings,
}

impl Settings {
    /// Whether the arm has a network, which is trained by gradients.
    pub fn has_network(&self) -> bool {
        self.method.as_ref().is_none_or(Method::has_network)
    }

    /// The images that the classifier reads.
    ///
    /// # Panics
    /// When there is no such architecture, which a checked arm has.
    pub fn images(&self) -> Images {
        let of_network = || self.architecture().expect("arms are checked").images;
        self.method.as_ref().and_then(Method::images).unwrap_or_else(of_network)
    }

    /// The size of the images that the classifier reads, in pixels.
    pub fn pixels(&self) -> usize {
        self.images().image(ndarray::Array2::zeros((IMAGE, IMAGE)).view()).len()
    }
}

fn lenet_5() -> String {
    "lenet-5".into()
}

fn is_lenet_5(architecture: &str) -> bool {
    architecture == lenet_5()
}

/// The kind of output layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HeadKind {
    /// The paper's: distances to codes.
    Rbf,
    /// The departure: probabilities.
    Softmax,
}

/// The loss that an RBF head is trained with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Loss {
    /// The penalty of the true class.
    #[serde(rename = "eq-8")]
    Eq8,
    /// The same in competition with the other classes and rubbish.
    #[serde(rename = "eq-9")]
    Eq9,
}

/// The step from a squared distance to a penalty (deviation 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Penalty {
    /// As eq. 7 prints it.
    #[serde(rename = "d^2")]
    Square,
    /// Half of it.
    #[serde(rename = "d^2/2")]
    HalfSquare,
}

/// The codes of an RBF head.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Codes {
    /// The pictures of Fig. 3, for ten digits on 84 units.
    #[default]
    #[serde(rename = "fig-3")]
    Fig3,
    /// The pictures of the ten digits, and of the space for an eleventh class.
    #[serde(rename = "fig-3-and-space")]
    Fig3AndSpace,
    /// A unit for each class, at 1 for its own and at -1 for all others.
    #[serde(rename = "one-of")]
    OneOf,
}

fn ten() -> usize {
    10
}

fn is_ten(classes: &usize) -> bool {
    *classes == ten()
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// The table `[head]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadSettings {
    /// The output layer.
    pub kind: HeadKind,
    /// The number of classes.
    #[serde(default = "ten", skip_serializing_if = "is_ten")]
    pub classes: usize,
    /// RBF: the codes.
    #[serde(default, skip_serializing_if = "is_default")]
    pub codes: Codes,
    /// RBF: the penalty; by default as eq. 7 prints it.
    pub penalty: Option<Penalty>,
    /// RBF: the loss.
    pub loss: Option<Loss>,
    /// RBF with eq. 9: the penalty j of rubbish.
    pub rubbish: Option<f64>,
    /// RBF: whether the codes are trained as well.
    pub learn_codes: Option<bool>,
    /// Softmax, and RBF with eq. 9: the second derivative that goes back to F6.
    pub curvature: Option<Curvature>,
}

/// The rule that makes an update of a gradient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rule {
    /// Stochastic diagonal Levenberg-Marquardt (App. C).
    Sdlm,
    /// One rate for all parameters (eq. 2, 3).
    Gradient,
    /// The same with momentum.
    Momentum,
    /// Adam.
    Adam,
}

/// The course of the rate eta from pass to pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// As listed (III-B).
    #[default]
    Listed,
    /// Half a cosine, from the listed rate in the first pass towards 0 after the last.
    Cosine,
}

/// The patterns on which second derivatives are estimated (deviation 9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Choice {
    /// Other patterns before each pass, drawn from the seed.
    #[default]
    Fresh,
    /// Those of the first pass, in every pass.
    Same,
    /// The first ones of the training set.
    First,
}

/// The times at which second derivatives are estimated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Estimates {
    /// Before each pass (App. C).
    #[default]
    EachPass,
    /// Before the first one only.
    Once,
}

/// The factor beside a trained subsampling coefficient. It affects its rate, but not the functions of a unit (deviation 3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CoefficientOf {
    /// The sum of the four inputs.
    #[default]
    Sum,
    /// Their average.
    Average,
}

/// The table `[training]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingSettings {
    /// The rule that makes an update of a gradient.
    pub optimiser: Rule,
    /// The patterns that make one update.
    pub update: Update,
    /// The number of passes over the training patterns.
    pub passes: usize,
    /// Their order.
    #[serde(default)]
    pub order: Order,
    /// The number of training patterns that are used, from the first; by default all (Fig. 6).
    pub patterns: Option<usize>,
    /// Their distortions; by default none.
    pub distortions: Option<Distortions>,
    /// The elastic distortion of freshly distorted patterns, in pixels ([`today::elastic`](crate::today::elastic)); by
    /// default none.
    pub elastic: Option<f64>,
    /// The share of their pixels that salt-and-pepper noise inverts (III-E); by default none.
    pub noise: Option<f64>,
    /// The rate eta, pass by pass; all later passes have the last one (deviation 10).
    pub eta: Vec<f64>,
    /// A factor for every eta (deviation 7).
    pub eta_scale: f64,
    /// The course of eta from pass to pass.
    #[serde(default)]
    pub schedule: Schedule,
    /// SDLM: mu of eq. 21.
    pub mu: Option<f64>,
    /// SDLM: the number of patterns on which second derivatives are estimated.
    pub hessian_patterns: Option<usize>,
    /// SDLM: the choice of these patterns.
    #[serde(default)]
    pub hessian_choice: Choice,
    /// SDLM: the times of the estimates.
    #[serde(default)]
    pub hessian_estimates: Estimates,
    /// The factor beside a subsampling coefficient, for its rate.
    #[serde(default)]
    pub coefficient_of: CoefficientOf,
    /// Momentum: the share of the last change that is kept.
    pub momentum: Option<f64>,
    /// Adam: the share of a weight that decays in a step of rate 1.
    pub weight_decay: Option<f64>,
}

impl HeadSettings {
    /// The head of an arm without a network.
    fn none() -> Self {
        Self {
            kind: HeadKind::Softmax,
            classes: 0,
            codes: Codes::default(),
            penalty: None,
            loss: None,
            rubbish: None,
            learn_codes: None,
            curvature: None,
        }
    }

    /// Whether there is no network. Every other head has classes.
    pub(super) fn is_none(&self) -> bool {
        *self == Self::none()
    }
}

impl TrainingSettings {
    /// The training of an arm without a network: no passes.
    fn none() -> Self {
        Self {
            optimiser: Rule::Gradient,
            update: Update::Stochastic,
            passes: 0,
            order: Order::default(),
            patterns: None,
            distortions: None,
            elastic: None,
            noise: None,
            eta: Vec::new(),
            eta_scale: 1.0,
            schedule: Schedule::default(),
            mu: None,
            hessian_patterns: None,
            hessian_choice: Choice::default(),
            hessian_estimates: Estimates::default(),
            coefficient_of: CoefficientOf::default(),
            momentum: None,
            weight_decay: None,
        }
    }

    /// Whether there is no network. Every training of a network has passes.
    pub(super) fn is_none(&self) -> bool {
        *self == Self::none()
    }

    /// The rate eta of a pass, counted from 1.
    pub fn eta(&self, pass: usize) -> f64 {
        let last = self.eta.len() - 1;
        let listed = self.eta_scale * self.eta[last.min(pass - 1)];
        match self.schedule {
            Schedule::Listed => listed,
            Schedule::Cosine => {
                let way = (pass - 1) as f64 / self.passes as f64;
                listed * (1.0 + (std::f64::consts::PI * way).cos()) / 2.0
            }
        }
    }
}
