//! The **Arms** parts of `paper/deviations.md` against the arms' TOML files.
//!
//! A part consists of statements such as "`head.loss` is `"eq-9"` in `rbf` and `paper` and not set in all others": a key, and
//! each of its values with the arms that have it.

use lenet5::experiment::Arm;
use lenet5::section3::training::ETA;
use lenet5::today::Blocks;
use std::collections::{BTreeMap, BTreeSet};
use toml::{Table, Value};

/// For each key, such as `head.loss`, its value in each arm; `None` if the arm does not set it.
type Settings = BTreeMap<String, BTreeMap<String, Option<Value>>>;

fn deviations() -> String {
    include_str!("../../../paper/deviations.md").into()
}

// ---- The settings of the arms ---------------------------------------------------------------------------------------

/// All keys that any arm sets, as the program reads them, except the description.
fn settings(arms: &[Arm]) -> Settings {
    let values: Vec<BTreeMap<String, Value>> = arms.iter().map(values).collect();
    let keys: BTreeSet<&String> = values.iter().flat_map(BTreeMap::keys).collect();
    let in_arms = |key: &String| {
        let of_arm = |(arm, values): (&Arm, &BTreeMap<_, _>)| (arm.name.clone(), values.get(key).cloned());
        arms.iter().zip(&values).map(of_arm).collect()
    };
    keys.into_iter().map(|key| (key.clone(), in_arms(key))).collect()
}

/// The settings of an arm by key. Blocks under `[today]` that are the paper's count as not set.
fn values(arm: &Arm) -> BTreeMap<String, Value> {
    let paper: Table = toml::from_str(&toml::to_string(&Blocks::default()).unwrap()).unwrap();
    let mut values = BTreeMap::new();
    for (section, value) in arm.toml().parse::<Table>().unwrap() {
        let Value::Table(keys) = value else {
            values.insert(section, value);
            continue;
        };
        let differs = |(key, value): &(String, Value)| section != "today" || paper.get(key) != Some(value);
        values
            .extend(keys.into_iter().filter(differs).map(|(key, value)| (format!("{section}.{key}"), value)));
    }
    values.remove("description");
    values
}

// ---- The statements of the page -------------------------------------------------------------------------------------

/// The statements of all entries; an error is a sentence that cannot be parsed.
fn stated(page: &str, arms: &[Arm]) -> Result<Settings, String> {
    let mut all = Settings::new();
    for part in page.split("- **Arms.** ").skip(1) {
        let end = part.find("\n- **").unwrap_or(part.len());
        let text = part[..end].split_whitespace().collect::<Vec<_>>().join(" ");
        for (key, values) in statements(&text, arms).map_err(|fault| format!("{text}: {fault}"))? {
            if all.insert(key.clone(), values).is_some() {
                return Err(format!("{key} is stated in two entries"));
            }
        }
    }
    Ok(all)
}

/// The statements of one part, in which all code is keys, values and names of arms.
fn statements(text: &str, arms: &[Arm]) -> Result<Settings, String> {
    let mut said = Settings::new();
    let (mut key, mut value) = (String::new(), None);
    for (n, piece) in text.split('`').enumerate() {
        let is_code = n % 2 == 1;
        let arm = arms.iter().find(|arm| arm.name == piece);
        if let Some(arm) = arm.filter(|_| is_code) {
            let before = said.entry(key.clone()).or_default().insert(arm.name.clone(), value.clone());
            if before.is_some() {
                return Err(format!("{key} is stated twice for {piece}"));
            }
        } else if is_code && is_key(piece) {
            (key, value) = (piece.into(), None);
        } else if is_code {
            let table =
                format!("v = {piece}").parse::<Table>().map_err(|error| format!("{piece}: {error}"))?;
            value = table.get("v").cloned();
        } else {
            if piece.contains("the printed schedule") {
                value = Some(Value::Array(ETA.map(Value::Float).into()));
            }
            if piece.contains("not set") {
                value = None;
            }
            if piece.contains("all others") || piece.contains("all arms") {
                let values = said.entry(key.clone()).or_default();
                for arm in arms {
                    values.entry(arm.name.clone()).or_insert(value.clone());
                }
            }
        }
    }
    Ok(said)
}

fn is_key(code: &str) -> bool {
    let tables = ["network.", "head.", "training.", "today."];
    code == "architecture" || tables.iter().any(|table| code.starts_with(table))
}

// ---- Both -----------------------------------------------------------------------------------------------------------

/// The false statements, and the settings in which arms differ without a statement about them.
fn faults(page: &str, arms: &[Arm]) -> Vec<String> {
    let said = match stated(page, arms) {
        Ok(said) => said,
        Err(fault) => return vec![fault],
    };
    let set = settings(arms);
    let nowhere: BTreeMap<String, Option<Value>> = arms.iter().map(|arm| (arm.name.clone(), None)).collect();
    let wrong = said.iter().filter_map(|(key, said)| {
        let set = set.get(key).unwrap_or(&nowhere);
        (said != set).then(|| format!("{key}: the page states {said:?}, the arms have {set:?}"))
    });
    let differs =
        |values: &BTreeMap<String, Option<Value>>| values.values().any(|v| Some(v) != values.values().next());
    let missing = set.iter().filter(|(key, values)| differs(values) && !said.contains_key(*key));
    wrong.chain(missing.map(|(key, _)| format!("arms differ in {key}, and no entry states it"))).collect()
}

#[test]
fn deviations_state_the_settings_of_all_arms() {
    let arms: Vec<Arm> = Arm::built_in().collect();
    let faults = faults(&deviations(), &arms);
    assert!(faults.is_empty(), "paper/deviations.md:\n{}", faults.join("\n"));
}

#[test]
fn a_wrong_statement_about_arms_is_found() {
    let (page, arms): (String, Vec<Arm>) = (deviations(), Arm::built_in().collect());
    let fault = |was: &str, is: &str| {
        assert!(page.contains(was), "{was}");
        faults(&page.replacen(was, is, 1), &arms).join("\n")
    };
    let loss = "`\"eq-9\"` in `rbf` and `paper`, `\"eq-8\"` in `eq-8`";
    assert!(
        fault(loss, "`\"eq-9\"` in `rbf`, `\"eq-8\"` in `paper`, `eq-8`").contains("head.loss"),
        "another value"
    );
    assert!(fault("`0.48` in `paper`, ", "").contains("training.eta_scale"), "an arm is missing");
    assert!(fault("`rbf`, `1.0` in `paper`", "`rbf` and `rbf`").contains("twice for rbf"), "an arm twice");
    assert!(fault("`head.penalty`", "`training.mu`").contains("two entries"), "a key twice");
    assert!(fault("**Arms.** `head.penalty`", "`head.penalty`").contains("no entry"), "no statement");
    assert!(fault("is `\"one-of\"`", "is `one-of`").contains("one-of"), "not a value");
}

#[test]
fn a_changed_arm_is_found() {
    let arms: Vec<Arm> = Arm::built_in().collect();
    let faults_of = |change: fn(&mut Arm)| {
        let mut arms = arms.clone();
        change(arms.iter_mut().find(|arm| arm.name == "paper").unwrap());
        faults(&deviations(), &arms).join("\n")
    };
    assert!(faults_of(|arm| arm.settings.head.penalty = None).contains("head.penalty"));
    assert!(faults_of(|arm| arm.settings.training.eta[3] = 1e-4).contains("training.eta:"));
    assert!(faults_of(|arm| arm.settings.training.patterns = Some(15_000)).contains("no entry states it"));
}
