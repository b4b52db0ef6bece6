#![doc = mathdoc::page!("mod.md")]

pub mod dual;
mod kernel;
mod training;

pub use kernel::Polynomial;

use super::error::MethodError;
use super::vectors::{Arrays, Watch, by_class, list, matrix, read_in_blocks, report, vectors};
use super::{Classifier, Stored};
use crate::section1::{Penalties, Tensor};
use crate::section3::database::Patterns;
use kernel::to_length_one;
use ndarray::{Array1, Array2, ArrayView2, Axis, concatenate};
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use training::{Solution, Task};

/// Bytes that the kernel matrices of all threads may take together.
const MEMORY: usize = 5 << 29;

/// The choices that the paper leaves open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SvmSettings {
    /// The degree of the kernel, at least 1.
    pub degree: u32,
    /// The offset of the kernel, at least 0 and less than 1: see [`Polynomial::normalised`].
    pub offset: f32,
    /// $C$, the price of a margin that is missed by 1; positive and finite.
    pub cost: f64,
}

impl SvmSettings {
    fn kernel(&self) -> Polynomial {
        let Self { degree, offset, cost } = *self;
        let sound = degree > 0 && (0.0..1.0).contains(&offset) && cost > 0.0 && cost.is_finite();
        assert!(sound, "a degree of 0, an offset outside 0 to 1, or a cost that is not positive and finite");
        Polynomial::normalised(degree, offset)
    }
}

/// Support vector machines of all classes over one list of support vectors.
#[derive(Clone, Debug, PartialEq)]
pub struct KernelMachine {
    /// The kernel.
    pub kernel: Polynomial,
    /// The support vectors, of length 1, or reduced vectors, of any length: vectors x pixels.
    pub vectors: Array2<f32>,
    /// The weight of each support vector in the expansion of each class: classes x support vectors.
    pub weights: Array2<f32>,
    /// The bias of each class.
    pub bias: Array1<f32>,
}

impl KernelMachine {
    /// The scores of the classes for `rows` of pixels of any length: rows x classes.
    pub fn scores(&self, rows: ArrayView2<f32>) -> Array2<f32> {
        let mut rows = rows.to_owned();
        to_length_one(&mut rows);
        self.kernel.of(rows.view(), self.vectors.view()).dot(&self.weights.t()) + &self.bias
    }

    /// The number of support vectors of each class.
    pub fn support_vectors(&self) -> Vec<usize> {
        let own = |weights: ndarray::ArrayView1<f32>| weights.iter().filter(|weight| **weight != 0.0).count();
        self.weights.outer_iter().map(own).collect()
    }

    /// Multiply-adds as the paper counts them: a dot product for each support vector of each class, though two classes may
    /// share the vector.
    pub fn multiply_adds_of_the_paper(&self) -> usize {
        self.support_vectors().iter().sum::<usize>() * self.vectors.ncols()
    }

    /// The machine in the arrays of a file.
    ///
    /// # Errors
    /// When an array is missing, or the shapes do not fit together.
    pub fn from_arrays(arrays: &mut Arrays) -> Result<Self, String> {
        let (vectors, weights) = (arrays.matrix("svm.vectors")?, arrays.matrix("svm.weights")?);
        let (bias, kernel) = (arrays.list("svm.bias")?, arrays.list("svm.kernel")?);
        let &[degree, offset, scale] = kernel.as_slice().unwrap_or_default() else {
            return Err(format!(
                "has svm.kernel of {} numbers, expected degree, offset and scale",
                kernel.len()
            ));
        };
        if degree.fract() != 0.0 || !(1.0..=64.0).contains(&degree) {
            return Err(format!("has a kernel of degree {degree}, expected a whole number from 1 to 64"));
        }
        if weights.dim() != (bias.len(), vectors.nrows()) {
            let (vectors, classes) = (vectors.nrows(), bias.len());
            let found = weights.dim();
            return Err(format!(
                "has svm.weights of shape {found:?} for {vectors} vectors and {classes} classes"
            ));
        }
        Ok(Self { kernel: Polynomial { degree: degree as u32, offset, scale }, vectors, weights, bias })
    }
}

impl Classifier<f32> for KernelMachine {
    fn classes(&self) -> usize {
        self.bias.len()
    }

    /// What a shared list costs: a dot product for each distinct support vector, and its weight in each class.
    fn multiply_adds(&self) -> usize {
        self.vectors.len() + self.weights.len()
    }

    fn variables(&self) -> usize {
        self.vectors.len() + self.weights.len() + self.bias.len()
    }

    fn read(&self, patterns: &Patterns, share: Range<usize>, each: &mut dyn FnMut(usize, &Penalties<f32>)) {
        read_in_blocks(patterns, share, each, |rows| -self.scores(rows));
    }
}

impl Stored for KernelMachine {
    fn arrays(&self) -> Vec<Tensor<f32>> {
        let Polynomial { degree, offset, scale } = self.kernel;
        vec![
            matrix("svm.vectors", &self.vectors),
            matrix("svm.weights", &self.weights),
            list("svm.bias", &self.bias),
            list("svm.kernel", &Array1::from(vec![degree as f32, offset, scale])),
        ]
    }
}

