//! The report of a run has the contents of the run's files and is self-contained.

use lenet5::experiment::{Arm, Data, Finished, Job, Pass, Plan, RunContext, Spread, Watch};
use lenet5::figures::{self, Chapter, Studies};
use lenet5::report::{self, html, markdown};
use lenet5::section3::database::embedded;
use lenet5::section3::training::Progress;
use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

const WARNING: &str = "EMBEDDED DIGITS, NOT MNIST";

/// A valid file name that would be markup if it were not escaped.
const HOSTILE: &str = "<img src=x onerror=alert(1)>&\"'`|*[a](b)";

struct Nobody;

impl Watch for Nobody {
    fn progress(&self, _: &Job, _: usize, _: &Progress) {}
    fn pass(&self, _: &Job, _: &Pass) {}
}

/// A small run of two arms and two seeds; the second arm has this name.
fn run(folder: &Path, name: &str) -> Finished {
    let mut arms = ["rbf", "softmax"].map(|arm| Arm::find(arm).unwrap());
    arms.iter_mut().for_each(|arm| arm.settings.training.passes = 2);
    arms[1].name = name.into();
    let data = Data { name: "embedded digits".into(), train: 50, test: 30 };
    let command = format!("experiment rbf vs '{name}'");
    let plan = Plan { command, study: None, seeds: vec![1, 2], data, arms: arms.into() };
    plan.begin(folder).unwrap();
    let database = plan.select(folder, embedded::digits(1998)).unwrap();
    let stop = AtomicBool::new(false);
    plan.run(RunContext { database: &database, folder, threads: 1, stop: &stop, watch: &Nobody }).unwrap();
    Finished::read(folder).unwrap()
}

/// A chapter with the figures of `docs/figures`, and an empty one.
fn chapters() -> Vec<Chapter> {
    let figures = figures::paper(&Studies::built_in().unwrap(), &Finished::built_in().unwrap()).unwrap();
    vec![
        Chapter { title: "Studies & more".into(), figures },
        Chapter { title: "Empty".into(), figures: vec![] },
    ]
}

/// The cells of the rows of tables, without those of the first column.
fn cells(html: &str) -> Vec<Vec<String>> {
    let rows = html.split("<tr><th scope=\"row\">").skip(1).map(|row| row.split("</tr>").next().unwrap());
    let cells = |row: &str| row.split("<td>").skip(1).map(|cell| cell.replace("</td>", "")).collect();
    rows.map(cells).collect()
}

#[test]
fn every_figure_has_its_files_and_both_pages_show_it() {
    let folder = tempfile::tempdir().unwrap();
    let run = run(&folder.path().join("run"), "softmax");
    let path = report::write(&run).unwrap();
    assert_eq!(path, run.folder.join("report.html"));
    let [html, markdown] = ["html", "md"].map(|kind| fs::read_to_string(path.with_extension(kind)).unwrap());
    let chapters = figures::of_run(&run).unwrap();
    let names: Vec<String> =
        chapters.into_iter().flat_map(|chapter| chapter.figures).map(|figure| figure.name).collect();
    for name in &names {
        for kind in ["svg", "png"] {
            assert!(run.folder.join(format!("figures/{name}.{kind}")).is_file(), "no {name}.{kind}");
            assert!(html.contains(&format!("href=\"figures/{name}.{kind}\"")), "no link to {name}.{kind}");
        }
        assert!(markdown.contains(&format!("](figures/{name}.svg)")), "no {name} in report.md");
    }
    assert_eq!(html.matches("<figure>").count(), names.len());
    assert_eq!(fs::read_dir(run.folder.join("figures")).unwrap().count(), 2 * names.len());
}

#[test]
fn figures_are_shown_with_their_words_and_without_their_frame() {
    let (run, chapters) = (Finished::built_in().unwrap(), chapters());
    let (html, markdown) = (html::page(&run, &chapters), markdown::page(&run, &chapters));
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(html.contains("<h2>Studies &amp; more</h2>") && markdown.contains("## Studies \\& more\n"));
    assert!(!html.contains("Empty") && !markdown.contains("Empty"), "a chapter without figures");
    assert!(chapters[0].figures.len() >= 4);
    for figure in &chapters[0].figures {
        let (frame, (top, height)) = (&figure.page.frame, figure.page.inside);
        let title = html::escape(&frame.title);
        assert!(html.contains(&format!("<h3>{title}</h3>")), "{title}");
        assert!(
            html.contains(&format!("viewBox=\"0 {top} 1800 {height}\" role=\"img\" aria-label=\"{title}\""))
        );
        assert!(words(&html).contains(&words(&html::escape(&frame.caption))), "{}", frame.caption);
        assert!(markdown.contains(&format!("](figures/{}.svg)", figure.name)));
        for line in frame.reading.lines() {
            assert!(html.contains(&format!("<p>{}</p>", html::escape(line))), "{line}");
            assert!(words(&markdown).contains(&words(&markdown::escape(line))), "{line}");
        }
    }
}

