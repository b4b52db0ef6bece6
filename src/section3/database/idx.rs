#![doc = mathdoc::page!("idx.md")]

use super::patterns::IMAGE;
use super::{DataError, Fault, Patterns};
use flate2::bufread::GzDecoder;
use ndarray::Array3;
use sha2::{Digest, Sha256};
use std::cmp::Ordering;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// The most patterns that are read from one file. Our choice: MNIST has 60,000; this bounds the memory to 78 MB.
pub const MOST: usize = 100_000;

const GZIP: [u8; 2] = [0x1f, 0x8b];

/// What an IDX file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Grey images of 28 x 28 pixels.
    Images,
    /// Labels, 0 to 9.
    Labels,
}

impl Kind {
    /// The first four bytes of the file.
    pub(super) fn magic(self) -> u32 {
        match self {
            Self::Images => 0x0000_0803,
            Self::Labels => 0x0000_0801,
        }
    }

    /// The same in words.
    pub(super) fn described(self) -> &'static str {
        match self {
            Self::Images => "IDX images of unsigned bytes",
            Self::Labels => "IDX labels of unsigned bytes",
        }
    }

    /// Bytes before the first pattern.
    fn header(self) -> usize {
        match self {
            Self::Images => 16,
            Self::Labels => 8,
        }
    }

    /// Bytes of one pattern.
    fn element(self) -> usize {
        match self {
            Self::Images => IMAGE * IMAGE,
            Self::Labels => 1,
        }
    }

    /// The number of patterns that `header` promises.
    fn count(self, header: &[u8]) -> Result<usize, Fault> {
        let words = header.as_chunks().0.iter().map(|&bytes| u32::from_be_bytes(bytes));
        let size = |word: u32| usize::try_from(word).unwrap_or(usize::MAX);
        let count = match (self, words.collect::<Vec<_>>().as_slice()) {
            (_, _) if header.is_empty() => return Err(Fault::Empty { expected: self }),
            (_, &[found, ..]) if found != self.magic() => return Err(Fault::Magic { found, expected: self }),
            (Self::Labels, &[_, count]) => size(count),
            (Self::Images, &[_, count, rows, columns]) => match (size(rows), size(columns)) {
                (IMAGE, IMAGE) => size(count),
                (rows, columns) => return Err(Fault::Size { rows, columns }),
            },
            _ => return Err(Fault::Truncated { found: header.len(), expected: self.header() }),
        };
        match count {
            0 => Err(Fault::NoPatterns),
            1..=MOST => Ok(count),
            promised => Err(Fault::TooMany { promised }),
        }
    }
}

/// The content of an IDX file: as many patterns as its header promises, neither more nor fewer.
#[derive(Debug)]
pub(super) struct Idx {
    header: Vec<u8>,
    body: Vec<u8>,
    count: usize,
}

impl Idx {
    /// Reads the file at `path`, plain or gzipped, to its end.
    pub(super) fn read(path: &Path, kind: Kind) -> Result<Self, Fault> {
        let mut file = BufReader::new(File::open(path)?);
        if !file.fill_buf()?.starts_with(&GZIP) {
            return Self::parse(&mut file, kind);
        }
        let mut gzip = GzDecoder::new(file);
        let idx = Self::parse(&mut gzip, kind).map_err(blame_gzip)?;
        match gzip.into_inner().fill_buf()? {
            [] => Ok(idx),
            _ => Err(Fault::AfterGzip),
        }
    }

    fn parse(content: &mut impl Read, kind: Kind) -> Result<Self, Fault> {
        let mut header = Vec::new();
        content.take(kind.header() as u64).read_to_end(&mut header)?;
        let count = kind.count(&header)?;

        // One byte more than promised: the attempt to read it tells a file that goes on from one that ends,
        // and takes the gzip decoder to its checksum.
        let promised = count * kind.element();
        let mut body = Vec::with_capacity(promised + 1);
        content.take(promised as u64 + 1).read_to_end(&mut body)?;

        let (found, expected) = (header.len() + body.len(), header.len() + promised);
        match found.cmp(&expected) {
            Ordering::Less => Err(Fault::Truncated { found, expected }),
            Ordering::Equal => Ok(Self { header, body, count }),
            Ordering::Greater => Err(Fault::Long { expected }),
        }
    }

    /// SHA-256 of the uncompressed file, in hexadecimal.
    pub(super) fn sha256(&self) -> String {
        let hash = Sha256::new().chain_update(&self.header).chain_update(&self.body).finalize();
        hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Pairs images and labels, without a copy.
pub(super) fn pair(images: Idx, labels: Idx) -> Result<Patterns, Fault> {
    let images = Array3::from_shape_vec((images.count, IMAGE, IMAGE), images.body)
        .expect("Idx::parse has compared the length of the body with the count");
    match labels.body.iter().position(|&label| label > 9) {
        Some(index) => Err(Fault::Label { index, label: labels.body[index] }),
        None => Ok(Patterns::new(images, labels.body)?),
    }
}

/// Reads patterns from a file of images and a file of labels, each plain or gzipped.
///
/// Any digits of 28 x 28 pixels will do; for MNIST, whose content is known, see [`mnist::load`](super::mnist::load).
///
/// # Errors
/// When a file cannot be read, is damaged, is of another kind or size, or when the two do not belong together.
pub fn read_pair(images: &Path, labels: &Path) -> Result<Patterns, DataError> {
    let images = Idx::read(images, Kind::Images).map_err(|fault| fault.at(images))?;
    let digits = Idx::read(labels, Kind::Labels).map_err(|fault| fault.at(labels))?;
    pair(images, digits).map_err(|fault| fault.at(labels))
}

/// The decoder reports damage as an I/O error, but without an error code of the operating system.
fn blame_gzip(fault: Fault) -> Fault {
    match fault {
        Fault::Io(damage) if damage.raw_os_error().is_none() => Fault::Gzip(damage),
        fault => fault,
    }
}
