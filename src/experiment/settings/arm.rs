//! An arm: one way of training a network, described by a TOML file.

use super::check::expect;
use super::{Method, Settings};
use crate::archaeology::front::Front;
use crate::experiment::{ExperimentError, files};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// The arms that are compiled in, by name.
const BUILT_IN: [(&str, &str); 6] = [
    ("rbf", include_str!("../../../experiments/rbf.toml")),
    ("softmax", include_str!("../../../experiments/softmax.toml")),
    ("paper", include_str!("../../../experiments/paper.toml")),
    ("eq-8", include_str!("../../../experiments/eq-8.toml")),
    ("lenet-1", include_str!("../../../experiments/lenet-1.toml")),
    ("today", include_str!("../../../experiments/today.toml")),
];

/// The classifiers of III-C that are compiled in, by name, in the order of Fig. 9. LeNet-5 is among the arms above, and LeNet-1 with
/// squared errors.
const CLASSIFIERS: [(&str, &str); 25] = [
    ("linear", include_str!("../../../experiments/classifiers/linear.toml")),
    ("linear-deslanted", include_str!("../../../experiments/classifiers/linear-deslanted.toml")),
    ("pairwise", include_str!("../../../experiments/classifiers/pairwise.toml")),
    ("neighbours", include_str!("../../../experiments/classifiers/neighbours.toml")),
    ("neighbours-deslanted", include_str!("../../../experiments/classifiers/neighbours-deslanted.toml")),
    ("quadratic", include_str!("../../../experiments/classifiers/quadratic.toml")),
    ("rbf-network", include_str!("../../../experiments/classifiers/rbf-network.toml")),
    ("tangent-distance", include_str!("../../../experiments/classifiers/tangent-distance.toml")),
    ("svm", include_str!("../../../experiments/classifiers/svm.toml")),
    ("svm-reduced", include_str!("../../../experiments/classifiers/svm-reduced.toml")),
    ("svm-virtual", include_str!("../../../experiments/classifiers/svm-virtual.toml")),
    ("28x28-300-10", include_str!("../../../experiments/classifiers/28x28-300-10.toml")),
    ("28x28-300-10-distorted", include_str!("../../../experiments/classifiers/28x28-300-10-distorted.toml")),
    ("20x20-300-10", include_str!("../../../experiments/classifiers/20x20-300-10.toml")),
    ("28x28-1000-10", include_str!("../../../experiments/classifiers/28x28-1000-10.toml")),
    (
        "28x28-1000-10-distorted",
        include_str!("../../../experiments/classifiers/28x28-1000-10-distorted.toml"),
    ),
    ("28x28-300-100-10", include_str!("../../../experiments/classifiers/28x28-300-100-10.toml")),
    (
        "28x28-300-100-10-distorted",
        include_str!("../../../experiments/classifiers/28x28-300-100-10-distorted.toml"),
    ),
    ("28x28-500-150-10", include_str!("../../../experiments/classifiers/28x28-500-150-10.toml")),
    (
        "28x28-500-150-10-distorted",
        include_str!("../../../experiments/classifiers/28x28-500-150-10-distorted.toml"),
    ),
    ("lenet-1-eq-9", include_str!("../../../experiments/classifiers/lenet-1-eq-9.toml")),
    ("lenet-4", include_str!("../../../experiments/classifiers/lenet-4.toml")),
    ("lenet-4-local", include_str!("../../../experiments/classifiers/lenet-4-local.toml")),
    ("lenet-4-neighbours", include_str!("../../../experiments/classifiers/lenet-4-neighbours.toml")),
    ("lenet-4-boosted", include_str!("../../../experiments/classifiers/lenet-4-boosted.toml")),
];

/// The compiled-in arms that are trained on strings.
const READERS: [(&str, &str); 2] = [
    ("strings", include_str!("../../../experiments/strings.toml")),
    ("sdnn", include_str!("../../../experiments/sdnn.toml")),
];

/// One way of training a network, and its name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Arm {
    /// The name on screen, in the results and in the names of model files.
    pub name: String,
    /// The contents of its TOML file.
    pub settings: Settings,
}

impl Arm {
    /// The most bytes of a name: with seed and ending, the names of files have 255 at most.
    const LONGEST_NAME: usize = 200;

