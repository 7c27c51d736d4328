//! Long hunts, each with a short version: kills, failing system calls, power cuts, damaged journals. `WARROOM_HUNT=full` and
//! `WARROOM_KILLS=1000` run the long form, `WARROOM_SEED` repeats a run: `cargo test --release --test long`.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on says where"
)]

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "the other tests use the rest of it")]
mod support;

mod endurance;
mod hunts;
