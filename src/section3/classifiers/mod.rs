//! III-C: the classifiers that the paper compares.
//!
//! A [`Classifier`] gives a penalty to each class of a pattern; the class with the smallest penalty is its answer. The
//! comparison does not depend on how the classifier was trained: [`evaluate`](super::evaluation::evaluate) needs only its
//! penalties and their confidence.
//!
//! The 27 bars of Fig. 9, in its four blocks; the page of the [comparison](super::comparison) has their numbers, the paper's and
//! ours.
//!
//! | classifier | page |
//! |---|---|
//! | linear; pairwise linear | [`perceptrons`] without hidden units; [`linear`] |
//! | nearest neighbours | [`neighbours`], [`nearest`] |
//! | 40 principal components, second-degree polynomial | [`quadratic`], [`least_squares`] |
//! | 1000 Gaussian units, linear | [`rbf_network`], [`adaptive_means`] |
//! | tangent distance | [`tangent_distance`], [`tangent_plane`] |
//! | support vectors, virtual ones, reduced sets | [`svm`], [`reduced_set`] |
//! | fully connected networks, one and two hidden layers | [`perceptrons`] |
//! | LeNet-1, LeNet-4, LeNet-5 | [`lenet1`], [`lenet4`], [`LeNet5`] |
//! | nearest neighbours or local learning on LeNet-4 | [`on_features`], [`local`] |
//! | three LeNet-4, boosted | [`boosted`] |
//!
//! A classifier that is trained by gradients is a [`Network`], trained as LeNet-5 is; [`ARCHITECTURES`] lists the layers. All others
//! are behind the Cargo feature `classifiers`, for which eigenvectors and Cholesky's decomposition are from the crate `nalgebra`.
//! `experiment list` has the name of each: `experiment neighbours vs svm`.
//!
//! A new network needs a file with its layers, a line in [`ARCHITECTURES`], and an *arm*, one way of training described by a TOML
//! file, that names it.

#![doc = mathdoc::page!()]

#[cfg(feature = "classifiers")]
pub mod adaptive_means;
#[cfg(feature = "classifiers")]
pub mod boosted;
#[cfg(feature = "classifiers")]
pub mod error;
#[cfg(feature = "classifiers")]
pub mod least_squares;
pub mod lenet1;
pub mod lenet4;
#[cfg(feature = "classifiers")]
pub mod linear;
#[cfg(feature = "classifiers")]
pub mod local;
#[cfg(feature = "classifiers")]
pub mod nearest;
#[cfg(feature = "classifiers")]
pub mod neighbours;
#[cfg(feature = "classifiers")]
pub mod on_features;
pub mod perceptrons;
#[cfg(feature = "classifiers")]
pub mod quadratic;
#[cfg(feature = "classifiers")]
pub mod rbf_network;
#[cfg(feature = "classifiers")]
pub mod reduced_set;
#[cfg(feature = "classifiers")]
pub mod svm;
#[cfg(feature = "classifiers")]
pub mod tangent_distance;
#[cfg(feature = "classifiers")]
pub mod tangent_plane;
#[cfg(feature = "classifiers")]
pub mod vectors;

use super::database::Patterns;
use super::database::normalisation::{deslanted, reduced, sixteen};
use crate::Real;
use crate::section1::{Network, Parameters, Penalties, Shape, Tensor};
use crate::section2::{LayerPlan, LeNet5, Variant};
use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::ops::Range;

/// A function from patterns to penalties of classes.
pub trait Classifier<R: Real>: Send + Sync {
    /// The number of classes.
    fn classes(&self) -> usize;

    /// Multiply-adds for one pattern, as III-D counts them: each connection once.
    fn multiply_adds(&self) -> usize;

    /// The number of variables that it has learnt or stored.
    fn variables(&self) -> usize;

    /// Reads the patterns of `share` in their order, whose images have the form of the classifier ([`Images`]), and passes the
    /// number of each and the penalties of the classes to `each`.
    fn read(&self, patterns: &Patterns, share: Range<usize>, each: &mut dyn FnMut(usize, &Penalties<R>));

    /// The confidence of an answer: the second smallest penalty minus the smallest. Patterns of low confidence are rejected
    /// first (III-D).
    fn confidence(&self, penalties: &Penalties<R>) -> R {
        penalties.margin()
    }
}

/// A classifier that can be kept in a file.
pub trait Stored: Classifier<f32> {
    /// Everything that it has learnt or stored, by name.
    fn arrays(&self) -> Vec<Tensor<f32>>;
}

impl<R: Real> Classifier<R> for Network<R> {
    fn classes(&self) -> usize {
        Network::classes(self)
    }

    fn multiply_adds(&self) -> usize {
        self.census().iter().map(|layer| layer.connections).sum()
    }

    fn variables(&self) -> usize {
        self.parameter_count()
    }

    fn read(&self, patterns: &Patterns, share: Range<usize>, each: &mut dyn FnMut(usize, &Penalties<R>)) {
        let mut states = self.states();
        for p in share {
            patterns.pattern(p, states.input_mut());
            self.fprop(&mut states);
            each(p, &states.output);
        }
    }
}

impl Stored for Network<f32> {
    fn arrays(&self) -> Vec<Tensor<f32>> {
        self.tensors()
    }
}

/// A network that arms can name: its input and its layers below the output.
#[derive(Clone, Copy, Debug)]
pub struct Architecture {
    /// Its name in the TOML file of an arm.
    pub name: &'static str,
    /// The shape of its input plane.
    pub input: Shape,
    /// The images that it reads.
    pub images: Images,
    /// Its layers below the output, for a variant of the paper's network.
    pub layers: fn(&Variant) -> Vec<LayerPlan>,
}

/// The form of the images that a classifier reads (III-A, III-C).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Images {
    /// As the database has them: 28 x 28 pixels, the digit in a box of 20 x 20.
    #[default]
    Regular,
    /// The principal axis made upright, 20 x 20 pixels: [`deslanted`].
    Deslanted,
    /// The digit alone, in 16 x 16 pixels: [`sixteen`].
    Sixteen,
    /// For LeNet-1: reduced, so that the digit's box has 16 x 16 of the 22 x 22 pixels:
    /// [`reduced`].
    Reduced,
}

impl Images {
    /// An image of the database in this form.
    pub fn image(self, image: ArrayView2<u8>) -> Array2<u8> {
        match self {
            Self::Regular => image.to_owned(),
            Self::Deslanted => deslanted(image),
            Self::Sixteen => sixteen(image),
            Self::Reduced => reduced(image),
        }
    }

    /// The patterns with their images in this form.
    pub fn of(self, patterns: &Patterns) -> Cow<'_, Patterns> {
        match self {
            Self::Regular => Cow::Borrowed(patterns),
            other => Cow::Owned(patterns.with_images(|image| other.image(image))),
        }
    }
}

/// The networks that arms can name.
pub const ARCHITECTURES: [Architecture; 10] = [
    Architecture {
        name: "lenet-5",
        input: LeNet5::INPUT,
        images: Images::Regular,
        layers: |variant| LeNet5::layers(variant.c3).to_vec(),
    },
    lenet1::LENET_1,
    lenet4::LENET_4,
    perceptrons::SINGLE,
    perceptrons::DESLANTED_SINGLE,
    perceptrons::HIDDEN_300,
    perceptrons::HIDDEN_1000,
    perceptrons::HIDDEN_300_100,
    perceptrons::HIDDEN_500_150,
    perceptrons::DESLANTED_300,
];
