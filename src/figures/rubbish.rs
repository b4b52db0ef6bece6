//! II-C, eq. 9 beside eq. 8: the effect of the penalty j of rubbish.

use super::kit::*;
use super::lines::{self, Line};
use crate::experiment::Arm;
use crate::section1::{Loss, Penalties};
use crate::section2::Criterion;

/// The penalty of the right class: that of a pattern taken for another class, whose code is as near as codes of digits
/// are (6 and 8, II-B).
const RIGHT: f64 = 48.0;
/// The values of j, from far below the penalties to far above them.
const J: [f64; 4] = [3.0, 15.0, 30.0, 100.0];
/// The largest penalty of the wrong class.
const WRONG: f64 = 70.0;
/// Points of a curve for each unit of the penalty.
const FINE: i32 = 5;

/// Eq. 8 and eq. 9 for every j, each with its colour: the larger j, the darker.
fn criteria() -> Vec<(Criterion, String, RGBColor)> {
    let dark = |n: usize| shade(BLUE, 0.4 + 0.6 * n as f64 / (J.len() - 1) as f64);
    let competitive = |(n, j)| (Criterion::Competitive { rubbish: j }, format!("eq. 9, j = {j}"), dark(n));
    let mut all: Vec<_> = J.into_iter().enumerate().map(competitive).collect();
    all.push((Criterion::TrueClass, "eq. 8".into(), INK));
    all
}

/// Loss and share of the wrong class, whose penalty is `wrong`, when that of the right class is 48.
pub fn at(criterion: Criterion, wrong: f64) -> [f64; 2] {
    let penalties = Penalties::from(vec![RIGHT, wrong]);
    [criterion.fprop(&penalties, &0), criterion.shares(&penalties)(wrong)]
}

/// Draws the figure; it needs no study.
///
/// # Errors
/// When the page is too small.
pub fn draw() -> Drawn<Page> {
    page(860, frame()?, |sheet| {
        let (left, right) = sheet.area.split_horizontally(960);
        draw_losses(&left)?;
        draw_shares(&right)
    })
}

fn frame() -> Drawn<Frame> {
    let rbf = Arm::find("rbf")?.settings.head.rubbish;
    let ours = rbf.map_or(String::new(), |j| format!("; our arm rbf has {j}"));
    let reading = format!(
        "Two classes: the right one has penalty {RIGHT}, the wrong one a penalty from 0 to {WRONG}. Eq. 9 pushes the \
         wrong class away while its penalty is below both j and {RIGHT}, and leaves it alone above. If j is far below \
         all penalties, eq. 9 is eq. 8 minus a constant: it has the same gradient and pushes no wrong class."
    );
    let caption = format!(
        "Computed by src/section2/loss.rs, the losses that training uses (eq. 8 and 9, II-C). The paper gives no \
         value of j{ours}. {RIGHT} is the smallest squared distance between the codes of two digits."
    );
    Ok(Frame::new("Rubbish: when is a wrong class pushed away?", reading, caption))
}

/// The axis of the wrong class's penalty.
fn penalty() -> Axis {
    Axis::linear("penalty y of the wrong class", 0.0..WRONG, &[0.0, 20.0, 40.0, 60.0])
}

/// The losses (0) or the shares (1) of all criteria.
fn curves(of: usize) -> impl Iterator<Item = Line> {
    let penalties = (0..=WRONG as i32 * FINE).map(|i| f64::from(i) / f64::from(FINE));
    criteria().into_iter().map(move |(criterion, name, colour)| {
        Line::new(&name, penalties.clone().map(|y| (y, at(criterion, y)[of]))).coloured(colour)
    })
}

fn draw_losses(area: &Area) -> Drawn {
    let y = Axis::linear("loss E", 0.0..52.0, &[0.0, 10.0, 20.0, 30.0, 40.0, 50.0]);
    let panel = Panel::new(area, "the loss", penalty(), y, 330)?;
    lines::draw_named(&panel, &curves(0).collect::<Vec<_>>())
}

fn draw_shares(area: &Area) -> Drawn {
    let y = Axis::linear("push −dE/dy: its share p", 0.0..1.1, &[0.0, 0.5, 1.0]);
    let panel = Panel::new(area, "the push on the wrong class", penalty(), y, 20)?;
    for (n, curve) in curves(1).enumerate() {
        panel.line(&curve.points, curve.colour.unwrap_or(INK))?;
        if let Some(j) = J.get(n) {
            panel.name(Name::new(format!("j = {j}"), INK, (j.min(RIGHT), 0.5)), (12, 0), LEFT)?;
        }
    }
    panel.name(Name::new("eq. 8: 0", GREY, (WRONG, 0.0)), (0, -12), BOTTOM_RIGHT)
}
