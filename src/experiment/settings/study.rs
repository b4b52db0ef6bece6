#![doc = include_str!("study.md")]

use crate::experiment::{Arm, ExperimentError, files};
use crate::section3::database::Database;
use serde::{Deserialize, Serialize};
use std::fmt::Display;
use toml::{Table, Value};

/// The studies that are compiled in, by name.
const BUILT_IN: [(&str, &str); 28] = [
    ("readings", include_str!("../../../experiments/studies/readings.toml")),
    ("search-rbf", include_str!("../../../experiments/studies/search-rbf.toml")),
    ("finalists-rbf", include_str!("../../../experiments/studies/finalists-rbf.toml")),
    ("frontier", include_str!("../../../experiments/studies/frontier.toml")),
    ("search-softmax", include_str!("../../../experiments/studies/search-softmax.toml")),
    ("finalists-softmax", include_str!("../../../experiments/studies/finalists-softmax.toml")),
    ("heads", include_str!("../../../experiments/studies/heads.toml")),
    ("stability", include_str!("../../../experiments/studies/stability.toml")),
    ("fig-6", include_str!("../../../experiments/studies/fig-6.toml")),
    ("search-distortions", include_str!("../../../experiments/studies/search-distortions.toml")),
    ("search-today", include_str!("../../../experiments/studies/search-today.toml")),
    ("today", include_str!("../../../experiments/studies/today.toml")),
    ("distortions", include_str!("../../../experiments/studies/distortions.toml")),
    ("search-classifiers", include_str!("../../../experiments/studies/search-classifiers.toml")),
    ("search-svm", include_str!("../../../experiments/studies/search-svm.toml")),
    ("classifiers", include_str!("../../../experiments/studies/classifiers.toml")),
    ("fronts", include_str!("../../../experiments/studies/fronts.toml")),
    ("starts", include_str!("../../../experiments/studies/starts.toml")),
    ("structure", include_str!("../../../experiments/studies/structure.toml")),
    ("second-derivatives", include_str!("../../../experiments/studies/second-derivatives.toml")),
    ("rules", include_str!("../../../experiments/studies/rules.toml")),
    ("codes", include_str!("../../../experiments/studies/codes.toml")),
    ("invariance", include_str!("../../../experiments/studies/invariance.toml")),
    ("search-strings", include_str!("../../../experiments/studies/search-strings.toml")),
    ("search-length", include_str!("../../../experiments/studies/search-length.toml")),
    ("strings", include_str!("../../../experiments/studies/strings.toml")),
    ("search-sdnn", include_str!("../../../experiments/studies/search-sdnn.toml")),
    ("sdnn", include_str!("../../../experiments/studies/sdnn.toml")),
];

/// The most arms of a study.
const ARMS: usize = 1000;

/// Characters that the name of an arm cannot hold, since files are named after it.
const NO_NAME: fn(char) -> bool = |c| !c.is_alphanumeric() && !"-_.+".contains(c);

/// The patterns that decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JudgedOn {
    /// The last sixth of the training set, which is then left out of training: for every choice.
    Validation,
    /// The test set: for the arms that were chosen.
    Test,
}

/// A measurement on the trained networks of a study, besides their errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Measurement {
    /// The error on patterns that are changed as in III-E ([`invariance`](crate::section3::invariance)).
    Invariance,
    /// The error on strings of digits, by gap ([`strings`](crate::section5::strings)).
    Strings,
}

/// A question and the arms that answer it.
#[derive(Clone, Debug)]
pub struct Study {
    /// Its name.
    pub name: String,
    /// Its question, in one line.
    pub description: String,
    /// The patterns that decide.
    pub judged_on: JudgedOn,
    /// The number of seeds from which each arm is trained.
    pub seeds: u16,
    /// The measurements on its trained networks.
    pub measure: Vec<Measurement>,
    /// The arms, all settings in full.
    pub arms: Vec<Arm>,
    /// For each arm, the arm of this study that it changes, if there is one.
    pub bases: Vec<Option<String>>,
}

/// The contents of a study's TOML file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StudyFile {
    description: String,
    base: String,
    judged_on: JudgedOn,
    seeds: u16,
    #[serde(default)]
    measure: Vec<Measurement>,
    #[serde(default)]
    arm: Vec<Change>,
    #[serde(default)]
    grid: Table,
}

/// An arm as a change to another: `without` removes keys, all other tables are put over those of the base.
#[derive(Clone, Default, Deserialize)]
struct Change {
    name: String,
    base: Option<String>,
    #[serde(default)]
    without: Vec<String>,
    #[serde(flatten)]
    tables: Table,
}

impl Study {
    /// The compiled-in study of this name, or the one in a TOML file at this path.
    ///
    /// # Errors
    /// When there is no such study, the file cannot be read, or one of its arms makes no sense.
    pub fn find(word: &str) -> Result<Self, ExperimentError> {
        let (name, file, text) = files::named("study", word, "experiments/studies", &BUILT_IN)?;
        Self::parse(&name, &file, &text)
    }

    /// All compiled-in studies.
    pub fn built_in() -> impl Iterator<Item = Self> {
        let parsed =
            |(name, text)| Self::parse(name, name, text).expect("the compiled-in studies are tested");
        BUILT_IN.into_iter().map(parsed)
    }

