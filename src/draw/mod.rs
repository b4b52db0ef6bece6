//! Draw a digit and see what LeNet-5 makes of it: the server of the page that `experiment draw` opens.
//!
//! One page, `page.html`, holds markup, style and script, and nothing else is loaded. The page asks, and the answers
//! are JSON; whatever is needed for an answer stands in the request, and the server remembers nothing.
//!
//! | | asked | answered |
//! |---|---|---|
//! | `GET /` | | the page |
//! | `GET /networks` | | two [`Networks`], the one with the RBF head first: weights, squashing, Table I |
//! | `GET /patterns` | | what there is to look at but drawings ([`Patterns`]): the misclassified first |
//! | `GET /sliders` | | the [`SLIDERS`]: what can be done to a pattern, and how far |
//! | `POST /look` | a [`Source`], a [`Change`] | the pattern, and of both networks answer, scores and states: a [`Look`] |
//! | `POST /sweep` | the same, and a [`Kind`] of change | the scores of both along one slider: a [`Sweep`] |
//!
//! Numbers go as JSON does it, but many of them as base64: `f32s` of little-endian single precision, `u8s` of bytes.
//! A request that cannot be answered gets a status of 4xx and `{ "error": "..." }`, a sentence that says what was found
//! and what was expected.
//!
//! # From a drawing to the network
//!
//! A drawing is 0 where it is paper and 255 where it is ink, and [`normalise`] makes it a pattern (III-A). A picture
//! from a file goes through [`ink`] first, as `experiment classify` does it. What the sliders do ([`Change`]) is done to
//! the normalised image: [`place_distorted`], then [`salt_and_pepper`].
//!
//! # Who may ask
//!
//! Only this machine, unless `--listen` says more. A page of another site that is open in the same browser could ask as
//! well, so a request is refused (403) if its `Host` is no name of this server (a foreign name that leads to 127.0.0.1),
//! its `Origin` is another, or `Sec-Fetch-Site` says that it comes from elsewhere. Bodies are JSON and nothing else
//! (415), which a foreign form cannot send. The page may run its own script, known by its SHA-256, and fetch from here
//! alone (`Content-Security-Policy`).
//!
//! Requests are bounded: 4 MiB (413), ten seconds to arrive (408; a head that does not arrive in time is not answered,
//! the connection ends), [`CONNECTIONS`] at a time, a minute for each connection. A panic would end with the answer
//! 500, and not stop the server.
//!
//! `hyper` speaks HTTP, and `tokio` waits. What is computed runs beside, on as many threads as there are cores.
//!
//! # How we know
//!
//! `tests/draw/server.rs` asks what the page asks, and then everything else: malformed, huge, slow, foreign, many at a
//! time; and starts and stops the program itself.
//!
//! [`normalise`]: crate::section3::database::normalisation::normalise
//! [`ink`]: crate::section3::database::normalisation::ink
//! [`place_distorted`]: crate::section3::distortions::place_distorted
//! [`salt_and_pepper`]: crate::section3::invariance::salt_and_pepper

mod answer;
mod browser;
mod change;
mod guard;
mod look;
mod networks;
mod patterns;
mod server;
mod sweep;

pub use answer::Fault;
pub use browser::open;
pub use change::{Change, Kind, SLIDERS, Slider};
pub use look::{Ink, Look, Question, Seen, Source};
pub use networks::{Network, Networks};
pub use patterns::Patterns;
pub use server::{BODY, CONNECTIONS, DrawError, Server, Stop};
pub use sweep::{Along, Sweep};

/// What the page is about.
#[derive(Debug)]
pub struct Studio {
    /// Who reads.
    pub networks: Networks,
    /// What there is to read but drawings.
    pub patterns: Patterns,
}
