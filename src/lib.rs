//! `warroom`: a terminal incident-response console for payment companies.
//!
//! A module imports only modules below it: `tests/architecture` holds that. `docs/architecture.md` names them from the
//! bottom.

pub(crate) mod alerts;
pub(crate) mod app;
mod approval;
pub(crate) mod cli;
pub(crate) mod config;
pub(crate) mod data_dir;
pub(crate) mod documents;
pub(crate) mod exercise;
pub(crate) mod files;
pub(crate) mod http;
pub(crate) mod incident;
pub(crate) mod journal;
pub(crate) mod keymap;
pub(crate) mod oncall;
pub(crate) mod outbox;
pub(crate) mod playbook;
pub(crate) mod process;
pub(crate) mod scenario;
pub(crate) mod signals;
pub(crate) mod sources;
pub(crate) mod text;
pub(crate) mod times;
pub(crate) mod tui;

#[cfg(test)]
mod testing;

pub use cli::{Ending, main, report, report_faults};
pub use tui::open;

/// What integration tests, benches and fuzz targets use.
pub mod harness {
    pub use crate::alerts::intake::{Intake, IntakeAction, IntakePolicy, IntakeRule};
    pub use crate::alerts::{
        Alert, AlertIndex, AlertStart, AlertState, Condition, Matcher, NewSilence, RowSilenceError,
        SourceAlerts, matchers_of_row,
    };
    pub use crate::app::runtime::refresh;
    pub use crate::cli::command;
    pub use crate::data_dir::DataDir;
    pub use crate::incident::entry::{
        ActorIntroduced, Audience, LevelArmed, Noted, Opened, PageOutcome, Proof, Sealed, Settled,
        SignalSeen, field,
    };
    pub use crate::incident::{ActorId, Draft, IncidentId, LevelId, Status};
    pub use crate::journal::{
        Clock, Finding, FindingKind, Head, JournalName, JournalStore, KnownHead, Prompt, Signer,
        Signers, Stamp, SubjectKind, SystemClock, SystemEntropy, VerificationContext,
        VerificationReport, check_line, checkpoint_text, encode, hex_digest, names_in_archive,
        record, verify,
    };
    pub use crate::keymap::{Context, ROWS};
    pub use crate::oncall::{CalendarEvents, MAX_CALENDAR, Zone};
    pub use crate::outbox::{
        About, ChannelSettings, Credentials, Delivery, Message, Page, Sender, Settle, Update, sign,
    };
    pub use crate::signals::budget::{WINDOWS, burn_over};
    pub use crate::signals::change::{ChangeKind, ChangeSet};
    pub use crate::signals::closing::ClosingDays;
    pub use crate::signals::detection::{
        Baseline, LabelSplit, Onset, find_volume_drop, find_with_parts,
    };
    pub use crate::signals::map::ServiceMap;
    pub use crate::signals::monitor::{MonitorReport, SignalDetail, SignalMonitor, SignalStanding};
    pub use crate::signals::series::{Answer, LabelledSample, LabelledSeries, QueryRange};
    pub use crate::signals::tally::{FIVE, RatioSeries};
    pub use crate::signals::{Cause, Reading, Sample};
    pub use crate::sources::{
        Alertmanager, ChangeQuery, ChangeSource, CommandChanges, FileChanges, GrafanaAnnotations,
        HttpSettings, IGNORED, OAuth2, Offers, Prometheus, QueryChanges, ResolvedAuth, Source,
        SourceError, SourceErrorKind, Tls, Tokens, alert_from_labels, read_alerts, read_back,
    };
    pub use crate::text::secret::{Secret, SecretRef};
    pub use crate::text::{PathId, PlainHttp, Problem, Safe, ServiceId, Slug, SourceId};
    pub use crate::tui::TerminalScreen;
}
