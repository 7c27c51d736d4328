//! Which key does what, in every context: one table feeds routing, footer, help, palette, README and the settings of users.

mod action;
mod context;
mod key;
mod map;
mod table;
mod words;

pub use action::{Action, Edit};
pub use context::{Context, Screen};
pub use key::Key;
pub use map::{Binding, KeyMap, Rebinding};
pub use table::{ROWS, row};

#[cfg(test)]
mod tests;
