//! One layer, fitted to the greys of its states: Newton's method on the likelihood of every map.

use super::display::{Interval, Law};
use super::likelihood::LogLikelihood;
use super::linear::Factors;
use crate::section1::{Layer, Maps, Module, Network, Parameters, States};
use crate::section2::Squashing;
use ndarray::{Array1, Array2, Array3, Axis};

/// The width of the noise while a fit begins, in levels: the largest first, so that a fit does not stop at the first state
/// that is on the wrong side.
const FIRST_WIDTHS: [f64; 4] = [16.0, 8.0, 4.0, 2.0];
/// Most steps with each width, and afterwards.
const STEPS: usize = 60;
/// The least gain, in nats for each state, for which a map makes another step.
const GAIN: f64 = 1e-7;
/// The largest width of the noise, in levels.
const WIDEST: f64 = 40.0;

/// A layer and the states it has in the figure. A unit sees a window of the layer below, so the network has one unit in each
/// map and a window for its input.
pub struct Seen {
    /// The layer, with its squashing function, on one window.
    pub layer: Network<f64>,
    /// What the units see.
    pub windows: Vec<Maps<f64>>,
    /// The greys of the units: maps x windows.
    pub shown: Vec<Vec<Interval>>,
    /// What is assumed before anything is seen.
    pub before: Before,
    /// Rows and columns of a window, and from one window to the next.
    side: usize,
    stride: usize,
}

/// What is assumed before anything is seen.
#[derive(Clone, Copy, Debug)]
pub struct Before {
    /// Standard deviation of the parameters.
    pub deviation: f64,
    /// The least width of the noise, in levels. The noise stands for what is not known of the inputs and of the layers below.
    pub least_width: f64,
}

/// What is known of a layer after the fit.
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

/// The states of a map and their derivatives.
struct Map {
    /// Which of the layer's parameters belong to it.
    parameters: Vec<usize>,
    /// Positions of its units on the scale.
    positions: Vec<f64>,
    /// Units x parameters: the derivatives of the positions.
    slopes: Array2<f64>,
    /// The noise.
    width: f64,
    /// How much the next step is damped.
    damping: f64,
    /// Whether it still gains.
    active: bool,
}

impl Seen {
    /// A layer with its squashing function, which sees windows of `side` x `side` in the states below it; those of a
    /// subsampling layer, 2 x 2, do not overlap.
    pub fn of(
        module: impl Module<f64, Input = Maps<f64>, Output = Maps<f64>> + Layer<f64>,
        side: usize,
        below: &[Maps<f64>],
        shown: &[Array3<Interval>],
        before: Before,
    ) -> Self {
        let squashed = Self::without_squashing(module, side, below, shown, before);
        let layer = squashed.layer.then("", Squashing::PAPER).expect("it takes any states");
        Self { layer, ..squashed }
    }

    /// The same without the squashing function.
    pub fn without_squashing(
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
        let mut maps = self.maps();
        for width in FIRST_WIDTHS {
            maps.iter_mut().for_each(|map| map.width = width);
            self.climb(&mut maps, false);
        }
        self.climb(&mut maps, true);
        self.finished(&maps)
    }

    /// Fits again after a small change of the windows, with the noise of the last fit to begin with.
    pub fn fit_again(&mut self, last: &Fit) -> Fit {
        let mut maps = self.maps();
        maps.iter_mut().zip(&last.widths).for_each(|(map, &width)| map.width = width);
        self.climb(&mut maps, true);
        self.finished(&maps)
    }

    /// The fit of the layer as it is, with the noise that explains it best.
    pub fn judge(&self) -> Fit {
        let mut maps = self.maps();
        for (map, shown) in maps.iter_mut().zip(&self.shown) {
            map.widen(shown, self.before.least_width);
        }
        self.finished(&maps)
    }

