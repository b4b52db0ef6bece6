#![doc = mathdoc::page!("adaptive_means.md")]

use super::error::MethodError;
use super::nearest::{squared_distances, squares};
use super::vectors::{Watch, on_threads, report};
use crate::random;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, Slice, concatenate};
use rand::Rng;
use rand::seq::{SliceRandom, index};

/// Adaptive k-means in each of several groups of vectors: `k` centres for each group, one group below the other, and for
/// each centre the mean squared distance of its group's vectors to their nearest centres.
///
/// # Errors
/// When `watch` stops it.
///
/// # Panics
/// When a group has fewer than `k` vectors.
pub fn of_groups(
    groups: &[Array2<f32>],
    k: usize,
    passes: usize,
    seed: u64,
    threads: usize,
    watch: Watch,
) -> Result<(Array2<f32>, Array1<f32>), MethodError> {
    let mut random = random(seed);
    let mut draw =
        |group: &Array2<f32>| group.select(Axis(0), &index::sample(&mut random, group.nrows(), k).into_vec());
    let mut centres = below(&groups.iter().map(&mut draw).collect::<Vec<_>>());
    for pass in 0..passes {
        report(watch, pass as f64 / passes as f64)?;
        let orders: Vec<_> = groups.iter().map(|group| shuffled(group.nrows(), &mut random)).collect();
        centres = on_threads(groups.len(), threads, |share| {
            let moved = |g: usize| passed(of_group(&centres, g, k).to_owned(), groups[g].view(), &orders[g]);
            below(&share.map(moved).collect::<Vec<_>>())
        });
    }
    let spread = |(g, group): (usize, &Array2<f32>)| spread(group.view(), of_group(&centres, g, k));
    let spreads = groups.iter().enumerate().flat_map(|group| std::iter::repeat_n(spread(group), k)).collect();
    Ok((centres, spreads))
}

/// The matrices, one below the other.
fn below(parts: &[Array2<f32>]) -> Array2<f32> {
    let views: Vec<_> = parts.iter().map(|part| part.view()).collect();
    concatenate(Axis(0), &views).unwrap_or_default()
}

/// The `k` centres of a group.
fn of_group(centres: &Array2<f32>, group: usize, k: usize) -> ArrayView2<'_, f32> {
    centres.slice_axis(Axis(0), Slice::from(group * k..(group + 1) * k))
}

fn shuffled(length: usize, random: &mut impl Rng) -> Vec<usize> {
    let mut order: Vec<_> = (0..length).collect();
    order.shuffle(random);
    order
}

/// The centres after one pass over the vectors of a group in `order`.
fn passed(mut centres: Array2<f32>, group: ArrayView2<f32>, order: &[usize]) -> Array2<f32> {
    let (mut lengths, mut counts) = (squares(centres.view()), vec![1.0; centres.nrows()]);
    for &place in order {
        let x = group.row(place);
        let nearest = nearest_centre(&centres, &lengths, x);
        counts[nearest] += 1.0;
        let mut centre = centres.row_mut(nearest);
        centre.zip_mut_with(&x, |c, x| *c += (x - *c) / counts[nearest]);
        lengths[nearest] = centre.dot(&centre);
    }
    centres
}

/// The centre that is nearest to `x`: the one with the smallest `|c|² - 2 c x`.
fn nearest_centre(centres: &Array2<f32>, lengths: &[f32], x: ArrayView1<f32>) -> usize {
    let products = centres.dot(&x);
    let score = |(product, length): (&f32, &f32)| length - 2.0 * product;
    let scores = products.iter().zip(lengths).map(score).enumerate();
    scores.min_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(place, _)| place)
}

/// The mean squared distance of the vectors of a group to their nearest centres.
fn spread(group: ArrayView2<f32>, centres: ArrayView2<f32>) -> f32 {
    let distances = squared_distances(group, centres, &squares(centres));
    let smallest = distances.outer_iter().map(|row| row.iter().copied().fold(f32::INFINITY, f32::min));
    smallest.sum::<f32>() / group.nrows() as f32
}
