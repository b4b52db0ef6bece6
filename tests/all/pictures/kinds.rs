//! Kinds of pictures that people have, drawn by a program.

use super::sheet::{Sheet, grainy, level, mix};
use crate::draw::pen::Drawing;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{DynamicImage, GrayImage, ImageBuffer, ImageFormat, Luma};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::io::Cursor;

/// The bytes of a file with a digit, from a seed.
pub type Kind = (&'static str, fn(&Drawing, u64) -> Vec<u8>);

fn png(image: impl Into<DynamicImage>) -> Vec<u8> {
    saved(image, ImageFormat::Png)
}

fn saved(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    image.into().write_to(&mut file, format).unwrap();
    file.into_inner()
}

fn jpeg(image: impl Into<DynamicImage>, quality: u8) -> Vec<u8> {
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, quality).encode_image(&image.into()).unwrap();
    file
}

/// A photograph as telephones keep it.
fn photo(image: GrayImage, seed: u64) -> Vec<u8> {
    jpeg(grainy(image, 3.0, seed), 85)
}

/// A digit on a canvas.
fn canvas(digit: &Drawing, pen: f64) -> Sheet {
    Sheet::new(280, 280).digit(digit, 170.0, (140.0, 140.0), pen)
}

/// A digit somewhere on a sheet.
fn sheet(digit: &Drawing, seed: u64) -> Sheet {
    let aside = (seed % 7) as f64;
    Sheet::new(480, 360).digit(digit, 180.0, (230.0 + 5.0 * aside, 175.0 + 2.0 * aside), 13.0)
}

fn black(sheet: &Sheet) -> GrayImage {
    sheet.grey(|covered, _, _| mix(covered, 255.0, 0.0))
}

fn white(sheet: &Sheet) -> GrayImage {
    sheet.grey(|covered, _, _| mix(covered, 0.0, 255.0))
}

/// A photograph of ink in uneven light: the light at each place, and the share that ink throws back.
fn lit(digit: &Drawing, seed: u64, ink: f64, light: impl Fn(f64, f64) -> f64) -> Vec<u8> {
    photo(sheet(digit, seed).grey(|covered, x, y| mix(covered, 1.0, ink) * light(x, y)), seed)
}

/// A photograph with something else in it, which has a level at some places.
fn beside(digit: &Drawing, seed: u64, other: impl Fn(f64, f64) -> Option<f64>) -> Vec<u8> {
    photo(
        sheet(digit, seed).grey(|covered, x, y| other(x, y).unwrap_or_else(|| mix(covered, 225.0, 50.0))),
        seed,
    )
}

fn small(image: &GrayImage, width: u32, height: u32) -> GrayImage {
    imageops::thumbnail(image, width, height)
}

/// The smallest rectangle around a digit.
fn cropped(digit: &Drawing, pen: f64) -> GrayImage {
    let sheet = canvas(digit, pen);
    let [top, bottom, left, right] = sheet.extent().map(|at| at as u32);
    imageops::crop_imm(&black(&sheet), left, top, right + 1 - left, bottom + 1 - top).to_image()
}

/// An upright photograph.
fn upright(digit: &Drawing, seed: u64) -> GrayImage {
    let sheet = Sheet::new(360, 480).digit(digit, 190.0, (180.0, 230.0), 14.0);
    let light = |x: f64, y: f64| 225.0 - 25.0 * x - 20.0 * y;
    grainy(sheet.grey(|covered, x, y| mix(covered, 1.0, 0.2) * light(x, y)), 3.0, seed)
}

/// A photograph with a word about its orientation.
fn turned(image: GrayImage, orientation: u8) -> Vec<u8> {
    let file = jpeg(image, 85);
    let mut exif = b"\xff\xe1\0\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    [&file[..2], &exif, &file[2..]].concat()
}

/// 8 x 8 levels from 0 to `full`.
fn tiny(digit: &Drawing, full: f64) -> GrayImage {
    let sheet = Sheet::new(64, 64).digit(digit, 64.0, (32.0, 32.0), 10.0);
    let mut image = small(&white(&sheet), 8, 8);
    image.pixels_mut().for_each(|pixel| *pixel = level(f64::from(pixel.0[0]) * full / 255.0));
    image
}

