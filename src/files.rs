//! Small files: read whole up to a limit, and replaced whole.

use std::fs::{self, File};
use std::io::{Error, ErrorKind, Read, Result, Write};
use std::path::Path;

/// The contents of a regular file of at most `limit` bytes. A pipe could wait for ever, and a device need have no end.
///
/// # Errors
/// When the file cannot be read, is no regular file, or is larger.
pub(crate) fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>> {
    // Before opening, because opening a pipe waits for its writer.
    if !fs::metadata(path)?.is_file() {
        return Err(Error::new(ErrorKind::InvalidInput, "it is not a regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(Error::new(ErrorKind::FileTooLarge, format!("it is larger than {limit} bytes, the limit here")));
    }
    Ok(bytes)
}

/// Writes `bytes` beside `path` and then puts them in its place: a reader finds the old contents or the new.
pub(crate) fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // `create_new` where tempfile would forbid everyone else to read the file.
    let mut part = tempfile::Builder::new().make_in(folder, |part| File::create_new(part))?;
    part.as_file_mut().write_all(bytes)?;
    part.as_file().sync_all()?;
    part.persist(path).map_err(|failed| failed.error).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_regular_files_within_the_limit_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        put(&file, b"1998").unwrap();
        assert_eq!(read_bounded(&file, 4).unwrap(), b"1998");
        assert_eq!(read_bounded(&file, 3).unwrap_err().kind(), ErrorKind::FileTooLarge);
        assert_eq!(read_bounded(folder.path(), 3).unwrap_err().kind(), ErrorKind::InvalidInput);
    }
}
