//! A page in pixels, for viewers that show no SVG.

use super::look;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};
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
    // The paper is white everywhere, so nothing is lost without transparency. The fast compression takes a quarter of the time,
    // and files are a little larger.
    let colours: Vec<u8> = pixels.data().chunks_exact(4).flat_map(|pixel| &pixel[..3]).copied().collect();
    let mut png = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut png, CompressionType::Fast, FilterType::Adaptive);
    let written = encoder.write_image(&colours, size.width(), size.height(), ExtendedColorType::Rgb8);
    written.map(|()| png).map_err(|error| error.to_string())
}
