//! Drawn digits are read: normalisation gives them the size, the place and the stroke width of MNIST.
//!
//! The table of deviation 22: `cargo test --test all draw::strokes -- --nocapture`.

use super::pen::{Drawing, PEN, drawings};
use super::real_mnist;
use lenet5::experiment::Model;
use lenet5::section3::database::mnist;
use lenet5::section3::database::normalisation::normalise;
use lenet5::section3::database::place;
use ndarray::{Array2, Array3, ArrayView2, Axis, Slice};
use std::path::Path;

/// A way to turn a canvas into 28 x 28 pixels.
type Way = fn(&Array2<u8>) -> Array2<u8>;

/// The page's normalisation.
fn normalised(canvas: &Array2<u8>) -> Array2<u8> {
    normalise(canvas.view()).unwrap()
}

/// Normalisation without the thinning of deviation 22: an image that already fits the box is not thinned.
fn with_strokes_as_they_are(canvas: &Array2<u8>) -> Array2<u8> {
    let lines = |axis| {
        let inked: Vec<_> =
            canvas.axis_iter(Axis(axis)).map(|line| line.iter().any(|&grey| grey > 0)).collect();
        Slice::from(
            inked.iter().position(|&ink| ink).unwrap()..inked.iter().rposition(|&ink| ink).unwrap() + 1,
        )
    };
    normalised(&means(canvas.slice_axis(Axis(0), lines(0)).slice_axis(Axis(1), lines(1)), 20))
}

/// The whole canvas scaled, without the steps of III-A.
fn only_scaled(canvas: &Array2<u8>) -> Array2<u8> {
    means(canvas.view(), 28)
}

/// The image scaled so that its longer side has `side` pixels, each the mean of 16 x 16 places in it.
fn means(image: ArrayView2<u8>, side: usize) -> Array2<u8> {
    let longer = image.nrows().max(image.ncols());
    let fitted = |length: usize| ((2 * length * side + longer) / (2 * longer)).max(1);
    let (rows, columns) = (fitted(image.nrows()), fitted(image.ncols()));
    let at = |of: usize, k: usize, n: usize| (2 * k + 1) * of / (32 * n);
    Array2::from_shape_fn((rows, columns), |(y, x)| {
        let places = (0..256)
            .map(|k| [at(image.nrows(), 16 * y + k / 16, rows), at(image.ncols(), 16 * x + k % 16, columns)]);
        (places.map(|place| u32::from(image[place])).sum::<u32>() / 256) as u8
    })
}

/// Both built-in networks.
struct Readers(Vec<Model>);

impl Readers {
    fn new() -> Self {
        Self(["rbf", "softmax"].map(|name| Model::find(Path::new(name)).unwrap()).into())
    }

    /// The number of these drawings that each network gets wrong.
    fn wrong(&self, drawings: &[Drawing], pen: f64, way: Way) -> Vec<usize> {
        let patterns: Vec<_> = drawings.iter().map(|d| (d.digit, pattern(&way(&d.draw(pen))))).collect();
        let wrong = |model: &Model| patterns.iter().filter(|(digit, x)| answer(model, x) != *digit).count();
        self.0.iter().map(wrong).collect()
    }
}

fn pattern(image: &Array2<u8>) -> Array3<f32> {
    let mut pattern = Array3::zeros((1, 32, 32));
    place(image.view(), &mut pattern);
    pattern
}

fn answer(model: &Model, pattern: &Array3<f32>) -> usize {
    model.fprop(pattern).output.nearest()
}

/// Measured: with half, one and two times the pen's width both networks read all ten digits and all 33 drawings.
#[test]
fn every_recorded_digit_is_read() {
    let (readers, all) = (Readers::new(), drawings());
    assert_eq!(all[..10].iter().map(|d| d.digit).collect::<Vec<_>>(), (0..10).collect::<Vec<_>>());
    for pen in [PEN / 2.0, PEN, 2.0 * PEN] {
        let (ten, every) = (readers.wrong(&all[..10], pen, normalised), readers.wrong(&all, pen, normalised));
        println!("pen {pen}: {ten:?} of 10 and {every:?} of {} wrong by rbf and softmax", all.len());
        assert!(ten.iter().all(|&wrong| wrong <= 1), "pen {pen}: {ten:?} of 10");
        assert!(every.iter().all(|&wrong| wrong <= 1), "pen {pen}: {every:?} of {}", all.len());
    }
}

