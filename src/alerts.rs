//! Alerts: the alert itself, all alerts as one list, the rules that open incidents, and silences. Pure.

mod alert;
mod answer;
mod index;
pub mod intake;
mod raw;
mod silence;
mod words;

pub use alert::{Alert, AlertStart, AlertState, Condition, ImplausibleTime, plausible_start};
pub use answer::{AnswerGaps, SourceAlerts, UnreadItems};
pub use index::{AlertGroup, AlertIndex, rank};
pub use raw::{LabelSet, RawLabels};
pub use silence::{
    Coverage, Matcher, MatcherOperator, NewSilence, RowSilenceError, Silence, Silences,
    matchers_of_row, sent_time, written_matchers,
};
