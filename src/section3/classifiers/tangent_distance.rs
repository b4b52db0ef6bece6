#![doc = mathdoc::page!("tangent_distance.md")]

use super::error::MethodError;
use super::nearest::{nearest, squared_distances, squares};
use super::tangent_plane::{Plane, Planes, TANGENTS};
use super::vectors::{Arrays, Watch, list, matrix, read_in_blocks, report, vectors};
use super::{Classifier, Stored};
use crate::section1::{Penalties, Tensor};
use crate::section3::database::Patterns;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2};
use std::ops::{ControlFlow, Range};

/// The number of stored patterns that are prepared between two reports.
const BLOCK: usize = 1000;

/// The most smoothing, in pixels: images have 16.
const MOST_SIGMA: f32 = 10.0;

/// The choices that the paper leaves open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// The standard deviation of the Gaussian that images are smoothed with, in pixels.
    pub sigma: f32,
    /// The price of a transformation: added to the squared distance for each unit of a squared coefficient.
    pub ridge: f32,
    /// The patterns that are left after the comparison of images of half the resolution.
    pub coarse: usize,
    /// The patterns that are left after the comparison of images. Tangent distances are computed to these.
    pub shortlist: usize,
    /// The penalty of a class is the mean of the distances to its `k` nearest patterns.
    pub k: usize,
}

impl Default for Settings {
    /// The choices made on validation patterns.
    fn default() -> Self {
        Self { sigma: 0.5, ridge: 0.03, coarse: 1000, shortlist: 200, k: 1 }
    }
}

/// Nearest neighbours by the distance between tangent planes (III-C.10).
#[derive(Clone, Debug)]
pub struct TangentDistance {
    settings: Settings,
    planes: Planes,
    classes: usize,
    /// The stored images, a row for each: 0 is paper, 1 is ink.
    images: Array2<f32>,
    labels: Vec<u8>,
    stored: Vec<Plane>,
    /// The images of half the resolution, a row for each, and their sums of squares.
    halves: Array2<f32>,
    squares: Vec<f32>,
}

impl TangentDistance {
    /// Stores all patterns with their tangent vectors.
    ///
    /// # Errors
    /// When `k` is 0 or larger than the number of patterns, or `watch` stops it.
    pub fn train(patterns: &Patterns, settings: Settings, watch: Watch) -> Result<Self, MethodError> {
        let form = if patterns.is_empty() { (0, 0) } else { patterns.image(0).dim() };
        let labels = (0..patterns.len()).map(|p| patterns.label(p) as u8).collect();
        let images = vectors(patterns, 0..patterns.len());
        Self::new(images, labels, form, patterns.classes(), settings, watch)
    }

    fn new(
        images: Array2<f32>,
        labels: Vec<u8>,
        form: (usize, usize),
        classes: usize,
        settings: Settings,
        watch: Watch,
    ) -> Result<Self, MethodError> {
        let (patterns, k) = (images.nrows(), settings.k);
        if !(1..=patterns).contains(&k) {
            return Err(MethodError::TooManyNeighbours { k, patterns });
        }
        let planes = Planes::new(form, settings.sigma, settings.ridge);
        let mut stored = Vec::with_capacity(patterns);
        for (p, image) in images.outer_iter().enumerate() {
            if p % BLOCK == 0 {
                report(watch, p as f64 / patterns as f64)?;
            }
            stored.push(planes.plane(image));
        }
        let halves = halves(&stored, form);
        let squares = squares(halves.view());
        Ok(Self { settings, planes, classes, images, labels, stored, halves, squares })
    }

    /// The classifier with these arrays.
    ///
    /// # Errors
    /// When one is missing, or they do not fit.
    pub fn from_arrays(arrays: &mut Arrays) -> Result<Self, String> {
        let (images, labels) = (arrays.matrix("tangent.images")?, arrays.list("tangent.labels")?);
        let (form, classes, settings) = from_list(&arrays.list("tangent.settings")?)?;
        if (labels.len(), form.0.saturating_mul(form.1)) != images.dim() {
            let (found, labels) = (images.dim(), labels.len());
            return Err(format!(
                "has tangent.images of {found:?} for {labels} labels and images of {form:?}"
            ));
        }
        let labels: Vec<u8> = labels.iter().map(|&label| label as u8).collect();
        if let Some(label) = labels.iter().find(|label| usize::from(**label) >= classes) {
            return Err(format!("has the label {label} in tangent.labels, but {classes} classes"));
        }
        let go_on = |_| ControlFlow::Continue(());
        Self::new(images, labels, form, classes, settings, &go_on).map_err(|fault| fault.to_string())
    }

    /// The stored patterns that pass the filter, which compares at half the resolution, then at the full one.
    fn shortlist(&self, x: &Plane, halves: ArrayView1<f32>) -> Vec<usize> {
        let coarse = nearest(halves, self.settings.coarse);
        let products = |&(_, p): &(f32, usize)| {
            let y = &self.stored[p];
            x.square() + y.square() - 2.0 * x.image().dot(&y.image())
        };
        let fine: Array1<f32> = coarse.iter().map(products).collect();
        nearest(fine.view(), self.settings.shortlist).iter().map(|&(_, place)| coarse[place].1).collect()
    }

