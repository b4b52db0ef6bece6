//! The server alone: what the page asks, and what nobody should.

use base64::{Engine, engine::general_purpose::STANDARD};
use lenet5::draw::{BODY, CONNECTIONS, Networks, Patterns, SLIDERS, Server, Stop, Studio};
use lenet5::experiment::{Model, picture};
use lenet5::section2::TABLE_I;
use lenet5::section3::database::normalisation::normalise;
use lenet5::section3::database::{embedded, place};
use ndarray::{Array2, Array3};
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::io::{Cursor, Read, Write};
use std::net::{IpAddr, Ipv4Addr, TcpStream};
use std::path::Path;
use std::sync::LazyLock;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use ureq::Agent;
use ureq::http::Response;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A server in this process, on a port of its own.
struct Served {
    port: u16,
    stop: Stop,
    thread: Option<JoinHandle<()>>,
}

impl Served {
    fn new(patience: Duration) -> Self {
        let patterns = Patterns::open(None).expect("MNIST_DIR, if it is set, leads to MNIST");
        let studio = Studio { networks: Networks::open(&[]).unwrap(), patterns };
        let mut server = Server::bind(HERE, 0).unwrap();
        server.patience = patience;
        let (port, stop) = (server.port(), server.stop());
        let thread = thread::spawn(move || server.serve(studio).unwrap());
        Self { port, stop, thread: Some(thread) }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.now();
        self.thread.take().map(JoinHandle::join);
    }
}

/// The one that all tests ask which need no other.
static SERVED: LazyLock<Served> = LazyLock::new(|| Served::new(Duration::from_secs(10)));

fn agent() -> Agent {
    Agent::config_builder().http_status_as_error(false).proxy(None).build().new_agent()
}

fn url(path: &str) -> String {
    format!("http://127.0.0.1:{}{path}", SERVED.port)
}

/// The status, and what came.
fn told(mut response: Response<ureq::Body>) -> (u16, Value) {
    let text = response.body_mut().read_to_string().unwrap();
    (response.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

fn get(path: &str) -> Value {
    let (status, told) = told(agent().get(url(path)).call().unwrap());
    assert_eq!(status, 200, "{path}: {told}");
    told
}

fn post(path: &str, question: &str) -> (u16, Value) {
    let request = agent().post(url(path)).header("Content-Type", "application/json");
    told(request.send(question).unwrap())
}

/// What is answered to a question that can be.
fn ask(path: &str, question: &Value) -> Value {
    let (status, told) = post(path, &question.to_string());
    assert_eq!(status, 200, "{question}: {told}");
    told
}

/// The error that a question gets with this status.
fn refused(path: &str, question: &str, status: u16) -> String {
    let (found, told) = post(path, question);
    let shown: String = question.chars().take(200).collect();
    assert_eq!(found, status, "{shown}: {told}");
    told["error"].as_str().expect("an error is a sentence").into()
}

/// Sends bytes as they are, and reads until the server ends the connection.
fn raw_at(port: u16, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect((HERE, port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    // A server that has heard enough may be gone before all is sent.
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// The status of what such bytes get.
fn raw(bytes: &str) -> u16 {
    let bytes = bytes.replace("PORT", &SERVED.port.to_string());
    let answer = raw_at(SERVED.port, bytes.as_bytes());
    let status = answer.strip_prefix("HTTP/1.1 ").or(answer.strip_prefix("HTTP/1.0 "));
    status.and_then(|rest| rest.get(..3)?.parse().ok()).unwrap_or_else(|| panic!("{bytes}\ngot: {answer}"))
}

fn is_alive() {
    assert_eq!(get("/sliders").as_array().unwrap().len(), SLIDERS.len());
}

fn u8s(value: &Value) -> Vec<u8> {
    STANDARD.decode(value.as_str().expect("base64")).unwrap()
}

fn f32s(value: &Value) -> Vec<f32> {
    let bytes = u8s(value);
    let (words, rest) = bytes.as_chunks::<4>();
    assert!(rest.is_empty());
    words.iter().map(|&word| f32::from_le_bytes(word)).collect()
}

fn numbers(value: &Value) -> Vec<f32> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap() as f32).collect()
}

/// A one, drawn with a wide pen on a sheet of 280 x 280.
fn one() -> Array2<u8> {
    let inked = |y: usize, x: usize| (60..220).contains(&y) && (130..150).contains(&(x + y / 20 - 7));
    Array2::from_shape_fn((280, 280), |(y, x)| if inked(y, x) { 255 } else { 0 })
}

fn ink(drawing: &Array2<u8>) -> Value {
    let (height, width) = drawing.dim();
    let bytes: Vec<u8> = drawing.iter().copied().collect();
    json!({ "ink": { "width": width, "height": height, "u8s": STANDARD.encode(bytes) } })
}

/// A file that shows a drawing in black on white.
fn file(drawing: &Array2<u8>, format: image::ImageFormat) -> Vec<u8> {
    let (height, width) = drawing.dim();
    let levels = drawing.iter().map(|ink| 255 - ink).collect();
    let picture = image::GrayImage::from_raw(width as u32, height as u32, levels).unwrap();
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, format).unwrap();
    file.into_inner()
}

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
        for (name, shape, bytes) in Model::find(Path::new(name)).unwrap().1.arrays() {
            assert_eq!(weights[&name]["shape"], json!(shape), "{name}");
            assert_eq!(u8s(&weights[&name]["f32s"]), bytes, "{name}");
        }
    }
}

