//! A page in pixels, for viewers that show no SVG.

use super::look;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

/// An SVG as PNG, a pixel for each of its units, or the fault of the SVG.
///
/// It has only the letters that are compiled in, so a machine without fonts draws the same.
pub(super) fn of(svg: &str) -> Result<Vec<u8>, String> {
    let mut options = Options::default();
    look::FONTS.iter().for_each(|(_, font, _)| options.fontdb_mut().load_font_data(font.to_vec()));
    let tree = Tree::from_str(svg, &options).map_err(|error| error.to_string())?;
    let size = tree.size().to_int_size();
    let mut pixels = Pixmap::new(size.width(), size.height()).ok_or("it has no size")?;
    resvg::render(&tree, Transform::identity(), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| error.to_string())
}
