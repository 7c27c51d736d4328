//! Whose an item is: a person's, a role's or a team's.

use super::*;
use crate::app::intent::{Intent, Owner, WorkEdit, summary};
use crate::documents::{People, sentence};
use crate::incident::entry::{WorkChanged, WorkKind, WorkOpened, WorkState};
use crate::incident::fold::WorkOwner;

fn with_an_item(owner: &str) -> Harness {
    let mut harness = Harness::acknowledged();
    harness
        .act(Action::FollowUp)
        .choose("new action")
        .fill(&["watch the refunds", "30m", owner]);
    harness
}

fn item(harness: &Harness) -> u64 {
    *harness.incident().work.keys().next().unwrap()
}

fn owner(harness: &Harness) -> String {
    let fact = &harness.incident().work[&item(harness)];
    harness.view().owner_name(fact).unwrap()
}

fn last_sentence(harness: &Harness) -> String {
    let view = harness.view();
    let people = People::by_name(&view.entries, &view.incident);
    sentence(harness.last_entry(), &people)
}

fn give(harness: &mut Harness, owner: &str) {
    harness
        .act(Action::FollowUp)
        .choose("watch the refunds")
        .choose("a role or team")
        .fill(&[owner]);
}

#[rstest]
#[case::role(
    "Communications lead",
    "communications lead",
    "owner communications lead"
)]
#[case::as_the_journal_writes_it(
    "incident-commander",
    "incident commander",
    "owner incident commander"
)]
#[case::team_of_the_map("payments team", "payments team", "owner team payments team")]
#[case::another_team("team:treasury", "treasury", "owner team treasury")]
fn an_item_is_a_role_s_or_a_team_s(
    #[case] typed: &str,
    #[case] shown: &str,
    #[case] written: &str,
) {
    let harness = with_an_item(typed);
    assert_eq!(owner(&harness), shown);
    let summary = summary(harness.view(), harness.incident());
    let line = format!("watch the refunds; {shown}, due");
    assert!(summary.contains(&line), "{summary}");
    let sentence = last_sentence(&harness);
    assert!(sentence.contains(written), "{sentence}");
}

#[test]
fn a_new_owner_replaces_the_one_before_whatever_kind_that_was() {
    let mut harness = with_an_item("");
    let me = harness.model.setup.me.name.to_string();
    assert_eq!(owner(&harness), me);
    for (typed, shown) in [
        ("team:treasury", "treasury"),
        ("team:risk", "risk"),
        ("scribe", "scribe"),
        (me.as_str(), me.as_str()),
        ("payments team", "payments team"),
    ] {
        give(&mut harness, typed);
        assert_eq!(owner(&harness), shown);
        let data = harness.last_entry().data::<WorkChanged>().unwrap().clone();
        let kinds = [data.owner.is_some(), data.role.is_some(), data.team];
        let count = kinds.into_iter().filter(|is| *is).count();
        assert_eq!(count, 1, "exactly one owner");
    }
}

#[test]
fn the_same_owner_again_is_no_change() {
    let harness = with_an_item("team:treasury");
    let change = |owner| {
        let edit = WorkEdit {
            item: item(&harness),
            state: WorkState::Open,
            owner: Some(owner),
            due: None,
        };
        harness.intended(
            &harness.model.setup.me,
            &Intent::WorkState(edit, Safe::default()),
        )
    };
    let again = change(Owner::Team(Safe::line("treasury"))).unwrap_err();
    assert!(again.conflict, "{again}");
    change(Owner::Team(Safe::line("risk"))).unwrap();
    change(Owner::Role(Role::Scribe)).unwrap();
}

#[test]
fn an_item_of_a_role_is_for_its_holder() {
    let harness = with_an_item("incident commander");
    let fact = &harness.incident().work[&item(&harness)];
    let me = &harness.model.setup.me.actor;
    assert!(harness.incident().is_for(fact, me), "I command");
    let harness = with_an_item("scribe");
    let fact = &harness.incident().work[&item(&harness)];
    assert!(!harness.incident().is_for(fact, me_of(&harness)));
}

fn me_of(harness: &Harness) -> &crate::incident::ActorId {
    &harness.model.setup.me.actor
}

#[test]
fn an_unknown_owner_is_refused_with_the_nearest() {
    let mut harness = Harness::acknowledged();
    harness.act(Action::FollowUp).choose("new action").fill(&[
        "watch the refunds",
        "30m",
        "comunications lead",
    ]);
    let fault = harness.fault().unwrap();
    assert!(
        fault.contains("did you mean communications lead?"),
        "{fault}"
    );
    assert!(fault.contains("team:comunications lead"), "{fault}");
    assert!(harness.incident().work.is_empty());
}

#[test]
fn an_item_of_an_earlier_version_is_still_a_person_s() {
    let text = r#"{"kind": "action", "owner": "a-7f3c21aa"}"#;
    let data: WorkOpened = serde_json::from_str(text).unwrap();
    assert_eq!(
        (data.kind, data.role, data.team),
        (WorkKind::Action, None, false)
    );
    let mut harness = Harness::acknowledged();
    let by = actor_id("a-7f3c21aa");
    harness.others_record(&[Draft::new(&by, data)]);
    let fact = &harness.incident().work[&item(&harness)];
    assert_eq!(fact.owner, Some(WorkOwner::Person(by)));
}

#[test]
fn a_due_time_that_has_passed_is_asked_about_and_then_recorded() {
    let mut harness = Harness::acknowledged();
    let late = ["watch the refunds", "2026-11-21T12:00Z", ""];
    harness
        .act(Action::FollowUp)
        .choose("new action")
        .fill(&late);
    let question = harness.question().unwrap();
    assert!(question.contains("2026-11-21T12:00Z was 1"), "{question}");
    assert!(question.ends_with(" ago. Record it?"), "{question}");
    assert!(harness.incident().work.is_empty(), "not yet");
    harness.yes();
    let due = harness.incident().work[&item(&harness)].due.unwrap();
    assert_eq!(due.to_rfc3339(), "2026-11-21T12:00:00+00:00");
}
