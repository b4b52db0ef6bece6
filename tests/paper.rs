//! The notes and data of `paper/` agree with themselves and with arithmetic.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

/// The folder of notes.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("paper")
}

fn read(name: &str) -> String {
    let path = folder().join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn toml_file(name: &str) -> Table {
    read(name).parse().unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The value at a dotted path of `facts.toml`.
fn fact(path: &str) -> Value {
    let facts = Value::Table(toml_file("facts.toml"));
    let step = |value: Value, key: &str| value.get(key).cloned();
    path.split('.').try_fold(facts, step).unwrap_or_else(|| panic!("facts.toml has no {path}"))
}

fn count(value: &Value) -> usize {
    let number = value.as_integer().unwrap_or_else(|| panic!("{value} is not an integer"));
    usize::try_from(number).unwrap_or_else(|_| panic!("{number} is negative"))
}

fn array(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("{value} is not an array"))
}

fn counts(value: &Value) -> Vec<usize> {
    array(value).iter().map(count).collect()
}

fn numbers(value: &Value) -> Vec<f64> {
    array(value).iter().map(|v| v.as_float().expect("a float")).collect()
}

fn text<'a>(table: &'a Value, key: &str) -> &'a str {
    table[key].as_str().unwrap_or_else(|| panic!("{key} is not text"))
}

fn table_1() -> Vec<Vec<usize>> {
    array(&fact("table_1.c3")).iter().map(counts).collect()
}

// ---- The network of section II --------------------------------------------------------------------------------------

#[test]
fn layers_add_up_to_the_printed_totals() {
    let layers = fact("layer");
    for what in ["parameters", "connections"] {
        let sum: usize = array(&layers).iter().map(|layer| count(&layer[what])).sum();
        assert_eq!(sum, count(&fact("totals")[what]), "{what}");
    }
    assert_eq!(count(&fact("totals.parameters")), 60_000);
    assert_eq!(count(&fact("totals.connections")), 340_908);
}

#[test]
fn sizes_follow_from_the_windows() {
    let (mut size, mut field, mut stride) = (32, 1, 1);
    for layer in array(&fact("layer")) {
        let window = counts(&layer["window"])[0];
        field += (window - 1) * stride;
        if text(layer, "kind") == "subsampling" {
            size /= window;
            stride *= window;
        } else {
            size = size - window + 1;
        }
        assert_eq!(counts(&layer["size"]), [size, size], "{}", text(layer, "name"));
        match text(layer, "name") {
            "C1" => assert_eq!((field - stride, field), contiguous_units_share()),
            "C3" => assert_eq!(counts(&fact("totals.c3_centres_cover")), [size * stride; 2]),
            _ => {}
        }
    }
}

/// Columns and rows that two horizontal neighbours of C1 both see.
fn contiguous_units_share() -> (usize, usize) {
    let share = fact("totals.contiguous_c1_units_share");
    (count(&share["columns"]), count(&share["rows"]))
}

#[test]
fn each_layer_has_the_counts_its_wiring_implies() {
    let layers = fact("layer");
    let mut below = 1; // maps of the layer below
    for layer in array(&layers) {
        let (maps, window) = (count(&layer["maps"]), counts(&layer["window"]));
        let units: usize = counts(&layer["size"]).iter().product();
        let area: usize = window.iter().product();
        let maps_seen =
            if text(layer, "name") == "C3" { table_1().iter().map(Vec::len).sum() } else { maps * below };
        let (parameters, connections) = match text(layer, "kind") {
            "subsampling" => (2 * maps, (area + 1) * maps * units),
            "rbf" => (0, maps_seen),
            _ => (area * maps_seen + maps, (area * maps_seen + maps) * units),
        };
        assert_eq!(count(&layer["parameters"]), parameters, "{}", text(layer, "name"));
        assert_eq!(count(&layer["connections"]), connections, "{}", text(layer, "name"));
        below = maps;
    }
}

