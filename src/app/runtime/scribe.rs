//! The writer: one thread that owns the journals, so that no disk ever holds up the screen.
//!
//! What cannot be recorded for now stays in its queue and is tried again, in order; the screen says so.

use crate::app::message::{Msg, Told};
use crate::incident::{Draft, Entry, Incident, IncidentId, Slug};
use crate::journal::{
    Follower, Journal, JournalError, News, Position, Store, SystemEntropy, fresh_entry_id,
};
use std::collections::{BTreeMap, VecDeque};
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
/// What has stood this long is recorded: no writer holds the lock, and keeps a line back, for so long.
const LASTING: Duration = Duration::from_secs(5);
/// Pause before what failed is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

enum Task {
    Record {
        incident: IncidentId,
        token: u64,
        drafts: Vec<Draft>,
    },
    Open {
        service: Slug,
        drill: bool,
        drafts: Vec<Draft>,
    },
    Stop,
}

/// The handle of the writer.
pub struct Scribe {
    tasks: Sender<Task>,
    thread: JoinHandle<()>,
    rounds: Arc<AtomicU64>,
}

impl Scribe {
    /// Starts the thread. In an exercise only incidents opened by this process are followed.
    pub fn start(
        store: Store,
        messages: UnboundedSender<Msg>,
        drill: bool,
        read_only: bool,
    ) -> Self {
        let (tasks, inbox) = channel();
        let rounds = Arc::new(AtomicU64::new(0));
        let desk = Desk {
            rounds: Arc::clone(&rounds),
            store,
            messages,
            drill,
            read_only,
            books: BTreeMap::new(),
            queues: BTreeMap::new(),
            store_failed: false,
        };
        let thread = std::thread::spawn(move || desk.work(&inbox));
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
    pub fn open(&self, service: Slug, drill: bool, drafts: Vec<Draft>) {
        let _ = self.tasks.send(Task::Open {
            service,
            drill,
            drafts,
        });
    }

    /// Finishes what was asked for and ends.
    pub fn stop(self) {
        let _ = self.tasks.send(Task::Stop);
        let _ = self.thread.join();
    }
}

/// An incident as the writer knows it.
struct Book {
    follower: Follower,
    journal: Option<Journal>,
    incident: Incident,
    /// What was said of its damage, so that it is said once.
    damage: Option<String>,
    /// Where the journal stood at the last look, and since when.
    stood: (Position, Instant),
    /// The entry whose head was remembered last.
    remembered: u64,
}

impl Book {
    fn new(follower: Follower) -> Self {
        Self {
            follower,
            journal: None,
            incident: Incident::default(),
            damage: None,
            stood: (Position::start(), Instant::now()),
            remembered: 0,
        }
    }

    /// The head that was surely recorded: this process's own, or one that has stood for a while. A line read without
    /// the lock may still be taken back.
    fn lasting(&mut self) -> Option<Position> {
        if let Some(journal) = &self.journal {
            return Some(journal.position().clone());
        }
        let now = self.follower.position();
        if *now != self.stood.0 {
            self.stood = (now.clone(), Instant::now());
        }
        (self.stood.1.elapsed() > LASTING).then(|| now.clone())
    }

