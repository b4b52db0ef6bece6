//! Where MNIST is, for the tests that need it. They are ignored unless they are asked for: then its absence is a failure.

use std::path::PathBuf;

/// The folder that `MNIST_DIR` names.
pub fn folder() -> PathBuf {
    let folder = std::env::var_os("MNIST_DIR").filter(|folder| !folder.is_empty());
    folder.expect("MNIST_DIR must name the folder with the four files of MNIST").into()
}
