//! One line of the journal: written, hashed and read back. Pure.

use super::clock::Stamp;
use super::error::JournalError;
use super::strict::Strict;
use crate::incident::{Body, Draft, Entry, Event, Occurred, Slug};
use crate::text::{Safe, sanitize};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Longest line, newline included, in bytes: one `write(2)` that no reader sees half of.
pub const MAX_LINE: usize = 64 * 1024;
/// The format that this program writes.
pub(super) const VERSION: u64 = 1;
/// Length of `,"hash":"` + 64 digits + `"}`.
const HASH_TAIL: usize = 75;
/// The `prev` of the first line.
pub(super) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Where a chain stands: the next line follows this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// Number of the last entry; 0 before the first.
    pub seq: u64,
    /// Hash of the last line.
    pub hash: String,
}

impl Position {
    /// Before the first line.
    pub fn start() -> Self {
        Self {
            seq: 0,
            hash: GENESIS.to_string(),
        }
    }
}

/// An encoded entry.
#[derive(Debug)]
pub struct Encoded {
    /// The line, with its newline.
    pub line: Vec<u8>,
    /// The disclosures, one line each, without newlines.
    pub disclosures: Vec<String>,
    /// The entry as a reader will see it.
    pub entry: Entry,
}

/// SHA-256 in hexadecimal.
pub fn hex_digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
            let _ = write!(out, "{byte:02x}");
            out
        })
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// Encodes a draft as the line after `position`. `salt` gives 16 fresh random bytes for each text.
pub fn encode(
    draft: &Draft,
    position: &Position,
    stamp: &Stamp,
    id: uuid::Uuid,
    mut salt: impl FnMut() -> Result<[u8; 16], JournalError>,
) -> Result<Encoded, JournalError> {
    let json = |error: serde_json::Error| JournalError::Encode(error.to_string());
    let tagged = serde_json::to_value(&draft.event).map_err(json)?;
    let kind = tagged["type"].as_str().unwrap_or_default().to_string();
    let mut data = match tagged.get("data") {
        Some(Value::Object(data)) => data.clone(),
        _ => Map::new(),
    };
    let mut masked = Vec::new();
    let (mut commitments, mut disclosures) = (Map::new(), Vec::new());
    for (field, text) in &draft.texts {
        let line = serde_json::to_string(&(hex(&salt()?), field, text.as_str())).map_err(json)?;
        commitments.insert(
            (*field).to_string(),
            Value::String(hex_digest(line.as_bytes())),
        );
        disclosures.push(line);
        masked.extend(
            text.found()
                .iter()
                .map(|f| ((*field).to_string(), f.kind.word().to_string())),
        );
    }
    masked.sort();
    masked.dedup();
    if !masked.is_empty() {
        let list: Vec<Value> = masked
            .iter()
            .map(|(field, kind)| json!({"field": field, "kind": kind}))
            .collect();
        data.insert("masked".into(), Value::Array(list));
    }
    if let Some(occurred) = draft.occurred {
        data.insert("occ-from".into(), json!(occurred.from));
    }
    let occ = draft
        .occurred
        .map_or(String::new(), |o| format!(",\"occ\":\"{}\"", time(o.at)));
    let mut line = format!(
        "{{\"prev\":\"{}\",\"v\":{VERSION},\"seq\":{},\"id\":\"{id}\",\"rec\":\"{}\",\"mono\":\"{}\",\
         \"by\":\"{}\",\"type\":\"{kind}\"{occ},\"data\":{},\"sd\":{}",
        position.hash,
        position.seq + 1,
        time(stamp.wall),
        stamp.mono(),
        draft.by,
        Value::Object(data),
        Value::Object(commitments),
    );
    let hash = hex_digest(line.as_bytes());
    let _ = writeln!(line, ",\"hash\":\"{hash}\"}}");
    if line.len() > MAX_LINE {
        return Err(JournalError::TooLong {
            length: line.len(),
            max: MAX_LINE,
        });
    }
    let known: BTreeMap<String, String> = disclosures
        .iter()
        .map(|line| (hex_digest(line.as_bytes()), line.clone()))
        .collect();
    let parsed = parse(line.trim_end().as_bytes())
        .map_err(|fault| JournalError::Encode(format!("{fault:?}")))?;
    let entry = parsed.entry(|commitment| {
        known
            .get(commitment)
            .and_then(|line| super::disclosures::value_of(line))
    });
    Ok(Encoded {
        line: line.into_bytes(),
        disclosures,
        entry,
    })
}

