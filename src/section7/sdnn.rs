#![doc = mathdoc::page!("sdnn.md", "../../docs/figures/fig-24.svg")]

use super::characters::{BLANK, character_model};
use crate::Real;
use crate::section1::{Network, States};
use crate::section3::database::place;
use crate::section4::{Arc, Graph};
use crate::section5::strings::ROWS;
use crate::section6::reader::StringReader;
use crate::section8::{Composition, Transducer, compose};
use ndarray::ArrayView2;

/// Columns of paper on either side of a field, at least.
pub const BESIDE: usize = 6;
/// Columns from one position to the next: both subsampling layers halve.
pub const STEP: usize = 4;
/// The most widths whose states are kept.
const WIDTHS: usize = 32;

/// A space displacement network as a reader of strings.
#[derive(Clone, Debug)]
pub struct Sdnn<R: Real> {
    characters: Transducer,
    /// States and derivatives for fields of some widths, the one used last at the end.
    states: Vec<[States<R>; 2]>,
    last: Option<(Graph, Composition)>,
}

impl<R: Real> Default for Sdnn<R> {
    fn default() -> Self {
        Self { characters: character_model(BLANK), states: Vec::new(), last: None }
    }
}

/// The columns of the network's input for a field of so many columns.
pub fn input_columns(field: usize) -> usize {
    (field + 2 * BESIDE).next_multiple_of(STEP).max(super::windows::COLUMNS)
}

impl<R: Real> Sdnn<R> {
    /// The states of the network for a field; its output has the penalties of all positions.
    ///
    /// # Panics
    /// When the field is higher than the network's input.
    pub fn states(&mut self, net: &Network<R>, field: ArrayView2<u8>) -> &States<R> {
        let shape = (1, ROWS, input_columns(field.ncols()));
        match self.states.iter().position(|[s, _]| s.input().dim() == shape) {
            Some(known) => {
                let known = self.states.remove(known);
                self.states.push(known);
            }
            None => {
                let made = || net.states_for(shape).expect("a multiple of four columns fits LeNet-5");
                self.states.drain(..(self.states.len() + 1).saturating_sub(WIDTHS));
                self.states.push([made(), made()]);
            }
        }
        let [s, _] = self.states.last_mut().expect("just pushed");
        place(field, s.input_mut());
        net.fprop(s);
        s
    }

    /// The output graph: a node between any two positions, and an arc for each position and class, whose `origin` is its place
    /// among the penalties, class by class.
    pub fn output_graph(s: &States<R>) -> Graph {
        let (classes, _, positions) = s.output.maps().dim();
        let arc = |place: usize| {
            let (position, class) = (place / classes, place % classes);
            let penalty = s.output.maps()[[class, 0, position]].to_f64().unwrap_or(f64::NAN);
            // A network that is no longer finite makes a graph without paths.
            let penalty = if penalty.is_nan() { f64::INFINITY } else { penalty };
            let label = Some(u8::try_from(class).expect("at most 256 classes"));
            Arc { from: position, to: position + 1, label, penalty, origin: class * positions + position }
        };
        let arcs: Vec<Arc> = (0..classes * positions).map(arc).collect();
        Graph::ordered(positions + 1, 0, positions, &arcs)
    }

    /// The states of the last field.
    pub fn last_states(&self) -> Option<&States<R>> {
        self.states.last().map(|[s, _]| s)
    }

    /// The position of the output that each arc of the last interpretation graph comes from.
    pub fn positions(&self) -> Vec<Option<usize>> {
        let of = |(output, composition): &(Graph, Composition)| {
            let origins = composition.graph.arcs().map(|arc| composition.made_from[arc.origin].0);
            origins.map(|arc| Some(output.arc(arc?).from)).collect()
        };
        self.last.as_ref().map(of).unwrap_or_default()
    }
}

impl<R: Real> StringReader<R> for Sdnn<R> {
    fn fprop(&mut self, net: &Network<R>, field: ArrayView2<u8>) -> Graph {
        let output = Self::output_graph(self.states(net, field));
        let composition = compose(&output, &self.characters);
        let graph = composition.graph.clone();
        self.last = Some((output, composition));
        graph
    }

    fn bprop(&mut self, net: &Network<R>, d: &[f64], gradient: &mut Network<R>) {
        let (Some((output, composition)), Some([s, room])) = (&self.last, self.states.last_mut()) else {
            return;
        };
        let mut d_output = vec![0.0; output.len()];
        composition.bprop(d, &mut d_output, &mut vec![0.0; self.characters.steps().len()]);
        let penalties = room.output.maps_mut().as_slice_mut().expect("states are in row-major order");
        output.arcs().zip(&d_output).for_each(|(arc, &d)| penalties[arc.origin] = R::of(d));
        net.bprop(s, room, gradient);
    }
}
