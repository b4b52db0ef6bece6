//! `--resume`: finished runs, missing runs, changed plans and damaged checkpoints.

use super::Desk;
use safetensors::SafeTensors;
use std::collections::HashMap;
use std::fs;

const RUN: &str = "rbf --embedded --train 100 --test 20 --passes 2 --out run";

#[test]
fn a_finished_run_can_be_resumed_without_harm() {
    let desk = Desk::new();
    let begun = desk.experiment(RUN).succeeds();
    let files = ["config.toml", "rbf-seed1.safetensors", "checkpoint/rbf-seed1.safetensors"];
    // Only the time for reading the test patterns is measured again.
    let contents = || (files.map(|file| desk.read(&format!("run/{file}"))), desk.timeless_results("run"));
    let before = contents();
    let resumed = desk.experiment("--resume run").succeeds();
    assert!(before == contents());
    assert_eq!(begun.out, resumed.out);
}

#[test]
fn there_must_be_a_run() {
    let desk = Desk::new();
    fs::create_dir(desk.path("empty")).unwrap();
    desk.write("file", "not a folder");
    for folder in ["nowhere", "empty", "file"] {
        let said = desk.experiment(&format!("--resume {folder}"));
        said.fails(2, &[&format!("{folder} holds no config.toml"), "name the folder of a run"]);
    }
    assert!(!desk.path("nowhere").exists());
}

#[test]
fn the_plan_must_make_sense() {
    let desk = Desk::new();
    desk.experiment(RUN).succeeds();
    let plan = String::from_utf8(desk.read("run/config.toml")).unwrap();
    let eta = plan.lines().find(|line| line.starts_with("eta = ")).unwrap();
    let kept = desk.read("run/results.json");
    for (line, other, code, phrases) in [
        ("seeds = [1]", "seeds = []", 2, ["run/config.toml: seeds is none", "at least one"]),
        ("seeds = [1]", "seeds = 1", 1, ["run/config.toml is not the plan", "expected a sequence"]),
        ("train = 100", "train = 0", 2, ["data.train is none", "at least one"]),
        ("train = 100", "train = 20000", 2, ["begun on 20000 + 20 patterns", "10000 + 2000"]),
        (
            "name = \"embedded digits\"",
            "name = \"mnist\"",
            2,
            ["patterns of mnist", "the same data with --data"],
        ),
        (eta, "eta = []", 2, ["training.eta is an empty list", "a rate for each pass"]),
        ("passes = 2", "passes = 0", 2, ["training.passes is 0", "at least 1"]),
        ("passes = 2", "passes = 3", 1, ["belongs to an arm with other settings", "config.toml was changed"]),
        ("[data]", "[dta]", 1, ["is not the plan of an experiment", "unknown field `dta`"]),
        ("[data]", "[[[", 1, ["is not the plan of an experiment: mend it", "TOML parse error"]),
    ] {
        assert!(plan.contains(line), "no {line} in {plan}");
        desk.write("run/config.toml", plan.replace(line, other));
        desk.experiment("--resume run").fails(code, &phrases);
        assert!(kept == desk.read("run/results.json"));
    }
    desk.write("run/config.toml", [0xff, 0xff]);
    desk.experiment("--resume run").fails(1, &["run/config.toml", "UTF-8"]);
}

#[test]
fn the_checkpoint_must_be_whole() {
    let desk = Desk::new();
    desk.experiment(RUN).succeeds();
    let file = "run/checkpoint/rbf-seed1.safetensors";
    let (checkpoint, results) = (desk.read(file), desk.read("run/results.json"));
    let half = checkpoint[..checkpoint.len() / 2].to_vec();
    let mut infinite = checkpoint.clone();
    let end = infinite.len();
    infinite[end - 4..].copy_from_slice(&f32::INFINITY.to_le_bytes());
    let find = |word: &[u8]| checkpoint.windows(word.len()).position(|bytes| bytes == word).unwrap();
    let (mut nameless, place) = (checkpoint.clone(), find(b"c1.bias"));
    nameless[place..place + 2].copy_from_slice(b"c9");
    for (bytes, phrase) in [
        (half, "is not a whole safetensors file"),
        (Vec::new(), "is not a whole safetensors file"),
        (vec![b'x'; 5000], "is plain text; expected a safetensors file"),
        (infinite, "inf in"),
        (nameless, "holds no c1.bias"),
    ] {
        desk.write(file, bytes);
        desk.experiment("--resume run")
            .fails(1, &[file, phrase, "delete this file to train this arm and seed again"]);
        assert!(results == desk.read("run/results.json"));
    }
    // Without the checkpoint the arm begins anew and ends as before.
    fs::remove_file(desk.path(file)).unwrap();
    let model = desk.read("run/rbf-seed1.safetensors");
    desk.experiment("--resume run").succeeds();
    assert!(model == desk.read("run/rbf-seed1.safetensors"));
}

/// A checkpoint with changed metadata.
fn with_metadata(checkpoint: &[u8], change: impl Fn(&mut HashMap<String, String>)) -> Vec<u8> {
    let (_, header) = SafeTensors::read_metadata(checkpoint).unwrap();
    let mut metadata = header.metadata().clone().unwrap();
    change(&mut metadata);
    safetensors::serialize(SafeTensors::deserialize(checkpoint).unwrap().tensors(), Some(metadata)).unwrap()
}

#[test]
fn a_checkpoint_that_was_edited_is_refused() {
    let desk = Desk::new();
    desk.experiment(&RUN.replace("rbf", "rbf vs softmax")).succeeds();
    let file = "run/checkpoint/rbf-seed1.safetensors";
    let (checkpoint, results) = (desk.read(file), desk.timeless_results("run"));
    desk.write(file, with_metadata(&checkpoint, |_| {}));
    desk.experiment("--resume run").succeeds();
    assert_eq!(desk.timeless_results("run"), results, "the control");

    let edited = |key: &'static str, edit: fn(&str) -> String| {
        with_metadata(&checkpoint, move |metadata| {
            let text = edit(&metadata[key]);
            metadata.insert(key.into(), text);
        })
    };
    let mut flipped = checkpoint.clone();
    let end = flipped.len();
    flipped[end - 100] ^= 1;
    const DAMAGED: &str = "was damaged or edited: its hash is not that of its contents";
    for (bytes, phrase) in [
        (flipped, DAMAGED),
        (edited("passes", |_| "[]".into()), DAMAGED),
        (edited("passes", |passes| passes.replacen("\"loss\":", "\"loss\":1", 1)), DAMAGED),
        (edited("seed", |_| "2".into()), "belongs to seed 2, expected seed 1"),
        (edited("data", |data| data.replace("100 +", "99 +")), "was trained on other patterns: on 99 +"),
        (with_metadata(&checkpoint, |metadata| drop(metadata.remove("sha256"))), "it has no sha256"),
        (desk.read("run/checkpoint/softmax-seed1.safetensors"), "belongs to an arm with other settings"),
    ] {
        desk.write(file, bytes);
        desk.experiment("--resume run")
            .fails(1, &[file, phrase, "delete this file to train this arm and seed again"]);
    }
    desk.write(file, checkpoint);
    // The plan must match the checkpoint.
    let plan = String::from_utf8(desk.read("run/config.toml")).unwrap();
    desk.write("run/config.toml", plan.replace("train = 100", "train = 99"));
    desk.experiment("--resume run")
        .fails(1, &["seed1.safetensors", "was trained on other patterns", "delete this file"]);
}
