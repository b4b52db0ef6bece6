//! The table `[method]` of an arm: a classifier of III-C that is no network trained by gradients, or stands on one.

use super::check::{Checked, expect};
use crate::section1::Network;
use crate::section3::classifiers::boosted::Boosted;
use crate::section3::classifiers::error::MethodError;
use crate::section3::classifiers::linear::{Linear, Pairwise};
use crate::section3::classifiers::neighbours::Neighbours;
use crate::section3::classifiers::on_features::{self, OnFeatures};
use crate::section3::classifiers::quadratic::{Quadratic, Terms};
use crate::section3::classifiers::vectors::{Arrays, Watch, by_class};
use crate::section3::classifiers::{Images, Stored};
use crate::section3::database::Patterns;
use crate::weights;
use serde::{Deserialize, Serialize};

/// A classifier of III-C and its choices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Method {
    /// A linear unit for each class ([`Linear`]).
    Linear {
        /// The images it reads.
        #[serde(default)]
        images: Images,
        /// The factor of the squared weights.
        ridge: f64,
    },
    /// A linear unit for each pair of classes ([`Pairwise`]).
    Pairwise {
        /// The images it reads.
        #[serde(default)]
        images: Images,
        /// The factor of the squared weights.
        ridge: f64,
        /// Whether outputs are cut at -1 and 1 before they are added.
        squashed: bool,
    },
    /// Nearest neighbours ([`Neighbours`]).
    Neighbours {
        /// The images it reads.
        #[serde(default)]
        images: Images,
        /// The number of neighbours.
        k: usize,
    },
    /// Principal components and a second-degree polynomial ([`Quadratic`]).
    Quadratic {
        /// The images it reads.
        #[serde(default)]
        images: Images,
        /// The number of components.
        components: usize,
        /// The terms of the polynomial.
        terms: Terms,
        /// The factor of the squared weights.
        ridge: f64,
    },
    /// Nearest neighbours of the states of a layer of the arm's network ([`OnFeatures`]).
    FeatureNeighbours {
        /// The layer.
        layer: String,
        /// The number of neighbours.
        k: usize,
    },
    /// Three networks ([`Boosted`](crate::section3::classifiers::boosted::Boosted)).
    Boosted {
        /// The patterns on which the second is trained, and the third.
        set: usize,
    },
}

/// The most neighbours, components or patterns of a set.
const MOST: usize = 1_000_000;

impl Method {
    /// Whether it stands on a network, which the arm then describes.
    pub fn has_network(&self) -> bool {
        matches!(self, Self::FeatureNeighbours { .. } | Self::Boosted { .. })
    }

    /// Whether its result depends on the seed.
    pub fn draws(&self) -> bool {
        self.has_network()
    }

    /// The images it reads; those of its network if it has one.
    pub fn images(&self) -> Option<Images> {
        match *self {
            Self::Linear { images, .. }
            | Self::Pairwise { images, .. }
            | Self::Neighbours { images, .. }
            | Self::Quadratic { images, .. } => Some(images),
            Self::FeatureNeighbours { .. } | Self::Boosted { .. } => None,
        }
    }

    /// The first value that makes no sense, if there is one.
    pub(super) fn check(&self) -> Checked {
        let not_negative = |key: &str, value: f64| {
            expect(value.is_finite() && value >= 0.0, key, value, "a number of at least 0")
        };
        let counted = |key: &str, count: usize| {
            expect((1..=MOST).contains(&count), key, count, "a number from 1 to 1000000")
        };
        match self {
            Self::Linear { ridge, .. } | Self::Pairwise { ridge, .. } => not_negative("method.ridge", *ridge),
            Self::Neighbours { k, .. } | Self::FeatureNeighbours { k, .. } => counted("method.k", *k),
            Self::Quadratic { components, ridge, .. } => {
                expect(
                    (1..=100).contains(components),
                    "method.components",
                    components,
                    "a number from 1 to 100",
                )?;
                not_negative("method.ridge", *ridge)
            }
            Self::Boosted { set } => counted("method.set", *set),
        }
    }

