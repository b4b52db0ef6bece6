//! The drawing page: drawn digits, the server alone, and the page in a real browser.

#![cfg(feature = "cli")]

mod browser;
mod pen;
mod strokes;
mod webdriver;
