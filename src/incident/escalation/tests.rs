use super::*;
use crate::incident::Moment;
use crate::incident::entry::{PageIntended, PageOutcome, PageResulted};
use crate::incident::fold::Acknowledgement;
use crate::incident::severity::Severity;
use crate::incident::status::Status;
use crate::testing::{Tape, actor_id};
use rstest::rstest;
use std::collections::BTreeMap;

mod everybody;
mod foretold;

fn policy() -> EscalationPolicy {
    serde_saphyr::from_str(include_str!("../../../assets/policies/escalation.yaml")).unwrap()
}

fn slug<I: From<Slug>>(text: &str) -> I {
    Slug::new(text).unwrap().into()
}

fn minute(minutes: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
}

fn at(minutes: i64) -> Moment {
    Moment::unset(minute(minutes))
}

fn of(policy: &EscalationPolicy) -> Escalation {
    let levels = policy.arm(minute(0), false);
    Escalation {
        armed: Some(1),
        from: Some(minute(0)),
        levels: levels
            .into_iter()
            .map(|armed| LevelState {
                due: armed.due.map(|due| Moment::unset(due).steady),
                armed,
                pages: BTreeMap::new(),
            })
            .collect(),
    }
}

fn armed() -> Escalation {
    of(&policy())
}

fn acknowledgement(targets: &[&str]) -> Acknowledgement {
    Acknowledgement {
        seq: 9,
        at: minute(1),
        by: actor_id("a-1"),
        targets: targets.iter().map(|target| slug(target)).collect(),
    }
}

fn response(acknowledgements: &[Acknowledgement], status: Status) -> Response<'_> {
    Response {
        acknowledgements,
        status,
        severity: None,
        adopted: false,
        incomplete_since: None,
    }
}

