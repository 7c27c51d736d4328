//! `warroom`: a terminal incident-response console for payment companies.
//!
//! A module imports only modules below it: `tests/architecture` holds that. `docs/architecture.md` names them from the
//! bottom.

pub mod alerts;
pub mod app;
mod approval;
pub mod cli;
pub mod config;
pub mod data_dir;
pub mod documents;
pub mod exercise;
pub mod files;
pub mod http;
pub mod incident;
pub mod journal;
pub mod keymap;
pub mod oncall;
pub mod outbox;
pub mod playbook;
pub mod process;
pub mod scenario;
pub mod signals;
pub mod sources;
pub mod text;
pub mod tui;

#[cfg(test)]
mod testing;
