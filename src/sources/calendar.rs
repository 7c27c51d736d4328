//! Fetches a calendar: one GET, bounded in time and size. The address usually contains a token, so errors repeat only
//! the host.

use super::client::client;
use super::error::{SourceError, SourceErrorKind};
use super::settings::HttpSettings;
use crate::http::error_causes;
use crate::incident::SourceId;
use crate::text::secret::Secret;
use crate::text::{PlainHttp, Safe, with_scheme};
use reqwest::Url;
use reqwest::header::LOCATION;
use std::time::Duration;

/// With its redirects.
const WITHIN: Duration = Duration::from_secs(30);
const MAX_REDIRECTS: usize = 5;

/// At most `limit` bytes.
pub async fn fetch_bytes(
    name: &SourceId,
    url: &Secret,
    limit: usize,
    plain_http: &PlainHttp,
) -> Result<Vec<u8>, SourceError> {
    check_address(name, url, plain_http)?;
    let fetching = Fetch { name, limit };
    match tokio::time::timeout(WITHIN, fetching.run(url)).await {
        Ok(fetched) => fetched,
        Err(_) => {
            let host = address(url).and_then(|url| Some(url.host_str()?.to_string()));
            Err(fetching.fail(
                host.as_deref().unwrap_or("?"),
                SourceErrorKind::Timeout(WITHIN),
            ))
        }
    }
}

/// Refuses plain http: the address usually contains a token. One that does not parse is refused when it is fetched.
pub fn check_address(
    name: &SourceId,
    url: &Secret,
    plain_http: &PlainHttp,
) -> Result<(), SourceError> {
    let Some(url) = address(url) else {
        return Ok(());
    };
    let checked = plain_http.check("its address", url.scheme(), url.host_str());
    checked.map_err(|error| {
        let kind = SourceErrorKind::Settings(Safe::line(&error.to_string()));
        SourceError::new(name, url.host_str().unwrap_or("?"), kind)
    })
}

struct Fetch<'a> {
    name: &'a SourceId,
    limit: usize,
}

impl Fetch<'_> {
    fn fail(&self, place: &str, kind: SourceErrorKind) -> SourceError {
        SourceError::new(self.name, place, kind)
    }

    async fn run(&self, url: &Secret) -> Result<Vec<u8>, SourceError> {
        let wrong = || {
            let what = "its url is not an http://, https:// or webcal:// address";
            self.fail("?", SourceErrorKind::Settings(Safe::line(what)))
        };
        let mut url = address(url).ok_or_else(wrong)?;
        let host = url.host_str().ok_or_else(wrong)?.to_string();
        let client = client(&HttpSettings {
            timeout: WITHIN,
            ..HttpSettings::plain(self.name.clone(), &host)
        })?;
        for _ in 0..=MAX_REDIRECTS {
            let response = client.get(url.clone()).send().await.map_err(|error| {
                let why = Safe::line(&error_causes(&error));
                self.fail(&host, SourceErrorKind::Unreachable(why))
            })?;
            let status = response.status();
            if !status.is_redirection() {
                return self.body(&host, response).await;
            }
            let next = response.headers().get(LOCATION);
            let next = next.and_then(|next| url.join(next.to_str().ok()?).ok());
            url = match next.filter(|next| may_follow(&url, next)) {
                Some(next) => next,
                None => {
                    let why =
                        "it redirects to another host or away from https, which is not followed";
                    let kind = SourceErrorKind::Status(status.as_u16(), Safe::line(why));
                    return Err(self.fail(&host, kind));
                }
            };
        }
        let why = format!("it redirects more than {MAX_REDIRECTS} times");
        Err(self.fail(&host, SourceErrorKind::Settings(Safe::line(&why))))
    }

    async fn body(
        &self,
        host: &str,
        mut response: reqwest::Response,
    ) -> Result<Vec<u8>, SourceError> {
        if !response.status().is_success() {
            let status = response.status().as_u16();
            return Err(self.fail(host, SourceErrorKind::Status(status, Safe::default())));
        }
        let mut bytes = Vec::new();
        loop {
            match response.chunk().await {
                Ok(None) => return Ok(bytes),
                Ok(Some(chunk)) if bytes.len() + chunk.len() > self.limit => {
                    return Err(self.fail(host, SourceErrorKind::TooLarge(self.limit)));
                }
                Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
                Err(error) => {
                    let why = Safe::line(&error_causes(&error));
                    return Err(self.fail(host, SourceErrorKind::CutOff(why)));
                }
            }
        }
    }
}

/// `webcal://` is https.
fn address(url: &Secret) -> Option<Url> {
    let text = with_scheme(url.reveal()).ok()?;
    let (scheme, rest) = text.split_once("://")?;
    let scheme = match scheme.to_ascii_lowercase().as_str() {
        "webcal" | "webcals" => "https".to_string(),
        other => other.to_string(),
    };
    let url = Url::parse(&format!("{scheme}://{rest}")).ok()?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}

/// A redirect to another host, or from https to http, would disclose the token of the address.
fn may_follow(from: &Url, to: &Url) -> bool {
    let is_safe = |url: &Url| url.scheme() == "https";
    is_safe(from)
        && is_safe(to)
        && from.host_str() == to.host_str()
        && from.port_or_known_default() == to.port_or_known_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::same_host("https://c.example/a", "https://c.example/b", true)]
    #[case::another_host("https://c.example/a", "https://d.example/a", false)]
    #[case::out_of_https("https://c.example/a", "http://c.example/a", false)]
    #[case::into_https("http://c.example/a", "https://c.example/a", false)]
    #[case::another_port("https://c.example/a", "https://c.example:8443/a", false)]
    #[case::host_below("https://c.example/a", "https://x.c.example/a", false)]
    fn a_redirect_stays_within_https_and_one_host(
        #[case] from: &str,
        #[case] to: &str,
        #[case] follows: bool,
    ) {
        let url = |text| Url::parse(text).unwrap();
        assert_eq!(may_follow(&url(from), &url(to)), follows);
    }

    #[rstest]
    #[case("http://c.example/tok/a.ics", false)]
    #[case("https://c.example/tok/a.ics", true)]
    #[case("webcal://c.example/tok/a.ics", true)]
    #[case("http://named.example/tok/a.ics", true)]
    #[case("http://127.0.0.1:1/tok/a.ics", true)]
    fn an_address_goes_over_plain_http_to_named_hosts_only(#[case] url: &str, #[case] fine: bool) {
        let named = PlainHttp::new(&["named.example".to_string()]);
        let checked = check_address(&SourceId::nearest("c"), &Secret::new(url), &named);
        assert_eq!(checked.is_ok(), fine, "{checked:?}");
        let said = checked.map_or_else(|error| error.to_string(), |()| String::new());
        assert!(!said.contains("tok/"), "{said}");
    }

    #[rstest]
    #[case("webcal://c.example/a.ics", Some("https://c.example/a.ics"))]
    #[case("WEBCALS://c.example/a.ics", Some("https://c.example/a.ics"))]
    #[case("http://c.example/a.ics", Some("http://c.example/a.ics"))]
    #[case("ftp://c.example/a.ics", None)]
    #[case("file:///etc/passwd", None)]
    #[case("c.example/a.ics", None)]
    #[case("localhost:8080/a.ics", Some("http://localhost:8080/a.ics"))]
    fn webcal_is_https(#[case] text: &str, #[case] becomes: Option<&str>) {
        let url = address(&Secret::new(text));
        assert_eq!(url.map(String::from).as_deref(), becomes);
    }
}
