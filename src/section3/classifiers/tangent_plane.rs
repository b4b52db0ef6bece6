#![doc = mathdoc::page!("tangent_plane.md")]

use nalgebra::{SMatrix, SVector};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2};

/// The transformations: two translations, scaling, rotation, squeezing, skewing and line thickness.
pub const TANGENTS: usize = 7;

type Small = SMatrix<f64, TANGENTS, TANGENTS>;

/// Tangent planes of images of one form.
#[derive(Clone, Debug)]
pub struct Planes {
    rows: Gaussian,
    columns: Gaussian,
    ridge: f32,
}

/// The matrices that smooth the rows or columns of an image with a Gaussian, and differentiate them as well.
#[derive(Clone, Debug)]
struct Gaussian {
    smooth: Array2<f32>,
    slope: Array2<f32>,
}

impl Gaussian {
    fn new(side: usize, sigma: f32) -> Self {
        let bell = |distance: f32| (-0.5 * (distance / sigma).powi(2)).exp();
        let reach = (6.0 * sigma).ceil() as i32;
        let sum: f32 = (-reach..=reach).map(|distance| bell(distance as f32)).sum();
        let step = |(to, from): (usize, usize)| from as f32 - to as f32;
        let smooth = Array2::from_shape_fn((side, side), |place| bell(step(place)) / sum);
        let slope = Array2::from_shape_fn((side, side), |place| step(place) / sigma.powi(2) * smooth[place]);
        Self { smooth, slope }
    }
}

impl Planes {
    /// For images of `form`, rows and columns; `sigma` is the standard deviation of the Gaussian that smooths them, in
    /// pixels, and `ridge` the price of a transformation. Both are positive.
    pub fn new(form: (usize, usize), sigma: f32, ridge: f32) -> Self {
        Self { rows: Gaussian::new(form.0, sigma), columns: Gaussian::new(form.1, sigma), ridge }
    }

    /// Rows and columns of the images.
    pub fn form(&self) -> (usize, usize) {
        (self.rows.smooth.nrows(), self.columns.smooth.nrows())
    }

    /// The smoothed image, and its derivatives to the right and down.
    pub fn smoothed(&self, image: ArrayView2<f32>) -> [Array2<f32>; 3] {
        let both = |down: &Array2<f32>, right: &Array2<f32>| down.dot(&image).dot(&right.t());
        let (rows, columns) = (&self.rows, &self.columns);
        [
            both(&rows.smooth, &columns.smooth),
            both(&rows.smooth, &columns.slope),
            both(&rows.slope, &columns.smooth),
        ]
    }

    /// The tangent plane of an image, a list of pixels.
    ///
    /// # Panics
    /// When the list has not one number for each pixel.
    pub fn plane(&self, image: ArrayView1<f32>) -> Plane {
        let image = image.to_owned().into_shape_with_order(self.form()).expect("a number for each pixel");
        let [smooth, right, down] = self.smoothed(image.view());
        Plane::new(smooth.flatten().view(), tangents(&right, &down).view(), self.ridge)
    }
}

/// The tangent vectors of an image whose derivatives to the right and down are given: a row of pixels for each. The
/// transformations are about the middle of the image, half of whose side is the unit of length.
pub fn tangents(right: &Array2<f32>, down: &Array2<f32>) -> Array2<f32> {
    let (rows, columns) = right.dim();
    let from_middle = |place: usize, side: usize| (2.0 * place as f32 + 1.0 - side as f32) / side as f32;
    let mut tangents = Array2::zeros((TANGENTS, rows * columns));
    for (pixel, ((row, column), &dx)) in right.indexed_iter().enumerate() {
        let (x, y, dy) = (from_middle(column, columns), from_middle(row, rows), down[[row, column]]);
        let translations = [dx, dy];
        let linear = [x * dx + y * dy, y * dx - x * dy, x * dx - y * dy, y * dx + x * dy];
        let values = translations.into_iter().chain(linear).chain([dx * dx + dy * dy]);
        values.enumerate().for_each(|(t, value)| tangents[[t, pixel]] = value);
    }
    tangents
}

/// An image with its tangent vectors, prepared for many distances.
#[derive(Clone, Debug)]
pub struct Plane {
    /// The whitened tangent vectors, and then the image: a row of pixels for each.
    rows: Array2<f32>,
    /// The products of the image with all of these rows.
    own: Array1<f32>,
}

impl Plane {
    /// From an image, its tangent vectors (a row of pixels for each) and the price of their coefficients, a positive number.
    ///
    /// # Panics
    /// When there are not seven tangent vectors, each with as many pixels as the image.
    pub fn new(image: ArrayView1<f32>, tangents: ArrayView2<f32>, ridge: f32) -> Self {
        assert_eq!(tangents.dim(), (TANGENTS, image.len()), "seven tangent vectors of the image's length");
        let products = tangents.dot(&tangents.t());
        let square =
            Small::from_fn(|i, j| f64::from(products[[i, j]])) + Small::identity() * f64::from(ridge);
        let inverse = square.cholesky().and_then(|root| root.unpack().try_inverse());
        // Without a root, because a pixel or the price is no finite positive number, the plane is a point.
        let whiten = inverse.unwrap_or_else(Small::zeros);
        let mut rows = Array2::from_shape_fn((TANGENTS, TANGENTS), |at| whiten[at] as f32).dot(&tangents);
        rows.push_row(image).expect("a row of the same length");
        let own = rows.dot(&image);
        Self { rows, own }
    }

    /// The image.
    pub fn image(&self) -> ArrayView1<'_, f32> {
        self.rows.row(TANGENTS)
    }

    /// The sum of the squares of the image.
    pub fn square(&self) -> f32 {
        self.own[TANGENTS]
    }

    /// The squared distance to another tangent plane, with the price of the transformations of both.
    pub fn squared_distance(&self, other: &Self) -> f32 {
        let products = self.rows.dot(&other.rows.t());
        let at = |i: usize, j: usize| f64::from(products[[i, j]]);
        let cross = Small::from_fn(at);
        let p = SVector::from_fn(|i, _| f64::from(self.own[i]) - at(i, TANGENTS));
        let q = SVector::from_fn(|j, _| at(TANGENTS, j) - f64::from(other.own[j]));
        let right = q - cross.tr_mul(&p);
        let root = (Small::identity() - cross.tr_mul(&cross)).cholesky();
        let b = root.map_or(SVector::zeros(), |root| root.solve(&right));
        let a = cross * b - p;
        let euclidean = f64::from(self.square()) + f64::from(other.square()) - 2.0 * at(TANGENTS, TANGENTS);
        (euclidean + p.dot(&a) - q.dot(&b)).max(0.0) as f32
    }
}
