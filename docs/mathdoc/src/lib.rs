//! Equations in rustdoc: LaTeX in, MathML out, at compile time.
//!
//! In `c.rs`, `#![doc = mathdoc::page!("c.md")]`; in `c.md`, beside it:
//!
//! ```text
//! The rate of a parameter, $\epsilon_k$, falls as the loss bends more:
//!
//! $$ (21) [`rate`]
//! \epsilon_k = \frac{\eta}{\mu + h_{kk}}
//! $$
//! ```
//!
//! The text is Markdown as rustdoc knows it, links to items and examples included. Besides, `$...$` is an equation in the
//! line and a `$$` alone on a line opens and closes one on a line of its own. If a number in brackets stands behind the
//! opening `$$`, it is the equation's number in the paper, the anchor is `eq-21`, and what follows it says what computes
//! it. Code is left alone; `\$` is a dollar.
//!
//! An equation that does not parse does not compile; nor does one with a character that the font lacks. The font, a part
//! of STIX Two Math, comes with every text, so that pages look the same on a machine that has no mathematical font, without
//! scripts and without network. So there should be one text on a page.

mod equation;
mod text;

use proc_macro::{Literal, Span, TokenStream, TokenTree};
use std::fs;
use syn::{LitStr, parse_macro_input};

/// A Markdown file with equations, beside the file that calls, as a string literal: see the crate's own page.
#[proc_macro]
pub fn page(input: TokenStream) -> TokenStream {
    let literal = parse_macro_input!(input as LitStr);
    match read(&literal.value()).and_then(|markdown| text::page(&markdown)) {
        Ok(page) => TokenTree::from(Literal::string(&page)).into(),
        Err(fault) => syn::Error::new(literal.span(), fault).into_compile_error().into(),
    }
}

/// The text of a file beside the one that is being compiled.
fn read(name: &str) -> Result<String, String> {
    let caller = Span::call_site().local_file().ok_or("the file that calls is not known")?;
    let path = caller.with_file_name(name);
    fs::read_to_string(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}
