//! Blocks of today: in training, on a mini-batch; second derivatives; several patterns in one call. The gradients of all modules
//! in evaluation are in `tests/all/gradients`.

use super::agreement::{Tolerance, agree, compare};
use super::by_each::{by_each, dot};
use super::draw::{cases, values};
use super::draw_layers::{maps, with_values};
use super::flat::{assign, flat};
use super::passes::{OnMaps, by_bprop, fprop, unwritten};
use super::waves::waves;
use super::{TOLERANCE, differences};
use lenet5::appendix::a::InitialWeights;
use lenet5::section1::mini_batch::SHARE;
use lenet5::section1::{Back, InTraining, Layer, Maps, Parameters, SecondOrder, Shape};
use lenet5::section2::{Convolution, FullConnection, Subsampling, Table};
use lenet5::today::{AveragePooling, BatchNormalisation, Dropout, MaxPooling, Moments, Relu};
use ndarray::Array3;
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

// ---- Second derivatives ---------------------------------------------------------------------------------------------

fn with_numbers(shape: Shape, numbers: &[f64]) -> Maps<f64> {
    Array3::from_shape_vec(shape, numbers.to_vec()).expect("a number for each unit")
}

/// d²E/dx² for `E` = half the sum of `c y^2`, each by differences of `bprop`.
fn second_by_differences<L: OnMaps<Output = Maps<f64>>>(layer: &L, x: &Maps<f64>, c: &Maps<f64>) -> Vec<f64> {
    let by = |n: usize| {
        let mut moved: Vec<f64> = x.iter().copied().collect();
        let from = moved[n];
        differences::slope(|h| {
            moved[n] = from + h;
            let x = with_numbers(x.dim(), &moved);
            by_bprop(layer, &x, &(c * &fprop(layer, &x)))[n]
        })
    };
    (0..x.len()).map(by).collect()
}

/// A block is linear between its kinks, so the diagonal is exact.
fn second_derivatives<L: OnMaps<Output = Maps<f64>> + SecondOrder<f64>>(layer: &L) -> bool {
    let x = waves((2, 4, 6));
    let (y, mut ddx) = (fprop(layer, &x), unwritten(x.dim()));
    let c = waves(y.dim()).mapv(f64::abs);
    layer.bbprop(&x, &y, &c, Some(&mut ddx), &mut layer.clone());
    let found: Vec<f64> = ddx.iter().copied().collect();
    let expected = second_by_differences(layer, &x, &c);
    // The control: the first-order `bprop` is wrong if a factor is not its own square.
    let first_order = compare(&by_bprop(layer, &x, &c), &expected, TOLERANCE).is_ok();
    assert_eq!(agree(&found, &expected, TOLERANCE), Ok(()));
    first_order
}

#[test]
fn second_derivatives_between_kinks_are_exact() {
    assert!(second_derivatives(&Relu) && second_derivatives(&MaxPooling), "0 and 1 are their own squares");
    assert!(!second_derivatives(&AveragePooling), "for an average they are 1/16, not 1/4");
}

// ---- Pooling --------------------------------------------------------------------------------------------------------

fn even() -> impl Strategy<Value = Shape> {
    (1..=4_usize, 1..=5_usize, 1..=5_usize).prop_map(|(maps, rows, columns)| (maps, 2 * rows, 2 * columns))
}

proptest! {
    #![proptest_config(cases(96))]

    /// The first of several largest inputs gets the whole derivative, at any places in the window.
    #[test]
    fn ties_of_max_pooling(
        ((_, _, c), levels) in even().prop_flat_map(|input| {
            let units = input.0 * input.1 * input.2;
            let levels = prop::collection::vec(prop::sample::select(vec![0.0, 1.0]), units);
            (with_values(MaxPooling, input), levels.prop_map(move |v| with_numbers(input, &v)))
        })
    ) {
        let dx = with_numbers(levels.dim(), &by_bprop(&MaxPooling, &levels, &c));
        for ((map, row, column), &dy) in c.indexed_iter() {
            let window = [(0, 0), (0, 1), (1, 0), (1, 1)]
                .map(|(down, right)| [map, 2 * row + down, 2 * column + right]);
            let x = window.map(|at| levels[at]);
            let first = (0..4).find(|&n| x[n] == x.iter().copied().fold(0.0, f64::max)).expect("a largest");
            let expected = [0, 1, 2, 3].map(|n| if n == first { dy } else { 0.0 });
            prop_assert_eq!(window.map(|at| dx[at]), expected);
        }
        prop_assert!((dx.sum() - c.sum()).abs() <= 1e-12);
    }
}

