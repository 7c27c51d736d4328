use super::Worker;
use crate::app::message::{DamageOutcome, JournalNews, Msg};
use crate::data_dir::DataDir;
use crate::incident::entry::{Corrected, Noted, Opened};
use crate::incident::{Draft, Entry, IncidentId, program};
use crate::journal::{JournalStore, SystemClock};
use crate::testing::{Story, start};
use crate::times::StatedTime;
use chrono::TimeDelta;
use std::sync::Arc;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

struct Home {
    _directory: tempfile::TempDir,
    store: DataDir,
}

impl Home {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = DataDir::new(directory.path(), Arc::new(SystemClock::new()));
        store.prepare().unwrap();
        Self {
            _directory: directory,
            store,
        }
    }

    fn writer(&self) -> (Worker, UnboundedReceiver<Msg>) {
        let (messages, inbox) = unbounded_channel();
        let mut worker = Worker::new(Arc::new(self.store.clone()), messages, false, false);
        worker.scan();
        (worker, inbox)
    }

    fn incident(&self, retrospective: bool) -> IncidentId {
        let story = Story::new();
        let mut drafts = story.drafts.iter();
        let opened = drafts.find_map(|draft| draft.event.data::<Opened>());
        let data = Opened {
            retrospective,
            ..opened.unwrap().clone()
        };
        let note = Draft::new(&program(), Noted {});
        let drafts = [Draft::new(&program(), data), note];
        let opened = self.store.open_incident(false, &drafts, &|_| true);
        opened.unwrap().unwrap().id
    }
}

#[test]
fn a_corrected_start_is_known_to_the_writer_and_to_others_and_entries_follow_it() {
    let home = Home::new();
    let id = home.incident(false);
    let (mut writer, _) = home.writer();
    let (mut other, mut inbox) = home.writer();
    let opened = writer.journals[&id].incident.opened.clone().unwrap();
    let entries = home.store.read(&(&id).into()).unwrap().entries;
    let opening = entries
        .iter()
        .find(|entry| entry.seq == opened.seq)
        .unwrap();
    let time: StatedTime = (start() - TimeDelta::hours(3)).into();
    let data = Corrected {
        seq: opening.seq,
        hash: opening.hash.clone(),
        time: Some(time),
        classified: None,
    };
    writer.append(&id, &[Draft::new(&program(), data)]).unwrap();
    other.look();
    let note = Draft::new(&program(), Noted {});
    for worker in [&mut other, &mut writer] {
        let known = &worker.journals[&id].incident;
        assert_eq!(known.start(), Some(time));
        assert!(!known.is_stale);
        assert_eq!(
            worker
                .append(&id, std::slice::from_ref(&note))
                .unwrap()
                .mine
                .len(),
            1
        );
    }
    let mut reported = std::iter::from_fn(|| inbox.try_recv().ok());
    let corrects = |news: Msg| match news {
        Msg::Journal(JournalNews::Recorded { entries, .. }) => {
            entries.iter().any(Entry::is::<Corrected>)
        }
        _ => false,
    };
    assert!(reported.any(corrects), "the screen folds again by itself");
    let entries = home.store.read(&(&id).into()).unwrap().entries;
    assert_eq!(entries.len(), 6, "nothing else is recorded");
}

#[test]
fn a_damaged_journal_that_was_entered_afterwards_needs_no_continuation() {
    for (retrospective, expected) in [
        (false, DamageOutcome::Continues),
        (true, DamageOutcome::Ended),
    ] {
        let home = Home::new();
        let id = home.incident(retrospective);
        let path = home.store.directory_of(&(&id).into());
        let path = path.join("journal.jsonl");
        let text = std::fs::read_to_string(&path).unwrap();
        let introduction = text.lines().next().unwrap();
        let altered = introduction.replace("warroom", "warloom");
        let text = text.replacen(introduction, &altered, 1);
        std::fs::write(&path, text).unwrap();
        let (_, mut inbox) = home.writer();
        let mut news = std::iter::from_fn(|| inbox.try_recv().ok());
        let outcome = news.find_map(|news| match news {
            Msg::Journal(JournalNews::Damaged { outcome, .. }) => Some(outcome),
            _ => None,
        });
        assert_eq!(outcome, Some(expected), "it is reported in any case");
    }
}
