//! Boosting: the filters, the early exit, and the sum of penalties.

use super::penalties;
use lenet5::section1::Penalties;
use lenet5::section2::LeNet5;
use lenet5::section3::classifiers::boosted::{Boosted, CALLS, disputed, half_wrong};
use lenet5::section3::classifiers::vectors::Arrays;
use lenet5::section3::classifiers::{Classifier, Stored};
use lenet5::section3::database::{Patterns, embedded};
use lenet5::section3::distortions::Amounts;
use lenet5::section3::presentation::{Distorted, Presentation};

fn net(seed: u64) -> lenet5::section1::Network<f32> {
    LeNet5::paper::<f32>(&mut lenet5::random(seed))
}

fn patterns() -> Patterns {
    embedded::digits(5).train.range(0..400)
}

#[test]
fn the_second_set_is_half_wrong_and_the_third_is_disputed() {
    let (patterns, one, two) = (patterns(), net(1), net(2));
    let copies = Distorted { patterns: &patterns, amounts: Amounts::Strength(0.5), seed: 3 };
    let answer = |net: &lenet5::section1::Network<f32>, number| {
        let mut states = net.states();
        let label = copies.show(number, states.input_mut());
        net.fprop(&mut states);
        (states.output.nearest(), label)
    };
    let numbers = half_wrong(&one, &copies, 5, 20, &mut |_| true).unwrap();
    let wrong = numbers.iter().filter(|&&number| {
        let (answer, label) = answer(&one, number);
        answer != label
    });
    assert_eq!((numbers.len(), wrong.count()), (20, 10));
    assert!(numbers.iter().all(|&number| number >= 5 * patterns.len()), "copies of training were used");
    let numbers = disputed([&one, &two], &copies, 5, 20, &mut |_| true).unwrap();
    assert_eq!(numbers.len(), 20);
    assert!(numbers.iter().all(|&number| answer(&one, number).0 != answer(&two, number).0));
    // A filter can be stopped.
    assert_eq!(half_wrong(&one, &copies, 5, 20_000, &mut |_| false), None);
    assert_eq!(disputed([&one, &two], &copies, 5, 20_000, &mut |_| false), None);
}

#[test]
fn confident_patterns_ask_the_first_network_only() {
    let patterns = patterns();
    let boosted = Boosted::new([net(1), net(2), net(3)], &patterns);
    assert!((f64::from(boosted.calls) - CALLS).abs() < 0.01, "{}", boosted.calls);
    let alone = [0, 1, 2].map(|n| penalties(&boosted.nets[n], &patterns));
    let together = penalties(&boosted, &patterns);
    let mut exits = 0;
    for p in 0..patterns.len() {
        let margin = Penalties::from(alone[0][p].clone()).margin();
        if margin >= boosted.threshold {
            exits += 1;
            assert_eq!(together[p], alone[0][p], "pattern {p}");
            continue;
        }
        for class in 0..10 {
            let mean = (0..3).map(|n| f64::from(alone[n][p][class])).sum::<f64>() / 3.0;
            assert!((f64::from(together[p][class]) - mean).abs() < 1e-3, "pattern {p}, class {class}");
        }
    }
    assert_eq!(exits, (patterns.len() as f64 * (1.0 - f64::from(boosted.calls))).round() as usize);
    // 1.75 networks, and the variables of three.
    let one = Classifier::<f32>::multiply_adds(&boosted.nets[0]) as f64;
    assert!((boosted.multiply_adds() as f64 / one - 1.75).abs() < 0.02);
    assert_eq!(boosted.variables(), 3 * 60_000);
}

#[test]
fn three_networks_are_kept_in_one_file() {
    let patterns = patterns().range(0..50);
    let boosted = Boosted::new([net(1), net(2), net(3)], &patterns);
    let mut arrays = Arrays(boosted.arrays());
    let nets = ["net1.", "net2.", "net3."].map(|prefix| arrays.network(prefix, net(9)).unwrap());
    let again = Boosted::restored(nets, &mut arrays).unwrap();
    assert_eq!(penalties(&again, &patterns), penalties(&boosted, &patterns));
}