/// If all inputs are equal, difference quotients cannot decide, since the sum of the derivatives is the same.
#[test]
fn neither_all_nor_the_last_of_equal_ones_get_it() {
    let (x, dy) = (Array3::zeros((1, 2, 2)), Array3::from_elem((1, 1, 1), 3.0));
    assert_eq!(by_bprop(&MaxPooling, &x, &dy), [3.0, 0.0, 0.0, 0.0]);
}

// ---- Several patterns in one call -----------------------------------------------------------------------------------

/// Whether seven patterns in one call give the same bits as one after the other.
fn all_at_once<L: OnMaps<Output = Maps<f64>> + PartialEq>(layer: &L, input: Shape) -> bool {
    let output = layer.output_shape(input).expect("an input that fits");
    let some = |shape: Shape, n: usize| waves(shape) * (1.0 + n as f64);
    let xs: Vec<_> = (0..7).map(|n| some(input, n)).collect();
    let dys: Vec<_> = (0..7).map(|n| some(output, 2 * n)).collect();
    let (mut together, mut gradient) = (layer.zeros(), layer.zeros());
    let (mut ys, mut dxs) = (vec![unwritten(output); 7], vec![unwritten(input); 7]);
    layer.fprop_all(&mut xs.iter().zip(&mut ys).collect::<Vec<_>>());
    let back = xs.iter().zip(&ys).zip(dys.iter().zip(&mut dxs)).map(|((x, y), (dy, dx))| Back {
        x,
        y,
        dy,
        dx: Some(dx),
    });
    layer.bprop_all(&mut back.collect::<Vec<_>>(), &mut together);
    let one_by_one = xs.iter().zip(&dys).enumerate().all(|(n, (x, dy))| {
        let mut dx = unwritten(input);
        layer.bprop(x, &ys[n], dy, Some(&mut dx), &mut gradient);
        ys[n] == fprop(layer, x) && dxs[n] == dx
    });
    one_by_one && together == gradient && gradient != layer.zeros()
}

#[test]
fn several_patterns_in_one_call_get_what_each_gets_alone() {
    let random = &mut ChaCha8Rng::seed_from_u64(1);
    assert!(all_at_once(&FullConnection::new(120, 84, random), (120, 1, 1)));
    // C5, C5 on a larger input, and a layer without a special loop.
    let c5 = Convolution::new(Table::full(16, 120), 5, InitialWeights::RootFanIn, random);
    assert!(all_at_once(&c5, (16, 5, 5)) && all_at_once(&c5, (16, 6, 6)));
    assert!(all_at_once(&Subsampling::new(3, 0.5), (3, 4, 6)));
}

#[test]
fn pooling_wants_even_sides() {
    for input in [(1, 5, 4), (1, 4, 5), (1, 0, 4), (1, 4, 0)] {
        let max = Layer::<f64>::output_shape(&MaxPooling, input).expect_err("an odd side");
        let average = Layer::<f64>::output_shape(&AveragePooling, input).expect_err("an odd side");
        assert!(max.to_string().starts_with("max pooling was given"), "{max}");
        assert!(average.to_string().starts_with("average pooling was given"), "{average}");
    }
    assert_eq!(Layer::<f64>::output_shape(&MaxPooling, (3, 4, 10)), Ok((3, 2, 5)));
}

// ---- On a mini-batch ------------------------------------------------------------------------------------------------

