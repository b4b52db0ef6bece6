#![doc = mathdoc::page!("network.md")]

use super::batch_normalisation::{BatchNormalisation, Line, Moments, Plane};
use super::initial::Initial;
use super::states::Layer;
pub use super::states::{Slopes, Stage, States};
use super::{AveragePooling, Dropout, MaxPooling, Pooling, Relu};
use crate::Real;
use crate::section1::{Maps, Module, Parameters};
use crate::section2::{Convolution, FullConnection, Head, LeNet5, Squashing, Variant};
use rand::Rng;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What follows each weighted sum: `activation` under `[today]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActivationKind {
    /// The paper's `A tanh(S a)`, with the A and S of the variant.
    #[default]
    Tanh,
    /// `max(0, a)`.
    Relu,
}

/// What stands in the place of S2 and S4: `pooling` under `[today]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PoolingKind {
    /// The paper's: a trained coefficient and a bias for each map.
    #[default]
    Subsampling,
    /// The mean of four.
    Average,
    /// The largest of four.
    Max,
}

/// Which blocks there are; the default is the paper's network. In an arm's TOML these are the keys of `[today]`
/// ([table](self#what-can-be-chosen)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Blocks {
    /// What follows each weighted sum.
    pub activation: ActivationKind,
    /// Whether C1 and C3 go without it, so that only what is pooled is squashed.
    pub linear_convolutions: bool,
    /// What stands in the place of S2 and S4.
    pub pooling: PoolingKind,
    /// How the weights of C1, C3, C5 and F6 begin; as `[network]` has it if nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial_weights: Option<Initial>,
    /// Whether the weighted sums of C1, C3, C5 and F6 are normalised over the mini-batch.
    pub batch_normalisation: bool,
    /// The probability by which a unit of C5 and F6 is silent in training: from 0 up to, not including, 1.
    pub dropout: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Activation {
    Tanh(Squashing),
    Relu(Relu),
}

impl Activation {
    fn squash<R: Real>(&self, a: &mut Maps<R>) {
        match self {
            Self::Tanh(f) => f.squash(a),
            Self::Relu(f) => f.squash(a),
        }
    }

    fn unsquash<R: Real>(&self, y: &Maps<R>, dy: &mut Maps<R>) {
        match self {
            Self::Tanh(f) => f.unsquash::<R, false>(y, dy),
            Self::Relu(f) => f.unsquash(y, dy),
        }
    }
}

/// LeNet-5's layers with blocks of today; in evaluation, but for a pass of training.
///
/// A gradient and what a rule remembers are values of this type too.
#[derive(Clone, Debug, PartialEq)]
pub struct Network<R, H> {
    /// C1: 6 maps of 28 x 28.
    pub c1: Convolution<R>,
    /// In the place of S2: 6 maps of 14 x 14.
    pub s2: Pooling<R>,
    /// C3: 16 maps of 10 x 10.
    pub c3: Convolution<R>,
    /// In the place of S4: 16 maps of 5 x 5.
    pub s4: Pooling<R>,
    /// C5: 120 maps of 1 x 1.
    pub c5: Convolution<R>,
    /// F6: 84 units.
    pub f6: FullConnection<R>,
    /// The output layer and its loss.
    pub head: H,
    /// Of the weighted sums of C1, C3, C5 and F6, if they are normalised.
    pub normalisations: Option<[BatchNormalisation<R>; 4]>,
    /// Of the states of C5 and F6.
    pub dropout: Dropout,
    activation: Activation,
    linear_convolutions: bool,
    training: bool,
}

/// What the weighted sums of C1, C3, C5 and F6 were normalised by, if they were.
pub type AllMoments<R> = [Option<Moments<R>>; 4];

