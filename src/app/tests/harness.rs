//! A console for tests: its disk is a journal in memory, its receivers do as they are told, time is passed.

use super::*;
use crate::app::intent::{Intent, IntentContext, Refused, drafts};
use crate::app::selectors::question::open_question;
use crate::incident::severity::SeverityFacts;
use crate::testing::later;
use crate::text::Problem;
use crate::text::SourceId;

/// A console whose disk is a journal in memory: what is recorded is durable one step later.
pub(super) struct Harness {
    pub(super) model: Model,
    pub(super) stories: BTreeMap<IncidentId, crate::testing::Tape>,
    pub(super) sent: Vec<crate::outbox::Page>,
    pub(super) bells: usize,
    pub(super) asked: Vec<Effect>,
    pub(super) disk_works: bool,
    pub(super) receiver_answers: bool,
    pub(super) waiting: Vec<Effect>,
    pub(super) gathered: BTreeMap<SourceId, SourceAlerts>,
}

impl Harness {
    pub(super) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(super) fn with(change: impl FnOnce(&mut Setup)) -> Self {
        let mut setup = bench_setup();
        change(&mut setup);
        let mut harness = Self {
            model: Model::new(setup, crate::testing::stamp(start())),
            stories: BTreeMap::new(),
            sent: Vec::new(),
            bells: 0,
            asked: Vec::new(),
            disk_works: true,
            receiver_answers: true,
            waiting: Vec::new(),
            gathered: BTreeMap::new(),
        };
        harness.say(Msg::Ready);
        harness
    }

    pub(super) fn say(&mut self, msg: Msg) {
        let mut effects = update(&mut self.model, msg);
        while !effects.is_empty() {
            let mut next = Vec::new();
            for effect in effects {
                next.extend(self.perform(effect));
            }
            effects = next;
        }
    }

    pub(super) fn perform(&mut self, effect: Effect) -> Vec<Effect> {
        match effect {
            Effect::Record { .. } if !self.disk_works => {
                self.waiting.push(effect);
                Vec::new()
            }
            Effect::Record {
                incident,
                token,
                drafts,
            } => {
                let tape = self.stories.get_mut(&incident).unwrap();
                let (entries, mine) = tape.record(&drafts, &self.model.stamp);
                update(
                    &mut self.model,
                    Msg::Recorded {
                        incident,
                        entries,
                        token: Some(token),
                        mine,
                    },
                )
            }
            Effect::Continue { drafts, .. } => self.perform(Effect::Open {
                service: slug("any"),
                drill: false,
                drafts,
            }),
            Effect::Open { drill, drafts, .. } => {
                let id =
                    IncidentId::compose(drill, start().date_naive(), self.stories.len() as u16 + 1);
                let mut tape = crate::testing::Tape::default();
                let (entries, _) = tape.record(&drafts, &self.model.stamp);
                self.stories.insert(id.clone(), tape);
                update(
                    &mut self.model,
                    Msg::Opened {
                        incident: id,
                        entries,
                    },
                )
            }
            Effect::Send { channel, message } => {
                let crate::outbox::Message::Page(page) = *message else {
                    return Vec::new();
                };
                self.sent.push(page.clone());
                if !self.receiver_answers {
                    return Vec::new();
                }
                let detail = Safe::default();
                let delivery = Delivery {
                    retry_after: None,
                    outcome: PageOutcome::Accepted,
                    http: Some(202),
                    attempts: 1,
                    detail,
                    remote: None,
                };
                let (incident, level) = (page.about.incident, page.level);
                let call = Call {
                    page: page.id,
                    channel,
                    repeat: page.repeat,
                };
                update(
                    &mut self.model,
                    Msg::Paged {
                        incident,
                        level,
                        call,
                        delivery,
                    },
                )
            }
            Effect::Bell(_) => {
                self.bells += 1;
                Vec::new()
            }
            other => {
                self.asked.push(other);
                Vec::new()
            }
        }
    }

    pub(super) fn pass(&mut self, seconds: i64) {
        for _ in 0..seconds {
            let now = later(self.model.stamp, TimeDelta::seconds(1));
            self.say(Msg::Tick(now));
        }
    }

    /// Somebody sets the wall clock.
    pub(super) fn set_clock(&mut self, by: TimeDelta) {
        let mut stamp = self.model.stamp;
        stamp.wall += by;
        self.say(Msg::Tick(stamp));
    }

