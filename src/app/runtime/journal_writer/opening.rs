//! Opens incidents and continuations; only one process opens each.

use super::Worker;
use super::defects::problem;
use super::open_journal::{Access, OpenJournal};
use crate::app::message::{DamageOutcome, JournalNews, Msg};
use crate::incident::entry::Opened as OpenedData;
use crate::incident::{Draft, IncidentId, ServiceId};
use crate::journal::{JournalError, Opened};

impl Worker {
    /// Unless the store has an open incident of this service by now. One that is entered afterwards opens beside it.
    pub(super) fn open(&mut self, service: &ServiceId, drill: bool, drafts: &[Draft]) {
        let mut opened = drafts.iter().filter_map(|draft| draft.event.data());
        let afterwards = opened.any(|data: &OpenedData| data.retrospective);
        let made = self.open_unless(drill, drafts, |worker| {
            worker.look();
            !afterwards && worker.has_open(service)
        });
        let why = match made {
            Ok(Some(opened)) => return self.take_in(opened),
            Ok(None) => None,
            Err(error) => Some(problem(&error)),
        };
        let service = service.clone();
        self.tell(JournalNews::NotOpened { service, why });
    }

    /// Unless another program has opened it.
    pub(super) fn continue_from(&mut self, of: &IncidentId, drafts: &[Draft]) {
        let made = self.open_unless(false, drafts, |worker| worker.continuation(of).is_some());
        match made {
            Ok(Some(opened)) => self.take_in(opened),
            // It was reported when it was found.
            Ok(None) => {}
            Err(error) => self.tell(Msg::Failed(problem(&error))),
        }
    }

    /// `is_there` decides by all incidents of the store.
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
            // An exercise, and what this program gave up, has no part in the decision. An incident that is being
            // opened has one: only under the lock it is known which service it is for.
            let read = |id: &IncidentId| self.journals.get(id).is_some_and(OpenJournal::has_begun);
            let seen = |id: &IncidentId| {
                self.drill || id.is_drill() || read(id) || self.given_up.contains(id)
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
        self.tell(JournalNews::Opened { incident, entries });
    }

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

    fn has_open(&self, service: &ServiceId) -> bool {
        self.journals.iter().any(|(id, open_journal)| {
            !open_journal.incident.status.is_resolved()
                && !open_journal.incident.is_retrospective()
                && open_journal.damage_outcome != Some(DamageOutcome::Ended)
                && self.continuation(id).is_none()
                && open_journal
                    .incident
                    .opened
                    .as_ref()
                    .is_some_and(|opened| opened.data.service == *service)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Worker;
    use crate::app::message::{JournalNews, Msg};
    use crate::data_dir::DataDir;
    use crate::incident::Draft;
    use crate::incident::entry::Opened;
    use crate::journal::{Head, JournalStore, SystemClock, SystemEntropy, record};
    use crate::testing::{Story, actor_id};
    use std::sync::Arc;

    #[test]
    fn no_second_incident_is_opened_while_another_process_is_opening_one() {
        let home = tempfile::tempdir().unwrap();
        let store = DataDir::new(home.path(), Arc::new(SystemClock::new()));
        store.prepare().unwrap();
        let story = Story::new();
        let opened = story.drafts.iter().find_map(|d| d.event.data::<Opened>());
        let opened = opened.unwrap().clone();
        let drafts = [Draft::new(&actor_id("warroom"), opened.clone())];
        let (messages, _inbox) = tokio::sync::mpsc::unbounded_channel();
        let mut worker = Worker::new(Arc::new(store.clone()), messages, false, false);

        // The introduction is written alone; the opening follows after this process has looked.
        let begun = store.create_incident(&story.id(), Box::new(SystemEntropy), &[]);
        let (mut journal, entries) = begun.unwrap();
        let mut looks = 0;
        let made = worker.open_unless(false, &drafts, |worker| {
            worker.look();
            let has_open = worker.has_open(&opened.service);
            looks += 1;
            if looks == 1 {
                record(journal.as_mut(), &Head::end_of(&entries), &drafts, |_| {}).unwrap();
            }
            has_open
        });
        assert!(made.unwrap().is_none());
        assert_eq!(looks, 2);
        assert_eq!(store.list().unwrap(), [story.id()]);
    }

    #[test]
    fn one_entered_afterwards_opens_beside_an_open_one_and_keeps_none_from_being_opened() {
        let home = tempfile::tempdir().unwrap();
        let store = DataDir::new(home.path(), Arc::new(SystemClock::new()));
        store.prepare().unwrap();
        let (messages, mut inbox) = tokio::sync::mpsc::unbounded_channel();
        let mut worker = Worker::new(Arc::new(store.clone()), messages, false, false);
        let story = Story::new();
        let opened = story.drafts.iter().find_map(|d| d.event.data::<Opened>());
        let mut open = |retrospective| {
            let data = Opened {
                retrospective,
                ..opened.unwrap().clone()
            };
            let service = data.service.clone();
            let draft = Draft::new(&actor_id("warroom"), data);
            worker.open(&service, false, &[draft]);
            let mut news = std::iter::from_fn(|| inbox.try_recv().ok());
            news.any(|news| matches!(news, Msg::Journal(JournalNews::Opened { .. })))
        };
        let [first, live, second, third] = [true, false, false, true].map(&mut open);
        assert!(first && live && third, "neither keeps the other from it");
        assert!(!second, "the service has a live one");
        assert_eq!(store.list().unwrap().len(), 3);
    }

    #[test]
    fn an_opening_that_was_interrupted_keeps_no_incident_from_being_opened() {
        let home = tempfile::tempdir().unwrap();
        let store = DataDir::new(home.path(), Arc::new(SystemClock::new()));
        store.prepare().unwrap();
        let (messages, _inbox) = tokio::sync::mpsc::unbounded_channel();
        let mut worker = Worker::new(Arc::new(store.clone()), messages, false, false);
        let id = Story::new().id();
        store
            .create_incident(&id, Box::new(SystemEntropy), &[])
            .unwrap();
        let made = worker.open_unless(false, &[], |_| false);
        assert!(made.unwrap().is_some());
    }
}
