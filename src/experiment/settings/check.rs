//! Whether the settings of an arm make sense together.

use super::{Choice, Codes, CoefficientOf, Estimates};
use super::{
    HeadKind, HeadSettings, Loss, Method, Rule, Settings, StringTraining, TrainingSettings, WindowTraining,
};
use crate::appendix::b::Update;
use crate::section2::{C3, InitialCoefficients, Squashing, Variant};
use crate::section3::classifiers::{ARCHITECTURES, Images};
use crate::section3::distortions::Amounts;
use crate::section3::presentation::Distortions;
use std::fmt::Display;
use std::ops::Range;

/// `Ok`, or a message with the value that makes no sense and the values that would.
pub(in crate::experiment) type Checked = Result<(), String>;

/// A fault unless a condition holds.
pub(in crate::experiment) fn expect(holds: bool, key: &str, found: impl Display, expected: &str) -> Checked {
    if holds { Ok(()) } else { Err(format!("{key} is {found}, but should be {expected}")) }
}

/// Every number lies in a range, and training can use it: it computes in single precision.
fn within(range: Range<f32>, key: &str, values: impl IntoIterator<Item = f64>, expected: &str) -> Checked {
    const SINGLE: &str =
        "a number that single precision holds: up to 3.4e38, and 0 or no nearer to it than 1.2e-38";
    values.into_iter().try_for_each(|value| {
        let single = value as f32;
        let held = !value.is_finite() || single.is_normal() || value == 0.0;
        let found = if value == 0.0 || (1e-5..1e15).contains(&value.abs()) {
            value.to_string()
        } else {
            format!("{value:?}")
        };
        expect(held, key, &found, SINGLE)?;
        expect(range.contains(&single), key, found, expected)
    })
}

/// A count is not 0.
fn counted(key: &str, count: Option<usize>) -> Checked {
    expect(count != Some(0), key, 0, "at least 1")
}

/// A key is there exactly when it is `read`.
fn required<T>(value: &Option<T>, read: bool, key: &str, expected: &str) -> Checked {
    let found = if value.is_some() { "a value" } else { "nothing" };
    expect(value.is_some() == read, key, found, &format!("{expected}, and no such key otherwise"))
}

/// A key is there only where it is `read`.
fn optional(there: bool, read: bool, key: &str, condition: &str) -> Checked {
    expect(!there || read, key, "a value", &format!("there with {condition} only"))
}

const FRACTION: &str = "a number from 0 up to, not including, 1";
const POSITIVE: Range<f32> = f32::MIN_POSITIVE..f32::INFINITY;
const NOT_NEGATIVE: Range<f32> = 0.0..f32::INFINITY;
/// The most bytes of a description.
const DESCRIPTION: usize = 1000;
/// The most rates in a list.
const RATES: usize = 1000;
/// The most passes over the training patterns.
const PASSES: usize = 100_000;
/// The most patterns of a mini-batch: batch normalisation keeps all their states.
const MINIBATCH: usize = 4096;

