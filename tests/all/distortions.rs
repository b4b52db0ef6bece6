//! Section III-B: distorted patterns are the patterns under the maps of the module's page; elastic distortions add
//! displacements.

use lenet5::Real;
use lenet5::section3::database::{BACKGROUND, FOREGROUND, place};
use lenet5::section3::database::{Patterns, embedded};
use lenet5::section3::distortions::{
    Amounts, Distortion, SCALE, SHEAR, SQUEEZE, TRANSLATION, place_distorted,
};
use lenet5::section3::presentation::{Distorted, Presentation};
use lenet5::today::elastic::{Bent, Displacements, NODES, place_bent};
use ndarray::{Array2, Array3, arr1, arr2};
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Rows and columns.
type Size = (usize, usize);

/// Images of many levels, most of them 0 or 255.
fn images() -> impl Strategy<Value = Array2<u8>> {
    images_of((28, 28))
}

fn images_of(size: Size) -> impl Strategy<Value = Array2<u8>> {
    let level = |byte: u8| match byte {
        0..102 => 0,
        102..153 => 255,
        _ => (byte - 153) * 2 + 25,
    };
    let bytes = proptest::collection::vec(any::<u8>(), size.0 * size.1);
    bytes.prop_map(move |bytes| Array2::from_shape_fn(size, |(y, x)| level(bytes[y * size.1 + x])))
}

fn sizes() -> impl Strategy<Value = Size> {
    (1..=40_usize, 1..=70_usize)
}

/// Distortions by five amounts up to `most`, half of them with a rotation.
fn distortions(most: f64) -> impl Strategy<Value = Distortion> {
    let amounts = proptest::array::uniform5(-most..=most);
    let rotation = prop_oneof![Just(0.0), -400.0..=400.0];
    (amounts, rotation).prop_map(|([rows, columns, scale, squeeze, shear], rotation)| Distortion {
        rows,
        columns,
        scale,
        squeeze,
        shear,
        rotation,
    })
}

fn distorted<R: Real>(image: &Array2<u8>, distortion: &Distortion) -> Array3<R> {
    distorted_on((32, 32), image, distortion)
}

fn distorted_on<R: Real>((rows, columns): Size, image: &Array2<u8>, distortion: &Distortion) -> Array3<R> {
    let mut input = Array3::from_elem((1, rows, columns), R::nan());
    place_distorted(image.view(), distortion, &mut input);
    input
}

fn placed<R: Real>(image: &Array2<u8>) -> Array3<R> {
    let mut input = Array3::from_elem((1, 32, 32), R::nan());
    place(image.view(), &mut input);
    input
}

fn bits<R: Real>(input: &Array3<R>) -> Vec<u64> {
    input.iter().map(|x| x.to_f64().expect("f32 and f64 are f64").to_bits()).collect()
}

fn within<R: Real>(input: &Array3<R>) -> bool {
    input.iter().all(|x| (R::of(BACKGROUND)..=R::of(FOREGROUND)).contains(x))
}

/// `V H R F Q S`, from the factors of scale and squeeze.
fn composed(d: &Distortion, scale: f64, squeeze: f64) -> Array2<f64> {
    let moved = arr2(&[[1.0, 0.0, d.rows], [0.0, 1.0, d.columns], [0.0, 0.0, 1.0]]);
    let (sin, cos) = (d.rotation * std::f64::consts::PI / 180.0).sin_cos();
    let turned = arr2(&[[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]]);
    let sheared = arr2(&[[1.0, 0.0, 0.0], [d.shear, 1.0, 0.0], [0.0, 0.0, 1.0]]);
    let squeezed = Array2::from_diag(&arr1(&[1.0 / squeeze, squeeze, 1.0]));
    let scaled = Array2::from_diag(&arr1(&[scale, scale, 1.0]));
    moved.dot(&turned).dot(&sheared).dot(&squeezed).dot(&scaled)
}

/// The image of a pattern, without the border.
fn middle(input: &Array3<f64>) -> Array2<u8> {
    Array2::from_shape_fn((28, 28), |(y, x)| {
        ((input[[0, y + 2, x + 2]] - BACKGROUND) * 255.0 / (FOREGROUND - BACKGROUND)).round() as u8
    })
}

