//! The only part that acts: it polls sources, writes journals on another thread, sends pages, writes documents, and
//! reports everything as messages.

mod awaited;
mod calendars;
mod document_writer;
mod heartbeat;
mod inquiry;
mod journal_writer;
mod parts;
mod pollers;
mod silencing;
mod supervising;

use super::effect::{CheckId, Checkpoint, Effect, TerminalEffect};
use super::message::Msg;
use crate::data_dir::PeerKind;
use crate::incident::{ChannelId, Entry, IncidentId, SourceId};
use crate::journal::{Clock, UnsignedCheckpoint, signing_time};
use crate::outbox::{Message, Sender};
use crate::sources::Source;
use crate::text::Problem;
use pollers::problem;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

pub use calendars::{Calendar, Copies, Window, at_hand, window};
pub use document_writer::write_documents;
pub use inquiry::inquire;
pub use journal_writer::JournalWriter;
pub use parts::{Awaiting, Late, Launch, Parts};
pub use pollers::refresh;

/// Most messages taken in before time passes and effects are carried out.
pub const BURST: usize = 256;
/// Longest pause between two attempts to open what had no credential at the start.
const AGAIN: Duration = Duration::from_secs(60);

pub struct Runtime {
    parts: Parts,
    /// Channels that came into use after the start.
    late: awaited::LateChannels,
    messages: UnboundedSender<Msg>,
    journal_writer: JournalWriter,
    turns: Arc<AtomicU64>,
    heartbeat: Option<heartbeat::HeartbeatThread>,
    sending: Arc<AtomicU64>,
}

impl Runtime {
    pub fn start(mut parts: Parts) -> (Self, UnboundedReceiver<Msg>) {
        let (messages, inbox) = unbounded_channel();
        let drill = parts.feed.is_some();
        let journal_writer = JournalWriter::start(
            Arc::clone(&parts.store),
            messages.clone(),
            drill,
            parts.read_only,
        );
        pollers::start(&parts, &messages);
        calendars::start(&parts.calendars, &parts.clock, &messages);
        let late = awaited::LateChannels::default();
        for awaiting in std::mem::take(&mut parts.awaiting) {
            let waiting = awaited::Waiting {
                channels: Arc::clone(&late),
                messages: messages.clone(),
                poll: parts.poll,
                longest: match parts.peer {
                    Some(PeerKind::Watch) => AGAIN,
                    // A command may ask the person at this screen each time.
                    Some(PeerKind::Console) | None => 5 * AGAIN,
                },
            };
            tokio::spawn(waiting.follow(awaiting));
        }
        let turns = Arc::new(AtomicU64::new(0));
        let heartbeat = parts.peer.map(|kind| {
            let (data_dir, read_only) = (parts.data_dir.clone(), parts.read_only);
            let loops = [Arc::clone(&turns), Arc::clone(journal_writer.rounds())];
            heartbeat::start(data_dir, kind, read_only, loops, messages.clone())
        });
        (
            Self {
                parts,
                late,
                messages,
                journal_writer,
                turns,
                heartbeat,
                sending: Arc::default(),
            },
            inbox,
        )
    }

    pub fn turn(&self) {
        self.turns.fetch_add(1, Ordering::Relaxed);
    }

    /// Rounds of the journal thread: the number stands still while the disk does not respond.
    pub fn rounds(&self) -> u64 {
        self.journal_writer.rounds().load(Ordering::Relaxed)
    }

