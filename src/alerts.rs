//! Alerts: the alert itself, all alerts as one list, the rules that open incidents, and silences. Pure.

mod alert;
mod gathered;
mod index;
pub mod intake;
mod raw;
mod silence;

pub use alert::{Alert, AlertState, Condition, Start, Unbelievable, believed};
pub use gathered::{Gaps, Gathered, Unread};
pub use index::{AlertIndex, Group, rank};
pub use raw::{LabelSet, RawLabels};
pub use silence::{
    Coverage, Matcher, NewSilence, NotOneSilence, Operator, RowMatchers, Silence, SilenceFault,
    Silences, matchers_of_row, sent_time, written_matchers,
};
