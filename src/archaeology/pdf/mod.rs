//! The rasters in a reader's own copy of the paper, beside ours: `experiment archaeology --pdf FILE`.

pub mod comparison;
mod grey;

use crate::experiment::ExperimentError;
use crate::files::read_bounded;
use flate2::read::ZlibDecoder;
use hayro_syntax::content::TypedIter;
use hayro_syntax::content::ops::TypedInstruction;
use hayro_syntax::object::{Name, Object, Stream};
use hayro_syntax::{Filter, LoadPdfError, Pdf};
use ndarray::ArrayView2;
use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;

/// The most bytes of a file: the paper's has about one million.
const MOST_BYTES: u64 = 64 << 20;
/// The most bytes that all compressed parts of a file may unpack to.
const MOST_UNPACKED: u64 = 256 << 20;
/// The most bytes that one stream may unpack to.
const MOST_OF_STREAM: u64 = MOST_UNPACKED;

const NONE: &str =
    "holds no grey picture that is stored pixel by pixel: it is a scan, another text, or another edition";

/// The grey pictures of a PDF.
#[derive(Clone, Debug, Default)]
pub struct Pictures(BTreeSet<Picture>);

/// Rows and columns, and the grey levels row by row.
type Picture = ([usize; 2], Vec<u8>);

impl Pictures {
    /// Reads all grey pictures of a PDF: inline images in the contents of pages and forms, and image objects.
    ///
    /// # Errors
    /// When the file cannot be read, is no PDF, is encrypted, or is damaged; or when it holds no grey picture.
    pub fn read(path: &Path) -> Result<Self, ExperimentError> {
        let bytes = read_bounded(path, MOST_BYTES).map_err(|cause| format!("cannot be read ({cause})"));
        let pictures = bytes.and_then(|bytes| Self::parse(bytes).map_err(Into::into));
        pictures.map_err(|fault| ExperimentError::File(format!("{}: {fault}", path.display())))
    }

    /// The same from the contents of a file; the error is a clause about the file.
    ///
    /// # Errors
    /// As for [`read`](Self::read).
    pub fn parse(bytes: Vec<u8>) -> Result<Self, &'static str> {
        if !bytes[..bytes.len().min(1024)].windows(5).any(|five| five == b"%PDF-") {
            return Err("is no PDF: its first bytes lack '%PDF-'");
        }
        if unpacked(&bytes) > MOST_UNPACKED {
            return Err("its compressed parts unpack to more than 256 MB: the paper's do not");
        }
        let is_whole = bytes.windows(5).rev().take(2048).any(|five| five == b"%%EOF");
        let pdf = Pdf::new(bytes).map_err(|error| match error {
            LoadPdfError::Decryption(_) => "is encrypted: save it without a password, and try again",
            LoadPdfError::Invalid => "is a damaged PDF: its pages cannot be found",
        })?;
        let streams = || pdf.objects().into_iter().filter_map(Object::into_stream);
        if !streams().all(|stream| is_small(&stream)) {
            return Err("has a part that may unpack to more than 256 MB: the paper's have none");
        }
        let mut pictures = Self::default();
        pdf.pages().iter().for_each(|page| pictures.add_inline(page.page_stream().unwrap_or_default()));
        for stream in streams() {
            match stream.dict().get::<Name>("Subtype").as_deref() {
                Some(b"Image") => pictures.0.extend(grey::picture(&stream)),
                Some(b"Form") => {
                    stream.decoded_data().iter().for_each(|contents| pictures.add_inline(contents));
                }
                _ => {}
            }
        }
        match (pictures.0.is_empty(), is_whole) {
            (false, _) => Ok(pictures),
            (true, true) => Err(NONE),
            (true, false) => Err("is a damaged PDF: its end is missing, and it holds no grey picture"),
        }
    }

    /// Whether one of the pictures is this raster, or has it as a part.
    pub fn hold(&self, raster: ArrayView2<u8>) -> bool {
        let size = <[usize; 2]>::from(raster.dim());
        let pixels: Vec<u8> = raster.iter().copied().collect();
        self.0.contains(&(size, pixels)) || self.0.iter().any(|picture| is_part(raster, picture))
    }

    /// Adds the inline images of a content stream.
    fn add_inline(&mut self, contents: &[u8]) {
        let mut operations = TypedIter::new(contents);
        while let Some(operation) = operations.next() {
            match operation {
                TypedInstruction::InlineImage(image) if is_small(image.0) => {
                    self.0.extend(grey::picture(image.0))
                }
                _ => {}
            }
        }
    }
}

/// Whether a picture has the raster as a part.
fn is_part(raster: ArrayView2<u8>, ([rows, columns], pixels): &Picture) -> bool {
    let (height, width) = raster.dim();
    if height > *rows || width > *columns || [height, width] == [*rows, *columns] {
        return false;
    }
    let lines: Vec<Vec<u8>> = raster.rows().into_iter().map(|row| row.to_vec()).collect();
    let is_at = |top: usize, left: usize| {
        let line = |n: usize| &pixels[(top + n) * columns + left..][..width];
        lines.iter().enumerate().all(|(n, wanted)| line(n) == wanted)
    };
    (0..=rows - height).any(|top| (0..=columns - width).any(|left| is_at(top, left)))
}

/// The bytes that the file's compressed streams unpack to, counted up to a little more than [`MOST_UNPACKED`].
fn unpacked(file: &[u8]) -> u64 {
    let begins = file.windows(7).enumerate().filter(|(_, word)| word == b"stream\n" || word == b"stream\r");
    let mut sum = 0;
    for (at, _) in begins {
        let data = &file[at + 7..];
        let data = data.strip_prefix(b"\n").unwrap_or(data);
        sum += size_unpacked(data, MOST_UNPACKED);
        if sum > MOST_UNPACKED {
            break;
        }
    }
    sum
}

/// The bytes that compressed data unpack to, counted up to a little more than `most`; 0 if they are not compressed.
fn size_unpacked(data: &[u8], most: u64) -> u64 {
    let (mut decoder, mut buffer, mut sum) = (ZlibDecoder::new(data), [0; 1 << 15], 0);
    while let Some(read @ 1..) = decoder.read(&mut buffer).ok().filter(|_| sum <= most) {
        sum += read as u64;
    }
    sum
}

/// Whether a stream unpacks to no more than [`MOST_OF_STREAM`]. Of other forms than zlib's, the worst that so many bytes can
/// unpack to counts.
fn is_small(stream: &Stream) -> bool {
    let raw = stream.raw_data();
    let most = match stream.filters().as_slice() {
        [Filter::FlateDecode] => size_unpacked(&raw, MOST_OF_STREAM),
        filters => {
            filters.iter().fold(raw.len() as u64, |bytes, filter| bytes.saturating_mul(ratio(*filter)))
        }
    };
    most <= MOST_OF_STREAM
}

/// The most bytes that one byte unpacks to. Forms that are not read here unpack to nothing.
fn ratio(filter: Filter) -> u64 {
    match filter {
        Filter::FlateDecode => 1032,
        Filter::LzwDecode => 4096,
        Filter::RunLengthDecode => 64,
        Filter::AsciiHexDecode | Filter::Ascii85Decode | Filter::Crypt => 4,
        _ => 0,
    }
}
