//! One layer, fitted to the greys of its states: Newton's method on the likelihood of every map.

use super::display::{Interval, Law};
use super::map::Map;
use crate::section1::{Layer, Maps, Module, Network, Parameters, States};
use crate::section2::Squashing;
use ndarray::{Array2, Array3, Axis};

/// The width of the noise while a fit begins, in levels: the largest first, so that a fit does not stop at the first state
/// that is on the wrong side.
const FIRST_WIDTHS: [f64; 4] = [16.0, 8.0, 4.0, 2.0];
/// Most steps with each width, and afterwards.
const STEPS: usize = 60;
/// The least gain, in nats for each state, for which a map makes another step.
const GAIN: f64 = 1e-7;
/// The range of the damping: a map whose steps must be smaller than this makes no more.
const DAMPING: (f64, f64) = (1e-9, 1e6);

/// A layer and the states it has in the figure. A unit sees a window of the layer below, so the network has one unit in each
/// map and a window for its input.
pub struct Seen {
    /// The layer on one window.
    pub layer: Network<f64>,
    /// The windows in the states below.
    windows: Vec<Maps<f64>>,
    /// The greys of the units: maps x windows.
    shown: Vec<Vec<Interval>>,
    /// The assumptions.
    before: Before,
    /// Rows and columns of a window, and from one window to the next.
    side: usize,
    stride: usize,
}

/// The assumptions about a layer before its greys are used.
#[derive(Clone, Copy, Debug)]
pub struct Before {
    /// Standard deviation of the parameters.
    pub deviation: f64,
    /// The least width of the noise, in levels. The noise stands for what is not known of the inputs and of the layers below.
    pub least_width: f64,
}

/// The result of a fit.
#[derive(Clone, Debug)]
pub struct Fit {
    /// Of each map: the noise, in levels.
    pub widths: Vec<f64>,
    /// Of each map: minus the logarithm of the likelihood, in nats.
    pub nats: Vec<f64>,
    /// The standard errors of the parameters by the curvature of the likelihood, in the order of the layer's arrays.
    pub errors: Vec<f64>,
}

impl Fit {
    /// Of all maps together.
    pub fn total(&self) -> f64 {
        self.nats.iter().sum()
    }
}

impl Seen {
    /// A layer without squashing function, which sees windows of `side` x `side` in the states below it; those of a
    /// subsampling layer, 2 x 2, do not overlap.
    pub fn linear(
        module: impl Module<f64, Input = Maps<f64>, Output = Maps<f64>> + Layer<f64>,
        side: usize,
        below: &[Maps<f64>],
        shown: &[Array3<Interval>],
        before: Before,
    ) -> Self {
        let layer =
            Network::new((below[0].dim().0, side, side)).then("", module).expect("a window fits the layer");
        let of_map =
            |map: usize| shown.iter().flat_map(|panel| panel.index_axis(Axis(0), map).to_owned()).collect();
        let shown = (0..shown[0].dim().0).map(of_map).collect();
        let stride = if side == 2 { 2 } else { 1 };
        let mut seen = Self { layer, windows: Vec::new(), shown, before, side, stride };
        seen.look_at(below);
        seen
    }

    /// The layer with the squashing function after it.
    pub fn squashed(self) -> Self {
        let layer = self.layer.then("", Squashing::PAPER).expect("it takes any states");
        Self { layer, ..self }
    }

    /// Takes the windows of these states, panel by panel and row by row.
    pub fn look_at(&mut self, below: &[Maps<f64>]) {
        self.windows.clear();
        for states in below {
            let (maps, rows, columns) = states.dim();
            for y in (0..=rows - self.side).step_by(self.stride) {
                for x in (0..=columns - self.side).step_by(self.stride) {
                    let at = |(map, row, column)| states[[map, y + row, x + column]];
                    self.windows.push(Array3::from_shape_fn((maps, self.side, self.side), at));
                }
            }
        }
    }

    /// Fits the layer, from the parameters that it has.
    pub fn fit(&mut self) -> Fit {
        for width in FIRST_WIDTHS {
            self.climb(Some(width));
        }
        self.fit_again()
    }

    /// Fits again, after a small change of the windows.
    pub fn fit_again(&mut self) -> Fit {
        self.climb(None)
    }

    /// Steps uphill until no map gains any more, with noise of this width, or else with noise that follows.
    fn climb(&mut self, width: Option<f64>) -> Fit {
        let shown = std::mem::take(&mut self.shown);
        let mut maps = self.maps(&shown);
        for map in &mut maps {
            match width {
                Some(width) => map.width = width,
                None => map.widen(),
            }
        }
        for _ in 0..STEPS {
            self.step(&mut maps, width.is_none());
            if maps.iter().all(|map| !map.active) {
                break;
            }
        }
        let values = self.parameters();
        let mut errors = vec![0.0; values.len()];
        for map in &maps {
            map.parameters.iter().zip(map.errors(&values)).for_each(|(&at, error)| errors[at] = error);
        }
        let nats = maps.iter().map(|map| -map.likelihood(&map.positions, map.width)).collect();
        let widths = maps.iter().map(|map| map.width).collect();
        self.shown = shown;
        Fit { widths, nats, errors }
    }