fn sixteen_bits(sheet: &Sheet, paper: f64, ink: f64) -> Vec<u8> {
    let (height, width) = sheet.0.dim();
    let at = |x: u32, y: u32| Luma([mix(sheet.0[[y as usize, x as usize]], paper, ink) as u16]);
    png(ImageBuffer::<Luma<u16>, Vec<u16>>::from_fn(width as u32, height as u32, at))
}

/// A digit over printed lines.
fn printed(digit: &Drawing, seed: u64, rules: Sheet, level: f64) -> Vec<u8> {
    photo(sheet(digit, seed).over(&rules, [235.0, level, 50.0]), seed)
}

fn ruled(falls: f64) -> Sheet {
    Sheet::new(480, 360).rules(-18.0, 40.0, falls, 2.0)
}

fn squared(leans: f64) -> Sheet {
    Sheet::new(480, 360).rules(12.0, 30.0, leans, 2.0).columns(9.0, 30.0, -leans, 2.0)
}

/// A frame printed around a digit; its corners may be open.
fn framed(digit: &Drawing, open: f64) -> Vec<u8> {
    let (near, far) = (35.0, 245.0);
    let sheet = canvas(digit, 12.0)
        .line((near + open, 30.0), (far - open, 32.0), 3.0)
        .line((far, near + open), (244.0, far - open), 3.0)
        .line((far - open, 250.0), (near + open, 248.0), 3.0)
        .line((36.0, far - open), (near, near + open), 3.0);
    png(sheet.grey(|covered, _, _| mix(covered, 250.0, 20.0)))
}

fn vignette(x: f64, y: f64, strength: f64) -> f64 {
    1.0 - strength * ((x - 0.5).powi(2) + (y - 0.5).powi(2))
}

pub const PLAIN: &[Kind] = &[
    ("a canvas", |d, _| png(black(&canvas(d, 14.0)))),
    ("pen 1 of 280", |d, _| png(black(&canvas(d, 1.0)))),
    ("pen 4", |d, _| png(black(&canvas(d, 4.0)))),
    ("pen 36", |d, _| png(black(&canvas(d, 36.0)))),
    ("white on black", |d, _| png(white(&canvas(d, 18.0)))),
    ("28 x 28", |d, _| png(small(&black(&canvas(d, 18.0)), 28, 28))),
    ("16 x 16", |d, _| png(small(&black(&canvas(d, 22.0)), 16, 16))),
    ("16 x 16, white", |d, _| png(small(&white(&canvas(d, 22.0)), 16, 16))),
    ("8 x 8", |d, _| png(tiny(d, 255.0))),
    ("8 x 8, levels 0 to 16", |d, _| png(tiny(d, 16.0))),
    ("corner of 600", |d, _| png(black(&Sheet::new(600, 600).digit(d, 70.0, (60.0, 60.0), 6.0)))),
    ("16 bits", |d, _| sixteen_bits(&canvas(d, 14.0), 65535.0, 0.0)),
    ("12 bits in 16", |d, _| sixteen_bits(&canvas(d, 14.0), 3800.0, 500.0)),
    ("1 bit", |d, _| png(canvas(d, 12.0).grey(|covered, _, _| if covered > 0.5 { 0.0 } else { 255.0 }))),
    ("JPEG at 20 %", |d, _| jpeg(black(&canvas(d, 14.0)), 20)),
    ("WebP", |d, s| saved(DynamicImage::from(upright(d, s)).to_rgb8(), ImageFormat::WebP)),
    ("GIF", |d, _| saved(DynamicImage::from(black(&canvas(d, 14.0))).to_rgba8(), ImageFormat::Gif)),
    ("BMP", |d, s| saved(upright(d, s), ImageFormat::Bmp)),
    ("white on transparency", |d, _| png(canvas(d, 14.0).on_nothing(255))),
    ("black on transparency", |d, _| png(canvas(d, 14.0).on_nothing(0))),
    ("tight crop", |d, _| png(cropped(d, 14.0))),
    ("tight crop to 28 x 28", |d, _| png(small(&cropped(d, 14.0), 28, 28))),
    ("tight crop to 20, white", |d, _| {
        let crop = cropped(d, 20.0);
        let longer = crop.width().max(crop.height());
        let mut image =
            small(&crop, (crop.width() * 20 / longer).max(3), (crop.height() * 20 / longer).max(3));
        imageops::invert(&mut image);
        png(image)
    }),
    ("EXIF 3", |d, s| turned(imageops::rotate180(&upright(d, s)), 3)),
    ("EXIF 6", |d, s| turned(imageops::rotate270(&upright(d, s)), 6)),
    ("EXIF 8", |d, s| turned(imageops::rotate90(&upright(d, s)), 8)),
    ("1500 x 2000", |d, s| jpeg(imageops::resize(&upright(d, s), 1500, 2000, FilterType::Triangle), 85)),
];

