#![doc = mathdoc::page!("module.md")]

use super::Parameters;
use crate::Real;

/// Input or output of a module: maps, or the penalties of the classes.
pub trait State: 'static {
    /// Second derivatives of the loss by such a state: for maps, a number for each unit.
    type Second;
}

/// One step of a cascade: `y = F(w, x)`, and the products of its transposed Jacobians with derivatives (I-E,
/// [eq. 4](self#eq-4)).
///
/// A module holds parameters and nothing else: states are lent to it by its caller. `gradient` and `curvature` are
/// modules of the same structure whose parameters hold derivatives. `bprop` and `bbprop` *add* to them, so the result is
/// the sum over all patterns, and over all places that share a weight (eq. 19, 20, 23).
pub trait Module<R: Real>: Parameters<R> {
    /// The state that goes in.
    type Input: State;
    /// The state that comes out.
    type Output: State;

    /// Writes `y = F(w, x)`.
    fn fprop(&self, x: &Self::Input, y: &mut Self::Output);

    /// From `dy = dE/dy`, where `y` is the output of `fprop` for `x`: adds `dE/dw` to `gradient` and, if it is wanted, writes
    /// `dE/dx` to `dx` ([eq. 4](self#eq-4)).
    fn bprop(
        &self,
        x: &Self::Input,
        y: &Self::Output,
        dy: &Self::Output,
        dx: Wanted<Self::Input>,
        gradient: &mut Self,
    );

    /// [`SecondOrder::bbprop`], if the module has it.
    fn second_order() -> Option<Bbprop<R, Self>> {
        None
    }

    /// [`fprop`](Module::fprop) of several patterns, each with its own `x` and `y`, with the same result to the last bit.
    fn fprop_all(&self, batch: &mut [(&Self::Input, &mut Self::Output)]) {
        batch.iter_mut().for_each(|(x, y)| self.fprop(x, y));
    }

    /// [`bprop`](Module::bprop) of several patterns, with the same result to the last bit.
    fn bprop_all(&self, batch: &mut [Back<Self::Input, Self::Output>], gradient: &mut Self) {
        batch.iter_mut().for_each(|p| self.bprop(p.x, p.y, p.dy, p.dx.as_deref_mut(), gradient));
    }

    /// [`bprop`](Module::bprop), then the update `w <- w - rates dE/dw` (eq. 18), for one update per pattern. `gradient` is
    /// overwritten.
    fn bprop_and_update(&mut self, p: Back<Self::Input, Self::Output>, rates: &Self, gradient: &mut Self) {
        bprop_then_update(self, p, rates, gradient);
    }
}

/// Room for a derivative, if it is wanted.
pub type Wanted<'a, S> = Option<&'a mut S>;

/// The arguments of [`Module::bprop`] for one pattern.
pub struct Back<'a, X, Y> {
    /// The input.
    pub x: &'a X,
    /// The output.
    pub y: &'a Y,
    /// `dE/dy`.
    pub dy: &'a Y,
    /// Room for `dE/dx`, if it is wanted.
    pub dx: Wanted<'a, X>,
}

/// [`Module::bprop_and_update`], step by step.
pub(crate) fn bprop_then_update<R: Real, M: Module<R>>(
    module: &mut M,
    p: Back<M::Input, M::Output>,
    rates: &M,
    gradient: &mut M,
) {
    gradient.fill(R::zero());
    module.bprop(p.x, p.y, p.dy, p.dx, gradient);
    module.update(rates, gradient);
}

/// Second derivatives by the input of a module.
type InputSecond<R, M> = <<M as Module<R>>::Input as State>::Second;
/// Second derivatives by the output of a module.
type OutputSecond<R, M> = <<M as Module<R>>::Output as State>::Second;

/// [`SecondOrder::bbprop`] of a module.
pub type Bbprop<R, M> = fn(
    &M,
    &<M as Module<R>>::Input,
    &<M as Module<R>>::Output,
    &OutputSecond<R, M>,
    Wanted<InputSecond<R, M>>,
    &mut M,
);

/// A module that also passes diagonal second derivatives down ([App. C](crate::appendix::c)).
pub trait SecondOrder<R: Real>: Module<R> {
    /// From `ddy = d²E/dy²`: adds `d²E/dw²` to `curvature` ([eq. 25](crate::appendix::c#eq-25)) and, if it is wanted,
    /// writes `d²E/dx²` to `ddx` ([eq. 27](crate::appendix::c#eq-27)), both diagonal and Gauss-Newton: never negative if
    /// `ddy` is not.
    fn bbprop(
        &self,
        x: &Self::Input,
        y: &Self::Output,
        ddy: &OutputSecond<R, Self>,
        ddx: Wanted<InputSecond<R, Self>>,
        curvature: &mut Self,
    );
}
