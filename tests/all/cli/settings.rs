//! Built-in arms, and TOML files with mistakes.

use super::Desk;
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

/// Lines of an arm with their replacements, and phrases of the resulting error.
type Mistake<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);

/// Replaces lines of the arm `eq-8` and asserts that the error has the phrases; `#` stands for the line's number.
fn refused(mistakes: &[Mistake]) {
    let desk = Desk::new();
    for (changes, phrases) in mistakes {
        desk.arm("bad.toml", changes);
        let toml = String::from_utf8(desk.read("bad.toml")).unwrap();
        let wrong = changes[0].1.lines().last().unwrap_or_default();
        let number = toml.lines().position(|line| line == wrong).unwrap() + 1;
        let phrases: Vec<String> =
            phrases.iter().map(|phrase| phrase.replace('#', &number.to_string())).collect();
        let phrases: Vec<&str> = phrases.iter().map(String::as_str).chain(["bad.toml"]).collect();
        desk.experiment("show bad.toml").fails(2, &phrases);
    }
    desk.experiment("rbf vs bad.toml --out run").fails(2, &["bad.toml"]);
    assert!(!desk.path("run").exists());
}

/// Valid settings of eq. 9.
const EQ_9: (&str, &str) = ("loss", "loss = \"eq-9\"\ncurvature = \"exact\"\nrubbish = 100.0");
/// Plain gradient descent, without the keys of SDLM.
const GRADIENT: [(&str, &str); 3] =
    [("optimiser", "optimiser = \"gradient\""), ("mu", ""), ("hessian_patterns", "")];

#[test]
fn keys_that_are_not_known_or_missing_are_refused() {
    refused(&[
        (&[("mu", "mue = 0.02")], &["unknown field `mue`", "`mu`"]),
        (&[("[head]", "[haed]")], &["unknown field `haed`", "`head`"]),
        (&[("[network]", "[netwrok]")], &["unknown field `netwrok`", "`network`"]),
        (&[("mu", "mu = 0.1\nmu = 0.03")], &["duplicate key", "line #"]),
        (&[("mu", "mu = ")], &["TOML parse error", "line #"]),
        (&[("kind", "kind = \"rfb\"")], &["unknown variant `rfb`", "`rbf`"]),
        (&[("kind", "kind = \"rbf\"\npenalty = \"d\"")], &["unknown variant `d`", "`d^2/2`"]),
        (&[("loss", "loss = \"eq-7\"")], &["unknown variant `eq-7`", "`eq-8`"]),
        (&[("update", "update = \"online\"")], &["unknown variant `online`", "`stochastic`"]),
        (&[("update", "update = { minibatch = 6.4 }")], &["floating point `6.4`", "line #"]),
        (&[("update", "update = \"minibatch\"")], &["minibatch"]),
        (&[("eta_scale", "")], &["missing field `eta_scale`"]),
        (&[("passes", "passes = \"20\"")], &["invalid type: string", "line #"]),
        (&[("passes", "passes = 2.5")], &["invalid type: floating point"]),
        (&[("passes", "passes = -2")], &["invalid value: integer `-2`"]),
        (&[("learn_codes", "learn_codes = 0")], &["invalid type: integer `0`", "a boolean"]),
        (&[("mu", "mu = \"small\"")], &["invalid type: string", "f64"]),
        (&[("order", "order = \"random\"")], &["unknown variant `random`", "`reshuffled`"]),
        (&[("order", "patterns = 1.5")], &["floating point `1.5`", "line #"]),
        (&[("order", "distortions = 1.0")], &["distortions"]),
        (&[("order", "distortions = { stale = 1.0 }")], &["unknown variant `stale`", "`fresh`"]),
        (&[("order", "distortions = { fresh = 1.0, fixed = 1.0 }")], &["line #"]),
        (&[("hessian_choice", "hessian_choice = \"last\"")], &["unknown variant `last`", "`first`"]),
        (&[("hessian_estimates", "hessian_estimates = \"twice\"")], &["unknown variant `twice`", "`once`"]),
        (&[("coefficient_of", "coefficient_of = \"mean\"")], &["unknown variant `mean`", "`average`"]),
    ]);
}

