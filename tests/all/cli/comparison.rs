//! Comparisons from beginning to end.

use super::{Desk, Said, contracts};
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

    // A second run does not overwrite the folder: the next one is numbered.
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
    assert_eq!(loss(0), loss(1), "the output of `show` is the same arm");
    assert!(loss(2) > loss(0), "a far lower rate learns less in a pass");
    let model = Model::load(&desk.path("here/and/there/codes-seed1.safetensors")).unwrap();
    let codes = model.codes().expect("an RBF head");
    let pairs = (0..10).flat_map(|i| (0..i).map(move |j| (i, j)));
    let distance = |(i, j)| (&codes.row(i) - &codes.row(j)).mapv(|d| f64::from(d * d)).sum();
    let apart = pairs.map(distance).reduce(f64::min).unwrap();
    let found = results["arms"][3]["runs"][0]["passes"][0]["codes_apart"].as_f64().unwrap();
    // The closest two of the fixed codes, 6 and 8, differ in 12 places.
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
    // Student's distribution with 2 degrees of freedom has a closed form.
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
fn without_a_network_the_embedded_digits_stand_in_with_a_notice() {
    let desk = Desk::new();
    let said = desk.experiment("rbf --train 20 --test 10 --passes 1").succeeds();
    assert!(said.out.contains(BANNER), "{}", said.out);
    // The notice is printed once, fits the width of a terminal, and names the hosts that were tried.
    assert_eq!(said.err.matches(BANNER).count(), 1, "{}", said.err);
    for phrase in ["cannot download MNIST", "(ossci-datasets.s3.amazonaws.com: ", "storage.googleapis.com: "]
    {
        assert!(said.err.replace("\n!!  ", " ").contains(phrase), "no '{phrase}' in {}", said.err);
    }
    assert!(said.err.lines().all(|line| line.chars().count() <= 80), "{}", said.err);
    assert!(said.out.contains("rbf, seed 1, answers hardly better than by guessing"), "{}", said.out);
    assert_eq!(desk.results("runs/rbf")["data"]["name"], "embedded digits");
}

/// Changes that make an arm with learning codes take big steps from pass 3 on.
const WILD: [(&str, &str); 6] = [
    ("optimiser", "optimiser = \"gradient\""),
    ("mu", ""),
    ("hessian_patterns", ""),
    ("learn_codes", "learn_codes = true"),
    ("eta", "eta = [1e-4, 1e-4, 1e6]"),
    ("eta_scale", "eta_scale = 1"),
];

#[test]
fn a_run_ends_with_the_results_of_the_arms_that_did_not_diverge() {
    let desk = Desk::new();
    desk.arm("wild.toml", &WILD);
    let options = "--embedded --train 300 --test 20 --passes 3 --out run --threads 1";
    // A run with a diverged arm ends with its results and with nothing to resume.
    let ends = |said: Said| {
        assert_eq!(said.code, Some(1), "{}", said.shown());
        assert!(
            said.out.contains("wild, seed 1, diverged in pass 3") && said.out.contains(" wild "),
            "{}",
            said.out
        );
        let error = &said.err[said.err.find("error: ").unwrap()..];
        for phrase in ["wild, seed 1, diverged in pass 3", "results in run are complete", "nothing to resume"]
        {
            assert!(error.contains(phrase), "no '{phrase}' in {}", said.shown());
        }
        said
    };
    let said = ends(desk.experiment(&format!("wild.toml vs softmax {options}")));
    assert_eq!(said.err.matches("its loss is no longer finite").count(), 1, "at once: {}", said.err);
    let results = desk.results("run");
    let [wild, softmax] = [0, 1].map(|arm| &results["arms"][arm]);
    assert_eq!(wild["runs"], serde_json::json!([]));
    assert_eq!(
        (&wild["diverged"][0]["seed"], &wild["diverged"][0]["diverged_in_pass"]),
        (&1.into(), &3.into())
    );
    assert_eq!(wild["diverged"][0]["passes"].as_array().unwrap().len(), 2);
    assert_eq!(softmax["runs"][0]["passes"].as_array().unwrap().len(), 3);
    assert!(softmax.get("diverged").is_none());
    for file in ["report.html", "report.md"] {
        let report = String::from_utf8(desk.read(&format!("run/{file}"))).unwrap();
        assert!(report.contains("wild, seed 1, diverged in pass 3"), "{file}");
    }
    // The arm that did not diverge ends as it does alone.
    desk.experiment(&format!("softmax {}", options.replace("out run", "out alone"))).succeeds();
    assert!(desk.read("run/softmax-seed1.safetensors") == desk.read("alone/softmax-seed1.safetensors"));

    ends(desk.experiment("--resume run"));
    assert_eq!(
        results["arms"][1]["runs"][0]["confusion"],
        desk.results("run")["arms"][1]["runs"][0]["confusion"]
    );
    desk.experiment("figures run").succeeds();
}

#[test]
fn a_run_without_an_arm_that_did_not_diverge_ends_as_well() {
    let desk = Desk::new();
    let [gradient, mu, hessian, ..] = WILD;
    // The only update of a batch pass comes after the last loss of that pass.
    let batch = ("update", "update = \"batch\"");
    desk.arm(
        "batch.toml",
        &[gradient, mu, hessian, batch, ("eta", "eta = [3.0]"), ("eta_scale", "eta_scale = 1e38")],
    );
    let said =
        desk.experiment("batch.toml --embedded --train 100 --test 20 --passes 1 --seeds 2 --out batch");
    assert_eq!(said.code, Some(1), "{}", said.shown());
    for phrase in
        ["batch, seed 1, diverged in pass 1", "batch, seed 2, diverged in pass 1", "nothing to resume"]
    {
        assert!(said.err.contains(phrase), "no '{phrase}' in {}", said.shown());
    }
    assert!(said.err.contains("its weights are no longer finite"), "{}", said.err);
    assert!(!desk.path("batch/checkpoint/batch-seed1.safetensors").exists());
    assert_eq!(desk.results("batch")["arms"][0]["diverged"].as_array().unwrap().len(), 2);
}

#[test]
fn one_seed_that_diverges_leaves_the_others() {
    let desk = Desk::new();
    desk.experiment("rbf vs softmax --embedded --train 60 --test 30 --passes 2 --seeds 3 --quiet --out run")
        .succeeds();
    // The results of a divergence, made by hand: it depends on the arms which seeds diverge by chance.
    let mut results = desk.results("run");
    let arm = results["arms"][1].as_object_mut().unwrap();
    let mut run = arm["runs"].as_array_mut().unwrap().remove(1);
    let passes = run["passes"].take();
    arm.insert(
        "diverged".into(),
        serde_json::json!([{ "seed": 2, "diverged_in_pass": 2, "passes": [passes[0]] }]),
    );
    desk.write("run/results.json", results.to_string());
    let folder = desk.path("run");
    let read = lenet5::experiment::Finished::read(&folder).unwrap();
    let summary = lenet5::experiment::summary::Summary::of(&read.results);
    let text = summary.sentences.join(" ");
    assert!(text.contains("softmax, seed 2, diverged in pass 2"), "{text}");
    assert!(text.contains("points of test error over 2 seeds"), "{text}");
    lenet5::report::write(&read).unwrap();
}
