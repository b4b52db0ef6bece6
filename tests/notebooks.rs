//! The committed notebooks are executed from the first cell to the last, without an error, and every cell compiles.
//!
//! Whether their outputs are what the library gives now, `notebooks/execute --check` tells, where the kernel is there.

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The largest notebook that may be committed.
const BYTES: u64 = 400_000;

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

/// A text that is kept line by line.
fn text(lines: &Value) -> String {
    match lines {
        Value::String(text) => text.clone(),
        lines => lines.as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect(),
    }
}

fn cells<'a>(notebook: &'a Value, kind: &str) -> Vec<&'a Value> {
    notebook["cells"].as_array().unwrap().iter().filter(|cell| cell["cell_type"] == kind).collect()
}

/// What is wrong with a notebook, if anything.
fn fault(notebook: &Value) -> Option<String> {
    let (code, mut figures) = (cells(notebook, "code"), 0);
    if notebook["nbformat"] != 4 || notebook["metadata"]["kernelspec"]["name"] != "rust" {
        return Some("not a notebook of format 4 for the kernel rust".into());
    }
    for (n, cell) in code.iter().enumerate() {
        if cell["execution_count"] != n + 1 {
            return Some(format!("cell {} was executed as {}", n + 1, cell["execution_count"]));
        }
        for output in cell["outputs"].as_array().unwrap() {
            let figure = output["data"].get("image/svg+xml").map(text);
            let faultless = match output["output_type"].as_str() {
                Some("stream") => output["name"] == "stdout",
                // A figure, and not the numbers that a figure is made of.
                Some("execute_result" | "display_data") => figure.is_some(),
                _ => false,
            };
            if !faultless {
                return Some(format!("cell {}: {output}", n + 1));
            }
            figures += usize::from(figure.is_some_and(|svg| svg.trim().starts_with("<svg width=\"900\"")));
        }
    }
    let machine =
        ["/home/", "/work/", "/root/", "/tmp/"].into_iter().find(|&at| notebook.to_string().contains(at));
    match (figures, machine) {
        (0, _) => Some("shows no figure".into()),
        (_, Some(path)) => Some(format!("speaks of {path}, which is on one machine only")),
        _ => None,
    }
}

#[test]
fn each_was_executed_to_its_end() {
    let files = files();
    assert_eq!(files.len(), 5);
    for (path, number) in files.iter().zip(1..) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(name.starts_with(&format!("{number}-")), "{name}");
        let notebook = read(path);
        assert_eq!(fault(&notebook), None, "{name}");
        assert!(path.metadata().unwrap().len() < BYTES, "{name} is too large to be committed");
        let readme = std::fs::read_to_string(root().join("notebooks/README.md")).unwrap();
        assert!(readme.contains(&name), "notebooks/README.md does not name {name}");
    }
}

#[test]
fn digits_that_are_not_mnist_are_called_so() {
    for path in files() {
        let notebook = read(&path);
        let words =
            |kind| cells(&notebook, kind).iter().map(|cell| text(&cell["source"])).collect::<String>();
        if words("code").contains("embedded::digits") {
            assert!(words("markdown").contains("*embedded digit"), "{}", path.display());
        }
    }
}

#[test]
fn what_went_wrong_is_seen() {
    let notebook = || read(&files()[0]);
    let wrong = |change: &dyn Fn(&mut Value)| {
        let mut notebook = notebook();
        let code =
            notebook["cells"].as_array_mut().unwrap().iter_mut().find(|cell| cell["cell_type"] == "code");
        change(code.unwrap());
        fault(&notebook).expect("this must not pass")
    };
    let outputs = |output: Value| move |cell: &mut Value| cell["outputs"] = json!([output]);
    assert!(wrong(&|cell| cell["execution_count"] = Value::Null).contains("executed as null"));
    assert!(wrong(&outputs(json!({"output_type": "error", "evalue": "no"}))).contains("cell 1"));
    assert!(
        wrong(&outputs(json!({"output_type": "stream", "name": "stderr", "text": "panicked"})))
            .contains("panicked")
    );
    let debug = json!({"output_type": "execute_result", "data": {"text/plain": ["Page { svg: ..."]}});
    assert!(wrong(&outputs(debug)).contains("Page {"));
    let path = json!({"output_type": "stream", "name": "stdout", "text": "/home/me/lenet5"});
    assert!(wrong(&outputs(path)).contains("/home/"));
}

/// The cells of a notebook as one program: what evcxr makes of them, but for the lines that only evcxr understands.
fn program(notebook: &Value) -> String {
    let mut body = String::new();
    for cell in cells(notebook, "code") {
        let source = text(&cell["source"]);
        source.lines().filter(|line| !line.starts_with(':')).for_each(|line| body += &format!("{line}\n"));
        // The last line may be a value that is shown.
        body += ";\n";
    }
    format!("#![allow(warnings)]\nfn main() -> Result<(), Box<dyn std::error::Error>> {{\n{body}Ok(())\n}}\n")
}

/// Checks programs as crates that have nothing but the library and its feature `figures`, as a notebook has; says what
/// the compiler said if it refused.
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
fn every_cell_compiles() {
    let mut programs: Vec<String> = files().iter().map(|path| program(&read(path))).collect();
    compile(&programs).unwrap_or_else(|said| panic!("{said}"));
    programs[1] = programs[1].replace("Ok(())\n}", "net.no_such_thing();\nOk(())\n}");
    let said = compile(&programs).expect_err("a cell that does not compile must be refused");
    assert!(said.contains("notebook-2.rs") && said.contains("no_such_thing"), "{said}");
}
