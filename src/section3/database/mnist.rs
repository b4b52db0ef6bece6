#![doc = mathdoc::page!("mnist.md")]

use super::idx::{self, Idx, Kind};
use super::{DataError, Database, Fault, Patterns};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// One of the four files.
pub(super) struct MnistFile {
    /// Its usual name, before any `.gz`.
    pub(super) name: &'static str,
    kind: Kind,
    /// The SHA-256 of the uncompressed content: compressed copies differ from mirror to mirror.
    sha256: &'static str,
}

/// Training images and labels, test images and labels.
pub(super) const FILES: [MnistFile; 4] = [
    MnistFile {
        name: "train-images-idx3-ubyte",
        kind: Kind::Images,
        sha256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    },
    MnistFile {
        name: "train-labels-idx1-ubyte",
        kind: Kind::Labels,
        sha256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    },
    MnistFile {
        name: "t10k-images-idx3-ubyte",
        kind: Kind::Images,
        sha256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    },
    MnistFile {
        name: "t10k-labels-idx1-ubyte",
        kind: Kind::Labels,
        sha256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    },
];

impl MnistFile {
    /// The path of the file in `folder`: the first of [`candidates`](Self::candidates) that exists.
    fn find(&self, folder: &Path) -> Result<PathBuf, DataError> {
        if !folder.is_dir() {
            return Err(DataError::Folder { path: folder.to_owned() });
        }
        let missing = || DataError::Missing { folder: folder.to_owned(), name: self.name };
        self.candidates(folder).find(|path| is_there(path)).ok_or_else(missing)
    }

    /// The paths that the file may have, in order of precedence: `train-images-idx3-ubyte.gz`,
    /// `train-images.idx3-ubyte.gz`, then the two without `.gz`; in `folder` itself, then in the folders below it that
    /// libraries and archives make. A download is kept under the first. An archive may have been unpacked to a folder
    /// of the file's own name, with the file in it.
    fn candidates(&self, folder: &Path) -> impl Iterator<Item = PathBuf> {
        let (name, dotted) = (self.name, self.name.replace("-idx", ".idx"));
        let names = [format!("{name}.gz"), format!("{dotted}.gz"), name.into(), dotted];
        let places = ["", "MNIST/raw", "raw", "mnist"].map(|place| folder.join(place));
        places.into_iter().flat_map(move |place| {
            let inside =
                names.iter().flat_map(|outer| names.iter().map(move |name| format!("{outer}/{name}")));
            names.iter().cloned().chain(inside).map(|name| place.join(name)).collect::<Vec<_>>()
        })
    }

    /// Reads the file at `path` and compares its content with the published one.
    pub(super) fn read(&self, path: &Path) -> Result<Idx, Fault> {
        let idx = Idx::read(path, self.kind)?;
        match idx.sha256() {
            found if found == self.sha256 => Ok(idx),
            found => Err(Fault::Hash { found, expected: self.sha256 }),
        }
    }

    /// Finds the file in `folder` and reads it.
    pub(super) fn load(&self, folder: &Path) -> Result<Idx, DataError> {
        let path = self.find(folder)?;
        self.read(&path).map_err(|fault| fault.at(&path))
    }
}

/// Loads MNIST from the four files in `folder`: 60,000 patterns to train on, 10,000 to test with.
///
/// Each file may be gzipped or not. Its SHA-256, uncompressed, must be the published one.
///
/// # Errors
/// When the folder or a file is missing, or a file is damaged or is not MNIST.
pub fn load(folder: &Path) -> Result<Database, DataError> {
    let [train_images, train_labels, test_images, test_labels] = &FILES;
    Ok(Database {
        name: "mnist".into(),
        train: load_pair(folder, train_images, train_labels)?,
        test: load_pair(folder, test_images, test_labels)?,
    })
}

fn load_pair(folder: &Path, images: &MnistFile, labels: &MnistFile) -> Result<Patterns, DataError> {
    let (images, labels) = (images.load(folder)?, labels.load(folder)?);
    Ok(idx::pair(images, labels).expect("the content of both files is the published one"))
}

/// Whether there is a file. A file that cannot be inspected counts, because reading it then reports the reason.
fn is_there(path: &Path) -> bool {
    path.metadata().map_or_else(
        |error| !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory),
        |found| found.is_file(),
    )
}