    /// The program ends and starts again, in this boot of the machine or another one.
    pub(super) fn restart(&mut self, boot: &str, span: TimeDelta) {
        let mut stamp = later(self.model.stamp, span);
        if stamp.boot != Boot::from(boot) {
            stamp.since_boot = 5_000_000_000;
            stamp.boot = Boot::from(boot);
        }
        self.model = Model::new(self.model.setup.clone(), stamp);
        for (incident, tape) in &self.stories {
            let entries = tape.entries.clone();
            let state = Box::new(Incident::from_entries(&entries));
            let incident = incident.clone();
            update(
                &mut self.model,
                Msg::Loaded {
                    incident,
                    entries,
                    state,
                },
            );
        }
        self.say(Msg::Ready);
    }

    /// A person reads what is asked before answering.
    fn reads(&mut self) {
        if self.model.ui.answers.asked.take().is_some() {
            let now = later(self.model.stamp, TimeDelta::milliseconds(400));
            self.model.take_time(now);
        }
    }

    pub(super) fn press(&mut self, key: Key) -> &mut Self {
        self.reads();
        self.say(Msg::Key(key));
        self
    }

    pub(super) fn act(&mut self, action: Action) -> &mut Self {
        self.reads();
        self.say(Msg::Act(action));
        self
    }

    pub(super) fn enter(&mut self) -> &mut Self {
        self.act(Action::Enter)
    }

    pub(super) fn yes(&mut self) -> &mut Self {
        self.act(Action::Yes)
    }

    pub(super) fn no(&mut self) -> &mut Self {
        self.act(Action::No)
    }

    pub(super) fn write(&mut self, text: &str) -> &mut Self {
        self.say(Msg::Insert(text.into()));
        self
    }

    /// Writes into each field and goes on with Enter.
    pub(super) fn fill(&mut self, fields: &[&str]) -> &mut Self {
        for text in fields {
            self.write(text).enter();
        }
        self
    }

    /// Chooses the row of the open list that begins with these words, or has them.
    pub(super) fn choose(&mut self, words: &str) -> &mut Self {
        let Some(Dialog::List(list)) = self.model.dialogs.last() else {
            panic!("no list is open: {:?}", self.model.dialogs);
        };
        let begins = list.texts().position(|row| row.starts_with(words));
        let row = begins.or_else(|| list.texts().position(|row| row.contains(words)));
        let row = row.unwrap_or_else(|| {
            panic!("no row \"{words}\": {:?}", list.texts().collect::<Vec<_>>())
        });
        self.act(Action::Choose(row))
    }

    pub(super) fn set_status(&mut self, status: Status, words: &str) -> &mut Self {
        self.act(Action::Status)
            .choose(status.word())
            .fill(&[words])
    }

    /// Confirms so many steps of the playbook, or their items.
    pub(super) fn done(&mut self, times: usize) -> &mut Self {
        for _ in 0..times {
            self.act(Action::StepDone);
        }
        self
    }

    /// Gives an answer of the open question, by the key that the policy has for it.
    pub(super) fn answer(&mut self, id: &str) -> &mut Self {
        let question = open_question(&self.model).unwrap();
        let mut answers = question.answers.iter();
        let answer = answers.find(|answer| answer.id.as_str() == id);
        let key = answer
            .unwrap_or_else(|| panic!("no {id}: {question:?}"))
            .key;
        self.press(Key::Char(key))
    }

    /// The form on top of what is open.
    pub(super) fn form(&self) -> Option<&Form<Model>> {
        match self.model.dialogs.last()? {
            Dialog::Form(form) => Some(form),
            _ => None,
        }
    }

    /// The question that waits for a yes.
    pub(super) fn question(&self) -> Option<&str> {
        match self.model.dialogs.last()? {
            Dialog::Confirmation(open) => Some(&open.question),
            _ => None,
        }
    }

    /// Another program records something in an incident.
    pub(super) fn recorded_elsewhere(&mut self, incident: IncidentId, drafts: &[Draft]) {
        let tape = self.stories.get_mut(&incident).unwrap();
        let (entries, _) = tape.record(drafts, &self.model.stamp);
        self.say(Msg::Recorded {
            incident,
            entries,
            token: None,
            mine: Vec::new(),
        });
    }