/// A layer in training, a mini-batch, and a number for each of its outputs.
#[derive(Clone, Debug)]
struct Batch<L> {
    layer: L,
    x: Vec<Maps<f64>>,
    c: Vec<Maps<f64>>,
    /// The seed of all random numbers.
    seed: u64,
}

impl<L: OnMaps<Output = Maps<f64>>> Batch<L> {
    fn new(layer: L, x: Vec<Maps<f64>>, c: Vec<Maps<f64>>) -> Self {
        Self { layer, x, c, seed: 1 }
    }

    /// The layer in training, after `fprop`, and its outputs.
    fn passed(&self) -> (Box<dyn InTraining<f64>>, Vec<Maps<f64>>) {
        let (mut training, random) = (
            self.layer.in_training().expect("training of its own"),
            &mut ChaCha8Rng::seed_from_u64(self.seed),
        );
        self.x.iter().for_each(|x| training.draw(x.dim(), random));
        training.observe(&self.x.iter().collect::<Vec<_>>());
        let y = |(p, x): (usize, &Maps<f64>)| {
            let mut y = unwritten(x.dim());
            training.fprop(p, x, &mut y);
            y
        };
        let outputs = self.x.iter().enumerate().map(y).collect();
        (training, outputs)
    }

    fn fprop(&self) -> Vec<Maps<f64>> {
        self.passed().1
    }

    /// Derivatives by every x of every pattern and by the parameters; each call adds to `gradient`.
    fn bprop(&self, gradient: &mut L) -> Vec<f64> {
        let (mut training, mut d) = (self.passed().0, self.c.clone());
        self.x.iter().zip(&d).for_each(|(x, dy)| training.accumulate(x, dy));
        training.add_gradient(&mut gradient.arrays_mut().collect::<Vec<_>>());
        self.x.iter().zip(&mut d).enumerate().for_each(|(p, (x, d))| training.bprop(p, x, d));
        d.iter().flatten().copied().chain(flat(gradient)).collect()
    }

    fn by_bprop(&self) -> Vec<f64> {
        self.bprop(&mut self.layer.zeros())
    }

    /// The same by differences; mean and variance are recomputed each time, masks remain the same.
    fn by_differences(&self) -> Vec<f64> {
        let mut moved = self.clone();
        let at: Vec<f64> = self.x.iter().flatten().copied().chain(flat(&self.layer)).collect();
        let inputs = at.len() - self.layer.parameter_count();
        let loss = |at: &[f64]| {
            moved.x.iter_mut().flatten().zip(at).for_each(|(x, &value)| *x = value);
            assign(&mut moved.layer, &at[inputs..]);
            moved.c.iter().zip(moved.fprop()).map(|(c, y)| dot(c, &y)).sum()
        };
        by_each(loss, &at)
    }
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn dropout(
        (x, c) in (1..=3_usize, 1..=20_usize).prop_flat_map(|(patterns, units)| {
            let states = || prop::collection::vec(maps((units, 1, 1)), patterns);
            (states(), states())
        }),
        rate in 0.0..0.95,
        seed in any::<u64>(),
    ) {
        let batch = Batch { seed, ..Batch::new(Dropout { rate }, x, c) };
        let (found, expected) = (batch.by_bprop(), batch.by_differences());
        agree(&found, &expected, TOLERANCE)?;
        // The control: masked units get no derivative, but the others are not scaled.
        let quiet: Vec<f64> = found.iter().map(|d| d * (1.0 - rate)).collect();
        let unnoticed = compare(&quiet, &expected, TOLERANCE).is_ok();
        prop_assert!(!unnoticed || found.iter().all(|&d| d == 0.0) || rate < 1e-5);
    }
}

/// A normalisation on a mini-batch.
type Normalisation = Batch<BatchNormalisation<f64>>;

impl Normalisation {
    /// The numbers of one map, pattern after pattern.
    fn of_map(&self, states: &[Maps<f64>], map: usize) -> Vec<f64> {
        states.iter().flat_map(|state| state.outer_iter().nth(map).expect("a map").to_owned()).collect()
    }

