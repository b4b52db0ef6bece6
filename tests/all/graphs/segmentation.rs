//! Cuts, candidates, and the graphs that they make.

use lenet5::section1::Network;
use lenet5::section2::LeNet5;
use lenet5::section3::database::embedded;
use lenet5::section4::Graph;
use lenet5::section5::cuts::Heuristic;
use lenet5::section5::recognition::Recogniser;
use lenet5::section5::segmentation::{FEATURES, Segmentation, Segmenter};
use lenet5::section5::strings::{Spacing, Strings};
use lenet5::section6::criterion::{Criterion, GraphLoss};
use lenet5::section6::reader::OverSegmentation;
use lenet5::section6::training::StringTrainer;
use ndarray::Array2;

/// A string's image, its digits alone, its classes.
type Known = (Array2<u8>, Vec<Array2<u8>>, Vec<u8>);

fn some_strings(spacing: Spacing, count: u64) -> Vec<Known> {
    let digits = embedded::digits(5);
    let strings = Strings { patterns: &digits.test, spacing, seed: 1 };
    (0..count).map(|n| (strings.get(n).image, strings.layers(n), strings.get(n).labels)).collect()
}

const HEURISTICS: [Heuristic; 4] =
    [Heuristic::Projection, Heuristic::Contours, Heuristic::Leaning(6), Heuristic::Seams];

/// The ink of every complete path is the ink of the field: each piece is used once.
#[test]
fn every_path_uses_all_ink_once() {
    for heuristic in HEURISTICS {
        let segmenter = Segmenter { heuristic, most_crossed: 12.0, ..Segmenter::chosen() };
        for (image, ..) in some_strings(Spacing::mixed(), 8) {
            let Segmentation { graph, candidates, .. } = segmenter.fprop(image.view());
            // Fainter pixels may lie outside of the boxes.
            let ink = |image: &Array2<u8>| {
                image.iter().filter(|grey| **grey >= 10).map(|&grey| u64::from(grey)).sum::<u64>()
            };
            // Ink up to each node: equal along all arcs that enter it.
            let mut before = vec![None; graph.nodes()];
            before[0] = Some(0);
            for arc in graph.arcs() {
                let Some(sum) = before[arc.from] else { continue };
                let sum = sum + ink(&candidates[arc.origin].ink);
                assert!(before[arc.to].is_none_or(|before| before == sum), "{heuristic:?}");
                before[arc.to] = Some(sum);
            }
            assert_eq!(before[graph.end()], Some(ink(&image)), "{heuristic:?}");
        }
    }
}

#[test]
fn separate_digits_are_cut_apart() {
    let strings = some_strings(Spacing { jitter: 0, ..Spacing::with_gap(6) }, 20);
    let segmenter = Segmenter::chosen();
    let with_truth =
        strings.iter().filter(|(image, layers, _)| segmenter.fprop(image.view()).has_truth(layers));
    assert!(with_truth.count() >= 18);
    // The control: a truth that is shifted by a digit is not there.
    let shifted =
        strings.iter().filter(|(image, layers, _)| segmenter.fprop(image.view()).has_truth(&layers[1..]));
    assert_eq!(shifted.count(), 0);
}

/// Seams find more of the true cuts of digits that overlap than the paper's minima do.
#[test]
fn seams_cut_digits_that_overlap() {
    let strings = some_strings(Spacing::with_gap(-2), 40);
    let with_truth = |heuristic| {
        let segmenter = Segmenter { heuristic, ..Segmenter::chosen() };
        strings.iter().filter(|(image, layers, _)| segmenter.fprop(image.view()).has_truth(layers)).count()
    };
    let found = HEURISTICS.map(with_truth);
    assert!(found[3] >= 24 && found[3] > found[0] && found[3] > found[1], "{found:?}");
}

/// The median filter brings a field with noise nearer to the field without.
#[test]
fn noise_is_filtered() {
    let clean = some_strings(Spacing::with_gap(6), 10);
    let noisy = some_strings(Spacing { noise: 0.1, ..Spacing::with_gap(6) }, 10);
    // Without cuts, the only candidate has all ink that is left.
    let all = Segmenter { most_crossed: -1.0, ..Segmenter::chosen() };
    let far = |segmenter: Segmenter| -> u64 {
        let one = |(clean, noisy): (&Known, &Known)| -> u64 {
            let candidate = segmenter.fprop(noisy.0.view()).candidates.remove(0);
            let (top, left) = (candidate.rows.0, candidate.columns.0);
            let ink = |y: usize, x: usize| {
                y.checked_sub(top).zip(x.checked_sub(left)).and_then(|at| candidate.ink.get(at)).copied()
            };
            let pixels = clean.0.indexed_iter();
            pixels.map(|((y, x), &grey)| u64::from(grey.abs_diff(ink(y, x).unwrap_or(0)))).sum()
        };
        clean.iter().zip(&noisy).map(one).sum()
    };
    let (without, with) = (far(all), far(Segmenter { median: true, ..all }));
    assert!(2 * with < without, "{with} {without}");
}

/// Small candidates are dropped, unless no path remains.
#[test]
fn small_candidates_are_dropped_where_paths_remain() {
    let segmenter = Segmenter::chosen();
    let side = |image: &Array2<u8>| image.nrows().max(image.ncols());
    for (image, ..) in some_strings(Spacing::mixed(), 20) {
        let segmentation = segmenter.fprop(image.view());
        assert!(segmentation.candidates.iter().all(|candidate| side(&candidate.ink) >= segmenter.smallest));
    }
    let dots = Array2::from_shape_fn((32, 60), |(y, x)| if y / 4 == 4 && x / 4 % 4 == 1 { 255 } else { 0 });
    let segmentation = segmenter.fprop(dots.view());
    assert!(segmentation.candidates.iter().all(|candidate| side(&candidate.ink) < segmenter.smallest));
    assert_eq!((segmentation.graph.nodes(), segmentation.graph.len()), (4 + 1, 4));
}

