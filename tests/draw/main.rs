//! The drawing page: drawn digits, its server alone, and the page in a real browser.

#![cfg(feature = "cli")]

mod browser;
mod hostile;
mod pen;
mod program;
mod served;
mod server;
mod strokes;
mod webdriver;

#[path = "../common/real_mnist.rs"]
mod real_mnist;
