//! # The look of figures
//!
//! The one place for colours, letters, sizes and widths. Title, reading and caption are on the
//! [`page`](super::page), words and pictures on a [`sheet`](super::sheet), axes and marks in a [`panel`](super::panel).
//!
//! A page is 1800 units wide and is shown at half of that: two units are a pixel of the reader's screen.
//!
//! # Rules
//! - Lines are named where they end.
//! - Colour is never the only difference: words or the shape of a mark show it as well.
//! - A ring is the paper's value, read off its plot. A dot or a line is ours. A band or a whisker is one standard
//!   deviation of single seeds to either side of their mean, unless the figure says otherwise.

use super::FigureError;
use base64::{Engine, engine::general_purpose::STANDARD};
pub use plotters::prelude::RGBColor;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, TextStyle, register_font};

/// The first of two colours: test errors, and the subject of a figure.
///
/// Both colours are of Okabe and Ito's palette, which readers with any of the usual colour blindnesses can tell apart, and
/// dark enough for thin lines on white paper.
pub const BLUE: RGBColor = RGBColor(0, 114, 178);
/// The second of two colours: training errors. Blue and orange differ under every kind of colour blindness.
pub const VERMILION: RGBColor = RGBColor(213, 94, 0);
/// Letters, and the paper's values where colours have no other meaning.
pub const INK: RGBColor = RGBColor(34, 34, 34);
/// Captions, axes, rules, lines that only join.
pub const GREY: RGBColor = RGBColor(110, 110, 110);
/// The lines of the grid, and shaded ranges.
pub const FAINT: RGBColor = RGBColor(224, 224, 224);

/// The width of every page.
pub const WIDTH: u32 = 1800;
/// A line of data.
pub const LINE: u32 = 5;
/// Whiskers, rings, rules, axes.
pub const THIN: u32 = 3;
/// The radius of a dot.
pub const DOT: i32 = 10;
/// The share of colour in a band.
pub const BAND: f64 = 0.18;

/// The fonts of words. DejaVu Sans is compiled in and part of every page ([`letters`]). A viewer that ignores it there and
/// has no DejaVu uses Verdana, which is as wide, or a narrower font.
pub const FAMILY: &str = "DejaVu Sans, Verdana, sans-serif";
/// Subsets of DejaVu Sans (Latin, Greek, and the mathematical signs): TrueType for drawing, and WOFF2 for browsers.
pub(super) const FONTS: [(FontStyle, &[u8], &[u8]); 2] = [
    (FontStyle::Normal, include_bytes!("font/DejaVuSans.ttf"), include_bytes!("font/DejaVuSans.woff2")),
    (
        FontStyle::Bold,
        include_bytes!("font/DejaVuSans-Bold.ttf"),
        include_bytes!("font/DejaVuSans-Bold.woff2"),
    ),
];

/// A style sheet with the letters, so that words can be read on a machine without fonts.
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

/// Registers the letters with plotters, which must be done before anything is measured or written.
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

/// The colour of the nth line; from the fourth on lines share one, and their names tell them apart.
pub fn colour_of_line(n: usize) -> RGBColor {
    [BLUE, VERMILION, INK, GREY][n.min(3)]
}

/// The result of drawing.
pub type Drawn<T = ()> = Result<T, FigureError>;

// The corner, edge or centre of words that is at their place.

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

/// The use of words, which decides their size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// The title of the page.
    Title,
    /// The title of a panel.
    Heading,
    /// Names of lines and axes, and the reading.
    Label,
    /// The caption, and names of many points.
    Small,
}

impl Words {
    /// Size, distance of lines, and weight.
    const fn measures(self) -> (f64, i32, FontStyle) {
        match self {
            Self::Title => (52.0, 64, FontStyle::Bold),
            Self::Heading => (38.0, 50, FontStyle::Bold),
            Self::Label => (36.0, 46, FontStyle::Normal),
            Self::Small => (30.0, 38, FontStyle::Normal),
        }
    }

    /// The distance from the foot of a line to the foot of the next.
    pub const fn line(self) -> i32 {
        self.measures().1
    }

    /// The style of words in a colour, with this side or corner at their place.
    pub fn style(self, colour: RGBColor, pos: Pos) -> TextStyle<'static> {
        let (size, _, style) = self.measures();
        let font = FontDesc::new(FontFamily::Name(FAMILY), size, style);
        TextStyle { font, color: colour.to_backend_color(), pos }
    }

    /// The width of these words.
    pub(super) fn width(self, text: &str) -> i32 {
        let size = self.style(INK, TOP_LEFT).font.box_size(text);
        size.expect("the letters are registered before a page is begun").0 as i32
    }
}
