//! An arm: one way of training a network, described by a TOML file.

use super::Settings;
use super::check::expect;
use crate::experiment::{ExperimentError, files};
use serde::{Deserialize, Serialize};

/// The arms that are compiled in, by name.
const BUILT_IN: [(&str, &str); 6] = [
    ("rbf", include_str!("../../../experiments/rbf.toml")),
    ("softmax", include_str!("../../../experiments/softmax.toml")),
    ("paper", include_str!("../../../experiments/paper.toml")),
    ("eq-8", include_str!("../../../experiments/eq-8.toml")),
    ("lenet-1", include_str!("../../../experiments/lenet-1.toml")),
    ("today", include_str!("../../../experiments/today.toml")),
];

/// One way of training a network and the name it goes by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Arm {
    /// The name on screen, in the results and of the model files.
    pub name: String,
    /// The contents of its TOML file.
    pub settings: Settings,
}

impl Arm {
    /// The compiled-in arm of this name, or the one in a TOML file at this path.
    ///
    /// # Errors
    /// When there is no such arm, the file cannot be read, or its contents make no sense.
    pub fn find(word: &str) -> Result<Self, ExperimentError> {
        let (name, file, text) = files::named("arm", word, "experiments", &BUILT_IN)?;
        Self::parse(&name, &file, &text)
    }

    /// All compiled-in arms.
    pub fn built_in() -> impl Iterator<Item = Self> {
        let parsed = |(name, text)| Self::parse(name, name, text).expect("the compiled-in arms are tested");
        BUILT_IN.into_iter().map(parsed)
    }

    /// The arms of these names.
    ///
    /// # Errors
    /// When one of them cannot be found, or two have one name.
    pub fn find_all<'a>(words: impl Iterator<Item = &'a str>) -> Result<Vec<Self>, ExperimentError> {
        let arms: Vec<Self> = words.map(Self::find).collect::<Result<_, _>>()?;
        Self::distinct(&arms)?;
        Ok(arms)
    }

    /// Whether each arm has a name of its own.
    pub(super) fn distinct(arms: &[Self]) -> Result<(), ExperimentError> {
        let named_before = |n: &usize| arms[..*n].iter().any(|arm| arm.name == arms[*n].name);
        (0..arms.len()).find(named_before).map_or(Ok(()), |n| {
            let name = &arms[n].name;
            Err(ExperimentError::Usage(format!(
                "two arms are called '{name}': name each arm once; an arm from a file goes by the file's name"
            )))
        })
    }

    /// Reads the settings of the arm `name` from the text of `file`.
    ///
    /// # Errors
    /// When the text is not TOML, has a key that is not known or lacks one, or a value that makes no sense.
    pub fn parse(name: &str, file: &str, text: &str) -> Result<Self, ExperimentError> {
        let settings = toml::from_str(text);
        let settings = settings
            .map_err(|error| ExperimentError::Usage(format!("{file} is not a valid arm:\n{error}")))?;
        let arm = Self { name: name.into(), settings };
        arm.check(file)?;
        Ok(arm)
    }

    /// The settings as TOML.
    pub fn toml(&self) -> String {
        toml::to_string(&self.settings).expect("settings are plain tables")
    }

    /// Whether all values make sense; `file` is where they are from.
    pub(crate) fn check(&self, file: &str) -> Result<(), ExperimentError> {
        let named = !self.name.is_empty() && !self.name.contains(std::path::is_separator);
        let found = format!("'{}'", self.name);
        expect(named, "name of the arm", found, "a name that files can be called after")
            .and_then(|()| self.settings.check())
            .map_err(|fault| ExperimentError::Usage(format!("{file}: {fault}")))
    }
}
