//! Convolutions: the general loop, and the blocks for maps of C1's and C3's size.

use super::draw::{cases, tables, values};
use super::{Sum, exactly, power, rounded, unexplained, waves};
use lenet5::Real;
use lenet5::kernels::convolution::{self as kernel, Connections, Sizes};
use lenet5::kernels::full_connection;
use lenet5::section2::{TABLE_I, Table};
use proptest::prelude::*;

/// One convolution: its maps, sizes and numbers.
#[derive(Clone, Debug)]
struct Case {
    table: Table,
    sizes: Sizes,
    weights: Vec<f64>,
    biases: Vec<f64>,
    x: Vec<f64>,
    dy: Vec<f64>,
}

impl Case {
    fn links(&self) -> Connections {
        let mut by_output = vec![Vec::new(); self.table.outputs()];
        let mut by_input = vec![Vec::new(); self.table.inputs()];
        for (kernel, (output, input)) in self.table.pairs().enumerate() {
            by_output[output].push((kernel, input));
            by_input[input].push((kernel, output));
        }
        Connections { by_output, by_input }
    }

    /// Visits every connection with the places of its weight, its input and its output.
    fn connections(&self, mut visit: impl FnMut(usize, usize, usize)) {
        let (input, window, output) = (self.sizes.input, self.sizes.kernel, self.sizes.output());
        let at = |map: usize, row: usize, column: usize, size: (usize, usize)| {
            (map * size.0 + row) * size.1 + column
        };
        for (kernel, (o, i)) in self.table.pairs().enumerate() {
            for (r, c) in places(output) {
                for (ky, kx) in places(window) {
                    visit(at(kernel, ky, kx, window), at(i, r + ky, c + kx, input), at(o, r, c, output));
                }
            }
        }
    }
}

fn places(size: (usize, usize)) -> impl Iterator<Item = (usize, usize)> {
    (0..size.0).flat_map(move |row| (0..size.1).map(move |column| (row, column)))
}

/// The results of the kernels for one case.
struct Found<R> {
    y: Vec<R>,
    dx: Vec<R>,
    dw: Vec<R>,
    db: Vec<R>,
}

impl<R: Real> Found<R> {
    fn by_kernels<const SQUARED: bool>(case: &Case) -> Self {
        let (sizes, links) = (case.sizes, case.links());
        let [w, b, x, dy] = [&case.weights, &case.biases, &case.x, &case.dy].map(|v| rounded::<R>(v));
        // States are overwritten; sums are added to the old values.
        let nan = |n: usize| vec![R::nan(); n];
        let mut found = Self { y: nan(dy.len()), dx: nan(x.len()), dw: w.clone(), db: b.clone() };
        kernel::fprop(sizes, &links, &w, &b, &x, &mut found.y);
        kernel::bprop_states::<R, SQUARED>(sizes, &links, &w, &dy, &mut found.dx);
        kernel::bprop_weights::<R, SQUARED>(sizes, &links, &x, &dy, &mut found.dw, &mut found.db);
        found
    }

    /// The first number that differs from the equations for `case`.
    fn unexplained_by(&self, case: &Case, squared: bool) -> Option<String> {
        let inputs = [&case.weights, &case.biases, &case.x, &case.dy];
        let [w, b, x, dy] = inputs.map(|v| exactly(&rounded::<R>(v)));
        let map = |unit: usize| unit * b.len() / dy.len();
        let mut y: Vec<Sum> = (0..dy.len()).map(|unit| Sum::of(b[map(unit)])).collect();
        let mut dx = vec![Sum::default(); x.len()];
        let [mut dw, mut db] = [&w, &b].map(|before| before.iter().map(|&v| Sum::of(v)).collect::<Vec<_>>());
        case.connections(|weight, input, output| {
            y[output].add(w[weight] * x[input]);
            dx[input].add(power(squared, w[weight]) * dy[output]);
            dw[weight].add(power(squared, x[input]) * dy[output]);
        });
        dy.iter().enumerate().for_each(|(unit, &d)| db[map(unit)].add(d));
        let pairs = [("y", &self.y, y), ("dx", &self.dx, dx), ("dw", &self.dw, dw), ("db", &self.db, db)];
        pairs.iter().find_map(|(name, found, twin)| unexplained(name, found, twin))
    }
}

