//! The choice of data: `--data`, `MNIST_DIR`, the cache, a download, the embedded digits.

use super::fetch::{REFUSING, Server, real_mirror};
use super::{NAMES, assert_says, gzip, images, real_file, real_mnist};
use lenet5::section3::database::source::{cache, cached, resolve};
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The answer of `resolve` in a process with this `MNIST_DIR` and this home, without access to the internet.
fn resolve_with(mnist_dir: Option<&OsStr>, home: &Path, arguments: &str) -> String {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "database::source::child", "--ignored", "--nocapture"]);
    child.env_remove("MNIST_DIR").env("LENET5_TEST_ARGUMENTS", arguments);
    child.env("HOME", home).env("XDG_CACHE_HOME", home.join("cache")).env("ALL_PROXY", REFUSING);
    child.envs(mnist_dir.map(|folder| ("MNIST_DIR", folder)));
    String::from_utf8(child.output().unwrap().stdout).unwrap()
}

/// Not a test but the process that [`resolve_with`] starts, since a process cannot safely change its own environment.
#[test]
#[ignore = "started by other tests"]
fn child() {
    let Ok(arguments) = std::env::var("LENET5_TEST_ARGUMENTS") else { return };
    let data = arguments.strip_prefix("--data ").map(Path::new);
    println!("cache: {:?}", cache());
    match resolve(data, arguments == "--embedded") {
        Ok(loaded) => println!("loaded {}, {:?}", loaded.database.name, loaded.notice),
        Err(error) => println!("error: {error}"),
    }
}

#[test]
fn a_named_folder_must_be_right() {
    let home = tempfile::tempdir().unwrap();
    let answer = resolve_with(Some(OsStr::new("/from/environment")), home.path(), "--data /from/argument");
    assert_says(&answer, &["error: /from/argument is not a folder"]);
    let answer = resolve_with(Some(OsStr::new("/from/environment")), home.path(), "");
    assert_says(&answer, &["error: /from/environment is not a folder"]);
}

#[test]
fn embedded_digits_can_be_forced() {
    let home = tempfile::tempdir().unwrap();
    let answer = resolve_with(Some(OsStr::new("/from/environment")), home.path(), "--embedded");
    assert_says(&answer, &["loaded embedded digits", "asked for"]);
}

#[test]
fn without_a_network_the_digits_are_embedded_and_the_notice_says_why() {
    let home = tempfile::tempdir().unwrap();
    for nothing in [None, Some(OsStr::new(""))] {
        let answer = resolve_with(nothing, home.path(), "");
        assert_says(&answer, &["loaded embedded digits", "cannot download MNIST", "amazonaws", "googleapis"]);
        // Banners are 80 columns wide.
        assert!(
            answer.split_whitespace().filter(|word| word.contains("http")).all(|word| word.len() < 70),
            "{answer}"
        );
        #[cfg(target_os = "linux")]
        assert_says(&answer, &[&format!("{:?}", home.path().join("cache/lenet5/mnist"))]);
    }
}

#[test]
fn a_damaged_cache_is_in_the_notice_when_no_mirror_helps() {
    let folder = tempfile::tempdir().unwrap();
    let absent = cached(folder.path(), &[REFUSING]);
    assert_eq!(absent.database.name, "embedded digits");
    let notice = absent.notice.unwrap();
    assert!(notice.starts_with("cannot download MNIST"), "{notice}");

    fs::write(folder.path().join(NAMES[0]), images(3)).unwrap();
    let notice = cached(folder.path(), &[REFUSING]).notice.unwrap();
    assert_says(
        &notice,
        &["train-images-idx3-ubyte: its content is not that of MNIST", "cannot download", "refused"],
    );
}

#[test]
#[ignore = "needs MNIST: MNIST_DIR=DIR cargo test mnist -- --ignored"]
fn the_cache_of_mnist_is_used_without_a_network_and_mended_with_one() {
    let source = real_mnist::folder();
    let folder = tempfile::tempdir().unwrap();
    for name in NAMES {
        fs::write(folder.path().join(format!("{name}.gz")), real_file(&source, name)).unwrap();
    }
    let loaded = cached(folder.path(), &[]);
    assert_eq!((loaded.database.name.as_str(), loaded.notice), ("mnist", None));

    // A damaged plain file does not hide the downloaded file.
    fs::remove_file(folder.path().join(format!("{}.gz", NAMES[2]))).unwrap();
    fs::write(folder.path().join(NAMES[2]), gzip(&images(3))).unwrap();
    let loaded = cached(folder.path(), &[&Server::empty().url, &real_mirror(&source).url]);
    assert_eq!((loaded.database.name.as_str(), loaded.notice), ("mnist", None));
}

#[test]
#[ignore = "needs MNIST: MNIST_DIR=DIR cargo test mnist -- --ignored"]
fn a_named_folder_with_mnist_is_loaded() {
    let source = real_mnist::folder();
    let home = tempfile::tempdir().unwrap();
    let answer = resolve_with(Some(source.as_os_str()), home.path(), "");
    assert_says(&answer, &["loaded mnist, None"]);
    let answer =
        resolve_with(Some(OsStr::new("/nowhere")), home.path(), &format!("--data {}", source.display()));
    assert_says(&answer, &["loaded mnist, None"]);
}
