//! Everything that Fig. 13 and Fig. 25 give, in words: what `experiment archaeology` prints.

use super::coding::{cost_of_blanks, free_values};
use super::control::{ArrayErrors, control, standard_errors, without_each_panel};
use super::fig25::{Field, MARGIN};
use super::patterns::{self, Affine, DistortedPattern};
use super::rasters::{self, Panel, fig_13, fig_25};
use super::recover::{LAYERS, Recovered, Shown, recover};
use super::registration::{register, residual};
use super::verdicts::{four_weights, free_table, identical, printed_answers, squashing, table_1_stands_out};
use crate::section1::{Maps, Network, Parameters};
use crate::section3::database::Patterns;
use ndarray::Array2;
use std::fmt::Write;

/// A difference in nats that decides a question: neighbours share errors of rounding, so that small ones mean little.
const DECISIVE: f64 = 100.0;

/// The excavation, step by step: each step returns its findings in words.
pub struct Dig {
    panels: Vec<Panel>,
    shown: Shown,
    /// The recovered layers.
    pub found: Recovered,
}

impl Dig {
    /// Reads Fig. 13 and recovers the front.
    pub fn begin() -> Self {
        let panels = fig_13();
        let shown = Shown::read(&panels);
        let found = recover(&shown);
        Self { panels, shown, found }
    }

    fn inputs(&self) -> Vec<Maps<f64>> {
        self.shown.inputs.iter().map(|input| input.pixels.clone()).collect()
    }

    /// How many of the shown greys the recovered layers give.
    pub fn greys(&self) -> String {
        let shares = identical(&self.found.front, &self.inputs(), &self.panels);
        let mut text = String::from("Shown greys that the recovered layers give for the panels' inputs\n");
        for (layer, share) in LAYERS.iter().zip(shares) {
            line(&mut text, layer, &format!("{:5.1} %", 100.0 * share));
        }
        text
    }

    /// A network whose weights are known, `own`, shown and recovered in the same way; each panel left out once; and the standard
    /// errors that follow.
    pub fn errors(&self, own: &Network<f64>) -> String {
        let inputs: Vec<Maps<f64>> = self.found.inputs.iter().map(|input| input.pixels.clone()).collect();
        let palettes: Vec<_> = self.panels.iter().map(|panel| panel.palette.clone()).collect();
        let control = control(own, &inputs, &palettes);
        let parts = without_each_panel(&self.shown);
        let errors = standard_errors(&self.found, &parts, &control);
        let mut text = table(&self.found, &errors, &control);
        let read = self.inputs();
        let shares = parts
            .iter()
            .enumerate()
            .map(|(n, part)| identical(&part.front, &read[n..=n], &self.panels[n..=n]));
        let mut means = [0.0; 4];
        for share in shares {
            means.iter_mut().zip(share).for_each(|(mean, share)| *mean += share / parts.len() as f64);
        }
        let means = means.map(|mean| format!("{:.1}", 100.0 * mean)).join(", ");
        let _ = writeln!(text, "\nGreys of a panel that was left out, C1 to S4: {means} %");
        text
    }

    /// The questions that the likelihood of the greys decides.
    pub fn verdicts(&self) -> String {
        let mut text = String::from("Questions, and minus log-likelihoods in nats\n");
        for (layer, (with, without)) in LAYERS.iter().zip(squashing(&self.found, &self.shown)) {
            let verdict = if with + DECISIVE < without { "yes" } else { "undecided" };
            line(
                &mut text,
                &format!("squashed after {layer}?"),
                &format!("{with:6.0} : {without:6.0} without   {verdict}"),
            );
        }
        let gain = self.found.fits[1].total() - four_weights(&self.found, &self.shown).total();
        let verdict = if gain < DECISIVE { "yes" } else { "no" };
        line(
            &mut text,
            "one weight for the four inputs of S2?",
            &format!("four gain {gain:.0} for 18 more   {verdict}"),
        );
        let (least, most) = table_1_stands_out(&free_table(&self.found, &self.shown));
        let verdict = if least > most { "Table I" } else { "another table" };
        line(
            &mut text,
            "C3, all 96 kernels free: norms",
            &format!("{least:.2} or more : {most:.2} or less   {verdict}"),
        );
        let (right, all) = printed_answers(&self.panels);
        line(&mut text, "F6 nearest to the printed answer's code", &format!("{right} of {all}"));
        text
    }