/// The factor of an amount: 1.5 for 0.5, and its reciprocal for -0.5.
fn factor(amount: f64) -> f64 {
    (1.0 + amount.abs()).powf(amount.signum())
}

/// The distorted pattern on a plane of this size, pixel by pixel: each place is displaced by `moved`, mapped by the inverse of
/// the composed map, and interpolated from four pixels.
fn twin(size: Size, image: &Array2<u8>, d: &Distortion, moved: impl Fn(f64, f64) -> [f64; 2]) -> Array3<f64> {
    let map = composed(d, factor(d.scale), factor(d.squeeze));
    let area = map[[0, 0]] * map[[1, 1]] - map[[0, 1]] * map[[1, 0]];
    let middle = |pixels: usize| (pixels as f64 - 1.0) / 2.0;
    let (rows, columns) = image.dim();
    let grey = |y: f64, x: f64| {
        let inside = (0.0..rows as f64).contains(&y) && (0.0..columns as f64).contains(&x);
        if inside { f64::from(image[[y as usize, x as usize]]) } else { 0.0 }
    };
    Array3::from_shape_fn((1, size.0, size.1), |(_, y, x)| {
        let [y, x] = moved(y as f64, x as f64);
        let (y, x) = (y - middle(size.0) - map[[0, 2]], x - middle(size.1) - map[[1, 2]]);
        let row = middle(rows) + (map[[1, 1]] * y - map[[0, 1]] * x) / area;
        let column = middle(columns) + (map[[0, 0]] * x - map[[1, 0]] * y) / area;
        let (top, left) = (row.floor(), column.floor());
        let (down, right) = (row - top, column - left);
        let above = (1.0 - right) * grey(top, left) + right * grey(top, left + 1.0);
        let below = (1.0 - right) * grey(top + 1.0, left) + right * grey(top + 1.0, left + 1.0);
        BACKGROUND + (FOREGROUND - BACKGROUND) / 255.0 * ((1.0 - down) * above + down * below)
    })
}

/// The first pixel that differs from the expected one in either precision.
fn unequal((single, double): &(Array3<f32>, Array3<f64>), expected: &Array3<f64>) -> Option<String> {
    expected.indexed_iter().find_map(|(at, &expected)| {
        let wrong = (double[at] - expected).abs() >= 1e-6 || (f64::from(single[at]) - expected).abs() >= 3e-6;
        (wrong || double[at].is_nan() || single[at].is_nan())
            .then(|| format!("{at:?}: {} and {} for {expected}", single[at], double[at]))
    })
}

fn displacements(most: f64) -> impl Strategy<Value = Displacements> {
    let numbers = proptest::collection::vec([-most..=most, -most..=most], NODES * NODES);
    numbers.prop_map(|numbers| Displacements {
        nodes: std::array::from_fn(|row| std::array::from_fn(|column| numbers[row * NODES + column])),
    })
}

fn bent<R: Real>(image: &Array2<u8>, distortion: &Distortion, displacements: &Displacements) -> Array3<R> {
    bent_on((32, 32), image, distortion, displacements)
}

fn bent_on<R: Real>(
    (rows, columns): Size,
    image: &Array2<u8>,
    distortion: &Distortion,
    displacements: &Displacements,
) -> Array3<R> {
    let mut input = Array3::from_elem((1, rows, columns), R::nan());
    place_bent(image.view(), distortion, displacements, &mut input);
    input
}

/// The displacement by the formula of the page: the weight of a node depends on its distance in rows and in columns.
fn moved_by(size: Size, displacements: &Displacements) -> impl Fn(f64, f64) -> [f64; 2] {
    let near = |pixel: f64, pixels: usize, node: usize| {
        let away = (pixel * 4.0 / (pixels as f64 - 1.0) - node as f64).abs().min(1.0);
        1.0 - away * away * (3.0 - 2.0 * away)
    };
    move |y, x| {
        let mut moved = [y, x];
        for (row, nodes) in displacements.nodes.iter().enumerate() {
            for (column, node) in nodes.iter().enumerate() {
                let near = near(y, size.0, row) * near(x, size.1, column);
                moved.iter_mut().zip(node).for_each(|(to, by)| *to += near * by);
            }
        }
        moved
    }
}

