//! `experiment read`: lines of digits.

use super::Desk;
use image::{GrayImage, Luma};
use lenet5::experiment::ReadString;
use std::path::Path;

/// A picture of the repository.
fn string(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/strings").join(name).display().to_string()
}

#[test]
fn lines_of_digits_are_read() {
    let desk = Desk::new();
    let images = ["342", "1998", "541", "2278"].map(|name| string(&format!("{name}.png")));
    let out = desk.experiment(&format!("read {}", images.join(" "))).succeeds().out;
    let of = |way: &str| -> Vec<&str> { out.lines().filter(|line| line.ends_with(way)).collect() };
    let (cut, moved) = (of("(segmentation)"), of("(sdnn)"));
    assert_eq!((cut.len(), moved.len()), (images.len(), images.len()));
    for (n, answer) in ["342", "1998", "541"].into_iter().enumerate() {
        assert!(cut[n].contains(&format!("{answer}.png: {answer}   penalty ")), "{out}");
    }
    assert!(moved[0].contains("342.png: 342   penalty "), "{out}");
    assert!(out.contains("confidence 0."), "{out}");
}

/// Contract 4: arcs of the best path lead from start to end, and their origins are arcs of the segmentation graph.
#[test]
fn both_graphs_are_written() {
    let desk = Desk::new();
    let words = format!("read {} --graph graph.json --figure figure.svg --json", string("342.png"));
    let out = desk.experiment(&words).succeeds().out;
    let lines: Vec<serde_json::Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["answer"], &lines[0]["with"]), (&"342".into(), &"segmentation".into()));
    assert_eq!((&lines[1]["answer"], &lines[1]["with"]), (&"342".into(), &"sdnn".into()));
    let moved: ReadString = serde_json::from_slice(&desk.read("graph-sdnn.json")).unwrap();
    let best = moved.viterbi.unwrap();
    let arcs = best.arcs.iter().map(|&arc| &moved.interpretation.arcs[arc]);
    // A position after the other, and each character written once.
    let origins: Vec<usize> = arcs.clone().map(|arc| arc.origin.unwrap()).collect();
    assert_eq!(origins, (0..moved.segmentation.arcs.len()).collect::<Vec<_>>());
    assert_eq!(arcs.filter_map(|arc| arc.label.clone()).collect::<String>(), "342");
    assert_eq!(&desk.read("figure-sdnn.png")[1..4], b"PNG");
    let read: ReadString = serde_json::from_slice(&desk.read("graph.json")).unwrap();
    assert_eq!((read.height, read.segmentation.start), (32, 0));
    let best = read.viterbi.unwrap();
    let (mut node, mut penalty, mut answer) = (read.interpretation.start, 0.0, String::new());
    for &arc in &best.arcs {
        let arc = &read.interpretation.arcs[arc];
        let origin = &read.segmentation.arcs[arc.origin.unwrap()];
        assert_eq!((arc.from, arc.to), (origin.from, origin.to));
        assert_eq!(arc.from, node);
        assert!(origin.left < origin.right && origin.right <= Some(read.width));
        node = arc.to;
        penalty += arc.penalty;
        answer += arc.label.as_ref().unwrap();
    }
    assert_eq!((node, answer.as_str(), best.answer.as_str()), (read.interpretation.end, "342", "342"));
    assert!((penalty - best.penalty).abs() < 1e-9 && read.forward.penalty.unwrap() <= penalty);
    assert!(String::from_utf8(desk.read("figure.svg")).unwrap().contains("342"));
    assert_eq!(&desk.read("figure.png")[1..4], b"PNG");
}

#[test]
fn what_is_no_string_is_said_to_be_so() {
    let desk = Desk::new();
    GrayImage::from_pixel(60, 30, Luma([255])).save(desk.path("blank.png")).unwrap();
    desk.write("text.png", "no picture");
    GrayImage::from_fn(9000, 3, |x, y| Luma([if y == 1 && x > 2 { 0 } else { 255 }]))
        .save(desk.path("rule.png"))
        .unwrap();
    desk.experiment("read blank.png").fails(1, &["no ink", "60"]);
    desk.experiment("read text.png").fails(1, &["text.png", "not a PNG"]);
    desk.experiment("read rule.png").fails(1, &["1 rows high", "more than 10000 columns"]);
    desk.experiment("read missing.png").fails(1, &["missing.png"]);
    desk.experiment("read missing.png --with both").fails(2, &["segmentation", "sdnn"]);
    desk.experiment("read a.png b.png --graph g.json").fails(2, &["take one image", "there are 2"]);
    // One bad file does not stop the others.
    let good = string("342.png");
    let said = desk.experiment(&format!("read text.png {good}"));
    assert_eq!(said.code, Some(1));
    assert!(said.out.contains("342.png: 342"), "{}", said.out);
    assert!(
        said.err.contains("1 of 2 images were not read") && said.err.contains("error: text.png"),
        "{}",
        said.err
    );
}

/// An arm with [strings] is trained, kept, and reads strings.
#[test]
fn an_arm_is_trained_on_strings() {
    let desk = Desk::new();
    let arm = String::from_utf8(desk.experiment("show strings").succeeds().out.into_bytes()).unwrap();
    let short = arm.replace("strings = 240000", "strings = 30");
    assert_ne!(short, arm);
    desk.write("short.toml", &short);
    desk.experiment("short.toml --embedded --train 300 --test 50 --passes 1 --out run --quiet").succeeds();
    let run = &desk.results("run")["arms"][0]["runs"][0];
    assert!(run["strings"]["without_path"].as_u64().unwrap() <= 30);
    desk.experiment(&format!("read {} --model run/short-seed1.safetensors", string("342.png"))).succeeds();
    // A network for images of another form, or with other classes, is refused.
    desk.experiment("20x20-300-10 --embedded --train 50 --test 10 --passes 1 --out other --quiet").succeeds();
    desk.experiment("read missing.png --model other/20x20-300-10-seed1.safetensors")
        .fails(2, &["20x20-300-10", "10 classes", "regular images of ten digits"]);
    // So is an arm with windows, whose network has a blank.
    let arm = desk.experiment("show sdnn").succeeds().out;
    let short = arm.replace("strings = 480000", "strings = 30");
    assert_ne!(short, arm);
    desk.write("moved.toml", &short);
    desk.experiment("moved.toml --embedded --train 300 --test 50 --passes 1 --out moved --quiet").succeeds();
    let out = desk
        .experiment(&format!("read {} --model moved/moved-seed1.safetensors", string("342.png")))
        .succeeds()
        .out;
    assert!(out.contains("(sdnn)"), "{out}");
    desk.write("wrong.toml", arm.replace("junctions = 0.2", "junctions = 0.9"));
    desk.experiment("wrong.toml --embedded").fails(2, &["windows is 1.35", "at most 1 together"]);
    desk.write("wrong.toml", arm.replace("[training]\n", "[training]\ndistortions = { fresh = 0.5 }\n"));
    desk.experiment("wrong.toml --embedded").fails(2, &["training.distortions", "no [windows]"]);
    desk.write("wrong.toml", arm.replace("classes = 11", "classes = 10"));
    desk.experiment("wrong.toml --embedded").fails(2, &["head.classes is 10", "11 with codes"]);
    let arm = desk.experiment("show strings").succeeds().out;
    desk.write("wrong.toml", arm.replace("beta = 0.1", "beta = 0.0"));
    desk.experiment("wrong.toml --embedded").fails(2, &["strings.beta is 0", "above 0"]);
}
