//! A story for tests: an incident told entry by entry, stamped as the journal stamps it.

use crate::incident::entry::{
    Acknowledged, ActorIntroduced, AlertSeen, Backfilled, Classified, Corrected, Empty,
    EscalationArmed, LevelArmed, Opened, PageIntended, PageOutcome, PageResulted, PlaybookStarted,
    Proof, RoleAssigned, SignalSeen, SourceBack, SourceLost, StatusChanged, StepOutcome,
    StepRecorded, field,
};
use crate::incident::escalation::{Policy as EscalationPolicy, page_id};
use crate::incident::observation::{AlertState, Cause};
use crate::incident::severity::{Answered, Severity};
use crate::incident::{Draft, Entry, Event, IncidentId, Role, Slug, Status};
use crate::journal::{Position, Stamp, encode};
use crate::signals::{Expectation, Reading};
use crate::text::Safe;
use chrono::{DateTime, TimeDelta, Utc};

/// An incident under construction.
pub(crate) struct Story {
    pub(crate) entries: Vec<Entry>,
    pub(crate) drafts: Vec<Draft>,
    pub(crate) now: DateTime<Utc>,
    pub(crate) by: Slug,
    drawn: u8,
}

pub(crate) fn slug(text: &str) -> Slug {
    Slug::new(text).unwrap()
}

pub(crate) fn start() -> DateTime<Utc> {
    "2026-11-22T00:58:00Z".parse().unwrap()
}

fn text(words: &str) -> Safe {
    Safe::block(words)
}

/// Where the chain stands after these entries.
fn end_of(entries: &[Entry]) -> Position {
    entries.last().map_or(Position::start(), |entry| Position {
        seq: entry.seq,
        hash: entry.hash.clone(),
    })
}

impl Story {
    pub(crate) fn new() -> Self {
        Self::begin(false)
    }

    pub(crate) fn drill() -> Self {
        Self::begin(true)
    }

    fn begin(drill: bool) -> Self {
        let mut story = Self {
            entries: Vec::new(),
            drafts: Vec::new(),
            now: start() + TimeDelta::minutes(1),
            by: slug("warroom"),
            drawn: 0,
        };
        story.push(
            Event::Actor(ActorIntroduced {
                actor: slug("warroom"),
                uid: None,
                proof: Proof::Program,
                key: None,
            }),
            &[],
        );
        let opened = Opened {
            started: start(),
            started_from: Cause::Alert,
            service: slug("payments"),
            path: slug("confirm"),
            rule: Some(slug("payments-critical")),
            policy: Some("ab".repeat(32)),
            signal: slug("confirm-success"),
            objective: 0.999,
            drill,
            program: "0.1.0".into(),
            follows: None,
        };
        story.push(
            Event::Opened(opened),
            &[(
                field::TITLE,
                "PaymentSuccessRateLow: confirm success 84.70%",
            )],
        );
        story.alert(AlertState::Firing);
        let policy: EscalationPolicy =
            serde_saphyr::from_str(include_str!("../assets/policies/escalation.yaml")).unwrap();
        let armed = EscalationArmed {
            policy: "cd".repeat(32),
            from: start(),
            levels: policy.arm(start(), false),
            cadence: None,
        };
        story.push(Event::EscalationArmed(armed), &[]);
        story
    }

    pub(crate) fn id(&self) -> IncidentId {
        let drill = matches!(&self.drafts[1].event, Event::Opened(o) if o.drill);
        IncidentId::compose(drill, start().date_naive(), 1)
    }

    pub(crate) fn pass(&mut self, minutes: i64) -> &mut Self {
        self.now += TimeDelta::minutes(minutes);
        self
    }

    pub(crate) fn person(&mut self, id: &str, name: &str) -> &mut Self {
        self.by = slug(id);
        let introduced = ActorIntroduced {
            actor: slug(id),
            uid: Some(1000),
            proof: Proof::SelfDeclared,
            key: None,
        };
        self.push(
            Event::Actor(introduced),
            &[(field::NAME, name), (field::LOGIN, "pts/3 from 10.1.2.3")],
        )
    }

