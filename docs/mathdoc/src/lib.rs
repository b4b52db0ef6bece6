//! Equations in rustdoc: LaTeX in, MathML out, at compile time.
//!
//! ```text
//! #![doc = mathdoc::md!(r#"
//! The rate of a parameter, $\epsilon_k$, falls as the loss bends more:
//!
//! $$ (21) [`rate`]
//! \epsilon_k = \frac{\eta}{\mu + h_{kk}}
//! $$
//! "#)]
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

use proc_macro::{Literal, TokenStream, TokenTree};
use syn::{LitStr, parse_macro_input};

/// Markdown with equations, as a string literal: see the crate's own page.
#[proc_macro]
pub fn md(input: TokenStream) -> TokenStream {
    let literal = parse_macro_input!(input as LitStr);
    match text::page(&literal.value()) {
        Ok(page) => TokenTree::from(Literal::string(&page)).into(),
        Err(fault) => syn::Error::new(literal.span(), fault).into_compile_error().into(),
    }
}