/// Why a line is not one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// Its shape is wrong: too long, not UTF-8, a NUL, CR or BOM, not the members in their order.
    Shape(&'static str),
    /// Its hash is not the hash of its bytes.
    Hash,
    /// Its members do not read.
    Members(String),
    /// A newer program wrote it.
    Newer(u64),
}

/// The chain's members, read without a JSON parser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Link<'l> {
    pub(super) prev: &'l str,
    pub(super) version: u64,
    pub(super) seq: u64,
    pub(super) hash: &'l str,
}

/// Reads and checks the chain's members of a line without its newline.
pub(super) fn link(line: &[u8]) -> Result<Link<'_>, Fault> {
    if line.len() >= MAX_LINE {
        return Err(Fault::Shape("longer than a line may be"));
    }
    if line.iter().any(|b| matches!(b, 0 | b'\r')) || line.starts_with(b"\xEF\xBB\xBF") {
        return Err(Fault::Shape("a NUL, CR or BOM in it"));
    }
    let text = std::str::from_utf8(line).map_err(|_| Fault::Shape("not UTF-8"))?;
    let shape = || Fault::Shape("not the members of a journal line, in their order");
    let split = text
        .len()
        .checked_sub(HASH_TAIL)
        .filter(|at| text.is_char_boundary(*at));
    let (body, tail) = text.split_at(split.ok_or_else(shape)?);
    let hash = tail
        .strip_prefix(",\"hash\":\"")
        .and_then(|t| t.strip_suffix("\"}"))
        .ok_or_else(shape)?;
    let rest = body.strip_prefix("{\"prev\":\"").ok_or_else(shape)?;
    let (prev, rest) = rest.split_at_checked(64).ok_or_else(shape)?;
    let rest = rest.strip_prefix("\",\"v\":").ok_or_else(shape)?;
    let (version, rest) = number(rest).ok_or_else(shape)?;
    let rest = rest.strip_prefix(",\"seq\":").ok_or_else(shape)?;
    let (seq, rest) = number(rest).ok_or_else(shape)?;
    if !rest.starts_with(",\"id\":\"") || !is_hex(prev) || !is_hex(hash) {
        return Err(shape());
    }
    if hex_digest(body.as_bytes()) != hash {
        return Err(Fault::Hash);
    }
    Ok(Link {
        prev,
        version,
        seq,
        hash,
    })
}

fn number(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    Some((text[..end].parse().ok()?, &text[end..]))
}

fn is_hex(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    prev: String,
    v: u64,
    seq: u64,
    id: String,
    rec: DateTime<Utc>,
    mono: String,
    by: Slug,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    occ: Option<DateTime<Utc>>,
    data: Strict,
    sd: Strict,
    hash: String,
}

/// A line whose chain members and JSON both read.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) prev: String,
    pub(super) version: u64,
    pub(super) mono: String,
    commitments: BTreeMap<String, String>,
    bare: Entry,
}

