//! How incidents end: open items are listed, what is closed stays closed, and what fails again is a new incident.

use super::*;
use crate::app::intent::{Correction, Intent, Work, WorkEdit};
use crate::data_dir::{Peer, PeerKind};
use crate::incident::entry::{Audience, MessageKind, Sealed, Updated, WorkKind, WorkState};
use crate::incident::messages::ChannelInfo;

fn status(harness: &mut Harness, status: Status, words: &str) {
    harness.set_status(status, words);
    if harness.question().is_some() {
        harness.yes();
    }
}

fn closed_by_another() -> Draft {
    let status = Status::Closed;
    Draft::new(&actor_id("a-5e5e5e5e"), StatusChanged { status })
}

fn with_an_action_item() -> Harness {
    let mut harness = Harness::acknowledged();
    harness
        .act(Action::FollowUp)
        .choose("new action")
        .fill(&["ask acme", "30m", ""]);
    harness
}

fn refused(harness: &Harness, intent: &Intent) -> Option<String> {
    let made = harness.intended(&harness.model.setup.me, intent);
    made.err().map(|refused| {
        assert!(refused.conflict, "{refused}");
        refused.what
    })
}

#[test]
fn closing_lists_what_is_left_open() {
    let mut harness = with_an_action_item();
    harness.set_status(Status::Closed, "the night is over");
    let asked = harness.question().unwrap();
    for left in [
        "action #",
        "no status update to users is recorded",
        "no severity",
    ] {
        assert!(asked.contains(left), "{asked}");
    }
    assert_ne!(harness.incident().status, Status::Closed);
    harness.yes();
    assert_eq!(harness.incident().status, Status::Closed);
}

#[test]
fn a_status_of_the_past_is_compared_with_the_status_then() {
    let mut harness = Harness::acknowledged();
    harness.pass(7200);
    let me = harness.model.setup.me.clone();
    let mitigated = Intent::Status(Status::Mitigated, Safe::default());
    let at = |minutes| Some((start() + TimeDelta::minutes(minutes)).into());
    let drafts = harness.intended_at(&me, &mitigated, at(110)).unwrap();
    harness.others_record(&drafts);
    let refused = |harness: &Harness, minutes| {
        let made = harness.intended_at(&me, &mitigated, at(minutes));
        made.err().map(|refused| refused.what)
    };
    let already = Some("it is mitigated already".to_string());
    assert_eq!(refused(&harness, 110), already, "the same again");
    let earlier = harness.intended_at(&me, &mitigated, at(50)).unwrap();
    harness.others_record(&earlier);
    let first = harness.incident().reached(Status::Mitigated).unwrap();
    assert_eq!(Some(first.at), at(50));
    assert_eq!(refused(&harness, 50), already);
    harness.pass(60);
    assert_eq!(refused(&harness, 121), already);
}

#[test]
fn what_is_closed_stays_closed_and_what_is_learned_can_still_be_added() {
    let mut harness = with_an_action_item();
    let item = *harness.incident().work.keys().next().unwrap();
    status(&mut harness, Status::Closed, "");
    let words = Safe::line("words");
    let me = harness.model.setup.me.actor.clone();
    let done = WorkEdit {
        item,
        state: WorkState::Done,
        owner: None,
        due: None,
    };
    let work = Work {
        text: words.clone(),
        owner: Some(me.clone().into()),
        ..Work::default()
    };
    let over = [
        Intent::Acknowledge(Vec::new()),
        Intent::Status(Status::Resolved, words.clone()),
        Intent::Role(Role::Scribe, Some(me.clone())),
        Intent::Update(Audience::Users, words.clone()),
        Intent::HandOver(Role::IncidentCommander, me, words.clone()),
    ];
    for intent in over {
        let what = refused(&harness, &intent).unwrap();
        assert!(what.contains("closed"), "{intent:?}: {what}");
    }
    let still = [
        Intent::Note(words.clone()),
        Intent::Decide(words.clone(), words.clone(), Safe::default()),
        Intent::Correct(Correction {
            seq: 1,
            text: words.clone(),
            ..Correction::default()
        }),
        Intent::Work(WorkKind::Action, work),
        Intent::WorkState(done, words),
    ];
    for intent in still {
        assert_eq!(refused(&harness, &intent), None, "{intent:?}");
    }
    // No dialog opens for what would be refused.
    for action in [
        Action::Status,
        Action::Update,
        Action::HandOver,
        Action::Role,
    ] {
        harness.act(action);
        assert!(harness.model.dialogs.is_empty(), "{action:?}");
    }
}

