//! # How figures look
//!
//! The one place for colours, letters, sizes and widths, and for the page that every figure is drawn on: a title, a line
//! that says how to read it, the drawing, and a caption that says where its numbers are from. Axes and marks are in
//! [`panel`](super::panel).
//!
//! A page is 1800 units wide and is shown at half of that: two units are a pixel of the reader's screen. It is white, so
//! that it can be read on dark pages as well.
//!
//! # Rules
//! - Lines are named where they end, not in a legend.
//! - Colour is never the only difference: what it tells is also written, or told by the shape of the mark.
//! - A ring is the paper's value, read off its plot; a dot or a line is ours; a band or a whisker is one standard
//!   deviation of single seeds to either side of their mean, unless the figure says otherwise.

use super::error::FigureError;
use crate::experiment::Grey;
use base64::{Engine, engine::general_purpose::STANDARD};
use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, IntoDrawingArea, RGBColor, SVGBackend, WHITE};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, TextStyle, register_font};
use std::cell::RefCell;

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
/// White on all four sides.
const MARGIN: i32 = 44;
/// White between the words above a figure and the figure, and between it and those below.
const ABOVE: i32 = 30;
const BELOW: i32 = 24;
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
/// Subsets of DejaVu Sans: Latin, Greek, and the mathematical signs.
pub(super) const FONTS: [(FontStyle, &[u8]); 2] = [
    (FontStyle::Normal, include_bytes!("font/DejaVuSans.ttf")),
    (FontStyle::Bold, include_bytes!("font/DejaVuSans-Bold.ttf")),
];
/// The same for browsers, which take no other from inside a page.
const WEB_FONTS: [(&str, &[u8]); 2] = [
    ("normal", include_bytes!("font/DejaVuSans.woff2")),
    ("bold", include_bytes!("font/DejaVuSans-Bold.woff2")),
];

/// A style sheet that brings the letters along: words are there on a machine without fonts.
pub fn letters() -> String {
    let face = |(weight, font): (&str, &[u8])| {
        let font = STANDARD.encode(font);
        format!(
            "@font-face{{font-family:'DejaVu Sans';font-weight:{weight};\
             src:url(data:font/woff2;base64,{font}) format('woff2')}}"
        )
    };
    WEB_FONTS.map(face).concat()
}

/// A colour with white in it: 1 is the colour itself, 0 is white.
pub fn shade(RGBColor(red, green, blue): RGBColor, share: f64) -> RGBColor {
    let mixed = |part: u8| (255.0 - share * (255.0 - f64::from(part))).round() as u8;
    RGBColor(mixed(red), mixed(green), mixed(blue))
}

/// The way around a rectangle, for an outline as wide as a line: plotters' own rectangles have the thinnest only.
pub fn around([(left, top), (right, bottom)]: [(i32, i32); 2]) -> Vec<(i32, i32)> {
    vec![(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
}

/// Where a figure's parts are drawn.
pub type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Whether something could be drawn.
pub type Drawn = Result<(), FigureError>;

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
    /// From the foot of a line to the foot of the next.
    pub const fn line(self) -> i32 {
        match self {
            Self::Title => 64,
            Self::Heading => 50,
            Self::Label => 46,
            Self::Small => 38,
        }
    }

    /// Words in a colour, with the side or corner at `(h, v)` where they are put.
    pub fn style(self, colour: RGBColor, h: HPos, v: VPos) -> TextStyle<'static> {
        let (size, style) = match self {
            Self::Title => (52.0, FontStyle::Bold),
            Self::Heading => (38.0, FontStyle::Bold),
            Self::Label => (36.0, FontStyle::Normal),
            Self::Small => (30.0, FontStyle::Normal),
        };
        let font = FontDesc::new(FontFamily::Name(FAMILY), size, style);
        TextStyle { font, color: colour.to_backend_color(), pos: Pos::new(h, v) }
    }
}

/// What is written around a figure.
#[derive(Clone, Debug)]
pub struct Frame {
    /// What is shown.
    pub title: String,
    /// How to read it.
    pub reading: String,
    /// Where the numbers are from: study, data, seeds ([`Findings::source`](super::Findings::source)).
    pub caption: String,
}

/// A figure on its page.
#[derive(Clone, Debug)]
pub struct Page {
    /// The page.
    pub svg: String,
    /// What is written around the figure.
    pub frame: Frame,
    /// Where the figure itself is on the page: its top and its height.
    pub inside: (i32, i32),
}

impl Frame {
    /// A frame of these words.
    pub fn new(title: &str, reading: &str, caption: &str) -> Self {
        Self { title: title.into(), reading: reading.into(), caption: caption.into() }
    }
}

impl Page {
    /// The page as a file that needs nothing else: its letters are in it. Without blank lines, it can stand in Markdown.
    pub fn file(&self) -> String {
        let style = format!(" style=\"max-width:100%;height:auto\">\n<style>{}</style>", letters());
        self.svg.replacen('>', &style, 1).replace("\n\n", "\n")
    }

    /// The same as wide as it is meant to be seen, half of [`WIDTH`], and narrower where there is less room.
    pub fn inline(&self) -> String {
        let file = self.file();
        let (_, view) = file.split_once(" viewBox").expect("a page says its height and its viewBox");
        format!("<svg width=\"{}\" viewBox{view}", WIDTH / 2)
    }

