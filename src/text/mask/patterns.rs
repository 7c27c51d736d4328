//! The table of secrets: what each looks like, and a hint that is cheap to look for before.
//!
//! Some words stand for parts that many rows share, see [`WORDS`]. The groups of [`GROUPS`] are what gets masked;
//! without them, the whole match. A hint is a short expression that every text with a match of its row has in it,
//! too; most texts have no hint in them and no row is tried. A hint may also be the context without which the match
//! means nothing. Both are read without regard to case unless a row says otherwise.

mod addresses;
mod card;
mod codes;
mod commands;
mod headers;
mod hsm;
mod keys;
pub(super) mod looks;
mod passwords;
mod pins;
mod providers;
mod sentences;
mod tracks;

use super::MaskKind;

/// One kind of secret.
pub(super) struct Pattern {
    /// What is reported.
    pub(super) kind: MaskKind,
    /// What a text has in it where this row may match.
    pub(super) hint: &'static str,
    /// The expression.
    pub(super) find: &'static str,
    /// Whether what was found looks like a secret; asked with the text of the match up to it.
    pub(super) looks: fn(&str, &str) -> bool,
}

const fn row(kind: MaskKind, hint: &'static str, find: &'static str) -> Pattern {
    row_if(kind, hint, find, looks::like_anything)
}

const fn row_if(
    kind: MaskKind,
    hint: &'static str,
    find: &'static str,
    looks: fn(&str, &str) -> bool,
) -> Pattern {
    Pattern {
        kind,
        hint,
        find,
        looks,
    }
}

/// Groups of an expression that hold a secret.
pub(super) const GROUPS: [&str; 3] = ["s", "t", "u"];

/// What the words in the expressions stand for.
pub(super) const WORDS: &[(&str, &str)] = &[
    // Between a name and its value, on one line: an empty setting must not take the next one's name.
    ("@TO@", r#"\\*["']?[ \t]*(?::=|=>|[:=])[ \t]*"#),
    // A value in a setting, in quotes or bare.
    (
        "@VALUE@",
        r#"(?:"(?:\\.|[^"\\])+"?|'(?:\\.|[^'\\])+'?|[^\s"',;&}\])\\<]+)"#,
    ),
    // An argument on a command line.
    ("@ARG@", r#"(?:"(?:\\.|[^"\\])+"?|'[^']+'?|[^\s"'-]\S*)"#),
    // Behind a short number that ends there: no decimal point, no unit, no time of day.
    ("@END@", r"(?:[^0-9A-Za-z.:%-]|[.:,-](?:\D|$)|$)"),
    // A code of three or four digits, also one after the other.
    (
        "@CODE@",
        r"(?:[0-9]{3,4}|[0-9](?:(?: ?[.,/_-] ?| {1,2})[0-9]){2,3})",
    ),
    // A secret number of four to twelve digits, also one after the other.
    (
        "@PIN@",
        r"(?:[0-9]{4,12}|[0-9](?:(?: ?[.,/_-] ?| {1,2})[0-9]){3,11})",
    ),
    // What a sentence says between a name and its value.
    (
        "@IS@",
        r"(?:is|was|are|reads|becomes|remains|ist|war|lautet|lauten|bleibt|est|c['’]est|était|sont|es|era|son|é|è|sono|was|será|sarà|будет|это|是|は)",
    ),
    // One or two blocks of eight bytes, whole or in groups of one length: a word of hexadecimal digits behind is no group.
    (
        "@BLOCK@",
        r"(?:[0-9A-F]{16}(?:[0-9A-F]{16})?|[0-9A-F]{8}(?:[ :-][0-9A-F]{8}){1,3}|[0-9A-F]{4}(?:[ :-][0-9A-F]{4}){3,7}|[0-9A-F]{2}(?:[ :-][0-9A-F]{2}){7,15})",
    ),
];

/// Every row; overlaps are settled by the caller.
pub(super) const ROWS: &[&[Pattern]] = &[
    card::CARD_DATA,
    pins::PINS,
    tracks::TRACKS,
    keys::KEYS,
    hsm::KEYS,
    headers::HEADERS,
    addresses::ADDRESSES,
    providers::PROVIDERS,
    passwords::PASSWORDS,
    sentences::SENTENCES,
    codes::CODES,
    commands::COMMANDS,
];
