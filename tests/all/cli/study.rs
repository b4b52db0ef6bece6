//! `experiment study`: its results, its continuation after an interruption, and the mistakes that it refuses.

use super::{Desk, Said};
use lenet5::experiment::{Model, StudyResults};
use lenet5::section3::database::{Patterns, embedded};
use lenet5::section3::evaluation::evaluate;
use serde_json::Value;
use std::fs;

/// One arm that learns, one with learning codes, one that diverges at once, and one that diverges in pass 2. The last has
/// learning codes, too: F6 saturates, so with fixed codes the loss would stay bounded.
const STUDY: &str = r#"
description = "which of them lives?"
base = "base.toml"
judged_on = "test"
seeds = 2

[[arm]]
name = "as-it-is"

[[arm]]
name = "codes"
head.learn_codes = true

[[arm]]
name = "wild"
head.learn_codes = true
training.eta_scale = 1e9

[[arm]]
name = "late"
head.learn_codes = true
training.eta = [1e-4, 1e6]
"#;

/// An arm that is independent of those in `experiments/`.
const BASE: &str = r#"
description = "plain"
head = { kind = "rbf", loss = "eq-8", learn_codes = false }

[training]
optimiser = "sdlm"
update = "stochastic"
passes = 20
eta = [1e-4]
eta_scale = 1.0
mu = 0.1
hessian_patterns = 50
"#;

const FEW: &str = "--embedded --train 200 --test 50 --passes 2";

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("base.toml", BASE);
    desk.write("lives.toml", STUDY);
    desk
}

fn findings(desk: &Desk, folder: &str) -> Value {
    serde_json::from_slice(&desk.read(&format!("{folder}/study.json"))).unwrap()
}

/// The same without the times, which differ from run to run.
fn timeless(desk: &Desk, folder: &str) -> Value {
    let mut found = findings(desk, folder);
    assert!(found.as_object_mut().unwrap().remove("core_seconds").is_some());
    for arm in found["arms"].as_array_mut().unwrap() {
        for run in arm["runs"].as_array_mut().unwrap() {
            let run = run.as_object_mut().unwrap();
            assert!(run.remove("hessian_pct").is_some());
            if let Some(costs) = run.get_mut("costs").and_then(Value::as_object_mut) {
                assert!(costs.remove("seconds_train").is_some() && costs.remove("us_per_pattern").is_some());
            }
            assert_eq!(
                run.remove("pass_seconds").is_none(),
                run["test_error_pct"].as_array().unwrap().is_empty()
            );
        }
    }
    found
}

fn runs<'a>(found: &'a Value, arm: &str) -> &'a [Value] {
    let arms = found["arms"].as_array().unwrap();
    arms.iter().find(|found| found["name"] == arm).unwrap()["runs"].as_array().unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn layers(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|layer| layer["layer"].as_str().unwrap()).collect()
}

