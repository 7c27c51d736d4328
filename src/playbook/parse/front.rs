//! The front matter of a playbook.

use crate::incident::PlaybookId;
use crate::playbook::problem::Problems;
use crate::playbook::structure::Variable;
use crate::text::sanitize;
use regex::{Regex, RegexBuilder};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Most expressions of `when`, and the largest one, compiled, in bytes: they are compiled at every start, and a few
/// hundred of `\w{400}` take a minute.
const MAX_PATTERNS: usize = 50;
const MAX_PATTERN: usize = 1 << 18;

pub(super) struct Front {
    pub(super) name: PlaybookId,
    pub(super) title: String,
    pub(super) version: u32,
    pub(super) summary: String,
    pub(super) when: Vec<Regex>,
    pub(super) variables: Vec<Variable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FrontFile {
    playbook: PlaybookId,
    title: String,
    version: u32,
    summary: String,
    #[serde(default)]
    when: Vec<String>,
    #[serde(default)]
    variables: BTreeMap<String, FrontVariable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FrontVariable {
    description: String,
    #[serde(default)]
    default: String,
}

pub(super) fn read(stem: &str, text: &str, line: usize, problems: &mut Problems) -> Option<Front> {
    if text.trim().is_empty() {
        let remedy = "begin the file with --- and the members playbook, title, version, summary";
        problems.add(1, "there is no front matter", remedy);
        return None;
    }
    let wire: FrontFile = match serde_saphyr::from_str(text) {
        Ok(wire) => wire,
        Err(error) => {
            let at = error.location().map_or(0, |at| at.line() as usize);
            let what = error.to_string();
            let what = what.lines().next().unwrap_or("it does not read");
            let what = format!("front matter: {what}");
            problems.add(line + at, what, "correct this line");
            return None;
        }
    };
    if wire.playbook.as_str() != stem {
        let name = &wire.playbook;
        let what = format!("the playbook calls itself \"{name}\", the file \"{stem}\"");
        problems.add(line + 1, what, "give both the same name");
    }
    let mut when = Vec::new();
    if wire.when.len() > MAX_PATTERNS {
        let what = format!("`when` has more than {MAX_PATTERNS} expressions");
        problems.add(line, what, "join alerts by | in one expression");
    }
    for pattern in wire.when.iter().take(MAX_PATTERNS) {
        let anchored = format!("^(?:{pattern})$");
        match RegexBuilder::new(&anchored).size_limit(MAX_PATTERN).build() {
            Ok(regex) => when.push(regex),
            Err(_) => {
                let what = "is not a regular expression, or is too large";
                let what = format!("`when`: \"{pattern}\" {what}");
                problems.add(line, what, "correct, quote or shorten it");
            }
        }
    }
    let variables = wire.variables.into_iter().map(|(name, variable)| Variable {
        name: sanitize::line(&name),
        description: sanitize::line(&variable.description),
        default: sanitize::line(&variable.default),
    });
    Some(Front {
        name: wire.playbook,
        title: sanitize::line(&wire.title),
        version: wire.version,
        summary: sanitize::line(wire.summary.trim()),
        when,
        variables: variables.collect(),
    })
}