    fn finished(&self, maps: &[Map]) -> Fit {
        let mut errors = vec![0.0; self.layer.parameter_count()];
        for (map, shown) in maps.iter().zip(&self.shown) {
            let (_, bend) = self.derivatives(map, shown, &Array1::zeros(map.parameters.len()));
            let variances = Factors::of(&bend).map(|factors| factors.inverse_diagonal());
            for (n, &at) in map.parameters.iter().enumerate() {
                errors[at] = variances.as_ref().map_or(f64::INFINITY, |variances| variances[n].sqrt());
            }
        }
        let nats =
            maps.iter().zip(&self.shown).map(|(map, shown)| -map.likelihood(shown, map.width)).collect();
        Fit { widths: maps.iter().map(|map| map.width).collect(), nats, errors }
    }

    /// Steps uphill until no map gains any more; with `free` noise, its width follows.
    fn climb(&mut self, maps: &mut [Map], free: bool) {
        for (map, shown) in maps.iter_mut().zip(&self.shown) {
            map.active = true;
            if free {
                map.widen(shown, self.before.least_width);
            }
        }
        for _ in 0..STEPS {
            let before = self.parameters();
            let mut proposed = before.clone();
            for (map, shown) in maps.iter().zip(&self.shown).filter(|(map, _)| map.active) {
                let now: Array1<f64> = map.parameters.iter().map(|&at| before[at]).collect();
                let step = self.step(map, shown, &now);
                map.parameters.iter().zip(step).for_each(|(&at, step)| proposed[at] += step);
            }
            self.set_parameters(&proposed);
            let (positions, slopes) = self.states(maps);
            let mut kept = proposed;
            for (n, map) in maps.iter_mut().enumerate().filter(|(_, map)| map.active) {
                let shown = &self.shown[n];
                let of = |values: &[f64]| -> f64 {
                    map.parameters.iter().map(|&at| (values[at] / self.before.deviation).powi(2)).sum::<f64>()
                        / 2.0
                };
                let old = map.likelihood(shown, map.width) - of(&before);
                let new = likelihood(&positions[n], shown, map.width) - of(&kept);
                if new > old {
                    map.active = new - old > GAIN * shown.len() as f64;
                    map.damping = (map.damping / 10.0).max(1e-9);
                    (map.positions, map.slopes) = (positions[n].clone(), slopes[n].clone());
                    if free {
                        map.widen(shown, self.before.least_width);
                    }
                } else {
                    map.parameters.iter().for_each(|&at| kept[at] = before[at]);
                    map.damping *= 10.0;
                    map.active = map.damping < 1e6;
                }
            }
            self.set_parameters(&kept);
            if maps.iter().all(|map| !map.active) {
                break;
            }
        }
        maps.iter_mut().for_each(|map| map.damping = 1e-3);
    }

    /// The step of a map.
    fn step(&self, map: &Map, shown: &[Interval], now: &Array1<f64>) -> Array1<f64> {
        let (slope, mut bend) = self.derivatives(map, shown, now);
        let mut damping = map.damping;
        loop {
            bend.diag_mut().mapv_inplace(|value| value * (1.0 + damping) + 1e-12);
            if let Some(factors) = Factors::of(&bend) {
                return factors.solve(&slope);
            }
            damping = (damping * 10.0).max(1e-6);
        }
    }

    /// The gradient of the log-likelihood and prior by a map's parameters, and minus their second derivatives, without the
    /// bend of the states themselves.
    fn derivatives(&self, map: &Map, shown: &[Interval], now: &Array1<f64>) -> (Array1<f64>, Array2<f64>) {
        let (n, prior) = (map.parameters.len(), self.before.deviation.powi(-2));
        let mut gradient = now.mapv(|value| -value * prior);
        let mut bend = Array2::from_diag_elem(n, prior);
        let units = map.slopes.rows().into_iter().zip(map.positions.iter().zip(shown));
        for (slopes, (&position, &interval)) in units {
            let l = LogLikelihood::of(interval, position, map.width);
            gradient.scaled_add(l.slope, &slopes);
            for (mut row, &slope) in bend.rows_mut().into_iter().zip(slopes) {
                row.scaled_add(-l.bend * slope, &slopes);
            }
        }
        (gradient, bend)
    }

