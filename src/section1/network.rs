#![doc = mathdoc::page!("network.md")]

use super::erased::{AnyLayer, AnyParameters, SAME_STRUCTURE};
use super::states::States;
use super::{
    Activation, Back, Bend, Layer, Maps, Module, Parameters, Penalties, Shape, ShapeError, State, Tensor,
};
use crate::Real;
use std::any::Any;
use std::fmt;
use std::sync::Arc;
use thiserror::Error;

/// A cascade of named layers, with an output layer that gives each class a penalty (I-E).
///
/// Gradients, second derivatives and rates are values of this type too, made by [`zeros`](Parameters::zeros): they hold a
/// derivative or a rate in the place of each parameter.
#[derive(Clone)]
pub struct Network<R: Real> {
    input: Shape,
    pub(super) stages: Vec<Stage<R, Maps<R>>>,
    pub(super) output: Option<Stage<R, Penalties<R>>>,
    /// The number of modules, from the first, that do not learn.
    pub(super) frozen: usize,
}

/// A module, the name of its layer, and the squashing function that works in place on its output.
#[derive(Clone)]
pub(super) struct Stage<R: Real, Y: State> {
    pub layer: String,
    pub module: Box<dyn AnyLayer<R, Y>>,
    pub squashing: Option<Arc<dyn Activation<R>>>,
}

/// The reason why a layer cannot be added to a network.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum NetworkError {
    /// Its input does not fit.
    #[error("{name} does not fit: {cause}")]
    Shape {
        /// The layer's name.
        name: String,
        /// The shape that was found, and the shapes that fit.
        cause: ShapeError,
    },
    /// A file of the network would have two arrays of one name.
    #[error(
        "two modules of the layer {name} have an array called {array}: give one of them another layer's name"
    )]
    Twice {
        /// The layer's name.
        name: String,
        /// The array's name.
        array: String,
    },
}

/// The size of one layer, counted from its structure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Census {
    /// The layer's name: C1.
    pub layer: String,
    /// Maps, rows and columns of its state.
    pub shape: Shape,
    /// Trainable parameters.
    pub parameters: usize,
    /// Connections, biases included.
    pub connections: usize,
}

impl<R: Real> Network<R> {
    /// A network without layers, for inputs of this shape. Larger inputs may fit as well: see
    /// [`states_for`](Self::states_for).
    pub fn new(input: Shape) -> Self {
        Self { input, stages: Vec::new(), output: None, frozen: 0 }
    }

    /// The same network with one more module, in the layer of this name. A squashing function that follows another module
    /// of its layer works in place on that module's output.
    ///
    /// # Errors
    /// When the module does not fit the network so far, or the layer already has an array of the same name.
    pub fn then(
        mut self,
        layer: &str,
        module: impl Module<R, Input = Maps<R>, Output = Maps<R>> + Layer<R>,
    ) -> Result<Self, NetworkError> {
        let squashing = module.activation();
        match (self.stages.last_mut(), squashing) {
            (Some(last), Some(f)) if last.layer == layer && last.takes_squashing() => {
                last.squashing = Some(f);
            }
            _ => {
                let stage = Stage { layer: layer.into(), module: Box::new(module), squashing: None };
                self.check(&stage)?;
                self.stages.push(stage);
            }
        }
        Ok(self)
    }

    /// The same network with this output layer, named `output`.
    ///
    /// # Errors
    /// As for [`then`](Self::then).
    pub fn with_output(
        mut self,
        module: impl Module<R, Input = Maps<R>, Output = Penalties<R>> + Layer<R>,
    ) -> Result<Self, NetworkError> {
        let stage = Stage { layer: "output".into(), module: Box::new(module), squashing: None };
        self.check(&stage)?;
        self.output = Some(stage);
        Ok(self)
    }

    /// Freezes all layers up to the one of this name: the ways down end above it, so that the parameters of these layers get
    /// no derivatives and do not change.
    ///
    /// # Panics
    /// When there is no such layer below the output.
    pub fn freeze_up_to(&mut self, layer: &str) {
        let last = self.stages.iter().rposition(|stage| stage.layer == layer);
        self.frozen = 1 + last.unwrap_or_else(|| panic!("there is no layer '{layer}' below the output"));
    }

    /// Whether the layer of this name is frozen.
    pub fn is_frozen(&self, layer: &str) -> bool {
        self.stages[..self.frozen].iter().any(|stage| stage.layer == layer)
    }

