//! The runtime: the only place that acts. It polls sources, writes journals on a thread of its own, sends
//! pages, writes documents, and reports everything as messages.

mod awaited;
mod calendars;
mod document_writer;
mod heartbeat;
mod journal_writer;
mod parts;
mod pollers;
mod silencing;
mod supervising;

use super::effect::Effect;
use super::message::{Msg, SilenceNews};
use super::update::backfill_window;
use crate::data_dir::PeerKind;
use crate::incident::escalation::Call;
use crate::incident::{ChannelId, Slug, SourceId};
use crate::journal::{Clock, Unsigned, signing_time};
use crate::outbox::{Message, Sender};
use crate::sources::Source;
use crate::text::Problem;
use crate::text::Safe;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

pub use calendars::{Calendar, Copies, Window, at_hand, window};
pub use document_writer::write_documents;
pub use journal_writer::JournalWriter;
pub use parts::{Awaiting, Late, Launch, Parts};
pub use pollers::refresh;

/// Most messages taken in before time passes and effects are carried out.
pub const BURST: usize = 256;
/// Longest pause between two attempts to open what had no credential at the start.
const AGAIN: Duration = Duration::from_secs(60);

/// The runtime, running.
pub struct Runtime {
    parts: Parts,
    /// Channels that came into use after the start.
    late: awaited::LateChannels,
    messages: UnboundedSender<Msg>,
    journal_writer: JournalWriter,
    turns: Arc<AtomicU64>,
    /// Its heartbeat, if it has one.
    signs: Option<heartbeat::Signs>,
    sending: Arc<AtomicU64>,
}

/// What only the terminal can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TerminalEffect {
    /// Ring, for this.
    Bell(Safe),
    /// Put text on the clipboard.
    Copy(String),
    /// To the shell.
    Suspend,
    /// End.
    Quit,
}