#[test]
fn displacements_are_uniform_and_independent() {
    const DRAWS: usize = 400;
    let (pixels, mut random) = (1.5, ChaCha8Rng::seed_from_u64(5));
    let draws: Vec<f64> = (0..DRAWS)
        .flat_map(|_| Displacements::draw(pixels, &mut random).nodes.as_flattened().as_flattened().to_vec())
        .collect();
    assert!(draws.iter().all(|d| d.abs() <= pixels));
    let mean = |f: &dyn Fn(usize) -> f64| (0..draws.len() - 2).map(f).sum::<f64>() / (draws.len() - 2) as f64;
    // Within five standard deviations: the mean, the mean square, and the products of rows and columns and of neighbours.
    let within = 5.0 * pixels * pixels / (draws.len() as f64).sqrt();
    assert!(mean(&|n| draws[n]).abs() < within);
    assert!((mean(&|n| draws[n] * draws[n]) - pixels * pixels / 3.0).abs() < within);
    assert!(mean(&|n| draws[n] * draws[n + 1]).abs() < within);
    assert!(mean(&|n| draws[n] * draws[n + 2]).abs() < within);
}

#[test]
fn a_number_is_always_the_same_bent_pattern_and_without_bending_the_distorted_one() {
    let patterns: &Patterns = &embedded::digits(1).test;
    let shown = |presentation: &dyn Presentation<f32>, number| {
        let mut input = Array3::from_elem((1, 32, 32), f32::NAN);
        (presentation.show(number, &mut input), input)
    };
    let (strength, seed) = (0.75, 3);
    let amounts = Amounts::Strength(strength);
    let with = |pixels, seed| Bent { patterns, amounts, pixels, seed };
    for number in [patterns.len(), 2 * patterns.len() + 5] {
        let (label, input) = shown(&with(1.2, seed), number);
        assert!(
            shown(&with(1.2, seed), number) == (label, input.clone())
                && label == patterns.label(number % patterns.len())
        );
        let (_, plain) = shown(&Distorted { patterns, amounts, seed }, number);
        let (_, straight) = shown(&with(0.0, seed), number);
        let apart =
            |a: &Array3<f32>, b: &Array3<f32>| (a - b).mapv(f32::abs).fold(0.0, |a: f32, &b| a.max(b));
        assert!(apart(&plain, &straight) < 1e-5);
        assert!(
            apart(&plain, &input) > 0.1 && apart(&input, &shown(&with(1.2, 4), number).1) > 0.1,
            "the control"
        );
    }
}