pub const LIGHT: &[Kind] = &[
    ("blue on cream", |d, s| png(sheet(d, s).colours([244.0, 236.0, 210.0], [40.0, 60.0, 150.0], 3.0, s))),
    ("red on green", |d, s| png(sheet(d, s).colours([60.0, 170.0, 60.0], [250.0, 76.0, 50.0], 0.0, s))),
    ("red on green, JPEG", |d, s| {
        jpeg(sheet(d, s).colours([60.0, 170.0, 60.0], [250.0, 76.0, 50.0], 0.0, s), 85)
    }),
    ("pencil", |d, s| lit(d, s, 0.66, |_, _| 225.0)),
    ("faint pencil, grain", |d, s| {
        jpeg(grainy(sheet(d, s).grey(|covered, _, _| mix(covered, 220.0, 180.0)), 6.0, s), 85)
    }),
    ("weak gradient", |d, s| lit(d, s, 0.25, |x, _| 235.0 - 50.0 * x)),
    ("strong gradient", |d, s| lit(d, s, 0.25, |x, y| 235.0 - 90.0 * x - 55.0 * y)),
    ("gradient, pencil", |d, s| lit(d, s, 0.7, |x, _| 230.0 - 120.0 * x)),
    ("hard shadow", |d, s| lit(d, s, 0.25, |x, y| if x + 0.8 * y > 1.0 { 120.0 } else { 225.0 })),
    ("hard shadow, pencil", |d, s| lit(d, s, 0.65, |x, y| if 0.7 * x + y > 0.9 { 125.0 } else { 225.0 })),
    ("soft shadow", |d, s| lit(d, s, 0.25, |x, y| 225.0 - 110.0 / (1.0 + (-20.0 * (x + y - 1.0)).exp()))),
    ("narrow shadow", |d, s| {
        lit(d, s, 0.25, |x, y| 225.0 - 90.0 * (-(12.0 * (x + 0.2 * y - 0.55)).powi(2)).exp())
    }),
    ("two shadows", |d, s| {
        lit(d, s, 0.25, |x, y| match (x + 0.3 * y < 0.5, y > 0.75 - 0.1 * x) {
            (true, _) => 130.0,
            (_, true) => 150.0,
            _ => 225.0,
        })
    }),
    ("vignette", |d, s| lit(d, s, 0.25, |x, y| 235.0 * vignette(x, y, 1.5))),
    ("vignette, pencil", |d, s| lit(d, s, 0.65, |x, y| 230.0 * vignette(x, y, 1.2))),
    ("glare", |d, s| {
        photo(
            sheet(d, s).grey(|covered, x, y| {
                mix(covered, 160.0, 30.0) + 90.0 * (-40.0 * (1.0 - vignette(x + 0.1, y + 0.1, 1.0))).exp()
            }),
            s,
        )
    }),
    ("stain", |d, s| lit(d, s, 0.22, |x, y| if (x - 0.7).hypot(y - 0.6) < 0.3 { 190.0 } else { 225.0 })),
    ("much grain", |d, s| {
        jpeg(grainy(sheet(d, s).grey(|covered, _, _| mix(covered, 200.0, 60.0)), 12.0, s), 85)
    }),
    ("salt and pepper", |d, s| {
        let mut random = ChaCha8Rng::seed_from_u64(s);
        let mut image = sheet(d, s).grey(|covered, _, _| mix(covered, 230.0, 40.0));
        let hit = |pixel: &&mut Luma<u8>| random.random_bool(0.01) && pixel.0[0] > 0;
        image
            .pixels_mut()
            .filter(hit)
            .enumerate()
            .for_each(|(n, pixel)| *pixel = Luma([if n % 2 == 0 { 0 } else { 255 }]));
        png(image)
    }),
    ("chalk", |d, s| {
        let mut random = ChaCha8Rng::seed_from_u64(s);
        let mut sheet = sheet(d, s);
        sheet
            .0
            .iter_mut()
            .filter(|covered| **covered > 0.5 && random.random_bool(0.25))
            .for_each(|covered| *covered = 0.2);
        jpeg(grainy(sheet.grey(|covered, x, _| mix(covered, 55.0 + 15.0 * x, 205.0)), 8.0, s), 85)
    }),
    ("chalk, vignette", |d, s| {
        photo(sheet(d, s).grey(|covered, x, y| mix(covered, 70.0, 210.0) * vignette(x, y, 1.2)), s)
    }),
    ("chalk, gradient", |d, s| {
        photo(sheet(d, s).grey(|covered, x, y| mix(covered, 40.0 + 60.0 * x, 220.0) * (1.0 - 0.3 * y)), s)
    }),
    ("show-through", |d, s| printed(d, s, Sheet::new(480, 360).digit(d, 180.0, (360.0, 190.0), 13.0), 205.0)),
    ("80 x 60", |d, s| {
        photo(small(&sheet(d, s).grey(|covered, x, _| mix(covered, 220.0 - 40.0 * x, 60.0)), 80, 60), s)
    }),
    ("37 x 28", |d, s| {
        photo(small(&sheet(d, s).grey(|covered, x, _| mix(covered, 220.0 - 40.0 * x, 60.0)), 37, 28), s)
    }),
    ("marker", |d, s| {
        let sheet = Sheet::new(480, 360).digit(d, 220.0, (240.0, 180.0), 34.0);
        photo(sheet.grey(|covered, x, _| mix(covered, 220.0 - 30.0 * x, 40.0)), s)
    }),
    ("large", |d, s| {
        let sheet = Sheet::new(480, 360).digit(d, 330.0, (240.0, 180.0), 20.0);
        photo(sheet.grey(|covered, x, _| mix(covered, 220.0 - 30.0 * x, 40.0)), s)
    }),
    ("small in a photograph", |d, s| {
        let sheet = Sheet::new(800, 600).digit(d, 70.0, (500.0, 300.0), 6.0);
        photo(sheet.grey(|covered, x, y| mix(covered, 1.0, 0.3) * (230.0 - 60.0 * x - 30.0 * y)), s)
    }),
];

