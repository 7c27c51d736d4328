//! A console for tests: its disk is a journal in memory, its receivers answer as configured, time is passed.

use super::*;
use crate::app::effect::TerminalEffect;
use crate::app::intent::{Intent, IntentContext, Refused, drafts};
use crate::app::selectors::question::open_question;
use crate::incident::severity::SeverityFacts;
use crate::outbox::{Message, Page};
use crate::testing::{later, reports};
use crate::text::SourceId;

pub(super) struct Harness {
    pub(super) model: Model,
    pub(super) stories: BTreeMap<IncidentId, crate::testing::Tape>,
    pub(super) sent: Vec<Page>,
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
        harness.say(JournalNews::Ready);
        harness
    }

    /// An alert has opened an incident.
    pub(super) fn with_incident() -> Self {
        let mut harness = Self::new();
        harness.firing();
        harness
    }

    pub(super) fn acknowledged() -> Self {
        let mut harness = Self::with_incident();
        harness.act(Action::Acknowledge);
        harness
    }

    pub(super) fn say(&mut self, msg: impl Into<Msg>) {
        let mut effects = update(&mut self.model, msg.into());
        while !effects.is_empty() {
            let performed = effects.into_iter().flat_map(|it| self.perform(it));
            effects = performed.collect();
        }
    }

    pub(super) fn perform(&mut self, effect: Effect) -> Vec<Effect> {
        match effect {
            Effect::Journal(JournalTask::Record { .. }) if !self.disk_works => {
                self.waiting.push(effect);
                Vec::new()
            }
            Effect::Journal(task) => {
                let news = self.write_journal(task);
                update(&mut self.model, news.into())
            }
            Effect::Send { channel, message } => {
                let Message::Page(page) = &*message else {
                    return Vec::new();
                };
                self.sent.push(page.clone());
                if !self.receiver_answers {
                    return Vec::new();
                }
                let delivery = delivery(PageOutcome::Accepted);
                let result = Msg::delivered(*message, channel, delivery);
                update(&mut self.model, result)
            }
            Effect::Terminal(TerminalEffect::Bell(_)) => {
                self.bells += 1;
                Vec::new()
            }
            other => {
                self.asked.push(other);
                Vec::new()
            }
        }
    }

    fn write_journal(&mut self, task: JournalTask) -> JournalNews {
        match task {
            JournalTask::Record {
                incident,
                token,
                drafts,
            } => {
                let tape = self.stories.get_mut(&incident).unwrap();
                let (entries, mine) = tape.record(&drafts, &self.model.stamp);
                JournalNews::Recorded {
                    incident,
                    entries,
                    token: Some(token),
                    mine,
                }
            }
            JournalTask::Continue { drafts, .. } => self.open_incident(false, &drafts),
            JournalTask::Open { drill, drafts, .. } => self.open_incident(drill, &drafts),
        }
    }

    fn open_incident(&mut self, drill: bool, drafts: &[Draft]) -> JournalNews {
        let number = self.stories.len() as u16 + 1;
        let incident = IncidentId::compose(drill, start().date_naive(), number);
        let mut tape = crate::testing::Tape::default();
        let (entries, _) = tape.record(drafts, &self.model.stamp);
        self.stories.insert(incident.clone(), tape);
        JournalNews::Opened { incident, entries }
    }

    /// The disk takes what has waited for it.
    pub(super) fn resume_disk(&mut self) {
        self.disk_works = true;
        for effect in std::mem::take(&mut self.waiting) {
            self.perform(effect);
        }
    }

    pub(super) fn pass(&mut self, seconds: i64) {
        for _ in 0..seconds {
            let now = later(self.model.stamp, TimeDelta::seconds(1));
            self.say(Msg::Tick(now));
        }
    }

    pub(super) fn set_clock(&mut self, by: TimeDelta) {
        let mut stamp = self.model.stamp;
        stamp.wall += by;
        self.say(Msg::Tick(stamp));
    }

    /// In the same boot of the machine or another one.
    pub(super) fn restart(&mut self, boot: &str, span: TimeDelta) {
        let mut stamp = later(self.model.stamp, span);
        if stamp.boot != Boot::from(boot) {
            stamp.since_boot = 5_000_000_000;
            stamp.boot = Boot::from(boot);
        }
        self.model = Model::new(self.model.setup.clone(), stamp);
        for (incident, tape) in self.stories.clone() {
            update(&mut self.model, loaded(incident, tape.entries).into());
        }
        self.say(JournalNews::Ready);
    }

    /// A person reads a question before answering it.
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

    pub(super) fn fill(&mut self, fields: &[&str]) -> &mut Self {
        for text in fields {
            self.write(text).enter();
        }
        self
    }

    /// By the beginning of the row, else by a part of it.
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

    pub(super) fn form(&self) -> Option<&Form<Model>> {
        match self.model.dialogs.last()? {
            Dialog::Form(form) => Some(form),
            _ => None,
        }
    }

    pub(super) fn question(&self) -> Option<&str> {
        match self.model.dialogs.last()? {
            Dialog::Confirmation(open) => Some(&open.question),
            _ => None,
        }
    }

    pub(super) fn recorded_elsewhere(&mut self, incident: IncidentId, drafts: &[Draft]) {
        let tape = self.stories.get_mut(&incident).unwrap();
        let (entries, _) = tape.record(drafts, &self.model.stamp);
        self.say(JournalNews::recorded_by_others(incident, entries));
    }

    /// Another program records these in the incident on the screen.
    pub(super) fn others_record(&mut self, drafts: &[Draft]) {
        self.recorded_elsewhere(self.id(), drafts);
    }

    pub(super) fn alert(&mut self, names: &[&str], state: AlertState, starts: DateTime<Utc>) {
        let alerts = names.iter().map(|name| alert(name, state, starts));
        self.gather("alertmanager", alerts.collect());
        // What an opening leads to follows on the next ticks, without any time passing.
        for _ in 0..2 {
            self.say(Msg::Tick(self.model.stamp));
        }
    }

    pub(super) fn gather(&mut self, source: &str, alerts: Vec<Alert>) {
        let alerts = alerts.into_iter().map(Arc::new).collect();
        let alerts = SourceAlerts {
            alerts,
            ..SourceAlerts::default()
        };
        self.gathered.insert(slug(source), alerts);
        let index = AlertIndex::new(&self.gathered, &self.model.setup.intake);
        let (source, result) = (slug(source), Ok(Arc::new(index)));
        self.say(Msg::Alerts { source, result });
    }

    pub(super) fn firing(&mut self) {
        self.alert(&["PaymentSuccessRateLow"], AlertState::Firing, start());
    }

    pub(super) fn reading(&mut self, reading: Reading) {
        let mut report = reports::reading(self.model.now, reading);
        // Other signals stand as they were.
        let known = self.model.live.report.iter();
        let others = known.flat_map(|known| &known.signals);
        let name = &report.signals[0].signal;
        let others = others.filter(|it| it.signal != *name || it.path != report.signals[0].path);
        let others: Vec<_> = others.cloned().collect();
        report.signals.extend(others);
        self.say(Msg::Signals(Box::new(report)));
    }

    pub(super) fn rules(&mut self, firing: bool) {
        let active =
            firing.then(|| alert("PaymentSuccessRateLow", AlertState::Firing, start()).labels);
        let rule = RuleState {
            name: Safe::line("PaymentSuccessRateLow"),
            error: None,
            evaluated: Some(self.model.now),
            active: Vec::from_iter(active),
        };
        self.say(Msg::Rules {
            source: slug("prometheus"),
            result: Ok(RuleSet {
                rules: vec![rule],
                ..RuleSet::default()
            }),
        });
    }

    /// Prometheus answers without a number.
    pub(super) fn in_contact(&mut self) {
        let report = reports::unread(self.model.now, Ok(()));
        self.say(Msg::Signals(Box::new(report)));
    }

    pub(super) fn prometheus_is_down(&mut self) {
        let problem = Problem::new("cannot connect", "check");
        let source: SourceId = slug("prometheus");
        self.say(Msg::Rules {
            source: source.clone(),
            result: Err(problem.clone()),
        });
        let report = reports::unread(self.model.now, Err(problem));
        self.say(Msg::Signals(Box::new(report)));
    }

    pub(super) fn incident(&self) -> &Incident {
        self.model.incident().unwrap()
    }

    /// What somebody's intent comes to in the incident on the screen.
    pub(super) fn intended(&self, me: &Person, intent: &Intent) -> Result<Vec<Draft>, Refused> {
        self.intended_at(me, intent, None)
    }

    pub(super) fn intended_at(
        &self,
        me: &Person,
        intent: &Intent,
        occurred: Option<crate::times::StatedTime>,
    ) -> Result<Vec<Draft>, Refused> {
        let (setup, view) = (&self.model.setup, self.model.view().unwrap());
        let context = IntentContext {
            me,
            library: &setup.library,
            severity: &setup.severity,
            facts: SeverityFacts::of(&setup.map, &view.incident, self.model.now),
            now: self.model.now,
            occurred,
            anyway: false,
            reading: None,
            impact: None,
            named: None,
        };
        drafts(view, &context, intent)
    }

    pub(super) fn id(&self) -> IncidentId {
        self.model.current.clone().unwrap()
    }

    pub(super) fn view(&self) -> &IncidentView {
        self.model.view().unwrap()
    }

    pub(super) fn last_entry(&self) -> &Entry {
        self.view().entries.last().unwrap()
    }

    pub(super) fn kinds(&self) -> Vec<&'static str> {
        kinds(self.view())
    }

    /// The same of the first incident, whatever is on the screen.
    pub(super) fn kinds_of_first(&self) -> Vec<&'static str> {
        kinds(self.model.views.values().next().unwrap())
    }

    /// How many entries of a kind the incident on the screen has.
    pub(super) fn count(&self, kind: &str) -> usize {
        self.kinds().iter().filter(|it| **it == kind).count()
    }

    /// The text of the notice; empty without one.
    pub(super) fn notice(&self) -> &str {
        let notice = self.model.ui.notice.as_ref();
        notice.map_or("", |notice| &notice.text)
    }

    /// What is wrong with the open form.
    pub(super) fn fault(&self) -> Option<&str> {
        self.form()?.fault.as_deref()
    }

    pub(super) fn first_alert(&self) -> AlertState {
        self.incident().alerts.values().next().unwrap().state
    }

    pub(super) fn holder(&self, role: Role) -> Option<String> {
        let held = self.incident().roles.get(&role)?;
        Some(self.view().name_of(&held.actor))
    }

    /// Begins a classification and gives these answers; Enter stands for the one that is measured.
    pub(super) fn classify(&mut self, answers: &[&str]) -> &mut Self {
        self.act(Action::Classify);
        for answer in answers {
            match *answer {
                MEASURED => self.enter(),
                answer => self.answer(answer),
            };
        }
        self
    }

    /// The open question of a classification.
    pub(super) fn asks(&self) -> Option<&str> {
        open_question(&self.model).map(|question| question.id.as_str())
    }
}

