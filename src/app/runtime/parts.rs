//! What the runtime works with.

use super::calendars::Calendar;
use crate::alerts::intake::Intake;
use crate::app::model::Model;
use crate::app::setup::Awaited;
use crate::data_dir::{DataDir, PeerKind, ShownPace};
use crate::documents::DocumentKind;
use crate::exercise::Feed;
use crate::incident::ActorId;
use crate::journal::{Clock, JournalStore, Signer};
use crate::outbox::Sender;
use crate::signals::map::ServiceMap;
use crate::sources::{ChangeSource, Pager, Source};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// What the runtime works with.
pub struct Parts {
    pub store: Arc<dyn JournalStore>,
    /// Where heartbeats and documents go.
    pub data_dir: DataDir,
    pub clock: Arc<dyn Clock>,
    pub sources: Vec<Arc<dyn Source>>,
    /// The signal's query.
    pub query: String,
    pub map: Arc<ServiceMap>,
    /// How alerts are judged.
    pub intake: Intake,
    /// Where changes are read.
    pub changes: Vec<Arc<dyn ChangeSource>>,
    /// Pause between polls, in real time.
    pub poll: Duration,
    /// The ways out.
    pub channels: Vec<Arc<Sender>>,
    /// The feed, in an exercise.
    pub feed: Option<Arc<Feed>>,
    /// Templates of the documents.
    pub templates: Vec<(DocumentKind, String)>,
    /// Who sits here.
    pub me: ActorId,
    /// What signs here.
    pub signer: Option<Signer>,
    /// Whether nothing may be written.
    pub read_only: bool,
    /// What this program is to the others on the data directory; an exercise is nothing to them.
    pub peer: Option<PeerKind>,
    /// Another pager, whose incidents are adopted.
    pub pager: Option<Arc<Pager>>,
    /// Calendars to be read.
    pub calendars: Vec<Calendar>,
    /// Parts whose credential is not there yet.
    pub awaiting: Vec<Awaiting>,
}

/// A console ready to open: what it knows, and what its runtime works with.
pub struct Launch {
    pub model: Model,
    pub parts: Parts,
    /// The data directory: copied text is put there as well.
    pub data_dir: PathBuf,
    /// In an exercise: its clock, shown to other programs until the console ends.
    pub pace: Option<ShownPace>,
}

/// A part that cannot be used yet.
pub struct Awaiting {
    /// Which.
    pub what: Awaited,
    /// Opens it, or says why it cannot be opened. It may take as long as a command may.
    pub open: Box<dyn Fn() -> Result<Late, String> + Send + Sync>,
}

/// A part that has come into use.
pub enum Late {
    /// A way out.
    Channel(Arc<Sender>),
    /// Another pager.
    Pager(Arc<Pager>),
}
