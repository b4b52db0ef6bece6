//! Section III-A: any image of a character is normalised like those of MNIST.

use crate::common::real_mnist;
use lenet5::section3::database::embedded::digits;
use lenet5::section3::database::mnist;
use lenet5::section3::database::normalisation::{BOX, NormalisationError, normalise};
use ndarray::{Array2, ArrayView1, ArrayView2, Axis};
use proptest::prelude::*;

/// Images of any size and any bytes, most of them paper.
fn images() -> impl Strategy<Value = Array2<u8>> {
    (1..50_usize, 1..50_usize).prop_flat_map(|(rows, columns)| {
        let level = prop_oneof![3 => Just(0), 1 => any::<u8>()];
        let bytes = proptest::collection::vec(level, rows * columns);
        bytes.prop_map(move |bytes| {
            Array2::from_shape_vec((rows, columns), bytes).expect("as many bytes as pixels")
        })
    })
}

/// Images with ink.
fn inked() -> impl Strategy<Value = Array2<u8>> {
    images().prop_filter("no ink", |image| image.iter().any(|&grey| grey > 0))
}

/// `image` somewhere on a larger sheet of paper.
fn moved(image: &Array2<u8>, down: usize, right: usize) -> Array2<u8> {
    let mut sheet = Array2::zeros((image.nrows() + down + 3, image.ncols() + right + 2));
    image.indexed_iter().for_each(|((y, x), &grey)| sheet[[y + down, x + right]] = grey);
    sheet
}

/// First line with ink and number of lines from there to the last one, along an axis.
fn extent(image: ArrayView2<u8>, axis: usize) -> (usize, usize) {
    let inked: Vec<_> = image.axis_iter(Axis(axis)).map(|line| line.iter().any(|&grey| grey > 0)).collect();
    let first = inked.iter().position(|&ink| ink).expect("some ink");
    let last = inked.iter().rposition(|&ink| ink).expect("some ink");
    (first, last + 1 - first)
}

/// Centre of mass along an axis, in pixels from the edge.
fn centre(image: ArrayView2<u8>, axis: usize) -> f64 {
    let mass = |line: ArrayView1<u8>| line.iter().map(|&grey| f64::from(grey)).sum::<f64>();
    let lines = || image.axis_iter(Axis(axis)).map(mass);
    lines().zip(0..).map(|(ink, i)| ink * (f64::from(i) + 0.5)).sum::<f64>() / lines().sum::<f64>()
}

/// The largest difference between two images, in grey levels.
fn difference(a: &Array2<u8>, b: &Array2<u8>) -> u8 {
    a.iter().zip(b).map(|(&a, &b)| a.abs_diff(b)).max().expect("images have pixels")
}

proptest! {
    #[test]
    fn every_image_fits_the_box_and_loses_no_ink_at_the_edge(rows in 1..50_usize, columns in 1..50_usize, image in inked()) {
        // Solid corners, so that no line of the box can fade to paper.
        let mut image = image;
        let (last_row, last_column) = (image.nrows() - 1, image.ncols() - 1);
        image[[0, 0]] = 255;
        image[[last_row, last_column]] = 255;
        let field = normalise(moved(&image, rows, columns).view()).expect("there is ink");
        prop_assert_eq!(field.dim(), (28, 28));
        prop_assert_eq!(extent(field.view(), 0).1.max(extent(field.view(), 1).1), BOX);
    }

    #[test]
    fn the_centre_of_mass_lies_in_the_pixel_at_the_centre_unless_the_edge_stops_it(image in inked()) {
        let field = normalise(image.view()).expect("there is ink");
        for axis in [0, 1] {
            let (centre, (first, length)) = (centre(field.view(), axis), extent(field.view(), axis));
            let stopped = first == 0 && centre > 14.5 || first + length == 28 && centre < 14.5;
            prop_assert!((centre - 14.5).abs() <= 0.5 || stopped, "centre of mass at {centre}, axis {axis}");
        }
    }

    #[test]
    fn the_place_on_the_sheet_does_not_matter(image in images(), down in 0..30_usize, right in 0..30_usize) {
        prop_assert_eq!(normalise(image.view()).ok(), normalise(moved(&image, down, right).view()).ok());
    }

    #[test]
    fn the_size_does_not_matter(image in inked()) {
        let twice = Array2::from_shape_fn((2 * image.nrows(), 2 * image.ncols()), |(y, x)| image[[y / 2, x / 2]]);
        let (once, twice) = (normalise(image.view()).expect("ink"), normalise(twice.view()).expect("ink"));
        // Rounding may move a centre of mass that lies on the border of two pixels from one to the other.
        let shift = |axis| (centre(once.view(), axis) - centre(twice.view(), axis)).abs();
        prop_assert!(difference(&once, &twice) <= 1 || shift(0).max(shift(1)) > 0.9 && shift(0).max(shift(1)) < 1.1);
    }

    #[test]
    fn the_aspect_ratio_is_kept(rows in 1..200_usize, columns in 1..200_usize) {
        let edge = |(y, x)| y == 0 || x == 0 || y + 1 == rows || x + 1 == columns;
        let frame = Array2::from_shape_fn((rows, columns), |at| if edge(at) { 255 } else { 0 });
        let field = normalise(frame.view()).expect("there is ink");
        let scale = BOX as f64 / rows.max(columns) as f64;
        for (axis, side) in [(0, rows), (1, columns)] {
            let wanted = (side as f64 * scale).max(1.0);
            prop_assert!((extent(field.view(), axis).1 as f64 - wanted).abs() <= 0.5, "axis {axis}, {wanted} wanted");
        }
    }

    #[test]
    fn a_full_rectangle_has_no_grey(rows in 1..BOX, columns in 1..BOX) {
        let field = normalise(Array2::from_elem((rows, columns), 255).view()).expect("there is ink");
        prop_assert!(field.iter().all(|&grey| grey == 0 || grey >= 254));
    }

    #[test]
    fn wide_strokes_come_out_four_pixels_wide(side in 80..600_usize, per_cent in 10..30_usize) {
        // A frame drawn with a square pen: a row in the middle crosses two strokes.
        let pen = side * per_cent / 100;
        let inked = |k: usize| k < pen || k >= side - pen;
        let frame = Array2::from_shape_fn((side, side), |(y, x)| if inked(y) || inked(x) { 255 } else { 0 });
        let field = normalise(frame.view()).expect("there is ink");
        let across = field.row(14).iter().map(|&grey| f64::from(grey) / 255.0).sum::<f64>();
        let wanted = (2.0 * BOX as f64 * pen as f64 / side as f64).min(2.0 * 4.0);
        prop_assert!((across - wanted).abs() < 0.5, "{across} of ink across, {wanted} wanted");
    }
}

