//! The IDX reader: the files that it accepts, and a clear error for every other file.

use super::{assert_says, gzip, images, labels};
use lenet5::section3::database::idx::read_pair;
use lenet5::section3::database::{DataError, Patterns};
use proptest::prelude::*;
use std::fs;

fn read(images: &[u8], labels: &[u8]) -> Result<Patterns, DataError> {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["images", "labels"].map(|name| folder.path().join(name));
    fs::write(&paths[0], images).unwrap();
    fs::write(&paths[1], labels).unwrap();
    read_pair(&paths[0], &paths[1])
}

/// Asserts that an images file with these bytes is refused with these words, plain and gzipped.
fn assert_images_refused(content: &[u8], phrases: &[&str]) {
    for bytes in [content, &gzip(content)] {
        let message = read(bytes, &labels(3)).unwrap_err().to_string();
        assert_says(&message, &["/images: ", "expected"]);
        assert_says(&message, phrases);
    }
}

/// The same for a labels file.
fn assert_labels_refused(content: &[u8], phrases: &[&str]) {
    for bytes in [content, &gzip(content)] {
        let message = read(&images(3), bytes).unwrap_err().to_string();
        assert_says(&message, &["/labels: ", "expected"]);
        assert_says(&message, phrases);
    }
}

/// `images(3)` with the 32 bits at `offset` replaced.
fn with_word(offset: usize, word: u32) -> Vec<u8> {
    let mut content = images(3);
    content[offset..offset + 4].copy_from_slice(&word.to_be_bytes());
    content
}

#[test]
fn reads_plain_and_gzipped_whatever_the_name() {
    let plain = read(&images(3), &labels(3)).unwrap();
    assert_eq!(plain.len(), 3);
    assert_eq!([0, 1, 2].map(|p| plain.label(p)), [0, 1, 2]);
    for p in 0..3 {
        let expected: Vec<u8> = images(3)[16 + 784 * p..16 + 784 * (p + 1)].to_vec();
        assert_eq!(plain.image(p).iter().copied().collect::<Vec<_>>(), expected);
    }
    assert_eq!(plain, read(&gzip(&images(3)), &gzip(&labels(3))).unwrap());
    assert_eq!(plain, read(&images(3), &gzip(&labels(3))).unwrap());
}

#[test]
fn missing_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nowhere");
    let message = read_pair(&path, &path).unwrap_err().to_string();
    assert_says(&message, &["/nowhere: cannot be read", "check its name"]);
    let message = read_pair(folder.path(), &path).unwrap_err().to_string();
    assert_says(&message, &[&folder.path().display().to_string(), "cannot be read"]);
}

#[test]
fn empty() {
    assert_images_refused(&[], &["holds 0 bytes", "IDX images"]);
    assert_labels_refused(&[], &["holds 0 bytes", "IDX labels"]);
}

#[test]
fn truncated() {
    assert_images_refused(&images(3)[..3], &["ends after 3 bytes", "expected 16 at least"]);
    assert_images_refused(&images(3)[..15], &["ends after 15 bytes", "expected 16 at least"]);
    assert_images_refused(
        &images(3)[..2000],
        &["ends after 2000 bytes", "expected 2368 at least", "download"],
    );
    assert_labels_refused(&labels(3)[..10], &["ends after 10 bytes", "expected 11 at least", "download"]);
}

#[test]
fn over_long() {
    assert_images_refused(&[images(3), vec![0]].concat(), &["goes on after the 2368 bytes", "download"]);
    assert_labels_refused(&[labels(3), vec![0; 9]].concat(), &["goes on after the 11 bytes", "download"]);
}