    /// The number of messages on their way.
    pub fn sending(&self) -> u64 {
        self.sending.load(Ordering::Relaxed)
    }

    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.parts.clock
    }

    /// Returns what only the terminal can do.
    pub fn perform(&mut self, effect: Effect) -> Option<TerminalEffect> {
        match effect {
            Effect::Journal(task) => self.journal_writer.perform(task),
            Effect::Send { channel, message } => self.send(channel, *message),
            Effect::Ask { check, query } => self.ask(check, query),
            Effect::Silence(wanted) => {
                let source = self.source(&wanted.source);
                tokio::spawn(silencing::create(source, wanted, self.messages.clone()));
            }
            Effect::ExtendSilence(wanted) => {
                let (source, now) = (self.source(&wanted.source), self.parts.clock.now().wall);
                tokio::spawn(silencing::extend(
                    source,
                    wanted,
                    now,
                    self.messages.clone(),
                ));
            }
            Effect::EndSilence { source, id } => {
                let source = self.source(&source);
                tokio::spawn(silencing::end(source, id, self.messages.clone()));
            }
            Effect::Sign(checkpoint) => self.sign(checkpoint),
            Effect::Write { incident, entries } => self.write(incident, entries),
            Effect::Cue(step) => {
                if let Some(feed) = &self.parts.feed {
                    feed.cue(&step);
                }
            }
            Effect::Terminal(effect) => return Some(effect),
        }
        None
    }

    /// Waits until everything requested is durable or has failed.
    pub fn stop(self) {
        self.journal_writer.stop();
        if let Some(heartbeat) = self.heartbeat {
            heartbeat.stop();
        }
    }

    /// One task for each message: a slow one does not delay the others.
    fn send(&self, channel: ChannelId, message: Message) {
        let is_named = |sender: &&Arc<Sender>| *sender.name() == channel;
        let sender = self.parts.channels.iter().find(is_named).cloned();
        let late = || {
            let late = self.late.lock().unwrap_or_else(PoisonError::into_inner);
            late.iter().find(is_named).cloned()
        };
        let sender = sender.or_else(late);
        let (messages, sending) = (self.messages.clone(), Arc::clone(&self.sending));
        sending.fetch_add(1, Ordering::Relaxed);
        tokio::spawn(async move {
            // Without the channel the update records that there is none; nothing is asked of the runtime then.
            let Some(sender) = sender else { return };
            let delivery = sender.send(&message).await;
            sending.fetch_sub(1, Ordering::Relaxed);
            let _ = messages.send(Msg::delivered(message, channel, delivery));
        });
    }

    /// On another thread: a signature may wait for an agent or for a touch.
    fn sign(&self, checkpoint: Checkpoint) {
        let Some(signer) = self.parts.signer.clone() else {
            return;
        };
        let incident = checkpoint.incident;
        let unsigned = UnsignedCheckpoint {
            upto: checkpoint.upto,
            head: checkpoint.head,
            at: signing_time(self.parts.clock.as_ref()),
            reason: checkpoint.reason,
        };
        let (messages, me) = (self.messages.clone(), self.parts.me.clone());
        let store = Arc::clone(&self.parts.store);
        tokio::task::spawn_blocking(move || {
            let name = (&incident).into();
            let draft = Box::new(unsigned.sign(store.as_ref(), &name, &signer, &me));
            let _ = messages.send(Msg::Signed { incident, draft });
        });
    }

    fn source(&self, name: &SourceId) -> Result<Arc<dyn Source>, Problem> {
        let mut sources = self.parts.sources.iter();
        let found = sources.find(|source| source.name() == name).cloned();
        found.ok_or_else(|| {
            let what = format!("there is no source {name}");
            Problem::new(what, "restart the console")
        })
    }

    fn metrics(&self) -> Option<Arc<dyn Source>> {
        let mut sources = self.parts.sources.iter();
        sources.find(|source| source.offers().metrics).cloned()
    }

    fn ask(&self, check: CheckId, query: String) {
        let (messages, source) = (self.messages.clone(), self.metrics());
        tokio::spawn(async move {
            let result = match source {
                Some(source) => source.read(&query).await.map_err(|it| problem(&it)),
                None => Err(Problem::new(
                    "no Prometheus is configured",
                    "name one with --prometheus URL",
                )),
            };
            let _ = messages.send(Msg::Answer { check, result });
        });
    }

    fn write(&self, incident: IncidentId, entries: Vec<Entry>) {
        let (messages, templates) = (self.messages.clone(), self.parts.templates.clone());
        let (data_dir, me) = (self.parts.data_dir.clone(), self.parts.me.clone());
        tokio::task::spawn_blocking(move || {
            let written = write_documents(data_dir.root(), &incident, &entries, &templates, None);
            let message = match written {
                Ok(written) => {
                    let documents = written.into_iter().map(|it| it.recorded_by(&me)).collect();
                    Msg::Written {
                        incident,
                        documents,
                    }
                }
                Err(problem) => Msg::Failed(problem),
            };
            let _ = messages.send(message);
        });
    }
}