    fn check<Y: State>(&self, stage: &Stage<R, Y>) -> Result<(), NetworkError> {
        let name = stage.layer.clone();
        if let Err(cause) = stage.module.output_shape(self.state_shape()) {
            return Err(NetworkError::Shape { name, cause });
        }
        let taken: Vec<String> = self.tensors().into_iter().map(|tensor| tensor.name).collect();
        match stage.tensors().into_iter().find(|tensor| taken.contains(&tensor.name)) {
            Some(Tensor { name: array, .. }) => Err(NetworkError::Twice { name, array }),
            None => Ok(()),
        }
    }

    /// The shape of the input that the network is made for.
    pub fn input(&self) -> Shape {
        self.input
    }

    /// The shape of the output layer's input.
    pub fn state_shape(&self) -> Shape {
        self.shapes(self.input).map_or(self.input, |shapes| shapes[shapes.len() - 1])
    }

    /// The number of classes; 0 without an output layer.
    pub fn classes(&self) -> usize {
        self.output_shape(self.state_shape()).map_or(0, |(classes, ..)| classes)
    }

    /// The shape of every state below the output, the input's first.
    fn shapes(&self, input: Shape) -> Result<Vec<Shape>, ShapeError> {
        let mut shapes = vec![input];
        for stage in &self.stages {
            shapes.push(stage.module.output_shape(shapes[shapes.len() - 1])?);
        }
        Ok(shapes)
    }

    fn output_shape(&self, state: Shape) -> Result<Shape, ShapeError> {
        self.output.as_ref().map_or(Ok((0, 0, 0)), |output| output.module.output_shape(state))
    }

    /// States for a pattern of the network's own size, all zero.
    pub fn states(&self) -> States<R> {
        self.room(self.input).expect("the layers fit each other")
    }

    /// States for an input of another size, for example a wide field with several characters.
    ///
    /// # Errors
    /// When a layer does not fit.
    pub fn states_for(&self, input: Shape) -> Result<States<R>, ShapeError> {
        self.room(input)
    }

    /// Second derivatives by the states of a pattern, all zero.
    pub fn second_derivatives(&self) -> States<R, Bend<R>> {
        self.room(self.input).expect("the layers fit each other")
    }

    fn room<Y: From<Maps<R>>>(&self, input: Shape) -> Result<States<R, Y>, ShapeError> {
        let shapes = self.shapes(input)?;
        let output = self.output_shape(shapes[shapes.len() - 1])?;
        let layers = self.stages.iter().map(|stage| stage.layer.clone()).collect();
        Ok(States {
            layers,
            maps: shapes.into_iter().map(Maps::zeros).collect(),
            output: Maps::zeros(output).into(),
        })
    }

    /// The name of the first layer without second derivatives, if there is one. The network then has no rates by
    /// [App. C](crate::appendix::c).
    pub fn first_order_only(&self) -> Option<&str> {
        let stage = self.stages.iter().find(|stage| !stage.module.is_second_order());
        let output = self.output.iter().find(|output| !output.module.is_second_order());
        stage.map(|stage| stage.layer.as_str()).or(output.map(|output| output.layer.as_str()))
    }

    /// Goes up from the input in `s` and writes every layer's state and the penalties to `s`.
    pub fn fprop(&self, s: &mut States<R>) {
        for (n, stage) in self.stages.iter().enumerate() {
            let (x, y) = s.around(n);
            stage.module.fprop(x, y);
            stage.squash(y);
        }
        if let Some(output) = &self.output {
            output.module.fprop(&s.maps[self.stages.len()], &mut s.output);
        }
    }

    /// Goes down from `dE/dy` in `d.output`: adds `dE/dw` to `gradient`, and writes the derivative of the loss by every
    /// weighted sum to `d`. `s` holds the states that [`fprop`](Self::fprop) wrote. Without an output layer it begins with
    /// `dE/dx` in `d.last()`.
    ///
    /// # Panics
    /// When `gradient` is not of this network's structure.
    pub fn bprop(&self, s: &States<R>, d: &mut States<R>, gradient: &mut Self) {
        self.expect_same_structure(gradient);
        if let (Some(output), Some(sums)) = (&self.output, &mut gradient.output) {
            let p = Back { x: s.last(), y: &s.output, dy: &d.output, dx: d.maps.last_mut() };
            output.module.bprop(p, sums.module.as_mut());
        }
        let stages = self.stages.iter().zip(&mut gradient.stages).enumerate();
        for (n, (stage, sums)) in stages.skip(self.frozen).rev() {
            let ((dx, dy), x, y) = (d.around(n), &s.maps[n], &s.maps[n + 1]);
            stage.back_through_slope(y, dy);
            stage.module.bprop(Back { x, y, dy, dx: wanted(n, dx) }, sums.module.as_mut());
        }
    }

