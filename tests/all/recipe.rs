//! The tables of studies in `paper/` and README agree with the committed findings.

use crate::common::{claims, findings};
use lenet5::archaeology::fig8;
use lenet5::experiment::{Arm, Settings, Study, StudyResults, bars, study_table};
use lenet5::figures::Studies;
use lenet5::report::claims::Claims;
use std::fs;
use std::path::Path;

use findings::findings;

/// The text of a file of the repository.
fn text(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

/// The tables and lists of a text under `<!-- study NAME -->`, or under `signal`, `rates`, `steps` or `pairs` instead.
fn blocks(text: &str) -> impl Iterator<Item = (&str, &str, &str)> {
    text.split("<!-- ").skip(1).filter_map(|rest| {
        let (mark, rest) = rest.split_once(" -->\n")?;
        let (kind, name) = mark.split_once(' ')?;
        Some((kind, name, rest.trim_start().split_once("\n\n")?.0.trim_end()))
    })
}

#[test]
fn tables_are_those_of_the_findings() {
    let both = ["classifiers", "distortions"].map(findings);
    for page in [
        "paper/recipe.md",
        "paper/REPRODUCTION.md",
        "README.md",
        "models/README.md",
        "src/today/mod.md",
        "src/archaeology/mod.md",
        "src/section3/comparison.md",
        "src/section3/invariance.md",
        "src/section6/reading.md",
        "src/section7/sdnn.md",
    ] {
        let text = text(page);
        for (kind, name, found) in blocks(&text) {
            let wanted = match kind {
                "study" => study_table::table(&findings(name)),
                "signal" => study_table::signal_table(&findings(name)),
                "rates" => study_table::rates_table(&findings(name)),
                "sizes" => study_table::sizes_table(&findings(name)),
                "versus-1998" => fig8::studies_table(Studies::built_in().unwrap().judged_on_test()),
                "bars" if name == "errors" => bars::errors_table(both.each_ref()),
                "bars" => bars::costs_table(both.each_ref()),
                "invariance" => study_table::invariance_table(&findings(name)).unwrap(),
                "strings" => study_table::strings_table(&findings(name)).unwrap(),
                "noise" => study_table::noise_table(&findings(name)).unwrap(),
                "steps" => study_table::steps(&findings(name)),
                "pairs" => {
                    study_table::pairs(&findings(name)).iter().map(|line| format!("- {line}\n")).collect()
                }
                _ => panic!("{page}: <!-- {kind} {name} --> is no table"),
            };
            assert_eq!(found, wanted.trim_end(), "{page}: run `experiment study {name}` for the table");
        }
        assert!(blocks(&text).next().is_some(), "{page} has no table of a study");
    }
}

#[test]
fn every_study_has_its_findings() {
    for study in Study::built_in() {
        let results = findings(&study.name);
        assert_eq!(results.study, study.name);
        assert_eq!((&results.description, results.judged_on), (&study.description, study.judged_on));
        let names: Vec<&str> = results.arms.iter().map(|arm| arm.name.as_str()).collect();
        let arms: Vec<&str> = study.arms.iter().map(|arm| arm.name.as_str()).collect();
        assert_eq!(names, arms, "{}: run it again", study.name);
        for (arm, made) in study.arms.iter().zip(&results.arms) {
            let seeds: Vec<u64> = made.runs.iter().map(|run| run.seed).collect();
            let wanted = if arm.draws() { u64::from(study.seeds) } else { 1 };
            assert!(seeds.iter().copied().eq(1..=wanted), "{}: {seeds:?}", study.name);
            for run in made.runs.iter().filter(|run| run.diverged_in_pass.is_none()) {
                assert_eq!(run.test_error_pct.len(), arm.settings.training.passes.max(1), "{}", arm.name);
            }
        }
        assert!(results.data.name.starts_with("mnist"));
    }
}

/// The arm `today` is the last step of the ladder.
#[test]
fn the_ladder_ends_with_today() {
    let (study, today) = (Study::find("today").unwrap(), Arm::find("today").unwrap());
    let last = study.arms.into_iter().find(|arm| arm.name == "elastic").unwrap();
    let description = today.settings.description.clone();
    assert_eq!(Settings { description, ..last.settings }, today.settings);
}

/// The computing time of all studies.
#[test]
fn the_report_says_how_much_was_computed() {
    let all: Vec<StudyResults> = Study::built_in().map(|study| findings(&study.name)).collect();
    let runs: usize = all.iter().flat_map(|study| &study.arms).map(|arm| arm.runs.len()).sum();
    let hours: f64 = all.iter().map(|study| study.core_seconds).sum::<f64>() / 3600.0;
    let sentence = format!("{runs} runs in {hours:.1} core hours");
    assert!(
        text("paper/REPRODUCTION.md").contains(&sentence),
        "paper/REPRODUCTION.md does not say {sentence}"
    );
}

/// App. C: the median second derivative of each layer in pass 1, by eq. 21 from the median rate.
#[test]
fn second_derivatives_are_larger_where_weights_are_shared() {
    let (arm, found) = (Arm::find("rbf").unwrap(), findings("heads"));
    let training = &arm.settings.training;
    let arm = found.arms.iter().find(|found| found.name == arm.name).unwrap();
    let median = |layer: usize| {
        let rate = arm.runs[0].layer_rates[layer].median;
        training.eta_scale * training.eta[0] / rate - training.mu.unwrap()
    };
    for (layer, ours) in claims::ours("sharing-is-ill-conditioned").into_iter().enumerate() {
        let found = median(layer);
        assert!((found - ours).abs() <= 0.05 * ours, "{layer}: {found} is not {ours}");
    }
}

/// The page of claims is generated from the claims.
#[test]
fn the_page_of_claims_is_up_to_date() {
    assert!(
        text("paper/claims.md") == Claims::built_in().page(),
        "paper/claims.md: run `experiment figures paper`"
    );
}

/// Claims about test errors after the last pass name their study and its arms.
#[test]
fn claims_are_what_the_studies_found() {
    let claims: toml::Table = text("paper/claims.toml").parse().unwrap();
    let studies: Vec<String> = Study::built_in().map(|study| study.name).collect();
    let mut checked = 0;
    for claim in claims["claim"].as_array().unwrap() {
        let word = |key: &str| claim.get(key).and_then(toml::Value::as_str).unwrap_or_default();
        let Some((_, name)) = word("command").split_once("-- study ") else { continue };
        let name = name.split(' ').next().unwrap();
        assert!(studies.iter().any(|study| study == name), "{}: there is no study {name}", word("id"));
        let Some(arms) = claim.get("arms").and_then(toml::Value::as_array) else { continue };
        let numbers = |key: &str| match &claim[key] {
            toml::Value::Array(values) => values.iter().map(|value| value.as_float().unwrap()).collect(),
            value => vec![value.as_float().unwrap()],
        };
        let found = findings(name);
        for ((arm, ours), deviation) in arms.iter().zip(numbers("ours")).zip(numbers("deviation")) {
            let arm = found.arms.iter().find(|found| found.name == arm.as_str().unwrap()).unwrap();
            let spread = arm.test_error().unwrap();
            assert!((spread.mean - ours).abs() <= 5.1e-3, "{}: {} is {}", word("id"), arm.name, spread.mean);
            assert!((spread.deviation.unwrap() - deviation).abs() <= 5.1e-3, "{}: {}", word("id"), arm.name);
            checked += 1;
        }
    }
    assert!(checked > 5, "only {checked} numbers");
}
