//! The drawing page: the work between a stroke and its answer without HTTP, from JSON to JSON.

use crate::time;
use base64::{Engine, engine::general_purpose::STANDARD};
use criterion::Criterion;
use lenet5::draw::{Along, Look, Networks, Patterns, Question, Studio, Sweep};
use std::hint::black_box;

pub fn bench(c: &mut Criterion) {
    let patterns = Patterns::open(None).expect("MNIST_DIR, if it is set, leads to MNIST");
    let studio =
        Studio { networks: Networks::open(&[]).expect("two networks come with the program"), patterns };
    let ring = |i: usize| {
        let radius = ((i / 280) as f64 - 140.0).hypot((i % 280) as f64 - 140.0);
        if (70.0..90.0).contains(&radius) { 255 } else { 0 }
    };
    let ink = STANDARD.encode((0..280 * 280).map(ring).collect::<Vec<u8>>());
    let of = format!(r#""of":{{"ink":{{"width":280,"height":280,"u8s":"{ink}"}}}}"#);
    let (look, sweep) = (format!("{{{of}}}"), format!(r#"{{{of},"along":"rotation"}}"#));
    let mut group = c.benchmark_group("drawing page");
    time(&mut group, "look at a drawing", 0, || {
        let question: Question = serde_json::from_str(black_box(&look)).expect("a question");
        black_box(serde_json::to_vec(&Look::at(&studio, &question).expect("ink")).expect("plain numbers"));
    });
    time(&mut group, "sweep along a slider", 0, || {
        let question: Along = serde_json::from_str(black_box(&sweep)).expect("a question");
        black_box(
            serde_json::to_vec(&Sweep::along(&studio, &question).expect("ink")).expect("plain numbers"),
        );
    });
}
