//! Networks as in the paper's equations: units and connections, one by one. They share numbers with the program's layers, but
//! no code: every equation is written out again, without regard to speed.

use lenet5::section2::{self, C3, TABLE_I, Variant};

/// A connection to unit `to` of a layer from unit `from` of the layer before, or from a unit that is always 1.
#[derive(Clone, Copy, Debug)]
pub struct Connection {
    pub to: usize,
    pub from: Option<usize>,
    /// The parameter that is its weight; without one, the weight is 1 (a subsampling unit adds before it multiplies).
    pub weight: Option<usize>,
}

impl Connection {
    fn u(&self, w: &[f64]) -> f64 {
        self.weight.map_or(1.0, |k| w[k])
    }

    fn x(&self, x: &[f64]) -> f64 {
        self.from.map_or(1.0, |j| x[j])
    }
}

/// A layer: the units that connections lead to.
#[derive(Clone, Debug)]
pub struct Layer {
    pub units: usize,
    pub connections: Vec<Connection>,
    pub squashed: bool,
}

/// A network: its layers, the number of their parameters, and `A` and `S` of eq. 6.
#[derive(Clone, Debug)]
pub struct Wires {
    pub layers: Vec<Layer>,
    pub parameters: usize,
    pub squashing: (f64, f64),
}

/// No layers, and the `A` and `S` of App. A, written out again.
impl Default for Wires {
    fn default() -> Self {
        Self { layers: Vec::new(), parameters: 0, squashing: (1.7159, 2.0 / 3.0) }
    }
}

/// The states of all layers for a pattern, the input first.
pub type States = Vec<Vec<f64>>;

impl Wires {
    /// Adds a convolution of maps of this size: output map `o` is connected to the input maps `rows[o]`. Its parameters are the
    /// kernels, followed by a bias for each output map.
    pub fn convolution(mut self, rows: &[&[usize]], side: usize, (height, width): (usize, usize)) -> Self {
        let (high, wide) = (height + 1 - side, width + 1 - side);
        let mut kernel = self.parameters;
        self.parameters += rows.iter().map(|row| row.len()).sum::<usize>() * side * side;
        let mut connections = Vec::new();
        for (o, row) in rows.iter().enumerate() {
            for unit in 0..high * wide {
                let (to, corner) = (o * high * wide + unit, unit / wide * width + unit % wide);
                connections.push(Connection { to, from: None, weight: Some(self.parameters + o) });
                for (n, map) in row.iter().enumerate() {
                    for tap in 0..side * side {
                        let from = map * height * width + corner + tap / side * width + tap % side;
                        connections.push(Connection {
                            to,
                            from: Some(from),
                            weight: Some(kernel + n * side * side + tap),
                        });
                    }
                }
            }
            kernel += row.len() * side * side;
        }
        self.parameters += rows.len();
        self.layers.push(Layer { units: rows.len() * high * wide, connections, squashed: true });
        self
    }

    /// Adds a subsampling of maps of this size (deviation 5): a layer that adds and one that multiplies by a coefficient; or
    /// four connections that share the coefficient.
    pub fn subsampling(
        mut self,
        maps: usize,
        (height, width): (usize, usize),
        connection: section2::Connection,
    ) -> Self {
        let area = height * width / 4;
        let of_each_input = connection == section2::Connection::EachInput;
        let (mut adding, mut multiplying) = (Vec::new(), Vec::new());
        for to in 0..maps * area {
            let (map, unit) = (to / area, to % area);
            let corner = map * height * width + unit / (width / 2) * 2 * width + unit % (width / 2) * 2;
            let coefficient = Some(self.parameters + map);
            for from in [corner, corner + 1, corner + width, corner + width + 1].map(Some) {
                match of_each_input {
                    true => multiplying.push(Connection { to, from, weight: coefficient }),
                    false => adding.push(Connection { to, from, weight: None }),
                }
            }
            if !of_each_input {
                multiplying.push(Connection { to, from: Some(to), weight: coefficient });
            }
            multiplying.push(Connection { to, from: None, weight: Some(self.parameters + maps + map) });
        }
        self.parameters += 2 * maps;
        if !of_each_input {
            self.layers.push(Layer { units: maps * area, connections: adding, squashed: false });
        }
        self.layers.push(Layer { units: maps * area, connections: multiplying, squashed: true });
        self
    }

    /// Adds a full connection from `inputs` units to `outputs` units.
    pub fn full_connection(self, inputs: usize, outputs: usize) -> Self {
        let all: Vec<usize> = (0..inputs).collect();
        self.convolution(&vec![all.as_slice(); outputs], 1, (1, 1))
    }

