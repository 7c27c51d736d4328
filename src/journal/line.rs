//! One line of the journal: written, hashed and read back. Pure.

use super::clock::Stamp;
use super::digest::hex_digest;
use super::entropy::{Entropy, fresh_entry_id};
use super::error::JournalError;
use super::grammar::{LineFault, MAX_LINE, Scanned, VERSION, scan, value_of};
use crate::incident::entry::{Continued, Sealed};
use crate::incident::{ActorId, Body, Draft, Entry, Event, Incident, Occurred};
use crate::signals::Cause;
use crate::text::{Safe, hex, sanitize};
use crate::times::StatedTime;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The `prev` of the first line.
pub(super) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The position in a chain: the next line follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// 0 before the first entry.
    pub seq: u64,
    pub hash: String,
}

impl Head {
    pub fn start() -> Self {
        Self {
            seq: 0,
            hash: GENESIS.to_string(),
        }
    }

    /// The end of what a fold has taken in: a fold of nothing knows no hash.
    pub fn of_fold(incident: &Incident) -> Self {
        match incident.count {
            0 => Self::start(),
            seq => Self {
                seq,
                hash: incident.head.clone(),
            },
        }
    }

    /// The end of a whole journal.
    #[cfg(test)]
    pub(crate) fn end_of(entries: &[Entry]) -> Self {
        Self::of(entries).unwrap_or_else(Self::start)
    }

    pub fn of(entries: &[Entry]) -> Option<Self> {
        entries.last().map(Self::from)
    }
}

impl From<&Entry> for Head {
    fn from(Entry { seq, hash, .. }: &Entry) -> Self {
        let (seq, hash) = (*seq, hash.clone());
        Self { seq, hash }
    }
}

/// As [`encode`], with a fresh id for a draft without one, and with fresh salts.
pub(super) fn encode_with(
    entropy: &mut dyn Entropy,
    draft: &Draft,
    position: &Head,
    stamp: &Stamp,
) -> Result<Encoded, JournalError> {
    let id = match draft.id {
        Some(id) => id,
        None => fresh_entry_id(stamp, entropy)?,
    };
    encode(draft, position, stamp, id, || {
        let mut salt = [0; 16];
        entropy.fill(&mut salt).map(|()| salt)
    })
}

#[derive(Debug)]
pub struct Encoded {
    /// With its newline.
    pub line: Vec<u8>,
    /// One line each, without newlines.
    pub disclosures: Vec<String>,
    pub entry: Entry,
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// `salt` gives 16 fresh random bytes for each text.
pub fn encode(
    draft: &Draft,
    position: &Head,
    stamp: &Stamp,
    id: uuid::Uuid,
    mut salt: impl FnMut() -> Result<[u8; 16], JournalError>,
) -> Result<Encoded, JournalError> {
    let json = |error: serde_json::Error| JournalError::Encode(error.to_string());
    let kind = draft.event.kind();
    let mut data = match draft.event.to_json().map_err(json)? {
        Value::Object(data) => data,
        other => {
            return Err(JournalError::Encode(format!(
                "{kind} is no object: {other}"
            )));
        }
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
    if !draft.against.is_empty() {
        data.insert("against".into(), json!(draft.against));
    }
    if let Some(occurred) = draft.occurred {
        let (until, form) = occurred.at.parts();
        data.insert("occ-from".into(), json!(occurred.from));
        data.insert("occ-as".into(), json!(form));
        if let Some(until) = until {
            data.insert("occ-until".into(), json!(time(until)));
        }
    }
    let occ = draft.occurred.map_or(String::new(), |occurred| {
        format!(",\"occ\":\"{}\"", time(occurred.at.from()))
    });
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
        let (length, max) = (line.len(), MAX_LINE);
        return Err(JournalError::TooLong { length, max });
    }
    let known: BTreeMap<String, (String, String)> = disclosures
        .iter()
        .filter_map(|line| Some((hex_digest(line.as_bytes()), value_of(line)?)))
        .collect();
    let parsed = parse(line.trim_end().as_bytes())
        .map_err(|fault| JournalError::Encode(format!("{fault:?}")))?;
    let entry = parsed.entry(|commitment| {
        let (field, value) = known.get(commitment)?;
        Some((field.as_str(), value.as_str()))
    });
    Ok(Encoded {
        line: line.into_bytes(),
        disclosures,
        entry,
    })
}

/// A line with a valid form and hash.
#[derive(Debug)]
pub(super) struct Parsed<'l> {
    pub(super) scanned: Scanned<'l>,
    bare: Entry,
}

/// Takes a line without its newline.
pub fn check_line(line: &[u8]) -> Result<(), String> {
    parse(line).map(drop).map_err(|fault| fault.to_string())
}

pub(super) fn continuation(bytes: &[u8]) -> Option<Continued> {
    let first = bytes.split(|byte| *byte == b'\n').next()?;
    parse(first).ok()?.bare.data().copied()
}

/// The entries of complete lines anywhere in these bytes, without texts.
pub(crate) fn entries_in(bytes: &[u8]) -> Vec<Entry> {
    let lines = bytes.split(|byte| *byte == b'\n');
    let parsed = lines.filter_map(|line| parse(line).ok());
    parsed.map(|parsed| parsed.entry(|_| None)).collect()
}

