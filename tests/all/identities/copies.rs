//! Two copies of one half (App. B).

use super::flat::flat;
use lenet5::appendix::b::Update;
use lenet5::section1::Gradient;
use lenet5::section2::{Criterion, LeNet5};
use lenet5::section3::database::embedded;
use lenet5::section3::presentation::Chance;
use lenet5::section3::training::Trainer;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use std::ops::ControlFlow;

/// All parameters after passes over the patterns in `order`, from the same start.
fn after(update: Update, order: &[usize], passes: usize) -> Vec<f64> {
    let net = LeNet5::paper::<f64>(&mut ChaCha8Rng::seed_from_u64(1));
    let (patterns, mut rule) = (embedded::digits(1998).train, Gradient::new(1e-4, &net));
    let mut trainer = Trainer::new(net, Criterion::TrueClass);
    for _ in 0..passes {
        let (random, watch) = (&mut Chance::Dropout(1).stream(1), |_: &_| ControlFlow::Continue(()));
        let done = trainer.pass(&patterns, order, update, &mut rule, random, watch).expect("a whole pass");
        assert_eq!(done.patterns, order.len(), "what a pass costs");
    }
    flat(&trainer.net)
}

fn farthest(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

const HALF: [usize; 4] = [0, 1, 2, 3];
const TWO_COPIES: [usize; 8] = [0, 1, 2, 3, 0, 1, 2, 3];

#[test]
fn a_batch_of_two_copies_says_what_one_says() {
    let (start, one) = (after(Update::Batch, &HALF, 0), after(Update::Batch, &HALF, 1));
    let two_copies = after(Update::Batch, &TWO_COPIES, 1);
    assert!(farthest(&one, &two_copies) < 1e-12 * farthest(&start, &one));
    // The controls: two passes are not one; and so it is with copies of all patterns, not with twice the weight for one.
    assert!(farthest(&one, &after(Update::Batch, &HALF, 2)) > 1e-3 * farthest(&start, &one));
    assert!(farthest(&one, &after(Update::Batch, &[0, 1, 2, 3, 0], 1)) > 1e-3 * farthest(&start, &one));
}

#[test]
fn one_stochastic_pass_over_two_copies_is_two_passes() {
    let two_copies = after(Update::Stochastic, &TWO_COPIES, 1);
    assert_eq!(two_copies, after(Update::Stochastic, &HALF, 2));
    assert_ne!(two_copies, after(Update::Stochastic, &HALF, 1));
}