    pub(crate) fn push(&mut self, event: Event, texts: &[(&'static str, &str)]) -> &mut Self {
        let mut draft = Draft::new(&self.by, event);
        for (name, words) in texts {
            draft = draft.with(name, text(words));
        }
        self.draft(draft)
    }

    pub(crate) fn draft(&mut self, draft: Draft) -> &mut Self {
        let position = end_of(&self.entries);
        let stamp = Stamp {
            wall: self.now,
            boot: "0badb007".into(),
            since_boot: 1,
        };
        let mut drawn = self.drawn;
        let encoded = encode(
            &draft,
            &position,
            &stamp,
            uuid::Uuid::from_u128(u128::from(position.seq)),
            || {
                drawn = drawn.wrapping_add(1);
                Ok([drawn; 16])
            },
        );
        self.drawn = drawn;
        self.entries.push(encoded.unwrap().entry);
        self.drafts.push(draft);
        self
    }

    pub(crate) fn alert(&mut self, state: AlertState) -> &mut Self {
        let seen = AlertSeen {
            alert: slug("a750fdc4163ad02f"),
            state,
            starts_at: start(),
            at: self.now,
            source: slug("alertmanager"),
        };
        let labels = "{\"alertname\":\"PaymentSuccessRateLow\",\"severity\":\"critical\"}";
        self.push(
            Event::AlertSeen(seen),
            &[
                (field::NAME, "PaymentSuccessRateLow"),
                (field::SUMMARY, "confirm success 84.70%"),
                (field::LABELS, labels),
            ],
        )
    }

    pub(crate) fn signal(&mut self, reading: Reading, cause: Cause) -> &mut Self {
        let seen = SignalSeen {
            signal: slug("confirm-success"),
            reading,
            unit: None,
            at: self.now,
            source: slug("prometheus"),
            cause,
        };
        self.push(Event::SignalSeen(seen), &[])
    }

    pub(crate) fn note(&mut self, words: &str) -> &mut Self {
        self.push(Event::Noted(Empty {}), &[(field::TEXT, words)])
    }

    pub(crate) fn status(&mut self, status: Status, words: &str) -> &mut Self {
        self.push(
            Event::StatusChanged(StatusChanged { status }),
            &[(field::TEXT, words)],
        )
    }

    pub(crate) fn classify(
        &mut self,
        level: u8,
        rule: &str,
        answers: &[(&str, &str)],
        flags: &[&str],
    ) -> &mut Self {
        let answer = |(question, answer): &(&str, &str)| Answered {
            question: slug(question),
            answer: slug(answer),
            basis: if *question == "completion" {
                Cause::Measured
            } else {
                Cause::Said
            },
            reading: (*question == "completion").then_some(Reading::Value(0.847)),
            unit: None,
        };
        let classified = Classified {
            severity: Severity::new(level).unwrap(),
            rule: slug(rule),
            policy: "ef".repeat(32),
            answers: answers.iter().map(answer).collect(),
            flags: flags.iter().map(|flag| slug(flag)).collect(),
        };
        self.push(Event::Classified(classified), &[])
    }

    pub(crate) fn page(
        &mut self,
        level: &str,
        outcome: Option<PageOutcome>,
        due: i64,
    ) -> &mut Self {
        let human = std::mem::replace(&mut self.by, slug("warroom"));
        let page = page_id(self.id().as_str(), &slug(level), 1);
        let intended = PageIntended {
            page: page.clone(),
            level: slug(level),
            target: slug(level),
            channel: slug("webhook"),
            due: start() + TimeDelta::minutes(due),
            repeat: 0,
        };
        self.push(Event::PageIntended(intended), &[]);
        if let Some(outcome) = outcome {
            let http = (outcome == PageOutcome::Accepted).then_some(202);
            let (level, channel) = (slug(level), slug("webhook"));
            let resulted = PageResulted {
                page,
                level,
                channel,
                repeat: 0,
                outcome,
                http,
                attempts: 1,
            };
            self.push(
                Event::PageResulted(resulted),
                &[(field::DETAIL, "pager.example answered 202")],
            );
        }
        self.by = human;
        self
    }

    pub(crate) fn acknowledge(&mut self) -> &mut Self {
        self.push(Event::Acknowledged(Acknowledged::default()), &[]);
        let (role, actor) = (Role::IncidentCommander, Some(self.by.clone()));
        self.push(Event::RoleAssigned(RoleAssigned { role, actor }), &[])
    }

    pub(crate) fn begin_playbook(&mut self, name: &str, digest: &str, steps: u32) -> &mut Self {
        let started = PlaybookStarted {
            playbook: slug(name),
            digest: digest.into(),
            steps,
        };
        self.push(Event::PlaybookStarted(started), &[])
    }

    pub(crate) fn step(
        &mut self,
        playbook: &str,
        step: &str,
        number: u32,
        outcome: StepOutcome,
    ) -> &mut Self {
        let check = matches!(outcome, StepOutcome::Passed | StepOutcome::Failed);
        let recorded = StepRecorded {
            playbook: slug(playbook),
            step: slug(step),
            number,
            outcome,
            choice: (outcome == StepOutcome::Chosen).then(|| slug("undo-our-change")),
            reading: check.then_some(Reading::Value(0.9995)),
            expected: check.then(|| Expectation::parse(">= 0.99").unwrap()),
            at: check.then_some(self.now),
        };
        let title = step.replace('-', " ");
        self.push(Event::StepRecorded(recorded), &[(field::STEP, &title)])
    }

    /// An incident of which nobody knows how it goes, the same for the same seed.
    pub(crate) fn random(seed: u64) -> Self {
        let mut story = if seed.is_multiple_of(5) {
            Self::drill()
        } else {
            Self::new()
        };
        let mut state = seed;
        let mut draw = |bound: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % bound
        };
        story.person("a-1", "Dana Lee");
        for _ in 0..draw(40) {
            story.now += TimeDelta::seconds(draw(400) as i64);
            match draw(12) {
                0 => drop(story.acknowledge().entries.len()),
                1 => drop(story.classify(
                    1 + draw(5) as u8,
                    "r",
                    &[("correctness", "unknown")],
                    &["customer-data"],
                )),
                2 => drop(story.status(Status::ALL[draw(5) as usize], "because")),
                3 => drop(story.signal(Reading::Value(draw(1000) as f64 / 1000.0), Cause::Change)),
                4 => drop(story.signal(Reading::NoData, Cause::Change)),
                5 => drop(story.begin_playbook("demo", "00", 5)),
                6 => drop(story.step("demo", &format!("step-{}", draw(5)), 1, StepOutcome::Done)),
                7 => drop(story.page("on-call", Some(PageOutcome::Unknown), 0)),
                8 => drop(story.alert(AlertState::Vanished)),
                9 => {
                    let due = story.now;
                    story.push(
                        Event::LevelArmed(LevelArmed {
                            level: slug("compliance"),
                            due,
                            because: 2,
                        }),
                        &[],
                    );
                }
                10 => {
                    let actor = Some(slug(&format!("a-{}", draw(3))));
                    let role = Role::ALL[draw(6) as usize];
                    story.push(Event::RoleAssigned(RoleAssigned { role, actor }), &[]);
                }
                _ => drop(story.note("words that only people know")),
            }
        }
        story
    }
}

/// A whole incident: from the alert to the end, with everything that may happen on the way.
pub(crate) fn story() -> Vec<Entry> {
    told().entries
}

/// The whole incident with its drafts.
#[expect(clippy::too_many_lines, reason = "a story is told in one go")]
pub(crate) fn told() -> Story {
    let mut story = Story::new();
    let from = story.now - TimeDelta::minutes(3);
    let values = vec![Some(0.9994), None, Some(0.93), Some(0.87)];
    let (signal, source) = (slug("confirm-success"), slug("prometheus"));
    story.push(
        Event::Backfilled(Backfilled {
            signal,
            from,
            step: 60,
            values,
            source,
        }),
        &[],
    );
    story.signal(Reading::Value(0.847), Cause::Change).page(
        "on-call",
        Some(PageOutcome::Accepted),
        0,
    );
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
        seq: noted.seq,
        hash: noted.hash.clone(),
    };
    story.pass(1).push(
        Event::Corrected(corrected),
        &[(field::TEXT, "it was provider zeta, not acme")],
    );
    story.pass(1).classify(
        1,
        "correctness-unknown",
        &[("correctness", "unknown")],
        &["transaction-integrity"],
    );
    let because = story.entries.last().unwrap().seq;
    let due = story.now;
    story.push(
        Event::LevelArmed(LevelArmed {
            level: slug("compliance"),
            due,
            because,
        }),
        &[],
    );
    story.page("compliance", Some(PageOutcome::Unknown), 6);
    story
        .person("a-0a0b0c0d", "Omar")
        .note("Dana asked me to look at the ledger; card 4111111111111111 was charged once");
    let (role, actor) = (Role::Operations, Some(slug("a-0a0b0c0d")));
    story.push(Event::RoleAssigned(RoleAssigned { role, actor }), &[]);
    story.by = slug("a-7f3c21aa");
    story.begin_playbook("payment-success-drop", &"12".repeat(32), 16);
    story.step(
        "payment-success-drop",
        "take-the-first-look",
        1,
        StepOutcome::Done,
    );
    story.step(
        "payment-success-drop",
        "are-the-metrics-alive",
        2,
        StepOutcome::Passed,
    );
    story
        .pass(2)
        .status(Status::Identified, "release 4.2.0 of the gateway");
    let decided = Draft::new(&story.by.clone(), Event::Decided(Empty {}))
        .with(field::TEXT, text("roll the gateway back to 4.1.9"))
        .with(field::WHY, text("failures began with the release"))
        .with(field::ALTERNATIVES, text("route around the provider"));
    story.draft(decided);
    story.by = slug("warroom");
    let (source, at, last) = (
        slug("prometheus"),
        story.now,
        Some(story.now - TimeDelta::minutes(1)),
    );
    story.push(
        Event::SourceLost(SourceLost { source, last, at }),
        &[(field::DETAIL, "cannot connect")],
    );
    story.pass(2);
    let (source, at) = (slug("prometheus"), story.now);
    story.push(Event::SourceBack(SourceBack { source, at }), &[]);
    story.signal(Reading::NoData, Cause::Change);
    story
        .pass(3)
        .signal(Reading::Value(0.9994), Cause::Change)
        .alert(AlertState::Cleared);
    story.by = slug("a-7f3c21aa");
    let earlier = story.now - TimeDelta::minutes(2);
    let mitigated = Draft::new(
        &story.by.clone(),
        Event::StatusChanged(StatusChanged {
            status: Status::Mitigated,
        }),
    )
    .with(field::TEXT, text("rollback finished"))
    .occurred(earlier, Cause::Said);
    story.draft(mitigated);
    story
        .pass(12)
        .status(Status::Resolved, "ten minutes at normal level");
    story
}

