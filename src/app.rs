//! The application: a model, messages, effects, and the pure update between them; the runtime acts.

pub mod action;
pub mod clock;
pub mod custody;
pub mod effect;
pub mod guide;
pub mod incident_view;
pub mod intent;
pub mod message;
pub mod model;
pub mod runtime;
pub mod severity_trend;
pub mod ui;
pub(crate) mod update;

pub use action::{ACTIONS, Action, Context};
pub use effect::Effect;
pub use incident_view::IncidentView;
pub use message::Msg;
pub use model::{ALONE, Awaited, Model, Person, Setup};
pub use update::{is_guarded, update};

#[cfg(test)]
mod tests;