impl<R: Real, H: Head<R>> Network<R, H> {
    /// LeNet-5 as `variant` has it, with these blocks; in evaluation. Weights are drawn as for [`LeNet5::new`], and He's
    /// after them, so that blocks without `initial_weights` begin with the paper's weights.
    ///
    /// # Panics
    /// When the head does not look at 84 units.
    pub fn new(head: H, variant: &Variant, blocks: &Blocks, random: &mut impl Rng) -> Self {
        let LeNet5 { mut c1, s2, mut c3, s4, mut c5, mut f6, head, squashing } =
            LeNet5::new(head, variant, random);
        if let Some(initial) = blocks.initial_weights {
            [&mut c1, &mut c3, &mut c5].into_iter().for_each(|layer| initial.convolution(layer, random));
            initial.full_connection(&mut f6, random);
        }
        let pooling = |subsampling| match blocks.pooling {
            PoolingKind::Subsampling => Pooling::Subsampling(subsampling),
            PoolingKind::Average => Pooling::Average(AveragePooling),
            PoolingKind::Max => Pooling::Max(MaxPooling),
        };
        let activation = match blocks.activation {
            ActivationKind::Tanh => Activation::Tanh(squashing),
            ActivationKind::Relu => Activation::Relu(Relu),
        };
        let maps = [c1.bias.len(), c3.bias.len(), c5.bias.len(), f6.bias.len()];
        Self {
            c1,
            s2: pooling(s2),
            c3,
            s4: pooling(s4),
            c5,
            f6,
            head,
            normalisations: blocks.batch_normalisation.then(|| maps.map(BatchNormalisation::new)),
            dropout: Dropout { rate: blocks.dropout },
            activation,
            linear_convolutions: blocks.linear_convolutions,
            training: false,
        }
    }

    /// Room for the states of a pattern of 1 x 32 x 32.
    pub fn states(&self) -> States<R, H::Output> {
        let Slopes { input, c1, s2, c3, s4, c5, f6, .. } = self.slopes();
        let none = Maps::zeros((0, 0, 0));
        let stage = |state: Maps<R>, kept| Stage { sums: state.clone(), state, kept };
        let [c1, c3] = [c1, c3].map(|state| stage(state, none.clone()));
        let [c5, f6] = [c5, f6].map(|state| stage(state.clone(), state));
        States { input, c1, s2, c3, s4, c5, f6, output: self.head.output() }
    }

    /// Room for the derivatives by the states of a pattern.
    pub fn slopes(&self) -> Slopes<R> {
        let [input, c1, s2, c3, s4, c5, f6] =
            [(1, 32, 32), (6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5), (120, 1, 1), (84, 1, 1)]
                .map(Maps::zeros);
        Slopes { input, c1, s2, c3, s4, c5, f6, output: () }
    }

    /// From now on mini-batches are normalised by their own moments, and units fall silent.
    pub fn train(&mut self) {
        self.training = true;
    }

    /// From now on every pattern is on its own.
    pub fn eval(&mut self) {
        self.training = false;
    }

    /// From the patterns of a mini-batch to the outputs; returns the moments that it was normalised by: its own in training,
    /// the running ones in evaluation, where the patterns do not depend on each other. In training with dropout,
    /// [`draw`](Self::draw) comes first.
    pub fn fprop(&self, batch: &mut [States<R, H::Output>]) -> AllMoments<R> {
        for s in batch.iter_mut() {
            self.c1.fprop(&s.input, &mut s.c1.sums);
        }
        let (c1, line) = self.moments(Layer::C1, batch);
        for s in batch.iter_mut() {
            self.after(Layer::C1, &line, &mut s.c1);
            self.s2.fprop(&s.c1.state, &mut s.s2);
            self.activation.squash(&mut s.s2);
            self.c3.fprop(&s.s2, &mut s.c3.sums);
        }
        let (c3, line) = self.moments(Layer::C3, batch);
        for s in batch.iter_mut() {
            self.after(Layer::C3, &line, &mut s.c3);
            self.s4.fprop(&s.c3.state, &mut s.s4);
            self.activation.squash(&mut s.s4);
        }
        self.c5.fprop_all(&mut batch.iter_mut().map(|s| (&s.s4, &mut s.c5.sums)).collect::<Vec<_>>());
        let (c5, line) = self.moments(Layer::C5, batch);
        batch.iter_mut().for_each(|s| self.after(Layer::C5, &line, &mut s.c5));
        self.f6.fprop_all(&mut batch.iter_mut().map(|s| (&s.c5.state, &mut s.f6.sums)).collect::<Vec<_>>());
        let (f6, line) = self.moments(Layer::F6, batch);
        for s in batch.iter_mut() {
            self.after(Layer::F6, &line, &mut s.f6);
            self.head.fprop(&s.f6.state, &mut s.output);
        }
        [c1, c3, c5, f6]
    }

