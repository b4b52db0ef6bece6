//! Random values for properties. Every size and every value is drawn, so a failure shrinks and replays.

use lenet5::section2::Table;
use proptest::prelude::*;
use proptest::test_runner::{FileFailurePersistence, RngSeed};

/// So many cases, the same ones on every machine. `PROPTEST_RNG_SEED=n` draws others; a failing case is kept beside the
/// test and tried first from then on.
pub fn cases(cases: u32) -> ProptestConfig {
    let default = ProptestConfig::default();
    let rng_seed = match default.rng_seed {
        RngSeed::Random => RngSeed::Fixed(1998),
        chosen => chosen,
    };
    let failure_persistence = Some(Box::new(FileFailurePersistence::WithSource("regressions")) as _);
    ProptestConfig { cases, rng_seed, failure_persistence, ..default }
}

/// So many numbers.
pub fn values(count: usize) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(-1.5..1.5, count)
}

/// A table with any of its connections missing, perhaps all of a map.
pub fn tables(inputs: usize, outputs: usize) -> impl Strategy<Value = Table> {
    let rows = prop::collection::vec(prop::collection::vec(prop::bool::ANY, inputs), outputs);
    let partial = rows.prop_map(move |rows| {
        let row = |row: &Vec<bool>| (0..inputs).filter(|&input| row[input]).collect::<Vec<_>>();
        let rows: Vec<_> = rows.iter().map(row).collect();
        Table::new(inputs, &rows.iter().map(Vec::as_slice).collect::<Vec<_>>())
    });
    prop_oneof![Just(Table::full(inputs, outputs)), partial]
}