#[test]
fn another_kind() {
    assert_images_refused(&labels(3), &["0x00000801 (IDX labels", "expected 0x00000803 (IDX images"]);
    assert_labels_refused(&images(3), &["0x00000803 (IDX images", "expected 0x00000801 (IDX labels"]);
    assert_images_refused(&with_word(0, 0x0d03), &["0x00000d03 (IDX 32-bit floats in 3 dimensions)"]);
    assert_images_refused(&with_word(0, 0x0804), &["0x00000804 (IDX unsigned bytes in 4 dimensions)"]);
    assert_images_refused(b"\x12\x34\x56\x78", &["0x12345678 (not IDX)"]);
}

#[test]
fn another_size() {
    assert_images_refused(&with_word(8, 32), &["images of 32 x 28 pixels", "expected 28 x 28"]);
    assert_images_refused(
        &with_word(12, u32::MAX),
        &["images of 28 x 4294967295 pixels", "expected 28 x 28"],
    );
}

#[test]
fn a_header_that_promises_too_much_or_nothing() {
    assert_images_refused(&with_word(4, u32::MAX), &["promises 4294967295 patterns", "at most 100000"]);
    assert_images_refused(&with_word(4, 100_001), &["promises 100001 patterns", "at most 100000"]);
    assert_images_refused(&with_word(4, 100_000), &["ends after 2368 bytes", "78400016"]);
    assert_images_refused(&with_word(4, 0), &["promises 0 patterns", "at least 1"]);
    assert_labels_refused(&labels(0), &["promises 0 patterns", "at least 1"]);
}

#[test]
fn labels_that_are_no_digits_or_do_not_match() {
    let mut content = labels(3);
    content[9] = 10;
    assert_labels_refused(&content, &["label 1 (counted from 0) is 10", "0 to 9"]);
    assert_labels_refused(&labels(4), &["4 labels for 3 images"]);
}

#[test]
fn damaged_gzip() {
    let whole = gzip(&images(3));
    let mut damaged = whole.clone();
    *damaged.last_mut().unwrap() ^= 1;
    let cut = &whole[..whole.len() - 1];
    for bytes in [&damaged, cut, &whole[..2], &whole[..40]] {
        let message = read(bytes, &labels(3)).unwrap_err().to_string();
        assert_says(&message, &["/images: its gzip data are damaged or cut short", "expected", "download"]);
    }
    for tail in [&[0][..], b"garbage", &images(1)] {
        let message = read(&[&whole, tail].concat(), &labels(3)).unwrap_err().to_string();
        assert_says(&message, &["/images: bytes that are not gzip follow the end", "expected", "download"]);
    }
    let message = read(&[&whole, &whole[..30]].concat(), &labels(3)).unwrap_err().to_string();
    assert_says(&message, &["/images: its gzip data are damaged or cut short"]);
    let message = read(&[whole.as_slice(), &whole].concat(), &labels(3)).unwrap_err().to_string();
    assert_says(&message, &["/images: goes on after the 2368 bytes"]);
}

/// Some programs write one gzip member for each block, and `cat` joins them.
#[test]
fn gzip_of_several_members_is_one_file() {
    let (content, plain) = (images(3), read(&images(3), &labels(3)).unwrap());
    for cuts in [&[1000][..], &[0], &[16, 17], &[3, 16, 800, 2367], &[2368, 2368]] {
        let ends = cuts.iter().copied().chain([content.len()]);
        let members = ends.scan(0, |begin, end| Some(gzip(&content[std::mem::replace(begin, end)..end])));
        let gzipped: Vec<u8> = members.flatten().collect();
        assert_eq!(read(&gzipped, &labels(3)).unwrap(), plain, "{cuts:?}");
        let message = read(&[gzipped.as_slice(), b"tail"].concat(), &labels(3)).unwrap_err().to_string();
        assert_says(&message, &["bytes that are not gzip follow the end"]);
    }
}

