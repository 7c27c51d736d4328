//! The application: a model, messages, effects, and the pure update between them; the runtime acts.

pub mod clock;
pub mod custody;
pub(crate) mod dialog;
mod dialogs;
pub mod effect;
mod entering;
pub mod guide;
pub mod incident_view;
pub mod intent;
pub mod message;
pub mod model;
pub(crate) mod outgoing;
mod recording;
pub mod runtime;
pub(crate) mod selectors;
pub mod setup;
pub mod severity_trend;
mod time_shift;
pub mod ui;
pub(crate) mod update;
mod words;

pub use effect::Effect;
pub use incident_view::IncidentView;
pub use message::Msg;
pub use model::Model;
pub use setup::{ALONE, Awaited, Person, Setup};
pub use update::{is_guarded, update};

#[cfg(test)]
mod tests;
