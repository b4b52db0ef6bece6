//! Small files: read whole up to a limit, and replaced whole.

use std::fs::{self, File};
use std::io::{Error, ErrorKind, Read, Result, Write};
use std::path::Path;
use tempfile::{Builder, NamedTempFile};

/// The contents of a regular file of at most `limit` bytes. A pipe could wait for ever, and a device need have no end.
///
/// # Errors
/// When the file cannot be read, is no regular file, or is larger.
pub(crate) fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>> {
    // Before opening, because opening a pipe waits for its writer.
    match fs::metadata(path)? {
        found if found.is_dir() => return Err(ErrorKind::IsADirectory.into()),
        found if !found.is_file() => {
            return Err(Error::new(ErrorKind::InvalidInput, "it is not a regular file"));
        }
        _ => {}
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(Error::new(
            ErrorKind::FileTooLarge,
            format!("it is larger than {limit} bytes, the limit here"),
        ));
    }
    Ok(bytes)
}

/// Writes `bytes` beside `path` and then puts them in its place: a reader finds the old contents or the new.
pub(crate) fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    part(path, bytes)?.persist(path).map_err(|failed| failed.error).map(drop)
}

/// The same for a new file. If the file exists, it stays as it is, and that is an error.
#[cfg(feature = "experiment")]
pub(crate) fn put_new(path: &Path, bytes: &[u8]) -> Result<()> {
    part(path, bytes)?.persist_noclobber(path).map_err(|failed| failed.error).map(drop)
}

/// The beginning of the name of a part; letters and digits follow.
const PART: &str = ".tmp";

/// A file beside `path` with these contents, on the disk.
fn part(path: &Path, bytes: &[u8]) -> Result<NamedTempFile<File>> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // `create_new` where tempfile would forbid everyone else to read the file.
    let mut part = Builder::new().prefix(PART).make_in(folder, |part| File::create_new(part))?;
    part.as_file_mut().write_all(bytes)?;
    part.as_file().sync_all()?;
    Ok(part)
}

/// Whether an entry of a folder is a part that a killed process left there.
#[cfg(feature = "experiment")]
pub(crate) fn is_part(entry: &fs::DirEntry) -> bool {
    let name = entry.file_name();
    let rest = name.to_str().and_then(|name| name.strip_prefix(PART));
    let named = rest.is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    named && entry.file_type().is_ok_and(|kind| kind.is_file())
}

/// Removes the parts that killed processes left in a folder. One that cannot be removed does no harm.
#[cfg(feature = "experiment")]
pub(crate) fn remove_parts(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter(is_part).for_each(|part| drop(fs::remove_file(part.path())));
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
        assert_eq!(read_bounded(folder.path(), 3).unwrap_err().kind(), ErrorKind::IsADirectory);
    }

    #[cfg(unix)]
    #[test]
    fn devices_are_not_read() {
        assert_eq!(read_bounded(Path::new("/dev/zero"), 3).unwrap_err().kind(), ErrorKind::InvalidInput);
    }

    #[cfg(feature = "experiment")]
    #[test]
    fn parts_alone_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let names = [".tmpA1b2C3", ".tmp-mine", "tmpA1b2C3"];
        names.iter().for_each(|name| fs::write(folder.path().join(name), "").unwrap());
        fs::create_dir(folder.path().join(".tmpFolder")).unwrap();
        remove_parts(folder.path());
        let left = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        let left: std::collections::BTreeSet<_> = left.collect();
        assert_eq!(left, [".tmp-mine", ".tmpFolder", "tmpA1b2C3"].map(Into::into).into());
    }
}