fn due_at(minutes: i64, acknowledged: bool, status: Status) -> Vec<String> {
    let acks = [acknowledgement(&[])];
    let acks = if acknowledged { &acks[..] } else { &[] };
    armed()
        .levels
        .iter()
        .filter(|level| {
            !level
                .to_send("INC-1", &response(acks, status), at(minutes))
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
    let acks = [acknowledgement(&[])];
    let response = response(&acks, Status::Investigating);
    let level = escalation.level_mut(&slug("compliance")).unwrap();
    assert_eq!(level.standing(&response, at(99)), Standing::Conditional);
    level.armed.due = Some(minute(5));
    level.due = Some(at(5).steady);
    assert_eq!(
        level.standing(&response, at(5)),
        Standing::Due(at(5).steady)
    );
    assert_eq!(level.to_send("INC-1", &response, at(5)).len(), 2);
}

fn call(repeat: u32) -> Call {
    Call {
        page: page_id("INC-1", &slug("on-call"), 1),
        channel: slug("webhook"),
        repeat,
    }
}

fn intended(repeat: u32) -> PageIntended {
    PageIntended {
        page: call(repeat).page,
        level: slug("on-call"),
        target: slug("on-call"),
        channel: slug("webhook"),
        due: minute(0),
        late: None,
        repeat,
    }
}

fn resulted(repeat: u32, outcome: PageOutcome) -> PageResulted {
    PageResulted {
        retry_after: None,
        page: call(repeat).page,
        level: slug("on-call"),
        channel: slug("webhook"),
        repeat,
        outcome,
        http: None,
        attempts: 1,
    }
}

fn webhook_repeats(escalation: &mut Escalation, now: Moment) -> Vec<u32> {
    let level = escalation.level_mut(&slug("on-call")).unwrap();
    let sends = level.to_send("INC-1", &response(&[], Status::Investigating), now);
    sends
        .iter()
        .filter(|sending| sending.call.channel == slug("webhook"))
        .map(|sending| sending.call.repeat)
        .collect()
}

#[test]
fn a_page_under_way_or_accepted_is_not_sent_again() {
    let mut escalation = armed();
    assert_eq!(webhook_repeats(&mut escalation, at(0)), [0]);
    escalation.intended(2, at(0), &intended(0));
    assert!(webhook_repeats(&mut escalation, at(60)).is_empty());
    escalation.resulted(3, at(1), &resulted(0, PageOutcome::Accepted));
    assert!(webhook_repeats(&mut escalation, at(60)).is_empty());
}

#[test]
fn a_failed_page_is_repeated_under_the_same_id_more_and_more_slowly_and_never_given_up() {
    let mut escalation = armed();
    for repeat in 0..=5 {
        let at = at(i64::from(repeat) * 10);
        assert_eq!(webhook_repeats(&mut escalation, at), [repeat]);
        escalation.intended(2, at, &intended(repeat));
        escalation.resulted(3, at, &resulted(repeat, PageOutcome::Failed));
        assert!(
            webhook_repeats(
                &mut escalation,
                Moment::unset(at.wall + TimeDelta::seconds(59))
            )
            .is_empty()
        );
    }
    let mut calls = Vec::new();
    for minutes in 51..480 {
        for repeat in webhook_repeats(&mut escalation, at(minutes)) {
            calls.push(minutes);
            escalation.intended(2, at(minutes), &intended(repeat));
            escalation.resulted(3, at(minutes), &resulted(repeat, PageOutcome::Unknown));
        }
    }
    let pauses: Vec<i64> = calls.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(
        (calls[0], pauses[0], pauses.last()),
        (55, 5, Some(&30)),
        "{calls:?}"
    );
}

/// A receiver that is down itself, or a proxy before it, refuses too.
#[test]
fn a_refused_page_is_tried_again_after_five_minutes_for_as_long_as_it_is_wanted() {
    let mut escalation = armed();
    let mut calls = Vec::new();
    for minutes in 0..20 {
        for repeat in webhook_repeats(&mut escalation, at(minutes)) {
            calls.push((minutes, repeat));
            escalation.intended(2, at(minutes), &intended(repeat));
            escalation.resulted(3, at(minutes), &resulted(repeat, PageOutcome::Refused));
        }
    }
    assert_eq!(calls, [(0, 0), (5, 1), (10, 2), (15, 3)]);
}

/// A receiver that asks for a day would silence a channel: the pause is bounded.
#[rstest::rstest]
#[case(Some(180), 3)]
#[case(Some(86_400), 15)]
#[case(None, 1)]
fn a_page_is_not_repeated_before_its_receiver_wants_to_be_asked(
    #[case] asked: Option<u32>,
    #[case] minutes: i64,
) {
    let mut escalation = armed();
    escalation.intended(2, at(0), &intended(0));
    let failed = PageResulted {
        retry_after: asked,
        ..resulted(0, PageOutcome::Failed)
    };
    escalation.resulted(3, at(0), &failed);
    let first =
        (0..20).find(|at_minute| !webhook_repeats(&mut escalation, at(*at_minute)).is_empty());
    assert_eq!(first, Some(minutes));
}

/// The level is paged every five minutes until a person acknowledges; a failure in between is retried earlier.
#[test]
fn calls_go_on_until_somebody_is_reached() {
    let mut policy = policy();
    policy.levels[0].again = Some(Again {
        every: "5m".into(),
        times: 3,
    });
    policy.check().unwrap();
    let mut escalation = of(&policy);
    let mut calls = Vec::new();
    for minutes in 0..60 {
        for repeat in webhook_repeats(&mut escalation, at(minutes)) {
            calls.push((minutes, repeat));
            escalation.intended(2, at(minutes), &intended(repeat));
            let outcome = if repeat == 1 {
                PageOutcome::Failed
            } else {
                PageOutcome::Accepted
            };
            escalation.resulted(3, at(minutes), &resulted(repeat, outcome));
        }
    }
    assert_eq!(calls, [(0, 0), (5, 1), (6, 2), (10, 3), (15, 4)]);
}

#[test]
fn calls_that_fell_into_a_time_without_a_program_are_made_once() {
    let mut policy = policy();
    policy.levels[0].again = Some(Again {
        every: "5m".into(),
        times: 9,
    });
    let mut escalation = of(&policy);
    escalation.intended(2, at(0), &intended(0));
    escalation.resulted(3, at(0), &resulted(0, PageOutcome::Accepted));
    assert_eq!(webhook_repeats(&mut escalation, at(31)), [1]);
    escalation.intended(4, at(31), &intended(1));
    escalation.resulted(5, at(31), &resulted(1, PageOutcome::Accepted));
    assert!(webhook_repeats(&mut escalation, at(34)).is_empty());
    assert_eq!(webhook_repeats(&mut escalation, at(35)), [2]);
}

#[test]
fn a_level_for_a_severity_waits_for_it_and_unclassified_counts_as_the_worst() {
    let mut policy = policy();
    policy.levels[2].severity = vec![Severity::new(1).unwrap()];
    let escalation = of(&policy);
    let cto = &escalation.levels[2];
    let with = |severity: Option<u8>| Response {
        severity: severity.and_then(Severity::new),
        ..response(&[], Status::Investigating)
    };
    assert_eq!(
        cto.standing(&with(None), at(30)),
        Standing::Due(at(30).steady)
    );
    assert_eq!(
        cto.standing(&with(Some(3)), at(30)),
        Standing::OtherSeverity
    );
    assert!(cto.to_send("INC-1", &with(Some(3)), at(30)).is_empty());
    assert_eq!(cto.to_send("INC-1", &with(Some(1)), at(45)).len(), 2);
}

#[test]
fn the_chain_begins_again_from_a_level_while_nobody_answers() {
    let mut policy = policy();
    policy.repeat = Some(Repeat {
        from: slug("engineering-lead"),
        after: "20m".into(),
        times: 2,
    });
    policy.check().unwrap();
    let due: Vec<(String, i64)> = policy
        .arm(minute(0), false)
        .iter()
        .filter_map(|level| {
            Some((
                level.level.to_string(),
                (level.due? - minute(0)).num_minutes(),
            ))
        })
        .collect();
    let want = [
        ("on-call", 0),
        ("engineering-lead", 15),
        ("cto", 30),
        ("engineering-lead-r2", 50),
        ("cto-r2", 65),
        ("engineering-lead-r3", 85),
        ("cto-r3", 100),
    ];
    let want: Vec<(String, i64)> = want.map(|(name, at)| (name.to_string(), at)).into();
    assert_eq!(due, want);
}

#[test]
fn a_level_that_waits_for_its_hours_is_not_called_once_for_each_round() {
    let mut policy = policy();
    let hours = "{zone: UTC, days: [mon-fri], from: '09:00', until: '17:00'}";
    policy.hours = serde_saphyr::from_str(hours).unwrap();
    policy.levels[1].during = Some(During::WorkingHours);
    policy.levels[1].otherwise = Otherwise::Wait;
    policy.repeat = Some(Repeat {
        from: slug("on-call"),
        after: "20m".into(),
        times: 2,
    });
    policy.check().unwrap();
    let levels = policy.arm("2026-11-26T02:00:00Z".parse().unwrap(), false);
    let leads = levels
        .iter()
        .filter(|level| level.target == slug("engineering-lead"));
    assert_eq!(leads.count(), 1);
}

#[rstest]
#[case::off_hours_skip(Otherwise::Skip, "2026-11-26T02:00:00Z", None)]
#[case::off_hours_wait(Otherwise::Wait, "2026-11-26T02:00:00Z", Some("2026-11-26T08:00:00Z"))]
#[case::working(Otherwise::Skip, "2026-11-26T10:00:00Z", Some("2026-11-26T10:00:00Z"))]
#[case::over_the_weekend(Otherwise::Wait, "2026-11-27T20:00:00Z", Some("2026-11-30T08:00:00Z"))]
fn a_level_keeps_its_hours(
    #[case] otherwise: Otherwise,
    #[case] from: &str,
    #[case] due: Option<&str>,
) {
    let hours = "{zone: Europe/Berlin, days: [mon-fri], from: '09:00', until: '17:00'}";
    let mut policy = policy();
    policy.hours = serde_saphyr::from_str(hours).unwrap();
    policy.levels[0].during = Some(During::WorkingHours);
    policy.levels[0].otherwise = otherwise;
    policy.check().unwrap();
    let first = &policy.arm(from.parse().unwrap(), false)[0];
    assert_eq!(first.due, due.map(|due| due.parse().unwrap()));
    assert_eq!(first.left_out.is_some(), due.is_none());
}

#[test]
fn another_system_that_paged_the_first_level_is_not_doubled_and_its_silence_is_made_up_for() {
    let armed = policy().arm(minute(0), true).swap_remove(0);
    let level = LevelState {
        due: armed.due.map(|due| Moment::unset(due).steady),
        armed,
        pages: BTreeMap::new(),
    };
    let alone = response(&[], Status::Investigating);
    let adopted = Response {
        adopted: true,
        ..alone
    };
    assert!(level.to_send("INC-1", &alone, at(2)).is_empty());
    assert!(level.to_send("INC-1", &adopted, at(9)).is_empty());
    let elsewhere = Standing::LeftOut(slug("paged-elsewhere"));
    assert_eq!(level.standing(&adopted, at(9)), elsewhere);
    assert_eq!(level.to_send("INC-1", &alone, at(3)).len(), 2);
}

#[test]
fn an_intent_without_a_result_becomes_unknown_after_a_while() {
    let mut escalation = armed();
    escalation.intended(2, at(0), &intended(0));
    let level = escalation.level_mut(&slug("on-call")).unwrap();
    assert!(level.lost_results(at(1)).is_empty());
    assert_eq!(level.lost_results(at(2)), [call(0)]);
}

#[test]
fn what_is_overdue_is_the_nearest_clock() {
    let escalation = armed();
    let acks = [acknowledgement(&[])];
    let open = response(&[], Status::Investigating);
    let (due, level) = escalation.nearest(&open).unwrap();
    assert_eq!((due, level.armed.level.as_str()), (at(0).steady, "on-call"));
    let taken = response(&acks, Status::Investigating);
    let (due, level) = escalation.nearest(&taken).unwrap();
    assert_eq!((due, level.armed.level.as_str()), (at(30).steady, "cto"));
    let resolved = response(&acks, Status::Resolved);
    assert!(escalation.nearest(&resolved).is_none());
}

#[rstest]
#[case::delay("after: 15m", "after: soon", "is not a delay")]
#[case::nobody("channels: [bell, webhook]", "channels: []", "reach nobody")]
#[case::empty("target: cto, ", "", "calls nobody")]
#[case::both("target: cto", "target: cto, targets: [cto]", "each once")]
#[case::long(
    "level: cto",
    "level: chief-technology-officer-of-the-group",
    "shorten it"
)]
#[case::twice("level: cto", "level: on-call", "declared twice")]
#[case::too_often("after: 30m", "again: {every: 30s, times: 5}, after: 30m", "2m to 24h")]
#[case::contradiction("until: resolved", "acknowledge: all, until: resolved", "contradicts")]
#[case::no_hours("after: 30m", "during: off-hours, after: 30m", "no `hours`")]
#[case::from_nowhere(
    "levels:",
    "repeat: {from: nobody, after: 10m, times: 2}\nlevels:",
    "no level"
)]
#[case::from_a_condition(
    "levels:",
    "repeat: {from: compliance, after: 10m, times: 2}\nlevels:",
    "without a condition"
)]
#[case::never_open(
    "levels:",
    "hours: {zone: UTC, days: [mon], from: '17:00', until: '09:00'}\nlevels:",
    "end before they begin"
)]
fn a_policy_that_cannot_work_is_refused(#[case] from: &str, #[case] to: &str, #[case] says: &str) {
    let text = include_str!("../../../assets/policies/escalation.yaml").replacen(from, to, 1);
    let policy: EscalationPolicy = serde_saphyr::from_str(&text).unwrap();
    let message = policy.check().unwrap_err().to_string();
    assert!(message.contains(says), "{message}");
}