    /// What the weighted sums of a layer are normalised by, and how; nothing, if they are not.
    fn moments(&self, layer: Layer, batch: &[States<R, H::Output>]) -> (Option<Moments<R>>, Option<Line<R>>) {
        let Some(normalisations) = &self.normalisations else { return (None, None) };
        let normalisation = &normalisations[layer as usize];
        let moments = match self.training {
            true => normalisation.moments(batch.iter().map(|s| &s.stage(layer).sums)),
            false => normalisation.running.clone(),
        };
        let line = normalisation.line(&moments);
        (Some(moments), Some(line))
    }

    /// From the weighted sums of a layer to its state.
    fn after(&self, layer: Layer, line: &Option<Line<R>>, Stage { sums, state, kept }: &mut Stage<R>) {
        match line {
            Some(line) => line.fprop(sums, state),
            None => state.assign(sums),
        }
        if self.squashes(layer) {
            self.activation.squash(state);
        }
        if self.drops(layer) {
            self.dropout.fprop(kept, state);
        }
    }

    /// Whether the activation follows this layer directly.
    fn squashes(&self, layer: Layer) -> bool {
        !(self.linear_convolutions && matches!(layer, Layer::C1 | Layer::C3))
    }

    /// Whether units of this layer fall silent.
    fn drops(&self, layer: Layer) -> bool {
        self.training && self.dropout.rate > 0.0 && matches!(layer, Layer::C5 | Layer::F6)
    }

    /// Draws which units of C5 and F6 are silent for a pattern, if any are.
    pub fn draw(&self, s: &mut States<R, H::Output>, random: &mut impl Rng) {
        for (layer, stage) in [(Layer::C5, &mut s.c5), (Layer::F6, &mut s.f6)] {
            if self.drops(layer) {
                self.dropout.draw(&mut stage.kept, random);
            }
        }
    }

    /// From the labels back to C1: adds the sum of `dE/dw` over the mini-batch to `gradient`, and leaves in `slopes` the
    /// derivative of the loss by every weighted sum. `batch` and `moments` are what [`fprop`](Self::fprop) left in training;
    /// `slopes` has room for as many patterns or more.
    pub fn bprop(
        &self,
        batch: &[States<R, H::Output>],
        moments: &AllMoments<R>,
        labels: &[usize],
        slopes: &mut [Slopes<R>],
        gradient: &mut Self,
    ) {
        let slopes = &mut slopes[..batch.len()];
        let f6 = self.before(Layer::F6, batch, moments, slopes, gradient, |p, s, d, gradient| {
            self.head.bprop(&s.f6.state, &s.output, labels[p], &mut d.f6, &mut gradient.head);
        });
        let passed = batch.iter().zip(slopes.iter_mut()).map(|(s, d)| {
            undo(&f6, &s.f6, &mut d.f6);
            (&s.c5.state, &d.f6, &mut d.c5)
        });
        self.f6.bprop_all(&mut passed.collect::<Vec<_>>(), &mut gradient.f6);
        let c5 = self.before(Layer::C5, batch, moments, slopes, gradient, |_, _, _, _| {});
        let passed = batch.iter().zip(slopes.iter_mut()).map(|(s, d)| {
            undo(&c5, &s.c5, &mut d.c5);
            (&s.s4, &d.c5, &mut d.s4)
        });
        self.c5.bprop_all(&mut passed.collect::<Vec<_>>(), &mut gradient.c5);
        let c3 = self.before(Layer::C3, batch, moments, slopes, gradient, |_, s, d, gradient| {
            self.activation.unsquash(&s.s4, &mut d.s4);
            self.s4.bprop(&s.c3.state, &d.s4, &mut d.c3, &mut gradient.s4);
        });
        let c1 = self.before(Layer::C1, batch, moments, slopes, gradient, |_, s, d, gradient| {
            undo(&c3, &s.c3, &mut d.c3);
            self.c3.bprop(&s.s2, &d.c3, Some(&mut d.s2), &mut gradient.c3);
            self.activation.unsquash(&s.s2, &mut d.s2);
            self.s2.bprop(&s.c1.state, &d.s2, &mut d.c1, &mut gradient.s2);
        });
        for (s, d) in batch.iter().zip(slopes) {
            undo(&c1, &s.c1, &mut d.c1);
            self.c1.bprop(&s.input, &d.c1, None, &mut gradient.c1);
        }
    }

