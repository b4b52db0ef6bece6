//! Tests of the command line: the program is run as a user runs it.

use crate::common::real_mnist;
mod classify;
mod comparison;
mod contracts;
#[cfg(unix)]
mod interruption;
mod methods;
mod mistakes;
mod mnist;
mod mutations;
mod pdf;
mod read;
mod readings;
#[cfg(unix)]
mod reliability;
mod report;
mod resume;
mod same_bits;
mod screen;
mod settings;
mod study;

use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::Output;
use tempfile::TempDir;

/// An empty working folder with its own home: the tests do not touch the user's cache.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn write(&self, name: &str, contents: impl AsRef<[u8]>) {
        fs::write(self.path(name), contents).unwrap();
    }

    /// The command `experiment WORDS` in this folder, without access to the internet.
    fn command(&self, words: &str) -> std::process::Command {
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("experiment"));
        command.args(words.split_whitespace()).current_dir(self.folder.path());
        self.settle(&mut command);
        command
    }

    /// Gives a command this desk's home, and a proxy that refuses all connections.
    fn settle(&self, command: &mut std::process::Command) {
        command.env_remove("MNIST_DIR").env("HOME", self.path("home"));
        command.env("XDG_CACHE_HOME", self.path("cache")).env("ALL_PROXY", "http://127.0.0.1:1");
        command.env("RUST_BACKTRACE", "1");
    }

    /// The outcome of `experiment WORDS`.
    fn experiment(&self, words: &str) -> Said {
        Said::from(assert_cmd::Command::from_std(self.command(words)).output().unwrap(), words)
    }

    /// Writes the arm `eq-8` to the file `name` with some lines replaced. A line is named by its key or its whole text.
    fn arm(&self, name: &str, changes: &[(&str, &str)]) {
        let mut toml = self.experiment("show eq-8").succeeds().out;
        for (line, other) in changes {
            let there = |found: &&str| found == line || found.starts_with(&format!("{line} = "));
            let found = toml.lines().find(there).unwrap_or_else(|| panic!("no {line} in {toml}"));
            toml = toml.replacen(&format!("\n{found}\n"), &format!("\n{other}\n"), 1);
        }
        self.write(name, toml);
    }

    fn results(&self, run: &str) -> Value {
        serde_json::from_slice(&self.read(&format!("{run}/results.json"))).unwrap()
    }

    /// `results.json` without the values that differ from run to run: the times, and the folder in the command.
    fn timeless_results(&self, run: &str) -> Value {
        let mut results = self.results(run);
        assert!(results.as_object_mut().unwrap().remove("command").is_some(), "no command");
        for arm in results["arms"].as_array_mut().unwrap() {
            for run in arm["runs"].as_array_mut().unwrap() {
                for time in ["seconds_train", "us_per_pattern"] {
                    assert!(run.as_object_mut().unwrap().remove(time).is_some(), "no {time}");
                }
                for pass in run["passes"].as_array_mut().unwrap() {
                    let pass = pass.as_object_mut().unwrap();
                    for time in ["seconds", "hessian_seconds", "us_per_pattern"] {
                        assert!(pass.remove(time).is_some(), "no {time}");
                    }
                }
            }
        }
        results
    }

    /// Asserts that two runs ended with the same bits.
    fn assert_same(&self, run: &str, other: &str, models: &[&str]) {
        for model in models {
            let file = |run| self.read(&format!("{run}/{model}.safetensors"));
            assert!(file(run) == file(other), "{model} of {run} and {other} differ");
        }
        assert_eq!(self.timeless_results(run), self.timeless_results(other));
    }
}

/// The outcome of a command: exit code and output.
struct Said {
    words: String,
    code: Option<i32>,
    out: String,
    err: String,
}

impl Said {
    fn from(output: Output, words: &str) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let (out, err) = (text(output.stdout), text(output.stderr));
        let said = Self { words: words.into(), code: output.status.code(), out, err };
        assert!(!said.err.contains("panicked"), "{}", said.shown());
        said
    }

    fn shown(&self) -> String {
        let Self { words, code, out, err } = self;
        format!("experiment {words}\nended with {code:?} and said\n{out}\n---\n{err}")
    }

    fn succeeds(self) -> Self {
        assert_eq!(self.code, Some(0), "{}", self.shown());
        self
    }

    /// Asserts that the command failed with `code` and one error with these phrases, and printed no results.
    fn fails(self, code: i32, phrases: &[&str]) -> Self {
        assert_eq!(self.code, Some(code), "{}", self.shown());
        assert_eq!(self.out, "", "{}", self.shown());
        assert_eq!(self.err.matches("error: ").count(), 1, "{}", self.shown());
        assert!(!self.err.contains("stack backtrace"), "{}", self.shown());
        let error = &self.err[self.err.find("error: ").unwrap()..];
        for phrase in phrases {
            assert!(error.contains(phrase), "no '{phrase}' in: {}", self.shown());
        }
        self
    }
}
