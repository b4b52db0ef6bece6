//! Who may ask, and what goes with every answer.

use super::answer::Fault;
use base64::{Engine, engine::general_purpose::STANDARD};
use hyper::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN,
    REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use hyper::{StatusCode, Uri};
use sha2::{Digest, Sha256};
use std::net::SocketAddr;

/// Whom a server answers.
#[derive(Clone, Copy, Debug)]
pub struct Guard {
    /// The server's port.
    pub port: u16,
    /// Whether it is there for other machines.
    pub anyone: bool,
}

impl Guard {
    /// Refuses what another host's page, or a page of another site, may have sent.
    ///
    /// # Errors
    /// 403, with the header that says so.
    pub fn check(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Fault> {
        let host = only(headers, &HOST)?.unwrap_or_default();
        let asked = uri.authority().map_or(host, |authority| authority.as_str());
        if !self.is_ours(host) || !self.is_ours(asked) {
            return refused(format!(
                "the host '{asked}' is not this server: ask http://127.0.0.1:{}/",
                self.port
            ));
        }
        match only(headers, &ORIGIN)? {
            Some(origin) if origin.strip_prefix("http://") != Some(host) => {
                return refused(format!(
                    "the request comes from '{origin}': only this server's own page may ask"
                ));
            }
            _ => {}
        }
        match only(headers, &HeaderName::from_static("sec-fetch-site"))? {
            None | Some("same-origin" | "none") => Ok(()),
            Some(site) => refused(format!(
                "the request comes from a page that is {site}: only this server's own may ask"
            )),
        }
    }

    /// Whether a host is a name of this server: `localhost` or an address, with its port.
    fn is_ours(&self, host: &str) -> bool {
        let host = match host.get(..9).filter(|name| name.eq_ignore_ascii_case("localhost")) {
            Some(_) if matches!(host[9..].chars().next(), None | Some(':')) => {
                format!("127.0.0.1{}", &host[9..])
            }
            _ => host.into(),
        };
        // The port of HTTP is not said.
        let at = host.parse().or_else(|_| format!("{host}:80").parse());
        at.is_ok_and(|at: SocketAddr| at.port() == self.port && (self.anyone || at.ip().is_loopback()))
    }
}

fn refused(why: String) -> Result<(), Fault> {
    Err(Fault::new(StatusCode::FORBIDDEN, why))
}

/// The value of a header that may stand once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Fault> {
    let mut values = headers.get_all(name).iter();
    match (values.next().map(HeaderValue::to_str), values.next()) {
        (None, _) => Ok(None),
        (Some(Ok(value)), None) => Ok(Some(value)),
        _ => Err(Fault::malformed(format!("the header {name} stands twice, or is not in ASCII"))),
    }
}

/// What goes with every answer: what the page may do, and what nobody may do with it.
pub fn headers(page: &str) -> HeaderMap {
    let policy = format!(
        "default-src 'none'; script-src {}; style-src {}; img-src data: blob:; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        hashes(page, "script"),
        hashes(page, "style"),
    );
    let policy = HeaderValue::try_from(policy).expect("base64 is ASCII");
    HeaderMap::from_iter([
        (CONTENT_SECURITY_POLICY, policy),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ])
}

/// The SHA-256 of each `<script>` or `<style>` of the page, as a policy names them.
fn hashes(page: &str, element: &str) -> String {
    let (begin, end) = (format!("<{element}>"), format!("</{element}>"));
    let texts = page.split(&begin).skip(1).filter_map(|rest| rest.split(&end).next());
    let hashes = texts.map(|text| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text))));
    hashes.collect::<Vec<_>>().join(" ")
}