/// Reads a line without its newline.
pub(super) fn parse(line: &[u8]) -> Result<Parsed, Fault> {
    let link = link(line)?;
    if link.version > VERSION {
        return newer(line, link);
    }
    let members: Members =
        serde_json::from_slice(line).map_err(|error| Fault::Members(error.to_string()))?;
    let Strict(Value::Object(mut data)) = members.data else {
        return Err(Fault::Members("data is not an object".into()));
    };
    let Strict(Value::Object(sd)) = members.sd else {
        return Err(Fault::Members("sd is not an object".into()));
    };
    let mut commitments = BTreeMap::new();
    for (field, commitment) in sd {
        match commitment {
            Value::String(digest) if is_hex(&digest) => drop(commitments.insert(field, digest)),
            _ => return Err(Fault::Members("a commitment is not a digest".into())),
        }
    }
    let masked = data.remove("masked").map(masks).unwrap_or_default();
    let from = data
        .remove("occ-from")
        .and_then(|from| serde_json::from_value(from).ok());
    let occurred = members.occ.map(|at| Occurred {
        at,
        from: from.unwrap_or(crate::incident::observation::Cause::Said),
    });
    let body = match serde_json::from_value::<Event>(json!({"type": members.kind, "data": data})) {
        Ok(event) => Body::Known(event),
        Err(_) => Body::Unknown(Safe::line(&members.kind).as_str().to_string()),
    };
    let bare = Entry {
        seq: members.seq,
        id: sanitize::line(&members.id),
        hash: members.hash,
        recorded: members.rec,
        by: members.by,
        occurred,
        masked,
        body,
        texts: BTreeMap::new(),
    };
    Ok(Parsed {
        prev: members.prev,
        version: members.v,
        mono: members.mono,
        commitments,
        bare,
    })
}

/// A line of a newer format: the chain holds, its meaning is not known here.
fn newer(line: &[u8], link: Link<'_>) -> Result<Parsed, Fault> {
    let Ok(Strict(value)) = serde_json::from_slice::<Strict>(line) else {
        return Err(Fault::Newer(link.version));
    };
    let text = |name: &str| {
        value
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_string()
    };
    let recorded = text("rec")
        .parse()
        .map_err(|_| Fault::Newer(link.version))?;
    let kind = Safe::line(&text("type")).as_str().to_string();
    let bare = Entry {
        seq: link.seq,
        id: sanitize::line(&text("id")),
        hash: link.hash.to_string(),
        recorded,
        by: Slug::nearest(&text("by")),
        occurred: None,
        masked: Vec::new(),
        body: Body::Unknown(format!("{kind}, format {}", link.version)),
        texts: BTreeMap::new(),
    };
    Ok(Parsed {
        prev: link.prev.to_string(),
        version: link.version,
        mono: text("mono"),
        commitments: BTreeMap::new(),
        bare,
    })
}

fn masks(list: Value) -> Vec<(String, String)> {
    let word = |item: &Value, name: &str| Some(Safe::line(item.get(name)?.as_str()?).to_string());
    let items = list.as_array().cloned().unwrap_or_default();
    items
        .iter()
        .filter_map(|item| Some((word(item, "field")?, word(item, "kind")?)))
        .collect()
}

impl Parsed {
    /// Its number.
    pub(super) fn seq(&self) -> u64 {
        self.bare.seq
    }

    /// Its commitments, by field.
    pub(super) fn commitments(&self) -> impl Iterator<Item = &String> {
        self.commitments.values()
    }

    /// Its stamp, for comparing clocks.
    pub(super) fn stamp(&self) -> Option<Stamp> {
        let (boot, since) = self.mono.split_once(':')?;
        let since_boot = since.parse().ok()?;
        Some(Stamp {
            wall: self.bare.recorded,
            boot: boot.to_string(),
            since_boot,
        })
    }

    /// Its hash and number, as the next line's position.
    pub(super) fn position(&self) -> Position {
        Position {
            seq: self.bare.seq,
            hash: self.bare.hash.clone(),
        }
    }

    /// The entry, with the texts that `disclose` gives for a commitment.
    pub(super) fn entry(&self, disclose: impl Fn(&str) -> Option<(String, String)>) -> Entry {
        use crate::incident::Disclosed;
        let text = |(field, commitment): (&String, &String)| {
            let disclosed = match disclose(commitment) {
                // A text written elsewhere is as hostile as any other: cleaned once more when it is read.
                Some((named, value)) if named == *field => {
                    Disclosed::Text(Safe::block(&value).as_str().to_string())
                }
                _ => Disclosed::Withheld,
            };
            (sanitize::line(field), disclosed)
        };
        let mut entry = self.bare.clone();
        entry.texts = self.commitments.iter().map(text).collect();
        entry
    }
}
