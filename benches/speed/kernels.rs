//! The kernels, each with LeNet-5's sizes for a field of 32 x 32, and for one of 32 x 200.
//!
//! Work done once for each output is counted as a multiply-add, so that the rates of both fields can be compared.

use crate::time;
use criterion::Criterion;
use lenet5::kernels::convolution::{self, Sizes};
use lenet5::kernels::full_connection::{self, Windows};
use lenet5::kernels::{max_pooling, rbf, squashing, subsampling};
use lenet5::section2::{TABLE_I, Table};
use std::hint::black_box;

pub fn bench(c: &mut Criterion) {
    for (wide, [c1, c3, c5, columns]) in [("", [32, 14, 5, 1]), (", wide", [200, 98, 47, 43])] {
        let named = |layer: &str| format!("{layer}{wide}");
        convolutions(c, &named("C1"), &Table::full(1, 6), (32, c1));
        convolutions(c, &named("C3"), &Table::new(6, &TABLE_I), (14, c3));
        convolutions(c, &named("C3, full"), &Table::full(6, 16), (14, c3));
        poolings(c, &named("S2"), 6, (14, c3));
        poolings(c, &named("S4"), 16, (5, c5));
        if columns > 1 {
            convolutions(c, &named("C5"), &Table::full(16, 120), (5, c5));
            full_connections_by_columns(c, &named("F6"), 120, 84, columns);
        }
        rbfs(c, &named("rbf"), columns);
    }
    full_connections(c, "C5", 400, 120);
    full_connections(c, "F6", 120, 84);
    elementwise(c);
}

/// Irregular numbers between -1 and 1.
fn waves(count: usize) -> Vec<f32> {
    (0..count).map(|n| f32::sin((n * n) as f32)).collect()
}

fn convolutions(c: &mut Criterion, layer: &str, table: &Table, input: (usize, usize)) {
    let (sizes, links) = (Sizes { input, kernel: (5, 5) }, table.links());
    let (rows, columns) = sizes.output();
    let (weights, biases) = (waves(25 * table.len()), waves(table.outputs()));
    let (x, dy) = (waves(table.inputs() * input.0 * input.1), waves(table.outputs() * rows * columns));
    let (mut y, mut dx) = (dy.clone(), x.clone());
    let (mut dw, mut db) = (weights.clone(), biases.clone());
    let products = weights.len() * rows * columns;
    let mut group = c.benchmark_group(format!("kernel convolution {layer}"));
    time(&mut group, "fprop", products, || {
        convolution::fprop(sizes, links, &weights, &biases, black_box(&x), &mut y);
    });
    time(&mut group, "bprop_weights", products, || {
        convolution::bprop_weights::<_, false>(sizes, links, black_box(&x), &dy, &mut dw, &mut db);
    });
    // Training needs no derivative by the pattern, C1's input.
    if table.inputs() > 1 {
        time(&mut group, "bprop_states", products, || {
            convolution::bprop_states::<_, false>(sizes, links, black_box(&weights), &dy, &mut dx);
        });
    }
}

fn full_connections(c: &mut Criterion, layer: &str, inputs: usize, outputs: usize) {
    let (mut weights, mut biases) = (waves(inputs * outputs), waves(outputs));
    let (x, dy, rates) = (waves(inputs), waves(outputs), vec![1e-12; inputs * outputs]);
    let (mut y, mut dx) = (dy.clone(), x.clone());
    let (mut dw, mut db) = (weights.clone(), biases.clone());
    let products = inputs * outputs;
    let mut group = c.benchmark_group(format!("kernel full_connection {layer}"));
    time(&mut group, "fprop", products, || full_connection::fprop(&weights, &biases, black_box(&x), &mut y));
    time(&mut group, "bprop", 2 * products, || {
        full_connection::bprop::<_, false>(&weights, black_box(&x), &dy, &mut dx, &mut dw, &mut db);
    });
    let (mut ys, mut dxs) = (vec![y; 4], vec![dx.clone(); 4]);
    time(&mut group, "fprop, 4 patterns", 4 * products, || {
        let mut batch: Vec<_> = ys.iter_mut().map(|y| (x.as_slice(), y.as_mut_slice())).collect();
        full_connection::fprop_all(&weights, &biases, black_box(&mut batch));
    });
    time(&mut group, "bprop, 4 patterns", 8 * products, || {
        let mut batch: Vec<_> =
            dxs.iter_mut().map(|dx| (x.as_slice(), dy.as_slice(), dx.as_mut_slice())).collect();
        full_connection::bprop_all(&weights, black_box(&mut batch), &mut dw, &mut db);
    });
    time(&mut group, "bprop_and_update", 2 * products, || {
        let rates = (rates.as_slice(), &rates[..outputs]);
        full_connection::bprop_and_update(&mut weights, &mut biases, rates, black_box(&x), &dy, &mut dx);
    });
}

