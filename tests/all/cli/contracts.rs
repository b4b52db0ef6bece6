//! `results.json` and the models, field by field.

use super::Desk;
use lenet5::experiment::Model;
use lenet5::section2::{A, S, TABLE_I};
use lenet5::section3::database::{Patterns, embedded};
use lenet5::section3::evaluation::evaluate;
use safetensors::SafeTensors;
use serde_json::Value;

fn number(value: &Value, key: &str) -> f64 {
    let number = value[key].as_f64().unwrap_or_else(|| panic!("{key} is not a number in {value}"));
    assert!(number.is_finite());
    number
}

fn count(value: &Value, key: &str) -> usize {
    value[key].as_u64().unwrap_or_else(|| panic!("{key} is not a count in {value}")) as usize
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().unwrap_or_else(|| panic!("{key} is not a list in {value}"))
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("{key} is not a text in {value}"))
}

/// Checks the results of a run on embedded digits.
pub fn check_results(results: &Value, passes: usize) {
    let data = &results["data"];
    assert_eq!(text(data, "name"), "embedded digits");
    assert!(count(data, "train") > 0);
    let test = embedded::digits(1998).test.range(0..count(data, "test"));
    for arm in list(results, "arms") {
        for run in list(arm, "runs") {
            let model = format!("{}-seed{}.safetensors", text(arm, "name"), count(run, "seed"));
            assert_eq!(text(run, "model"), model);
            check_passes(run, passes, text(arm, "name") == "codes");
            check_signal(run);
            check_errors(run, &test);
        }
    }
}

/// Checks the signal of the six layers before training.
fn check_signal(run: &Value) {
    let layers: Vec<&str> = list(run, "signal").iter().map(|signal| text(signal, "layer")).collect();
    assert_eq!(layers, ["C1", "S2", "C3", "S4", "C5", "F6"]);
    for signal in list(run, "signal") {
        let (deviation, slope) = (number(signal, "deviation"), number(signal, "slope"));
        assert!(0.0 < deviation && deviation < A && 0.0 < slope && slope < A * S, "{signal}");
    }
}

fn check_passes(run: &Value, passes: usize, codes_learn: bool) {
    assert_eq!(list(run, "passes").len(), passes);
    for (pass, n) in list(run, "passes").iter().zip(1..) {
        assert_eq!(count(pass, "pass"), n);
        assert!(number(pass, "eta") > 0.0 && number(pass, "loss") > 0.0);
        assert!(0.0 < number(pass, "rate_min") && number(pass, "rate_min") <= number(pass, "rate_max"));
        assert!(0.0 <= number(pass, "hessian_seconds"));
        assert!(number(pass, "hessian_seconds") < number(pass, "seconds"));
        assert_eq!(pass.get("codes_apart").is_some_and(Value::is_number), codes_learn);
        assert_eq!(pass.get("codes_apart").is_some(), codes_learn);
        assert!(number(pass, "seconds") > 0.0 && number(pass, "us_per_pattern") > 0.0);
        for key in ["train_error_pct", "test_error_pct"] {
            assert!((0.0..=100.0).contains(&number(pass, key)));
        }
        for rates in list(pass, "rates") {
            let [least, median, largest] = ["least", "median", "largest"].map(|key| number(rates, key));
            assert!(least <= median && median <= largest, "{}", text(rates, "layer"));
        }
    }
    let last = list(run, "passes").last().unwrap();
    for key in ["train_error_pct", "test_error_pct"] {
        assert_eq!(number(run, key), number(last, key), "{key} is that of the last pass");
    }
}

/// Checks that the confusion matrix, the list of mistakes, the percentage and the true labels agree.
fn check_errors(run: &Value, test: &Patterns) {
    let mut confusion = [[0; 10]; 10];
    (0..test.len()).for_each(|p| confusion[test.label(p)][test.label(p)] += 1);
    let mistakes = list(run, "misclassified");
    for mistake in mistakes {
        let [index, label, answer] = ["index", "label", "answer"].map(|key| count(mistake, key));
        assert_eq!(label, test.label(index));
        assert_ne!(label, answer);
        confusion[label][label] -= 1;
        confusion[label][answer] += 1;
    }
    assert!(mistakes.is_sorted_by_key(|mistake| count(mistake, "index")));
    assert_eq!(run["confusion"], serde_json::json!(confusion));
    assert_eq!(number(run, "test_error_pct"), 100.0 * mistakes.len() as f64 / test.len() as f64);
}

/// Names and shapes of a network without its output layer.
const SHAPES: [(&str, &[usize]); 12] = [
    ("c1.weight", &[6, 1, 5, 5]),
    ("c1.bias", &[6]),
    ("s2.coefficient", &[6]),
    ("s2.bias", &[6]),
    ("c3.weight", &[16, 6, 5, 5]),
    ("c3.bias", &[16]),
    ("s4.coefficient", &[16]),
    ("s4.bias", &[16]),
    ("c5.weight", &[120, 16, 5, 5]),
    ("c5.bias", &[120]),
    ("f6.weight", &[84, 120]),
    ("f6.bias", &[84]),
];

/// Checks the model of `arm` and seed 1 in `run`, and that its test error is the reported one.
pub fn check_model(desk: &Desk, run: &str, arm: &str) {
    let bytes = desk.read(&format!("{run}/{arm}-seed1.safetensors"));
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let head: &[(&str, &[usize])] = match arm {
        "rbf" => &[("rbf.codes", &[10, 84])],
        _ => &[("output.weight", &[10, 84]), ("output.bias", &[10])],
    };
    assert_eq!(tensors.len(), SHAPES.len() + head.len());
    for (name, shape) in SHAPES.iter().chain(head) {
        let tensor = tensors.tensor(name).unwrap();
        assert_eq!((tensor.dtype(), tensor.shape()), (safetensors::Dtype::F32, *shape), "{name}");
    }
    let (kernels, _) = tensors.tensor("c3.weight").unwrap().data().as_chunks::<100>();
    for (n, kernel) in kernels.iter().enumerate() {
        let connected = TABLE_I[n / 6].contains(&(n % 6));
        assert_eq!(kernel.iter().any(|&byte| byte != 0), connected, "kernel from {} to {}", n % 6, n / 6);
    }
    let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
    let toml: toml::Table = header.metadata().as_ref().unwrap()["arm"].parse().unwrap();
    assert_eq!(toml["head"]["kind"].as_str(), Some(arm));

    let test = embedded::digits(1998).test.range(0..100);
    let model = Model::load(&desk.path(&format!("{run}/{arm}-seed1.safetensors"))).unwrap();
    let evaluation = evaluate(&model.net, &test, 1);
    let results = desk.results(run);
    let of_arm = list(&results, "arms").iter().find(|found| found["name"] == arm).unwrap();
    assert_eq!(of_arm["runs"][0]["confusion"], serde_json::json!(evaluation.confusion));
}