#[test]
fn a_study_leaves_all_that_it_found() {
    let desk = desk();
    let said = desk.experiment(&format!("study lives.toml {FEW} --out lives")).succeeds();
    assert!(said.out.contains("lives: which of them lives?"), "{}", said.out);
    assert!(
        said.out.contains("EMBEDDED DIGITS, NOT MNIST") && said.out.contains("lives/study.json\n"),
        "{}",
        said.out
    );
    for (arm, seeds) in
        [("as-it-is", "2 |"), ("codes", "2 |"), ("wild", "2 (2 diverged) |"), ("late", "2 (2 diverged) |")]
    {
        let row = said.out.lines().find(|line| line.starts_with(&format!("| {arm} "))).unwrap();
        assert!(row.contains(&format!(" {seeds}")), "{row}");
    }

    let found = findings(&desk, "lives");
    assert_eq!((&found["study"], &found["judged_on"]), (&Value::from("lives"), &Value::from("test")));
    assert_eq!(found["description"], "which of them lives?");
    assert_eq!(found["data"], serde_json::json!({"name": "embedded digits", "train": 200, "test": 50}));
    assert!(found["machine"]["cores"].as_u64().unwrap() > 0 && found["core_seconds"].is_number());
    let names: Vec<&Value> = found["arms"].as_array().unwrap().iter().map(|arm| &arm["name"]).collect();
    assert_eq!(names, ["as-it-is", "codes", "wild", "late"]);
    for (arm, passes) in [("as-it-is", 2), ("codes", 2), ("wild", 0), ("late", 1)] {
        assert_eq!(runs(&found, arm).iter().map(|run| &run["seed"]).collect::<Vec<_>>(), [1, 2]);
        for run in runs(&found, arm) {
            check_run(run, arm, passes);
        }
    }
    let text = String::from_utf8(desk.read("lives/study.json")).unwrap();
    assert_eq!(serde_json::to_value(StudyResults::parse("study.json", &text).unwrap()).unwrap(), found);
    assert!(
        StudyResults::parse("half.json", &text[..text.len() / 2])
            .unwrap_err()
            .to_string()
            .contains("half.json")
    );

    // The same arm, trained alone.
    desk.experiment(&format!("base.toml {FEW} --out alone")).succeeds();
    let alone = &desk.results("alone")["arms"][0]["runs"][0];
    let (run, first) = (&runs(&found, "as-it-is")[0], &alone["passes"][0]);
    for key in ["test_error_pct", "train_error_pct"] {
        let passes = alone["passes"].as_array().unwrap().iter().map(|pass| pass[key].as_f64().unwrap());
        assert!(passes.zip(numbers(&run[key])).all(|(alone, here)| (alone - here).abs() <= 5e-4));
    }
    for (rate, key) in numbers(&run["rates"]).into_iter().zip(["rate_min", "rate_max"]) {
        assert!((first[key].as_f64().unwrap() / rate - 1.0).abs() < 5e-3);
    }
    let wrong: Vec<&Value> =
        alone["misclassified"].as_array().unwrap().iter().map(|wrong| &wrong["index"]).collect();
    assert_eq!(run["wrong"].as_array().unwrap().iter().collect::<Vec<_>>(), wrong);
}

fn check_run(run: &Value, arm: &str, passes: usize) {
    let errors = ["test_error_pct", "train_error_pct"].map(|key| numbers(&run[key]));
    assert!(errors.iter().all(|errors| errors.len() == passes), "{run}");
    assert!(errors.iter().flatten().all(|error| (0.0..=100.0).contains(error)), "{run}");
    let rates = numbers(&run["rates"]);
    assert!(rates.len() == 2 && 0.0 < rates[0] && rates[0] < rates[1], "{run}");
    assert!((0.0..100.0).contains(&run["hessian_pct"].as_f64().unwrap()), "{run}");
    // The rates of each layer are kept for the first seed only: those of later seeds hardly differ.
    let first = run["seed"] == 1;
    assert_eq!(run.get("layer_rates").is_some(), first && passes > 0, "{run}");
    assert_eq!(run.get("signal").is_some(), passes == 2, "{run}");
    if first && passes > 0 {
        assert!(run["hessian_pct"].as_f64().unwrap() > 0.0, "{run}");
        let output = if arm == "as-it-is" { vec![] } else { vec!["output"] };
        assert_eq!(layers(&run["layer_rates"]), [vec!["C1", "S2", "C3", "S4", "C5", "F6"], output].concat());
    }
    if arm != "as-it-is" && passes > 0 {
        assert_eq!(numbers(&run["codes_apart"]).len(), passes);
    } else {
        assert!(run.get("codes_apart").is_none());
    }
    if passes == 2 {
        assert_eq!(layers(&run["signal"]), ["C1", "S2", "C3", "S4", "C5", "F6"]);
    }
    if passes == 2 {
        assert_eq!(run["wrong"].as_array().unwrap().len() as f64, errors[0][1] / 2.0, "of 50, in percent");
        assert!(run.get("diverged_in_pass").is_none());
    } else {
        assert_eq!(run["diverged_in_pass"], passes + 1);
    }
}

