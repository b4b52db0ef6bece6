#![doc = mathdoc::page!("boosted.md")]

use super::vectors::{Arrays, list};
use super::{Classifier, Stored};
use crate::section1::{Network, Parameters, Penalties, States, Tensor};
use crate::section3::database::Patterns;
use crate::section3::presentation::{Distorted, Presentation};
use ndarray::Array1;
use std::ops::Range;

/// Three networks of one structure whose penalties are added, with an early exit after the first.
pub struct Boosted {
    /// The networks, in the order of their training.
    pub nets: [Network<f32>; 3],
    /// The margin of the first network from which the others are not called.
    pub threshold: f32,
    /// The share of the training patterns for which the others are called.
    pub calls: f32,
}

/// The share of patterns for which the second and the third network are called: the average cost is 1.75 networks.
pub const CALLS: f64 = 0.375;

impl Boosted {
    /// The networks together. The threshold is the margin under which [`CALLS`] of the training patterns are.
    pub fn new(nets: [Network<f32>; 3], patterns: &Patterns) -> Self {
        let mut margins = Vec::with_capacity(patterns.len());
        nets[0].read(patterns, 0..patterns.len(), &mut |_, penalties| margins.push(penalties.margin()));
        margins.sort_by(f32::total_cmp);
        let place = (CALLS * margins.len() as f64) as usize;
        let threshold = margins.get(place).copied().unwrap_or(f32::INFINITY);
        let below = margins.iter().filter(|margin| **margin < threshold).count();
        Self { nets, threshold, calls: below as f32 / margins.len().max(1) as f32 }
    }

    /// The networks with the arrays of a file that are not theirs.
    ///
    /// # Errors
    /// When they are missing.
    pub fn restored(nets: [Network<f32>; 3], arrays: &mut Arrays) -> Result<Self, String> {
        let exit = arrays.list("boosted.exit")?;
        match exit.to_vec()[..] {
            [threshold, calls] => Ok(Self { nets, threshold, calls }),
            _ => Err(format!("has boosted.exit of {} numbers, expected 2", exit.len())),
        }
    }

    /// The mean penalties of the networks that are called for the pattern on the input of the first states.
    fn penalties(&self, states: &mut [States<f32>; 3]) -> Penalties<f32> {
        let [first, others @ ..] = states;
        self.nets[0].fprop(first);
        if first.output.margin() >= self.threshold {
            return first.output.clone();
        }
        let mut sum = first.output.maps().clone();
        for (net, states) in self.nets[1..].iter().zip(others) {
            states.input_mut().assign(first.input());
            net.fprop(states);
            sum += states.output.maps();
        }
        Penalties::from(sum / 3.0)
    }
}

impl Classifier<f32> for Boosted {
    fn classes(&self) -> usize {
        self.nets[0].classes()
    }

    fn multiply_adds(&self) -> usize {
        let one = Classifier::multiply_adds(&self.nets[0]) as f64;
        (one * (1.0 + 2.0 * f64::from(self.calls))).round() as usize
    }

    fn variables(&self) -> usize {
        self.nets.iter().map(Network::parameter_count).sum()
    }

    fn read(&self, patterns: &Patterns, share: Range<usize>, each: &mut dyn FnMut(usize, &Penalties<f32>)) {
        let mut states = self.nets.each_ref().map(Network::states);
        for p in share {
            patterns.pattern(p, states[0].input_mut());
            each(p, &self.penalties(&mut states));
        }
    }
}

impl Stored for Boosted {
    fn arrays(&self) -> Vec<Tensor<f32>> {
        let of_net = |(n, net): (usize, &Network<f32>)| {
            let named =
                move |array: Tensor<f32>| Tensor { name: format!("net{}.{}", n + 1, array.name), ..array };
            net.tensors().into_iter().map(named)
        };
        let mut arrays: Vec<Tensor<f32>> = self.nets.iter().enumerate().flat_map(of_net).collect();
        let exit = Array1::from(vec![self.threshold, self.calls]);
        arrays.push(list("boosted.exit", &exit));
        arrays
    }
}

/// The numbers of distorted copies ([`Distorted`]) on which the second network is trained: `count` in all, half of which `net` gets
/// wrong. Copies are read from copy number `first` on; `None` if `go_on` returns false.
pub fn half_wrong(
    net: &Network<f32>,
    copies: &Distorted,
    first: usize,
    count: usize,
    go_on: &mut dyn FnMut(f64) -> bool,
) -> Option<Vec<usize>> {
    let mut wanted = [Vec::new(), Vec::new()];
    let mut states = net.states();
    for number in first * copies.patterns.len().. {
        let label = copies.show(number, states.input_mut());
        net.fprop(&mut states);
        let side = &mut wanted[usize::from(states.output.nearest() != label)];
        if side.len() < count / 2 {
            side.push(number);
        }
        let found = wanted.iter().map(Vec::len).sum::<usize>();
        if number % 1000 == 0 && !go_on(found as f64 / count as f64) {
            return None;
        }
        if found == count / 2 * 2 {
            break;
        }
    }
    Some(wanted.concat())
}

/// The numbers of `count` distorted copies on which two networks give different answers, from copy number `first` on; `None` if
/// `go_on` returns false.
pub fn disputed(
    nets: [&Network<f32>; 2],
    copies: &Distorted,
    first: usize,
    count: usize,
    go_on: &mut dyn FnMut(f64) -> bool,
) -> Option<Vec<usize>> {
    let mut found = Vec::new();
    let mut states = nets.map(Network::states);
    for number in first * copies.patterns.len().. {
        copies.show(number, states[0].input_mut());
        let [one, other] = &mut states;
        other.input_mut().assign(one.input());
        nets[0].fprop(one);
        nets[1].fprop(other);
        if one.output.nearest() != other.output.nearest() {
            found.push(number);
        }
        if number % 1000 == 0 && !go_on(found.len() as f64 / count as f64) {
            return None;
        }
        if found.len() >= count {
            break;
        }
    }
    Some(found)
}
