//! A seed gives the same bits with any number of threads.

use super::Desk;

const ARMS: &str = "rbf vs softmax --embedded --train 300 --test 50 --passes 2";
const MODELS: [&str; 4] = ["rbf-seed1", "softmax-seed1", "rbf-seed2", "softmax-seed2"];

#[test]
fn threads_and_repetition_change_nothing() {
    let desk = Desk::new();
    desk.experiment(&format!("{ARMS} --seeds 2 --threads 1 --out one")).succeeds();
    desk.experiment(&format!("{ARMS} --seeds 2 --threads 2 --out two")).succeeds();
    desk.experiment(&format!("{ARMS} --seeds 2 --threads 2 --out again")).succeeds();
    desk.assert_same("one", "two", &MODELS);
    desk.assert_same("two", "again", &MODELS);
    let model = |seed| desk.read(&format!("one/rbf-seed{seed}.safetensors"));
    assert!(model(1) != model(2), "another seed gives another network");
}

#[test]
fn a_seed_does_not_depend_on_those_beside_it() {
    let desk = Desk::new();
    desk.experiment(&format!("{ARMS} --seeds 2 --out both")).succeeds();
    desk.experiment("softmax --embedded --train 300 --test 50 --passes 2 --seed 2 --out alone").succeeds();
    let model = |run: &str| desk.read(&format!("{run}/softmax-seed2.safetensors"));
    assert!(model("both") == model("alone"));
}
