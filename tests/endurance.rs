//! Endurance: the whole program is killed, its system calls are made to fail, its disk loses what was not synced,
//! fills up or is not its own, and what it acknowledged must be there all the same.
//!
//! `WARROOM_KILLS=1000` and `WARROOM_HUNT=full` run the long form, `WARROOM_SEED` repeats a run. What needs a tool
//! or a right that is missing is reported as skipped.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on says where"
)]

#[path = "endurance/full.rs"]
mod full;
#[path = "endurance/held.rs"]
mod held;
#[path = "endurance/kills.rs"]
mod kills;
#[path = "endurance/leftover.rs"]
mod leftover;
#[path = "endurance/needs.rs"]
mod needs;
#[path = "endurance/power.rs"]
mod power;
#[path = "endurance/program.rs"]
mod program;
#[path = "endurance/promises.rs"]
mod promises;
#[path = "endurance/rights.rs"]
mod rights;
#[path = "endurance/syscalls.rs"]
mod syscalls;
#[path = "endurance/syscalls_after.rs"]
mod syscalls_after;
#[path = "journeys/terminal.rs"]
#[expect(dead_code, reason = "the journeys use the rest of it")]
mod terminal;
#[path = "endurance/volatile.rs"]
mod volatile;

use libtest_mimic::{Arguments, Trial};
use needs::Need;

fn main() {
    let required = std::env::var_os("WARROOM_REQUIRE_SERVICES").is_some();
    let trial = |name: &str, needs: &[Need], test: fn()| {
        let missing = needs::missing(needs);
        if !missing.is_empty() && !required {
            println!("skipped: {name} needs {}", missing.join(", "));
        }
        Trial::test(name, move || {
            test();
            Ok(())
        })
        .with_ignored_flag(!missing.is_empty() && !required)
    };
    let trials = vec![
        trial(
            "a_program_killed_at_any_moment_loses_no_acknowledged_note",
            &[],
            kills::at_any_moment,
        ),
        trial(
            "a_system_call_that_fails_or_kills_during_notes_loses_no_acknowledged_one",
            &[Need::Strace],
            syscalls::of_notes,
        ),
        trial(
            "a_system_call_that_fails_or_kills_during_opening_leaves_an_incident_or_none",
            &[Need::Strace],
            syscalls::of_opening,
        ),
        trial(
            "a_system_call_that_fails_or_kills_during_an_erasure_leaves_it_done_or_not_begun",
            &[Need::Strace],
            syscalls::of_erasure,
        ),
        trial(
            "a_power_cut_loses_nothing_that_was_acknowledged",
            &[Need::Fuse],
            power::cut,
        ),
        trial(
            "a_power_cut_right_after_opening_keeps_the_incident",
            &[Need::Fuse],
            power::cut_after_opening,
        ),
        trial(
            "a_disk_that_lies_about_syncing_is_caught_by_the_same_check",
            &[Need::Fuse],
            power::lying_disk,
        ),
        trial(
            "a_network_file_system_is_refused_unless_the_configuration_allows_it",
            &[Need::Fuse, Need::Tool("fusermount3")],
            power::network,
        ),
        trial(
            "a_full_disk_is_shown_and_what_waits_is_recorded_once_there_is_space",
            &[Need::Tmpfs],
            full::until_space,
        ),
        trial(
            "a_stopped_process_that_holds_the_lock_is_named_and_reading_goes_on",
            &[Need::Tool("flock")],
            held::by_a_stopped_process,
        ),
        trial(
            "a_writer_stopped_within_an_append_is_named_by_its_number",
            &[Need::Strace],
            held::by_a_stopped_writer,
        ),
        trial(
            "a_data_directory_without_rights_is_named_with_what_to_do",
            &[Need::Root, Need::Tool("setpriv")],
            rights::none,
        ),
        trial(
            "a_journal_that_every_user_may_write_is_mentioned",
            &[],
            rights::open_to_all,
        ),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
