//! The pages that `mathdoc::page!` reads stand beside the code: when one changes, the crate is built again.

fn main() {
    println!("cargo:rerun-if-changed=src");
}
