//! Wrong words on the command line, wrong data, wrong places for the results.

use super::Desk;
use std::fs;

#[test]
fn words_that_name_no_experiment() {
    let desk = Desk::new();
    for (words, phrases) in [
        ("sofmax", ["no arm 'sofmax'", "did you mean 'softmax'?"]),
        ("rbf vs sofmax", ["no arm 'sofmax'", "did you mean 'softmax'?"]),
        ("show rfb", ["no arm 'rfb'", "did you mean 'rbf'?"]),
        ("transformer", ["no arm 'transformer'", "`experiment list` shows what there is"]),
        ("", ["name an arm", "rbf vs softmax"]),
        ("--embedded", ["name an arm", "rbf vs softmax"]),
        ("rbf softmax", ["found 'softmax' where 'vs' should stand", "ARM vs ARM"]),
        ("rbf VS softmax", ["found 'VS' where 'vs' should stand", "ARM vs ARM"]),
        ("rbf vs", ["an arm is missing after the last 'vs'", "Usage"]),
        ("vs rbf", ["found 'rbf' where 'vs' should stand", "Usage"]),
        ("rbf vs rbf", ["two arms are called 'rbf'", "once"]),
        ("show", ["required arguments", "<ARM>"]),
        ("list rbf", ["unexpected argument 'rbf'", "Usage"]),
        ("classify", ["required arguments", "<IMAGES>"]),
        ("classify --model m", ["required arguments", "<IMAGES>"]),
        ("--resume run rbf", ["cannot be used with", "--resume"]),
        ("--resume run --passes 3", ["cannot be used with", "--passes"]),
        ("--resume run --seed 3", ["cannot be used with", "--seed"]),
    ] {
        desk.experiment(words).fails(2, &phrases);
    }
    desk.arm("rbf.toml", &[]);
    desk.arm("greedy.toml", &[("[training]", "[training]\npatterns = 101")]);
    desk.experiment("rbf vs greedy.toml --embedded --train 100 --out run")
        .fails(2, &["greedy has training.patterns = 101, but there are 100", "lower it"]);
    desk.experiment("today --embedded --train 65 --out run")
        .fails(2, &["{ minibatch = 64 } for 65 patterns, which leaves one alone", "batch normalisation"]);
    assert!(!desk.path("run").exists());
    desk.experiment("rbf vs rbf.toml").fails(2, &["two arms are called 'rbf'", "the file's name"]);
}

#[test]
fn options_that_make_no_sense() {
    let desk = Desk::new();
    for (words, phrases) in [
        ("--passes 0", ["'0' for '--passes <N>'", "1.."]),
        ("--passes -1", ["unexpected argument '-1'", "Usage"]),
        ("--passes many", ["'many' for '--passes <N>'", "invalid digit"]),
        ("--passes 99999999999", ["'99999999999' for '--passes <N>'", "1.."]),
        ("--train 0", ["'0' for '--train <N>'", "1.."]),
        ("--test 0", ["'0' for '--test <N>'", "1.."]),
        ("--seeds 0", ["'0' for '--seeds <N>'", "1.."]),
        ("--threads 0", ["'0' for '--threads <N>'", "1.."]),
        ("--seed -1", ["unexpected argument '-1'", "Usage"]),
        ("--seed 18446744073709551615", ["for '--seed <S>'", "too large"]),
        ("--data here --embedded", ["cannot be used with", "--data"]),
        ("--epochs 3", ["unexpected argument '--epochs'", "Usage"]),
    ] {
        desk.experiment(&format!("rbf {words}")).fails(2, &phrases);
    }
    for (words, phrases) in [
        ("--train 10001", ["--train 10001 asks for more", "embedded digits has 10000 training patterns"]),
        ("--test 2001", ["--test 2001 asks for more", "embedded digits has 2000 test patterns"]),
    ] {
        desk.experiment(&format!("rbf --embedded {words}")).fails(2, &phrases);
    }
    assert!(!desk.path("runs").exists());
}

/// An IDX file with this header and this many bytes behind it.
fn idx(header: &[u8], bytes: usize) -> Vec<u8> {
    header.iter().copied().chain(std::iter::repeat_n(0, bytes)).collect()
}

#[test]
fn data_that_are_not_mnist() {
    let desk = Desk::new();
    desk.experiment("rbf --data nowhere").fails(2, &["nowhere is not a folder", "--data"]);
    desk.write("file", "x");
    desk.experiment("rbf --data file").fails(2, &["file is not a folder", "--data"]);
    fs::create_dir(desk.path("data")).unwrap();
    desk.experiment("rbf --data data")
        .fails(2, &["data holds no train-images-idx3-ubyte", "experiment fetch"]);

    let images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28];
    for (bytes, phrase) in [
        (Vec::new(), "holds 0 bytes"),
        (b"not at all".to_vec(), "is plain text; expected IDX images"),
        (idx(&[0, 0, 8, 1, 0, 0, 0, 2], 2), "expected 0x00000803"),
        (idx(&images, 1567), "ends after 1583 bytes; expected 1584"),
        (idx(&images, 1569), "goes on after the 1584 bytes"),
        (idx(&images, 1568), "its content is not that of MNIST"),
        (vec![0x1f, 0x8b, 8, 0, 0], "gzip data are damaged"),
        (idx(&[0, 0, 8, 3, 255, 255, 255, 255, 0, 0, 0, 28, 0, 0, 0, 28], 0), "promises 4294967295"),
    ] {
        desk.write("data/train-images-idx3-ubyte", &bytes);
        let said = desk.experiment("rbf --data data");
        said.fails(1, &["data/train-images-idx3-ubyte: ", phrase]);
        assert_eq!(desk.read("data/train-images-idx3-ubyte"), bytes);
    }
    assert!(!desk.path("runs").exists());

    let mut command = desk.command("rbf");
    command.env("MNIST_DIR", "from/environment");
    super::Said::from(command.output().unwrap(), "rbf")
        .fails(2, &["from/environment is not a folder", "MNIST_DIR"]);
}

#[test]
fn results_never_go_where_something_is_already() {
    let desk = Desk::new();
    fs::create_dir(desk.path("mine")).unwrap();
    desk.write("mine/diary", "dear diary");
    desk.write("file", "keep me");
    for out in ["mine", "file"] {
        let said = desk.experiment(&format!("rbf --embedded --out {out}"));
        said.fails(2, &[&format!("{out} exists already"), "--out", "--resume"]);
    }
    assert_eq!((desk.read("mine/diary"), desk.read("file")), (b"dear diary".to_vec(), b"keep me".to_vec()));
    assert_eq!(fs::read_dir(desk.path("mine")).unwrap().count(), 1);

    let said = desk.experiment("rbf --embedded --train 20 --test 10 --passes 1 --out file/run");
    said.fails(1, &["cannot make file/run", "--out"]);
    assert_eq!(desk.read("file"), b"keep me");
}

#[test]
fn mnist_cannot_be_fetched_without_a_network() {
    let desk = Desk::new();
    let begin = std::time::Instant::now();
    desk.experiment("fetch --data data")
        .fails(1, &["cannot download MNIST to data", "amazonaws", "googleapis", "by hand"]);
    assert!(begin.elapsed().as_secs() < 20);
    assert_eq!(fs::read_dir(desk.path("data")).unwrap().count(), 0, "half a download is left behind");
    desk.write("file", "keep me");
    desk.experiment("fetch --data file").fails(1, &["cannot write file"]);
    assert_eq!(desk.read("file"), b"keep me");
}
