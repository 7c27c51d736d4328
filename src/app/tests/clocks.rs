//! The wall clock is set while people wait: everybody is paged in time and once, and the step is recorded.

use super::*;
use crate::incident::entry::{ClockStepped, Updated, WorkKind, WorkOpened};
use crate::incident::program;
use proptest::prelude::*;

const BOOT: &str = "0badb007";
const OTHER: &str = "0badb008";

struct Timed {
    harness: Harness,
    second: i64,
    paged: Vec<(i64, String)>,
}

impl Timed {
    /// People are paged at once, after a minute and after three.
    fn new() -> Self {
        let levels = [("on-call", "0m"), ("lead", "1m"), ("cto", "3m")];
        let level = |(name, after): (&str, &str)| {
            format!(
                "  - {{level: {name}, target: {name}, after: {after}, until: acknowledged, channels: [webhook]}}\n"
            )
        };
        let levels: String = levels.into_iter().map(level).collect();
        let text = format!("policy: p\nversion: 1\nlevels:\n{levels}");
        let harness = Harness::with(|setup| {
            setup.escalation.value = serde_saphyr::from_str(&text).unwrap();
        });
        Self {
            harness,
            second: 0,
            paged: Vec::new(),
        }
    }

    fn log(&mut self) {
        let second = self.second;
        let new = self.harness.sent.drain(..);
        let new = new.map(|page| (second, format!("{}/{}", page.level, page.repeat)));
        self.paged.extend(new);
    }

    fn fires(&mut self) -> &mut Self {
        self.harness.firing();
        self.log();
        self
    }

    fn until(&mut self, second: i64) -> &mut Self {
        while self.second < second {
            self.second += 1;
            self.harness.pass(1);
            self.log();
        }
        self
    }

    fn step(&mut self, by: TimeDelta) -> &mut Self {
        self.harness.set_clock(by);
        self.log();
        self
    }

    fn restart(&mut self, boot: &str) -> &mut Self {
        self.second += 1;
        self.harness.restart(boot, TimeDelta::seconds(1));
        self.log();
        self
    }

    fn steps_recorded(&self) -> Vec<i64> {
        let view = self.harness.model.views.values().next().unwrap();
        let steps = view.entries.iter().filter_map(Entry::data::<ClockStepped>);
        steps.map(|data| data.step_ms).collect()
    }
}

fn in_time() -> Vec<(i64, String)> {
    let times = [(0, "on-call/0"), (60, "lead/0"), (180, "cto/0")];
    times.map(|(at, level)| (at, level.to_string())).to_vec()
}

const STEPS: [i64; 10] = [
    -86_400_000,
    -3_600_000,
    -60_000,
    -3_000,
    -400,
    400,
    3_000,
    60_000,
    3_600_000,
    86_400_000,
];