pub const FURNITURE: &[Kind] = &[
    ("table at the left", |d, s| beside(d, s, |x, y| (x < 0.12 + 0.03 * y).then_some(70.0))),
    ("two edges of the table", |d, s| {
        beside(d, s, |x, y| (x < 0.12 + 0.03 * y || y > 0.87 - 0.04 * x).then_some(60.0))
    }),
    ("dark desk around", |d, s| {
        beside(d, s, |x, y| {
            (x + 0.1 * y < 0.2 || x - 0.08 * y > 0.82 || y < 0.1 + 0.05 * x || y > 0.92).then_some(45.0)
        })
    }),
    ("light table", |d, s| beside(d, s, |x, y| (x < 0.15 + 0.03 * y).then_some(252.0))),
    ("thumb", |d, s| {
        beside(d, s, |x, y| (((x - 0.8) / 0.09).powi(2) + ((y - 1.0) / 0.25).powi(2) < 1.0).then_some(140.0))
    }),
    ("dark column", |d, _| {
        png(canvas(d, 14.0)
            .grey(|covered, x, _| if x < 0.5 / 280.0 { 20.0 } else { mix(covered, 255.0, 0.0) }))
    }),
    ("edge of a scan", |d, s| beside(d, s, |x, y| (x > 0.97 || y < 0.02).then_some(20.0))),
    ("grey around a scan", |d, s| {
        beside(d, s, |x, y| (!(0.05..0.93).contains(&x) || !(0.06..0.94).contains(&y)).then_some(128.0))
    }),
    ("frame inside", |d, _| framed(d, 0.0)),
    ("frame with open corners", |d, _| framed(d, 5.0)),
    ("frame at the edge", |d, _| {
        let near = |at: f64| !(2.0 / 280.0..278.0 / 280.0).contains(&at);
        png(canvas(d, 14.0)
            .grey(|covered, x, y| if near(x) || near(y) { 0.0 } else { mix(covered, 255.0, 0.0) }))
    }),
    ("thick frame at the edge", |d, s| {
        beside(d, s, |x, y| (!(0.04..0.96).contains(&x) || !(0.05..0.95).contains(&y)).then_some(10.0))
    }),
    ("ruled, faint", |d, s| printed(d, s, ruled(2.0), 195.0)),
    ("ruled", |d, s| printed(d, s, ruled(4.0), 120.0)),
    ("ruled, tilted", |d, s| printed(d, s, ruled(24.0), 140.0)),
    ("ruled, with a margin", |d, s| printed(d, s, ruled(4.0).line((80.0, -5.0), (84.0, 365.0), 3.0), 150.0)),
    ("squared", |d, s| printed(d, s, squared(2.0), 165.0)),
    ("squared, dark", |d, s| printed(d, s, squared(5.0), 110.0)),
    ("squared, 140 x 140", |d, _| {
        let digit = Sheet::new(140, 140).digit(d, 85.0, (70.0, 70.0), 7.0);
        let squares = Sheet::new(140, 140).rules(8.0, 15.0, 0.0, 1.0).columns(5.0, 15.0, 0.0, 1.0);
        png(digit.over(&squares, [250.0, 190.0, 30.0]))
    }),
    ("crease", |d, s| printed(d, s, Sheet::new(480, 360).line((-5.0, 178.0), (485.0, 186.0), 3.0), 160.0)),
    ("underlined", |d, s| {
        let sheet = sheet(d, s);
        let [_, bottom, left, right] = sheet.extent().map(|at| at as f64);
        let sheet = sheet.line((left - 25.0, bottom + 17.0), (right + 26.0, bottom + 20.0), 8.0);
        photo(sheet.grey(|covered, _, _| mix(covered, 230.0, 40.0)), s)
    }),
    ("punch hole", |d, s| {
        photo(
            sheet(d, s)
                .line((40.0, 60.0), (40.5, 60.0), 44.0)
                .grey(|covered, _, _| mix(covered, 230.0, 30.0)),
            s,
        )
    }),
    ("specks", |d, s| {
        let mut random = ChaCha8Rng::seed_from_u64(s);
        let specks = (0..25).fold(sheet(d, s), |sheet, _| {
            let (x, y) = (random.random_range(0.0..480.0), random.random_range(0.0..360.0));
            sheet.line((x, y), (x + 1.0, y), random.random_range(2.0..5.0))
        });
        photo(specks.grey(|covered, _, _| mix(covered, 230.0, 40.0)), s)
    }),
    ("hair", |d, s| {
        let hair =
            sheet(d, s).line((30.0, 300.0), (90.0, 330.0), 1.5).line((90.0, 330.0), (150.0, 320.0), 1.5);
        photo(hair.grey(|covered, _, _| mix(covered, 230.0, 60.0)), s)
    }),
    ("touches the left edge", |d, s| {
        let whole = black(&Sheet::new(600, 300).digit(d, 190.0, (300.0, 150.0), 14.0));
        let [_, _, left, _] = Sheet::new(600, 300).digit(d, 190.0, (300.0, 150.0), 14.0).extent();
        photo(imageops::crop_imm(&whole, left as u32 + 4, 0, 280, 300).to_image(), s)
    }),
];

