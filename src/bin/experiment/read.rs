//! `experiment read`: strings of digits.

use crate::{batch, say};
use anyhow::{Context, Result};
use lenet5::experiment::command_line::{Read, With};
use lenet5::experiment::{ExperimentError, Model, ReadString, picture};
use lenet5::figures;
use lenet5::section3::classifiers::Images;
use ndarray::ArrayView2;
use std::path::{Path, PathBuf};

/// The classes of the characters, and with the blank.
const CLASSES: (usize, usize) = (10, 11);

/// A network, and the way in which it reads.
struct Reader {
    model: Model,
    name: PathBuf,
    with: With,
}

/// Reads every image.
pub fn read(options: &Read) -> Result<()> {
    let readers = match (&options.model, options.with) {
        (Some(model), _) => vec![Reader::of(model)?],
        (None, Some(with)) => vec![Reader::built_in(with)?],
        (None, None) => vec![Reader::built_in(With::Segmentation)?, Reader::built_in(With::Sdnn)?],
    };
    let files = batch::files(&options.images)?;
    batch::each(
        &files,
        |image| one(image, &readers, options),
        |image, fault| match options.json {
            true => say(&batch::json_fault(image, fault)),
            false => Ok(()),
        },
    )
}

impl Reader {
    fn built_in(with: With) -> Result<Self> {
        Self::of(Path::new(match with {
            With::Segmentation => "strings",
            With::Sdnn => "sdnn",
        }))
    }

    /// A network with a class for the blank is moved over the string; one with the digits alone reads what the segmenter cuts.
    fn of(name: &Path) -> Result<Self> {
        let model = Model::find(name)?;
        let (found, classes) = (model.architecture(), model.net.classes());
        let with = if model.has_blank() { With::Sdnn } else { With::Segmentation };
        let expected = if model.has_blank() { CLASSES.1 } else { CLASSES.0 };
        if found.images != Images::Regular || classes != expected {
            let fault = format!(
                "--model {} is {} with {classes} classes; expected a network that reads regular images of ten digits: \
                 strings, sdnn, rbf, softmax",
                name.display(),
                found.name
            );
            return Err(ExperimentError::Usage(fault).into());
        }
        Ok(Self { model, name: name.into(), with })
    }

    fn read(&self, image: &Path, field: ArrayView2<u8>, options: &Read, suffix: &str) -> Result<ReadString> {
        let caption = format!("{}, read by {}", image.display(), self.name.display());
        let net = &self.model.net;
        let (read, page) = match self.with {
            With::Segmentation => {
                let (read, segmentation) = ReadString::of(image, field, net)?;
                let frame = figures::reading::frame(&read, &caption);
                let page = options
                    .figure
                    .as_ref()
                    .map(|_| figures::reading::draw(field, &read, &segmentation, frame));
                (read, page)
            }
            With::Sdnn => {
                let (read, states) = ReadString::by_displacement(image, field, net)?;
                let page = options
                    .figure
                    .as_ref()
                    .map(|_| figures::displaced::draw(field, &read, &states, &caption));
                (read, page)
            }
        };
        if let Some(file) = &options.graph {
            read.save(&beside(file, suffix)?)?;
        }
        if let Some((page, file)) = page.zip(options.figure.as_ref()) {
            batch::save(page?, &beside(&file.with_extension(""), suffix)?)?;
        }
        Ok(read)
    }
}

/// The path with a suffix behind its stem.
fn beside(file: &Path, suffix: &str) -> Result<PathBuf> {
    let stem = file.file_stem().context("--graph and --figure need the name of a file")?.to_string_lossy();
    let name = match file.extension() {
        Some(extension) => format!("{stem}{suffix}.{}", extension.to_string_lossy()),
        None => format!("{stem}{suffix}"),
    };
    Ok(file.with_file_name(name))
}

fn one(image: &Path, readers: &[Reader], options: &Read) -> Result<()> {
    let field = picture::read_field(image)?;
    for (n, reader) in readers.iter().enumerate() {
        let read = reader.read(image, field.view(), options, if n == 0 { "" } else { "-sdnn" })?;
        let way = if reader.with == With::Sdnn { "sdnn" } else { "segmentation" };
        say(&if options.json { json(&read, way) } else { line(&read, way) })?;
    }
    Ok(())
}

/// Answer, penalty, confidence and other answers, for people.
fn line(read: &ReadString, way: &str) -> String {
    let Some(best) = &read.viterbi else {
        return format!("{}: nothing that may be a character   ({way})\n", read.image);
    };
    let others = read.forward.alternatives.iter().filter(|other| other.confidence >= 0.001);
    let others: Vec<String> =
        others.map(|other| format!("{} {:.3}", other.answer, other.confidence)).collect();
    let others = if others.is_empty() { String::new() } else { format!("   or {}", others.join(", ")) };
    let (penalty, confidence) = (best.penalty, read.forward.confidence);
    format!(
        "{}: {}   penalty {penalty:.2}   confidence {confidence:.3}{others}   ({way})\n",
        read.image, best.answer
    )
}

fn json(read: &ReadString, way: &str) -> String {
    let best = read.viterbi.as_ref();
    let line = serde_json::json!({
        "image": read.image,
        "with": way,
        "answer": best.map(|best| &best.answer),
        "penalty": best.map(|best| best.penalty),
        "confidence": read.forward.confidence,
        "alternatives": read.forward.alternatives,
    });
    format!("{line}\n")
}