#[test]
fn an_acknowledgement_counts_once() {
    let mut harness = Harness::acknowledged();
    let before = harness.kinds().len();
    harness.act(Action::Acknowledge);
    assert_eq!(harness.kinds().len(), before);
    let again = refused(&harness, &Intent::Acknowledge(Vec::new())).unwrap();
    assert!(again.contains("already"), "{again}");
    let other = Intent::Acknowledge(vec![slug("compliance-officer")]);
    assert_eq!(refused(&harness, &other), None, "for somebody else");
}

#[test]
fn a_new_outage_after_a_resolution_is_a_new_incident_and_is_paged() {
    let mut harness = Harness::acknowledged();
    harness.pass(600);
    status(&mut harness, Status::Resolved, "back");
    let first = harness.model.current.clone();
    // The same firing goes on: it belongs to what was resolved.
    harness.firing();
    assert_eq!(harness.model.views.len(), 1);
    let sent = harness.sent.len();
    harness.pass(3_600);
    let later = harness.model.now;
    harness.alert(&["PaymentSuccessRateLow"], AlertState::Firing, later);
    assert_eq!(harness.model.views.len(), 2);
    harness.pass(2);
    assert_ne!(harness.model.current, first, "it takes the screen");
    assert!(harness.sent.len() > sent, "somebody is paged");
    let old = &harness.model.views[&first.unwrap()].incident;
    assert!(old.alerts.values().all(|alert| alert.starts_at == start()));
}

#[test]
fn updates_and_settlements_still_go_out_after_closing() {
    let mut harness = Harness::with(|setup| {
        setup.channels.push(ChannelInfo {
            name: slug("status-page"),
            audiences: vec![Audience::Users],
            settles: false,
            pages: false,
        });
        setup.channels[0].settles = true;
    });
    harness.firing();
    harness.pass(5);
    // Both arrive from somebody else at once, as from two commands in a row.
    let update = Updated {
        audience: Audience::Users,
        elsewhere: false,
    };
    let update = Draft::new(&actor_id("a-5e5e5e5e"), update)
        .with(field::TEXT, Safe::line("payments work again"));
    harness.others_record(&[update, closed_by_another()]);
    harness.pass(2);
    let messages = &harness.incident().messages;
    let sent = |kind: fn(&MessageKind) -> bool| messages.values().any(|fact| kind(&fact.what));
    assert!(sent(|what| *what == MessageKind::Update));
    assert!(sent(|what| matches!(what, MessageKind::Settle(_))));
    // A message without a result gets one, closed or not.
    harness.pass(120);
    let messages = &harness.incident().messages;
    assert!(messages.values().all(|fact| fact.result.is_some()));
}

#[test]
fn what_is_refused_leaves_the_words_that_were_typed() {
    let mut harness = Harness::acknowledged();
    harness
        .act(Action::Update)
        .choose("users")
        .write("payments work again");
    // Somebody else closes it meanwhile.
    harness.others_record(&[closed_by_another()]);
    harness.enter();
    let form = harness.form().unwrap();
    assert_eq!(form.fields[0].input.text(), "payments work again");
    assert!(harness.fault().unwrap().contains("closed"));
}

