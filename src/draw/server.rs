//! The server: binds, serves, stops.

use super::guard::{self, Guard};
use super::room::{PICTURES, Place, REQUESTS, Room, admit};
use super::{Along, Fault, Look, Question, SLIDERS, Source, Studio, Sweep};
use crate::experiment::Machine;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde::Serialize;
use std::convert::Infallible;
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::{Notify, Semaphore, SemaphorePermit};
use tokio::time::{sleep, timeout};

/// Most bytes in a body: a drawing of 1700 x 1700 pixels in base64.
pub const BODY: usize = 4 << 20;
/// Ports that are tried, if those before are taken.
const PORTS: u16 = 100;
/// The time that a head or a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);
/// The time after which a connection ends with the answer that is under way.
const LONGEST: Duration = Duration::from_secs(60);
const PAGE: &str = include_str!("page.html");

/// A bound listener that is not serving yet.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    stop: Stop,
    /// The time that the head of a request may take to arrive, and its body: ten seconds.
    pub patience: Duration,
}

/// A handle that ends a server.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<Notify>);

impl Stop {
    /// Ends it at once, with or without answers under way; or as soon as it begins.
    pub fn now(&self) {
        self.0.notify_one();
    }
}

impl Server {
    /// Takes a port at this address, or the next one that is free; any free one for 0.
    ///
    /// # Errors
    /// When there is no port to be had.
    pub fn bind(address: IpAddr, first: u16) -> io::Result<Self> {
        let last = first.saturating_add(PORTS - 1);
        for at in (first..=last).map(|port| SocketAddr::new(address, port)) {
            match TcpListener::bind(at) {
                Ok(listener) => {
                    let (address, stop) = (listener.local_addr()?, Stop::default());
                    return Ok(Self { listener, address, stop, patience: PATIENCE });
                }
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
                Err(cause) => {
                    let advice = "name another address with --listen, or another port with --port";
                    return Err(io::Error::other(format!("cannot serve at {at} ({cause}): {advice}")));
                }
            }
        }
        let fault = format!("the ports from {first} to {last} at {address} are all taken");
        Err(io::Error::other(format!("{fault}: name another with --port")))
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The address of the page, for a browser on this machine.
    pub fn page(&self) -> String {
        let mut at = self.address;
        match at.ip() {
            IpAddr::V4(any) if any.is_unspecified() => at.set_ip(Ipv4Addr::LOCALHOST.into()),
            IpAddr::V6(any) if any.is_unspecified() => at.set_ip(Ipv6Addr::LOCALHOST.into()),
            _ => {}
        }
        format!("http://{at}/")
    }

    /// The handle that ends it.
    pub fn stop(&self) -> Stop {
        self.stop.clone()
    }

    /// Answers until it is stopped.
    ///
    /// # Errors
    /// When the operating system gives no threads, or takes the port away.
    pub fn serve(self, studio: Studio) -> io::Result<()> {
        let Self { listener, address, stop, patience } = self;
        let guard = Guard { port: address.port(), anyone: !address.ip().is_loopback() };
        let (requests, pictures) = (Semaphore::new(REQUESTS), Semaphore::new(PICTURES));
        let headers = guard::headers(PAGE);
        let host = Host { studio, guard, headers, patience, requests, pictures, decoding: Mutex::new(()) };
        let host = Arc::new(host);
        // Pictures that wait to be decoded take threads, but no time.
        let threads = Machine::this().cores + PICTURES;
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().max_blocking_threads(threads).build()?;
        let served = runtime.block_on(async {
            tokio::select! {
                never = accept(listener, host) => never.map(|never| match never {}),
                () = stop.0.notified() => Ok(()),
            }
        });
        // Answers under way are given up.
        runtime.shutdown_background();
        served
    }
}

/// The parts of every answer.
struct Host {
    studio: Studio,
    guard: Guard,
    headers: HeaderMap,
    patience: Duration,
    /// A permit for each request that is computed or waits to be.
    requests: Semaphore,
    /// A permit for each picture that is decoded or waits to be.
    pictures: Semaphore,
    /// The turn to decode a picture.
    decoding: Mutex<()>,
}

/// Accepts connections up to the limit.
async fn accept(listener: TcpListener, host: Arc<Host>) -> io::Result<Infallible> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let room = Arc::new(Room::default());
    loop {
        match listener.accept().await {
            Ok((stream, from)) => match room.enter(from.ip().to_canonical()) {
                Some(place) => drop(tokio::spawn(converse(stream, Arc::clone(&host), place))),
                None => turn_away(stream),
            },
            // The other side has gone again, or there are no file handles left: both are temporary.
            Err(_) => sleep(Duration::from_millis(50)).await,
        }
    }
}

/// Ends a connection for which there is no room, without waiting for its request.
fn turn_away(stream: TcpStream) {
    let answer = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    let _ = stream.into_std().and_then(|mut stream| stream.write_all(answer));
}

