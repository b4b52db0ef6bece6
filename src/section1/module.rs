#![doc = mathdoc::page!("module.md")]

use super::Parameters;
use crate::Real;

/// What goes into a module and what comes out: maps, the penalties of classes, a graph.
pub trait State: 'static {
    /// What is known of the second derivatives of the loss by such a state: for maps, a number for each unit.
    type Second;
}

/// One step of a cascade: `y = F(w, x)`, and what its derivatives do to vectors that come back (I-E,
/// [eq. 4](self#eq-4)).
///
/// A module holds parameters and nothing else: states are lent to it by its caller. `gradient` and `curvature` are
/// modules of the same structure whose parameters hold derivatives; both passes *add* to them, so that several
/// patterns, and all places that share a weight (eq. 19, 20, 23), sum up.
pub trait Module<R: Real>: Parameters<R> {
    /// What goes in.
    type Input: State;
    /// What comes out.
    type Output: State;

    /// `y = F(w, x)`: the forward pass.
    fn fprop(&self, x: &Self::Input, y: &mut Self::Output);

    /// From `dy = dE/dy`, where `y` is what `fprop` made of `x`: adds `dE/dw` to `gradient` and, if it is wanted, writes
    /// `dE/dx` to `dx` ([eq. 4](self#eq-4)).
    fn bprop(
        &self,
        x: &Self::Input,
        y: &Self::Output,
        dy: &Self::Output,
        dx: Option<&mut Self::Input>,
        gradient: &mut Self,
    );
}

/// A module that passes diagonal second derivatives back as well ([App. C](crate::appendix::c)).
pub trait SecondOrder<R: Real>: Module<R> {
    /// From `ddy = d²E/dy²`: adds `d²E/dw²` to `curvature` ([eq. 25](crate::appendix::c#eq-25)) and, if it is wanted,
    /// writes `d²E/dx²` to `ddx` ([eq. 27](crate::appendix::c#eq-27)), both diagonal and Gauss-Newton: never negative if
    /// `ddy` is not.
    fn bbprop(
        &self,
        x: &Self::Input,
        y: &Self::Output,
        ddy: &<Self::Output as State>::Second,
        ddx: Option<&mut <Self::Input as State>::Second>,
        curvature: &mut Self,
    );
}