    /// The compiled-in arm of this name, or the one in a TOML file at this path.
    ///
    /// # Errors
    /// When there is no such arm, or the file cannot be read or makes no sense.
    pub fn find(word: &str) -> Result<Self, ExperimentError> {
        let known: Vec<_> = BUILT_IN.into_iter().chain(CLASSIFIERS).chain(READERS).collect();
        let folder = if CLASSIFIERS.iter().any(|(name, _)| *name == word) {
            "experiments/classifiers"
        } else {
            "experiments"
        };
        let (name, file, text) = files::named("arm", word, folder, &known)?;
        Self::parse(&name, &file, &text)
    }

    /// The same arm on a given front; it is named after both.
    ///
    /// # Errors
    /// When the front does not fit the arm's network.
    pub fn on_front(mut self, front: Front) -> Result<Self, ExperimentError> {
        let name = Front::ALL.iter().find(|(_, there)| *there == front).map_or("", |(name, _)| name);
        self.name = format!("{}-front-{name}", self.name);
        self.settings.front = Some(front);
        self.check(&self.name)?;
        Ok(self)
    }

    /// All compiled-in arms.
    pub fn built_in() -> impl Iterator<Item = Self> {
        let parsed = |(name, text)| Self::parse(name, name, text).expect("the compiled-in arms are tested");
        BUILT_IN.into_iter().map(parsed)
    }

    /// All compiled-in classifiers of III-C, without LeNet-1 and LeNet-5.
    pub fn classifiers() -> impl Iterator<Item = Self> {
        let parsed = |(name, text)| Self::parse(name, name, text).expect("the compiled-in arms are tested");
        CLASSIFIERS.into_iter().map(parsed)
    }

    /// All compiled-in arms that are trained on strings.
    pub fn readers() -> impl Iterator<Item = Self> {
        let parsed = |(name, text)| Self::parse(name, name, text).expect("the compiled-in arms are tested");
        READERS.into_iter().map(parsed)
    }

    /// The arms of these names.
    ///
    /// # Errors
    /// When one of them cannot be found, or two have the same name.
    pub fn find_all<'a>(words: impl Iterator<Item = &'a str>) -> Result<Vec<Self>, ExperimentError> {
        let arms: Vec<Self> = words.map(Self::find).collect::<Result<_, _>>()?;
        Self::distinct(&arms)?;
        Ok(arms)
    }

    /// Whether each arm has a name of its own.
    pub(in crate::experiment) fn distinct(arms: &[Self]) -> Result<(), ExperimentError> {
        let mut names = HashSet::new();
        arms.iter().map(|arm| &arm.name).find(|&name| !names.insert(name)).map_or(Ok(()), |name| {
            Err(ExperimentError::Usage(format!(
                "two arms are called '{name}': name each arm once; an arm from a file goes by the file's name"
            )))
        })
    }

    /// Reads the settings of the arm `name` from the text of `file`.
    ///
    /// # Errors
    /// When the text is not TOML, a key is unknown or missing, or a value makes no sense.
    pub fn parse(name: &str, file: &str, text: &str) -> Result<Self, ExperimentError> {
        let settings = files::toml(text)
            .map_err(|error| ExperimentError::Usage(format!("{file} is not a valid arm:\n{error}")))?;
        let arm = Self { name: name.into(), settings };
        arm.check(file)?;
        Ok(arm)
    }

    /// Whether its result depends on the seed.
    pub fn draws(&self) -> bool {
        self.settings.method.as_ref().is_none_or(Method::draws)
    }

    /// Whether another arm has the same settings; names and descriptions may differ.
    pub(in crate::experiment) fn is_like(&self, other: &Self) -> bool {
        let description = self.settings.description.clone();
        Settings { description, ..other.settings.clone() } == self.settings
    }

    /// The settings as TOML.
    pub fn toml(&self) -> String {
        toml::to_string(&self.settings).expect("settings are plain tables")
    }

    /// Whether all values, which are from `file`, make sense.
    pub(crate) fn check(&self, file: &str) -> Result<(), ExperimentError> {
        let plain = |c: char| !c.is_control() && !std::path::is_separator(c);
        let named = (1..=Self::LONGEST_NAME).contains(&self.name.len()) && self.name.chars().all(plain);
        let found = format!("'{}'", self.name);
        const NAME: &str =
            "a name that files can be called after: 1 to 200 bytes without slashes and control characters";
        expect(named, "name of the arm", found, NAME)
            .and_then(|()| self.settings.check())
            .map_err(|fault| ExperimentError::Usage(format!("{file}: {fault}")))
    }
}
