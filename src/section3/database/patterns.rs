//! III-A: patterns and their labels: see the page of [`database`](super).

use crate::Real;
use ndarray::{Array2, Array3, ArrayView2, Axis, Slice};
use thiserror::Error;

/// Grey level of white paper on the input plane (II-B).
pub const BACKGROUND: f64 = -0.1;
/// Grey level of black ink on the input plane (II-B).
pub const FOREGROUND: f64 = 1.175;
/// Side of the images of MNIST: 28 x 28 pixels (III-A).
pub const IMAGE: usize = 28;

/// The number of images and the number of labels differ.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error(
    "{labels} labels for {images} images; expected one label for each image: take both files from the same data set"
)]
pub struct Unpaired {
    /// Images found.
    pub images: usize,
    /// Labels found.
    pub labels: usize,
}

/// Labelled characters: grey images of one size (0 is paper, 255 is ink) and the class that each of them shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Patterns {
    images: Array3<u8>,
    labels: Vec<u8>,
    classes: usize,
}

impl Patterns {
    /// Pairs `images` (patterns x rows x columns) with `labels`. The number of classes is the largest label plus 1.
    ///
    /// # Errors
    /// When the counts differ.
    pub fn new(images: Array3<u8>, labels: Vec<u8>) -> Result<Self, Unpaired> {
        if images.dim().0 != labels.len() {
            return Err(Unpaired { images: images.dim().0, labels: labels.len() });
        }
        let classes = labels.iter().max().map_or(0, |&largest| usize::from(largest) + 1);
        Ok(Self { images, labels, classes })
    }

    /// The number of patterns.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are no patterns.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The class of pattern `p`.
    pub fn label(&self, p: usize) -> usize {
        usize::from(self.labels[p])
    }

    /// The image of pattern `p`: rows x columns, 0 is paper, 255 is ink.
    pub fn image(&self, p: usize) -> ArrayView2<'_, u8> {
        self.images.index_axis(Axis(0), p)
    }

    /// Writes pattern `p` on the input plane: see [`place`].
    pub fn pattern<R: Real>(&self, p: usize, input: &mut Array3<R>) {
        place(self.image(p), input);
    }

    /// The first pattern of each class, in the order of the classes; a class without patterns is left out.
    pub fn first_of_each_class(&self) -> Vec<usize> {
        (0..self.classes)
            .filter_map(|class| self.labels.iter().position(|&label| usize::from(label) == class))
            .collect()
    }

    /// The patterns `range`, in the same order.
    ///
    /// # Panics
    /// When the range reaches beyond the last pattern.
    pub fn range(&self, range: std::ops::Range<usize>) -> Self {
        Self {
            images: self.images.slice_axis(Axis(0), Slice::from(range.clone())).to_owned(),
            labels: self.labels[range].to_vec(),
            classes: self.classes,
        }
    }

    /// The patterns with other images, all of one size, for the same labels.
    pub fn with_images(&self, image: impl Fn(ArrayView2<u8>) -> Array2<u8>) -> Self {
        let images: Vec<_> = (0..self.len()).map(|p| image(self.image(p)).insert_axis(Axis(0))).collect();
        let views: Vec<_> = images.iter().map(|image| image.view()).collect();
        let images = ndarray::concatenate(Axis(0), &views).unwrap_or_default();
        Self { images, labels: self.labels.clone(), classes: self.classes }
    }
}

/// Writes an image into the middle of an input plane, with [`BACKGROUND`] for paper and all around, and [`FOREGROUND`]
/// for ink (II-B, deviation 15).
///
/// # Panics
/// When the image is larger than the plane.
pub fn place<R: Real>(image: ArrayView2<u8>, input: &mut Array3<R>) {
    let (ink, paper) = (R::of((FOREGROUND - BACKGROUND) / 255.0), R::of(BACKGROUND));
    let ((_, rows, columns), (height, width)) = (input.dim(), image.dim());
    assert!(
        height <= rows && width <= columns,
        "an image of {height} x {width} does not fit a plane of {rows} x {columns}"
    );
    let within = |plane: usize, image: usize| Slice::from((plane - image) / 2..(plane - image) / 2 + image);
    input.fill(paper);
    let mut centre = input.index_axis_mut(Axis(0), 0);
    centre.slice_axis_inplace(Axis(0), within(rows, height));
    centre.slice_axis_inplace(Axis(1), within(columns, width));
    centre.zip_mut_with(&image, |x, &grey| *x = paper + ink * <R as From<u8>>::from(grey));
}

/// Training patterns and test patterns.
#[derive(Clone, Debug)]
pub struct Database {
    /// The source of the patterns: `mnist`, or `embedded digits`.
    pub name: String,
    /// The patterns that a network is trained on.
    pub train: Patterns,
    /// The patterns that it is never trained on.
    pub test: Patterns,
}
