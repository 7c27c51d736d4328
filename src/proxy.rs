//! The proxy of HTTP requests: from the settings, from the environment, or none. The keys and their meaning are those
//! of Prometheus.

use reqwest::{ClientBuilder, NoProxy, Url};

/// What the settings say.
#[derive(Debug, Clone, Copy, Default)]
pub struct Proxy<'s> {
    /// `proxy_url`.
    pub url: Option<&'s str>,
    /// `no_proxy`: hosts that are reached without the proxy, separated by commas.
    pub none: Option<&'s str>,
    /// `proxy_from_environment`; true by default.
    pub from_environment: Option<bool>,
}

impl Proxy<'_> {
    pub fn fault(&self) -> Option<(&'static str, &'static str)> {
        let Some(url) = self.url else {
            return self.none.map(|_| {
                (
                    "no_proxy is set without proxy_url",
                    "name the proxy too, or set the variable NO_PROXY",
                )
            });
        };
        if self.from_environment == Some(true) {
            return Some((
                "proxy_url and proxy_from_environment are both set",
                "keep one of them",
            ));
        }
        let parsed = Url::parse(url).ok();
        let good = parsed
            .is_some_and(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some());
        (!good).then_some((
            "proxy_url is not an http:// or https:// address",
            "write it as http://proxy.example:3128",
        ))
    }

    /// Host and port of the named proxy, for people.
    pub fn place(&self) -> Option<String> {
        let url = Url::parse(self.url?).ok()?;
        let port = url.port().map_or(String::new(), |port| format!(":{port}"));
        Some(format!("{}{port}", url.host_str()?))
    }

    pub fn apply(&self, builder: ClientBuilder) -> Result<ClientBuilder, reqwest::Error> {
        Ok(match (self.url, self.from_environment) {
            (Some(url), _) => {
                let without = self.none.and_then(NoProxy::from_string);
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
        #[case] none: Option<&str>,
        #[case] from_environment: Option<bool>,
        #[case] says: &str,
    ) {
        let proxy = Proxy {
            url,
            none,
            from_environment,
        };
        let fault = proxy.fault().map_or("", |(what, _)| what);
        assert!(
            fault.contains(says) && fault.is_empty() == says.is_empty(),
            "{fault}"
        );
    }
}