#[test]
fn a_normalised_digit_is_left_as_it_is() {
    let patterns = digits(3).test;
    for p in 0..patterns.len() {
        let again = normalise(patterns.image(p)).expect("a digit has ink");
        assert_eq!(again, patterns.image(p), "pattern {p}");
    }
}

#[test]
fn a_sheet_without_ink_is_refused() {
    for (rows, columns) in [(0, 0), (0, 7), (7, 0), (1, 1), (28, 28)] {
        let blank = Array2::zeros((rows, columns));
        assert_eq!(normalise(blank.view()), Err(NormalisationError::NoInk { rows, columns }));
    }
    let message = NormalisationError::NoInk { rows: 3, columns: 4 }.to_string();
    assert_eq!(message, "no ink in the image of 3 x 4 pixels: draw a digit, dark on light or light on dark");
}

#[test]
fn a_hairline_on_a_large_canvas_stays_black() {
    let line = Array2::from_shape_fn((900, 900), |(y, x)| if x == 300 + y / 3 { 200 } else { 0 });
    let darkest = normalise(line.view()).expect("there is ink").iter().copied().max();
    assert!(darkest >= Some(254), "{darkest:?}");
}

#[test]
fn a_box_too_heavy_on_one_side_stops_at_the_edge() {
    // A thin stem on a broad foot: if it were centred, three rows of the stem would leave the field.
    let stem = Array2::from_shape_fn((20, 20), |(y, x)| if y >= 16 || x == 0 { 255 } else { 0 });
    let field = normalise(stem.view()).expect("there is ink");
    assert_eq!(extent(field.view(), 0), (0, 20));
    assert!(centre(field.view(), 0) > 15.0);
    assert_eq!(field.iter().map(|&grey| u32::from(grey)).sum::<u32>(), 255 * (4 * 20 + 16));
}

/// The width of the strokes: twice the ink divided by the length of its outline, the sum of all changes of grey level.
fn stroke_width(image: ArrayView2<u8>) -> f64 {
    let sheet = moved(&image.to_owned(), 1, 1).mapv(f64::from);
    let slope = |around: ArrayView2<f64>| {
        let [a, b, c, d] = [(0, 0), (0, 1), (1, 0), (1, 1)].map(|at| around[at]);
        ((b + d - a - c) / 2.0).hypot((c + d - a - b) / 2.0)
    };
    2.0 * sheet.sum() / sheet.windows((2, 2)).into_iter().map(slope).sum::<f64>()
}

#[test]
#[ignore = "needs MNIST: MNIST_DIR=DIR cargo test mnist -- --ignored"]
fn images_of_mnist_stay_as_they_are() {
    let patterns = mnist::load(&real_mnist::folder()).unwrap().train;
    let same = |&p: &usize| normalise(patterns.image(p)).unwrap() == patterns.image(p);
    assert_eq!((0..patterns.len()).filter(same).count(), 59_986);

    let mut widths: Vec<_> = (0..patterns.len()).map(|p| stroke_width(patterns.image(p))).collect();
    widths.sort_by(f64::total_cmp);
    let [first, median, third] = [1, 2, 3].map(|quarter| widths[quarter * widths.len() / 4]);
    println!("strokes of MNIST: {median:.2} pixels in the median, {first:.2} and {third:.2} the quarters");
    assert!(first > 2.1 && (2.45..2.5).contains(&median) && third < 2.95, "{first} {median} {third}");
}
