//! One client for the channels that speak HTTP: bounded, without redirects, and silent about its address.

use super::post::Attempt;
use super::retry::Verdict;
use super::settings::{ChannelError, Credentials};
use crate::text::secret::Secret;
use crate::text::{Safe, is_loopback};
use reqwest::{Certificate, Client, RequestBuilder, Url, redirect};
use std::path::Path;
use std::time::Duration;

/// Longest wait for an answer to one try.
const TIMEOUT: Duration = Duration::from_secs(5);
/// … of which the connection may take so long. One that is not made in time has carried nothing: that is known, and
/// worth another try.
const CONNECT: Duration = Duration::from_secs(3);
/// Most bytes kept of an answer.
const MAX_ANSWER: usize = 8 * 1024;

/// An address with its client.
#[derive(Clone)]
pub(super) struct Http {
    pub(super) url: Url,
    pub(super) client: Client,
}

/// An answer.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) retry_after: Option<Duration>,
    pub(super) body: String,
    /// Whether the body came to its end.
    whole: bool,
}

impl Http {
    /// Checks the address. What is wrong with it is said without repeating it.
    pub(super) fn new(
        url: &Secret,
        ca_file: Option<&Path>,
        credentials: &Credentials<'_>,
    ) -> Result<Self, ChannelError> {
        let url = Url::parse(url.reveal()).map_err(|_| ChannelError::Address)?;
        let plain = url.username().is_empty() && url.password().is_none();
        if !matches!(url.scheme(), "http" | "https") || !plain || url.host_str().is_none() {
            return Err(ChannelError::Address);
        }
        credentials.may_go_to(&url)?;
        let mut builder = Client::builder()
            .user_agent(concat!("warroom/", env!("CARGO_PKG_VERSION")))
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT)
            .redirect(redirect::Policy::none());
        // A proxy of the environment is not for this machine: what goes there would leave it.
        if url.host_str().is_some_and(is_loopback) {
            builder = builder.no_proxy();
        }
        if let Some(path) = ca_file {
            let unusable = |why: String| ChannelError::Certificates(path.to_path_buf(), why);
            let pem = crate::files::trusted_bytes(path, crate::files::MAX_TEXT)
                .map_err(|error| unusable(error.to_string()))?;
            let certificates =
                Certificate::from_pem_bundle(&pem).map_err(|_| unusable("it is not PEM".into()))?;
            builder = builder.tls_certs_merge(certificates);
        }
        let client = builder
            .build()
            .map_err(|error| ChannelError::Client(causes(&error)))?;
        Ok(Self { url, client })
    }

    /// The receiver's host, for people. The rest of the address may be a secret.
    pub(super) fn place(&self) -> String {
        let port = self
            .url
            .port()
            .map_or(String::new(), |port| format!(":{port}"));
        format!("{}{port}", self.url.host_str().unwrap_or("?"))
    }

    /// The address with a path put in the place of its own.
    pub(super) fn at(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        let base = url.path().trim_end_matches('/').to_string();
        url.set_path(&format!("{base}{path}"));
        url
    }

    /// Sends a request, and judges the answer, or the lack of one.
    pub(super) async fn send(
        &self,
        request: RequestBuilder,
        judge: impl Fn(&Answer) -> Verdict + Send,
    ) -> Attempt {
        match self.answer(request).await {
            Ok(answer) => {
                let first = answer.body.lines().next().unwrap_or_default();
                let verdict = match judge(&answer) {
                    // It was about to say yes or no.
                    Verdict::Refused if !answer.whole && answer.status < 300 => Verdict::Ambiguous,
                    verdict => verdict,
                };
                Attempt {
                    verdict,
                    http: Some(answer.status),
                    detail: Safe::line(&format!(
                        "{} answered {} {first}",
                        self.place(),
                        answer.status
                    )),
                    remote: None,
                }
            }
            Err(attempt) => attempt,
        }
    }

    /// Sends a request; an answer that does not come is an attempt already.
    pub(super) async fn answer(&self, request: RequestBuilder) -> Result<Answer, Attempt> {
        let failed = |verdict, what: String| Attempt {
            verdict,
            http: None,
            detail: Safe::line(&what),
            remote: None,
        };
        let mut response = request.send().await.map_err(|error| {
            let place = self.place();
            if error.is_connect() {
                // The request has not left: nothing can have arrived.
                return failed(
                    Verdict::NotTaken(None),
                    format!("cannot connect to {place}: {}", causes(&error)),
                );
            }
            let what = if error.is_timeout() {
                "no answer in time from"
            } else {
                "broken off by"
            };
            failed(Verdict::Ambiguous, format!("{what} {place}"))
        })?;
        let status = response.status().as_u16();
        let header = response
            .headers()
            .get("retry-after")
            .and_then(|value| value.to_str().ok());
        let retry_after = header
            .and_then(|value| value.trim().parse().ok())
            .map(Duration::from_secs);
        let mut said = Vec::new();
        let mut whole = true;
        while said.len() < MAX_ANSWER {
            match response.chunk().await {
                Ok(Some(chunk)) => said.extend_from_slice(&chunk),
                Ok(None) => break,
                Err(_) => {
                    whole = false;
                    break;
                }
            }
        }
        said.truncate(MAX_ANSWER);
        let body = String::from_utf8_lossy(&said).into_owned();
        // A success is told by the status; what a broken-off body would have said is not known.
        let body = if whole {
            body
        } else {
            format!("{body} (answer cut off)")
        };
        Ok(Answer {
            status,
            retry_after,
            body,
            whole,
        })
    }
}

/// The causes of an error in one line, without the address.
fn causes(error: &reqwest::Error) -> String {
    let mut words = Vec::new();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        words.push(error.to_string());
        cause = error.source();
    }
    words.join(": ")
}
