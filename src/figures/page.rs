//! The page of every figure: the paper, a title, a reading (how to read the figure), the figure, and the source of its
//! numbers.
//!
//! The paper is white, with round corners and a thin edge. It is part of the SVG, because the theme of the documentation
//! need not be that of the system: so a figure looks the same on light and on dark pages.

use super::look::{Drawn, GREY, INK, TOP_LEFT, WIDTH, Words, letters, register_letters};
use super::sheet::Sheet;
use plotters::prelude::{IntoDrawingArea, SVGBackend};

/// The white margin on all four sides.
const MARGIN: i32 = 44;
/// The white margin between a figure and the words above it.
const ABOVE: i32 = 30;
/// The white margin between a figure and the words below it.
const BELOW: i32 = 24;

/// The words around a figure.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The subject of the figure.
    pub title: String,
    /// The explanation of its marks.
    pub reading: String,
    /// The source of its numbers: study, data, seeds ([`Findings::source`](super::Findings::source)).
    pub caption: String,
}

/// A figure on its page.
#[derive(Clone, Debug)]
pub struct Page {
    /// The page.
    pub svg: String,
    /// The words around the figure.
    pub frame: Frame,
    /// The top and the height of the figure itself on the page.
    pub inside: (i32, i32),
}

impl Frame {
    /// A frame of these words.
    pub fn new(title: impl Into<String>, reading: impl Into<String>, caption: impl Into<String>) -> Self {
        Self { title: title.into(), reading: reading.into(), caption: caption.into() }
    }
}

impl Page {
    /// The page as a self-contained SVG file, with its letters. It has no blank lines, so it can be part of Markdown.
    pub fn file(&self) -> String {
        let style = format!(" style=\"max-width:100%;height:auto\">\n<style>{}</style>", letters());
        self.svg.replacen('>', &style, 1).replace("\n\n", "\n")
    }

    /// The file at the width for reading, half of [`WIDTH`], or narrower if there is less room.
    pub fn inline(&self) -> String {
        let file = self.file();
        let (_, view) = file.split_once(" viewBox").expect("a page has a height and a viewBox");
        format!("<svg width=\"{}\" viewBox{view}", WIDTH / 2)
    }

    /// Shows the page below the cell of a notebook that ends with it; evcxr, the Rust kernel, calls this.
    pub fn evcxr_display(&self) {
        println!("EVCXR_BEGIN_CONTENT image/svg+xml\n{}\nEVCXR_END_CONTENT", self.inline());
    }
}

/// A page with its frame around a figure of this height, for a figure that always exists or an optional one; `draw` gets
/// the area inside.
///
/// # Errors
/// Those of `draw`.
pub fn page<P: From<Page>>(height: i32, frame: Frame, draw: impl FnOnce(&Sheet) -> Drawn) -> Drawn<P> {
    register_letters();
    let (reading, caption) = (wrapped(&frame.reading, Words::Label), wrapped(&frame.caption, Words::Small));
    let above = Words::Title.line() + reading.len() as i32 * Words::Label.line();
    let below = caption.len() as i32 * Words::Small.line();
    let (top, foot) = (MARGIN + above + ABOVE, BELOW + below + MARGIN);
    let (mut svg, whole) = (String::new(), top + height + foot);
    let pictures = {
        let root = SVGBackend::with_string(&mut svg, (WIDTH, whole as u32)).into_drawing_area();
        let words = Sheet::new(root.margin(MARGIN, MARGIN, MARGIN, MARGIN));
        words.write((0, 0), &frame.title, Words::Title.style(INK, TOP_LEFT))?;
        write_rows(&words, Words::Title.line(), &reading, Words::Label)?;
        write_rows(&words, whole - 2 * MARGIN - below, &caption, Words::Small)?;
        let sheet = Sheet::new(root.margin(top, foot, MARGIN, MARGIN));
        draw(&sheet)?;
        root.present()?;
        sheet.into_pictures()
    };
    // The first line is the tag of the page; the paper and the pictures are below everything else.
    let under = svg.find('\n').map_or(svg.len(), |end| end + 1);
    svg.insert_str(under, &(paper(whole) + &pictures));
    Ok(Page { svg, frame, inside: (top, height) }.into())
}

/// The paper of a page of this height.
fn paper(height: i32) -> String {
    let (width, height) = (WIDTH - 3, height - 3);
    format!(
        "<rect x=\"1.5\" y=\"1.5\" width=\"{width}\" height=\"{height}\" rx=\"28\" \
         fill=\"#FFFFFF\" stroke=\"#D0D0D0\" stroke-width=\"3\"/>\n"
    )
}

fn write_rows(sheet: &Sheet, top: i32, rows: &[String], words: Words) -> Drawn {
    let places = (0..).map(|n| (0, top + n * words.line()));
    places.zip(rows).try_for_each(|(at, row)| sheet.write(at, row, words.style(GREY, TOP_LEFT)))
}

/// The lines of paragraphs, broken at the width of a page.
fn wrapped(text: &str, words: Words) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    for paragraph in text.lines() {
        let mut row = String::new();
        for word in paragraph.split(' ') {
            let longer = format!("{row} {word}").trim().to_string();
            if !row.is_empty() && words.width(&longer) > WIDTH as i32 - 2 * MARGIN {
                rows.push(std::mem::replace(&mut row, word.into()));
            } else {
                row = longer;
            }
        }
        rows.push(row);
    }
    rows
}