#[test]
fn the_page_needs_no_other_file_and_runs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for run in [Finished::built_in().unwrap(), run(&folder.path().join("run"), HOSTILE)] {
        let html = html::page(&run, &chapters());
        for foreign in ["http://", "https://", "<script", "<link", "@import", " src=\"", "<img", "<iframe"] {
            assert!(!html.contains(foreign), "{foreign}");
        }
        let loaded = html.split("url(").skip(1).chain(html.split(" href=\"").skip(1));
        let outside = |place: &&str| !["data:", "#", "figures/"].iter().any(|start| place.starts_with(start));
        assert_eq!(loaded.filter(outside).count(), 0);
        assert_eq!(html.matches("@font-face").count(), 2, "the fonts of the figures, once");
        assert!(html.contains("default-src 'none'"));
    }
}

#[test]
fn the_tables_hold_what_was_measured() {
    let folder = tempfile::tempdir().unwrap();
    let run = run(&folder.path().join("run"), "softmax");
    let (html, markdown) = (html::page(&run, &[]), markdown::page(&run, &[]));
    let rows = cells(&html);
    assert_eq!(rows.len(), 1 + 2 + 2, "the paper, the arms, and their times");
    assert_eq!(rows[0][..3], ["0.95", "", "0.35"]);
    for (n, arm) in run.arms() {
        let shown = |spread: Spread| format!("{:.2} ± {:.2}", spread.mean, spread.deviation.unwrap());
        let test = Spread::of(&arm.runs.iter().map(|run| run.test_error_pct).collect::<Vec<_>>());
        let train = Spread::of(&arm.runs.iter().map(|run| run.train_error_pct).collect::<Vec<_>>());
        let differences = [test.mean - 0.95, train.mean - 0.35].map(|points| format!("{points:+.2}"));
        let row = [&shown(test), &differences[0], &shown(train), &differences[1], "2"];
        assert_eq!(rows[1 + n][..5], row);
        let passes = || arm.runs.iter().flat_map(|run| &run.passes);
        let seconds: f64 = passes().map(|pass| pass.seconds).sum();
        assert_eq!(rows[3 + n][1], format!("{:.2} s", seconds / 4.0));
        assert_eq!(rows[3 + n][3], format!("{seconds:.1} s"));
        let line = markdown.lines().find(|line| line.starts_with(&format!("| {} ", arm.name))).unwrap();
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        assert_eq!(cells[2..7], row);
    }
    for said in [&html, &markdown] {
        for words in
            ["rbf against softmax: ", "50 training and 30 test patterns", &run.results.machine.processor]
        {
            assert!(said.contains(words), "no {words}");
        }
        assert!(said.contains("experiment figures RUN_DIR"));
    }
    assert!(html.contains(&html::escape(&run.results.command)) && markdown.contains(&run.results.command));
    for arm in &run.plan.arms {
        assert!(html.contains(&html::escape(&arm.toml())) && markdown.contains(arm.toml().trim_end()));
    }
}

#[test]
fn every_page_says_that_embedded_digits_are_not_mnist() {
    let folder = tempfile::tempdir().unwrap();
    let (small, built_in) = (run(&folder.path().join("run"), "softmax"), Finished::built_in().unwrap());
    let pages = |run: &Finished| [html::page(run, &[]), markdown::page(run, &[])];
    for page in pages(&small) {
        assert!(page.contains(WARNING) && page.contains(&format!("{WARNING}: the paper")));
    }
    assert!(pages(&small)[0].contains(&format!("<title>{WARNING}: rbf vs softmax</title>")));
    for page in pages(&built_in) {
        assert!(
            !page.contains(WARNING) && page.contains("60,000 training and 10,000 test patterns of MNIST")
        );
    }
}

#[test]
fn an_arm_may_be_called_anything() {
    let folder = tempfile::tempdir().unwrap();
    let run = run(&folder.path().join("run"), HOSTILE);
    report::write(&run).unwrap();
    let [html, markdown] =
        ["report.html", "report.md"].map(|name| fs::read_to_string(run.folder.join(name)).unwrap());
    assert!(!html.contains("<img") && html.contains("&lt;img src=x onerror=alert(1)&gt;&amp;&quot;&#39;`|*"));
    assert_eq!(html.matches("<code>").count(), html.matches("</code>").count());
    let fence = "```sh\n";
    let (before, command) = markdown.split_once(fence).unwrap();
    assert!(command.starts_with(&run.results.command), "the command is unchanged");
    let prose: String = before.split("```").step_by(2).collect();
    assert!(
        !prose.contains(HOSTILE) && prose.contains("\\<img src=x onerror=alert(1)>\\&\"'\\`\\|\\*\\[a\\](b)")
    );
    let row = prose.lines().find(|line| line.starts_with("| \\<img")).unwrap();
    assert_eq!(row.replace("\\|", "").matches('|').count(), 8, "{row}");
}

#[test]
fn a_model_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let run = run(&folder.path().join("run"), "softmax");
    fs::remove_file(run.folder.join("rbf-seed1.safetensors")).unwrap();
    let error = run.model(0).map(drop).unwrap_err().to_string();
    assert!(error.contains("rbf-seed1.safetensors") && error.contains("cannot read"), "{error}");
}
