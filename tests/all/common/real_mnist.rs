//! The folder of MNIST, for the tests that need it. They are ignored by default; when they run, they fail without MNIST.

use std::path::PathBuf;

/// The folder that `MNIST_DIR` names.
pub fn folder() -> PathBuf {
    let folder = std::env::var_os("MNIST_DIR").filter(|folder| !folder.is_empty());
    folder.expect("MNIST_DIR must name the folder with the four files of MNIST").into()
}
