//! Addresses as people write them. A missing scheme means plain HTTP on this machine only.

use super::is_loopback;
use std::borrow::Cow;

/// `localhost:9090` is `http`. For any other host a missing scheme is an error: it decides whether credentials travel
/// unencrypted.
///
/// # Errors
///
/// The corrected address, if the scheme is missing and the host is not this machine.
pub fn with_scheme(text: &str) -> Result<Cow<'_, str>, String> {
    let text = text.trim();
    if text.contains("://") {
        return Ok(text.into());
    }
    let text = text.trim_start_matches('/');
    match is_loopback(host_of(text)) {
        true => Ok(format!("http://{text}").into()),
        false => Err(format!("https://{text}")),
    }
}

/// Of an address without a scheme.
fn host_of(text: &str) -> &str {
    let authority = text.split(['/', '?', '#']).next().unwrap_or_default();
    match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("localhost:9090", Ok("http://localhost:9090"))]
    #[case(" 127.0.0.1:9093/am ", Ok("http://127.0.0.1:9093/am"))]
    #[case("127.1.2.3", Ok("http://127.1.2.3"))]
    #[case("[::1]:9090", Ok("http://[::1]:9090"))]
    #[case("LOCALHOST", Ok("http://LOCALHOST"))]
    #[case("prometheus.localhost:80", Ok("http://prometheus.localhost:80"))]
    #[case("//localhost:9090", Ok("http://localhost:9090"))]
    #[case("http://prom.example:9090", Ok("http://prom.example:9090"))]
    #[case("ftp://x", Ok("ftp://x"))]
    #[case("prom.example:9090/p", Err("https://prom.example:9090/p"))]
    #[case("10.0.0.1:9090", Err("https://10.0.0.1:9090"))]
    #[case("localhost.example:9090", Err("https://localhost.example:9090"))]
    #[case("127.0.0.1.example", Err("https://127.0.0.1.example"))]
    #[case("[fe80::1]:9090", Err("https://[fe80::1]:9090"))]
    fn a_missing_scheme_is_plain_only_on_this_machine(
        #[case] text: &str,
        #[case] becomes: Result<&str, &str>,
    ) {
        let read = with_scheme(text);
        assert_eq!(read.as_deref().map_err(String::as_str), becomes);
    }
}
