//! III-A: patterns and their labels, as the network meets them: see the page of [`database`](super).

use super::Fault;
use crate::Real;
use ndarray::{Array3, ArrayView2, Axis, Slice};

/// Grey level of white paper on the input plane (II-B).
pub const BACKGROUND: f64 = -0.1;
/// Grey level of black ink on the input plane (II-B).
pub const FOREGROUND: f64 = 1.175;
/// Side of the images in the database: 28 x 28 pixels (III-A).
pub const IMAGE: usize = 28;
/// Side of the input plane of LeNet-5: 32 x 32 pixels (II-B).
pub const INPUT: usize = 32;

/// Labelled digits: grey images of 28 x 28 pixels (0 is paper, 255 is ink) and what each of them shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Patterns {
    images: Array3<u8>,
    labels: Vec<u8>,
}

impl Patterns {
    /// Pairs `images` (patterns x 28 x 28) with `labels` (0 to 9).
    ///
    /// # Errors
    /// When the images are of another size, the counts differ or a label is above 9.
    pub fn new(images: Array3<u8>, labels: Vec<u8>) -> Result<Self, Fault> {
        let (count, rows, columns) = images.dim();
        if (rows, columns) != (IMAGE, IMAGE) {
            return Err(Fault::Size { rows, columns });
        }
        if count != labels.len() {
            return Err(Fault::Counts { images: count, labels: labels.len() });
        }
        match labels.iter().position(|&label| label > 9) {
            Some(index) => Err(Fault::Label { index, label: labels[index] }),
            None => Ok(Self { images, labels }),
        }
    }

    /// How many patterns there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// What pattern `p` shows.
    pub fn label(&self, p: usize) -> usize {
        usize::from(self.labels[p])
    }

    /// Pattern `p` as it was scanned: 28 x 28, 0 is paper, 255 is ink.
    pub fn image(&self, p: usize) -> ArrayView2<'_, u8> {
        self.images.index_axis(Axis(0), p)
    }

    /// Writes pattern `p` on the input plane: see [`place`].
    pub fn pattern<R: Real>(&self, p: usize, input: &mut Array3<R>) {
        place(self.image(p), input);
    }

    /// The first pattern of each class that there is, in the order of the classes.
    pub fn first_of_each_class(&self) -> Vec<usize> {
        (0..10).filter_map(|class| self.labels.iter().position(|&label| label == class)).collect()
    }

    /// The patterns `range`, in the same order.
    ///
    /// # Panics
    /// When the range reaches beyond the last pattern.
    pub fn range(&self, range: std::ops::Range<usize>) -> Self {
        Self {
            images: self.images.slice_axis(Axis(0), Slice::from(range.clone())).to_owned(),
            labels: self.labels[range].to_vec(),
        }
    }
}

/// Writes an image of 28 x 28 pixels on the input plane: 1 x 32 x 32, with [`BACKGROUND`] for paper and all around, and
/// [`FOREGROUND`] for ink (II-B, deviation 15).
pub fn place<R: Real>(image: ArrayView2<u8>, input: &mut Array3<R>) {
    let (ink, paper) = (R::of((FOREGROUND - BACKGROUND) / 255.0), R::of(BACKGROUND));
    let margin = (INPUT - IMAGE) / 2;
    input.fill(paper);
    let within = Slice::from(margin..margin + IMAGE);
    let mut centre = input.index_axis_mut(Axis(0), 0);
    centre.slice_axis_inplace(Axis(0), within);
    centre.slice_axis_inplace(Axis(1), within);
    centre.zip_mut_with(&image, |x, &grey| *x = paper + ink * <R as From<u8>>::from(grey));
}

/// Patterns to learn from and patterns to be judged on.
#[derive(Clone, Debug)]
pub struct Database {
    /// Where the digits come from: `mnist`, or `embedded digits`.
    pub name: String,
    /// The patterns a network is trained on.
    pub train: Patterns,
    /// The patterns it never sees in training.
    pub test: Patterns,
}
