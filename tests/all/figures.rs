//! The committed figures agree with the committed findings.

use crate::common::findings;
use image::RgbaImage;
use lenet5::experiment::Finished;
use lenet5::experiment::study_table::fig_5;
use lenet5::figures::{self, Figure, FigureError, Studies};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

mod inline;
mod printed;
mod run;
mod structure;

use findings::findings as found;

/// The colours of our values and of the lines between them.
const BLUE: &str = "#0072B2";
const GREY: &str = "#6E6E6E";
const VERMILION: &str = "#D55E00";

/// All committed figures, drawn again.
static ALL: LazyLock<Vec<Figure>> =
    LazyLock::new(|| figures::paper(&Studies::built_in().unwrap(), &Finished::built_in().unwrap()).unwrap());

fn drawn(name: &str) -> &'static Figure {
    ALL.iter().find(|figure| figure.name == name).unwrap()
}

fn pixels(png: &[u8]) -> RgbaImage {
    image::load_from_memory(png).unwrap().into_rgba8()
}

fn results_file(study: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("experiments/results").join(study).with_extension("json")
}

/// The words in an SVG.
fn words(svg: &str) -> Vec<&str> {
    svg.split("<text").skip(1).map(|text| text.split(['>', '<']).nth(1).unwrap().trim()).collect()
}

/// The tags of a kind that contain all of these phrases.
fn tags<'a>(svg: &'a str, kind: &str, phrases: &[&str]) -> Vec<&'a str> {
    let start = format!("<{kind} ");
    let tags = svg.split('\n').filter(|line| line.trim_start().starts_with(&start));
    tags.filter(|tag| phrases.iter().all(|phrase| tag.contains(phrase))).collect()
}

fn attribute<'a>(tag: &'a str, name: &str) -> &'a str {
    tag.split(&format!("{name}=\"")).nth(1).unwrap().split('"').next().unwrap()
}

/// The points of every line with so many points.
fn lines(svg: &str, points: usize) -> Vec<Vec<(i32, i32)>> {
    coloured(svg, "", points)
}

/// The points of every line of a colour with so many points.
fn coloured(svg: &str, colour: &str, points: usize) -> Vec<Vec<(i32, i32)>> {
    let read = |tag: &str| -> Vec<(i32, i32)> {
        let pairs = attribute(tag, "points").split_whitespace().map(|pair| pair.split_once(',').unwrap());
        pairs.map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap())).collect()
    };
    tags(svg, "polyline", &[colour]).into_iter().map(read).filter(|line| line.len() == points).collect()
}

#[test]
fn committed_pages_are_what_the_findings_give_now() {
    for figure in ALL.iter() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/figures").join(&figure.name);
        let there = std::fs::read_to_string(file.with_extension("svg")).unwrap();
        assert!(!there.contains("\n\n"), "{}: Markdown ends a figure at a blank line", figure.name);
        assert!(
            there == figure.svg(),
            "{}.svg is not up to date: `experiment figures paper`",
            file.display()
        );
        let [there, now] = [std::fs::read(file.with_extension("png")).unwrap(), figure.png().unwrap()];
        let [there, now] = [pixels(&there), pixels(&now)];
        assert_eq!(there.dimensions(), now.dimensions(), "{}", figure.name);
        let apart = |(a, b): (&[u8; 4], &[u8; 4])| (0..4).any(|n| a[n].abs_diff(b[n]) > 32);
        let [(there_pixels, _), (now_pixels, _)] = [there.as_chunks(), now.as_chunks()];
        let apart = there_pixels.iter().zip(now_pixels).filter(|&pair| apart(pair)).count();
        assert!(apart < 100, "{}.png is not up to date: {apart} pixels differ", file.display());
        assert_round_and_white(&figure.name, &now);
    }
}