impl Settings {
    /// The first value that makes no sense, if there is one.
    pub(super) fn check(&self) -> Checked {
        let architecture = &self.architecture;
        let length = self.description.len();
        expect(
            length <= DESCRIPTION,
            "description",
            format!("a text of {length} bytes"),
            "a line of at most 1000 bytes",
        )?;
        expect(self.architecture().is_some(), "architecture", architecture, &known())?;
        self.method.as_ref().map_or(Ok(()), Method::check)?;
        self.strings.as_ref().map_or(Ok(()), StringTraining::check)?;
        let reads =
            self.method.is_none() && self.architecture().is_some_and(|one| one.images == Images::Regular);
        optional(
            self.strings.is_some(),
            reads,
            "strings",
            "no [method], and a network that reads regular images",
        )?;
        self.windows.as_ref().map_or(Ok(()), WindowTraining::check)?;
        let has_blank = self.head.codes == Codes::Fig3AndSpace;
        optional(self.windows.is_some(), has_blank, "windows", r#"head.codes = "fig-3-and-space""#)?;
        let given = [
            ("training.distortions", self.training.distortions.is_some()),
            ("training.noise", self.training.noise.is_some()),
        ];
        given.into_iter().try_for_each(|(key, is_there)| {
            optional(is_there, self.windows.is_none(), key, "no [windows], which have their own")
        })?;
        if !self.has_network() {
            return self.check_no_network();
        }
        expect(!self.head.is_none(), "head", "nothing", "a table with kind = \"rbf\" or \"softmax\"")?;
        expect(
            !self.training.is_none(),
            "training",
            "nothing",
            "a table: optimiser, update, passes, eta, ...",
        )?;
        self.network.check()?;
        self.head.check()?;
        self.training.check()?;
        let boosted = matches!(self.method, Some(Method::Boosted { .. }));
        let supply = self.training.distortions.is_some() || !boosted;
        expect(
            supply,
            "training.distortions",
            "nothing",
            "a value with method.kind = \"boosted\", which draws patterns",
        )?;
        within(0.0..1.0, "today.dropout", self.today.map(|blocks| blocks.dropout), FRACTION)?;
        self.check_front()?;
        self.check_network()
    }

    /// A classifier without a network has no settings of one.
    fn check_no_network(&self) -> Checked {
        let there = [
            ("head", !self.head.is_none()),
            ("training", !self.training.is_none()),
            ("network", self.network != Variant::default()),
            ("today", self.today.is_some()),
            ("front", self.front.is_some()),
            ("strings", self.strings.is_some()),
            ("windows", self.windows.is_some()),
            ("architecture", self.architecture != super::lenet_5()),
        ];
        there.into_iter().try_for_each(|(key, is_there)| {
            optional(is_there, false, key, "a network, and this [method] has none")
        })
    }

    /// Whether a given front fits the network, and the rule leaves it as it is.
    fn check_front(&self) -> Checked {
        let like_1998 = self.architecture == super::lenet_5()
            && self.today.is_none()
            && self.network.c3 == C3::Table1
            && self.network.trained_subsampling
            && self.network.squashing == Squashing::PAPER;
        let there = self.front.is_some();
        const LAYERS: &str =
            "the paper's C1 to S4: Table I, trained subsampling, A = 1.7159 and S = 2/3, no [today]";
        optional(there, like_1998, "front", LAYERS)?;
        optional(there, self.training.weight_decay.is_none(), "front", "no training.weight_decay")
    }

    /// Whether the network can be built and trained so, as far as it can be seen before training.
    fn check_network(&self) -> Checked {
        let net = self.network(0).map_err(|error| {
            format!("head is {error}, but should be an output layer that fits the layers below it")
        })?;
        let layer = self.method.as_ref().and_then(Method::layer);
        if let Some(layer) = layer.filter(|layer| net.states().get(layer).is_none()) {
            let names: Vec<String> = net.census().into_iter().map(|layer| layer.layer).collect();
            expect(false, "method.layer", layer, &format!("a layer of the network: {}", names.join(", ")))?;
        }
        let update = self.training.update;
        if let (Rule::Sdlm, Some(layer)) = (self.training.optimiser, net.first_order_only()) {
            expect(false, "training.optimiser", format!("\"sdlm\" with {layer}"), FIRST_ORDER)?;
        }
        let alone = update.patterns(2) < 2;
        let found = if alone { "one pattern for an update" } else { "\"batch\"" };
        let several = !alone && update != Update::Batch;
        expect(several || !net.compares_patterns(), "training.update", found, SEVERAL)
    }
}

const FIRST_ORDER: &str = "\"gradient\", \"momentum\" or \"adam\" where a layer has no second derivatives, as \
                           a batch normalisation or dropout";
const SEVERAL: &str = "{ minibatch = N } of at least 2 with today.batch_normalisation, which keeps all states \
                       of an update";

/// The names of the architectures.
fn known() -> String {
    let names: Vec<String> = ARCHITECTURES.iter().map(|one| format!("\"{}\"", one.name)).collect();
    format!("one of {}", names.join(", "))
}

impl Variant {
    fn check(&self) -> Checked {
        let constant = match self.initial_coefficients {
            InitialCoefficients::Constant(constant) => Some(constant),
            InitialCoefficients::LikeWeights => None,
        };
        within(POSITIVE, "network.initial_coefficients.constant", constant, "a number above 0")?;
        within(POSITIVE, "network.squashing.A", [self.squashing.amplitude], "a number above 0")?;
        within(POSITIVE, "network.squashing.S", [self.squashing.slope], "a number above 0")
    }
}

impl HeadSettings {
    fn check(&self) -> Checked {
        let (rbf, eq_9) = (self.kind == HeadKind::Rbf, self.loss == Some(Loss::Eq9));
        const WITH_RBF: &str = r#"kind = "rbf""#;
        const CURVATURE: &str = r#""exact" or "constant" with kind = "softmax" or loss = "eq-9""#;
        required(&self.loss, rbf, "head.loss", r#""eq-8" or "eq-9" with kind = "rbf""#)?;
        optional(self.penalty.is_some(), rbf, "head.penalty", WITH_RBF)?;
        let some = (1..=256).contains(&self.classes);
        expect(some, "head.classes", self.classes, "a number from 1 to 256")?;
        optional(self.codes != Codes::Fig3, rbf, "head.codes", WITH_RBF)?;
        let eleven = self.codes != Codes::Fig3AndSpace || self.classes == 11;
        expect(eleven, "head.classes", self.classes, r#"11 with codes = "fig-3-and-space""#)?;
        required(&self.learn_codes, rbf, "head.learn_codes", r#"true or false with kind = "rbf""#)?;
        required(&self.rubbish, eq_9, "head.rubbish", r#"a penalty with loss = "eq-9""#)?;
        within(NOT_NEGATIVE, "head.rubbish", self.rubbish, "a number of at least 0")?;
        required(&self.curvature, eq_9 || !rbf, "head.curvature", CURVATURE)
    }
}

impl TrainingSettings {
    fn check(&self) -> Checked {
        let fresh = matches!(self.distortions, Some(Distortions::Fresh(_)));
        counted("training.passes", Some(self.passes))?;
        expect(self.passes <= PASSES, "training.passes", self.passes, "at most 100000")?;
        if let Update::Minibatch(count) = self.update {
            let found = format!("a mini-batch of {count} patterns");
            expect(count > 0, "training.update", &found, "at least 1")?;
            expect(
                count <= MINIBATCH,
                "training.update",
                &found,
                "at most 4096, or \"batch\" for all patterns",
            )?;
        }
        counted("training.patterns", self.patterns)?;
        expect(!self.eta.is_empty(), "training.eta", "an empty list", "a rate for each pass")?;
        let rates = self.eta.len();
        expect(
            rates <= RATES,
            "training.eta",
            format!("a list of {rates} rates"),
            "at most 1000: all later passes have the last one",
        )?;
        within(POSITIVE, "training.eta", self.eta.iter().copied(), "rates above 0")?;
        within(POSITIVE, "training.eta_scale", [self.eta_scale], "a number above 0")?;
        let scaled = self.eta.iter().map(|eta| eta * self.eta_scale);
        within(POSITIVE, "training.eta times training.eta_scale", scaled, "rates above 0")?;
        let strength = self.distortions.and_then(|distortions| match distortions.amounts() {
            Amounts::Strength(strength) => Some(strength),
            Amounts::Named(_) => None,
        });
        within(POSITIVE, "training.distortions", strength, "a strength above 0")?;
        within(0.0..1.0, "training.noise", self.noise, FRACTION)?;
        within(POSITIVE, "training.elastic", self.elastic, "pixels, more than 0")?;
        optional(self.elastic.is_some(), fresh, "training.elastic", "distortions = { fresh = ... }")?;
        self.check_rule()
    }

    /// Keys that one rule alone reads.
    fn check_rule(&self) -> Checked {
        let [sdlm, momentum, adam] =
            [Rule::Sdlm, Rule::Momentum, Rule::Adam].map(|rule| self.optimiser == rule);
        const WITH_SDLM: &str = r#"a number with optimiser = "sdlm""#;
        const WITH_MOMENTUM: &str = r#"a number with optimiser = "momentum""#;
        required(&self.mu, sdlm, "training.mu", WITH_SDLM)?;
        within(POSITIVE, "training.mu", self.mu, "a number above 0: mu bounds every rate by eta / mu")?;
        let bounds =
            self.mu.into_iter().flat_map(|mu| self.eta.iter().map(move |eta| eta * self.eta_scale / mu));
        within(POSITIVE, "training.eta times training.eta_scale / training.mu", bounds, "rates above 0")?;
        required(&self.hessian_patterns, sdlm, "training.hessian_patterns", WITH_SDLM)?;
        counted("training.hessian_patterns", self.hessian_patterns)?;
        required(&self.momentum, momentum, "training.momentum", WITH_MOMENTUM)?;
        within(0.0..1.0, "training.momentum", self.momentum, FRACTION)?;
        optional(self.weight_decay.is_some(), adam, "training.weight_decay", r#"optimiser = "adam""#)?;
        within(NOT_NEGATIVE, "training.weight_decay", self.weight_decay, "a number of at least 0")?;
        let [choice, estimates, coefficient] = [
            self.hessian_choice != Choice::default(),
            self.hessian_estimates != Estimates::default(),
            self.coefficient_of != CoefficientOf::default(),
        ];
        optional(choice, sdlm, "training.hessian_choice", "optimiser = \"sdlm\"")?;
        optional(estimates, sdlm, "training.hessian_estimates", "optimiser = \"sdlm\"")?;
        optional(coefficient, sdlm, "training.coefficient_of", "optimiser = \"sdlm\"")
    }
}
