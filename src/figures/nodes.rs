//! Nodes, boxes and arrows of systems and graphs.

use super::look::{BAND, BLUE, Drawn, GREY, INK, RGBColor, THIN, TOP, Words, shade};
use super::sheet::{Place, Sheet, around};
use plotters::style::Color;

/// The length of the head of an arrow, and half of its width.
const HEAD: (f64, f64) = (14.0, 7.0);

/// Draws node `n` of `nodes`: the first, where paths start, is grey; the last, where they end, is black; others are white.
pub fn node(sheet: &Sheet, at: Place, radius: i32, n: usize, nodes: usize) -> Drawn {
    let fill = match n {
        0 => shade(GREY, 0.6),
        n if n + 1 == nodes => INK,
        _ => shade(GREY, 0.0),
    };
    sheet.circle(at, radius, INK.filled())?;
    sheet.circle(at, radius - 3, fill.filled())
}

/// Draws a module or a graph transformer: a box with its name.
pub fn module(sheet: &Sheet, corners: [Place; 2], name: &str) -> Drawn {
    let [(left, top), (right, bottom)] = corners;
    sheet.rectangle(corners, shade(BLUE, BAND).filled())?;
    sheet.line(&around(corners), BLUE.stroke_width(THIN))?;
    sheet.write(((left + right) / 2, (top + bottom) / 2 - 14), name, Words::Small.style(INK, TOP))
}

/// Draws a line through places, with a head at the last.
pub fn arrow(sheet: &Sheet, places: &[Place], colour: RGBColor) -> Drawn {
    sheet.line(places, colour.stroke_width(THIN))?;
    let [.., from, to] = places else { return Ok(()) };
    let (dx, dy) = (f64::from(to.0 - from.0), f64::from(to.1 - from.1));
    let length = dx.hypot(dy).max(1.0);
    let (x, y) = (dx / length, dy / length);
    let back =
        |aside: f64| (to.0 + (-HEAD.0 * x - aside * y) as i32, to.1 + (-HEAD.0 * y + aside * x) as i32);
    sheet.polygon(&[*to, back(HEAD.1), back(-HEAD.1)], colour.filled())
}

/// The places of an arc between two nodes, whose middle is `lift` units below the straight line; the place in the middle of the
/// list is the middle of the arc.
pub fn bow(from: Place, to: Place, lift: f64) -> Vec<Place> {
    let steps = if lift == 0.0 { 2 } else { 40 };
    let place = |step: i32| {
        let share = f64::from(step) / f64::from(steps);
        let along = |from: i32, to: i32| from + (f64::from(to - from) * share) as i32;
        (along(from.0, to.0), along(from.1, to.1) + (4.0 * share * (1.0 - share) * lift) as i32)
    };
    (0..=steps).map(place).collect()
}

/// The same places up to the edge of a circle around the last.
pub fn up_to_edge(mut places: Vec<Place>, radius: i32) -> Vec<Place> {
    let Some(&(x, y)) = places.last() else { return places };
    let away = |place: &Place| f64::from(place.0 - x).hypot(f64::from(place.1 - y));
    places.retain(|place| away(place) > f64::from(radius));
    if let Some(&before) = places.last() {
        let share = f64::from(radius) / away(&before);
        let edge = |before: i32, to: i32| to + (f64::from(before - to) * share).round() as i32;
        places.push((edge(before.0, x), edge(before.1, y)));
    }
    places
}
