//! Mistakes on the command line, in the data, and in the place for the results.

use super::Desk;
use std::fs;

#[test]
fn words_that_name_no_experiment() {
    let desk = Desk::new();
    for (words, phrases) in [
        ("sofmax", ["no arm 'sofmax'", "did you mean 'softmax'?"]),
        ("rbf vs sofmax", ["no arm 'sofmax'", "did you mean 'softmax'?"]),
        ("show rfb", ["no arm 'rfb'", "did you mean 'rbf'?"]),
        ("transformer", ["no arm 'transformer'", "`experiment list` shows all of them"]),
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
        ("train rbf", ["to train, name an arm", "experiment rbf vs softmax"]),
        ("test", ["there is no command 'test'", "`experiment classify IMAGE`"]),
        ("run rbf vs softmax", ["there is no command 'run'", "experiment rbf vs softmax"]),
        ("download", ["there is no command 'download'", "`experiment fetch`"]),
        ("completions basch", ["invalid value 'basch'", "bash, elvish, fish, powershell, zsh"]),
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
        ("--epochs 3", ["unexpected argument '--epochs'", "--passes N"]),
        ("--epoch=3", ["unexpected argument '--epoch'", "--passes N"]),
        ("-e 3", ["unexpected argument '-e'", "--passes N"]),
        ("--lr 0.1", ["unexpected argument '--lr'", "`experiment show rbf > mine.toml`"]),
        ("--learning-rate 0.1", ["unexpected argument '--learning-rate'", "change [training] there"]),
        ("--batch-size 64", ["unexpected argument '--batch-size'", "`experiment mine.toml`"]),
        ("--gpu", ["unexpected argument '--gpu'", "--threads N"]),
        ("--device cuda", ["unexpected argument '--device'", "on the processor"]),
        ("--verbose", ["unexpected argument '--verbose'", "unless --quiet is given"]),
        ("--output here", ["unexpected argument '--output'", "--out DIR names the folder"]),
        ("--save", ["unexpected argument '--save'", "networks, which are always saved"]),
        ("--help-all", ["unexpected argument '--help-all'", "--help shows all options"]),
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

#[test]
fn a_hint_stands_in_place_of_other_hints() {
    let desk = Desk::new();
    let said = desk.experiment("rbf --epochs 3").fails(2, &["tip: --passes N"]);
    assert_eq!(said.err.matches("tip:").count(), 1, "{}", said.err);
    // Commands give the same hint.
    desk.experiment("study heads --epochs 3").fails(2, &["tip: --passes N"]);
}

#[cfg(unix)]
#[test]
fn words_that_are_no_text_are_refused_or_recorded() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let desk = Desk::new();
    let run = |words: &str, odd: &[u8]| {
        let mut command = desk.command(words);
        super::Said::from(command.arg(OsStr::from_bytes(odd)).output().unwrap(), words)
    };
    run("", b"caf\xe9.toml").fails(2, &["invalid UTF-8"]);
    run("rbf --embedded --train 20 --test 10 --passes 1 --quiet --out", b"caf\xe9").succeeds();
    let folder = fs::read_dir(desk.folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let config = folder.map(|folder| folder.join("config.toml")).find(|file| file.exists()).unwrap();
    let config: toml::Table = fs::read_to_string(config).unwrap().parse().unwrap();
    assert!(config["command"].as_str().unwrap().ends_with("--out 'caf\u{fffd}'"), "{}", config["command"]);
}

/// An IDX file with this header, followed by so many bytes.
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
fn names_that_no_file_can_have_are_refused_before_training() {
    let desk = Desk::new();
    let arm = desk.experiment("show eq-8").succeeds().out;
    let long = "a".repeat(201);
    desk.write(&format!("{long}.toml"), &arm);
    desk.write("bell\u{7}.toml", &arm);
    for name in [&long, "bell\u{7}"] {
        let said = desk.experiment(&format!("{name}.toml --embedded --out run"));
        let said =
            said.fails(2, &["name of the arm is", "1 to 200 bytes without slashes and control characters"]);
        assert!(!said.err.contains('\u{7}'), "{}", said.err);
    }
    // Names too long for this file system: two of 200 bytes make a folder's name of more than 255.
    let words = ["b", "c"].map(|letter| {
        let name = format!("{}.toml", letter.repeat(200));
        desk.write(&name, &arm);
        name
    });
    let said = desk.experiment(&format!("{} --embedded --train 20 --test 10 --passes 1", words.join(" vs ")));
    said.fails(1, &["cannot make runs/", "name another folder with --out"]);
    let deep = vec!["d".repeat(243); 16].join("/");
    let said =
        desk.experiment(&format!("{} --embedded --train 20 --test 10 --passes 1 --out {deep}", words[0]));
    said.fails(1, &["cannot make", "give the arm's file a shorter name"]);
    assert!(!desk.path(&deep).exists());
}

#[test]
fn a_start_that_was_killed_is_no_run() {
    let desk = Desk::new();
    const RUN: &str = "rbf --embedded --train 20 --test 10 --passes 1 --quiet --out";
    fs::create_dir(desk.path("empty")).unwrap();
    fs::create_dir_all(desk.path("killed/checkpoint")).unwrap();
    desk.write("killed/.tmpA1b2C3", "half a config.toml");
    for folder in ["empty", "killed"] {
        desk.experiment(&format!("{RUN} {folder}")).succeeds();
        assert!(desk.path(&format!("{folder}/results.json")).exists());
    }
    // Resuming removes the temporary files of killed writes, and nothing else.
    let parts = ["empty/.tmpA1b2C3", "empty/checkpoint/.tmpD4e5F6", "empty/figures/.tmpG7h8I9"];
    parts.iter().for_each(|part| desk.write(part, "half"));
    desk.write("empty/notes.tmp", "mine");
    desk.experiment("--resume empty").succeeds();
    assert!(!desk.path("killed/.tmpA1b2C3").exists());
    parts.iter().for_each(|part| assert!(!desk.path(part).exists(), "{part}"));
    assert_eq!(desk.read("empty/notes.tmp"), b"mine");
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

#[test]
fn archaeology_writes_over_nothing_and_fig_8_needs_mnist() {
    let desk = Desk::new();
    desk.write("there.safetensors", "mine");
    let said = desk.experiment("archaeology --save there.safetensors");
    said.fails(1, &["there.safetensors is there already", "name a new file"]);
    assert_eq!(desk.read("there.safetensors"), b"mine");
    desk.experiment("versus-1998")
        .fails(2, &["Fig. 8 names patterns of MNIST", "--data DIR", "experiment fetch"]);
    desk.experiment("versus-1998 nothing").fails(2, &["there is no network 'nothing'"]);
}
