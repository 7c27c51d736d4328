//! The policies in force, with the digests that the journal records.

use super::digested::Digested;
use super::error::{ConfigError, parse};
use super::fallback::{PartReader, Replacement};
use super::file::PolicyFiles;
use crate::alerts::intake;
use crate::files;
use crate::incident::escalation::bell;
use crate::incident::{ChannelId, PathId, ServiceId, Slug, escalation, severity};
use crate::keymap::KeyMap;
use crate::outbox::ChannelSettings;
use crate::signals::gate;
use crate::text::list;
use std::path::{Path, PathBuf};

const SEVERITY: &str = include_str!("../../assets/policies/severity.yaml");
const ESCALATION: &str = include_str!("../../assets/policies/escalation.yaml");
const GATE: &str = include_str!("../../assets/policies/gate.yaml");
const INTAKE: &str = include_str!("../../assets/policies/intake.yaml");

#[derive(Debug, Clone)]
pub struct Policies {
    pub severity: Digested<severity::SeverityPolicy>,
    pub escalation: Digested<escalation::EscalationPolicy>,
    pub intake: Digested<intake::Intake>,
    pub gate: Digested<gate::GatePolicy>,
    /// Whether the shipped escalation policy replaces the user's own: its channels are not the user's.
    replaced: bool,
}

impl Policies {
    /// Checks that each channel of the escalation policy exists and can page. The generic webhook may be missing: the
    /// shipped policy names it, and a page then says that it has no channel. With [`OnProblem::Report`](super::OnProblem::Report), a level with an
    /// unusable channel pages through every channel.
    pub(super) fn check_channels(
        &mut self,
        channels: &[ChannelSettings],
        place: &Path,
        reader: &mut PartReader,
    ) -> Result<(), ConfigError> {
        let pages = channels.iter().filter(|channel| channel.pages());
        let every: Vec<ChannelId> = std::iter::once(bell())
            .chain(pages.map(|channel| channel.name().clone()))
            .collect();
        if std::mem::take(&mut self.replaced) {
            for level in &mut self.escalation.value.levels {
                level.channels.clone_from(&every);
            }
        }
        for level in &mut self.escalation.value.levels {
            let mut wrong = None;
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
                let remedy = "name a channel of `channels` in config.yaml, or bell";
                wrong = Some(ConfigError::value(place, what, remedy));
            }
            if let Some(error) = wrong {
                reader.report(error, Replacement::EveryChannel)?;
                level.channels.clone_from(&every);
            }
        }
        Ok(())
    }

    /// Checks that a severity policy of the user names signals that are measured. With
    /// [`OnProblem::Report`](super::OnProblem::Report) it stays: a person answers the question.
    pub(super) fn check_signals(
        &self,
        own: Option<&Path>,
        known: &[&Slug],
        reader: &mut PartReader,
    ) -> Result<(), ConfigError> {
        let Some(path) = own else { return Ok(()) };
        let mut named = self.severity.value.named_signals();
        let Some((question, signal)) = named.find(|(_, signal)| !known.contains(signal)) else {
            return Ok(());
        };
        let what = format!(
            "question \"{question}\" measures signal \"{signal}\", which the service map does not have"
        );
        let known = list(known);
        let remedy = format!(
            "write `signal: strict` for the success signal of the strict path, or one of: {known}"
        );
        reader.report(
            ConfigError::value(path, what, remedy),
            Replacement::AsItStands,
        )
    }

    pub(super) fn load(
        files: &PolicyFiles,
        base: &Path,
        strict: &(ServiceId, PathId),
        (keys, place): (&KeyMap, &Path),
        reader: &mut PartReader,
    ) -> Result<Self, ConfigError> {
        let at = |own: &Option<PathBuf>| own.as_ref().map(|path| base.join(path));
        let own = at(&files.severity);
        let severity = reader.part("severity.yaml", own.clone(), SEVERITY, |path, text| {
            let policy: severity::SeverityPolicy = parse(path, text)?;
            policy.check().map_err(|error| invalid(path, &error))?;
            // The shipped answers stay: what a user binds gives way.
            answerable(&policy, keys, if own.is_some() { path } else { place })?;
            Ok(policy)
        })?;
        let own = at(&files.escalation);
        let escalation = reader.part(
            "escalation.yaml",
            own.clone(),
            ESCALATION,
            escalation_policy,
        )?;
        let place = own.unwrap_or_else(|| PathBuf::from("(shipped)"));
        if let Err(error) = check_conditions(&severity.made, &escalation.made, &place) {
            reader.report(error, Replacement::AsItStands)?;
        }
        let intake = reader.part("intake.yaml", at(&files.intake), INTAKE, |path, text| {
            let policy: intake::IntakePolicyFile = parse(path, text)?;
            intake::Intake::new(&policy.located(strict)).map_err(|error| invalid(path, &error))
        })?;
        let gate = reader.part("gate.yaml", at(&files.gate), GATE, |path, text| {
            let policy: gate::GatePolicy = parse(path, text)?;
            policy.check().map_err(|error| invalid(path, &error))?;
            Ok(policy)
        })?;
        Ok(Self {
            replaced: escalation.shipped && files.escalation.is_some(),
            severity: severity.made,
            escalation: escalation.made,
            intake: intake.made,
            gate: gate.made,
        })
    }
}

/// Refuses an answer whose key the open question has for something else.
fn answerable(
    policy: &severity::SeverityPolicy,
    keys: &KeyMap,
    path: &Path,
) -> Result<(), ConfigError> {
    let answers = policy.questions.iter().flat_map(|question| {
        let answers = question.answers.iter();
        answers.map(move |answer| (&question.id, answer))
    });
    for (question, answer) in answers {
        if let Some(action) = keys.of_question(answer.key) {
            let (id, key) = (&answer.id, answer.key);
            return Err(ConfigError::value(
                path,
                format!(
                    "question \"{question}\": the answer \"{id}\" has the key \"{key}\" of question.{action}"
                ),
                format!(
                    "give the answer another key, or bind question.{action} to another one under `keys` in config.yaml"
                ),
            ));
        }
    }
    Ok(())
}

/// Whether a severity rule raises each condition that a level waits for.
fn check_conditions(
    severity: &severity::SeverityPolicy,
    escalation: &escalation::EscalationPolicy,
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

/// Reads and checks an escalation policy that is not in force.
pub fn read_policy(path: &Path) -> Result<escalation::EscalationPolicy, ConfigError> {
    let text = files::text(path).map_err(ConfigError::read(path))?;
    escalation_policy(path, &text)
}

fn escalation_policy(path: &Path, text: &str) -> Result<escalation::EscalationPolicy, ConfigError> {
    let policy: escalation::EscalationPolicy = parse(path, text)?;
    policy.check().map_err(|error| invalid(path, &error))?;
    Ok(policy)
}

fn invalid(path: &Path, error: &dyn std::error::Error) -> ConfigError {
    ConfigError::value(
        path,
        error.to_string(),
        "correct the policy; the shipped one is a sample",
    )
}
