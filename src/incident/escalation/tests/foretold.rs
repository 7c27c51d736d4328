use super::*;
use crate::incident::entry::{
    Acknowledged, Classified, Event, Opened, PageIntended, PageResulted, PagingEvent, StatusChanged,
};
use crate::incident::{Draft, Incident, Moment};
use crate::oncall::OnCallSchedules;
use crate::signals::Cause;
use proptest::prelude::*;

fn level(number: usize) -> impl Strategy<Value = Level> {
    let targets = prop::sample::subsequence(vec!["on-call", "lead", "network"], 1..=3);
    let again = prop::option::of((2u32..20, 1u32..6));
    let severity = prop::sample::subsequence(vec![1u8, 2, 3], 0..=2);
    let rest = (any::<bool>(), any::<bool>(), any::<bool>(), 0i64..90);
    (targets, again, severity, rest).prop_map(
        move |(targets, again, severity, (all, resolved, flag, after))| Level {
            level: slug(&format!("level-{number}")),
            target: None,
            targets: targets.iter().map(|target| slug(target)).collect(),
            after: format!("{after}m"),
            until: match resolved {
                true => Until::Resolved,
                false => Until::Acknowledged,
            },
            acknowledge: match all && !resolved {
                true => Acknowledge::All,
                false => Acknowledge::Any,
            },
            again: again.map(|(every, times)| Again {
                every: format!("{every}m"),
                times,
            }),
            when: (flag && number > 0)
                .then(|| slug("flag"))
                .into_iter()
                .collect(),
            severity: severity.into_iter().filter_map(Severity::new).collect(),
            during: None,
            otherwise: Otherwise::Skip,
            channels: vec![slug("webhook")],
        },
    )
}

fn policies() -> impl Strategy<Value = EscalationPolicy> {
    let repeat = prop::option::of((5u32..40, 1u32..4));
    ((level(0), level(1), level(2)), repeat).prop_map(|((one, two, three), repeat)| {
        EscalationPolicy {
            policy: slug("p"),
            version: 1,
            hours: None,
            levels: vec![one, two, three],
            repeat: repeat.map(|(after, times)| Repeat {
                from: slug("level-0"),
                after: format!("{after}m"),
                times,
            }),
            cadence: None,
        }
    })
}

fn happens() -> impl Strategy<Value = ForecastEvent> {
    let targets = prop::sample::subsequence(vec!["on-call", "lead", "network"], 0..=2);
    let flag = any::<bool>();
    prop_oneof![
        3 => targets.prop_map(|targets| ForecastEvent::Acknowledged(targets.iter().map(|t| slug(t)).collect())),
        4 => (1u8..4, flag).prop_map(|(level, flag)| {
            let flags = flag.then(|| slug("flag")).into_iter().collect();
            ForecastEvent::Classified(Severity::new(level).unwrap(), flags)
        }),
        1 => Just(ForecastEvent::Resolved),
    ]
}

fn scripts() -> impl Strategy<Value = Vec<(i64, ForecastEvent)>> {
    prop::collection::vec((1i64..20_000, happens()), 0..5).prop_map(|mut script| {
        script.sort_by_key(|(at, _)| *at);
        script.dedup_by_key(|(at, _)| *at);
        script
    })
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
}

/// By an alert, or by a person who states how many seconds ago it began.
fn opened(ago: Option<i64>) -> Draft {
    let started = at(-ago.unwrap_or(0));
    Draft::new(
        &actor_id("warroom"),
        Opened {
            stated: ago.map(|_| started.into()),
            retrospective: false,
            started,
            started_from: ago.map_or(Cause::Alert, |_| Cause::Said),
            service: slug("payments"),
            path: slug("confirm"),
            rule: None,
            policy: None,
            signal: slug("s"),
            objective: 0.999,
            drill: false,
            program: "0".into(),
            follows: None,
        },
    )
}

fn event(happens: &ForecastEvent) -> Event {
    match happens {
        ForecastEvent::Acknowledged(targets) => Event::from(Acknowledged {
            targets: targets.clone(),
            elsewhere: None,
        }),
        ForecastEvent::Classified(severity, flags) => Event::from(Classified {
            matched: Vec::new(),
            severity: *severity,
            rule: slug("r"),
            policy: "00".into(),
            answers: Vec::new(),
            flags: flags.clone(),
        }),
        ForecastEvent::Resolved => Event::from(StatusChanged {
            status: Status::Resolved,
        }),
    }
}

