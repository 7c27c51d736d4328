//! A whole incident, as documents tell it.

use super::*;
use crate::incident::Incident;
use crate::incident::entry::{
    Backfilled, Corrected, Decided, ImpactMeasured, SourceBack, SourceLost, StatusChanged,
};
use crate::incident::fold::SignalFacts;
use crate::signals::impact::{Currency, Impact, ImpactAmount, ImpactBasis};

/// A whole incident: from the alert to the end, with everything that may happen on the way.
pub(crate) fn story() -> Vec<Entry> {
    full_story().entries
}

pub(crate) fn full_story() -> Story {
    let mut story = Story::new();
    let backfilled = Backfilled {
        signal: slug("confirm-success"),
        from: story.now - TimeDelta::minutes(3),
        step: 60,
        values: vec![Some(0.9994), None, Some(0.93), Some(0.87)],
        source: slug("prometheus"),
    };
    story.push(backfilled, &[]);
    story.signal(Reading::Value(0.847), Cause::Change);
    story.impact(1_240, false);
    story.page("on-call", Some(PageOutcome::Accepted), 0);
    story.pass(3).person("a-7f3c21aa", "Dana Lee").acknowledge();
    story.signal(Reading::Value(0.846), Cause::Decision);
    story.classify(
        2,
        "availability-degraded",
        &[("correctness", "right"), ("completion", "degraded")],
        &[],
    );
    story.pass(1).note("provider acme answers with 502");
    let noted = story.entries.last().unwrap();
    let corrected = Corrected {
        time: None,
        classified: None,
        seq: noted.seq,
        hash: noted.hash.clone(),
    };
    let correction = (field::TEXT, "it was provider zeta, not acme");
    story.pass(1).push(corrected, &[correction]);
    story.pass(1).classify(
        1,
        "correctness-unknown",
        &[("correctness", "unknown")],
        &["transaction-integrity"],
    );
    let because = story.entries.last().unwrap().seq;
    story.level_armed(because);
    story.page("compliance", Some(PageOutcome::Unknown), 6);
    story
        .person("a-0a0b0c0d", "Omar")
        .note("Dana asked me to look at the ledger; card 4111111111111111 was charged once");
    story.assign(Role::Operations, Some(actor_id("a-0a0b0c0d")));
    story.by = actor_id("a-7f3c21aa");
    let playbook = "payment-success-drop";
    story.begin_playbook(playbook, &"12".repeat(32), 16);
    story.step(playbook, "take-the-first-look", 1, StepOutcome::Done);
    story.step(playbook, "are-the-metrics-alive", 2, StepOutcome::Passed);
    story
        .pass(2)
        .status(Status::Identified, "release 4.2.0 of the gateway");
    let decided = Draft::new(&story.by.clone(), Decided {})
        .with(field::TEXT, text("roll the gateway back to 4.1.9"))
        .with(field::WHY, text("failures began with the release"))
        .with(field::ALTERNATIVES, text("route around the provider"));
    story.draft(decided);
    story.by = actor_id("warroom");
    let lost = SourceLost {
        source: slug("prometheus"),
        last: Some(story.now - TimeDelta::minutes(1)),
        at: story.now,
        supersedes: None,
    };
    story
        .push(lost, &[(field::DETAIL, "cannot connect")])
        .pass(2);
    let back = SourceBack {
        source: slug("prometheus"),
        at: story.now,
        supersedes: None,
    };
    story.push(back, &[]);
    story.signal(Reading::NoData, Cause::Change);
    story
        .pass(3)
        .signal(Reading::Value(0.9994), Cause::Change)
        .alert(AlertState::Cleared);
    story.impact(18_440, true);
    story.by = actor_id("a-7f3c21aa");
    let earlier = story.now - TimeDelta::minutes(2);
    let status = Status::Mitigated;
    let mitigated = Draft::new(&story.by.clone(), StatusChanged { status })
        .with(field::TEXT, text("rollback finished"))
        .occurred(earlier, Cause::Said);
    story.draft(mitigated);
    story
        .pass(12)
        .status(Status::Resolved, "ten minutes at normal level");
    story
}

impl Story {
    /// Since the alert's start, with 25 payments of unknown outcome.
    fn impact(&mut self, failed: u64, ended: bool) {
        let signal: Slug = slug("confirm-success");
        let known = Incident::from_entries(&self.entries);
        let known = known.signals.get(&signal);
        let seconds = (self.now - start()).num_seconds().unsigned_abs();
        let price = 32.5;
        let euro = |count: u64| (count as f64 * price) as u64;
        let impact = Impact {
            from: start(),
            or_before: false,
            to: self.now,
            basis: ImpactBasis::Drop,
            ended,
            failed,
            unknown: 25,
            measured: seconds.saturating_sub(120),
            unmeasured: 120,
            amount: Some(ImpactAmount {
                at_least: euro(failed),
                at_most: euro(failed + 25),
                per_minute: (!ended).then_some(42_000),
                currency: Currency::new("EUR").unwrap(),
                average: Some(price),
            }),
        };
        let data = ImpactMeasured {
            supersedes: Some(known.map_or(0, SignalFacts::last_impact)),
            signal,
            impact,
            source: slug("prometheus"),
            cause: Cause::Change,
        };
        self.push(data, &[]);
    }
}
