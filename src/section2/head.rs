#![doc = mathdoc::md!(
    r#"
II-B, II-C: what stands on F6: the switch between the paper's output layer and today's.

Everything up to F6 is the same in both networks. On F6 stands a [`Head`]: an output layer together with its loss.
There are two, the paper's [`Rbf`](super::Rbf) and, as the marked departure, [`Softmax`](super::Softmax) ([deviation
11](crate::paper::deviations#11-softmax-and-cross-entropy)).

# Training needs the label, evaluation does not

| | question | asks for | label |
|---|---|---|---|
| evaluation | which class? | [`answer`](Answer::answer) | no |
| training | how far is F6 from what the true class wants? | [`loss`](Head::loss), [`bprop`](Head::bprop) | yes |
| before a pass | how sharply does that bend? | [`bbprop`](Head::bbprop) | yes |

There is no mode to switch. All three start with the same forward pass, [`fprop`](Head::fprop), and the same ten
numbers; who has no label cannot ask for the loss, because the compiler wants one.

What the ten numbers mean is in their type. [`Penalties`](super::Penalties) are distances, and the *smallest* wins;
[`Probabilities`](super::Probabilities) are what the name says, and the *largest* wins. Neither can be asked the
other way round. So a program that treats both heads alike cannot mix them up:

```
use lenet5::Real;
use lenet5::section1::Maps;
use lenet5::section2::{Answer, Head, Rbf};
use lenet5::section2::{Curvature, FullConnection, Softmax};
use ndarray::{Array1, Array3};

/// Evaluation: no label.
fn read<R: Real, H: Head<R>>(head: &H, x: &Maps<R>) -> usize {
    let mut output = head.output();
    head.fprop(x, &mut output);
    output.answer()
}

/// Training: how badly it went.
fn cost<R: Real, H: Head<R>>(head: &H, x: &Maps<R>, label: usize) -> R {
    let mut output = head.output();
    head.fprop(x, &mut output);
    head.loss(&output, label)
}

// The paper's head, and a linear layer whose weights are the codes.
let rbf = Rbf::<f64>::paper();
let (weight, bias) = (rbf.codes.clone(), Array1::zeros(10));
let output = FullConnection { weight, bias };
let softmax = Softmax { output, curvature: Curvature::Exact };

// A state of F6 that is the code of a 3.
let x = Array3::from_shape_fn((84, 1, 1), |(j, _, _)| rbf.codes[[3, j]]);
assert_eq!((read(&rbf, &x), read(&softmax, &x)), (3, 3));
// Its penalty is the smallest of ten, its probability the largest.
assert_eq!(cost(&rbf, &x, 3), 0.0);
assert!(cost(&softmax, &x, 3) < 1e-9);
assert!(cost(&rbf, &x, 8) >= 48.0 && cost(&softmax, &x, 8) > 20.0);
```

# Shapes

For one pattern, as everywhere in the crate:

| | [`Rbf`](super::Rbf) | [`Softmax`](super::Softmax) |
|---|---|---|
| `x`, the state of F6 | $84 \times 1 \times 1$ | $84 \times 1 \times 1$ |
| parameters | none; codes of $10 \times 84$ | weights of $10 \times 84$, biases of 10 |
| [`Output`](Head::Output) | 10 penalties | 10 probabilities |
| [`loss`](Head::loss) | 1 | 1 |
| `dx`, `ddx` | as `x` | as `x` |

# The two heads, side by side

$D$ is the true class, $x$ the state of F6, $w$ the codes or the weights.

| | RBF (II-B) | softmax (ours) |
|---|---|---|
| forward | $y_i = \sum_j (x_j - w_{ij})^2$ | $a_i = b_i + \sum_j w_{ij} x_j$, $p_i = e^{a_i} / \sum_k e^{a_k}$ |
| trained parameters | 0, or 840 if codes may learn | 850 |
| parameters of the network | 60,000 | 60,850 |
| answer | the smallest $y_i$ | the largest $p_i$ |
| loss | $y_D$ ([eq. 8](super::loss#eq-8)), or [eq. 9](super::loss#eq-9) | $-\log p_D$ |
| of a network that knows nothing | 84 (eq. 8) | $\log 10 = 2.3$ |
| gradient at F6, $\partial E / \partial x_j$ | $2 (x_j - w_{Dj})$ (eq. 8) | $\sum_i w_{ij} (p_i - [i = D])$ |
| second derivative at F6 | 2 (eq. 8) | $\sum_i w_{ij}^2 \, p_i (1 - p_i)$ |
| as a pattern becomes certain | it stays 2 | it vanishes |
| where is the loss 0? | at the code | nowhere: with growing weights it goes on falling |
| wrong classes | play no part (eq. 8), compete (eq. 9) | compete |

The derivations are on the pages of [RBF](super::rbf), [the losses](super::loss) and [softmax](super::softmax). Under
eq. 9 the two are closer than they look: [one is the other with frozen weights](super::softmax#softmax-or-eq-9).

# How we know

`tests/gradients/heads.rs` and `tests/curvature/heads.rs` run the same checks over both, for any number of classes
and units: gradients against finite differences, and second derivatives as far as they are meant to be exact.
`tests/identities/penalties.rs` has the answers, ties included ([deviation 17](crate::paper::deviations#17-ties)).

What each is worth, on the same data in the same order, ten seeds (`experiment study heads --data DIR`):
"#
)]
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
