//! The front of LeNet-5, C1 to S4, from the greys of its states.

use super::display::{Interval, Law, Palette};
use super::fit::{Before, Fit, Seen};
use super::inputs::Input;
use super::rasters::Panel;
use crate::section1::{Layer, Maps, Module, Network, Parameters, States, Tensor};
use crate::section2::{C3, Convolution, LeNet5, Subsampling, Variant};
use crate::weights::Weights;
use ndarray::{Array3, Axis};

/// The layers that are recovered.
pub const LAYERS: [&str; 4] = ["C1", "S2", "C3", "S4"];
/// How often inputs and C1 take turns.
const TURNS: usize = 8;
/// The assumptions about each layer. A deviation of 100 allows any parameters; some maps of C3 are saturated almost everywhere
/// and need less. The noise of C1 is the rounding of the inputs alone, that of the others holds the errors of the layers
/// below: the control chose its least width among 0.02, 0.05 and 0.1.
pub(super) const BEFORE: [Before; 4] = [
    Before { deviation: 100.0, least_width: 0.05 },
    Before { deviation: 100.0, least_width: 0.1 },
    Before { deviation: 1.5, least_width: 0.1 },
    Before { deviation: 100.0, least_width: 0.1 },
];

/// The greys of a network's inputs and states: the panels of Fig. 13, or another network's states under the same law.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The inputs.
    pub inputs: Vec<Input>,
    /// The [`LAYERS`] of each panel: maps x rows x columns.
    pub maps: [Vec<Array3<Interval>>; 4],
}

impl Shown {
    /// The panels of the figure.
    pub fn read(panels: &[Panel]) -> Self {
        let layer = |n: usize| panels.iter().map(|panel| panel.palette.intervals(&panel.maps[n])).collect();
        let inputs = panels.iter().map(|panel| Input::read(&panel.palette, &panel.input)).collect();
        Self { inputs, maps: std::array::from_fn(layer) }
    }

    /// The states of a front for these inputs, each shown with its palette.
    pub fn of(front: &Network<f64>, inputs: &[Maps<f64>], palettes: &[Palette]) -> Self {
        let all: Vec<(&Palette, States<f64>)> =
            palettes.iter().zip(inputs.iter().map(|input| states(front, input))).collect();
        let read = |(palette, states): &(&Palette, States<f64>)| {
            let greys = palette.show(Law::INPUTS, states.input().index_axis(Axis(0), 0));
            Input::read(palette, &greys)
        };
        let layer = |n: usize| {
            let intervals = |(palette, states): &(&Palette, States<f64>)| {
                palette.intervals(&palette.show(Law::STATES, states[LAYERS[n]].view()))
            };
            all.iter().map(intervals).collect()
        };
        Self { inputs: all.iter().map(read).collect(), maps: std::array::from_fn(layer) }
    }

    /// All panels but one.
    pub fn without(&self, panel: usize) -> Self {
        let mut rest = self.clone();
        rest.inputs.remove(panel);
        rest.maps.iter_mut().for_each(|maps| drop(maps.remove(panel)));
        rest
    }
}

/// The layers, fitted one after the other.
#[derive(Clone, Debug)]
pub struct Recovered {
    /// C1, S2, C3 and S4, each with its squashing function.
    pub front: Network<f64>,
    /// The fit of each layer.
    pub fits: Vec<Fit>,
    /// The inputs, sharpened.
    pub inputs: Vec<Input>,
}

impl Recovered {
    /// The states of all panels in the layer below the one of this number: the sharpened inputs, then C1, S2 and C3.
    pub fn below(&self, layer: usize) -> Vec<Maps<f64>> {
        let states = |input: &Input| match layer {
            0 => input.pixels.clone(),
            _ => states(&self.front, &input.pixels)[LAYERS[layer - 1]].clone(),
        };
        self.inputs.iter().map(states).collect()
    }
}

