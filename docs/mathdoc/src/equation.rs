//! An equation as MathML.

use math_core::{LatexToMathML, MathCoreConfig, MathDisplay};

/// The characters of the font.
const CHARACTERS: &str = include_str!("../font/characters.txt");

/// An equation as MathML, with the characters that Markdown would interpret escaped.
pub fn mathml(latex: &str, display: MathDisplay) -> Result<String, String> {
    let fault = |what: String| format!("{what}, in the equation: {latex}");
    let converter = LatexToMathML::new(MathCoreConfig::default()).map_err(|error| error.0.to_string());
    // The glyph of a prime is already raised in this font, so as an exponent it would be small and far too high.
    let latex_with_primes = latex.replace('\'', r"{\prime}");
    let result = converter.and_then(|converter| {
        converter.convert_with_local_state(&latex_with_primes, display).map_err(|error| error.to_string())
    });
    let mathml = result.map_err(fault)?.mathml;
    match mathml.chars().find(|&c| !CHARACTERS.contains(c)) {
        None => Ok(mathml.chars().map(escaped).collect()),
        Some(c) => Err(fault(format!(
            "the font lacks '{c}' (U+{:04X}): add it to font/characters.txt and run font/subset.sh",
            u32::from(c)
        ))),
    }
}

/// A character, escaped if Markdown would interpret it.
fn escaped(c: char) -> String {
    match c {
        '*' | '_' | '\\' | '`' | '|' | '[' | ']' | '~' => format!("&#{};", u32::from(c)),
        _ => c.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inline(latex: &str) -> Result<String, String> {
        mathml(latex, MathDisplay::Inline)
    }

    #[test]
    fn latex_becomes_mathml() {
        assert_eq!(inline("x_j").unwrap(), "<math><msub><mi>x</mi><mi>j</mi></msub></math>");
    }

    #[test]
    fn a_prime_is_not_an_exponent() {
        assert_eq!(inline("f'").unwrap(), "<math><mi>f</mi><mo>′</mo></math>");
    }

    #[test]
    fn characters_of_markdown_are_escaped() {
        let all = inline(r"|x| * [y] \backslash \_ \sim").unwrap();
        assert!(!all.contains(['*', '_', '\\', '`', '|', '[', ']', '~']), "{all}");
    }

    #[test]
    fn an_equation_that_does_not_parse_is_quoted() {
        for latex in [r"\ponder x", "x_{", r"\frac{1}"] {
            let fault = inline(latex).unwrap_err();
            assert!(fault.ends_with(&format!("in the equation: {latex}")), "{fault}");
        }
    }

    #[test]
    fn a_character_without_a_glyph_is_refused() {
        let fault = inline("ж").unwrap_err();
        assert!(fault.starts_with("the font lacks 'ж' (U+0436)"), "{fault}");
    }
}
