//! The scenario's file form.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A scenario.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Its name, equal to the file's.
    pub scenario: String,
    /// Its title.
    pub title: String,
    /// What the players are told beforehand.
    pub briefing: String,
    /// What the exercise is for.
    pub objectives: Vec<ExerciseObjective>,
    /// Makes the numbers, the same each time.
    pub seed: u64,
    /// How many seconds pass in one second, unless the command line says otherwise.
    pub rate: u32,
    /// The playbook that fits.
    pub playbook: String,
    /// What the system goes through; the first is how it begins.
    pub phases: Vec<ScenarioPhase>,
    /// The alerts that fire.
    pub alerts: Vec<AlertScript>,
}

/// What an exercise is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExerciseObjective {
    /// In a sentence.
    pub objective: String,
}

/// A phase.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioPhase {
    /// Its name.
    pub phase: String,
    /// What begins it.
    pub from: PhaseTrigger,
    /// The success ratio of the confirmation path in it.
    pub success_ratio: f64,
    /// What else is wrong in it.
    #[serde(default)]
    pub fault: Option<MonitoringFault>,
}

/// What begins a phase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum PhaseTrigger {
    /// So many minutes from the beginning.
    Minute(u32),
    /// So many seconds after one of these playbook steps was recorded as done or chosen.
    Step {
        /// The steps.
        after_step: Vec<String>,
        /// The delay.
        seconds: u32,
    },
}

/// What may be wrong with the monitoring itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MonitoringFault {
    /// The signal gives no data.
    NoData,
    /// The metrics source does not answer.
    SourceDown,
}

/// An alert that fires.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertScript {
    /// When, in seconds from the beginning.
    pub at_second: u32,
    /// The phase in which it stops.
    #[serde(default)]
    pub until_phase: Option<String>,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its annotations.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
}

/// Why a scenario cannot be played.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScenarioError {
    /// The file does not read.
    #[error("the scenario does not read: {0}")]
    Yaml(String),
    /// The file reads, and cannot be played.
    #[error("the scenario cannot be played: {0}")]
    Unsound(String),
}

impl Scenario {
    /// Reads and checks a scenario.
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        let scenario: Self =
            serde_saphyr::from_str(text).map_err(|error| ScenarioError::Yaml(error.to_string()))?;
        scenario.check().map_err(ScenarioError::Unsound)?;
        Ok(scenario)
    }

    fn check(&self) -> Result<(), String> {
        if self
            .phases
            .first()
            .is_none_or(|phase| phase.from != PhaseTrigger::Minute(0))
        {
            return Err("the first phase must have `from: 0`".into());
        }
        if !(1..=600).contains(&self.rate) {
            return Err(format!("rate {} is not between 1 and 600", self.rate));
        }
        for phase in &self.phases {
            if !(0.0..=1.0).contains(&phase.success_ratio) {
                return Err(format!(
                    "phase \"{}\": success_ratio {} is not between 0 and 1",
                    phase.phase, phase.success_ratio
                ));
            }
        }
        for alert in &self.alerts {
            if let Some(name) = &alert.until_phase
                && !self.phases.iter().any(|phase| phase.phase == *name)
            {
                return Err(format!(
                    "an alert ends in phase \"{name}\", which is not declared"
                ));
            }
        }
        Ok(())
    }
}
