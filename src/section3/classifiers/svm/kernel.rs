//! The polynomial kernel.

use ndarray::{Array2, ArrayView2};

/// The kernel $K(x, y) = (x \cdot y / s + o)^d$ of vectors of length 1: the dot product of all monomials up to degree $d$.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Polynomial {
    /// $d$, the degree.
    pub degree: u32,
    /// $o$, what is added to the dot product.
    pub offset: f32,
    /// $s$, what the dot product is divided by.
    pub scale: f32,
}

impl Polynomial {
    /// The kernel with $K(x, x) = 1$ for vectors of length 1: $s = 1 / (1 - o)$.
    pub fn normalised(degree: u32, offset: f32) -> Self {
        Self { degree, offset, scale: 1.0 / (1.0 - offset) }
    }

    /// The kernel of each row of `x` with each row of `y`: rows of x, by rows of y.
    pub fn of(&self, x: ArrayView2<f32>, y: ArrayView2<f32>) -> Array2<f32> {
        let mut values = x.dot(&y.t());
        self.of_products(&mut values);
        values
    }

    /// Replaces dot products by the kernel.
    pub fn of_products(&self, products: &mut Array2<f32>) {
        self.raise(products, self.degree, 1.0);
    }

    /// Replaces dot products by the kernel's derivative there: $d \, (x \cdot y / s + o)^{d - 1} / s$.
    pub fn slope_of_products(&self, products: &mut Array2<f32>) {
        self.raise(products, self.degree - 1, self.degree as f32 / self.scale);
    }

    /// Replaces dot products by `factor` times $(x \cdot y / s + o)^{power}$.
    fn raise(&self, products: &mut Array2<f32>, power: u32, factor: f32) {
        let products = products.as_slice_memory_order_mut().expect("an owned product has no gaps");
        let (chunks, rest) = products.as_chunks_mut::<16>();
        let sum = |product| product / self.scale + self.offset;
        let of = |sums: [f32; 16]| raised(sums, power).map(|value| factor * value);
        chunks.iter_mut().for_each(|chunk| *chunk = of(chunk.map(sum)));
        rest.iter_mut().for_each(|value| *value = factor * raised([sum(*value)], power)[0]);
    }
}

/// The numbers raised to a power, by repeated squaring.
fn raised<const N: usize>(mut base: [f32; N], mut power: u32) -> [f32; N] {
    let mut result = [1.0; N];
    while power > 0 {
        if power & 1 == 1 {
            result.iter_mut().zip(&base).for_each(|(result, base)| *result *= base);
        }
        base.iter_mut().for_each(|base| *base *= *base);
        power >>= 1;
    }
    result
}

/// Divides each row by its length; a row of zeros remains.
pub(super) fn to_length_one(rows: &mut Array2<f32>) {
    for mut row in rows.outer_iter_mut() {
        let length = row.dot(&row).sqrt();
        if length > 0.0 {
            row /= length;
        }
    }
}