#[test]
fn keys_of_the_network_that_are_not_known_are_refused() {
    refused(&[
        (&[("initial_weights", "initial_weights = \"1/F\"")], &["unknown variant `1/F`", "`1/sqrt(F)`"]),
        (&[("initial_biases", "initial_biases = \"one\"")], &["unknown variant `one`", "`like-weights`"]),
        (
            &[("initial_biases", "initial_bias = \"zero\"")],
            &["unknown field `initial_bias`", "`initial_biases`"],
        ),
        (
            &[("coefficient_connection", "coefficient_connection = \"each\"")],
            &["unknown variant `each`", "`each-input`"],
        ),
        (&[("trained_subsampling", "trained_subsampling = \"yes\"")], &["invalid type: string", "a boolean"]),
        (&[("c3", "c3 = \"sparse\"")], &["unknown variant `sparse`", "`table-1`"]),
        (&[("A", "A = \"large\"")], &["invalid type: string", "f64"]),
        (&[("A", "")], &["missing field `A`"]),
        (&[("S", "S = 0.5\nT = 1.0")], &["unknown field `T`", "`A`"]),
    ]);
}

#[test]
fn values_that_make_no_sense_are_refused() {
    refused(&[
        (&[("eta", "eta = [0.0, 1e-4]")], &["training.eta is 0", "above 0"]),
        (&[("eta", "eta = [1e-4, -1e-4]")], &["training.eta is -0.0001", "above 0"]),
        (&[("eta", "eta = [nan]")], &["training.eta is NaN", "above 0"]),
        (&[("eta", "eta = [inf]")], &["training.eta is inf", "above 0"]),
        (&[("eta", "eta = []")], &["training.eta is an empty list", "a rate for each pass"]),
        (&[("eta_scale", "eta_scale = 0")], &["training.eta_scale is 0", "above 0"]),
        (&[("eta_scale", "eta_scale = -1.0")], &["training.eta_scale is -1", "above 0"]),
        (&[("mu", "mu = -0.02")], &["training.mu is -0.02", "above 0"]),
        (&[("mu", "mu = 0.0")], &["training.mu is 0", "above 0"]),
        (&[("passes", "passes = 0")], &["training.passes is 0", "at least 1"]),
        (
            &[("update", "update = { minibatch = 0 }")],
            &["training.update is a mini-batch of 0 patterns", "at least 1"],
        ),
        (&[("hessian_patterns", "hessian_patterns = 0")], &["training.hessian_patterns is 0", "at least 1"]),
        (
            &[("loss", "loss = \"eq-9\"\ncurvature = \"exact\"\nrubbish = -1.0")],
            &["head.rubbish is -1", "at least 0"],
        ),
        (&[("order", "patterns = 0")], &["training.patterns is 0", "at least 1"]),
        (&[("order", "distortions = { fresh = 0.0 }")], &["training.distortions is 0", "a strength above 0"]),
        (&[("order", "distortions = { fixed = -1.0 }")], &["training.distortions is -1", "above 0"]),
        (&[("order", "distortions = { fixed = nan }")], &["training.distortions is NaN", "above 0"]),
        (&[("A", "A = 0.0")], &["network.squashing.A is 0", "above 0"]),
        (&[("S", "S = -0.5")], &["network.squashing.S is -0.5", "above 0"]),
        (&[("S", "S = inf")], &["network.squashing.S is inf", "above 0"]),
    ]);
    // Out of the range of single precision.
    refused(&[
        (&[("mu", "mu = 1e-320")], &["training.mu is 1e-320", "single precision"]),
        (&[("mu", "mu = 1e39")], &["training.mu is 1e39", "single precision"]),
        (&[("eta", "eta = [1e-40]")], &["training.eta is 1e-40", "single precision"]),
        (
            &[("eta_scale", "eta_scale = 1e-37")],
            &["training.eta times training.eta_scale is", "single precision"],
        ),
        (
            &[("mu", "mu = 1.2e-38"), ("eta_scale", "eta_scale = 1e6")],
            &["training.eta_scale / training.mu is"],
        ),
        (&[("A", "A = 1e-310")], &["network.squashing.A is 1e-310", "single precision"]),
        (
            &[("order", "distortions = { fresh = 1e-300 }")],
            &["training.distortions is 1e-300", "single precision"],
        ),
    ]);
    // Out of proportion.
    let rates = format!("eta = [{}1e-4]", "1e-4, ".repeat(1000));
    refused(&[
        (&[("update", "update = { minibatch = 4097 }")], &["a mini-batch of 4097 patterns", "at most 4096"]),
        (
            &[("update", "update = { minibatch = 9223372036854775807 }")],
            &["training.update is", "at most 4096"],
        ),
        (&[("passes", "passes = 100001")], &["training.passes is 100001", "at most 100000"]),
        (&[("eta", &rates)], &["training.eta is a list of 1001 rates", "at most 1000"]),
    ]);
    let desk = Desk::new();
    for (constant, found) in [("0.0", "0"), ("-0.5", "-0.5"), ("nan", "NaN")] {
        let settings = format!("{MINIMAL}\n[network]\ninitial_coefficients = {{ constant = {constant} }}\n");
        desk.write("bad.toml", settings);
        let wrong = format!("bad.toml: network.initial_coefficients.constant is {found}, ");
        desk.experiment("show bad.toml").fails(2, &[&wrong, "a number above 0"]);
    }
}

