#![doc = mathdoc::page!("idx.md")]

use super::patterns::IMAGE;
use super::recognise::recognise;
use super::{DataError, Fault, Patterns};
use flate2::bufread::GzDecoder;
use ndarray::Array3;
use sha2::{Digest, Sha256};
use std::cmp::Ordering;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::path::Path;

/// The most patterns that are read from one file. Our choice: MNIST has 60,000; this bounds the memory to 78 MB.
pub const MOST: usize = 100_000;

const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The content of an IDX file: images or labels.
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

    /// Refuses a file of a common other kind by its beginning.
    fn check(self, beginning: &[u8]) -> Result<(), Fault> {
        match recognise(beginning) {
            Some(found) if !beginning.starts_with(&self.magic().to_be_bytes()[..2]) => {
                Err(Fault::Foreign { found, expected: self })
            }
            _ => Ok(()),
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
        // Before opening, because opening a pipe waits for its writer.
        if !fs::metadata(path)?.is_file() {
            return Err(io::Error::new(ErrorKind::InvalidInput, "it is not a regular file").into());
        }
        Self::unpack(BufReader::new(File::open(path)?), kind)
    }

    /// Reads a file, plain or gzipped, to its end.
    fn unpack(mut file: impl BufRead, kind: Kind) -> Result<Self, Fault> {
        if !file.fill_buf()?.starts_with(&GZIP) {
            return Self::parse(file, kind);
        }
        let mut members = Members(Some(GzDecoder::new(file)));
        let idx = Self::parse(BufReader::new(&mut members), kind).map_err(blame_gzip)?;
        match members.member().get_mut().fill_buf()? {
            [] => Ok(idx),
            _ => Err(Fault::AfterGzip),
        }
    }

    fn parse(mut content: impl BufRead, kind: Kind) -> Result<Self, Fault> {
        kind.check(content.fill_buf()?)?;
        let mut header = Vec::new();
        (&mut content).take(kind.header() as u64).read_to_end(&mut header)?;
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

/// The content of a gzip file: of one member, or of several, one after the other.
struct Members<R>(Option<GzDecoder<R>>);

impl<R: BufRead> Members<R> {
    fn member(&mut self) -> &mut GzDecoder<R> {
        self.0.as_mut().expect("there is always a member")
    }
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.member().read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            // The member has ended: another may follow.
            if self.member().get_mut().fill_buf()?.first() != Some(&GZIP[0]) {
                return Ok(0);
            }
            self.0 = self.0.take().map(|ended| GzDecoder::new(ended.into_inner()));
        }
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
/// The digits may be any of 28 x 28 pixels; for MNIST, whose content is known, see [`mnist::load`](super::mnist::load).
///
/// # Errors
/// When a file cannot be read, is damaged, is of another kind or size, or when the two do not belong together.
pub fn read_pair(images: &Path, labels: &Path) -> Result<Patterns, DataError> {
    let images = Idx::read(images, Kind::Images).map_err(|fault| fault.at(images))?;
    let digits = Idx::read(labels, Kind::Labels).map_err(|fault| fault.at(labels))?;
    pair(images, digits).map_err(|fault| fault.at(labels))
}

/// The same from the bytes of the two files.
///
/// # Errors
/// As for [`read_pair`], without the names of the files.
pub fn from_bytes(images: &[u8], labels: &[u8]) -> Result<Patterns, Fault> {
    pair(Idx::unpack(images, Kind::Images)?, Idx::unpack(labels, Kind::Labels)?)
}

/// The decoder reports damage as an I/O error, but without an error code of the operating system.
fn blame_gzip(fault: Fault) -> Fault {
    match fault {
        Fault::Io(damage) if damage.raw_os_error().is_none() => Fault::Gzip(damage),
        fault => fault,
    }
}
