//! Whether the settings of an arm make sense together.

use super::{Choice, Codes, CoefficientOf, Estimates};
use super::{HeadKind, HeadSettings, Loss, Rule, Settings, TrainingSettings};
use crate::appendix::b::Update;
use crate::section2::{InitialCoefficients, Variant};
use crate::section3::presentation::Distortions;
use crate::today::Blocks;

/// A value that makes no sense.
pub(super) struct Fault {
    /// The key, with its table.
    pub key: &'static str,
    /// Its value.
    pub found: String,
    /// What would make sense.
    pub expected: &'static str,
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

/// A fault if `value` is not a finite number above 0.
fn positive(value: f64, key: &'static str, expected: &'static str) -> Option<Fault> {
    fault(!(value > 0.0 && value.is_finite()), key, value, expected)
}

impl Settings {
    /// The first value that makes no sense, if there is one.
    pub(super) fn fault(&self) -> Option<Fault> {
        let unknown = fault(self.architecture().is_none(), "architecture", &self.architecture, NAMES);
        let today = self.today.map(|blocks| blocks.fault());
        let faults = self.network.faults().into_iter().chain(self.head.faults());
        let faults = [unknown].into_iter().chain(faults).chain(self.training.faults()).chain(today).flatten();
        faults.chain(std::iter::once_with(|| self.network_fault()).flatten()).next()
    }

    /// What the network itself cannot do, as far as it can be seen before it is trained.
    fn network_fault(&self) -> Option<Fault> {
        let net = match self.network(0) {
            Ok(net) => net,
            Err(error) => return fault(true, "head", error, "an output layer that fits the layers below it"),
        };
        let TrainingSettings { optimiser, update, .. } = &self.training;
        let first_order = net.first_order_only().filter(|_| *optimiser == Rule::Sdlm);
        let lone = update.patterns(2) < 2 && net.compares_patterns();
        let all = *update == Update::Batch && net.compares_patterns();
        first_order
            .and_then(|layer| {
                fault(true, "training.optimiser", format!("\"sdlm\" with {layer}"), FIRST_ORDER)
            })
            .or(fault(lone, "training.update", "one pattern for an update", SEVERAL))
            .or(fault(all, "training.update", "\"batch\"", SEVERAL))
    }
}

const NAMES: &str = "\"lenet-5\" or \"lenet-1\"";
const FIRST_ORDER: &str = "\"gradient\", \"momentum\" or \"adam\" where a layer has no second derivatives, as a batch normalisation or dropout";
const SEVERAL: &str =
    "{ minibatch = N } of at least 2 with today.batch_normalisation, which keeps all states of an update";

impl Variant {
    fn faults(&self) -> [Option<Fault>; 3] {
        const ABOVE_0: &str = "a number above 0";
        let constant = match self.initial_coefficients {
            InitialCoefficients::Constant(constant) => constant,
            InitialCoefficients::LikeWeights => 1.0,
        };
        [
            positive(constant, "network.initial_coefficients.constant", ABOVE_0),
            positive(self.squashing.amplitude, "network.squashing.A", ABOVE_0),
            positive(self.squashing.slope, "network.squashing.S", ABOVE_0),
        ]
    }
}

impl Blocks {
    fn fault(&self) -> Option<Fault> {
        let expected = "a number from 0 up to, not including, 1";
        fault(!(0.0..1.0).contains(&self.dropout), "today.dropout", self.dropout, expected)
    }
}

impl HeadSettings {
    fn faults(&self) -> [Option<Fault>; 8] {
        let rbf = self.kind == HeadKind::Rbf;
        let competitive = self.loss == Some(Loss::Eq9);
        let rubbish = self.rubbish.unwrap_or_default();
        [
            presence(
                &self.loss,
                rbf,
                "head.loss",
                "\"eq-8\" or \"eq-9\" with kind = \"rbf\", and no such key otherwise",
            ),
            fault(
                self.penalty.is_some() && !rbf,
                "head.penalty",
                "a value",
                "there with kind = \"rbf\" only",
            ),
            fault(!(1..=256).contains(&self.classes), "head.classes", self.classes, "a number from 1 to 256"),
            fault(
                self.codes == Codes::OneOf && !rbf,
                "head.codes",
                "a value",
                "there with kind = \"rbf\" only",
            ),
            presence(
                &self.learn_codes,
                rbf,
                "head.learn_codes",
                "true or false with kind = \"rbf\", and no such key otherwise",
            ),
            presence(
                &self.rubbish,
                competitive,
                "head.rubbish",
                "a penalty with loss = \"eq-9\", and no such key otherwise",
            ),
            fault(
                !(rubbish >= 0.0 && rubbish.is_finite()),
                "head.rubbish",
                rubbish,
                "a number of at least 0",
            ),
            presence(
                &self.curvature,
                competitive || !rbf,
                "head.curvature",
                "\"exact\" or \"constant\" with kind = \"softmax\" or loss = \"eq-9\", and no such key otherwise",
            ),
        ]
    }
}

impl TrainingSettings {
    fn faults(&self) -> impl Iterator<Item = Option<Fault>> {
        let bad_eta = self.eta.iter().find_map(|&eta| positive(eta, "training.eta", "rates above 0"));
        let strength = self.distortions.map_or(1.0, Distortions::strength);
        let none = self.update == Update::Minibatch(0);
        let schedule = [
            fault(self.passes == 0, "training.passes", self.passes, "at least 1"),
            fault(none, "training.update", "a mini-batch of 0 patterns", "at least 1"),
            fault(self.patterns == Some(0), "training.patterns", 0, "at least 1"),
            fault(self.eta.is_empty(), "training.eta", "an empty list", "a rate for each pass"),
            bad_eta,
            positive(self.eta_scale, "training.eta_scale", "a number above 0"),
            positive(strength, "training.distortions", "a strength above 0"),
            positive(self.elastic.unwrap_or(1.0), "training.elastic", "pixels, more than 0"),
            fault(
                self.elastic.is_some() && !matches!(self.distortions, Some(Distortions::Fresh(_))),
                "training.elastic",
                "a value",
                "there with distortions = { fresh = ... } only",
            ),
        ];
        schedule.into_iter().chain(self.rule_faults()).chain(self.sdlm_faults())
    }

