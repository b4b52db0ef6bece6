//! Section III-E: noise inverts one pixel in ten, as a photographic negative does.

use lenet5::section3::database::{BACKGROUND, FOREGROUND};
use lenet5::section3::invariance::{NOISE, salt_and_pepper};
use ndarray::Array3;
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// A pattern of any states between paper and ink except middle grey, which inversion does not change.
fn patterns() -> impl Strategy<Value = Array3<f64>> {
    let state = (0.0..0.4).prop_map(|share: f64| BACKGROUND + share * (FOREGROUND - BACKGROUND));
    let states = proptest::collection::vec(state, 32 * 32);
    states.prop_map(|states| Array3::from_shape_vec((1, 32, 32), states).unwrap())
}

fn noisy(pattern: &Array3<f64>, seed: u64) -> Array3<f64> {
    let mut noisy = pattern.clone();
    salt_and_pepper(NOISE, &mut ChaCha8Rng::seed_from_u64(seed), &mut noisy);
    noisy
}

proptest! {
    #[test]
    fn a_pixel_stays_or_is_turned_round(pattern in patterns(), seed: u64) {
        for (before, after) in pattern.iter().zip(&noisy(&pattern, seed)) {
            let turned = (after - (BACKGROUND + FOREGROUND - before)).abs() < 1e-12;
            prop_assert!(after == before || turned, "{} became {}", before, after);
        }
    }

    #[test]
    fn the_same_noise_twice_is_none(pattern in patterns(), seed: u64) {
        let back = noisy(&noisy(&pattern, seed), seed);
        prop_assert!((&back - &pattern).iter().all(|difference| difference.abs() < 1e-12));
    }
}

#[test]
fn one_pixel_in_ten_is_turned_round() {
    let pattern = Array3::from_elem((1, 32, 32), BACKGROUND);
    let turned = |seed| noisy(&pattern, seed).iter().filter(|x| **x != BACKGROUND).count();
    let count: usize = (0..100).map(turned).sum();
    // Binomial: 10,240 ± 96; five standard deviations to either side.
    assert!(count.abs_diff(10_240) < 480, "{count} of 102,400");
}
