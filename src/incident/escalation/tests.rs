use super::policy::{Again, EscalationPolicyError, Repeat};
use super::state::page_id;
use super::*;
use crate::incident::Moment;
use crate::incident::entry::{PageIntended, PageOutcome, PageResulted};
use crate::incident::fold::Acknowledgement;
use crate::incident::severity::Severity;
use crate::incident::status::Status;
use crate::testing::{Tape, actor_id, slug};
use rstest::rstest;
use std::collections::BTreeMap;
use std::ops::Range;

mod everybody;
mod foretold;

const INCIDENT: &str = "INC-1";
const SHIPPED: &str = include_str!("../../../assets/policies/escalation.yaml");

fn policy() -> EscalationPolicy {
    serde_saphyr::from_str(SHIPPED).unwrap()
}

/// The shipped policy, changed and still sound.
fn changed(change: impl FnOnce(&mut EscalationPolicy)) -> EscalationPolicy {
    let mut policy = policy();
    change(&mut policy);
    policy.check().unwrap();
    policy
}

fn minute(minutes: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
}

fn at(minutes: i64) -> Moment {
    Moment::unset(minute(minutes))
}

fn level_state(armed: ArmedLevel) -> LevelState {
    LevelState {
        due: armed.due.map(|due| Moment::unset(due).steady),
        armed,
        pages: BTreeMap::new(),
    }
}

fn of(policy: &EscalationPolicy) -> Escalation {
    let levels = policy.arm(minute(0), false).into_iter();
    Escalation {
        armed: Some(1),
        from: Some(minute(0)),
        levels: levels.map(level_state).collect(),
    }
}

fn armed() -> Escalation {
    of(&policy())
}

fn acknowledgement(targets: &[&str]) -> Acknowledgement {
    Acknowledgement {
        seq: 9,
        at: minute(1).into(),
        order: crate::incident::fold::Order::default(),
        elsewhere: false,
        by: actor_id("a-1"),
        targets: targets.iter().map(|target| slug(target)).collect(),
    }
}

fn response(acknowledgements: &[Acknowledgement], status: Status) -> Response<'_> {
    Response {
        acknowledgements,
        status,
        ..ALONE
    }
}

const ALONE: Response<'static> = Response {
    acknowledgements: &[],
    status: Status::Investigating,
    severity: None,
    adopted: false,
    incomplete_since: None,
};

impl LevelState {
    fn sends(&self, response: &Response<'_>, minutes: i64) -> usize {
        self.to_send(INCIDENT, response, at(minutes)).len()
    }
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
    let acks = [acknowledgement(&[])];
    let response = response(&acks[..usize::from(acknowledged)], status);
    let levels = armed().levels.into_iter();
    let levels = levels.filter(|level| level.sends(&response, minutes) > 0);
    let found: Vec<String> = levels.map(|level| level.armed.level.to_string()).collect();
    assert_eq!(found, due);
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
    let due = Standing::Due(at(5).steady);
    assert_eq!(level.standing(&response, at(5)), due);
    assert_eq!(level.sends(&response, 5), 2);
}

fn call(repeat: u32) -> PageAttempt {
    PageAttempt {
        page: page_id(INCIDENT, &slug("on-call"), 1),
        channel: slug("webhook"),
        repeat,
    }
}

/// The on-call level, paged through the webhook.
impl Escalation {
    fn sent(&mut self, now: Moment, repeat: u32) {
        let intended = PageIntended {
            page: call(repeat).page,
            level: slug("on-call"),
            target: slug("on-call"),
            channel: slug("webhook"),
            due: minute(0),
            late: None,
            repeat,
        };
        self.intended(2, now, &intended);
    }

    fn ended(&mut self, now: Moment, repeat: u32, outcome: PageOutcome, retry_after: Option<u32>) {
        let resulted = PageResulted {
            retry_after,
            page: call(repeat).page,
            level: slug("on-call"),
            channel: slug("webhook"),
            repeat,
            outcome,
            http: None,
            attempts: 1,
        };
        self.resulted(3, now, &resulted);
    }

    /// The repetitions that are due.
    fn repeats(&self, now: Moment) -> Vec<u32> {
        let sends = self.levels[0].to_send(INCIDENT, &ALONE, now).into_iter();
        let webhook = sends.filter(|sending| sending.call.channel == slug("webhook"));
        webhook.map(|sending| sending.call.repeat).collect()
    }

    /// Sends what is due in each of these minutes: minute and repetition.
    fn calls(&mut self, minutes: Range<i64>, outcome: fn(u32) -> PageOutcome) -> Vec<(i64, u32)> {
        let mut calls = Vec::new();
        for minute in minutes {
            for repeat in self.repeats(at(minute)) {
                calls.push((minute, repeat));
                self.sent(at(minute), repeat);
                self.ended(at(minute), repeat, outcome(repeat), None);
            }
        }
        calls
    }
}

#[test]
fn a_page_under_way_or_accepted_is_not_sent_again() {
    let mut escalation = armed();
    assert_eq!(escalation.repeats(at(0)), [0]);
    escalation.sent(at(0), 0);
    assert!(escalation.repeats(at(60)).is_empty());
    escalation.ended(at(1), 0, PageOutcome::Accepted, None);
    assert!(escalation.repeats(at(60)).is_empty());
}

