//! The client of the channels that speak HTTP: bounded, without redirects. It never reports its whole address.

use super::access::HttpAccess;
use super::answer::{ChannelAnswer, MAX_ANSWER};
use super::channel::Attempt;
use super::credentials::{ChannelError, Credentials};
use super::reply;
use super::retry::DeliveryVerdict;
use crate::text::secret::Secret;
use crate::text::{Safe, is_loopback, retry_after, with_scheme};
use chrono::{DateTime, Utc};
use reqwest::{Certificate, Client, RequestBuilder, Url, redirect};
use std::time::Duration;

/// For one try.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The connection's part of `TIMEOUT`. A connection that is not made in time has sent nothing: that is known, and worth
/// another try.
const CONNECT: Duration = Duration::from_secs(3);

#[derive(Clone)]
pub(super) struct ChannelHttp {
    pub(super) url: Url,
    pub(super) client: Client,
    /// Host and port of the configured proxy.
    proxy: Option<String>,
}

impl ChannelHttp {
    /// An error does not repeat the address.
    pub(super) fn new(
        url: &Secret,
        access: &HttpAccess,
        credentials: &Credentials<'_>,
    ) -> Result<Self, ChannelError> {
        let proxy = access.proxy();
        if let Some((what, hint)) = proxy.fault() {
            return Err(ChannelError::Proxy(what, hint));
        }
        let url = with_scheme(url.reveal()).map_err(|_| ChannelError::Scheme)?;
        let url = Url::parse(&url).map_err(|_| ChannelError::Address)?;
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
        // A proxy of the environment is not for this machine: the request would leave it.
        if proxy.url.is_none() && url.host_str().is_some_and(is_loopback) {
            builder = builder.no_proxy();
        }
        if let Some(path) = &access.ca_file {
            let unusable = |why: String| ChannelError::Certificates(path.clone(), why);
            let pem = crate::files::trusted_bytes(path, crate::files::MAX_TEXT)
                .map_err(|error| unusable(error.to_string()))?;
            let certificates =
                Certificate::from_pem_bundle(&pem).map_err(|_| unusable("it is not PEM".into()))?;
            builder = builder.tls_certs_merge(certificates);
        }
        let unusable = |error| ChannelError::Client(causes(&error));
        let builder = proxy.apply(builder).map_err(unusable)?;
        let client = builder.build().map_err(unusable)?;
        let proxy = proxy.place();
        Ok(Self { url, client, proxy })
    }

    /// The receiver's host. The rest of the address may be a secret.
    pub(super) fn place(&self) -> String {
        let port = self
            .url
            .port()
            .map_or(String::new(), |port| format!(":{port}"));
        format!("{}{port}", self.url.host_str().unwrap_or("?"))
    }

    /// The address with another path.
    pub(super) fn at(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        let base = url.path().trim_end_matches('/').to_string();
        url.set_path(&format!("{base}{path}"));
        url
    }

    /// Sends a request, and judges the answer or its absence.
    pub(super) async fn send(
        &self,
        request: RequestBuilder,
        judge: impl Fn(&ChannelAnswer) -> DeliveryVerdict + Send,
    ) -> Attempt {
        match self.answer(request).await {
            Ok(answer) => {
                let verdict = match judge(&answer) {
                    // The body was cut off before it said yes or no.
                    DeliveryVerdict::Refused if !answer.whole && answer.status < 300 => {
                        DeliveryVerdict::Ambiguous
                    }
                    verdict => verdict,
                };
                self.attempt(&answer, verdict, &answer.summary())
            }
            Err(attempt) => attempt,
        }
    }

    /// Adds to the detail what the status alone does not say.
    pub(super) fn attempt(
        &self,
        answer: &ChannelAnswer,
        verdict: DeliveryVerdict,
        said: &str,
    ) -> Attempt {
        let but = match (answer.status, &verdict) {
            (200..=299, DeliveryVerdict::Refused) => ", which is a refusal",
            (200..=299, DeliveryVerdict::NotTaken(_)) => ", which asks to come again",
            (200..=299, DeliveryVerdict::Ambiguous) => ", which is neither a yes nor a no",
            _ => "",
        };
        let asked = match &verdict {
            DeliveryVerdict::NotTaken(Some(pause)) => {
                format!(
                    "; it asks for {} s without requests",
                    pause.as_secs_f64().ceil()
                )
            }
            _ => String::new(),
        };
        let line = format!("{} answered {} {said}", self.place(), answer.status);
        Attempt {
            verdict,
            http: Some(answer.status),
            detail: Safe::line(&format!("{}{but}{asked}", line.trim_end())),
            remote: None,
        }
    }

    /// Without an answer the result is an attempt.
    pub(super) async fn answer(&self, request: RequestBuilder) -> Result<ChannelAnswer, Attempt> {
        let mut response = request.send().await.map_err(|error| {
            let place = self.place();
            if error.is_connect() {
                // The request was not sent: nothing can have arrived.
                let through = match &self.proxy {
                    Some(proxy) => {
                        format!(" (through the proxy {proxy}, unless no_proxy names it)")
                    }
                    None => String::new(),
                };
                let what = format!("cannot connect to {place}{through}: {}", causes(&error));
                return Attempt::new(DeliveryVerdict::NotTaken(None), &what);
            }
            let what = if error.is_timeout() {
                "no answer in time from"
            } else {
                "broken off by"
            };
            Attempt::new(DeliveryVerdict::Ambiguous, &format!("{what} {place}"))
        })?;
        let status = response.status().as_u16();
        let header = |name: &str| {
            let value = response.headers().get(name)?;
            value.to_str().ok().map(str::to_string)
        };
        // By the receiver's own clock, if the answer shows it.
        let now = header("date").and_then(|date| DateTime::parse_from_rfc2822(&date).ok());
        let now = now.map_or_else(Utc::now, |now| now.to_utc());
        let asked = header("retry-after").and_then(|asked| retry_after(&asked, now));
        let html = header("content-type").is_some_and(|kind| kind.contains("text/html"));
        let mut said = Vec::new();
        let mut whole = true;
        while said.len() <= MAX_ANSWER {
            match response.chunk().await {
                Ok(Some(chunk)) => said.extend_from_slice(&chunk),
                Ok(None) => break,
                Err(_) => {
                    whole = false;
                    break;
                }
            }
        }
        let long = said.len() > MAX_ANSWER;
        said.truncate(MAX_ANSWER);
        let body = String::from_utf8_lossy(&said).into_owned();
        Ok(ChannelAnswer {
            status,
            pause: asked.max(reply::pause(&body)),
            body,
            html,
            whole,
            long,
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
