//! The vocabulary of the figures, for `use super::kit::*`: sources of numbers, axes, panels, words, shapes, colours.

pub use super::axis::{Axis, brief, extent};
pub use super::findings::*;
pub use super::look::*;
pub use super::page::{Frame, Page, page};
pub use super::panel::{Name, Panel, Point};
pub use super::sheet::{Area, Place, Sheet, around, size};
pub use plotters::style::Color;
