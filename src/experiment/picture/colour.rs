//! From pixels to levels: colours weighed, transparent places filled, large pictures reduced.

use super::light::raster;
use image::imageops::thumbnail;
use image::{DynamicImage, GenericImageView, Rgba32FImage};
use imageproc::filter::gaussian_blur_f32;
use ndarray::Array2;

/// A larger picture is reduced to so many pixels.
const PIXELS: f64 = 640_000.0;
/// Brightness: the weights of red, green and blue.
const BRIGHTNESS: [f32; 3] = [0.299, 0.587, 0.114];
/// Other mixtures of the colours: red against green, and yellow against blue.
const MIXTURES: [[f32; 3]; 2] = [[0.5, -0.5, 0.0], [0.25, 0.25, -0.5]];
/// Brightness is used unless another mixture has so many times its contrast.
const BETTER: f32 = 2.0;
/// The longer side of the copy on which contrasts are compared.
const COPY: f32 = 160.0;

/// Levels from 0 (dark) to 1 of the mixture of colours in which the picture has contrast, at full depth.
pub fn levels(picture: DynamicImage) -> Array2<f32> {
    let coloured = picture.color().has_color();
    let pixels = picture.into_rgba32f();
    let ground = ground(&pixels);
    let mixed = |weights| mixture(&pixels, ground, weights);
    let brightness = mixed(BRIGHTNESS);
    if !coloured {
        return brightness;
    }
    let others = MIXTURES.map(mixed).map(|levels| (contrast(&levels), levels));
    let enough = BETTER * contrast(&brightness);
    let best =
        others.into_iter().filter(|(contrast, _)| *contrast > enough).max_by(|a, b| a.0.total_cmp(&b.0));
    best.map_or(brightness, |(_, levels)| levels)
}

/// At most [`PIXELS`], each the mean of those that it covers.
pub fn reduced(picture: DynamicImage) -> DynamicImage {
    let (width, height) = picture.dimensions();
    let factor = (f64::from(width) * f64::from(height) / PIXELS).sqrt();
    if factor <= 1.0 {
        return picture;
    }
    let side = |length: u32| ((f64::from(length) / factor).round() as u32).max(1);
    picture.thumbnail_exact(side(width), side(height))
}

fn mixture(pixels: &Rgba32FImage, ground: f32, weights: [f32; 3]) -> Array2<f32> {
    let darkest: f32 = weights.iter().map(|weight| weight.min(0.0)).sum();
    Array2::from_shape_fn((pixels.height() as usize, pixels.width() as usize), |(y, x)| {
        let [red, green, blue, alpha] = pixels.get_pixel(x as u32, y as u32).0;
        let shown = |colour: f32| alpha * colour + (1.0 - alpha) * ground;
        let terms =
            [red, green, blue].into_iter().zip(weights).map(|(colour, weight)| weight * shown(colour));
        terms.sum::<f32>() - darkest
    })
}

/// The level that shows through transparent places: white, or black where what is drawn is light.
fn ground(pixels: &Rgba32FImage) -> f32 {
    let (mut light, mut opaque) = (0.0, 0.0);
    for pixel in pixels.pixels() {
        let [red, green, blue, alpha] = pixel.0;
        let colours = [red, green, blue].into_iter().zip(BRIGHTNESS);
        light += f64::from(alpha * colours.map(|(colour, weight)| colour * weight).sum::<f32>());
        opaque += f64::from(alpha);
    }
    let has_gaps = opaque < 0.98 * f64::from(pixels.width()) * f64::from(pixels.height());
    if has_gaps && light > 0.75 * opaque { 0.0 } else { 1.0 }
}

/// How much places differ from their surroundings: the level that a hundredth of them exceeds, on a small copy.
fn contrast(levels: &Array2<f32>) -> f32 {
    let image = raster(levels);
    let factor = (image.width().max(image.height()) as f32 / COPY).max(1.0);
    let side = |length: u32| ((length as f32 / factor) as u32).max(1);
    let copy = thumbnail(&image, side(image.width()), side(image.height()));
    let around = gaussian_blur_f32(&copy, COPY / 13.0);
    super::light::quantile(copy.iter().zip(around.iter()).map(|(a, b)| (a - b).abs()).collect(), 0.99)
}
