//! The report at the end of a run, which `experiment figures` draws again.

use super::{Desk, Said};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;

const RUN: &str = "rbf vs softmax --embedded --train 50 --test 30 --passes 2 --quiet --out run";

/// The report and the figures of a run, by name.
fn drawn(desk: &Desk) -> BTreeMap<String, Vec<u8>> {
    let figures = fs::read_dir(desk.path("run/figures")).unwrap();
    let figures = figures.map(|file| format!("run/figures/{}", file.unwrap().file_name().to_str().unwrap()));
    let files = figures.chain(["run/report.html".into(), "run/report.md".into()]);
    files.map(|name| (name.clone(), desk.read(&name))).collect()
}

/// The outcome of `experiment figures run` after one file has got other contents.
fn with(desk: &Desk, file: &str, contents: &str) -> Said {
    let whole = desk.read(file);
    desk.write(file, contents);
    let said = desk.experiment("figures run");
    desk.write(file, whole);
    said
}

#[test]
fn a_run_ends_with_a_report_that_can_be_drawn_again() {
    let desk = Desk::new();
    let said = desk.experiment(RUN).succeeds();
    assert!(said.out.ends_with("Everything is in run\nreport: run/report.html\n"), "{}", said.out);
    let files = drawn(&desk);
    fs::remove_dir_all(desk.path("run/figures")).unwrap();
    fs::remove_file(desk.path("run/report.md")).unwrap();
    fs::remove_dir_all(desk.path("run/checkpoint")).unwrap();
    desk.write("run/report.html", "old");
    let said = desk.experiment("figures run").succeeds();
    assert_eq!((said.out.as_str(), said.err.as_str()), ("report: run/report.html\n", ""));
    assert!(files == drawn(&desk), "the redrawn files differ");
}

#[test]
fn figures_that_cannot_be_drawn_cost_no_results() {
    let desk = Desk::new();
    desk.experiment(RUN).succeeds();
    let results = desk.timeless_results("run");
    fs::remove_dir_all(desk.path("run/figures")).unwrap();
    desk.write("run/figures", "in the way");
    let said = desk.experiment("--resume run");
    assert_eq!(said.code, Some(1), "{}", said.shown());
    assert!(said.out.contains("Everything is in run\n"), "{}", said.shown());
    for phrase in ["cannot write run/figures", "the results in run are complete", "`experiment figures run`"]
    {
        assert!(said.err.contains(phrase), "no '{phrase}' in {}", said.shown());
    }
    assert!(results == desk.timeless_results("run") && desk.read("run/figures") == b"in the way");
}

#[test]
fn a_folder_that_is_no_run() {
    let desk = Desk::new();
    fs::create_dir(desk.path("empty")).unwrap();
    desk.write("file", "not a folder");
    for folder in ["nowhere", "empty", "file"] {
        let said = desk.experiment(&format!("figures {folder}"));
        said.fails(2, &[&format!("{folder} holds no config.toml"), "name the folder of a run"]);
    }
    desk.experiment(RUN).succeeds();
    let (report, results) = (desk.read("run/report.html"), desk.read("run/results.json"));
    fs::remove_file(desk.path("run/results.json")).unwrap();
    desk.experiment("figures run").fails(2, &["run holds no results.json", "--resume run"]);
    desk.write("run/study.json", "{}");
    desk.experiment("figures run").fails(2, &["run holds study.json", "the folder of a study"]);
    desk.write("run/results.json", results);
    desk.experiment("figures run").succeeds();
    assert!(report == desk.read("run/report.html"));
}