    /// The same by the formula, or by a wrong formula in which the mean or the variance does not depend on x.
    fn by_formula(&self, mean_moves: bool, variance_moves: bool) -> Vec<f64> {
        let maps = self.layer.gain.len();
        let (mut dx, mut gains, mut shifts) = (self.x.clone(), Vec::new(), Vec::new());
        for map in 0..maps {
            let (x, dy) = (self.of_map(&self.x, map), self.of_map(&self.c, map));
            let mean = mean(&x);
            let root = (variance(&x) + 1e-5).sqrt();
            let normal: Vec<f64> = x.iter().map(|x| (x - mean) / root).collect();
            let (sum, product) = (dy.iter().sum::<f64>(), normal.iter().zip(&dy).map(|(n, dy)| n * dy).sum());
            let count = x.len() as f64;
            let by_mean = if mean_moves { sum / count } else { 0.0 };
            let by_variance = if variance_moves { product / count } else { 0.0 };
            let mut all = normal
                .iter()
                .zip(&dy)
                .map(|(n, dy)| self.layer.gain[map] / root * (dy - by_mean - n * by_variance));
            for dx in &mut dx {
                let mut of_pattern = dx.outer_iter_mut().nth(map).expect("a map");
                of_pattern.iter_mut().for_each(|dx| *dx = all.next().expect("a number for each unit"));
            }
            gains.push(product);
            shifts.push(sum);
        }
        dx.iter().flatten().copied().chain(gains).chain(shifts).collect()
    }
}

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

fn variance(x: &[f64]) -> f64 {
    let mean = mean(x);
    x.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / x.len() as f64
}

/// Mini-batches whose patterns differ: difference quotients are inaccurate if two numbers are almost equal.
fn batches() -> impl Strategy<Value = Normalisation> {
    let shapes = ((1..=5_usize, 1..=4_usize, 1..=4_usize), 2..=5_usize);
    shapes.prop_flat_map(|(shape, patterns)| {
        let states = || prop::collection::vec(maps(shape), patterns);
        (values(2 * shape.0), states(), states()).prop_map(move |(parameters, mut x, c)| {
            let mut layer = BatchNormalisation::new(shape.0);
            assign(&mut layer, &parameters);
            x.iter_mut().enumerate().for_each(|(p, x)| x.mapv_inplace(|x| 0.3 * x + p as f64));
            Batch::new(layer, x, c)
        })
    })
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn batch_normalisation(batch in batches()) {
        let found = batch.by_bprop();
        agree(&found, &batch.by_differences(), TOLERANCE)?;
        let rounding = Tolerance { relative: 1e-9, floor: 1e-11 };
        agree(&found, &batch.by_formula(true, true), rounding)?;
        // The gradient of a second mini-batch is added.
        let mut gradient = batch.layer.zeros();
        batch.bprop(&mut gradient);
        let once = flat(&gradient);
        batch.bprop(&mut gradient);
        let twice: Vec<f64> = once.iter().map(|dw| 2.0 * dw).collect();
        compare(&flat(&gradient), &twice, Tolerance { relative: 1e-12, floor: 1e-12 })?;
    }

    #[test]
    fn every_map_has_mean_0_and_variance_1_or_a_little_less(batch in batches()) {
        let plain = Batch { layer: BatchNormalisation::new(batch.layer.gain.len()), ..batch.clone() };
        let (normal, y) = (plain.fprop(), batch.fprop());
        for map in 0..batch.layer.gain.len() {
            let (before, after) = (batch.of_map(&batch.x, map), plain.of_map(&normal, map));
            let expected = variance(&before) / (variance(&before) + 1e-5);
            prop_assert!(mean(&after).abs() <= 1e-10 && (variance(&after) - expected).abs() <= 1e-10);
            // The same with gain and shift.
            let (gain, shift) = (batch.layer.gain[map], batch.layer.shift[map]);
            for (y, normal) in batch.of_map(&y, map).iter().zip(after) {
                prop_assert!((y - (gain * normal + shift)).abs() <= 1e-10);
            }
        }
    }
}

