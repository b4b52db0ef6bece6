//! The screen output of the program.

use super::{Desk, Said};
use std::process::Stdio;

const RUN: &str = "rbf vs softmax --embedded --train 100 --test 20 --passes 2";

#[test]
fn help_mentions_every_option_and_the_version_is_the_package_s() {
    let desk = Desk::new();
    let help = desk.experiment("--help").succeeds().out;
    for word in
        "list show classify study figures fetch completions --data --embedded --out --passes --train --test --seed --seeds --threads \
                 --resume --quiet --help --version"
            .split_whitespace()
    {
        assert!(
            help.contains(&format!(" {word} ")) || help.contains(&format!(" {word}\n")),
            "no {word} in {help}"
        );
    }
    let version = desk.experiment("--version").succeeds().out;
    assert_eq!(version, format!("experiment {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn each_arm_stands_beside_the_paper_in_eighty_columns() {
    let desk = Desk::new();
    let said = desk.experiment(&format!("{RUN} --seeds 2 --out run")).succeeds();
    let lines: Vec<&str> = said.out.lines().chain(said.err.lines()).collect();
    let widest = lines.iter().filter(|line| !line.starts_with("!!")).map(|line| line.chars().count()).max();
    assert!(widest.unwrap() <= 80, "{}", said.shown());
    let paper = lines.iter().find(|line| line.starts_with(" paper  ")).unwrap();
    assert_eq!(paper.split_whitespace().collect::<Vec<_>>()[1..3], ["0.95", "0.35"]);
    for arm in ["rbf", "softmax"] {
        let row =
            lines.iter().find(|line| line.starts_with(&format!(" {arm} ")) && line.contains('±')).unwrap();
        assert_eq!(row.matches(" +").count(), 2, "two differences: {row}");
    }
    // One line for each of two passes of two arms from two seeds, since standard error is not a terminal.
    assert_eq!(said.err.matches(" test error ").count(), 8, "{}", said.err);
}

#[test]
fn quiet_means_the_comparison_alone() {
    let desk = Desk::new();
    let loud = desk.experiment(&format!("{RUN} --out loud")).succeeds();
    let quiet = desk.experiment(&format!("{RUN} -q --out quiet")).succeeds();
    assert_eq!(quiet.err, "");
    assert!(quiet.out.contains("EMBEDDED DIGITS, NOT MNIST"));
    assert_eq!(quiet.out.lines().count(), loud.out.lines().count());
}

#[test]
fn a_reader_who_leaves_early_is_no_error() {
    let desk = Desk::new();
    for words in ["list", "show rbf", &format!("{RUN} --out run")] {
        let (reader, out) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = desk.command(words);
        command.stdout(out).stderr(Stdio::piped());
        Said::from(command.spawn().unwrap().wait_with_output().unwrap(), words).succeeds();
    }
    assert!(desk.path("run/results.json").exists());

    // Closing standard error is no error either; the exit code still reports mistakes.
    for (words, code) in [(format!("{RUN} --out blind"), 0), ("sofmax".into(), 2)] {
        let (reader, err) = std::io::pipe().unwrap();
        drop(reader);
        let status = desk.command(&words).stdout(Stdio::null()).stderr(err).status().unwrap();
        assert_eq!(status.code(), Some(code), "{words}");
    }
}

#[test]
fn shells_get_their_completions() {
    let desk = Desk::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = desk.experiment(&format!("completions {shell}")).succeeds().out;
        for word in ["experiment", "classify", "seeds", "resume"] {
            assert!(script.contains(word), "no {word} for {shell}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_is_full_costs_no_results() {
    let desk = Desk::new();
    let full = || std::fs::File::options().write(true).open("/dev/full").unwrap();
    desk.write(
        "small.toml",
        "description = \"one arm\"\nbase = \"rbf\"\njudged_on = \"test\"\nseeds = 1\n[[arm]]\nname = \"a\"\n",
    );
    let study = "study small.toml --embedded --train 50 --test 20 --passes 1 --out study";
    for (words, folder, file) in
        [(&format!("{RUN} --out run")[..], "run", "report.html"), (study, "study", "study.json")]
    {
        let mut command = desk.command(words);
        command.stdout(full()).stderr(Stdio::piped());
        let said = Said::from(command.spawn().unwrap().wait_with_output().unwrap(), words);
        assert_eq!(said.code, Some(1), "{}", said.shown());
        for phrase in ["cannot write the output", "complete", folder] {
            assert!(said.err.contains(phrase), "no '{phrase}' in {}", said.err);
        }
        assert!(desk.path(&format!("{folder}/{file}")).exists());
    }
}
