#![doc = mathdoc::page!("table1.md")]

use crate::kernels::convolution::Connections;

/// Table I of the paper (II-B): row `m` lists the maps of S2 that map `m` of C3 is connected to. A column of the printed
/// table is a row here.
///
/// The first six maps see three neighbouring maps, the next six see four neighbouring maps, three see four maps that are
/// not all neighbours, and the last sees all six: 60 connections, of 96 in a full table.
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

/// The connections of a convolution: which output maps see which input maps.
///
/// A connection here is a pair of maps, with a kernel of its own; the connections that II-B counts are between units.
/// Pairs that are not connected have no entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    links: Connections,
}

impl Table {
    /// The table of `inputs` input maps in which output map `o` sees the input maps listed in `rows[o]`.
    ///
    /// # Panics
    /// When a row names a map that does not exist, or does not ascend.
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
                assert!(
                    input < inputs,
                    "row {output} of a connection table names map {input}, but there are {inputs} maps, counted from 0"
                );
                from.push((kernel, input));
                links.by_input[input].push((kernel, output));
                kernel += 1;
            }
            links.by_output.push(from);
        }
        Self { links }
    }

    /// The table in which every output map sees every input map, as in C1 and C5.
    pub fn full(inputs: usize, outputs: usize) -> Self {
        let all: Vec<usize> = (0..inputs).collect();
        Self::new(inputs, &vec![all.as_slice(); outputs])
    }

    /// The number of input maps.
    pub fn inputs(&self) -> usize {
        self.links.by_input.len()
    }

    /// The number of output maps.
    pub fn outputs(&self) -> usize {
        self.links.by_output.len()
    }

    /// The number of connections, each with a kernel of its own.
    pub fn len(&self) -> usize {
        self.links.by_output.iter().map(Vec::len).sum()
    }

    /// Whether the table has no connection.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All connections in the order of their kernels: (output map, input map).
    pub fn pairs(&self) -> impl Iterator<Item = (usize, usize)> {
        let rows = self.links.by_output.iter().enumerate();
        rows.flat_map(|(output, from)| from.iter().map(move |&(_, input)| (output, input)))
    }

    /// The connections, listed both by output map and by input map.
    pub fn links(&self) -> &Connections {
        &self.links
    }
}
