//! Section III-B, App. C: the patterns of each pass, their order, and their distortions.

use lenet5::section3::database::Patterns;
use lenet5::section3::distortions::{Amounts, Distortion, place_distorted};
use lenet5::section3::invariance::salt_and_pepper;
use lenet5::section3::presentation::{
    Chance, Distorted, Distortions, Noisy, Order, Presentation, curvature_patterns,
};
use ndarray::Array3;
use rand::Rng;
use std::collections::HashSet;

/// Seven stripes, labelled 3 to 9.
fn patterns() -> Patterns {
    let ink =
        |(p, row, column): (usize, usize, usize)| if (row * (p + 1) + column) % 9 < 3 { 200 } else { 0 };
    Patterns::new(Array3::from_shape_fn((7, 28, 28), ink), (3..10).collect()).expect("a label for each image")
}

fn sorted(mut numbers: Vec<usize>) -> Vec<usize> {
    numbers.sort_unstable();
    numbers
}

fn all_different<T: Eq + std::hash::Hash>(values: impl IntoIterator<Item = T>) -> bool {
    let mut seen = HashSet::new();
    values.into_iter().all(|value| seen.insert(value))
}

// ---- Orders ---------------------------------------------------------------------------------------------------------

#[test]
fn a_constant_order_is_the_same_in_all_passes() {
    let first = Order::Constant.of(100, 1, 5);
    assert!((2..=20).all(|pass| Order::Constant.of(100, pass, 5) == first));
    assert_ne!(first, Order::Constant.of(100, 1, 6), "another seed");
    assert!(!first.is_sorted(), "a random order");
    assert_eq!(sorted(first), (0..100).collect::<Vec<_>>());
}

#[test]
fn a_reshuffled_order_is_another_in_every_pass() {
    let orders = || (1..=20).map(|pass| Order::Reshuffled.of(100, pass, 5));
    assert!(all_different(orders().chain([Order::Constant.of(100, 1, 5), Order::Reshuffled.of(100, 1, 6)])));
    assert!(orders().eq(orders()));
    assert!(orders().all(|order| sorted(order) == (0..100).collect::<Vec<_>>()));
}

#[test]
fn second_derivatives_are_estimated_on_other_patterns_before_each_pass() {
    let some = |pass| curvature_patterns(5, pass, 100, 30);
    assert!((1..=20).all(|pass| some(pass).len() == 30 && all_different(some(pass))));
    assert!(all_different((1..=20).map(some)));
    assert_eq!(some(3), some(3));
    assert_eq!(
        sorted(curvature_patterns(5, 1, 20, 30)),
        (0..20).collect::<Vec<_>>(),
        "no more than there are"
    );
}

#[test]
fn every_chance_has_random_numbers_of_its_own() {
    let by_pass = (1..=20).flat_map(|n| [Chance::Curvature(n), Chance::Reshuffled(n), Chance::Distortion(n)]);
    let chances = by_pass.chain([Chance::Weights, Chance::Order, Chance::Head]);
    let first = |(chance, seed): (Chance, u64)| chance.stream(seed).random::<u64>();
    assert!(all_different(chances.flat_map(|chance| [(chance, 1), (chance, 2)]).map(first)));
}

// ---- Distorted copies -----------------------------------------------------------------------------------------------

/// The label of the copy with this number, and the bits of its picture.
fn shown(copies: &dyn Presentation<f32>, number: usize) -> (usize, Vec<u32>) {
    let mut input = Array3::from_elem((1, 32, 32), f32::NAN);
    let label = copies.show(number, &mut input);
    (label, input.iter().map(|x| x.to_bits()).collect())
}

/// The label and the bits of pattern `p` under a distortion.
fn under(patterns: &Patterns, p: usize, distortion: &Distortion) -> (usize, Vec<u32>) {
    let mut input = Array3::<f32>::from_elem((1, 32, 32), f32::NAN);
    place_distorted(patterns.image(p), distortion, &mut input);
    (patterns.label(p), input.iter().map(|x| x.to_bits()).collect())
}

#[test]
fn copy_0_is_the_pattern_itself() {
    let patterns = patterns();
    let copies = Distorted { patterns: &patterns, amounts: Amounts::Strength(1.0), seed: 4 };
    for p in 0..7 {
        let mut input = Array3::from_elem((1, 32, 32), f32::NAN);
        patterns.pattern(p, &mut input);
        let bits = input.iter().map(|x: &f32| x.to_bits()).collect();
        assert_eq!(shown(&copies, p), (p + 3, bits));
    }
}