#[test]
fn files_beyond_all_bounds_are_refused_in_a_short_message() {
    let desk = Desk::new();
    let shown = |text: String, phrases: &[&str]| {
        desk.write("bad.toml", text);
        let begin = std::time::Instant::now();
        let said = desk.experiment("show bad.toml").fails(2, phrases);
        assert!(said.err.len() < 3000 && begin.elapsed().as_secs() < 5, "{} bytes", said.err.len());
    };
    shown("a".repeat((256 << 10) + 1), &["bad.toml", "larger than 262144 bytes"]);
    shown("a".repeat(256 << 10), &["bad.toml is not a valid arm", "[... "]);
    shown(
        format!("a{} = 1", ".a".repeat(100_000)),
        &["bad.toml is not a valid arm", "a key of more than 32 parts"],
    );
    shown(format!("[a{}]", ".a".repeat(100_000)), &["a key of more than 32 parts"]);
    shown(format!("{MINIMAL}\nnetwork = {{ {} = 1 }}", "x".repeat(200_000)), &["[... ", "expected one of"]);
    let long = MINIMAL.replace("all that is needed", &"long ".repeat(201));
    shown(long, &["description is a text of 1005 bytes", "at most 1000 bytes"]);
    desk.write("bad.toml", MINIMAL.replace("all that is", "\u{1b}[31m"));
    let said = desk.experiment("show bad.toml").fails(2, &["bad.toml is not a valid arm", "\u{fffd}[31m"]);
    assert!(!said.err.contains('\u{1b}'));
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_no_settings() {
    let desk = Desk::new();
    std::os::unix::fs::symlink("/dev/zero", desk.path("zero.toml")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(desk.path("pipe.toml")).status().unwrap().success());
    for word in ["show zero.toml", "show pipe.toml", "study zero.toml", "study pipe.toml"] {
        desk.experiment(word).fails(2, &["cannot read the settings in", "not a regular file"]);
    }
    fs::create_dir(desk.path("run")).unwrap();
    fs::rename(desk.path("pipe.toml"), desk.path("run/config.toml")).unwrap();
    for word in ["--resume run", "figures run"] {
        desk.experiment(word).fails(1, &["cannot read run/config.toml", "not a regular file"]);
    }
}

#[test]
fn utf_16_is_read() {
    let desk = Desk::new();
    let arm = desk.experiment("show eq-8").succeeds().out;
    let utf16 = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        format!("\u{feff}{arm}").replace('\n', "\r\n").encode_utf16().flat_map(order).collect()
    };
    for bytes in [utf16(u16::to_le_bytes), utf16(u16::to_be_bytes), format!("\u{feff}{arm}").into_bytes()] {
        desk.write("windows.toml", bytes);
        assert_eq!(desk.experiment("show windows.toml").succeeds().out, arm);
    }
    desk.write("windows.toml", &utf16(u16::to_le_bytes)[2..]);
    desk.experiment("show windows.toml").fails(2, &["UTF-16 without a byte-order mark", "expected UTF-8"]);
}

/// An arm with the required keys only.
const MINIMAL: &str = r#"
description = "all that is needed"
head = { kind = "rbf", loss = "eq-8", learn_codes = false }
training = { optimiser = "gradient", update = "stochastic", passes = 1, eta = [1e-4], eta_scale = 1 }
"#;

#[test]
fn omitted_keys_have_the_values_of_this_project() {
    let desk = Desk::new();
    let shown = |settings: String| {
        desk.write("arm.toml", settings);
        desk.experiment("show arm.toml").succeeds().out
    };
    let all = r#"
        network.initial_weights = "1/sqrt(F)"
        network.initial_biases = "zero"
        network.initial_coefficients = { constant = 0.5 }
        network.coefficient_connection = "sum"
        network.trained_subsampling = true
        network.c3 = "table-1"
        network.squashing = { A = 1.7159, S = 0.6666666666666666 }
    "#;
    let training = r#", order = "constant", schedule = "listed", hessian_choice = "fresh", hessian_estimates = "each-pass", coefficient_of = "sum" }"#;
    let said = MINIMAL.trim_end().strip_suffix(" }").unwrap().to_string() + training + "\n" + all;
    assert_eq!(shown(MINIMAL.into()), shown(said.clone()));
    assert_ne!(shown(MINIMAL.into()), shown(said.replace("\"zero\"", "\"like-weights\"")), "the control");
}

