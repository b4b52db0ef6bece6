//! The check of a request's origin, and the headers of every answer.

use super::answer::Fault;
use base64::{Engine, engine::general_purpose::STANDARD};
use hyper::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN,
    REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use hyper::{StatusCode, Uri};
use sha2::{Digest, Sha256};
use std::net::SocketAddr;

/// The rule by which a server answers or refuses.
#[derive(Clone, Copy, Debug)]
pub struct Guard {
    /// The server's port.
    pub port: u16,
    /// Whether other machines may ask.
    pub anyone: bool,
}

impl Guard {
    /// Refuses requests that another host's page, or a page of another site, may have sent.
    ///
    /// # Errors
    /// 403, with the header that shows it.
    pub fn check(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Fault> {
        let host = only(headers, &HOST)?.unwrap_or_default();
        let asked = uri.authority().map_or(host, |authority| authority.as_str());
        let origin = only(headers, &ORIGIN)?;
        let site = only(headers, &HeaderName::from_static("sec-fetch-site"))?;
        let why = if !self.is_ours(host) || !self.is_ours(asked) {
            format!("the host '{asked}' is not this server: ask http://127.0.0.1:{}/", self.port)
        } else if let Some(origin) = origin.filter(|origin| origin.strip_prefix("http://") != Some(host)) {
            format!("the request comes from '{origin}': only this server's own page may ask")
        } else if let Some(site) = site.filter(|site| !["same-origin", "none"].contains(site)) {
            format!("the request comes from a page that is {site}: only this server's own may ask")
        } else {
            return Ok(());
        };
        Err(Fault::new(StatusCode::FORBIDDEN, why))
    }

    /// Whether a host is a name of this server: `localhost` or an address, with its port.
    fn is_ours(&self, host: &str) -> bool {
        let (name, port) = host.split_once(':').unwrap_or((host, "80"));
        if name.eq_ignore_ascii_case("localhost") {
            return port.parse() == Ok(self.port);
        }
        // A host without a port means port 80.
        let at = host.parse().or_else(|_| format!("{host}:80").parse());
        at.is_ok_and(|at: SocketAddr| at.port() == self.port && (self.anyone || at.ip().is_loopback()))
    }
}

/// The value of a header that may be there once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Fault> {
    let mut values = headers.get_all(name).iter();
    match (values.next().map(HeaderValue::to_str), values.next()) {
        (None, _) => Ok(None),
        (Some(Ok(value)), None) => Ok(Some(value)),
        _ => Err(Fault::malformed(format!("the header {name} is there twice, or is not ASCII"))),
    }
}

/// The headers of every answer: the page's rights, and other sites' rights with it.
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
