//! The report that a run ends with, and that `experiment figures` draws again.

use super::{Desk, Said};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;

const RUN: &str = "rbf vs softmax --embedded --train 50 --test 30 --passes 2 --quiet --out run";

/// Everything that a run has to look at, by name.
fn drawn(desk: &Desk) -> BTreeMap<String, Vec<u8>> {
    let figures = fs::read_dir(desk.path("run/figures")).unwrap();
    let figures = figures.map(|file| format!("run/figures/{}", file.unwrap().file_name().to_str().unwrap()));
    let files = figures.chain(["run/report.html".into(), "run/report.md".into()]);
    files.map(|name| (name.clone(), desk.read(&name))).collect()
}

/// What `experiment figures run` says of a folder with a file that is not as it was.
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
    assert!(files == drawn(&desk), "drawn again, it is not the same");
}

#[test]
fn what_cannot_be_drawn_after_training_costs_no_results() {
    let desk = Desk::new();
    desk.experiment(RUN).succeeds();
    let results = desk.timeless_results("run");
    fs::remove_dir_all(desk.path("run/figures")).unwrap();
    desk.write("run/figures", "in the way");
    let said = desk.experiment("--resume run");
    assert_eq!(said.code, Some(1), "{}", said.shown());
    assert!(said.out.contains("Everything is in run\n"), "{}", said.shown());
    for phrase in ["cannot write run/figures", "the results are complete", "`experiment figures run`"] {
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
fn files_that_are_not_what_they_were() {
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
    let gallery = String::from_utf8(desk.read("run/gallery.json")).unwrap();
    let half = &gallery[..gallery.len() / 2];
    with(&desk, "run/gallery.json", half).fails(1, &["run/gallery.json", "EOF"]);
    let config = String::from_utf8(desk.read("run/config.toml")).unwrap();
    let outside = config.replace("name = \"rbf\"", "name = \"../../rbf\"");
    with(&desk, "run/config.toml", &outside).fails(2, &["run/config.toml", "name of the arm", "../../rbf"]);
    assert!(report == desk.read("run/report.html"));
}
