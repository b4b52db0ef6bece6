//! Every cell of the committed notebooks compiles.
//!
//! `notebooks/execute --check` compares their outputs with the present library's, if the kernel is installed; `.ci/check-text`
//! checks their form.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All notebooks in the order of their numbers.
fn files() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("notebooks")).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|kind| kind == "ipynb")).collect();
    files.sort();
    files
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// A text that is stored line by line.
fn text(lines: &Value) -> String {
    match lines {
        Value::String(text) => text.clone(),
        lines => lines.as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect(),
    }
}

/// The cells of a notebook as one program, as evcxr compiles them, without the lines that only evcxr understands.
fn program(notebook: &Value) -> String {
    let mut body = String::new();
    let cells = notebook["cells"].as_array().unwrap().iter();
    for cell in cells.filter(|cell| cell["cell_type"] == "code") {
        let source = text(&cell["source"]);
        source.lines().filter(|line| !line.starts_with(':')).for_each(|line| body += &format!("{line}\n"));
        // The last line may be a value that the notebook shows.
        body += ";\n";
    }
    format!("#![allow(warnings)]\nfn main() -> Result<(), Box<dyn std::error::Error>> {{\n{body}Ok(())\n}}\n")
}

/// Checks programs as crates that depend only on the library with its feature `figures`, like a notebook; an error is the
/// compiler's message.
fn compile(programs: &[String]) -> Result<(), String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("notebooks");
    let sources = folder.join("src/bin");
    std::fs::create_dir_all(&sources).unwrap();
    let manifest = format!(
        "[package]\nname = \"notebooks\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n\
         lenet5 = {{ path = {:?}, default-features = false, features = [\"figures\"] }}\n",
        root()
    );
    std::fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    std::fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    for (program, n) in programs.iter().zip(1..) {
        std::fs::write(sources.join(format!("notebook-{n}.rs")), program).unwrap();
    }
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["check", "--offline", "--quiet", "--bins"]).current_dir(&folder);
    let output = cargo.env("CARGO_TARGET_DIR", folder.join("target")).output().unwrap();
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

#[test]
#[ignore = "compiles the library once more: cargo test notebooks -- --ignored"]
fn every_cell_compiles() {
    let mut programs: Vec<String> = files().iter().map(|path| program(&read(path))).collect();
    compile(&programs).unwrap_or_else(|said| panic!("{said}"));
    programs[1] = programs[1].replace("Ok(())\n}", "net.no_such_thing();\nOk(())\n}");
    let said = compile(&programs).expect_err("a cell that does not compile must be refused");
    assert!(said.contains("notebook-2.rs") && said.contains("no_such_thing"), "{said}");
}
