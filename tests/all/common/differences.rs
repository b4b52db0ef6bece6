//! Derivatives by central differences, in f64. Every derivative that was worked out by hand has to match them.

/// The step. The error of the quotient is of fourth order, so the step may be this long, which keeps rounding errors small.
const STEP: f64 = 1e-3;

/// `f'(0)`, from four values of `f` around 0.
pub fn slope(mut f: impl FnMut(f64) -> f64) -> f64 {
    let near = f(STEP) - f(-STEP);
    let far = f(2.0 * STEP) - f(-2.0 * STEP);
    (8.0 * near - far) / (12.0 * STEP)
}
