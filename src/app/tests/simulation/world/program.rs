//! A program of the world: what it knows, what it waits for, and its way to the journal, which is the store's.

use super::{Plant, World};
use crate::app::effect::JournalTask;
use crate::app::message::JournalNews;
use crate::app::tests::loaded;
use crate::app::tests::simulation::oracle::is_closing;
use crate::app::{Effect, Model, Msg, update};
use crate::config::Digested;
use crate::incident::entry::{Acknowledged, Audience, ClockEvent, MessageEvent, PagingEvent};
use crate::incident::messages::ChannelInfo;
use crate::incident::{Draft, Entry, Event, IncidentId};
use crate::journal::{Head, Journal, JournalName, JournalStore as _, News, record};
use crate::testing::slug;
use crate::text::Problem;
use chrono::{DateTime, Utc};
use std::collections::VecDeque;

pub(super) struct Program {
    pub(super) model: Model,
    journal: Option<Box<dyn Journal>>,
    queue: VecDeque<(u64, Vec<Draft>)>,
    /// Results on their way, with the time of their arrival.
    pub(super) flights: Vec<(DateTime<Utc>, Msg)>,
}

impl World<'_> {
    pub(super) fn begin(&mut self, at: usize) {
        let mut setup = self.stage.setup.clone();
        setup.escalation = Digested::new(self.policy.clone(), "00");
        setup.channels = vec![ChannelInfo {
            name: slug("pager"),
            audiences: vec![Audience::Stakeholders],
            settles: true,
            pages: true,
        }];
        setup.headless = at == 0;
        self.programs[at] = Some(Program {
            model: Model::new(setup, self.stamp()),
            journal: None,
            queue: VecDeque::new(),
            flights: Vec::new(),
        });
        self.hear(at);
        self.say(at, JournalNews::Ready);
    }

    /// A planted defect may hide acknowledgements or the closing.
    fn heard(&self, at: usize, entries: Vec<Entry>) -> Vec<Entry> {
        let hidden = |entry: &Entry| match self.plant {
            Some(Plant::MissesAcknowledgements) => entry.is::<Acknowledged>(),
            Some(Plant::MissesClosing) => is_closing(entry),
            _ => false,
        };
        let mut entries = entries;
        entries.retain(|entry| at != 0 || !hidden(entry));
        entries
    }

    pub(super) fn hear(&mut self, at: usize) {
        let Some(program) = &mut self.programs[at] else {
            return;
        };
        if let Some(journal) = &mut program.journal {
            let news = journal.refresh().unwrap();
            return self.tell(at, news);
        }
        let Some(incident) = self.store.list().unwrap().pop() else {
            return;
        };
        let (journal, entries) = self.store.open(&(&incident).into()).unwrap();
        program.journal = Some(journal);
        let entries = self.heard(at, entries);
        self.say(at, loaded(incident, entries));
    }

    fn tell(&mut self, at: usize, news: News) {
        if news.entries.is_empty() {
            return;
        }
        let incident = self.id.clone();
        let entries = self.heard(at, news.entries);
        let news = match news.reread {
            true => JournalNews::Reread { incident, entries },
            false => JournalNews::recorded_by_others(incident, entries),
        };
        self.say(at, news);
    }

    pub(super) fn say(&mut self, at: usize, msg: impl Into<Msg>) {
        let Some(program) = &mut self.programs[at] else {
            return;
        };
        let mut effects: VecDeque<Effect> = update(&mut program.model, msg.into()).into();
        while let Some(effect) = effects.pop_front() {
            match effect {
                Effect::Journal(JournalTask::Record { token, drafts, .. }) => {
                    if let Some(program) = &mut self.programs[at] {
                        program.queue.push_back((token, drafts));
                    }
                    self.write(at);
                }
                Effect::Journal(JournalTask::Open {
                    service, drafts, ..
                }) => {
                    let opened = self.open(at, &drafts);
                    let news = opened.unwrap_or_else(|why| JournalNews::NotOpened { service, why });
                    self.say(at, news);
                }
                Effect::Send { message, channel } => self.send(at, *message, channel),
                _ => {}
            }
        }
    }

    fn open(&mut self, at: usize, drafts: &[Draft]) -> Result<JournalNews, Option<Problem>> {
        let Some(program) = &mut self.programs[at] else {
            return Err(None);
        };
        if program.journal.is_some() {
            return Err(None);
        }
        // A program that has no journal has seen no incident.
        let nobody = |_: &IncidentId| false;
        match self.store.open_incident(false, drafts, &nobody) {
            Ok(Some(opened)) => {
                program.journal = Some(opened.journal);
                let (incident, entries) = (opened.id, opened.entries);
                self.acknowledged.extend(Head::of(&entries));
                self.look();
                Ok(JournalNews::Opened { incident, entries })
            }
            Ok(None) => Err(None),
            Err(_) => Err(Some(Problem::new("no space", "wait"))),
        }
    }

    pub(super) fn write(&mut self, at: usize) {
        loop {
            let Some(program) = &mut self.programs[at] else {
                return;
            };
            let (Some(journal), Some((token, drafts))) =
                (&mut program.journal, program.queue.pop_front())
            else {
                return;
            };
            let answered = self.entries.iter().any(Entry::is::<Acknowledged>);
            let lost = |draft: &&Draft| is_lost(self.plant, answered, &draft.event);
            let kept: Vec<Draft> = drafts.iter().filter(|d| !lost(d)).cloned().collect();
            let (head, mut before) = (journal.head().clone(), Vec::new());
            let appended = record(journal.as_mut(), &head, &kept, |news| before.push(news));
            let Ok(appended) = appended else {
                program.queue.push_front((token, drafts));
                before.into_iter().for_each(|news| self.tell(at, news));
                return;
            };
            let mut numbers = appended.mine.into_iter();
            let number = |draft| match lost(&draft) {
                true => None,
                false => numbers.next().flatten(),
            };
            let mine = drafts.iter().map(number).collect();
            self.acknowledged.extend(Head::of(&appended.entries));
            self.look();
            before.into_iter().for_each(|news| self.tell(at, news));
            let news = JournalNews::Recorded {
                incident: self.id.clone(),
                entries: self.heard(at, appended.entries),
                token: Some(token),
                mine,
            };
            self.say(at, news);
        }
    }

    /// A person on the command line opens the journal and appends to it.
    pub(super) fn append(&mut self, drafts: &[Draft]) {
        let (mut journal, entries) = self.store.open(&self.name()).unwrap();
        let at = Head::end_of(&entries);
        if let Ok(appended) = journal.append(&at, drafts) {
            self.acknowledged.extend(Head::of(&appended.entries));
            self.look();
        }
    }

    pub(super) fn name(&self) -> JournalName {
        (&self.id).into()
    }

    pub(super) fn look(&mut self) {
        let new = self.store.behind(&self.name(), self.entries.len());
        let truth = (self.now, self.off);
        self.truth.extend(new.iter().map(|_| truth));
        self.entries.extend(new);
    }

    pub(in super::super) fn in_agreement(&self) -> bool {
        let living = self.programs.iter().flatten();
        let mut views = living.filter_map(|program| program.model.views.get(&self.id));
        views.all(|view| view.entries == self.entries)
    }
}

/// What a planted fault keeps out of the journal.
fn is_lost(plant: Option<Plant>, answered: bool, event: &Event) -> bool {
    match (plant, event) {
        (Some(Plant::LosesLevel), Event::Paging(PagingEvent::PageIntended(page))) => {
            page.level == slug("cto")
        }
        (Some(Plant::LosesResults), Event::Paging(PagingEvent::PageResulted(_))) => true,
        (Some(Plant::DropsMessages), Event::Message(MessageEvent::MessageIntended(_))) => true,
        (Some(Plant::NeverRepeats), Event::Paging(PagingEvent::PageIntended(page))) => {
            page.repeat > 0
        }
        (Some(Plant::AcknowledgementStopsAll), Event::Paging(PagingEvent::PageIntended(_))) => {
            answered
        }
        (Some(Plant::DropsClockSteps), Event::Clock(ClockEvent::ClockStepped(_))) => true,
        _ => false,
    }
}
