//! Journeys: the program as a person uses it, through a pseudo-terminal. Only keystrokes and what the
//! emulator's cells show move them on. Those that need real servers are reported as skipped without them.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on says where"
)]

#[path = "journeys/command.rs"]
mod command;
#[path = "journeys/copying.rs"]
mod copying;
#[path = "journeys/drill.rs"]
mod drill;
#[path = "journeys/hostile.rs"]
mod hostile;
#[path = "journeys/listener.rs"]
mod listener;
#[path = "journeys/real.rs"]
mod real;
#[path = "journeys/services.rs"]
mod services;
#[path = "journeys/terminal.rs"]
mod terminal;
#[path = "journeys/together.rs"]
mod together;
#[path = "journeys/ways_out.rs"]
mod ways_out;

use libtest_mimic::{Arguments, Trial};

fn main() {
    if std::env::var_os("WARROOM_TEST_PANIC").is_some() {
        return ways_out::panic_with_the_terminal_taken();
    }
    let missing = services::missing();
    let required = std::env::var_os("WARROOM_REQUIRE_SERVICES").is_some();
    let has_tmux = std::process::Command::new("tmux")
        .arg("-V")
        .output()
        .is_ok();
    let plain = |name: &str, test: fn()| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    };
    let real = |name: &str, test: fn()| {
        plain(name, test).with_ignored_flag(!missing.is_empty() && !required)
    };
    let trials = vec![
        plain(
            "a_newcomer_finishes_the_drill_with_what_the_screen_says",
            drill::a_newcomer_finishes,
        ),
        plain(
            "the_screen_and_the_command_line_write_one_chain",
            together::one_chain,
        ),
        plain(
            "the_terminal_is_given_back_after_quit",
            ways_out::after_quit,
        ),
        plain(
            "the_terminal_is_given_back_after_sigterm",
            ways_out::after_sigterm,
        ),
        plain(
            "the_terminal_is_given_back_after_sighup",
            ways_out::after_sighup,
        ),
        plain(
            "the_terminal_is_given_back_after_a_panic",
            ways_out::after_a_panic,
        ),
        plain("a_paste_outside_an_input_does_nothing", ways_out::paste),
        plain(
            "what_is_copied_inside_tmux_is_in_its_paste_buffer",
            copying::inside_tmux,
        )
        .with_ignored_flag(!has_tmux && !required),
        real(
            "a_real_incident_from_alert_to_documents",
            real::from_alert_to_documents,
        ),
        real("lost_contact_is_no_recovery", real::lost_contact),
        real(
            "a_hostile_label_reaches_neither_terminal_nor_disk",
            hostile::label,
        ),
    ];
    if !missing.is_empty() && !required {
        println!("skipped, not on the PATH: {}", missing.join(", "));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