    /// Brings the derivatives by the states of a layer, which `bprop` makes pattern by pattern, to before its dropout and
    /// activation. A normalisation that is there has seen all patterns then, and can say what is left to be done to each.
    fn before(
        &self,
        layer: Layer,
        batch: &[States<R, H::Output>],
        moments: &AllMoments<R>,
        slopes: &mut [Slopes<R>],
        gradient: &mut Self,
        bprop: impl Fn(usize, &States<R, H::Output>, &mut Slopes<R>, &mut Self),
    ) -> Option<Plane<R>> {
        let normalisation = self.normalisations.as_ref().map(|all| &all[layer as usize]);
        let mut seen = normalisation
            .zip(moments[layer as usize].as_ref())
            .map(|(normalisation, moments)| (normalisation, moments, normalisation.sums()));
        for (p, (s, d)) in batch.iter().zip(slopes).enumerate() {
            bprop(p, s, d, gradient);
            let (s, d) = (s.stage(layer), layer.of(d));
            self.unsquash(layer, s, d);
            if let Some((_, moments, sums)) = &mut seen {
                sums.add(moments, &s.sums, d);
            }
        }
        let gradients = gradient.normalisations.as_mut().map(|all| &mut all[layer as usize]);
        seen.zip(gradients)
            .map(|((normalisation, moments, sums), gradient)| normalisation.plane(moments, &sums, gradient))
    }

    /// From the derivatives by the state of a layer to those by what was squashed.
    fn unsquash(&self, layer: Layer, s: &Stage<R>, d: &mut Maps<R>) {
        let mut squashed = Cow::Borrowed(&s.state);
        if self.drops(layer) {
            self.dropout.bprop(&s.kept, d);
            // Units are made louder after they are squashed. Silent ones get nothing back, whatever their slope.
            *squashed.to_mut() *= R::of(1.0 - self.dropout.rate);
        }
        if self.squashes(layer) {
            self.activation.unsquash(&squashed, d);
        }
    }

    /// Lets the running moments follow those of a mini-batch, if there are any, a share of the way: once for each update.
    pub fn remember(&mut self, moments: &AllMoments<R>, share: f64) {
        for (layer, moments) in self.normalisations.iter_mut().flatten().zip(moments.iter().flatten()) {
            layer.remember(moments, share);
        }
    }
}

/// From the derivatives by what was normalised to those by the weighted sums, which are the same if nothing was.
fn undo<R: Real>(plane: &Option<Plane<R>>, s: &Stage<R>, d: &mut Maps<R>) {
    if let Some(plane) = plane {
        plane.bprop(&s.sums, d);
    }
}

impl<R: Real, H: Head<R>> Parameters<R> for Network<R, H> {
    fn arrays(&self) -> impl Iterator<Item = &[R]> {
        let front = self.c1.arrays().chain(self.s2.arrays()).chain(self.c3.arrays()).chain(self.s4.arrays());
        let front = front.chain(self.c5.arrays()).chain(self.f6.arrays()).chain(self.head.arrays());
        front.chain(self.normalisations.iter().flatten().flat_map(|layer| layer.arrays()))
    }

    fn arrays_mut(&mut self) -> impl Iterator<Item = &mut [R]> {
        let front = self.c1.arrays_mut().chain(self.s2.arrays_mut()).chain(self.c3.arrays_mut());
        let front = front.chain(self.s4.arrays_mut()).chain(self.c5.arrays_mut());
        let front = front.chain(self.f6.arrays_mut()).chain(self.head.arrays_mut());
        front.chain(self.normalisations.iter_mut().flatten().flat_map(|layer| layer.arrays_mut()))
    }
}
