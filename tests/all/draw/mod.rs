//! The drawing page: drawn digits, its server alone, and the page in a real browser.

use crate::common::real_mnist;
mod browser;
mod hostile;
pub mod pen;
mod program;
mod served;
mod server;
mod strokes;
mod webdriver;
