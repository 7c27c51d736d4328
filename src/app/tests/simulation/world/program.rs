//! A program of the world: what it knows, what it waits for, and its way to the journal, which is the store's.

use super::{Plant, World};
use crate::app::{Effect, Model, Msg, update};
use crate::incident::entry::{
    Acknowledged, Audience, ClockEvent, MessageEvent, PagingEvent, ResponseEvent,
};
use crate::incident::{Draft, Entry, Event, Incident, IncidentId, Status};
use crate::journal::{Head, Journal, JournalName, JournalStore as _, News, record};
use crate::testing::slug;
use chrono::{DateTime, Utc};
use std::collections::VecDeque;

pub(super) struct Program {
    pub(super) model: Model,
    /// The incident's journal, once this program has heard of it.
    journal: Option<Box<dyn Journal>>,
    /// Drafts that the store has not taken.
    queue: VecDeque<(u64, Vec<Draft>)>,
    /// Results on their way, with the time of their arrival.
    pub(super) flights: Vec<(DateTime<Utc>, Msg)>,
}

impl World<'_> {
    /// A program starts, and reads what is there.
    pub(super) fn begin(&mut self, at: usize) {
        let mut setup = self.stage.setup.clone();
        setup.escalation = (self.policy.clone(), "00".into());
        setup.channels = vec![crate::incident::messages::Way {
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
        self.say(at, Msg::Ready);
    }

    /// Entries as a program hears of them: with a planted fault, one does not hear of acknowledgements, or of the end.
    fn heard(&self, at: usize, entries: Vec<Entry>) -> Vec<Entry> {
        let deaf_to = |entry: &Entry| match (self.plant, entry.event()) {
            (
                Some(Plant::SendsThoughAnswered),
                Some(Event::Paging(PagingEvent::Acknowledged(_))),
            ) => at == 0,
            (
                Some(Plant::GoesOnAfterClosing),
                Some(Event::Response(ResponseEvent::StatusChanged(data))),
            ) => at == 0 && data.status == Status::Closed,
            _ => false,
        };
        entries
            .into_iter()
            .filter(|entry| !deaf_to(entry))
            .collect()
    }

    /// A program takes in what stands in the journal by now.
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
        let state = Box::new(Incident::from_entries(&entries));
        let message = Msg::Loaded {
            incident,
            entries,
            state,
        };
        self.say(at, message);
    }

    fn tell(&mut self, at: usize, news: News) {
        if news.entries.is_empty() {
            return;
        }
        let incident = self.id.clone();
        let entries = self.heard(at, news.entries);
        let message = match news.reread {
            true => Msg::Reread { incident, entries },
            false => Msg::Recorded {
                incident,
                entries,
                token: None,
                mine: Vec::new(),
            },
        };
        self.say(at, message);
    }

    pub(super) fn say(&mut self, at: usize, msg: Msg) {
        let Some(program) = &mut self.programs[at] else {
            return;
        };
        let mut effects: VecDeque<Effect> = update(&mut program.model, msg).into();
        while let Some(effect) = effects.pop_front() {
            match effect {
                Effect::Record { token, drafts, .. } => {
                    if let Some(program) = &mut self.programs[at] {
                        program.queue.push_back((token, drafts));
                    }
                    self.write(at);
                }
                Effect::Open {
                    service, drafts, ..
                } => {
                    let message = self.open(at, &drafts);
                    let message = message.unwrap_or_else(|why| Msg::NotOpened { service, why });
                    self.say(at, message);
                }
                Effect::Send { message, channel } => self.send(at, *message, channel),
                _ => {}
            }
        }
    }

    fn open(&mut self, at: usize, drafts: &[Draft]) -> Result<Msg, Option<crate::text::Problem>> {
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
                Ok(Msg::Opened { incident, entries })
            }
            Ok(None) => Err(None),
            Err(_) => Err(Some(crate::text::Problem::new("no space", "wait"))),
        }
    }

    /// The first batches of a program's queue go to the journal, as long as the store takes them.
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
            let message = Msg::Recorded {
                incident: self.id.clone(),
                entries: self.heard(at, appended.entries),
                token: Some(token),
                mine,
            };
            self.say(at, message);
        }
    }

    /// Somebody else records: a person by the command line, with a journal opened for it.
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

    /// Writes down when each new entry was recorded in truth.
    pub(super) fn look(&mut self) {
        let new = self.store.behind(&self.name(), self.entries.len());
        let truth = (self.now, self.off);
        self.truth.extend(new.iter().map(|_| truth));
        self.entries.extend(new);
    }

    /// Whether each program that lives has the state that the journal gives.
    pub(in super::super) fn in_agreement(&self) -> bool {
        let living = self.programs.iter().flatten();
        let mut views = living.filter_map(|program| program.model.views.get(&self.id));
        views.all(|view| view.entries == self.entries)
    }
}

/// What a planted fault keeps out of the journal.
fn is_lost(plant: Option<Plant>, answered: bool, event: &Event) -> bool {
    match (plant, event) {
        (Some(Plant::Forget), Event::Paging(PagingEvent::PageIntended(page))) => {
            page.level == slug("cto")
        }
        (Some(Plant::LosesResults), Event::Paging(PagingEvent::PageResulted(_))) => true,
        (Some(Plant::TellsNobody), Event::Message(MessageEvent::MessageIntended(_))) => true,
        (Some(Plant::NeverAgain), Event::Paging(PagingEvent::PageIntended(page))) => {
            page.repeat > 0
        }
        (Some(Plant::StopsTooMuch), Event::Paging(PagingEvent::PageIntended(_))) => answered,
        (Some(Plant::TellsNoStep), Event::Clock(ClockEvent::ClockStepped(_))) => true,
        _ => false,
    }
}
