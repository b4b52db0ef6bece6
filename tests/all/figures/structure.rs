//! Figures without data, against the paper's facts and against formulas that are written out again here.

use super::{BLUE, GREY, VERMILION, attribute, coloured, drawn, lines, tags, words};
use lenet5::section2::codes;
use std::path::Path;

/// The number of cells that are +1, and of all cells.
const INK: &str = "fill=\"#222222\"";
const PAPER: &str = "fill=\"#ECECEC\"";

fn facts() -> toml::Table {
    include_str!("../../../paper/facts.toml").parse().expect("facts.toml is TOML")
}

fn grouped(count: i64) -> String {
    if count < 1000 { count.to_string() } else { format!("{},{:03}", grouped(count / 1000), count % 1000) }
}

/// The place of a value on the page, from the places of two others.
fn between((a, at_a): (f64, i32), (b, at_b): (f64, i32)) -> impl Fn(f64) -> f64 {
    move |value| f64::from(at_a) + (value - a) / (b - a) * f64::from(at_b - at_a)
}

#[test]
fn pages_without_data_say_what_they_are_computed_from() {
    for (name, source) in [
        ("fig-2", "src/section2/lenet5.rs"),
        ("fig-3", "paper/fig3-bitmaps.txt"),
        ("fig-14", "src/section4/system.rs"),
        ("fig-15", "src/section4/graph.rs"),
        ("squashing", "src/section2/squashing.rs"),
        ("rubbish", "src/section2/loss.rs"),
    ] {
        let svg = &drawn(name).page.svg;
        assert!(words(svg).join(" ").contains(source), "{name} does not say {source}");
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(source).is_file(), "{source}");
    }
}

#[test]
fn fig_2_has_the_layers_of_the_paper() {
    let (svg, facts) = (&drawn("fig-2").page.svg, facts());
    let (words, mut maps) = (words(svg), 1);
    for layer in facts["layer"].as_array().unwrap() {
        let number = |key: &str| layer[key].as_integer().unwrap();
        let side = layer["size"][0].as_integer().unwrap();
        let shape = match side {
            1 => number("maps").to_string(),
            _ => format!("{}@{side}×{side}", number("maps")),
        };
        maps += if side == 1 { 0 } else { number("maps") as usize };
        let counts = ["parameters", "connections"].map(|key| grouped(number(key)));
        let name = layer["name"].as_str().unwrap();
        for text in [name, &shape, &counts[0], &counts[1]] {
            assert!(words.contains(&text), "{name}: no {text} in {words:?}");
        }
    }
    for total in ["parameters", "connections"] {
        let text = format!("{} {total}:", grouped(facts["totals"][total].as_integer().unwrap()));
        assert!(words.contains(&text.as_str()), "no {text} in {words:?}");
    }
    assert_eq!(coloured(svg, GREY, 5).len(), maps, "an outline for each map");
    assert_eq!(coloured(svg, GREY, 7).len(), 3, "C5, F6, output");
}

#[test]
fn fig_2_shows_windows_of_the_right_size() {
    let (svg, facts) = (&drawn("fig-2").page.svg, facts());
    let wide = |outline: &[(i32, i32)]| f64::from(outline[1].0 - outline[0].0);
    let cell = wide(&coloured(svg, GREY, 5)[0]) / facts["input"]["size"][0].as_integer().unwrap() as f64;
    let windows = coloured(svg, BLUE, 5);
    assert_eq!(windows.len(), 5, "from C1 to C5");
    for (window, layer) in windows.iter().zip(facts["layer"].as_array().unwrap()) {
        let wanted = layer["window"][1].as_integer().unwrap() as f64 * cell;
        assert!((wide(window) - wanted).abs() <= 1.0, "{layer}: {window:?}, a cell is {cell}");
    }
    assert_eq!(tags(svg, "rect", &[&format!("fill=\"{BLUE}\"")]).len(), 7, "a unit of each layer");
}

#[test]
fn fig_3_shows_every_cell_of_every_code() {
    let svg = &drawn("fig-3").page.svg;
    let number = |tag: &str, key: &str| attribute(tag, key).parse::<i32>().unwrap();
    let corners = |tag: &&str| ["x", "y", "width", "height"].map(|key| number(tag, key));
    let ink: Vec<[i32; 4]> = tags(svg, "rect", &[INK]).iter().map(corners).collect();
    let fields: Vec<[i32; 4]> = tags(svg, "rect", &[PAPER]).iter().map(corners).collect();
    assert_eq!(fields.len(), codes().count());
    for (&[left, top, wide, high], (character, code)) in fields.iter().zip(codes()) {
        let (across, down) = (wide / 7, high / 12);
        for (row, cells) in (0..).zip(code) {
            for (column, &cell) in (0..).zip(cells) {
                let (x, y) = (left + column * across + across / 2, top + row * down + down / 2);
                let inked = |&&[l, t, w, h]: &&[i32; 4]| (l..l + w).contains(&x) && (t..t + h).contains(&y);
                let count = ink.iter().filter(inked).count();
                assert_eq!(count, usize::from(cell > 0), "'{character}', row {row}, column {column}");
            }
        }
    }
}

