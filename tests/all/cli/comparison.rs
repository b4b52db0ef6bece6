//! Comparisons from beginning to end.

use super::{Desk, contracts};
use lenet5::experiment::Model;
use serde_json::Value;

const BANNER: &str = "EMBEDDED DIGITS, NOT MNIST";

#[test]
fn rbf_vs_softmax_leaves_what_the_contracts_promise() {
    let desk = Desk::new();
    let said = desk.experiment("rbf vs softmax --embedded --train 300 --test 100 --passes 2").succeeds();
    assert!(said.out.contains("300 training and 100 test patterns of embedded digits"), "{}", said.out);
    assert!(said.out.contains(BANNER) && said.err.contains(BANNER), "{}", said.shown());
    assert!(said.out.contains("Everything is in runs/rbf-vs-softmax\n"), "{}", said.out);

    let results = desk.results("runs/rbf-vs-softmax");
    assert_eq!(results["experiment"], "rbf vs softmax");
    contracts::check_results(&results, 2);
    for arm in ["rbf", "softmax"] {
        contracts::check_model(&desk, "runs/rbf-vs-softmax", arm);
    }
    let config: toml::Table =
        String::from_utf8(desk.read("runs/rbf-vs-softmax/config.toml")).unwrap().parse().unwrap();
    assert_eq!(config["arms"].as_array().unwrap().len(), 2);
    assert_eq!(config["arms"][1]["settings"]["training"]["passes"].as_integer(), Some(2));
    assert_eq!(config["seeds"].as_array().unwrap()[0].as_integer(), Some(1));

    // Again: the folder is not overwritten, the next is numbered.
    let said = desk.experiment("rbf vs softmax --embedded --train 20 --test 10 --passes 1").succeeds();
    assert!(said.out.contains("Everything is in runs/rbf-vs-softmax-2\n"), "{}", said.out);
    assert_eq!(results, desk.results("runs/rbf-vs-softmax"));
}

#[test]
fn several_arms_and_settings_from_files() {
    let desk = Desk::new();
    desk.arm("twin.toml", &[]);
    desk.arm("slow.toml", &[("eta_scale", "eta_scale = 0.001")]);
    desk.arm("codes.toml", &[("learn_codes", "learn_codes = true")]);
    let options = "--embedded --train 200 --test 50 --passes 1 --out here/and/there";
    desk.experiment(&format!("eq-8 vs twin.toml vs ./slow.toml vs codes.toml {options}")).succeeds();
    let results = desk.results("here/and/there");
    assert_eq!(results["experiment"], "eq-8 vs twin vs slow vs codes");
    contracts::check_results(&results, 1);
    let loss = |arm: usize| results["arms"][arm]["runs"][0]["passes"][0]["loss"].as_f64().unwrap();
    assert_eq!(loss(0), loss(1), "what `show` prints is the same arm");
    assert!(loss(2) > loss(0), "a rate far lower learns less in a pass");
    let model = Model::load(&desk.path("here/and/there/codes-seed1.safetensors")).unwrap();
    let codes = model.codes().expect("an RBF head");
    let pairs = (0..10).flat_map(|i| (0..i).map(move |j| (i, j)));
    let distance = |(i, j)| (&codes.row(i) - &codes.row(j)).mapv(|d| f64::from(d * d)).sum();
    let apart = pairs.map(distance).reduce(f64::min).unwrap();
    let found = results["arms"][3]["runs"][0]["passes"][0]["codes_apart"].as_f64().unwrap();
    // Of the fixed codes, 6 and 8 are closest: they differ in 12 places.
    assert!((found - apart).abs() < 1e-4 * apart && (found - 48.0).abs() > 1e-3, "{found}, not {apart}");
}

