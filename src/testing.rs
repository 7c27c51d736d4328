//! A story for tests: an incident, entry by entry, stamped as the journal stamps it.

mod alerts;
mod full_story;
mod past_story;
mod random;
pub(crate) mod reports;
mod stamps;

pub(crate) use alerts::{alert, intake};
pub(crate) use full_story::{full_story, story};
pub(crate) use past_story::{a_day_without_a_time, detected_before_it_began, stated, two_windows};
pub(crate) use reports::{correctness, elsewhere, lag, report};
pub(crate) use stamps::{later, stamp, stepped};

use crate::alerts::AlertState;
use crate::incident::entry::{
    Acknowledged, ActorIntroduced, AlertSeen, Audience, Classified, EscalationArmed, LevelArmed,
    Noted, Opened, PageIntended, PageOutcome, PageResulted, PlaybookStarted, Proof, RoleAssigned,
    SignalSeen, StatusChanged, StepOutcome, StepRecorded, Updated, field,
};
use crate::incident::escalation::EscalationPolicy;
use crate::incident::escalation::state::page_id;
use crate::incident::severity::{Answered, Severity};
use crate::incident::{ActorId, Draft, Entry, Event, IncidentId, Role, Slug, Status};
use crate::journal::{Head, Stamp, encode};
use crate::signals::Cause;
use crate::signals::{Expectation, Reading};
use crate::text::Safe;
use chrono::{DateTime, TimeDelta, Utc};

pub(crate) struct Story {
    pub(crate) entries: Vec<Entry>,
    pub(crate) drafts: Vec<Draft>,
    pub(crate) now: DateTime<Utc>,
    pub(crate) by: ActorId,
    drawn: u8,
}

pub(crate) fn slug<I: From<Slug>>(text: &str) -> I {
    Slug::new(text).unwrap().into()
}

pub(crate) fn actor_id(text: &str) -> ActorId {
    ActorId::new(text).unwrap()
}

pub(crate) fn start() -> DateTime<Utc> {
    "2026-11-22T00:58:00Z".parse().unwrap()
}

fn text(words: &str) -> Safe {
    Safe::block(words)
}

