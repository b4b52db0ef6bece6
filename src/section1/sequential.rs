#![doc = include_str!("sequential.md")]

use super::{Maps, Module, Parameters, Shape, ShapeError};
use crate::Real;
use ndarray::Array3;
use std::any::Any;

/// A cascade of modules, built block by block (I-E).
///
/// `train()` keeps the state of every block, which `bprop` needs; `eval()` only passes patterns through.
///
/// Two blocks learn to answer 1 where the two inputs differ and -1 where they agree:
/// ```
/// use lenet5::section1::{Gradient, Optimiser, Parameters, Sequential};
/// use lenet5::section2::{FullConnection, Squashing};
/// use ndarray::Array3;
/// use rand::SeedableRng;
///
/// let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(2);
/// let mut net = Sequential::<f64>::new((2, 1, 1))
///     .then(FullConnection::new(2, 4, &mut random))?
///     .then(Squashing::PAPER)?
///     .then(FullConnection::new(4, 1, &mut random))?
///     .then(Squashing::PAPER)?;
/// assert_eq!(net.parameter_count(), (2 + 1) * 4 + (4 + 1));
///
/// let patterns = [([0.0, 0.0], -1.0), ([0.0, 1.0], 1.0), ([1.0, 0.0], 1.0), ([1.0, 1.0], -1.0)];
/// let mut gradient = net.zeros();
/// let mut optimiser = Gradient { eta: 0.02 };
///
/// net.train();
/// for _pass in 0..2000 {
///     for (pattern, desired) in patterns {
///         let x = Array3::from_shape_vec((2, 1, 1), pattern.to_vec())?;
///         let dy = net.fprop(&x) - desired; // E = ½ (y - d)², so dE/dy = y - d
///         gradient.fill(0.0);
///         net.bprop(&dy, &mut gradient);
///         optimiser.step(&mut net, &gradient);
///     }
/// }
///
/// net.eval();
/// for (pattern, desired) in patterns {
///     let x = Array3::from_shape_vec((2, 1, 1), pattern.to_vec())?;
///     assert!((net.fprop(&x)[[0, 0, 0]] - desired).abs() < 0.2);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Sequential<R: Real> {
    blocks: Vec<Box<dyn Block<R>>>,
    /// `states[n]` goes into block `n`; the last comes out of the cascade.
    states: Vec<Maps<R>>,
    training: bool,
}

impl<R: Real> Sequential<R> {
    /// An empty cascade for inputs of this shape, in training.
    pub fn new(input: Shape) -> Self {
        Self { blocks: Vec::new(), states: vec![Array3::zeros(input)], training: true }
    }

    /// The same cascade with one more module behind it.
    ///
    /// # Errors
    /// When the module cannot take what the cascade puts out.
    pub fn then<M: Module<R>>(mut self, module: M) -> Result<Self, ShapeError> {
        let shape = module.output_shape(self.output_shape())?;
        self.blocks.push(Box::new(module));
        self.states.push(Array3::zeros(shape));
        Ok(self)
    }

    /// Maps, rows and columns of what the cascade puts out.
    pub fn output_shape(&self) -> Shape {
        self.output().dim()
    }

    /// From now on keep what `bprop` and `bbprop` need.
    pub fn train(&mut self) {
        self.training = true;
    }

    /// From now on only answer.
    pub fn eval(&mut self) {
        self.training = false;
    }

    /// Passes a pattern through all blocks and returns what comes out.
    ///
    /// # Panics
    /// When the pattern has not the shape that [`Sequential::new`] was told.
    pub fn fprop(&mut self, x: &Maps<R>) -> &Maps<R> {
        self.states[0].assign(x);
        for (n, block) in self.blocks.iter().enumerate() {
            let (before, after) = self.states.split_at_mut(n + 1);
            block.fprop(&before[n], &mut after[0]);
        }
        self.output()
    }

    /// Passes `dy = dE/dy` of the pattern last seen back through all blocks, adds `dE/dw` to `gradient` and returns
    /// `dE/dx` (eq. 4).
    ///
    /// # Panics
    /// In evaluation, or when `gradient` is not of this cascade's structure.
    pub fn bprop(&self, dy: &Maps<R>, gradient: &mut Self) -> Maps<R> {
        self.backward(dy, gradient, |block, x, dy, dx, gradient| block.bprop(x, dy, dx, gradient))
    }

