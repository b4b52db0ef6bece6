//! The built-in networks are as described in their model card.

use crate::common::{findings, real_mnist};
use lenet5::archaeology::recover::{front_1998, front_of};
use lenet5::experiment::{Arm, HeadKind, Model, Study};
use lenet5::section1::{Network, Parameters};
use lenet5::section3::database::{embedded, mnist};
use lenet5::section3::evaluation::evaluate;
use lenet5::weights;
use safetensors::SafeTensors;
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

#[test]
fn the_network_on_the_front_of_1998_has_it() {
    let found = front_of(&committed("rbf-front-1998").net).unwrap();
    let in_single = |net: &Network<f64>| -> Vec<Vec<f32>> {
        net.tensors().iter().map(|array| array.values.iter().map(|&v| v as f32).collect()).collect()
    };
    assert_eq!(in_single(&found), in_single(&front_1998()));
    let study = Study::find("fronts").unwrap();
    let arm = study.arms.iter().find(|arm| arm.name == "1998").unwrap();
    assert_eq!(committed("rbf-front-1998").arm.settings, arm.settings);
}

/// The networks were trained on MNIST, and they read most of the embedded digits.
#[test]
fn they_read_most_embedded_digits() {
    let digits = embedded::digits(7).test;
    for name in ["rbf", "softmax", "rbf-front-1998"] {
        let error = evaluate(&committed(name).net, &digits, 2).error_pct();
        assert!(error < 25.0, "{name}: {error} %");
    }
}

/// The network in a file with these networks and no metadata, as written by another program.
fn without_metadata(nets: &[(&str, &Network<f32>)]) -> Result<Model, String> {
    let nets: Vec<_> = nets.iter().map(|(prefix, net)| (prefix.to_string(), *net)).collect();
    Model::parse(Path::new("FILE"), &weights::bytes(&nets, [])).map_err(|error| error.to_string())
}

#[test]
fn without_metadata_names_and_shapes_tell_the_arm() {
    for name in ["rbf", "softmax", "lenet-1", "today"] {
        let Model { arm, net } = Model::initial(&Arm::find(name).unwrap(), 3);
        for prefix in ["", "module.", "_orig_mod.model."] {
            let read = without_metadata(&[(prefix, &net)]).unwrap();
            assert_eq!((&read.arm.settings, &read.net), (&arm.settings, &net), "{prefix}{name}");
            assert_eq!(read.arm.name, "FILE");
        }
    }
}

#[test]
fn unclear_files_without_metadata_are_refused() {
    let [rbf, softmax] = ["rbf", "softmax"].map(|name| committed(name).net);
    // The arrays of one head added to a network with the other.
    let arrays = weights::bytes(&[(String::new(), &rbf)], []);
    let both = both_heads(&arrays, &softmax);
    let refused = Model::parse(Path::new("FILE"), &both).unwrap_err().to_string();
    assert!(
        refused.contains("those of softmax and of rbf") && refused.contains("rbf.codes or output."),
        "{refused}"
    );

    let own = Network::<f32>::new((1, 28, 28));
    let refused = without_metadata(&[("", &own)]).unwrap_err();
    for words in ["FILE has no arm in its metadata", "holds no c1.weight", "'arm'", "experiment show"] {
        assert!(refused.contains(words), "no '{words}' in: {refused}");
    }
    let twice = without_metadata(&[("a.", &rbf), ("b.", &rbf)]).unwrap_err();
    assert!(twice.contains("holds two networks"), "{twice}");
}

/// The arrays of a file and the output layer of a network, in one file.
fn both_heads(file: &[u8], net: &Network<f32>) -> Vec<u8> {
    let head = weights::bytes(&[(String::new(), net)], []);
    let [file, head] = [file, &head].map(|bytes| SafeTensors::deserialize(bytes).unwrap());
    let head = head.tensors().into_iter().filter(|(name, _)| name.starts_with("output."));
    safetensors::serialize(file.tensors().into_iter().chain(head), None).unwrap()
}

#[test]
fn the_head_of_a_recognised_network_is_that_of_its_arrays() {
    for (name, kind) in [("rbf", HeadKind::Rbf), ("softmax", HeadKind::Softmax)] {
        assert_eq!(without_metadata(&[("", &committed(name).net)]).unwrap().arm.settings.head.kind, kind);
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
