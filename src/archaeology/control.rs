//! How far the recovered numbers can be trusted: a network whose weights are known is shown by the same law and recovered by
//! the same steps; and each panel is left out once.

use super::display::Palette;
use super::recover::{Recovered, Shown, recover};
use crate::section1::{Maps, Network, Parameters};
use std::thread;

/// An array of the front, and its errors.
#[derive(Clone, Debug)]
pub struct ArrayErrors {
    /// Its name, `c1.weight`.
    pub name: String,
    /// Root mean square of the true values.
    pub size: f64,
    /// Root mean square of recovered minus true values.
    pub error: f64,
    /// The errors in units of the standard errors that the likelihood's curvature gives, root mean square.
    pub factor: f64,
}

/// Shows a front's states for these inputs as Fig. 13 does, recovers it, and compares.
pub fn control(front: &Network<f64>, inputs: &[Maps<f64>], palettes: &[Palette]) -> Vec<ArrayErrors> {
    let found = recover(&Shown::of(front, inputs, palettes));
    let formal = formal_errors(&found);
    let pairs = front.tensors().into_iter().zip(found.front.tensors()).zip(formal);
    pairs
        .map(|((truth, found), formal)| {
            // A weight of Table I's missing connections is 0 in both.
            let known: Vec<usize> = (0..formal.len()).filter(|&n| formal[n] > 0.0).collect();
            let rms = |of: &dyn Fn(usize) -> f64| {
                (known.iter().map(|&n| of(n).powi(2)).sum::<f64>() / known.len() as f64).sqrt()
            };
            let error = |n: usize| found.values[n] - truth.values[n];
            ArrayErrors {
                size: rms(&|n| truth.values[n]),
                error: rms(&error),
                factor: rms(&|n| error(n) / formal[n]),
                name: truth.name,
            }
        })
        .collect()
}

/// The standard errors by the curvature of the likelihood, in the order and the form of the front's tensors; 0 where Table I
/// has no connection.
pub fn formal_errors(found: &Recovered) -> Vec<Vec<f64>> {
    let mut errors = found.front.clone();
    let all = found.fits.iter().flat_map(|fit| &fit.errors);
    errors.arrays_mut().flatten().zip(all).for_each(|(to, &from)| *to = from);
    errors.tensors().into_iter().map(|tensor| tensor.values).collect()
}

/// The front recovered without each of the panels in turn.
pub fn without_each_panel(shown: &Shown) -> Vec<Recovered> {
    let panels: Vec<usize> = (0..shown.inputs.len()).collect();
    let threads = thread::available_parallelism().map_or(1, usize::from).min(panels.len());
    let mut found: Vec<(usize, Recovered)> = thread::scope(|scope| {
        let part = |first: usize| {
            let mine: Vec<usize> = panels.iter().copied().skip(first).step_by(threads).collect();
            scope.spawn(move || {
                mine.into_iter().map(|panel| (panel, recover(&shown.without(panel)))).collect::<Vec<_>>()
            })
        };
        let workers: Vec<_> = (0..threads).map(part).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("no fit panics")).collect()
    });
    found.sort_by_key(|(panel, _)| *panel);
    found.into_iter().map(|(_, found)| found).collect()
}

/// Standard errors of the front's tensors: by leaving out each panel (the jackknife), or by the likelihood's curvature times the
/// factor of the control, whichever is larger.
pub fn standard_errors(found: &Recovered, parts: &[Recovered], control: &[ArrayErrors]) -> Vec<Vec<f64>> {
    let parts: Vec<Vec<Vec<f64>>> = parts
        .iter()
        .map(|part| part.front.tensors().into_iter().map(|tensor| tensor.values).collect())
        .collect();
    let jackknife = |tensor: usize, n: usize| {
        let values = || parts.iter().map(|part| part[tensor][n]);
        let count = parts.len() as f64;
        let mean = values().sum::<f64>() / count;
        ((count - 1.0) / count * values().map(|value| (value - mean).powi(2)).sum::<f64>()).sqrt()
    };
    let formal = formal_errors(found).into_iter().zip(control).enumerate();
    formal
        .map(|(tensor, (formal, control))| {
            let both = |(n, error): (usize, f64)| (error * control.factor.max(1.0)).max(jackknife(tensor, n));
            formal.into_iter().enumerate().map(both).collect()
        })
        .collect()
}
