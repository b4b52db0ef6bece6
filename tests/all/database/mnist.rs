//! The four files of MNIST, found by name and verified by content.

use super::{NAMES, assert_says, gzip, images, labels, real_file, real_mnist};
use flate2::read::GzDecoder;
use lenet5::section3::database::{Patterns, mnist};
use std::fs;
use std::io::Read;
use std::path::Path;

/// Writes well-formed files of other images and labels in place of the training patterns.
fn made_up(folder: &Path) {
    fs::write(folder.join(NAMES[0]), images(3)).unwrap();
    fs::write(folder.join(NAMES[1]), labels(3)).unwrap();
}

#[test]
fn missing_folder_and_missing_file() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("nowhere");
    let message = mnist::load(&nowhere).unwrap_err().to_string();
    assert_says(&message, &[&nowhere.display().to_string(), "not a folder", "--data", "experiment fetch"]);

    let message = mnist::load(folder.path()).unwrap_err().to_string();
    let remedy = format!("experiment fetch --data {}", folder.path().display());
    assert_says(&message, &["holds no train-images-idx3-ubyte", ".gz", &remedy]);
}

/// The path of the file that was found. The error names it, since its content is not that of MNIST.
fn found(folder: &Path) -> String {
    let message = mnist::load(folder).unwrap_err().to_string();
    let path =
        message.split_once(": its content is not that of MNIST").unwrap_or_else(|| panic!("{message}")).0;
    Path::new(path).strip_prefix(folder).unwrap().display().to_string()
}

/// Some archives unpack each file into a folder of the same name; libraries keep the files in their own folders.
#[test]
fn nested_files_are_found_in_a_fixed_order() {
    let name = NAMES[0];
    let dotted = "train-images.idx3-ubyte";
    // In reverse order: each new file comes before the existing ones.
    let places = [
        format!("mnist/{name}"),
        format!("raw/{dotted}"),
        format!("raw/{name}.gz"),
        format!("MNIST/raw/{dotted}/{dotted}"),
        format!("MNIST/raw/{name}"),
        format!("MNIST/raw/{name}.gz"),
        format!("{dotted}/{dotted}"),
        format!("{name}/{dotted}"),
        format!("{name}/{name}"),
        format!("{name}.gz/{name}"),
    ];
    let folder = tempfile::tempdir().unwrap();
    for place in &places {
        let path = folder.path().join(place);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, images(3)).unwrap();
        assert_eq!(&found(folder.path()), place);
    }
}

#[test]
fn an_empty_folder_of_that_name_is_no_file() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(NAMES[0])).unwrap();
    let message = mnist::load(folder.path()).unwrap_err().to_string();
    assert_says(&message, &["holds no train-images-idx3-ubyte", "MNIST/raw"]);
}

#[test]
fn other_content_is_refused_with_both_hashes() {
    let folder = tempfile::tempdir().unwrap();
    made_up(folder.path());
    let message = mnist::load(folder.path()).unwrap_err().to_string();
    // `sha256sum` of the file, and the published hash.
    let found = "667c73687bf38e3e3455eadd72b8ad72be12f58ff00103b44393e230edab4a2b";
    let expected = "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db";
    assert_says(&message, &["train-images-idx3-ubyte: ", found, expected, "experiment fetch"]);
}

/// A file under any accepted name is found: the error about its content names it.
#[test]
fn the_names_in_use_are_found() {
    for name in ["train-images-idx3-ubyte", "train-images.idx3-ubyte"] {
        for (end, content) in [("", images(3)), (".gz", gzip(&images(3))), (".gz", images(3))] {
            let folder = tempfile::tempdir().unwrap();
            made_up(folder.path());
            fs::remove_file(folder.path().join(NAMES[0])).unwrap();
            fs::write(folder.path().join(format!("{name}{end}")), content).unwrap();
            let message = mnist::load(folder.path()).unwrap_err().to_string();
            assert_says(&message, &[&format!("{name}{end}: its content is not that of MNIST")]);
        }
    }
}

#[test]
#[ignore = "needs MNIST: MNIST_DIR=DIR cargo test mnist -- --ignored"]
fn real() {
    let folder = real_mnist::folder();
    let database = mnist::load(&folder).unwrap();
    assert_eq!(
        (database.name.as_str(), database.train.len(), database.test.len()),
        ("mnist", 60_000, 10_000)
    );

    // The counts of each digit, as published with the database.
    let counts = |patterns: &Patterns| {
        let mut counts = [0; 10];
        (0..patterns.len()).for_each(|p| counts[patterns.label(p)] += 1);
        counts
    };
    assert_eq!(counts(&database.train), [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    assert_eq!(counts(&database.test), [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);

    // III-A: the centre of mass is in the middle. To the nearest pixel, that is row 14 and column 14, from 0.
    for p in 0..10_000 {
        let image = database.test.image(p).mapv(f64::from);
        let rows = image.indexed_iter().map(|((row, _), &grey)| row as f64 * grey).sum::<f64>();
        let columns = image.indexed_iter().map(|((_, column), &grey)| column as f64 * grey).sum::<f64>();
        for centre in [rows / image.sum(), columns / image.sum()] {
            assert!((centre - 14.0).abs() < 0.55, "centre of mass of pattern {p}: {centre}");
        }
    }
}

#[test]
#[ignore = "needs MNIST: MNIST_DIR=DIR cargo test mnist -- --ignored"]
fn real_plain_under_dotted_names() {
    let source = real_mnist::folder();
    let folder = tempfile::tempdir().unwrap();
    for name in NAMES {
        let mut content = Vec::new();
        GzDecoder::new(real_file(&source, name).as_slice()).read_to_end(&mut content).unwrap();
        fs::write(folder.path().join(name.replace("-idx", ".idx")), content).unwrap();
    }
    let (plain, gzipped) = (mnist::load(folder.path()).unwrap(), mnist::load(&source).unwrap());
    assert!(plain.train == gzipped.train && plain.test == gzipped.test);
}
