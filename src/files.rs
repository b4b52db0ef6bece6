//! Files that are replaced whole.

use std::fs::File;
use std::io::Write;
use std::path::Path;

/// Writes `bytes` beside `path` and then puts them in its place: a reader finds the old contents or the new.
pub(crate) fn put(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // `create_new` where tempfile would forbid everyone else to read the file.
    let mut part = tempfile::Builder::new().make_in(folder, |part| File::create_new(part))?;
    part.as_file_mut().write_all(bytes)?;
    part.as_file().sync_all()?;
    part.persist(path).map_err(|failed| failed.error).map(drop)
}
