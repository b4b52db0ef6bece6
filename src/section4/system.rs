#![doc = mathdoc::page!("system.md", "../../docs/figures/fig-14.svg")]

use crate::Real;
use std::fmt;
use thiserror::Error;

/// A module with several inputs and outputs, each a vector (IV-A). Parameters are inputs like all others.
pub trait MultiModule<R: Real>: Send + Sync {
    /// The lengths of the outputs, for inputs of these lengths.
    ///
    /// # Errors
    /// When the inputs do not fit; the message says what fits.
    fn output_sizes(&self, inputs: &[usize]) -> Result<Vec<usize>, String>;

    /// Writes the outputs `y` for the inputs `x`.
    fn fprop(&self, x: &[&[R]], y: &mut [Vec<R>]);

    /// From the derivatives `dy` by the outputs, writes the derivatives `dx` by the inputs, which are zero before.
    fn bprop(&self, x: &[&[R]], dy: &[&[R]], dx: &mut [Vec<R>]);

    /// From the diagonal second derivatives `ddy` by the outputs, writes those by the inputs, which are zero before: the
    /// Gauss-Newton approximation, with every factor of `bprop` squared.
    fn bbprop(&self, x: &[&[R]], ddy: &[&[R]], ddx: &mut [Vec<R>]);
}

/// The reason why a module cannot be added to a system.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SystemError {
    /// It reads a variable that no module before it writes.
    #[error("there is no variable '{0}' yet: add the module that writes it first")]
    Unknown(String),
    /// It writes a variable that exists already.
    #[error("the variable '{0}' exists already: every variable is written once")]
    Twice(String),
    /// Its inputs do not fit, or it has another number of outputs.
    #[error("the module that writes {outputs:?} {fault}")]
    Sizes {
        /// The variables that it was to write.
        outputs: Vec<String>,
        /// What was found, and what was expected.
        fault: String,
    },
}

/// Modules in an order in which each comes after those whose outputs it reads, and the variables between them (IV-A, Fig. 14).
///
/// The values, the derivatives and the second derivatives of the variables are lists of vectors of the same lengths, made by
/// [`zeros`](Self::zeros) and indexed by [`variable`](Self::variable).
pub struct System<R: Real> {
    names: Vec<String>,
    sizes: Vec<usize>,
    inputs: usize,
    steps: Vec<Step<R>>,
}

/// A module, and the numbers of the variables that it reads and writes.
struct Step<R> {
    module: Box<dyn MultiModule<R>>,
    inputs: Vec<usize>,
    outputs: Vec<usize>,
}

/// A vector for each variable of a system: values, derivatives or second derivatives.
pub type Variables<R> = Vec<Vec<R>>;

/// The third argument of a backward pass of a module: what to call for its inputs `x`, `dy` and `dx`.
type Backward<R> = fn(&dyn MultiModule<R>, &[&[R]], &[&[R]], &mut [Vec<R>]);

impl<R: Real> System<R> {
    /// A system without modules, with these external inputs, parameters among them: names and lengths.
    pub fn new(inputs: &[(&str, usize)]) -> Self {
        let (names, sizes) = inputs.iter().map(|&(name, size)| (name.to_string(), size)).unzip();
        Self { names, sizes, inputs: inputs.len(), steps: Vec::new() }
    }

    /// The same system with one more module, which reads and writes the variables of these names.
    ///
    /// # Errors
    /// When a variable that it reads does not exist, one that it writes does, or the lengths do not fit.
    pub fn then(
        mut self,
        module: impl MultiModule<R> + 'static,
        inputs: &[&str],
        outputs: &[&str],
    ) -> Result<Self, SystemError> {
        let find = |name: &&str| self.find(name).ok_or_else(|| SystemError::Unknown(name.to_string()));
        let inputs = inputs.iter().map(find).collect::<Result<Vec<_>, _>>()?;
        if let Some(name) = outputs.iter().find(|name| self.find(name).is_some()) {
            return Err(SystemError::Twice(name.to_string()));
        }
        let lengths: Vec<usize> = inputs.iter().map(|&v| self.sizes[v]).collect();
        let names: Vec<String> = outputs.iter().map(|name| name.to_string()).collect();
        let misfit = |fault| SystemError::Sizes { outputs: names.clone(), fault };
        let sizes = module.output_sizes(&lengths).map_err(misfit)?;
        if sizes.len() != outputs.len() {
            return Err(misfit(format!("has {} outputs", sizes.len())));
        }
        let outputs = (self.names.len()..self.names.len() + outputs.len()).collect();
        self.names.extend(names);
        self.sizes.extend(sizes);
        self.steps.push(Step { module: Box::new(module), inputs, outputs });
        Ok(self)
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }

    /// The number of the variable of this name: the place of its vector.
    ///
    /// # Panics
    /// When there is none.
    pub fn variable(&self, name: &str) -> usize {
        self.find(name).unwrap_or_else(|| panic!("there is no variable '{name}' among {:?}", self.names))
    }

    /// A vector of zeros for each variable.
    pub fn zeros(&self) -> Variables<R> {
        self.sizes.iter().map(|&size| vec![R::zero(); size]).collect()
    }

    /// Computes all variables that modules write from the external inputs in `values`.
    pub fn fprop(&self, values: &mut [Vec<R>]) {
        for step in &self.steps {
            let mut y: Vec<_> = step.outputs.iter().map(|&v| std::mem::take(&mut values[v])).collect();
            step.module.fprop(&lent(values, &step.inputs), &mut y);
            step.outputs.iter().zip(y).for_each(|(&v, y)| values[v] = y);
        }
    }

    /// From derivatives in `d` by outputs of the system, adds the derivatives by all variables below: a variable that several
    /// modules read gets their sum.
    pub fn bprop(&self, values: &[Vec<R>], d: &mut [Vec<R>]) {
        self.down(values, d, |module, x, dy, dx| module.bprop(x, dy, dx));
    }

    /// The same with diagonal second derivatives.
    pub fn bbprop(&self, values: &[Vec<R>], dd: &mut [Vec<R>]) {
        self.down(values, dd, |module, x, ddy, ddx| module.bbprop(x, ddy, ddx));
    }

    fn down(&self, values: &[Vec<R>], d: &mut [Vec<R>], backward: Backward<R>) {
        for step in self.steps.iter().rev() {
            let mut dx: Vec<_> = step.inputs.iter().map(|&v| vec![R::zero(); self.sizes[v]]).collect();
            let (x, dy) = (lent(values, &step.inputs), lent(d, &step.outputs));
            backward(step.module.as_ref(), &x, &dy, &mut dx);
            for (&v, dx) in step.inputs.iter().zip(&dx) {
                d[v].iter_mut().zip(dx).for_each(|(sum, &dx)| *sum += dx);
            }
        }
    }

    /// Values with these external inputs, and all variables that follow from them.
    fn values(&self, inputs: &[&[R]]) -> Variables<R> {
        let mut values = self.zeros();
        values.iter_mut().zip(inputs).for_each(|(value, input)| value.copy_from_slice(input));
        self.fprop(&mut values);
        values
    }

    /// The outputs of the system as a module: what its last module writes.
    fn outputs(&self) -> &[usize] {
        self.steps.last().map_or(&[], |step| &step.outputs)
    }

    fn composite_down(&self, x: &[&[R]], dy: &[&[R]], dx: &mut [Vec<R>], backward: Backward<R>) {
        let (values, mut d) = (self.values(x), self.zeros());
        self.outputs().iter().zip(dy).for_each(|(&v, dy)| d[v].copy_from_slice(dy));
        self.down(&values, &mut d, backward);
        dx.iter_mut().zip(d).for_each(|(dx, d)| *dx = d);
    }
}

/// A system is a module itself: its inputs are the external inputs, its outputs those of its last module. Its backward passes
/// compute the states in between once more.
impl<R: Real> MultiModule<R> for System<R> {
    fn output_sizes(&self, inputs: &[usize]) -> Result<Vec<usize>, String> {
        let expected = &self.sizes[..self.inputs];
        if inputs != expected {
            return Err(format!("was given inputs of lengths {inputs:?}, expected {expected:?}"));
        }
        Ok(self.outputs().iter().map(|&v| self.sizes[v]).collect())
    }

    fn fprop(&self, x: &[&[R]], y: &mut [Vec<R>]) {
        let mut values = self.values(x);
        self.outputs().iter().zip(y).for_each(|(&v, y)| *y = std::mem::take(&mut values[v]));
    }

    fn bprop(&self, x: &[&[R]], dy: &[&[R]], dx: &mut [Vec<R>]) {
        self.composite_down(x, dy, dx, |module, x, dy, dx| module.bprop(x, dy, dx));
    }

    fn bbprop(&self, x: &[&[R]], ddy: &[&[R]], ddx: &mut [Vec<R>]) {
        self.composite_down(x, ddy, ddx, |module, x, ddy, ddx| module.bbprop(x, ddy, ddx));
    }
}

impl<R: Real> fmt::Debug for System<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.names.iter().zip(&self.sizes)).finish()
    }
}

/// The vectors of some variables.
fn lent<'a, R>(values: &'a [Vec<R>], variables: &[usize]) -> Vec<&'a [R]> {
    variables.iter().map(|&v| values[v].as_slice()).collect()
}