#[test]
fn answers_given_for_one_incident_are_not_recorded_for_another() {
    let mut harness = Harness::with_incident();
    harness.classify(&["right"]);
    assert!(harness.model.ui.answers.active);
    let first = harness.id();
    harness.recorded_elsewhere(first.clone(), &[closed_by_another()]);
    harness.pass(600);
    let now = harness.model.now;
    harness.alert(&["PaymentSuccessRateLow"], AlertState::Firing, now);
    assert_eq!(harness.model.views.len(), 2);
    assert_eq!(harness.model.current, Some(first), "somebody is answering");
    let second = harness.model.views.keys().last().unwrap().clone();
    harness.model.go_to(second);
    assert!(!harness.model.ui.answers.active, "they were for the first");
}

#[test]
fn a_page_is_left_for_a_while_to_the_program_that_has_its_channel() {
    let mut harness = Harness::with(|setup| setup.channels.clear());
    let watch = Peer {
        kind: PeerKind::Watch,
        process: slug("watch-1"),
        host: "h".into(),
        pid: 1,
        beat: start(),
        mono: None,
        alive: true,
    };
    harness.say(Msg::Peers(vec![watch.clone()]));
    harness.firing();
    harness.pass(20);
    let by_webhook = |harness: &Harness| {
        let levels = harness.incident().escalation.levels.iter();
        let pages = levels.flat_map(|level| level.pages.keys());
        pages.filter(|it| it.channel.as_str() == "webhook").count()
    };
    assert_eq!(by_webhook(&harness), 0, "the paging service may have it");
    harness.pass(15);
    assert_eq!(by_webhook(&harness), 1, "nobody had it: that is recorded");
    // Without another program it is recorded at once.
    let mut alone = Harness::with(|setup| setup.channels.clear());
    alone.firing();
    alone.pass(1);
    assert_eq!(by_webhook(&alone), 1);
    // Without its credential here, the process that has it gets more time, and pages again.
    let mut helper = Harness::with(|setup| setup.unusable = std::mem::take(&mut setup.channels));
    helper.firing();
    helper.pass(100);
    assert_eq!(by_webhook(&helper), 0);
    helper.pass(30);
    assert_eq!(by_webhook(&helper), 1);
    let response = helper.incident().response();
    let next = helper.incident().escalation.nearest(&response).unwrap().0;
    let now = helper.incident().now(&helper.model.stamp);
    let wait = next - now.steady;
    assert!(wait <= TimeDelta::seconds(60), "it is paged again");
}

#[test]
fn resolving_during_a_correctness_fault_is_confirmed_first() {
    let mut harness = Harness::with_incident();
    harness.reading(Reading::Value(0.9999));
    let now = harness.model.now;
    let wrong = crate::testing::correctness(now, Reading::Value(3.0));
    let report = report(now, vec![wrong]);
    harness.say(Msg::Signals(Box::new(report)));
    harness.set_status(Status::Resolved, "all is well");
    let asked = harness.question().unwrap();
    assert!(asked.contains("is beyond its tolerance"), "{asked}");
}

#[test]
fn a_sealed_journal_takes_nothing_and_leaves_nothing_pending() {
    let mut harness = Harness::acknowledged();
    harness
        .set_status(Status::Closed, "the night is over")
        .yes();
    let id = harness.id();
    harness.disk_works = false;
    harness.act(Action::Note).fill(&["too late"]);
    assert!(!harness.model.views[&id].pending.is_empty());
    let seal = Draft::new(&actor_id("a-5e5e5e5e"), Sealed {});
    harness.recorded_elsewhere(id.clone(), &[seal]);
    assert!(harness.notice().contains("NOT recorded"));
    assert!(harness.model.views[&id].pending.is_empty(), "nothing waits");
    harness.waiting.clear();
    harness.act(Action::Write);
    assert!(harness.notice().contains("sealed"));
    assert!(harness.waiting.is_empty(), "no documents are requested");
    assert!(harness.model.views[&id].pending.is_empty());
}
