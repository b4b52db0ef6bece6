//! The coding of inputs is measured: whatever values a search begins with, it ends on the straight line from -0.1 to 1.175.

use lenet5::archaeology::coding::{GreyValue, cost_of_blanks, free_values};
use lenet5::archaeology::fig25::Field;
use lenet5::archaeology::fit::Fit;
use lenet5::archaeology::rasters::{fig_13, fig_25, fig_26};
use lenet5::archaeology::recover::{Recovered, Shown, front_1998};
use lenet5::archaeology::verdicts::{nearest_digit, printed_answers};

/// The noise of C1, in levels.
const WIDTHS: [f64; 6] = [0.3; 6];

/// The committed front, as a recovery returns it.
fn recovered(shown: &Shown) -> Recovered {
    let c1 = Fit { widths: WIDTHS.to_vec(), nats: Vec::new(), errors: Vec::new() };
    Recovered { front: front_1998(), fits: vec![c1], inputs: shown.inputs.clone() }
}

#[test]
fn greys_of_the_input_lie_on_a_straight_line() {
    let panels = fig_13();
    let straight = Shown::read(&panels);
    let mut bent = straight.clone();
    bent.inputs.iter_mut().for_each(|input| input.pixels *= 0.8);
    for (shown, start) in [(&straight, 1.0), (&bent, 0.8)] {
        let values = free_values(&recovered(shown), shown, &panels);
        let paper: Vec<&GreyValue> = values.iter().filter(|value| value.pixels > 1000).collect();
        // Two greys stand for paper, one in seven panels and one in two.
        assert_eq!(paper.len(), 2);
        assert!(paper.iter().all(|value| (value.found + 0.1).abs() < 0.001), "{paper:?}");
        let line = |value: &GreyValue| value.expected / start;
        let greys = || values.iter().filter(|value| (-0.09..1.1).contains(&line(value)));
        let squares: f64 = greys().map(|value| (value.found - line(value)).powi(2)).sum();
        assert!((squares / greys().count() as f64).sqrt() < 0.01, "{values:.3?}");
    }
}

#[test]
fn blank_columns_are_paper() {
    let (front, field) = (front_1998(), Field::read(&fig_25()));
    let (_, solved) = field.hidden(&front, &WIDTHS);
    let cost = |value| cost_of_blanks(&front, &field, &solved, &WIDTHS, value);
    assert_eq!(cost(-0.1), 0.0);
    for value in [-0.12, -0.11, -0.09, 0.0] {
        assert!(cost(value) > 1000.0, "{value}: {}", cost(value));
    }
}

#[test]
fn every_printed_answer_is_the_nearest_code() {
    assert_eq!(printed_answers(&fig_13()), (36, 36));
    // The control: positions that the figures leave blank are near to no code. A digit has 84 units, most of them at the ends.
    let strings = fig_26();
    assert_eq!(strings.iter().map(|string| string.labelled().count()).sum::<usize>(), 22);
    let string = &strings[0];
    let shifted: Vec<bool> = string
        .labelled()
        .map(|(label, f6)| {
            let turned: Vec<u8> = f6.iter().rev().copied().collect();
            nearest_digit(&string.palette(), &turned) == label
        })
        .collect();
    assert!(!shifted.iter().all(|right| *right), "F6 turned by half has other answers");
}