#[test]
fn table_1_is_the_scheme_the_text_describes() {
    let table = table_1();
    assert_eq!(table.iter().map(Vec::len).sum::<usize>(), 60);

    let set = |maps: &[usize]| maps.iter().copied().collect::<BTreeSet<_>>();
    let neighbours = |first: usize, n| (first..first + n).map(|map| map % 6).collect::<BTreeSet<_>>();
    let runs_of = |n| (0..6).map(|first| neighbours(first, n)).collect::<BTreeSet<_>>();
    let rows =
        |range: std::ops::Range<usize>| table[range].iter().map(|row| set(row)).collect::<BTreeSet<_>>();

    assert_eq!(rows(0..6), runs_of(3), "three neighbours");
    assert_eq!(rows(6..12), runs_of(4), "four neighbours");
    let gaps = rows(12..15);
    assert_eq!(gaps.len(), 3);
    assert!(gaps.iter().all(|row| row.len() == 4) && gaps.is_disjoint(&runs_of(4)), "four with gaps");
    assert_eq!(rows(15..16), runs_of(6), "all six");
    assert_eq!(table.len(), 16);
}

#[test]
fn squashing_bends_where_the_codes_are() {
    let ratio =
        count(&fact("squashing.slope_numerator")) as f64 / count(&fact("squashing.slope_denominator")) as f64;
    let amplitude = fact("squashing.amplitude").as_float().expect("a float");
    let f = |a: f64| amplitude * (ratio * a).tanh();
    assert!((f(1.0) - ours("squashing-fixed-points")).abs() <= 5e-7, "f(1) = {}", f(1.0));

    // f'' = -2 A S² t (1 - t²) with t = tanh(S a)
    let bend = |a: f64| {
        let t = (ratio * a).tanh();
        2.0 * amplitude * ratio.powi(2) * t * (1.0 - t * t)
    };
    let steps = (0..30_000).map(|i| f64::from(i) * 1e-4);
    let steepest = steps.max_by(|a, b| bend(*a).total_cmp(&bend(*b))).expect("there are steps");
    assert!((steepest - ours("second-derivative-maximum")).abs() <= 1e-4, "|f''| is largest at {steepest}");
}

// ---- Fig. 3 ---------------------------------------------------------------------------------------------------------

/// The codes of Fig. 3 as rows of cells, by character; checks their form on the way.
fn codes() -> BTreeMap<char, String> {
    let file = read("fig3-bitmaps.txt");
    let mut blocks = file.split("\n\n");
    let top = blocks.next().expect("a file has a first block");
    assert!(top.lines().all(|line| line.starts_with("# ")), "the file begins with its comment");
    blocks.zip(0x20_u32..).map(|(block, scalar)| code(block.trim_end_matches('\n'), scalar)).collect()
}

/// The character and the 84 cells of one block, which must be the character `scalar`.
fn code(block: &str, scalar: u32) -> (char, String) {
    let (header, cells) = block.split_once('\n').unwrap_or_else(|| panic!("no rows under {block}"));
    let character = char::from_u32(scalar).expect("96 ASCII characters");
    let name = match character {
        ' ' => "SPACE".to_owned(),
        '\x7f' => "DEL".to_owned(),
        printable => printable.to_string(),
    };
    assert_eq!(header, format!("U+{scalar:04X} {name}"));
    let rows: Vec<&str> = cells.lines().collect();
    assert_eq!(rows.len(), 12, "{header}");
    assert!(rows.iter().all(|row| row.len() == 7), "{header}");
    assert!(rows.iter().all(|row| row.chars().all(|cell| cell == '#' || cell == '.')), "{header}");
    (character, rows.concat())
}

/// Squared distance between two codes of ±1: 4 for every cell in which they differ.
fn distance(a: &str, b: &str) -> usize {
    4 * a.chars().zip(b.chars()).filter(|(a, b)| a != b).count()
}