/// Answers on one connection, for a while, or until its place is needed.
async fn converse(stream: TcpStream, host: Arc<Host>, place: Place) {
    let patience = host.patience;
    let service = service_fn(|request| {
        let (host, place) = (Arc::clone(&host), &place);
        async move { Ok::<_, Infallible>(host.answer(request, place).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    // A fault on a connection ends it, and no other.
    tokio::select! {
        ended = timeout(LONGEST, connection.as_mut()) => if ended.is_err() {
            connection.as_mut().graceful_shutdown();
            let _ = timeout(patience, connection).await;
        },
        () = place.end.notified() => {}
    }
}

/// The methods of a path, if there is anything at it.
fn methods(path: &str) -> Option<&'static [Method]> {
    match path {
        "/" | "/networks" | "/patterns" | "/sliders" => Some(&[Method::GET, Method::HEAD]),
        "/look" | "/sweep" => Some(&[Method::POST]),
        _ => None,
    }
}

type Answer = Response<Full<Bytes>>;

impl Host {
    async fn answer(self: &Arc<Self>, request: Request<Incoming>, place: &Place) -> Answer {
        let methods = methods(request.uri().path()).unwrap_or_default();
        let mut answer = match self.content(methods, request, place).await {
            Ok((kind, content)) => response(StatusCode::OK, kind, content),
            Err(fault) => response(fault.status, JSON, json(&fault)),
        };
        if answer.status() == StatusCode::METHOD_NOT_ALLOWED {
            let methods: Vec<&str> = methods.iter().map(Method::as_str).collect();
            let methods = HeaderValue::try_from(methods.join(", ")).expect("methods are ASCII");
            answer.headers_mut().insert(ALLOW, methods);
        }
        if answer.status() == StatusCode::SERVICE_UNAVAILABLE {
            answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        answer.headers_mut().extend(self.headers.clone());
        answer
    }

    /// The content and its type.
    async fn content(
        self: &Arc<Self>,
        methods: &[Method],
        request: Request<Incoming>,
        place: &Place,
    ) -> Result<(&'static str, Vec<u8>), Fault> {
        self.guard.check(request.uri(), request.headers())?;
        let path = request.uri().path().to_string();
        let Some(expected) = methods.first() else {
            return Err(Fault::new(StatusCode::NOT_FOUND, format!("there is no {path}: the page is at /")));
        };
        let found = request.method();
        if !methods.contains(found) {
            let fault = format!("{found} {path} is not answered: {expected} {path} is");
            return Err(Fault::new(StatusCode::METHOD_NOT_ALLOWED, fault));
        }
        if path == "/" {
            return Ok(("text/html; charset=utf-8", PAGE.into()));
        }
        let asked = if expected == Method::POST { self.body(request).await? } else { Vec::new() };
        let _permit = admit(&self.requests)?;
        let host = Arc::clone(self);
        place.set_at_work(true);
        let answer = beside(move || host.compute(&path, &asked)).await;
        place.set_at_work(false);
        Ok((JSON, answer?))
    }

    /// The body of a request, if it is JSON, not too large, and comes in time.
    async fn body(&self, request: Request<Incoming>) -> Result<Vec<u8>, Fault> {
        let kind =
            request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("nothing");
        if kind.split(';').next().is_none_or(|kind| !kind.trim().eq_ignore_ascii_case(JSON)) {
            let fault = format!("the body is sent as {kind}: expected Content-Type: {JSON}");
            return Err(Fault::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, fault));
        }
        timeout(self.patience, collect(request.into_body())).await.unwrap_or_else(|_| {
            let fault = format!("the body has not come in {} seconds", self.patience.as_secs_f64());
            Err(Fault::new(StatusCode::REQUEST_TIMEOUT, fault))
        })
    }

    fn compute(&self, path: &str, asked: &[u8]) -> Result<Vec<u8>, Fault> {
        let studio = &self.studio;
        Ok(match path {
            "/networks" => json(&studio.networks),
            "/patterns" => json(&studio.patterns),
            "/sliders" => json(&SLIDERS),
            "/look" => {
                let question = Question::parse(asked)?;
                let _turn = self.turn(&question.of)?;
                json(&Look::at(studio, &question)?)
            }
            "/sweep" => {
                let question = Along::parse(asked)?;
                let _turn = self.turn(&question.of)?;
                json(&Sweep::along(studio, &question)?)
            }
            _ => unreachable!("{path} has methods"),
        })
    }

    /// Waits for the turn to decode a picture. Other questions need none.
    fn turn(&self, of: &Source) -> Result<Option<(SemaphorePermit<'_>, MutexGuard<'_, ()>)>, Fault> {
        if !matches!(of, Source::Image(_)) {
            return Ok(None);
        }
        let permit = admit(&self.pictures)?;
        Ok(Some((permit, self.decoding.lock().unwrap_or_else(PoisonError::into_inner))))
    }
}

/// Computes on another thread. A panic ends this answer and no other.
async fn beside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| {
        let fault = "the program is at fault, and standard error has the details: please report it";
        Err(Fault::new(StatusCode::INTERNAL_SERVER_ERROR, fault))
    })
}

/// All of a body. One that is a little too large is read all the same: a client that is still sending reads no answer.
async fn collect(mut body: Incoming) -> Result<Vec<u8>, Fault> {
    let fault = || {
        let fault = format!("the body has more than {BODY} bytes: send a smaller drawing or picture");
        Fault::new(StatusCode::PAYLOAD_TOO_LARGE, fault)
    };
    if body.size_hint().lower() > 4 * BODY as u64 {
        return Err(fault());
    }
    let (mut bytes, mut count) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| Fault::malformed(format!("the body breaks off: {error}")))?;
        let data = frame.into_data().unwrap_or_default();
        count += data.len();
        if count > 4 * BODY {
            break;
        }
        if count <= BODY {
            bytes.extend_from_slice(&data);
        }
    }
    if count > BODY { Err(fault()) } else { Ok(bytes) }
}

const JSON: &str = "application/json";

fn json(content: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(content).expect("what is sent is plain numbers and words")
}

fn response(status: StatusCode, kind: &'static str, content: Vec<u8>) -> Answer {
    let mut response = Response::new(Full::from(content));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
