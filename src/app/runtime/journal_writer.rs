//! One thread owns the journals, so that no disk ever blocks the screen. What cannot be recorded yet stays in its queue and
//! is tried again in order; the screen says so.

mod defects;
mod open_journal;
mod opening;

pub(super) use defects::defect;

use crate::app::effect::JournalTask;
use crate::app::message::{JournalNews, Msg};
use crate::incident::{Draft, IncidentId};
use crate::journal::{
    Appended, Head, JournalError, JournalStore, News, SystemEntropy, fresh_entry_id, record,
};
use defects::{caught, problem};
use open_journal::{Access, OpenJournal, fold_again, take_in};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::UnboundedSender;

/// How often other processes' entries are read.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How often the data directory is searched for incidents of other processes.
const SCAN_EVERY: Duration = Duration::from_secs(1);
const RETRY_AFTER: Duration = Duration::from_secs(1);

pub struct JournalWriter {
    tasks: Sender<JournalTask>,
    thread: JoinHandle<()>,
    rounds: Arc<AtomicU64>,
}

impl JournalWriter {
    /// In an exercise only incidents opened by this process are followed.
    pub fn start(
        store: Arc<dyn JournalStore>,
        messages: UnboundedSender<Msg>,
        drill: bool,
        read_only: bool,
    ) -> Self {
        let (tasks, inbox) = channel();
        let worker = Worker::new(store, messages, drill, read_only);
        let rounds = Arc::clone(&worker.rounds);
        let thread = std::thread::spawn(move || worker.work(&inbox));
        Self {
            tasks,
            thread,
            rounds,
        }
    }

    pub fn rounds(&self) -> &Arc<AtomicU64> {
        &self.rounds
    }

    pub fn perform(&self, task: JournalTask) {
        let _ = self.tasks.send(task);
    }

    /// Finishes the tasks that were given, and ends.
    pub fn stop(self) {
        drop(self.tasks);
        let _ = self.thread.join();
    }
}

struct Worker {
    rounds: Arc<AtomicU64>,
    store: Arc<dyn JournalStore>,
    messages: UnboundedSender<Msg>,
    drill: bool,
    read_only: bool,
    journals: BTreeMap<IncidentId, OpenJournal>,
    queues: BTreeMap<IncidentId, Queue>,
    store_failed: bool,
    /// Incidents whose handling panicked.
    given_up: BTreeSet<IncidentId>,
}

#[derive(Default)]
struct Queue {
    batches: VecDeque<(u64, Vec<Draft>)>,
    retry_at: Option<Instant>,
}

impl Worker {
    fn new(
        store: Arc<dyn JournalStore>,
        messages: UnboundedSender<Msg>,
        drill: bool,
        read_only: bool,
    ) -> Self {
        Self {
            rounds: Arc::default(),
            store,
            messages,
            drill,
            read_only,
            journals: BTreeMap::new(),
            queues: BTreeMap::new(),
            store_failed: false,
            given_up: BTreeSet::new(),
        }
    }

    fn work(mut self, inbox: &Receiver<JournalTask>) {
        if !self.read_only
            && let Err(error) = self.store.prepare()
        {
            self.tell(JournalNews::StoreFailed(problem(&error)));
        }
        self.scan();
        self.tell(JournalNews::Ready);
        let mut scanned = Instant::now();
        loop {
            self.rounds.fetch_add(1, Ordering::Relaxed);
            match inbox.recv_timeout(LOOK_EVERY) {
                Ok(task) => self.perform(task),
                Err(RecvTimeoutError::Timeout) => {
                    self.drain();
                    self.look();
                }
                Err(RecvTimeoutError::Disconnected) => {
                    self.queues
                        .values_mut()
                        .for_each(|queue| queue.retry_at = None);
                    self.drain();
                    self.look();
                    return;
                }
            }
            if scanned.elapsed() >= SCAN_EVERY {
                self.scan();
                scanned = Instant::now();
            }
        }
    }

    fn perform(&mut self, task: JournalTask) {
        match task {
            JournalTask::Record {
                incident,
                token,
                mut drafts,
            } => {
                self.name(&mut drafts);
                let queue = self.queues.entry(incident).or_default();
                queue.batches.push_back((token, drafts));
                self.drain();
            }
            JournalTask::Open {
                service,
                drill,
                drafts,
            } => {
                if caught(|| self.open(&service, drill, &drafts)).is_none() {
                    let why = Some(defect(&format!("opening an incident of {service}")));
                    self.tell(JournalNews::NotOpened { service, why });
                }
            }
            JournalTask::Continue { of, drafts } => {
                if caught(|| self.continue_from(&of, &drafts)).is_none() {
                    let what = format!("opening the continuation of the damaged {of}");
                    self.tell(Msg::Failed(defect(&what)));
                }
            }
        }
    }

    /// Gives each draft its id, by which a retry is recognized.
    fn name(&self, drafts: &mut [Draft]) {
        let stamp = self.store.clock().now();
        for draft in drafts {
            draft.id = fresh_entry_id(&stamp, &mut SystemEntropy).ok();
        }
    }

    fn tell(&self, message: impl Into<Msg>) {
        let _ = self.messages.send(message.into());
    }

    /// What is known of the journal may be inconsistent after a panic: this process does not touch it again.
    fn give_up(&mut self, id: &IncidentId) {
        self.journals.remove(id);
        if self.given_up.insert(id.clone()) {
            self.tell(Msg::Failed(defect(&format!("reading the journal of {id}"))));
        }
    }