    /// A step of every map that still gains: kept if it is uphill, else taken back, and the next is smaller.
    fn step(&mut self, maps: &mut [Map], widen: bool) {
        let before = self.parameters();
        let mut kept = before.clone();
        for map in maps.iter().filter(|map| map.active) {
            map.parameters.iter().zip(map.step(&before)).for_each(|(&at, step)| kept[at] += step);
        }
        self.set_parameters(&kept);
        let states = self.states(maps);
        for (map, (positions, slopes)) in maps.iter_mut().zip(states).filter(|(map, _)| map.active) {
            let gain = map.merit(&positions, &kept) - map.merit(&map.positions, &before);
            if gain > 0.0 {
                (map.positions, map.slopes) = (positions, slopes);
                map.active = gain > GAIN * map.shown.len() as f64;
                map.damping = (map.damping / 10.0).max(DAMPING.0);
                if widen {
                    map.widen();
                }
            } else {
                map.parameters.iter().for_each(|&at| kept[at] = before[at]);
                map.damping *= 10.0;
                map.active = map.damping < DAMPING.1;
            }
        }
        self.set_parameters(&kept);
    }

    // ---- Through the house's own passes ----------------------------------------------------------------------------

    fn maps<'a>(&self, shown: &'a [Vec<Interval>]) -> Vec<Map<'a>> {
        let new =
            |(n, shown): (usize, &'a Vec<Interval>)| Map::new(shown, self.parameters_of(n), self.before);
        let mut maps: Vec<Map> = shown.iter().enumerate().map(new).collect();
        let states = self.states(&maps);
        for (map, (positions, slopes)) in maps.iter_mut().zip(states) {
            (map.positions, map.slopes) = (positions, slopes);
        }
        maps
    }

    /// The parameters that the unit of this map depends on. They are found where all are 0, so that no unit is saturated.
    fn parameters_of(&self, map: usize) -> Vec<usize> {
        let (layer, mut room) = (self.layer.zeros(), Room::of(&self.layer));
        room.states.input_mut().fill(1.0);
        layer.fprop(&mut room.states);
        room.slopes.last_mut().fill(0.0);
        room.slopes.last_mut()[[map, 0, 0]] = 1.0;
        let gradient = room.gradient(&layer);
        (0..gradient.len()).filter(|&n| gradient[n] != 0.0).collect()
    }

    /// Of each map: the positions of all units on the scale, and their derivatives by the map's parameters.
    fn states(&self, maps: &[Map]) -> Vec<(Vec<f64>, Array2<f64>)> {
        let (mut room, units) = (Room::of(&self.layer), self.windows.len());
        let empty = |map: &Map| (vec![0.0; units], Array2::zeros((units, map.parameters.len())));
        let mut all: Vec<(Vec<f64>, Array2<f64>)> = maps.iter().map(empty).collect();
        let per_state = Law::STATES.position(1.0) - Law::STATES.position(0.0);
        for (n, window) in self.windows.iter().enumerate() {
            room.states.input_mut().assign(window);
            self.layer.fprop(&mut room.states);
            room.slopes.last_mut().fill(per_state);
            let gradient = room.gradient(&self.layer);
            for (m, (map, (positions, slopes))) in maps.iter().zip(&mut all).enumerate() {
                positions[n] = Law::STATES.position(room.states.last()[[m, 0, 0]]);
                let row = map.parameters.iter().map(|&at| gradient[at]);
                slopes.row_mut(n).iter_mut().zip(row).for_each(|(to, from)| *to = from);
            }
        }
        all
    }

    /// All parameters of the layer, array after array.
    fn parameters(&self) -> Vec<f64> {
        self.layer.arrays().flatten().copied().collect()
    }

    /// Sets all parameters.
    fn set_parameters(&mut self, values: &[f64]) {
        let mut values = values.iter();
        self.layer.arrays_mut().flatten().zip(&mut values).for_each(|(to, &from)| *to = from);
    }
}

/// Room for one unit of each map.
struct Room {
    states: States<f64>,
    slopes: States<f64>,
    gradient: Network<f64>,
}

impl Room {
    fn of(layer: &Network<f64>) -> Self {
        Self { states: layer.states(), slopes: layer.states(), gradient: layer.zeros() }
    }

    /// The gradient by all parameters, array after array.
    fn gradient(&mut self, layer: &Network<f64>) -> Vec<f64> {
        self.gradient.fill(0.0);
        layer.bprop(&self.states, &mut self.slopes, &mut self.gradient);
        self.gradient.arrays().flatten().copied().collect()
    }
}
