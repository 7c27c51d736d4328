//! `warroom escalation`: who is called when, by the policy in force.

use super::arguments::{Escalation as Verb, Global};
use super::error::CliError;
use super::output::Output;
use super::setup::base;
use crate::incident::Slug;
use serde_json::json;

pub(super) fn run(global: &Global, verb: &Verb, output: &Output) -> Result<(), CliError> {
    let Verb::Check = verb;
    let base = base(global)?;
    let policies = &base.config.policies;
    let mut text = vec![format!(
        "policy {} version {} is sound",
        policies.escalation.policy, policies.escalation.version
    )];
    for level in &policies.escalation.levels {
        let when: Vec<&str> = level.when.iter().map(Slug::as_str).collect();
        let from = if when.is_empty() {
            "the alert's start".into()
        } else {
            format!("{} is raised", when.join(" or "))
        };
        let channels: Vec<String> = level
            .channels
            .iter()
            .map(|channel| channel.slug().to_string())
            .collect();
        text.push(format!(
            "  {:<18} {:>4} after {from}, by {}",
            level.target.as_str(),
            level.after,
            channels.join(" and ")
        ));
    }
    if base.config.webhook.is_none() {
        text.push("no webhook is configured: only the terminal's bell would ring".into());
    }
    let json = json!({
        "policy": policies.escalation, "sha256": policies.escalation_digest, "webhook": base.config.webhook.is_some(),
    });
    output.result(&text.join("\n"), &json);
    Ok(())
}