#[test]
fn fig_3_has_96_codes_of_84_cells() {
    let codes = codes();
    assert_eq!(codes.len(), 96);
    assert_eq!(codes.keys().next_back(), Some(&'\x7f'));
    assert!(codes.values().all(|cells| cells.len() == 84));
    let empty: String = codes.iter().filter(|(_, cells)| !cells.contains('#')).map(|(c, _)| *c).collect();
    assert_eq!(empty, " \x7f", "only the first and the last code are empty");
}

#[test]
fn digits_are_as_far_apart_as_the_facts_say() {
    let codes = codes();
    let pairs = ('0'..='9').flat_map(|b| ('0'..b).map(move |a| (a, b)));
    let distances: Vec<_> = pairs.map(|(a, b)| (distance(&codes[&a], &codes[&b]), a, b)).collect();
    let inferred = fact("codes.inferred");
    let (closest, a, b) = *distances.iter().min().expect("ten digits");
    assert_eq!(closest, count(&inferred["closest_distance"]));
    assert_eq!(counts(&inferred["closest"]), [a, b].map(|c| c as usize - '0' as usize));
    assert_eq!(distances.iter().max().expect("ten digits").0, count(&inferred["farthest_distance"]));
}

#[test]
fn confusable_characters_have_similar_codes() {
    let codes = codes();
    let all: Vec<usize> = pairs(&codes.keys().copied().collect::<Vec<_>>())
        .iter()
        .map(|(a, b)| distance(&codes[a], &codes[b]))
        .collect();
    let average = all.iter().sum::<usize>() as f64 / all.len() as f64;
    for (a, b) in [&['O', 'o', '0'][..], &['l', '1', 'I', '[', ']']].into_iter().flat_map(pairs) {
        let near = distance(&codes[&a], &codes[&b]) as f64;
        assert!(near < average, "{a} and {b} are {near} apart, two characters on average {average}");
    }
}

fn pairs(characters: &[char]) -> Vec<(char, char)> {
    let ordered = |a: char| characters.iter().filter(move |b| a < **b).map(move |b| (a, *b));
    characters.iter().flat_map(|a| ordered(*a)).collect()
}

// ---- Training -------------------------------------------------------------------------------------------------------

#[test]
fn the_schedule_has_a_falling_eta_for_each_pass() {
    let eta = numbers(&fact("training.eta_per_pass"));
    assert_eq!(eta.len(), 20);
    assert_eq!(eta.len(), count(&fact("training.passes")));
    assert!(eta.is_sorted_by(|earlier, later| earlier >= later));
    assert_eq!((eta[0], eta[19]), (5e-4, 1e-5));

    // Section III-B: no rate of the first pass was at the ceiling of eq. 21.
    let mu = fact("training.mu").as_float().expect("a float");
    assert!(fact("training.rates_in_pass_1.largest").as_float().expect("a float") < eta[0] / mu);
}

