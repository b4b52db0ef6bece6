//! `experiment read`: strings of digits.

use crate::say;
use anyhow::{Context, Result};
use lenet5::experiment::command_line::Read;
use lenet5::experiment::{ExperimentError, Model, ReadString, picture};
use lenet5::figures::{self, Figure};
use lenet5::section3::classifiers::Images;
use std::path::Path;

/// The classes of the characters.
const DIGITS: usize = 10;

/// Reads every image; a file that cannot be read does not stop the others.
pub fn read(options: &Read) -> Result<()> {
    let model = Model::find(&options.model)?;
    let (found, classes) = (model.architecture(), model.net.classes());
    if found.images != Images::Regular || classes != DIGITS {
        let fault = format!(
            "--model {} is {} with {classes} classes; expected a network that reads regular images of ten digits: rbf, \
             softmax, strings",
            options.model.display(),
            found.name
        );
        return Err(ExperimentError::Usage(fault).into());
    }
    let mut faults = Vec::new();
    for image in &options.images {
        if let Err(fault) = one(image, &model, options) {
            faults.push(fault);
        }
    }
    let count = faults.len();
    match faults.into_iter().next() {
        None => Ok(()),
        Some(fault) if options.images.len() == 1 => Err(fault),
        Some(fault) => {
            Err(fault.context(format!("{count} of {} images were not read; the first", options.images.len())))
        }
    }
}

fn one(image: &Path, model: &Model, options: &Read) -> Result<()> {
    let field = picture::read_field(image)?;
    let (read, segmentation) = ReadString::of(image, field.view(), &model.net)?;
    if let Some(file) = &options.graph {
        read.save(file)?;
    }
    if let Some(file) = &options.figure {
        let frame = figures::reading::frame(
            &read,
            &format!("{}, read by {}", image.display(), options.model.display()),
        );
        let page = figures::reading::draw(field.view(), &read, &segmentation, frame)?;
        let stem = file.with_extension("");
        let name =
            stem.file_name().context("--figure needs the name of a file")?.to_string_lossy().into_owned();
        let folder = stem.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Figure { name, page }.save(folder)?;
    }
    say(&if options.json { json(&read) } else { line(&read) })
}

/// Answer, penalty, confidence and other answers, for people.
fn line(read: &ReadString) -> String {
    let Some(best) = &read.viterbi else {
        return format!("{}: nothing that may be a character\n", read.image);
    };
    let others = read.forward.alternatives.iter().filter(|other| other.confidence >= 0.001);
    let others: Vec<String> =
        others.map(|other| format!("{} {:.3}", other.answer, other.confidence)).collect();
    let others = if others.is_empty() { String::new() } else { format!("   or {}", others.join(", ")) };
    let (penalty, confidence) = (best.penalty, read.forward.confidence);
    format!("{}: {}   penalty {penalty:.2}   confidence {confidence:.3}{others}\n", read.image, best.answer)
}

fn json(read: &ReadString) -> String {
    let best = read.viterbi.as_ref();
    let line = serde_json::json!({
        "image": read.image,
        "answer": best.map(|best| &best.answer),
        "penalty": best.map(|best| best.penalty),
        "confidence": read.forward.confidence,
        "alternatives": read.forward.alternatives,
    });
    format!("{line}\n")
}
