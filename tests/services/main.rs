//! Tests of the whole program in a terminal, beside other servers and tools, and over minutes. What a test needs and does
//! not find is named, and the test is skipped; with `WARROOM_REQUIRE_SERVICES=1` it fails.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on says where"
)]

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "the other tests use the rest of it")]
mod support;

mod access;
mod agreement;
mod budgets;
mod calendars;
mod clock;
mod custody;
mod exim;
mod journeys;
mod setups;
mod shapes;
mod silences;
mod watch;