fn check(case: &Case) -> Result<(), TestCaseError> {
    prop_assert_eq!(Found::<f32>::by_kernels::<false>(case).unexplained_by(case, false), None, "f32");
    prop_assert_eq!(Found::<f32>::by_kernels::<true>(case).unexplained_by(case, true), None, "f32, squared");
    prop_assert_eq!(Found::<f64>::by_kernels::<false>(case).unexplained_by(case, false), None, "f64");
    prop_assert_eq!(Found::<f64>::by_kernels::<true>(case).unexplained_by(case, true), None, "f64, squared");
    Ok(())
}

fn with_values(table: Table, kernel: (usize, usize), output: (usize, usize)) -> impl Strategy<Value = Case> {
    let sizes = Sizes { input: (output.0 + kernel.0 - 1, output.1 + kernel.1 - 1), kernel };
    let weights = values(table.len() * kernel.0 * kernel.1);
    let x = values(table.inputs() * sizes.input.0 * sizes.input.1);
    let dy = values(table.outputs() * output.0 * output.1);
    (weights, values(table.outputs()), x, dy).prop_map(move |(weights, biases, x, dy)| Case {
        table: table.clone(),
        sizes,
        weights,
        biases,
        x,
        dy,
    })
}

fn some_tables(inputs: usize, outputs: usize) -> impl Strategy<Value = Table> {
    (1..=inputs, 1..=outputs).prop_flat_map(|(inputs, outputs)| tables(inputs, outputs))
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn any_kernel(
        case in (some_tables(4, 4), (1..=6_usize, 1..=6_usize), (1..=20_usize, 1..=20_usize))
            .prop_flat_map(|(table, kernel, output)| with_values(table, kernel, output))
    ) {
        check(&case)?;
    }

    /// The sizes of C1 and C3, and sizes near them.
    #[test]
    fn kernels_of_5_by_5(
        case in (some_tables(3, 3), prop::sample::select(vec![28_usize, 10]), 0..=1_usize, 0..=1_usize)
            .prop_flat_map(|(table, side, rows, columns)| with_values(table, (5, 5), (side + rows, side + columns)))
    ) {
        check(&case)?;
    }

    /// The heights of C1 and C3 on wider fields.
    #[test]
    fn wide_fields(
        case in (some_tables(3, 3), prop::sample::select(vec![28_usize, 10]), 1..=80_usize)
            .prop_flat_map(|(table, rows, more)| with_values(table, (5, 5), (rows, rows - 5 + more)))
    ) {
        check(&case)?;
    }

    #[test]
    fn kernels_as_high_as_the_input(
        case in (some_tables(16, 20), (1..=6_usize, 1..=6_usize), 1..=12_usize)
            .prop_flat_map(|(table, kernel, columns)| with_values(table, kernel, (1, columns)))
    ) {
        check(&case)?;
    }

    #[test]
    fn kernels_that_cover_the_input(
        case in (some_tables(16, 20), (1..=6_usize, 1..=6_usize))
            .prop_flat_map(|(table, kernel)| with_values(table, kernel, (1, 1)))
    ) {
        check(&case)?;
    }
}

