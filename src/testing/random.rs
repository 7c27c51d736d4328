//! Incidents whose course nobody knows, the same for the same seed.

use super::*;

impl Story {
    pub(crate) fn random(seed: u64) -> Self {
        let mut story = Self::begin(seed.is_multiple_of(5));
        let mut state = seed;
        let mut draw = |bound: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % bound
        };
        story.person("a-1", "Dana Lee");
        for _ in 0..draw(40) {
            story.now += TimeDelta::seconds(draw(400) as i64);
            match draw(12) {
                0 => drop(story.acknowledge().entries.len()),
                1 => drop(story.classify(
                    1 + draw(5) as u8,
                    "r",
                    &[("correctness", "unknown")],
                    &["customer-data"],
                )),
                2 => drop(story.status(Status::ALL[draw(5) as usize], "because")),
                3 => drop(story.signal(Reading::Value(draw(1000) as f64 / 1000.0), Cause::Change)),
                4 => drop(story.signal(Reading::NoData, Cause::Change)),
                5 => drop(story.begin_playbook("demo", "00", 5)),
                6 => drop(story.step("demo", &format!("step-{}", draw(5)), 1, StepOutcome::Done)),
                7 => drop(story.page("on-call", Some(PageOutcome::Unknown), 0)),
                8 => drop(story.alert(AlertState::Vanished)),
                9 => drop(story.level_armed(2)),
                10 => {
                    let actor = actor_id(&format!("a-{}", draw(3)));
                    story.assign(Role::ALL[draw(6) as usize], Some(actor));
                }
                _ => drop(story.note("words that only people know")),
            }
        }
        story
    }
}
