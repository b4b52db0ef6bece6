//! The three forms of images: regular, deslanted, 16 x 16.

use lenet5::section3::classifiers::Images;
use lenet5::section3::database::embedded;
use lenet5::section3::database::normalisation::{deslanted, sixteen};
use ndarray::{Array2, ArrayView2};

/// The slope of the principal axis from the upright, from the definition of the moments.
fn slope(image: ArrayView2<u8>) -> f64 {
    let mass: f64 = image.iter().map(|&grey| f64::from(grey)).sum();
    let mean = |of: fn(f64, f64) -> f64| {
        image.indexed_iter().map(|((y, x), &grey)| f64::from(grey) * of(y as f64, x as f64)).sum::<f64>()
            / mass
    };
    let (y, x) = (mean(|y, _| y), mean(|_, x| x));
    (mean(|y, x| y * x) - y * x) / (mean(|y, _| y * y) - y * y)
}

/// A thick stroke that leans by `lean` columns for each row.
fn stroke(lean: f64) -> Array2<u8> {
    Array2::from_shape_fn((28, 28), |(y, x)| {
        let middle = 14.0 + lean * (y as f64 - 13.5);
        if (4..24).contains(&y) && (x as f64 - middle).abs() < 2.0 { 255 } else { 0 }
    })
}

#[test]
fn the_principal_axis_becomes_upright() {
    for lean in [-0.4, -0.2, 0.0, 0.3, 0.5] {
        let found = slope(deslanted(stroke(lean).view()).view());
        assert!(found.abs() < 0.02, "a stroke with slope {lean} keeps {found}");
    }
    let digits = embedded::digits(5).test.range(0..200);
    let slopes = |image: &dyn Fn(usize) -> Array2<u8>| {
        (0..digits.len()).map(|p| slope(image(p).view()).abs()).sum::<f64>() / digits.len() as f64
    };
    let (before, after) = (slopes(&|p| digits.image(p).to_owned()), slopes(&|p| deslanted(digits.image(p))));
    assert!(after < 0.03 && before > 2.0 * after, "mean slopes {before} and {after}");
}

#[test]
fn rows_move_and_ink_stays() {
    for p in 0..50 {
        let digits = embedded::digits(5).test.range(0..50);
        let (image, moved) = (digits.image(p), deslanted(digits.image(p)));
        let ink = |image: ArrayView2<u8>| image.iter().map(|&grey| f64::from(grey)).sum::<f64>();
        let kept = ink(moved.view()) / ink(image);
        assert!((0.93..1.01).contains(&kept), "pattern {p}: {kept} of the ink");
    }
    // An upright stroke stays as it is, in the middle of its box.
    let upright = deslanted(stroke(0.0).view());
    assert_eq!(upright.dim(), (20, 20));
    assert_eq!(upright.row(0).to_vec(), upright.row(19).to_vec());
}

#[test]
fn forms_have_their_sizes_and_keep_the_labels() {
    let digits = embedded::digits(5).test.range(0..20);
    for (form, side) in
        [(Images::Regular, 28), (Images::Deslanted, 20), (Images::Sixteen, 16), (Images::Reduced, 22)]
    {
        let patterns = form.of(&digits);
        assert_eq!((patterns.len(), patterns.image(0).dim()), (20, (side, side)));
        assert!((0..20).all(|p| patterns.label(p) == digits.label(p)));
        assert_eq!(form.image(digits.image(7)), patterns.image(7));
    }
    // A blank image stays blank; the mean grey of the box survives.
    let blank = Array2::zeros((28, 28));
    assert!(deslanted(blank.view()).iter().chain(&sixteen(blank.view())).all(|&grey| grey == 0));
    let full = sixteen(Array2::from_elem((20, 20), 255).view());
    assert!(full.iter().all(|&grey| grey == 255));
}
