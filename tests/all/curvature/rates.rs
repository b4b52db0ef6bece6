//! Eq. 18 and 21: rates are positive, at most `eta/mu`, and constant during a pass.

use super::draw::{cases, values};
use super::flat::{assign, flat};
use super::passes::OnMaps;
use super::untrained::{network, said, states};
use super::{competitive, rbf, softmax};
use lenet5::appendix::c::{StochasticDiagonalLevenbergMarquardt as Sdlm, rate};
use lenet5::section1::{Network, Optimiser, Parameters, Penalties};
use lenet5::section2::{Criterion, Curvature, FullConnection, Rbf};
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// The mean second derivatives of a network over three patterns (eq. 24).
fn mean_curvature<L: OnMaps<Output = Penalties<f64>>>(
    net: &Network<f64>,
    criterion: Criterion,
) -> Network<f64> {
    let mut mean = net.zeros();
    for p in 0..3 {
        let h = said::<L>(net, &states(net, p), criterion, p as usize).h;
        mean.arrays_mut().flatten().zip(h.arrays().flatten()).for_each(|(sum, h)| *sum += h / 3.0);
    }
    mean
}

/// Checks every rate, and returns the largest divided by the smallest.
fn check<L: OnMaps<Output = Penalties<f64>>>(output: L, criterion: Criterion, eta: f64, mu: f64) -> f64 {
    let net = network(output, 7);
    let mean = mean_curvature::<L>(&net, criterion);
    let (h, rates) = (flat(&mean), flat(&Sdlm::new(mean, eta, mu).rates));
    for (h, rate) in h.iter().zip(&rates) {
        assert!(*rate > 0.0 && *rate <= eta / mu, "h = {h} gives {rate}");
        // Eq. 21 solved for h.
        assert!((eta / rate - mu - h).abs() <= 1e-12 * (mu + h));
    }
    let extreme = |choose: fn(f64, f64) -> f64| rates.iter().copied().reduce(choose).expect("rates");
    extreme(f64::max) / extreme(f64::min)
}

#[test]
fn rates_of_lenet5_are_positive_and_below_the_ceiling() {
    // The rates differ widely: III-B prints 0.016 and 7e-5.
    assert!(check(Rbf::paper(), Criterion::TrueClass, 5e-4, 0.02) > 50.0);
    for curvature in [Curvature::Exact, Curvature::Constant] {
        assert!(check(rbf(curvature).learning(), competitive(100.0), 1e-4, 0.02) > 10.0);
        assert!(check(softmax(curvature), Criterion::TrueClass, 5e-4, 0.1) > 2.0);
    }
}

fn layer(numbers: &[f64]) -> FullConnection<f64> {
    let mut layer = FullConnection::new(3, 2, &mut ChaCha8Rng::seed_from_u64(0));
    assign(&mut layer, numbers);
    layer
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn steeper_means_slower(eta in 1e-6..1.0, mu in 1e-4..1.0, h in 0.0..100.0, more in 1e-3..100.0) {
        prop_assert!(rate(eta, mu, h + more) < rate(eta, mu, h));
        prop_assert!(rate(eta, mu, h) <= eta / mu);
    }

    /// Eq. 18, parameter by parameter; the rates do not change.
    #[test]
    fn a_step_follows_eq_18_and_leaves_the_rates(
        w in values(8), dw in values(8), h in prop::collection::vec(0.0..10.0, 8), eta in 1e-4..1.0
    ) {
        let (mut net, mut rule) = (layer(&w), Sdlm::new(layer(&h), eta, 0.02));
        let before = rule.clone();
        for step in 1..=3 {
            rule.step(&mut net, &layer(&dw));
            for (k, found) in flat(&net).into_iter().enumerate() {
                let expected = w[k] - f64::from(step) * eta / (0.02 + h[k]) * dw[k];
                prop_assert!((found - expected).abs() <= 1e-12 * (1.0 + expected.abs()));
            }
            prop_assert_eq!(&rule.rates, &before.rates);
        }
        prop_assert!(Optimiser::<f64, FullConnection<f64>>::memory(&rule).is_empty());
    }
}