#[test]
fn fields_without_a_character_give_graphs_without_a_path() {
    let segmenter = Segmenter::chosen();
    for empty in
        [Array2::zeros((32, 40)), Array2::zeros((0, 0)), Array2::zeros((32, 0)), Array2::zeros((0, 7))]
    {
        let segmentation = segmenter.fprop(empty.view());
        assert!(segmentation.graph.is_empty() && segmentation.graph.nodes() == 2);
    }
    // One blot is one candidate at least; a field of 10,000 columns is no matter.
    let blot = Array2::from_shape_fn((32, 40), |(y, x)| if y / 12 == 1 && x / 12 == 1 { 255 } else { 0 });
    assert!(!segmenter.fprop(blot.view()).graph.is_empty());
    let wide = Array2::from_shape_fn(
        (32, 10_000),
        |(y, x)| if (8..24).contains(&y) && x % 16 < 3 { 255 } else { 0 },
    );
    let graph = segmenter.fprop(wide.view()).graph;
    assert_eq!(graph.nodes(), 625 + 1);
    // All paper is ink: one candidate.
    let black = Array2::from_elem((32, 40), 255);
    assert_eq!(segmenter.fprop(black.view()).graph.len(), 1);
}

fn net() -> Network<f64> {
    LeNet5::paper::<f64>(&mut lenet5::random(3))
}

/// A loss of the whole chain from the field on, and its gradients by a few weights of the network and all of the segmenter.
#[test]
fn the_gradient_of_the_whole_chain() {
    let mut net = net();
    let (image, _, labels) = some_strings(Spacing { digits: 2..=2, ..Spacing::mixed() }, 1).remove(0);
    let loss = GraphLoss::new(Criterion::DiscriminativeForward, 0.2);
    let segmenter = Segmenter { weights: [0.3, -0.1, 0.2, 0.4, 0.1], ..Segmenter::chosen() };
    let value = |net: &Network<f64>, segmenter: &Segmenter| {
        let graph: Graph = Recogniser::new().fprop(net, &segmenter.fprop(image.view()));
        loss.of(&graph, &labels).unwrap()
    };
    let segmentation = segmenter.fprop(image.view());
    let mut recogniser = Recogniser::new();
    let graph = recogniser.fprop(&net, &segmentation);
    let (_, d) = loss.of(&graph, &labels).unwrap();
    let (mut gradient, mut d_segmentation) = (zeros(&net), vec![0.0; segmentation.graph.len()]);
    recogniser.bprop(&net, &d, &mut gradient, &mut d_segmentation);
    let mut d_weights = [0.0; FEATURES];
    segmenter.bprop(&segmentation, &d_segmentation, &mut d_weights);
    const STEP: f64 = 1e-5;
    for (feature, found) in d_weights.into_iter().enumerate() {
        let [above, below] = [STEP, -STEP].map(|step| {
            let mut moved = segmenter;
            moved.weights[feature] += step;
            value(&net, &moved).0
        });
        let expected = (above - below) / (2.0 * STEP);
        assert!((found - expected).abs() <= 1e-5 * (1.0 + expected.abs()), "{feature}: {found} {expected}");
    }
    let gradient: Vec<Vec<f64>> = arrays(&gradient);
    for (array, values) in gradient.iter().enumerate() {
        let at = values.len() / 2;
        let [above, below] = [STEP, -STEP].map(|step| {
            shift(&mut net, array, at, step);
            let value = value(&net, &segmenter).0;
            shift(&mut net, array, at, -step);
            value
        });
        let expected = (above - below) / (2.0 * STEP);
        assert!(
            (values[at] - expected).abs() <= 1e-3 * (0.01 + expected.abs()),
            "array {array}: {} {expected}",
            values[at]
        );
    }
}

fn zeros(net: &Network<f64>) -> Network<f64> {
    lenet5::section1::Parameters::zeros(net)
}

fn arrays(net: &Network<f64>) -> Vec<Vec<f64>> {
    lenet5::section1::Parameters::arrays(net).map(<[f64]>::to_vec).collect()
}

fn shift(net: &mut Network<f64>, array: usize, at: usize, step: f64) {
    lenet5::section1::Parameters::arrays_mut(net).nth(array).unwrap()[at] += step;
}

/// Some strings are learnt; one that no path spells changes nothing.
#[test]
fn training_lowers_the_loss() {
    let loss = GraphLoss::new(Criterion::DiscriminativeForward, 0.1);
    let mut trainer = StringTrainer::new(net(), OverSegmentation::new(Segmenter::chosen()), loss);
    let mut rates = zeros(&trainer.net);
    lenet5::section1::Parameters::fill(&mut rates, 3e-4);
    let fields: Vec<_> = some_strings(Spacing::with_gap(6), 12);
    let field = |(image, _, labels): &Known| lenet5::section5::strings::Field {
        image: image.clone(),
        labels: labels.clone(),
    };
    let pass = |trainer: &mut StringTrainer<f64, _>| -> f64 {
        fields.iter().filter_map(|one| trainer.learn(&field(one), &rates)).sum()
    };
    let first = pass(&mut trainer);
    (0..4).for_each(|_| {
        pass(&mut trainer);
    });
    let last = pass(&mut trainer);
    assert!(last < 0.8 * first, "{first} {last}");
    let before = arrays(&trainer.net);
    let hopeless = lenet5::section5::strings::Field { labels: vec![1; 90], ..field(&fields[0]) };
    assert_eq!(trainer.learn(&hopeless, &rates), None);
    assert_eq!(arrays(&trainer.net), before);
}
