//! Writes valid inputs of every parser to `corpus/PARSER/`, the start of fuzzing.

#[path = "../parsers.rs"]
mod parsers;

use std::fs;
use std::path::Path;

fn main() -> std::io::Result<()> {
    for parser in parsers::PARSERS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(parser.name);
        fs::create_dir_all(&folder)?;
        for (n, seed) in (parser.seeds)().iter().enumerate() {
            fs::write(folder.join(format!("seed-{n}")), seed)?;
        }
    }
    Ok(())
}
