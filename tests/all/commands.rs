//! The program, or cargo, accepts every command in the documentation.

use crate::common::pages;
use lenet5::experiment::command_line::{Cli, Command};
use lenet5::experiment::{Arm, Model, Study};
use std::path::Path;

use pages::{Page, below, page, uncommented};

/// The subcommands that may be named without their arguments.
const NAMES: [&str; 11] = [
    "list",
    "show",
    "classify",
    "read",
    "study",
    "figures",
    "fetch",
    "draw",
    "completions",
    "archaeology",
    "versus-1998",
];

/// Placeholders in the documentation, and a value for each.
const PLACEHOLDERS: [(&str, &str); 16] = [
    ("...", "rbf"),
    ("[vs", "vs"),
    ("ARM", "rbf"),
    ("ARM]...", "softmax"),
    ("NAME", "heads"),
    ("RUN_DIR", "runs/rbf-vs-softmax"),
    ("DIR", "mnist"),
    ("IMAGE...", "seven.png"),
    ("[MODEL...]", "rbf"),
    ("FILE", "runs/rbf-vs-softmax/rbf-seed1.safetensors"),
    ("N", "2"),
    ("S", "1"),
    ("SHELL", "bash"),
    ("mine.toml", "experiments/rbf.toml"),
    ("{folder}", "runs/rbf-vs-softmax"),
    ("{}", "runs/rbf-vs-softmax"),
];

// ---- Finding them ---------------------------------------------------------------------------------------------------

/// The cells of a notebook, one after the other.
fn cells(notebook: &Page) -> String {
    let notebook: serde_json::Value = serde_json::from_str(&notebook.text).expect("a notebook is JSON");
    let lines = |cell: &serde_json::Value| match &cell["source"] {
        serde_json::Value::Array(lines) => lines.iter().filter_map(|line| line.as_str()).collect(),
        source => source.as_str().unwrap_or_default().to_owned(),
    };
    notebook["cells"].as_array().expect("cells").iter().map(|cell| lines(cell) + "\n\n").collect()
}

/// All documentation of the project, as Markdown.
fn documentation() -> Vec<Page> {
    let mut all: Vec<Page> =
        ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "models/README.md"].map(page).into();
    all.extend(["paper", "docs", "notebooks"].iter().flat_map(|folder| below(folder, ".md")));
    let claims = page("paper/claims.toml");
    let commands =
        claims.text.lines().filter_map(|line| line.strip_prefix("command = \"")?.strip_suffix('"'));
    let text = commands.map(|command| format!("`{command}`\n\n")).collect();
    all.push(Page { text, ..claims });
    let notebooks = below("notebooks", ".ipynb").into_iter();
    all.extend(notebooks.map(|notebook| Page { text: cells(&notebook), ..notebook }));
    let settings = below("experiments", ".toml").into_iter();
    all.extend(settings.map(|page| Page { text: uncommented(&page.text, &["#"]), ..page }));
    all.extend(below("src", ".md"));
    let sources = below("src", ".rs").into_iter();
    all.extend(sources.map(|page| Page { text: uncommented(&page.text, &["//!", "///", "//"]), ..page }));
    all
}

/// All code of a text in Markdown: the lines of its code blocks and the text between backticks.
fn code(text: &str) -> Vec<String> {
    let (mut found, mut in_block, mut paragraph) = (Vec::new(), false, String::new());
    for line in text.lines().chain([""]) {
        let fence = line.trim_start().starts_with("```");
        if in_block && !fence {
            // Text after a gap in a line of a block is an explanation.
            let end = line
                .trim_start()
                .find("   ")
                .map_or(line.len(), |at| at + line.len() - line.trim_start().len());
            found.push(line[..end].trim().to_owned());
        } else if fence || line.trim().is_empty() {
            found.extend(paragraph.split('`').skip(1).step_by(2).map(str::to_owned));
            paragraph.clear();
        } else {
            paragraph += &format!("{} ", line.trim());
        }
        in_block ^= fence;
    }
    found
}

/// The commands in a piece of code: `a | b` is two if `b` is a command of the program.
fn commands(code: &str) -> Vec<String> {
    let code = code.strip_prefix("$ ").unwrap_or(code);
    if code.starts_with("--data DIR ") {
        return code.split("  ").map(|option| format!("experiment rbf {option}")).collect();
    }
    let start = ["cargo ", "experiment "].iter().filter_map(|word| code.find(word)).min();
    let Some(start) = start.filter(|&start| code[..start].split_whitespace().all(is_variable)) else {
        return Vec::new();
    };
    // Only the command itself: its output may go to a file.
    let command = code[start..].split(" > ").next().unwrap_or_default();
    let mut parts = command.split(" | ");
    let first = parts.next().into_iter().map(str::to_owned);
    let others = parts.filter(|part| NAMES.contains(&part.split(' ').next().unwrap_or_default()));
    first.chain(others.map(|part| format!("experiment {part}"))).collect()
}

/// `NAME=VALUE`, or the end of a value in quotes.
fn is_variable(word: &str) -> bool {
    word.contains('=') || word.ends_with('"')
}

// ---- Judging them ---------------------------------------------------------------------------------------------------