/// The rows of a comma-separated file below its comment and its header, which must be `header`.
fn csv(name: &str, header: &str) -> Vec<Vec<String>> {
    let file = read(name);
    let mut lines = file.lines().skip_while(|line| line.starts_with('#'));
    assert_eq!(lines.next(), Some(header), "{name}");
    lines.map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

#[test]
fn fig_5_has_21_points_and_ends_at_the_printed_errors() {
    let rows = csv("fig5.csv", "pass,test_error_pct,train_error_pct");
    assert_eq!(rows.len(), 21);
    for (row, pass) in rows.iter().zip(1..) {
        assert_eq!(row.len(), 3, "pass {pass}");
        assert_eq!(row[0], pass.to_string());
    }
    let printed = |what| fact(what).as_float().expect("a float").to_string();
    assert_eq!(rows[19][1], printed("results.test_error_pct"));
    assert_eq!(rows[18][2], printed("results.train_error_pct"));
}

#[test]
fn fig_6_has_three_sizes_and_the_distortions() {
    let rows = csv("fig6.csv", "training_patterns,distortions,test_error_pct,train_error_pct");
    assert_eq!(rows.len(), 4);
    let error = |row: &Vec<String>| row[2].parse::<f64>().expect("a number");
    assert_eq!(error(&rows[2]), fact("results.test_error_pct").as_float().expect("a float"));
    assert_eq!(error(&rows[3]), fact("results.distortions.test_error_pct").as_float().expect("a float"));
}

// ---- Claims and deviations ------------------------------------------------------------------------------------------

fn claims() -> Vec<Value> {
    array(&toml_file("claims.toml")["claim"]).to_vec()
}

/// The note on a section: `III-B` is in section-3.md, `Appendix C` in appendix-c.md.
fn note_on(section: &str) -> String {
    if let Some(letter) = section.strip_prefix("Appendix ") {
        return format!("appendix-{}.md", letter.to_lowercase());
    }
    let roman = section.split('-').next().unwrap_or(section);
    let sections = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"];
    let number = sections.iter().position(|known| *known == roman);
    format!("section-{}.md", number.unwrap_or_else(|| panic!("no section {section}")) + 1)
}

/// Our value for a claim.
fn ours(id: &str) -> f64 {
    let claim = claims().into_iter().find(|claim| text(claim, "id") == id).expect("a claim of that id");
    claim["ours"].as_float().expect("a float")
}

#[test]
fn claims_have_unique_ids_a_note_and_a_known_verdict() {
    let file = toml_file("claims.toml");
    let mut ids = BTreeSet::new();
    for claim in claims() {
        let id = text(&claim, "id");
        assert!(ids.insert(id.to_owned()), "{id} occurs twice");
        assert!(!text(&claim, "text").is_empty(), "{id}");
        assert!(folder().join(note_on(text(&claim, "section"))).is_file(), "{id}");
        assert!(file["verdicts"].get(text(&claim, "verdict")).is_some(), "{id}: unknown verdict");
    }
    assert!(!ids.is_empty());
}

#[test]
fn claims_are_judged_exactly_when_there_is_a_result() {
    for claim in claims() {
        let (id, has) = (text(&claim, "id"), |key| claim.get(key).is_some());
        let (judged, reasoned) = match text(&claim, "verdict") {
            "holds" | "open" => (true, false),
            "differs" => (true, true),
            "cannot hold" => (has("ours"), true),
            _ => (false, false),
        };
        assert_eq!(has("ours"), judged, "{id}: `ours` belongs to a verdict and a verdict to `ours`");
        assert!(has("command") || !judged, "{id}: no command regenerates `ours`");
        assert_eq!(has("why"), reasoned, "{id}: `why` explains a failure and nothing else");
    }
}

#[test]
fn deviations_are_numbered_without_gaps() {
    let file = read("deviations.md");
    let headings: Vec<&str> = file.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    assert!(!headings.is_empty());
    for (heading, number) in headings.iter().zip(1..) {
        assert!(heading.starts_with(&format!("{number}. ")), "expected number {number}: {heading}");
    }
}

// ---- Links ----------------------------------------------------------------------------------------------------------

/// The targets of `[text](target)` and of `[label]: target` in a page, those on the internet left out.
fn links(page: &str) -> Vec<&str> {
    let targets = page.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let targets = targets.chain(definitions(page).map(|(_, target)| target));
    targets.filter(|target| !target.starts_with("https://")).collect()
}

/// The labels and targets of the lines `[label]: target` of a page.
fn definitions(page: &str) -> impl Iterator<Item = (&str, &str)> {
    page.lines().filter_map(|line| line.strip_prefix('[')?.split_once("]: "))
}

/// The anchors that a Markdown viewer gives to the headings of a page.
fn anchors(page: &str) -> BTreeSet<String> {
    let headings = page.lines().filter(|line| line.starts_with('#'));
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    let slug = |line: &str| {
        line.trim_start_matches('#').trim().to_lowercase().chars().filter(kept).collect::<String>()
    };
    headings.map(|line| slug(line).replace(' ', "-")).collect()
}

#[test]
fn links_lead_to_files_and_headings_that_exist() {
    let entries = fs::read_dir(folder()).expect("paper/ can be listed");
    let names = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("ASCII names"));
    let mut followed = 0;
    for name in names.filter(|name| name.ends_with(".md")) {
        let page = read(&name);
        for link in links(&page) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let file = if file.is_empty() { &name } else { file };
            assert!(folder().join(file).is_file(), "{name} links to {link}");
            assert!(anchor.is_empty() || anchors(&read(file)).contains(anchor), "{name} links to {link}");
            followed += 1;
        }
    }
    assert!(followed > 50, "only {followed} links were found");
}

