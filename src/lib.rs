//! `warroom`: a terminal incident-response console for payment companies.
//!
//! The rooms, from the bottom: `text`; `signals`, `scenario`; `incident`; `files`, `process`, `proxy`; `journal`; `sources`,
//! `outbox`, `playbook`, `documents`; `exercise`; `config`; `app`; `cli`, `tui`. A room imports only rooms below it;
//! `tests/architecture` holds that. See `docs/architecture.md`.

pub mod alerts;
pub mod app;
mod approval;
pub mod cli;
pub mod config;
pub mod data_dir;
pub mod documents;
pub mod exercise;
pub mod files;
pub mod incident;
pub mod journal;
pub mod keymap;
pub mod oncall;
pub mod outbox;
pub mod playbook;
pub mod process;
pub mod proxy;
pub mod scenario;
pub mod signals;
pub mod sources;
pub mod text;
pub mod tui;

#[cfg(test)]
mod testing;
