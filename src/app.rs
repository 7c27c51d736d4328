//! The application: a model, messages, effects, and the pure update between them; the runtime acts.

pub mod action;
pub mod board;
pub mod custody;
pub mod effect;
pub mod guide;
pub mod intent;
pub mod leaning;
pub mod message;
pub mod model;
pub mod runtime;
pub mod ui;
pub(crate) mod update;

pub use action::{ACTIONS, Action, Context};
pub use board::Board;
pub use effect::Effect;
pub use message::Msg;
pub use model::{ALONE, Awaited, Model, Person, Setup};
pub use update::update;

#[cfg(test)]
mod tests;
