//! The program itself: its output and its exit.

#![cfg(unix)]

use super::served::*;
use serde_json::json;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// `experiment draw` without MNIST, and its printed lines.
struct Program {
    child: Child,
    said: Vec<String>,
    _home: tempfile::TempDir,
}

impl Program {
    fn start(words: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("experiment"));
        command.args(["draw"]).args(words).env("HOME", home.path()).env_remove("MNIST_DIR");
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

    /// The address, which is printed on its own line.
    fn page(&self) -> &str {
        self.said.iter().find(|line| line.starts_with("http://")).unwrap_or_else(|| panic!("{:?}", self.said))
    }

    /// Presses Ctrl-C; the exit code and the text on standard error.
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
    assert_eq!(program.said[0], format!("port {port} is taken: the page is at {next}"));
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
fn listen_lets_other_machines_in() {
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
fn mistakes_are_reported_before_anything_is_served() {
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
        (&["--listen", "2001:db8::1"], 1, "2001:db8::1"),
    ] {
        let (found, err) = said(words);
        assert_eq!(found, code, "{words:?}: {err}");
        assert!(err.contains("error: ") && err.contains(phrase), "{words:?}: {err}");
    }
}