proptest! {
    #[test]
    fn a_pattern_that_is_not_distorted_is_the_pattern(image in images()) {
        prop_assert_eq!(Distortion::NONE, Distortion::default());
        prop_assert_eq!(bits(&distorted::<f32>(&image, &Distortion::NONE)), bits(&placed::<f32>(&image)));
        prop_assert_eq!(bits(&distorted::<f64>(&image, &Distortion::NONE)), bits(&placed::<f64>(&image)));
    }

    #[test]
    fn whole_pixels_move_the_pattern_as_it_is(image in images(), rows in -33..=33_isize, columns in -33..=33_isize) {
        let pattern = placed::<f32>(&image);
        let moved = Array3::from_shape_fn(pattern.dim(), |(_, y, x)| {
            let from = (y.checked_add_signed(-rows), x.checked_add_signed(-columns));
            let from = from.0.zip(from.1).and_then(|(y, x)| pattern.get((0, y, x)));
            from.copied().unwrap_or(f32::of(BACKGROUND))
        });
        let translation = Distortion { rows: rows as f64, columns: columns as f64, ..Distortion::NONE };
        prop_assert_eq!(bits(&distorted::<f32>(&image, &translation)), bits(&moved));
    }

    #[test]
    fn every_pixel_looks_up_where_it_came_from(image in images(), distortion in distortions(2.0)) {
        let expected = twin((32, 32), &image, &distortion, |y, x| [y, x]);
        let found = (distorted::<f32>(&image, &distortion), distorted::<f64>(&image, &distortion));
        prop_assert_eq!(unequal(&found, &expected), None);
    }

    /// LeNet-1's plane is as large as the image, which is reduced.
    #[test]
    fn any_image_on_any_plane(
        (image, plane) in prop_oneof![
            (images(), Just((28, 28))),
            (sizes().prop_flat_map(images_of), sizes()),
        ],
        distortion in prop_oneof![distortions(1.0), Just(Distortion { scale: -0.25, ..Distortion::NONE })],
        displacements in displacements(6.0),
    ) {
        let expected = twin(plane, &image, &distortion, |y, x| [y, x]);
        let found = (distorted_on(plane, &image, &distortion), distorted_on(plane, &image, &distortion));
        prop_assert_eq!(unequal(&found, &expected), None);
        if plane.0 > 1 && plane.1 > 1 {
            let expected = twin(plane, &image, &distortion, moved_by(plane, &displacements));
            let bent = (
                bent_on(plane, &image, &distortion, &displacements),
                bent_on(plane, &image, &distortion, &displacements),
            );
            prop_assert_eq!(unequal(&bent, &expected), None);
        }
    }

    #[test]
    fn pixels_move_by_the_displacements_of_the_nodes(
        image in images(),
        distortion in distortions(1.0),
        displacements in displacements(6.0),
        node in proptest::array::uniform3(0..NODES - 1),
    ) {
        let expected = twin((32, 32), &image, &distortion, moved_by((32, 32), &displacements));
        let found = (bent::<f32>(&image, &distortion, &displacements), bent(&image, &distortion, &displacements));
        prop_assert_eq!(unequal(&found, &expected), None);
        // The control: another displacement of one inner node changes the pattern.
        let mut other = displacements;
        other.nodes[node[0].max(1)][node[1].max(1)][node[2] % 2] += 3.0;
        let spoilt = twin((32, 32), &image, &distortion, moved_by((32, 32), &other));
        let same = spoilt.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-3);
        prop_assert!(same || unequal(&found, &spoilt).is_some());
    }

    #[test]
    fn all_nodes_alike_are_a_translation(image in images(), d in distortions(1.0), by in [-3.0..3.0, -3.0..3.0]) {
        let moved = Distortion { rows: d.rows - by[0], columns: d.columns - by[1], ..d };
        let expected = distorted::<f64>(&image, &moved);
        let displacements = Displacements { nodes: [[by; NODES]; NODES] };
        let found = (bent::<f32>(&image, &d, &displacements), bent(&image, &d, &displacements));
        prop_assert_eq!(unequal(&found, &expected), None);
    }

    #[test]
    fn a_quarter_of_a_turn_moves_pixels_as_they_are_and_four_give_the_image_back(image in images()) {
        let quarter = Distortion { rotation: 90.0, ..Distortion::NONE };
        let turned = |image: &Array2<u8>| middle(&distorted::<f64>(image, &quarter));
        let once = turned(&image);
        prop_assert_eq!(&once, &Array2::from_shape_fn((28, 28), |(y, x)| image[[27 - x, y]]));
        prop_assert_eq!(turned(&turned(&turned(&once))), image);
    }

    #[test]
    fn turning_is_undone_by_turning_back(rotation in -180.0..=180.0_f64) {
        // Interpolation changes a smooth blob only little.
        let blob = Array2::from_shape_fn((28, 28), |(y, x)| {
            let square = (y as f64 - 11.0).powi(2) / 20.0 + (x as f64 - 15.0).powi(2) / 8.0;
            (255.0 * (-0.5 * square).exp()).round() as u8
        });
        let turned = |image: &Array2<u8>, rotation| {
            middle(&distorted::<f64>(image, &Distortion { rotation, ..Distortion::NONE }))
        };
        let back = turned(&turned(&blob, rotation), -rotation);
        prop_assert!(blob.iter().zip(&back).all(|(a, b)| a.abs_diff(*b) < 20), "{blob} became {back}");
    }

    #[test]
    fn no_state_leaves_the_interval(
        image in images(),
        distortion in prop_oneof![distortions(0.5), distortions(20.0), distortions(1e300)],
    ) {
        prop_assert!(within(&distorted::<f32>(&image, &distortion)));
        prop_assert!(within(&distorted::<f64>(&image, &distortion)));
    }

    #[test]
    fn more_ink_makes_no_state_lighter(image in images(), more in images(), distortion in distortions(0.5)) {
        let darker = Array2::from_shape_fn(image.dim(), |at| image[at].max(more[at]));
        let (image, darker) = (distorted::<f32>(&image, &distortion), distorted::<f32>(&darker, &distortion));
        prop_assert!(image.iter().zip(&darker).all(|(a, b)| *a <= b + 1e-6));
    }
}

