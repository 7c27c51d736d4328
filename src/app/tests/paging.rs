//! Pages: to whom, when, and what stops them.

use super::*;
use crate::incident::escalation::state::Page;

#[test]
fn the_chain_pages_at_its_absolute_times_and_acknowledging_stops_what_waits_for_it() {
    let mut harness = Harness::with_incident();
    assert_eq!(levels_paged(&harness), ["on-call"]);
    harness.pass(15 * 60 - 1);
    assert_eq!(levels_paged(&harness), ["on-call"]);
    harness.pass(1);
    assert_eq!(levels_paged(&harness), ["on-call", "engineering-lead"]);
    harness.act(Action::Acknowledge);
    harness.pass(15 * 60);
    let paged = levels_paged(&harness);
    assert_eq!(paged, ["on-call", "engineering-lead", "cto"]);
    assert!(harness.holder(Role::IncidentCommander).is_some());
}

#[test]
fn delays_count_from_the_alerts_own_start_not_from_when_it_was_seen() {
    let mut harness = Harness::new();
    let early = start() - TimeDelta::minutes(16);
    harness.alert(&["PaymentSuccessRateLow"], AlertState::Firing, early);
    assert_eq!(levels_paged(&harness), ["on-call", "engineering-lead"]);
}

#[test]
fn compliance_is_paged_at_once_when_integrity_is_in_question() {
    let mut harness = Harness::acknowledged();
    harness.act(Action::Classify).answer("unknown");
    assert!(
        harness.incident().classifications.is_empty(),
        "paging a person asks first"
    );
    harness.yes();
    harness.pass(2);
    assert_eq!(harness.incident().severity().unwrap().level(), 1);
    assert_eq!(levels_paged(&harness), ["on-call", "compliance"]);
    let mut pages = harness.sent.iter();
    let page = pages.find(|page| page.level == slug("compliance"));
    assert_eq!(page.unwrap().because, [slug("transaction-integrity")]);
}

#[test]
fn a_page_that_failed_is_repeated_under_the_same_id() {
    let mut harness = Harness::new();
    harness.receiver_answers = false;
    harness.firing();
    let page = crate::outbox::Message::Page(harness.sent[0].clone());
    let failed = delivery(PageOutcome::Failed);
    harness.say(Msg::delivered(page, slug("webhook"), failed));
    harness.pass(62);
    assert_eq!(harness.sent.len(), 2);
    assert_eq!(harness.sent[0].id, harness.sent[1].id);
    assert_eq!(harness.sent[1].repeat, 1);
}

#[test]
fn a_restart_neither_forgets_a_page_nor_repeats_it_unrecorded() {
    let mut first = Harness::new();
    first.receiver_answers = false;
    first.firing();
    assert_eq!(first.sent.len(), 1);
    let (id, entries) = (
        first.model.current.clone().unwrap(),
        first.view().entries.clone(),
    );

    let mut second = Harness::new();
    second.receiver_answers = false;
    second.stories = first.stories;
    second.say(loaded(id, entries));
    second.pass(30);
    assert!(second.sent.is_empty(), "an intent under way is left alone");
    second.pass(3 * 60);
    let results = second.count("page-resulted");
    assert!(results >= 2, "the lost result is recorded as unknown");
    assert_eq!(second.sent.len(), 1, "once while its result is awaited");
    assert_eq!(second.sent[0].repeat, 1);
    second.pass(12 * 60);
    let lead = "engineering-lead".to_string();
    assert!(
        levels_paged(&second).contains(&lead),
        "no level is forgotten"
    );
}

#[test]
fn without_a_webhook_the_record_says_that_nobody_was_paged() {
    let mut harness = Harness::with(|setup| setup.channels.clear());
    harness.firing();
    assert!(harness.sent.is_empty());
    let levels = harness.incident().escalation.levels.iter();
    let mut outcomes = levels.flat_map(|level| level.pages.values().filter_map(Page::outcome));
    assert!(outcomes.any(|outcome| outcome == PageOutcome::NoChannel));
}

#[test]
fn an_exercise_sends_nothing() {
    let mut harness = Harness::with(|setup| setup.drill = Some(("x".into(), 10)));
    harness.firing();
    harness.pass(40 * 60);
    assert!(harness.sent.is_empty());
    assert!(harness.incident().is_drill());
}

#[test]
fn closing_stops_paging() {
    let mut harness = Harness::with_incident();
    harness.set_status(Status::Closed, "").yes();
    harness.pass(3600);
    assert_eq!(levels_paged(&harness), ["on-call"]);
}

#[test]
fn a_page_that_waited_for_the_disk_is_not_sent_once_it_is_no_longer_wanted() {
    let mut harness = Harness::with_incident();
    harness.disk_works = false;
    harness.pass(15 * 60);
    assert_eq!(levels_paged(&harness), ["on-call"]);
    harness.disk_works = true;
    harness.act(Action::Acknowledge);
    for effect in std::mem::take(&mut harness.waiting) {
        let mut effects = harness.perform(effect);
        while let Some(effect) = effects.pop() {
            effects.extend(harness.perform(effect));
        }
    }
    assert_eq!(levels_paged(&harness), ["on-call"], "not the lead");
    let lead = &harness.incident().escalation.levels[1];
    let outcomes: Vec<_> = lead.pages.values().filter_map(Page::outcome).collect();
    assert!(outcomes.contains(&PageOutcome::Withdrawn), "{outcomes:?}");
}
