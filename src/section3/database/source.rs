#![doc = mathdoc::page!("source.md")]

use super::fetch::{self, MIRRORS};
use super::{DataError, Database, embedded, mnist};
use directories::ProjectDirs;
use std::env;
use std::path::{Path, PathBuf};

/// The embedded digits are drawn from this seed: the paper's year.
pub const SEED: u64 = 1998;

/// A database, and the reason if it is not MNIST.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The patterns.
    pub database: Database,
    /// The reason for the embedded digits; `None` for MNIST.
    pub notice: Option<String>,
}

impl Loaded {
    fn embedded(notice: String) -> Self {
        Self { database: embedded::digits(SEED), notice: Some(notice) }
    }
}

impl From<Database> for Loaded {
    fn from(database: Database) -> Self {
        Self { database, notice: None }
    }
}

/// Loads the data: from the folder `data` (`--data`), or the `embedded` digits, or, if neither is asked for, the first
/// source in the order above that is available.
///
/// # Errors
/// When a folder was named and MNIST cannot be loaded from it.
pub fn resolve(data: Option<&Path>, embedded: bool) -> Result<Loaded, DataError> {
    if embedded {
        return Ok(Loaded::embedded("they were asked for".into()));
    }
    if let Some(folder) = named(data) {
        return mnist::load(&folder).map(Loaded::from);
    }
    Ok(match cache() {
        Ok(folder) => cached(&folder, MIRRORS),
        Err(homeless) => Loaded::embedded(homeless.to_string()),
    })
}

/// MNIST, if it is on this machine: from the named folder, or from the cache as it is; else the reason.
///
/// # Errors
/// When a folder was named and MNIST cannot be loaded from it.
pub fn stored(data: Option<&Path>) -> Result<Result<Database, DataError>, DataError> {
    match named(data) {
        Some(folder) => mnist::load(&folder).map(Ok),
        None => Ok(cache().and_then(|folder| mnist::load(&folder))),
    }
}

/// The folder that the command line or the environment names.
fn named(data: Option<&Path>) -> Option<PathBuf> {
    let set = || env::var_os("MNIST_DIR").filter(|folder| !folder.is_empty()).map(PathBuf::from);
    data.map(PathBuf::from).or_else(set)
}

/// The folder in which downloads are kept, for example `~/.cache/lenet5/mnist`.
///
/// # Errors
/// When the operating system names none.
pub fn cache() -> Result<PathBuf, DataError> {
    let dirs = ProjectDirs::from("", "", "lenet5").ok_or(DataError::NoCache)?;
    Ok(dirs.cache_dir().join("mnist"))
}

/// MNIST from the cache in `folder`, or else downloaded there from `mirrors`, or else the embedded digits.
pub fn cached(folder: &Path, mirrors: &[&str]) -> Loaded {
    let unusable = match mnist::load(folder) {
        Ok(database) => return database.into(),
        Err(unusable) => unusable,
    };
    match (fetch::fetch(folder, mirrors).and_then(|()| mnist::load(folder)), unusable) {
        (Ok(database), _) => database.into(),
        (Err(failure), DataError::Folder { .. } | DataError::Missing { .. }) => {
            Loaded::embedded(failure.to_string())
        }
        (Err(failure), damage) => Loaded::embedded(format!("{damage}; {failure}")),
    }
}