/// The amount of ink, its centre relative to the middle of the plane, and its covariance: of rows, of both, of columns.
fn moments(input: &Array3<f64>) -> (f64, [f64; 2], [f64; 3]) {
    let sum = |f: &dyn Fn(f64, f64) -> f64| {
        let weighted =
            |((_, y, x), state): (_, &f64)| (state - BACKGROUND) * f(y as f64 - 15.5, x as f64 - 15.5);
        input.indexed_iter().map(weighted).sum::<f64>()
    };
    let ink = sum(&|_, _| 1.0);
    let (row, column) = (sum(&|y, _| y) / ink, sum(&|_, x| x) / ink);
    let spread = [
        sum(&|y, _| (y - row).powi(2)) / ink,
        sum(&|y, x| (y - row) * (x - column)) / ink,
        sum(&|_, x| (x - column).powi(2)) / ink,
    ];
    (ink, [row, column], spread)
}

/// Asserts that `map` carries a blob, neither round nor in the middle, to the expected centre and covariance.
fn carries(distortion: Distortion, map: &Array2<f64>) {
    let square = |pixels: f64, width: f64| (pixels / width).powi(2);
    let level = |y, x| 255.0 * (-0.5 * (square(y as f64 - 16.5, 2.5) + square(x as f64 - 11.5, 1.8))).exp();
    let image = Array2::from_shape_fn((28, 28), |(y, x)| level(y, x).round() as u8);
    let (ink, [row, column], [tall, slanted, wide]) = moments(&placed(&image));
    let linear = Array2::from_shape_fn((2, 2), |at| map[at]);
    let spread = linear.dot(&arr2(&[[tall, slanted], [slanted, wide]])).dot(&linear.t());
    let (area, to) =
        (map[[0, 0]] * map[[1, 1]] - map[[0, 1]] * map[[1, 0]], map.dot(&arr1(&[row, column, 1.0])));

    let found = moments(&distorted(&image, &distortion));
    assert!((found.0 / ink / area - 1.0).abs() < 0.01, "{distortion:?}: {} times the ink", found.0 / ink);
    let off = (found.1[0] - to[0]).abs().max((found.1[1] - to[1]).abs());
    assert!(off < 0.03, "{distortion:?}: centre {:?}, expected {to}", found.1);
    // Interpolation blurs, and increases the variance by up to a quarter of a pixel squared.
    for (found, expected) in found.2.into_iter().zip([spread[[0, 0]], spread[[0, 1]], spread[[1, 1]]]) {
        assert!((found - expected).abs() < 0.4, "{distortion:?}: spread {found}, expected {expected}");
    }
}

#[test]
fn each_kind_has_its_matrix() {
    let none = Distortion::NONE;
    let carries = |distortion, [above, below]: [[f64; 3]; 2]| {
        carries(distortion, &arr2(&[above, below, [0.0, 0.0, 1.0]]));
    };
    carries(none, [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]);
    carries(Distortion { rows: 1.6, ..none }, [[1.0, 0.0, 1.6], [0.0, 1.0, 0.0]]);
    carries(Distortion { rows: -1.6, ..none }, [[1.0, 0.0, -1.6], [0.0, 1.0, 0.0]]);
    carries(Distortion { columns: 2.3, ..none }, [[1.0, 0.0, 0.0], [0.0, 1.0, 2.3]]);
    carries(Distortion { columns: -2.3, ..none }, [[1.0, 0.0, 0.0], [0.0, 1.0, -2.3]]);
    carries(Distortion { scale: 0.25, ..none }, [[1.25, 0.0, 0.0], [0.0, 1.25, 0.0]]);
    carries(Distortion { scale: -0.25, ..none }, [[0.8, 0.0, 0.0], [0.0, 0.8, 0.0]]);
    carries(Distortion { squeeze: 0.25, ..none }, [[0.8, 0.0, 0.0], [0.0, 1.25, 0.0]]);
    carries(Distortion { squeeze: -0.25, ..none }, [[1.25, 0.0, 0.0], [0.0, 0.8, 0.0]]);
    carries(Distortion { shear: 0.4, ..none }, [[1.0, 0.0, 0.0], [0.4, 1.0, 0.0]]);
    carries(Distortion { shear: -0.4, ..none }, [[1.0, 0.0, 0.0], [-0.4, 1.0, 0.0]]);
    let (far, near) = (0.75_f64.sqrt(), 0.5);
    carries(Distortion { rotation: 60.0, ..none }, [[near, far, 0.0], [-far, near, 0.0]]);
    carries(Distortion { rotation: -30.0, ..none }, [[far, -near, 0.0], [near, far, 0.0]]);
}

