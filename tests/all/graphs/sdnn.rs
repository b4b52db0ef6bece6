//! Space displacement networks (VII): the wide network, its output graph, and the way back.

use lenet5::section1::{Network, Parameters};
use lenet5::section2::codes::codes_of;
use lenet5::section2::{LeNet5, Rbf, Variant};
use lenet5::section3::database::{embedded, place};
use lenet5::section4::Graph;
use lenet5::section5::strings::{Spacing, Strings};
use lenet5::section5::viterbi::best_path;
use lenet5::section6::criterion::{Criterion, GraphLoss};
use lenet5::section6::reader::StringReader;
use lenet5::section6::training::StringTrainer;
use lenet5::section7::characters::{BLANK, character_model};
use lenet5::section7::sdnn::{BESIDE, STEP, Sdnn, input_columns};
use lenet5::section7::windows::Windows;
use ndarray::{Array2, Axis, Slice};

fn net<R: lenet5::Real>() -> Network<R> {
    LeNet5::network(Rbf::new(codes_of("0123456789 ")), &Variant::default(), &mut lenet5::random(3)).unwrap()
}

fn a_string() -> lenet5::section5::strings::Field {
    let digits = embedded::digits(5);
    Strings { patterns: &digits.test, spacing: Spacing::mixed(), seed: 1 }.get(2)
}

/// The field on its input plane: paper beside it.
fn padded(image: &Array2<u8>) -> Array2<u8> {
    let columns = input_columns(image.ncols());
    let left = (columns - image.ncols()) / 2;
    assert!(left >= BESIDE && columns.is_multiple_of(STEP));
    let mut padded = Array2::zeros((32, columns));
    padded.slice_axis_mut(Axis(1), Slice::from(left..left + image.ncols())).assign(image);
    padded
}

/// Penalties at each position, and the gradient, are those of the window there, and the sum over windows.
#[test]
fn the_wide_network_equals_its_windows() {
    let (net, field) = (net::<f64>(), a_string());
    let mut sdnn = Sdnn::default();
    let wide = sdnn.states(&net, field.image.view()).clone();
    let padded = padded(&field.image);
    let positions = (padded.ncols() - 32) / STEP + 1;
    assert_eq!(wide.output.maps().dim(), (11, 1, positions));
    let (mut d_wide, mut gradient) = (wide.clone(), net.zeros());
    let mut sum = net.zeros();
    let (mut single, mut d_single) = (net.states(), net.states());
    d_wide
        .output
        .maps_mut()
        .indexed_iter_mut()
        .for_each(|((class, _, x), d)| *d = (class * 7 + x) as f64 / 50.0 - 0.5);
    let d_output = d_wide.output.maps().clone();
    net.bprop(&wide, &mut d_wide, &mut gradient);
    for position in 0..positions {
        let window = padded.slice_axis(Axis(1), Slice::from(position * STEP..position * STEP + 32));
        place(window, single.input_mut());
        net.fprop(&mut single);
        for class in 0..11 {
            let (alone, there) = (single.output.of(class), wide.output.maps()[[class, 0, position]]);
            assert!((alone - there).abs() < 1e-9 * (1.0 + alone.abs()), "{class} at {position}");
            d_single.output.maps_mut()[[class, 0, 0]] = d_output[[class, 0, position]];
        }
        net.bprop(&single, &mut d_single, &mut sum);
    }
    for (of_wide, of_windows) in gradient.arrays().zip(sum.arrays()) {
        for (a, b) in of_wide.iter().zip(of_windows) {
            assert!((a - b).abs() <= 1e-9 * (1.0 + b.abs()), "{a} {b}");
        }
    }
}

/// The gradient of eq. 17 from the loss down to the weights, through the composition and the wide network.
#[test]
fn the_gradient_of_the_whole_chain() {
    const AT: f64 = 1e-5;
    let (mut net, field) = (net::<f64>(), a_string());
    let loss = GraphLoss::new(Criterion::DiscriminativeForward, 0.1);
    let value =
        |net: &Network<f64>| loss.of(&Sdnn::default().fprop(net, field.image.view()), &field.labels).unwrap();
    let mut sdnn = Sdnn::default();
    let graph: Graph = sdnn.fprop(&net, field.image.view());
    let (_, d) = loss.of(&graph, &field.labels).unwrap();
    let mut gradient = net.zeros();
    sdnn.bprop(&net, &d, &mut gradient);
    let gradient: Vec<Vec<f64>> = gradient.arrays().map(<[f64]>::to_vec).collect();
    for (array, values) in gradient.iter().enumerate() {
        let at = values.len() / 2;
        let mut moved = |step: f64| {
            net.arrays_mut().nth(array).unwrap()[at] += step;
            let value = value(&net).0;
            net.arrays_mut().nth(array).unwrap()[at] -= step;
            value
        };
        let expected = (moved(AT) - moved(-AT)) / (2.0 * AT);
        assert!(
            (values[at] - expected).abs() <= 1e-4 * (0.01 + expected.abs()),
            "array {array}: {} {expected}",
            values[at]
        );
    }
}

