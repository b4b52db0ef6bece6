//! The vocabulary of the figures, for `use super::kit::*`: sources of numbers, axes, panels, words, nodes, shapes, colours.

pub use super::axis::{Axis, brief, extent};
pub use super::findings::*;
pub use super::look::*;
pub use super::nodes::{arrow, bow, module, node, up_to_edge};
pub use super::page::{Frame, Page, page};
pub use super::panel::{Name, Panel, Point};
pub use super::sheet::{Area, Place, Sheet, around, size};
pub use plotters::style::Color;
