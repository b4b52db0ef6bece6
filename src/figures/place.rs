//! Where names go, so that none covers another.

/// Shifts positions in a column apart until they are `gap` from each other, each as little as it takes.
pub(super) fn apart(wanted: &[i32], gap: i32) -> Vec<i32> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|&n| wanted[n]);
    let mut places: Vec<f64> = wanted.iter().map(|&y| f64::from(y)).collect();
    for _ in 0..100 {
        for pair in order.windows(2) {
            let short = f64::from(gap) - (places[pair[1]] - places[pair[0]]);
            if short > 0.0 {
                places[pair[0]] -= short / 2.0;
                places[pair[1]] += short / 2.0;
            }
        }
    }
    places.iter().map(|place| place.round() as i32).collect()
}