#[test]
fn a_failed_page_is_repeated_under_the_same_id_more_and_more_slowly_and_never_given_up() {
    let mut escalation = armed();
    for repeat in 0..=5 {
        let now = at(i64::from(repeat) * 10);
        assert_eq!(escalation.repeats(now), [repeat]);
        escalation.sent(now, repeat);
        escalation.ended(now, repeat, PageOutcome::Failed, None);
        let soon = Moment::unset(now.wall + TimeDelta::seconds(59));
        assert!(escalation.repeats(soon).is_empty());
    }
    let calls = escalation.calls(51..480, |_| PageOutcome::Unknown);
    let pauses: Vec<i64> = calls.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    let found = (calls[0].0, pauses[0], pauses.last());
    assert_eq!(found, (55, 5, Some(&30)), "{calls:?}");
}

/// A receiver that is down itself, or a proxy before it, refuses too.
#[test]
fn a_refused_page_is_tried_again_after_five_minutes_for_as_long_as_it_is_wanted() {
    let calls = armed().calls(0..20, |_| PageOutcome::Refused);
    assert_eq!(calls, [(0, 0), (5, 1), (10, 2), (15, 3)]);
}

/// A receiver that asks for a day would silence a channel: the pause is bounded.
#[rstest]
#[case(Some(180), 3)]
#[case(Some(86_400), 15)]
#[case(None, 1)]
fn a_page_is_not_repeated_before_its_receiver_wants_to_be_asked(
    #[case] asked: Option<u32>,
    #[case] minutes: i64,
) {
    let mut escalation = armed();
    escalation.sent(at(0), 0);
    escalation.ended(at(0), 0, PageOutcome::Failed, asked);
    let first = (0..20).find(|minute| !escalation.repeats(at(*minute)).is_empty());
    assert_eq!(first, Some(minutes));
}

fn again(times: u32) -> EscalationPolicy {
    let every = "5m".into();
    changed(|policy| policy.levels[0].again = Some(Again { every, times }))
}

/// A failure in between is retried earlier.
#[test]
fn a_level_is_paged_every_five_minutes_until_a_person_acknowledges() {
    let calls = of(&again(3)).calls(0..60, |repeat| match repeat {
        1 => PageOutcome::Failed,
        _ => PageOutcome::Accepted,
    });
    assert_eq!(calls, [(0, 0), (5, 1), (6, 2), (10, 3), (15, 4)]);
}

#[test]
fn pages_that_were_due_while_no_program_ran_are_sent_once() {
    let mut escalation = of(&again(9));
    for (minute, repeat) in [(0, 0), (31, 1)] {
        assert_eq!(escalation.repeats(at(minute)), [repeat]);
        escalation.sent(at(minute), repeat);
        escalation.ended(at(minute), repeat, PageOutcome::Accepted, None);
    }
    assert!(escalation.repeats(at(34)).is_empty());
    assert_eq!(escalation.repeats(at(35)), [2]);
}

#[test]
fn a_level_for_a_severity_waits_for_it_and_unclassified_counts_as_the_worst() {
    let policy = changed(|policy| policy.levels[2].severity = vec![Severity::new(1).unwrap()]);
    let cto = &of(&policy).levels[2];
    let with = |severity: Option<u8>| Response {
        severity: severity.and_then(Severity::new),
        ..ALONE
    };
    let due = Standing::Due(at(30).steady);
    assert_eq!(cto.standing(&with(None), at(30)), due);
    let third = with(Some(3));
    assert_eq!(cto.standing(&third, at(30)), Standing::OtherSeverity);
    assert_eq!(cto.sends(&third, 30), 0);
    assert_eq!(cto.sends(&with(Some(1)), 45), 2);
}

fn repeat_from(level: &str) -> Option<Repeat> {
    Some(Repeat {
        from: slug(level),
        after: "20m".into(),
        times: 2,
    })
}

#[test]
fn the_chain_begins_again_from_a_level_while_nobody_acknowledges() {
    let policy = changed(|policy| policy.repeat = repeat_from("engineering-lead"));
    let levels = policy.arm(minute(0), false);
    let due = levels.iter().filter_map(|level| {
        let minutes = (level.due? - minute(0)).num_minutes();
        Some((level.level.as_str(), minutes))
    });
    let want = [
        ("on-call", 0),
        ("engineering-lead", 15),
        ("cto", 30),
        ("engineering-lead-r2", 50),
        ("cto-r2", 65),
        ("engineering-lead-r3", 85),
        ("cto-r3", 100),
    ];
    assert_eq!(due.collect::<Vec<_>>(), want);
}

