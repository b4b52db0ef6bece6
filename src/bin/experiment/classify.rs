//! `experiment classify`: pictures of one digit each.

use crate::{batch, say};
use anyhow::Result;
use lenet5::experiment::command_line::Classify;
use lenet5::experiment::{Answer, ExperimentError, Trained, picture};
use lenet5::figures::steps;
use serde_json::json;
use std::path::Path;

/// Classifies every picture.
pub fn classify(options: &Classify) -> Result<()> {
    let files = batch::files(&options.images)?;
    if options.explain.is_some() && files.len() > 1 {
        let fault = format!("--explain draws the steps of one picture, and there are {}", files.len());
        return Err(ExperimentError::Usage(fault).into());
    }
    let trained = Trained::find(&options.model)?;
    if options.csv {
        say(&heading(&trained))?;
    }
    let mut act = |file: &Path| {
        if let Some(figure) = &options.explain {
            explain(file, figure)?;
        }
        let answer = trained.answer(picture::read(file)?.view())?;
        say(&match options {
            Classify { json: true, .. } => json_line(file, &answer),
            Classify { csv: true, .. } => row(&trained, file, Some(&answer), ""),
            _ => line(file, &answer),
        })
    };
    batch::each(&files, &mut act, |file, fault| match options {
        Classify { json: true, .. } => say(&batch::json_fault(file, fault)),
        Classify { csv: true, .. } => say(&row(&trained, file, None, &format!("{fault:#}"))),
        _ => Ok(()),
    })
}

/// Draws the steps up to the fault, if there is one.
fn explain(file: &Path, figure: &Path) -> Result<()> {
    let (found, form) = picture::explain(file)?;
    let [file, name] = [file, figure].map(Path::display);
    let caption = format!("cargo run --bin experiment -- classify {file} --explain {name}");
    batch::save(steps::draw(&found, form.as_ref().err().map(String::as_str), &caption)?, figure)
}

/// For people: the answer, how sure it is, and all scores.
fn line(file: &Path, answer: &Answer) -> String {
    let Answer { class, confidence, kind, scores, .. } = answer;
    let scores: Vec<String> = scores.iter().map(|(class, score)| format!("{class}: {score:.4}")).collect();
    let none = if answer.is_none { ", none of these" } else { "" };
    format!("{}: {class}   confidence {confidence:.3}{none}   {kind} {}\n", file.display(), scores.join("  "))
}

fn json_line(file: &Path, answer: &Answer) -> String {
    let scores: serde_json::Map<_, _> =
        answer.scores.iter().map(|(class, score)| (class.clone(), json!(score))).collect();
    let line = json!({
        "image": file.display().to_string(),
        "answer": answer.class,
        "none_of_these": answer.is_none,
        "confidence": answer.confidence,
        answer.kind: scores,
    });
    format!("{line}\n")
}

fn heading(trained: &Trained) -> String {
    let classes = (0..trained.classifier().classes()).map(|class| trained.class(class));
    record(
        ["image", "answer", "none_of_these", "confidence"]
            .map(String::from)
            .into_iter()
            .chain(classes)
            .chain(["error".into()]),
    )
}

/// A row of the table; of a picture that was not read, the fault alone.
fn row(trained: &Trained, file: &Path, answer: Option<&Answer>, fault: &str) -> String {
    let image = file.display().to_string();
    let Some(answer) = answer else {
        let empty = std::iter::repeat_n(String::new(), 3 + trained.classifier().classes());
        return record([image].into_iter().chain(empty).chain([fault.into()]));
    };
    let scores = answer.scores.iter().map(|(_, score)| score.to_string());
    let answers = [image, answer.class.clone(), answer.is_none.to_string(), answer.confidence.to_string()];
    record(answers.into_iter().chain(scores).chain([fault.into()]))
}

fn record(fields: impl IntoIterator<Item = String>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(fields).expect("written to memory");
    String::from_utf8(writer.into_inner().expect("written to memory")).expect("made of text")
}
