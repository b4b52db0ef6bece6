//! Blocks, element by element.

use crate::agreement::{Tolerance, agree, compare};
use crate::draw::{cases, values};
use crate::draw_layers::{maps, with_values};
use crate::flat::{assign, flat};
use crate::{TOLERANCE, by_each, differences, dot};
use lenet5::appendix::a::InitialWeights;
use lenet5::section1::{Maps, Module, Parameters, Shape};
use lenet5::section2::{Convolution, FullConnection, Subsampling, Table};
use lenet5::today::batch_normalisation::SHARE;
use lenet5::today::{AveragePooling, BatchNormalisation, Dropout, MaxPooling, Pooling, Relu};
use ndarray::Array3;
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

// ---- Modules with nothing to learn ----------------------------------------------------------------------------------

fn with_numbers(shape: Shape, numbers: &[f64]) -> Maps<f64> {
    Array3::from_shape_vec(shape, numbers.to_vec()).expect("a number for each unit")
}

/// A place that must be written to.
fn unwritten(shape: Shape) -> Maps<f64> {
    Array3::from_elem(shape, f64::NAN)
}

fn fprop<M: Module<f64>>(module: &M, x: &Maps<f64>) -> Maps<f64> {
    let mut y = unwritten(module.output_shape(x.dim()).expect("an input that fits"));
    module.fprop(x, &mut y);
    y
}

fn bprop<M: Module<f64>>(module: &M, x: &Maps<f64>, dy: &Maps<f64>) -> Maps<f64> {
    let mut dx = unwritten(x.dim());
    module.bprop(x, dy, Some(&mut dx), &mut module.zeros());
    dx
}

/// For `E = c . y`: dE/dx by differences.
fn by_differences<M: Module<f64>>(module: &M, x: &Maps<f64>, c: &Maps<f64>) -> Vec<f64> {
    by_each(|at| dot(c, &fprop(module, &with_numbers(x.dim(), at))), &flat_maps(x))
}

fn flat_maps(x: &Maps<f64>) -> Vec<f64> {
    x.iter().copied().collect()
}

/// For `E` = half the sum of `c y^2`: d²E/dx², each by differences of what `bprop` says.
fn second_by_differences<M: Module<f64>>(module: &M, x: &Maps<f64>, c: &Maps<f64>) -> Vec<f64> {
    let by = |n: usize| {
        let mut moved = flat_maps(x);
        let from = moved[n];
        differences::slope(|h| {
            moved[n] = from + h;
            let x = with_numbers(x.dim(), &moved);
            let dy = c * &fprop(module, &x);
            flat_maps(&bprop(module, &x, &dy))[n]
        })
    };
    (0..x.len()).map(by).collect()
}

fn check<M: Module<f64>>((module, x, c): &(M, Maps<f64>, Maps<f64>)) -> Result<(), TestCaseError> {
    agree(&flat_maps(&bprop(module, x, c)), &by_differences(module, x, c), TOLERANCE)?;
    // Between its kinks a block is straight: the diagonal is exact.
    let mut ddx = unwritten(x.dim());
    module.bbprop(x, c, Some(&mut ddx), &mut module.zeros());
    agree(&flat_maps(&ddx), &second_by_differences(module, x, c), TOLERANCE)?;
    prop_assert_eq!(module.parameter_count(), 0);
    Ok(())
}

/// Numbers that differ by 0.02 at least, in any order.
fn distinct(count: usize) -> impl Strategy<Value = Vec<f64>> {
    let levels: Vec<f64> = (0..count).map(|n| 0.03 * (n as f64 - count as f64 / 2.0)).collect();
    (Just(levels).prop_shuffle(), prop::collection::vec(0.0..0.01, count))
        .prop_map(|(levels, more)| levels.iter().zip(more).map(|(level, more)| level + more).collect())
}

