#![doc = mathdoc::page!("head.md")]
#![doc = include_str!("../../docs/figures/heads.svg")]

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

    /// How many units of F6 the head looks at: 84 in LeNet-5.
    fn inputs(&self) -> usize;

    /// Room for the output: a number for each class, all zero.
    fn output(&self) -> Self::Output;

    /// Connections between F6 and the output, as II-B counts them.
    fn connections(&self) -> usize;

    /// From the state `x` of F6, `inputs` x 1 x 1, to a number for each class ([eq. 7](super::rbf#eq-7), or
    /// [softmax](super::softmax#forward)). This is all that evaluation needs.
    fn fprop(&self, x: &Maps<R>, output: &mut Self::Output);

    /// The loss `E` of one pattern whose output this is, given its label: a term of [eq. 8](super::loss#eq-8) or
    /// [eq. 9](super::loss#eq-9), or the cross-entropy. Never negative.
    ///
    /// # Panics
    /// When there is no class `label`.
    fn loss(&self, output: &Self::Output, label: usize) -> R;

    /// Writes `dE/dx` to `dx`, of the shape of `x`, and adds `dE/dw` to `gradient`; `output` is what `fprop` made of
    /// `x`.
    fn bprop(&self, x: &Maps<R>, output: &Self::Output, label: usize, dx: &mut Maps<R>, gradient: &mut Self);

    /// Writes `d²E/dx²` to `ddx` and adds `d²E/dw²` to `curvature`: where the recursion of
    /// [App. C](crate::appendix::c) begins. Neither is ever negative.
    fn bbprop(
        &self,
        x: &Maps<R>,
        output: &Self::Output,
        label: usize,
        ddx: &mut Maps<R>,
        curvature: &mut Self,
    );
}
