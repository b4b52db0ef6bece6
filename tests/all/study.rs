//! Studies: the meaning of their TOML files, and the patterns that they are judged on.

use lenet5::appendix::a::InitialWeights;
use lenet5::experiment::{Arm, JudgedOn, Rule, Settings, Study};
use lenet5::section2::C3;
use lenet5::section3::database::{Database, Patterns};
use ndarray::Array3;

fn parse(text: &str) -> Study {
    Study::parse("question", "question.toml", text).unwrap_or_else(|error| panic!("{error}"))
}

/// The text of a study: its first lines, followed by `rest`.
fn study(rest: &str) -> String {
    format!("description = \"what matters?\"\nbase = \"rbf\"\njudged_on = \"test\"\nseeds = 3\n{rest}")
}

fn names(study: &Study) -> Vec<&str> {
    study.arms.iter().map(|arm| arm.name.as_str()).collect()
}

/// The settings of a built-in arm after a change.
fn changed(arm: &str, change: impl FnOnce(&mut Settings)) -> Settings {
    let mut settings = Arm::find(arm).unwrap().settings;
    change(&mut settings);
    settings
}

#[test]
fn an_arm_is_its_base_with_changes() {
    let study = parse(&study(
        r#"
        [[arm]]
        name = "as-it-is"

        [[arm]]
        name = "small"
        network.c3 = "full"
        network.squashing.S = 0.7
        training.passes = 7
        training.eta = [1e-3, 1e-4]

        [[arm]]
        name = "plain-gradient"
        without = ["training.mu", "training.hessian_patterns"]
        training.optimiser = "gradient"

        [[arm]]
        name = "other-head"
        base = "softmax"
        head.curvature = "constant"
        "#,
    ));
    assert_eq!((study.name.as_str(), study.description.as_str()), ("question", "what matters?"));
    assert_eq!((study.judged_on, study.seeds), (JudgedOn::Test, 3));
    assert_eq!(names(&study), ["as-it-is", "small", "plain-gradient", "other-head"]);
    let expected = [
        changed("rbf", |_| ()),
        changed("rbf", |settings| {
            settings.network.c3 = C3::Full;
            settings.network.squashing.slope = 0.7;
            settings.training.passes = 7;
            settings.training.eta = vec![1e-3, 1e-4];
        }),
        changed("rbf", |settings| {
            (settings.training.mu, settings.training.hessian_patterns) = (None, None);
            settings.training.optimiser = Rule::Gradient;
        }),
        changed("softmax", |settings| {
            settings.head.curvature = Some(lenet5::section2::Curvature::Constant);
        }),
    ];
    for (arm, expected) in study.arms.iter().zip(expected) {
        assert_eq!(arm.settings, expected, "{}", arm.name);
    }
}

#[test]
fn a_base_can_be_a_file_and_whole_tables_can_be_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("base.toml");
    let base = changed("rbf", |settings| {
        settings.network.initial_weights = InitialWeights::FanIn;
        settings.network.squashing.amplitude = 1.5;
    });
    std::fs::write(&file, Arm { name: "base".into(), settings: base.clone() }.toml()).unwrap();
    let arms = format!(
        r#"
        [[arm]]
        name = "as-it-is"
        base = '{0}'

        [[arm]]
        name = "paper-squashing"
        base = '{0}'
        without = ["network.squashing"]

        [[arm]]
        name = "default-network"
        base = '{0}'
        without = ["network"]
        "#,
        file.display()
    );
    let study = parse(&study(&arms));
    let mut squashing = base.clone();
    squashing.network.squashing = lenet5::section2::Squashing::PAPER;
    let network = Settings { network: Default::default(), ..base.clone() };
    assert_ne!(squashing, network);
    let found: Vec<&Settings> = study.arms.iter().map(|arm| &arm.settings).collect();
    assert_eq!(found, [&base, &squashing, &network]);
}

