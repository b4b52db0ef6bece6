//! Runs and studies killed at random moments, and files with random faults.
//!
//! A few of each are part of all tests. The long version:
//! `RELIABILITY_KILLS=200 RELIABILITY_INPUTS=400 cargo test reliability -- --ignored --nocapture`

use super::{Desk, Said};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The command of the killed runs, without `--out FOLDER`.
const RUN: &str = "rbf vs softmax --embedded --train 300 --test 50 --passes 3 --threads 2 --quiet";
const RUN_MODELS: [&str; 2] = ["rbf-seed1", "softmax-seed1"];
const STUDY: &str = "study study.toml --embedded --train 200 --test 50 --passes 3 --threads 2 --quiet";
const STUDY_FILE: &str = r#"
description = "which rate?"
base = "rbf"
judged_on = "test"
seeds = 2

[grid]
"training.eta_scale" = [0.1, 0.3]
"#;

/// A number from the environment.
fn count(name: &str) -> usize {
    let text = std::env::var(name).unwrap_or_else(|_| panic!("set {name} to a number"));
    text.parse().unwrap_or_else(|_| panic!("{name} is '{text}', expected a number"))
}

// ---- Kills ----------------------------------------------------------------------------------------------------------

/// Starts a command and kills it after a random part of its usual time; whether it was still running.
fn killed(mut command: Command, time: Duration, random: &mut ChaCha8Rng) -> bool {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(time.mul_f64(random.random_range(0.0..1.0)));
    let there = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    there
}

/// The files in a folder and below it.
fn files(desk: &Desk, folder: &str) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(desk.path(folder)).unwrap().map(Result::unwrap) {
        let name = format!("{folder}/{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() { names.extend(files(desk, &name)) } else { names.push(name) }
    }
    names
}

fn assert_no_parts(desk: &Desk, folder: &str) {
    let parts: Vec<String> = files(desk, folder).into_iter().filter(|name| name.contains("/.tmp")).collect();
    assert!(parts.is_empty(), "{parts:?}");
}

/// Kills runs once or twice and continues them: each ends with the bits of an undisturbed run. Returns the number of kills
/// that met a run at work.
fn kill_runs(kills: usize) -> usize {
    let (desk, mut random) = (Desk::new(), ChaCha8Rng::seed_from_u64(1));
    let begin = Instant::now();
    desk.experiment(&format!("{RUN} --out whole")).succeeds();
    let (time, mut met) = (begin.elapsed(), 0);
    for _ in 0..kills {
        let begins = || desk.command(&format!("{RUN} --out run"));
        let goes_on =
            || if desk.path("run/config.toml").exists() { desk.command("--resume run") } else { begins() };
        met += usize::from(killed(begins(), time, &mut random));
        if random.random_bool(0.5) {
            met += usize::from(killed(goes_on(), time, &mut random));
        }
        Said::from(goes_on().output().unwrap(), "killed and continued").succeeds();
        desk.assert_same("whole", "run", &RUN_MODELS);
        assert_no_parts(&desk, "run");
        fs::remove_dir_all(desk.path("run")).unwrap();
    }
    met
}

/// The findings of a study, without times.
fn timeless(desk: &Desk, folder: &str) -> Value {
    let mut found: Value = serde_json::from_slice(&desk.read(&format!("{folder}/study.json"))).unwrap();
    found["core_seconds"] = Value::Null;
    for run in
        found["arms"].as_array_mut().unwrap().iter_mut().flat_map(|arm| arm["runs"].as_array_mut().unwrap())
    {
        (run["hessian_pct"], run["pass_seconds"]) = (Value::Null, Value::Null);
        if run["costs"].is_object() {
            (run["costs"]["seconds_train"], run["costs"]["us_per_pattern"]) = (Value::Null, Value::Null);
        }
    }
    found
}

/// The same for studies, which are continued by their own command.
fn kill_studies(kills: usize) -> usize {
    let (desk, mut random) = (Desk::new(), ChaCha8Rng::seed_from_u64(2));
    desk.write("study.toml", STUDY_FILE);
    let begin = Instant::now();
    desk.experiment(&format!("{STUDY} --out whole")).succeeds();
    let (time, mut met) = (begin.elapsed(), 0);
    for _ in 0..kills {
        let command = || desk.command(&format!("{STUDY} --out part"));
        met += usize::from(killed(command(), time, &mut random));
        if random.random_bool(0.5) {
            met += usize::from(killed(command(), time, &mut random));
        }
        Said::from(command().output().unwrap(), "killed and continued").succeeds();
        assert_eq!(timeless(&desk, "whole"), timeless(&desk, "part"));
        for name in files(&desk, "whole").iter().filter(|name| name.ends_with("seed2.safetensors")) {
            let other = name.replacen("whole", "part", 1);
            // Checkpoints hold times as well.
            assert!(name.contains("checkpoint") || desk.read(name) == desk.read(&other), "{name}");
        }
        assert_no_parts(&desk, "part");
        fs::remove_dir_all(desk.path("part")).unwrap();
    }
    met
}

