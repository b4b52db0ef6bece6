//! The figures of a run show the measurements of the run and the answers of its networks.

use super::{attribute, coloured, drawn, tags, words};
use lenet5::experiment::{Finished, Gallery};
use lenet5::figures;

fn run() -> Finished {
    Finished::built_in().unwrap()
}

/// The number of pictures on a page.
fn pictures(svg: &str) -> usize {
    tags(svg, "image", &["data:image/png;base64,"]).len()
}

/// The index of the smallest of these numbers.
fn least(words: &[&str]) -> usize {
    let numbers: Vec<f64> = words.iter().map(|word| word.parse().unwrap()).collect();
    (0..numbers.len()).min_by(|&a, &b| numbers[a].total_cmp(&numbers[b])).unwrap()
}

#[test]
fn fig_8_has_every_wrong_answer_and_what_it_was() {
    let (svg, run) = (&drawn("fig-8").page.svg, run());
    let wrong = &run.results.arms[0].runs[0].misclassified;
    assert!((70..100).contains(&wrong.len()), "{} wrong answers: near the paper's 82", wrong.len());
    assert_eq!(pictures(svg), wrong.len());
    let labels: Vec<&str> = words(svg).into_iter().filter(|text| text.len() == "4 → 9".len()).collect();
    let wanted: Vec<String> =
        wrong.iter().map(|wrong| format!("{} → {}", wrong.label, wrong.answer)).collect();
    assert_eq!(labels, wanted);
    // The network's answers are the printed ones.
    let model = run.model(0).unwrap();
    for wrong in wrong {
        let shown = &run.gallery.test[&wrong.index];
        let answer = model.fprop(&model.pattern(shown.image.0.view())).output.nearest();
        assert_eq!((shown.label, answer), (wrong.label, wrong.answer));
    }
}

#[test]
fn patterns_fill_their_grids() {
    assert_eq!(pictures(&drawn("fig-4").page.svg), 10 * Gallery::SAMPLES);
    assert_eq!(pictures(&drawn("fig-7").page.svg), 10 * 16, "ten patterns and fifteen copies of each");
    let svg = &drawn("fig-7").page.svg;
    let pictures: std::collections::HashSet<&str> =
        tags(svg, "image", &[]).into_iter().map(|tag| attribute(tag, "href")).collect();
    assert_eq!(pictures.len(), 160, "no two copies are alike");
}

#[test]
fn fig_13_shows_every_map_and_the_answer() {
    let (svg, run) = (&drawn("fig-13").page.svg, run());
    let maps = 1 + 6 + 6 + 16 + 16 + 1 + 1;
    assert_eq!(pictures(svg), 9 * maps);
    let all = words(svg);
    for layer in ["input", "C1", "S2", "C3", "S4", "C5", "F6"] {
        assert_eq!(all.iter().filter(|text| **text == layer).count(), 1, "{layer}");
    }
    assert_eq!(all.iter().filter(|text| text.starts_with("next ")).count(), 9);
    for index in run.gallery.arms[0].unusual.iter().take(3) {
        let shown = &run.gallery.test[index];
        let model = run.model(0).unwrap();
        let penalty = model.fprop(&model.pattern(shown.image.0.view())).output.of(shown.label);
        let text = format!("{}: {penalty:.0}", shown.label);
        assert!(all.contains(&text.as_str()), "no '{text}' in {all:?}");
    }
}

#[test]
fn f6_is_nearest_to_the_right_code_in_every_row() {
    let svg = &drawn("f6").page.svg;
    assert_eq!(pictures(svg), 10 + 2 * 10, "codes, patterns, states");
    let all = words(svg);
    let begin = all.iter().position(|text| *text == "F6").unwrap() + 1;
    for (label, row) in all[begin..begin + 100].chunks(10).enumerate() {
        assert_eq!(least(row), label, "{row:?}");
    }
}

