//! The project's texts for readers.

use std::fs;
use std::path::{Path, PathBuf};

/// A file's name, from the root of the repository, and its text.
pub struct Page {
    pub name: String,
    pub text: String,
}

/// A file of the repository.
pub fn page(name: &str) -> Page {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name));
    Page { name: name.into(), text: text.unwrap_or_else(|error| panic!("{name}: {error}")) }
}

/// All files below a folder whose names have this end; none if there is no such folder.
pub fn below(folder: &str, end: &str) -> Vec<Page> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)) else { return found };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    for path in paths {
        let name = format!("{folder}/{}", path.file_name().expect("a name").to_string_lossy());
        if path.is_dir() {
            found.extend(below(&name, end));
        } else if name.ends_with(end) {
            found.push(page(&name));
        }
    }
    found
}

/// The lines without marks of comments.
pub fn uncommented(text: &str, marks: &[&str]) -> String {
    let strip = |line: &str| {
        let line = line.trim();
        let rest = marks.iter().find_map(|mark| line.strip_prefix(mark)).unwrap_or(line);
        format!("{}\n", rest.strip_prefix(' ').unwrap_or(rest))
    };
    text.lines().map(strip).collect()
}
