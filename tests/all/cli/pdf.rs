//! A PDF with the rasters of the figures is recognised, in every form in which an inline image may hold them; another file is
//! refused, with the reason.

use super::Desk;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use lenet5::archaeology::pdf::Pictures;
use lenet5::archaeology::pdf::comparison::{Comparison, rasters};
use ndarray::Array2;
use std::fs;
use std::io::Write;

/// A raster of a few levels, so that every number of bits can hold it.
fn stripes(levels: u8) -> Array2<u8> {
    Array2::from_shape_fn((9, 7), |(y, x)| (y * x % usize::from(levels)) as u8 * (255 / (levels - 1)))
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The rows of a raster behind the filters of PNG, in turn: none, sub, up, average, Paeth.
fn predicted(raster: &Array2<u8>) -> Vec<u8> {
    let at = |y: isize, x: isize| raster.get((y as usize, x as usize)).copied().unwrap_or(0);
    let mut bytes = Vec::new();
    for y in 0..raster.nrows() as isize {
        bytes.push((y % 5) as u8);
        for x in 0..raster.ncols() as isize {
            let [left, above, corner] = [at(y, x - 1), at(y - 1, x), at(y - 1, x - 1)].map(i32::from);
            let nearest = [left, above, corner];
            let guess = match y % 5 {
                0 => 0,
                1 => left,
                2 => above,
                3 => (left + above) / 2,
                _ => *nearest.iter().min_by_key(|&&value| (left + above - corner - value).abs()).unwrap(),
            };
            bytes.push((i32::from(at(y, x)) - guess) as u8);
        }
    }
    bytes
}

/// An inline image: keys beside its size, and its data.
fn inline(raster: &Array2<u8>, keys: &str, data: &[u8]) -> Vec<u8> {
    let (rows, columns) = raster.dim();
    let head = format!("q 20 0 0 20 100 100 cm\nBI /W {columns} /H {rows} {keys} ID ");
    [head.as_bytes(), data, b"\nEI\nQ\n"].concat()
}

/// The form in which the paper's electronic version has them.
fn as_published(raster: &Array2<u8>) -> Vec<u8> {
    let keys = format!("/CS /G /BPC 8 /F /Fl /DP << /Predictor 15 /Columns {} >>", raster.ncols());
    inline(raster, &keys, &deflated(&predicted(raster)))
}

/// A PDF of one page with these contents, and perhaps more objects.
fn document(contents: &[u8], more: &[Vec<u8>], trailer: &str) -> Vec<u8> {
    let packed = deflated(contents);
    let stream = format!("<< /Length {} /Filter /FlateDecode >>\nstream\n", packed.len());
    let mut objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << >> /Contents 4 0 R >>".to_vec(),
        [stream.as_bytes(), &packed, b"\nendstream"].concat(),
    ];
    objects.extend_from_slice(more);
    let (mut file, mut places) = (b"%PDF-1.3\n".to_vec(), Vec::new());
    for (n, object) in objects.iter().enumerate() {
        places.push(file.len());
        file.extend(format!("{} 0 obj\n", n + 1).bytes().chain(object.iter().copied()).chain(*b"\nendobj\n"));
    }
    let table = file.len();
    let entries: String = places.iter().map(|place| format!("{place:010} 00000 n \n")).collect();
    let count = objects.len() + 1;
    file.extend(
        format!(
            "xref\n0 {count}\n0000000000 65535 f \n{entries}trailer\n<< /Size {count} /Root 1 0 R {trailer} >>\n\
             startxref\n{table}\n%%EOF\n"
        )
        .bytes(),
    );
    file
}

/// The paper's rasters, all on one page.
fn paper() -> Vec<u8> {
    let all = rasters().into_iter().flat_map(|(_, rasters)| rasters);
    document(&all.flat_map(|raster| as_published(&raster)).collect::<Vec<u8>>(), &[], "")
}

fn pictures(bytes: &[u8]) -> Result<Pictures, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copy.pdf");
    fs::write(&file, bytes).unwrap();
    Pictures::read(&file).map_err(|error| error.to_string())
}

#[test]
fn a_copy_with_all_rasters_agrees() {
    let found = Comparison::of(&pictures(&paper()).unwrap(), None);
    let (there, all) = found.sum();
    assert!(there == all && all > 500, "{found}");
}

#[test]
fn one_pixel_in_another_grey_is_seen() {
    let mut all: Vec<Array2<u8>> = rasters().into_iter().flat_map(|(_, rasters)| rasters).collect();
    let changed = all.iter_mut().find(|raster| raster.dim() == (28, 28)).unwrap();
    changed[[13, 13]] ^= 1;
    let contents: Vec<u8> = all.iter().flat_map(as_published).collect();
    let (there, all) = Comparison::of(&pictures(&document(&contents, &[], "")).unwrap(), None).sum();
    assert_eq!(there + 1, all);
}

/// The bits of a line, each number in so many of them.
fn packed(raster: &Array2<u8>, bits: usize) -> Vec<u8> {
    let most = (1_u32 << bits) - 1;
    let line = |row: ndarray::ArrayView1<u8>| {
        let number = |level: &u8| (u32::from(*level) * most + 127) / 255;
        let digits: String = row.iter().map(|level| format!("{:0bits$b}", number(level))).collect();
        let bytes = digits.as_bytes().chunks(8).map(|byte| String::from_utf8(byte.to_vec()).unwrap());
        bytes.map(|byte| u8::from_str_radix(&format!("{byte:0<8}"), 2).unwrap()).collect::<Vec<u8>>()
    };
    raster.rows().into_iter().flat_map(line).collect()
}

