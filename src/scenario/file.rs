//! The file form of a scenario.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Equal to the name of the file.
    pub scenario: String,
    pub title: String,
    pub briefing: String,
    pub objectives: Vec<ExerciseObjective>,
    /// Seed of the values: an exercise gives the same values each time.
    pub seed: u64,
    /// Seconds of the exercise in one second; the command line can replace it.
    pub rate: u32,
    pub playbook: String,
    pub phases: Vec<ScenarioPhase>,
    pub alerts: Vec<AlertScript>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExerciseObjective {
    pub objective: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioPhase {
    pub phase: String,
    pub from: PhaseTrigger,
    pub success_ratio: f64,
    pub fault: Option<MonitoringFault>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum PhaseTrigger {
    /// Minutes from the start.
    Minute(u32),
    /// Seconds after one of these playbook steps was recorded as done or chosen.
    Step {
        after_step: Vec<String>,
        seconds: u32,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MonitoringFault {
    NoData,
    /// The metrics source does not answer.
    SourceDown,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertScript {
    /// Seconds from the start.
    pub at_second: u32,
    pub until_phase: Option<String>,
    pub labels: BTreeMap<String, String>,
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScenarioError {
    #[error("the scenario cannot be read: {0}")]
    Yaml(String),
    #[error("the scenario cannot be played: {0}")]
    Unsound(String),
}

impl Scenario {
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        let scenario: Self =
            serde_saphyr::from_str(text).map_err(|error| ScenarioError::Yaml(error.to_string()))?;
        scenario.check().map_err(ScenarioError::Unsound)?;
        Ok(scenario)
    }

    fn check(&self) -> Result<(), String> {
        let first = self.phases.first().map(|phase| &phase.from);
        if first != Some(&PhaseTrigger::Minute(0)) {
            return Err("the first phase must have `from: 0`".into());
        }
        if !(1..=600).contains(&self.rate) {
            return Err(format!("rate {} is not between 1 and 600", self.rate));
        }
        for ScenarioPhase {
            phase,
            success_ratio,
            ..
        } in &self.phases
        {
            if !(0.0..=1.0).contains(success_ratio) {
                let what = format!("success_ratio {success_ratio} is not between 0 and 1");
                return Err(format!("phase \"{phase}\": {what}"));
            }
        }
        for alert in &self.alerts {
            if let Some(name) = &alert.until_phase
                && !self.phases.iter().any(|phase| phase.phase == *name)
            {
                let what = format!("an alert ends in phase \"{name}\"");
                return Err(format!("{what}, which is not declared"));
            }
        }
        Ok(())
    }
}
