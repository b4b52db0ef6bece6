//! The table `[method]` of an arm: a classifier of III-C that is no network trained by gradients, or stands on one.

use super::check::{Checked, expect};
use crate::section3::classifiers::Images;
use crate::section3::classifiers::error::MethodError;
use crate::section3::classifiers::quadratic::Terms;
use crate::section3::classifiers::vectors::by_class;
use crate::section3::database::Patterns;
use crate::weights;
use serde::{Deserialize, Serialize};

/// A classifier of III-C and its choices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Method {
    /// A linear unit for each class ([`Linear`](crate::section3::classifiers::linear::Linear)).
    Linear {
        /// The images it reads.
        #[serde(default)]
        images: Images,
        /// The factor of the squared weights.
        ridge: f64,
    },
    /// A linear unit for each pair of classes ([`Pairwise`](crate::section3::classifiers::linear::Pairwise)).
    Pairwise {
        /// The images it reads.
        #[serde(default)]
        images: Images,
        /// The factor of the squared weights.
        ridge: f64,
        /// The factor of outputs before they are cut at -1 and 1 and added.
        gain: f32,
    },
    /// Nearest neighbours ([`Neighbours`](crate::section3::classifiers::neighbours::Neighbours)).
    Neighbours {
        /// The images it reads.
        #[serde(default)]
        images: Images,
        /// The number of neighbours.
        k: usize,
        /// Only the first so many training patterns are stored; by default all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stored: Option<usize>,
    },
    /// Principal components and a second-degree polynomial ([`Quadratic`](crate::section3::classifiers::quadratic::Quadratic)).
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
    /// Gaussian units on the patterns of each class, and a linear layer ([`RbfNetwork`](crate::section3::classifiers::rbf_network::RbfNetwork)).
    RbfNetwork {
        /// The images it reads.
        #[serde(default)]
        images: Images,
        /// Units for each class.
        centres: usize,
        /// Passes of the adaptive k-means.
        passes: usize,
        /// The variance of a unit, relative to the mean squared distance to the centres.
        width: f32,
        /// Added to the mean square of each unit's output.
        ridge: f64,
    },
    /// The nearest image by the distance between tangent planes ([`TangentDistance`](crate::section3::classifiers::tangent_distance::TangentDistance)).
    TangentDistance {
        /// The images it reads.
        #[serde(default)]
        images: Images,
        /// The standard deviation of the Gaussian that smooths images, in pixels.
        sigma: f32,
        /// The price of a transformation.
        ridge: f32,
        /// The patterns left after the comparison at half the resolution.
        coarse: usize,
        /// The patterns to which tangent distances are computed.
        shortlist: usize,
        /// The number of neighbours.
        k: usize,
    },
    /// Support vectors with a polynomial kernel ([`svm`](crate::section3::classifiers::svm)).
    SupportVectors {
        /// The images it reads.
        #[serde(default)]
        images: Images,
        /// The degree of the kernel.
        degree: u32,
        /// The share of the constant in the kernel.
        offset: f32,
        /// The price of a pattern on the wrong side of its margin.
        cost: f64,
        /// Trained again on the support vectors and their shifts, with this degree.
        #[serde(rename = "virtual", default, skip_serializing_if = "Option::is_none")]
        virtual_degree: Option<u32>,
        /// Replaced by so many vectors, in so many steps ([`reduced_set`](crate::section3::classifiers::reduced_set)).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reduced: Option<Reduced>,
    },
    /// Nearest neighbours of the states of a layer of the arm's network ([`OnFeatures`](crate::section3::classifiers::on_features::OnFeatures)).
    FeatureNeighbours {
        /// The layer.
        layer: String,
        /// The number of neighbours.
        k: usize,
    },
    /// Local learning on the states of a layer of the arm's network ([`LocalLearning`](crate::section3::classifiers::local::LocalLearning)).
    LocalLearning {
        /// The layer.
        layer: String,
        /// The number of neighbours.
        k: usize,
        /// The price of slopes.
        ridge: f32,
    },
    /// Three networks ([`Boosted`](crate::section3::classifiers::boosted::Boosted)).
    Boosted {
        /// The patterns on which the second is trained, and the third.
        set: usize,
    },
}

/// A reduced set.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reduced {
    /// Its vectors.
    pub vectors: usize,
    /// The steps of the descent.
    pub steps: usize,
}

