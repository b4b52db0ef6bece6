//! The error against the amount of a change, and the range of amounts that is tolerated.

use super::Change;
use crate::Real;
use crate::section1::Network;
use crate::section3::database::Patterns;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The error, in percent, up to which we call an amount tolerated: nine characters of ten are read. The paper states no such
/// error; this one was fixed before anything was measured (deviation 38).
pub const TOLERATED_PCT: f64 = 10.0;

/// The errors of a network on patterns that are changed in one way, by several amounts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tolerance {
    /// The kind of change.
    pub change: Change,
    /// The amounts, in increasing order.
    pub amounts: Vec<f64>,
    /// Wrong answers at each amount, percent.
    pub error_pct: Vec<f64>,
}

impl Tolerance {
    /// The errors of a network at the amounts of [`Change::amounts`].
    pub fn of<R: Real>(net: &Network<R>, patterns: &Patterns, change: Change, threads: usize) -> Self {
        let amounts = change.amounts();
        Self {
            change,
            amounts: amounts.into(),
            error_pct: tolerance(net, patterns, change, amounts, threads),
        }
    }

    /// The mean of several networks' errors, amount by amount; `None` of none, or if they were measured at other amounts.
    pub fn mean<'a>(all: impl IntoIterator<Item = &'a Self>) -> Option<Self> {
        let all: Vec<&Self> = all.into_iter().collect();
        let first = *all.first()?;
        let alike = |other: &&Self| (other.change, &other.amounts) == (first.change, &first.amounts);
        let mean = |n: usize| all.iter().map(|one| one.error_pct[n]).sum::<f64>() / all.len() as f64;
        let mean = || Self { error_pct: (0..first.amounts.len()).map(mean).collect(), ..first.clone() };
        all.iter().all(alike).then(mean)
    }

    /// The error at a measured amount.
    pub fn at(&self, amount: f64) -> Option<f64> {
        let place = self.amounts.iter().position(|&measured| measured == amount)?;
        self.error_pct.get(place).copied()
    }

    /// The smallest and the largest amount around the neutral one up to which the error is at most `limit_pct`, by linear
    /// interpolation between measured amounts. An end that is not reached is the last amount that was measured.
    pub fn range(&self, limit_pct: f64) -> [f64; 2] {
        let neutral = self.change.neutral();
        let points = || self.amounts.iter().copied().zip(self.error_pct.iter().copied());
        let down: Vec<_> = points().filter(|(amount, _)| *amount <= neutral).collect();
        let up = points().filter(|(amount, _)| *amount >= neutral);
        [end(down.into_iter().rev(), limit_pct), end(up, limit_pct)].map(|end| end.unwrap_or(neutral))
    }
}

/// The amount at which a line through points, from the neutral one outwards, first exceeds a limit; else the last.
fn end(points: impl Iterator<Item = (f64, f64)>, limit: f64) -> Option<f64> {
    let mut before: Option<(f64, f64)> = None;
    for (amount, error) in points {
        if error > limit {
            let crossing = |(from, lower)| from + (amount - from) * (limit - lower) / (error - lower);
            return before.map(crossing);
        }
        before = Some((amount, error));
    }
    before.map(|(amount, _)| amount)
}

/// The error of a network, in percent, on all patterns changed by each of these amounts. The number of threads changes only the
/// time.
pub fn tolerance<R: Real>(
    net: &Network<R>,
    patterns: &Patterns,
    change: Change,
    amounts: &[f64],
    threads: usize,
) -> Vec<f64> {
    let error = |&amount: &f64| {
        let wrong: usize = std::thread::scope(|scope| {
            let count = |share| scope.spawn(move || wrong_of_share(net, patterns, change, amount, share));
            let counts: Vec<_> = shares(patterns.len(), threads).map(count).collect();
            counts.into_iter().map(|count| count.join().expect("reading does not panic")).sum()
        });
        100.0 * wrong as f64 / patterns.len() as f64
    };
    amounts.iter().map(error).collect()
}

/// The shares of so many threads of all patterns.
fn shares(patterns: usize, threads: usize) -> impl Iterator<Item = Range<usize>> {
    let share = patterns.div_ceil(threads.max(1)).max(1);
    (0..patterns).step_by(share).map(move |begin| begin..patterns.min(begin + share))
}

fn wrong_of_share<R: Real>(
    net: &Network<R>,
    patterns: &Patterns,
    change: Change,
    amount: f64,
    share: Range<usize>,
) -> usize {
    let mut states = net.states();
    let mut is_wrong = |p: &usize| {
        change.show(amount, patterns, *p, states.input_mut());
        net.fprop(&mut states);
        states.output.nearest() != patterns.label(*p)
    };
    share.filter(|p| is_wrong(p)).count()
}