#[test]
fn keys_that_have_no_meaning_together_are_refused() {
    for (alpha, found) in [("1.0", "1"), ("-0.5", "-0.5"), ("nan", "NaN")] {
        let momentum = format!("optimiser = \"momentum\"\nmomentum = {alpha}");
        let found = format!("training.momentum is {found}");
        refused(&[(&[("optimiser", &momentum), GRADIENT[1], GRADIENT[2]], &[&found, "from 0 up to"])]);
    }
    let softmax = ("kind", "kind = \"softmax\"");
    refused(&[
        (&[("mu", "")], &["training.mu is nothing", "sdlm"]),
        (&[("hessian_patterns", "")], &["training.hessian_patterns is nothing", "sdlm"]),
        (&[("mu", "mu = 0.1\nmomentum = 0.9")], &["training.momentum is a value", "no such key otherwise"]),
        (&GRADIENT[..1], &["training.mu is a value", "no such key"]),
        (&[("loss", "")], &["head.loss is nothing", "eq-8"]),
        (&[("loss", "loss = \"eq-8\"\nrubbish = 1.0")], &["head.rubbish is a value", "eq-9"]),
        (&[("loss", "loss = \"eq-9\"\ncurvature = \"exact\"")], &["head.rubbish is nothing", "eq-9"]),
        (&[("loss", "loss = \"eq-8\"\ncurvature = \"exact\"")], &["head.curvature is a value", "eq-9"]),
        (&[softmax], &["head.loss is a value", "kind = \"rbf\""]),
        (&[softmax, ("loss", "curvature = \"exact\"")], &["head.learn_codes is a value", "kind = \"rbf\""]),
        (&[softmax, ("loss", ""), ("learn_codes", "")], &["head.curvature is nothing", "kind = \"softmax\""]),
        (
            &[
                ("kind", "kind = \"softmax\"\npenalty = \"d^2\""),
                ("loss", "curvature = \"exact\""),
                ("learn_codes", ""),
            ],
            &["head.penalty is a value", "there with kind = \"rbf\" only"],
        ),
    ]);
    for (key, value) in
        [("hessian_choice", "first"), ("hessian_estimates", "once"), ("coefficient_of", "average")]
    {
        let (line, found) = (format!("{key} = \"{value}\""), format!("training.{key} is a value"));
        let changes = [(key, line.as_str()), GRADIENT[0], GRADIENT[1], GRADIENT[2]];
        refused(&[(&changes, &[&found, "there with optimiser = \"sdlm\" only"])]);
    }
}

#[test]
fn blocks_of_today_that_make_no_sense_are_refused() {
    let today = |line: &str| format!("[today]\n{line}\n\n[training]");
    for (line, phrases) in [
        ("dropout = 1.0", ["today.dropout is 1,", "from 0 up to, not including, 1"]),
        ("dropout = -0.1", ["today.dropout is -0.1,", "from 0 up to"]),
        ("dropout = nan", ["today.dropout is NaN,", "from 0 up to"]),
        (
            "batch_normalisation = true",
            ["training.update is one pattern for an update,", "{ minibatch = N } of at least 2"],
        ),
        ("batch_normalisation = 1", ["invalid type: integer `1`", "a boolean"]),
        ("activation = \"sigmoid\"", ["unknown variant `sigmoid`", "`relu`"]),
        ("pooling = \"sum\"", ["unknown variant `sum`", "`max`"]),
        ("batch_norm = true", ["unknown field `batch_norm`", "`batch_normalisation`"]),
    ] {
        refused(&[(&[("[training]", &today(line)), GRADIENT[0], GRADIENT[1], GRADIENT[2]], &phrases)]);
    }
    let normalised = today("batch_normalisation = true");
    let normalised = ("[training]", normalised.as_str());
    let one = ("update", "update = { minibatch = 1 }");
    let all = ("update", "update = \"batch\"");
    let [gradient, mu, hessian] = GRADIENT;
    refused(&[
        (&[normalised], &["training.optimiser is \"sdlm\"", "\"adam\" where", "no second derivatives"]),
        (
            &[normalised, all, gradient, mu, hessian],
            &["training.update is \"batch\"", "{ minibatch = N } of at least 2"],
        ),
        (
            &[normalised, one, gradient, mu, hessian],
            &["training.update is one pattern", "today.batch_normalisation"],
        ),
    ]);
}

