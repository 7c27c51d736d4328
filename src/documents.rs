//! Documents from the journal: a blameless postmortem draft and a factual record.
//!
//! A document is a function of the entries up to N and of the template's digest. It reads no clock, no time
//! zone, no locale and no file; every row cites the entries it rests on.

#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]

mod bundle;
mod chart;
mod contradictions;
mod facts;
mod impact;
mod in_time;
mod people;
mod questions;
mod render;
mod row;
mod sections;
mod sentence;
mod summary;
mod times;
mod windows;
mod words;

pub use bundle::{Bundle, Withheld, bundle};
pub use contradictions::contradiction_rows;
pub use facts::{facts, notable_samples};
pub use people::People;
pub use render::{Document, DocumentKind, TemplateError, render};
pub use sentence::sentence;
pub use times::{is_time_known, replaced_times};
pub use windows::impact_windows;
pub use words::cite;

#[cfg(test)]
mod tests;
