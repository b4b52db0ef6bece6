//! Parameters as one list, for differences and random directions.

use lenet5::section1::Parameters;

/// All parameters, one after the other.
pub fn flat(parameters: &impl Parameters<f64>) -> Vec<f64> {
    parameters.arrays().flatten().copied().collect()
}

/// Sets all parameters, in the same order.
pub fn assign(parameters: &mut impl Parameters<f64>, values: &[f64]) {
    assert_eq!(parameters.parameter_count(), values.len(), "a value for each parameter");
    parameters.arrays_mut().flatten().zip(values).for_each(|(parameter, &value)| *parameter = value);
}