    // ---- Through the house's own passes ----------------------------------------------------------------------------

    fn maps(&self) -> Vec<Map> {
        let mut maps: Vec<Map> = (0..self.shown.len())
            .map(|map| Map {
                parameters: self.parameters_of(map),
                positions: Vec::new(),
                slopes: Array2::zeros((0, 0)),
                width: 1.0,
                damping: 1e-3,
                active: true,
            })
            .collect();
        let (positions, slopes) = self.states(&maps);
        for ((map, positions), slopes) in maps.iter_mut().zip(positions).zip(slopes) {
            (map.positions, map.slopes) = (positions, slopes);
        }
        maps
    }

    /// The parameters that the unit of this map depends on, where it sees ink everywhere.
    fn parameters_of(&self, map: usize) -> Vec<usize> {
        let mut room = Room::of(&self.layer);
        room.states.input_mut().fill(1.0);
        self.layer.fprop(&mut room.states);
        room.slopes.last_mut().fill(0.0);
        room.slopes.last_mut()[[map, 0, 0]] = 1.0;
        let gradient = room.gradient(&self.layer);
        (0..gradient.len()).filter(|&n| gradient[n] != 0.0).collect()
    }

    /// The positions of all units on the scale, and their derivatives by their map's parameters.
    fn states(&self, maps: &[Map]) -> (Vec<Vec<f64>>, Vec<Array2<f64>>) {
        let mut room = Room::of(&self.layer);
        let units = self.windows.len();
        let mut positions = vec![vec![0.0; units]; maps.len()];
        let mut slopes: Vec<Array2<f64>> =
            maps.iter().map(|map| Array2::zeros((units, map.parameters.len()))).collect();
        let per_state = Law::STATES.position(1.0) - Law::STATES.position(0.0);
        for (n, window) in self.windows.iter().enumerate() {
            room.states.input_mut().assign(window);
            self.layer.fprop(&mut room.states);
            room.slopes.last_mut().fill(per_state);
            let gradient = room.gradient(&self.layer);
            for (m, map) in maps.iter().enumerate() {
                positions[m][n] = Law::STATES.position(room.states.last()[[m, 0, 0]]);
                let row = map.parameters.iter().map(|&at| gradient[at]);
                slopes[m].row_mut(n).iter_mut().zip(row).for_each(|(to, from)| *to = from);
            }
        }
        (positions, slopes)
    }

    /// All parameters of the layer, array after array.
    pub fn parameters(&self) -> Vec<f64> {
        self.layer.arrays().flatten().copied().collect()
    }

    /// Sets all parameters.
    pub fn set_parameters(&mut self, values: &[f64]) {
        let mut values = values.iter();
        self.layer.arrays_mut().flatten().zip(&mut values).for_each(|(to, &from)| *to = from);
    }
}

impl Map {
    fn likelihood(&self, shown: &[Interval], width: f64) -> f64 {
        likelihood(&self.positions, shown, width)
    }

    /// Gives the noise the width with the largest likelihood, by golden section.
    fn widen(&mut self, shown: &[Interval], least: f64) {
        let (mut low, mut high) = (least.ln(), WIDEST.ln());
        let part = (5.0_f64.sqrt() - 1.0) / 2.0;
        let at = |x: f64| self.likelihood(shown, x.exp());
        let (mut a, mut b) = (high - part * (high - low), low + part * (high - low));
        let (mut at_a, mut at_b) = (at(a), at(b));
        while high - low > 1e-2 {
            if at_a > at_b {
                (high, b, at_b) = (b, a, at_a);
                a = high - part * (high - low);
                at_a = at(a);
            } else {
                (low, a, at_a) = (a, b, at_b);
                b = low + part * (high - low);
                at_b = at(b);
            }
        }
        self.width = (0.5 * (low + high)).exp();
    }
}

fn likelihood(positions: &[f64], shown: &[Interval], width: f64) -> f64 {
    positions.iter().zip(shown).map(|(&at, &interval)| LogLikelihood::of(interval, at, width).value).sum()
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