    /// Whether these patterns, of so many pixels in its form, suffice; to be asked before anything is trained.
    ///
    /// # Errors
    /// When a class has too few patterns, there are fewer than `k`, or the file of the classifier would be too large.
    pub fn check_patterns(&self, patterns: &Patterns, pixels: usize) -> Result<(), MethodError> {
        by_class(patterns, 1)?;
        let n = patterns.len();
        match *self {
            Self::Neighbours { k, .. } | Self::FeatureNeighbours { k, .. } if k > n => {
                return Err(MethodError::TooManyNeighbours { k, patterns: n });
            }
            _ => {}
        }
        let (needed, allowed) =
            (self.stored_vectors(n).saturating_mul(4 * pixels), weights::MOST_BYTES as usize);
        if needed > allowed {
            return Err(MethodError::File { needed: needed >> 20, allowed: allowed >> 20 });
        }
        Ok(())
    }

    /// The number of vectors that it stores of so many patterns, at most.
    fn stored_vectors(&self, patterns: usize) -> usize {
        match self {
            Self::Neighbours { .. } | Self::FeatureNeighbours { .. } => patterns,
            _ => 0,
        }
    }

    /// Trains it on patterns whose images have its form.
    ///
    /// # Errors
    /// When the patterns do not suffice, or training is to stop.
    ///
    /// # Panics
    /// When it stands on a network.
    pub fn train(
        &self,
        patterns: &Patterns,
        _seed: u64,
        _threads: usize,
        watch: Watch,
    ) -> Result<Box<dyn Stored>, MethodError> {
        Ok(match *self {
            Self::Linear { ridge, .. } => Box::new(Linear::train(patterns, ridge, watch)?),
            Self::Pairwise { ridge, squashed, .. } => {
                Box::new(Pairwise::train(patterns, ridge, squashed, watch)?)
            }
            Self::Neighbours { k, .. } => Box::new(Neighbours::train(patterns, k)?),
            Self::Quadratic { components, terms, ridge, .. } => {
                Box::new(Quadratic::train(patterns, components, terms, ridge, watch)?)
            }
            Self::FeatureNeighbours { .. } | Self::Boosted { .. } => unreachable!("it stands on a network"),
        })
    }

    /// Puts it on a trained network.
    ///
    /// # Errors
    /// When the patterns do not suffice, or training is to stop.
    ///
    /// # Panics
    /// When it does not stand on one network.
    pub fn on(
        &self,
        net: Network<f32>,
        patterns: &Patterns,
        watch: Watch,
    ) -> Result<Box<dyn Stored>, MethodError> {
        match self {
            Self::FeatureNeighbours { layer, k } => {
                let (features, labels) = on_features::stored(&net, layer, patterns, watch)?;
                let last = Neighbours::new(features, labels, patterns.classes(), *k)?;
                Ok(Box::new(OnFeatures { net, layer: layer.clone(), last: Box::new(last) }))
            }
            _ => unreachable!("it does not stand on one network"),
        }
    }

    /// The trained classifier with these arrays; `net` makes the initial network of the arm.
    ///
    /// # Errors
    /// When an array is missing or does not fit: which.
    pub fn restore(
        &self,
        arrays: &mut Arrays,
        net: impl Fn() -> Network<f32>,
    ) -> Result<Box<dyn Stored>, String> {
        Ok(match self {
            Self::Linear { .. } => Box::new(Linear::from_arrays(arrays)?),
            Self::Pairwise { squashed, .. } => Box::new(Pairwise::from_arrays(arrays, *squashed)?),
            Self::Neighbours { k, .. } => Box::new(Neighbours::from_arrays(arrays, *k)?),
            Self::Quadratic { terms, .. } => Box::new(Quadratic::from_arrays(arrays, *terms)?),
            Self::FeatureNeighbours { layer, k } => {
                let last = Box::new(Neighbours::from_arrays(arrays, *k)?);
                Box::new(OnFeatures { net: arrays.network("", net())?, layer: layer.clone(), last })
            }
            Self::Boosted { .. } => {
                let nets = ["net1.", "net2.", "net3."].map(|prefix| arrays.network(prefix, net()));
                let [one, two, three] = nets;
                Box::new(Boosted::restored([one?, two?, three?], arrays)?)
            }
        })
    }
}
