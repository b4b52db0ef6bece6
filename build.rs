//! The crate is built again when a file changes that `mathdoc::page!` reads: the pages beside the code, and the figures.

fn main() {
    println!("cargo:rerun-if-changed=src");
    println!("cargo:rerun-if-changed=docs/figures");
}
