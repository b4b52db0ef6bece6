//! `paper/claims.md`: every claim of the paper that can be checked, and our verdict, drawn from `paper/claims.toml`.

use super::markdown::escape;
use crate::experiment::summary::thousands;
use crate::figures::{self, FigureError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::path::{Path, PathBuf};
use toml::Value;

/// The claims that are compiled in.
const CLAIMS: &str = include_str!("../../paper/claims.toml");

/// The page around its tables.
const PAGE: &str = include_str!("claims.md");

/// The verdict on a claim, written in small letters in `paper/claims.toml` and on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Our result agrees.
    Holds,
    /// Our result does not agree.
    Differs,
    /// Our result is too close to decide.
    Open,
    /// The claim contradicts arithmetic, or the paper itself.
    #[serde(rename = "cannot hold")]
    CannotHold,
    /// There is code for the claim, but no result.
    #[serde(rename = "not yet measured")]
    NotYetMeasured,
    /// The claim belongs to a part of the paper without code.
    #[serde(rename = "not yet")]
    NotYet,
}

impl Display for Verdict {
    fn fmt(&self, page: &mut Formatter) -> fmt::Result {
        self.serialize(page)
    }
}

/// One claim. `paper`, `ours` and `deviation` are a number, several, or words, and have the same form.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Its name in tests.
    pub id: String,
    /// The section of the paper that makes it, in the paper's numbering.
    pub section: String,
    /// The claim in words.
    pub text: String,
    /// The paper's value.
    pub paper: Option<Value>,
    /// Our value.
    pub ours: Option<Value>,
    /// The standard deviation of a single seed.
    pub deviation: Option<Value>,
    /// The arms that gave `ours`.
    #[serde(default)]
    pub arms: Vec<String>,
    /// A remark on `ours`.
    pub note: Option<String>,
    /// The command that repeats `ours`.
    pub command: Option<String>,
    /// The verdict.
    pub verdict: Verdict,
    /// The reason, if the claim does not hold.
    pub why: Option<String>,
}

/// All claims, in the order of the paper.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// The meanings of the verdicts.
    pub verdicts: BTreeMap<Verdict, String>,
    /// The claims.
    pub claim: Vec<Claim>,
}

impl Claims {
    /// The claims that are compiled in.
    pub fn built_in() -> Self {
        toml::from_str(CLAIMS).expect("the compiled-in claims are tested")
    }

    /// The page.
    pub fn page(&self) -> String {
        let sections = self.claim.chunk_by(|a, b| a.section == b.section).map(section);
        PAGE.replace("{claims}", &format!("{}\n{}", self.counts(), sections.collect::<String>()))
    }

    /// A table of the verdicts, with their counts and meanings.
    fn counts(&self) -> String {
        let row = |(verdict, meaning): (&Verdict, &String)| {
            let count = self.claim.iter().filter(|claim| claim.verdict == *verdict).count();
            format!("| {verdict} | {count} | {} |\n", escape(meaning))
        };
        let rows: String = self.verdicts.iter().map(row).collect();
        format!("| verdict | claims | meaning |\n|---|---|---|\n{rows}| | {} | |\n", self.claim.len())
    }
}

/// Writes the page as `claims.md` into a folder and returns its path.
///
/// # Errors
/// When the folder does not exist, or the file cannot be written.
pub fn write(folder: &Path) -> Result<PathBuf, FigureError> {
    if !folder.is_dir() {
        return Err(FigureError::NoFolder(folder.into()));
    }
    figures::write(folder.join("claims.md"), Claims::built_in().page().as_bytes())
}

/// The claims of one section as a table.
fn section(claims: &[Claim]) -> String {
    let section = &claims[0].section;
    let note = section.split_once('-').map_or(section.clone(), |(chapter, _)| format!("section {chapter}"));
    let rows: String = claims.iter().map(row).collect();
    format!(
        "## {section}\n\nThe note: [{note}].\n\n| claim | paper | ours | verdict | command |\n|---|---|---|---|---|\n\
         {rows}\n"
    )
}

fn row(claim: &Claim) -> String {
    let paper: Vec<String> = list(&claim.paper).iter().map(number).collect();
    let why = claim.why.as_ref().map_or(String::new(), |why| format!(": {}", escape(why)));
    let command = claim.command.as_ref().map_or(String::new(), |command| format!("`{command}`"));
    let (text, paper, ours) = (escape(&claim.text), paper.join("; "), ours(claim));
    format!("| {text} | {paper} | {ours} | {}{why} | {command} |\n", claim.verdict)
}

/// `ours`, each number with its standard deviation and its arm; then the note.
fn ours(claim: &Claim) -> String {
    let (values, deviations) = (list(&claim.ours), list(&claim.deviation));
    let decimals = |value| number(value).split_once('.').map_or(0, |(_, places)| places.len());
    let places = values.iter().chain(deviations).map(decimals).max().unwrap_or(0);
    let spread = |(n, value): (usize, &Value)| {
        let value = match (value.as_float(), deviations.get(n).and_then(Value::as_float)) {
            (Some(mean), Some(deviation)) => format!("{mean:.places$} ± {deviation:.places$}"),
            _ => number(value),
        };
        claim.arms.get(n).map_or(value.clone(), |arm| format!("{value} (`{arm}`)"))
    };
    let values = values.iter().enumerate().map(spread).collect::<Vec<_>>().join("; ");
    let note = claim.note.as_deref().map_or(String::new(), escape);
    [values, note].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("<br>")
}

/// The values of a field with one value, several, or none.
fn list(value: &Option<Value>) -> &[Value] {
    match value {
        Some(Value::Array(values)) => values,
        one => one.as_slice(),
    }
}

/// A number in the form of the page; words are only escaped.
fn number(value: &Value) -> String {
    match value {
        Value::Integer(number) => usize::try_from(*number).map_or(number.to_string(), thousands),
        Value::Float(number) if *number != 0.0 && number.abs() < 1e-3 => format!("{number:e}"),
        Value::Float(number) => number.to_string(),
        Value::String(words) => escape(words),
        other => other.to_string(),
    }
}