    pub(super) fn alert(&mut self, names: &[&str], state: AlertState, starts: DateTime<Utc>) {
        let alerts = names
            .iter()
            .map(|name| alert(name, state, starts))
            .collect();
        self.gather("alertmanager", alerts);
        // What an opening leads to follows on the next ticks, without any time passing.
        for _ in 0..2 {
            self.say(Msg::Tick(self.model.stamp));
        }
    }

    /// What one source of alerts says, beside what the others said last.
    pub(super) fn gather(&mut self, source: &str, alerts: Vec<Alert>) {
        let alerts = alerts.into_iter().map(Arc::new).collect();
        self.gathered.insert(
            slug(source),
            SourceAlerts {
                alerts,
                ..SourceAlerts::default()
            },
        );
        let index = AlertIndex::new(&self.gathered, &self.model.setup.intake.0);
        let (source, result) = (slug(source), Ok(Arc::new(index)));
        self.say(Msg::Alerts { source, result });
    }

    pub(super) fn firing(&mut self) {
        self.alert(&["PaymentSuccessRateLow"], AlertState::Firing, start());
    }

    pub(super) fn reading(&mut self, reading: Reading) {
        let sample = Sample {
            at: self.model.now,
            reading,
        };
        self.say(Msg::Signal {
            source: slug("prometheus"),
            result: Ok(sample),
            contact: true,
        });
    }

    pub(super) fn rules(&mut self, firing: bool) {
        let active = if firing {
            vec![alert("PaymentSuccessRateLow", AlertState::Firing, start()).labels]
        } else {
            Vec::new()
        };
        let rule = RuleState {
            name: Safe::line("PaymentSuccessRateLow"),
            error: None,
            evaluated: Some(self.model.now),
            active,
        };
        self.say(Msg::Rules {
            source: slug("prometheus"),
            result: Ok(RuleSet {
                rules: vec![rule],
                ..RuleSet::default()
            }),
        });
    }

    /// Prometheus answers, and has no number.
    pub(super) fn in_contact(&mut self) {
        self.say(Msg::Signal {
            source: slug("prometheus"),
            result: Err(Problem::new("the query is refused", "correct it")),
            contact: true,
        });
    }

    pub(super) fn prometheus_is_down(&mut self) {
        let told = Problem::new("cannot connect", "check");
        self.say(Msg::Rules {
            source: slug("prometheus"),
            result: Err(told.clone()),
        });
        self.say(Msg::Signal {
            source: slug("prometheus"),
            result: Err(told),
            contact: false,
        });
    }

    pub(super) fn incident(&self) -> &Incident {
        self.model.incident().unwrap()
    }

    /// What somebody's intent comes to in the incident on the screen.
    pub(super) fn intended(&self, me: &Person, intent: &Intent) -> Result<Vec<Draft>, Refused> {
        self.intended_at(me, intent, None)
    }

    /// The same, of something that happened earlier.
    pub(super) fn intended_at(
        &self,
        me: &Person,
        intent: &Intent,
        occurred: Option<DateTime<Utc>>,
    ) -> Result<Vec<Draft>, Refused> {
        let (setup, view) = (&self.model.setup, self.model.view().unwrap());
        let context = IntentContext {
            me,
            library: &setup.library,
            severity: (&setup.severity.0, &setup.severity.1),
            facts: SeverityFacts::of(&setup.map, &view.incident, self.model.now),
            now: self.model.now,
            occurred,
            sample: None,
            named: None,
        };
        drafts(view, &context, intent)
    }

    pub(super) fn kinds(&self) -> Vec<String> {
        kinds(self.model.view().unwrap())
    }

    /// The same of the first incident, whatever is on the screen.
    pub(super) fn kinds_of_first(&self) -> Vec<String> {
        kinds(self.model.views.values().next().unwrap())
    }
}

fn kinds(view: &IncidentView) -> Vec<String> {
    let kind = |entry: &crate::incident::Entry| entry.event().unwrap().kind().to_string();
    view.entries.iter().map(kind).collect()
}

pub(super) fn alert(name: &str, state: AlertState, starts: DateTime<Utc>) -> crate::alerts::Alert {
    let severity = if name.starts_with("Checkout") {
        "warning"
    } else {
        "critical"
    };
    let labels = BTreeMap::from([
        ("alertname".into(), name.into()),
        ("severity".into(), severity.into()),
    ]);
    alert_from_labels(&labels, &BTreeMap::new(), state, starts)
}

pub(super) fn levels_paged(harness: &Harness) -> Vec<String> {
    harness
        .sent
        .iter()
        .map(|page| page.level.to_string())
        .collect()
}