#[test]
fn every_page_says_where_its_numbers_are_from() {
    for (name, studies) in [
        ("signal", vec!["readings"]),
        ("fig-5", vec!["heads"]),
        ("fig-6", vec!["distortions", "fig-6"]),
        ("frontier", vec!["finalists-rbf", "frontier"]),
        ("heads", vec!["heads"]),
        ("invariance", vec!["invariance"]),
        ("fig-13-1998", vec!["invariance"]),
    ] {
        let svg = &drawn(name).page.svg;
        let all = words(svg).join(" ");
        for study in studies {
            let data = found(study).data;
            for phrase in [format!("experiments/results/{study}.json"), data.name, "; seeds 1 to ".into()] {
                assert!(all.contains(&phrase), "{name} does not say {phrase}: {all}");
            }
        }
    }
}

#[test]
fn pixels_hold_letters_on_any_machine() {
    let page = pixels(&drawn("signal").png().unwrap());
    let title = image::imageops::crop_imm(&page, 40, 40, 700, 60).to_image();
    let dark = title.pixels().filter(|pixel| pixel.0[0] < 100).count();
    assert!((2000..20_000).contains(&dark), "{dark} dark pixels in the title");
}

/// The paper is white with round corners, on any background.
fn assert_round_and_white(name: &str, page: &RgbaImage) {
    let [(right, bottom), middle] = [(page.width() - 1, page.height() - 1), (page.width() / 2, 10)];
    for (x, y) in [(0, 0), (right, 0), (0, bottom), (right, bottom)] {
        assert_eq!(page.get_pixel(x, y).0[3], 0, "{name}: the corner ({x}, {y}) is transparent");
    }
    assert_eq!(page.get_pixel(middle.0, middle.1).0, [255; 4], "{name}: the paper is white");
    assert!(page.get_pixel(middle.0, 1).0 < [255, 255, 255, 255], "{name}: the paper has an edge");
}

#[test]
fn signal_has_a_named_line_for_each_reading() {
    let (svg, study) = (&drawn("signal").page.svg, found("readings"));
    let lines = lines(svg, 6);
    assert_eq!(lines.len(), 10, "signal and curvature");
    let words = words(svg);
    for name in ["1/√F, 1", "1/√F, ½", "1/√F, ¼", "2.4/F, 1", "2.4/F, ½"] {
        assert_eq!(words.iter().filter(|text| **text == name).count(), 2, "{name}");
    }
    for layer in ["C1", "S2", "C3", "S4", "C5", "F6"] {
        assert!(words.contains(&layer), "no {layer} in {words:?}");
    }
    // Larger values are higher on the page, for every layer of every line.
    let arms =
        ["coefficients-1.0", "as-it-is", "coefficients-0.25", "2.4-over-F_coefficients-1.0", "2.4-over-F"];
    let deviation = |arm: &str, layer: usize| {
        let runs = &study.arms.iter().find(|there| there.name == arm).unwrap().runs;
        let runs: Vec<_> = runs.iter().filter(|run| !run.signal.is_empty()).collect();
        runs.iter().map(|run| run.signal[layer].deviation).sum::<f64>() / runs.len() as f64
    };
    let mut heights: Vec<(f64, i32)> = Vec::new();
    for (arm, line) in arms.iter().zip(&lines) {
        heights.extend((0..6).map(|layer| (deviation(arm, layer), line[layer].1)));
    }
    heights.sort_by(|a, b| a.0.total_cmp(&b.0));
    assert!(heights.windows(2).all(|pair| pair[0].1 >= pair[1].1), "{heights:?}");
    // The curvature: eta 0.2 x 5e-4 and mu 0.02 in all five; below 0.5 % of mu all alike.
    let h = |arm: &str, layer: usize| {
        let run = &study.arms.iter().find(|there| there.name == arm).unwrap().runs[0];
        1e-4 / run.layer_rates[layer].median - 0.02
    };
    let mut heights: Vec<(f64, i32)> = Vec::new();
    for (arm, line) in arms.iter().zip(&lines[5..]) {
        heights.extend((0..6).map(|layer| (h(arm, layer).max(1e-4), line[layer].1)));
    }
    heights.sort_by(|a, b| a.0.total_cmp(&b.0));
    assert!(heights.windows(2).all(|pair| pair[0].1 >= pair[1].1), "{heights:?}");
    let split = heights.iter().take_while(|point| point.0 == 1e-4).count();
    let (flat, steep) = heights.split_at(split);
    assert!(flat.len() >= 4 && flat.iter().all(|point| point.1 == flat[0].1), "{flat:?}");
    // A factor of ten has the same height anywhere on the page.
    let (top, bottom) = (steep[steep.len() - 1], steep[0]);
    let decade = f64::from(bottom.1 - top.1) / (top.0 / bottom.0).log10();
    for (h, height) in steep {
        let wanted = f64::from(bottom.1) - decade * (h / bottom.0).log10();
        assert!((wanted - f64::from(*height)).abs() < 2.0, "{h}: {height}, not {wanted}");
    }
}

