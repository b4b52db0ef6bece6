//! The states of a network for one input.

use super::{Maps, Penalties};
use std::ops::{Index, IndexMut};

/// The states of all layers, after squashing, and the penalties; or the derivatives of the loss by them.
///
/// `s["C1"]` is the state of the layer C1.
#[derive(Clone, Debug, PartialEq)]
pub struct States<R, Y = Penalties<R>> {
    /// The name of each module's layer.
    pub(super) layers: Vec<String>,
    /// `maps[n]` goes into module `n` and `maps[n + 1]` comes out.
    pub(super) maps: Vec<Maps<R>>,
    /// The penalties, or the derivatives by them.
    pub output: Y,
}

impl<R, Y> States<R, Y> {
    /// The input: a pattern, or a wide field.
    pub fn input(&self) -> &Maps<R> {
        &self.maps[0]
    }

    /// The input, to be written.
    pub fn input_mut(&mut self) -> &mut Maps<R> {
        &mut self.maps[0]
    }

    /// The input of the output layer; in a network without one, the output.
    pub fn last(&self) -> &Maps<R> {
        &self.maps[self.layers.len()]
    }

    /// [`last`](Self::last), to be written.
    pub fn last_mut(&mut self) -> &mut Maps<R> {
        &mut self.maps[self.layers.len()]
    }

    /// The layers in their order, each with its state.
    pub fn layers(&self) -> impl Iterator<Item = (&str, &Maps<R>)> {
        let ends = (0..self.layers.len()).filter(|&n| self.layers.get(n + 1) != Some(&self.layers[n]));
        ends.map(|n| (self.layers[n].as_str(), &self.maps[n + 1]))
    }

    /// The state of the layer of this name, if there is one.
    pub fn get(&self, layer: &str) -> Option<&Maps<R>> {
        self.layers().find(|(name, _)| *name == layer).map(|(_, state)| state)
    }

    /// Input and output of a module.
    pub(super) fn around(&mut self, module: usize) -> (&mut Maps<R>, &mut Maps<R>) {
        let (before, after) = self.maps.split_at_mut(module + 1);
        (&mut before[module], &mut after[0])
    }
}

impl<R, Y> Index<&str> for States<R, Y> {
    type Output = Maps<R>;

    /// # Panics
    /// When there is no layer of this name.
    fn index(&self, layer: &str) -> &Maps<R> {
        self.get(layer).unwrap_or_else(|| panic!("there is no layer '{layer}' among {:?}", self.layers))
    }
}

impl<R, Y> IndexMut<&str> for States<R, Y> {
    fn index_mut(&mut self, layer: &str) -> &mut Maps<R> {
        let place = self.layers.iter().rposition(|name| name == layer);
        let place = place.unwrap_or_else(|| panic!("there is no layer '{layer}' among {:?}", self.layers));
        &mut self.maps[place + 1]
    }
}