    /// Eq. 5: `a_i = sum of u_ij x_j`, `x_i = f(a_i)`.
    pub fn fprop(&self, w: &[f64], input: &[f64]) -> States {
        let (mut states, (amplitude, slope)) = (vec![input.to_vec()], self.squashing);
        for (n, layer) in self.layers.iter().enumerate() {
            let mut a = vec![0.0; layer.units];
            layer.connections.iter().for_each(|c| a[c.to] += c.u(w) * c.x(&states[n]));
            let f = |a: f64| if layer.squashed { amplitude * (slope * a).tanh() } else { a };
            states.push(a.into_iter().map(f).collect());
        }
        states
    }

    /// Eq. 4 and 19, from the derivatives `top` by the outputs: the derivatives by all parameters, and by all states.
    pub fn bprop(&self, w: &[f64], states: &States, top: &[f64]) -> (Vec<f64>, States) {
        let (mut gradient, mut dx) = (vec![0.0; self.parameters], vec![top.to_vec()]);
        for (layer, below, x) in self.downwards(states) {
            let da: Vec<f64> = dx[0].iter().zip(x).map(|(dx, &x)| self.first(layer, x) * dx).collect();
            let mut lower = vec![0.0; below.len()];
            for c in &layer.connections {
                c.weight.iter().for_each(|&k| gradient[k] += da[c.to] * c.x(below));
                c.from.iter().for_each(|&j| lower[j] += c.u(w) * da[c.to]);
            }
            dx.insert(0, lower);
        }
        (gradient, dx)
    }

    /// From the second derivatives `top` by the outputs: those by all parameters, by eq. 23 (the sum over connections),
    /// eq. 25 (`u² dda` and `x² dda`) and eq. 27 (`dda = f'² ddx`). With `dx`, all derivatives by the states, eq. 26
    /// takes the place of eq. 27 (`dda = f'² ddx + f'' dx`).
    pub fn bbprop(&self, w: &[f64], states: &States, top: &[f64], dx: Option<&States>) -> Vec<f64> {
        let (mut h, mut ddx) = (vec![0.0; self.parameters], top.to_vec());
        for (n, (layer, below, x)) in (0..self.layers.len()).rev().zip(self.downwards(states)) {
            let dda = |(i, &ddx): (usize, &f64)| {
                let bend = dx.map_or(0.0, |dx| self.second(layer, x[i]) * dx[n + 1][i]);
                self.first(layer, x[i]).powi(2) * ddx + bend
            };
            let dda: Vec<f64> = ddx.iter().enumerate().map(dda).collect();
            ddx = vec![0.0; below.len()];
            for c in &layer.connections {
                c.weight.iter().for_each(|&k| h[k] += dda[c.to] * c.x(below).powi(2));
                c.from.iter().for_each(|&j| ddx[j] += dda[c.to] * c.u(w).powi(2));
            }
        }
        h
    }

    /// The layers from the last to the first, each with the states before and after it.
    fn downwards<'a>(
        &'a self,
        states: &'a States,
    ) -> impl Iterator<Item = (&'a Layer, &'a [f64], &'a [f64])> {
        let layers = self.layers.iter().zip(states.windows(2)).rev();
        layers.map(|(layer, pair)| (layer, pair[0].as_slice(), pair[1].as_slice()))
    }

    /// `f'` of a layer's unit whose state is `x`.
    fn first(&self, layer: &Layer, x: f64) -> f64 {
        let (amplitude, slope) = self.squashing;
        if layer.squashed { amplitude * slope * (1.0 - (x / amplitude).powi(2)) } else { 1.0 }
    }

    /// `f''` of a layer's unit whose state is `x`.
    fn second(&self, layer: &Layer, x: f64) -> f64 {
        let (amplitude, slope) = self.squashing;
        if layer.squashed { -2.0 * slope * x / amplitude * self.first(layer, x) } else { 0.0 }
    }
}

/// LeNet-5 up to F6, with its parameters in the order of the layers.
pub fn lenet5(variant: &Variant) -> Wires {
    let (s4, connection): (Vec<usize>, _) = ((0..16).collect(), variant.coefficient_connection);
    let c3 = match variant.c3 {
        C3::Table1 => TABLE_I,
        C3::Full => [[0, 1, 2, 3, 4, 5].as_slice(); 16],
    };
    Wires { squashing: (variant.squashing.amplitude, variant.squashing.slope), ..Wires::default() }
        .convolution(&[&[0][..]; 6], 5, (32, 32))
        .subsampling(6, (28, 28), connection)
        .convolution(&c3, 5, (14, 14))
        .subsampling(16, (10, 10), connection)
        .convolution(&vec![s4.as_slice(); 120], 5, (5, 5))
        .full_connection(120, 84)
}