    /// [`bprop`](Self::bprop) and the update of eq. 18 in one walk, for one update per pattern; the result is the same to
    /// the last bit. `rates` holds the rate `epsilon` of each parameter; `gradient` is overwritten.
    ///
    /// # Panics
    /// When `rates` or `gradient` are not of this network's structure.
    pub fn bprop_and_update(&mut self, s: &States<R>, d: &mut States<R>, rates: &Self, gradient: &mut Self) {
        self.expect_same_structure(rates);
        self.expect_same_structure(gradient);
        if let (Some(output), Some(rates), Some(sums)) =
            (&mut self.output, &rates.output, &mut gradient.output)
        {
            let p = Back { x: s.last(), y: &s.output, dy: &d.output, dx: d.maps.last_mut() };
            output.module.bprop_and_update(p, rates.module.as_ref(), sums.module.as_mut());
        }
        let frozen = self.frozen;
        let stages = self.stages.iter_mut().zip(&rates.stages).zip(&mut gradient.stages).enumerate();
        for (n, ((stage, rates), sums)) in stages.skip(frozen).rev() {
            let ((dx, dy), x, y) = (d.around(n), &s.maps[n], &s.maps[n + 1]);
            stage.back_through_slope(y, dy);
            let p = Back { x, y, dy, dx: wanted(n, dx) };
            stage.module.bprop_and_update(p, rates.module.as_ref(), sums.module.as_mut());
        }
    }

    /// Goes down with diagonal second derivatives (App. C, eq. 25 and 27), from those of the loss in `dd.output`: adds
    /// `d²E/dw²`, summed over the connections that share a weight (eq. 23), to `curvature`.
    ///
    /// # Panics
    /// When `curvature` is not of this network's structure, or a layer has no second derivatives
    /// ([`first_order_only`](Self::first_order_only)).
    pub fn bbprop(&self, s: &States<R>, dd: &mut States<R, Bend<R>>, curvature: &mut Self) {
        self.expect_same_structure(curvature);
        if let (Some(output), Some(sums)) = (&self.output, &mut curvature.output) {
            let (x, ddx) = (s.last(), dd.maps.last_mut());
            output.module.bbprop(x, &s.output, &dd.output, ddx, sums.module.as_mut());
        }
        let stages = self.stages.iter().zip(&mut curvature.stages).enumerate();
        for (n, (stage, sums)) in stages.skip(self.frozen).rev() {
            let (ddx, ddy) = dd.around(n);
            stage.back_through_squared_slope(&s.maps[n + 1], ddy);
            stage.module.bbprop(&s.maps[n], &s.maps[n + 1], ddy, wanted(n, ddx), sums.module.as_mut());
        }
    }

    /// The module of type `L` in the layer of this name, if there is one.
    pub fn layer<L: Layer<R>>(&self, name: &str) -> Option<&L> {
        let of_layer = self.modules().filter(|(layer, _)| *layer == name);
        of_layer.map(|(_, module)| module as &dyn Any).find_map(<dyn Any>::downcast_ref)
    }

    /// [`layer`](Self::layer), to be changed.
    pub fn layer_mut<L: Layer<R>>(&mut self, name: &str) -> Option<&mut L> {
        let modules =
            self.stages.iter_mut().map(|stage| (&stage.layer, stage.module.as_mut() as &mut dyn Any));
        let output =
            self.output.iter_mut().map(|output| (&output.layer, output.module.as_mut() as &mut dyn Any));
        modules
            .chain(output)
            .filter(|(layer, _)| *layer == name)
            .find_map(|(_, module)| module.downcast_mut())
    }

    /// The output layer, if it is of this type.
    pub fn output_layer<L: Layer<R>>(&self) -> Option<&L> {
        (self.output.as_ref()?.module.as_ref() as &dyn Any).downcast_ref()
    }

    /// Whether a module compares the patterns of a mini-batch in training.
    pub fn compares_patterns(&self) -> bool {
        self.stages.iter().filter_map(|stage| stage.module.in_training()).any(|training| training.compares())
    }

    /// Whether all modules compute the same in training as in evaluation.
    pub fn is_plain(&self) -> bool {
        self.stages.iter().all(|stage| stage.module.in_training().is_none())
    }

    /// The modules in their order, the output layer last, each with the name of its layer.
    fn modules(&self) -> impl Iterator<Item = (&str, &dyn AnyParameters<R>)> {
        let stages = self.stages.iter().map(|stage| (stage.layer.as_str(), stage.module.as_ref() as _));
        stages.chain(self.output.iter().map(|output| (output.layer.as_str(), output.module.as_ref() as _)))
    }

