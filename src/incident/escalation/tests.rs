use super::*;
use crate::incident::entry::{PageIntended, PageOutcome, PageResulted};
use crate::incident::status::Status;
use chrono::TimeDelta;
use rstest::rstest;
use std::collections::BTreeMap;

fn policy() -> Policy {
    serde_saphyr::from_str(include_str!("../../../assets/policies/escalation.yaml")).unwrap()
}

fn slug(text: &str) -> Slug {
    Slug::new(text).unwrap()
}

fn minute(minutes: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
}

fn armed() -> Escalation {
    let levels = policy().arm(minute(0));
    Escalation {
        armed: Some(1),
        from: Some(minute(0)),
        levels: levels
            .into_iter()
            .map(|armed| LevelState {
                armed,
                pages: BTreeMap::new(),
            })
            .collect(),
    }
}

fn due_at(minutes: i64, acknowledged: bool, status: Status) -> Vec<String> {
    armed()
        .levels
        .iter()
        .filter(|level| {
            !level
                .to_send(acknowledged, status, minute(minutes))
                .is_empty()
        })
        .map(|level| level.armed.level.to_string())
        .collect()
}

#[test]
fn the_shipped_policy_is_sound() {
    policy().check().unwrap();
}

#[rstest]
#[case::at_once(0, false, Status::Investigating, &["on-call"])]
#[case::just_before(14, false, Status::Investigating, &["on-call"])]
#[case::lead(15, false, Status::Investigating, &["on-call", "engineering-lead"])]
#[case::acknowledged_in_time(15, true, Status::Investigating, &[])]
#[case::cto_although_acknowledged(30, true, Status::Identified, &["cto"])]
#[case::mitigated_is_not_resolved(30, true, Status::Mitigated, &["cto"])]
#[case::resolved(30, true, Status::Resolved, &[])]
#[case::closed(600, false, Status::Closed, &[])]
fn the_chain_is_the_one_of_rule_d2(
    #[case] minutes: i64,
    #[case] acknowledged: bool,
    #[case] status: Status,
    #[case] due: &[&str],
) {
    assert_eq!(due_at(minutes, acknowledged, status), due);
}

#[test]
fn compliance_waits_for_its_condition_and_is_then_due_at_once() {
    let mut escalation = armed();
    let name = slug("compliance");
    let level = escalation.level_mut(&name).unwrap();
    assert_eq!(
        level.standing(true, Status::Investigating, minute(99)),
        Standing::Conditional
    );
    level.armed.due = Some(minute(5));
    assert_eq!(
        level.standing(true, Status::Investigating, minute(5)),
        Standing::Due(minute(5))
    );
    assert_eq!(
        level.to_send(true, Status::Investigating, minute(5)).len(),
        2
    );
}

fn intended(repeat: u32) -> PageIntended {
    PageIntended {
        page: page_id("INC-1", &slug("on-call")),
        level: slug("on-call"),
        target: slug("on-call"),
        channel: Channel::Webhook.slug(),
        due: minute(0),
        repeat,
    }
}

fn resulted(repeat: u32, outcome: PageOutcome) -> PageResulted {
    PageResulted {
        page: page_id("INC-1", &slug("on-call")),
        level: slug("on-call"),
        channel: Channel::Webhook.slug(),
        repeat,
        outcome,
        http: None,
        attempts: 1,
    }
}

fn webhook_repeats(escalation: &mut Escalation, now: DateTime<Utc>) -> Vec<u32> {
    let level = escalation.level_mut(&slug("on-call")).unwrap();
    let sends = level.to_send(false, Status::Investigating, now);
    sends
        .iter()
        .filter(|(by, _)| *by == Channel::Webhook)
        .map(|(_, repeat)| *repeat)
        .collect()
}

#[test]
fn a_page_under_way_or_accepted_is_not_sent_again() {
    let mut escalation = armed();
    assert_eq!(webhook_repeats(&mut escalation, minute(0)), [0]);
    escalation.intended(2, minute(0), &intended(0));
    assert!(webhook_repeats(&mut escalation, minute(60)).is_empty());
    escalation.resulted(3, minute(1), &resulted(0, PageOutcome::Accepted));
    assert!(webhook_repeats(&mut escalation, minute(60)).is_empty());
}

#[test]
fn a_failed_page_is_repeated_under_the_same_id_and_not_for_ever() {
    let mut escalation = armed();
    for repeat in 0..=5 {
        let at = minute(i64::from(repeat) * 10);
        assert_eq!(webhook_repeats(&mut escalation, at), [repeat]);
        escalation.intended(2, at, &intended(repeat));
        escalation.resulted(3, at, &resulted(repeat, PageOutcome::Failed));
        assert!(webhook_repeats(&mut escalation, at + TimeDelta::seconds(59)).is_empty());
    }
    assert!(webhook_repeats(&mut escalation, minute(600)).is_empty());
}

#[test]
fn an_intent_without_a_result_becomes_unknown_after_a_while() {
    let mut escalation = armed();
    escalation.intended(2, minute(0), &intended(0));
    let level = escalation.level_mut(&slug("on-call")).unwrap();
    assert!(level.lost_results(minute(1)).is_empty());
    assert_eq!(
        level.lost_results(minute(2)),
        [(Channel::Webhook.slug(), 0)]
    );
}

#[test]
fn what_is_overdue_is_the_nearest_clock() {
    let escalation = armed();
    let (due, level) = escalation.nearest(false, Status::Investigating).unwrap();
    assert_eq!((due, level.armed.level.as_str()), (minute(0), "on-call"));
    let (due, level) = escalation.nearest(true, Status::Investigating).unwrap();
    assert_eq!((due, level.armed.level.as_str()), (minute(30), "cto"));
    assert!(escalation.nearest(true, Status::Resolved).is_none());
}

#[rstest]
#[case::delay("after: 15m", "after: soon", "is not a delay")]
#[case::nobody("channels: [bell, webhook]", "channels: []", "reach nobody")]
#[case::long(
    "level: cto",
    "level: chief-technology-officer-of-the-group",
    "shorten it"
)]
#[case::twice("level: cto", "level: on-call", "declared twice")]
fn a_policy_that_cannot_work_is_refused(#[case] from: &str, #[case] to: &str, #[case] says: &str) {
    let text = include_str!("../../../assets/policies/escalation.yaml").replacen(from, to, 1);
    let policy: Policy = serde_saphyr::from_str(&text).unwrap();
    let message = policy.check().unwrap_err().to_string();
    assert!(message.contains(says), "{message}");
}
