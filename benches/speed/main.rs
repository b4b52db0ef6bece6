//! Times of everything, from a kernel to the evaluation of 10,000 patterns: `cargo bench`, on an idle machine.
//!
//! Every time is followed by the multiply-adds per second and by their share of the peak of one core, measured in the same
//! run. `docs/performance.md` explains the table.

mod draw;
mod graphs;
mod kernels;
mod layers;
mod network;
mod patterns;
mod peak;
mod table;
mod today;

use criterion::{BenchmarkGroup, Criterion, Throughput, measurement::WallTime};
use std::path::Path;
use std::time::{Duration, SystemTime};

fn main() {
    let (begin, folder) = (SystemTime::now(), Path::new(env!("CARGO_TARGET_TMPDIR")).join("criterion"));
    let mut criterion = Criterion::default()
        .output_directory(&folder)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    peak::bench(&mut criterion);
    kernels::bench(&mut criterion);
    patterns::bench(&mut criterion);
    layers::bench(&mut criterion);
    network::bench(&mut criterion);
    today::bench(&mut criterion);
    graphs::bench(&mut criterion);
    draw::bench(&mut criterion);
    criterion.final_summary();
    table::print(&folder, begin);
}

/// Times `work`, which does so many multiply-adds; 0 means that they are not counted.
fn time(group: &mut BenchmarkGroup<WallTime>, name: &str, multiply_adds: usize, mut work: impl FnMut()) {
    group.throughput(Throughput::Elements(multiply_adds as u64));
    group.bench_function(name, |bencher| bencher.iter(&mut work));
}
