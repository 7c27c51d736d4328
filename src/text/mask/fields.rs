//! Values under sensitive names, in the forms of settings, headers, records and commands: `name=value`, `name:
//! value`, `"name": "value"`, `<name>value</name>`, `--name value`, and a name next to its value (`name:
//! DB_PASSWORD`, `value: …`).
//!
//! Each place is checked once and each value is read once, so the work grows linearly with the text.

mod forms;
mod values;

use super::super::sanitize::ceil_char_boundary;
use super::hit::{Hit, MaskKind};
use super::names::SensitiveNames;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;
use values::{LONGEST_NAME, is_given, value_at};
pub(super) use values::{is_amount, is_said};

/// Every text with a sensitive name in these forms contains one of these.
static HINT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)pass|pwd|pw\b|mdp|psk|kennwort|contrase|senha|wachtw|cred|secret|token|key|connectionstring|connection.string|authorization|bearer|jwt|session|phpsess|saml|otp|onetime|one.time|seed|mnemonic|dockerconfig|webhook.?url").ok()
});

pub(super) fn find(text: &str, names: &SensitiveNames) -> Vec<Hit> {
    let mut hits = Vec::new();
    let hinted = HINT.as_ref().is_none_or(|hint| hint.is_match(text));
    if !hinted && !names.are_chosen() {
        return hits;
    }
    let bytes = text.as_bytes();
    let mut done = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if at < done {
            continue;
        }
        let found = match byte {
            b'=' | b':' => setting(text, at, names),
            b'<' => forms::element(text, at, names),
            b'-' => forms::flag(text, at, names),
            _ => None,
        };
        if let Some((range, kind)) = found {
            done = range.end;
            hits.push(Hit::new(range, kind));
        }
    }
    forms::beside(text, names, &mut hits);
    hits
}

/// The name of the field whose value begins at `at`.
pub(super) fn name_before(text: &str, at: usize) -> Option<&str> {
    let from = ceil_char_boundary(text, at.saturating_sub(2 * LONGEST_NAME));
    let head = text[from..at].trim_end_matches(['"', '\'', '\\', ' ', '\t', '[', '`']);
    let sign = head.trim_end_matches(['=', ':', '>']);
    let sign = if sign.len() < head.len() {
        sign.len()
    } else {
        head.len()
    };
    name_at(text, from + sign).map(|place| &text[place])
}

/// The name that ends before the sign at `sign`, without its quotation marks.
fn name_at(text: &str, sign: usize) -> Option<Range<usize>> {
    let from = ceil_char_boundary(text, sign.saturating_sub(LONGEST_NAME));
    let head = text[from..sign].trim_end_matches([' ', '\t']);
    // `settings["name"]`.
    let head = head
        .strip_suffix(']')
        .filter(|inside| inside.ends_with(['"', '\'']))
        .unwrap_or(head);
    let head = head.trim_end_matches(['"', '\'', '\\', '`']);
    let start = head
        .rfind(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '-')))
        .map_or(0, |before| {
            before + head[before..].chars().next().map_or(1, char::len_utf8)
        });
    let name = head[start..].trim_end_matches(['.', '-', '_']);
    let end = from + start + name.len();
    let name = name.trim_start_matches(['.', '-', '_']);
    (!name.is_empty()).then_some(end - name.len()..end)
}

fn setting(text: &str, at: usize, names: &SensitiveNames) -> Option<(Range<usize>, MaskKind)> {
    let bytes = text.as_bytes();
    let next = bytes.get(at + 1).copied();
    let before = at
        .checked_sub(1)
        .and_then(|before| bytes.get(before))
        .copied();
    let part_of_another = matches!(
        (bytes[at], next),
        (b':', Some(b'/' | b':')) | (b'=', Some(b'='))
    ) || matches!(
        (before, bytes[at]),
        (Some(b':'), b':') | (Some(b'=' | b'!' | b'<' | b'>'), b'=')
    );
    if part_of_another {
        return None;
    }
    let place = name_at(text, at)?;
    let name = &text[place.clone()];
    let kind = names.kind_in_text(name)?;
    // In an address this is the user: the password after it has its own row. `…:secret:name` is the name of a
    // resource.
    let head = &text[..place.start];
    let resource = bytes[at] == b':' && head.ends_with(':') && next != Some(b' ');
    if place.end == at && (head.ends_with("//") || resource) {
        return None;
    }
    let from = at + 1 + usize::from(matches!(next, Some(b'=' | b'>')));
    let value = value_at(text, from, bytes[at] == b':')?;
    let shown = &text[value.clone()];
    let said = is_said(&text[place.start..value.start], shown);
    // The working directory of a shell.
    let directory = shown.starts_with('/') && name.to_ascii_lowercase().ends_with("pwd");
    (!said && !directory && is_given(shown) && !is_amount(text, &value)).then_some((value, kind))
}