    /// The coding of inputs.
    pub fn coding(&self) -> String {
        let mut text =
            String::from("The input: the value of each grey, free, and the greys of C1 likeliest\n");
        let values = free_values(&self.found, &self.shown, &self.panels);
        let greys = || values.iter().filter(|value| value.is_between());
        let pixels: usize = greys().map(|value| value.pixels).sum();
        let squares = greys().map(|value| value.pixels as f64 * (value.found - value.expected).powi(2));
        let apart = (squares.sum::<f64>() / pixels as f64).sqrt();
        let most = |darker: bool| {
            let there = values.iter().filter(|value| (value.expected > 0.5) == darker);
            there.max_by_key(|value| value.pixels).map_or(f64::NAN, |value| value.found)
        };
        line(&mut text, "paper", &format!("{:.4}", most(false)));
        line(&mut text, "the darkest grey", &format!("{:.3}", most(true)));
        let between = format!("{} greys, {apart:.4} from a straight line (rms)", greys().count());
        line(&mut text, "between them", &between);
        text
    }

    /// Fig. 25: predicted, and the part of its input that it does not show.
    pub fn hidden_stroke(&self) -> String {
        let field = Field::read(&fig_25());
        let [c1, c3] = field.inside(&self.found.front, &field.input.pixels);
        let (hidden, input) = field.hidden(&self.found.front, &self.found.fits[0].widths);
        let [c1_then, c3_then] = field.inside(&self.found.front, &input.pixels);
        let mut text = String::from("Fig. 25, predicted: states in the interval that is shown\n");
        let percent = |a: f64, b: f64| format!("C1 {:.1} %, C3 {:.1} %", 100.0 * a, 100.0 * b);
        line(&mut text, "with paper beside the picture", &percent(c1, c3));
        line(
            &mut text,
            &format!("with {MARGIN} columns on the right solved for"),
            &percent(c1_then, c3_then),
        );
        let cost =
            |value| cost_of_blanks(&self.found.front, &field, &input, &self.found.fits[0].widths, value);
        let costs = format!("-0.11, -0.09: {:.0}, {:.0} nats worse than -0.1", cost(-0.11), cost(-0.09));
        line(&mut text, "blank columns on the left at another value", &costs);
        text.push_str("  the solved columns, rows 0 to 7:\n");
        for row in hidden.rows().into_iter().take(8) {
            let ink: String =
                row.iter().map(|&v| [' ', '.', 'o', '#'][((v + 0.1) * 2.6) as usize % 4]).collect();
            let _ = writeln!(text, "    |{ink}|");
        }
        text
    }
}

/// Fig. 7: the map of each of its hundred pictures, found again from MNIST's training patterns, and the ranges of these maps.
pub fn fig_7(training: &Patterns) -> String {
    let palette = rasters::palette_of_patterns();
    let find = |(known, picture): (DistortedPattern, Array2<u8>)| {
        let image = training.image(known.index);
        let map = register(image, &picture, &palette)?;
        Some((residual(&map, image, &picture, &palette), map))
    };
    let found: Vec<(f64, Affine)> =
        patterns::fig_7().into_iter().zip(rasters::fig_7()).filter_map(find).collect();
    let mut text = String::from("Fig. 7: patterns of MNIST under affine maps\n");
    let mut range = |label: &str, of: &dyn Fn(&(f64, Affine)) -> f64| {
        let ends = found.iter().map(of).fold([f64::INFINITY, f64::NEG_INFINITY], |[least, most], value| {
            [least.min(value), most.max(value)]
        });
        line(&mut text, label, &format!("{:6.3} to {:6.3}", ends[0], ends[1]));
    };
    range("rest, grey levels of 255 (rms)", &|(rest, _)| *rest);
    range("one over the scale", &|(_, map)| map.reciprocal_of_scale());
    range("squeeze", &|(_, map)| map.squeeze());
    range("shear to the side", &|(_, map)| map.shear());
    range("upright shear", &|(_, map)| map.c / map.d);
    text
}

/// A line of a label and what was found.
fn line(text: &mut String, label: &str, found: &str) {
    let _ = writeln!(text, "  {label:40} {found}");
}

fn table(found: &Recovered, errors: &[Vec<f64>], control: &[ArrayErrors]) -> String {
    let heads = ["array", "rms", "largest", "median error", "in the control"];
    let mut text =
        format!("{:18}{:>8}{:>10}{:>15}{:>17}\n", heads[0], heads[1], heads[2], heads[3], heads[4]);
    for ((tensor, errors), control) in found.front.tensors().iter().zip(errors).zip(control) {
        // A weight without an error is one that Table I does not have.
        let (values, mut errors): (Vec<f64>, Vec<f64>) =
            tensor.values.iter().zip(errors).filter(|(_, error)| **error > 0.0).unzip();
        errors.sort_by(f64::total_cmp);
        let rms = (values.iter().map(|value| value * value).sum::<f64>() / values.len() as f64).sqrt();
        let largest = values.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
        let (median, control) = (errors[errors.len() / 2], control.error);
        let _ = writeln!(text, "{:18}{rms:8.3}{largest:10.3}{median:15.4}{control:17.4}", tensor.name);
    }
    text
}