    /// Shows the page below the cell of a notebook that ends with it: evcxr, the Rust kernel, calls this.
    pub fn evcxr_display(&self) {
        println!("EVCXR_BEGIN_CONTENT image/svg+xml\n{}\nEVCXR_END_CONTENT", self.inline());
    }
}

/// Pictures on a page, below everything else that is drawn.
#[derive(Default)]
pub struct Pictures(RefCell<String>);

impl Pictures {
    /// Puts a picture in an area, its left top corner at `(x, y)`, each of its pixels `scale` units wide.
    pub fn put(&self, area: &Area, picture: &Grey, (x, y): (i32, i32), scale: i32) {
        let ((left, top), (rows, columns)) = (area.get_base_pixel(), picture.0.dim());
        let (x, y, width, height) = (left + x, top + y, columns as i32 * scale, rows as i32 * scale);
        let data = picture.base64();
        *self.0.borrow_mut() += &format!(
            "<image x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" \
             style=\"image-rendering:pixelated\" href=\"data:image/png;base64,{data}\"/>\n"
        );
    }
}

/// A page with its frame around a figure of this height; `draw` gets the room inside.
///
/// # Errors
/// Those of `draw`.
pub fn page(
    height: i32,
    frame: &Frame,
    draw: impl FnOnce(&Area) -> Result<(), FigureError>,
) -> Result<Page, FigureError> {
    illustrated(height, frame, |area, _| draw(area))
}

/// The same with pictures.
///
/// # Errors
/// Those of `draw`.
pub fn illustrated(
    height: i32,
    frame: &Frame,
    draw: impl FnOnce(&Area, &Pictures) -> Result<(), FigureError>,
) -> Result<Page, FigureError> {
    for (style, font) in FONTS {
        register_font(FAMILY, style, font).ok().expect("the letters are compiled in");
    }
    let (above, below) = frame.room()?;
    let (top, whole) = (MARGIN + above + ABOVE, height + above + ABOVE + BELOW + below + 2 * MARGIN);
    let (mut svg, pictures) = (String::new(), Pictures::default());
    {
        let root = SVGBackend::with_string(&mut svg, (WIDTH, whole as u32)).into_drawing_area();
        root.fill(&WHITE)?;
        frame.write(&root.margin(MARGIN, MARGIN, MARGIN, MARGIN))?;
        draw(&root.margin(top, whole - top - height, MARGIN, MARGIN), &pictures)?;
        root.present()?;
    }
    // The first tag is the page, the second the white on it.
    let under = svg.match_indices("/>\n").next().map_or(svg.len(), |(place, tag)| place + tag.len());
    svg.insert_str(under, &pictures.0.into_inner());
    Ok(Page { svg, frame: frame.clone(), inside: (top, height) })
}

impl Frame {
    /// How much of any page it takes above and below.
    fn room(&self) -> Result<(i32, i32), FigureError> {
        let mut unused = String::new();
        let root = SVGBackend::with_string(&mut unused, (WIDTH, WIDTH)).into_drawing_area();
        self.write(&root.margin(MARGIN, MARGIN, MARGIN, MARGIN))
    }

    /// Writes the frame and says how much of the page it takes above and below.
    fn write(&self, area: &Area) -> Result<(i32, i32), FigureError> {
        let foot = area.dim_in_pixel().1 as i32;
        let title = Words::Title.style(INK, HPos::Left, VPos::Top);
        area.draw_text(&self.title, &title, (0, 0))?;
        let above = Words::Title.line();
        let reading = lines(area, &self.reading, Words::Label, GREY, above)?;
        let rows = wrapped(area, &self.caption, Words::Small)?.len() as i32;
        let below = rows * Words::Small.line();
        lines(area, &self.caption, Words::Small, GREY, foot - below)?;
        Ok((above + reading, below))
    }
}

/// Writes paragraphs as wide as the area from `y` downwards and says how high it is.
fn lines(area: &Area, text: &str, words: Words, colour: RGBColor, y: i32) -> Result<i32, FigureError> {
    let style = words.style(colour, HPos::Left, VPos::Top);
    let rows = wrapped(area, text, words)?;
    for (n, row) in rows.iter().enumerate() {
        area.draw_text(row, &style, (0, y + n as i32 * words.line()))?;
    }
    Ok(rows.len() as i32 * words.line())
}

/// The lines of paragraphs that are as wide as the area.
fn wrapped(area: &Area, text: &str, words: Words) -> Result<Vec<String>, FigureError> {
    let mut rows: Vec<String> = Vec::new();
    for paragraph in text.lines() {
        let mut row = String::new();
        for word in paragraph.split(' ') {
            let longer = format!("{row} {word}").trim().to_string();
            if !row.is_empty() && width(area, &longer, words)? > area.dim_in_pixel().0 as i32 {
                rows.push(std::mem::replace(&mut row, word.into()));
            } else {
                row = longer;
            }
        }
        rows.push(row);
    }
    Ok(rows)
}

/// How wide these words are.
pub(super) fn width(area: &Area, text: &str, words: Words) -> Result<i32, FigureError> {
    let style = words.style(INK, HPos::Left, VPos::Top);
    Ok(area.estimate_text_size(text, &style)?.0 as i32)
}