#[test]
fn every_definition_of_a_link_is_used() {
    let mut found = 0;
    for name in BOOK {
        let page = read(name);
        for (label, _) in definitions(&page) {
            assert!(page.matches(&format!("[{label}]")).count() > 1, "{name} has no link [{label}]");
            found += 1;
        }
    }
    assert!(found > 10, "only {found} definitions were found");
}

/// The pages that are also part of the rustdoc book.
const BOOK: [&str; 3] = ["claims.md", "deviations.md", "REPRODUCTION.md"];

/// There, a link to a file would lead nowhere: `src/paper.rs` defines every label again, and the first definition counts.
#[test]
fn in_the_book_no_link_leads_to_a_file() {
    let book = fs::read_to_string(folder().join("../src/paper.rs")).expect("src/paper.rs");
    for name in BOOK {
        let page = read(name);
        let include = format!("    #![doc = include_str!(\"../paper/{name}\")]");
        let module = book.split("pub mod ").find(|module| module.contains(&include));
        let module = module.unwrap_or_else(|| panic!("{name} is not in src/paper.rs"));
        for (label, _) in definitions(&page) {
            assert!(module.contains(&format!("//! [{label}]: ")), "{name}: [{label}] leads out of the book");
        }
        let inline =
            page.split("](").skip(1).filter(|rest| !rest.starts_with('#') && !rest.starts_with("https://"));
        assert_eq!(inline.count(), 0, "{name} has links in line");
    }
}

// ---- How to cite ----------------------------------------------------------------------------------------------------

/// The value of a key of `CITATION.cff` that stands at the beginning of a line.
fn citation(key: &str) -> String {
    let file = fs::read_to_string(folder().join("../CITATION.cff")).expect("CITATION.cff");
    for line in file.lines() {
        let inner = line.trim_start_matches([' ', '-']);
        assert!(
            inner.contains(": ") || inner.ends_with(':') || line.starts_with("  - "),
            "CITATION.cff: {line}"
        );
        assert!(!line.contains('\t') && line.matches('"').count() % 2 == 0, "CITATION.cff: {line}");
    }
    let value = file.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(": "));
    value.unwrap_or_else(|| panic!("CITATION.cff has no {key}")).trim_matches('"').to_owned()
}

#[test]
fn the_citation_is_of_this_version_and_of_the_paper() {
    assert_eq!(citation("cff-version"), "1.2.0");
    assert_eq!(citation("version"), env!("CARGO_PKG_VERSION"));
    assert_eq!(citation("license"), env!("CARGO_PKG_LICENSE"));
    let file = fs::read_to_string(folder().join("../CITATION.cff")).expect("CITATION.cff");
    for key in ["title", "journal", "doi"] {
        assert!(file.contains(text(&fact("paper"), key)), "CITATION.cff does not know the paper's {key}");
    }
    for author in array(&fact("paper.authors")) {
        let name = author.as_str().expect("a name").rsplit_once(' ').expect("two names");
        assert!(
            file.contains(&format!("family-names: {}\n        given-names: {}\n", name.1, name.0)),
            "{name:?}"
        );
    }
    // How to cite both is also told, in BibTeX.
    let readme = read("README.md");
    assert!(readme.contains(&format!("version = {{{}}}", env!("CARGO_PKG_VERSION"))), "paper/README.md");
}