/// A journal in memory: appends drafts, keeps to the rule of what may stand once.
#[derive(Default)]
pub(crate) struct Tape {
    pub(crate) entries: Vec<Entry>,
}

impl Tape {
    pub(crate) fn append(
        &mut self,
        drafts: &[Draft],
        now: DateTime<Utc>,
    ) -> (Vec<Entry>, Vec<Option<u64>>) {
        let (mut new, mut mine) = (Vec::new(), Vec::new());
        for draft in drafts {
            let key = draft.event.once_key();
            let known = |entry: &Entry| entry.event().and_then(Event::once_key) == key;
            if key.is_some() && self.entries.iter().any(known) {
                mine.push(None);
                continue;
            }
            let position = end_of(&self.entries);
            let stamp = Stamp {
                wall: now,
                boot: "0badb007".into(),
                since_boot: 1,
            };
            let id = uuid::Uuid::from_u128(u128::from(position.seq));
            let entry = encode(draft, &position, &stamp, id, || Ok([7; 16]))
                .unwrap()
                .entry;
            mine.push(Some(entry.seq));
            self.entries.push(entry.clone());
            new.push(entry);
        }
        (new, mine)
    }
}

/// A console's setup with the shipped policies and playbooks, two sources, and a webhook.
pub(crate) fn bench_setup() -> crate::app::Setup {
    use crate::sources::Offers;
    let config = crate::config::Config::load(&crate::config::Overrides {
        data_dir: Some("/nowhere".into()),
        ..Default::default()
    });
    let config = config.unwrap();
    let policies = config.policies;
    crate::app::Setup {
        me: crate::app::Person {
            actor: slug("a-7f3c21aa"),
            name: Safe::line("dana"),
            uid: 1000,
            login: Safe::line("pts/3"),
            key: None,
        },
        signal: config.signal.name,
        query: config.signal.query,
        objective: 0.999,
        map: config.services.map,
        poll: TimeDelta::seconds(5),
        severity: (policies.severity, policies.severity_digest),
        escalation: (policies.escalation, policies.escalation_digest),
        intake: (policies.intake, policies.intake_digest),
        library: config.playbooks.library,
        variables: config.variables,
        sources: vec![
            (
                slug("alertmanager"),
                Offers {
                    alerts: true,
                    metrics: false,
                    rules: false,
                },
            ),
            (
                slug("prometheus"),
                Offers {
                    alerts: false,
                    metrics: true,
                    rules: true,
                },
            ),
        ],
        channels: vec![crate::incident::messages::Way {
            name: slug("webhook"),
            audiences: Vec::new(),
            settles: false,
            pages: true,
        }],
        rota: crate::incident::rota::Rota::default(),
        paged_elsewhere: std::collections::BTreeMap::new(),
        headless: false,
        read_only: false,
        drill: None,
        warnings: Vec::new(),
    }
}

