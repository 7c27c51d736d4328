//! Repairs JSON that no strict reader accepts: half of a surrogate pair, bytes that are no UTF-8, a control character
//! in a text, NaN, a number out of range, a repeated field.

use serde::de::DeserializeOwned;

/// Repairs only what strict reading refuses.
pub(in crate::sources) fn salvage<T: DeserializeOwned>(raw: &[u8]) -> Result<T, serde_json::Error> {
    serde_json::from_slice(raw).or_else(|error| {
        if error.is_eof() {
            return Err(error);
        }
        // A tree keeps the last of repeated fields.
        let tree: serde_json::Value = serde_json::from_str(&repaired(raw))?;
        T::deserialize(tree)
    })
}

fn repaired(raw: &[u8]) -> String {
    let text = String::from_utf8_lossy(raw);
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = &*text;
    while let Some(first) = rest.chars().next() {
        rest = match first {
            '"' => copy_string(rest, &mut out),
            '{' | '}' | '[' | ']' | ',' | ':' | ' ' | '\t' | '\n' | '\r' => {
                out.push(first);
                &rest[1..]
            }
            _ => copy_word(rest, &mut out),
        };
    }
    out
}

/// A number or a literal; anything else becomes a text.
fn copy_word<'t>(rest: &'t str, out: &mut String) -> &'t str {
    let ends = |c: char| matches!(c, '{' | '}' | '[' | ']' | ',' | ':' | '"') || c.is_whitespace();
    let (word, behind) = rest.split_at(rest.find(ends).unwrap_or(rest.len()));
    // White space that JSON does not allow.
    if let Some(strange) = rest.chars().next().filter(|_| word.is_empty()) {
        out.push(' ');
        return &rest[strange.len_utf8()..];
    }
    if serde_json::from_str::<serde_json::Value>(word).is_ok() {
        out.push_str(word);
    } else {
        out.push_str(&serde_json::Value::from(word).to_string());
    }
    behind
}

/// With its quotation marks; without an end up to the end of the text.
fn copy_string<'t>(rest: &'t str, out: &mut String) -> &'t str {
    out.push('"');
    let mut rest = &rest[1..];
    loop {
        let special = |c: char| c == '"' || c == '\\' || c < ' ';
        let (plain, behind) = rest.split_at(rest.find(special).unwrap_or(rest.len()));
        out.push_str(plain);
        match behind.chars().next() {
            None => return behind,
            Some('"') => {
                out.push('"');
                return &behind[1..];
            }
            Some('\\') => rest = copy_escape(behind, out),
            Some(control) => {
                out.push_str(&format!("\\u{:04x}", u32::from(control)));
                rest = &behind[1..];
            }
        }
    }
}

fn copy_escape<'t>(rest: &'t str, out: &mut String) -> &'t str {
    const UNKNOWN: &str = "\\ufffd";
    let unit = |text: &str| -> Option<u32> {
        let digits = text.strip_prefix("\\u")?.get(..4)?;
        u32::from_str_radix(digits, 16).ok()
    };
    let kind = rest[1..].chars().next();
    match (kind, unit(rest)) {
        (None, _) => "",
        (Some('u'), None) => {
            out.push_str(UNKNOWN);
            &rest[2..]
        }
        (_, Some(0xD800..=0xDBFF)) if matches!(unit(&rest[6..]), Some(0xDC00..=0xDFFF)) => {
            out.push_str(&rest[..12]);
            &rest[12..]
        }
        (_, Some(0xD800..=0xDFFF)) => {
            out.push_str(UNKNOWN);
            &rest[6..]
        }
        (_, Some(_)) => {
            out.push_str(&rest[..6]);
            &rest[6..]
        }
        (Some('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't'), None) => {
            out.push_str(&rest[..2]);
            &rest[2..]
        }
        // An escape that JSON does not have: the backslash is meant literally.
        (Some(_), None) => {
            out.push_str("\\\\");
            &rest[1..]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    #[rstest]
    #[case::half_of_a_pair(br#"{"a":"x\ud800y"}"#, json!({"a": "x\u{FFFD}y"}))]
    #[case::the_other_half(br#"{"a":"\udc00"}"#, json!({"a": "\u{FFFD}"}))]
    #[case::two_first_halves(br#"{"a":"\ud800\ud83d\ude00"}"#, json!({"a": "\u{FFFD}\u{1F600}"}))]
    #[case::in_a_name(br#"{"\ud800":1}"#, json!({"\u{FFFD}": 1}))]
    #[case::no_utf8(b"{\"a\":\"\xff\"}", json!({"a": "\u{FFFD}"}))]
    #[case::a_control_character(b"{\"a\":\"x\ny\"}", json!({"a": "x\ny"}))]
    #[case::an_unknown_escape(br#"{"a":"C:\x"}"#, json!({"a": "C:\\x"}))]
    #[case::a_broken_escape(br#"{"a":"\u12"}"#, json!({"a": "\u{FFFD}12"}))]
    #[case::nan(br#"{"a":NaN,"b":-Infinity}"#, json!({"a": "NaN", "b": "-Infinity"}))]
    #[case::beyond_any_machine(br#"{"a":1e999}"#, json!({"a": "1e999"}))]
    #[case::a_strange_white_space("{\u{b}\"a\":\u{3000}1}".as_bytes(), json!({"a": 1}))]
    #[case::twice(br#"{"a":1,"a":2}"#, json!({"a": 2}))]
    fn what_no_strict_reader_takes_is_repaired(#[case] raw: &[u8], #[case] read: Value) {
        assert_eq!(salvage::<Value>(raw).unwrap(), read);
    }

    proptest! {
        #[test]
        fn a_repair_ends_and_changes_nothing_that_is_json(raw in proptest::collection::vec(any::<u8>(), 0..200), text in any::<String>()) {
            let _ = repaired(&raw);
            let whole = json!({"a": text, "b": [1, 2.5, true, null], "c": {"d": "\"\\"}}).to_string();
            prop_assert_eq!(repaired(whole.as_bytes()), whole);
        }
    }
}
