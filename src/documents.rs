//! Documents from the journal: a blameless postmortem draft and a factual record.
//!
//! A document is a function of the entries up to N and of the template's digest. It reads no clock, no time
//! zone, no locale and no file; every row cites the entries it rests on.

#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]

mod bundle;
mod chart;
mod citations;
mod facts;
mod impact;
mod people;
mod questions;
mod sections;
mod sentence;
mod times;

pub use bundle::{Bundle, Withheld, bundle};
pub use facts::{DocumentFacts, facts, telling_samples};
pub use impact::Impact;
pub use people::People;
pub use sentence::sentence;

use crate::incident::{Entry, Incident, IncidentId};
use crate::journal::hex_digest;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};

/// What can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DocumentKind {
    /// The blameless draft, Markdown.
    Postmortem,
    /// The factual record, Markdown.
    Record,
    /// The factual record, JSON.
    RecordJson,
    /// The success rate as a picture, SVG.
    Chart,
}

impl DocumentKind {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Postmortem,
        Self::Record,
        Self::RecordJson,
        Self::Chart,
    ];

    /// Its name in the journal.
    pub fn name(self) -> &'static str {
        match self {
            Self::Postmortem => "postmortem",
            Self::Record => "record",
            Self::RecordJson => "record-json",
            Self::Chart => "chart",
        }
    }

    /// The file it is written to.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Postmortem => "postmortem.md",
            Self::Record => "record.md",
            Self::RecordJson => "record.json",
            Self::Chart => "chart.svg",
        }
    }

    /// The shipped template.
    pub fn shipped(self) -> &'static str {
        match self {
            Self::Postmortem => include_str!("../assets/templates/postmortem.md.j2"),
            Self::Record => include_str!("../assets/templates/record.md.j2"),
            // The JSON record has no layout to choose; its form is the schema of these facts.
            Self::RecordJson => "record-json/1",
            Self::Chart => "chart/1",
        }
    }

    /// The file name of a template of the user's own.
    pub fn template_name(self) -> Option<&'static str> {
        match self {
            Self::Postmortem => Some("postmortem.md.j2"),
            Self::Record => Some("record.md.j2"),
            Self::RecordJson | Self::Chart => None,
        }
    }
}

/// A document, with what it depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// What it is.
    pub kind: DocumentKind,
    /// Its text.
    pub text: String,
    /// The last entry it covers.
    pub upto: u64,
    /// Digest of the template.
    pub template: String,
    /// Digest of the text.
    pub sha256: String,
}

/// Why a document cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the template {template} does not work: {what}")]
pub struct TemplateError {
    /// Which template.
    pub template: String,
    /// What is wrong, with the line.
    pub what: String,
}

/// Writes a document from the entries up to `upto` (all of them where none is given), with this template.
pub fn render(
    kind: DocumentKind,
    id: &IncidentId,
    entries: &[Entry],
    upto: Option<u64>,
    template: &str,
) -> Result<Document, TemplateError> {
    let upto = upto.unwrap_or(u64::MAX);
    let covered: Vec<Entry> = entries
        .iter()
        .take_while(|entry| entry.seq <= upto)
        .cloned()
        .collect();
    let fail = |what: String| TemplateError {
        template: kind.name().to_string(),
        what,
    };
    let facts = facts(id, &covered, kind == DocumentKind::Postmortem);
    let text = if kind == DocumentKind::Chart {
        chart::svg(&covered, &Incident::from_entries(&covered))
    } else if kind == DocumentKind::RecordJson {
        let json = serde_json::to_string_pretty(&facts).map_err(|error| fail(error.to_string()))?;
        json + "\n"
    } else {
        fill(kind, template, &facts, covered.len()).map_err(|error| fail(format!("{error:#}")))?
    };
    Ok(Document {
        kind,
        upto: covered.last().map_or(0, |entry| entry.seq),
        template: hex_digest(template.as_bytes()),
        sha256: hex_digest(text.as_bytes()),
        text,
    })
}

/// Instructions that a template may use: so many, and so many more for each entry.
const FUEL: (u64, u64) = (5_000_000, 2_000);

fn fill(
    kind: DocumentKind,
    template: &str,
    facts: &DocumentFacts,
    entries: usize,
) -> Result<String, minijinja::Error> {
    let mut environment = minijinja::Environment::new();
    // A template of the user's own may have a loop without end.
    environment.set_fuel(Some(FUEL.0 + FUEL.1 * entries as u64));
    environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    let mut syntax = SyntaxConfig::builder();
    syntax
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true);
    environment.set_syntax(syntax.build()?);
    environment.add_filter("md", |text: String| escape_markdown(&text));
    environment.add_filter("cite", |seqs: Vec<u64>| citations::cite(&seqs));
    environment.render_named_str(
        kind.template_name().unwrap_or("template"),
        template,
        Value::from(Serde(facts)),
    )
}

/// Text from a person or an outside system, so that it stays text in a Markdown table.
fn escape_markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests;
