//! The kinds of files that are often found in place of the expected one: a web page, a pointer, an archive.

/// Beginnings of files, and the kind of each file.
const BEGINNINGS: &[(&[u8], &str)] = &[
    (b"version https://git-lfs.github.com/", "a Git LFS pointer (`git lfs pull` gets the file itself)"),
    (b"PK\x03\x04", "a ZIP archive (unpack it; a .pt or .npz file is one, too)"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\x1f\x8b", "gzip data (unpack them)"),
    (b"BZh", "bzip2 data (unpack them)"),
    (b"\xfd7zXZ\0", "xz data (unpack them)"),
    (b"\x28\xb5\x2f\xfd", "zstd data (unpack them)"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive (unpack it)"),
    (b"Rar!\x1a\x07", "a RAR archive (unpack it)"),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"BM", "a BMP picture"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"%PDF-", "a PDF document"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (b"PAR1", "a Parquet file"),
    (b"GGUF", "a GGUF file"),
    (b"\x80\x02", "a Python pickle"),
    (b"\x80\x03", "a Python pickle"),
    (b"\x80\x04", "a Python pickle"),
    (b"\x80\x05", "a Python pickle"),
    (b"\0\0\x08\x01", "IDX labels"),
    (b"\0\0\x08\x03", "IDX images"),
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
];

/// Beginnings of texts, without the white space before them, in lower case.
const TEXTS: &[(&str, &str)] = &[
    ("<!doctype html", "an HTML page (the answer of a web server instead of the file)"),
    ("<html", "an HTML page (the answer of a web server instead of the file)"),
    ("<head", "an HTML page (the answer of a web server instead of the file)"),
    ("<body", "an HTML page (the answer of a web server instead of the file)"),
    ("<script", "an HTML page (the answer of a web server instead of the file)"),
    ("<!--", "an HTML page (the answer of a web server instead of the file)"),
    ("<svg", "an SVG picture"),
    ("<?xml", "XML text (often the error message of a web server)"),
    ("<", "XML text (often the error message of a web server)"),
    ("{", "JSON text (often the error message of a web server)"),
    ("[", "JSON text (often the error message of a web server)"),
];

/// The kind of file that begins with these bytes, if it is a common one: an HTML page, a Git LFS pointer, a ZIP
/// archive, a picture, text. Asked after a reader has found that a file is not of the expected kind.
pub(crate) fn recognise(beginning: &[u8]) -> Option<&'static str> {
    let known = BEGINNINGS.iter().find(|(bytes, _)| beginning.starts_with(bytes));
    let container = || match (beginning.get(..4)?, beginning.get(4..8)?, beginning.get(8..12)?) {
        (b"RIFF", _, b"WEBP") => Some("a WebP picture"),
        (_, b"ftyp", b"avif") => Some("an AVIF picture"),
        (_, b"ftyp", b"heic" | b"heix" | b"mif1" | b"heim") => Some("a HEIC picture"),
        _ => None,
    };
    let tar = || (beginning.get(257..262)? == b"ustar").then_some("a tar archive (unpack it)");
    known.map(|(_, kind)| *kind).or_else(container).or_else(tar).or_else(|| text(beginning))
}

/// The kind of text, if these bytes begin one.
fn text(beginning: &[u8]) -> Option<&'static str> {
    let beginning = &beginning[..beginning.len().min(256)];
    let beginning = beginning.strip_prefix(b"\xef\xbb\xbf").unwrap_or(beginning);
    // The last character may be cut.
    let text = match str::from_utf8(beginning) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            str::from_utf8(&beginning[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    let text = text.trim_ascii_start();
    if text.is_empty() || text.chars().any(|c| c.is_control() && !c.is_ascii_whitespace()) {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let known = TEXTS.iter().find(|(start, _)| lower.starts_with(start));
    Some(known.map_or("plain text", |(_, kind)| kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_files_are_recognised_by_their_beginning() {
        for (beginning, kind) in [
            (&b"<!DOCTYPE html>\n<html>"[..], "an HTML page"),
            (b"\xef\xbb\xbf\r\n <HTML lang=en>", "an HTML page"),
            (b"<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>", "XML text"),
            (b"<Error><Code>NoSuchKey</Code></Error>", "XML text"),
            (b"version https://git-lfs.github.com/spec/v1\noid sha256:12", "a Git LFS pointer"),
            (b"PK\x03\x04\x14\0", "a ZIP archive"),
            (b"{\"message\": \"Not found\"}", "JSON text"),
            (b" [1, 2]", "JSON text"),
            (b"404: Not Found", "plain text"),
            (b"Stra\xc3\x9fe \xe2\x82", "plain text"),
            (b"RIFF\x12\0\0\0WEBPVP8 ", "a WebP picture"),
            (b"\0\0\0\x18ftypheic\0\0", "a HEIC picture"),
        ] {
            let found = recognise(beginning);
            assert!(found.is_some_and(|found| found.starts_with(kind)), "{kind}: {found:?}");
        }
        let mut tar = [b'a'; 512];
        tar[100..200].fill(0);
        tar[257..262].copy_from_slice(b"ustar");
        assert!(recognise(&tar).is_some_and(|found| found.starts_with("a tar archive")));
        for unknown in [&b""[..], b"\0\0\x0d\x03", b"\x12\x34\x56\x78", b"  \n", b"\xc3\x28 text"] {
            assert_eq!(recognise(unknown), None, "{unknown:?}");
        }
    }
}