#[test]
fn a_level_that_waits_for_its_hours_is_not_paged_once_for_each_round() {
    let hours = "{zone: UTC, days: [mon-fri], from: '09:00', until: '17:00'}";
    let policy = changed(|policy| {
        policy.hours = serde_saphyr::from_str(hours).unwrap();
        policy.levels[1].during = Some(During::WorkingHours);
        policy.levels[1].otherwise = Otherwise::Wait;
        policy.repeat = repeat_from("on-call");
    });
    let levels = policy.arm("2026-11-26T02:00:00Z".parse().unwrap(), false);
    let lead = slug("engineering-lead");
    let leads = levels.iter().filter(|level| level.target == lead);
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
    let policy = changed(|policy| {
        policy.hours = serde_saphyr::from_str(hours).unwrap();
        policy.levels[0].during = Some(During::WorkingHours);
        policy.levels[0].otherwise = otherwise;
    });
    let first = &policy.arm(from.parse().unwrap(), false)[0];
    assert_eq!(first.due, due.map(|due| due.parse().unwrap()));
    assert_eq!(first.left_out.is_some(), due.is_none());
}

#[test]
fn another_system_that_paged_the_first_level_is_not_doubled_and_its_silence_is_made_up_for() {
    let level = level_state(policy().arm(minute(0), true).swap_remove(0));
    let adopted = Response {
        adopted: true,
        ..ALONE
    };
    assert_eq!(level.sends(&ALONE, 2), 0);
    assert_eq!(level.sends(&adopted, 9), 0);
    let elsewhere = Standing::LeftOut(slug("paged-elsewhere"));
    assert_eq!(level.standing(&adopted, at(9)), elsewhere);
    assert_eq!(level.sends(&ALONE, 3), 2);
}

#[test]
fn an_intent_without_a_result_becomes_unknown_after_a_while() {
    let mut escalation = armed();
    escalation.sent(at(0), 0);
    let level = &escalation.levels[0];
    assert_eq!(level.lost_results(at(1)), []);
    assert_eq!(level.lost_results(at(2)), [call(0)]);
}

#[test]
fn what_is_overdue_is_the_nearest_clock() {
    let escalation = armed();
    let nearest = |response: &Response<'_>| {
        let (due, level) = escalation.nearest(response)?;
        Some((due, level.armed.level.to_string()))
    };
    let acks = [acknowledgement(&[])];
    let acknowledged = response(&acks, Status::Investigating);
    assert_eq!(nearest(&ALONE), Some((at(0).steady, "on-call".into())));
    assert_eq!(nearest(&acknowledged), Some((at(30).steady, "cto".into())));
    assert_eq!(nearest(&response(&acks, Status::Resolved)), None);
}

#[rstest]
#[case::delay("after: 15m", "after: soon", "is not a delay")]
#[case::nobody("channels: [bell, webhook]", "channels: []", "reach nobody")]
#[case::empty("target: cto, ", "", "pages nobody")]
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
    let text = SHIPPED.replacen(from, to, 1);
    let policy: EscalationPolicy = serde_saphyr::from_str(&text).unwrap();
    let message = policy.check().unwrap_err().to_string();
    assert!(message.contains(says), "{message}");
}

/// The first level so many times, without rounds.
fn levels(number: usize, change: impl Fn(&mut Level)) -> EscalationPolicy {
    let mut policy = policy();
    let template = policy.levels[0].clone();
    policy.repeat = None;
    let level = |number| {
        let mut level = template.clone();
        level.level = slug(&format!("l{number}"));
        level.after = format!("{number}m");
        change(&mut level);
        level
    };
    policy.levels = (0..number).map(level).collect();
    policy
}

#[test]
fn a_policy_with_more_levels_than_one_entry_holds_is_refused() {
    let too_many = Err(EscalationPolicyError::TooMany(61, 1));
    assert_eq!(levels(61, |_| {}).check(), too_many);
    levels(60, |_| {}).check().unwrap();
}

#[test]
fn a_policy_whose_levels_do_not_fit_into_one_entry_is_refused() {
    fn long<I: From<Slug>>(number: usize) -> I {
        slug(&format!("{number}-{}", "x".repeat(60)))
    }
    let lengthen = |level: &mut Level| {
        level.target = None;
        level.targets = (0..9).map(long).collect();
        level.channels = (0..8).map(long).collect();
    };
    let error = levels(60, lengthen).check().unwrap_err();
    let large = matches!(error, EscalationPolicyError::TooLarge(bytes) if bytes > 63_000);
    assert!(large, "{error}");
    levels(40, lengthen).check().unwrap();
}

#[rstest]
#[case::set_back(-3_600)]
#[case::set_forward(86_400)]
fn a_wall_clock_that_was_set_stalls_and_hurries_nothing(#[case] step: i64) {
    let now = |seconds, step| Moment {
        wall: minute(0) + TimeDelta::seconds(seconds + step),
        steady: at(0).steady + TimeDelta::seconds(seconds),
    };
    let mut escalation = armed();
    escalation.sent(now(0, 0), 0);
    escalation.ended(now(0, 0), 0, PageOutcome::Failed, None);
    assert!(escalation.repeats(now(59, step)).is_empty());
    assert_eq!(escalation.repeats(now(60, step)), [1]);
    escalation.sent(now(60, step), 1);
    let level = &escalation.levels[0];
    assert_eq!(level.lost_results(now(120, step)), [], "under way");
    assert_eq!(level.lost_results(now(180, step)), [call(1)]);
}
