//! II-B, II-C: what stands on F6: the switch between the paper's output layer and today's.

use crate::Real;
use crate::section1::{Maps, Parameters};
use serde::{Deserialize, Serialize};

/// Something that names a class.
///
/// [`Penalties`](super::Penalties) answer with the smallest, [`Probabilities`](super::Probabilities) with the largest;
/// neither can be asked the other way round.
pub trait Answer<R> {
    /// The class that wins.
    fn answer(&self) -> usize;

    /// The numbers behind the answer, one for each class.
    fn scores(&self) -> &[R];
}

/// Which second derivative a loss hands back to the network where it has a choice (deviations 6 and 11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Curvature {
    /// The diagonal of the loss's own: it vanishes as the network becomes certain.
    Exact,
    /// A constant, as if every pattern were undecided.
    Constant,
}

/// An output layer together with its loss: from F6 to penalties or probabilities, from a label back to F6.
///
/// *Evaluation* needs no label: [`fprop`](Head::fprop), then [`Answer::answer`]. *Training* asks how far the state of
/// F6 is from what the true label wants: [`loss`](Head::loss) and [`bprop`](Head::bprop).
pub trait Head<R: Real>: Parameters<R> + Send + Sync + 'static {
    /// One number for each class, and what they mean.
    type Output: Answer<R> + Clone + Send;

    /// How many units of F6 the head looks at.
    fn inputs(&self) -> usize;

    /// Room for the output.
    fn output(&self) -> Self::Output;

    /// Connections between F6 and the output, as II-B counts them.
    fn connections(&self) -> usize;

    /// From the state `x` of F6 to the output.
    fn fprop(&self, x: &Maps<R>, output: &mut Self::Output);

    /// The loss `E` of one pattern, given its label.
    fn loss(&self, output: &Self::Output, label: usize) -> R;

    /// Writes `dE/dx` to `dx` and adds `dE/dw` to `gradient`.
    fn bprop(&self, x: &Maps<R>, output: &Self::Output, label: usize, dx: &mut Maps<R>, gradient: &mut Self);

    /// Writes `d²E/dx²` to `ddx` and adds `d²E/dw²` to `curvature`; neither is ever negative.
    fn bbprop(
        &self,
        x: &Maps<R>,
        output: &Self::Output,
        label: usize,
        ddx: &mut Maps<R>,
        curvature: &mut Self,
    );
}
