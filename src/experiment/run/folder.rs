//! The folder of a run or study: made, locked, and cleaned.

use crate::experiment::{ExperimentError, files};
use crate::files::{is_part, put_new, remove_parts};
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::Path;

/// The file that makes a folder that of a run.
pub(super) const CONFIG: &str = "config.toml";
const CHECKPOINT: &str = "checkpoint";
const ROOM: &str = "check that there is room and permission, or name another folder with --out";

/// Whether a new run may have this folder: it is not there, or a run was killed before it wrote anything into it.
pub(super) fn is_free(folder: &Path) -> bool {
    let entries = |folder: &Path| fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let blank = |folder: &Path| entries(folder).is_ok_and(|all| all.iter().all(is_part));
    let of_a_start =
        |entry: &fs::DirEntry| is_part(entry) || entry.file_name() == CHECKPOINT && blank(&entry.path());
    match entries(folder) {
        Ok(entries) => entries.iter().all(of_a_start),
        Err(_) => fs::symlink_metadata(folder).is_err(),
    }
}

/// The error for a folder that is there already.
pub(super) fn exists(folder: &Path) -> ExperimentError {
    let advice = format!("name another with --out, or continue it with --resume {}", folder.display());
    ExperimentError::usage(folder, format!("exists already and is left as it is; {advice}"))
}

/// Makes the folder of a new run with its `config.toml`. `longest` is the longest name that one of its files will have.
pub(super) fn make(folder: &Path, config: &str, longest: &str) -> Result<(), ExperimentError> {
    if !is_free(folder) {
        return Err(exists(folder));
    }
    let ours = !folder.exists();
    fs::create_dir_all(folder).map_err(files::cannot("make", folder, ROOM))?;
    let begun = prepare(folder, longest).and_then(|()| {
        put_new(&folder.join(CONFIG), config.as_bytes()).map_err(|cause| match cause.kind() {
            ErrorKind::AlreadyExists => exists(folder),
            _ => files::cannot("make", folder, ROOM)(cause),
        })
    });
    if begun.is_err() && ours {
        // Empty folders only: another run may have begun here at the same moment.
        let _ = fs::remove_dir(folder.join(CHECKPOINT)).and_then(|()| fs::remove_dir(folder));
    }
    begun
}

/// Removes what killed writes left in the folder of a run, and makes sure that its files can have their names.
pub(super) fn prepare(folder: &Path, longest: &str) -> Result<(), ExperimentError> {
    let checkpoint = folder.join(CHECKPOINT);
    fs::create_dir_all(&checkpoint).map_err(files::cannot("make", &checkpoint, ROOM))?;
    [folder, &checkpoint, &folder.join("figures")].into_iter().for_each(remove_parts);
    // A part that is as long as the longest name.
    let probe = checkpoint.join(format!("{:0<1$}", ".tmp", longest.len()));
    let possible = File::create_new(&probe).and_then(|_| fs::remove_file(&probe));
    possible.map_err(|cause| {
        let length = longest.len();
        files::cannot("make", &checkpoint.join(longest), ROOM)(io::Error::new(
            cause.kind(),
            format!("{cause}; its name has {length} bytes: a shorter name of the arm's file helps"),
        ))
    })
}

/// Locks the folder of a run until the file is closed.
pub(super) fn lock(folder: &Path) -> Result<File, ExperimentError> {
    let config = folder.join(CONFIG);
    let file = File::open(&config).map_err(files::cannot("read", &config, ROOM))?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(ExperimentError::usage(
            folder,
            "is in use: another process trains there; wait for its end, or name another folder with --out",
        )),
        // Not every file system has locks.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(file),
    }
}
