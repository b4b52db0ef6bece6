//! # How figures look
//!
//! The one place for colours, letters, sizes and widths. Title, reading and caption are on the
//! [`page`](super::page), words and pictures on a [`sheet`](super::sheet), axes and marks in a [`panel`](super::panel).
//!
//! A page is 1800 units wide and is shown at half of that: two units are a pixel of the reader's screen. It is white, so
//! that it can be read on dark pages as well.
//!
//! # Rules
//! - Lines are named where they end, not in a legend.
//! - Colour is never the only difference: what it tells is also written, or told by the shape of the mark.
//! - A ring is the paper's value, read off its plot; a dot or a line is ours; a band or a whisker is one standard
//!   deviation of single seeds to either side of their mean, unless the figure says otherwise.

use super::FigureError;
use base64::{Engine, engine::general_purpose::STANDARD};
pub use plotters::prelude::RGBColor;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, TextStyle, register_font};

/// The first of two: test errors, and whatever a figure is about.
///
/// Both colours are of Okabe and Ito's palette, which readers with any of the usual colour blindnesses can tell apart, and
/// dark enough for thin lines on white paper.
pub const BLUE: RGBColor = RGBColor(0, 114, 178);
/// The second of two: training errors. Blue and orange stay apart under every kind of colour blindness.
pub const VERMILION: RGBColor = RGBColor(213, 94, 0);
/// Letters, axes, and what the paper says.
pub const INK: RGBColor = RGBColor(34, 34, 34);
/// What stands back: captions, rules, lines that only join.
pub const GREY: RGBColor = RGBColor(110, 110, 110);
/// What is hardly there: the lines of the grid, and shaded ranges.
pub const FAINT: RGBColor = RGBColor(224, 224, 224);

/// How wide every page is.
pub const WIDTH: u32 = 1800;
/// A line of data.
pub const LINE: u32 = 5;
/// Whiskers, rings, rules, axes.
pub const THIN: u32 = 3;
/// The radius of a dot.
pub const DOT: i32 = 10;
/// How much of a colour is in a band.
pub const BAND: f64 = 0.18;

/// The letters are compiled in, and go along with every page ([`letters`]). A viewer that does not take them from there
/// and has no DejaVu takes Verdana, which is as wide, or any narrower one.
pub const FAMILY: &str = "DejaVu Sans, Verdana, sans-serif";
/// Subsets of DejaVu Sans (Latin, Greek, and the mathematical signs): TrueType, and WOFF2 for browsers, which take no other
/// from inside a page.
pub(super) const FONTS: [(FontStyle, &[u8], &[u8]); 2] = [
    (FontStyle::Normal, include_bytes!("font/DejaVuSans.ttf"), include_bytes!("font/DejaVuSans.woff2")),
    (
        FontStyle::Bold,
        include_bytes!("font/DejaVuSans-Bold.ttf"),
        include_bytes!("font/DejaVuSans-Bold.woff2"),
    ),
];

/// A style sheet that brings the letters along: words are there on a machine without fonts.
pub fn letters() -> String {
    let face = |(weight, _, font): (FontStyle, &[u8], &[u8])| {
        let (weight, font) = (weight.as_str(), STANDARD.encode(font));
        format!(
            "@font-face{{font-family:'DejaVu Sans';font-weight:{weight};\
             src:url(data:font/woff2;base64,{font}) format('woff2')}}"
        )
    };
    FONTS.map(face).concat()
}

/// Makes the letters known to plotters: nothing can be measured or written before.
pub(super) fn register_letters() {
    for (style, font, _) in FONTS {
        register_font(FAMILY, style, font).ok().expect("the letters are compiled in");
    }
}

/// A colour with white in it: 1 is the colour itself, 0 is white.
pub fn shade(RGBColor(red, green, blue): RGBColor, share: f64) -> RGBColor {
    let mixed = |part: u8| (255.0 - share * (255.0 - f64::from(part))).round() as u8;
    RGBColor(mixed(red), mixed(green), mixed(blue))
}

/// The colour of the nth line; from the fourth on they share one, and are told apart by their names.
pub fn colour_of_line(n: usize) -> RGBColor {
    [BLUE, VERMILION, INK, GREY][n.min(3)]
}

/// Something drawn, or why it could not be.
pub type Drawn<T = ()> = Result<T, FigureError>;

// The corner, edge or centre of words that is put at their place.

/// The left upper corner.
pub const TOP_LEFT: Pos = Pos { h_pos: HPos::Left, v_pos: VPos::Top };
/// The middle of the upper edge.
pub const TOP: Pos = Pos { h_pos: HPos::Center, v_pos: VPos::Top };
/// The right upper corner.
pub const TOP_RIGHT: Pos = Pos { h_pos: HPos::Right, v_pos: VPos::Top };
/// The middle of the left edge.
pub const LEFT: Pos = Pos { h_pos: HPos::Left, v_pos: VPos::Center };
/// The centre.
pub const CENTRE: Pos = Pos { h_pos: HPos::Center, v_pos: VPos::Center };
/// The middle of the right edge.
pub const RIGHT: Pos = Pos { h_pos: HPos::Right, v_pos: VPos::Center };
/// The left lower corner.
pub const BOTTOM_LEFT: Pos = Pos { h_pos: HPos::Left, v_pos: VPos::Bottom };
/// The middle of the lower edge.
pub const BOTTOM: Pos = Pos { h_pos: HPos::Center, v_pos: VPos::Bottom };
/// The right lower corner.
pub const BOTTOM_RIGHT: Pos = Pos { h_pos: HPos::Right, v_pos: VPos::Bottom };

/// What words are for, and so how large they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// The title of the page.
    Title,
    /// The title of a panel.
    Heading,
    /// Names of lines, axes, and what is said about them.
    Label,
    /// The caption, and names of many points.
    Small,
}

impl Words {
    /// Size, from the foot of a line to the foot of the next, and weight.
    const fn measures(self) -> (f64, i32, FontStyle) {
        match self {
            Self::Title => (52.0, 64, FontStyle::Bold),
            Self::Heading => (38.0, 50, FontStyle::Bold),
            Self::Label => (36.0, 46, FontStyle::Normal),
            Self::Small => (30.0, 38, FontStyle::Normal),
        }
    }

    /// From the foot of a line to the foot of the next.
    pub const fn line(self) -> i32 {
        self.measures().1
    }

    /// Words in a colour, with this side or corner where they are put.
    pub fn style(self, colour: RGBColor, pos: Pos) -> TextStyle<'static> {
        let (size, _, style) = self.measures();
        let font = FontDesc::new(FontFamily::Name(FAMILY), size, style);
        TextStyle { font, color: colour.to_backend_color(), pos }
    }

    /// How wide these words are.
    pub(super) fn width(self, text: &str) -> i32 {
        let size = self.style(INK, TOP_LEFT).font.box_size(text);
        size.expect("the letters are registered before a page is begun").0 as i32
    }
}
