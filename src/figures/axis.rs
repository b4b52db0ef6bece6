//! An axis: its title with the unit, its range, and the values that are written on it.

use super::look::Words;
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use std::ops::Range;

/// An axis. Values beyond its ends are drawn at its ends.
#[derive(Clone)]
pub struct Axis {
    /// The quantity, with its unit.
    pub(super) title: String,
    log: bool,
    range: Range<f64>,
    /// The values that are written on it, and their words.
    pub(super) ticks: Vec<(f64, String)>,
    /// The size of those words.
    pub(super) words: Words,
}

impl Axis {
    /// A linear axis. Those of the `ticks` that are in the range are written on it, all with the same number of decimals.
    pub fn linear(title: &str, range: Range<f64>, ticks: &[f64]) -> Self {
        let after_point =
            |tick: &f64| tick.to_string().split_once('.').map_or(0, |(_, decimals)| decimals.len());
        let decimals = ticks.iter().map(after_point).max().unwrap_or(0);
        Self::new(title, false, range, ticks, |tick| format!("{tick:.decimals$}").replace('-', "−"))
    }

    /// A logarithmic axis, for positive values.
    pub fn log(title: &str, range: Range<f64>, ticks: &[f64]) -> Self {
        let write = if range.start < 1e-4 { scientific } else { |tick: f64| tick.to_string() };
        Self::new(title, true, range, ticks, write)
    }

    fn new(title: &str, log: bool, range: Range<f64>, ticks: &[f64], write: impl Fn(f64) -> String) -> Self {
        let inside = ticks.iter().filter(|&&tick| range.start <= tick && tick <= range.end);
        let ticks = inside.map(|&tick| (tick, write(tick))).collect();
        Self { title: title.into(), log, range, ticks, words: Words::Label }
    }

    /// A linear axis from `low` to `high`, with round values written on it.
    pub fn round(title: &str, low: f64, high: f64) -> Self {
        Self::linear(title, low..high, &steps(low, high))
    }

    /// An axis of passes from `first` to `last`, with `room` after it.
    pub fn passes(first: f64, last: f64, room: f64) -> Self {
        let ticks: Vec<f64> =
            steps(0.0, last).into_iter().filter(|tick| tick.fract() == 0.0 && *tick > 0.0).collect();
        Self::linear("pass number", first..last + room, &ticks)
    }

    /// An axis of names, at 0, 1, 2 and so on, with `room` before the first and after the last.
    pub fn named(title: &str, names: &[impl ToString], room: f64) -> Self {
        let ticks = names.iter().enumerate().map(|(n, name)| (n as f64, name.to_string())).collect();
        let range = -room..names.len() as f64 - 1.0 + room;
        Self { title: title.into(), log: false, range, ticks, words: Words::Label }
    }

    /// The same axis in small letters, for long names.
    pub fn small(self) -> Self {
        Self { words: Words::Small, ..self }
    }

    /// The place of a value along the axis: 0 at its beginning, 1 at its end.
    fn share(&self, value: f64) -> f64 {
        let scaled = |value: f64| if self.log { value.log10() } else { value };
        let (from, to) = (scaled(self.range.start), scaled(self.range.end));
        (scaled(value.clamp(self.range.start, self.range.end)) - from) / (to - from)
    }
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (from, to): (i32, i32)) -> i32 {
        from + (self.share(*value) * f64::from(to - from)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.ticks.iter().map(|(value, _)| *value).collect()
    }

    fn range(&self) -> Range<f64> {
        self.range.clone()
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, value: &f64) -> String {
        let tick = self.ticks.iter().find(|(tick, _)| tick == value);
        tick.map_or_else(|| value.to_string(), |(_, words)| words.clone())
    }
}

/// Round values between two ends, at most eight steps apart.
pub fn steps(low: f64, high: f64) -> Vec<f64> {
    let steps = [0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0];
    let step = steps.into_iter().find(|step| (high - low) / step <= 8.0).unwrap_or(20.0);
    let (first, last) = ((low / step).ceil() as i32, (high / step).floor() as i32);
    (first..=last).map(|n| (f64::from(n) * step * 100.0).round() / 100.0).collect()
}

/// The smallest and the largest of some values.
pub fn extent(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    (values.clone().fold(f64::INFINITY, f64::min), values.fold(f64::NEG_INFINITY, f64::max))
}

/// A penalty with two digits, or as many as it has before the point.
///
/// ```
/// use lenet5::figures::axis::brief;
/// assert_eq!([0.04, 9.94, 9.96, 173.2].map(brief), ["0.0", "9.9", "10", "173"]);
/// ```
pub fn brief(penalty: f32) -> String {
    if penalty < 9.95 { format!("{penalty:.1}") } else { format!("{penalty:.0}") }
}

/// A number with a power of ten.
///
/// ```
/// use lenet5::figures::axis::scientific;
/// assert_eq!([7e-5, 0.01].map(scientific), ["7×10⁻⁵", "10⁻²"]);
/// ```
pub fn scientific(value: f64) -> String {
    let written = format!("{value:e}");
    let (mantissa, exponent) = written.split_once('e').unwrap_or((&written, "0"));
    let digits = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let raised = |c: char| c.to_digit(10).map_or('⁻', |digit| digits[digit as usize]);
    let power: String = exponent.chars().map(raised).collect();
    let factor = if mantissa == "1" { String::new() } else { format!("{mantissa}×") };
    format!("{factor}10{power}")
}