#[test]
fn a_grid_is_every_arm_with_every_combination() {
    let text = study(
        r#"
        [[arm]]
        name = "a"
        [[arm]]
        name = "b"
        base = "softmax"
        [grid]
        "training.mu" = [0.02, 0.5]
        "training.eta_scale" = [1, 0.25, 0.125]
        "#,
    );
    let study = parse(&text);
    let combinations = [("1", 1.0), ("0.25", 0.25), ("0.125", 0.125)]
        .into_iter()
        .flat_map(|eta| [("0.02", 0.02), ("0.5", 0.5)].map(|mu| (eta, mu)));
    let expected: Vec<_> = [("a", "rbf"), ("b", "softmax")]
        .into_iter()
        .flat_map(|arm| combinations.clone().map(move |combination| (arm, combination)))
        .map(|((name, base), ((eta_word, eta), (mu_word, mu)))| {
            let settings = changed(base, |settings| {
                settings.training.eta_scale = eta;
                settings.training.mu = Some(mu);
            });
            (format!("{name}-eta_scale-{eta_word}-mu-{mu_word}"), settings)
        })
        .collect();
    let found: Vec<_> = study.arms.into_iter().map(|arm| (arm.name, arm.settings)).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_grid_needs_no_arms_and_makes_names_that_files_can_have() {
    let grid = |values: &str| parse(&study(&format!("[grid]\n{values}")));
    let weights = grid(r#""network.initial_weights" = ["1/sqrt(F)", "2.4/F", "1/sqrt(F+1)", "2.4/(F+1)"]"#);
    assert_eq!(
        names(&weights),
        ["1-sqrt-F", "2.4-F", "1-sqrt-F+1", "2.4-F+1"].map(|word| format!("initial_weights-{word}"))
    );
    assert_eq!(weights.arms[3].settings.network.initial_weights, InitialWeights::FanInWithBias);
    let tables = grid(r#""training.distortions" = [{ fixed = 0.5 }, { fresh = 1.5 }]"#);
    assert_eq!(names(&tables), ["distortions-fixed-0.5", "distortions-fresh-1.5"]);
    let one = grid(r#""training.mu" = 0.25"#);
    assert_eq!((names(&one), one.arms[0].settings.training.mu), (vec!["mu-0.25"], Some(0.25)));
}

#[test]
fn studies_with_mistakes_are_refused() {
    let arm = |rest: &str| study(&format!("[[arm]]\nname = \"wild\"\n{rest}\n"));
    let whole = arm("");
    for (text, phrases) in [
        (study(""), ["question.toml is not a valid study", "at least one [[arm]]"]),
        (
            whole.replace("seeds = 3", "seeds = 0"),
            ["question.toml is not a valid study", "at least one seed"],
        ),
        (whole.replace("seeds = 3", "seeds = -1"), ["question.toml is not a valid study", "-1"]),
        (whole.replace("seeds", "sedes"), ["question.toml is not a valid study", "unknown field `sedes`"]),
        (whole.replace("seeds = 3\n", ""), ["question.toml is not a valid study", "missing field `seeds`"]),
        (whole.replace("\"test\"", "\"train\""), ["unknown variant `train`", "`validation`"]),
        (whole.replace("\"rbf\"", "\"rfb\""), ["no arm 'rfb'", "did you mean 'rbf'?"]),
        (arm("base = \"sofmax\""), ["no arm 'sofmax'", "did you mean 'softmax'?"]),
        (
            whole.replace("name = \"wild\"", ""),
            ["question.toml is not a valid study", "missing field `name`"],
        ),
        (format!("{whole}{}", "[[arm]]\nname = \"wild\"\n"), ["two arms are called 'wild'", "once"]),
        (study("[grid]\n\"training.mu\" = [0.1, 0.1]"), ["two arms are called 'mu-0.1'", "once"]),
        (study("[grid]\n\"training.mu\" = []"), ["question.toml is not a valid study", "at least one"]),
        (arm("training.mue = 0.1"), ["question.toml, arm wild is not a valid arm", "unknown field `mue`"]),
        (
            arm("trainnig.mu = 0.1"),
            ["question.toml, arm wild is not a valid arm", "unknown field `trainnig`"],
        ),
        (arm("training.mu = -1.0"), ["question.toml, arm wild: training.mu is -1", "above 0"]),
        (arm("training.mu = \"much\""), ["question.toml, arm wild is not a valid arm", "expected f64"]),
        (arm("without = [\"training.mu\"]"), ["question.toml, arm wild: training.mu is nothing", "sdlm"]),
        (arm("without = [\"training.mue\"]"), ["question.toml is not", "wild is to be without training.mue"]),
        (arm("without = [\"training.momentum\"]"), ["without training.momentum", "rbf has no such key"]),
        (arm("without = [\"mu\"]"), ["wild is to be without mu", "rbf has no such key"]),
        (
            whole.replace("wild", "../wild"),
            ["question.toml is not", "no file can be named after the arm '../wild'"],
        ),
        (whole.replace("wild", ""), ["question.toml is not a valid study", "no file can be named"]),
        ("[[[".into(), ["question.toml is not a valid study", "TOML parse error"]),
    ] {
        let error = match Study::parse("question", "question.toml", &text) {
            Ok(study) => panic!("{text}\ngave {:?}", names(&study)),
            Err(error) => error,
        };
        assert!(error.is_usage());
        for phrase in phrases {
            assert!(error.to_string().contains(phrase), "no {phrase} in {error}\nof {text}");
        }
    }
    assert_eq!(names(&parse(&whole)), ["wild"], "the control");
}

/// As many patterns as labels, no two alike.
fn patterns(labels: std::ops::Range<u8>) -> Patterns {
    let grey = |(p, row, _): (usize, usize, usize)| if row == p { labels.start + 1 } else { 0 };
    let images = Array3::from_shape_fn((labels.len(), 28, 28), grey);
    Patterns::new(images, labels.clone().map(|label| label % 10).collect()).unwrap()
}

#[test]
fn choices_are_judged_on_the_last_sixth_of_the_training_set() {
    let database = || Database { name: "stripes".into(), train: patterns(0..13), test: patterns(20..25) };
    let judged = |on: &str| {
        let text = study("[[arm]]\nname = \"a\"").replace("\"test\"", on);
        parse(&text).database(database())
    };
    let test = judged("\"test\"");
    assert_eq!(test.name, "stripes");
    assert_eq!((test.train, test.test), (database().train, database().test));
    let validation = judged("\"validation\"");
    assert_eq!(validation.name, "stripes, validation split");
    assert_eq!(validation.train, database().train.range(0..10));
    assert_eq!(validation.test, database().train.range(10..13));
}
