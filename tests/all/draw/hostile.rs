//! The server alone: invalid questions, and clients that are slow, numerous or gone.

use super::served::*;
use base64::{Engine, engine::general_purpose::STANDARD};
use lenet5::draw::{BODY, CONNECTIONS, PICTURES, Server};
use ndarray::Array2;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

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
        (r#"{"of":{}}"#, "of: exactly one of ink, image, pattern and embedded is expected"),
        (r#"{"of":{"letter":1}}"#, "unknown field `letter`"),
        (r#"{"of":{"pattern":1,"embedded":1}}"#, "of: exactly one of"),
        (r#"{"of":{"pattern":-1}}"#, "of.pattern: invalid value: integer `-1`"),
        (r#"{"of":{"pattern":1.5}}"#, "of.pattern"),
        (r#"{"of":{"pattern":99999999999999999999}}"#, "of.pattern"),
        (r#"{"of":{"pattern":1},"along":"rows"}"#, "unknown field `along`"),
        (r#"{"of":{"image":"*"}}"#, "of.image: is not base64"),
        (r#"{"of":{"image":7}}"#, "of.image"),
        (r#"{"of":{"ink":{"width":2,"height":2,"u8s":"AAA="}}}"#, "2 bytes: 2 x 2 pixels"),
        (r#"{"of":{"ink":{"width":2,"height":2,"u8s":"AAAAA==="}}}"#, "not base64"),
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
        (
            r#"{"of":{"pattern":115},"change":{"rows":10.01}}"#,
            "change.rows is 10.01; expected a number from -10 to 10",
        ),
        (r#"{"of":{"pattern":115},"change":{"rotation":-1e300}}"#, "change.rotation is -1e300"),
        (r#"{"of":{"pattern":115},"change":{"noise":-0.01}}"#, "expected a number from 0 to 0.5"),
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
fn other_methods_and_paths_are_refused() {
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
fn requests_that_are_not_http_are_refused_and_do_no_harm() {
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
    // Chunks without an end.
    let mut stream = TcpStream::connect((HERE, SERVED.port)).unwrap();
    let head = format!(
        "POST /look HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
        SERVED.port
    );
    stream.write_all(head.as_bytes()).unwrap();
    let piece = format!("10000\r\n{}\r\n", " ".repeat(1 << 16));
    let sent = (0..10_000).take_while(|_| stream.write_all(piece.as_bytes()).is_ok()).count();
    assert!(sent < 10_000, "the server accepted 600 MB");
    is_alive();
}

#[test]
fn slow_clients_are_not_waited_for() {
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
    // One byte now and then is also too slow.
    let mut stream = TcpStream::connect((HERE, hasty.port)).unwrap();
    let begin = Instant::now();
    while stream.write_all(b"a").is_ok() && begin.elapsed() < Duration::from_secs(5) {
        thread::sleep(Duration::from_millis(50));
    }
    assert!(begin.elapsed() < Duration::from_secs(5));
}

#[test]
fn sixty_four_are_answered_at_a_time_and_idle_ones_do_not_block_others() {
    let question = json!({ "of": ink(&one()) }).to_string();
    let expected = post("/look", &question);
    const { assert!(CONNECTIONS > 64) };
    // A separate server: other tests need the connections of the shared one.
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
fn held_connections_do_not_block_others() {
    let served = Served::new(Duration::from_secs(10));
    let mut held: Vec<TcpStream> =
        (0..400).map(|_| TcpStream::connect((HERE, served.port)).unwrap()).collect();
    held.iter_mut().step_by(2).for_each(|held| drop(held.write_all(b"GET / HT")));
    let begin = Instant::now();
    let told = told(agent().get(format!("http://127.0.0.1:{}/sliders", served.port)).call().unwrap());
    assert_eq!(told.0, 200);
    assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
    drop(held);
}

#[test]
fn pictures_are_decoded_one_at_a_time_and_too_many_are_refused() {
    let served = Served::new(Duration::from_secs(10));
    let url = format!("http://127.0.0.1:{}/look", served.port);
    let ask = |of: &Value| {
        let request = agent().post(&url).header("Content-Type", "application/json");
        request.send(json!({ "of": of }).to_string()).unwrap()
    };
    let inked = |y, x| (500..3400).contains(&y) && (1800..2100).contains(&x);
    let large = Array2::from_shape_fn((3900, 3900), |(y, x)| if inked(y, x) { 255 } else { 0 });
    let picture = json!({ "image": STANDARD.encode(file(&large, image::ImageFormat::Png)) });
    thread::scope(|scope| {
        let asked: Vec<_> = (0..24).map(|_| scope.spawn(|| ask(&picture))).collect();
        thread::sleep(Duration::from_millis(300));
        let begin = Instant::now();
        assert_eq!(told(ask(&ink(&one()))).0, 200);
        assert!(begin.elapsed() < Duration::from_secs(2), "a drawing waited {:?}", begin.elapsed());
        let answers: Vec<_> = asked.into_iter().map(|asked| asked.join().unwrap()).collect();
        let (busy, read): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status() == 503);
        assert!(read.len() >= PICTURES && !busy.is_empty(), "{} read, {} refused", read.len(), busy.len());
        assert!(read.iter().all(|answer| answer.status() == 200));
        for answer in busy {
            assert_eq!(answer.headers()["retry-after"], "1");
            assert!(told(answer).1["error"].as_str().unwrap().contains("ask again"));
        }
    });
}

#[test]
fn a_server_stops_even_with_open_connections() {
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
    let elsewhere = Server::bind("2001:db8::1".parse().unwrap(), 1998).unwrap_err().to_string();
    assert!(elsewhere.contains("[2001:db8::1]:1998") && elsewhere.contains("--listen"), "{elsewhere}");
}
