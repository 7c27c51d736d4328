//! Tests of the program and the library that need no other program.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on says where"
)]

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "the other tests use the rest of it")]
mod support;

mod bad_answers;
mod changes;
mod channels;
mod command_line;
mod detection;
mod grafana;
mod hostile_calendars;
mod odd_sources;
mod outside_text;
mod past_incidents;
mod printing;
mod readme;
mod rights;
mod silences;
mod sources;
mod whole_texts;