#[test]
fn what_is_shown_is_what_the_networks_do() {
    let digits = embedded::digits(1998).test;
    assert_eq!(get("/patterns")["embedded"], json!(digits.len()));
    let look = ask("/look", &json!({ "of": { "embedded": 3 } }));
    let (image, mut pattern) = (digits.image(3), Array3::zeros((1, 32, 32)));
    place(image, &mut pattern);
    assert_eq!(u8s(&look["normalised"]), image.iter().copied().collect::<Vec<_>>());
    assert_eq!(f32s(&look["pattern"]), pattern.iter().copied().collect::<Vec<_>>());
    assert_eq!(look["label"], json!(digits.label(3)));
    for (seen, kind) in look["networks"].as_array().unwrap().iter().zip(["rbf", "softmax"]) {
        let states = Model::find(Path::new(kind)).unwrap().1.fprop(&pattern);
        assert_eq!(seen["kind"], json!(kind));
        for (layer, state) in [
            ("c1", states.c1),
            ("s2", states.s2),
            ("c3", states.c3),
            ("s4", states.s4),
            ("c5", states.c5),
            ("f6", states.f6),
        ] {
            assert_eq!(
                f32s(&seen["states"][layer]),
                state.iter().copied().collect::<Vec<_>>(),
                "{kind} {layer}"
            );
        }
        let scores = numbers(&seen["scores"]);
        let least = (0..10).min_by(|&a, &b| states.output[a].total_cmp(&states.output[b])).unwrap();
        assert_eq!(seen["answer"], json!(least));
        if kind == "rbf" {
            assert_eq!(scores, states.output);
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
        let classified = picture::parse(&file, image::Limits::default()).unwrap();
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
    // Clockwise: what was above is on the right.
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
        // The slider's own amount does not matter, the others' do.
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
fn what_cannot_be_read_is_said() {
    let empty = json!({ "of": ink(&Array2::zeros((280, 280))) }).to_string();
    assert!(refused("/look", &empty, 422).contains("no ink in the image of 280 x 280 pixels"));
    assert!(refused("/sweep", &empty.replacen('{', "{\"along\":\"rows\",", 1), 422).contains("no ink"));
    let nothing = json!({ "of": ink(&Array2::zeros((0, 0))) }).to_string();
    assert!(refused("/look", &nothing, 422).contains("no ink"));
    let image = |bytes: &[u8]| json!({ "of": { "image": STANDARD.encode(bytes) } }).to_string();
    let drawn = file(&one(), image::ImageFormat::Png);
    for bytes in [&b""[..], b"GIF89a", b"just text", &drawn[..drawn.len() / 2], b"P5 3 3 255\n"] {
        assert!(refused("/look", &image(bytes), 422).contains("not a PNG, JPEG or PGM picture"));
    }
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
        assert!(error.contains("too large") && error.contains("4096 x 4096"), "{error}");
        assert!(begin.elapsed() < Duration::from_secs(2));
    }
    is_alive();
}

#[test]
fn malformed_questions_are_refused_and_the_place_is_named() {
    for (question, phrase) in [
        ("", "EOF"),
        ("{", "EOF"),
        ("null", "null"),
        ("[]", "invalid length 0"),
        ("{}", "missing field `of`"),
        ("\u{0}", "expected value"),
        (r#"{"of":{"pattern":1}} and more"#, "trailing characters"),
        (r#"{"of":{}}"#, "of"),
        (r#"{"of":{"letter":1}}"#, "unknown variant `letter`"),
        (r#"{"of":{"pattern":1,"embedded":1}}"#, "of"),
        (r#"{"of":{"pattern":-1}}"#, "of.pattern: invalid value: integer `-1`"),
        (r#"{"of":{"pattern":1.5}}"#, "of.pattern"),
        (r#"{"of":{"pattern":99999999999999999999}}"#, "of.pattern"),
        (r#"{"of":{"pattern":1},"along":"rows"}"#, "unknown field `along`"),
        (r#"{"of":{"image":"*"}}"#, "of.image: is no base64"),
        (r#"{"of":{"image":7}}"#, "of.image"),
        (r#"{"of":{"ink":{"width":2,"height":2,"u8s":"AAA="}}}"#, "2 bytes: 2 x 2 pixels"),
        (r#"{"of":{"ink":{"width":2,"height":2,"u8s":"AAAAA==="}}}"#, "no base64"),
        (r#"{"of":{"ink":{"width":2,"u8s":"AAAA"}}}"#, "missing field `height`"),
        (r#"{"of":{"ink":{"width":18446744073709551615,"height":2,"u8s":"AAAA"}}}"#, "3 bytes"),
        (r#"{"of":{"ink":{"width":4294967296,"height":4294967296,"u8s":""}}}"#, "0 bytes"),
        (r#"{"of":{"ink":{"width":9223372036854775807,"height":0,"u8s":"AA=="}}}"#, "1 bytes"),
        (r#"{"of":{"ink":{"width":1,"height":2,"u8s":"AAAA"}}}"#, "3 bytes: 1 x 2 pixels"),
        (r#"{"of":{"ink":{"width":-2,"height":2,"u8s":"AAAA"}}}"#, "of.ink.width"),
        (r#"{"of":{"pattern":115},"change":7}"#, "change"),
        (r#"{"of":{"pattern":115},"change":{"turn":7}}"#, "unknown field `turn`"),
        (r#"{"of":{"pattern":115},"change":{"rows":NaN}}"#, "change.rows"),
        (r#"{"of":{"pattern":115},"change":{"rows":null}}"#, "change.rows"),
        (r#"{"of":{"pattern":115},"change":{"rows":1e999}}"#, "change.rows: number out of range"),
        (r#"{"of":{"pattern":115},"change":{"rows":10.01}}"#, "change.rows is 10.01: it goes from -10 to 10"),
        (r#"{"of":{"pattern":115},"change":{"rotation":-1e300}}"#, "change.rotation is -1e300"),
        (r#"{"of":{"pattern":115},"change":{"noise":-0.01}}"#, "it goes from 0 to 0.5"),
        (r#"{"of":{"pattern":115},"change":{"seed":-1}}"#, "change.seed"),
    ] {
        let error = refused("/look", question, 400);
        assert!(error.contains(phrase), "no '{phrase}' in: {error}");
    }
    for (question, phrase) in [
        (r#"{"of":{"pattern":115}}"#, "missing field `along`"),
        (r#"{"of":{"pattern":115},"along":"squeeze"}"#, "along: unknown variant `squeeze`"),
        (r#"{"of":{"pattern":115},"along":"rows","change":{"shear":2}}"#, "change.shear is 2.0"),
    ] {
        let error = refused("/sweep", question, 400);
        assert!(error.contains(phrase), "no '{phrase}' in: {error}");
    }
    let deep = "[".repeat(1_000_000);
    refused("/look", &deep, 400);
    assert!(refused("/look", &format!(r#"{{"of":{{"pattern":{deep}"#), 400).contains("of.pattern"));
    is_alive();
}

#[test]
fn an_empty_sheet_however_wide_is_no_fault_of_the_server() {
    let huge = r#"{"of":{"ink":{"width":9223372036854775807,"height":0,"u8s":""}}}"#;
    let (status, told) = post("/look", huge);
    assert!([400, 422].contains(&status), "{told}");
    is_alive();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_question_is_answered_or_refused(place in 0..100_usize, byte in 0x20..0x7f_u8, cut in 0..300_usize) {
        let mut question = json!({
            "of": { "ink": { "width": 3, "height": 3, "u8s": STANDARD.encode([0, 9, 0, 0, 200, 0, 0, 255, 0]) } },
            "change": { "rows": -1.25, "rotation": 30, "noise": 0.1, "seed": 7 },
        }).to_string().into_bytes();
        if let Some(there) = question.get_mut(place) {
            *there = byte;
        }
        question.truncate(cut);
        let (status, told) = post("/look", &String::from_utf8(question).unwrap());
        prop_assert!([200, 400, 404, 422].contains(&status), "{status} {told}");
    }

    #[test]
    fn any_drawing_is_read_if_it_has_ink(height in 1..60_usize, width in 1..60_usize, seed in any::<u64>()) {
        let drawing = Array2::from_shape_fn((height, width), |(y, x)| {
            let mixed = seed.wrapping_mul(6364136223846793005).rotate_left((7 * y + 13 * x) as u32 % 64);
            if mixed % 5 == 0 { mixed.to_be_bytes()[0] } else { 0 }
        });
        let (status, told) = post("/look", &json!({ "of": ink(&drawing) }).to_string());
        let blank = drawing.iter().all(|&level| level == 0);
        prop_assert_eq!(status, if blank { 422 } else { 200 }, "{}", told);
    }
}

#[test]
fn only_this_server_s_own_page_may_ask() {
    let asked = |lines: &str| raw(&format!("GET /sliders HTTP/1.1\r\n{lines}Connection: close\r\n\r\n"));
    for host in ["127.0.0.1:PORT", "localhost:PORT", "LocalHost:PORT", "[::1]:PORT", "127.1.2.3:PORT"] {
        assert_eq!(asked(&format!("Host: {host}\r\n")), 200, "{host}");
    }
    for host in [
        "",
        "example.org",
        "example.org:PORT",
        "127.0.0.1",
        "localhost",
        "127.0.0.1:1",
        "localhost1:PORT",
        "localhost.example.org:PORT",
        "127.0.0.1.example.org:PORT",
        "192.168.1.1:PORT",
        "0.0.0.0:PORT",
        "127.0.0.1:PORT:PORT",
        "user@127.0.0.1:PORT",
        "127.0.0.1:PORT/",
    ] {
        assert_eq!(asked(&format!("Host: {host}\r\n")), 403, "{host}");
    }
    assert_eq!(asked(""), 403);
    assert_eq!(asked("Host: 127.0.0.1:PORT\r\nHost: example.org\r\n"), 400);
    assert_eq!(asked("Host: 127.0.0.1:PORT\u{e9}\r\n"), 400);
    for (line, status) in [
        ("Origin: http://127.0.0.1:PORT", 200),
        ("Origin: https://127.0.0.1:PORT", 403),
        ("Origin: http://localhost:PORT", 403),
        ("Origin: http://127.0.0.1:1", 403),
        ("Origin: http://example.org", 403),
        ("Origin: null", 403),
        ("Origin:", 403),
        ("Sec-Fetch-Site: same-origin", 200),
        ("Sec-Fetch-Site: none", 200),
        ("Sec-Fetch-Site: same-site", 403),
        ("Sec-Fetch-Site: cross-site", 403),
        ("Sec-Fetch-Site: anything", 403),
    ] {
        assert_eq!(asked(&format!("Host: 127.0.0.1:PORT\r\n{line}\r\n")), status, "{line}");
    }
    let whole = |target: &str| {
        raw(&format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nConnection: close\r\n\r\n"))
    };
    assert_eq!(whole("http://127.0.0.1:PORT/sliders"), 200);
    assert_eq!(whole("http://example.org/sliders"), 403);
}

#[test]
fn other_methods_and_paths_are_told_what_there_is() {
    let asked = |method: &str, path: &str| {
        raw(&format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nConnection: close\r\n\r\n"))
    };
    for path in ["/", "/networks", "/patterns", "/sliders"] {
        assert_eq!(asked("GET", path), 200, "{path}");
        assert_eq!(asked("HEAD", path), 200, "{path}");
        for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "BREW"] {
            assert_eq!(asked(method, path), 405, "{method} {path}");
        }
    }
    for path in ["/look", "/sweep"] {
        for method in ["GET", "HEAD", "PUT", "OPTIONS"] {
            assert_eq!(asked(method, path), 405, "{method} {path}");
        }
    }
    for path in
        ["/favicon.ico", "/page.html", "//", "/look/", "/../Cargo.toml", "/%2e%2e/Cargo.toml", "/LOOK"]
    {
        assert_eq!(asked("GET", path), 404, "{path}");
    }
    assert_eq!(asked("GET", "/?draw=1"), 200);
    assert_eq!(asked("OPTIONS", "*"), 404);
    let told = raw_at(
        SERVED.port,
        format!("HEAD / HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n", SERVED.port).as_bytes(),
    );
    assert!(told.ends_with("\r\n\r\n"), "HEAD has a body: {told}");
    let told = agent().get(url("/look")).call().unwrap();
    assert_eq!(told.headers()["allow"], "POST");
}

#[test]
fn what_is_not_http_is_refused_and_does_no_harm() {
    let head = "POST /look HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nContent-Type: application/json\r\nConnection: close\r\n";
    for (lines, status) in [
        ("\r\n", 400),
        ("Content-Length: 0\r\n\r\n", 400),
        ("Content-Length: -1\r\n\r\n", 400),
        ("Content-Length: +2\r\n\r\n{}", 400),
        ("Content-Length: two\r\n\r\n{}", 400),
        ("Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400),
        ("Content-Length: 99999999999999999999999\r\n\r\n{}", 400),
        ("Content-Length: 4194305000\r\n\r\n{}", 413),
        ("Content-Length: 18446744073709551610\r\n\r\n{}", 413),
        ("Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 400),
        ("Transfer-Encoding: chunked\r\n\r\nnot a length\r\n", 400),
        ("Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n", 400),
    ] {
        assert_eq!(raw(&format!("{head}{lines}")), status, "{lines}");
    }
    for kind in ["", "Content-Type: text/plain\r\n", "Content-Type: application/x-www-form-urlencoded\r\n"] {
        let plain = format!(
            "POST /look HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nConnection: close\r\n{kind}Content-Length: 2\r\n\r\n{{}}"
        );
        assert_eq!(raw(&plain), 415, "{kind}");
    }
    let long = format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(1 << 20));
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "X: y\r\n".repeat(10_000));
    for bytes in [
        &b"\r\n\r\n\r\n"[..],
        b"nonsense\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
        b"GET / HTTP/3.0\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        &[0; 5000],
        long.as_bytes(),
        many.as_bytes(),
    ] {
        let mut stream = TcpStream::connect((HERE, SERVED.port)).unwrap();
        let _ = stream.write_all(bytes);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    is_alive();
}

#[test]
fn a_body_that_is_too_large_is_refused_while_it_is_sent() {
    let largest = format!("{{}}{}", " ".repeat(BODY - 2));
    assert!(refused("/look", &largest, 400).contains("missing field"));
    assert!(refused("/look", &format!("{largest} "), 413).contains("4194304"));
    assert!(refused("/look", &largest.repeat(3), 413).contains("4194304"));
    // In pieces without an end.
    let mut stream = TcpStream::connect((HERE, SERVED.port)).unwrap();
    let head = format!(
        "POST /look HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
        SERVED.port
    );
    stream.write_all(head.as_bytes()).unwrap();
    let piece = format!("10000\r\n{}\r\n", " ".repeat(1 << 16));
    let sent = (0..10_000).take_while(|_| stream.write_all(piece.as_bytes()).is_ok()).count();
    assert!(sent < 10_000, "600 MB were taken in");
    is_alive();
}

#[test]
fn who_is_slow_is_not_waited_for() {
    let hasty = Served::new(Duration::from_millis(300));
    let slow = |bytes: &str| {
        let begin = Instant::now();
        let answer = raw_at(hasty.port, bytes.replace("PORT", &hasty.port.to_string()).as_bytes());
        assert!((0.25..5.0).contains(&begin.elapsed().as_secs_f64()), "{:?}: {answer}", begin.elapsed());
        answer
    };
    let head = "POST /look HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nContent-Type: application/json\r\nContent-Length: 40\r\n";
    let answer = slow(&format!("{head}\r\n{{\"of\":"));
    assert!(
        answer.starts_with("HTTP/1.1 408 ") && answer.contains("the body has not come in 0.3 seconds"),
        "{answer}"
    );
    for head in [head, "", "G"] {
        let answer = slow(head);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
    // A byte now and then is too slow as well.
    let mut stream = TcpStream::connect((HERE, hasty.port)).unwrap();
    let begin = Instant::now();
    while stream.write_all(b"a").is_ok() && begin.elapsed() < Duration::from_secs(5) {
        thread::sleep(Duration::from_millis(50));
    }
    assert!(begin.elapsed() < Duration::from_secs(5));
}

#[test]
fn sixty_four_are_answered_at_a_time_and_idle_ones_are_in_nobody_s_way() {
    let question = json!({ "of": ink(&one()) }).to_string();
    let expected = post("/look", &question);
    const { assert!(CONNECTIONS > 64) };
    // A server of its own: the other tests need the shared one's places.
    let served = Served::new(Duration::from_secs(10));
    let idle: Vec<TcpStream> = (0..60).map(|_| TcpStream::connect((HERE, served.port)).unwrap()).collect();
    let url = format!("http://127.0.0.1:{}/look", served.port);
    thread::scope(|scope| {
        let asked = (0..64).map(|_| {
            scope.spawn(|| {
                let request = agent().post(&url).header("Content-Type", "application/json");
                told(request.send(&question).unwrap())
            })
        });
        for answer in asked.collect::<Vec<_>>() {
            assert!(answer.join().unwrap() == expected);
        }
    });
    drop(idle);
}

#[test]
fn more_than_there_is_room_for_wait_for_their_turn() {
    let hasty = Served::new(Duration::from_millis(500));
    let idle: Vec<TcpStream> =
        (0..CONNECTIONS + 20).map(|_| TcpStream::connect((HERE, hasty.port)).unwrap()).collect();
    let told = told(agent().get(format!("http://127.0.0.1:{}/sliders", hasty.port)).call().unwrap());
    assert_eq!(told.0, 200);
    drop(idle);
}

#[test]
fn a_server_stops_whoever_is_connected() {
    let served = Served::new(Duration::from_secs(10));
    let mut half = TcpStream::connect((HERE, served.port)).unwrap();
    half.write_all(b"GET / HTTP/1.1\r\n").unwrap();
    let begin = Instant::now();
    drop(served);
    assert!(begin.elapsed() < Duration::from_secs(2));
}

#[test]
fn a_taken_port_is_passed_over() {
    let first = Server::bind(HERE, 0).unwrap();
    let second = Server::bind(HERE, first.port()).unwrap();
    assert!(second.port() > first.port());
    assert_eq!(second.page(), format!("http://127.0.0.1:{}/", second.port()));
    let elsewhere = Server::bind("192.0.2.1".parse().unwrap(), 1998).unwrap_err().to_string();
    assert!(elsewhere.contains("192.0.2.1:1998") && elsewhere.contains("--listen"), "{elsewhere}");
}

/// The program itself.
#[cfg(unix)]
mod program {
    use super::*;
    use std::io::{BufRead, BufReader};
    use std::net::TcpListener;
    use std::process::{Child, Command, Stdio};

    /// `experiment draw` on a machine without MNIST, and the lines it has printed up to the last.
    struct Program {
        child: Child,
        said: Vec<String>,
        _home: tempfile::TempDir,
    }

    impl Program {
        fn start(words: &[&str]) -> Self {
            let home = tempfile::tempdir().unwrap();
            let mut command = Command::new(assert_cmd::cargo::cargo_bin!("experiment"));
            command.args(["draw", "--no-open"]).args(words).env("HOME", home.path()).env_remove("MNIST_DIR");
            command.env("XDG_CACHE_HOME", home.path().join("cache")).env("ALL_PROXY", "http://127.0.0.1:1");
            let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
            let mut said = Vec::new();
            for line in lines {
                said.push(line);
                if said.last().unwrap().contains("Ctrl-C") {
                    break;
                }
            }
            Self { child, said, _home: home }
        }

        /// The address, which stands on a line of its own.
        fn page(&self) -> &str {
            self.said
                .iter()
                .find(|line| line.starts_with("http://"))
                .unwrap_or_else(|| panic!("{:?}", self.said))
        }

        /// Presses Ctrl-C; the exit code, and what was said on standard error.
        fn interrupt(mut self) -> (Option<i32>, String) {
            let begin = Instant::now();
            assert!(
                Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap().success()
            );
            let code = self.child.wait().unwrap().code();
            assert!(begin.elapsed() < Duration::from_secs(2), "Ctrl-C took {:?}", begin.elapsed());
            let mut err = String::new();
            self.child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
            (code, err)
        }
    }

    impl Drop for Program {
        fn drop(&mut self) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }

    fn free_port() -> u16 {
        TcpListener::bind((HERE, 0)).unwrap().local_addr().unwrap().port()
    }

    #[test]
    fn it_says_its_address_works_without_mnist_and_ends_with_ctrl_c() {
        let port = free_port().to_string();
        let program = Program::start(&["--port", &port]);
        let page = format!("http://127.0.0.1:{port}/");
        assert_eq!(program.said, ["Draw a digit, and LeNet-5 reads it, at", &page, "Ctrl-C ends it"]);
        let patterns = told(agent().get(format!("{page}patterns")).call().unwrap()).1;
        assert_eq!((&patterns["data"], &patterns["count"]), (&json!("committed"), &json!(0)));
        assert!(patterns["note"].as_str().unwrap().contains("cache"), "{patterns}");
        let look = |question: &str| {
            let request = agent().post(format!("{page}look")).header("Content-Type", "application/json");
            told(request.send(question).unwrap())
        };
        for wrong in patterns["misclassified"]["softmax"].as_array().unwrap() {
            let (status, told) = look(&json!({ "of": { "pattern": wrong["index"] } }).to_string());
            assert_eq!(
                (status, &told["label"], &told["networks"][1]["answer"]),
                (200, &wrong["label"], &wrong["answer"])
            );
        }
        let (status, told) = look(r#"{"of":{"pattern":9999}}"#);
        assert_eq!(status, 404);
        assert!(told["error"].as_str().unwrap().contains("test pattern 9999 is not here"), "{told}");
        assert_eq!(look(r#"{"of":{"embedded":1}}"#).0, 200);
        let mut half = TcpStream::connect((HERE, port.parse().unwrap())).unwrap();
        half.write_all(b"POST /look HTTP/1.1\r\n").unwrap();
        assert_eq!(program.interrupt(), (Some(0), String::new()));
    }

    #[test]
    fn it_says_that_its_port_is_taken() {
        let taken = TcpListener::bind((HERE, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let program = Program::start(&["--port", &port.to_string()]);
        let page = program.page().to_string();
        let next: u16 = page.trim_end_matches('/').rsplit(':').next().unwrap().parse().unwrap();
        assert_eq!(program.said[0], format!("port {port} is taken: this is {next}"));
        assert_eq!(agent().get(&page).call().unwrap().status(), 200);
        assert_eq!(program.interrupt().0, Some(0));
    }

    #[test]
    fn another_network_takes_the_place_of_the_one_with_its_head() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("mine.safetensors");
        std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/models/softmax.safetensors"), &file).unwrap();
        let program = Program::start(&["--port", "0", "--model", file.to_str().unwrap()]);
        let told = told(agent().get(format!("{}networks", program.page())).call().unwrap()).1;
        let name = |network: usize| told["networks"][network]["name"].as_str().unwrap();
        assert_eq!((name(0), name(1)), ("rbf", "mine"));
        assert!(told["networks"][1]["trained_on"].as_str().unwrap().contains("not known"));
    }

    #[test]
    fn whoever_reaches_the_machine_is_let_in_if_that_is_asked_for() {
        let program = Program::start(&["--port", "0", "--listen", "0.0.0.0"]);
        let port: u16 = program.page().trim_end_matches('/').rsplit(':').next().unwrap().parse().unwrap();
        let status = |host: &str| {
            let head = format!("GET /sliders HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
            raw_at(port, head.replace("PORT", &port.to_string()).as_bytes())[9..12].to_string()
        };
        assert_eq!(program.page(), format!("http://127.0.0.1:{port}/"));
        assert_eq!((status("192.168.1.7:PORT").as_str(), status("127.0.0.1:PORT").as_str()), ("200", "200"));
        assert_eq!((status("example.org:PORT").as_str(), status("192.168.1.7:80").as_str()), ("403", "403"));
        let (code, err) = program.interrupt();
        assert_eq!(code, Some(0));
        assert!(err.starts_with("warning: --listen 0.0.0.0 "), "{err}");
    }

    #[test]
    fn mistakes_are_said_before_anything_is_served() {
        let said = |words: &[&str]| {
            let output = Command::new(assert_cmd::cargo::cargo_bin!("experiment"))
                .arg("draw")
                .args(words)
                .output()
                .unwrap();
            assert!(output.stdout.is_empty());
            (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
        };
        for (words, code, phrase) in [
            (&["--data", "/nowhere/at/all"][..], 2, "/nowhere/at/all"),
            (&["--model", "nothing.safetensors"], 1, "nothing.safetensors"),
            (&["--port", "65536"], 2, "65536"),
            (&["--listen", "example.org"], 2, "example.org"),
            (&["--no-open", "--listen", "192.0.2.1"], 1, "192.0.2.1"),
        ] {
            let (found, err) = said(words);
            assert_eq!(found, code, "{words:?}: {err}");
            assert!(err.contains("error: ") && err.contains(phrase), "{words:?}: {err}");
        }
    }
}