proptest! {
    #![proptest_config(cases(8))]

    /// As many maps as fit in the buffers, and more.
    #[test]
    fn many_maps(
        case in prop_oneof![(1..=7_usize, 15..=18_usize), (15..=18_usize, 1..=3_usize)]
            .prop_flat_map(|(inputs, outputs)| (tables(inputs, outputs), prop::sample::select(vec![10_usize, 23])))
            .prop_flat_map(|(table, columns)| with_values(table, (5, 5), (10, columns)))
    ) {
        check(&case)?;
    }

    /// C3 with all connections, and sizes near it.
    #[test]
    fn all_connected(
        case in prop::sample::select(vec![(6_usize, 16_usize), (5, 16), (6, 15), (7, 16)])
            .prop_map(|(inputs, outputs)| Table::full(inputs, outputs))
            .prop_flat_map(|table| (Just(table), prop::sample::select(vec![10_usize, 37, 40])))
            .prop_flat_map(|(table, columns)| with_values(table, (5, 5), (10, columns)))
    ) {
        check(&case)?;
    }
}

/// `fprop` on a wide field and on a window of it gives the same bits.
#[test]
fn a_window_alone_gives_the_same() {
    let layers = [
        (Table::full(1, 6), 32, 5),
        (Table::new(6, &TABLE_I), 14, 5),
        (Table::full(6, 16), 14, 5),
        (Table::full(16, 120), 5, 5),
    ];
    for (table, height, side) in layers {
        let (wide, kernel) = (3 * height - 1, (side, side));
        let [field, window] = [wide, height].map(|columns| Sizes { input: (height, columns), kernel });
        let (links, weights) = (table.links(), rounded::<f32>(&waves(table.len() * side * side)));
        let (x, biases) =
            (rounded::<f32>(&waves(table.inputs() * height * wide)), rounded(&waves(table.outputs())));
        let y = |sizes: Sizes, x: &[f32]| {
            let mut y = vec![f32::NAN; table.outputs() * sizes.output().0 * sizes.output().1];
            if kernel::is_full_connection(sizes, links) {
                full_connection::fprop(&weights, &biases, x, &mut y);
            } else {
                kernel::fprop(sizes, links, &weights, &biases, x, &mut y);
            }
            y
        };
        let all = y(field, &x);
        for start in [0, 1, height, wide - height] {
            let cut = |values: &[f32], pitch: usize, columns: usize| -> Vec<f32> {
                values.chunks(pitch).flat_map(|line| line[start..start + columns].to_vec()).collect()
            };
            let (pitch, columns) = (field.output().1, window.output().1);
            assert_eq!(
                y(window, &cut(&x, wide, height)),
                cut(&all, pitch, columns),
                "{table:?} from {start}"
            );
        }
    }
}

// ---- Controls: wrong passes must be noticed -------------------------------------------------------------------------

/// Irregular numbers, for the general loop and for the blocks.
fn examples() -> impl Iterator<Item = Case> {
    [(3, 7), (5, 10), (5, 28)].into_iter().map(move |(side, rows)| {
        let sizes = Sizes { input: (rows + side - 1, rows + side - 1), kernel: (side, side) };
        let table = Table::new(2, &[&[0, 1], &[1]]);
        let (weights, area) = (waves(3 * side * side), sizes.input.0 * sizes.input.1);
        Case { table, sizes, weights, biases: waves(2), x: waves(2 * area), dy: waves(2 * rows * rows) }
    })
}

#[test]
fn results_of_another_case_are_refused() {
    for case in examples() {
        let found = Found::<f32>::by_kernels::<false>(&case);
        assert_eq!(found.unexplained_by(&case, false), None);
        assert!(found.unexplained_by(&case, true).is_some(), "squares");
        let refused = |spoil: fn(&mut Case)| {
            let mut other = case.clone();
            spoil(&mut other);
            found.unexplained_by(&other, false).is_some()
        };
        assert!(refused(|other| other.weights.reverse()));
        assert!(refused(|other| other.biases.reverse()));
        assert!(refused(|other| other.x[0] += 1e-3));
        assert!(refused(|other| *other.dy.last_mut().expect("an output") += 1e-3));
        assert!(refused(|other| other.table = Table::new(2, &[&[0, 1], &[0]])));
    }
}
