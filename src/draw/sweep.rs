//! The scores along one slider, from its one end to the other.

use super::answer::parse;
use super::look::Normalised;
use super::{Change, Fault, Kind, Network, Slider, Source, Studio};
use crate::experiment::HeadKind;
use serde::{Deserialize, Serialize};

/// Places along a slider.
const PLACES: u8 = 41;

/// A question for the scores along one slider.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Along {
    /// The drawing, or the pattern.
    pub of: Source,
    /// The positions of the other sliders.
    #[serde(default)]
    pub change: Change,
    /// The slider.
    pub along: Kind,
}

/// The scores along a slider.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sweep {
    /// The slider.
    pub along: Kind,
    /// Amounts, evenly from the least to the most.
    pub values: Vec<f64>,
    /// The scores of each network.
    pub networks: Vec<Scores>,
}

/// The scores of a network, at each place along a slider.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scores {
    /// Its head.
    pub kind: HeadKind,
    /// Penalties or probabilities: a row for each place.
    pub scores: Vec<Vec<f32>>,
}

impl Along {
    /// Reads a question as the page sends it.
    ///
    /// # Errors
    /// 400, with the field that is wrong.
    pub fn parse(text: &[u8]) -> Result<Self, Fault> {
        parse(text)
    }
}

impl Sweep {
    /// Goes along the slider.
    ///
    /// # Errors
    /// When there is nothing to read, no such pattern, another change goes too far, or a penalty is not finite.
    pub fn along(studio: &Studio, question: &Along) -> Result<Self, Fault> {
        question.change.check()?;
        let Normalised { image, .. } = question.of.normalised(studio)?;
        let Slider { name, least, most, .. } = *question.along.slider();
        let place = |i| least + (most - least) * f64::from(i) / f64::from(PLACES - 1);
        let values: Vec<f64> = (0..PLACES).map(place).collect();
        let changed = |&value: &f64| {
            let mut change = question.change;
            *change.amount(name) = value;
            change.pattern(image.view())
        };
        let patterns: Vec<_> = values.iter().map(changed).collect();
        let scores = |Network { kind, model, .. }: &Network| {
            let scores = |pattern| model.read(pattern).map(|states| model.scores(&states.output));
            let scores = patterns.iter().map(scores).collect::<Result<_, _>>();
            Ok(Scores { kind: *kind, scores: scores.map_err(|error| Fault::unreadable(error.to_string()))? })
        };
        let networks = studio.networks.iter().map(scores).collect::<Result<_, Fault>>()?;
        Ok(Self { along: name, values, networks })
    }
}
