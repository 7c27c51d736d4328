//! The grammar of a line, as `docs/journal.md` writes it down. One pass, no tree, no recursion: what the verifier
//! checks a million times, the reader checks too, so that they can never disagree.

mod json;

use super::digest::hex_into;
use sha2::{Digest, Sha256};

/// Longest line, newline included, in bytes: one `write(2)` that no reader sees half of.
pub(crate) const MAX_LINE: usize = 64 * 1024;
pub(super) const VERSION: u64 = 1;
/// Length of `,"hash":"` + 64 digits + `"}`.
pub(super) const HASH_TAIL: usize = 75;
const HEX: usize = 64;
const UUID: usize = 36;
const TIME: usize = 27;
/// No part of varying length is longer than this, quotation mark included.
const MAX_SHORT: usize = 66;

/// In bytes; written fields are far shorter.
pub(super) const MAX_TEXT_LINE: usize = 256 * 1024;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LineFault {
    Shape(&'static str),
    Hash,
}

impl std::fmt::Display for LineFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Shape(what) => f.write_str(what),
            Self::Hash => f.write_str("its bytes do not have the hash it names"),
        }
    }
}

pub(super) fn value_of(line: &str) -> Option<(String, String)> {
    let (salt, field, value): (&str, String, String) = serde_json::from_str(line).ok()?;
    (salt.len() == 32).then_some((field, value))
}

/// Slices of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scanned<'l> {
    pub(super) prev: &'l str,
    pub(super) version: u64,
    pub(super) seq: u64,
    pub(super) hash: &'l str,
    pub(super) digest: [u8; 32],
    /// `None` for a newer format.
    pub(super) members: Option<Members<'l>>,
}

/// The part between number and hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Members<'l> {
    pub(super) id: &'l str,
    pub(super) rec: &'l str,
    pub(super) mono: &'l str,
    pub(super) by: &'l str,
    pub(super) kind: &'l str,
    pub(super) occ: Option<&'l str>,
    pub(super) data: &'l str,
    pub(super) sd: &'l str,
}

impl<'l> Members<'l> {
    pub(super) fn commitments(&self) -> impl Iterator<Item = (&'l str, &'l str)> {
        let inner = &self.sd[1..self.sd.len() - 1];
        inner
            .split(',')
            .filter(|pair| !pair.is_empty())
            .filter_map(|pair| {
                let (field, digest) = pair.split_once(':')?;
                Some((field.trim_matches('"'), digest.trim_matches('"')))
            })
    }
}

/// Names, and values as written in the line.
pub(super) fn members_of(data: &str) -> Vec<(&str, &str)> {
    json::members(data)
}

/// The field of `["<32 hex salt>","<field>","<value>"]`.
pub(super) fn field_of_text(line: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(line).ok()?;
    let rest = text.strip_prefix("[\"")?.strip_suffix(']')?;
    let salt = rest.as_bytes().first_chunk::<32>()?;
    salt.iter().all(|byte| is_lower_hex(*byte)).then_some(())?;
    let rest = rest.get(32..)?.strip_prefix("\",\"")?;
    let (field, value) = rest.split_at(rest.bytes().take(MAX_SHORT).position(|b| b == b'"')?);
    let value = value.strip_prefix("\",")?;
    let whole = json::string(value) == Ok(value.len());
    (is_slug(field) && whole).then_some(field)
}

struct Cursor<'l> {
    rest: &'l str,
}

impl<'l> Cursor<'l> {
    fn literal(&mut self, literal: &str, what: &'static str) -> Result<(), LineFault> {
        self.rest = self
            .rest
            .strip_prefix(literal)
            .ok_or(LineFault::Shape(what))?;
        Ok(())
    }

    /// Returns the part before a quotation mark and skips the mark. A part of a fixed length needs no search.
    fn quoted(
        &mut self,
        fixed: usize,
        fits: impl Fn(&str) -> bool,
        what: &'static str,
    ) -> Result<&'l str, LineFault> {
        let bytes = self.rest.as_bytes();
        let end = match fixed {
            0 => bytes.iter().take(MAX_SHORT).position(|b| *b == b'"'),
            fixed => (bytes.get(fixed) == Some(&b'"')).then_some(fixed),
        };
        let part = end.and_then(|end| self.rest.get(..end));
        let part = part
            .filter(|part| fits(part))
            .ok_or(LineFault::Shape(what))?;
        self.rest = &self.rest[part.len() + 1..];
        Ok(part)
    }

    fn number(&mut self, what: &'static str) -> Result<u64, LineFault> {
        let bytes = self.rest.as_bytes();
        let end = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
        let (digits, rest) = self.rest.split_at(end);
        self.rest = rest;
        let padded = digits.len() > 1 && digits.starts_with('0');
        digits
            .parse()
            .ok()
            .filter(|_| !padded)
            .ok_or(LineFault::Shape(what))
    }
}

