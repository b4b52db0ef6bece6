//! Our values in `paper/claims.toml`, for the tests that measure them.

use toml::{Table, Value};

/// Our numbers for a claim: one, or several.
pub fn ours(id: &str) -> Vec<f64> {
    let claims: Table = include_str!("../../../paper/claims.toml").parse().expect("a table");
    let mut all = claims["claim"].as_array().expect("claims").iter();
    let claim = all.find(|claim| claim["id"].as_str() == Some(id));
    let ours = &claim.unwrap_or_else(|| panic!("no claim {id}"))["ours"];
    let values = ours.as_array().map_or(std::slice::from_ref(ours), Vec::as_slice);
    let number = |value: &Value| value.as_float().or_else(|| value.as_integer().map(|count| count as f64));
    values.iter().map(|value| number(value).unwrap_or_else(|| panic!("{id} holds {value}"))).collect()
}
