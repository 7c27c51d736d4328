//! What the program promised, and whether it kept it: every acknowledged note is there once, with its text and
//! under its number, in a journal that verifies.

use crate::support::program::{Place, recorded};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use warroom::harness::DataDir;
use warroom::harness::IncidentId;
use warroom::harness::field;
use warroom::harness::{
    Finding, FindingKind, JournalStore as _, SystemClock, VerificationContext, verify,
};

/// One entry: its number, and its text where it is a note.
struct Row {
    seq: u64,
    note: Option<String>,
}

/// What was acknowledged, and what was given without an answer.
#[derive(Debug, Default, Clone)]
pub(crate) struct Promises {
    /// Number and text of each acknowledged note.
    kept: Vec<(u64, String)>,
    /// Texts that may be there once or not at all.
    open: Vec<String>,
}

impl Promises {
    pub(crate) fn acknowledged(&mut self, notes: Vec<(u64, String)>) {
        self.kept.extend(notes);
    }

    pub(crate) fn maybe(&mut self, notes: Vec<String>) {
        self.open.extend(notes);
    }

    pub(crate) fn count(&self) -> usize {
        self.kept.len()
    }

    /// Whether the rows have what was promised. `Err` says what is missing.
    fn against(&self, rows: &[Row]) -> Result<(), String> {
        let mut found: HashMap<&str, Vec<u64>> = HashMap::new();
        for (place, row) in rows.iter().enumerate() {
            if row.seq != place as u64 + 1 {
                return Err(format!("entry {} has the number {}", place + 1, row.seq));
            }
            if let Some(text) = &row.note {
                found.entry(text).or_default().push(row.seq);
            }
        }
        for (seq, text) in &self.kept {
            match found.get(text.as_str()).map(Vec::as_slice) {
                Some([at]) if at == seq => {}
                Some(at) => return Err(format!("#{seq} \"{text}\" stands at {at:?}")),
                None => return Err(format!("#{seq} \"{text}\" is LOST")),
            }
        }
        let twice = self
            .open
            .iter()
            .find(|text| found.get(text.as_str()).is_some_and(|at| at.len() > 1));
        twice.map_or(Ok(()), |text| Err(format!("\"{text}\" stands twice")))
    }

    /// Looks at what a crash left: first as it is, then the program opens it for writing, and then everything must
    /// be right. The note of this look becomes a promise.
    pub(crate) fn hold(&mut self, place: &Place, id: &str, look: &str) -> Result<(), String> {
        self.hold_quickly(place, id, look)?;
        self.verify(place, id)
    }

    /// The same, but the last look is the library's, which is what `verify` and `show` call: two processes less.
    pub(crate) fn hold_quickly(
        &mut self,
        place: &Place,
        id: &str,
        look: &str,
    ) -> Result<(), String> {
        let directory = place.directory_of(id);
        let report = verify(&directory, &VerificationContext::default())
            .map_err(|error| error.to_string())?;
        let torn = |finding: &&Finding| finding.kind == FindingKind::Torn;
        if let Some(finding) = report.findings.iter().find(|finding| !torn(finding)) {
            return Err(format!("before it was opened again: {finding}"));
        }
        let text = format!("{look} looks.");
        let noted = place.run(&["incident", "note", id, &text]);
        let (0, Some(seq)) = (noted.code, recorded(&noted.out)) else {
            return Err(format!("it cannot go on: {}", noted.err));
        };
        self.kept.push((seq, text));
        let report = verify(&directory, &VerificationContext::default())
            .map_err(|error| error.to_string())?;
        if !report.intact || report.withheld > 0 {
            return Err(format!("not intact after it was opened: {report:?}"));
        }
        let store = DataDir::new(&place.data, Arc::new(SystemClock::new()));
        let id = IncidentId::new(id).ok_or("no id")?;
        let loaded = store
            .read(&(&id).into())
            .map_err(|error| error.to_string())?;
        let rows: Vec<Row> = loaded
            .entries
            .iter()
            .map(|entry| Row {
                seq: entry.seq,
                note: entry.text(field::TEXT).map(str::to_string),
            })
            .collect();
        self.against(&rows)
    }

    /// Whether it verifies and has what was promised, by the program's own account.
    pub(crate) fn verify(&self, place: &Place, id: &str) -> Result<(), String> {
        let report = place.run(&["--output", "json", "verify", id]);
        if report.code != 0 {
            return Err(format!("not intact: {}{}", report.out, report.err));
        }
        let report: Value = serde_json::from_str(&report.out).map_err(|e| e.to_string())?;
        if report["withheld"] != 0 {
            return Err(format!("texts are missing: {report}"));
        }
        let timeline = timeline(place, id)?;
        let row = |row: &Value| Row {
            seq: row["seq"].as_u64().unwrap_or_default(),
            note: row["what"]
                .as_str()
                .and_then(|what| what.strip_prefix("note: "))
                .map(str::to_string),
        };
        self.against(&timeline.iter().map(row).collect::<Vec<_>>())
    }
}

/// The rows of the incident as `show` tells them.
pub(crate) fn timeline(place: &Place, id: &str) -> Result<Vec<Value>, String> {
    let shown = place.run(&["--output", "json", "incident", "show", id]);
    if shown.code != 0 {
        return Err(format!("show: {}", shown.err));
    }
    let shown: Value = serde_json::from_str(&shown.out).map_err(|e| e.to_string())?;
    let rows = shown["timeline"].as_array().cloned();
    rows.ok_or_else(|| "no timeline".into())
}