#[test]
fn weight_decay_belongs_to_adam() {
    const DECAY: &str = "training.weight_decay is a value";
    let adam = |decay| format!("optimiser = \"adam\"\nweight_decay = {decay}");
    let [_, mu, hessian] = GRADIENT;
    for (decay, found) in [("-0.1", "-0.1"), ("inf", "inf"), ("nan", "NaN")] {
        let found = format!("training.weight_decay is {found},");
        refused(&[(&[("optimiser", &adam(decay)), mu, hessian], &[&found, "at least 0"])]);
    }
    let plain = ("optimiser", "optimiser = \"gradient\"\nweight_decay = 0.1");
    refused(&[
        (&[plain, mu, hessian], &[DECAY, "with optimiser = \"adam\" only"]),
        (&[("mu", "mu = 0.02\nweight_decay = 0.1")], &[DECAY, "with optimiser = \"adam\" only"]),
        (&[("optimiser", "optimiser = \"adam\"")], &["training.mu is a value", "no such key"]),
        (&[("schedule", "schedule = \"linear\"")], &["unknown variant `linear`", "`cosine`"]),
    ]);
}

#[test]
fn only_fresh_patterns_are_bent() {
    const ELASTIC: &str = "training.elastic is a value";
    const FRESH: &str = "distortions = { fresh = ... } only";
    refused(&[
        (&[("order", "order = \"reshuffled\"\nelastic = 1.0")], &[ELASTIC, FRESH]),
        (
            &[("order", "order = \"reshuffled\"\nelastic = 1.0\ndistortions = { fixed = 0.5 }")],
            &[ELASTIC, FRESH],
        ),
    ]);
    for (pixels, found) in [("0.0", "0"), ("-1.5", "-1.5"), ("inf", "inf"), ("nan", "NaN")] {
        let order = format!("order = \"reshuffled\"\nelastic = {pixels}\ndistortions = {{ fresh = 0.5 }}");
        let found = format!("training.elastic is {found},");
        refused(&[(&[("order", &order)], &[&found, "pixels, more than 0"])]);
    }
}

#[test]
fn keys_that_have_a_meaning_together_are_not() {
    let desk = Desk::new();
    for changes in [
        [EQ_9].as_slice(),
        &GRADIENT,
        &[("kind", "kind = \"rbf\"\npenalty = \"d^2/2\"")],
        &[("order", "order = \"reshuffled\"\npatterns = 10\ndistortions = { fixed = 0.5 }")],
        &[("order", "order = \"reshuffled\"\nelastic = 1.5\ndistortions = { fresh = 0.5 }")],
        &[
            ("hessian_choice", "hessian_choice = \"same\""),
            ("hessian_estimates", "hessian_estimates = \"once\""),
        ],
        &[("coefficient_of", "coefficient_of = \"average\""), ("c3", "c3 = \"full\"")],
        &[("kind", "kind = \"softmax\""), ("loss", "curvature = \"constant\""), ("learn_codes", "")],
        &[
            (
                "[training]",
                "[today]\npooling = \"average\"\nbatch_normalisation = true\ndropout = 0.5\n\n[training]",
            ),
            ("optimiser", "optimiser = \"adam\"\nweight_decay = 0.01"),
            ("schedule", "schedule = \"cosine\""),
            ("mu", ""),
            ("hessian_patterns", ""),
            ("update", "update = { minibatch = 2 }"),
        ],
    ] {
        desk.arm("good.toml", changes);
        let shown = desk.experiment("show good.toml").succeeds().out;
        for line in changes.iter().flat_map(|(_, line)| line.lines()) {
            assert!(line.contains('{') || shown.contains(line), "no {line} in {shown}");
        }
    }
}

#[test]
fn files_that_are_no_settings_are_refused() {
    let desk = Desk::new();
    fs::create_dir(desk.path("folder.toml")).unwrap();
    desk.write("latin1.toml", b"description = \"caf\xe9\"");
    desk.write("empty.toml", "");
    for (file, phrase) in [
        ("absent.toml", "No such file"),
        ("folder.toml", "directory"),
        ("latin1.toml", "Latin-1 or Windows-1252; expected UTF-8"),
    ] {
        desk.experiment(&format!("rbf vs {file}"))
            .fails(2, &["cannot read the settings in", file, phrase, "`experiment show rbf`"]);
    }
    desk.experiment("empty.toml").fails(2, &["empty.toml is not a valid arm", "missing field `description`"]);
}
