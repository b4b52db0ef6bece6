//! The classifiers of III-C on the command line: trained, compared, kept, read again.

use super::Desk;
use image::{GrayImage, Luma};
use lenet5::section3::database::embedded;

#[test]
fn any_classifier_is_trained_compared_and_read_again() {
    let desk = Desk::new();
    let words = "neighbours vs quadratic vs 20x20-300-10 --embedded --train 1500 --test 100 --passes 1 --seeds 2 --out run";
    let said = desk.experiment(words).succeeds();
    assert!(said.out.contains("quadratic") && said.out.contains("run/report.html"), "{}", said.out);
    let results = desk.results("run");
    for (arm, runs, passes) in [(0, 1, 0), (1, 1, 0), (2, 2, 1)] {
        let of_arm = results["arms"][arm]["runs"].as_array().unwrap();
        assert_eq!(of_arm.len(), runs, "an arm that draws nothing is trained once");
        assert_eq!(of_arm[0]["passes"].as_array().unwrap().len(), passes);
        let error = of_arm[0]["test_error_pct"].as_f64().unwrap();
        assert!(error < 40.0 && of_arm[0]["variables"].as_u64().unwrap() > 10_000, "{error} %");
        assert!(of_arm[0]["rejection"]["curve"].as_array().unwrap().len() > 5);
    }
    let (digits, name) = (embedded::digits(1).test, "digit.png");
    let pixel = |x: u32, y: u32| Luma([255 - digits.image(0)[[y as usize / 8, x as usize / 8]]]);
    GrayImage::from_fn(224, 224, pixel).save(desk.path(name)).unwrap();
    for arm in ["neighbours", "quadratic", "20x20-300-10"] {
        let out =
            desk.experiment(&format!("classify {name} --model run/{arm}-seed1.safetensors")).succeeds().out;
        assert!(out.contains("penalties 0: "), "{out}");
    }
    // The report of the run is drawn again from its folder.
    desk.experiment("figures run").succeeds();
    let report = String::from_utf8(desk.read("run/report.md")).unwrap();
    assert!(report.contains("quadratic-confusion") && !report.contains("quadratic-kernels"), "{report}");
    // A network in a file that is none of these.
    desk.experiment("draw --model run/neighbours-seed1.safetensors")
        .fails(2, &["neighbours-seed1", "no network"]);
}

#[test]
fn what_does_not_suffice_is_said_before_training() {
    let desk = Desk::new();
    desk.write("k.toml", "description = \"k\"\n[method]\nkind = \"neighbours\"\nk = 60\n");
    for (words, fault) in [
        ("k.toml --train 50", "k is 60, but there are 50 training patterns"),
        ("rbf-network --train 500", "expected at least 100"),
        ("linear vs pairwise --train 3", "has 0 training patterns"),
    ] {
        desk.experiment(&format!("{words} --embedded --test 10 --out run --quiet")).fails(2, &[fault]);
    }
}

/// A study that continues does not train again what it has finished.
#[test]
fn finished_classifiers_are_remembered() {
    let desk = Desk::new();
    let study = "description = \"both\"\nbase = \"quadratic\"\njudged_on = \"test\"\nseeds = 2\n[[arm]]\nname = \"a\"\n";
    desk.write("both.toml", study);
    let words = "study both.toml --embedded --train 1000 --test 50 --out run --quiet";
    desk.experiment(words).succeeds();
    let first: serde_json::Value = serde_json::from_slice(&desk.read("run/study.json")).unwrap();
    desk.write("both.toml", format!("{study}[[arm]]\nname = \"b\"\nmethod.components = 10\n"));
    desk.experiment(words).succeeds();
    let second: serde_json::Value = serde_json::from_slice(&desk.read("run/study.json")).unwrap();
    // Equal to the last digit, the measured times included.
    assert_eq!(first["arms"][0], second["arms"][0]);
    assert_eq!(second["arms"].as_array().unwrap().len(), 2);
    // Damaged, it is refused.
    desk.write("run/checkpoint/a-seed1.json", "{}");
    desk.experiment(words).fails(1, &["a-seed1.json", "delete it"]);
}
