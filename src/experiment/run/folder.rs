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
    let made = folder.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::create_dir(folder));
    let ours = match made {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            return Err(files::cannot("make", folder, ROOM)(error));
        }
        made => made.is_ok(),
    };
    let begun = check_names(folder, longest).and_then(|()| {
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

/// Makes the folder of checkpoints, and makes sure that files can have a name as long as the longest.
pub(super) fn check_names(folder: &Path, longest: &str) -> Result<(), ExperimentError> {
    let checkpoint = folder.join(CHECKPOINT);
    fs::create_dir_all(&checkpoint).map_err(files::cannot("make", &checkpoint, ROOM))?;
    let probe = checkpoint.join(format!("{:0<1$}", ".tmp", longest.len()));
    let advice = if longest.len() > 100 {
        "give the arm's file a shorter name, or name another folder with --out"
    } else {
        ROOM
    };
    File::create(&probe).map_err(files::cannot("make", &checkpoint.join(longest), advice))?;
    // Otherwise it is removed as a part.
    let _ = fs::remove_file(&probe);
    Ok(())
}

/// Removes the parts that killed writes left in the folder of a run.
pub(super) fn clean(folder: &Path) {
    [folder, &folder.join(CHECKPOINT), &folder.join("figures")].into_iter().for_each(remove_parts);
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
