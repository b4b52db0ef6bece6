//! One class against the rest, on many patterns: chunking.

use super::dual::Dual;
use super::kernel::Polynomial;
use crate::section3::classifiers::error::MethodError;
use ndarray::{Array2, Axis};

/// The conditions of optimality hold up to this much.
pub const TOLERANCE: f64 = 1e-3;
/// Patterns of the class in the first chunk; of the rest, three times as many.
const FIRST: usize = 500;
/// Patterns that may join a chunk, or half as many as there are support vectors if that is more.
const JOIN: usize = 1500;
/// Patterns whose margin is below this join the next chunk.
const NEAR: f64 = 1.3;
/// Patterns whose expansion is computed together.
const BLOCK: usize = 1024;

/// The patterns of one class and of the rest.
pub struct Task<'a> {
    pub vectors: &'a Array2<f32>,
    /// The rows of `vectors` that are patterns.
    pub members: Vec<usize>,
    /// The sign of each member.
    pub signs: Vec<f64>,
    pub kernel: Polynomial,
    pub cost: f64,
    /// Bytes that the kernel matrix of a chunk may take.
    pub allowed: usize,
}

/// The solution of a task.
pub struct Solution {
    /// The support vectors, as rows of the task's `vectors`, and their weights.
    pub weights: Vec<(usize, f64)>,
    pub bias: f64,
}

impl Task<'_> {
    /// Solves the quadratic programme by chunking. `progress` is called after each chunk.
    pub fn solve(&self, progress: impl Fn() -> Result<(), MethodError>) -> Result<Solution, MethodError> {
        let mut weights = vec![0.0; self.members.len()];
        let mut chunk = self.first_chunk();
        loop {
            let bias = self.maximise_within(&chunk, &mut weights)?;
            progress()?;
            let margins = self.margins(&weights, bias);
            let violates = |t: usize| weights[t] == 0.0 && margins[t] < 1.0 - TOLERANCE / 2.0;
            if !(0..margins.len()).any(violates) {
                return Ok(self.solution(weights, bias));
            }
            chunk = next_chunk(&weights, &margins);
        }
    }

    fn first_chunk(&self) -> Vec<usize> {
        let of = |sign: f64, most| {
            let members = (0..self.members.len()).filter(move |&t| self.signs[t] == sign);
            members.take(most)
        };
        of(1.0, FIRST).chain(of(-1.0, 3 * FIRST)).collect()
    }

    /// Solves for the weights of the chunk; the others stay 0.
    fn maximise_within(&self, chunk: &[usize], weights: &mut [f64]) -> Result<f64, MethodError> {
        let needed = chunk.len() * chunk.len() * size_of::<f32>();
        if needed > self.allowed {
            return Err(MethodError::Memory { needed: needed >> 20, allowed: self.allowed >> 20 });
        }
        let vectors = self.rows(chunk);
        let gram = self.kernel.of(vectors.view(), vectors.view());
        let signs: Vec<f64> = chunk.iter().map(|&t| self.signs[t]).collect();
        let mut own: Vec<f64> = chunk.iter().map(|&t| weights[t]).collect();
        let dual = Dual { gram: gram.view(), signs: &signs, cost: self.cost };
        let bias = dual.maximise(&mut own, TOLERANCE / 2.0);
        chunk.iter().zip(own).for_each(|(&t, weight)| weights[t] = weight);
        Ok(bias)
    }

    /// The sign of each pattern times its score: at least 1 on the right side of the margin.
    fn margins(&self, weights: &[f64], bias: f64) -> Vec<f64> {
        let support: Vec<usize> = (0..weights.len()).filter(|&t| weights[t] != 0.0).collect();
        let vectors = self.rows(&support);
        let weights: Vec<f64> = support.iter().map(|&t| weights[t]).collect();
        let all: Vec<usize> = (0..self.members.len()).collect();
        let mut margins = Vec::with_capacity(all.len());
        for block in all.chunks(BLOCK) {
            let kernel = self.kernel.of(self.rows(block).view(), vectors.view());
            for (row, &t) in kernel.outer_iter().zip(block) {
                let sum: f64 = row.iter().zip(&weights).map(|(&k, weight)| f64::from(k) * weight).sum();
                margins.push(self.signs[t] * (sum + bias));
            }
        }
        margins
    }

    fn rows(&self, members: &[usize]) -> Array2<f32> {
        let rows: Vec<usize> = members.iter().map(|&t| self.members[t]).collect();
        self.vectors.select(Axis(0), &rows)
    }

    fn solution(&self, weights: Vec<f64>, bias: f64) -> Solution {
        let weights = self.members.iter().copied().zip(weights).filter(|(_, weight)| *weight != 0.0);
        Solution { weights: weights.collect(), bias }
    }
}

/// The support vectors, and of the other patterns those with the smallest margins.
fn next_chunk(weights: &[f64], margins: &[f64]) -> Vec<usize> {
    let (mut chunk, mut others): (Vec<usize>, Vec<usize>) =
        (0..weights.len()).partition(|&t| weights[t] != 0.0);
    others.retain(|&t| margins[t] < NEAR);
    others.sort_by(|&a, &b| margins[a].total_cmp(&margins[b]));
    others.truncate(JOIN.max(chunk.len() / 2));
    chunk.append(&mut others);
    chunk
}