/// Takes a line without its newline; checks its grammar and its hash.
pub(super) fn scan(line: &[u8]) -> Result<Scanned<'_>, LineFault> {
    if line.len() >= MAX_LINE {
        return Err(LineFault::Shape("longer than a line may be"));
    }
    let text = std::str::from_utf8(line).map_err(|_| LineFault::Shape("not UTF-8"))?;
    let split = text
        .len()
        .checked_sub(HASH_TAIL)
        .filter(|at| text.is_char_boundary(*at));
    let (body, tail) = text.split_at(split.ok_or(LineFault::Shape("too short for a line"))?);
    let hash = tail
        .strip_prefix(",\"hash\":\"")
        .and_then(|t| t.strip_suffix("\"}"))
        .ok_or(LineFault::Shape("no hash at its end"))?;
    let mut cursor = Cursor { rest: body };
    cursor.literal("{\"prev\":\"", "no `prev` at its beginning")?;
    let prev = cursor.quoted(HEX, is_hash, "`prev` is not a hash")?;
    cursor.literal(",\"v\":", "no `v` after `prev`")?;
    let version = cursor.number("`v` is not a number")?;
    cursor.literal(",\"seq\":", "no `seq` after `v`")?;
    let seq = cursor.number("`seq` is not a number")?;
    cursor.literal(",\"id\":\"", "no `id` after `seq`")?;
    let digest = Sha256::digest(body.as_bytes()).into();
    let mut computed = [0; HEX];
    hex_into(&digest, &mut computed);
    if computed != hash.as_bytes() {
        return Err(LineFault::Hash);
    }
    let members = match version {
        0 => return Err(LineFault::Shape("there is no format 0")),
        VERSION => Some(members(cursor)?),
        _ => {
            json::check(text, json::Keys::Any).map_err(LineFault::Shape)?;
            None
        }
    };
    Ok(Scanned {
        prev,
        version,
        seq,
        hash,
        digest,
        members,
    })
}

fn members(mut cursor: Cursor<'_>) -> Result<Members<'_>, LineFault> {
    let id = cursor.quoted(UUID, is_uuid, "`id` is not a UUID")?;
    cursor.literal(",\"rec\":\"", "no `rec` after `id`")?;
    let rec = cursor.quoted(TIME, is_time, "`rec` is not a time")?;
    cursor.literal(",\"mono\":\"", "no `mono` after `rec`")?;
    let mono = cursor.quoted(0, is_mono, "`mono` is not a boot time")?;
    cursor.literal(",\"by\":\"", "no `by` after `mono`")?;
    let by = cursor.quoted(0, is_slug, "`by` is not a name")?;
    cursor.literal(",\"type\":\"", "no `type` after `by`")?;
    let kind = cursor.quoted(0, is_slug, "`type` is not a name")?;
    let mut occ = None;
    if let Some(rest) = cursor.rest.strip_prefix(",\"occ\":\"") {
        cursor.rest = rest;
        occ = Some(cursor.quoted(TIME, is_time, "`occ` is not a time")?);
    }
    cursor.literal(",\"data\":", "no `data` where it belongs")?;
    let length = json::object(cursor.rest).map_err(LineFault::Shape)?;
    let (data, rest) = cursor.rest.split_at(length);
    cursor.rest = rest;
    cursor.literal(",\"sd\":", "no `sd` after `data`")?;
    check_commitments(cursor.rest)?;
    Ok(Members {
        id,
        rec,
        mono,
        by,
        kind,
        occ,
        data,
        sd: cursor.rest,
    })
}

/// `{}` or `{"field":"digest",…}` and nothing after it.
fn check_commitments(text: &str) -> Result<(), LineFault> {
    const WHAT: &str = "`sd` is not a list of commitments";
    let inner = text
        .strip_prefix('{')
        .and_then(|t| t.strip_suffix('}'))
        .ok_or(LineFault::Shape(WHAT))?;
    if inner.is_empty() {
        return Ok(());
    }
    let mut cursor = Cursor { rest: inner };
    let mut fields = json::Seen::new();
    loop {
        cursor.literal("\"", WHAT)?;
        fields.push(cursor.quoted(0, is_slug, WHAT)?);
        cursor.literal(":\"", WHAT)?;
        cursor.quoted(HEX, is_hash, WHAT)?;
        if cursor.rest.is_empty() {
            break;
        }
        cursor.literal(",", WHAT)?;
    }
    if json::repeats(&mut fields) {
        return Err(LineFault::Shape("a field occurs twice in `sd`"));
    }
    Ok(())
}

const fn is_lower_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

pub(crate) fn is_hash(text: &str) -> bool {
    // Without an early end the compiler looks at many bytes at once.
    text.len() == HEX
        && text
            .bytes()
            .fold(true, |so_far, byte| so_far & is_lower_hex(byte))
}

pub(super) fn is_slug(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(json::is_slug_byte)
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => is_lower_hex(byte),
        })
}

