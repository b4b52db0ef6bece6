//! The drawing page: its server alone.

#![cfg(feature = "cli")]

mod server;
