//! Figures below the cells of notebooks, and figures of a reader's own numbers.

use super::{BLUE, coloured, tags, words};
use lenet5::figures::axis::Axis;
use lenet5::figures::lines::{self, Line};
use lenet5::figures::tiles::{self, Row};
use lenet5::figures::{Frame, Page};
use lenet5::section1::Maps;
use ndarray::{Array3, arr2};

fn frame() -> Frame {
    Frame::new("A title", "How to read it.", "Where it is from.")
}

fn line(points: &[(f64, f64)]) -> Page {
    let (x, y) =
        (Axis::linear("x", 0.0..10.0, &[0.0, 10.0]), Axis::log("y", 1.0..100.0, &[1.0, 10.0, 100.0]));
    lines::draw(&frame(), x, y, &[Line::new("ours", points.to_vec()), Line::new("none", [])]).unwrap()
}

#[test]
fn a_page_in_a_notebook_is_half_as_wide_and_has_its_letters() {
    let page = line(&[(0.0, 1.0), (10.0, 100.0)]);
    let inline = page.inline();
    assert!(inline.starts_with("<svg width=\"900\" viewBox=\"0 0 1800 "), "{}", &inline[..80]);
    assert!(inline.contains("style=\"max-width:100%;height:auto\"") && inline.contains("font/woff2"));
    assert!(!inline.contains("\n\n"), "a blank line ends a figure in Markdown");
    assert_eq!(words(&inline), words(&page.svg));
}

#[test]
fn lines_go_where_their_numbers_say() {
    let svg = line(&[(0.0, 1.0), (5.0, 10.0), (10.0, 100.0)]).svg;
    let all = coloured(&svg, BLUE, 3);
    let [(left, low), (middle, half), (right, high)] = all[0][..] else { panic!("three points: {all:?}") };
    assert!((2 * middle - left - right).abs() <= 1 && (2 * half - low - high).abs() <= 1, "{all:?}");
    assert!(left < right && high < low);
    let words = words(&svg);
    assert!(words.contains(&"ours") && !words.contains(&"none"), "{words:?}");
}

#[test]
fn tiles_are_as_large_as_their_numbers_are_many() {
    let maps: Maps<f32> = Array3::zeros((3, 4, 5));
    let rows = [
        Row::new("maps", 10).maps(1.0, &maps),
        Row::new("cross", 40).numbers(1.0, arr2(&[[1.0, -1.0]]).view(), "a note"),
    ];
    let svg = tiles::draw(&frame(), &rows).unwrap().svg;
    let wide: Vec<usize> = [" width=\"50\" height=\"40\"", " width=\"80\" height=\"40\""]
        .map(|size| tags(&svg, "image", &[size]).len())
        .to_vec();
    assert_eq!(wide, [3, 1]);
    for text in ["A title", "maps", "cross", "a note", "How to read it.", "Where it is from."] {
        assert!(words(&svg).contains(&text), "no {text}");
    }
}
