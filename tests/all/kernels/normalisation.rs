//! Sums over maps, and affine functions of their units, on maps of LeNet-5's layers and on any other.

use super::draw::{cases, values};
use super::{Sum, exactly, rounded, unexplained, waves};
use lenet5::Real;
use lenet5::kernels::normalisation as kernel;
use proptest::prelude::*;

/// Some maps: `x` and `dy` of all maps, and three numbers for each map.
#[derive(Clone, Debug)]
struct Case {
    x: Vec<f64>,
    dy: Vec<f64>,
    of_maps: [Vec<f64>; 3],
}

/// The first number of a kernel for `fast` that differs from the formula for `slow`.
fn unequal<R: Real>(fast: &Case, slow: &Case) -> Option<String> {
    let (x, dy) = (rounded::<R>(&fast.x), rounded::<R>(&fast.dy));
    let [means, scales, shifts] = fast.of_maps.each_ref().map(|v| rounded::<R>(v));
    // States are overwritten; sums are added to the old values.
    let (mut sums, mut squares) = (means.clone(), scales.clone());
    let (mut slopes, mut moments) = (scales.clone(), shifts.clone());
    let (mut y, mut dx) = (vec![R::nan(); x.len()], dy.clone());
    kernel::add_sums(&x, &mut sums);
    kernel::add_squares(&x, &means, &mut squares);
    kernel::add_slopes(&x, &means, &dy, &mut slopes, &mut moments);
    kernel::affine(&x, &scales, &shifts, &mut y);
    kernel::affine_of_two(&x, [&means, &scales, &shifts], &mut dx);

    let (x, dy) = (exactly(&rounded::<R>(&slow.x)), exactly(&rounded::<R>(&slow.dy)));
    let [means, scales, shifts] = slow.of_maps.each_ref().map(|v| exactly(&rounded::<R>(v)));
    let before = |v: &[f64]| v.iter().map(|&v| Sum::of(v)).collect::<Vec<_>>();
    let (mut twin_sums, mut twin_squares) = (before(&means), before(&scales));
    let (mut twin_slopes, mut twin_moments) = (before(&scales), before(&shifts));
    let (mut twin_y, mut twin_dx) = (Vec::new(), Vec::new());
    for (unit, (x, dy)) in x.iter().zip(&dy).enumerate() {
        let map = unit * means.len() / fast.x.len();
        twin_sums[map].add(*x);
        twin_squares[map].add((x - means[map]) * (x - means[map]));
        twin_slopes[map].add(*dy);
        twin_moments[map].add(dy * (x - means[map]));
        let mut affine = Sum::of(shifts[map]);
        affine.add(scales[map] * x);
        twin_y.push(affine);
        affine.add(means[map] * dy);
        twin_dx.push(affine);
    }
    let pairs = [
        ("sums", sums, twin_sums),
        ("squares", squares, twin_squares),
        ("slopes", slopes, twin_slopes),
        ("moments", moments, twin_moments),
        ("affine", y, twin_y),
        ("affine of two", dx, twin_dx),
    ];
    pairs.iter().find_map(|(name, found, twin)| unexplained(name, found, twin))
}

/// So many maps of so many units.
fn maps(maps: usize, area: usize) -> impl Strategy<Value = Case> {
    let units = maps * area;
    (values(units), values(units), [values(maps), values(maps), values(maps)])
        .prop_map(|(x, dy, of_maps)| Case { x, dy, of_maps })
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn any_size(case in (1..=20_usize, 1..=150_usize).prop_flat_map(|(count, area)| maps(count, area))) {
        prop_assert_eq!(unequal::<f32>(&case, &case), None, "f32");
        prop_assert_eq!(unequal::<f64>(&case, &case), None, "f64");
    }
}

proptest! {
    #![proptest_config(cases(32))]

    /// C1, C3, C5 and F6.
    #[test]
    fn lenet5(
        case in prop::sample::select(vec![(6_usize, 784_usize), (16, 100), (120, 1), (84, 1)])
            .prop_flat_map(|(count, area)| maps(count, area))
    ) {
        prop_assert_eq!(unequal::<f32>(&case, &case), None, "f32");
        prop_assert_eq!(unequal::<f64>(&case, &case), None, "f64");
    }
}

#[test]
fn results_of_another_case_are_refused() {
    for area in [1, 37, 784] {
        let of_maps = [waves(2), vec![0.7, -0.3], vec![0.1, 0.2]];
        let case = Case { x: waves(2 * area), dy: waves(4 * area).split_off(2 * area), of_maps };
        assert_eq!(unequal::<f32>(&case, &case), None);
        let refused = |spoil: fn(&mut Case)| {
            let mut other = case.clone();
            spoil(&mut other);
            unequal::<f32>(&case, &other).is_some()
        };
        assert!(refused(|other| other.x[0] += 1e-2));
        assert!(refused(|other| *other.x.last_mut().expect("a unit") += 1e-2));
        assert!(refused(|other| other.dy[0] += 1e-2));
        assert!(refused(|other| *other.dy.last_mut().expect("a unit") += 1e-2));
        assert!(refused(|other| other.of_maps.iter_mut().for_each(|v| v.reverse())));
        assert!(refused(|other| other.of_maps[0][1] = 0.0));
        assert!(refused(|other| other.of_maps[1][0] += 1e-3));
        assert!(refused(|other| other.of_maps[2][1] += 1e-3));
    }
}