fn even() -> impl Strategy<Value = Shape> {
    (1..=4_usize, 1..=5_usize, 1..=5_usize).prop_map(|(maps, rows, columns)| (maps, 2 * rows, 2 * columns))
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn relu(
        (module, x, c) in (1..=4_usize, 1..=7_usize, 1..=7_usize).prop_flat_map(|input| with_values(Relu, input))
    ) {
        let x = x.mapv(|a| a + 0.05 * a.signum());
        check(&(module, x.clone(), c.clone()))?;
        // In place, as the network uses it, where `y` says what `a` said.
        let (mut y, mut slope) = (x.clone(), c.clone());
        Relu.squash(&mut y);
        Relu.unsquash(&y, &mut slope);
        prop_assert_eq!(&y, &fprop(&Relu, &x));
        prop_assert_eq!(slope, bprop(&Relu, &x, &c));
    }

    #[test]
    fn max_pooling(
        (case, numbers) in even().prop_flat_map(|input| {
            (with_values(MaxPooling, input), distinct(input.0 * input.1 * input.2))
        })
    ) {
        let (module, x, c) = case;
        let x = with_numbers(x.dim(), &numbers);
        check(&(module, x.clone(), c.clone()))?;
        // By way of the switch.
        let mut y = unwritten(c.dim());
        Pooling::Max(MaxPooling).fprop(&x, &mut y);
        prop_assert_eq!(y, fprop(&MaxPooling, &x));
    }

    #[test]
    fn average_pooling(case in even().prop_flat_map(|input| with_values(AveragePooling, input))) {
        check(&case)?;
    }

    #[test]
    fn dropout(
        ((x, c), rate, seed) in (
            (1..=40_usize).prop_flat_map(|units| (maps((units, 1, 1)), maps((units, 1, 1)))),
            0.0..0.95,
            any::<u64>(),
        )
    ) {
        let (dropout, mut kept) = (Dropout { rate }, unwritten(x.dim()));
        dropout.draw(&mut kept, &mut ChaCha8Rng::seed_from_u64(seed));
        let mut dx = c.clone();
        dropout.bprop(&kept, &mut dx);
        let loss = |at: &[f64]| {
            let mut y = with_numbers(x.dim(), at);
            dropout.fprop(&kept, &mut y);
            dot(&c, &y)
        };
        let expected = by_each(loss, &flat_maps(&x));
        agree(&flat_maps(&dx), &expected, TOLERANCE)?;
        // The control: silent units get nothing back, but the others are not louder.
        let (all, quiet) = (kept.iter().all(|&kept| kept == 0.0), kept.mapv(f64::signum) * &c);
        let unnoticed = compare(&flat_maps(&quiet), &expected, TOLERANCE).is_ok();
        prop_assert!(!unnoticed || all || rate < 1e-5);
    }

    /// Of equal ones the first gets it all, wherever they are.
    #[test]
    fn ties_of_max_pooling(
        (c, levels) in even().prop_flat_map(|input| {
            let units = input.0 * input.1 * input.2;
            let levels = prop::collection::vec(prop::sample::select(vec![0.0, 1.0]), units);
            (maps((input.0, input.1 / 2, input.2 / 2)), levels.prop_map(move |v| with_numbers(input, &v)))
        })
    ) {
        let dx = bprop(&MaxPooling, &levels, &c);
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

// ---- Several patterns in one call -----------------------------------------------------------------------------------

/// Whether some patterns, seven of them, get from one call what they get one after the other, to the last bit.
fn all_at_once<M: Module<f64> + PartialEq>(module: &M, input: Shape) -> bool {
    let output = module.output_shape(input).expect("an input that fits");
    let some = |shape: Shape, n: usize| waves(shape) * (1.0 + n as f64);
    let xs: Vec<_> = (0..7).map(|n| some(input, n)).collect();
    let dys: Vec<_> = (0..7).map(|n| some(output, 2 * n)).collect();
    let (mut together, mut gradient) = (module.zeros(), module.zeros());
    let (mut ys, mut dxs) = (vec![unwritten(output); 7], vec![unwritten(input); 7]);
    module.fprop_all(&mut xs.iter().zip(&mut ys).collect::<Vec<_>>());
    let back = xs.iter().zip(&dys).zip(&mut dxs).map(|((x, dy), dx)| (x, dy, dx));
    module.bprop_all(&mut back.collect::<Vec<_>>(), &mut together);
    let one_by_one = xs.iter().zip(&dys).enumerate().all(|(n, (x, dy))| {
        let mut dx = unwritten(input);
        module.bprop(x, dy, Some(&mut dx), &mut gradient);
        ys[n] == fprop(module, x) && dxs[n] == dx
    });
    one_by_one && together == gradient && gradient != module.zeros()
}

#[test]
fn several_patterns_in_one_call_get_what_each_gets_alone() {
    let random = &mut ChaCha8Rng::seed_from_u64(1);
    assert!(all_at_once(&FullConnection::new(120, 84, random), (120, 1, 1)));
    // C5, C5 on a larger input, and a layer that no loop knows.
    let c5 = Convolution::new(Table::full(16, 120), 5, InitialWeights::RootFanIn, random);
    assert!(all_at_once(&c5, (16, 5, 5)) && all_at_once(&c5, (16, 6, 6)));
    assert!(all_at_once(&Subsampling::new(3, 0.5), (3, 4, 6)));
}

#[test]
fn pooling_wants_even_sides() {
    for input in [(1, 5, 4), (1, 4, 5), (1, 0, 4), (1, 4, 0)] {
        let max = Module::<f64>::output_shape(&MaxPooling, input).expect_err("an odd side");
        let average = Module::<f64>::output_shape(&AveragePooling, input).expect_err("an odd side");
        assert!(max.to_string().starts_with("max pooling was given"), "{max}");
        assert!(average.to_string().starts_with("average pooling was given"), "{average}");
    }
    assert_eq!(Module::<f64>::output_shape(&MaxPooling, (3, 4, 10)), Ok((3, 2, 5)));
}

#[test]
#[should_panic(expected = "the structure of its network")]
fn pooling_of_one_kind_takes_no_gradient_of_another() {
    let (x, dy) = (waves((1, 2, 2)), waves((1, 1, 1)));
    let mut gradient = Pooling::Subsampling(Subsampling::new(1, 0.5));
    Pooling::Average(AveragePooling).bprop(&x, &dy, &mut unwritten(x.dim()), &mut gradient);
}

// ---- Batch normalisation --------------------------------------------------------------------------------------------

/// A layer with any gain and bias, a mini-batch, and a number for each of its outputs.
#[derive(Clone, Debug)]
struct Batch {
    layer: BatchNormalisation<f64>,
    x: Vec<Maps<f64>>,
    c: Vec<Maps<f64>>,
}

impl Batch {
    fn fprop(&self) -> Vec<Maps<f64>> {
        let line = self.layer.line(&self.layer.moments(self.x.iter()));
        let y = |x: &Maps<f64>| {
            let mut y = unwritten(x.dim());
            line.fprop(x, &mut y);
            y
        };
        self.x.iter().map(y).collect()
    }

    /// By every x of every pattern, by gain and bias; each call adds to what is in `gradient`.
    fn bprop(&self, gradient: &mut BatchNormalisation<f64>) -> Vec<f64> {
        let (moments, mut sums, mut d) =
            (self.layer.moments(self.x.iter()), self.layer.sums(), self.c.clone());
        self.x.iter().zip(&d).for_each(|(x, dy)| sums.add(&moments, x, dy));
        let plane = self.layer.plane(&moments, &sums, gradient);
        self.x.iter().zip(&mut d).for_each(|(x, d)| plane.bprop(x, d));
        d.iter().flatten().copied().chain(flat(gradient)).collect()
    }

    fn by_bprop(&self) -> Vec<f64> {
        self.bprop(&mut self.layer.zeros())
    }

    /// The same by differences; mean and variance are taken anew each time.
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

    /// The numbers of one map, pattern after pattern.
    fn of_map(&self, states: &[Maps<f64>], map: usize) -> Vec<f64> {
        states.iter().flat_map(|state| state.outer_iter().nth(map).expect("a map").to_owned()).collect()
    }

    /// The same by the formula, with what it would be if the mean, or the variance, did not depend on x.
    fn by_formula(&self, mean_moves: bool, variance_moves: bool) -> Vec<f64> {
        let maps = self.layer.gain.len();
        let (mut dx, mut gains, mut biases) = (self.x.clone(), Vec::new(), Vec::new());
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
            biases.push(sum);
        }
        dx.iter().flatten().copied().chain(gains).chain(biases).collect()
    }
}

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

fn variance(x: &[f64]) -> f64 {
    let mean = mean(x);
    x.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / x.len() as f64
}

/// Mini-batches whose patterns are apart: among two numbers that are nearly alike differences say little.
fn batches() -> impl Strategy<Value = Batch> {
    let shapes = ((1..=5_usize, 1..=4_usize, 1..=4_usize), 2..=5_usize);
    shapes.prop_flat_map(|(shape, patterns)| {
        let states = || prop::collection::vec(maps(shape), patterns);
        (values(2 * shape.0), states(), states()).prop_map(move |(parameters, mut x, c)| {
            let mut layer = BatchNormalisation::new(shape.0);
            assign(&mut layer, &parameters);
            x.iter_mut().enumerate().for_each(|(p, x)| x.mapv_inplace(|x| 0.3 * x + p as f64));
            Batch { layer, x, c }
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
        // What a second mini-batch says is added to the gradient.
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
            // Then gain and bias.
            let (gain, bias) = (batch.layer.gain[map], batch.layer.bias[map]);
            for (y, normal) in batch.of_map(&y, map).iter().zip(after) {
                prop_assert!((y - (gain * normal + bias)).abs() <= 1e-10);
            }
        }
    }
}

#[test]
fn a_constant_map_is_not_divided_by_0() {
    let x = vec![Array3::from_elem((2, 2, 2), 3.0); 3];
    let mut layer = BatchNormalisation::new(2);
    assign(&mut layer, &[2.0, -1.0, 0.25, -0.5]);
    let batch = Batch { layer, x, c: vec![waves((2, 2, 2)); 3] };
    for y in batch.fprop() {
        assert!(y.indexed_iter().all(|((map, _, _), &y)| y == [0.25, -0.5][map]), "{y}");
    }
    let found = batch.by_bprop();
    assert!(found.iter().all(|d| d.is_finite()));
    assert_eq!(compare(&found, &batch.by_formula(true, true), TOLERANCE), Ok(()));
}

#[test]
fn a_mini_batch_of_one_unit_is_its_bias() {
    let mut layer = BatchNormalisation::new(1);
    assign(&mut layer, &[2.0, 0.25]);
    let one = |value| vec![Array3::from_elem((1, 1, 1), value)];
    let batch = Batch { layer, x: one(7.0), c: one(1.0) };
    assert_eq!((batch.fprop(), batch.by_bprop()), (one(0.25), vec![0.0, 0.0, 1.0]));
}

#[test]
fn running_moments_follow_slowly() {
    let mut layer = BatchNormalisation::<f64>::new(1);
    let states = |numbers: [f64; 4]| [with_numbers((1, 2, 2), &numbers)];
    // Mean 2.5 and variance 1.25; five thirds if it is to tell of more than these four numbers.
    let moments = layer.moments(states([1.0, 2.0, 3.0, 4.0]).iter());
    assert_eq!((moments.mean[0], moments.variance[0], moments.units), (2.5, 1.25, 4));
    let (mut mean, mut variance) = (0.0, 1.0);
    for _ in 0..300 {
        layer.remember(&moments, SHARE);
        (mean, variance) = (0.9 * mean + 0.1 * 2.5, 0.9 * variance + 0.1 * 5.0 / 3.0);
        let found = [layer.running.mean[0], layer.running.variance[0]];
        assert_eq!(compare(&found, &[mean, variance], TOLERANCE), Ok(()));
    }
    let found = [layer.running.mean[0], layer.running.variance[0]];
    assert_eq!(agree(&found, &[2.5, 5.0 / 3.0], TOLERANCE), Ok(()));
    assert!(compare(&found, &[2.5, 1.25], TOLERANCE).is_err(), "the control: divided by four");
}

// ---- Controls: wrong formulas must be refused -----------------------------------------------------------------------

/// Numbers without a pattern.
fn waves(shape: Shape) -> Maps<f64> {
    let mut n = 0.0;
    Array3::from_shape_simple_fn(shape, || {
        n += 1.0;
        f64::sin(n * n)
    })
}

/// Whether what `wrong` makes of an input and of what comes back is refused as the derivatives of `module`.
fn refused<M: Module<f64>>(module: &M, wrong: impl Fn(&Maps<f64>, &Maps<f64>) -> Maps<f64>) -> bool {
    let x = waves((2, 4, 6));
    let c = waves(module.output_shape(x.dim()).expect("an input that fits"));
    let expected = by_differences(module, &x, &c);
    assert_eq!(agree(&flat_maps(&bprop(module, &x, &c)), &expected, TOLERANCE), Ok(()));
    compare(&flat_maps(&wrong(&x, &c)), &expected, TOLERANCE).is_err()
}

/// `dy` at all four places of its window, each times what `share` makes of it there and of `x` in the window.
fn spread(x: &Maps<f64>, dy: &Maps<f64>, share: impl Fn(f64, &[f64]) -> f64) -> Maps<f64> {
    Array3::from_shape_fn(x.dim(), |(map, row, column)| {
        let corner = (row / 2 * 2, column / 2 * 2);
        let window =
            [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(down, right)| x[[map, corner.0 + down, corner.1 + right]]);
        dy[[map, row / 2, column / 2]] * share(x[[map, row, column]], &window)
    })
}

#[test]
fn wrong_ways_back_through_pooling_are_refused() {
    let is_largest = |x: f64, window: &[f64]| f64::from(u8::from(window.iter().all(|&other| other <= x)));
    assert!(!refused(&MaxPooling, |x, c| spread(x, c, is_largest)));
    assert!(refused(&MaxPooling, |x, c| spread(x, c, |_, _| 1.0)));
    assert!(refused(&MaxPooling, |x, c| spread(x, c, |_, _| 0.25)));
    assert!(refused(&MaxPooling, |x, c| spread(&-x, c, is_largest)), "the smallest");
    assert!(!refused(&AveragePooling, |x, c| spread(x, c, |_, _| 0.25)));
    assert!(refused(&AveragePooling, |x, c| spread(x, c, |_, _| 1.0)));
    assert!(refused(&AveragePooling, |x, c| spread(x, c, |_, _| 0.5)));
    // Second derivatives of an average are a sixteenth, not a quarter.
    let (x, c) = (waves((1, 2, 4)), waves((1, 1, 2)));
    let expected = second_by_differences(&AveragePooling, &x, &c);
    let by = |share: f64| flat_maps(&spread(&x, &c, |_, _| share));
    assert_eq!(compare(&by(1.0 / 16.0), &expected, TOLERANCE), Ok(()));
    assert!(compare(&by(0.25), &expected, TOLERANCE).is_err());
}

/// Where all are alike no difference tells which one is right: the sum of what comes back does not change.
#[test]
fn neither_all_nor_the_last_of_equal_ones_get_it() {
    let (x, dy) = (Array3::zeros((1, 2, 2)), Array3::from_elem((1, 1, 1), 3.0));
    assert_eq!(flat_maps(&bprop(&MaxPooling, &x, &dy)), [3.0, 0.0, 0.0, 0.0]);
}

#[test]
fn wrong_slopes_of_relu_are_refused() {
    assert!(refused(&Relu, |_, c| c.clone()), "1 everywhere");
    assert!(refused(&Relu, |x, c| c * &x.mapv(|x| f64::max(x, 0.0))), "the state itself");
    assert!(refused(&Relu, |x, c| c * &x.mapv(|x| if x > 0.0 { 1.0 } else { 0.01 })), "a leak");
}

#[test]
fn batch_normalisation_whose_moments_stand_still_is_refused() {
    let states =
        || vec![waves((2, 2, 3)), waves((2, 3, 2)).into_shape_with_order((2, 2, 3)).expect("a shape")];
    let mut layer = BatchNormalisation::new(2);
    assign(&mut layer, &[1.5, -0.7, 0.2, 0.1]);
    let mut batch = Batch { layer, x: states(), c: states() };
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