    /// The same for diagonal second derivatives: adds `d²E/dw²` to `curvature` and returns `d²E/dx²` (eq. 25, 27).
    ///
    /// # Panics
    /// In evaluation, or when `curvature` is not of this cascade's structure.
    pub fn bbprop(&self, ddy: &Maps<R>, curvature: &mut Self) -> Maps<R> {
        self.backward(ddy, curvature, |block, x, ddy, ddx, curvature| block.bbprop(x, ddy, ddx, curvature))
    }

    fn backward(
        &self,
        dy: &Maps<R>,
        sums: &mut Self,
        pass: impl Fn(&dyn Block<R>, &Maps<R>, &Maps<R>, &mut Maps<R>, &mut dyn Block<R>),
    ) -> Maps<R> {
        assert!(self.training, "call train() before the fprop whose derivatives are wanted");
        let mut dy = dy.clone();
        for ((block, x), sums) in self.blocks.iter().zip(&self.states).zip(&mut sums.blocks).rev() {
            let mut dx = Array3::zeros(x.dim());
            pass(block.as_ref(), x, &dy, &mut dx, sums.as_mut());
            dy = dx;
        }
        dy
    }

    fn output(&self) -> &Maps<R> {
        self.states.last().expect("there is always the input")
    }
}

impl<R: Real> Parameters<R> for Sequential<R> {
    fn arrays(&self) -> impl Iterator<Item = &[R]> {
        self.blocks.iter().flat_map(|block| block.parameters())
    }

    fn arrays_mut(&mut self) -> impl Iterator<Item = &mut [R]> {
        self.blocks.iter_mut().flat_map(|block| block.parameters_mut())
    }
}

/// A [`Module`] whose own type is forgotten, so that blocks of many kinds stand in one list.
trait Block<R: Real>: Send + Sync {
    fn fprop(&self, x: &Maps<R>, y: &mut Maps<R>);
    fn bprop(&self, x: &Maps<R>, dy: &Maps<R>, dx: &mut Maps<R>, gradient: &mut dyn Block<R>);
    fn bbprop(&self, x: &Maps<R>, ddy: &Maps<R>, ddx: &mut Maps<R>, curvature: &mut dyn Block<R>);
    fn parameters(&self) -> Vec<&[R]>;
    fn parameters_mut(&mut self) -> Vec<&mut [R]>;
    fn duplicate(&self) -> Box<dyn Block<R>>;
    fn module(&mut self) -> &mut dyn Any;
}

impl<R: Real, M: Module<R>> Block<R> for M {
    fn fprop(&self, x: &Maps<R>, y: &mut Maps<R>) {
        Module::fprop(self, x, y);
    }

    fn bprop(&self, x: &Maps<R>, dy: &Maps<R>, dx: &mut Maps<R>, gradient: &mut dyn Block<R>) {
        Module::bprop(self, x, dy, Some(dx), same_kind(gradient));
    }

    fn bbprop(&self, x: &Maps<R>, ddy: &Maps<R>, ddx: &mut Maps<R>, curvature: &mut dyn Block<R>) {
        Module::bbprop(self, x, ddy, Some(ddx), same_kind(curvature));
    }

    fn parameters(&self) -> Vec<&[R]> {
        self.arrays().collect()
    }

    fn parameters_mut(&mut self) -> Vec<&mut [R]> {
        self.arrays_mut().collect()
    }

    fn duplicate(&self) -> Box<dyn Block<R>> {
        Box::new(self.clone())
    }

    fn module(&mut self) -> &mut dyn Any {
        self
    }
}

/// The sums of a block are gathered in a block of its own kind.
fn same_kind<R: Real, M: Module<R>>(sums: &mut dyn Block<R>) -> &mut M {
    sums.module().downcast_mut().expect("gradients and curvatures of a cascade are made by its own zeros()")
}

impl<R: Real> Clone for Box<dyn Block<R>> {
    fn clone(&self) -> Self {
        // Without the dereference, the box itself would be taken for a block.
        (**self).duplicate()
    }
}
