//! The commands about the network of 1998.

use super::say;
use anyhow::{Context, Result, anyhow};
use lenet5::archaeology::fig8;
use lenet5::archaeology::pdf::{Pictures, comparison::Comparison};
use lenet5::archaeology::recover::front_of;
use lenet5::archaeology::report::{self, Dig};
use lenet5::experiment::command_line::Versus;
use lenet5::experiment::{Model, Trained};
use lenet5::figures::{Figure, Studies, errors_of_1998};
use lenet5::section3::database::source;
use lenet5::section3::evaluation::evaluate;
use lenet5::weights;
use std::path::{Path, PathBuf};

/// An error if there is such a file.
fn expect_new(file: &Path) -> Result<()> {
    match file.exists() {
        true => Err(anyhow!("{} is there already: name a new file, or move it away", file.display())),
        false => Ok(()),
    }
}

/// Recovers the network of 1998 and prints each step.
pub fn recover(save: Option<&Path>, data: Option<&Path>) -> Result<()> {
    save.map_or(Ok(()), expect_new)?;
    let mnist = source::stored(data)?;
    say("Fig. 13 shows 70,920 states of C1 to S4, which have 1,716 parameters.\n\n")?;
    let dig = Dig::begin();
    if let Some(file) = save {
        weights::save(&dig.found.front, file)?;
        say(&format!("The recovered layers are in {}\n\n", file.display()))?;
    }
    say(&format!("{}\n", dig.greys()))?;
    say(&format!("{}\n", dig.verdicts()))?;
    say(&format!("{}\n", dig.coding()))?;
    say(&format!("{}\n", dig.hidden_stroke()))?;
    match mnist {
        Ok(mnist) => say(&format!("{}\n", report::fig_7(&mnist.train)))?,
        Err(_) => say("Fig. 7 was left out: it needs MNIST; give --data DIR, or `experiment fetch`\n\n")?,
    }
    say("Now each panel is left out in turn, and a network with known weights is recovered.\n\n")?;
    let own = front_of(&Model::find(Path::new("rbf"))?.net).map_err(|fault| anyhow!(fault))?;
    say(&dig.errors(&own))
}

/// Looks for the rasters of the figures in a reader's own copy of the paper.
pub fn compare_pdf(pdf: &Path, data: Option<&Path>) -> Result<()> {
    let pictures = Pictures::read(pdf)?;
    let mnist = source::stored(data)?;
    let found = Comparison::of(&pictures, mnist.as_ref().ok());
    let (name, (there, all)) = (pdf.display(), found.sum());
    if there == 0 {
        return Err(anyhow!(
            "{name} holds none of our rasters: it is another text, a scan, or another edition"
        ));
    }
    if there < all {
        let missing = all - there;
        return Err(anyhow!(
            "{missing} of {all} rasters are not in {name}, or not pixel by pixel; it holds\n{found}"
        ));
    }
    say(&format!("Rasters of ours that {name} holds, every pixel alike\n{found}"))?;
    if mnist.is_err() {
        say(
            "  Fig. 4 and 8 were not compared: they are made from MNIST; give --data DIR, or `experiment fetch`\n",
        )?;
    }
    say("This copy agrees with ours.\n")
}

/// The errors of networks on MNIST's test patterns, beside those of 1998.
pub fn versus_1998(options: &Versus) -> Result<()> {
    if options.studies {
        return say(&fig8::studies_table(Studies::built_in()?.judged_on_test()));
    }
    let both = ["rbf", "softmax"].map(PathBuf::from);
    let words = if options.models.is_empty() { &both[..] } else { &options.models };
    let models = words.iter().map(|word| Trained::find(word)).collect::<Result<Vec<_>, _>>()?;
    options.figure.iter().try_for_each(|file| {
        ["svg", "png"].iter().try_for_each(|ending| expect_new(&file.with_extension(ending)))
    })?;
    let mnist = source::stored(options.data.as_deref())?
        .context("Fig. 8 names patterns of MNIST: give --data DIR, or `experiment fetch`")?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let wrong = |(word, model): (&PathBuf, &Trained)| {
        let found = evaluate(model.classifier(), &model.images(&mnist.test), threads);
        (word.display().to_string(), found.misclassified)
    };
    let found: Vec<_> = words.iter().zip(&models).map(wrong).collect();
    if let Some(file) = &options.figure {
        let name =
            file.file_stem().context("--figure needs the name of a file")?.to_string_lossy().into_owned();
        let figure = Figure { name, page: errors_of_1998::draw(&mnist.test, &found)? };
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        return figure.save(folder)?.iter().try_for_each(|file| say(&format!("{}\n", file.display())));
    }
    if !options.json {
        return say(&fig8::table(&found));
    }
    let printed = fig8::fig_8();
    let versus = found.iter().map(|(name, errors)| fig8::Versus::of(name, errors, &printed));
    say(&format!("{}\n", serde_json::to_string_pretty(&versus.collect::<Vec<_>>())?))
}
