//! Interrupted runs: Ctrl-C, a full disk, and `--resume` afterwards.

use super::{Desk, Said};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

fn start(mut command: Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn press_ctrl_c(child: &Child) {
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
}

/// Presses Ctrl-C as soon as all `lines` are on standard error.
fn interrupted_after(command: Command, lines: &[&str]) -> Said {
    let mut child = start(command);
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut err = String::new();
    while !lines.iter().all(|line| err.contains(line)) {
        assert_ne!(stderr.read_line(&mut err).unwrap(), 0, "ended too early:\n{err}");
    }
    press_ctrl_c(&child);
    stderr.read_to_string(&mut err).unwrap();
    let mut output = child.wait_with_output().unwrap();
    output.stderr = err.into_bytes();
    Said::from(output, &lines.join(", "))
}

#[test]
fn a_run_that_is_interrupted_and_resumed_ends_with_the_same_bits() {
    let desk = Desk::new();
    let momentum =
        [("optimiser", "optimiser = \"momentum\"\nmomentum = 0.5"), ("mu", ""), ("hessian_patterns", "")];
    let update = ("update", "update = { minibatch = 64 }");
    let batch = [momentum[0], momentum[1], momentum[2], update];
    let codes = [
        ("loss", "loss = \"eq-9\"\nrubbish = 100.0\ncurvature = \"constant\""),
        ("learn_codes", "learn_codes = true"),
        ("order", "order = \"reshuffled\"\ndistortions = { fixed = 1.0 }"),
        ("hessian_estimates", "hessian_estimates = \"once\""),
    ];
    desk.arm("momentum.toml", &momentum);
    desk.arm("batch.toml", &batch);
    desk.arm("codes.toml", &codes);
    let words = "rbf vs momentum.toml vs batch.toml vs codes.toml --embedded --train 700 --test 50 --passes 5 --threads 4";
    let names = ["rbf-seed1", "momentum-seed1", "batch-seed1", "codes-seed1"];
    desk.experiment(&format!("{words} --out whole")).succeeds();

    let once = [
        "rbf, seed 1       pass  1/5",
        "momentum, seed 1  pass  1/5",
        "batch, seed 1     pass  1/5",
        "codes, seed 1     pass  1/5",
    ];
    let said = interrupted_after(desk.command(&format!("{words} --out parts")), &once);
    said.fails(130, &["stopped", "`experiment --resume parts`"]);
    assert!(!desk.path("parts/results.json").exists());
    for name in names {
        assert!(desk.path(&format!("parts/checkpoint/{name}.safetensors")).exists(), "{name}");
    }

    // The command is that of the error message, without `--embedded`: the run's plan names its data.
    let said = desk.experiment("--resume parts --threads 1").succeeds();
    assert!(!said.err.contains("rbf, seed 1       pass  1/5"), "begun anew: {}", said.shown());
    desk.assert_same("whole", "parts", &names);
}

/// An arm with all blocks of today: its rule and its network have more state than weights.
const TODAY: &str = r#"
description = "blocks of today, all of them"
network = { c3 = "full" }
today = { activation = "relu", pooling = "max", initial_weights = "he", batch_normalisation = true, dropout = 0.2 }
head = { kind = "softmax", curvature = "exact" }

[training]
optimiser = "adam"
update = { minibatch = 16 }
passes = 4
order = "reshuffled"
distortions = { fresh = 1.0 }
elastic = 1.0
eta = [2e-3]
eta_scale = 1.0
schedule = "cosine"
weight_decay = 0.01
"#;

#[test]
fn blocks_of_today_go_on_with_the_same_bits() {
    let desk = Desk::new();
    desk.write("today.toml", TODAY);
    // Momentum has other state, and the RBF head has other blocks above F6.
    let momentum =
        TODAY.replace("\"adam\"", "\"momentum\"\nmomentum = 0.9").replace("weight_decay = 0.01\n", "");
    let rbf = "kind = \"rbf\", loss = \"eq-8\", learn_codes = true";
    let momentum = momentum.replace("kind = \"softmax\", curvature = \"exact\"", rbf).replace("2e-3", "1e-4");
    desk.write("codes.toml", momentum);
    let words = "today.toml vs codes.toml --embedded --train 650 --test 50 --threads 2";
    let names = ["today-seed1", "codes-seed1"];
    desk.experiment(&format!("{words} --out whole")).succeeds();

    let once = ["today, seed 1  pass  1/4", "codes, seed 1  pass  1/4"];
    let said = interrupted_after(desk.command(&format!("{words} --out parts")), &once);
    said.fails(130, &["stopped", "`experiment --resume parts`"]);
    assert!(!desk.path("parts/results.json").exists());
    let said = desk.experiment("--resume parts --threads 1").succeeds();
    once.iter().for_each(|line| assert!(!said.err.contains(line), "begun anew: {}", said.shown()));
    desk.assert_same("whole", "parts", &names);
}

#[test]
fn ctrl_c_works_before_the_first_pass_is_complete() {
    let desk = Desk::new();
    let child = start(desk.command("rbf --embedded --passes 1 --test 10 --out early"));
    while !desk.path("early/config.toml").exists() {
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(100));
    press_ctrl_c(&child);
    let said = Said::from(child.wait_with_output().unwrap(), "rbf").fails(130, &["--resume early"]);
    assert!(!said.err.contains("pass  1/1"), "{}", said.shown());
    desk.experiment("--resume early").succeeds();
}

#[test]
fn ctrl_c_works_while_figures_are_drawn() {
    let desk = Desk::new();
    let mut child = start(desk.command("rbf --embedded --train 20 --test 10 --passes 1 --out run"));
    let (mut stdout, mut out) = (BufReader::new(child.stdout.take().unwrap()), String::new());
    while !out.contains("Everything is in run\n") {
        assert_ne!(stdout.read_line(&mut out).unwrap(), 0, "ended too early:\n{out}");
    }
    press_ctrl_c(&child);
    let said = Said::from(child.wait_with_output().unwrap(), "rbf");
    said.fails(130, &["stopped; the results in run are complete", "`experiment figures run`"]);
    assert!(!desk.path("run/report.html").exists());
    desk.experiment("figures run").succeeds();
}

#[test]
fn a_folder_in_use_is_left_alone() {
    let desk = Desk::new();
    let words = "rbf --embedded --train 1500 --test 50 --passes 20 --out busy";
    let mut child = start(desk.command(words));
    let (mut stderr, mut err) = (BufReader::new(child.stderr.take().unwrap()), String::new());
    while !err.contains("pass  1/20") {
        assert_ne!(stderr.read_line(&mut err).unwrap(), 0, "ended too early:\n{err}");
    }
    desk.experiment("--resume busy").fails(2, &["busy is in use", "another process"]);
    press_ctrl_c(&child);
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn a_full_disk_leaves_the_last_checkpoint_whole() {
    let desk = Desk::new();
    let words = "rbf --embedded --train 1500 --test 50 --passes 4";
    desk.experiment(&format!("{words} --out whole")).succeeds();
    let said = interrupted_after(desk.command(&format!("{words} --out full")), &["pass  1/4"]);
    said.fails(130, &[]);
    let kept = desk.read("full/checkpoint/rbf-seed1.safetensors");

    // No file may grow beyond 200 blocks of 512 bytes (1024 in some shells): a checkpoint has 250,000 bytes.
    let said = with_small_files(&desk, 200, "--resume full");
    said.fails(1, &["cannot write full/checkpoint/rbf-seed1.safetensors", "make room", "--resume"]);
    assert!(kept == desk.read("full/checkpoint/rbf-seed1.safetensors"));
    let files = std::fs::read_dir(desk.path("full/checkpoint")).unwrap().count();
    assert_eq!(files, 1, "half a file is left behind");
    desk.experiment("--resume full").succeeds();
    desk.assert_same("whole", "full", &["rbf-seed1"]);
}

#[test]
fn a_disk_that_is_full_from_the_beginning_leaves_no_folder() {
    let desk = Desk::new();
    let said = with_small_files(&desk, 0, "rbf --embedded --train 20 --test 10 --passes 1 --out none");
    said.fails(1, &["cannot make none", "check that there is room"]);
    assert!(!desk.path("none").exists());
}

/// Runs a command that may not write files of more than `blocks` blocks.
fn with_small_files(desk: &Desk, blocks: usize, words: &str) -> Said {
    let program = desk.command("").get_program().to_owned();
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" {words}");
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(script).arg(program).current_dir(desk.folder.path());
    desk.settle(&mut shell);
    Said::from(shell.output().unwrap(), words)
}