#[test]
fn files_of_other_kinds_are_called_by_their_kind() {
    for (content, kind) in [
        (&b"<!doctype html><html><body>Not found</body></html>"[..], "is an HTML page"),
        (b"\n<html><body>Not found</body></html>", "is an HTML page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:ba89", "is a Git LFS pointer"),
        (b"PK\x03\x04\x14\0\0\0\x08\0", "is a ZIP archive"),
        (b"{\"message\": \"Not found\"}", "is JSON text"),
        (b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "is XML text"),
        (b"PAR1\x15\x04\x15", "is a Parquet file"),
        (b"404: Not Found", "is plain text"),
    ] {
        assert_images_refused(content, &[kind, "expected IDX images", "download"]);
        assert_labels_refused(content, &[kind, "expected IDX labels", "download"]);
    }
    // Compressed twice.
    let message = read(&gzip(&gzip(&images(3))), &labels(3)).unwrap_err().to_string();
    assert_says(&message, &["is gzip data", "expected IDX images"]);
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for path in [pipe.as_path(), "/dev/zero".as_ref()] {
        let message = read_pair(path, path).unwrap_err().to_string();
        assert_says(&message, &[&path.display().to_string(), "not a regular file"]);
    }
}

/// A small file may unpack to gigabytes. It is refused after the bytes that its header promises, before the damage at its
/// end.
#[test]
fn a_decompression_bomb_is_cut_off() {
    let mut bomb = gzip(&[images(3), vec![0; 8 << 20]].concat());
    *bomb.last_mut().unwrap() ^= 1;
    let message = read(&bomb, &labels(3)).unwrap_err().to_string();
    assert_says(&message, &["goes on after the 2368 bytes"]);
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        start in prop::sample::select(vec![vec![], vec![0, 0, 8, 3], vec![0, 0, 8, 1], vec![0x1f, 0x8b], vec![0x1f, 0x8b, 8, 0]]),
    ) {
        let bytes = [start, bytes].concat();
        prop_assert!(read(&bytes, &labels(3)).is_err());
        prop_assert!(read(&gzip(&bytes), &labels(3)).is_err());
        if let Ok(patterns) = read(&images(3), &bytes) {
            prop_assert_eq!(bytes.len(), 11);
            prop_assert_eq!((0..3).map(|p| patterns.label(p) as u8).collect::<Vec<_>>(), &bytes[8..]);
        }
    }

    /// A changed header is refused; a changed pixel is read unchanged.
    #[test]
    fn one_changed_byte(at in prop_oneof![0..16usize, 16..16 + 3 * 784usize], flip in 1..=255u8) {
        let mut content = images(3);
        content[at] ^= flip;
        match read(&content, &labels(3)) {
            Err(_) => prop_assert!(at < 16),
            Ok(patterns) => {
                let grey: Vec<u8> = (0..3).flat_map(|p| patterns.image(p).iter().copied().collect::<Vec<_>>()).collect();
                prop_assert_eq!(&grey, &content[16..]);
            }
        }
    }

    /// A changed byte never changes the patterns. Some changes have no effect (the time in the header, unused codes, padding
    /// bits); a change in the last eight bytes, the checksum and the length, is always an error.
    #[test]
    fn one_changed_byte_in_gzip(at in any::<prop::sample::Index>(), flip in 1..=255u8) {
        let mut gzipped = gzip(&images(3));
        let at = at.index(gzipped.len());
        gzipped[at] ^= flip;
        if let Ok(patterns) = read(&gzipped, &labels(3)) {
            prop_assert!(at < gzipped.len() - 8);
            prop_assert_eq!(patterns, read(&images(3), &labels(3)).unwrap());
        }
    }

    #[test]
    fn a_shorter_or_longer_file_is_refused(
        packed in any::<bool>(), cut in any::<prop::sample::Index>(), tail in prop::collection::vec(any::<u8>(), 1..50),
    ) {
        let whole = if packed { gzip(&images(3)) } else { images(3) };
        prop_assert!(read(&whole[..cut.index(whole.len())], &labels(3)).is_err());
        prop_assert!(read(&[whole, tail].concat(), &labels(3)).is_err());
    }
}
