//! Labelled images of any size and any classes. Only the IDX reader requires 28 x 28 pixels and ten digits.

use super::assert_says;
use lenet5::section3::database::{BACKGROUND, FOREGROUND, Patterns};
use ndarray::Array3;

fn patterns(images: usize, labels: &[u8]) -> Result<Patterns, lenet5::section3::database::Unpaired> {
    Patterns::new(Array3::from_elem((images, 3, 5), 255), labels.to_vec())
}

#[test]
fn any_size_and_any_labels_but_one_for_each_image() {
    let three = patterns(3, &[200, 0, 200]).unwrap();
    assert_eq!((three.len(), three.classes(), three.label(2)), (3, 201, 200));
    assert_eq!(three.first_of_each_class(), [1, 0]);
    let part = three.range(1..2);
    assert_eq!((part.len(), part.classes()), (1, 201), "the classes are those of all");
    assert_eq!(patterns(0, &[]).unwrap().classes(), 0);
    assert_says(&patterns(3, &[1, 2]).unwrap_err().to_string(), &["2 labels for 3 images"]);
}

#[test]
fn an_image_stands_in_the_middle_of_any_plane_that_holds_it() {
    let mut input = Array3::<f64>::zeros((1, 6, 8));
    patterns(1, &[0]).unwrap().pattern(0, &mut input);
    for ((_, row, column), &x) in input.indexed_iter() {
        let ink = (1..4).contains(&row) && (1..6).contains(&column);
        let expected = if ink { FOREGROUND } else { BACKGROUND };
        assert!((x - expected).abs() < 1e-12, "row {row}, column {column}: {x}");
    }
}

#[test]
#[should_panic(expected = "an image of 3 x 5 does not fit a plane of 6 x 4")]
fn a_plane_that_is_too_small_is_refused() {
    patterns(1, &[0]).unwrap().pattern(0, &mut Array3::<f64>::zeros((1, 6, 4)));
}