#[test]
fn every_form_of_a_grey_image_is_read() {
    let grey = stripes(4);
    let plain: Vec<u8> = grey.iter().copied().collect();
    let inverted: Vec<u8> = grey.iter().map(|level| 255 - level).collect();
    let rgb: Vec<u8> = grey.iter().flat_map(|level| [*level; 3]).collect();
    let numbers: Vec<u8> = grey.iter().map(|level| level / 85).collect();
    let hex: String = plain.iter().map(|byte| format!("{byte:02x}")).collect();
    let table = "/CS [/I /RGB 3 <000000 555555 aaaaaa ffffff>] /BPC 8";
    let forms: [(&str, Vec<u8>); 8] = [
        ("/CS /G /BPC 8", plain.clone()),
        ("/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode", deflated(&plain)),
        ("/CS /G /BPC 8 /D [1 0] /F /Fl", deflated(&inverted)),
        ("/CS /RGB /BPC 8 /F /Fl", deflated(&rgb)),
        (&format!("{table} /F [/Fl]"), deflated(&numbers)),
        ("/CS /G /BPC 2", packed(&grey, 2)),
        ("/CS /G /BPC 4 /F /Fl", deflated(&packed(&grey, 4))),
        ("/CS /G /BPC 8 /F /AHx", format!("{hex}>").into_bytes()),
    ];
    for (keys, data) in forms {
        let found = pictures(&document(&inline(&grey, keys, &data), &[], "")).expect(keys);
        assert!(found.hold(grey.view()), "{keys}");
        assert!(!found.hold(stripes(5).view()), "{keys}");
    }
    // As an image object, and as a part of a larger picture.
    let mut wide = Array2::from_elem((20, 30), 255);
    wide.indexed_iter_mut().for_each(|((y, x), level)| {
        *level = grey.get((y.wrapping_sub(5), x.wrapping_sub(11))).copied().unwrap_or(255);
    });
    let data = deflated(&wide.iter().copied().collect::<Vec<u8>>());
    let keys =
        "/Type /XObject /Subtype /Image /Width 30 /Height 20 /ColorSpace /DeviceGray /BitsPerComponent 8";
    let head = format!("<< {keys} /Filter /FlateDecode /Length {} >>\nstream\n", data.len());
    let image = [head.as_bytes(), &data, b"\nendstream"].concat();
    assert!(pictures(&document(b"q Q", &[image], "")).unwrap().hold(grey.view()));
}

#[test]
fn colours_and_masks_are_no_greys() {
    let some = stripes(2);
    let rgb: Vec<u8> = some.iter().flat_map(|level| [*level, 0, 0]).collect();
    for (keys, data) in [("/CS /RGB /BPC 8", rgb), ("/IM true /BPC 1", packed(&some, 1))] {
        let error = pictures(&document(&inline(&some, keys, &data), &[], "")).unwrap_err();
        assert!(error.contains("holds no grey picture"), "{error}");
    }
}

/// A page that is one picture, as a scanner makes it.
fn scan() -> Vec<u8> {
    let page = Array2::from_shape_fn((200, 150), |(y, x)| (y * 7 + x * 3) as u8);
    document(&inline(&page, "/CS /G /BPC 8", &page.iter().copied().collect::<Vec<u8>>()), &[], "")
}

/// A page of a few bytes that unpacks to 300 MB.
fn bomb() -> Vec<u8> {
    document(&vec![b' '; 300 << 20], &[], "")
}

/// A form that LZW may unpack to more than that, as far as its length tells.
fn other_bomb() -> Vec<u8> {
    let head = b"<< /Type /XObject /Subtype /Form /Filter /LZWDecode /Length 70000 >>\nstream\n";
    document(b"q Q", &[[&head[..], &[b'x'; 70_000], b"\nendstream"].concat()], "")
}

#[test]
fn other_files_are_refused_with_the_reason() {
    let desk = Desk::new();
    let whole = paper();
    let lock = "/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O <00> /U <00> >> /ID [<00> <00>]";
    let files: [(&str, Vec<u8>, &str); 8] = [
        ("text.pdf", b"It is a text.".to_vec(), "is no PDF"),
        ("empty.pdf", Vec::new(), "is no PDF"),
        ("locked.pdf", document(b"q Q", &[], lock), "is encrypted"),
        ("half.pdf", whole[..300].to_vec(), "is a damaged PDF"),
        ("words.pdf", document(b"BT (LeNet) Tj ET", &[], ""), "holds no grey picture"),
        ("scan.pdf", scan(), "holds none of our rasters"),
        ("bomb.pdf", bomb(), "unpack to more than"),
        ("lzw.pdf", other_bomb(), "may unpack to more than"),
    ];
    for (name, bytes, reason) in files {
        desk.write(name, bytes);
        desk.experiment(&format!("archaeology --pdf {name}")).fails(1, &[name, reason]);
    }
    desk.experiment("archaeology --pdf nowhere.pdf").fails(1, &["nowhere.pdf", "cannot be read"]);
    desk.write("changed.pdf", document(&as_published(&rasters()[1].1[0]), &[], ""));
    let (_, all) = Comparison::of(&pictures(&whole).unwrap(), None).sum();
    let missing = format!("{} of {all} rasters are not in changed.pdf", all - 1);
    desk.experiment("archaeology --pdf changed.pdf").fails(1, &[&missing]);
    desk.write("whole.pdf", whole);
    let said = desk.experiment("archaeology --pdf whole.pdf").succeeds();
    assert!(
        said.out.contains("agrees with ours") && said.out.contains("were not compared"),
        "{}",
        said.shown()
    );
}