/// Recovers C1, S2, C3 and S4: C1 in turns with the inputs, and then each layer from the states of the one below, which the
/// recovered layers compute from the inputs.
pub fn recover(shown: &Shown) -> Recovered {
    let mut front = empty_front();
    for (layer, coefficient) in [("S2", 0.2), ("S4", 0.05)] {
        front.layer_mut::<Subsampling<f64>>(layer).expect("it has both").coefficient.fill(coefficient);
    }
    for layer in ["C1", "C3"] {
        front.layer_mut::<Convolution<f64>>(layer).expect("it has both").fill(0.0);
    }
    let (c1, inputs) = fit_c1(&mut front, shown);
    let mut found = Recovered { front, fits: vec![c1], inputs };
    for (layer, name) in LAYERS.into_iter().enumerate().skip(1) {
        let (below, maps) = (found.below(layer), &shown.maps[layer]);
        let (front, before) = (&mut found.front, BEFORE[layer]);
        found.fits.push(match name {
            "C3" => fit_layer::<Convolution<f64>>(front, name, 5, before, &below, maps),
            _ => fit_layer::<Subsampling<f64>>(front, name, 2, before, &below, maps),
        });
    }
    found
}

/// The front of 1998, as `experiment archaeology --save FILE` saves it.
///
/// # Panics
/// Never: the file is compiled in, and a test reads it.
pub fn front_1998() -> Network<f64> {
    let mut front = empty_front();
    let file = Weights::open(include_bytes!("../../models/front-1998.safetensors"));
    file.and_then(|file| file.load(&mut front)).expect("the compiled-in file is whole");
    front
}

/// C1 to S4 of LeNet-5, all parameters as they are drawn.
pub fn empty_front() -> Network<f64> {
    let layers = &LeNet5::layers(C3::Table1)[..LAYERS.len()];
    Variant::default()
        .build(LeNet5::INPUT, layers, &mut crate::random(1))
        .expect("LeNet-5's layers fit each other")
}

/// C1 to S4 of a network with LeNet-5's names, in double precision.
///
/// # Errors
/// When the network lacks one of the arrays, or it has another shape.
pub fn front_of(net: &Network<f32>) -> Result<Network<f64>, String> {
    let (mut front, all) = (empty_front(), net.tensors());
    for own in front.tensors() {
        let there = all.iter().find(|tensor| tensor.name == own.name && tensor.shape == own.shape);
        let there = there.ok_or(format!("it has no array {} of shape {:?}", own.name, own.shape))?;
        front.set_tensor(&Tensor {
            values: there.values.iter().map(|&value| value.into()).collect(),
            ..own
        })?;
    }
    Ok(front)
}

/// The states of a front for an input as high as LeNet-5's, or larger.
pub fn states(front: &Network<f64>, input: &Maps<f64>) -> States<f64> {
    let mut states = front.states_for(input.dim()).expect("the input is at least as large as LeNet-5's");
    states.input_mut().assign(input);
    front.fprop(&mut states);
    states
}

fn fit_c1(front: &mut Network<f64>, shown: &Shown) -> (Fit, Vec<Input>) {
    let mut inputs = shown.inputs.clone();
    let pixels =
        |inputs: &[Input]| -> Vec<Maps<f64>> { inputs.iter().map(|input| input.pixels.clone()).collect() };
    let c1 = front.layer_mut::<Convolution<f64>>("C1").expect("it has C1");
    let mut seen = Seen::linear(c1.clone(), 5, &pixels(&inputs), &shown.maps[0], BEFORE[0]).squashed();
    let mut fit = seen.fit();
    for _ in 0..TURNS {
        let layer = seen.layer.layer::<Convolution<f64>>("").expect("it is C1");
        for (input, shown) in inputs.iter_mut().zip(&shown.maps[0]) {
            input.sharpen(layer, shown, &fit.widths);
        }
        seen.look_at(&pixels(&inputs));
        fit = seen.fit_again();
    }
    *c1 = seen.layer.layer::<Convolution<f64>>("").expect("it is C1").clone();
    (fit, inputs)
}

fn fit_layer<L: Module<f64, Input = Maps<f64>, Output = Maps<f64>> + Layer<f64>>(
    front: &mut Network<f64>,
    name: &str,
    side: usize,
    before: Before,
    below: &[Maps<f64>],
    shown: &[Array3<Interval>],
) -> Fit {
    let layer = front.layer_mut::<L>(name).expect("the front has this layer");
    let mut seen = Seen::linear(layer.clone(), side, below, shown, before).squashed();
    let fit = seen.fit();
    *layer = seen.layer.layer::<L>("").expect("it is this layer").clone();
    fit
}