/// Pictures without one digit, and a word of the answer.
pub fn refused(digit: &Drawing, other: &Drawing) -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let blank = Sheet::new(480, 360);
    let two = Sheet::new(480, 300).digit(digit, 150.0, (150.0, 150.0), 12.0).digit(
        other,
        150.0,
        (320.0, 150.0),
        12.0,
    );
    vec![
        ("white", "no ink", png(GrayImage::from_pixel(200, 200, Luma([255])))),
        ("plain paper", "no ink", photo(blank.grey(|_, _, _| 210.0), 1)),
        ("plain paper, 40 x 30", "no ink", photo(Sheet::new(40, 30).grey(|_, _, _| 210.0), 1)),
        ("paper in uneven light", "no ink", photo(blank.grey(|_, x, y| 230.0 - 80.0 * x - 40.0 * y), 2)),
        (
            "paper in the shadow",
            "no ink",
            photo(blank.grey(|_, x, y| if x + y > 1.0 { 120.0 } else { 220.0 }), 3),
        ),
        ("ruled paper", "no ink", photo(blank.over(&ruled(3.0), [235.0, 140.0, 0.0]), 4)),
        ("two digits", "2 characters", png(black(&two))),
        (
            "two digits, photographed",
            "2 characters",
            photo(two.grey(|covered, x, _| mix(covered, 1.0, 0.3) * (230.0 - 70.0 * x)), 5),
        ),
    ]
}
