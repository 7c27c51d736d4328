//! Where credentials may go without TLS: to this machine, and to hosts that the configuration names.

use std::fmt;
use std::sync::Arc;

/// The hosts of `allow_plain_http`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlainHttp(Arc<[String]>);

/// A credential that would go over plain HTTP.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {remedy}")]
pub struct PlainHttpProblem {
    /// The credential and its target.
    pub what: String,
    pub remedy: String,
}

impl PlainHttp {
    /// Allows these hosts by their exact names.
    pub fn new(hosts: &[String]) -> Self {
        Self(hosts.iter().map(|host| plain(host)).collect())
    }

    /// Why this text names no host: it must be a name or an address, and nothing else.
    pub fn problem(host: &str) -> Option<&'static str> {
        let fits = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
        let address = host.starts_with('[') && host.ends_with(']');
        let port = host.contains(':') && !address;
        (host.is_empty() || !host.chars().all(fits) || port)
            .then_some("is not the name of a host: write it without scheme, port, path and pattern")
    }

    /// Refuses to send the credential `what` to a host over a scheme without TLS.
    pub fn check(
        &self,
        what: &'static str,
        scheme: &str,
        host: Option<&str>,
    ) -> Result<(), PlainHttpProblem> {
        let host = plain(host.unwrap_or_default());
        let fine = scheme != "http" || is_loopback(&host) || self.0.contains(&host);
        if fine {
            return Ok(());
        }
        let what = format!(
            "it would send {what} to {host} over plain http, readable for everybody on the network"
        );
        let remedy = format!("use https, or add {host} to `allow_plain_http` in config.yaml");
        Err(PlainHttpProblem { what, remedy })
    }
}

impl fmt::Display for PlainHttp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(", "))
    }
}

/// Lower case, without the dot of the root.
fn plain(host: &str) -> String {
    host.trim().trim_end_matches('.').to_ascii_lowercase()
}

/// Whether the host of an address is this machine: requests to it pass no network (RFC 6761, section 6.3).
pub fn is_loopback(host: &str) -> bool {
    let host = plain(host);
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<core::net::IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("localhost", true)]
    #[case("LOCALHOST.", true)]
    #[case("prometheus.localhost", true)]
    #[case("127.0.0.1", true)]
    #[case("127.9.9.9", true)]
    #[case("[::1]", true)]
    #[case("::1", true)]
    #[case("[::ffff:127.0.0.1]", true)]
    #[case("0.0.0.0", false)]
    #[case("10.0.0.1", false)]
    #[case("[fe80::1]", false)]
    #[case("localhost.example", false)]
    #[case("notlocalhost", false)]
    #[case("127.0.0.1.example", false)]
    #[case("", false)]
    fn what_this_machine_is(#[case] host: &str, #[case] is: bool) {
        assert_eq!(is_loopback(host), is, "{host}");
    }

    #[rstest]
    #[case::encrypted("https", "am.example", true)]
    #[case::plain("http", "am.example", false)]
    #[case::named("http", "am.internal.example", true)]
    #[case::named_otherwise("http", "AM.Internal.Example.", true)]
    #[case::below_a_named_one("http", "x.am.internal.example", false)]
    #[case::above_a_named_one("http", "internal.example", false)]
    #[case::this_machine("http", "127.0.0.1", true)]
    #[case::named_address("http", "[fd00::1]", true)]
    fn a_credential_goes_over_plain_http_to_named_hosts_only(
        #[case] scheme: &str,
        #[case] host: &str,
        #[case] fine: bool,
    ) {
        let named = ["am.internal.example", "[fd00::1]"].map(str::to_string);
        let checked = PlainHttp::new(&named).check("a token", scheme, Some(host));
        assert_eq!(checked.is_ok(), fine, "{checked:?}");
    }

    #[rstest]
    #[case("am.internal.example", true)]
    #[case("10.0.0.1", true)]
    #[case("[fd00::1]", true)]
    #[case("http://am.example", false)]
    #[case("am.example:9093", false)]
    #[case("*.example", false)]
    #[case("am.example/x", false)]
    #[case("", false)]
    fn only_the_name_of_a_host_can_be_allowed(#[case] host: &str, #[case] fine: bool) {
        assert_eq!(PlainHttp::problem(host).is_none(), fine);
    }
}
