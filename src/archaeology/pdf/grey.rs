//! The grey levels of an image in a PDF.

use hayro_syntax::object::{Name, Object, Stream};

/// The values of an image's components.
enum Colours {
    /// One component, from black to white.
    Grey,
    /// Three components, which are equal where the image is grey.
    Rgb,
    /// One component, the number of a grey.
    Indexed(Vec<u8>),
}

/// Rows and columns of an image and its grey levels, row by row, from 0 (black) to 255; `None` if it has colours, or is stored
/// in a form that loses levels.
pub(super) fn picture(image: &Stream) -> Option<([usize; 2], Vec<u8>)> {
    let dict = image.dict();
    // An image object has long keys, an inline image may have short ones.
    let entry = |short, long| dict.get::<Object>(short).or_else(|| dict.get(long));
    let number = |short, long| entry(short, long).and_then(|found| u32::try_from(found).ok());
    if entry("IM", "ImageMask").and_then(Object::into_bool) == Some(true) {
        return None;
    }
    let [rows, columns] = [number("H", "Height")?, number("W", "Width")?].map(|pixels| pixels as usize);
    let bits = number("BPC", "BitsPerComponent").filter(|bits| [1, 2, 4, 8].contains(bits))?;
    let colours = Colours::of(entry("CS", "ColorSpace"))?;
    let components = if matches!(colours, Colours::Rgb) { 3 } else { 1 };
    let bytes = columns.checked_mul(components * bits as usize)?.div_ceil(8);
    let data = image.decoded_data().ok()?;
    let decode = entry("D", "Decode").and_then(Object::into_array);
    let is_inverted = decode.and_then(|decode| decode.iter::<f32>().next()) == Some(1.0);
    let most = (1_u32 << bits) - 1;
    let level = |value: u8| match &colours {
        Colours::Indexed(greys) => greys.get(usize::from(value)).copied(),
        _ => Some((u32::from(value) * 255 / most) as u8),
    };
    let mut levels = Vec::with_capacity(data.len().min(rows.checked_mul(columns)?));
    for line in data.chunks_exact(bytes.max(1)).take(rows) {
        let values: Vec<u8> = values(line, bits).take(columns * components).collect();
        for pixel in values.chunks_exact(components) {
            let level = level(pixel[0]).filter(|_| pixel.iter().all(|value| *value == pixel[0]))?;
            levels.push(if is_inverted { 255 - level } else { level });
        }
    }
    (levels.len() == rows * columns && !levels.is_empty()).then_some(([rows, columns], levels))
}

/// The numbers of so many bits each in a line, the highest bits of a byte first.
fn values(line: &[u8], bits: u32) -> impl Iterator<Item = u8> {
    let most = ((1_u32 << bits) - 1) as u8;
    line.iter().flat_map(move |byte| (0..8 / bits).rev().map(move |place| byte >> (place * bits) & most))
}

impl Colours {
    /// The colours by the entry of an image.
    fn of(entry: Option<Object>) -> Option<Self> {
        let Some(Object::Array(array)) = &entry else { return Self::plain(entry) };
        let mut parts = array.iter::<Object>();
        match parts.next()?.into_name().as_deref() {
            Some(b"I" | b"Indexed") => Self::indexed(Self::plain(parts.next())?, parts.nth(1)?),
            _ => Self::plain(entry),
        }
    }

    /// Colours without a table. A name of the page's resources is taken for a grey: the number of bytes tells.
    fn plain(entry: Option<Object>) -> Option<Self> {
        match entry {
            None => Some(Self::Grey),
            Some(Object::Name(name)) => Self::named(&name),
            Some(Object::Array(array)) => {
                let mut parts = array.iter::<Object>();
                let family = parts.next()?.into_name()?;
                let profile = parts.next().filter(|_| *family == *b"ICCBased").and_then(Object::into_stream);
                match profile.map(|profile| profile.dict().get::<u32>("N")) {
                    Some(Some(1)) => Some(Self::Grey),
                    Some(_) => Some(Self::Rgb),
                    None => Self::named(&family),
                }
            }
            Some(_) => None,
        }
    }

    fn named(name: &Name) -> Option<Self> {
        match &**name {
            b"RGB" | b"DeviceRGB" | b"CalRGB" => Some(Self::Rgb),
            b"CMYK" | b"DeviceCMYK" | b"Lab" | b"Pattern" | b"Separation" | b"DeviceN" => None,
            _ => Some(Self::Grey),
        }
    }

    /// A table of colours, if all of them are greys.
    fn indexed(base: Self, table: Object) -> Option<Self> {
        let components = if matches!(base, Self::Rgb) { 3 } else { 1 };
        let table = match table {
            Object::String(bytes) => bytes.as_bytes().to_vec(),
            Object::Stream(stream) => stream.decoded_data().ok()?.into_owned(),
            _ => return None,
        };
        let mut colours = table.chunks_exact(components);
        let is_grey = colours.clone().all(|colour| colour.iter().all(|part| *part == colour[0]));
        is_grey.then(|| Self::Indexed(colours.by_ref().map(|colour| colour[0]).collect()))
    }
}