/// The recorded digits fill the canvas, so they are read even if the canvas is only scaled to 28 x 28. Half as large and in a
/// corner they are not read; measured: 26 and 29 of 33 wrong.
#[test]
fn without_normalisation_a_digit_in_a_corner_is_not_read() {
    let readers = Readers::new();
    let small: Vec<_> = drawings().iter().map(|d| d.in_corner(90.0, PEN)).collect();
    let (with, without) = (readers.wrong(&small, PEN, normalised), readers.wrong(&small, PEN, only_scaled));
    println!("{with:?} of {} wrong by rbf and softmax; only scaled {without:?}", small.len());
    assert!(
        with.iter().all(|&wrong| wrong <= 1) && without.iter().all(|&wrong| wrong >= 20),
        "{with:?}, {without:?}"
    );
}

/// Wide pens and small digits: the table of deviation 22.
#[test]
fn wide_strokes_are_thinned() {
    let (readers, all) = (Readers::new(), drawings());
    let mut sums = [[0; 2]; 2];
    println!("wrong of {} by rbf and softmax, as they are -> thinned", all.len());
    for side in [40.0, 60.0, 90.0, 130.0] {
        for pen in [11.0, 16.0, 22.0, 29.0, 36.0] {
            let small: Vec<_> = all.iter().map(|d| d.in_corner(side, pen)).collect();
            let wrong =
                [with_strokes_as_they_are as Way, normalised].map(|way| readers.wrong(&small, pen, way));
            println!("longer side {side}, pen {pen}: {:?} -> {:?}", wrong[0], wrong[1]);
            for (sum, wrong) in sums.iter_mut().flatten().zip(wrong.iter().flatten()) {
                *sum += wrong;
            }
            // No drawing that was read before is misread now.
            let worse = wrong[0].iter().zip(&wrong[1]).filter(|(before, after)| *after > &(*before + 1));
            assert_eq!(worse.count(), 0, "longer side {side}, pen {pen}: {wrong:?}");
        }
    }
    println!("all: {:?} -> {:?}", sums[0], sums[1]);
    assert!(sums[1].iter().zip(sums[0]).all(|(&after, before)| 2 * after < before), "{sums:?}");
}

/// Enlarged patterns of MNIST are treated as drawings, and some of their strokes are thinned. Measured: 260 of the 10,000 test
/// patterns change; the networks misread 83 and 114 of all, instead of 82 and 113.
#[test]
#[ignore = "needs MNIST: MNIST_DIR=DIR cargo test mnist -- --ignored"]
fn mnist_enlarged_is_read_as_before() {
    let (readers, test) = (Readers::new(), mnist::load(&real_mnist::folder()).unwrap().test);
    let (mut changed, mut wrong) = (0, [[0; 2]; 2]);
    for p in 0..test.len() {
        let image = test.image(p);
        let enlarged = Array2::from_shape_fn((224, 224), |(y, x)| image[[y / 8, x / 8]]);
        let again = normalised(&enlarged);
        changed += usize::from(again != image);
        for (image, wrong) in [&image.to_owned(), &again].into_iter().zip(&mut wrong) {
            for (model, wrong) in readers.0.iter().zip(wrong) {
                *wrong += usize::from(answer(model, &pattern(image)) != test.label(p));
            }
        }
    }
    println!("{changed} changed; wrong by rbf and softmax: {:?} -> {:?}", wrong[0], wrong[1]);
    assert!(changed < 300, "{changed}");
    assert!(wrong[1].iter().zip(wrong[0]).all(|(&after, before)| after <= before + 5), "{wrong:?}");
}
