//! Parameters, and walks over several sets of them side by side.

use crate::{Real, kernels};

/// An array as it is saved: its name within its layer, its shape and its numbers, row after row.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor<R> {
    /// `weight`, `bias`, ...; a name that contains a dot is not prefixed with the layer's name.
    pub name: String,
    /// Sizes, outermost first.
    pub shape: Vec<usize>,
    /// The numbers.
    pub values: Vec<R>,
}

/// Trainable numbers, in arrays that always come in the same order.
///
/// Parameters, their gradient, their second derivatives and their rates are values of one type, so an update is one
/// walk over several of them side by side. A walk over sets of different structure panics.
pub trait Parameters<R: Real>: Clone + Send + Sync + 'static {
    /// The trainable arrays, from the input up.
    fn arrays(&self) -> impl Iterator<Item = &[R]>;

    /// The same arrays, to be changed.
    fn arrays_mut(&mut self) -> impl Iterator<Item = &mut [R]>;

    /// Copies of all arrays that are saved, trainable or not.
    fn tensors(&self) -> Vec<Tensor<R>>;

    /// Sets the numbers of one array of [`tensors`](Parameters::tensors), as read from a file.
    ///
    /// # Errors
    /// When the numbers cannot be these parameters; the message says why.
    ///
    /// # Panics
    /// When there is no array of this name, or it has another size.
    fn set_tensor(&mut self, tensor: &Tensor<R>) -> Result<(), String>;

    /// The number of trainable parameters.
    fn parameter_count(&self) -> usize {
        self.arrays().map(<[R]>::len).sum()
    }

    /// Sets every parameter to `value`.
    fn fill(&mut self, value: R) {
        self.arrays_mut().for_each(|array| array.fill(value));
    }

    /// The same structure with all parameters zero: to be filled with a gradient, second derivatives or rates.
    fn zeros(&self) -> Self {
        let mut zeros = self.clone();
        zeros.fill(R::zero());
        zeros
    }

    /// Updates `w <- w - rates dE/dw`, each parameter with a rate of its own ([eq. 18](crate::appendix::c#eq-18)).
    ///
    /// # Panics
    /// When the three differ in structure.
    fn update(&mut self, rates: &Self, gradient: &Self) {
        let gradient = side_by_side(rates.arrays(), gradient.arrays());
        for (w, (epsilon, dw)) in side_by_side(self.arrays_mut(), gradient) {
            kernels::update::descend(w, epsilon, dw);
        }
    }

    /// Multiplies every parameter by `factor`.
    fn scale(&mut self, factor: R) {
        self.arrays_mut().for_each(|array| kernels::update::scale(array, factor));
    }
}

/// The pairs of two iterators that must be equally long.
///
/// # Panics
/// When one of them ends before the other.
pub fn side_by_side<A, B>(
    a: impl IntoIterator<Item = A>,
    b: impl IntoIterator<Item = B>,
) -> impl Iterator<Item = (A, B)> {
    let (mut a, mut b) = (a.into_iter(), b.into_iter());
    std::iter::from_fn(move || match (a.next(), b.next()) {
        (Some(a), Some(b)) => Some((a, b)),
        (None, None) => None,
        _ => panic!(
            "two sets of parameters differ in structure: make gradients, rates and memory with zeros() of the network \
             that they belong to"
        ),
    })
}

/// The numbers of an array as a slice, row by row.
pub(crate) fn flat<R: Real, D: ndarray::Dimension>(values: &ndarray::Array<R, D>) -> &[R] {
    values.as_slice().expect("states and parameters are made in row-major order and stay so")
}

/// The numbers of an array as a mutable slice, row by row.
pub(crate) fn flat_mut<R: Real, D: ndarray::Dimension>(values: &mut ndarray::Array<R, D>) -> &mut [R] {
    values.as_slice_mut().expect("states and parameters are made in row-major order and stay so")
}

/// Implements [`Parameters::arrays`] and [`Parameters::arrays_mut`]: the trained fields, or none if `flag` is not set.
macro_rules! arrays {
    ($($field:ident),* $(; if $flag:ident)?) => {
        fn arrays(&self) -> impl Iterator<Item = &[R]> {
            let trained = true $(&& self.$flag)?;
            trained.then(|| [$($crate::section1::flat(&self.$field)),*]).into_iter().flatten()
        }

        fn arrays_mut(&mut self) -> impl Iterator<Item = &mut [R]> {
            let trained = true $(&& self.$flag)?;
            trained.then(|| [$($crate::section1::flat_mut(&mut self.$field)),*]).into_iter().flatten()
        }
    };
}

/// Implements [`Parameters::tensors`] and [`Parameters::set_tensor`] for fields, each with its name in files.
macro_rules! tensors {
    ($($name:literal: $field:ident),*) => {
        fn tensors(&self) -> Vec<$crate::section1::Tensor<R>> {
            vec![$($crate::section1::Tensor {
                name: $name.into(),
                shape: self.$field.shape().to_vec(),
                values: $crate::section1::flat(&self.$field).to_vec(),
            }),*]
        }

        fn set_tensor(&mut self, tensor: &$crate::section1::Tensor<R>) -> Result<(), String> {
            match tensor.name.as_str() {
                $($name => $crate::section1::flat_mut(&mut self.$field).copy_from_slice(&tensor.values),)*
                other => panic!("there is no array '{other}' here"),
            }
            Ok(())
        }
    };
}

/// Implements [`Parameters`] for a module that has none.
macro_rules! nothing_to_learn {
    ($module:ty) => {
        impl<R: $crate::Real> $crate::section1::Parameters<R> for $module {
            fn arrays(&self) -> impl Iterator<Item = &[R]> {
                std::iter::empty()
            }

            fn arrays_mut(&mut self) -> impl Iterator<Item = &mut [R]> {
                std::iter::empty()
            }

            fn tensors(&self) -> Vec<$crate::section1::Tensor<R>> {
                Vec::new()
            }

            fn set_tensor(&mut self, tensor: &$crate::section1::Tensor<R>) -> Result<(), String> {
                panic!("there is no array '{}' here", tensor.name)
            }
        }
    };
}
pub(crate) use {arrays, nothing_to_learn, tensors};
