//! The server alone: the questions of the page and their answers.

use super::served::*;
use base64::{Engine, engine::general_purpose::STANDARD};
use lenet5::experiment::{Model, picture};
use lenet5::section1::{Parameters, Tensor};
use lenet5::section2::TABLE_I;
use lenet5::section3::database::normalisation::normalise;
use lenet5::section3::database::{embedded, place};
use ndarray::{Array2, Array3};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::time::{Duration, Instant};

#[test]
fn the_page_may_run_its_own_script_and_no_other() {
    let mut response = agent().get(url("/")).call().unwrap();
    let header = |name| response.headers()[name].to_str().unwrap().to_string();
    assert_eq!(header("content-type"), "text/html; charset=utf-8");
    let policy = header("content-security-policy");
    let page = response.body_mut().read_to_string().unwrap();
    for element in ["script", "style"] {
        let texts: Vec<&str> = page.split(&format!("<{element}>")).skip(1).collect();
        assert!(!texts.is_empty(), "a page without {element}");
        for text in texts {
            let text = text.split(&format!("</{element}>")).next().unwrap();
            let hash = format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
            assert!(policy.contains(&hash), "{element} is not in {policy}");
        }
    }
    let rules: Vec<&str> = policy.split("; ").collect();
    for rule in [
        "default-src 'none'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ] {
        assert!(rules.contains(&rule), "no {rule} in {policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
}

#[test]
fn every_answer_has_its_headers() {
    let question =
        |path| agent().post(url(path)).header("Content-Type", "application/json").send("{}").unwrap();
    let got = |path| agent().get(url(path)).call().unwrap();
    let foreign = agent().get(url("/")).header("Origin", "http://example.org").call().unwrap();
    for response in [got("/"), got("/networks"), got("/nothing"), got("/look"), question("/look"), foreign] {
        let header = |name| response.headers()[name].to_str().unwrap();
        assert!(header("content-security-policy").starts_with("default-src 'none'"));
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert_eq!(header("cache-control"), "no-store");
    }
}

#[test]
fn the_networks_come_with_all_their_weights() {
    let told = get("/networks");
    assert_eq!(told["squashing"], json!({ "A": 1.7159, "S": 2.0 / 3.0 }));
    assert_eq!(told["table_1"], json!(TABLE_I));
    let networks = told["networks"].as_array().unwrap();
    assert_eq!(networks.len(), 2);
    for (network, (name, rubbish, criterion, head)) in networks.iter().zip([
        ("rbf", json!(3.0), json!("eq-9"), vec!["rbf.codes"]),
        ("softmax", Value::Null, Value::Null, vec!["output.bias", "output.weight"]),
    ]) {
        assert_eq!((&network["kind"], &network["name"]), (&json!(name), &json!(name)));
        assert_eq!((&network["rubbish"], &network["criterion"]), (&rubbish, &criterion));
        assert!(network["trained_on"].as_str().unwrap().contains("MNIST"));
        let weights = network["weights"].as_object().unwrap();
        let body = ["c1", "c3", "c5", "f6"].map(|layer| [format!("{layer}.weight"), format!("{layer}.bias")]);
        let between = ["s2", "s4"].map(|layer| [format!("{layer}.coefficient"), format!("{layer}.bias")]);
        let head = head.into_iter().map(String::from);
        let mut names: Vec<String> = body.into_iter().chain(between).flatten().chain(head).collect();
        names.sort_unstable();
        let mut found: Vec<&String> = weights.keys().collect();
        found.sort_unstable();
        assert_eq!(found, names.iter().collect::<Vec<_>>());
        for Tensor { name, shape, values } in Model::find(Path::new(name)).unwrap().net.tensors() {
            let bytes: Vec<u8> = values.iter().flat_map(|w| w.to_le_bytes()).collect();
            assert_eq!(weights[&name]["shape"], json!(shape), "{name}");
            assert_eq!(u8s(&weights[&name]["f32s"]), bytes, "{name}");
        }
    }
}

#[test]
fn the_answer_to_a_look_is_that_of_the_networks() {
    let digits = embedded::digits(1998).test;
    assert_eq!(get("/patterns")["embedded"], json!(digits.len()));
    let look = ask("/look", &json!({ "of": { "embedded": 3 } }));
    let (image, mut pattern) = (digits.image(3), Array3::zeros((1, 32, 32)));
    place(image, &mut pattern);
    assert_eq!(u8s(&look["normalised"]), image.iter().copied().collect::<Vec<_>>());
    assert_eq!(f32s(&look["pattern"]), pattern.iter().copied().collect::<Vec<_>>());
    assert_eq!(look["label"], json!(digits.label(3)));
    for (seen, kind) in look["networks"].as_array().unwrap().iter().zip(["rbf", "softmax"]) {
        let states = Model::find(Path::new(kind)).unwrap().fprop(&pattern);
        assert_eq!(seen["kind"], json!(kind));
        for layer in ["c1", "s2", "c3", "s4", "c5", "f6"] {
            let state = &states[layer.to_uppercase().as_str()];
            assert_eq!(
                f32s(&seen["states"][layer]),
                state.iter().copied().collect::<Vec<_>>(),
                "{kind} {layer}"
            );
        }
        let scores = numbers(&seen["scores"]);
        let least = states.output.nearest();
        assert_eq!(seen["answer"], json!(least));
        if kind == "rbf" {
            assert_eq!(scores, states.output.iter().collect::<Vec<f32>>());
        } else {
            assert!((scores.iter().sum::<f32>() - 1.0).abs() < 1e-5);
            let largest = (0..10).max_by(|&a, &b| scores[a].total_cmp(&scores[b])).unwrap();
            assert_eq!(largest, least);
        }
    }
}

#[test]
fn a_drawing_and_a_picture_of_it_are_normalised_as_the_database_was() {
    let drawing = one();
    let look = ask("/look", &json!({ "of": ink(&drawing) }));
    let normalised = normalise(drawing.view()).unwrap();
    assert_eq!(u8s(&look["normalised"]), normalised.iter().copied().collect::<Vec<_>>());
    assert_eq!(look["label"], Value::Null);
    for seen in look["networks"].as_array().unwrap() {
        assert_eq!(seen["answer"], json!(1), "{}", seen["scores"]);
    }
    for format in [image::ImageFormat::Png, image::ImageFormat::Jpeg, image::ImageFormat::Pnm] {
        let file = file(&drawing, format);
        let look = ask("/look", &json!({ "of": { "image": STANDARD.encode(&file) } }));
        let classified = picture::parse(&file, picture::MOST_PIXELS).unwrap();
        assert_eq!(u8s(&look["normalised"]), classified.iter().copied().collect::<Vec<_>>(), "{format:?}");
        assert_eq!(look["networks"][0]["answer"], json!(1), "{format:?}");
    }
}

#[test]
fn the_misclassified_patterns_of_the_committed_run_are_misclassified() {
    let patterns = get("/patterns");
    for (network, kind) in ["rbf", "softmax"].into_iter().enumerate() {
        let wrong = patterns["misclassified"][kind].as_array().unwrap();
        assert!(wrong.len() > 50);
        for wrong in &wrong[..10] {
            let look = ask("/look", &json!({ "of": { "pattern": wrong["index"] } }));
            assert_eq!(look["label"], wrong["label"]);
            assert_eq!(look["networks"][network]["answer"], wrong["answer"], "{kind} {wrong}");
        }
    }
}

#[test]
fn a_change_is_done_to_what_the_networks_see() {
    let of = json!({ "pattern": 115 });
    let look = |change: Value| ask("/look", &json!({ "of": of, "change": change }));
    let as_it_is = ask("/look", &json!({ "of": of }));
    assert_eq!(look(json!({})), as_it_is);
    assert_eq!(
        look(
            json!({ "rows": 0, "columns": 0, "rotation": 0, "scale": 0, "shear": 0, "noise": 0, "seed": 9 })
        ),
        as_it_is
    );
    let pattern = |look: &Value| Array3::from_shape_vec((1, 32, 32), f32s(&look["pattern"])).unwrap();
    let (before, moved) = (pattern(&as_it_is), look(json!({ "rows": 3, "columns": -2 })));
    assert_eq!(moved["normalised"], as_it_is["normalised"]);
    let moved = pattern(&moved);
    assert!((0..29).all(|y| (2..32).all(|x| moved[[0, y + 3, x - 2]] == before[[0, y, x]])));
    // Clockwise: the top is now on the right.
    let turned = pattern(&look(json!({ "rotation": 90 })));
    let off = |(y, x)| (turned[[0, x, 31 - y]] - before[[0, y, x]]).abs();
    assert!((0..32).all(|y| (0..32).all(|x| off((y, x)) < 1e-5)));
    for change in [json!({ "scale": 0.5 }), json!({ "shear": 0.5 }), json!({ "rotation": 20 })] {
        assert_ne!(look(change.clone())["pattern"], as_it_is["pattern"], "{change}");
    }
    let (few, more, other) =
        (json!({ "noise": 0.1 }), json!({ "noise": 0.2 }), json!({ "noise": 0.1, "seed": 1 }));
    let met = |change: &Value| {
        let noisy = pattern(&look(change.clone()));
        noisy.iter().zip(&before).map(|(a, b)| a != b).collect::<Vec<bool>>()
    };
    let (few, again, more, other) = (met(&few), met(&few), met(&more), met(&other));
    assert!(few == again && few != other);
    assert!(few.iter().zip(&more).all(|(few, more)| !few || *more), "more noise meets other pixels");
}

#[test]
fn a_sweep_is_a_look_at_each_place() {
    let sliders = get("/sliders");
    let names: Vec<&str> =
        sliders.as_array().unwrap().iter().map(|slider| slider["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["rows", "columns", "rotation", "scale", "shear", "noise"]);
    let of = ink(&one());
    for slider in sliders.as_array().unwrap() {
        let along = slider["name"].as_str().unwrap();
        // The amount of this slider does not matter; those of the others do.
        let mut change = json!({ "seed": 5, "shear": 0.1, "rotation": 10 });
        let sweep = ask("/sweep", &json!({ "of": of, "change": change, "along": along }));
        let values = sweep["values"].as_array().unwrap();
        assert_eq!((&sweep["along"], values.len()), (&slider["name"], 41));
        assert_eq!((&values[0], &values[40]), (&slider["least"], &slider["most"]));
        for place in [0, 17, 20, 40] {
            change[along] = values[place].clone();
            let look = ask("/look", &json!({ "of": of, "change": change }));
            for network in 0..2 {
                let swept = &sweep["networks"][network];
                assert_eq!(swept["kind"], look["networks"][network]["kind"]);
                assert_eq!(swept["scores"].as_array().unwrap().len(), 41);
                assert_eq!(swept["scores"][place], look["networks"][network]["scores"], "{along} {place}");
            }
        }
    }
}

#[test]
fn unreadable_drawings_are_refused() {
    let empty = json!({ "of": ink(&Array2::zeros((280, 280))) }).to_string();
    assert!(refused("/look", &empty, 422).contains("no ink in the image of 280 x 280 pixels"));
    assert!(refused("/sweep", &empty.replacen('{', "{\"along\":\"rows\",", 1), 422).contains("no ink"));
    let nothing = json!({ "of": ink(&Array2::zeros((0, 0))) }).to_string();
    assert!(refused("/look", &nothing, 422).contains("no ink"));
    let image = |bytes: &[u8]| json!({ "of": { "image": STANDARD.encode(bytes) } }).to_string();
    let drawn = file(&one(), image::ImageFormat::Png);
    for bytes in [&b""[..], b"GIF89a", b"just text", &drawn[..drawn.len() / 2], b"P5 3 3 255\n"] {
        assert!(refused("/look", &image(bytes), 422).contains("PNG, JPEG, WebP, GIF, BMP or PGM picture"));
    }
    assert!(refused("/look", &image(b""), 422).contains("an empty file, with 0 bytes"));
    let blank = file(&Array2::zeros((50, 50)), image::ImageFormat::Png);
    assert!(refused("/look", &image(&blank), 422).contains("no ink"));
    assert!(refused("/look", r#"{"of":{"embedded":2000}}"#, 404).contains("from 0 to 1999"));
    assert!(refused("/look", r#"{"of":{"pattern":10000}}"#, 404).contains("test pattern 10000"));
    is_alive();
}

#[test]
fn a_picture_that_unpacks_into_too_much_is_not_unpacked() {
    let bomb = file(&Array2::zeros((5000, 5000)), image::ImageFormat::Png);
    assert!(bomb.len() < 1_000_000, "{}", bomb.len());
    for bytes in [&bomb[..], b"P5 60000 60000 255\n.....", b"P5 4294967295 4294967295 255\n"] {
        let question = json!({ "of": { "image": STANDARD.encode(bytes) } }).to_string();
        let (begin, error) = (Instant::now(), refused("/look", &question, 422));
        assert!(error.contains("too large") && error.contains("at most 16 million"), "{error}");
        assert!(begin.elapsed() < Duration::from_secs(2));
    }
    is_alive();
}
