//! III-C: the classifiers that the paper compares.
//!
//! A [`Classifier`] gives a penalty to each class of a pattern; the class with the smallest penalty is its answer. The
//! comparison does not depend on how the classifier was trained: [`evaluate`](super::evaluation::evaluate) needs only its
//! penalties and their confidence.
//!
//! [`ARCHITECTURES`] lists the networks. A new network needs a file with its layers, a line in that list, and an *arm*, one
//! way of training described by a TOML file, that names it.

#![doc = mathdoc::page!()]

pub mod lenet1;

use super::database::{Patterns, reduced};
use crate::Real;
use crate::section1::{Maps, Network, Parameters, Penalties, Shape, States};
use crate::section2::{LayerPlan, LeNet5, Variant};
use ndarray::{Array2, ArrayView2};
use std::borrow::Cow;

/// A function from patterns to penalties of classes.
pub trait Classifier<R: Real>: Send + Sync {
    /// The number of classes.
    fn classes(&self) -> usize;

    /// Multiply-adds for one pattern, as III-D counts them: each connection once.
    fn multiply_adds(&self) -> usize;

    /// The number of variables that it has learnt or stored.
    fn variables(&self) -> usize;

    /// A reader of patterns, one after the other; each thread has its own.
    fn reader(&self) -> Box<dyn Reader<R> + '_>;

    /// The confidence of an answer: the second smallest penalty minus the smallest. Patterns of low confidence are rejected
    /// first (III-D).
    fn confidence(&self, penalties: &Penalties<R>) -> R {
        penalties.margin()
    }
}

/// A classifier together with its input plane.
pub trait Reader<R: Real> {
    /// The input plane, on which the next pattern is written.
    fn input(&mut self) -> &mut Maps<R>;

    /// The penalties of the classes for the pattern on the input plane.
    fn read(&mut self) -> &Penalties<R>;
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

    fn reader(&self) -> Box<dyn Reader<R> + '_> {
        Box::new(NetworkReader { net: self, states: self.states() })
    }
}

struct NetworkReader<'a, R: Real> {
    net: &'a Network<R>,
    states: States<R>,
}

impl<R: Real> Reader<R> for NetworkReader<'_, R> {
    fn input(&mut self) -> &mut Maps<R> {
        self.states.input_mut()
    }

    fn read(&mut self) -> &Penalties<R> {
        self.net.fprop(&mut self.states);
        &self.states.output
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

/// The form of the images that a classifier reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Images {
    /// As the database has them: 28 x 28 pixels, the digit in a box of 20 x 20.
    Regular,
    /// Reduced, so that the box has 16 x 16 pixels (III-C): [`Patterns::reduced`].
    Reduced,
}

impl Images {
    /// An image of the database in this form.
    pub fn image(self, image: ArrayView2<u8>) -> Array2<u8> {
        match self {
            Self::Regular => image.to_owned(),
            Self::Reduced => reduced(image),
        }
    }

    /// The patterns with their images in this form.
    pub fn of(self, patterns: &Patterns) -> Cow<'_, Patterns> {
        match self {
            Self::Regular => Cow::Borrowed(patterns),
            Self::Reduced => Cow::Owned(patterns.reduced()),
        }
    }
}

/// The networks that arms can name.
pub const ARCHITECTURES: [Architecture; 2] = [
    Architecture {
        name: "lenet-5",
        input: LeNet5::INPUT,
        images: Images::Regular,
        layers: |variant| LeNet5::layers(variant.c3).to_vec(),
    },
    lenet1::LENET_1,
];
