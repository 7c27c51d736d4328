//! The writer: one thread that owns the journals, so that no disk ever holds up the screen.
//!
//! What cannot be recorded for now stays in its queue and is tried again, in order; the screen says so.

mod defects;
mod open_journal;
mod opening;

use crate::text::Problem;
use defects::caught;
pub(super) use defects::defect;
use open_journal::{Access, OpenJournal, take};

use crate::app::message::Msg;
use crate::incident::{Draft, IncidentId, ServiceId};
use crate::journal::{
    Appended, Head, JournalError, JournalStore, News, SystemEntropy, fresh_entry_id, record,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::UnboundedSender;

/// How often other processes' entries are looked for.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How often the data directory is looked at for incidents opened by other processes.
const SCAN_EVERY: Duration = Duration::from_secs(1);
/// Pause before what failed is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

enum Task {
    Record {
        incident: IncidentId,
        token: u64,
        drafts: Vec<Draft>,
    },
    Open {
        service: ServiceId,
        drill: bool,
        drafts: Vec<Draft>,
    },
    GoOn {
        of: IncidentId,
        drafts: Vec<Draft>,
    },
    Stop,
}

/// The handle of the writer.
pub struct JournalWriter {
    tasks: Sender<Task>,
    thread: JoinHandle<()>,
    rounds: Arc<AtomicU64>,
}

impl JournalWriter {
    /// Starts the thread. In an exercise only incidents opened by this process are followed.
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

    /// How often the thread went round.
    pub fn rounds(&self) -> &Arc<AtomicU64> {
        &self.rounds
    }

    /// Appends to a journal.
    pub fn record(&self, incident: IncidentId, token: u64, drafts: Vec<Draft>) {
        let _ = self.tasks.send(Task::Record {
            incident,
            token,
            drafts,
        });
    }

    /// Opens an incident.
    pub fn open(&self, service: ServiceId, drill: bool, drafts: Vec<Draft>) {
        let _ = self.tasks.send(Task::Open {
            service,
            drill,
            drafts,
        });
    }

    /// Opens the incident in which the response to a damaged one goes on.
    pub fn go_on(&self, of: IncidentId, drafts: Vec<Draft>) {
        let _ = self.tasks.send(Task::GoOn { of, drafts });
    }

    /// Finishes what was asked for and ends.
    pub fn stop(self) {
        let _ = self.tasks.send(Task::Stop);
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
    /// Incidents over which this program panicked.
    given_up: BTreeSet<IncidentId>,
}

/// What waits to be recorded in one incident.
#[derive(Default)]
struct Queue {
    batches: VecDeque<(u64, Vec<Draft>)>,
    retry_at: Option<Instant>,
}

fn told(error: &JournalError) -> Problem {
    tracing::error!(%error, "the journal");
    Problem::new(error.brief(), error.hint())
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

    fn work(mut self, inbox: &Receiver<Task>) {
        if !self.read_only
            && let Err(error) = self.store.prepare()
        {
            self.tell(Msg::StoreFailed(told(&error)));
        }
        self.scan();
        self.tell(Msg::Ready);
        let mut scanned = Instant::now();
        loop {
            self.rounds.fetch_add(1, Ordering::Relaxed);
            match inbox.recv_timeout(LOOK_EVERY) {
                Ok(Task::Record {
                    incident,
                    token,
                    mut drafts,
                }) => {
                    self.name(&mut drafts);
                    self.queues
                        .entry(incident)
                        .or_default()
                        .batches
                        .push_back((token, drafts));
                    self.drain();
                }
                Ok(Task::Open {
                    service,
                    drill,
                    drafts,
                }) => {
                    if caught(|| self.open(&service, drill, &drafts)).is_none() {
                        let why = Some(defect(&format!("opening an incident of {service}")));
                        self.tell(Msg::NotOpened { service, why });
                    }
                }
                Ok(Task::GoOn { of, drafts }) => {
                    if caught(|| self.go_on(&of, &drafts)).is_none() {
                        let what = format!("going on from the damaged {of}");
                        self.tell(Msg::Failed(defect(&what)));
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    self.drain();
                    self.look();
                }
                Ok(Task::Stop) | Err(RecvTimeoutError::Disconnected) => {
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

    /// Gives each draft its id: what is tried again is recognized by it.
    fn name(&self, drafts: &mut [Draft]) {
        let stamp = self.store.clock().now();
        for draft in drafts {
            draft.id = fresh_entry_id(&stamp, &mut SystemEntropy).ok();
        }
    }

    fn tell(&self, message: Msg) {
        let _ = self.messages.send(message);
    }

    /// Records what is queued, each incident's in its order. What has to wait holds up no other incident.
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
                self.tell(Msg::NotRecorded {
                    incident: id.clone(),
                    token,
                    why: defect("recording"),
                    kept: false,
                });
                continue;
            };
            match appended {
                Ok(Appended { entries, mine }) => {
                    let incident = id.clone();
                    self.tell(Msg::Recorded {
                        incident,
                        entries,
                        token: Some(token),
                        mine,
                    });
                }
                Err(error) => {
                    let kept = error.is_transient();
                    let why = told(&error);
                    self.tell(Msg::NotRecorded {
                        incident: id.clone(),
                        token,
                        why,
                        kept,
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
        let tell = |message: Option<Msg>| {
            if let Some(message) = message {
                let _ = messages.send(message);
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
            // Told at once: were the append below to fail, these would be lost to the screen.
            tell(take(incident, id, News { entries, reread }));
        }
        let Access::Writes(journal) = access else {
            return Ok(Appended::default());
        };
        let at = Head::of_fold(incident);
        let appended = record(journal.as_mut(), &at, drafts, |news| {
            tell(take(incident, id, news));
        })?;
        let entries = appended.entries.iter();
        entries.for_each(|entry| incident.apply(entry));
        Ok(appended)
    }

    /// Other processes' entries, and what is remembered of heads.
    fn look(&mut self) {
        let (mut news, mut failed) = (Vec::new(), Vec::new());
        for (id, open_journal) in &mut self.journals {
            let (store, read_only) = (&self.store, self.read_only);
            let Some(told) = caught(|| open_journal.news(store.as_ref(), read_only, id)) else {
                failed.push(id.clone());
                continue;
            };
            news.extend(told);
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

    /// Incidents of the data directory that are new to this process.
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
                self.tell(Msg::StoreFailed(told(&error)));
                return;
            }
        }
        if std::mem::take(&mut self.store_failed) {
            self.tell(Msg::Ready);
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
                self.tell(Msg::Loaded {
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
