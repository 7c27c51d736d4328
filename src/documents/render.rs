//! Documents by kind: facts, filled into a template.

use super::chart::svg;
use super::facts::{DocumentFacts, facts};
use super::words::cite;
use crate::incident::{Entry, Incident, IncidentId};
use crate::journal::hex_digest;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DocumentKind {
    Postmortem,
    Record,
    RecordJson,
    Chart,
}

impl DocumentKind {
    pub const ALL: [Self; 4] = [
        Self::Postmortem,
        Self::Record,
        Self::RecordJson,
        Self::Chart,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Postmortem => "postmortem",
            Self::Record => "record",
            Self::RecordJson => "record-json",
            Self::Chart => "chart",
        }
    }

    pub fn file_name(self) -> &'static str {
        match self {
            Self::Postmortem => "postmortem.md",
            Self::Record => "record.md",
            Self::RecordJson => "record.json",
            Self::Chart => "chart.svg",
        }
    }

    pub fn shipped(self) -> &'static str {
        match self {
            Self::Postmortem => include_str!("../../assets/templates/postmortem.md.j2"),
            Self::Record => include_str!("../../assets/templates/record.md.j2"),
            // The JSON record has no layout to choose; its form is the schema of these facts.
            Self::RecordJson => "record-json/1",
            Self::Chart => "chart/1",
        }
    }

    pub fn template_name(self) -> Option<&'static str> {
        match self {
            Self::Postmortem => Some("postmortem.md.j2"),
            Self::Record => Some("record.md.j2"),
            Self::RecordJson | Self::Chart => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub kind: DocumentKind,
    pub text: String,
    pub upto: u64,
    pub template: String,
    pub sha256: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the template {template} does not work: {what}")]
pub struct TemplateError {
    pub template: String,
    pub what: String,
}

/// From the entries up to `upto`; `None` means all.
pub fn render(
    kind: DocumentKind,
    id: &IncidentId,
    entries: &[Entry],
    upto: Option<u64>,
    template: &str,
) -> Result<Document, TemplateError> {
    let upto = upto.unwrap_or(u64::MAX);
    let covered = entries.iter().take_while(|entry| entry.seq <= upto);
    let covered: Vec<Entry> = covered.cloned().collect();
    let fail = |what: String| TemplateError {
        template: kind.name().to_string(),
        what,
    };
    let facts = facts(id, &covered, kind == DocumentKind::Postmortem);
    let text = match kind {
        DocumentKind::Chart => svg(&covered, &Incident::from_entries(&covered)),
        DocumentKind::RecordJson => {
            let json = serde_json::to_string_pretty(&facts);
            json.map_err(|error| fail(error.to_string()))? + "\n"
        }
        DocumentKind::Postmortem | DocumentKind::Record => {
            let filled = fill(kind, template, &facts, covered.len());
            filled.map_err(|error| fail(format!("{error:#}")))?
        }
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
    environment.add_filter("cite", |seqs: Vec<u64>| cite(&seqs));
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
        if r"\`*_[]<>|~&".contains(c) {
            out.push('\\');
        }
        out.push(if c == '\n' { ' ' } else { c });
    }
    out
}
