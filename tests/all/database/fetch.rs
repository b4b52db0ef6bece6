//! The download of MNIST, from servers on the loopback interface, most of them faulty.

use super::{NAMES, assert_says, gzip, images, real_file, real_mnist};
use lenet5::section3::database::fetch::{MIRRORS, fetch};
use lenet5::section3::database::{DataError, mnist};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};

/// A mirror, and the names of the files requested from it.
pub struct Server {
    pub url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Answers every request for a file by `reply`, then closes the connection.
    pub fn start(reply: impl Fn(&str, &mut TcpStream) -> std::io::Result<()> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server =
            Self { url: format!("http://{}/mnist/", listener.local_addr().unwrap()), asked: Arc::default() };
        let asked = Arc::clone(&server.asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let lines = BufReader::new(&stream).lines().map(Result::unwrap);
                let request: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
                let name = request[0].split(' ').nth(1).unwrap().rsplit('/').next().unwrap().to_owned();
                asked.lock().unwrap().push(name.clone());
                // The client may close it first.
                let _ = reply(&name, &mut stream);
            }
        });
        server
    }

    /// A mirror that answers with `body`.
    pub fn of(body: Vec<u8>) -> Self {
        Self::start(move |_, stream| send(stream, &body))
    }

    /// A mirror without files.
    pub fn empty() -> Self {
        Self::start(|_, stream| write!(stream, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn send(stream: &mut TcpStream, body: &[u8]) -> std::io::Result<()> {
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len())?;
    stream.write_all(body)
}

/// The address of no mirror: port 1 is reserved and unused.
pub const REFUSING: &str = "http://127.0.0.1:1/";

/// Asserts that the download from `mirror` fails with these phrases and leaves no files.
fn assert_fails(mirror: &str, phrases: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let message = fetch(folder.path(), &[mirror]).unwrap_err().to_string();
    assert_says(&message, &["cannot download MNIST", &folder.path().display().to_string(), "by hand"]);
    let host = mirror.split('/').nth(2).unwrap();
    assert_says(&message, &[&format!("{host}: train-images-idx3-ubyte.gz: ")]);
    assert_says(&message, phrases);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "something was left behind");
}

#[test]
fn no_server_at_the_mirror() {
    assert_fails(REFUSING, &["refused"]);
}

#[test]
fn not_found() {
    assert_fails(&Server::empty().url, &["404"]);
}

/// The published hashes ensure integrity, so the program uses plain HTTP only. Its error for redirects to HTTPS says so.
#[test]
fn redirected() {
    let there = "https://example.org/mnist/train-images-idx3-ubyte.gz";
    let elsewhere = Server::start(move |_, stream| {
        write!(stream, "HTTP/1.1 301 Moved Permanently\r\nLocation: {there}\r\nContent-Length: 0\r\n\r\n")
    });
    assert_fails(&elsewhere.url, &[&format!("redirects to {there};"), "plain http", "by hand"]);
    assert!(MIRRORS.iter().all(|mirror| mirror.starts_with("http://")));
}

#[test]
fn wrong_content() {
    let expected = "expected ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db";
    assert_fails(&Server::of(gzip(&images(3))).url, &["not that of MNIST", expected]);
    assert_fails(&Server::of(b"<html>Please log in</html>".to_vec()).url, &["is an HTML page"]);
    assert_fails(&Server::of(Vec::new()).url, &["holds 0 bytes"]);
}

#[test]
fn cut_short() {
    let gzipped = gzip(&images(3));
    assert_fails(&Server::of(gzipped[..gzipped.len() / 2].to_vec()).url, &["cut short"]);

    let hangs_up =
        Server::start(|_, stream| write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc"));
    assert_fails(&hangs_up.url, &["disconnected"]);
}

#[test]
fn over_long() {
    let endless = Server::start(|_, stream| {
        write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
        loop {
            stream.write_all(&[0; 1 << 16])?;
        }
    });
    assert_fails(&endless.url, &["larger than", "16777216"]);
}

/// The host of a mirror, as messages name it.
fn host(mirror: &Server) -> String {
    mirror.url.split('/').nth(2).unwrap().into()
}

#[test]
fn mirrors_are_tried_in_turn() {
    let (first, second) = (Server::empty(), Server::of(gzip(&images(3))));
    let folder = tempfile::tempdir().unwrap();
    let message = fetch(folder.path(), &[&first.url, &second.url]).unwrap_err().to_string();
    assert_says(&message, &[&host(&first), "404", &host(&second), "not that of MNIST"]);
    assert_eq!((first.asked().len(), second.asked().len()), (1, 1));
}

/// A bad file is replaced only by a good one.
#[test]
fn a_failed_download_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("train-images-idx3-ubyte.gz");
    fs::write(&path, "bad").unwrap();
    fetch(folder.path(), &[&Server::of(gzip(&images(3))).url]).unwrap_err();
    assert_eq!(fs::read(path).unwrap(), b"bad");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_folder_that_cannot_be_written_is_no_fault_of_the_mirrors() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let mirror = Server::empty();
    let error = fetch(&file.join("mnist"), &[&mirror.url]).unwrap_err();
    assert!(matches!(error, DataError::Write { .. }), "{error}");
    assert_says(&error.to_string(), &["cannot write", &file.display().to_string(), "permissions"]);
    assert!(mirror.asked().is_empty());
}

/// A mirror of real MNIST.
pub fn real_mirror(source: &Path) -> Server {
    let source = source.to_owned();
    Server::start(move |name, stream| send(stream, &real_file(&source, name.trim_end_matches(".gz"))))
}

#[test]
#[ignore = "needs MNIST: MNIST_DIR=DIR cargo test mnist -- --ignored"]
fn real_mnist_comes_from_the_second_mirror() {
    let source = real_mnist::folder();
    let (empty, mirror) = (Server::empty(), real_mirror(&source));
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("made/on/the/way");
    fetch(&folder, &[&empty.url, &mirror.url]).unwrap();
    assert_eq!(mirror.asked(), NAMES.map(|name| format!("{name}.gz")));
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 4);
    mnist::load(&folder).unwrap();
    assert_readable_by_all(&folder.join("t10k-images-idx3-ubyte.gz"));

    // Good files are kept, bad files are replaced.
    fs::write(folder.join("t10k-labels-idx1-ubyte.gz"), "bad").unwrap();
    fetch(&folder, &[&mirror.url]).unwrap();
    assert_eq!(mirror.asked()[4..], ["t10k-labels-idx1-ubyte.gz"]);
    mnist::load(&folder).unwrap();
}

/// Data folders are often shared, so files get the permissions of any new file, not those of a temporary file.
fn assert_readable_by_all(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let plain = path.with_extension("new");
        fs::write(&plain, "").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(path), mode(&plain));
    }
}
