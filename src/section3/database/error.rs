//! Errors of the data, in sentences that say what to do.

use super::idx::{Kind, MOST};
use super::patterns::{IMAGE, Unpaired};
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

const AGAIN: &str = "copy or download it again";

/// An error of the data: the fault, its place, and the remedy.
#[derive(Debug, Error)]
pub enum DataError {
    /// There is no such folder.
    #[error(
        "{path} is not a folder that can be read; expected the one that holds the four MNIST files: \
         name it with --data or MNIST_DIR, or let `experiment fetch` make it"
    )]
    Folder {
        /// The path that was named.
        path: PathBuf,
    },
    /// One of the four files of MNIST is not in the folder.
    #[error(
        "{folder} holds no {name}; expected a file of that name, with or without .gz, there or in MNIST/raw, raw or \
         mnist below it: put it there, or run `experiment fetch --data {folder}`"
    )]
    Missing {
        /// The folder that was searched.
        folder: PathBuf,
        /// Its usual name.
        name: &'static str,
    },
    /// A file is not what it should be.
    #[error("{path}: {fault}")]
    File {
        /// The file.
        path: PathBuf,
        /// The fault of the file.
        fault: Fault,
    },
    /// A file or a folder could not be written.
    #[error(
        "cannot write {path} ({cause}): check the permissions and the space left, or name another folder"
    )]
    Write {
        /// The file or the folder.
        path: PathBuf,
        /// The operating system's error.
        cause: io::Error,
    },
    /// A mirror did not deliver a file.
    #[error("{mirror}: {name}: {cause}")]
    Mirror {
        /// The host of the mirror.
        mirror: String,
        /// The name of the file there.
        name: String,
        /// The mirror's answer, or the error in place of one.
        cause: String,
    },
    /// No mirror delivered all missing files.
    #[error(
        "cannot download MNIST to {folder} ({tried}): try again with a network, \
         or put the four files there by hand"
    )]
    Download {
        /// The folder for the files.
        folder: PathBuf,
        /// The failure of each mirror, in turn.
        tried: String,
    },
    /// The operating system names no folder for caches.
    #[error("there is no home folder to keep MNIST in: name a folder with --data or MNIST_DIR")]
    NoCache,
}

/// A fault of one file, or of a pair of images and labels.
#[derive(Debug, Error)]
pub enum Fault {
    /// The operating system cannot read it.
    #[error("cannot be read ({0}): check its name and its permissions")]
    Io(#[from] io::Error),
    /// It is empty.
    #[error("holds 0 bytes; expected {}: {AGAIN}", .expected.described())]
    Empty {
        /// The expected content.
        expected: Kind,
    },
    /// It begins like gzip data but does not decompress.
    #[error("its gzip data are damaged or cut short ({0}); expected whole gzip data: {AGAIN}")]
    Gzip(io::Error),
    /// Other bytes follow its gzip data.
    #[error("bytes that are not gzip follow the end of its gzip data; expected nothing after them: {AGAIN}")]
    AfterGzip,
    /// It is a file of another common kind.
    #[error("is {found}; expected {}: name the right file, or download it again", .expected.described())]
    Foreign {
        /// The kind found.
        found: &'static str,
        /// The expected content.
        expected: Kind,
    },
    /// It holds something else.
    #[error(
        "starts with {found:#010x} ({}); expected {:#010x} ({}): name the right file, or download it again",
        describe(*found), .expected.magic(), .expected.described()
    )]
    Magic {
        /// Its first four bytes, most significant first.
        found: u32,
        /// The expected content.
        expected: Kind,
    },
    /// Its images are of another size than the database's.
    #[error(
        "holds images of {rows} x {columns} pixels; expected {IMAGE} x {IMAGE}: use images normalised as those of MNIST"
    )]
    Size {
        /// Rows of an image.
        rows: usize,
        /// Columns of an image.
        columns: usize,
    },
    /// Its header promises no patterns.
    #[error("its header promises 0 patterns; expected at least 1: {AGAIN}")]
    NoPatterns,
    /// Its header promises more patterns than the reader accepts.
    #[error("its header promises {promised} patterns; expected at most {MOST} (MNIST has 60000): {AGAIN}")]
    TooMany {
        /// Patterns promised.
        promised: usize,
    },
    /// It ends too early.
    #[error("ends after {found} bytes; expected {expected} at least: it is cut short, {AGAIN}")]
    Truncated {
        /// Bytes found, uncompressed.
        found: usize,
        /// Bytes of the header, or those the header promises.
        expected: usize,
    },
    /// It ends too late.
    #[error("goes on after the {expected} bytes that its header promises; expected it to end there: {AGAIN}")]
    Long {
        /// Bytes promised, uncompressed.
        expected: usize,
    },
    /// The number of images and the number of labels differ.
    #[error(transparent)]
    Counts(#[from] Unpaired),
    /// A label is not a digit.
    #[error(
        "label {index} (counted from 0) is {label}; expected a digit, 0 to 9: correct it, or take another file"
    )]
    Label {
        /// Position in the file, from 0.
        index: usize,
        /// The label found.
        label: u8,
    },
    /// It is in order, but it is not MNIST.
    #[error(
        "its content is not that of MNIST: SHA-256 (uncompressed) is {found}; expected {expected}: \
         remove it, and `experiment fetch` downloads the right one"
    )]
    Hash {
        /// Found.
        found: String,
        /// Published.
        expected: &'static str,
    },
}

impl Fault {
    /// The error that says which file it is in.
    pub(super) fn at(self, path: &Path) -> DataError {
        DataError::File { path: path.to_owned(), fault: self }
    }
}

/// The kind of a file that starts with `magic`: two zero bytes, the type of the elements, the number of dimensions.
fn describe(magic: u32) -> String {
    let element = match magic >> 8 {
        0x08 => "unsigned bytes",
        0x09 => "signed bytes",
        0x0b => "16-bit integers",
        0x0c => "32-bit integers",
        0x0d => "32-bit floats",
        0x0e => "64-bit floats",
        _ => return "not IDX".into(),
    };
    match [Kind::Images, Kind::Labels].into_iter().find(|kind| kind.magic() == magic) {
        Some(kind) => kind.described().into(),
        None => format!("IDX {element} in {} dimensions", magic & 0xff),
    }
}
