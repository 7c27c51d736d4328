//! The watch: an alert at three in the morning, with nobody at a screen; killed in every phase of a send; another
//! pager's incidents adopted. `WARROOM_KILLS=1000 cargo test --release --test watch -- killed` is the long form.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on says where"
)]

#[path = "watch/calendar.rs"]
mod calendar;
#[path = "watch/credentials.rs"]
mod credentials;
#[path = "watch/damaged.rs"]
mod damaged;
#[path = "watch/field_mail.rs"]
mod field_mail;
#[path = "watch/killed.rs"]
mod killed;
#[path = "watch/morning.rs"]
mod morning;
#[path = "watch/pager.rs"]
mod pager;
#[expect(dead_code, reason = "the channels use more of it")]
#[path = "channels/server.rs"]
mod server;
#[path = "watch/siege.rs"]
mod siege;
#[path = "watch/stage.rs"]
mod stage;
#[expect(dead_code, reason = "the journeys use more of it")]
#[path = "journeys/terminal.rs"]
mod terminal;

use libtest_mimic::{Arguments, Trial};

fn main() {
    let plain = |name: &str, test: fn()| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    };
    let trials = vec![
        plain(
            "at_three_in_the_morning_the_watch_pages_and_the_engineer_takes_over_with_one_key",
            morning::alone,
        ),
        plain(
            "the_running_program_does_what_the_simulation_says_entry_by_entry",
            morning::foretold,
        ),
        plain(
            "killed_in_any_phase_of_a_send_nothing_is_lost_and_nothing_goes_out_twice_unmarked",
            killed::in_every_phase,
        ),
        plain(
            "another_pagers_incident_is_adopted_and_its_acknowledgement_stops_our_clocks",
            pager::adopted,
        ),
        plain(
            "another_pager_that_stays_silent_is_not_relied_upon",
            pager::silent,
        ),
        plain(
            "whatever_hangs_or_explodes_beside_it_a_critical_alert_is_paged_in_time",
            siege::every_siege,
        ),
        plain(
            "a_log_that_nobody_reads_holds_up_no_page_and_no_end",
            siege::unread,
        ),
        plain(
            "one_refused_address_keeps_the_mail_from_nobody_else",
            field_mail::one_gone,
        ),
        plain(
            "a_credential_that_does_not_come_keeps_nobody_from_being_paged_by_what_is_there",
            credentials::pages,
        ),
        plain(
            "a_credential_that_does_not_come_is_named_by_the_doctor_and_the_check_in_time",
            credentials::told,
        ),
        plain(
            "a_credential_that_comes_later_is_used_without_a_restart",
            credentials::later,
        ),
        plain(
            "a_live_journal_that_is_damaged_goes_on_in_one_incident_and_the_next_level_is_called",
            damaged::while_it_runs,
        ),
        plain(
            "a_journal_that_was_damaged_while_nobody_watched_goes_on_with_the_next_start",
            damaged::while_none_runs,
        ),
        plain(
            "a_damaged_journal_of_a_closed_incident_opens_none",
            damaged::once_closed,
        ),
        plain("a_service_manager_is_told", morning::managed),
        plain(
            "a_calendar_at_an_address_is_read_by_the_check_and_a_gap_in_it_is_found",
            calendar::checked,
        ),
        plain(
            "an_odd_event_is_named_by_the_check_and_the_doctor_and_the_rest_is_used",
            calendar::odd,
        ),
        plain(
            "the_last_good_copy_of_a_calendar_is_in_force_with_its_age_while_there_is_no_newer_one",
            calendar::copied,
        ),
        plain(
            "two_people_who_are_on_call_at_once_are_both_named_on_the_page",
            calendar::both,
        ),
        plain(
            "the_log_of_the_paging_service_names_an_odd_event",
            calendar::named,
        ),
        plain(
            "schedules_that_cannot_be_used_stop_no_other_command_and_no_page",
            calendar::unusable,
        ),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
