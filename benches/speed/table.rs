//! The table at the end of a run.

use comfy_table::{CellAlignment, LineStyle, Table, presets};
use serde_json::Value;
use std::path::Path;
use std::time::SystemTime;
use std::{fs, io};

/// One benchmark.
struct Timing {
    measured: SystemTime,
    group: String,
    name: String,
    us: f64,
    multiply_adds: f64,
}

/// Prints the timings in `folder` that were measured since `begin`.
pub fn print(folder: &Path, begin: SystemTime) {
    let mut timings: Vec<Timing> = read(folder).unwrap_or_default();
    timings.retain(|timing| timing.measured >= begin);
    timings.sort_by_key(|timing| timing.measured);
    let peak = timings.iter().find(|timing| timing.group == "peak").map(Timing::rate);
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none()));
    table.set_header(["", "", "µs", "GMAC/s", "% of peak"]);
    for column in 2..5 {
        table.column_mut(column).expect("five columns").set_cell_alignment(CellAlignment::Right);
    }
    for timing in &timings {
        let of_peak = peak.map(|peak| format!("{:.0}", 100.0 * timing.rate() / peak));
        let [rate, of_peak] = match timing.multiply_adds {
            0.0 => Default::default(),
            _ => [format!("{:.1}", timing.rate()), of_peak.unwrap_or_default()],
        };
        table.add_row([
            timing.group.clone(),
            timing.name.clone(),
            format!("{:.2}", timing.us),
            rate,
            of_peak,
        ]);
    }
    if !timings.is_empty() {
        println!("{table}\nGMAC/s: thousand million multiply-adds per second");
    }
}

impl Timing {
    fn rate(&self) -> f64 {
        self.multiply_adds / self.us / 1e3
    }
}

/// Reads every benchmark in `folder` and the folders below.
fn read(folder: &Path) -> io::Result<Vec<Timing>> {
    let mut timings = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.ends_with("new") {
            timings.push(timing(&path)?);
        } else if path.is_dir() {
            timings.extend(read(&path)?);
        }
    }
    Ok(timings)
}

fn timing(folder: &Path) -> io::Result<Timing> {
    let json = |name| Ok::<Value, io::Error>(serde_json::from_slice(&fs::read(folder.join(name))?)?);
    let (benchmark, estimates) = (json("benchmark.json")?, json("estimates.json")?);
    let text = |key: &str| benchmark[key].as_str().unwrap_or_default().to_string();
    Ok(Timing {
        measured: fs::metadata(folder.join("estimates.json"))?.modified()?,
        group: text("group_id"),
        name: text("function_id"),
        us: estimates["median"]["point_estimate"].as_f64().unwrap_or(f64::NAN) / 1e3,
        multiply_adds: benchmark["throughput"]["Elements"].as_f64().unwrap_or_default(),
    })
}
