#![doc = mathdoc::page!("rbf.md", "../../docs/figures/f6.svg")]

use super::codes::digit_codes;
use super::output::{Curvature, output_shape};
use crate::Real;
use crate::kernels::rbf as kernel;
use crate::section1::{
    Bbprop, Bend, Layer, Maps, Module, Parameters, Penalties, SecondOrder, Shape, ShapeError, Wanted,
};
use crate::section1::{arrays, flat, flat_mut, tensors};
use ndarray::Array2;

/// The Euclidean radial basis function layer of LeNet-5 (eq. 7).
#[derive(Clone, Debug, PartialEq)]
pub struct Rbf<R> {
    /// One code per class: classes x units of F6.
    pub codes: Array2<R>,
    /// The factor from a squared distance to a penalty: 1 in eq. 7, ½ in another reading (deviation 1).
    pub scale: f64,
    /// The kind of second derivative that `bbprop` passes down to F6 under eq. 9.
    pub curvature: Curvature,
    /// Whether the codes are trained as well; in LeNet-5 they are not (II-B). Fixed when the layer is made, so that a
    /// gradient keeps its structure.
    trained: bool,
}

impl<R: Real> Rbf<R> {
    /// The paper's layer: the codes are the ten digits of Fig. 3, and are not trained.
    pub fn paper() -> Self {
        Self::new(digit_codes())
    }

    /// A layer with these codes, one row for each class; they are not trained.
    pub fn new(codes: Array2<R>) -> Self {
        Self { codes, scale: 1.0, curvature: Curvature::Exact, trained: false }
    }

    /// A layer for an input of one unit per class. The code of a class is 1 at its own unit and -1 at all others, so the
    /// squared distance to it is the sum of squared errors of the units.
    pub fn one_of(classes: usize) -> Self {
        Self::new(Array2::from_shape_fn((classes, classes), |(i, j)| R::of(if i == j { 1.0 } else { -1.0 })))
    }

    /// The same layer, with codes that are trained.
    pub fn learning(self) -> Self {
        Self { trained: true, ..self }
    }

    /// Whether the codes are trained.
    pub fn learns(&self) -> bool {
        self.trained
    }

    /// The smallest squared distance between two codes.
    pub fn closest_codes(&self) -> f64 {
        let apart = |(a, b): (&[R], &[R])| {
            a.iter().zip(b).map(|(&a, &b)| (a - b).to_f64().unwrap_or(f64::NAN).powi(2)).sum()
        };
        let pairs = self.rows().enumerate().flat_map(|(i, a)| self.rows().skip(i + 1).map(move |b| (a, b)));
        pairs.map(apart).fold(f64::INFINITY, f64::min)
    }

    /// The 2 in the derivative of a penalty.
    fn two(&self) -> R {
        R::of(2.0 * self.scale)
    }

    /// The codes, one row per class.
    fn rows(&self) -> impl Iterator<Item = &[R]> {
        flat(&self.codes).chunks_exact(self.codes.dim().1)
    }

    /// Turns the 2 of eq. 8, in every place of `ddx`, into the second derivative of eq. 9 (deviation 6).
    fn add_competition(&self, x: &Maps<R>, shares: &Maps<R>, ddx: &mut Maps<R>) {
        let (codes, two, columns) = (flat(&self.codes), self.two(), columns(x));
        if columns == 1 {
            return kernel::add_competition(codes, flat(x), two, flat(shares), flat_mut(ddx));
        }
        let mut column = 0;
        each_column([x, shares], |[x, shares]| {
            let mut sums = vec![two; x.len()];
            kernel::add_competition(codes, x, two, shares, &mut sums);
            let place = flat_mut(ddx)[column..].iter_mut().step_by(columns);
            place.zip(sums).for_each(|(ddx, sum)| *ddx = sum);
            column += 1;
        });
    }
}

/// The number of columns of a state: a column is one place, with the units of all maps.
fn columns<R>(x: &Maps<R>) -> usize {
    x.dim().1 * x.dim().2
}

/// Calls `work` for each column, with the numbers of that column in each of the states.
fn each_column<R: Real, const N: usize>(states: [&Maps<R>; N], mut work: impl FnMut([&[R]; N])) {
    let columns = columns(states[0]);
    if columns == 1 {
        return work(states.map(|state| flat(state)));
    }
    for column in 0..columns {
        let gathered =
            states.map(|state| flat(state)[column..].iter().copied().step_by(columns).collect::<Vec<R>>());
        work(gathered.each_ref().map(Vec::as_slice));
    }
}

impl<R: Real> Parameters<R> for Rbf<R> {
    arrays!(codes; if trained);
    tensors!("rbf.codes": codes);
}

impl<R: Real> Module<R> for Rbf<R> {
    type Input = Maps<R>;
    type Output = Penalties<R>;

    fn fprop(&self, x: &Maps<R>, y: &mut Penalties<R>) {
        let (codes, columns, y) = (flat(&self.codes), columns(x), flat_mut(y.maps_mut()));
        match columns {
            1 => kernel::fprop(codes, flat(x), y),
            _ => kernel::fprop_columns(codes, columns, flat(x), y),
        }
        y.iter_mut().for_each(|y| *y *= R::of(self.scale));
    }

    fn bprop(
        &self,
        x: &Maps<R>,
        _y: &Penalties<R>,
        dy: &Penalties<R>,
        dx: Wanted<Maps<R>>,
        gradient: &mut Self,
    ) {
        let (codes, two) = (flat(&self.codes), self.two());
        if let Some(dx) = dx {
            let (columns, x, dy, dx) = (columns(x), flat(x), flat(dy.maps()), flat_mut(dx));
            match columns {
                1 => kernel::bprop(codes, x, two, dy, dx),
                _ => kernel::bprop_columns(codes, columns, x, two, dy, dx),
            }
        }
        if self.trained {
            let dcodes = flat_mut(&mut gradient.codes);
            each_column([x, dy.maps()], |[x, dy]| kernel::bprop_codes(codes, x, two, dy, dcodes));
        }
    }

    fn second_order() -> Option<Bbprop<R, Self>> {
        Some(Self::bbprop)
    }
}

impl<R: Real> SecondOrder<R> for Rbf<R> {
    fn bbprop(
        &self,
        x: &Maps<R>,
        _y: &Penalties<R>,
        ddy: &Bend<R>,
        ddx: Wanted<Maps<R>>,
        curvature: &mut Self,
    ) {
        let (codes, two) = (flat(&self.codes), self.two());
        let (dy, shares) = (ddy.dy.maps(), ddy.shares.maps());
        if let Some(ddx) = ddx {
            ddx.fill(two);
            if self.curvature == Curvature::Exact {
                self.add_competition(x, shares, ddx);
            }
        }
        if self.trained {
            let ddcodes = flat_mut(&mut curvature.codes);
            each_column([x, dy, shares], |[x, dy, p]| kernel::bbprop_codes(codes, x, two, dy, p, ddcodes));
        }
    }
}

impl<R: Real> Layer<R> for Rbf<R> {
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError> {
        output_shape("an RBF layer", self.codes.dim().into(), input)
    }

    fn connections(&self, _input: Shape) -> usize {
        self.codes.len()
    }
}