#[test]
fn a_policy_with_more_levels_than_one_entry_holds_is_refused() {
    let mut policy = policy();
    let template = policy.levels[0].clone();
    policy.repeat = None;
    policy.levels = (0..61)
        .map(|number| Level {
            level: slug(&format!("l{number}")),
            after: format!("{number}m"),
            ..template.clone()
        })
        .collect();
    assert_eq!(policy.check(), Err(EscalationPolicyError::TooMany(61, 1)));
    policy.levels.truncate(60);
    policy.check().unwrap();
}

#[rstest]
#[case::set_back(-3_600)]
#[case::set_forward(86_400)]
fn a_wall_clock_that_was_set_stalls_and_hurries_nothing(#[case] step: i64) {
    let now = |minutes, wall_step| Moment {
        wall: minute(minutes) + TimeDelta::seconds(wall_step),
        steady: at(minutes).steady,
    };
    let mut escalation = armed();
    escalation.intended(2, now(0, 0), &intended(0));
    escalation.resulted(3, now(0, 0), &resulted(0, PageOutcome::Failed));
    let at_once = Moment::unset(minute(0) + TimeDelta::seconds(59));
    let at_once = Moment {
        wall: at_once.wall + TimeDelta::seconds(step),
        ..at_once
    };
    assert!(webhook_repeats(&mut escalation, at_once).is_empty());
    assert_eq!(webhook_repeats(&mut escalation, now(1, step)), [1]);
    escalation.intended(4, now(1, step), &intended(1));
    let level = &escalation.levels[0];
    assert!(level.lost_results(now(2, step)).is_empty(), "under way");
    assert_eq!(level.lost_results(now(3, step)), [call(1)]);
}

#[test]
fn a_policy_whose_levels_do_not_fit_into_one_entry_is_refused_by_its_check() {
    let mut policy = policy();
    let template = policy.levels[0].clone();
    fn long<I: From<Slug>>(number: usize) -> I {
        slug(&format!("{number}-{}", "x".repeat(60)))
    }
    policy.repeat = None;
    policy.levels = (0..60)
        .map(|number| Level {
            level: slug(&format!("l{number}")),
            after: format!("{number}m"),
            target: None,
            targets: (0..9).map(long).collect(),
            channels: (0..8).map(long).collect(),
            ..template.clone()
        })
        .collect();
    let error = policy.check().unwrap_err();
    assert!(
        matches!(error, EscalationPolicyError::TooLarge(bytes) if bytes > 63_000),
        "{error}"
    );
    policy.levels.truncate(40);
    policy.check().unwrap();
}
