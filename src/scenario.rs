//! A scenario: what an exercised system shows over time, and what changes it. Pure.

mod file;

pub use file::{
    AlertScript, MonitoringFault, PhaseTrigger, Scenario, ScenarioError, ScenarioPhase,
};

use chrono::{DateTime, TimeDelta, Utc};

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cues {
    /// With the time since the start of the exercise.
    pub steps: Vec<(String, TimeDelta)>,
}

impl Scenario {
    /// With its begin.
    pub fn phase(&self, elapsed: TimeDelta, cues: &Cues) -> (&ScenarioPhase, TimeDelta) {
        let mut current = (&self.phases[0], TimeDelta::zero());
        for phase in &self.phases[1..] {
            let began = match &phase.from {
                PhaseTrigger::Minute(minute) => Some(TimeDelta::minutes(i64::from(*minute))),
                PhaseTrigger::Step {
                    after_step,
                    seconds,
                } => {
                    let mut steps = cues.steps.iter();
                    let found = steps.find(|(step, _)| after_step.contains(step));
                    found.map(|(_, at)| *at + TimeDelta::seconds(i64::from(*seconds)))
                }
            };
            if let Some(began) = began.filter(|began| *began <= elapsed && *began >= current.1) {
                current = (phase, began);
            }
        }
        current
    }

    /// The success ratio at this time: it reaches the level of the phase within 30 seconds, with a small wave that
    /// depends on the seed only. `None` if the signal gives no data.
    pub fn success_ratio(&self, elapsed: TimeDelta, cues: &Cues) -> Option<f64> {
        let (phase, began) = self.phase(elapsed, cues);
        if phase.fault == Some(MonitoringFault::NoData) {
            return None;
        }
        let earlier = self.level_before(began, cues);
        let share = ((elapsed - began).num_milliseconds() as f64 / 30_000.0).clamp(0.0, 1.0);
        let level = earlier + (phase.success_ratio - earlier) * share;
        let wave = self.wave(elapsed) * (1.0 - level).max(0.0004) * 0.12;
        Some((level + wave).clamp(0.0, 1.0))
    }

    fn level_before(&self, began: TimeDelta, cues: &Cues) -> f64 {
        if began.is_zero() {
            return self.phases[0].success_ratio;
        }
        let (earlier, _) = self.phase(began - TimeDelta::milliseconds(1), cues);
        earlier.success_ratio
    }

    /// Between −0.5 and 0.5; the same for the same second and seed.
    fn wave(&self, elapsed: TimeDelta) -> f64 {
        let step = elapsed.num_seconds().div_euclid(10) as u64;
        let mut mixed = step
            .wrapping_add(self.seed)
            .wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mixed ^= mixed >> 29;
        mixed = mixed.wrapping_mul(0xBF58_476D_1CE4_E5B9);
        (mixed >> 40) as f64 / f64::from(1u32 << 24) - 0.5
    }

    /// With their start.
    pub fn firing<'s>(
        &'s self,
        begun: DateTime<Utc>,
        elapsed: TimeDelta,
        cues: &Cues,
    ) -> Vec<(&'s AlertScript, DateTime<Utc>)> {
        let (phase, _) = self.phase(elapsed, cues);
        let starts = |alert: &AlertScript| TimeDelta::seconds(i64::from(alert.at_second));
        let on = |alert: &&AlertScript| {
            let mut last = alert.until_phase.iter();
            starts(alert) <= elapsed && last.all(|last| !self.reached(phase, last))
        };
        let firing = self.alerts.iter().filter(on);
        firing.map(|alert| (alert, begun + starts(alert))).collect()
    }

    fn reached(&self, now: &ScenarioPhase, name: &str) -> bool {
        let at = |name: &str| self.phases.iter().position(|phase| phase.phase == name);
        at(name).is_some_and(|wanted| at(&now.phase).is_some_and(|now| now >= wanted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn scenario() -> Scenario {
        Scenario::parse(include_str!("../assets/scenarios/bad-deploy.yaml")).unwrap()
    }

    fn at(seconds: i64, cues: &Cues) -> f64 {
        let elapsed = TimeDelta::seconds(seconds);
        scenario().success_ratio(elapsed, cues).unwrap()
    }

    fn acted() -> Cues {
        Cues {
            steps: vec![("undo-our-change".into(), TimeDelta::seconds(600))],
        }
    }

    #[test]
    fn the_shipped_scenario_falls_by_itself_and_recovers_only_when_somebody_acts() {
        let idle = Cues::default();
        assert!(at(1, &idle) > 0.998);
        assert!(at(300, &idle) < 0.90);
        assert!(at(7200, &idle) < 0.90, "nothing heals without a mitigation");
        assert!(at(900, &acted()) > 0.998);
    }

    #[test]
    fn alerts_fire_and_clear_with_the_phases() {
        let count = |seconds: i64, cues: &Cues| {
            let elapsed = TimeDelta::seconds(seconds);
            scenario().firing(DateTime::UNIX_EPOCH, elapsed, cues).len()
        };
        assert_eq!(count(0, &Cues::default()), 0);
        assert!(count(300, &Cues::default()) >= 1);
        assert_eq!(count(900, &acted()), 0);
    }

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let idle = Cues::default();
        for second in [5, 65, 300, 1000] {
            assert!((at(second, &idle) - at(second, &idle)).abs() < f64::EPSILON);
        }
    }

    #[rstest]
    #[case("success_ratio: 0.9994", "success_ratio: 1.4", "between 0 and 1")]
    #[case("until_phase: recovered", "until_phase: recoverd", "recoverd")]
    #[case("seed:", "sede:", "sede")]
    fn a_scenario_that_cannot_be_played_is_refused(
        #[case] from: &str,
        #[case] to: &str,
        #[case] says: &str,
    ) {
        let text = include_str!("../assets/scenarios/bad-deploy.yaml");
        let error = Scenario::parse(&text.replacen(from, to, 1)).unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
    }
}
