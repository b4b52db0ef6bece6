//! The pages of the walkthrough: each equation of the paper stands once, and what a page points at is there.

use lenet5::section2::LeNet5;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every source file below `folder`.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

/// The pages: every module by its path, `section2::rbf`, and its text.
fn pages() -> BTreeMap<String, String> {
    let src = root().join("src");
    let files = sources(&src).into_iter().filter(|path| path.extension().is_some_and(|kind| kind == "rs"));
    let page = |path: PathBuf| {
        let module =
            path.strip_prefix(&src).unwrap().with_extension("").display().to_string().replace('/', "::");
        (module.trim_end_matches("::mod").to_owned(), fs::read_to_string(&path).unwrap())
    };
    files.map(page).collect()
}

/// What stands between `open` and `close`, wherever in the text that is.
fn between<'a>(text: &'a str, open: &str, close: char) -> impl Iterator<Item = &'a str> {
    text.split(open).skip(1).filter_map(move |rest| Some(rest.split_once(close)?.0))
}

/// The numbered equations of a page.
fn equations(text: &str) -> impl Iterator<Item = u32> {
    let numbered = text.lines().filter_map(|line| line.trim_start().strip_prefix("$$ ("));
    numbered.map(|rest| rest.split(')').next().unwrap().parse().expect("an equation has a number"))
}

/// Where each numbered equation stands.
fn places() -> BTreeMap<u32, Vec<String>> {
    let mut places: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for (module, text) in pages() {
        equations(&text).for_each(|number| places.entry(number).or_default().push(module.clone()));
    }
    places
}

#[test]
fn every_equation_that_is_implemented_stands_once() {
    let places = places();
    let numbers: Vec<u32> = places.keys().copied().collect();
    assert_eq!(numbers, (1..=9).chain(18..=27).collect::<Vec<u32>>());
    let twice = places.iter().find(|(_, modules)| modules.len() > 1);
    assert_eq!(twice, None, "an equation stands twice");
}

#[test]
fn links_to_equations_lead_to_them() {
    let (places, mut followed) = (places(), 0);
    for (page, text) in pages() {
        for link in between(&text, "](", ')').filter(|link| link.contains("#eq-")) {
            let (path, number) = link.split_once("#eq-").unwrap();
            let module = &places[&number.parse().expect("a number behind #eq-")][0];
            let named = path.rsplit("::").next().unwrap();
            let here = ["", "self"].contains(&named) && *module == page;
            assert!(
                here || module.rsplit("::").next() == Some(named),
                "{page} links to {link}, which is in {module}"
            );
            followed += 1;
        }
    }
    assert!(followed > 20, "only {followed} links to equations");
}

/// What rustdoc calls the heading.
fn slug(heading: &str) -> String {
    let kept = heading.to_lowercase().replace(' ', "-");
    kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
}

#[test]
fn links_to_deviations_lead_to_entries() {
    let text = fs::read_to_string(root().join("paper/deviations.md")).unwrap();
    let entries: BTreeSet<String> =
        text.lines().filter_map(|line| line.strip_prefix("## ")).map(slug).collect();
    let mut linked = BTreeSet::new();
    for (page, text) in pages() {
        for rest in text.split("paper::deviations#").skip(1) {
            let entry = rest.split(|c: char| !(c.is_alphanumeric() || c == '-')).next().unwrap();
            assert!(entries.contains(entry), "{page} links to deviation {entry}");
            linked.insert(entry.to_owned());
        }
    }
    let unlinked: Vec<&String> = entries.difference(&linked).collect();
    assert!(unlinked.is_empty(), "no page links to {unlinked:?}");
}

#[test]
fn a_page_has_one_text_with_mathematics() {
    let mut typeset = 0;
    for (page, text) in pages() {
        let texts = text.matches("mathdoc::md!").count();
        assert!(texts <= 1, "{page} carries the font {texts} times");
        assert_eq!(
            texts,
            text.matches("#![doc = mathdoc::md!(").count(),
            "{page}: mathematics is for module pages"
        );
        typeset += texts;
    }
    assert!(typeset > 15, "only {typeset} pages with mathematics");
}

/// The files and folders of this project that a text names in code.
fn named_files(text: &str) -> impl Iterator<Item = &str> {
    let folders = ["tests/", "paper/", "docs/", "experiments/", "benches/", "models/", "notebooks/", "src/"];
    let plain = |path: &str| {
        path.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c)) && !path.contains("NAME")
    };
    let spans = text.lines().flat_map(|line| line.split('`').skip(1).step_by(2));
    spans
        .map(|code| code.trim_end_matches('/'))
        .filter(move |code| plain(code) && folders.iter().any(|folder| code.starts_with(folder)))
}

#[test]
fn files_that_pages_name_are_there() {
    let mut found = 0;
    for (page, text) in pages() {
        for name in named_files(&text) {
            let there = [name.to_owned(), format!("{name}.rs")].iter().any(|name| root().join(name).exists());
            assert!(there, "{page} names {name}");
            found += 1;
        }
    }
    assert!(found > 40, "only {found} files are named");
    assert_eq!(named_files("see `tests/nowhere.rs`, `a/b`").collect::<Vec<_>>(), ["tests/nowhere.rs"]);
}

/// A number as pages write it: 122,304.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|group| str::from_utf8(group).unwrap()).collect();
    groups.join(",")
}

/// The tables of layers have the counts that the structure has.
#[test]
fn tables_of_layers_count_what_is_there() {
    let net = LeNet5::<f32, _>::paper(&mut ChaCha8Rng::seed_from_u64(1));
    for page in ["section2", "section2::lenet5"] {
        let text = &pages()[page];
        for layer in net.census() {
            let mut rows = text.lines().map(|line| line.trim_start_matches("//! "));
            let is_its_row = |row: &&str| {
                row.strip_prefix(&format!("| {}", layer.name))
                    .is_some_and(|rest| rest.starts_with([' ', ',']))
            };
            let row = rows.find(is_its_row).unwrap_or_else(|| panic!("{page} has no row for {}", layer.name));
            let counts = format!("| {} | {} |", grouped(layer.parameters), grouped(layer.connections));
            assert!(row.ends_with(&counts), "{page}: {row} should end with {counts}");
            let (maps, rows, columns) = layer.shape;
            let (whole, line) = (format!("{maps} x {rows} x {columns}"), format!("| {maps} "));
            assert!(row.contains(&whole) || row.contains(&line), "{page}: {row} is not of shape {whole}");
        }
    }
}
