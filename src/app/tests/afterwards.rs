//! An incident that is entered afterwards: nothing happens in it without a person, and it stands for nothing of now.

use super::*;
use crate::app::intent::Opening;
use crate::app::message::DamageOutcome;
use crate::data_dir::{Peer, PeerKind};
use crate::incident::entry::{Audience, Opened, Updated};
use crate::incident::escalation::bell;
use crate::incident::messages::ChannelInfo;
use crate::signals::change::{Change, ChangeKind, ChangeSet};
use crate::sources::ExternalIncident;
use crate::testing::reports;

const LONG_AGO: i64 = 3 * 365 * 24 * 3600;

fn opening(harness: &Harness, afterwards: bool, ago: i64) -> Vec<Draft> {
    let setup = &harness.model.setup;
    let (service, path) = setup.map.strict_place();
    let opening = Opening {
        title: &Safe::line("payments failed"),
        start: (harness.model.now - TimeDelta::seconds(ago)).into(),
        detected: None,
        retrospective: afterwards,
        signal: &setup.signal,
        objective: setup.objective,
        service: &service,
        path: &path,
        drill: false,
        follows: None,
        now: harness.model.now,
        anyway: false,
    };
    opening.drafts(&setup.me).unwrap()
}

/// Another process has recorded an incident with these entries.
fn known(harness: &mut Harness, drafts: &[Draft]) -> IncidentId {
    let number = harness.stories.len() as u16 + 50;
    let id = IncidentId::compose(false, start().date_naive(), number);
    let mut tape = crate::testing::Tape::default();
    let (entries, _) = tape.record(drafts, &harness.model.stamp);
    harness.stories.insert(id.clone(), tape);
    harness.say(loaded(id.clone(), entries));
    id
}

fn afterwards(harness: &mut Harness) -> IncidentId {
    let drafts = opening(harness, true, LONG_AGO);
    known(harness, &drafts)
}

fn by_hand(harness: &mut Harness, ago: i64) -> IncidentId {
    let drafts = opening(harness, false, ago);
    known(harness, &drafts)
}

/// The incident on the screen once more, with the same entries, as one that was entered afterwards.
fn copied(harness: &mut Harness) -> IncidentId {
    let copy = |entry: &Entry| {
        let mut event = entry.event().unwrap().clone();
        if let Some(opened) = event.data::<Opened>() {
            event = Event::from(Opened {
                retrospective: true,
                ..opened.clone()
            });
        }
        Draft::new(&entry.by, event)
    };
    let drafts: Vec<Draft> = harness.view().entries.iter().map(copy).collect();
    known(harness, &drafts)
}

fn count(harness: &Harness, id: &IncidentId, kind: &str) -> usize {
    let entries = harness.model.views[id].entries.iter();
    let kinds = entries.filter_map(Entry::event).map(Event::kind);
    kinds.filter(|found| *found == kind).count()
}

fn harness() -> Harness {
    Harness::with(|setup| {
        setup.channels[0].settles = true;
        setup.channels.push(ChannelInfo {
            name: slug("status-page"),
            audiences: vec![Audience::Users],
            settles: false,
            pages: false,
        });
    })
}

fn fires(harness: &mut Harness) {
    harness.firing();
}

fn opens(harness: &mut Harness) {
    by_hand(harness, 0);
}

fn armed(harness: &mut Harness) {
    opens(harness);
    harness.pass(2);
}

/// A page is under way when its program ends.
fn pages_without_a_result(harness: &mut Harness) {
    harness.receiver_answers = false;
    armed(harness);
}

fn acknowledges(harness: &mut Harness) {
    let ack = crate::incident::entry::Acknowledged::default();
    let draft = Draft::new(&actor_id("a-7f3c21aa"), ack);
    for id in [0, 1].map(|at| harness.model.views.keys().nth(at).unwrap().clone()) {
        harness.recorded_elsewhere(id, std::slice::from_ref(&draft));
    }
    harness.pass(1);
}

