//! Files of pictures: kinds, sizes, orientation.

use crate::experiment::ExperimentError;
use crate::files::read_bounded;
use crate::section3::database::recognise;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use std::io::Cursor;
use std::path::Path;

/// The formats that are read.
const FORMATS: [ImageFormat; 6] = [
    ImageFormat::Png,
    ImageFormat::Jpeg,
    ImageFormat::WebP,
    ImageFormat::Gif,
    ImageFormat::Bmp,
    ImageFormat::Pnm,
];
/// Their names.
const NAMES: &str = "PNG, JPEG, WebP, GIF, BMP or PGM";
/// Most pixels of a picture: the cameras of telephones have 12 to 50 million.
pub const MOST_PIXELS: u64 = 50_000_000;
/// Most pixels of a row or column.
const MOST_SIDE: u32 = 32_768;
/// Most bytes of a picture's file: 24 million pixels without compression have 72 MB.
const MOST_BYTES: u64 = 128 << 20;
/// Most bytes that a decoder takes for anything but pixels. A few kilobytes of a colour profile can unpack into gigabytes.
const BESIDE_PIXELS: u64 = 8 << 20;

/// What `parse` makes of the bytes of a file.
pub fn opened<T>(path: &Path, parse: impl Fn(&[u8]) -> Result<T, String>) -> Result<T, ExperimentError> {
    let bytes = read_bounded(path, MOST_BYTES).map_err(|cause| {
        ExperimentError::File(format!("cannot read {} ({cause}): name a {NAMES} file", path.display()))
    })?;
    parse(&bytes).map_err(|fault| ExperimentError::File(format!("{}: {fault}", path.display())))
}

/// A picture, reduced if it is large, and upright.
pub struct Opened {
    /// The pixels.
    pub image: DynamicImage,
    /// Whether the file keeps levels only nearly.
    pub is_lossy: bool,
}

/// Decodes a picture of at most `most` pixels, reduces it, and turns it as its camera says.
///
/// # Errors
/// When it is not a picture, is damaged, or has more pixels.
pub fn open(bytes: &[u8], most: u64) -> Result<Opened, String> {
    let mut decoder = decoder(bytes, most)?;
    let turn = decoder.orientation().map_err(fault)?;
    let mut image = super::colour::reduced(DynamicImage::from_decoder(decoder).map_err(fault)?);
    image.apply_orientation(turn);
    let is_lossy = matches!(image::guess_format(bytes), Ok(ImageFormat::Jpeg | ImageFormat::WebP));
    Ok(Opened { image, is_lossy })
}

/// Whether a file has the name of a picture.
pub fn is_picture(path: &Path) -> bool {
    path.is_file() && ImageFormat::from_path(path).is_ok_and(|format| FORMATS.contains(&format))
}

/// Looks at the size of a picture before any pixel.
fn decoder(bytes: &[u8], most: u64) -> Result<impl ImageDecoder, String> {
    let format = image::guess_format(bytes).ok().filter(|format| FORMATS.contains(format));
    let format = format.ok_or_else(|| foreign(bytes))?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(memory(BESIDE_PIXELS));
    let mut decoder = reader.into_decoder().map_err(fault)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > most || width.max(height) > MOST_SIDE {
        return Err(format!(
            "the picture is too large: {width} x {height} pixels; at most {} million are read, {MOST_SIDE} in a row or \
             column: make it smaller, 1000 pixels wide for example",
            most / 1_000_000
        ));
    }
    decoder.set_limits(memory(decoder.total_bytes() + BESIDE_PIXELS)).map_err(fault)?;
    Ok(decoder)
}

/// The fault of a picture that could not be decoded.
fn fault(error: ImageError) -> String {
    match error {
        ImageError::Limits(_) => {
            format!("the picture is too large ({error}): save it again, without its colour profile")
        }
        _ => format!("not a whole {NAMES} picture ({error}): save or copy it again"),
    }
}

/// The fault of a file that does not begin as a picture.
fn foreign(bytes: &[u8]) -> String {
    let found = match recognise(bytes) {
        _ if bytes.is_empty() => "an empty file, with 0 bytes",
        Some(found) => found,
        None => "a file of an unknown kind",
    };
    format!("this is {found}, not a {NAMES} picture: save the picture as one of these")
}

/// Limits for a picture that takes this many bytes.
fn memory(bytes: u64) -> Limits {
    let mut limits = Limits::default();
    limits.max_alloc = Some(bytes);
    limits
}