#[test]
fn fig_3_names_every_character_and_frames_the_digits() {
    let svg = &drawn("fig-3").page.svg;
    let words = words(svg);
    for (character, _) in codes().filter(|(character, _)| character.is_alphanumeric()) {
        assert!(words.contains(&character.to_string().as_str()), "no {character} in {words:?}");
    }
    assert!(words.contains(&"space") && words.contains(&"DEL"), "{words:?}");
    let frames = coloured(svg, BLUE, 5);
    let fields = tags(svg, "rect", &[PAPER]);
    let digits = fields.iter().zip(codes()).filter(|(_, (character, _))| character.is_ascii_digit());
    assert_eq!((frames.len(), fields.len()), (10, 96));
    for (frame, (field, (digit, _))) in frames.iter().zip(digits) {
        let left: i32 = attribute(field, "x").parse().unwrap();
        assert!(frame[0].0 < left && left < frame[0].0 + 12, "{digit}: {frame:?}, {field}");
    }
}

#[test]
fn fig_14_names_every_variable_and_its_derivative() {
    let svg = &drawn("fig-14").page.svg;
    let words = words(svg);
    for variable in ["X₀", "X₁", "X₂", "X₃", "X₄", "X₅", "W₁", "W₂", "D"] {
        let derivative = format!("∂E/∂{variable}");
        for text in [variable, &derivative] {
            assert_eq!(words.iter().filter(|there| **there == text).count(), 1, "{text} in {words:?}");
        }
    }
    for module in ["F₀", "F₁", "F₂", "F₃", "loss"] {
        assert!(words.contains(&module), "no {module} in {words:?}");
    }
    // A head for each arrow: nine variables, the second way of X0, and the loss.
    for colour in [GREY, VERMILION] {
        assert_eq!(tags(svg, "polygon", &[&format!("fill=\"{colour}\"")]).len(), 11, "{colour}");
    }
}

#[test]
fn fig_15_has_an_arrow_and_a_box_for_each_arc() {
    let svg = &drawn("fig-15").page.svg;
    let (arcs, cells, states) = (6 + 6 + 3, 14 + 9 + 4, 8);
    assert_eq!(tags(svg, "polygon", &[&format!("fill=\"{GREY}\"")]).len(), arcs + states);
    assert_eq!(tags(svg, "polygon", &[&format!("fill=\"{VERMILION}\"")]).len(), states);
    assert_eq!(coloured(svg, "stroke=\"#222222\"", 5).len(), arcs + cells);
}

#[test]
fn squashing_is_drawn_with_its_derivatives() {
    let svg = &drawn("squashing").page.svg;
    let curves = lines(svg, 301);
    let (a, s) = (1.7159, 2.0 / 3.0);
    let f = |x: f64| a * (s * x).tanh();
    let slope = |x: f64| a * s / (s * x).cosh().powi(2);
    let bend = |x: f64| -2.0 * a * s * s * (s * x).tanh() / (s * x).cosh().powi(2);
    let at = |n: usize| (n as f64 - 150.0) / 50.0;
    let height = between((f(at(0)), curves[0][0].1), (f(at(300)), curves[0][300].1));
    for (curve, formula) in curves.iter().zip([&f as &dyn Fn(f64) -> f64, &slope, &bend]) {
        for (n, point) in curve.iter().enumerate() {
            assert!((height(formula(at(n))) - f64::from(point.1)).abs() <= 1.5, "{}: {point:?}", at(n));
        }
    }
    assert_eq!(curves.len(), 3);
    let steps = (0..30_000).map(|n| f64::from(n) * 1e-4);
    let largest = steps.max_by(|&x, &y| bend(x).abs().total_cmp(&bend(y).abs())).unwrap();
    let all = words(svg).join(" ");
    for text in [
        format!("largest at ±{largest:.3}"),
        format!("A S = {:.3}", slope(0.0)),
        format!("f(1) = {:.6}", f(1.0)),
    ] {
        assert!(all.contains(&text), "no '{text}' in {all}");
    }
    let part = 1.0 / (1.0 - bend(1.0) / bend(largest));
    assert!((part - 7500.0).abs() < 50.0 && all.contains("one part in 7,500"), "{part}: {all}");
}

#[test]
fn rubbish_bounds_what_is_pushed() {
    let (svg, facts) = (&drawn("rubbish").page.svg, facts());
    let right = facts["codes"]["inferred"]["closest_distance"].as_integer().unwrap() as f64;
    let curves = lines(svg, 351);
    assert_eq!(curves.len(), 10, "loss and share for four j and for eq. 8");
    let sum = |j: f64, y: f64| (-j).exp() + (-right).exp() + (-y).exp();
    let wrong = |n: usize| n as f64 / 5.0;
    let [of_loss, of_share] = [curves[3][0].1, curves[8][0].1];
    let loss = between((right, of_loss), (0.0, curves[3][350].1));
    let share = between((1.0, of_share), (0.0, curves[8][350].1));
    for (n, j) in [3.0, 15.0, 30.0, 100.0].into_iter().enumerate() {
        for (step, (of_loss, of_share)) in curves[n].iter().zip(&curves[n + 5]).enumerate() {
            let y = wrong(step);
            let wanted = [loss(right + sum(j, y).ln()), share((-y).exp() / sum(j, y))];
            let found = [of_loss.1, of_share.1].map(f64::from);
            let near = wanted.iter().zip(found).all(|(wanted, found)| (wanted - found).abs() <= 1.5);
            assert!(near, "j = {j}, penalty {y}: {found:?}, not {wanted:?}");
        }
        let name = format!("j = {j}");
        assert!(
            words(svg).contains(&name.as_str()) && words(svg).contains(&format!("eq. 9, {name}").as_str())
        );
    }
    assert!(curves[4].iter().all(|point| point.1 == of_loss), "eq. 8 sees no wrong class");
    assert!(curves[9].iter().all(|point| point.1 == curves[8][350].1), "eq. 8 pushes none");
    let text = format!("the right one has penalty {right}");
    assert!(words(svg).join(" ").contains(&text), "no '{text}'");
}