    fn rule_faults(&self) -> [Option<Fault>; 8] {
        let (sdlm, momentum) = (self.optimiser == Rule::Sdlm, self.optimiser == Rule::Momentum);
        let (alpha, decay) = (self.momentum.unwrap_or_default(), self.weight_decay.unwrap_or_default());
        const WITH_SDLM: &str = "a number with optimiser = \"sdlm\", and no such key otherwise";
        [
            presence(&self.mu, sdlm, "training.mu", WITH_SDLM),
            positive(
                self.mu.unwrap_or(1.0),
                "training.mu",
                "a number above 0: mu bounds every rate by eta / mu",
            ),
            presence(&self.hessian_patterns, sdlm, "training.hessian_patterns", WITH_SDLM),
            fault(self.hessian_patterns == Some(0), "training.hessian_patterns", 0, "at least 1"),
            presence(
                &self.momentum,
                momentum,
                "training.momentum",
                "a number with optimiser = \"momentum\", and no such key otherwise",
            ),
            fault(
                !(0.0..1.0).contains(&alpha),
                "training.momentum",
                alpha,
                "a number from 0 up to, not including, 1",
            ),
            fault(
                self.weight_decay.is_some() && self.optimiser != Rule::Adam,
                "training.weight_decay",
                "a value",
                "there with optimiser = \"adam\" only",
            ),
            fault(
                !(decay >= 0.0 && decay.is_finite()),
                "training.weight_decay",
                decay,
                "a number of at least 0",
            ),
        ]
    }

    /// What has a meaning for SDLM alone, and nothing to say otherwise.
    fn sdlm_faults(&self) -> [Option<Fault>; 3] {
        let unread = |changed: bool, key, expected| {
            fault(changed && self.optimiser != Rule::Sdlm, key, "another value", expected)
        };
        [
            unread(
                self.hessian_choice != Choice::default(),
                "training.hessian_choice",
                "\"fresh\" or no such key unless optimiser = \"sdlm\"",
            ),
            unread(
                self.hessian_estimates != Estimates::default(),
                "training.hessian_estimates",
                "\"each-pass\" or no such key unless optimiser = \"sdlm\"",
            ),
            unread(
                self.coefficient_of != CoefficientOf::default(),
                "training.coefficient_of",
                "\"sum\" or no such key unless optimiser = \"sdlm\"",
            ),
        ]
    }
}