#[test]
fn a_step_of_any_size_before_during_or_after_a_level_pages_nobody_late_early_or_twice() {
    for ms in STEPS {
        for at in [0, 1, 30, 59, 60, 61, 120, 179, 180, 181] {
            for restarts in [false, true] {
                let mut timed = Timed::new();
                timed.fires().until(at).step(TimeDelta::milliseconds(ms));
                // A restart takes a second, in which nobody is paged.
                if restarts && ![59, 179].contains(&at) {
                    timed.restart(BOOT);
                }
                timed.until(300);
                assert_eq!(timed.paged, in_time(), "{ms} ms at {at}, {restarts}");
                let steps: &[i64] = if ms.abs() > 500 { &[ms] } else { &[] };
                assert_eq!(timed.steps_recorded(), steps, "{ms} ms at {at}, {restarts}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::testing::property_cases(100)))]

    #[test]
    fn people_are_paged_in_time_however_the_clock_is_set(
        steps in prop::collection::vec((1i64..240, -86_400_000i64..86_400_000, 0u8..4), 0..6)
    ) {
        let mut steps = steps;
        steps.sort_unstable();
        let mut timed = Timed::new();
        timed.fires();
        for (at, ms, size) in steps {
            timed.until(at);
            let ms = ms / [1, 24, 1_440, 86_400][usize::from(size)];
            timed.step(TimeDelta::milliseconds(ms));
            // Not in the second in which somebody is paged.
            if ms % 3 == 0 && ![59, 179].contains(&timed.second) {
                timed.restart(BOOT);
            }
        }
        timed.until(300);
        prop_assert_eq!(timed.paged, in_time());
    }
}

#[rstest]
#[case::goes_on(0)]
#[case::went_back(-3_600)]
fn after_a_reboot_the_wall_clock_decides_and_an_entry_says_so(#[case] back: i64) {
    let mut timed = Timed::new();
    timed.fires().until(30);
    timed.harness.model.stamp.wall += TimeDelta::seconds(back);
    timed.restart(OTHER).until(300);
    let mut expected = in_time();
    // A wall clock that went back says nothing: waiting continues from the last entry, 32 seconds ago.
    let late = if back < 0 { 32 } else { 0 };
    expected.iter_mut().skip(1).for_each(|(at, _)| *at += late);
    assert_eq!(timed.paged, expected);
    let kinds = timed.harness.kinds_of_first();
    let boots = kinds.iter().filter(|kind| **kind == "boot-changed").count();
    // How far it went back at least: the time that has passed meanwhile is not known.
    let steps: &[i64] = if back < 0 { &[-3_568_000] } else { &[] };
    assert_eq!((boots, &*timed.steps_recorded()), (1, steps));
}

#[test]
fn a_step_is_shown_at_once_and_recorded_once_in_every_open_incident() {
    let mut timed = Timed::new();
    timed.fires().until(10);
    timed.step(TimeDelta::hours(-1));
    let notice = timed.harness.model.ui.notice.clone().unwrap();
    assert!(notice.bad);
    for says in [
        "system clock was set back by 1 h 0 min",
        "waiting times are not affected",
    ] {
        assert!(notice.text.contains(says), "{}", notice.text);
    }
    assert_eq!(timed.steps_recorded(), [-3_600_000]);
    let is_shown = |model: &Model| model.clock_steps.recent(&model.stamp).is_some();
    assert!(is_shown(&timed.harness.model));
    timed.until(20 * 60);
    assert!(!is_shown(&timed.harness.model), "after a while no longer");
    assert_eq!(timed.steps_recorded(), [-3_600_000]);
}

#[test]
fn a_step_that_another_program_has_recorded_is_not_recorded_again() {
    let mut timed = Timed::new();
    timed.fires().until(10);
    timed.harness.disk_works = false;
    timed.step(TimeDelta::hours(-1));
    let data = ClockStepped {
        step_ms: -3_600_000,
        supersedes: Some(0),
    };
    let draft = Draft::new(&program(), data);
    timed.harness.others_record(&[draft]);
    timed.harness.resume_disk();
    timed.until(300);
    assert_eq!(timed.steps_recorded(), [-3_600_000]);
    assert_eq!(timed.paged, in_time());
}

/// The alert's own clock was not set with ours.
#[test]
fn an_alert_after_the_clock_was_set_forward_pages_one_level_after_the_other() {
    let mut timed = Timed::new();
    timed.until(5).step(TimeDelta::days(1));
    timed.second = 0;
    let starts = start() + TimeDelta::seconds(5);
    timed
        .harness
        .alert(&["PaymentSuccessRateLow"], AlertState::Firing, starts);
    timed.log();
    timed.until(300);
    assert_eq!(timed.paged, in_time());
}

#[rstest]
#[case(TimeDelta::hours(-1))]
#[case(TimeDelta::days(1))]
fn sources_are_neither_lost_nor_old_because_the_clock_was_set(#[case] step: TimeDelta) {
    let mut timed = Timed::new();
    timed.fires();
    for round in 0..20 {
        let value = 0.9 - f64::from(round) / 25.0;
        timed.harness.reading(Reading::Value(value));
        if round == 5 {
            timed.step(step);
        }
        let source = slug("prometheus");
        assert_eq!(timed.harness.model.silence_of(&source), None, "{round}");
        assert_eq!(timed.harness.model.stale_sample(), None, "{round}");
        timed.harness.pass(5);
    }
    let kinds = timed.harness.kinds_of_first();
    let seen = kinds.iter().filter(|kind| **kind == "signal-seen").count();
    assert_eq!(seen, 20, "every change is recorded, before and after");
    assert!(!kinds.contains(&"source-lost"));
}

#[test]
fn the_bell_rings_again_while_the_clock_goes_back() {
    let mut harness = Harness::with_incident();
    harness.set_clock(TimeDelta::hours(-2));
    let before = harness.bells;
    harness.pass(61);
    assert_eq!(harness.bells - before, 2);
}

#[rstest]
#[case(TimeDelta::hours(-1))]
#[case(TimeDelta::hours(1))]
fn the_clock_for_updates_waits_its_time_and_work_is_due_by_the_wall(#[case] step: TimeDelta) {
    let mut timed = Timed::new();
    timed.fires();
    let by = actor_id("a-1");
    let due = Some(timed.harness.model.now + TimeDelta::hours(2));
    let work = WorkOpened {
        due_stated: None,
        kind: WorkKind::Action,
        owner: None,
        role: None,
        team: false,
        due,
    };
    let update = Updated {
        audience: crate::incident::entry::Audience::Users,
        elsewhere: false,
    };
    let drafts = [Draft::new(&by, update), Draft::new(&by, work)];
    timed.harness.others_record(&drafts);
    timed.until(10).step(step);
    let mut ran_out = BTreeMap::new();
    while timed.second < 4 * 3_600 {
        timed.until(timed.second + 10);
        for overdue in &timed.harness.incident().overdue {
            let clock = overdue.data.clock.name().to_string();
            ran_out.entry(clock).or_insert(timed.second);
        }
    }
    let work = 7_200 - step.num_seconds();
    assert_eq!(ran_out.get("update"), Some(&1_200));
    assert_eq!(ran_out.get("work"), Some(&work));
}
