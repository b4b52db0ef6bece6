//! A server in the process of the tests, and functions that ask it.

use base64::{Engine, engine::general_purpose::STANDARD};
use lenet5::draw::{Networks, Patterns, SLIDERS, Server, Stop, Studio};
use ndarray::Array2;
use serde_json::{Value, json};
use std::io::{Cursor, Read, Write};
use std::net::{IpAddr, Ipv4Addr, TcpStream};
use std::sync::LazyLock;
use std::thread::{self, JoinHandle};
use std::time::Duration;
use ureq::Agent;
use ureq::http::Response;

pub const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A server in this process, on its own port.
pub struct Served {
    pub port: u16,
    stop: Stop,
    thread: Option<JoinHandle<()>>,
}

impl Served {
    pub fn new(patience: Duration) -> Self {
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

/// The server that most tests share.
pub static SERVED: LazyLock<Served> = LazyLock::new(|| Served::new(Duration::from_secs(10)));

pub fn agent() -> Agent {
    Agent::config_builder().http_status_as_error(false).proxy(None).build().new_agent()
}

pub fn url(path: &str) -> String {
    format!("http://127.0.0.1:{}{path}", SERVED.port)
}

/// The status and the body of a response.
pub fn told(mut response: Response<ureq::Body>) -> (u16, Value) {
    let text = response.body_mut().read_to_string().unwrap();
    (response.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

pub fn get(path: &str) -> Value {
    let (status, told) = told(agent().get(url(path)).call().unwrap());
    assert_eq!(status, 200, "{path}: {told}");
    told
}

pub fn post(path: &str, question: &str) -> (u16, Value) {
    let request = agent().post(url(path)).header("Content-Type", "application/json");
    told(request.send(question).unwrap())
}

/// The answer to a valid question.
pub fn ask(path: &str, question: &Value) -> Value {
    let (status, told) = post(path, &question.to_string());
    assert_eq!(status, 200, "{question}: {told}");
    told
}

/// The error in answer to a question, which must have this status.
pub fn refused(path: &str, question: &str, status: u16) -> String {
    let (found, told) = post(path, question);
    let shown: String = question.chars().take(200).collect();
    assert_eq!(found, status, "{shown}: {told}");
    told["error"].as_str().expect("an error is a sentence").into()
}

/// Sends raw bytes and reads until the server ends the connection.
pub fn raw_at(port: u16, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect((HERE, port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    // The server may close the connection before all bytes are sent.
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// The status of the answer to raw bytes.
pub fn raw(bytes: &str) -> u16 {
    let bytes = bytes.replace("PORT", &SERVED.port.to_string());
    let answer = raw_at(SERVED.port, bytes.as_bytes());
    let status = answer.strip_prefix("HTTP/1.1 ").or(answer.strip_prefix("HTTP/1.0 "));
    status.and_then(|rest| rest.get(..3)?.parse().ok()).unwrap_or_else(|| panic!("{bytes}\ngot: {answer}"))
}

pub fn is_alive() {
    assert_eq!(get("/sliders").as_array().unwrap().len(), SLIDERS.len());
}

pub fn u8s(value: &Value) -> Vec<u8> {
    STANDARD.decode(value.as_str().expect("base64")).unwrap()
}

pub fn f32s(value: &Value) -> Vec<f32> {
    let bytes = u8s(value);
    let (words, rest) = bytes.as_chunks::<4>();
    assert!(rest.is_empty());
    words.iter().map(|&word| f32::from_le_bytes(word)).collect()
}

pub fn numbers(value: &Value) -> Vec<f32> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap() as f32).collect()
}

/// A one, drawn with a wide pen on a sheet of 280 x 280.
pub fn one() -> Array2<u8> {
    let inked = |y: usize, x: usize| (60..220).contains(&y) && (130..150).contains(&(x + y / 20 - 7));
    Array2::from_shape_fn((280, 280), |(y, x)| if inked(y, x) { 255 } else { 0 })
}

pub fn ink(drawing: &Array2<u8>) -> Value {
    let (height, width) = drawing.dim();
    let bytes: Vec<u8> = drawing.iter().copied().collect();
    json!({ "ink": { "width": width, "height": height, "u8s": STANDARD.encode(bytes) } })
}

/// A picture file of a drawing, black on white.
pub fn file(drawing: &Array2<u8>, format: image::ImageFormat) -> Vec<u8> {
    let (height, width) = drawing.dim();
    let levels = drawing.iter().map(|ink| 255 - ink).collect();
    let picture = image::GrayImage::from_raw(width as u32, height as u32, levels).unwrap();
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, format).unwrap();
    file.into_inner()
}
