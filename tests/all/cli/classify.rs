//! `experiment classify`: pictures and models.

use super::Desk;
use image::{GrayImage, Luma};
use lenet5::experiment::{Model, picture};
use lenet5::section1::Maps;
use lenet5::section3::database::{Patterns, embedded, place};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use std::collections::{BTreeMap, HashMap};
use std::fs;

/// Writes pattern `p` as a scanner would: black on white, enlarged eight times.
fn scan(desk: &Desk, name: &str, patterns: &Patterns, p: usize) {
    let image = patterns.image(p);
    let pixel = |x: u32, y: u32| Luma([255 - image[[y as usize / 8, x as usize / 8]]]);
    GrayImage::from_fn(224, 224, pixel).save(desk.path(name)).unwrap();
}

#[test]
fn a_trained_network_reads_most_pictures() {
    let desk = Desk::new();
    desk.experiment("rbf vs softmax --embedded --train 3000 --test 100 --passes 2 --out run").succeeds();
    let digits = embedded::digits(7).test;
    let names: Vec<String> = (0..30).map(|p| format!("{p}.{}", ["png", "jpg", "pgm"][p % 3])).collect();
    names.iter().enumerate().for_each(|(p, name)| scan(&desk, name, &digits, p));
    for (arm, what) in [("rbf", "penalties"), ("softmax", "probabilities")] {
        let words = format!("classify --model run/{arm}-seed1.safetensors {}", names.join(" "));
        let out = desk.experiment(&words).succeeds().out;
        assert_eq!(out.lines().count(), 30);
        let right = out.lines().zip(&names).enumerate().filter(|(p, (line, name))| {
            assert!(line.contains(what) && line.contains("9: "), "{line}");
            line.starts_with(&format!("{name}: {} ", digits.label(*p)))
        });
        let right = right.count();
        assert!(right >= 25, "{arm} reads {right} of 30:\n{out}");
    }
}

#[test]
fn the_networks_that_come_along_need_no_run() {
    let desk = Desk::new();
    let digits = embedded::digits(7).test;
    scan(&desk, "digit.png", &digits, 0);
    for (words, what) in
        [("", "penalties"), ("--model rbf", "penalties"), ("--model softmax", "probabilities")]
    {
        let out = desk.experiment(&format!("classify digit.png {words}")).succeeds().out;
        assert!(out.contains(what) && out.starts_with(&format!("digit.png: {} ", digits.label(0))), "{out}");
    }
    desk.experiment("classify digit.png --model sofmax")
        .fails(2, &["no network 'sofmax'", "did you mean 'softmax'?"]);
}

#[test]
fn a_network_with_blocks_of_today_reads_pictures_and_is_not_drawn() {
    let desk = Desk::new();
    desk.experiment("today --embedded --train 500 --test 60 --passes 2 --out run").succeeds();
    let file = "run/today-seed1.safetensors";
    let model = Model::load(&desk.path(file)).unwrap();
    let answer = |pattern: &Maps<f32>| model.fprop(pattern).output.nearest();

    // The network read from its file gives every answer that it gave at the end of the run.
    let (test, mut pattern) = (embedded::digits(1998).test.range(0..60), Maps::zeros((1, 32, 32)));
    let mut wrong = Vec::new();
    for p in 0..60 {
        test.pattern(p, &mut pattern);
        let (label, answer) = (test.label(p), answer(&pattern));
        if answer != label {
            wrong.push(serde_json::json!({ "index": p, "label": label, "answer": answer }));
        }
    }
    let run = desk.results("run")["arms"][0]["runs"][0].clone();
    assert_eq!(run["misclassified"], serde_json::Value::from(wrong.clone()));
    assert!(wrong.len() < 30, "the network has not learnt: {} wrong", wrong.len());

    let names: Vec<String> = (0..10).map(|p| format!("{p}.png")).collect();
    names.iter().enumerate().for_each(|(p, name)| scan(&desk, name, &test, p));
    let out = desk.experiment(&format!("classify --model {file} {}", names.join(" "))).succeeds().out;
    assert_eq!(out.lines().count(), 10);
    for (line, name) in out.lines().zip(&names) {
        place(picture::read(&desk.path(name)).unwrap().view(), &mut pattern);
        assert!(line.starts_with(&format!("{name}: {}   confidence ", answer(&pattern))), "{line}");
    }

    let said = desk.experiment(&format!("draw --model {file}"));
    said.fails(2, &[file, "has blocks of today", "a network of an arm without [today]"]);
}

