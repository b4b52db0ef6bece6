//! Files that are whole or not there.

use super::error::ExperimentError;
use crate::files::put;
use std::fs;
use std::path::Path;

/// The contents of a file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, ExperimentError> {
    fs::read(path).map_err(|cause| ExperimentError::Read { path: path.into(), cause })
}

/// The contents of a text file.
pub(super) fn read_text(path: &Path) -> Result<String, ExperimentError> {
    fs::read_to_string(path).map_err(|cause| ExperimentError::Read { path: path.into(), cause })
}

/// Name, file and text of what `word` names: one of the compiled-in files of `folder`, or a TOML file at this path.
pub(super) fn named(
    kind: &'static str,
    word: &str,
    folder: &str,
    built_in: &[(&'static str, &'static str)],
) -> Result<(String, String, String), ExperimentError> {
    if let Some((name, text)) = built_in.iter().find(|(name, _)| *name == word) {
        return Ok((name.to_string(), format!("{folder}/{name}.toml"), text.to_string()));
    }
    if !word.ends_with(".toml") {
        return Err(ExperimentError::unknown(kind, word, built_in.iter().map(|(name, _)| *name)));
    }
    let path = Path::new(word);
    let text = fs::read_to_string(path)
        .map_err(|cause| ExperimentError::ReadSettings { path: path.into(), cause })?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    Ok((name.into_owned(), word.into(), text))
}

/// Puts a file of a run that is under way in the place of what was there.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), ExperimentError> {
    put(path, bytes).map_err(|cause| ExperimentError::Write { path: path.into(), cause })
}

/// Makes a folder that must not be there yet, and those above it.
pub(super) fn new_folder(path: &Path) -> Result<(), ExperimentError> {
    let unwritten = |cause| ExperimentError::Output { path: path.into(), cause };
    if let Some(above) = path.parent() {
        fs::create_dir_all(above).map_err(unwritten)?;
    }
    fs::create_dir(path).map_err(|cause| match cause.kind() {
        std::io::ErrorKind::AlreadyExists => ExperimentError::OutputExists(path.into()),
        _ => unwritten(cause),
    })
}