#[test]
fn a_constant_map_is_not_divided_by_0() {
    let x = vec![Array3::from_elem((2, 2, 2), 3.0); 3];
    let mut layer = BatchNormalisation::new(2);
    assign(&mut layer, &[2.0, -1.0, 0.25, -0.5]);
    let batch = Batch::new(layer, x, vec![waves((2, 2, 2)); 3]);
    for y in batch.fprop() {
        assert!(y.indexed_iter().all(|((map, _, _), &y)| y == [0.25, -0.5][map]), "{y}");
    }
    let found = batch.by_bprop();
    assert!(found.iter().all(|d| d.is_finite()));
    assert_eq!(compare(&found, &batch.by_formula(true, true), TOLERANCE), Ok(()));
}

#[test]
fn a_mini_batch_of_one_unit_is_its_shift() {
    let mut layer = BatchNormalisation::new(1);
    assign(&mut layer, &[2.0, 0.25]);
    let one = |value| vec![Array3::from_elem((1, 1, 1), value)];
    let batch = Batch::new(layer, one(7.0), one(1.0));
    assert_eq!((batch.fprop(), batch.by_bprop()), (one(0.25), vec![0.0, 0.0, 1.0]));
}

#[test]
fn running_moments_follow_slowly() {
    let mut layer = BatchNormalisation::<f64>::new(1);
    // Mean 2.5 and variance 1.25, or 5/3 with the correction by n / (n - 1).
    let moments = Moments::of(&[&with_numbers((1, 2, 2), &[1.0, 2.0, 3.0, 4.0])]);
    assert_eq!((moments.mean[0], moments.variance[0], moments.units), (2.5, 1.25, 4));
    let (mut mean, mut variance) = (0.0, 1.0);
    for _ in 0..300 {
        layer.follow(&moments, SHARE);
        (mean, variance) = (0.9 * mean + 0.1 * 2.5, 0.9 * variance + 0.1 * 5.0 / 3.0);
        let found = [layer.mean[0], layer.variance[0]];
        assert_eq!(compare(&found, &[mean, variance], TOLERANCE), Ok(()));
    }
    let found = [layer.mean[0], layer.variance[0]];
    assert_eq!(agree(&found, &[2.5, 5.0 / 3.0], TOLERANCE), Ok(()));
    assert!(compare(&found, &[2.5, 1.25], TOLERANCE).is_err(), "the control: divided by four");
}

// ---- Controls: wrong formulas must be refused -----------------------------------------------------------------------

#[test]
fn batch_normalisation_whose_moments_stand_still_is_refused() {
    let states =
        || vec![waves((2, 2, 3)), waves((2, 3, 2)).into_shape_with_order((2, 2, 3)).expect("a shape")];
    let mut layer = BatchNormalisation::new(2);
    assign(&mut layer, &[1.5, -0.7, 0.2, 0.1]);
    let mut batch = Batch::new(layer, states(), states());
    batch.x[1].mapv_inplace(|x| 2.0 * x + 0.3);
    batch.c[1].mapv_inplace(|c| 0.5 - c);
    let expected = batch.by_differences();
    let refused = |found: &[f64]| compare(found, &expected, TOLERANCE).is_err();
    assert_eq!(agree(&batch.by_bprop(), &expected, TOLERANCE), Ok(()));
    assert!(!refused(&batch.by_formula(true, true)));
    assert!(refused(&batch.by_formula(false, true)), "the mean a constant");
    assert!(refused(&batch.by_formula(true, false)), "the variance a constant");
    assert!(refused(&batch.by_formula(false, false)));
    // The gain's derivative without the root; a mini-batch of one pattern after the other.
    let mut rootless = batch.by_bprop();
    rootless[24..26].iter_mut().for_each(|d| *d *= 1.01);
    assert!(refused(&rootless));
    let alone =
        |p: usize| Batch { x: vec![batch.x[p].clone()], c: vec![batch.c[p].clone()], ..batch.clone() };
    let one_by_one: Vec<f64> =
        (0..2).flat_map(|p| alone(p).by_bprop()[..12].to_vec()).chain(expected[24..].to_vec()).collect();
    assert!(refused(&one_by_one));
}
