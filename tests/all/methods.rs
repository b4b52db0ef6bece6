//! Arms whose classifier is no network, or stands on one: their settings, their figures' bars, and their findings.

use lenet5::experiment::bars::{Bar, interval, verdict};
use lenet5::experiment::{Arm, Study, Trained};
use lenet5::section1::Tensor;
use lenet5::section3::classifiers::Images;
use lenet5::section3::database::embedded;
use lenet5::weights;
use std::ops::ControlFlow;

/// The fault of an arm with this text.
fn fault(text: &str) -> String {
    Arm::parse("mine", "mine.toml", text).unwrap_err().to_string()
}

#[test]
fn every_bar_of_fig_9_has_its_arm() {
    let bars = Bar::all();
    assert_eq!(bars.len(), 27);
    assert_eq!(bars.iter().filter(|bar| bar.reject.is_some()).count(), 9, "Fig. 10 has nine bars");
    for bar in &bars {
        let study = Study::find(bar.study).unwrap();
        assert!(study.arms.iter().any(|arm| arm.name == bar.arm), "{}: {}", bar.name, bar.arm);
        let dist = bar.name.starts_with("[dist]");
        let arm = study.arms.iter().find(|arm| arm.name == bar.arm).unwrap();
        let is_virtual = bar.name.contains("V-SVM");
        assert_eq!(dist && !is_virtual, arm.settings.training.distortions.is_some(), "{}", bar.name);
        let images = match bar.name.split(' ').next() {
            Some("[deslant]") => Images::Deslanted,
            Some("[16x16]") if bar.name.contains("LeNet-1") => Images::Reduced,
            Some("[16x16]") => Images::Sixteen,
            _ => Images::Regular,
        };
        assert_eq!(arm.settings.images(), images, "{}", bar.name);
    }
}

#[test]
fn arms_with_a_method_say_what_is_wrong() {
    let linear = "description = \"mine\"\n[method]\nkind = \"linear\"\nridge = 0.1\n";
    assert!(Arm::parse("mine", "mine.toml", linear).is_ok());
    for (text, words) in [
        (linear.replace("0.1", "-1.0"), ["method.ridge is -1", "at least 0"]),
        (linear.replace("ridge", "rigde"), ["rigde", "ridge"]),
        (linear.replace("linear", "liner"), ["liner", "linear"]),
        (
            linear.replace("[method]", "architecture = \"lenet-4\"\n[method]"),
            ["architecture", "[method] has none"],
        ),
        ("description = \"mine\"\n".to_string(), ["head is nothing", "kind ="]),
        (
            linear.replace("kind = \"linear\"\nridge = 0.1", "kind = \"neighbours\"\nk = 0"),
            ["method.k is 0", "1 to"],
        ),
        (
            linear.replace(
                "kind = \"linear\"\nridge = 0.1",
                "kind = \"feature-neighbours\"\nlayer = \"C5\"\nk = 3",
            ),
            ["head is nothing", "kind ="],
        ),
    ] {
        let fault = fault(&text);
        assert!(words.iter().all(|word| fault.contains(word)), "{fault}");
    }
    let boosted = Arm::find("lenet-4-boosted").unwrap().toml();
    let undistorted = boosted.split("[training.distortions]").next().unwrap();
    assert_ne!(undistorted, boosted);
    assert!(fault(undistorted).contains("training.distortions is nothing"), "{}", fault(undistorted));
    let whole = Arm::find("softmax").unwrap().toml();
    let no_training = whole.split("[training]").next().unwrap();
    assert!(fault(no_training).contains("training is nothing"), "{}", fault(no_training));
}

/// Files whose arrays are missing, too short or too narrow are refused, or read without a panic.
#[test]
fn files_that_do_not_fit_are_refused() {
    let train = embedded::digits(5).train.range(0..400);
    let unwatched = |_| ControlFlow::Continue(());
    for (name, text) in [
        ("linear", "kind = \"linear\"\nridge = 0.1"),
        ("pairwise", "kind = \"pairwise\"\nridge = 0.1\ngain = 4.0"),
        ("neighbours", "kind = \"neighbours\"\nk = 3"),
        ("quadratic", "kind = \"quadratic\"\ncomponents = 5\nterms = \"products\"\nridge = 0.1"),
        ("rbf", "kind = \"rbf-network\"\ncentres = 5\npasses = 1\nwidth = 0.7\nridge = 1e-4"),
        (
            "tangent",
            "kind = \"tangent-distance\"\nimages = \"sixteen\"\nsigma = 0.5\nridge = 0.1\ncoarse = 50\nshortlist = 9\nk = 1",
        ),
        ("svm", "kind = \"support-vectors\"\ndegree = 2\noffset = 0.0\ncost = 1.0"),
    ] {
        let arm =
            Arm::parse(name, "mine.toml", &format!("description = \"mine\"\n[method]\n{text}\n")).unwrap();
        let method = arm.settings.method.clone().unwrap();
        let trained = method.train(&arm.settings.images().of(&train), 1, 1, &unwatched).unwrap();
        let arrays = trained.arrays();
        let parse = |arrays: &[Tensor<f32>]| {
            let bytes = weights::bytes_of(arrays, [("arm", arm.toml())]);
            Trained::parse("mine.safetensors".as_ref(), &bytes)
        };
        let image = train.image(0).to_owned();
        let Ok(whole) = parse(&arrays) else { panic!("{name}: the file as it was") };
        let found = whole.penalties(image.view()).unwrap();
        assert_eq!(found.iter().count(), 10, "{name}");
        for n in 0..arrays.len() {
            let mut missing = arrays.clone();
            let gone = missing.remove(n);
            assert!(parse(&missing).is_err(), "{name} without {}", gone.name);
            for axis in 0..gone.shape.len() {
                let mut shorter = arrays.clone();
                shorter[n].shape[axis] -= 1;
                let count = shorter[n].shape.iter().product();
                shorter[n].values.truncate(count);
                // A stored pattern less is a smaller classifier; anything else does not fit.
                if let Ok(trained) = parse(&shorter) {
                    let _ = trained.penalties(image.view());
                }
            }
        }
    }
}

/// All settings of an arm survive being written and read; arms whose result does not depend on the seed are known.
#[test]
fn classifiers_are_written_and_read_again() {
    let all: Vec<Arm> = Arm::classifiers().collect();
    assert_eq!(all.len(), 25);
    for arm in &all {
        assert_eq!(Arm::parse(&arm.name, "again", &arm.toml()).unwrap(), *arm);
    }
    let once: Vec<&str> = all.iter().filter(|arm| !arm.draws()).map(|arm| arm.name.as_str()).collect();
    let wanted = [
        "pairwise",
        "neighbours",
        "neighbours-deslanted",
        "quadratic",
        "tangent-distance",
        "svm",
        "svm-reduced",
        "svm-virtual",
    ];
    assert_eq!(once, wanted);
}

/// Wilson's interval against a table: 10 of 1000 are 0.54 to 1.83 %.
#[test]
fn intervals_and_verdicts() {
    let [from, to] = interval(1.0, 1000);
    assert!((from - 0.544).abs() < 0.01 && (to - 1.831).abs() < 0.01, "{from} to {to}");
    assert!(interval(0.0, 10_000)[0].abs() < 1e-9);
    let ours = [0.5, 0.85, 1.1, 1.4, 2.0].map(|ours| verdict(1.1, ours, 10_000));
    assert_eq!(ours, ["better", "holds", "holds", "holds", "worse"]);
}