/// A report with the watched signal in a drop that acme has, and whatever else.
pub(crate) fn report(
    now: DateTime<Utc>,
    more: Vec<crate::signals::watch::SignalReport>,
) -> crate::signals::watch::Report {
    let mut signals = vec![dropping(now)];
    signals.extend(more);
    crate::signals::watch::Report {
        at: now,
        signals,
        skew: Vec::new(),
    }
}

fn signal(
    name: &str,
    standing: crate::signals::watch::Standing,
    now: DateTime<Utc>,
    detail: crate::signals::watch::Detail,
) -> crate::signals::watch::SignalReport {
    crate::signals::watch::SignalReport {
        signal: slug(name),
        path: slug("confirm"),
        strict: true,
        standing,
        measured: Some(now),
        source: None,
        error: None,
        detail,
    }
}

/// A correctness signal that tolerates nothing.
pub(crate) fn correctness(
    now: DateTime<Utc>,
    count: Reading,
) -> crate::signals::watch::SignalReport {
    use crate::signals::watch::{Detail, Standing};
    let wrong = count.value().is_some_and(|count| count > 0.0);
    let standing = if wrong {
        Standing::Quiet
    } else {
        Standing::Fine
    };
    let detail = Detail::Correctness {
        count,
        tolerance: 0.0,
        unit: "captures".into(),
        since: wrong.then_some(now - TimeDelta::minutes(3)),
        age: None,
        amount: None,
    };
    signal("duplicate-captures", standing, now, detail)
}

