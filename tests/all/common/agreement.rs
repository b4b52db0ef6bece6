//! The comparison behind every check: computed numbers must agree with expected ones, and a wrong one must be noticed.

use thiserror::Error;

/// The permitted difference of two numbers: `relative` to the larger of them; `floor` is for numbers near zero.
#[derive(Clone, Copy, Debug)]
pub struct Tolerance {
    pub relative: f64,
    pub floor: f64,
}

/// The reason why a check failed.
#[derive(Debug, Error, PartialEq)]
pub enum Disagreement {
    #[error("element {at} is {found:e} where {expected:e} was expected")]
    Element { at: usize, found: f64, expected: f64 },
    #[error("an error of one part in a thousand in the largest element goes unnoticed")]
    Blind,
}

/// Whether each number found is as expected. NaN and infinities never are.
pub fn compare(found: &[f64], expected: &[f64], tolerance: Tolerance) -> Result<(), Disagreement> {
    assert_eq!(found.len(), expected.len(), "as many numbers found as expected");
    for (at, (&found, &expected)) in found.iter().zip(expected).enumerate() {
        let bound = tolerance.relative * found.abs().max(expected.abs()) + tolerance.floor;
        let close = (found - expected).abs() <= bound && found.is_finite();
        if !close {
            return Err(Disagreement::Element { at, found, expected });
        }
    }
    Ok(())
}

/// The same, and the proof that the comparison can fail: with an error of one part in a thousand in their largest element,
/// the numbers must be refused.
pub fn agree(found: &[f64], expected: &[f64], tolerance: Tolerance) -> Result<(), Disagreement> {
    compare(found, expected, tolerance)?;
    let mut wrong = found.to_vec();
    if let Some(largest) = wrong.iter_mut().max_by(|a, b| a.abs().total_cmp(&b.abs())) {
        *largest += 1e-3 * largest.abs().max(1e-2);
        compare(&wrong, expected, tolerance).err().ok_or(Disagreement::Blind)?;
    }
    Ok(())
}