impl Runtime {
    /// Starts everything.
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
        let signs = parts.peer.map(|kind| {
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
                signs,
                sending: Arc::default(),
            },
            inbox,
        )
    }

    /// Says that the program's loop turns.
    pub fn turn(&self) {
        self.turns.fetch_add(1, Ordering::Relaxed);
    }

    /// How often the journal's thread went round: it stands still while the disk does not answer.
    pub fn rounds(&self) -> u64 {
        self.journal_writer.rounds().load(Ordering::Relaxed)
    }

    /// Messages on their way.
    pub fn sending(&self) -> u64 {
        self.sending.load(Ordering::Relaxed)
    }

    /// The clock.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.parts.clock
    }

    /// Does what `update` asks for. What only the terminal can do is given back.
    pub fn perform(&mut self, effect: Effect) -> Option<TerminalEffect> {
        match effect {
            Effect::Record {
                incident,
                token,
                drafts,
            } => self.journal_writer.record(incident, token, drafts),
            Effect::Open {
                service,
                drill,
                drafts,
            } => self.journal_writer.open(service, drill, drafts),
            Effect::Continue { of, drafts } => self.journal_writer.go_on(of, drafts),
            Effect::Send { channel, message } => self.send(channel, *message),
            Effect::Ask {
                incident,
                playbook,
                step,
                query,
            } => {
                self.ask(
                    move |result| Msg::Answer {
                        incident,
                        playbook,
                        step,
                        result,
                    },
                    query,
                );
            }
            Effect::Silence {
                source,
                silence,
                expected,
                incident,
            } => {
                let (source, messages) = (self.named(&source), self.messages.clone());
                tokio::spawn(silencing::make(
                    source, silence, expected, incident, messages,
                ));
            }
            Effect::Extend {
                source,
                id,
                until,
                expected,
                incident,
            } => {
                let (source, messages) = (self.named(&source), self.messages.clone());
                let now = self.parts.clock.now().wall;
                let wanted = silencing::Extension {
                    id,
                    until,
                    now,
                    expected,
                };
                tokio::spawn(silencing::extend(source, wanted, incident, messages));
            }
            Effect::Expire { source, id } => self.expire(&source, id),
            Effect::Backfill { incident, until } => self.backfill(incident, until),
            Effect::Sign {
                incident,
                upto,
                head,
                reason,
            } => self.sign(incident, upto, head, reason),
            Effect::Write { incident, entries } => self.write(incident, entries),
            Effect::Cue(step) => {
                if let Some(feed) = &self.parts.feed {
                    feed.cue(&step);
                }
            }
            Effect::Bell(words) => return Some(TerminalEffect::Bell(words)),
            Effect::Copy(text) => return Some(TerminalEffect::Copy(text)),
            Effect::Suspend => return Some(TerminalEffect::Suspend),
            Effect::Quit => return Some(TerminalEffect::Quit),
        }
        None
    }

    /// Waits until what was asked for is durable or has failed, and ends the writer.
    pub fn stop(self) {
        self.journal_writer.stop();
        if let Some(signs) = self.signs {
            signs.stop();
        }
    }

    /// Each message has a task of its own: one that waits holds up no other.
    fn send(&self, channel: ChannelId, message: Message) {
        let named = |post: &&Arc<Sender>| *post.name() == channel;
        let post = self.parts.channels.iter().find(named).cloned();
        let late = || {
            let late = self.late.lock().unwrap_or_else(PoisonError::into_inner);
            late.iter().find(named).cloned()
        };
        let post = post.or_else(late);
        let (messages, sending) = (self.messages.clone(), Arc::clone(&self.sending));
        sending.fetch_add(1, Ordering::Relaxed);
        tokio::spawn(async move {
            // Without the channel the update records that there is none; nothing is asked of the runtime then.
            let Some(post) = post else { return };
            let delivery = post.send(&message).await;
            sending.fetch_sub(1, Ordering::Relaxed);
            let incident = message.about().incident.clone();
            let result = match message {
                Message::Page(page) => Msg::Paged {
                    incident,
                    level: page.level,
                    call: Call {
                        page: page.id,
                        channel,
                        repeat: page.repeat,
                    },
                    delivery,
                },
                Message::Update(update) => Msg::Told {
                    incident,
                    message: update.id,
                    channel,
                    repeat: update.repeat,
                    delivery,
                },
                Message::Settle(settle) => Msg::Told {
                    incident,
                    message: settle.id,
                    channel,
                    repeat: settle.repeat,
                    delivery,
                },
            };
            let _ = messages.send(result);
        });
    }

    /// A signature may wait for an agent or for a touch: it has a thread of its own.
    fn sign(
        &self,
        incident: crate::incident::IncidentId,
        upto: u64,
        head: String,
        reason: crate::incident::entry::Occasion,
    ) {
        let Some(signer) = self.parts.signer.clone() else {
            return;
        };
        let unsigned = Unsigned {
            upto,
            head,
            at: signing_time(self.parts.clock.as_ref()),
            reason,
        };
        let (messages, me) = (self.messages.clone(), self.parts.me.clone());
        let store = Arc::clone(&self.parts.store);
        tokio::task::spawn_blocking(move || {
            let name = (&incident).into();
            let draft = unsigned.sign(store.as_ref(), &name, &signer, &me);
            let draft = Box::new(draft);
            let _ = messages.send(Msg::Signed { incident, draft });
        });
    }

    fn named(&self, name: &SourceId) -> Result<Arc<dyn Source>, Problem> {
        let found = self
            .parts
            .sources
            .iter()
            .find(|source| source.name() == name);
        found.cloned().ok_or_else(|| {
            Problem::new(
                format!("there is no source {name}"),
                "start the console anew",
            )
        })
    }

    fn expire(&self, source: &SourceId, id: Slug) {
        let (messages, source) = (self.messages.clone(), self.named(source));
        tokio::spawn(async move {
            let result = match source {
                Ok(source) => source
                    .expire(&id)
                    .await
                    .map_err(|error| pollers::told(&error)),
                Err(told) => Err(told),
            };
            let _ = messages.send(Msg::Silence(SilenceNews::Ended { id, result }));
        });
    }

    fn metrics(&self) -> Option<Arc<dyn Source>> {
        self.parts
            .sources
            .iter()
            .find(|source| source.offers().metrics)
            .cloned()
    }

    fn ask(
        &self,
        answer: impl FnOnce(Result<crate::signals::Sample, Problem>) -> Msg + Send + 'static,
        query: String,
    ) {
        let (messages, source) = (self.messages.clone(), self.metrics());
        tokio::spawn(async move {
            let result = match source {
                Some(source) => source
                    .read(&query)
                    .await
                    .map_err(|error| pollers::told(&error)),
                None => Err(Problem::new(
                    "no Prometheus is configured",
                    "name one with --prometheus URL",
                )),
            };
            let _ = messages.send(answer(result));
        });
    }

    fn backfill(
        &self,
        incident: crate::incident::IncidentId,
        until: chrono::DateTime<chrono::Utc>,
    ) {
        let Some(source) = self.metrics() else { return };
        let (messages, query) = (self.messages.clone(), self.parts.query.clone());
        tokio::spawn(async move {
            let (from, step) = backfill_window(until);
            let result = source.history(&query, from, until, step).await;
            let result = result.map_err(|error| pollers::told(&error));
            let source = source.name().clone();
            let _ = messages.send(Msg::History {
                incident,
                source,
                result,
            });
        });
    }

    fn write(&self, incident: crate::incident::IncidentId, entries: Vec<crate::incident::Entry>) {
        let (messages, templates) = (self.messages.clone(), self.parts.templates.clone());
        let (directory, me) = (
            self.parts.data_dir.root().to_path_buf(),
            self.parts.me.clone(),
        );
        tokio::task::spawn_blocking(move || {
            let written = write_documents(&directory, &incident, &entries, &templates, None);
            let message = match written {
                Ok(document_writer) => Msg::Written {
                    incident,
                    documents: document_writer
                        .into_iter()
                        .map(|written| written.recorded_by(&me))
                        .collect(),
                },
                Err(told) => Msg::Failed(told),
            };
            let _ = messages.send(message);
        });
    }
}
