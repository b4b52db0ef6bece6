//! The codes of Fig. 3 (II-B) and how far they are apart.

use super::f6;
use super::passes::fprop;
use lenet5::section2::{Code, Rbf, bitmap, codes, digit_codes};

fn distance(a: &Code, b: &Code) -> i32 {
    let pairs = a.as_flattened().iter().zip(b.as_flattened());
    pairs.map(|(&a, &b)| (i32::from(a) - i32::from(b)).pow(2)).sum()
}

fn between(a: char, b: char) -> i32 {
    distance(bitmap(a).expect("a code"), bitmap(b).expect("a code"))
}

#[test]
fn all_96_codes_are_plus_or_minus_1() {
    let all: Vec<(char, &Code)> = codes().collect();
    assert_eq!(all.len(), 96);
    assert_eq!((all[0].0, all[95].0), (' ', '\u{7f}'));
    for (character, code) in all {
        let cells = code.as_flattened();
        assert!(cells.len() == 84 && cells.iter().all(|cell| cell.abs() == 1), "{character}");
        assert_eq!(bitmap(character), Some(code));
    }
}

#[test]
fn codes_of_the_digits_are_as_far_apart_as_the_paper_draws_them() {
    let digits = || '0'..='9';
    let pairs = digits().flat_map(|a| digits().filter(move |&b| a < b).map(move |b| (between(a, b), a, b)));
    let mut distances: Vec<(i32, char, char)> = pairs.collect();
    distances.sort_unstable();
    assert_eq!(distances.len(), 45);
    assert_eq!(distances[..3], [(48, '6', '8'), (72, '0', '4'), (72, '8', '9')]);
    assert!(distances[3].0 > 72);
    assert_eq!(distances[42..], [(200, '1', '4'), (200, '1', '8'), (200, '4', '7')]);
    assert!(distances[41].0 < 200);
}

#[test]
fn characters_that_look_alike_have_codes_that_are_alike() {
    assert_eq!([between('l', 'I'), between('O', 'o'), between('l', '1'), between('o', '0')], [4, 20, 24, 60]);
    assert_eq!(between(' ', '\u{7f}'), 0);
}

#[test]
fn the_output_layer_holds_the_codes_of_the_digits() {
    let rows = digit_codes::<f64>();
    assert_eq!(rows.dim(), (10, 84));
    for (row, digit) in rows.outer_iter().zip('0'..='9') {
        let code = bitmap(digit).expect("a digit").as_flattened();
        assert!(row.iter().zip(code).all(|(w, &cell)| *w == f64::from(cell)), "{digit}");
    }
}

#[test]
fn a_code_is_nearest_to_itself_and_as_far_from_others_as_they_are() {
    let layer = Rbf::<f64>::paper();
    for (digit, code) in ('0'..='9').zip(layer.codes.outer_iter()) {
        let output = fprop(&layer, &f6(code.to_vec()));
        let expected: Vec<f64> = ('0'..='9').map(|other| f64::from(between(digit, other))).collect();
        assert_eq!(output.iter().collect::<Vec<_>>(), expected);
        assert_eq!(output.nearest(), digit as usize - '0' as usize);
    }
}
