//! Sources as companies guard them: a client certificate demanded by nginx, a proxy, a tenant header behind a path
//! prefix, tokens of an `OAuth2` server. Those that need Debian's servers are reported as skipped without them.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on says where"
)]

#[path = "access/certificates.rs"]
mod certificates;
#[path = "access/guards.rs"]
mod guards;
#[path = "access/tokens.rs"]
mod tokens;

use libtest_mimic::{Arguments, Trial};

fn main() {
    let missing = guards::missing();
    let required = std::env::var_os("WARROOM_REQUIRE_SERVICES").is_some();
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
        real(
            "a_source_that_demands_a_client_certificate_gets_it",
            certificates::demanded,
        ),
        real(
            "a_source_behind_a_proxy_is_reached_through_it",
            guards::through_a_proxy,
        ),
        real(
            "a_tenant_header_a_token_and_a_path_prefix_are_sent",
            guards::tenant_behind_a_prefix,
        ),
        plain(
            "a_token_is_fetched_kept_and_fetched_again_when_it_is_refused",
            tokens::kept_and_renewed,
        ),
        plain(
            "a_client_that_the_token_server_does_not_know_is_told_so",
            tokens::refused,
        ),
        plain(
            "a_token_server_that_wants_the_client_in_the_form_gets_it_there",
            tokens::in_the_form,
        ),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
