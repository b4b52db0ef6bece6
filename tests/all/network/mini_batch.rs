//! A mini-batch gives the same states and gradients as its patterns one by one, to the last bit, unless it compares them.

use super::{network, numbers, passed, random, softmax};
use lenet5::Real;
use lenet5::section1::{Loss, MiniBatch, Network, Parameters};
use lenet5::section2::{C3, Criterion, FullConnection, Rbf, Squashing, Variant};
use lenet5::today::{ActivationKind, Blocks, PoolingKind};

/// The penalties of all patterns and the sum of their gradients: as a mini-batch, and one pattern after the other.
fn both_ways<R: Real>(net: &Network<R>, patterns: usize) -> [(Vec<Vec<R>>, Vec<R>); 2] {
    let (mut batch, mut sum) = (passed(net, patterns), net.zeros());
    batch.bprop(net, patterns, &mut sum);
    let outputs =
        |batch: &MiniBatch<R>| batch.states[..patterns].iter().map(|s| s.output.iter().collect()).collect();
    let together = (outputs(&batch), numbers(&sum));
    sum.fill(R::zero());
    for (p, s) in batch.states[..patterns].iter_mut().enumerate() {
        let (input, mut d) = (s.input().clone(), net.states());
        *s = net.states();
        *s.input_mut() = input;
        net.fprop(s);
        Criterion::TrueClass.bprop(&s.output, &p, &mut d.output);
        net.bprop(s, &mut d, &mut sum);
    }
    [together, (outputs(&batch), numbers(&sum))]
}

fn check<R: Real>(net: &Network<R>) {
    // Kernels take four patterns at once; there may be a remainder.
    for patterns in [1, 3, 4, 9] {
        let [together, one_by_one] = both_ways(net, patterns);
        assert!(together == one_by_one, "{patterns} patterns, {net:?}");
        assert!(together.1.iter().any(|dw| *dw != R::zero()));
    }
}

#[test]
fn a_mini_batch_is_its_patterns_one_after_the_other() {
    let (default, none) = (Variant::default(), Blocks::default());
    check(&network::<f32>(Rbf::paper().learning(), &default, &none));
    check(&network::<f64>(
        Rbf::paper(),
        &Variant { trained_subsampling: false, c3: C3::Full, ..default },
        &none,
    ));
    for pooling in [PoolingKind::Subsampling, PoolingKind::Average, PoolingKind::Max] {
        for (activation, linear_convolutions) in [(ActivationKind::Relu, true), (ActivationKind::Tanh, false)]
        {
            // Without a source of random numbers there is no dropout.
            let blocks = Blocks { activation, linear_convolutions, pooling, dropout: 0.5, ..none };
            check(&network::<f32>(softmax(), &default, &blocks));
        }
    }
    // The first module shares its walk over the weights, and does not compute dE/dx.
    let first = Network::<f32>::new((10, 3, 2))
        .then("F1", FullConnection::new(60, 84, &mut random(4)))
        .and_then(|net| net.then("F1", Squashing::PAPER))
        .and_then(|net| net.with_output(softmax()));
    check(&first.expect("layers that fit each other"));
}

#[test]
fn patterns_that_are_compared_differ() {
    let blocks = Blocks { batch_normalisation: true, ..Blocks::default() };
    let [together, one_by_one] = both_ways(&network::<f64>(softmax(), &Variant::default(), &blocks), 4);
    assert!(together.0 != one_by_one.0 && together.1 != one_by_one.1, "the control");
}