/// Trains a machine for each class against the rest, on `threads` threads; their number changes only the time.
///
/// # Errors
/// When a class has no patterns, the kernel matrix of a chunk would take too much memory, or training is to stop.
///
/// # Panics
/// When a setting is out of its range.
pub fn train(
    patterns: &Patterns,
    settings: &SvmSettings,
    threads: usize,
    watch: Watch,
) -> Result<KernelMachine, MethodError> {
    by_class(patterns, 1)?;
    let mut rows = vectors(patterns, 0..patterns.len());
    to_length_one(&mut rows);
    let class = |class| {
        let sign = |p| if patterns.label(p) == class { 1.0 } else { -1.0 };
        (0..patterns.len()).map(|p| (p, sign(p))).collect()
    };
    on_classes(&rows, patterns.classes(), class, settings, threads, watch)
}

/// Trains again on virtual support vectors (Schölkopf): on the support vectors of `machine`, images of `shape`, and on these
/// shifted by one pixel in four directions. Each class takes its own support vectors.
///
/// # Errors
/// When the kernel matrix of a chunk would take too much memory, or training is to stop.
///
/// # Panics
/// When a setting is out of its range, or `shape` has another number of pixels.
pub fn with_virtual(
    machine: &KernelMachine,
    shape: (usize, usize),
    settings: &SvmSettings,
    threads: usize,
    watch: Watch,
) -> Result<KernelMachine, MethodError> {
    assert_eq!(
        shape.0 * shape.1,
        machine.vectors.ncols(),
        "pixels of the images, and of the support vectors"
    );
    let shifts = [(0, 0), (0, 1), (0, -1), (1, 0), (-1, 0)];
    let shifted = shifts.map(|by| shifted(&machine.vectors, shape, by));
    let views: Vec<_> = shifted.iter().map(|rows| rows.view()).collect();
    let mut rows = concatenate(Axis(0), &views).expect("rows of one length");
    to_length_one(&mut rows);
    let count = machine.vectors.nrows();
    let class = |class| {
        let own = machine.weights.index_axis(Axis(0), class);
        let own = move |shift| {
            own.into_iter().enumerate().map(move |(v, &weight)| (shift * count + v, f64::from(weight)))
        };
        let own = (0..shifts.len()).flat_map(own).filter(|(_, weight)| *weight != 0.0);
        own.map(|(row, weight)| (row, weight.signum())).collect()
    };
    on_classes(&rows, machine.bias.len(), class, settings, threads, watch)
}

/// The rows as images of `shape`, shifted; what leaves the field is lost.
fn shifted(rows: &Array2<f32>, (height, width): (usize, usize), by: (isize, isize)) -> Array2<f32> {
    let mut shifted = Array2::zeros(rows.dim());
    for r in 0..height {
        for c in 0..width {
            let from = (r.checked_add_signed(-by.0), c.checked_add_signed(-by.1));
            if let (Some(row), Some(column)) = from
                && row < height
                && column < width
            {
                shifted.column_mut(r * width + c).assign(&rows.column(row * width + column));
            }
        }
    }
    shifted
}

/// Solves the task of each class, whose patterns, as rows of `rows`, and their signs `class` gives.
fn on_classes(
    rows: &Array2<f32>,
    classes: usize,
    class: impl Fn(usize) -> Vec<(usize, f64)> + Sync,
    settings: &SvmSettings,
    threads: usize,
    watch: Watch,
) -> Result<KernelMachine, MethodError> {
    let kernel = settings.kernel();
    let threads = threads.clamp(1, classes);
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let solutions = Mutex::new(Vec::new());
    let work = || {
        loop {
            let c = next.fetch_add(1, Relaxed);
            if c >= classes {
                return;
            }
            let (members, signs) = class(c).into_iter().unzip();
            let allowed = MEMORY / threads;
            let task = Task { vectors: rows, members, signs, kernel, cost: settings.cost, allowed };
            let solution = task.solve(|| report(watch, done.load(Relaxed) as f64 / classes as f64));
            done.fetch_add(1, Relaxed);
            solutions.lock().expect("no thread panics").push((c, solution));
        }
    };
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    let mut solutions = solutions.into_inner().expect("no thread panics");
    solutions.sort_by_key(|(class, _)| *class);
    let solutions: Result<Vec<Solution>, _> = solutions.into_iter().map(|(_, solution)| solution).collect();
    Ok(shared(rows, kernel, &solutions?))
}

/// One list of support vectors for the solutions of all classes.
fn shared(rows: &Array2<f32>, kernel: Polynomial, solutions: &[Solution]) -> KernelMachine {
    let mut list: Vec<usize> =
        solutions.iter().flat_map(|one| one.weights.iter().map(|(row, _)| *row)).collect();
    list.sort_unstable();
    list.dedup();
    let mut weights = Array2::zeros((solutions.len(), list.len()));
    for (solution, mut weights) in solutions.iter().zip(weights.outer_iter_mut()) {
        for (row, weight) in &solution.weights {
            weights[list.binary_search(row).expect("in the list")] = *weight as f32;
        }
    }
    let bias = solutions.iter().map(|one| one.bias as f32).collect();
    KernelMachine { kernel, vectors: rows.select(Axis(0), &list), weights, bias }
}