/// A settlement lag within its bound.
pub(crate) fn lag(now: DateTime<Utc>) -> crate::signals::watch::SignalReport {
    use crate::signals::map::Group;
    use crate::signals::watch::{Detail, Standing};
    let detail = Detail::Level {
        reading: Reading::Value(720.0),
        expect: crate::signals::Expectation::parse("<= 3600").unwrap(),
        unit: "s".into(),
        group: Group::Settlement,
        since: None,
    };
    signal("settlement-lag", Standing::Fine, now, detail)
}

fn dropping(now: DateTime<Utc>) -> crate::signals::watch::SignalReport {
    use crate::signals::budget::Budget;
    use crate::signals::detection::{Culprit, Drop, Normal};
    use crate::signals::map::Pricing;
    use crate::signals::tally::{FIVE, Part, Track};
    use crate::signals::watch::{Detail, RatioReport, Standing};
    let mut track = Track::new(TimeDelta::days(30));
    let since = now - TimeDelta::minutes(5);
    for (step, back) in [(60, 480 * 60), (FIVE, 30 * 86_400)] {
        let mut second = now.timestamp() - back;
        while second < now.timestamp() {
            let bad = if second >= since.timestamp() {
                0.15
            } else {
                0.0003
            };
            let count = 1200.0 * step as f64 / 60.0;
            for (part, count) in [(Part::Part, count * (1.0 - bad)), (Part::Total, count)] {
                let lane = track.lane_mut(part, step);
                lane.put(second.div_euclid(step), count);
            }
            second += step;
        }
    }
    let budget = Budget::at(&track, 0.999, TimeDelta::days(30), now);
    let culprit = Culprit {
        label: "provider".into(),
        value: "acme".into(),
        share: 0.97,
        now: 0.7,
    };
    let drop = Drop {
        since,
        or_before: false,
        now: 0.85,
        normal: 0.9997,
        from: Normal::EarlierWeeks,
        excess: 890.0,
        evidence: 300.0,
        culprit: Some(culprit),
    };
    let ratio = RatioReport {
        now: Some(0.85),
        per_minute: Some(1200.0),
        budget,
        drop: Some(drop),
        recovery: None,
        slump: None,
        track: std::sync::Arc::new(track),
        pricing: Some(Pricing {
            currency: "EUR".into(),
            average: Some(32.5),
            amount: None,
            unknown: None,
        }),
        unknown: None,
        amount: None,
        dropped_parts: 0,
    };
    signal(
        "confirm-success",
        Standing::Breach,
        now,
        Detail::Ratio(Box::new(ratio)),
    )
}

/// A ratio of a path that stands like this: in a drop, or as it should be, or not known.
pub(crate) fn elsewhere(
    now: DateTime<Utc>,
    path: &str,
    standing: crate::signals::watch::Standing,
) -> crate::signals::watch::SignalReport {
    use crate::signals::watch::{Detail, SignalReport, Standing};
    let mut signal = SignalReport {
        path: slug(path),
        standing,
        ..dropping(now)
    };
    if let Detail::Ratio(ratio) = &mut signal.detail
        && standing != Standing::Breach
    {
        ratio.drop = None;
        ratio.now = (standing != Standing::Unknown).then_some(0.9999);
    }
    signal
}

/// So many cases of a property, or as many as `PROPTEST_CASES` says.
pub(crate) fn property_cases(usual: u32) -> u32 {
    let wanted = std::env::var("PROPTEST_CASES").ok();
    wanted.and_then(|cases| cases.parse().ok()).unwrap_or(usual)
}