fn full_connections_by_columns(
    c: &mut Criterion,
    layer: &str,
    inputs: usize,
    outputs: usize,
    columns: usize,
) {
    let windows = Windows { columns: 1, count: columns };
    let (weights, biases) = (waves(inputs * outputs), waves(outputs));
    let (x, dy) = (waves(inputs * columns), waves(outputs * columns));
    let (mut y, mut dx, mut dw, mut db) = (dy.clone(), x.clone(), weights.clone(), biases.clone());
    let products = weights.len() * columns;
    let mut group = c.benchmark_group(format!("kernel full_connection {layer}"));
    time(&mut group, "fprop", products, || {
        full_connection::fprop_columns(windows, &weights, &biases, black_box(&x), &mut y);
    });
    time(&mut group, "bprop_weights", products, || {
        full_connection::bprop_weights_columns::<_, false>(windows, black_box(&x), &dy, &mut dw, &mut db);
    });
    time(&mut group, "bprop_states", products, || {
        full_connection::bprop_states_columns::<_, false>(windows, &weights, black_box(&dy), &mut dx);
    });
}

fn poolings(c: &mut Criterion, layer: &str, maps: usize, (rows, columns): (usize, usize)) {
    let (k, b, units) = (waves(maps), waves(maps), maps * rows * columns);
    let (x, dy) = (waves(4 * units), waves(units));
    let (mut y, mut dx, mut dk, mut db) = (dy.clone(), x.clone(), k.clone(), b.clone());
    let mut group = c.benchmark_group(format!("kernel subsampling {layer}"));
    time(&mut group, "fprop", units, || subsampling::fprop(columns, &k, &b, black_box(&x), &mut y));
    time(&mut group, "bprop_parameters", units, || {
        subsampling::bprop_parameters::<_, false>(columns, black_box(&x), &dy, &mut dk, &mut db);
    });
    time(&mut group, "bprop_states", units, || {
        subsampling::bprop_states::<_, false>(columns, &k, black_box(&dy), &mut dx);
    });
    group.finish();
    let mut group = c.benchmark_group(format!("kernel max_pooling {layer}"));
    time(&mut group, "fprop", units, || max_pooling::fprop(columns, black_box(&x), &mut y));
    time(&mut group, "bprop", units, || max_pooling::bprop(columns, black_box(&x), &dy, &mut dx));
}

fn rbfs(c: &mut Criterion, layer: &str, columns: usize) {
    let (codes, x, slopes) = (waves(840), waves(84 * columns), waves(10 * columns));
    let (mut y, mut dx) = (slopes.clone(), x.clone());
    let mut group = c.benchmark_group(format!("kernel {layer}"));
    time(&mut group, "fprop", 840 * columns, || match columns {
        1 => rbf::fprop(&codes, black_box(&x), &mut y),
        _ => rbf::fprop_columns(&codes, columns, black_box(&x), &mut y),
    });
    time(&mut group, "bprop", 840 * columns, || match columns {
        1 => rbf::bprop(&codes, black_box(&x), 2.0, &slopes, &mut dx),
        _ => rbf::bprop_columns(&codes, columns, black_box(&x), 2.0, &slopes, &mut dx),
    });
}

fn elementwise(c: &mut Criterion) {
    let (states, mut values) = (waves(6 * 28 * 28), waves(6 * 28 * 28));
    let mut group = c.benchmark_group("kernel squashing C1");
    time(&mut group, "fprop", 0, || squashing::fprop(1.7159, 2.0 / 3.0, black_box(&mut values)));
    time(&mut group, "slope", 0, || {
        squashing::slope::<_, false>(1.7159, 2.0 / 3.0, black_box(&states), &mut values);
    });
}
