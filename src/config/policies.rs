//! The policies in force, with the digests that the journal names.

use super::error::ConfigError;
use super::file::PolicyFiles;
use super::parse;
use crate::incident::escalation::bell;
use crate::incident::{Slug, escalation, intake, severity};
use crate::journal::hex_digest;
use crate::outbox::ChannelSettings;
use crate::signals::gate;
use crate::text::list;
use std::path::{Path, PathBuf};

const SEVERITY: &str = include_str!("../../assets/policies/severity.yaml");
const ESCALATION: &str = include_str!("../../assets/policies/escalation.yaml");
const GATE: &str = include_str!("../../assets/policies/gate.yaml");
const INTAKE: &str = include_str!("../../assets/policies/intake.yaml");

/// The policies in force.
#[derive(Debug, Clone)]
pub struct Policies {
    /// Severity.
    pub severity: severity::Policy,
    /// Digest of its file.
    pub severity_digest: String,
    /// Escalation.
    pub escalation: escalation::Policy,
    /// Digest of its file.
    pub escalation_digest: String,
    /// Intake, compiled.
    pub intake: intake::Intake,
    /// Digest of its file.
    pub intake_digest: String,
    /// The change gate.
    pub gate: gate::Policy,
    /// Digest of its file.
    pub gate_digest: String,
}

impl Policies {
    /// Whether each channel that the escalation policy names is there and carries pages. The generic webhook may be
    /// missing: the shipped policy names it, and a page says that it has no way out.
    pub(super) fn reach(
        &self,
        channels: &[ChannelSettings],
        place: &Path,
    ) -> Result<(), ConfigError> {
        for level in &self.escalation.levels {
            for name in &level.channels {
                let known = channels.iter().find(|channel| channel.name() == name);
                let what = match known {
                    Some(channel) if channel.pages() => continue,
                    Some(_) => "carries no pages",
                    None if *name == bell() || name.as_str() == "webhook" => continue,
                    None => "is not among `channels`",
                };
                let what = format!(
                    "escalation level \"{}\": channel \"{name}\" {what}",
                    level.level
                );
                return Err(ConfigError::value(
                    place,
                    what,
                    "name a channel of the configuration, or bell",
                ));
            }
        }
        Ok(())
    }

    pub(super) fn load(
        files: &PolicyFiles,
        base: &Path,
        strict: &(Slug, Slug),
    ) -> Result<Self, ConfigError> {
        let (path, text) = read(files.severity.as_ref(), base, SEVERITY)?;
        let severity_digest = hex_digest(text.as_bytes());
        let severity: severity::Policy = parse(&path, &text)?;
        severity.check().map_err(|error| unsound(&path, &error))?;
        let (path, text) = read(files.escalation.as_ref(), base, ESCALATION)?;
        let escalation_digest = hex_digest(text.as_bytes());
        let escalation: escalation::Policy = parse(&path, &text)?;
        escalation.check().map_err(|error| unsound(&path, &error))?;
        raised(&severity, &escalation, &path)?;
        let (path, text) = read(files.intake.as_ref(), base, INTAKE)?;
        let intake_digest = hex_digest(text.as_bytes());
        let policy: intake::PolicyFile = parse(&path, &text)?;
        let policy = policy.located(strict);
        let intake = intake::Intake::new(&policy).map_err(|error| unsound(&path, &error))?;
        let (path, text) = read(files.gate.as_ref(), base, GATE)?;
        let gate_digest = hex_digest(text.as_bytes());
        let gate: gate::Policy = parse(&path, &text)?;
        gate.check().map_err(|error| unsound(&path, &error))?;
        Ok(Self {
            severity,
            severity_digest,
            escalation,
            escalation_digest,
            intake,
            intake_digest,
            gate,
            gate_digest,
        })
    }
}

/// Whether each level that waits for conditions waits for one that a severity rule raises.
fn raised(
    severity: &severity::Policy,
    escalation: &escalation::Policy,
    place: &Path,
) -> Result<(), ConfigError> {
    let raised = severity.flags();
    for level in &escalation.levels {
        if let Some(flag) = level.when.iter().find(|flag| !raised.contains(flag)) {
            let what = format!(
                "escalation level \"{}\" waits for \"{flag}\", which no rule of the severity policy raises",
                level.level
            );
            let hint = format!("rules raise: {}", list(&raised));
            return Err(ConfigError::value(place, what, hint));
        }
    }
    Ok(())
}

/// Reads and checks an escalation policy that is not the one in force.
pub fn read_policy(path: &Path) -> Result<escalation::Policy, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(ConfigError::read(path))?;
    let policy: escalation::Policy = parse(path, &text)?;
    policy.check().map_err(|error| unsound(path, &error))?;
    Ok(policy)
}

fn read(
    own: Option<&PathBuf>,
    base: &Path,
    shipped: &str,
) -> Result<(PathBuf, String), ConfigError> {
    match own {
        None => Ok((PathBuf::from("(shipped policy)"), shipped.to_string())),
        Some(path) => {
            let path = base.join(path);
            let text = std::fs::read_to_string(&path).map_err(ConfigError::read(&path))?;
            Ok((path, text))
        }
    }
}

fn unsound(path: &Path, error: &dyn std::error::Error) -> ConfigError {
    ConfigError::value(
        path,
        error.to_string(),
        "correct the policy; the shipped one is a sample",
    )
}