pub(super) fn parse(line: &[u8]) -> Result<Parsed<'_>, LineFault> {
    let scanned = scan(line)?;
    let Some(members) = scanned.members else {
        return Ok(newer(line, scanned));
    };
    let time = |text: &str| read_time(text).ok_or(LineFault::Shape("a time that does not exist"));
    let marks = Marks::of(members.data);
    let occurred = match members.occ {
        Some(at) => Some(marks.occurred(time(at)?)),
        None => None,
    };
    let body = match Event::decode(members.kind, members.data) {
        Some(event) => Body::Known(event),
        None => Body::Unknown(members.kind.to_string()),
    };
    let bare = Entry {
        seq: scanned.seq,
        id: members.id.to_string(),
        hash: scanned.hash.to_string(),
        recorded: time(members.rec)?,
        mono: Stamp::read_mono(members.mono),
        by: ActorId::new(members.by).ok_or(LineFault::Shape("`by` is not a name"))?,
        occurred,
        against: marks.against,
        masked: masks(&marks.masked),
        body,
        texts: BTreeMap::new(),
    };
    Ok(Parsed { scanned, bare })
}

/// The form is `YYYY-MM-DDThh:mm:ss.ffffffZ`.
fn read_time(text: &str) -> Option<DateTime<Utc>> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u32>().ok();
    let year = i32::try_from(number(0, 4)?).ok()?;
    let day = NaiveDate::from_ymd_opt(year, number(5, 7)?, number(8, 10)?)?;
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let at = day.and_hms_micro_opt(hour, minute, second, number(20, 26)?)?;
    Some(at.and_utc())
}

/// Members of `data` that are not the event's: masked fields, the source and form of a time, the entries that it
/// contradicts.
#[derive(Debug, Default)]
struct Marks {
    masked: Value,
    from: Option<Cause>,
    form: Option<String>,
    until: Option<DateTime<Utc>>,
    against: Vec<u64>,
}

impl Marks {
    fn of(data: &str) -> Self {
        let names = ["\"masked\":", "\"occ-from\":", "\"against\":"];
        if !names.iter().any(|name| data.contains(name)) {
            return Self::default();
        }
        let mut data: Value = serde_json::from_str(data).unwrap_or_default();
        let mut take = |name: &str| data.get_mut(name).map(Value::take).unwrap_or_default();
        // Each by itself: one that cannot be read takes no other with it.
        Self {
            masked: take("masked"),
            from: serde_json::from_value(take("occ-from")).ok(),
            form: serde_json::from_value(take("occ-as")).ok(),
            until: serde_json::from_value(take("occ-until")).ok(),
            against: against(take("against")),
        }
    }

    fn occurred(&self, at: DateTime<Utc>) -> Occurred {
        let stated = self.form.as_ref();
        Occurred {
            at: stated.map_or(at.into(), |form| StatedTime::of_parts(at, self.until, form)),
            from: self.from.unwrap_or(Cause::Said),
            in_order: stated.is_some(),
        }
    }
}

/// A newer format: the chain is verified, the meaning is unknown.
fn newer<'l>(line: &[u8], scanned: Scanned<'l>) -> Parsed<'l> {
    let value: Value = serde_json::from_slice(line).unwrap_or_default();
    let text = |name: &str| {
        let text = value.get(name).and_then(Value::as_str);
        Safe::line(text.unwrap_or_default()).as_str().to_string()
    };
    let kind = text("type");
    let bare = Entry {
        seq: scanned.seq,
        id: text("id"),
        hash: scanned.hash.to_string(),
        recorded: text("rec").parse().unwrap_or(DateTime::UNIX_EPOCH),
        mono: Stamp::read_mono(&text("mono")),
        by: ActorId::nearest(&text("by")),
        occurred: None,
        against: Vec::new(),
        masked: Vec::new(),
        body: Body::Unknown(format!("{kind}, format {}", scanned.version)),
        texts: BTreeMap::new(),
    };
    Parsed { scanned, bare }
}

/// Most entries that one time contradicts; a longer list is cut.
const MOST_AGAINST: usize = 32;

fn against(list: Value) -> Vec<u64> {
    let mut list: Vec<u64> = serde_json::from_value(list).unwrap_or_default();
    list.sort_unstable();
    list.dedup();
    list.truncate(MOST_AGAINST);
    list
}

fn masks(list: &Value) -> Vec<(String, String)> {
    let word = |item: &Value, name: &str| Some(Safe::line(item.get(name)?.as_str()?).to_string());
    let items = list.as_array().into_iter().flatten();
    items
        .filter_map(|item| Some((word(item, "field")?, word(item, "kind")?)))
        .collect()
}

impl Parsed<'_> {
    pub(super) fn commitments(&self) -> impl Iterator<Item = (&str, &str)> {
        let members = self.scanned.members.iter();
        members.flat_map(super::grammar::Members::commitments)
    }

    pub(super) fn seals(&self) -> bool {
        self.bare.is::<Sealed>()
    }

    pub(super) fn follows(&self, position: &Head) -> bool {
        self.scanned.prev == position.hash && self.scanned.seq.checked_sub(1) == Some(position.seq)
    }

    pub(super) fn advance(&self, position: &mut Head) {
        position.seq = self.scanned.seq;
        position.hash.clear();
        position.hash.push_str(self.scanned.hash);
    }

    /// `disclose` gives the text of a commitment.
    pub(super) fn entry<'t>(self, disclose: impl Fn(&str) -> Option<(&'t str, &'t str)>) -> Entry {
        use crate::incident::Disclosed;
        let text = |(field, commitment): (&str, &str)| {
            let disclosed = match disclose(commitment) {
                // A text written elsewhere is as hostile as any other: cleaned once more when it is read. It
                // was masked before the chain committed to it.
                Some((named, value)) if named == field => {
                    let clean = sanitize::block(value);
                    Disclosed::Text(sanitize::cut(clean, crate::text::MAX_BLOCK, 0).0)
                }
                _ => Disclosed::Withheld,
            };
            (field.to_string(), disclosed)
        };
        let texts = self.commitments().map(text).collect();
        Entry { texts, ..self.bare }
    }
}
