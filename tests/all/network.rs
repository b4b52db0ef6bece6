//! Networks: construction, refusal of gradients of other networks, and mini-batches.

mod build;
mod mini_batch;
mod structure;

use lenet5::Real;
use lenet5::section1::{Layer, Loss, Maps, MiniBatch, Module, Network, Parameters, Penalties};
use lenet5::section2::{Criterion, Curvature, FullConnection, LeNet5, Rbf, Softmax, Variant};
use lenet5::today::Blocks;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn random(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// LeNet-5's layers, with or without blocks of today.
fn network<R: Real>(
    output: impl Module<R, Input = Maps<R>, Output = Penalties<R>> + Layer<R>,
    variant: &Variant,
    blocks: &Blocks,
) -> Network<R> {
    let net = blocks.build(variant, LeNet5::INPUT, &LeNet5::layers(variant.c3), &mut random(1));
    net.and_then(|net| net.with_output(output)).expect("layers that fit each other")
}

fn paper() -> Network<f64> {
    network(Rbf::paper(), &Variant::default(), &Blocks::default())
}

fn softmax<R: Real>() -> Softmax<R> {
    Softmax { output: FullConnection::new(84, 10, &mut random(2)), curvature: Curvature::Exact }
}

/// A mini-batch of random patterns after `fprop`, with `dE/dy` at its outputs. The label of pattern `p` is `p`.
fn passed<R: Real>(net: &Network<R>, patterns: usize) -> MiniBatch<R> {
    let (mut batch, mut random) = (MiniBatch::new(net, patterns + 1), random(3));
    for s in &mut batch.states {
        s.input_mut().mapv_inplace(|_| R::of(random.random_range(-0.1..1.175)));
    }
    batch.fprop(net, patterns, None);
    for (p, (s, d)) in batch.states.iter().zip(&mut batch.derivatives).enumerate() {
        Criterion::TrueClass.bprop(&s.output, &p, &mut d.output);
    }
    batch
}

fn numbers<R: Real>(net: &Network<R>) -> Vec<R> {
    net.arrays().flatten().copied().collect()
}
