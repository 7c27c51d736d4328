//! Documents from the journal: a blameless postmortem draft and a factual record.
//!
//! A document is a function of the entries up to N and of the template's digest. It reads no clock, no time
//! zone, no locale and no file; every row cites the entries it rests on.

#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]

mod bundle;
mod chart;
mod facts;
mod impact;
mod people;
mod questions;
mod render;
mod sections;
mod sentence;
mod times;
mod words;

pub use bundle::{Bundle, Withheld, bundle};
pub use facts::{facts, notable_samples};
pub use people::People;
pub use render::{Document, DocumentKind, TemplateError, render};
pub use sentence::sentence;

#[cfg(test)]
mod tests;
