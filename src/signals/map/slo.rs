//! Files of objectives in the forms of other tools: `OpenSLO` v1 and Sloth (`prometheus/v1` and its Kubernetes form).
//! A key that could change the measurement and is not supported here refuses its objective by name.

mod open;
mod parts;
mod sloth;

use parts::{SloDocument, SloError, SloObjectives, named, wrong};
use serde::Deserialize;
use serde_json::Value;

/// Each objective is read on its own.
///
/// # Errors
///
/// If nothing in it can be used.
pub fn signals_of(text: &str) -> Result<SloObjectives, SloError> {
    let yaml = |error: serde_saphyr::Error| SloError::Yaml(error.to_string());
    let trees: Vec<Value> = serde_saphyr::from_multiple(text).map_err(yaml)?;
    let mut found = SloObjectives::default();
    let mut documents = Vec::new();
    for (number, tree) in trees
        .into_iter()
        .enumerate()
        .filter(|(_, tree)| !tree.is_null())
    {
        let name = named(&tree, "/metadata/name", || {
            format!("document {}", number + 1)
        });
        match SloDocument::deserialize(&tree) {
            Ok(document) => documents.push((name, document, tree)),
            Err(error) => found.refused.push(wrong(&name, error.to_string())),
        }
    }
    let shared = open::Shared::of(documents.iter().map(|(_, document, tree)| (document, tree)));
    for (name, document, tree) in documents {
        if document.version.starts_with("prometheus/v1") {
            sloth::read(&name, tree, &mut found);
        } else if document.api.starts_with("sloth.slok.dev/v1") {
            let spec = tree.get("spec").cloned().unwrap_or_default();
            sloth::read(&name, spec, &mut found);
        } else if document.api == "openslo/v1" && document.kind == "SLO" {
            let spec = tree.get("spec").cloned().unwrap_or_default();
            if let Err(error) = open::read(&name, spec, &shared, &mut found) {
                found.refused.push(error);
            }
        } else if document.api != "openslo/v1" {
            found.refused.push(SloError::Unknown);
        }
    }
    match (found.signals.is_empty(), found.refused.first()) {
        (false, _) => Ok(found),
        (true, Some(error)) => Err(error.clone()),
        (true, None) => Err(SloError::Unknown),
    }
}
