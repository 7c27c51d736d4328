//! The policies in force, with the digests that the journal names.

use super::error::ConfigError;
use super::file::PolicyFiles;
use super::parse;
use crate::incident::{escalation, intake, severity};
use crate::journal::hex_digest;
use crate::signals::gate;
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
    pub(super) fn load(files: &PolicyFiles, base: &Path) -> Result<Self, ConfigError> {
        let (path, text) = read(files.severity.as_ref(), base, SEVERITY)?;
        let severity_digest = hex_digest(text.as_bytes());
        let severity: severity::Policy = parse(&path, &text)?;
        severity.check().map_err(|error| unsound(&path, &error))?;
        let (path, text) = read(files.escalation.as_ref(), base, ESCALATION)?;
        let escalation_digest = hex_digest(text.as_bytes());
        let escalation: escalation::Policy = parse(&path, &text)?;
        escalation.check().map_err(|error| unsound(&path, &error))?;
        let (path, text) = read(files.intake.as_ref(), base, INTAKE)?;
        let intake_digest = hex_digest(text.as_bytes());
        let policy: intake::Policy = parse(&path, &text)?;
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
