//! Files that are whole or not there.

use super::error::ExperimentError;
use crate::files::put;
use std::path::Path;
use std::{fs, io};

/// The error for something that cannot be done with a file or folder, from the operating system's cause.
pub(super) fn cannot(verb: &str, path: &Path, advice: &str) -> impl Fn(io::Error) -> ExperimentError {
    move |cause| ExperimentError::File(format!("cannot {verb} {} ({cause}): {advice}", path.display()))
}

const READABLE: &str = "check its name and its permissions";
const WRITABLE: &str = "make room for it or check the permissions; what was saved before is still whole, and \
                        --resume with the folder of this run continues from it";
/// Advice for a folder that cannot be made.
pub(super) const ROOM: &str = "check that there is room and permission, or name another folder with --out";

/// The contents of a file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, ExperimentError> {
    fs::read(path).map_err(cannot("read", path, READABLE))
}

/// The contents of a text file.
pub(super) fn read_text(path: &Path) -> Result<String, ExperimentError> {
    fs::read_to_string(path).map_err(cannot("read", path, READABLE))
}

/// Name, file and text of what `word` names: one of the compiled-in files of `folder`, or a TOML file at this path.
pub(super) fn named(
    kind: &str,
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
    let text = fs::read_to_string(word).map_err(|cause| {
        ExperimentError::Usage(format!(
            "cannot read the settings in {word} ({cause}): expected a TOML file, as `experiment show rbf` prints \
             one"
        ))
    })?;
    let name = Path::new(word).file_stem().unwrap_or_default().to_string_lossy();
    Ok((name.into_owned(), word.into(), text))
}

/// Puts a file of a run that is under way in the place of what was there.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), ExperimentError> {
    put(path, bytes).map_err(cannot("write", path, WRITABLE))
}

/// The folder of a new run: it must not be there yet; those above it are made as well.
pub(super) fn new_folder(path: &Path) -> Result<(), ExperimentError> {
    let made = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::create_dir(path));
    made.map_err(|cause| match cause.kind() {
        io::ErrorKind::AlreadyExists if path.exists() => exists(path),
        _ => cannot("make", path, ROOM)(cause),
    })
}

/// The error for an output folder that is there already.
pub(super) fn exists(path: &Path) -> ExperimentError {
    let advice = format!("name another with --out, or continue it with --resume {}", path.display());
    ExperimentError::usage(path, format!("exists already and is left as it is; {advice}"))
}
