//! Many pictures, one after the other: a file that cannot be read does not stop the others.

use anyhow::{Context, Result, anyhow};
use lenet5::experiment::ExperimentError;
use lenet5::experiment::picture::is_picture;
use lenet5::figures::{Figure, Page};
use std::io::{Write, stderr};
use std::path::{Path, PathBuf};

/// The files that words name: files, the pictures in folders, and those that a pattern fits, each group sorted.
///
/// # Errors
/// When a folder cannot be read or holds no picture, or a pattern is wrong or fits no file.
pub fn files(words: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let groups = words.iter().map(|word| match word.to_str() {
        _ if word.is_dir() => in_folder(word),
        Some(pattern) if pattern.contains(['*', '?', '[']) && !word.exists() => fitting(pattern),
        _ => Ok(vec![word.clone()]),
    });
    Ok(groups.collect::<Result<Vec<_>>>()?.concat())
}

fn in_folder(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries =
        folder.read_dir().with_context(|| format!("cannot read the folder {}", folder.display()))?;
    let paths = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    let pictures = paths.into_iter().filter(|path| is_picture(path)).collect();
    sorted(pictures, || format!("the folder {} holds no picture", folder.display()))
}

fn fitting(pattern: &str) -> Result<Vec<PathBuf>> {
    let wrong = |error| ExperimentError::Usage(format!("the pattern '{pattern}' is wrong: {error}"));
    let paths = glob::glob(pattern).map_err(wrong)?.collect::<Result<Vec<_>, _>>()?;
    sorted(paths, || format!("no file fits the pattern '{pattern}'"))
}

fn sorted(mut paths: Vec<PathBuf>, fault: impl FnOnce() -> String) -> Result<Vec<PathBuf>> {
    paths.sort();
    if paths.is_empty() { Err(ExperimentError::File(fault()).into()) } else { Ok(paths) }
}

/// Does something with each file. Faults are told as they come; with more than one file, the last word is their number.
///
/// # Errors
/// When something went wrong with a file, and at once when `tell` fails.
pub fn each(
    files: &[PathBuf],
    mut act: impl FnMut(&Path) -> Result<()>,
    mut tell: impl FnMut(&Path, &anyhow::Error) -> Result<()>,
) -> Result<()> {
    let mut faults = 0;
    for file in files {
        let Err(fault) = act(file) else { continue };
        tell(file, &fault)?;
        if files.len() == 1 {
            return Err(fault);
        }
        faults += 1;
        let _ = writeln!(stderr(), "error: {fault:#}");
    }
    if faults > 0 { Err(anyhow!("{faults} of {} images were not read", files.len())) } else { Ok(()) }
}

/// A line of JSON for a file that was not read.
pub fn json_fault(file: &Path, fault: &anyhow::Error) -> String {
    format!("{}\n", serde_json::json!({ "image": file.display().to_string(), "error": format!("{fault:#}") }))
}

/// Draws a page as FILE.svg and FILE.png, whatever ending `file` has.
pub fn save(page: Page, file: &Path) -> Result<()> {
    let file = file.with_extension("");
    let name = file.file_name().with_context(|| format!("{} names no file", file.display()))?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Figure { name: name.to_string_lossy().into_owned(), page }.save(folder)?;
    Ok(())
}