pub(super) const MEASURED: &str = "(measured)";

fn kinds(view: &IncidentView) -> Vec<&'static str> {
    let entries = view.entries.iter();
    entries.map(|entry| entry.event().unwrap().kind()).collect()
}

pub(super) fn loaded(incident: IncidentId, entries: Vec<Entry>) -> JournalNews {
    let state = Box::new(Incident::from_entries(&entries));
    JournalNews::Loaded {
        incident,
        entries,
        state,
    }
}

pub(super) fn delivery(outcome: PageOutcome) -> Delivery {
    Delivery {
        outcome,
        http: None,
        attempts: 1,
        detail: Safe::default(),
        remote: None,
        retry_after: None,
    }
}

pub(super) fn alert(name: &str, state: AlertState, starts: DateTime<Utc>) -> Alert {
    let severity = match name.starts_with("Checkout") {
        true => "warning",
        false => "critical",
    };
    let labels = BTreeMap::from([
        ("alertname".into(), name.into()),
        ("severity".into(), severity.into()),
    ]);
    alert_from_labels(&labels, &BTreeMap::new(), state, starts)
}

pub(super) fn levels_paged(harness: &Harness) -> Vec<String> {
    let pages = harness.sent.iter();
    pages.map(|page| page.level.to_string()).collect()
}