    /// Reads the study `name` from the text of `file`.
    ///
    /// # Errors
    /// When the text is no study, or one of its arms makes no sense.
    pub fn parse(name: &str, file: &str, text: &str) -> Result<Self, ExperimentError> {
        let study: StudyFile = files::toml(text).map_err(|error| invalid(file, error))?;
        let count = study.count();
        if count > ARMS {
            return Err(invalid(
                file,
                format!("its [[arm]] and [grid] make {count} arms; expected at most {ARMS}\n"),
            ));
        }
        let (mut arms, mut bases): (Vec<Arm>, Vec<Option<String>>) = Default::default();
        for number in 0..count {
            let change = study.change(number).map_err(|error| invalid(file, error))?;
            let arm = change.arm(&study.base, &arms, file)?;
            bases.push(change.base.filter(|base| arms.iter().any(|before| before.name == *base)));
            arms.push(arm);
        }
        Arm::distinct(&arms)?;
        if arms.is_empty() || study.seeds == 0 {
            return Err(invalid(file, "a study has at least one [[arm]] or [grid], and at least one seed\n"));
        }
        let StudyFile { description, judged_on, seeds, measure, .. } = study;
        Ok(Self { name: name.into(), description, judged_on, seeds, measure, arms, bases })
    }

    /// The patterns for training, and those that decide.
    pub fn database(&self, database: Database) -> Database {
        if self.judged_on == JudgedOn::Test {
            return database;
        }
        let (all, kept) = (database.train.len(), database.train.len() / 6 * 5);
        let (train, test) = (database.train.range(0..kept), database.train.range(kept..all));
        Database { name: format!("{}, validation split", database.name), train, test }
    }
}

impl StudyFile {
    /// The number of arms: each `[[arm]]` with every combination of the grid.
    fn count(&self) -> usize {
        let arms = if self.grid.is_empty() { self.arm.len() } else { self.arm.len().max(1) };
        self.grid.values().map(|values| listed(values).len()).fold(arms, usize::saturating_mul)
    }

    /// The arm of this number. From one to the next, the last key of the grid changes first.
    fn change(&self, number: usize) -> Result<Change, String> {
        let (mut combination, mut rest) = (Vec::new(), number);
        for (key, values) in self.grid.iter().rev() {
            let values = listed(values);
            combination.push((key, &values[rest % values.len()]));
            rest /= values.len();
        }
        let change = self.arm.get(rest).cloned().unwrap_or_default();
        combination.into_iter().rev().try_fold(change, |change, (key, value)| change.and(key, value))
    }
}

/// The values of a key of the grid: a list, or a single one.
fn listed(values: &Value) -> &[Value] {
    values.as_array().map_or(std::slice::from_ref(values), Vec::as_slice)
}

impl Change {
    /// This change and one more, named after both.
    fn and(&self, key: &str, value: &Value) -> Result<Self, String> {
        let mut all = self.clone();
        merge(&mut all.tables, &files::toml(&format!("{key} = {value}"))?);
        let last = key.rsplit('.').next().unwrap_or_default();
        let word = value.as_str().map_or_else(|| value.to_string(), str::to_string);
        let parts = [self.name.as_str(), last].into_iter().chain(word.split(NO_NAME));
        all.name = parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
        Ok(all)
    }

    /// The arm of `file` that the change makes of one of the arms `before` it, or of a known arm.
    fn arm(&self, base: &str, before: &[Arm], file: &str) -> Result<Arm, ExperimentError> {
        if self.name.is_empty() || self.name.contains(NO_NAME) {
            return Err(invalid(file, format!("no file can be named after the arm '{}'\n", self.name)));
        }
        let base =
            self.base.as_ref().map_or_else(|| Arm::find(base), |base| self.found(base, before, file))?;
        let settings = self.applied_to(&base).map_err(|fault| invalid(file, fault))?;
        Arm::parse(&self.name, &format!("{file}, arm {}", self.name), &settings.to_string())
    }

    /// The base of the change.
    fn found(&self, base: &str, before: &[Arm], file: &str) -> Result<Arm, ExperimentError> {
        let there = before.iter().find(|arm| arm.name == base).cloned();
        there.map_or_else(|| Arm::find(base), Ok).map_err(|error| {
            let wanted = "a base is a known arm, or stands before it in this study";
            invalid(file, format!("the arm '{}' builds on '{base}', but {error}; {wanted}\n", self.name))
        })
    }

    /// The settings of an arm after this change.
    fn applied_to(&self, base: &Arm) -> Result<Table, String> {
        let mut settings: Table = base.toml().parse().expect("settings are written as TOML");
        for path in &self.without {
            let (tables, key) = path.rsplit_once('.').unwrap_or(("", path));
            let mut tables = tables.split('.').filter(|table| !table.is_empty());
            let table = tables.try_fold(&mut settings, |within, table| within.get_mut(table)?.as_table_mut());
            table.and_then(|table| table.remove(key)).ok_or_else(|| {
                format!("{} is to be without {path}, but {} has no such key\n", self.name, base.name)
            })?;
        }
        merge(&mut settings, &self.tables);
        Ok(settings)
    }
}

fn invalid(file: &str, fault: impl Display) -> ExperimentError {
    ExperimentError::Usage(format!("{file} is not a valid study:\n{fault}"))
}

/// Puts `changes` over `settings`: tables are merged, all other values are replaced.
fn merge(settings: &mut Table, changes: &Table) {
    for (key, change) in changes {
        match (settings.get_mut(key).and_then(Value::as_table_mut), change) {
            (Some(table), Value::Table(changes)) => merge(table, changes),
            _ => drop(settings.insert(key.clone(), change.clone())),
        }
    }
}