/// Limits for pictures of at most `side` x `side` pixels of four bytes.
pub fn limits(side: u32) -> Limits {
    let mut limits = memory(4 * u64::from(side).pow(2) + BESIDE_PIXELS);
    (limits.max_image_width, limits.max_image_height) = (Some(side), Some(side));
    limits
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;
    use flate2::{Compression, Crc, write::ZlibEncoder};
    use std::io::Write;

    /// A chunk of a PNG file.
    fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let mut crc = Crc::new();
        crc.update(kind);
        crc.update(data);
        [&(data.len() as u32).to_be_bytes()[..], kind, data, &crc.sum().to_be_bytes()].concat()
    }

    /// A grey PNG file of white paper, with a black stroke if it is large enough, and with this chunk.
    fn png(width: u32, height: u32, extra: &[u8]) -> Vec<u8> {
        let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
        let header = chunk(b"IHDR", &[&size[..], &[8, 0, 0, 0, 0]].concat());
        let mut pixels = ZlibEncoder::new(Vec::new(), Compression::fast());
        let mut row = vec![255; width as usize + 1];
        row[0] = 0;
        for y in 0..height.min(8000) {
            let (left, right) = (width as usize * 2 / 5, width as usize * 3 / 5);
            row[1 + left..1 + right].fill(if y > height / 5 && y < height * 4 / 5 { 0 } else { 255 });
            pixels.write_all(&row).unwrap();
        }
        let pixels = chunk(b"IDAT", &pixels.finish().unwrap());
        [b"\x89PNG\r\n\x1a\n", &header[..], extra, &pixels, &chunk(b"IEND", &[])].concat()
    }

    fn refused(bytes: &[u8]) -> String {
        parse(bytes, MOST_PIXELS).unwrap_err()
    }

    #[test]
    fn the_size_is_looked_at_before_the_pixels() {
        let bomb = png(22_000, 22_000, &[]);
        assert!(bomb.len() < 2_000_000);
        let message = refused(&bomb);
        assert!(
            message.contains("22000 x 22000 pixels") && message.contains("at most 50 million"),
            "{message}"
        );
        let message = refused(b"P5 4000000000 4000000000 255\n");
        assert!(message.contains("too large"), "{message}");
        let message = refused(&png(1, 40_000, &[]));
        assert!(message.contains("too large"), "a column: {message}");
    }

    #[test]
    fn a_photograph_of_24_million_pixels_is_read() {
        let form = parse(&png(6000, 4000, &[]), MOST_PIXELS).unwrap();
        assert_eq!(form.dim(), (28, 28));
        assert!(form.iter().any(|&level| level > 200));
    }

    /// A colour profile of a hundred kilobytes unpacks into a hundred megabytes: it is left packed, and the digit is read.
    #[test]
    fn a_colour_profile_is_not_unpacked_without_end() {
        let with_profile = |bytes: &[u8]| {
            let mut profile = ZlibEncoder::new(b"name\0\0".to_vec(), Compression::best());
            profile.write_all(bytes).unwrap();
            png(40, 40, &chunk(b"iCCP", &profile.finish().unwrap()))
        };
        let unpacked = |file: &[u8]| {
            decoder(file, MOST_PIXELS).unwrap().icc_profile().unwrap().map(|profile| profile.len())
        };
        let bomb = with_profile(&vec![0; 100 << 20]);
        assert!(bomb.len() < 200_000);
        assert_eq!(unpacked(&bomb), None);
        assert!(parse(&bomb, MOST_PIXELS).is_ok());
        let honest = with_profile(&[7; 3000]);
        assert_eq!(unpacked(&honest), Some(3000));
        assert!(parse(&honest, MOST_PIXELS).is_ok());
    }

    #[test]
    fn files_of_other_kinds_are_called_by_their_kind() {
        for (bytes, kind) in [
            (&b""[..], "an empty file, with 0 bytes"),
            (b"<!DOCTYPE html>", "an HTML page"),
            (b"version https://git-lfs.github.com/spec/v1", "a Git LFS pointer"),
            (b"PK\x03\x04\x14\0", "a ZIP archive"),
            (b"{\"error\": 404}", "JSON text"),
            (b"II*\0\x08\0\0\0", "a TIFF picture"),
            (b"\0\0\0\x18ftypheic", "a HEIC picture"),
            (b"\x01\x02\x03\x04", "a file of an unknown kind"),
        ] {
            let message = refused(bytes);
            assert!(
                message.contains(kind) && message.contains("not a PNG, JPEG, WebP, GIF, BMP or PGM"),
                "{message}"
            );
        }
        let whole = png(40, 40, &[]);
        let message = refused(&whole[..whole.len() / 2]);
        assert!(message.contains("not a whole PNG, JPEG, WebP, GIF, BMP or PGM picture"), "{message}");
    }
}