/// The number of lines about complete passes.
fn passes_made(said: &Said) -> usize {
    said.err.matches(" test error ").count()
}

#[test]
fn a_study_goes_on_where_it_was_stopped() {
    let desk = desk();
    desk.experiment(&format!("study lives.toml {FEW} --seeds 3 --out whole")).succeeds();
    let first = desk.experiment(&format!("study lives.toml {FEW} --seeds 1 --out parts")).succeeds();
    assert_eq!(passes_made(&first), 2 + 2 + 1);
    assert_eq!(runs(&findings(&desk, "parts"), "codes").len(), 1);
    let rest =
        desk.experiment(&format!("study lives.toml {FEW} --seeds 3 --threads 1 --out parts")).succeeds();
    assert_eq!(passes_made(&rest), 2 * (2 + 2 + 1), "{}", rest.shown());
    assert_eq!(timeless(&desk, "parts"), timeless(&desk, "whole"));
    for name in ["as-it-is-seed1", "as-it-is-seed3", "codes-seed2"] {
        let file = |run| desk.read(&format!("{run}/{name}.safetensors"));
        assert!(file("parts") == file("whole"), "{name}");
    }

    // The same command again has nothing left to do.
    let before = timeless(&desk, "parts");
    let again = desk.experiment(&format!("study lives.toml {FEW} --seeds 3 --out parts")).succeeds();
    assert_eq!((passes_made(&again), &again.out), (0, &rest.out));
    assert_eq!(before, timeless(&desk, "parts"));

    // With one more arm, only that arm is trained.
    desk.write("lives.toml", format!("{STUDY}\n[[arm]]\nname = \"slow\"\ntraining.eta_scale = 0.01\n"));
    let more = desk.experiment(&format!("study lives.toml {FEW} --out parts")).succeeds();
    assert_eq!(passes_made(&more), 2 * 2, "{}", more.shown());
    assert_eq!(runs(&timeless(&desk, "parts"), "codes"), &runs(&before, "codes")[..2]);
}

#[test]
fn a_study_stays_with_its_patterns() {
    let desk = desk();
    desk.experiment(&format!("study lives.toml {FEW} --seeds 1 --out here")).succeeds();
    let contents = || ["study.json", "config.toml"].map(|file| desk.read(&format!("here/{file}")));
    let before = contents();
    let fewer = "--embedded --train 100 --test 50 --passes 2 --seeds 1 --out here";
    desk.experiment(&format!("study lives.toml {fewer}"))
        .fails(2, &["here was begun on 200 + 50 patterns of embedded digits", "here are 100 + 50", "--data"]);
    desk.write("lives.toml", STUDY.replace("\"test\"", "\"validation\""));
    desk.experiment(&format!("study lives.toml {FEW} --out here")).fails(
        2,
        &["was begun on 200 + 50 patterns of embedded digits", "embedded digits, validation split"],
    );
    assert!(before == contents());

    fs::create_dir(desk.path("mine")).unwrap();
    desk.write("mine/diary", "dear diary");
    desk.experiment(&format!("study lives.toml {FEW} --out mine"))
        .fails(2, &["mine holds no config.toml", "name the folder of a run"]);
    assert_eq!(fs::read_dir(desk.path("mine")).unwrap().count(), 1);
}

