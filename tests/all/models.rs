//! The networks that come with the program are what their card says.

use crate::common::{findings, real_mnist};
use lenet5::experiment::{Arm, Model};
use lenet5::section3::database::{embedded, mnist};
use lenet5::section3::evaluation::evaluate;
use std::path::Path;

fn committed(name: &str) -> Model {
    Model::find(Path::new(name)).unwrap()
}

#[test]
fn they_were_made_by_the_arms_of_their_names() {
    for name in ["rbf", "softmax"] {
        assert_eq!(committed(name).arm.settings, Arm::find(name).unwrap().settings);
    }
}

/// Trained on MNIST, they read most of the digits that this program draws.
#[test]
fn they_read_digits_they_have_never_seen_the_like_of() {
    let digits = embedded::digits(7).test;
    for name in ["rbf", "softmax"] {
        let error = evaluate(&committed(name).net, &digits, 2).error_pct();
        assert!(error < 25.0, "{name}: {error} %");
    }
}

#[test]
#[ignore = "needs MNIST: MNIST_DIR=DIR cargo test mnist -- --ignored"]
fn on_mnist_they_err_where_the_study_says() {
    let (test, study) = (mnist::load(&real_mnist::folder()).unwrap().test, findings::findings("heads"));
    for arm in study.arms.iter().filter(|arm| ["rbf", "softmax"].contains(&arm.name.as_str())) {
        let wrong: Vec<usize> = evaluate(&committed(&arm.name).net, &test, 2)
            .misclassified
            .iter()
            .map(|wrong| wrong.index)
            .collect();
        assert_eq!((wrong, 1), (arm.runs[0].wrong.clone(), arm.runs[0].seed), "{}", arm.name);
    }
}