    /// The mean of the `k` smallest distances of each class; the largest distance of all stands for those that are missing.
    fn of_shortlist(&self, x: &Plane, shortlist: &[usize]) -> Array1<f32> {
        let mut distances: Vec<_> =
            shortlist.iter().map(|&p| (x.squared_distance(&self.stored[p]), self.labels[p])).collect();
        distances.sort_by(|a, b| a.0.total_cmp(&b.0));
        let k = self.settings.k;
        let largest = distances.last().map_or(0.0, |last| last.0);
        (0..self.classes)
            .map(|class| {
                let own = distances.iter().filter(|(_, label)| usize::from(*label) == class);
                let all = own.map(|own| own.0).chain(std::iter::repeat(largest));
                all.take(k).sum::<f32>() / k as f32
            })
            .collect()
    }

    /// The penalties for rows of pixels.
    pub fn penalties(&self, rows: ArrayView2<f32>) -> Array2<f32> {
        let planes: Vec<Plane> = rows.outer_iter().map(|row| self.planes.plane(row)).collect();
        let halves = halves(&planes, self.planes.form());
        let distances = squared_distances(halves.view(), self.halves.view(), &self.squares);
        let mut penalties = Array2::zeros((rows.nrows(), self.classes));
        for ((x, distances), mut row) in
            planes.iter().zip(distances.outer_iter()).zip(penalties.outer_iter_mut())
        {
            row.assign(&self.of_shortlist(x, &self.shortlist(x, distances)));
        }
        penalties
    }
}

/// The form of the images, the number of classes and the settings, from the list in a file.
fn from_list(list: &Array1<f32>) -> Result<((usize, usize), usize, Settings), String> {
    let &[rows, columns, classes, sigma, ridge, coarse, shortlist, k] = list.as_slice().unwrap_or_default()
    else {
        return Err(format!("has tangent.settings of {} numbers, expected 8", list.len()));
    };
    if !(sigma > 0.0 && sigma <= MOST_SIGMA && ridge > 0.0) {
        return Err(format!(
            "has sigma {sigma} and ridge {ridge} in tangent.settings, expected positive numbers, and sigma at most {MOST_SIGMA}"
        ));
    }
    if !((1.0..=256.0).contains(&classes) && k >= 1.0 && shortlist >= k) {
        return Err(format!(
            "has {classes} classes, k {k} and a shortlist of {shortlist} in tangent.settings"
        ));
    }
    let [coarse, shortlist, k] = [coarse, shortlist, k].map(|count| count as usize);
    let settings = Settings { sigma, ridge, coarse, shortlist, k };
    Ok(((rows as usize, columns as usize), classes as usize, settings))
}

/// The images of half the resolution, a row for each: the sums of the pixels in each window of 2 x 2.
fn halves(planes: &[Plane], (rows, columns): (usize, usize)) -> Array2<f32> {
    let width = columns.div_ceil(2);
    let mut halves = Array2::zeros((planes.len(), rows.div_ceil(2) * width));
    for (plane, mut half) in planes.iter().zip(halves.outer_iter_mut()) {
        for (pixel, &ink) in plane.image().iter().enumerate() {
            half[pixel / columns / 2 * width + pixel % columns / 2] += ink;
        }
    }
    halves
}

impl Classifier<f32> for TangentDistance {
    fn classes(&self) -> usize {
        self.classes
    }

    fn multiply_adds(&self) -> usize {
        let (stored, pixels) = self.images.dim();
        let coarse = self.settings.coarse.min(stored);
        let shortlist = self.settings.shortlist.min(coarse);
        self.halves.len() + coarse * pixels + shortlist * (TANGENTS + 1) * (TANGENTS + 1) * pixels
    }

    fn variables(&self) -> usize {
        self.images.len()
    }

    fn read(&self, patterns: &Patterns, share: Range<usize>, each: &mut dyn FnMut(usize, &Penalties<f32>)) {
        read_in_blocks(patterns, share, each, |rows| self.penalties(rows));
    }
}

impl Stored for TangentDistance {
    fn arrays(&self) -> Vec<Tensor<f32>> {
        let labels = self.labels.iter().map(|&label| f32::from(label)).collect();
        let Settings { sigma, ridge, coarse, shortlist, k } = self.settings;
        let (rows, columns) = self.planes.form();
        let counts = [rows, columns, self.classes].map(|count| count as f32);
        let limits = [coarse, shortlist, k].map(|count| count as f32);
        let settings = counts.into_iter().chain([sigma, ridge]).chain(limits).collect();
        vec![
            matrix("tangent.images", &self.images),
            list("tangent.labels", &labels),
            list("tangent.settings", &settings),
        ]
    }
}