#[test]
fn a_folder_belongs_to_one_run_or_study() {
    let desk = desk();
    // A run's folder is refused for a study, a study's folder for a run and for a study of another name or other settings.
    desk.experiment("rbf --embedded --train 200 --test 50 --passes 1 --quiet --out run").succeeds();
    desk.experiment(&format!("study lives.toml {FEW} --seeds 1 --out here")).succeeds();
    let contents = |folder: &str| -> Vec<Vec<u8>> {
        let files = ["config.toml", if folder == "run" { "results.json" } else { "study.json" }];
        files.map(|file| desk.read(&format!("{folder}/{file}"))).into()
    };
    let before = ["run", "here"].map(contents);
    desk.write("other.toml", STUDY);
    for (words, phrases) in [
        (
            "study lives.toml --out run",
            ["run is the folder of a run, `experiment rbf", "name another folder"],
        ),
        ("study other.toml --out here", ["here is the folder of the study 'lives'", "name another folder"]),
        (
            "study lives.toml --passes 1 --out here",
            ["other settings of the arm as-it-is, or other --passes", "--out"],
        ),
    ] {
        let few = if words.contains("--passes") { "--embedded --train 200 --test 50" } else { FEW };
        desk.experiment(&format!("{words} {few}")).fails(2, &phrases);
    }
    desk.write("lives.toml", STUDY.replace("1e9", "1e8"));
    desk.experiment(&format!("study lives.toml {FEW} --out here"))
        .fails(2, &["other settings of the arm wild"]);
    desk.experiment("--resume here")
        .fails(2, &["here is the folder of the study 'lives'", "`experiment study lives.toml"]);
    assert!(before == ["run", "here"].map(contents));
    assert!(!desk.path("here/results.json").exists() && !desk.path("run/study.json").exists());
}

#[test]
fn a_study_that_is_beyond_all_bounds_is_refused_at_once() {
    let desk = desk();
    let numbers = (1..=100).map(|n| n.to_string()).collect::<Vec<_>>().join(", ");
    let keys = ["mu", "eta_scale", "hessian_patterns", "passes"];
    let grid = keys.map(|key| format!("\"training.{key}\" = [{numbers}]\n")).concat();
    desk.write("grid.toml", format!("{STUDY}\n[grid]\n{grid}"));
    let arms = (0..1001).map(|n| format!("[[arm]]\nname = \"a{n}\"\n")).collect::<String>();
    desk.write("arms.toml", format!("{}{arms}", &STUDY[..STUDY.find("[[arm]]").unwrap()]));
    let deep = format!("[grid]\n\"a{}\" = [1]\n", ".a".repeat(50_000));
    desk.write("deep.toml", format!("{STUDY}\n{deep}"));
    let begin = std::time::Instant::now();
    for (study, phrase) in [
        ("grid.toml", "make 400000000 arms; expected at most 1000"),
        ("arms.toml", "make 1001 arms; expected at most 1000"),
        ("deep.toml", "a key of more than 32 parts"),
    ] {
        let said = desk.experiment(&format!("study {study} {FEW}")).fails(2, &[study, phrase]);
        assert!(said.err.len() < 3000);
    }
    desk.experiment(&format!("study lives.toml {FEW} --seeds 65535"))
        .fails(2, &["seeds times arms is 262140", "at most 10000"]);
    assert!(begin.elapsed().as_secs() < 10);
    assert!(!desk.path("runs").exists());
}

#[test]
fn choices_are_judged_on_the_last_sixth_of_the_training_set() {
    let desk = desk();
    desk.write("choice.toml", STUDY.replace("\"test\"", "\"validation\""));
    desk.experiment("study choice.toml --embedded --train 200 --test 200 --passes 1 --seeds 1").succeeds();
    let found = findings(&desk, "runs/study-choice");
    assert_eq!(found["data"]["name"], "embedded digits, validation split");
    let run = &runs(&found, "as-it-is")[0];
    assert!(run.get("wrong").is_none(), "patterns of the test set only");
    let net = Model::load(&desk.path("runs/study-choice/as-it-is-seed1.safetensors")).unwrap().net;
    let digits = embedded::digits(1998);
    let error = |patterns: &Patterns| evaluate(&net, patterns, 1).error_pct();
    // Five sixths of 10,000, in whole sixths: 8,330.
    assert_eq!(numbers(&run["test_error_pct"]), [error(&digits.train.range(8330..8530))]);
    assert_ne!(numbers(&run["test_error_pct"]), [error(&digits.test.range(0..200))], "the control");

    // No more patterns are available for training.
    let said = desk.experiment("study choice.toml --embedded --train 8331 --out more");
    said.fails(
        2,
        &["--train 8331 asks for more", "embedded digits, validation split has 8330 training patterns"],
    );
    assert!(!desk.path("more").exists());
}