/// The rows of labels that Fig. 25 and 26 print, and their answers.
#[test]
fn the_character_model_reads_the_rows_of_the_figures() {
    use lenet5::section4::Arc;
    let read = |row: &str| {
        let label = |c: char| c.to_digit(10).map_or(BLANK, |digit| digit as u8);
        // The labelled class costs nothing, all others 10.
        let arcs: Vec<Arc> = row
            .chars()
            .enumerate()
            .flat_map(|(n, c)| {
                (0..=BLANK).map(move |class| Arc {
                    from: n,
                    to: n + 1,
                    label: Some(class),
                    penalty: if class == label(c) { 0.0 } else { 10.0 },
                    origin: 0,
                })
            })
            .collect();
        let graph = Graph::new(row.len() + 1, 0, row.len(), &arcs).unwrap();
        let composed = lenet5::section8::compose(&graph, &character_model(BLANK)).graph;
        let path = best_path(&composed).unwrap();
        let answer: String = composed.labels_of(&path.arcs).iter().map(u8::to_string).collect();
        (answer, path.penalty)
    };
    assert_eq!(read("2..33.4.5"), ("2345".into(), 0.0));
    assert_eq!(read("55...4.0."), ("540".into(), 0.0));
    assert_eq!(read("6.777..88"), ("678".into(), 0.0));
    // The 1 beside the 4s costs: one position must be read as something else.
    assert_eq!(read("1.1.1.441").1, 10.0);
    assert_eq!(read("3.55.114.").1, 10.0);
}

#[test]
fn windows_show_a_character_or_a_blank() {
    let digits = embedded::digits(5).train;
    let windows = |blanks, junctions| Windows {
        patterns: &digits,
        spacing: Spacing::mixed(),
        blanks,
        junctions,
        alone: 0.0,
        noise: 0.0,
        seed: 1,
    };
    let labels = |windows: &Windows| -> Vec<u8> { (0..200).map(|n| windows.get(n).1).collect() };
    assert!(labels(&windows(0.0, 0.0)).iter().all(|&label| label < BLANK));
    assert!(labels(&windows(0.999, 0.0)).iter().filter(|&&label| label == BLANK).count() > 190);
    let some = labels(&windows(0.2, 0.2)).iter().filter(|&&label| label == BLANK).count();
    assert!((40..110).contains(&some), "{some}");
    assert_eq!(windows(0.2, 0.2).get(3), windows(0.2, 0.2).get(3));
    let alone = Windows { alone: 0.999, ..windows(0.0, 0.0) };
    let margin = |image: Array2<u8>| image.columns().into_iter().take(2).flatten().all(|&grey| grey == 0);
    assert!((0..20).all(|n| margin(alone.get(n).0)));
    // The character stands in the middle, its neighbours are partly in sight.
    let middle = |image: &Array2<u8>| {
        image.slice_axis(Axis(1), Slice::from(10..22)).iter().map(|&g| u64::from(g)).sum::<u64>()
    };
    assert!((0..50).all(|n| middle(&windows(0.0, 0.0).get(n).0) > 1000));
}

/// Fields without ink, narrow and wide ones are read; training lowers the loss.
#[test]
fn any_field_is_read_and_learnt() {
    let net = net::<f32>();
    let mut sdnn = Sdnn::default();
    for columns in [0, 1, 31, 33, 10_000] {
        let graph = sdnn.fprop(&net, Array2::zeros((32, columns)).view());
        assert!(best_path(&graph).is_some(), "{columns}");
    }
    let loss = GraphLoss::new(Criterion::DiscriminativeForward, 0.1);
    let (mut rates, field) = (net.zeros(), a_string());
    rates.fill(1e-4);
    let mut trainer = StringTrainer::new(net, sdnn, loss);
    let first = trainer.learn(&field, &rates).unwrap();
    for _ in 0..5 {
        trainer.learn(&field, &rates);
    }
    assert!(trainer.learn(&field, &rates).unwrap() < first);
    // Nine digits do not fit a field of one position.
    let narrow = lenet5::section5::strings::Field { image: Array2::zeros((32, 20)), labels: vec![1; 9] };
    assert_eq!(trainer.learn(&narrow, &rates), None);
}