/// The most neighbours, components or patterns of a set.
const MOST: usize = 1_000_000;

impl Method {
    /// The layer whose states it reads, if it stands on one.
    pub(in crate::experiment) fn layer(&self) -> Option<&str> {
        match self {
            Self::FeatureNeighbours { layer, .. } | Self::LocalLearning { layer, .. } => Some(layer),
            _ => None,
        }
    }

    /// Whether it stands on a network, which the arm then describes.
    pub fn has_network(&self) -> bool {
        self.images().is_none()
    }

    /// Whether its result depends on the seed.
    pub fn draws(&self) -> bool {
        self.has_network() || matches!(self, Self::RbfNetwork { .. })
    }

    /// The images it reads; those of its network if it has one.
    pub fn images(&self) -> Option<Images> {
        match *self {
            Self::Linear { images, .. }
            | Self::Pairwise { images, .. }
            | Self::Neighbours { images, .. }
            | Self::Quadratic { images, .. }
            | Self::RbfNetwork { images, .. }
            | Self::TangentDistance { images, .. }
            | Self::SupportVectors { images, .. } => Some(images),
            Self::FeatureNeighbours { .. } | Self::LocalLearning { .. } | Self::Boosted { .. } => None,
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
            Self::Linear { ridge, .. } => not_negative("method.ridge", *ridge),
            Self::Pairwise { ridge, gain, .. } => {
                not_negative("method.ridge", *ridge)?;
                expect(*gain > 0.0 && gain.is_finite(), "method.gain", *gain, "a number above 0")
            }
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
            Self::LocalLearning { k, ridge, .. } => {
                counted("method.k", *k)?;
                not_negative("method.ridge", f64::from(*ridge))
            }
            Self::RbfNetwork { centres, passes, width, ridge, .. } => {
                counted("method.centres", *centres)?;
                counted("method.passes", *passes)?;
                expect(*width > 0.0 && width.is_finite(), "method.width", *width, "a number above 0")?;
                not_negative("method.ridge", *ridge)
            }
            Self::TangentDistance { sigma, ridge, coarse, shortlist, k, .. } => {
                expect((0.1..10.0).contains(sigma), "method.sigma", sigma, "pixels from 0.1 to 10")?;
                not_negative("method.ridge", f64::from(*ridge))?;
                counted("method.k", *k)?;
                expect(shortlist >= k, "method.shortlist", shortlist, "at least k")?;
                expect(coarse >= shortlist, "method.coarse", coarse, "at least method.shortlist")
            }
            Self::SupportVectors { degree, offset, cost, virtual_degree, reduced, .. } => {
                for degree in virtual_degree.iter().chain([degree]) {
                    expect((1..=20).contains(degree), "method.degree", degree, "a number from 1 to 20")?;
                }
                expect(
                    (0.0..1.0).contains(offset),
                    "method.offset",
                    offset,
                    "a number from 0 up to, not including, 1",
                )?;
                expect(*cost > 0.0 && cost.is_finite(), "method.cost", cost, "a number above 0")?;
                reduced.map_or(Ok(()), |reduced| counted("method.reduced.vectors", reduced.vectors))
            }
            Self::Boosted { set } => counted("method.set", *set),
        }
    }

    /// Whether these patterns, of so many pixels in its form, suffice; to be asked before anything is trained.
    ///
    /// # Errors
    /// When a class has too few patterns, there are fewer than `k`, or the file of the classifier would be too large.
    pub fn check_patterns(&self, patterns: &Patterns, pixels: usize) -> Result<(), MethodError> {
        let n = patterns.len();
        match *self {
            Self::Neighbours { k, .. }
            | Self::FeatureNeighbours { k, .. }
            | Self::LocalLearning { k, .. }
            | Self::TangentDistance { k, .. }
                if k > n =>
            {
                return Err(MethodError::TooManyNeighbours { k, patterns: n });
            }
            Self::RbfNetwork { centres, .. } => drop(by_class(patterns, centres)?),
            _ => {}
        }
        by_class(patterns, 1)?;
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
            Self::Neighbours { .. }
            | Self::FeatureNeighbours { .. }
            | Self::LocalLearning { .. }
            | Self::TangentDistance { .. } => patterns,
            _ => 0,
        }
    }
}
