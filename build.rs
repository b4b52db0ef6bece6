//! Rebuilds the crate when a file changes that `mathdoc::page!` reads, a page or a figure, and warns of a build without
//! optimisation.

fn main() {
    println!("cargo:rerun-if-changed=src");
    println!("cargo:rerun-if-changed=docs/figures");
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("OPT_LEVEL").is_ok_and(|level| level == "0") {
        println!(
            "cargo:warning=lenet5 is compiled without optimisation and trains about 80 times slower: add `[profile.dev]` and \
             `opt-level = 3` to the Cargo.toml of your workspace, or build with --release"
        );
    }
}
