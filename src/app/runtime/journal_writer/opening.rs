//! Opens incidents, by one program only: for an alert, or to go on from a damaged journal.

use super::open_journal::OpenJournal;
use super::{Worker, told};
use crate::app::message::{Fate, Msg};
use crate::incident::{Draft, Entry, Incident, IncidentId, Slug};
use crate::journal::{Journal, JournalError, SystemEntropy};

/// A new incident, with its journal open.
type Made = (IncidentId, Journal, Vec<Entry>);

impl Worker {
    /// Opens an incident, unless the data directory has an open one for this service by now.
    pub(super) fn open(&mut self, service: &Slug, drill: bool, drafts: &[Draft]) {
        if let Err(error) = self.store.prepare() {
            self.tell(Msg::NotOpened {
                service: service.clone(),
                why: Some(told(&error)),
            });
            return;
        }
        let store = self.store.clone();
        let made = store.while_intake_is_mine(|| {
            self.scan();
            self.look();
            if self.has_open(service) {
                return Ok(None);
            }
            self.made(drill, drafts).map(Some)
        });
        match made {
            Ok(Some(made)) => self.take_in(made),
            Ok(None) => self.tell(Msg::NotOpened {
                service: service.clone(),
                why: None,
            }),
            Err(error) => {
                self.tell(Msg::NotOpened {
                    service: service.clone(),
                    why: Some(told(&error)),
                });
            }
        }
    }

    /// Opens the incident in which the response to a damaged one goes on, unless another program has.
    pub(super) fn go_on(&mut self, of: &IncidentId, drafts: &[Draft]) {
        let store = self.store.clone();
        let made = store.while_intake_is_mine(|| {
            self.scan();
            if self.continuation(of).is_some() {
                return Ok(None);
            }
            self.made(false, drafts).map(Some)
        });
        match made {
            Ok(Some(made)) => self.take_in(made),
            // It was told of when it was found.
            Ok(None) => {}
            Err(error) => self.tell(Msg::Failed(told(&error))),
        }
    }

    /// A new journal with its first entries, durable.
    fn made(&self, drill: bool, drafts: &[Draft]) -> Result<Made, JournalError> {
        let id = self.store.fresh_id(drill, &mut SystemEntropy)?;
        let (journal, entries) = self.store.create(&id, Box::new(SystemEntropy), drafts)?;
        Ok((id, journal, entries))
    }

    fn take_in(&mut self, (incident, journal, entries): Made) {
        let mut open_journal = OpenJournal::new(self.store.follow(&incident));
        open_journal.incident = Incident::from_entries(&entries);
        open_journal.journal = Some(journal);
        self.books.insert(incident.clone(), open_journal);
        self.tell(Msg::Opened { incident, entries });
    }

    /// The incident in which another one goes on.
    fn continuation(&self, of: &IncidentId) -> Option<&IncidentId> {
        let follows = |open_journal: &OpenJournal| {
            let opened = open_journal.incident.opened.as_ref();
            let earlier = opened.and_then(|opened| opened.data.follows.as_ref());
            earlier.is_some_and(|earlier| earlier.incident == *of)
        };
        let mut books = self.books.iter();
        books
            .find(|(_, open_journal)| follows(open_journal))
            .map(|(id, _)| id)
    }

    fn has_open(&self, service: &Slug) -> bool {
        self.books.iter().any(|(id, open_journal)| {
            !open_journal.incident.status.is_resolved()
                && open_journal.fate != Some(Fate::Over)
                && self.continuation(id).is_none()
                && open_journal
                    .incident
                    .opened
                    .as_ref()
                    .is_some_and(|opened| opened.data.service == *service)
        })
    }
}