    /// The trainable arrays of each layer, in the order of the layers.
    pub fn layers(&self) -> Vec<(&str, Vec<&[R]>)> {
        let mut layers: Vec<(&str, Vec<&[R]>)> = Vec::new();
        for (name, module) in self.modules() {
            match layers.last_mut().filter(|(last, _)| *last == name) {
                Some((_, arrays)) => arrays.extend(module.all_arrays()),
                None => layers.push((name, module.all_arrays())),
            }
        }
        layers
    }

    /// The size of every layer, counted from the structure.
    pub fn census(&self) -> Vec<Census> {
        let mut shapes = self.shapes(self.input).expect("the layers fit each other");
        shapes.extend(self.output.iter().map(|_| (self.classes(), 1, 1)));
        let mut census: Vec<Census> = Vec::new();
        for (n, (name, module)) in self.modules().enumerate() {
            let parameters = module.all_arrays().into_iter().map(<[R]>::len).sum();
            let layer = Census {
                layer: name.into(),
                shape: shapes[n + 1],
                parameters,
                connections: module.connections(shapes[n]),
            };
            match census.last_mut().filter(|last| last.layer == name) {
                Some(last) => {
                    last.shape = layer.shape;
                    last.parameters += layer.parameters;
                    last.connections += layer.connections;
                }
                None => census.push(layer),
            }
        }
        census
    }

    /// # Panics
    /// When the networks have different numbers of modules; each module compares its own arrays.
    pub(super) fn expect_same_structure(&self, other: &Self) {
        let modules = |net: &Self| (net.stages.len(), net.output.is_some());
        assert_eq!(modules(self), modules(other), "{SAME_STRUCTURE}");
    }
}

/// Nothing needs the derivative by the input of the first module.
fn wanted<T>(n: usize, dx: T) -> Option<T> {
    (n > 0).then_some(dx)
}

impl<R: Real> Stage<R, Maps<R>> {
    /// Whether no squashing function has been attached yet.
    fn takes_squashing(&self) -> bool {
        self.squashing.is_none() && self.module.activation().is_none()
    }

    pub fn squash(&self, a: &mut Maps<R>) {
        self.squashing.iter().for_each(|f| f.squash(a));
    }

    pub fn back_through_slope(&self, y: &Maps<R>, dy: &mut Maps<R>) {
        self.squashing.iter().for_each(|f| f.back_through_slope(y, dy));
    }

    fn back_through_squared_slope(&self, y: &Maps<R>, ddy: &mut Maps<R>) {
        self.squashing.iter().for_each(|f| f.back_through_squared_slope(y, ddy));
    }
}

impl<R: Real, Y: State> Stage<R, Y> {
    /// The arrays of the module with their full names in files: `c1.weight`.
    fn tensors(&self) -> Vec<Tensor<R>> {
        let named = |tensor: Tensor<R>| match tensor.name.contains('.') {
            true => tensor,
            false => Tensor { name: format!("{}.{}", self.layer.to_lowercase(), tensor.name), ..tensor },
        };
        self.module.all_tensors().into_iter().map(named).collect()
    }

    /// Sets the array of this full name, if the module has one.
    fn take(&mut self, tensor: &Tensor<R>) -> Option<Result<(), String>> {
        let place = self.tensors().iter().position(|own| own.name == tensor.name)?;
        let own = self.module.all_tensors().swap_remove(place);
        Some(self.module.take_tensor(&Tensor { values: tensor.values.clone(), ..own }))
    }
}

impl<R: Real> Parameters<R> for Network<R> {
    fn arrays(&self) -> impl Iterator<Item = &[R]> {
        self.modules().flat_map(|(_, module)| module.all_arrays())
    }

    fn arrays_mut(&mut self) -> impl Iterator<Item = &mut [R]> {
        let stages = self.stages.iter_mut().flat_map(|stage| stage.module.all_arrays_mut());
        stages.chain(self.output.iter_mut().flat_map(|output| output.module.all_arrays_mut()))
    }

    fn tensors(&self) -> Vec<Tensor<R>> {
        let stages = self.stages.iter().flat_map(Stage::tensors);
        stages.chain(self.output.iter().flat_map(Stage::tensors)).collect()
    }

    fn set_tensor(&mut self, tensor: &Tensor<R>) -> Result<(), String> {
        let taken = self.stages.iter_mut().find_map(|stage| stage.take(tensor));
        let taken = taken.or_else(|| self.output.as_mut().and_then(|output| output.take(tensor)));
        taken.unwrap_or_else(|| panic!("there is no array '{}' in this network", tensor.name))
    }
}

impl<R: Real> PartialEq for Network<R> {
    fn eq(&self, other: &Self) -> bool {
        self.input == other.input && self.tensors() == other.tensors()
    }
}

impl<R: Real> fmt::Debug for Network<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network").field("input", &self.input).field("layers", &self.census()).finish()
    }
}