fn is_mono(text: &str) -> bool {
    let Some((boot, since)) = text.split_once(':') else {
        return false;
    };
    let padded = since.len() > 1 && since.starts_with('0');
    boot.len() == 8
        && boot.bytes().all(is_lower_hex)
        && !padded
        && since.bytes().all(|b| b.is_ascii_digit())
        && since.parse::<u64>().is_ok()
}

/// `YYYY-MM-DDThh:mm:ss.ffffffZ`, a day that exists, years 1970 to 9999.
pub(super) fn is_time(text: &str) -> bool {
    const FORM: &[u8; 27] = b"dddd-dd-ddTdd:dd:dd.ddddddZ";
    let bytes = text.as_bytes();
    let formed = bytes.len() == FORM.len()
        && bytes.iter().zip(FORM).all(|(byte, form)| match form {
            b'd' => byte.is_ascii_digit(),
            _ => byte == form,
        });
    if !formed {
        return false;
    }
    let number = |from: usize, to: usize| {
        bytes[from..to]
            .iter()
            .fold(0u32, |n, b| n * 10 + u32::from(b - b'0'))
    };
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return false,
    };
    year >= 1970
        && (1..=days).contains(&day)
        && number(11, 13) < 24
        && number(14, 16) < 60
        && number(17, 19) < 60
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::whole(
        r#"["00112233445566778899aabbccddeeff","text","a \"b\" é"]"#,
        Some("text")
    )]
    #[case::empty(
        r#"["00112233445566778899aabbccddeeff","a.b-c_1",""]"#,
        Some("a.b-c_1")
    )]
    #[case::short_salt(r#"["00112233445566778899aabbccddeef","text","a"]"#, None)]
    #[case::upper_salt(r#"["00112233445566778899AABBCCDDEEFF","text","a"]"#, None)]
    #[case::no_field(r#"["00112233445566778899aabbccddeeff","","a"]"#, None)]
    #[case::odd_field(r#"["00112233445566778899aabbccddeeff","Text","a"]"#, None)]
    #[case::number(r#"["00112233445566778899aabbccddeeff","text",1]"#, None)]
    #[case::space(r#"["00112233445566778899aabbccddeeff", "text","a"]"#, None)]
    #[case::more(r#"["00112233445566778899aabbccddeeff","text","a","b"]"#, None)]
    #[case::behind(r#"["00112233445566778899aabbccddeeff","text","a"] "#, None)]
    #[case::half_a_pair(r#"["00112233445566778899aabbccddeeff","text","\ud800"]"#, None)]
    #[case::open_string(r#"["00112233445566778899aabbccddeeff","text","a\"]"#, None)]
    fn a_text_has_one_form(#[case] line: &str, #[case] field: Option<&str>) {
        assert_eq!(field_of_text(line.as_bytes()), field);
    }

    #[rstest]
    #[case("{}", &[])]
    #[case(r#"{"a":1}"#, &[("a", "1")])]
    #[case(r#"{"a":"}\",\"b\":","b":{"a":[1,{"c":2}],"d":{}},"e":[]}"#,
        &[("a", r#""}\",\"b\":""#), ("b", r#"{"a":[1,{"c":2}],"d":{}}"#), ("e", "[]")])]
    #[case(r#"{"a":"\\","b":null}"#, &[("a", r#""\\""#), ("b", "null")])]
    fn members_stand_as_they_are_in_the_line(
        #[case] object: &str,
        #[case] members: &[(&str, &str)],
    ) {
        assert_eq!(json::object(object), Ok(object.len()));
        assert_eq!(members_of(object), members);
    }
}
