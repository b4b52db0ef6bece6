#![doc = mathdoc::page!("mod.md")]

mod answer;
mod browser;
mod change;
mod guard;
mod look;
mod networks;
mod patterns;
mod room;
mod server;
mod sweep;

pub use answer::Fault;
pub use browser::open;
pub use change::{Change, Kind, SLIDERS, Slider};
pub use look::{Ink, Look, Question, Seen, Source};
pub use networks::{Network, Networks};
pub use patterns::Patterns;
pub use room::{CONNECTIONS, PER_ADDRESS, PICTURES};
pub use server::{BODY, Server, Stop};
pub use sweep::{Along, Sweep};

/// Networks and patterns of the page.
#[derive(Debug)]
pub struct Studio {
    /// The networks.
    pub networks: Networks,
    /// The patterns beside drawings.
    pub patterns: Patterns,
}