#[test]
fn fig_5_holds_all_of_fig_5_and_all_passes() {
    let (svg, study) = (&drawn("fig-5").page.svg, found("heads"));
    let rings = tags(svg, "circle", &["fill=\"none\""]).len();
    assert_eq!(rings, 3 * (fig_5(1).len() + fig_5(2).len()) + 2, "in three panels and in the key");
    let passes = study.arms[0].runs[0].test_error_pct.len();
    assert_eq!(lines(svg, passes).len(), 6, "a test and a training curve for each of three arms");
    for arm in ["paper", "rbf", "softmax"] {
        let arm = study.arms.iter().find(|there| there.name == arm).unwrap();
        for (what, spread) in [("test", arm.test_error()), ("training", arm.train_error())] {
            let text = format!(
                "{what}, ours {:.2} ± {:.2}",
                spread.unwrap().mean,
                spread.unwrap().deviation.unwrap()
            );
            assert!(words(svg).contains(&text.as_str()), "no '{text}'");
        }
    }
    for (text, times) in
        [("error, % (log scale)", 3), ("pass number", 3), ("the paper&apos;s", 2), ("ours", 2)]
    {
        assert_eq!(words(svg).iter().filter(|there| **there == text).count(), times, "{text}");
    }
}

#[test]
fn frontier_has_a_row_for_each_arm_and_one_for_the_paper() {
    let svg = &drawn("frontier").page.svg;
    let arms: Vec<_> =
        ["finalists-rbf", "frontier"].into_iter().flat_map(|study| found(study).arms).collect();
    let words = words(svg);
    for arm in &arms {
        assert_eq!(words.iter().filter(|text| **text == arm.name).count(), 1, "{}", arm.name);
    }
    assert_eq!(words.iter().filter(|text| **text == "the paper").count(), 1);
    let beyond = words.iter().filter(|text| **text == "diverged" || text.ends_with('→')).count();
    assert_eq!(tags(svg, "circle", &[BLUE]).len(), 2 * arms.len() - beyond, "rates and errors");
    assert_eq!(tags(svg, "circle", &["fill=\"none\""]).len(), 2, "the paper's rate and error");
}

#[test]
fn heads_have_two_dots_for_each_seed_and_a_line_between_them() {
    let (svg, study) = (&drawn("heads").page.svg, found("heads"));
    let seeds = study.arms[0].runs.len();
    assert_eq!(tags(svg, "circle", &[BLUE]).len(), 2 * seeds + 1, "and the mean difference");
    assert_eq!(tags(svg, "polyline", &[GREY]).len(), seeds);
    let arm = |name: &str| study.arms.iter().find(|arm| arm.name == name).unwrap();
    let paired = arm("rbf").against(arm("softmax")).unwrap();
    let all = words(svg).join(" ");
    for points in [paired.difference.mean, paired.interval[0], paired.interval[1]] {
        let text = format!("{points:+.2}").replace('-', "−");
        assert!(all.matches(&text).count() >= 2, "{text} is drawn and said: {all}");
    }
}

