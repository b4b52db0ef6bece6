//! The pages of the book: equations in rustdoc, LaTeX in and MathML out at compile time, and a reading order.
//!
//! In `c.rs`, as the last line of the module's documentation, `#![doc = mathdoc::page!("c.md")]`; in `c.md`, beside it:
//!
//! ```text
//! The rate of a parameter, $\epsilon_k$, falls as the second derivative of the loss grows:
//!
//! $$ (21) [`rate`]
//! \epsilon_k = \frac{\eta}{\mu + h_{kk}}
//! $$
//! ```
//!
//! The text is Markdown as rustdoc reads it, links to items and examples included. In addition, `$...$` is an equation
//! within a line, and a `$$` alone on a line opens or closes a displayed equation. A number in parentheses after the
//! opening `$$` is the equation's number in the paper: it makes the anchor `eq-21`, and the text after it says which
//! function computes the equation. Code is not changed; `\$` is a dollar sign.
//!
//! An equation that does not parse is a compile error, and so is one with a character that the font lacks. The font, a
//! subset of STIX Two Math, is part of every page with equations, so that pages look the same without a mathematical font,
//! without scripts and without a network. A page should therefore have one call of the macro.
//!
//! Figures may follow the text, `page!("c.md", "rates.svg")`, or the text may be elsewhere, `page!()`. The page ends with links
//! to the previous and the next page of the book. Their order is in `book.txt`; a page that is not listed there is a compile
//! error.

mod book;
mod equation;
mod text;

use proc_macro::{Literal, Span, TokenStream, TokenTree};
use std::fs;
use std::path::Path;

/// A page of the book, as a string literal: the named files, which are beside the calling file, with the equations of `.md`
/// files converted, and links to the neighbouring pages. See the crate's documentation.
#[proc_macro]
pub fn page(input: TokenStream) -> TokenStream {
    match page_of(input) {
        Ok(page) => TokenTree::from(Literal::string(&page)).into(),
        Err(fault) => {
            let error = format!("compile_error!({})", Literal::string(&fault));
            error.parse().expect("a macro call with a string literal")
        }
    }
}

fn page_of(input: TokenStream) -> Result<String, String> {
    let caller = Span::call_site().local_file().ok_or("the path of the calling file is not known")?;
    let mut page = String::new();
    for name in names(input)? {
        let file = read(&caller.with_file_name(&name))?;
        page += &if name.ends_with(".md") { text::page(&file)? } else { file };
        page += "\n";
    }
    Ok(page + &book::links(&book::module(&caller))?)
}

/// The file names in a list of string literals.
fn names(input: TokenStream) -> Result<Vec<String>, String> {
    let tokens = input.into_iter().map(|token| token.to_string()).filter(|token| token != ",");
    let unquoted = |token: String| token.strip_prefix('"')?.strip_suffix('"').map(String::from);
    tokens
        .map(|token| unquoted(token.clone()).ok_or(format!("found {token}: expected file names in quotes")))
        .collect()
}

fn read(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| format!("cannot read {}: {error}", file.display()))
}
