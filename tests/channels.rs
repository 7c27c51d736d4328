//! Every channel against a local server that behaves badly on purpose, and mail against a real mail server. What
//! needs Debian's exim is reported as skipped without it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on says where"
)]

#[path = "channels/behaviour.rs"]
mod behaviour;
#[path = "channels/exim.rs"]
mod exim;
#[path = "channels/mail.rs"]
mod mail;
#[path = "channels/messages.rs"]
mod messages;
#[path = "channels/server.rs"]
mod server;

use libtest_mimic::{Arguments, Trial};

fn main() {
    let required = std::env::var_os("WARROOM_REQUIRE_SERVICES").is_some();
    let missing = exim::missing();
    let plain = |name: &str, test: fn()| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    };
    let real = |name: &str, test: fn()| plain(name, test).with_ignored_flag(missing && !required);
    let trials = vec![
        plain(
            "every_channel_does_what_the_table_says_with_every_bad_server",
            behaviour::table,
        ),
        plain(
            "every_try_has_the_same_id_and_a_valid_signature",
            messages::signed,
        ),
        plain(
            "a_refusal_is_final_and_names_no_more_than_the_host",
            messages::host_only,
        ),
        plain(
            "one_blocked_channel_and_one_blocked_message_hold_up_no_other",
            behaviour::blocked,
        ),
        plain(
            "a_connection_that_is_not_made_in_time_has_carried_nothing",
            behaviour::unconnected,
        ),
        plain("the_pace_of_a_channel_is_kept", behaviour::pace),
        plain(
            "a_wait_that_a_receiver_asks_for_is_kept_or_the_message_is_given_up_in_time",
            behaviour::waits,
        ),
        plain("a_success_counts_as_its_words_say", behaviour::answers),
        plain(
            "a_channel_goes_through_the_proxy_that_its_settings_name",
            behaviour::proxied,
        ),
        plain("what_is_previewed_is_what_is_sent", messages::previewed),
        plain(
            "what_does_not_fit_is_counted_in_the_message_and_in_the_record",
            messages::shortened,
        ),
        plain(
            "the_components_of_a_status_page_stand_as_the_incident_does",
            messages::components,
        ),
        plain(
            "a_component_that_a_status_page_does_not_have_is_named",
            messages::unknown_components,
        ),
        plain(
            "pagerduty_gets_trigger_acknowledge_and_resolve_under_one_key",
            messages::pagerduty,
        ),
        plain(
            "a_status_page_is_written_once_and_then_updated_under_its_id",
            messages::statuspage,
        ),
        plain(
            "hostile_words_make_no_mention_no_link_and_no_markup",
            messages::hostile,
        ),
        plain(
            "no_credential_is_in_an_error_or_in_a_refused_setting",
            messages::credentials,
        ),
        plain(
            "a_certificate_that_is_not_trusted_is_said_and_a_named_authority_is_trusted",
            behaviour::tls,
        ),
        plain(
            "every_recipient_of_a_mail_gets_what_its_own_answer_says_and_the_others_are_named",
            mail::table,
        ),
        plain(
            "a_mail_whose_end_is_not_told_is_a_doubt_for_those_recipients_only",
            mail::doubt,
        ),
        plain("a_repetition_gives_nobody_a_second_copy", mail::repeated),
        plain(
            "letters_beyond_ascii_in_an_address_are_found_before_they_are_needed",
            mail::letters_beyond_ascii,
        ),
        real(
            "mail_arrives_once_at_a_real_server_under_one_message_id",
            exim::arrives,
        ),
        real(
            "a_mail_server_that_defers_refuses_or_is_away_is_told_apart",
            exim::misbehaves,
        ),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
