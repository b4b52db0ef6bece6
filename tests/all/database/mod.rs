//! Section III-A: the database on disk.

use crate::common::{claims as ours, real_mnist};
#[cfg(feature = "cli")]
mod fetch;
mod idx;
mod mnist;
mod mnist_claims;
mod patterns;
#[cfg(feature = "cli")]
mod source;

use flate2::{Compression, write::GzEncoder};
use std::fs;
use std::io::Write;
use std::path::Path;

/// The usual names, in the order training images, training labels, test images, test labels.
const NAMES: [&str; 4] = [
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
];

/// An IDX file of `count` images, no two alike.
fn images(count: u8) -> Vec<u8> {
    let grey = (0..usize::from(count) * 784).map(|i| (i % 251) as u8);
    [0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 28, 0, 0, 0, 28].into_iter().chain(grey).collect()
}

/// An IDX file of `count` labels: 0, 1, 2 ...
fn labels(count: u8) -> Vec<u8> {
    [0, 0, 8, 1, 0, 0, 0, count].into_iter().chain((0..count).map(|i| i % 10)).collect()
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(content).unwrap();
    gzip.finish().unwrap()
}

/// The gzipped file `name` of real MNIST in `folder`, under any accepted name.
fn real_file(folder: &Path, name: &str) -> Vec<u8> {
    match fs::read(folder.join(format!("{name}.gz"))) {
        Ok(gzipped) => gzipped,
        Err(_) => gzip(&fs::read(folder.join(name)).unwrap()),
    }
}

/// Asserts that `message` holds every one of `phrases`.
fn assert_says(message: &str, phrases: &[&str]) {
    for phrase in phrases {
        assert!(message.contains(phrase), "no '{phrase}' in: {message}");
    }
}
