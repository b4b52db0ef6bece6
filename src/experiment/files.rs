//! The files of experiments: read whole within a limit, decoded, and written whole.

use super::error::ExperimentError;
use crate::files::{put, read_bounded};
use serde::de::DeserializeOwned;
use std::path::Path;
use std::{io, str};

/// The largest TOML file of an arm or a study, in bytes.
pub(super) const SETTINGS: u64 = 256 << 10;
/// The largest `config.toml`.
pub(super) const PLAN: u64 = 2 << 20;
/// The largest of all other files: results, networks, pictures.
pub(super) const LARGE: u64 = 64 << 20;

/// The error for something that cannot be done with a file or folder, from the operating system's cause.
pub(super) fn cannot(verb: &str, path: &Path, advice: &str) -> impl Fn(io::Error) -> ExperimentError {
    move |cause| ExperimentError::File(format!("cannot {verb} {} ({cause}): {advice}", path.display()))
}

const READABLE: &str = "check its name and its permissions";
const WRITABLE: &str = "make room for it or check the permissions; everything saved before is still whole, and \
                        --resume with the folder of this run continues from it";

/// The contents of a file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, ExperimentError> {
    read_bounded(path, LARGE).map_err(cannot("read", path, READABLE))
}

/// The contents of a text file of at most `limit` bytes.
pub(super) fn read_text(path: &Path, limit: u64) -> Result<String, ExperimentError> {
    decoded(path, limit).map_err(cannot("read", path, READABLE))
}

fn decoded(path: &Path, limit: u64) -> io::Result<String> {
    let fault = |fault| io::Error::new(io::ErrorKind::InvalidData, fault);
    text(&read_bounded(path, limit)?).map_err(fault)
}

/// The text in a file's bytes: UTF-8, or UTF-16 with the byte-order mark that Windows programs write.
fn text(bytes: &[u8]) -> Result<String, String> {
    let utf16 = |word: fn([u8; 2]) -> u16| {
        let (words, rest) = bytes[2..].as_chunks();
        let text = char::decode_utf16(words.iter().map(|&bytes| word(bytes))).collect::<Result<String, _>>();
        text.ok().filter(|_| rest.is_empty()).ok_or("it begins as UTF-16 does, but is damaged")
    };
    let text = match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Err("it is UTF-32"),
        [0xff, 0xfe, ..] => utf16(u16::from_le_bytes),
        [0xfe, 0xff, ..] => utf16(u16::from_be_bytes),
        _ if bytes.contains(&0) => Err("it is binary, or UTF-16 without a byte-order mark"),
        [0xef, 0xbb, 0xbf, text @ ..] | text => str::from_utf8(text)
            .map(str::to_owned)
            .map_err(|_| "its encoding is perhaps Latin-1 or Windows-1252"),
    };
    text.map_err(|fault| format!("{fault}; expected UTF-8"))
}

/// The value that a text in TOML describes.
pub(super) fn toml<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    /// Settings have four at most.
    const PARTS: usize = 32;
    if parts_of_a_key(text) > PARTS {
        return Err(format!("it has a key of more than {PARTS} parts\n"));
    }
    toml::from_str(text).map_err(|error| error.to_string())
}

/// The most parts that a dotted key of a text in TOML has: the parser nests as many tables, each on the stack.
fn parts_of_a_key(text: &str) -> usize {
    let (mut rest, mut parts, mut most) = (text, 1, 1);
    while let Some(c) = rest.chars().next() {
        match c {
            '.' => parts += 1,
            '=' | ',' | '[' | ']' | '{' | '}' | '\n' => parts = 1,
            _ => {}
        }
        most = most.max(parts);
        rest = match c {
            '"' | '\'' => after_string(rest, c),
            '#' => &rest[rest.find('\n').unwrap_or(rest.len())..],
            _ => &rest[c.len_utf8()..],
        };
    }
    most
}

/// The rest of a text after the string in TOML that it begins with.
fn after_string(text: &str, quote: char) -> &str {
    let delimiter = quote.to_string().repeat(3);
    let long = text.starts_with(&delimiter);
    let delimiter = if long { &delimiter } else { &delimiter[..1] };
    let mut rest = &text[delimiter.len()..];
    while let Some(c) = rest.chars().next() {
        if let Some(rest) = rest.strip_prefix(delimiter) {
            return rest;
        }
        if c == '\n' && !long {
            break;
        }
        let escaped = c == '\\' && quote == '"';
        rest = &rest[c.len_utf8()..];
        if let Some(next) = rest.chars().next().filter(|_| escaped) {
            rest = &rest[next.len_utf8()..];
        }
    }
    rest
}

/// Name, file and text of a compiled-in file of `folder` with the name `word`, or of a TOML file at this path.
pub(super) fn named(
    kind: &str,
    word: &str,
    folder: &str,
    built_in: &[(&'static str, &'static str)],
) -> Result<(String, String, String), ExperimentError> {
    if let Some((name, text)) = built_in.iter().find(|(name, _)| *name == word) {
        return Ok((name.to_string(), format!("{folder}/{name}.toml"), text.to_string()));
    }
    if !word.ends_with(".toml") {
        return Err(ExperimentError::unknown(kind, word, built_in.iter().map(|(name, _)| *name)));
    }
    let text = decoded(Path::new(word), SETTINGS).map_err(|cause| {
        ExperimentError::Usage(format!(
            "cannot read the settings in {word} ({cause}): expected a TOML file, as `experiment show rbf` prints \
             one"
        ))
    })?;
    let name = Path::new(word).file_stem().unwrap_or_default().to_string_lossy();
    Ok((name.into_owned(), word.into(), text))
}

/// Writes a file of a run, or replaces it.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), ExperimentError> {
    put(path, bytes).map_err(cannot("write", path, WRITABLE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_utf_8_or_utf_16() {
        let words =
            |order: fn(u16) -> [u8; 2]| "\u{feff}mü = 1".encode_utf16().flat_map(order).collect::<Vec<u8>>();
        let (little, big) = (words(u16::to_le_bytes), words(u16::to_be_bytes));
        for bytes in ["mü = 1".as_bytes(), "\u{feff}mü = 1".as_bytes(), &little, &big] {
            assert_eq!(text(bytes).unwrap(), "mü = 1");
        }
        for (bytes, encoding) in [
            (&little[2..], "UTF-16 without a byte-order mark"),
            (&little[..3], "damaged"),
            (b"m\xfc = 1", "Latin-1"),
            (b"\xff\xfe\0\0m\0\0\0", "UTF-32"),
        ] {
            let fault = text(bytes).unwrap_err();
            assert!(fault.contains(encoding) && fault.ends_with("expected UTF-8"), "{fault}");
        }
    }

    #[test]
    fn dots_count_in_keys_alone() {
        for (text, parts) in [
            ("a = 1.5\nb = [1.5, 2.5]", 2),
            ("a . 'b.c'.\"d.\\\".e\" = 1 # f.g.h.i", 3),
            ("[a.b.c.d]\ne = '...'", 4),
            ("a = \"\"\"\n.....\n\"\"\"\nb = { c.d = '''.'.''' }", 2),
        ] {
            assert_eq!(parts_of_a_key(text), parts, "{text}");
        }
        let deep = format!("a{} = 1", ".a".repeat(100_000));
        assert!(toml::<toml::Table>(&deep).unwrap_err().contains("more than 32 parts"));
    }
}
