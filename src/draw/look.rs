//! From a drawing to everything that is shown of it.

use super::answer::{Bytes, f32s, parse};
use super::{Change, Fault, Network, Studio};
use crate::experiment::{HeadKind, picture};
use crate::section1::{Maps, States};
use crate::section3::database::normalisation::normalise;
use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize, Serializer};

/// Most pixels of a picture. A few bytes can unpack into many.
const PIXELS: u64 = 16_000_000;

/// A question of the page.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The drawing, or the pattern.
    pub of: Source,
    /// The changes by the sliders.
    #[serde(default)]
    pub change: Change,
}

/// The source of a pattern: in JSON, an object with one of the keys `ink`, `image`, `pattern` and `embedded`.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Given")]
pub enum Source {
    /// A drawing.
    Ink(Ink),
    /// A picture: the bytes of a PNG, JPEG, WebP, GIF, BMP or PGM file.
    Image(Bytes),
    /// A test pattern of MNIST, by its place in the test set.
    Pattern(usize),
    /// One of the digits that the program draws itself.
    Embedded(usize),
}

/// A [`Source`] as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with one of the keys ink, image, pattern, embedded")]
struct Given {
    ink: Option<Ink>,
    image: Option<Bytes>,
    pattern: Option<usize>,
    embedded: Option<usize>,
}

impl TryFrom<Given> for Source {
    type Error = &'static str;

    fn try_from(given: Given) -> Result<Self, Self::Error> {
        match given {
            Given { ink: Some(ink), image: None, pattern: None, embedded: None } => Ok(Self::Ink(ink)),
            Given { ink: None, image: Some(file), pattern: None, embedded: None } => Ok(Self::Image(file)),
            Given { ink: None, image: None, pattern: Some(index), embedded: None } => {
                Ok(Self::Pattern(index))
            }
            Given { ink: None, image: None, pattern: None, embedded: Some(index) } => {
                Ok(Self::Embedded(index))
            }
            _ => Err("exactly one of ink, image, pattern and embedded is expected"),
        }
    }
}

/// A drawing of any size.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ink {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Row by row: 0 is paper, 255 is ink.
    pub u8s: Bytes,
}

/// A pattern in the form of the database.
pub(super) struct Normalised {
    /// 28 x 28 pixels, 0 is paper.
    pub image: Array2<u8>,
    /// Its class, if that is known.
    pub label: Option<usize>,
}

/// A pattern and the networks' view of it.
#[derive(Clone, Debug, Serialize)]
pub struct Look {
    /// 28 x 28 pixels, 0 is paper, 255 is ink (III-A).
    pub normalised: Bytes,
    /// The input of the networks: 1 x 32 x 32.
    #[serde(serialize_with = "f32s")]
    pub pattern: Maps<f32>,
    /// Its class, if that is known.
    pub label: Option<usize>,
    /// The answer of each network.
    pub networks: Vec<Seen>,
}

/// The answer of one network to a pattern, and its states.
#[derive(Clone, Debug, Serialize)]
pub struct Seen {
    /// Its head.
    pub kind: HeadKind,
    /// The answer: the class that wins.
    pub answer: usize,
    /// Penalties (RBF) or probabilities (softmax), one for each class.
    pub scores: Vec<f32>,
    /// The states of its layers.
    pub states: Layers,
}

/// The states of the layers between the pattern and the scores, each under its name in lower case.
#[derive(Clone, Debug)]
pub struct Layers(States<f32>);

impl Serialize for Layers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Numbers<'a>(#[serde(serialize_with = "f32s")] &'a Maps<f32>);
        serializer.collect_map(self.0.layers().map(|(layer, state)| (layer.to_lowercase(), Numbers(state))))
    }
}

impl Question {
    /// Reads a question as the page sends it.
    ///
    /// # Errors
    /// 400, with the field that is wrong.
    pub fn parse(text: &[u8]) -> Result<Self, Fault> {
        parse(text)
    }
}

impl Look {
    /// Answers a question.
    ///
    /// # Errors
    /// When there is nothing to read, no such pattern, a change goes too far, or a penalty is not finite.
    pub fn at(studio: &Studio, question: &Question) -> Result<Self, Fault> {
        question.change.check()?;
        let Normalised { image, label } = question.of.normalised(studio)?;
        let pattern = question.change.pattern(image.view());
        let seen = |Network { kind, model, .. }: &Network| {
            let states = model.read(&pattern).map_err(|error| Fault::unreadable(error.to_string()))?;
            let (answer, scores) = (states.output.nearest(), model.scores(&states.output));
            Ok(Seen { kind: *kind, answer, scores, states: Layers(states) })
        };
        let networks = studio.networks.iter().map(seen).collect::<Result<_, Fault>>()?;
        Ok(Self { normalised: Bytes(image.iter().copied().collect()), pattern, label, networks })
    }
}

impl Source {
    /// The pattern in the form of the database (III-A).
    pub(super) fn normalised(&self, studio: &Studio) -> Result<Normalised, Fault> {
        let unnamed = |image| Normalised { image, label: None };
        match self {
            Self::Ink(ink) => ink.normalised().map(unnamed),
            Self::Image(Bytes(file)) => picture::parse(file, PIXELS).map(unnamed).map_err(Fault::unreadable),
            Self::Pattern(index) => studio.patterns.mnist(*index),
            Self::Embedded(index) => studio.patterns.embedded(*index),
        }
    }
}

impl Ink {
    fn normalised(&self) -> Result<Array2<u8>, Fault> {
        let Self { width, height, u8s: Bytes(pixels) } = self;
        if width.checked_mul(*height) != Some(pixels.len()) {
            let found = pixels.len();
            let fault = format!("the ink is {found} bytes: {width} x {height} pixels need one each");
            return Err(Fault::malformed(fault));
        }
        // Without any pixel, a side may be longer than an array's.
        let drawing = ArrayView2::from_shape((*height, *width), pixels)
            .map_err(|error| Fault::malformed(format!("{width} x {height} pixels: {error}")))?;
        normalise(drawing).map_err(|error| Fault::unreadable(error.to_string()))
    }
}