/// The table of the events names every text that is written.
fn must_declare_its_texts(draft: &Draft) {
    let kind = draft.event.kind();
    let mut rows = Event::KINDS.iter();
    let (_, fields) = rows.find(|(name, _)| *name == kind).unwrap();
    for (field, _) in &draft.texts {
        assert!(fields.contains(field), "{kind} has a text {field}");
    }
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
            by: actor_id("warroom"),
            drawn: 0,
        };
        let introduced = ActorIntroduced {
            was: None,
            actor: actor_id("warroom"),
            uid: None,
            proof: Proof::Program,
            key: None,
        };
        story.push(introduced, &[]);
        let opened = Opened {
            stated: None,
            retrospective: false,
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
        let title = "PaymentSuccessRateLow: confirm success 84.70%";
        story.push(opened, &[(field::TITLE, title)]);
        story.alert(AlertState::Firing);
        let policy: EscalationPolicy =
            serde_saphyr::from_str(include_str!("../assets/policies/escalation.yaml")).unwrap();
        let armed = EscalationArmed {
            policy: "cd".repeat(32),
            from: start(),
            levels: policy.arm(start(), false),
            cadence: None,
        };
        story.push(armed, &[]);
        story
    }

    pub(crate) fn id(&self) -> IncidentId {
        let opened = self.drafts[1].event.data::<Opened>();
        let drill = opened.is_some_and(|opened| opened.drill);
        IncidentId::compose(drill, start().date_naive(), 1)
    }

    pub(crate) fn pass(&mut self, minutes: i64) -> &mut Self {
        self.now += TimeDelta::minutes(minutes);
        self
    }

    pub(crate) fn person(&mut self, id: &str, name: &str) -> &mut Self {
        self.by = actor_id(id);
        let introduced = ActorIntroduced {
            was: None,
            actor: actor_id(id),
            uid: Some(1000),
            proof: Proof::SelfDeclared,
            key: None,
        };
        let login = (field::LOGIN, "pts/3 from 10.1.2.3");
        self.push(introduced, &[(field::NAME, name), login])
    }

    pub(crate) fn push(
        &mut self,
        event: impl Into<Event>,
        texts: &[(&'static str, &str)],
    ) -> &mut Self {
        let mut draft = Draft::new(&self.by, event);
        for (name, words) in texts {
            draft = draft.with(name, text(words));
        }
        self.draft(draft)
    }

    pub(crate) fn draft(&mut self, draft: Draft) -> &mut Self {
        must_declare_its_texts(&draft);
        let (position, stamp) = (Head::end_of(&self.entries), stamp(self.now));
        let id = uuid::Uuid::from_u128(u128::from(position.seq));
        let drawn = &mut self.drawn;
        let encoded = encode(&draft, &position, &stamp, id, || {
            *drawn = drawn.wrapping_add(1);
            Ok([*drawn; 16])
        });
        self.entries.push(encoded.unwrap().entry);
        self.drafts.push(draft);
        self
    }

    pub(crate) fn alert(&mut self, state: AlertState) -> &mut Self {
        let seen = AlertSeen {
            supersedes: None,
            alert: slug("a750fdc4163ad02f"),
            state,
            starts_at: start(),
            start: None,
            left_out: None,
            at: self.now,
            source: slug("alertmanager"),
        };
        let texts = [
            (field::NAME, "PaymentSuccessRateLow"),
            (field::SUMMARY, "confirm success 84.70%"),
            (
                field::LABELS,
                r#"{"alertname":"PaymentSuccessRateLow","severity":"critical"}"#,
            ),
        ];
        self.push(seen, &texts)
    }

    pub(crate) fn signal(&mut self, reading: Reading, cause: Cause) -> &mut Self {
        let seen = SignalSeen {
            supersedes: None,
            signal: slug("confirm-success"),
            reading,
            unit: None,
            at: self.now,
            source: slug("prometheus"),
            cause,
        };
        self.push(seen, &[])
    }

    pub(crate) fn note(&mut self, words: &str) -> &mut Self {
        self.push(Noted {}, &[(field::TEXT, words)])
    }

    pub(crate) fn status(&mut self, status: Status, words: &str) -> &mut Self {
        self.push(StatusChanged { status }, &[(field::TEXT, words)])
    }

    pub(crate) fn classify(
        &mut self,
        level: u8,
        rule: &str,
        answers: &[(&str, &str)],
        flags: &[&str],
    ) -> &mut Self {
        let answer = |(question, answer): &(&str, &str)| {
            let is_measured = *question == "completion";
            Answered {
                question: slug(question),
                answer: slug(answer),
                basis: [Cause::Said, Cause::Measured][usize::from(is_measured)],
                reading: is_measured.then_some(Reading::Value(0.847)),
                unit: None,
            }
        };
        let classified = Classified {
            matched: Vec::new(),
            severity: Severity::new(level).unwrap(),
            rule: slug(rule),
            policy: "ef".repeat(32),
            answers: answers.iter().map(answer).collect(),
            flags: flags.iter().map(|flag| slug(flag)).collect(),
        };
        self.push(classified, &[])
    }

    pub(crate) fn page(
        &mut self,
        level: &str,
        outcome: Option<PageOutcome>,
        due: i64,
    ) -> &mut Self {
        let human = std::mem::replace(&mut self.by, actor_id("warroom"));
        let page = page_id(self.id().as_str(), &slug(level), 1);
        let intended = PageIntended {
            page: page.clone(),
            level: slug(level),
            target: slug(level),
            channel: slug("webhook"),
            due: start() + TimeDelta::minutes(due),
            late: None,
            repeat: 0,
        };
        self.push(intended, &[]);
        if let Some(outcome) = outcome {
            let resulted = PageResulted {
                retry_after: None,
                page,
                level: slug(level),
                channel: slug("webhook"),
                repeat: 0,
                outcome,
                http: (outcome == PageOutcome::Accepted).then_some(202),
                attempts: 1,
            };
            self.push(resulted, &[(field::DETAIL, "pager.example answered 202")]);
        }
        self.by = human;
        self
    }

    pub(crate) fn acknowledge(&mut self) -> &mut Self {
        self.push(Acknowledged::default(), &[]);
        self.assign(Role::IncidentCommander, Some(self.by.clone()))
    }

    pub(crate) fn assign(&mut self, role: Role, actor: Option<ActorId>) -> &mut Self {
        let supersedes = None;
        let assigned = RoleAssigned {
            role,
            actor,
            supersedes,
        };
        self.push(assigned, &[])
    }

    pub(crate) fn update(&mut self, audience: Audience) -> &mut Self {
        let elsewhere = false;
        let updated = Updated {
            audience,
            elsewhere,
        };
        self.push(updated, &[(field::TEXT, "we are on it")])
    }

    pub(crate) fn level_armed(&mut self, because: u64) -> &mut Self {
        let armed = LevelArmed {
            level: slug("compliance"),
            due: self.now,
            because,
        };
        self.push(armed, &[])
    }

    pub(crate) fn begin_playbook(&mut self, name: &str, digest: &str, steps: u32) -> &mut Self {
        let started = PlaybookStarted {
            goes_on: false,
            playbook: slug(name),
            digest: digest.into(),
            steps,
        };
        self.push(started, &[])
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
        self.push(recorded, &[(field::STEP, &title)])
    }
}

/// New entries, and the number of each draft's entry; `None` for a duplicate.
type TapeAppended = (Vec<Entry>, Vec<Option<u64>>);

/// A journal in memory: appends drafts, keeps to the rule of what may stand once.
#[derive(Default, Clone)]
pub(crate) struct Tape {
    pub(crate) entries: Vec<Entry>,
}

impl Tape {
    pub(crate) fn append(&mut self, drafts: &[Draft], now: DateTime<Utc>) -> TapeAppended {
        self.record(drafts, &stamp(now))
    }

    /// By the clocks of a machine that somebody may have set.
    pub(crate) fn record(&mut self, drafts: &[Draft], stamp: &Stamp) -> TapeAppended {
        let (mut new, mut mine) = (Vec::new(), Vec::new());
        for draft in drafts {
            must_declare_its_texts(draft);
            let key = draft.event.dedup_key();
            let known = |entry: &Entry| entry.event().and_then(Event::dedup_key) == key;
            if key.is_some() && self.entries.iter().any(known) {
                mine.push(None);
                continue;
            }
            let position = Head::end_of(&self.entries);
            let id = uuid::Uuid::from_u128(u128::from(position.seq));
            let encoded = encode(draft, &position, stamp, id, || Ok([7; 16])).unwrap();
            mine.push(Some(encoded.entry.seq));
            self.entries.push(encoded.entry.clone());
            new.push(encoded.entry);
        }
        (new, mine)
    }
}

/// A console's setup with the shipped policies and playbooks, two sources, and a webhook.
pub(crate) fn bench_setup() -> crate::app::Setup {
    use crate::config::{Config, OnProblem, Overrides};
    use crate::sources::Offers;
    let overrides = Overrides {
        data_dir: Some("/nowhere".into()),
        ..Overrides::default()
    };
    let mut config = Config::load(&overrides, OnProblem::Refuse).unwrap();
    // As an organization's own.
    std::sync::Arc::make_mut(&mut config.services.map).sample = false;
    let policies = config.policies;
    let offers = |alerts: bool| Offers {
        alerts,
        metrics: !alerts,
        rules: !alerts,
    };
    crate::app::Setup {
        me: crate::app::Person {
            actor: actor_id("a-7f3c21aa"),
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
        severity: policies.severity,
        escalation: policies.escalation,
        intake: policies.intake,
        library: config.playbooks.library,
        variables: config.variables,
        keys: config.keys,
        sources: vec![
            (slug("alertmanager"), offers(true)),
            (slug("prometheus"), offers(false)),
        ],
        channels: vec![crate::incident::messages::ChannelInfo {
            name: slug("webhook"),
            audiences: Vec::new(),
            settles: false,
            pages: true,
        }],
        schedules: crate::oncall::OnCallSchedules::default(),
        paged_elsewhere: std::collections::BTreeMap::new(),
        headless: false,
        read_only: false,
        drill: None,
        warnings: Vec::new(),
        alone: false,
        unusable: Vec::new(),
        awaited: Vec::new(),
    }
}

pub(crate) fn property_cases(usual: u32) -> u32 {
    let wanted = std::env::var("PROPTEST_CASES").ok();
    wanted.and_then(|cases| cases.parse().ok()).unwrap_or(usual)
}

/// A status update with this text, as a channel gets it.
pub(crate) fn update_message(text: &str) -> crate::outbox::Message {
    use crate::outbox::{About, Message, Update};
    Message::Update(Update {
        id: Slug::nearest("update-inc-20261126-0001.12"),
        about: About {
            incident: crate::incident::IncidentId::new("INC-20261126-0001").unwrap(),
            title: Safe::line("Payments fail"),
            severity: None,
            started: None,
            head: "12/abcdef012345".into(),
        },
        audience: crate::incident::entry::Audience::Users,
        status: crate::incident::Status::Identified,
        service: None,
        text: Safe::block(text),
        next: None,
        remote: None,
        repeat: 0,
    })
}