    /// Each incident has its own queue: one that must wait does not delay the others.
    fn drain(&mut self) {
        let ids: Vec<IncidentId> = self.queues.keys().cloned().collect();
        for id in ids {
            self.drain_one(&id);
        }
        self.queues.retain(|_, queue| !queue.batches.is_empty());
    }

    fn drain_one(&mut self, id: &IncidentId) {
        loop {
            let Some(queue) = self.queues.get_mut(id) else {
                return;
            };
            if queue.retry_at.is_some_and(|at| Instant::now() < at) {
                return;
            }
            queue.retry_at = None;
            let Some((token, drafts)) = queue.batches.pop_front() else {
                return;
            };
            let Some(appended) = caught(|| self.append(id, &drafts)) else {
                self.give_up(id);
                self.tell(JournalNews::NotRecorded {
                    incident: id.clone(),
                    why: defect("recording"),
                });
                continue;
            };
            match appended {
                Ok(Appended { entries, mine }) => self.tell(JournalNews::Recorded {
                    incident: id.clone(),
                    entries,
                    token: Some(token),
                    mine,
                }),
                Err(error) => {
                    let kept = error.is_transient();
                    self.tell(JournalNews::NotRecorded {
                        incident: id.clone(),
                        why: problem(&error),
                    });
                    if let Some(queue) = self.queues.get_mut(id).filter(|_| kept) {
                        queue.batches.push_front((token, drafts));
                        queue.retry_at = Some(Instant::now() + RETRY_AFTER);
                    }
                }
            }
        }
    }

    fn append(&mut self, id: &IncidentId, drafts: &[Draft]) -> Result<Appended, JournalError> {
        let (messages, name) = (self.messages.clone(), id.into());
        let tell = |news: Option<JournalNews>| {
            if let Some(news) = news {
                let _ = messages.send(news.into());
            }
        };
        let OpenJournal {
            access, incident, ..
        } = self
            .journals
            .entry(id.clone())
            .or_insert_with(|| OpenJournal::new(Access::Reads(self.store.follow(&name)), &[]));
        if matches!(access, Access::Reads(_)) {
            let (journal, entries) = self.store.open(&name)?;
            *access = Access::Writes(journal);
            // What this process read before it had the lock may since have been taken back.
            let last = (incident.count as usize).checked_sub(1);
            let reread = last.is_some_and(|last| {
                entries.get(last).map(|entry| &entry.hash) != Some(&incident.head)
            });
            // Reported now: if the append below failed, the screen would never get these.
            tell(take_in(incident, id, News { entries, reread }));
        }
        let Access::Writes(journal) = access else {
            return Ok(Appended::default());
        };
        let at = Head::of_fold(incident);
        let appended = record(journal.as_mut(), &at, drafts, |news| {
            tell(take_in(incident, id, news));
        })?;
        let entries = appended.entries.iter();
        entries.for_each(|entry| incident.apply(entry));
        fold_again(incident, self.store.as_ref(), id);
        Ok(appended)
    }

    /// Reads other processes' entries, and remembers heads.
    fn look(&mut self) {
        let (mut news, mut failed) = (Vec::new(), Vec::new());
        for (id, open_journal) in &mut self.journals {
            let (store, read_only) = (&self.store, self.read_only);
            let Some(found) = caught(|| open_journal.news(store.as_ref(), read_only, id)) else {
                failed.push(id.clone());
                continue;
            };
            news.extend(found);
            let lasting = open_journal
                .lasting()
                .filter(|_| !self.drill && !self.read_only);
            if let Some(position) =
                lasting.filter(|position| position.seq > open_journal.remembered)
            {
                self.store.remember(&id.into(), &position);
                open_journal.remembered = position.seq;
            }
        }
        news.into_iter().for_each(|message| self.tell(message));
        failed.iter().for_each(|id| self.give_up(id));
    }

    /// Finds incidents that are new to this process.
    fn scan(&mut self) {
        if self.drill {
            return;
        }
        match self.store.list() {
            Ok(ids) => {
                for id in ids.into_iter().filter(|id| !id.is_drill()) {
                    let known = self.journals.contains_key(&id) || self.given_up.contains(&id);
                    if !known && caught(|| self.load(id.clone())).is_none() {
                        self.give_up(&id);
                    }
                }
            }
            Err(error) => {
                self.store_failed = true;
                self.tell(JournalNews::StoreFailed(problem(&error)));
                return;
            }
        }
        if std::mem::take(&mut self.store_failed) {
            self.tell(JournalNews::Ready);
        }
    }

    fn load(&mut self, id: IncidentId) {
        let mut follower = self.store.follow(&(&id).into());
        let read = follower.refresh();
        let access = Access::Reads(follower);
        match read {
            // A journal without entries is being created, or its creation was cut off: nothing was
            // acknowledged.
            Ok(news) if news.entries.is_empty() => {}
            Err(JournalError::NotFound { .. }) => {}
            Ok(News { entries, .. }) => {
                let open_journal = OpenJournal::new(access, &entries);
                let state = Box::new(open_journal.incident.clone());
                self.journals.insert(id.clone(), open_journal);
                self.tell(JournalNews::Loaded {
                    incident: id,
                    entries,
                    state,
                });
            }
            Err(error) => {
                let mut open_journal = OpenJournal::new(access, &[]);
                let store = (self.store.as_ref(), self.read_only);
                let damaged = open_journal.spoil(store, &id, &error);
                self.journals.insert(id, open_journal);
                damaged.into_iter().for_each(|message| self.tell(message));
            }
        }
    }
}

#[cfg(test)]
mod tests;