#[test]
fn files_that_are_no_pictures_of_a_digit() {
    let desk = Desk::new();
    desk.experiment("rbf --embedded --train 10 --test 10 --passes 1 --out run").succeeds();
    GrayImage::from_pixel(40, 40, Luma([255])).save(desk.path("white.png")).unwrap();
    GrayImage::from_pixel(40, 40, Luma([0])).save(desk.path("black.png")).unwrap();
    desk.write("text.png", "seven");
    desk.write("nothing.png", "");
    scan(&desk, "good.png", &embedded::digits(7).test, 0);
    let good = desk.read("good.png");
    desk.write("half.png", &good[..good.len() / 2]);
    fs::create_dir(desk.path("folder.png")).unwrap();
    for (picture, phrase) in [
        ("white.png", "no ink"),
        ("black.png", "no ink"),
        ("text.png", "not a PNG, JPEG, WebP, GIF, BMP or PGM picture"),
        ("nothing.png", "an empty file, with 0 bytes, not a PNG, JPEG, WebP, GIF, BMP or PGM picture"),
        ("half.png", "not a whole PNG, JPEG, WebP, GIF, BMP or PGM picture"),
        ("absent.png", "No such file"),
        ("folder.png", "holds no picture"),
        ("/dev/zero", "not a regular file"),
    ] {
        let said = desk.experiment(&format!("classify --model run/rbf-seed1.safetensors {picture}"));
        said.fails(1, &[picture, phrase]);
    }
}

/// Folders and patterns are opened; a bad file does not stop the others.
#[test]
fn many_pictures_at_once() {
    let desk = Desk::new();
    let digits = embedded::digits(7).test;
    fs::create_dir(desk.path("scans")).unwrap();
    for (p, name) in ["a.png", "b.JPG", "c.pgm"].iter().enumerate() {
        scan(&desk, &format!("scans/{name}"), &digits, p);
    }
    desk.write("scans/d.png", "seven");
    desk.write("scans/notes.txt", "no picture");
    let labels: Vec<String> = (0..3).map(|p| digits.label(p).to_string()).collect();

    let said = desk.experiment("classify scans");
    assert_eq!((said.code, said.out.lines().count()), (Some(1), 3));
    for ((line, name), label) in said.out.lines().zip(["a.png", "b.JPG", "c.pgm"]).zip(&labels) {
        assert!(line.starts_with(&format!("scans/{name}: {label}   confidence ")), "{line}");
    }
    for word in ["error: scans/d.png: this is plain text", "1 of 4 images were not read"] {
        assert!(said.err.contains(word), "{}", said.err);
    }

    let said = desk.experiment("classify scans/?.png scans/b.JPG --json");
    assert_eq!(said.code, Some(1));
    let lines: Vec<serde_json::Value> =
        said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(
        (&lines[0]["answer"], &lines[0]["none_of_these"]),
        (&labels[0].as_str().into(), &false.into())
    );
    assert!(lines[0]["confidence"].as_f64().unwrap() > 0.1 && lines[0]["penalties"]["9"].is_number());
    assert!(lines[1]["error"].as_str().unwrap().contains("plain text") && lines[1]["answer"].is_null());
    assert_eq!(lines[2]["answer"], labels[1].as_str());

    let said = desk.experiment("classify scans --csv --model softmax");
    let mut rows = csv::Reader::from_reader(said.out.as_bytes());
    assert_eq!(rows.headers().unwrap().len(), 15);
    let rows: Vec<csv::StringRecord> = rows.records().collect::<Result<_, _>>().unwrap();
    assert_eq!(rows.iter().map(|row| &row[1]).collect::<Vec<_>>(), [&labels[0], &labels[1], &labels[2], ""]);
    assert!(rows[3][14].contains("plain text") && rows[0][14].is_empty());

    desk.experiment("classify nothing/*.png").fails(1, &["no file fits the pattern 'nothing/*.png'"]);
    desk.experiment("classify scans/[.png").fails(2, &["the pattern 'scans/[.png' is wrong"]);
    desk.experiment("classify scans --csv --json").fails(2, &["cannot be used with"]);
    desk.experiment("classify scans --explain steps").fails(2, &["steps of one picture", "there are 4"]);
}

#[test]
fn the_steps_of_a_picture_are_drawn() {
    let desk = Desk::new();
    scan(&desk, "digit.png", &embedded::digits(7).test, 0);
    desk.experiment("classify digit.png --explain steps.png").succeeds();
    let svg = String::from_utf8(desk.read("steps.svg")).unwrap();
    assert!(svg.contains("missing light") && svg.contains("28 x 28") && desk.read("steps.png").len() > 1000);
    // The steps up to the fault are drawn, too.
    GrayImage::from_pixel(60, 60, Luma([255])).save(desk.path("white.png")).unwrap();
    desk.experiment("classify white.png --explain white-steps").fails(1, &["no ink"]);
    assert!(String::from_utf8(desk.read("white-steps.svg")).unwrap().contains("Refused"));
}

/// The contents of a model file: shape and numbers of each array, and the metadata.
#[derive(Clone)]
struct Parts {
    arrays: BTreeMap<String, (Vec<usize>, Vec<f32>)>,
    metadata: HashMap<String, String>,
}

impl Parts {
    fn of(bytes: &[u8]) -> Self {
        let tensors = SafeTensors::deserialize(bytes).unwrap();
        let numbers =
            |data: &[u8]| data.as_chunks::<4>().0.iter().map(|&word| f32::from_le_bytes(word)).collect();
        let array =
            |(name, view): (String, TensorView)| (name, (view.shape().to_vec(), numbers(view.data())));
        let (_, header) = SafeTensors::read_metadata(bytes).unwrap();
        let arrays = tensors.tensors().into_iter().map(array).collect();
        Self { arrays, metadata: header.metadata().clone().unwrap() }
    }

