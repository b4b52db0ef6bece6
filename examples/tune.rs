//! How the settings of the arms were chosen: every combination of `eta_scale` and `mu` on a grid, the same for each
//! arm, trained on the first 50,000 training patterns of MNIST and judged on the other 10,000. The test patterns take
//! no part.
//!
//! ```text
//! cargo run --example tune -- MNIST_DIR SEEDS ARM [ETA_SCALE:MU]...
//! ```

use lenet5::experiment::{Arm, Data, Job, Pass, Plan, Spread, Watch};
use lenet5::section3::{database::Database, database::mnist, training::Progress};
use std::path::Path;
use std::sync::atomic::AtomicBool;

const ETA_SCALES: [f64; 3] = [0.2, 0.5, 1.0];
const MUS: [f64; 4] = [0.02, 0.05, 0.1, 0.2];

struct Silence;

impl Watch for Silence {
    fn progress(&self, _: &Job, _: usize, _: &Progress) {}
    fn pass(&self, _: &Job, _: &Pass) {}
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [folder, seeds, arm, points @ ..] = words.as_slice() else {
        return Err("say: tune MNIST_DIR SEEDS ARM [ETA_SCALE:MU]...".into());
    };
    let train = mnist::load(Path::new(folder))?.train;
    let name = "mnist, validation split".to_string();
    let database = Database { name, train: train.range(0..50_000), test: train.range(50_000..60_000) };

    println!("{arm}, trained on 50,000 and judged on 10,000 other training patterns, {seeds} seed(s):");
    println!("eta_scale     mu   validation error %            training error %");
    for (eta_scale, mu) in grid(points)? {
        let arm = at(Arm::find(arm)?, eta_scale, mu);
        let data =
            Data { name: database.name.clone(), train: database.train.len(), test: database.test.len() };
        let plan = Plan { seeds: (1..=seeds.parse()?).collect(), data, arms: vec![arm] };
        let folder = tempfile::tempdir()?;
        plan.begin(&folder.path().join("run"))?;
        let outcome = plan.run(&folder.path().join("run"), &database, 2, &AtomicBool::new(false), &Silence);
        match outcome {
            Ok(results) => {
                let runs = &results.arms[0].runs;
                let test: Vec<f64> = runs.iter().map(|run| run.test_error_pct).collect();
                let train: Vec<f64> = runs.iter().map(|run| run.train_error_pct).collect();
                println!(
                    "{eta_scale:9} {mu:6}   {:.2} {test:.2?}   {:.2} {train:.2?}",
                    Spread::of(&test).mean,
                    Spread::of(&train).mean
                );
            }
            Err(error) => println!("{eta_scale:9} {mu:6}   {error}"),
        }
    }
    Ok(())
}

/// The points named on the command line, or all of the grid.
fn grid(points: &[String]) -> Result<Vec<(f64, f64)>, Box<dyn std::error::Error>> {
    if points.is_empty() {
        return Ok(ETA_SCALES.iter().flat_map(|&scale| MUS.map(|mu| (scale, mu))).collect());
    }
    let read = |point: &String| {
        let (scale, mu) = point.split_once(':').ok_or("a point is ETA_SCALE:MU")?;
        Ok((scale.parse()?, mu.parse()?))
    };
    points.iter().map(read).collect()
}

fn at(mut arm: Arm, eta_scale: f64, mu: f64) -> Arm {
    arm.settings.training.eta_scale = eta_scale;
    arm.settings.training.mu = Some(mu);
    arm
}