/// The reason why a command is refused, if it is.
fn refusal(command: &str) -> Option<String> {
    let words: Vec<&str> = command.split_whitespace().collect();
    match words.as_slice() {
        ["experiment", words @ ..] => refusal_by_experiment(words),
        ["cargo", "run", "--bin", "experiment", "--", words @ ..] => refusal_by_experiment(words),
        ["cargo", "test", words @ ..] => refusal_by_tests(words),
        ["cargo", "bench"] | ["cargo", "bench", "--", ..] => None,
        ["cargo", "doc", options @ ..] => {
            let known = |option: &&&str| ["--no-deps", "--open"].contains(option);
            options.iter().find(|option| !known(option)).map(|option| format!("cargo doc has no {option}"))
        }
        ["cargo", "install", ..] => None,
        _ => Some("not a command that is known here".into()),
    }
}

fn refusal_by_experiment(words: &[&str]) -> Option<String> {
    if matches!(words, [name] if NAMES.contains(name)) {
        return None;
    }
    let meaning = |word: &&str| {
        let stands_for = PLACEHOLDERS.iter().find(|(placeholder, _)| placeholder == word);
        stands_for.map_or(*word, |(_, meaning)| meaning).to_owned()
    };
    let mut words: Vec<String> = words.iter().map(meaning).collect();
    if words.contains(&"--resume".to_owned()) {
        words.retain(|word| word != "rbf");
    }
    let cli = match Cli::read(["experiment".to_owned()].into_iter().chain(words)) {
        Ok(cli) => cli,
        Err(help) if help.exit_code() == 0 => return None,
        Err(error) => return Some(error.to_string()),
    };
    let unknown = match &cli.command {
        None => cli.arm_names().find_map(|arm| Arm::find(arm).err()),
        Some(Command::Show { arm }) => Arm::find(arm).err(),
        Some(Command::Study { study, .. }) => Study::find(study).err(),
        Some(Command::Classify(options)) if options.model.extension().is_none() => {
            Model::find(&options.model).err()
        }
        Some(_) => None,
    };
    unknown.map(|error| error.to_string())
}

/// The reason why `cargo test` runs nothing: an unknown target or test.
fn refusal_by_tests(words: &[&str]) -> Option<String> {
    let end = words.iter().position(|word| *word == "--").unwrap_or(words.len());
    let (selected, options) = (&words[..end], words.get(end + 1..).unwrap_or_default());
    if let Some(option) = options.iter().find(|option| !["--ignored", "--nocapture"].contains(option)) {
        return Some(format!("no test needs {option}"));
    }
    match selected {
        [] | ["--lib"] | ["--doc"] | ["--doc", _] | ["--test", "all", "NAME::"] => None,
        ["--test", target] => refusal_by_target(target, ""),
        ["--test", target, filter] => refusal_by_target(target, filter),
        [filter] => (!has_test(&below("tests", ".rs"), filter)).then(|| format!("there is no test {filter}")),
        _ => Some("expected cargo test --test all, and perhaps a word for some of its tests".into()),
    }
}

fn refusal_by_target(target: &str, filter: &str) -> Option<String> {
    if !Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(target).join("main.rs").is_file() {
        return Some(format!("there is no test target {target}"));
    }
    (!has_test(&below(&format!("tests/{target}"), ".rs"), filter))
        .then(|| format!("{target} has no test {filter}"))
}

/// Whether the path of a function in these sources contains the filter, as `cargo test` asks: `gradients::layers::by_bprop`.
fn has_test(sources: &[Page], filter: &str) -> bool {
    sources.iter().any(|page| {
        let file =
            page.name.trim_start_matches("tests/all/").trim_end_matches(".rs").trim_end_matches("/mod");
        let names = page.text.split("fn ").skip(1).filter_map(|rest| rest.split('(').next());
        names.map(|name| format!("{}::{name}", file.replace('/', "::"))).any(|path| path.contains(filter))
    })
}

#[test]
fn documented_commands_are_accepted() {
    let (mut found, mut refused) = (0, Vec::new());
    for page in documentation() {
        for command in code(&page.text).iter().flat_map(|code| commands(code)) {
            found += 1;
            refused.extend(refusal(&command).map(|why| format!("{}: `{command}`: {why}", page.name)));
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    assert!(found >= 120, "only {found} commands were found");
}

#[test]
fn wrong_commands_are_refused() {
    let markdown = "Run `experiment rbf --epochs 3`, `experiment transformer vs softmax` or `experiment rbf softmax`;\n\
                    or `experiment study nowhere`, or `experiment list | show lenet-6`, or\n`MNIST_DIR=DIR cargo test\n\
                    --test nothing`.\n\n```\n$ cargo run --bin experiment -- rbf vs svn --data DIR   much later\ncargo test \
                    --test all no_such_test\ncargo test no_such_test -- --ignored\ncargo test mnist -- --ignored\nexperiment classify\ncargo \
                    tset\n```\n";
    let all: Vec<String> = code(markdown).iter().flat_map(|code| commands(code)).collect();
    let right: Vec<&String> = all.iter().filter(|command| refusal(command).is_none()).collect();
    assert_eq!(right, ["experiment list", "cargo test mnist -- --ignored", "experiment classify"]);
    assert_eq!(all.len(), 13, "{all:?}");
}