    /// The file after a change.
    fn after(&self, change: impl FnOnce(&mut Self)) -> Vec<u8> {
        let mut parts = self.clone();
        change(&mut parts);
        let bytes: Vec<(&String, &Vec<usize>, Vec<u8>)> = (parts.arrays.iter())
            .map(|(name, (shape, numbers))| {
                (name, shape, numbers.iter().flat_map(|w| w.to_le_bytes()).collect())
            })
            .collect();
        let views = bytes.iter().map(|(name, shape, bytes)| {
            (name.as_str(), TensorView::new(Dtype::F32, shape.to_vec(), bytes).unwrap())
        });
        safetensors::serialize(views, Some(parts.metadata)).unwrap()
    }

    fn array(&mut self, name: &str) -> &mut (Vec<usize>, Vec<f32>) {
        self.arrays.get_mut(name).unwrap()
    }
}

#[test]
fn changed_models_are_refused() {
    let desk = Desk::new();
    desk.experiment("rbf vs softmax --embedded --train 10 --test 10 --passes 1 --out run").succeeds();
    scan(&desk, "7.png", &embedded::digits(7).test, 0);
    let whole = desk.read("run/rbf-seed1.safetensors");
    let rbf = Parts::of(&whole);
    let softmax = Parts::of(&desk.read("run/softmax-seed1.safetensors"));
    assert!(rbf.after(|_| ()).len() == whole.len());
    for (bytes, phrase) in [
        (whole[..whole.len() - 1].to_vec(), "is not a whole safetensors file"),
        (Vec::new(), "is not a whole safetensors file"),
        (rbf.after(|model| model.array("f6.weight").1[5] = f32::NAN), "holds NaN in f6.weight"),
        (rbf.after(|model| model.array("c1.bias").1[5] = f32::INFINITY), "holds inf in c1.bias"),
        (rbf.after(|model| model.array("f6.weight").0 = vec![120, 84]), "holds f6.weight of shape [120, 84]"),
        (rbf.after(|model| drop(model.arrays.remove("s4.bias"))), "holds no s4.bias"),
        // Map 3 of S2 has no connection to map 0 of C3.
        (
            rbf.after(|model| model.array("c3.weight").1[3 * 25] = 0.1),
            "has weights in c3.weight that are not 0 where",
        ),
        (rbf.after(|model| model.metadata = softmax.metadata.clone()), "holds no output.weight"),
        (softmax.after(|model| model.metadata = rbf.metadata.clone()), "holds no rbf.codes"),
        (b"<html><body>Sign in</body></html>".to_vec(), "is an HTML page"),
    ] {
        desk.write("changed.safetensors", bytes);
        let said = desk.experiment("classify --model changed.safetensors 7.png");
        said.fails(1, &["changed.safetensors", phrase, "name a network as a run leaves it"]);
    }
    desk.experiment("classify --model absent 7.png").fails(2, &["there is no network 'absent'"]);
    desk.experiment("classify --model absent.st 7.png").fails(1, &["cannot read absent.st", "No such file"]);
    desk.experiment("classify --model run 7.png").fails(1, &["cannot read run", "is a directory"]);
    desk.experiment("classify --model /dev/zero 7.png")
        .fails(1, &["cannot read /dev/zero", "not a regular file"]);
    desk.write("changed.safetensors", rbf.after(|_| ()));
    let answer = desk.experiment("classify --model changed.safetensors 7.png").succeeds().out;
    // The names and shapes of the arrays identify the arm.
    desk.write("changed.safetensors", rbf.after(|model| model.metadata.clear()));
    assert_eq!(desk.experiment("classify --model changed.safetensors 7.png").succeeds().out, answer);
    let spoilt =
        |metadata: &str| rbf.after(|model| drop(model.metadata.insert("arm".into(), metadata.into())));
    desk.write("changed.safetensors", spoilt("no TOML"));
    let said = desk.experiment("classify --model changed.safetensors 7.png");
    said.fails(1, &["changed.safetensors: the TOML in its metadata is not a valid arm"]);
}

/// Large finite weights can give infinite penalties.
#[test]
fn an_answer_has_finite_penalties() {
    let desk = Desk::new();
    desk.experiment("rbf vs softmax --embedded --train 10 --test 10 --passes 1 --out run").succeeds();
    scan(&desk, "7.png", &embedded::digits(7).test, 0);
    for (arm, array) in [("rbf", "rbf.codes"), ("rbf", "c1.weight"), ("softmax", "output.weight")] {
        let model = Parts::of(&desk.read(&format!("run/{arm}-seed1.safetensors")));
        let huge = |(n, w): (usize, &mut f32)| *w = if n % 2 == 0 { 3e38 } else { -3e38 };
        desk.write(
            "huge.st",
            model.after(|model| model.array(array).1.iter_mut().enumerate().for_each(huge)),
        );
        let said = desk.experiment("classify --model huge.st 7.png");
        said.fails(1, &["the network huge.st gives penalties that are not finite"]);
    }
}