#[test]
fn studies_that_cannot_begin() {
    let desk = desk();
    desk.experiment("study").fails(2, &["required arguments", "<STUDY>"]);
    desk.experiment("study frontir").fails(2, &["no study 'frontir'", "did you mean 'frontier'?"]);
    desk.experiment("study nowhere").fails(2, &["no study 'nowhere'", "`experiment list` shows all of them"]);
    desk.experiment("study absent.toml")
        .fails(2, &["cannot read the settings in absent.toml", "No such file"]);
    desk.experiment("study base.toml").fails(2, &["base.toml is not a valid study", "unknown field `head`"]);
    desk.experiment("study lives.toml --seeds 0").fails(2, &["'0' for '--seeds <N>'", "1.."]);
    for (line, other, phrases) in [
        ("base = \"base.toml\"", "base = \"absent.toml\"", ["cannot read the settings in", "absent.toml"]),
        ("eta_scale = 1e9", "eta_scale = -1", ["bad.toml, arm wild: training.eta_scale is -1", "above 0"]),
        (
            "eta_scale = 1e9",
            "eta_scael = 1",
            ["bad.toml, arm wild is not a valid arm", "unknown field `eta_scael`"],
        ),
        ("\"late\"", "\"wild\"", ["two arms are called 'wild'", "once"]),
        ("\"late\"", "\"a/b\"", ["bad.toml is not a valid study", "after the arm 'a/b'"]),
        (
            "training.eta_scale = 1e9",
            "training.patterns = 201",
            ["wild has training.patterns = 201", "there are 200"],
        ),
    ] {
        assert!(STUDY.contains(line), "no {line}");
        desk.write("bad.toml", STUDY.replace(line, other));
        desk.experiment(&format!("study bad.toml {FEW} --out bad")).fails(2, &phrases);
        assert!(!desk.path("bad").exists());
    }
}

#[test]
fn an_arm_may_build_on_one_before_it() {
    let desk = desk();
    let on = |base: &str, name: &str| {
        format!("{STUDY}\n[[arm]]\nname = \"{name}\"\nbase = \"{base}\"\ntraining.mu = 0.2\n")
    };
    desk.write("steps.toml", on("codes", "step"));
    desk.experiment("study steps.toml --embedded --train 50 --test 20 --passes 1 --seeds 1 --out steps")
        .succeeds();
    let found = findings(&desk, "steps");
    assert_eq!(runs(&found, "step")[0]["codes_apart"].as_array().unwrap().len(), 1, "it learns codes");
    let plan = String::from_utf8(desk.read("steps/config.toml")).unwrap();
    assert_eq!(plan.matches("mu = 0.2").count(), 1);

    // The base cannot be a later arm, the arm itself, or an unknown arm.
    let late = STUDY.replace("name = \"codes\"", "name = \"codes\"\nbase = \"late\"");
    for (study, name, base) in [
        (late, "codes", "late"),
        (on("step", "step"), "step", "step"),
        (on("nowhere", "step"), "step", "nowhere"),
    ] {
        desk.write("bad.toml", study);
        let phrases = [
            "bad.toml is not a valid study",
            &format!("the arm '{name}' builds on '{base}'"),
            &format!("there is no arm '{base}'"),
            "or stands before it in this study",
        ];
        desk.experiment(&format!("study bad.toml {FEW} --out bad")).fails(2, &phrases);
        assert!(!desk.path("bad").exists());
    }
}

#[test]
fn studies_are_listed_below_the_arms() {
    let list = Desk::new().experiment("list").succeeds().out;
    let (arms, studies) = list.split_once("\nstudies\n").unwrap();
    assert!(
        arms.starts_with("arms\n") && arms.contains("\n  rbf  ") && arms.contains("\n  softmax  "),
        "{list}"
    );
    assert!(studies.contains("  readings  ") && !studies.contains("  rbf  "), "{list}");
}