#[test]
fn collapse_shows_the_distances_and_errors_of_four_arms() {
    let (svg, study) = (&drawn("collapse").page.svg, found("search-strings"));
    let words = words(svg);
    for (name, learns) in [("short", false), ("codes", true), ("viterbi", false), ("codes-viterbi", true)] {
        let arm = study.arms.iter().find(|arm| arm.name == name).unwrap();
        let error = arm.of_strings(|found| found.mixed.error_pct()).unwrap().mean;
        assert!(words.contains(&format!("{error:.1}").as_str()), "{name}: no {error} in {words:?}");
        let closest = arm.runs[0].strings.unwrap().closest_codes;
        assert_eq!(closest.is_some(), learns, "{name}");
        let Some(closest) = closest else { continue };
        let text = lenet5::figures::axis::brief(closest as f32);
        assert!(
            words.iter().any(|there| there.ends_with(&format!(": {text}"))),
            "{name}: no {text} in {words:?}"
        );
        assert_eq!(lines(svg, arm.runs[0].codes_apart.len()).len(), 2, "passes of both arms");
    }
    assert!(words.contains(&"fixed codes: 48"), "{words:?}");
    assert!(words.join(" ").contains("experiments/results/search-strings.json"), "{words:?}");
}

#[test]
fn missing_findings_are_named() {
    let text = |study: &str| std::fs::read_to_string(results_file(study)).unwrap();
    let say = |error: FigureError| error.to_string();
    let no_study = Studies::parse(&[("heads", &text("heads"))]).unwrap();
    let error =
        figures::paper(&no_study, &Finished::built_in().unwrap()).map(|_| ()).map_err(say).unwrap_err();
    assert!(error.contains("'readings'") && error.contains("only heads"), "{error}");
    let no_arm = text("readings").replace("\"2.4-over-F\"", "\"2.4-by-F\"");
    let error =
        figures::signal::draw(&Studies::parse(&[("readings", &no_arm)]).unwrap()).map_err(say).unwrap_err();
    assert!(error.contains("experiments/results/readings.json has no arm '2.4-over-F'"), "{error}");
    let unsigned = text("readings").replace("\"signal\"", "\"no-signal\"");
    let error =
        figures::signal::draw(&Studies::parse(&[("readings", &unsigned)]).unwrap()).map_err(say).unwrap_err();
    assert!(error.contains("arm coefficients-1.0: found no signal"), "{error}");
}

#[test]
fn embedded_digits_are_called_so_on_the_page() {
    let text = std::fs::read_to_string(results_file("readings")).unwrap();
    let name = found("readings").data.name;
    let text = text.replace(&format!("\"{name}\""), "\"embedded digits\"");
    let svg = figures::signal::draw(&Studies::parse(&[("readings", &text)]).unwrap()).unwrap().svg;
    let all = words(&svg).join(" ");
    assert!(all.contains("embedded digits") && !all.contains("mnist"), "{all}");
}

#[test]
fn the_command_draws_into_docs_and_paper_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let run = |word: &str| {
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("experiment"));
        let output = command.args(["figures", word]).current_dir(&folder).output().unwrap();
        let said = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        (output.status.code(), said(&output.stdout), said(&output.stderr))
    };
    let (code, _, said) = run("runs/some-run");
    assert!(code == Some(2) && said.contains("some-run holds no config.toml"), "{code:?} {said}");
    let (code, _, said) = run("paper");
    assert!(code == Some(1) && said.contains("there is no folder docs here"), "{code:?} {said}");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
    ["docs", "paper"].iter().for_each(|name| std::fs::create_dir(folder.path().join(name)).unwrap());
    let (code, files, said) = run("paper");
    assert_eq!((code, said.as_str(), files.lines().count()), (Some(0), "", 87));
    assert!(files.ends_with("paper/claims.md\n"), "{files}");
    assert!(files.lines().all(|file| folder.path().join(file).is_file()), "{files}");
}
