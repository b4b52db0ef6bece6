//! III-C: the classifiers that the paper compares.
//!
//! A [`Classifier`] gives a penalty to each class of a pattern; the smallest wins. Whether it was found by
//! gradients, by counting or by heart makes no difference to those that compare: [`evaluate`](super::evaluation::evaluate)
//! asks for the answers, how sure they are, and what they cost.
//!
//! Networks are listed once, in [`ARCHITECTURES`]: a new one is a file with its layers, a line there, and a TOML file
//! that names it.

#![doc = mathdoc::page!()]

pub mod lenet1;

use super::database::{Patterns, reduced};
use crate::Real;
use crate::section1::{Maps, Network, Parameters, Penalties, Shape, States};
use crate::section2::{LayerPlan, LeNet5, Variant};
use ndarray::{Array2, ArrayView2};
use std::borrow::Cow;

/// Something that names the class of a pattern.
pub trait Classifier<R: Real>: Send + Sync {
    /// How many classes it knows.
    fn classes(&self) -> usize;

    /// Multiply-adds for one pattern, as III-D counts them: each connection once.
    fn multiply_adds(&self) -> usize;

    /// Numbers that it has learnt, or keeps.
    fn variables(&self) -> usize;

    /// Room to read patterns in, one after the other: each core has its own.
    fn reader(&self) -> Box<dyn Reader<R> + '_>;

    /// How sure an answer is: by how much the second class costs more than the first. Patterns of low confidence are
    /// rejected first (III-D).
    fn confidence(&self, penalties: &Penalties<R>) -> R {
        penalties.margin()
    }
}

/// A classifier with room for a pattern.
pub trait Reader<R: Real> {
    /// Where the pattern is written.
    fn input(&mut self) -> &mut Maps<R>;

    /// The penalties of the classes for the pattern.
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
    /// What arms call it.
    pub name: &'static str,
    /// Its input plane.
    pub input: Shape,
    /// Which images it reads.
    pub images: Images,
    /// Its layers, as a reading of the paper has them.
    pub layers: fn(&Variant) -> Vec<LayerPlan>,
}

/// Which images a classifier reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Images {
    /// As the database has them: 28 x 28 pixels, the digit in a box of 20 x 20.
    Regular,
    /// Made smaller, so that the box has 16 x 16 pixels (III-C): [`Patterns::reduced`].
    Reduced,
}

impl Images {
    /// An image of the database as such.
    pub fn image(self, image: ArrayView2<u8>) -> Array2<u8> {
        match self {
            Self::Regular => image.to_owned(),
            Self::Reduced => reduced(image),
        }
    }

    /// The patterns with such images.
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