#[test]
fn changed_files_are_refused() {
    let desk = Desk::new();
    desk.experiment(RUN).succeeds();
    let report = desk.read("run/report.html");
    let changed = |change: fn(&mut Value)| {
        let mut results = desk.results("run");
        change(&mut results);
        results.to_string()
    };
    let field = "arms[1].runs[0].passes[1].seconds";
    for (results, phrases) in [
        (
            changed(|results| drop(results.as_object_mut().unwrap().remove("machine"))),
            ["missing field", "machine"],
        ),
        (
            changed(|results| results["arms"][1]["runs"][0]["passes"][1]["seconds"] = "long".into()),
            [field, "long"],
        ),
        (changed(|results| results["arms"][1]["name"] = "other".into()), ["arms", "other"]),
        (String::new(), ["EOF", "put the file back as it was"]),
    ] {
        with(&desk, "run/results.json", &results).fails(1, &["run/results.json", phrases[0], phrases[1]]);
    }
    // Numbers that no run can have, and networks of other arms.
    let error =
        |results: &mut Value| results["arms"][0]["runs"][0]["passes"][0]["test_error_pct"] = 1e308.into();
    let label = |results: &mut Value| results["arms"][0]["runs"][0]["misclassified"][0]["label"] = 99.into();
    let answer = |results: &mut Value| {
        let label = results["arms"][0]["runs"][0]["misclassified"][0]["label"].clone();
        results["arms"][0]["runs"][0]["misclassified"][0]["answer"] = label;
    };
    let index = |results: &mut Value| results["arms"][0]["runs"][0]["misclassified"][1]["index"] = 0.into();
    let other =
        |results: &mut Value| results["arms"][0]["runs"][0]["model"] = "softmax-seed1.safetensors".into();
    let outside = |results: &mut Value| results["arms"][0]["runs"][0]["model"] = "/etc/passwd".into();
    let rate = |results: &mut Value| results["arms"][0]["runs"][0]["passes"][0]["eta"] = 1e308.into();
    let title = |results: &mut Value| results["experiment"] = "x".repeat(1 << 20).into();
    let row = |results: &mut Value| {
        drop(results["arms"][0]["runs"][0]["confusion"][3].as_array_mut().unwrap().pop())
    };
    type Change = fn(&mut Value);
    let changes: [(Change, [&str; 2]); 9] = [
        (error, ["runs[0].passes[0].test_error_pct: found 1e308", "expected 0 to 100"]),
        (label, ["runs[0].misclassified[0]: different classes", "expected true"]),
        (answer, ["runs[0].misclassified[0]: different classes", "expected true"]),
        (index, ["runs[0].misclassified[1].index", "expected true"]),
        (other, ["runs[0].model: found \"softmax-seed1", "expected \"rbf-seed1"]),
        (outside, ["runs[0].model: found \"/etc/passwd\"", "expected \"rbf-seed1"]),
        (rate, ["runs[0].passes[0]: found 1e308", "expected 0 to 3.4"]),
        (title, ["experiment: found \"xxx", "put the file back"]),
        (row, ["runs[0].confusion: found [10, 10, 10, 9", "expected [10"]),
    ];
    for (change, phrases) in changes {
        let said = with(&desk, "run/results.json", &changed(change));
        let said = said.fails(1, &["run/results.json", phrases[0], phrases[1]]);
        assert!(said.err.len() < 3000);
    }
    fs::rename(desk.path("run/rbf-seed1.safetensors"), desk.path("kept")).unwrap();
    fs::copy(desk.path("run/softmax-seed1.safetensors"), desk.path("run/rbf-seed1.safetensors")).unwrap();
    desk.experiment("figures run")
        .fails(1, &["run/rbf-seed1.safetensors", "an arm with other settings, expected rbf"]);
    fs::rename(desk.path("kept"), desk.path("run/rbf-seed1.safetensors")).unwrap();
    let gallery = String::from_utf8(desk.read("run/gallery.json")).unwrap();
    let mut empty: Value = serde_json::from_str(&gallery).unwrap();
    empty["training"] = serde_json::json!([]);
    with(&desk, "run/gallery.json", &empty.to_string())
        .fails(1, &["run/gallery.json", "training: an empty list"]);
    let mut labels: Value = serde_json::from_str(&gallery).unwrap();
    labels["test"].as_object_mut().unwrap().values_mut().for_each(|shown| shown["label"] = 9.into());
    with(&desk, "run/gallery.json", &labels.to_string()).fails(1, &["run/gallery.json", ".label: found 9"]);
    let half = &gallery[..gallery.len() / 2];
    with(&desk, "run/gallery.json", half).fails(1, &["run/gallery.json", "EOF"]);
    let config = String::from_utf8(desk.read("run/config.toml")).unwrap();
    let outside = config.replace("name = \"rbf\"", "name = \"../../rbf\"");
    with(&desk, "run/config.toml", &outside).fails(2, &["run/config.toml", "name of the arm", "../../rbf"]);
    assert!(report == desk.read("run/report.html"));
}
