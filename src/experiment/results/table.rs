//! Tables of numbers.

use comfy_table::{CellAlignment, Table};

/// A table with a title for each column; all columns but the first `left` hold numbers, set to the right.
pub fn table<const N: usize>(
    titles: [&str; N],
    left: usize,
    rows: impl IntoIterator<Item = [String; N]>,
) -> Table {
    let mut table = Table::new();
    table.set_header(titles).add_rows(rows);
    table.column_iter_mut().skip(left).for_each(|column| column.set_cell_alignment(CellAlignment::Right));
    table
}
