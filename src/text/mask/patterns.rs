//! The table of secrets: the form of each secret, and a hint that is cheap to search for.
//!
//! Some words stand for parts that many rows share, see [`WORDS`]. The groups of [`GROUPS`] are masked; without them,
//! the whole match. A hint is a short expression that every text with a match of its row contains. Most texts contain
//! no hint, and no row is tried. A hint may also be the context that gives a match its meaning. Both ignore case
//! unless a row sets it.

mod addresses;
mod card;
mod codes;
mod commands;
mod headers;
mod hsm;
mod keys;
pub(super) mod looks;
mod passwords;
mod pattern;
mod pins;
mod providers;
mod sentences;
mod tracks;

pub(super) use pattern::Pattern;

/// Groups of an expression that hold a secret.
pub(super) const GROUPS: [&str; 3] = ["s", "t", "u"];

/// Expressions for the words in rows.
pub(super) const WORDS: &[(&str, &str)] = &[
    // Between a name and its value, on one line: an empty setting must not take the next name as its value.
    ("@TO@", r#"\\*["']?[ \t]*(?::=|=>|[:=])[ \t]*"#),
    // A value in a setting, in quotes or bare.
    (
        "@VALUE@",
        r#"(?:"(?:\\.|[^"\\])+"?|'(?:\\.|[^'\\])+'?|[^\s"',;&}\])\\<]+)"#,
    ),
    // An argument on a command line.
    ("@ARG@", r#"(?:"(?:\\.|[^"\\])+"?|'[^']+'?|[^\s"'-]\S*)"#),
    // After a short number that ends there: no decimal point, no unit, no time of day.
    ("@END@", r"(?:[^0-9A-Za-z.:%-]|[.:,-](?:\D|$)|$)"),
    // A code of three or four digits, or a list of such codes.
    (
        "@CODE@",
        r"(?:[0-9]{3,4}|[0-9](?:(?: ?[.,/_-] ?| {1,2})[0-9]){2,3})",
    ),
    // A PIN of four to twelve digits, or a list of PINs.
    (
        "@PIN@",
        r"(?:[0-9]{4,12}|[0-9](?:(?: ?[.,/_-] ?| {1,2})[0-9]){3,11})",
    ),
    // Words of a sentence between a name and its value.
    (
        "@IS@",
        r"(?:is|was|are|reads|becomes|remains|ist|war|lautet|lauten|bleibt|est|c['’]est|était|sont|es|era|son|é|è|sono|was|será|sarà|будет|это|是|は)",
    ),
    // One or two blocks of eight bytes, whole or in groups of one length. A hexadecimal word after them is no group.
    (
        "@BLOCK@",
        r"(?:[0-9A-F]{16}(?:[0-9A-F]{16})?|[0-9A-F]{8}(?:[ :-][0-9A-F]{8}){1,3}|[0-9A-F]{4}(?:[ :-][0-9A-F]{4}){3,7}|[0-9A-F]{2}(?:[ :-][0-9A-F]{2}){7,15})",
    ),
];

/// Every row; the caller merges overlaps.
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