#[test]
fn the_kinds_are_composed_in_the_order_written() {
    let distortion =
        Distortion { rows: -1.5, columns: 1.2, scale: 0.25, squeeze: -0.1, shear: 0.4, rotation: 0.0 };
    carries(distortion, &composed(&distortion, 1.25, 1.0 / 1.1));
    let turned = Distortion { rotation: 25.0, ..distortion };
    carries(turned, &composed(&turned, 1.25, 1.0 / 1.1));
    let distortion =
        Distortion { rows: 2.5, columns: -2.0, scale: -0.25, squeeze: 0.25, shear: -0.4, ..Distortion::NONE };
    carries(distortion, &composed(&distortion, 0.8, 1.25));
}

const AMPLITUDES: [f64; 5] = [TRANSLATION, TRANSLATION, SCALE, SQUEEZE, SHEAR];

/// The five amounts of 4,000 draws.
fn draws(strength: f64, seed: u64) -> Vec<[f64; 5]> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let amounts = |d: Distortion| {
        assert_eq!(d.rotation, 0.0, "the paper's copies are not rotated");
        [d.rows, d.columns, d.scale, d.squeeze, d.shear]
    };
    (0..4000).map(|_| amounts(Distortion::draw(strength, &mut random))).collect()
}

#[test]
fn amounts_are_drawn_evenly_from_one_end_to_the_other() {
    for strength in [0.3, 1.0, 2.0] {
        for (kind, amplitude) in AMPLITUDES.into_iter().enumerate() {
            let mut parts: Vec<f64> =
                draws(strength, 1).iter().map(|amounts| amounts[kind] / (strength * amplitude)).collect();
            parts.sort_unstable_by(f64::total_cmp);
            assert!(parts[0] >= -1.0 - 1e-12 && parts[3999] <= 1.0 + 1e-12, "kind {kind} goes too far");
            // By Kolmogorov, once in a million samples the largest difference is above 2.7 / √4000 of the range.
            let uneven = parts.iter().zip(0..).map(|(part, i)| (part + 1.0 - f64::from(i) / 2000.0).abs());
            assert!(uneven.fold(0.0, f64::max) < 2.0 * 0.043, "kind {kind} is not uniform");
            assert!(parts[0] < -0.99 && parts[3999] > 0.99, "kind {kind} does not reach its ends");
        }
    }
}

#[test]
fn the_five_amounts_are_drawn_independently() {
    let draws = draws(1.0, 2);
    for (a, b) in (0..5).flat_map(|b| (0..b).map(move |a| (a, b))) {
        let products = draws.iter().map(|amounts| amounts[a] / AMPLITUDES[a] * amounts[b] / AMPLITUDES[b]);
        // Five standard deviations: a third each, over √4000.
        assert!((products.sum::<f64>() / 4000.0).abs() < 5.0 / 3.0 / 4000_f64.sqrt(), "kinds {a} and {b}");
    }
}

#[test]
fn a_stream_gives_the_same_draws_and_no_strength_gives_none() {
    assert_eq!(draws(1.0, 3), draws(1.0, 3));
    assert_ne!(draws(1.0, 3), draws(1.0, 4));
    assert!(draws(0.0, 3).iter().flatten().all(|&amount| amount == 0.0));
}
