//! What the HTTP clients of sources and channels share: how they are built, the proxy, and words about errors.

use crate::text::Problem;
use reqwest::{Client, ClientBuilder, NoProxy, Url, redirect};
use std::time::Duration;

/// Follows no redirect: one to another host would disclose credentials, and a login page is no API.
pub fn client_builder(timeout: Duration, connect_timeout: Duration) -> ClientBuilder {
    Client::builder()
        .user_agent(concat!("warroom/", env!("CARGO_PKG_VERSION")))
        .timeout(timeout)
        .connect_timeout(connect_timeout)
        .redirect(redirect::Policy::none())
}

/// For people: the rest of an address may be a secret.
pub fn host_and_port(url: &Url) -> String {
    let port = url.port().map_or(String::new(), |port| format!(":{port}"));
    format!("{}{port}", url.host_str().unwrap_or("?"))
}

/// The causes in one line, without the address: it may be a secret, or contain a query with data.
pub fn error_causes(error: &reqwest::Error) -> String {
    let first = std::error::Error::source(error);
    let causes = std::iter::successors(first, |cause| cause.source());
    let causes: Vec<String> = causes.map(ToString::to_string).collect();
    match causes.is_empty() {
        true => "the request failed".into(),
        false => causes.join(": "),
    }
}

/// Keys and meaning as in Prometheus.
#[derive(Debug, Clone, Default)]
pub struct Proxy {
    pub url: Option<String>,
    /// Hosts that are reached without the proxy, separated by commas.
    pub no_proxy: Option<String>,
    /// True by default.
    pub from_environment: Option<bool>,
}

impl Proxy {
    pub fn problem(&self) -> Option<Problem> {
        let problem = |what, hint| Some(Problem::new(what, hint));
        let Some(url) = &self.url else {
            let hint = "name the proxy too, or set the variable NO_PROXY";
            let unused = self.no_proxy.as_ref();
            return unused.and_then(|_| problem("no_proxy is set without proxy_url", hint));
        };
        if self.from_environment == Some(true) {
            let what = "proxy_url and proxy_from_environment are both set";
            return problem(what, "keep one of them");
        }
        let is_usable = |url: Url| matches!(url.scheme(), "http" | "https") && url.host().is_some();
        if Url::parse(url).is_ok_and(is_usable) {
            return None;
        }
        problem(
            "proxy_url is not an http:// or https:// address",
            "write it as http://proxy.example:3128",
        )
    }

    /// Of the named proxy, for people.
    pub fn host_and_port(&self) -> Option<String> {
        Some(host_and_port(&Url::parse(self.url.as_ref()?).ok()?))
    }

    pub fn apply(&self, builder: ClientBuilder) -> Result<ClientBuilder, reqwest::Error> {
        Ok(match (&self.url, self.from_environment) {
            (Some(url), _) => {
                let without = self.no_proxy.as_deref().and_then(NoProxy::from_string);
                builder.proxy(reqwest::Proxy::all(url)?.no_proxy(without))
            }
            (None, Some(false)) => builder.no_proxy(),
            (None, _) => builder,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::nothing(None, None, None, "")]
    #[case::named(Some("http://proxy.example:3128"), Some("pay.example"), None, "")]
    #[case::no_address(Some("proxy.example"), None, None, "proxy_url is not")]
    #[case::socks(Some("socks5://proxy.example"), None, None, "proxy_url is not")]
    #[case::no_host(Some("http://"), None, None, "proxy_url is not")]
    #[case::hosts_without_a_proxy(None, Some("pay.example"), None, "no_proxy is set")]
    #[case::both(Some("http://proxy.example"), None, Some(true), "are both set")]
    #[case::only_the_named(Some("http://proxy.example"), None, Some(false), "")]
    fn what_cannot_be_honoured_is_refused_by_name(
        #[case] url: Option<&str>,
        #[case] no_proxy: Option<&str>,
        #[case] from_environment: Option<bool>,
        #[case] says: &str,
    ) {
        let proxy = Proxy {
            url: url.map(str::to_string),
            no_proxy: no_proxy.map(str::to_string),
            from_environment,
        };
        let what = proxy.problem().map_or(String::new(), |it| it.what);
        assert!(
            what.contains(says) && what.is_empty() == says.is_empty(),
            "{what}"
        );
    }
}