#[test]
fn f6_moves_from_noise_to_its_code() {
    let (svg, run) = (&drawn("f6-moves").page.svg, run());
    let passes = ["before", "pass 1", "2", "3", "5", "10", "20", "code"];
    assert_eq!(pictures(svg), 10 * (1 + passes.len()));
    let all = words(svg);
    let begin = all.iter().position(|text| *text == "code").unwrap() + 1;
    assert_eq!(all[begin - passes.len()..begin], passes);
    let codes = run.model(0).unwrap().codes().unwrap().to_owned();
    for (label, row) in all[begin..begin + 70].chunks(7).enumerate() {
        let distances: Vec<f64> = row.iter().map(|text| text.parse().unwrap()).collect();
        assert!(distances[0] > 70.0 && distances[6] < 10.0, "{label}: {distances:?}");
        // The picture shows rounded states, so its distance is close to the network's.
        let index = run.gallery.samples[label][0];
        let model = run.model(0).unwrap();
        let states = model.fprop(&model.pattern(run.gallery.test[&index].image.0.view()));
        let exact: f32 = states["F6"].iter().zip(codes.row(label)).map(|(x, w)| (x - w).powi(2)).sum();
        assert!((f64::from(exact) - distances[6]).abs() < 0.15, "{label}: {exact} and {}", distances[6]);
    }
}

#[test]
fn kernels_are_those_of_table_1() {
    assert_eq!(pictures(&drawn("kernels").page.svg), 6 + 60);
}

#[test]
fn confusion_counts_every_test_pattern() {
    let (svg, run) = (&drawn("confusion").page.svg, run());
    let counts = &run.results.arms[0].runs[0].confusion;
    let cells: Vec<usize> = counts.iter().flatten().copied().filter(|count| *count > 0).collect();
    let drawn: Vec<usize> = words(svg).iter().filter_map(|text| text.parse().ok()).collect();
    // The labels of rows and columns are numbers, too.
    let names: usize = 2 * (0..10).sum::<usize>();
    assert_eq!(drawn.iter().sum::<usize>() - names, cells.iter().sum::<usize>());
    assert_eq!(cells.iter().sum::<usize>(), run.results.data.test);
}

#[test]
fn rates_are_drawn_for_every_pass_below_the_ceiling() {
    let (svg, run) = (&drawn("rates").page.svg, run());
    let passes = &run.results.arms[0].runs[0].passes;
    let layers = passes[0].rates.len();
    assert_eq!(coloured(svg, "#0072B2", passes.len()).len(), layers, "a median for each layer");
    assert_eq!(coloured(svg, "#222222", passes.len()).len(), layers, "and the ceiling");
    let mu = run.plan.arms[0].settings.training.mu.unwrap();
    for pass in passes {
        for rates in &pass.rates {
            let sorted = [&[rates.least][..], &rates.deciles, &[rates.largest]].concat();
            assert!(sorted.is_sorted(), "pass {}, {}: {sorted:?}", pass.pass, rates.layer);
            assert!(rates.largest <= pass.eta / mu * 1.000001, "pass {}, {}", pass.pass, rates.layer);
        }
    }
}

#[test]
fn margins_hold_every_pattern_and_a_dot_for_each_wrong_one() {
    let (svg, run) = (&drawn("margins").page.svg, run());
    let margins = &run.gallery.arms[0].margins.counts;
    assert_eq!(margins.iter().flatten().sum::<u32>() as usize, run.results.data.test);
    let wrong = run.results.arms[0].runs[0].misclassified.len();
    assert_eq!(tags(svg, "circle", &["#D55E00"]).len(), wrong);
    let cells = margins.iter().flatten().filter(|count| **count > 0).count();
    assert_eq!(tags(svg, "polygon", &["#0072B2"]).len(), cells);
    // Below the diagonal the best wrong class has the smaller penalty, so all answers there are wrong.
    let below: u32 = (0..margins.len()).map(|right| margins[right][..right].iter().sum::<u32>()).sum();
    assert!(below as usize <= wrong, "{below} below, {wrong} wrong");
}

#[test]
fn figures_of_a_run_say_which_digits_and_which_seeds() {
    let mut run = run();
    run.results.data.name = "embedded digits".into();
    let chapters = figures::of_run(&run).unwrap();
    assert_eq!(
        chapters.iter().map(|chapter| chapter.title.as_str()).collect::<Vec<_>>(),
        ["All arms", "The patterns", "rbf", "softmax"]
    );
    for figure in chapters.iter().flat_map(|chapter| &chapter.figures) {
        let all = words(&figure.page.svg).join(" ");
        assert!(all.contains("embedded digits") && !all.contains("mnist"), "{}: {all}", figure.name);
        // Fig. 4 shows unchanged patterns and needs no seed.
        assert!(all.contains("seed 1") || figure.name == "fig-4", "{}: {all}", figure.name);
    }
    let of =
        |arm: usize| chapters[2 + arm].figures.iter().map(|figure| figure.name.as_str()).collect::<Vec<_>>();
    assert_eq!(of(0).len(), 8);
    assert_eq!(of(1).len(), 6, "softmax has no figures of codes: {:?}", of(1));
}
