//! Rebuilds the crate when a page beside the code changes (`mathdoc::page!` reads them), and warns of a build without
//! optimisation.

fn main() {
    println!("cargo:rerun-if-changed=src");
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("OPT_LEVEL").is_ok_and(|level| level == "0") {
        println!(
            "cargo:warning=lenet5 is compiled without optimisation and trains about 80 times slower: add `[profile.dev]` and \
             `opt-level = 3` to the Cargo.toml of your workspace, or build with --release"
        );
    }
}
