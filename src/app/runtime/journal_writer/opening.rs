//! Opens incidents, by one program only: for an alert, or to go on from a damaged journal.

use super::open_journal::{Access, OpenJournal};
use super::{Worker, told};
use crate::app::message::{Fate, Msg};
use crate::incident::{Draft, IncidentId, Slug};
use crate::journal::{JournalError, Opened};

impl Worker {
    /// Opens an incident, unless the store has an open one for this service by now.
    pub(super) fn open(&mut self, service: &Slug, drill: bool, drafts: &[Draft]) {
        let made = self.open_unless(drill, drafts, |worker| {
            worker.look();
            worker.has_open(service)
        });
        let why = match made {
            Ok(Some(opened)) => return self.take_in(opened),
            Ok(None) => None,
            Err(error) => Some(told(&error)),
        };
        let service = service.clone();
        self.tell(Msg::NotOpened { service, why });
    }

    /// Opens the incident in which the response to a damaged one goes on, unless another program has.
    pub(super) fn go_on(&mut self, of: &IncidentId, drafts: &[Draft]) {
        let made = self.open_unless(false, drafts, |worker| worker.continuation(of).is_some());
        match made {
            Ok(Some(opened)) => self.take_in(opened),
            // It was told of when it was found.
            Ok(None) => {}
            Err(error) => self.tell(Msg::Failed(told(&error))),
        }
    }

    /// Opens an incident, unless `is_there` says of all that the store has that none is to be opened.
    fn open_unless(
        &mut self,
        drill: bool,
        drafts: &[Draft],
        mut is_there: impl FnMut(&mut Self) -> bool,
    ) -> Result<Option<Opened>, JournalError> {
        self.store.prepare()?;
        loop {
            self.scan();
            if is_there(self) {
                return Ok(None);
            }
            // An exercise, and what this program gave up, has no part in the decision.
            let seen = |id: &IncidentId| {
                self.drill
                    || id.is_drill()
                    || self.journals.contains_key(id)
                    || self.given_up.contains(id)
            };
            let opened = self.store.open_incident(drill, drafts, &seen)?;
            if opened.is_some() {
                return Ok(opened);
            }
        }
    }

    fn take_in(&mut self, opened: Opened) {
        let Opened {
            id: incident,
            journal,
            entries,
        } = opened;
        let open_journal = OpenJournal::new(Access::Writes(journal), &entries);
        self.journals.insert(incident.clone(), open_journal);
        self.tell(Msg::Opened { incident, entries });
    }

    /// The incident in which another one goes on.
    fn continuation(&self, of: &IncidentId) -> Option<&IncidentId> {
        let follows = |open_journal: &OpenJournal| {
            let opened = open_journal.incident.opened.as_ref();
            let earlier = opened.and_then(|opened| opened.data.follows.as_ref());
            earlier.is_some_and(|earlier| earlier.incident == *of)
        };
        let mut journals = self.journals.iter();
        journals
            .find(|(_, open_journal)| follows(open_journal))
            .map(|(id, _)| id)
    }

    fn has_open(&self, service: &Slug) -> bool {
        self.journals.iter().any(|(id, open_journal)| {
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