#[test]
fn the_same_number_shows_the_same_picture_and_other_numbers_others() {
    let patterns = patterns();
    let copies =
        |strength, seed| Distorted { patterns: &patterns, amounts: Amounts::Strength(strength), seed };
    let pictures =
        |strength, seed| -> Vec<_> { (0..210).map(|n| shown(&copies(strength, seed), n)).collect() };
    let all = pictures(1.0, 4);
    assert!(all_different(&all));
    assert!((0..210).rev().all(|n| shown(&copies(1.0, 4), n) == all[n]), "in any order of presentation");
    assert!(all.iter().enumerate().all(|(n, (label, _))| *label == n % 7 + 3));
    // Another seed or strength: other copies, the same patterns.
    for other in [pictures(1.0, 5), pictures(0.5, 4)] {
        assert_eq!(other[..7], all[..7]);
        assert!(other[7..].iter().zip(&all[7..]).all(|(other, one)| other != one));
    }
}

#[test]
fn a_copy_is_the_pattern_under_a_distortion_of_these_amounts() {
    let patterns = patterns();
    for amounts in [Amounts::Strength(0.3), Amounts::Strength(1.0), Amounts::FIG_7] {
        let copies = Distorted { patterns: &patterns, amounts, seed: 4 };
        for number in [7, 20, 700_000] {
            let random = &mut Chance::Distortion(number).stream(4);
            let distortion = match amounts {
                Amounts::Strength(strength) => Distortion::draw(strength, random),
                Amounts::Named(_) => Distortion::draw_as_fig_7(random),
            };
            assert_eq!(shown(&copies, number), under(&patterns, number % 7, &distortion));
        }
    }
}

// ---- Which numbers a pass presents ----------------------------------------------------------------------------------

/// The numbers of passes 1 to 20, for 7 of 9 patterns.
fn twenty_passes(distortions: Distortions, order: Order) -> Vec<Vec<usize>> {
    (1..=20).map(|pass| distortions.numbers(order, [7, 9], pass, 5)).collect()
}

#[test]
fn ten_passes_present_each_fixed_copy_once() {
    let each_once: Vec<usize> = (0..10).flat_map(|copy| (0..7).map(move |p| copy * 9 + p)).collect();
    for order in [Order::Constant, Order::Reshuffled] {
        let passes = twenty_passes(Distortions::Fixed(Amounts::FIG_7), order);
        assert!(passes.iter().all(|pass| pass.len() == 7));
        for round in passes.chunks(10) {
            assert_eq!(sorted(round.concat()), each_once);
        }
        // The next ten passes present the same copies, or the same in another order.
        assert_eq!(passes[..10] == passes[10..], order == Order::Constant);
        let of_copy = |copy| passes[0].iter().filter(|&&number| number / 9 == copy).count();
        assert!(
            (0..10).all(|copy| of_copy(copy) < 7),
            "a pass is a mixture of copies, not one copy of all patterns"
        );
        assert_ne!(
            passes[0],
            Distortions::Fixed(Amounts::FIG_7).numbers(order, [7, 9], 1, 6),
            "another seed"
        );
    }
}

#[test]
fn fresh_distortions_never_come_back() {
    for order in [Order::Constant, Order::Reshuffled] {
        let passes = twenty_passes(Distortions::Fresh(Amounts::FIG_7), order);
        assert!(all_different(passes.concat()));
        for (pass, numbers) in (1..).zip(&passes) {
            assert!(numbers.iter().all(|&number| number >= 9), "no undistorted pattern");
            let presented: Vec<usize> = numbers.iter().map(|number| number % 9).collect();
            assert_eq!(presented, order.of(7, pass, 5));
        }
    }
}

#[test]
fn noise_is_new_in_each_pass_and_inverts_a_tenth_of_the_pixels() {
    let patterns = patterns();
    let in_pass = |pass| Noisy { patterns: &patterns, probability: 0.1, pass, seed: 4 };
    let (first, again, next) = (shown(&in_pass(1), 2), shown(&in_pass(1), 2), shown(&in_pass(2), 2));
    assert!(first == again && first != next && first.0 == next.0);
    assert_ne!(first.1, shown(&Noisy { seed: 5, ..in_pass(1) }, 2).1);
    let mut by_hand = Array3::<f32>::zeros((1, 32, 32));
    patterns.pattern(2, &mut by_hand);
    let plain = by_hand.clone();
    salt_and_pepper(0.1, &mut Chance::Noise { pass: 1, number: 2 }.stream(4), &mut by_hand);
    assert_eq!(first.1, by_hand.iter().map(|x| x.to_bits()).collect::<Vec<_>>());
    let inverted = plain.iter().zip(&by_hand).filter(|(a, b)| a != b).count();
    assert!((60..150).contains(&inverted), "{inverted} of 1024");
}