#[test]
fn several_seeds_are_averaged_and_tested() {
    let desk = Desk::new();
    let options = "--embedded --train 200 --test 100 --passes 1 --seed 5 --seeds 3 --out three";
    let said = desk.experiment(&format!("rbf vs softmax {options}")).succeeds();
    let results = desk.results("three");
    let errors = |arm: usize| -> Vec<f64> {
        let runs = results["arms"][arm]["runs"].as_array().unwrap();
        runs.iter().map(|run| run["test_error_pct"].as_f64().unwrap()).collect()
    };
    let seeds: Vec<&Value> =
        results["arms"][1]["runs"].as_array().unwrap().iter().map(|run| &run["seed"]).collect();
    assert_eq!(seeds, [5, 6, 7]);
    let differences: Vec<f64> = errors(0).iter().zip(errors(1)).map(|(a, b)| a - b).collect();
    for arm in [0, 1] {
        let (mean, deviation) = mean_and_deviation(&errors(arm));
        let row = format!("{mean:.2} ± {deviation:.2}");
        assert!(said.out.contains(&row), "no {row} in {}", said.out);
        let minus_paper = format!("{:+.2}", mean - 0.95);
        assert!(said.out.contains(&minus_paper), "no {minus_paper} in {}", said.out);
    }
    let (mean, deviation) = mean_and_deviation(&differences);
    // Student's distribution with 2 degrees of freedom is known in closed form.
    let t = mean / (deviation / 3f64.sqrt());
    let p = 1.0 - t.abs() / (2.0 + t * t).sqrt();
    let reach = 4.302_653 * deviation / 3f64.sqrt();
    let verdict = format!(
        "rbf against softmax: {mean:+.2} ± {deviation:.2} points of test error over 3 seeds (95 % interval {:+.2} to \
         {:+.2}), paired t-test p = {p:.3}",
        mean - reach,
        mean + reach
    );
    let words: Vec<&str> = said.out.split_whitespace().collect();
    assert!(words.join(" ").contains(&verdict), "no {verdict} in {}", said.out);
}

fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    let mean = values.iter().sum::<f64>() / 3.0;
    (mean, (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 2.0).sqrt())
}

#[test]
fn without_a_network_the_embedded_digits_stand_in_and_nobody_can_miss_it() {
    let desk = Desk::new();
    let said = desk.experiment("rbf --train 20 --test 10 --passes 1").succeeds();
    for text in [&said.out, &said.err] {
        assert!(text.contains(BANNER) && text.contains("cannot download MNIST"), "{}", said.shown());
    }
    assert!(said.out.contains("rbf, seed 1, answers no better than by guessing"), "{}", said.out);
    assert_eq!(desk.results("runs/rbf")["data"]["name"], "embedded digits");
}

#[test]
fn an_arm_that_diverges_is_named_and_the_other_keeps_its_checkpoint() {
    let desk = Desk::new();
    let plain = ("optimiser", "optimiser = \"gradient\"");
    let no_sdlm = [("mu", ""), ("hessian_patterns", "")];
    let codes = ("learn_codes", "learn_codes = true");
    // Big steps from pass 3 on.
    let late = ("eta", "eta = [1e-4, 1e-4, 1e6]");
    desk.arm("wild.toml", &[plain, no_sdlm[0], no_sdlm[1], codes, late, ("eta_scale", "eta_scale = 1")]);
    let options = "--embedded --train 300 --test 20 --passes 3 --out run --threads 1";
    let said = desk.experiment(&format!("softmax vs wild.toml {options}"));
    said.fails(1, &["wild, seed 1, diverged in pass 3", "training.eta_scale"]);
    assert!(!desk.path("run/results.json").exists());
    for file in ["softmax-seed1", "checkpoint/softmax-seed1", "checkpoint/wild-seed1"] {
        assert!(desk.path(&format!("run/{file}.safetensors")).exists(), "{file}");
    }

    // The only update of a batch pass comes after the last loss of that pass.
    let batch = ("update", "update = \"batch\"");
    let infinite = ("eta_scale", "eta_scale = 1e45");
    desk.arm("batch.toml", &[plain, no_sdlm[0], no_sdlm[1], batch, infinite]);
    let said = desk.experiment("batch.toml --embedded --train 100 --test 20 --passes 1 --out batch");
    said.fails(1, &["batch, seed 1, diverged in pass 1"]);
    assert!(!desk.path("batch/checkpoint/batch-seed1.safetensors").exists());
}