/// Plays the course as the program does: every entry is recorded, every page is accepted at once, and time passes
/// from one change to the next.
fn played(
    policy: &EscalationPolicy,
    ago: Option<i64>,
    script: &[(i64, ForecastEvent)],
) -> Vec<forecast::ForecastPage> {
    let (mut tape, mut incident, mut calls) = (Tape::default(), Incident::default(), Vec::new());
    let schedules = OnCallSchedules::default();
    let context = EscalationContext {
        unusable: &[],
        own: None,
        policy,
        digest: "00",
        schedules: &schedules,
        paged_elsewhere: false,
    };
    let mut now = at(0);
    while now <= at(UNTIL) {
        let second = (now - at(0)).num_seconds();
        let mut drafts: Vec<Draft> = Vec::new();
        if second == 0 {
            drafts.push(opened(ago));
        }
        let said = script.iter().filter(|(when, _)| *when == second);
        drafts.extend(said.map(|(_, happens)| Draft::new(&actor_id("a-1"), event(happens))));
        loop {
            for entry in tape.append(&drafts, now).0 {
                incident.apply(&entry);
                if let Some(page) = entry.data::<PageIntended>() {
                    calls.push(forecast::ForecastPage {
                        at: now,
                        level: page.level.clone(),
                        target: page.target.clone(),
                        channel: page.channel.clone(),
                        repeat: page.repeat,
                    });
                }
            }
            let asked = course("INC-1", &incident, &context, Moment::unset(now));
            if asked.is_empty() {
                break;
            }
            drafts = asked.clone();
            drafts.extend(asked.iter().filter_map(|draft| match &draft.event {
                Event::Paging(PagingEvent::PageIntended(page)) => Some(Draft::new(
                    &actor_id("warroom"),
                    PageResulted {
                        retry_after: None,
                        page: page.page.clone(),
                        level: page.level.clone(),
                        channel: page.channel.clone(),
                        repeat: page.repeat,
                        outcome: PageOutcome::Accepted,
                        http: None,
                        attempts: 1,
                    },
                )),
                _ => None,
            }));
        }
        // From one change to the next: nothing may be missed in between.
        let said = script.iter().map(|(when, _)| at(*when));
        let said = said.filter(|when| *when > now);
        let now_steady = Moment::unset(now);
        let next = incident.escalation.next_change(now_steady);
        let next = next.map(|next| now_steady.wall_at(next));
        let Some(then) = said.chain(next).min() else {
            break;
        };
        now = then;
    }
    calls.sort();
    calls
}

const UNTIL: i64 = 6 * 3_600;

fn foretold(
    policy: &EscalationPolicy,
    script: &[(i64, ForecastEvent)],
) -> Vec<forecast::ForecastPage> {
    let script = script
        .iter()
        .map(|(second, happens)| (at(*second), happens.clone()));
    forecast(
        policy,
        at(0),
        false,
        &script.collect::<ForecastScript>(),
        at(UNTIL),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::testing::property_cases(300)))]

    #[test]
    fn the_course_does_what_the_forecast_says_entry_by_entry(
        policy in policies(), ago in prop::option::of(0i64..1_000_000_000), script in scripts(),
    ) {
        prop_assume!(policy.check().is_ok());
        prop_assert_eq!(played(&policy, ago, &script), foretold(&policy, &script));
    }
}

/// Found by chance: a severity that is named again at the very second of a further page.
#[test]
fn a_window_that_begins_with_a_page_begins_with_one() {
    let text = "policy: p\nversion: 1\nlevels:\n  - {level: level-0, targets: [on-call], after: 0m, until: acknowledged, channels: [webhook]}\n  \
                - {level: level-1, targets: [network], after: 41m, until: resolved, again: {every: 5m, times: 3}, severity: [2], channels: [webhook]}\n";
    let policy: EscalationPolicy = serde_saphyr::from_str(text).unwrap();
    let classified = |level| ForecastEvent::Classified(Severity::new(level).unwrap(), Vec::new());
    let script = [(60, classified(3)), (51 * 60, classified(2))];
    let foretold = foretold(&policy, &script);
    assert_eq!(played(&policy, None, &script), foretold);
    let network = foretold
        .iter()
        .filter(|call| call.target == slug("network"));
    let minutes: Vec<i64> = network
        .map(|call| (call.at - at(0)).num_minutes())
        .collect();
    assert_eq!(minutes, [51, 56]);
}