fn informs_users(harness: &mut Harness) {
    armed(harness);
    let updated = Updated {
        audience: Audience::Users,
        elsewhere: false,
    };
    let mut tape = harness.stories[&harness.id()].clone();
    let draft = Draft::new(&actor_id("a-7f3c21aa"), updated);
    let (entries, _) = tape.record(&[draft], &harness.model.stamp);
    let id = harness.id();
    harness.stories.insert(id.clone(), tape);
    harness.say(JournalNews::recorded_by_others(id, entries));
}

fn classified(harness: &mut Harness) {
    fires(harness);
    harness.act(Action::Acknowledge);
    harness.reading(Reading::Value(0.95));
    harness.classify(&["right", MEASURED, "none"]);
}

fn in_danger(harness: &mut Harness) {
    armed(harness);
    harness.act(Action::Classify).answer("unknown").yes();
}

fn without_contact(harness: &mut Harness) {
    fires(harness);
    goes_silent(harness);
}

fn seconds(harness: &mut Harness) {
    harness.pass(2);
}

fn minutes(harness: &mut Harness) {
    harness.pass(6 * 60);
}

fn another_alert(harness: &mut Harness) {
    harness.alert(
        &["PaymentSuccessRateLow", "PaymentsDown"],
        AlertState::Firing,
        start(),
    );
}

