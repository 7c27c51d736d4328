//! Names that do not stand directly before their value: elements, flags, and records with the name in one field and
//! the value in the next.

use super::super::hit::{Hit, MaskKind};
use super::super::names::SensitiveNames;
use super::super::reference::is_reference;
use super::values::{LONGEST_NAME, LONGEST_WORD, STATES, is_given, quoted};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// A record with the name in one field and the value in the next.
static PAIR: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?i)(?:\b|_)(?:name|key|k|header|field|variable|id|property|n)\\*["']?\s*[:=]\s*\\*["']?(?P<n>[\p{L}\p{N}_.:-]{2,96})\\*["']?[\s,;|]{1,40}(?:[-{]\s*)?\\*["']?(?:value|val|v|content|data|default)\\*["']?\s*[:=]\s*(?P<s>\\?"(?:[^"\\\n]|\\[^"])+|'[^'\n]+'?|[^\s"',;&}\]<>]+)"#).ok()
});

/// An element with its name in an attribute.
static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?i)\b(?:name|key|id)=["'](?P<n>[\p{L}\p{N}_.:-]{2,96})["'][^<>]{0,80}>\s*(?P<s>[^<>\s][^<>]*?)\s*</"#).ok()
});

pub(super) fn beside(text: &str, names: &SensitiveNames, hits: &mut Vec<Hit>) {
    let attribute = NAMED
        .as_ref()
        .filter(|_| text.contains("=\"") || text.contains("='"));
    for found in attribute.iter().flat_map(|named| named.captures_iter(text)) {
        let (Some(name), Some(value)) = (found.name("n"), found.name("s")) else {
            continue;
        };
        if let Some(kind) = names
            .kind_in_text(name.as_str())
            .filter(|_| is_given(value.as_str()))
        {
            hits.push(Hit::new(value.range(), kind));
        }
    }
    if let Some(pair) = PAIR
        .as_ref()
        .filter(|_| text.contains(['v', 'V', 'c', 'd']))
    {
        for found in pair.captures_iter(text) {
            let (Some(name), Some(value)) = (found.name("n"), found.name("s")) else {
                continue;
            };
            let Some(kind) = names.kind_in_text(name.as_str()) else {
                continue;
            };
            let skip = value
                .as_str()
                .find(|c| !matches!(c, '\\' | '"' | '\''))
                .unwrap_or(0);
            let range = value.start() + skip..value.end();
            if !is_reference(&text[range.clone()]) {
                hits.push(Hit::new(range, kind));
            }
        }
    }
}

/// `<name …>value</name>`; a value in `CDATA` may contain any character.
pub(super) fn element(
    text: &str,
    at: usize,
    names: &SensitiveNames,
) -> Option<(Range<usize>, MaskKind)> {
    const CDATA: &str = "<![CDATA[";
    let rest = &text[at + 1..];
    let length = rest
        .bytes()
        .take(LONGEST_NAME)
        .take_while(|b| {
            b.is_ascii_alphanumeric() || matches!(b, b':' | b'_' | b'.' | b'-') || *b >= 0x80
        })
        .count();
    let name = rest.get(..length)?;
    let name = name.rsplit(':').next().unwrap_or(name);
    let kind = names.kind_of_field(name)?;
    let tag = rest[length..]
        .bytes()
        .take(512)
        .position(|b| matches!(b, b'>' | b'<'))?;
    let open = at + 1 + length + tag;
    if !text[open..].starts_with('>') || text[..open].ends_with('/') {
        return None;
    }
    let inside = &text[open + 1..];
    let start = open + 1 + inside.len() - inside.trim_start().len();
    let inside = &text[start..];
    let range = if let Some(data) = inside.strip_prefix(CDATA) {
        let start = start + CDATA.len();
        start..start + data.find("]]>").unwrap_or(data.len())
    } else {
        // Without an end tag the text was cut, unless it is a placeholder: `user:<password>@host`, `Bearer <token>' …`.
        let cut = !text[..at].ends_with(|c: char| !(c.is_whitespace() || c == '>'))
            && !inside.starts_with(['\'', '"', ')', ']', ',', ';', '|']);
        let end = inside.find('<').or_else(|| cut.then_some(inside.len()))?;
        start..start + end
    };
    let value = text[range.clone()].trim_end();
    let range = range.start..range.start + value.len();
    (!value.is_empty() && is_given(value)).then_some((range, kind))
}

/// Words after a flag in a sentence about it.
const PROSE: &str =
    "flag option options argument parameter and or with instead header by has when if as";

/// `--name value`.
pub(super) fn flag(
    text: &str,
    at: usize,
    names: &SensitiveNames,
) -> Option<(Range<usize>, MaskKind)> {
    let before = text[..at].chars().next_back();
    let starts = before.is_none_or(|c| c.is_whitespace() || matches!(c, '"' | '\'' | '[' | ','));
    let dashes = text[at..]
        .bytes()
        .take(3)
        .take_while(|b| *b == b'-')
        .count();
    if !starts || dashes > 2 {
        return None;
    }
    let name = &text[at + dashes..];
    let length = name
        .bytes()
        .take(LONGEST_NAME)
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        .count();
    let kind = names.kind_in_text(&name[..length]).filter(|_| length > 2)?;
    let after = &name[length..];
    // `["--password", "…"]` of a manifest.
    let behind = after.trim_start_matches(['"', '\'', ',', ' ', '\t']);
    let gap = &after[..after.len() - behind.len()];
    if !gap.contains(' ') || behind.starts_with(['-', '|', '=', ':']) {
        return None;
    }
    let end = match gap.chars().next_back() {
        Some(mark @ ('"' | '\'')) => quoted(behind, mark, false),
        _ => behind
            .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ')'))
            .unwrap_or(behind.len()),
    };
    let start = text.len() - behind.len();
    let value = &behind[..end];
    (end > 0 && !is_prose(value) && is_given(value)).then_some((start..start + end, kind))
}

fn is_prose(value: &str) -> bool {
    let word = value.trim_end_matches([',', '.', ';']).to_lowercase();
    value.len() <= LONGEST_WORD
        && (STATES.contains(word.as_str()) || PROSE.split(' ').any(|prose| prose == word))
}
