//! What the runtime works with.

use super::calendars::Calendar;
use crate::alerts::intake::Intake;
use crate::app::model::Model;
use crate::app::setup::Awaited;
use crate::data_dir::{DataDir, PeerKind, PublishedClock};
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

pub struct Parts {
    pub store: Arc<dyn JournalStore>,
    /// Where heartbeats and documents go.
    pub data_dir: DataDir,
    pub clock: Arc<dyn Clock>,
    pub sources: Vec<Arc<dyn Source>>,
    pub map: Arc<ServiceMap>,
    pub intake: Intake,
    pub changes: Vec<Arc<dyn ChangeSource>>,
    /// In real time.
    pub poll: Duration,
    pub channels: Vec<Arc<Sender>>,
    pub feed: Option<Arc<Feed>>,
    pub templates: Vec<(DocumentKind, String)>,
    pub me: ActorId,
    pub signer: Option<Signer>,
    pub read_only: bool,
    /// How other processes see this one; an exercise has no peer.
    pub peer: Option<PeerKind>,
    /// Another pager, whose incidents are adopted.
    pub pager: Option<Arc<Pager>>,
    pub calendars: Vec<Calendar>,
    /// Parts without a credential yet.
    pub awaiting: Vec<Awaiting>,
}

/// A console ready to open.
pub struct Launch {
    pub model: Model,
    pub parts: Parts,
    /// Copied text is also written there.
    pub data_dir: PathBuf,
    /// The clock of an exercise, shown to other programs until the console ends.
    pub pace: Option<PublishedClock>,
}

pub struct Awaiting {
    pub what: Awaited,
    /// May take as long as a command may.
    pub open: Box<dyn Fn() -> Result<Late, String> + Send + Sync>,
}

/// A part that became usable after the start.
pub enum Late {
    Channel(Arc<Sender>),
    Pager(Arc<Pager>),
}