/// Places of a page are found where single windows find them, and on pages without ink there is nothing.
#[test]
fn spotting_is_the_same_as_sweeping() {
    use lenet5::section7::spotting::{Spotter, page};
    let digits = embedded::digits(5).test;
    let (image, spots) = page(&digits, 1, 0);
    assert_eq!(page(&digits, 1, 0), (image.clone(), spots.clone()));
    assert!(spots.len() >= 2);
    let net = net::<f32>();
    let one = Spotter { resolutions: vec![1.0], most: f64::INFINITY, apart: 0.0 };
    let found = one.find(&net, image.view());
    let mut s = net.states();
    let side = input_columns(image.ncols());
    let beside = (side - image.ncols()) / 2;
    let mut padded = Array2::zeros((side, side));
    image.indexed_iter().for_each(|((y, x), &grey)| padded[[y + beside, x + beside]] = grey);
    let mut swept = 0;
    for y in (0..=side - 32).step_by(STEP) {
        for x in (0..=side - 32).step_by(STEP) {
            let rows = padded.slice_axis(Axis(0), Slice::from(y..y + 32));
            place(rows.slice_axis(Axis(1), Slice::from(x..x + 32)), s.input_mut());
            net.fprop(&mut s);
            let class = s.output.nearest();
            let middle = [y, x].map(|at| (at + 16) as f64 - beside as f64);
            let spot = found.iter().find(|spot| spot.middle == middle);
            assert_eq!(
                spot.map(|spot| usize::from(spot.label)),
                (class < usize::from(BLANK)).then_some(class)
            );
            swept += usize::from(spot.is_some());
        }
    }
    assert_eq!(swept, found.len());
    let strict = Spotter { most: 0.0, ..one };
    assert!(strict.find(&net, Array2::zeros((5, 7)).view()).is_empty());
}

/// The answer of both readers is a string of both graphs, and its penalty the sum of the best of either.
#[test]
fn both_readers_agree_on_a_string() {
    use lenet5::section4::GraphTransformer;
    use lenet5::section5::segmentation::Segmenter;
    use lenet5::section6::path_selector::PathSelector;
    use lenet5::section6::reader::OverSegmentation;
    use lenet5::section7::both::Both;
    let (wide, cut, field) = (net::<f64>(), LeNet5::paper::<f64>(&mut lenet5::random(4)), a_string());
    let segmentation = OverSegmentation::new(Segmenter::chosen());
    let mut both = Both::new(cut.clone(), segmentation.clone());
    let graph = both.fprop(&wide, field.image.view());
    let best = best_path(&graph).unwrap();
    let answer = graph.labels_of(&best.arcs);
    let least = |graph: &Graph| best_path(&PathSelector { desired: &answer }.fprop(graph)).unwrap().penalty;
    let of_cuts = segmentation.clone().fprop(&cut, field.image.view());
    let of_positions = Sdnn::default().fprop(&wide, field.image.view());
    assert!((best.penalty - least(&of_cuts) - least(&of_positions)).abs() < 1e-6);
    // The way back: one weight by differences.
    let loss = GraphLoss::new(Criterion::DiscriminativeForward, 0.1);
    let (_, d) = loss.of(&graph, &answer).unwrap();
    let mut gradient = wide.zeros();
    both.bprop(&wide, &d, &mut gradient);
    let value = |step: f64| {
        let mut moved = wide.clone();
        moved.arrays_mut().nth(1).unwrap()[0] += step;
        loss.of(&both.clone().fprop(&moved, field.image.view()), &answer).unwrap().0
    };
    let expected = (value(1e-5) - value(-1e-5)) / 2e-5;
    let found = gradient.arrays().nth(1).unwrap()[0];
    assert!((found - expected).abs() <= 1e-4 * (0.01 + expected.abs()), "{found} {expected}");
}
