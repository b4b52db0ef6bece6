//! II-B, Table I: which maps of S2 each map of C3 sees; 16 maps, 60 kernels, 1,516 parameters.
//!
//! # What the paper says
//!
//! A map of C3 does not see all six maps of S2 (II-B). Table I tells which it sees, for two reasons: it keeps the
//! number of connections within bounds and, above all, it breaks a symmetry: maps that are fed differently have to
//! find different features.
//!
//! ```text
//!           C3 map
//! S2 map    0  1  2  3  4  5    6  7  8  9 10 11   12 13 14   15
//!   0       x           x  x    x        x  x  x    x     x    x
//!   1       x  x           x    x  x        x  x    x  x       x
//!   2       x  x  x             x  x  x        x       x  x    x
//!   3          x  x  x          x  x  x  x          x     x    x
//!   4             x  x  x          x  x  x  x       x  x       x
//!   5                x  x  x          x  x  x  x       x  x    x
//!           three neighbours    four neighbours     four with  all
//!                                                   gaps
//! ```
//!
//! Neighbours are counted in a ring: map 5 is next to map 0.
//!
//! # 16 or 60 kernels?
//!
//! Both words are in use, for different things. There are 16 *maps*, and each is one sum. There are 60 *kernels* of
//! 5 x 5 numbers, one for each cross of the table: a map that sees three maps has three kernels, lays each on its
//! own input map, and adds up what they give, and one bias. No kernel is shared between two crosses. What frameworks
//! call a filter is one column of the table, all kernels of a map together; there are 16 of those, and they are not
//! of one size.
//!
//! | maps of C3 | see | weights of a map | in all | fan-in of a unit |
//! |---|---|---|---|---|
//! | 0 to 5, six of them | 3 maps | 3 x 25 = 75 | 450 | 75 |
//! | 6 to 14, nine of them | 4 maps | 4 x 25 = 100 | 900 | 100 |
//! | 15, one | 6 maps | 6 x 25 = 150 | 150 | 150 |
//! | 16 biases | | | 16 | |
//! | C3 | | | **1,516** | |
//!
//! ```
//! use lenet5::section2::{TABLE_I, Table};
//!
//! let table = Table::new(6, &TABLE_I);
//! let (kernels, maps) = (table.len(), table.outputs());
//! assert_eq!((kernels, maps), (60, 16)); // of 96 that a full table has
//! assert_eq!(Table::full(6, 16).len(), 96);
//!
//! // Weights and biases; a connection for each of them at each of 10 x 10 places.
//! let weights: usize = TABLE_I.iter().map(|row| 25 * row.len()).sum();
//! assert_eq!(weights + maps, 1_516);
//! assert_eq!(6 * 75 + 9 * 100 + 150 + 16, 1_516);
//! assert_eq!(100 * (weights + maps), 151_600);
//!
//! // Read the other way, the table is even: each map of S2 is seen by ten.
//! for map in 0..6 {
//!     let seen_by = table.pairs().filter(|&(_, input)| input == map);
//!     assert_eq!(seen_by.count(), 10);
//! }
//! ```
//!
//! # Where people get stuck
//!
//! - **A full table.** Connecting everything gives 96 kernels and 2,416 parameters, 900 more: one of the three steps
//!   from [60,000 to 61,706](super::lenet5#60000-or-61706).
//! - **A mask.** Whoever keeps 16 x 6 kernels and multiplies by zeros has to mask the gradient as well, and the
//!   second derivatives; else a connection that is not there learns. Here it has no number that could learn:
//!   [`Table`] is a list of what is there, and [`Convolution::dense`](super::Convolution::dense) makes the array
//!   with zeros when a file wants one.
//! - **One fan-in for the layer.** Initial weights are drawn by the fan-in of their own map, 75, 100 or 150
//!   ([deviation 4](crate::paper::deviations#4-fan-in)).
//! - **Grouped convolutions** cannot say this: their groups do not overlap, these do.
//!
//! # How we know
//!
//! `tests/lenet5/structure.rs` (`c3_is_connected_by_table_1`) compares the table with the printed one and C3's
//! kernels with the table. `tests/gradients/layers.rs` draws tables at random, and sees one with a wrong connection
//! refused. The kernels that a trained network has in each place of the table are at the end of
//! [`convolution`](super::convolution).
//!
//! [`C3`](super::C3) switches LeNet-5 to a full table.

use crate::kernels::convolution::Connections;

/// Table I of the paper (II-B): row `m` lists the maps of S2 that map `m` of C3 is connected to; a column of the
/// printed table is a row here.
///
/// The first six see three neighbouring maps, the next six four neighbouring ones, three see four that are not all
/// neighbours, the last sees all six: 60 connections where a full table would have 96.
pub const TABLE_I: [&[usize]; 16] = [
    &[0, 1, 2],
    &[1, 2, 3],
    &[2, 3, 4],
    &[3, 4, 5],
    &[0, 4, 5],
    &[0, 1, 5],
    &[0, 1, 2, 3],
    &[1, 2, 3, 4],
    &[2, 3, 4, 5],
    &[0, 3, 4, 5],
    &[0, 1, 4, 5],
    &[0, 1, 2, 5],
    &[0, 1, 3, 4],
    &[1, 2, 4, 5],
    &[0, 2, 3, 5],
    &[0, 1, 2, 3, 4, 5],
];

/// Which output maps of a convolution see which input maps, as a list of connections: what is not in it is not there.
///
/// A connection is a pair of maps here, with a kernel of its own; the connections that II-B counts are between units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    links: Connections,
}

impl Table {
    /// Row `o` of `rows` lists the input maps, of `inputs` in all, that output map `o` sees.
    ///
    /// # Panics
    /// When a row names a map that is not there, or does not ascend.
    pub fn new(inputs: usize, rows: &[&[usize]]) -> Self {
        let mut links = Connections { by_output: Vec::new(), by_input: vec![Vec::new(); inputs] };
        let mut kernel = 0;
        for (output, row) in rows.iter().enumerate() {
            assert!(
                row.is_sorted_by(|a, b| a < b),
                "row {output} of a connection table must ascend: {row:?}"
            );
            let mut from = Vec::new();
            for &input in *row {
                assert!(input < inputs, "row {output} of a connection table names map {input} of {inputs}");
                from.push((kernel, input));
                links.by_input[input].push((kernel, output));
                kernel += 1;
            }
            links.by_output.push(from);
        }
        Self { links }
    }

    /// Every output map sees every input map: C1 and C5.
    pub fn full(inputs: usize, outputs: usize) -> Self {
        let all: Vec<usize> = (0..inputs).collect();
        Self::new(inputs, &vec![all.as_slice(); outputs])
    }

    /// How many input maps there are.
    pub fn inputs(&self) -> usize {
        self.links.by_input.len()
    }

    /// How many output maps there are.
    pub fn outputs(&self) -> usize {
        self.links.by_output.len()
    }

    /// How many connections there are, each with a kernel of its own.
    pub fn len(&self) -> usize {
        self.links.by_output.iter().map(Vec::len).sum()
    }

    /// Whether there is no connection at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All connections in the order of their kernels: (output map, input map).
    pub fn pairs(&self) -> impl Iterator<Item = (usize, usize)> {
        let rows = self.links.by_output.iter().enumerate();
        rows.flat_map(|(output, from)| from.iter().map(move |&(_, input)| (output, input)))
    }

    /// The same, both ways round: by output map and by input map.
    pub fn links(&self) -> &Connections {
        &self.links
    }
}