#[test]
fn a_few_kills_lose_nothing() {
    kill_runs(2);
    kill_studies(2);
}

// ---- Files with faults ----------------------------------------------------------------------------------------------

/// Replacements for numbers.
const NUMBERS: [&str; 8] = ["0", "-1", "99", "1e308", "1e-320", "9223372036854775807", "4294967296", "null"];

/// A file with one or a few faults.
fn mutated(bytes: &[u8], random: &mut ChaCha8Rng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..random.random_range(1..4) {
        let at = random.random_range(0..bytes.len().max(1)).min(bytes.len());
        let end = (at + random.random_range(1..40)).min(bytes.len());
        match random.random_range(0..6) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..end)),
            2 => bytes.extend_from_within(at..end),
            3 => drop(bytes.splice(at..at, (0..8).map(|_| random.random::<u8>()))),
            4 if at < end => bytes[at] ^= 1 << random.random_range(0..8),
            _ => replace_number(&mut bytes, at, random),
        }
    }
    bytes
}

/// Replaces the first number after `at`.
fn replace_number(bytes: &mut Vec<u8>, at: usize, random: &mut ChaCha8Rng) {
    let Some(begin) = (at..bytes.len()).find(|&n| bytes[n].is_ascii_digit()) else { return };
    let part = |byte: &u8| byte.is_ascii_digit() || b".e-".contains(byte);
    let end = begin + bytes[begin..].iter().take_while(|byte| part(byte)).count();
    let number = NUMBERS[random.random_range(0..NUMBERS.len())];
    bytes.splice(begin..end, number.bytes());
}

/// The files that get faults, and for each the command that reads it.
const READERS: [(&str, &str); 8] = [
    ("run/config.toml", "--resume run --quiet"),
    ("run/checkpoint/rbf-seed1.safetensors", "--resume run --quiet"),
    ("run/config.toml", "figures run"),
    ("run/results.json", "figures run"),
    ("run/gallery.json", "figures run"),
    ("run/rbf-seed1.safetensors", "figures run"),
    ("arm.toml", "show arm.toml"),
    (
        "study.toml",
        "study study.toml --embedded --train 20 --test 10 --passes 1 --seeds 1 --quiet --out study",
    ),
];

/// The outcome of a command that must end within a minute.
fn within_a_minute(mut command: Command, words: &str) -> Said {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let begin = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begin.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
            panic!("{words} takes more than a minute");
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    Said::from(child.wait_with_output().unwrap(), words)
}

/// Asserts that every file with faults is accepted, or refused with a short error, in time. Returns the count of each exit
/// code.
fn bad_inputs(inputs: usize) -> BTreeMap<i32, usize> {
    let (desk, mut random) = (Desk::new(), ChaCha8Rng::seed_from_u64(3));
    desk.experiment("rbf --embedded --train 20 --test 20 --passes 1 --quiet --out run").succeeds();
    desk.arm("arm.toml", &[]);
    desk.write("study.toml", STUDY_FILE);
    let mut codes = BTreeMap::new();
    for n in 0..inputs {
        let (file, words) = READERS[n % READERS.len()];
        let whole = desk.read(file);
        desk.write(file, mutated(&whole, &mut random));
        let said = within_a_minute(desk.command(words), words);
        let code = said.code.unwrap_or_else(|| panic!("input {n}: {}", said.shown()));
        assert!((0..=2).contains(&code) && said.err.len() < 4000, "input {n}: {}", said.shown());
        *codes.entry(code).or_default() += 1;
        desk.write(file, whole);
        let _ = fs::remove_dir_all(desk.path("study"));
    }
    codes
}

#[test]
fn a_few_bad_inputs_are_refused() {
    let codes = bad_inputs(40);
    assert!(codes[&1] > 0 && codes[&2] > 0, "{codes:?}");
}

#[test]
#[ignore = "takes as long as RELIABILITY_KILLS and RELIABILITY_INPUTS say"]
fn reliability() {
    let (kills, inputs) = (count("RELIABILITY_KILLS"), count("RELIABILITY_INPUTS"));
    let (runs, studies) = (kill_runs(kills), kill_studies(kills));
    println!(
        "{kills} runs and {kills} studies continued to the same bits; {runs} and {studies} kills met them at work"
    );
    println!("{inputs} bad inputs, none with a panic; exit codes {:?}", bad_inputs(inputs));
}
