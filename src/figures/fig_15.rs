//! Fig. 15: layers that hand on vectors, beside graph transformers that hand on graphs.

use super::kit::*;

/// The height of the figure.
const HEIGHT: i32 = 870;
/// The heights of the states, from below, and of the modules between them.
const STATES: [i32; 3] = [765, 450, 135];
const MODULES: [i32; 2] = [608, 293];
/// Half the width and half the height of a module.
const HALF: Place = (190, 42);
/// The side of a cell of a vector.
const CELL: i32 = 34;
/// The lengths of the vectors, from below.
const VECTORS: [i32; 3] = [14, 9, 4];
/// Half the width and half the height of the box of an arc.
const DATA: Place = (17, 11);
/// The radius of a node.
const NODE: i32 = 13;

/// A graph: the places of its nodes, and its arcs with their lifts.
type Shape = (&'static [Place], &'static [(usize, usize, f64)]);

/// The graphs of the figure, from below.
const GRAPHS: [Shape; 3] = [
    (
        &[(-270, 0), (-100, 0), (60, -46), (60, 46), (240, 0)],
        &[(0, 1, 0.0), (1, 2, 0.0), (2, 4, 0.0), (1, 3, 0.0), (3, 4, 0.0), (0, 3, 60.0)],
    ),
    (
        &[(-310, 0), (-160, 0), (0, -46), (0, 46), (160, 0), (310, 0)],
        &[(0, 1, 0.0), (1, 2, 0.0), (2, 4, 0.0), (1, 3, 0.0), (3, 4, 0.0), (4, 5, 0.0)],
    ),
    (&[(-150, 0), (150, 0)], &[(0, 1, -46.0), (0, 1, 0.0), (0, 1, 46.0)]),
];

/// Draws the figure; it needs no study.
///
/// # Errors
/// When the page is too small.
pub fn draw() -> Drawn<Page> {
    let reading = "A small box holds a number. Left: the length of each vector is fixed by the network. Right: each input has graphs of its \
                   own, and every path from the grey node to the black one is a sequence. Grey: fprop. Orange: bprop, which hands back a \
                   derivative for each box, and nothing for nodes and arcs.";
    let caption = "Redrawn from Fig. 15 of the paper, with the backward arrows; the code is src/section4/graph.rs and transformer.rs.";
    page(
        HEIGHT,
        Frame::new("States that are vectors, states that are graphs (Fig. 15)", reading, caption),
        |sheet| {
            let [left, right] = [1, 3].map(|quarter| sheet.width() * quarter / 4);
            stack(sheet, left, ("layers", "layer"), CELL / 2)?;
            stack(sheet, right, ("graph transformers", "graph transformer"), 64)?;
            (STATES.into_iter().zip(VECTORS)).try_for_each(|(y, cells)| vector(sheet, (left, y), cells))?;
            (STATES.into_iter().zip(GRAPHS)).try_for_each(|(y, shape)| graph(sheet, (right, y), shape))
        },
    )
}

/// Two modules, and the arrows between them and states whose height is twice `high`.
fn stack(sheet: &Sheet, x: i32, (title, name): (&str, &str), high: i32) -> Drawn {
    sheet.write((x, 0), title, Words::Heading.style(INK, TOP))?;
    for (n, y) in MODULES.into_iter().enumerate() {
        module(sheet, [(x - HALF.0, y - HALF.1), (x + HALF.0, y + HALF.1)], name)?;
        let [below, above] = [(y + HALF.1, STATES[n] - high - 8), (STATES[n + 1] + high + 8, y - HALF.1)];
        for (top, foot) in [below, above] {
            arrow(sheet, &[(x - 14, foot), (x - 14, top)], GREY)?;
            arrow(sheet, &[(x + 14, top), (x + 14, foot)], VERMILION)?;
        }
    }
    Ok(())
}

/// A box that holds a number.
fn number(sheet: &Sheet, (x, y): Place, (wide, high): Place) -> Drawn {
    let corners = [(x - wide, y - high), (x + wide, y + high)];
    sheet.rectangle(corners, shade(GREY, 0.0).filled())?;
    sheet.line(&around(corners), INK.stroke_width(2))
}

fn vector(sheet: &Sheet, (x, y): Place, cells: i32) -> Drawn {
    let left = x - cells * CELL / 2 + CELL / 2;
    (0..cells).try_for_each(|cell| number(sheet, (left + cell * CELL, y), (CELL / 2, CELL / 2)))
}

fn graph(sheet: &Sheet, (x, y): Place, (nodes, arcs): Shape) -> Drawn {
    let at = |node: usize| (x + nodes[node].0, y + nodes[node].1);
    for &(from, to, lift) in arcs {
        let places = bow(at(from), at(to), lift);
        let middle = places[places.len() / 2];
        arrow(sheet, &up_to_edge(places, NODE), GREY)?;
        number(sheet, middle, DATA)?;
    }
    (0..nodes.len()).try_for_each(|n| node(sheet, at(n), NODE, n, nodes.len()))
}