fn a_storm(harness: &mut Harness) {
    let names: Vec<String> = (0..400).map(|n| format!("Alert{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    harness.alert(&names, AlertState::Firing, start());
}

fn drops(harness: &mut Harness) {
    let report = reports::drop(harness.model.now, start() - TimeDelta::minutes(7), None);
    harness.say(Msg::Signals(Box::new(report)));
}

fn falls(harness: &mut Harness) {
    for _ in 0..16 {
        harness.reading(Reading::Value(0.3));
        harness.pass(15);
    }
}

fn changes(harness: &mut Harness) {
    let change = Change {
        at: start(),
        kind: ChangeKind::Deployment,
        what: Safe::line("gateway v42"),
        who: Safe::default(),
        outcome: Safe::default(),
        path: None,
        source: slug("deployments"),
    };
    harness.say(Msg::Changes {
        source: slug("deployments"),
        result: Ok(ChangeSet {
            changes: vec![change],
            ..ChangeSet::default()
        }),
    });
}

fn goes_silent(harness: &mut Harness) {
    harness.reading(Reading::Value(0.8));
    harness.prometheus_is_down();
    harness.pass(60);
    harness.prometheus_is_down();
    harness.pass(1);
}

fn answers(harness: &mut Harness) {
    harness.reading(Reading::Value(0.8));
    harness.pass(1);
}

fn peer_dies(harness: &mut Harness) {
    harness.pass(1);
    harness.say(Msg::Peers(vec![Peer {
        kind: PeerKind::Watch,
        process: slug("watch-1"),
        host: "h".into(),
        pid: 1,
        beat: harness.model.now,
        mono: None,
        alive: false,
    }]));
}

fn clock_is_set(harness: &mut Harness) {
    harness.set_clock(TimeDelta::hours(-1));
}

fn machine_restarts(harness: &mut Harness) {
    harness.restart("feedbeef", TimeDelta::minutes(1));
    harness.pass(1);
}

fn paged_elsewhere(harness: &mut Harness) {
    let service = harness.model.setup.map.strict_place().0;
    harness.model.setup.paged_elsewhere = BTreeMap::from([("P1".to_string(), service)]);
    harness.say(Msg::ExternalIncidents {
        source: slug("pagerduty"),
        result: Ok(vec![ExternalIncident {
            id: slug("q1"),
            title: Safe::line("payments fail"),
            created: harness.model.now,
            service: Safe::line("P1"),
            link: Safe::line("https://pager.example/q1"),
            acknowledged: vec![(Safe::line("mina"), harness.model.now)],
        }]),
    });
}

type Does = fn(&mut Harness);

/// For each kind of entry that is recorded without a person: what comes before, and what leads to it.
#[rstest]
#[case::escalation("escalation-armed", opens, seconds)]
#[case::page("page-intended", opens, seconds)]
#[case::page_result("page-resulted", opens, seconds)]
#[case::lost_result("page-resulted", pages_without_a_result, minutes)]
#[case::level("level-armed", in_danger, seconds)]
#[case::clock("overdue", armed, minutes)]
#[case::message("message-intended", informs_users, seconds)]
#[case::settlement("message-intended", armed, acknowledges)]
#[case::alert("alert-seen", fires, another_alert)]
#[case::storm("noted", fires, a_storm)]
#[case::reading("signal-seen", fires, answers)]
#[case::impact("impact-measured", fires, drops)]
#[case::change("change-seen", fires, changes)]
#[case::source_lost("source-lost", fires, goes_silent)]
#[case::source_back("source-back", without_contact, answers)]
#[case::peer("keeper-lost", fires, peer_dies)]
#[case::clock_step("clock-stepped", fires, clock_is_set)]
#[case::boot("boot-changed", fires, machine_restarts)]
#[case::proposal("proposed", classified, falls)]
#[case::adoption("adopted", armed, paged_elsewhere)]
#[case::elsewhere("acknowledged", armed, paged_elsewhere)]
fn what_a_live_incident_gets_without_a_person_one_entered_afterwards_does_not(
    #[case] kind: &str,
    #[case] before: Does,
    #[case] happens: Does,
) {
    let mut harness = harness();
    before(&mut harness);
    let live = harness.id();
    let copy = copied(&mut harness);
    let (had, held) = (
        count(&harness, &live, kind),
        harness.model.views[&copy].entries.len(),
    );
    // What a person did in the live one was done in both.
    let acknowledged = count(&harness, &copy, "acknowledged");
    happens(&mut harness);
    assert!(count(&harness, &live, kind) > had, "the live one gets it");
    let by_people = count(&harness, &copy, "acknowledged") - acknowledged;
    let view = &harness.model.views[&copy];
    let new: Vec<&str> = view.entries[held..]
        .iter()
        .map(|entry| entry.event().unwrap().kind())
        .collect();
    assert_eq!(
        new.len(),
        by_people * usize::from(kind == "message-intended"),
        "{new:?}"
    );
    assert!(view.pending.is_empty() && view.problem.is_none());
}

#[test]
fn an_incident_that_is_entered_afterwards_rings_no_bell_and_runs_no_clock() {
    let mut harness = harness();
    let id = afterwards(&mut harness);
    harness.model.go_to(id.clone());
    harness.pass(3600);
    assert_eq!((harness.bells, harness.sent.len()), (0, 0));
    assert_eq!(harness.model.views[&id].entries.len(), 2);
    let clocks = crate::app::selectors::clocks::running(
        harness.view(),
        harness.incident().now(&harness.model.stamp),
    );
    assert!(clocks.is_empty());
    let ack = crate::incident::entry::Acknowledged::default();
    harness.others_record(&[Draft::new(&actor_id("a-7f3c21aa"), ack)]);
    harness.pass(3600);
    assert_eq!(harness.model.views[&id].entries.len(), 3);
    assert!(harness.model.open_views().next().is_none());
}

#[test]
fn an_alert_of_the_same_service_opens_a_live_incident_beside_one_that_is_entered_afterwards() {
    let mut harness = harness();
    let old = afterwards(&mut harness);
    harness.firing();
    let live = harness.id();
    assert_ne!(live, old, "the live one takes the screen");
    assert_eq!(count(&harness, &live, "alert-seen"), 1);
    assert_eq!(levels_paged(&harness), ["on-call"]);
}

#[test]
fn an_alert_that_a_record_of_earlier_holds_opens_a_live_incident() {
    let mut harness = harness();
    fires(&mut harness);
    let live = harness.id();
    copied(&mut harness);
    harness.stories.remove(&live);
    harness.restart("0badb007", TimeDelta::seconds(1));
    assert_eq!(harness.model.open_views().count(), 0);
    harness.firing();
    assert_eq!(harness.model.open_views().count(), 1);
}

#[test]
fn incidents_that_are_entered_afterwards_leave_space_for_live_ones() {
    let mut harness = harness();
    for _ in 0..12 {
        afterwards(&mut harness);
    }
    harness.firing();
    assert_eq!(harness.model.open_views().count(), 1);
    assert!(harness.model.opening.is_empty());
}

#[test]
fn the_screen_shows_a_live_incident_whatever_is_entered_afterwards() {
    let mut harness = harness();
    let old = afterwards(&mut harness);
    assert_eq!(harness.model.current, None, "it takes no screen by itself");
    let live = by_hand(&mut harness, 0);
    assert_eq!(harness.model.current, Some(live.clone()));
    harness.model.go_to(old.clone());
    afterwards(&mut harness);
    assert_eq!(harness.model.current, Some(old), "a person has chosen it");
    let other = by_hand(&mut harness, 0);
    assert_eq!(harness.model.current, Some(other), "a live one goes first");
}

#[test]
fn one_that_a_person_opens_here_is_shown_unless_a_live_one_is() {
    let opened = |harness: &mut Harness| {
        let drafts = opening(harness, true, LONG_AGO);
        let service = harness.model.setup.map.strict_place().0;
        let task = JournalTask::Open {
            service,
            drill: false,
            drafts,
        };
        harness.perform(Effect::Journal(task));
        harness.model.views.keys().last().unwrap().clone()
    };
    let mut harness = harness();
    let id = opened(&mut harness);
    assert_eq!(harness.model.current, Some(id));
    harness.firing();
    let live = harness.id();
    opened(&mut harness);
    assert_eq!(harness.model.current, Some(live));
}

#[test]
fn a_damaged_journal_that_was_entered_afterwards_is_reported_and_continued_nowhere() {
    for outcome in [DamageOutcome::Ended, DamageOutcome::Continues] {
        let mut harness = harness();
        let id = afterwards(&mut harness);
        harness.say(JournalNews::Damaged {
            incident: id.clone(),
            why: Problem::new("line 4 is altered", "see it"),
            outcome,
        });
        harness.pass(30);
        assert_eq!(harness.model.views.len(), 1);
        assert!(harness.model.views[&id].damage.is_some());
        assert_eq!((harness.sent.len(), harness.bells), (0, 0));
        assert_eq!(harness.model.current, None);
    }
}

#[test]
fn an_incident_that_is_opened_by_hand_pages_from_its_opening_whatever_start_it_states() {
    for ago in [0, 5 * 3600, LONG_AGO] {
        let mut harness = harness();
        let id = by_hand(&mut harness, ago);
        let opened = harness.model.now;
        harness.pass(14 * 60);
        assert_eq!(levels_paged(&harness), ["on-call"], "{ago}");
        harness.pass(2 * 60);
        assert_eq!(levels_paged(&harness), ["on-call", "engineering-lead"]);
        let incident = &harness.model.views[&id].incident;
        assert_eq!(incident.escalation.from, Some(opened));
        let pages = incident.escalation.levels.iter();
        let pages = pages.flat_map(|level| level.pages.iter());
        assert!(pages.clone().any(|(call, _)| call.channel == bell()));
    }
}

#[test]
fn a_continuation_keeps_the_due_times_of_an_incident_that_was_opened_by_hand() {
    let mut harness = harness();
    let id = by_hand(&mut harness, LONG_AGO);
    harness.pass(14 * 60);
    harness.say(JournalNews::Damaged {
        incident: id.clone(),
        why: Problem::new("line 4 is altered", "see it"),
        outcome: DamageOutcome::Continues,
    });
    assert_ne!(harness.id(), id);
    harness.pass(30);
    assert_eq!(levels_paged(&harness), ["on-call", "on-call"]);
    harness.pass(60);
    assert_eq!(levels_paged(&harness).last().unwrap(), "engineering-lead");
    assert_eq!(harness.sent.len(), 3);
}
