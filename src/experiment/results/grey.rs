//! Pictures in JSON: patterns, and states of F6 shown as pictures.

use super::super::picture::limits;
use base64::{Engine, engine::general_purpose::STANDARD};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder, ImageFormat};
use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

/// A picture in 256 grey levels: rows x columns. In JSON it is a PNG in base64: small, and a picture to every browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Grey(pub Array2<u8>);

impl Grey {
    /// The largest side that is read. Pictures of runs are far smaller.
    const SIDE: u32 = 256;

    /// A picture of numbers between `-limit` and `limit`; numbers beyond are drawn as the limit.
    ///
    /// ```
    /// use lenet5::experiment::Grey;
    /// let grey = Grey::between(2.0, lenet5::ndarray::arr2(&[[-2.0, 0.0, 5.0]]).view());
    /// assert_eq!(grey.0, lenet5::ndarray::arr2(&[[0, 128, 255]]));
    /// assert_eq!(grey.numbers(2.0)[[0, 2]], 2.0);
    /// ```
    pub fn between(limit: f32, numbers: ArrayView2<f32>) -> Self {
        Self(numbers.mapv(|x| ((x / limit).clamp(-1.0, 1.0) * 127.5 + 127.5).round() as u8))
    }

    /// The numbers between `-limit` and `limit` of such a picture, to half a grey level.
    pub fn numbers(&self, limit: f32) -> Array2<f32> {
        self.0.mapv(|level| (f32::from(level) / 127.5 - 1.0) * limit)
    }

    /// The picture with black and white exchanged: 0 is paper in the database, but ink on a page.
    pub fn inverted(&self) -> Self {
        Self(self.0.mapv(|level| 255 - level))
    }

    /// The picture as a PNG in base64.
    pub fn base64(&self) -> String {
        let (rows, columns) = self.0.dim();
        let mut png = Vec::new();
        let levels: Vec<u8> = self.0.iter().copied().collect();
        PngEncoder::new_with_quality(&mut png, CompressionType::Best, FilterType::NoFilter)
            .write_image(&levels, columns as u32, rows as u32, ExtendedColorType::L8)
            .expect("as many levels as the sides say, written to memory");
        STANDARD.encode(png)
    }
}

impl From<Grey> for String {
    fn from(grey: Grey) -> Self {
        grey.base64()
    }
}

impl TryFrom<String> for Grey {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let png = STANDARD.decode(&text).map_err(|error| format!("is no base64: {error}"))?;
        let mut reader = image::ImageReader::with_format(std::io::Cursor::new(png), ImageFormat::Png);
        reader.limits(limits(Self::SIDE));
        let picture = reader.decode().map_err(|error| format!("is no PNG of a picture: {error}"))?;
        let picture = picture.into_luma8();
        let shape = (picture.height() as usize, picture.width() as usize);
        Ok(Self(Array2::from_shape_vec(shape, picture.into_raw()).expect("a level for each pixel")))
    }
}
