//! Fig. 14: a system of modules with its variables, forward and backward.

use super::kit::*;
use plotters::style::text_anchor::Pos;

/// The height of the figure.
const HEIGHT: i32 = 780;
/// Half the width and half the height of a module.
const HALF: Place = (75, 60);
/// The modules and the middles of their boxes.
const MODULES: [(&str, Place); 5] =
    [("F₀", (430, 390)), ("F₁", (830, 180)), ("F₂", (830, 600)), ("F₃", (1170, 390)), ("loss", (1460, 390))];
/// From a forward arrow to the backward arrow beside it.
const BESIDE: i32 = 24;

/// A variable: its name, its way from the module that writes it to one that reads it, and the places of its name and of that of
/// its derivative; the latter are absent where another way of the variable has them.
struct Variable {
    name: &'static str,
    way: &'static [Place],
    names: Option<[(Place, Pos); 2]>,
}

/// All of them; X0 has two readers.
const VARIABLES: [Variable; 10] = [
    named("X₀", &[(20, 390), (355, 390)], [((190, 376), BOTTOM_RIGHT), ((190, 426), TOP_RIGHT)]),
    Variable { name: "X₀", way: &[(FORK, 390), (FORK, 150), (755, 150)], names: None },
    named("X₁", &[(505, 350), (755, 200)], [((620, 276), BOTTOM_RIGHT), ((650, 296), TOP_LEFT)]),
    named("X₂", &[(505, 410), (755, 570)], [((640, 488), BOTTOM_LEFT), ((606, 506), TOP_RIGHT)]),
    named("X₃", &[(905, 180), (1095, 350)], [((1008, 262), BOTTOM_LEFT), ((980, 286), TOP_RIGHT)]),
    named("X₄", &[(905, 580), (1095, 410)], [((985, 500), BOTTOM_RIGHT), ((1010, 524), TOP_LEFT)]),
    named("X₅", &[(1245, 380), (1385, 380)], [((1315, 366), BOTTOM), ((1315, 418), TOP)]),
    named("W₁", &[(820, 0), (820, 120)], [((806, 50), RIGHT), ((860, 50), LEFT)]),
    named("W₂", &[(820, 780), (820, 660)], [((806, 730), RIGHT), ((860, 730), LEFT)]),
    named("D", &[(1450, 180), (1450, 330)], [((1436, 240), RIGHT), ((1490, 240), LEFT)]),
];
/// The loss, whose derivative by itself is 1.
const LOSS: Variable = named("E", &[(1535, 380), (1700, 380)], [((1617, 366), BOTTOM), ((1617, 418), TOP)]);
/// The column where the second way of X0 leaves the first.
const FORK: i32 = 230;

const fn named(name: &'static str, way: &'static [Place], names: [(Place, Pos); 2]) -> Variable {
    Variable { name, way, names: Some(names) }
}

/// Draws the figure; it needs no study.
///
/// # Errors
/// When the page is too small.
pub fn draw() -> Drawn<Page> {
    let reading = "Boxes are modules, lines are variables. Grey: fprop, from left to right; F₁ and F₂ in either order. Orange: bprop, from \
                   right to left; each module turns the derivatives by what it writes into derivatives by what it reads. X₀ = Z has two \
                   readers: what they send back is added.";
    let caption = "Redrawn from Fig. 14 of the paper, with the backward arrows; the same system runs on the page of src/section4/system.rs.";
    page(HEIGHT, Frame::new("A system of modules (Fig. 14)", reading, caption), |sheet| {
        VARIABLES
            .iter()
            .try_for_each(|variable| draw_variable(sheet, variable, &format!("∂E/∂{}", variable.name)))?;
        draw_variable(sheet, &LOSS, "∂E/∂E = 1")?;
        draw_fork(sheet)?;
        MODULES.into_iter().try_for_each(|(name, (x, y))| {
            module(sheet, [(x - HALF.0, y - HALF.1), (x + HALF.0, y + HALF.1)], name)
        })
    })
}

fn draw_variable(sheet: &Sheet, variable: &Variable, derivative: &str) -> Drawn {
    arrow(sheet, variable.way, GREY)?;
    let back: Vec<Place> = variable.way.iter().rev().map(|&(x, y)| beside(variable.way, (x, y))).collect();
    arrow(sheet, &back, VERMILION)?;
    let Some([(name_at, name_side), (derivative_at, derivative_side)]) = variable.names else {
        return Ok(());
    };
    sheet.write(name_at, variable.name, Words::Small.style(INK, name_side))?;
    sheet.write(derivative_at, derivative, Words::Small.style(VERMILION, derivative_side))
}

/// A place of a way moved aside: to the right if the way has an upright part, and down if it has one that is not.
fn beside(way: &[Place], (x, y): Place) -> Place {
    let upright = way.windows(2).any(|pair| pair[0].0 == pair[1].0);
    let across = way.windows(2).any(|pair| pair[0].0 != pair[1].0);
    (x + BESIDE * i32::from(upright), y + BESIDE * i32::from(across))
}

/// The fan-out of X0, and the sum that it is backward.
fn draw_fork(sheet: &Sheet) -> Drawn {
    sheet.circle((FORK, 390), 9, GREY.filled())?;
    let sum = (FORK + BESIDE, 390 + BESIDE);
    sheet.circle(sum, 17, VERMILION.filled())?;
    sheet.circle(sum, 14, shade(GREY, 0.0).filled())?;
    sheet.write(sum, "+", Words::Small.style(VERMILION, CENTRE))
}
