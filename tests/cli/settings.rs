//! Arms: those there are, and TOML files with mistakes.

use crate::Desk;
use std::fs;

#[test]
fn the_arms_can_be_listed_and_shown() {
    let desk = Desk::new();
    let list = desk.experiment("list").succeeds().out;
    assert!(list.lines().count() >= 2 && list.contains("rbf  ") && list.contains("softmax  "), "{list}");
    for arm in ["rbf", "softmax"] {
        let shown = desk.experiment(&format!("show {arm}")).succeeds().out;
        desk.write("copy.toml", &shown);
        assert_eq!(desk.experiment("show copy.toml").succeeds().out, shown);
    }
}

/// Replaces a line of the arm `rbf` and asserts that the error holds the phrases.
fn refused(changes: &[(&str, &str, &[&str])]) {
    let desk = Desk::new();
    for (line, other, phrases) in changes {
        desk.arm("bad.toml", &[(line, other)]);
        let phrases: Vec<&str> = phrases.iter().copied().chain(["bad.toml"]).collect();
        desk.experiment("show bad.toml").fails(2, &phrases);
    }
    desk.experiment("rbf vs bad.toml --out run").fails(2, &["bad.toml"]);
    assert!(!desk.path("run").exists());
}

#[test]
fn keys_that_are_not_known_or_missing_are_refused() {
    refused(&[
        ("mu = 0.1", "mue = 0.02", &["unknown field `mue`", "`mu`"]),
        ("[head]", "[haed]", &["unknown field `haed`", "`head`"]),
        ("mu = 0.1", "mu = 0.1\nmu = 0.03", &["duplicate key", "line 15"]),
        ("mu = 0.1", "mu = ", &["TOML parse error", "line 14"]),
        ("kind = \"rbf\"", "kind = \"rfb\"", &["unknown variant `rfb`", "`rbf`"]),
        ("loss = \"eq-8\"", "loss = \"eq-7\"", &["unknown variant `eq-7`", "`eq-8`"]),
        ("update = \"stochastic\"", "update = \"online\"", &["unknown variant `online`", "`stochastic`"]),
        ("update = \"stochastic\"", "update = { minibatch = 6.4 }", &["floating point `6.4`", "line 10"]),
        ("update = \"stochastic\"", "update = \"minibatch\"", &["minibatch"]),
        ("eta_scale = 0.2", "", &["missing field `eta_scale`"]),
        ("passes = 20", "passes = \"20\"", &["invalid type: string", "line 11"]),
        ("passes = 20", "passes = 2.5", &["invalid type: floating point"]),
        ("passes = 20", "passes = -2", &["invalid value: integer `-2`"]),
        ("learn_codes = false", "learn_codes = 0", &["invalid type: integer `0`", "a boolean"]),
        ("mu = 0.1", "mu = \"small\"", &["invalid type: string", "f64"]),
    ]);
}

#[test]
fn values_that_make_no_sense_are_refused() {
    let eta = "eta = [0.0005, 0.0005, 0.0002,";
    refused(&[
        (eta, "eta = [0.0,", &["training.eta is 0", "above 0"]),
        (eta, "eta = [1e-4, -1e-4,", &["training.eta is -0.0001", "above 0"]),
        (eta, "eta = [nan,", &["training.eta is NaN", "above 0"]),
        (eta, "eta = [inf,", &["training.eta is inf", "above 0"]),
        (eta, "eta = []\n#", &["training.eta is an empty list", "a rate for each pass"]),
        ("eta_scale = 0.2", "eta_scale = 0", &["training.eta_scale is 0", "above 0"]),
        ("eta_scale = 0.2", "eta_scale = -1.0", &["training.eta_scale is -1", "above 0"]),
        ("mu = 0.1", "mu = -0.02", &["training.mu is -0.02", "above 0"]),
        ("mu = 0.1", "mu = 0.0", &["training.mu is 0", "above 0"]),
        ("passes = 20", "passes = 0", &["training.passes is 0", "at least 1"]),
        (
            "update = \"stochastic\"",
            "update = { minibatch = 0 }",
            &["training.update is a mini-batch of 0 patterns", "at least 1"],
        ),
        ("hessian_patterns = 500", "hessian_patterns = 0", &["training.hessian_patterns is 0", "at least 1"]),
        (
            "loss = \"eq-8\"",
            "loss = \"eq-9\"\ncurvature = \"exact\"\nrubbish = -1.0",
            &["head.rubbish is -1", "at least 0"],
        ),
    ]);
}

#[test]
fn keys_that_have_no_meaning_together_are_refused() {
    let momentum = "optimiser = \"momentum\"\nmomentum = ";
    let desk = Desk::new();
    let sdlm_only = [("mu = 0.1\n", ""), ("hessian_patterns = 500\n", "")];
    for (alpha, found) in [("1.0", "1"), ("-0.5", "-0.5"), ("nan", "NaN")] {
        let optimiser = format!("{momentum}{alpha}");
        desk.arm("m.toml", &[sdlm_only[0], sdlm_only[1], ("optimiser = \"sdlm\"", &optimiser)]);
        desk.experiment("show m.toml").fails(2, &[&format!("training.momentum is {found}"), "from 0 up to"]);
    }
    refused(&[
        ("mu = 0.1\n", "", &["training.mu is nothing", "sdlm"]),
        ("hessian_patterns = 500\n", "", &["training.hessian_patterns is nothing", "sdlm"]),
        ("mu = 0.1", "mu = 0.1\nmomentum = 0.9", &["training.momentum is a value", "no such key otherwise"]),
        ("optimiser = \"sdlm\"", "optimiser = \"gradient\"", &["training.mu is a value", "no such key"]),
        ("loss = \"eq-8\"\n", "", &["head.loss is nothing", "eq-8"]),
        ("loss = \"eq-8\"", "loss = \"eq-8\"\nrubbish = 1.0", &["head.rubbish is a value", "eq-9"]),
        ("loss = \"eq-8\"", "loss = \"eq-9\"\ncurvature = \"exact\"", &["head.rubbish is nothing", "eq-9"]),
        ("loss = \"eq-8\"", "loss = \"eq-8\"\ncurvature = \"exact\"", &["head.curvature is a value", "eq-9"]),
        ("kind = \"rbf\"", "kind = \"softmax\"", &["head.loss is a value", "kind = \"rbf\""]),
        (
            "kind = \"rbf\"\nloss = \"eq-8\"",
            "kind = \"softmax\"\ncurvature = \"exact\"",
            &["head.learn_codes is a value", "kind = \"rbf\""],
        ),
        (
            "kind = \"rbf\"\nloss = \"eq-8\"\nlearn_codes = false",
            "kind = \"softmax\"",
            &["head.curvature is nothing", "kind = \"softmax\""],
        ),
    ]);
}

#[test]
fn files_that_are_no_settings_are_refused() {
    let desk = Desk::new();
    fs::create_dir(desk.path("folder.toml")).unwrap();
    desk.write("latin1.toml", b"description = \"caf\xe9\"");
    desk.write("empty.toml", "");
    for (file, phrase) in
        [("absent.toml", "No such file"), ("folder.toml", "directory"), ("latin1.toml", "UTF-8")]
    {
        desk.experiment(&format!("rbf vs {file}"))
            .fails(2, &["cannot read the settings in", file, phrase, "`experiment show rbf`"]);
    }
    desk.experiment("empty.toml").fails(2, &["empty.toml is not a valid arm", "missing field `description`"]);
}
