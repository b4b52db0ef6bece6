//! III-A: downloading MNIST, verified.
//!
//! `experiment fetch` downloads it, and so does any run that finds no MNIST. The mirrors in [`MIRRORS`] are tried in turn. A
//! file that arrives is decompressed and compared with the published SHA-256 ([`mnist`](super::mnist)) *before* it
//! takes its place. A page that says "not found", a file that is cut short or another file under the same name is a
//! reason to try the next mirror, and the last message lists all reasons.
//!
//! Mirrors are asked by plain HTTP. The SHA-256 of each file, which is part of this program, proves that it is the right
//! one; the connection need not be secure, so there is no TLS in this program. A mirror that redirects to `https` counts
//! as one that did not deliver, and the message names the address, for a download by hand.
//!
//! `tests/all/database/fetch.rs` runs a server that refuses, redirects, or sends nothing, too little, too much or other
//! content, and checks that earlier files are still there.

use super::DataError;
use super::mnist::{FILES, MnistFile};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};
use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;
use ureq::Agent;
use ureq::http::header::LOCATION;

/// The mirrors of MNIST. Its first site, yann.lecun.com, no longer offers it.
pub const MIRRORS: &[&str] =
    &["http://ossci-datasets.s3.amazonaws.com/mnist/", "http://storage.googleapis.com/cvdf-datasets/mnist/"];

/// No file is read beyond this; the largest has 10 MB.
const MOST_BYTES: u64 = 16 << 20;

/// Two mirrors that cannot be found or reached are given up within ten seconds.
const REACH: Duration = Duration::from_secs(5);
const SILENCE: Duration = Duration::from_secs(10);
const WHOLE_FILE: Duration = Duration::from_secs(600);

/// Downloads MNIST to `folder`, which is made if need be, from the first of `mirrors` (URLs that end in `/`) that delivers.
///
/// Files that are there and good are kept. Others are downloaded beside their place, verified, and only then put
/// in it: at any moment the file there is either the old one or a good one.
///
/// # Errors
/// When the folder cannot be written, or no mirror delivers.
pub fn fetch(folder: &Path, mirrors: &[&str]) -> Result<(), DataError> {
    fs::create_dir_all(folder).map_err(|cause| DataError::Write { path: folder.to_owned(), cause })?;
    let agent = agent();
    let mut tried = Vec::new();
    for mirror in mirrors {
        match fetch_from(mirror, &agent, folder) {
            Err(failure @ DataError::Mirror { .. }) => tried.push(failure.to_string()),
            done => return done,
        }
    }
    Err(DataError::Download { folder: folder.to_owned(), tried: tried.join("; ") })
}

/// Uses the proxy of the environment, if there is one. Redirections are reported, not followed.
fn agent() -> Agent {
    Agent::config_builder()
        .max_redirects(0)
        .timeout_resolve(Some(REACH))
        .timeout_connect(Some(REACH))
        .timeout_per_read(Some(SILENCE))
        .timeout_recv_body(Some(WHOLE_FILE))
        .build()
        .into()
}

fn fetch_from(mirror: &str, agent: &Agent, folder: &Path) -> Result<(), DataError> {
    for file in FILES.iter().filter(|file| file.load(folder).is_err()) {
        fetch_file(file, mirror, agent, folder)?;
    }
    Ok(())
}

fn fetch_file(file: &MnistFile, mirror: &str, agent: &Agent, folder: &Path) -> Result<(), DataError> {
    let name = format!("{}.gz", file.name);
    let (url, path) = (format!("{mirror}{name}"), folder.join(&name));
    let unwritten = |cause| DataError::Write { path: path.clone(), cause };

    // `create_new` where tempfile would forbid everyone else to read the file.
    let part =
        tempfile::Builder::new().prefix(&name).suffix(".part").make_in(folder, |part| File::create_new(part));
    let mut part = part.map_err(unwritten)?;
    download(agent, &url, part.as_file_mut())
        .map_err(|cause| cause.to_string())
        .and_then(|()| file.read(part.path()).map_err(|fault| format!("a bad file: {fault}")))
        .map_err(|cause| DataError::Mirror { mirror: host(mirror).into(), name, cause })?;

    part.as_file().sync_all().map_err(unwritten)?;
    part.persist(&path).map_err(|failed| unwritten(failed.error))?;
    Ok(())
}

/// The host in a mirror's address: all of it would be too long for a message.
fn host(mirror: &str) -> &str {
    mirror.split('/').nth(2).unwrap_or(mirror)
}

fn download(agent: &Agent, url: &str, part: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let response = agent.get(url).call()?;
    if response.status().is_redirection() {
        let there =
            response.headers().get(LOCATION).and_then(|there| there.to_str().ok()).unwrap_or("nowhere");
        let fault = "this program asks mirrors by plain http and follows no redirection";
        return Err(
            format!("redirects to {there:.200}; {fault}: download the file by hand from there").into()
        );
    }
    let body = response.into_body();
    let bar = progress(url, body.content_length());
    io::copy(&mut bar.wrap_read(body.into_with_config().limit(MOST_BYTES).reader()), part)?;
    Ok(())
}

/// A progress bar, if standard error is a terminal; it disappears when the download ends.
fn progress(url: &str, bytes: Option<u64>) -> ProgressBar {
    let name = url.rsplit('/').next().unwrap_or(url).to_owned();
    let style = ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes} {eta}");
    ProgressBar::with_draw_target(bytes, ProgressDrawTarget::stderr())
        .with_style(style.expect("the template is well-formed"))
        .with_message(name)
        .with_finish(ProgressFinish::AndClear)
}
