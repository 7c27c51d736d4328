//! The front matter of a playbook.

use super::fault;
use crate::incident::Slug;
use crate::playbook::{Fault, Variable};
use crate::text::sanitize;
use regex::Regex;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Front matter, checked.
pub(super) struct Front {
    pub(super) name: Slug,
    pub(super) title: String,
    pub(super) version: u32,
    pub(super) summary: String,
    pub(super) when: Vec<Regex>,
    pub(super) variables: Vec<Variable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    playbook: Slug,
    title: String,
    version: u32,
    summary: String,
    #[serde(default)]
    when: Vec<String>,
    #[serde(default)]
    variables: BTreeMap<String, WireVariable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireVariable {
    description: String,
    #[serde(default)]
    default: String,
}

pub(super) fn read(stem: &str, text: &str, line: usize, faults: &mut Vec<Fault>) -> Option<Front> {
    if text.trim().is_empty() {
        let remedy = "begin the file with --- and the members playbook, title, version, summary";
        faults.push(fault(1, "there is no front matter", remedy));
        return None;
    }
    let wire: Wire = match serde_saphyr::from_str(text) {
        Ok(wire) => wire,
        Err(error) => {
            let at = error.location().map_or(0, |at| at.line() as usize);
            let what = error.to_string();
            let what = what.lines().next().unwrap_or("it does not read");
            faults.push(fault(
                line + at,
                format!("front matter: {what}"),
                "correct this line",
            ));
            return None;
        }
    };
    if wire.playbook.as_str() != stem {
        let what = format!(
            "the playbook calls itself \"{}\", the file \"{stem}\"",
            wire.playbook
        );
        faults.push(fault(line + 1, what, "give both the same name"));
    }
    let mut when = Vec::new();
    for pattern in &wire.when {
        match Regex::new(&format!("^(?:{pattern})$")) {
            Ok(regex) => when.push(regex),
            Err(_) => faults.push(fault(
                line,
                format!("`when`: \"{pattern}\" is not a regular expression"),
                "correct or quote it",
            )),
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