    /// Takes news in, and makes the message that tells of them; nothing where there are none.
    fn take(&mut self, id: &IncidentId, news: News) -> Option<Msg> {
        let incident = id.clone();
        if news.reread {
            self.incident = Incident::from_entries(&news.entries);
            let entries = news.entries;
            return Some(Msg::Reread { incident, entries });
        }
        let known = self.incident.count;
        let entries: Vec<Entry> = news.entries.into_iter().filter(|e| e.seq > known).collect();
        entries.iter().for_each(|entry| self.incident.apply(entry));
        (!entries.is_empty()).then(|| Msg::Recorded {
            incident,
            entries,
            token: None,
            mine: Vec::new(),
        })
    }
}

struct Desk {
    rounds: Arc<AtomicU64>,
    store: Store,
    messages: UnboundedSender<Msg>,
    drill: bool,
    read_only: bool,
    books: BTreeMap<IncidentId, Book>,
    queues: BTreeMap<IncidentId, Queue>,
    store_failed: bool,
}

/// What waits to be recorded in one incident.
#[derive(Default)]
struct Queue {
    batches: VecDeque<(u64, Vec<Draft>)>,
    retry_at: Option<Instant>,
}

fn told(error: &JournalError) -> Told {
    tracing::error!(%error, "the journal");
    (error.brief(), error.hint())
}

impl Desk {
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
                }) => self.open(&service, drill, &drafts),
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
            match self.append(id, &drafts) {
                Ok((entries, mine)) => {
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

    fn append(
        &mut self,
        id: &IncidentId,
        drafts: &[Draft],
    ) -> Result<(Vec<Entry>, Vec<Option<u64>>), JournalError> {
        let messages = self.messages.clone();
        let tell = |message: Option<Msg>| {
            if let Some(message) = message {
                let _ = messages.send(message);
            }
        };
        let store = &self.store;
        let book = self
            .books
            .entry(id.clone())
            .or_insert_with(|| Book::new(store.follow(id)));
        if book.journal.is_none() {
            let (journal, entries) = store.open(id)?;
            book.journal = Some(journal);
            // What this process read before it had the lock may since have been taken back.
            let agrees = book.incident.count == 0
                || entries
                    .get(book.incident.count as usize - 1)
                    .is_some_and(|entry| entry.hash == book.incident.head);
            let reread = !agrees;
            // Told at once: were the append below to fail, these would be lost to the screen.
            tell(book.take(id, News { entries, reread }));
        }
        let Some(journal) = &mut book.journal else {
            return Ok((Vec::new(), Vec::new()));
        };
        let appended = journal.append(drafts)?;
        let mut entries = appended.entries;
        if appended.reread {
            let reread = true;
            tell(book.take(id, News { entries, reread }));
            entries = Vec::new();
        }
        entries.iter().for_each(|entry| book.incident.apply(entry));
        Ok((entries, appended.mine))
    }

    /// Other processes' entries, and what is remembered of heads.
    fn look(&mut self) {
        let mut news = Vec::new();
        for (id, book) in &mut self.books {
            let read = match &mut book.journal {
                Some(journal) => journal.refresh(),
                None => book.follower.refresh(),
            };
            match read {
                Ok(read) => news.extend(book.take(id, read)),
                Err(error) => {
                    let what = error.to_string();
                    if book.damage.as_ref() != Some(&what) {
                        book.damage = Some(what);
                        let why = told(&error);
                        let incident = id.clone();
                        news.push(Msg::Damaged { incident, why });
                    }
                }
            }
            let lasting = book.lasting().filter(|_| !self.drill && !self.read_only);
            if let Some(position) = lasting.filter(|position| position.seq > book.remembered) {
                self.store.remember(id, &position);
                book.remembered = position.seq;
            }
        }
        news.into_iter().for_each(|message| self.tell(message));
    }

    /// Incidents of the data directory that are new to this process.
    fn scan(&mut self) {
        if self.drill {
            return;
        }
        match self.store.list() {
            Ok(ids) => {
                for id in ids.into_iter().filter(|id| !id.is_drill()) {
                    if !self.books.contains_key(&id) {
                        self.load(id);
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
        let mut book = Book::new(self.store.follow(&id));
        match book.follower.refresh() {
            // A journal without entries is being created, or its creation was cut off: nothing was
            // acknowledged.
            Ok(news) if news.entries.is_empty() => {}
            Ok(news) => {
                let (incident, entries) = (id.clone(), news.entries);
                book.incident = Incident::from_entries(&entries);
                let state = Box::new(book.incident.clone());
                self.books.insert(id, book);
                self.tell(Msg::Loaded {
                    incident,
                    entries,
                    state,
                });
            }
            Err(error) => {
                let (incident, why) = (id.clone(), told(&error));
                book.damage = Some(error.to_string());
                self.books.insert(id, book);
                self.tell(Msg::Damaged { incident, why });
            }
        }
    }

    /// Opens an incident, unless the data directory has an open one for this service by now.
    fn open(&mut self, service: &Slug, drill: bool, drafts: &[Draft]) {
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
            let id = self.store.fresh_id(drill, &mut SystemEntropy)?;
            let (journal, entries) = self.store.create(&id, Box::new(SystemEntropy), drafts)?;
            Ok(Some((id, journal, entries)))
        });
        match made {
            Ok(Some((id, journal, entries))) => {
                let mut book = Book::new(self.store.follow(&id));
                book.incident = Incident::from_entries(&entries);
                book.journal = Some(journal);
                self.books.insert(id.clone(), book);
                self.tell(Msg::Opened {
                    incident: id,
                    entries,
                });
            }
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

    fn has_open(&self, service: &Slug) -> bool {
        self.books.values().any(|book| {
            !book.incident.status.is_resolved()
                && book
                    .incident
                    .opened
                    .as_ref()
                    .is_some_and(|opened| opened.data.service == *service)
        })
    }
}
