//! Values that are no secrets: references to one, place holders, and removed data.

use super::decode;

/// Words that replace a removed value, written by this program or another.
const TAKEN_OUT: &str = "masked|redacted|filtered|hidden|removed|secret";

/// Empty, or a mark of removed data.
pub(crate) fn is_taken_out(value: &str) -> bool {
    value.trim().is_empty() || value.contains("**") || is_reference(value)
}

/// `$TOKEN`, `${TOKEN}`, `<token>` and `{{ token }}` name a secret without containing it. A mask counts too: masking
/// twice must change nothing.
pub(super) fn is_reference(value: &str) -> bool {
    let plain = decode::without_commands(value);
    let bare = plain.trim_matches(['"', '\'', '`']);
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    let taken_out = bare
        .trim_start_matches(['[', '<', '(', '*'])
        .to_ascii_lowercase();
    bare.strip_prefix('$')
        .is_some_and(|name| name.starts_with(['{', '(']) || is_name(name))
        || (bare.starts_with('<') && bare.ends_with('>'))
        || bare.starts_with("{{")
        || bare.contains("[masked ")
        || is_placeholder(bare)
        || bare
            .chars()
            .all(|c| matches!(c, '*' | '•' | '.' | '…' | 'x' | 'X' | ' ' | '#' | '-' | '_'))
        || (bare.starts_with(['[', '<', '('])
            && TAKEN_OUT.split('|').any(|word| taken_out.starts_with(word)))
        || ["null", "none", "nil", "true", "false"]
            .iter()
            .any(|word| bare.eq_ignore_ascii_case(word))
}

/// `%s`, `{}`, `YOUR_API_KEY`: place holders that a program or a reader fills in.
fn is_placeholder(bare: &str) -> bool {
    const WORDS: &str = "your_ your- my_ replace_ replaceme redacted placeholder insert_ example_";
    let small = bare.to_ascii_lowercase();
    (bare.starts_with('%') && bare.len() <= 4)
        || matches!(bare, "{}" | "?" | "-" | "…" | "n/a" | "N/A")
        || (bare
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b == b'_' || b == b'-' || b == b'.')
            || small.starts_with("your"))
            && WORDS.split(' ').any(|word| small.starts_with(word))
}
