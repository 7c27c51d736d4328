//! The client of the channels that speak HTTP: bounded, without redirects. It never reports its whole address.

use super::access::HttpAccess;
use super::answer::{ChannelAnswer, MAX_ANSWER};
use super::channel::Attempt;
use super::credentials::{ChannelError, Credentials, certificates};
use super::reply;
use super::retry::DeliveryVerdict;
use crate::http::{client_builder, error_causes, host_and_port};
use crate::text::secret::Secret;
use crate::text::{Safe, is_loopback, retry_after, with_scheme};
use chrono::{DateTime, Utc};
use reqwest::{Certificate, Client, RequestBuilder, Url};
use std::time::Duration;

/// Of one try.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Part of `TIMEOUT`. A connection that is not made in time has sent nothing, so another try is safe.
const CONNECT: Duration = Duration::from_secs(3);

#[derive(Clone)]
pub(super) struct ChannelHttp {
    pub(super) url: Url,
    pub(super) client: Client,
    /// Host and port.
    proxy: Option<String>,
}

impl ChannelHttp {
    /// No error repeats the address.
    pub(super) fn new(
        url: &Secret,
        access: &HttpAccess,
        credentials: &Credentials<'_>,
    ) -> Result<Self, ChannelError> {
        let proxy = access.proxy();
        if let Some(problem) = proxy.problem() {
            return Err(ChannelError::Proxy(problem));
        }
        let url = with_scheme(url.reveal()).map_err(|_| ChannelError::Scheme)?;
        let url = Url::parse(&url).map_err(|_| ChannelError::Address)?;
        let plain = url.username().is_empty() && url.password().is_none();
        if !matches!(url.scheme(), "http" | "https") || !plain || url.host_str().is_none() {
            return Err(ChannelError::Address);
        }
        credentials.may_go_to(&url)?;
        let mut builder = client_builder(TIMEOUT, CONNECT);
        // A proxy of the environment is not for this machine: the request would leave it.
        if proxy.url.is_none() && url.host_str().is_some_and(is_loopback) {
            builder = builder.no_proxy();
        }
        if let Some(path) = &access.ca_file {
            let certificates = certificates(path, Certificate::from_pem_bundle)?;
            builder = builder.tls_certs_merge(certificates);
        }
        let unusable = |error| ChannelError::Client(error_causes(&error));
        let builder = proxy.apply(builder).map_err(unusable)?;
        let client = builder.build().map_err(unusable)?;
        let proxy = proxy.host_and_port();
        Ok(Self { url, client, proxy })
    }

    pub(super) fn destination(&self) -> String {
        host_and_port(&self.url)
    }

    /// The base address with this path behind its own.
    pub(super) fn at(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        let base = url.path().trim_end_matches('/').to_string();
        url.set_path(&format!("{base}{path}"));
        url
    }

    pub(super) async fn send(
        &self,
        request: RequestBuilder,
        judge: impl Fn(&ChannelAnswer) -> DeliveryVerdict + Send,
    ) -> Attempt {
        match self.answer(request).await {
            Ok(answer) => {
                let verdict = match judge(&answer) {
                    // The body was cut off before it said yes or no.
                    DeliveryVerdict::Refused if !answer.is_complete && answer.status < 300 => {
                        DeliveryVerdict::Ambiguous
                    }
                    verdict => verdict,
                };
                self.attempt(&answer, verdict, &answer.summary())
            }
            Err(attempt) => attempt,
        }
    }

    /// The detail says what the status alone does not.
    pub(super) fn attempt(
        &self,
        answer: &ChannelAnswer,
        verdict: DeliveryVerdict,
        said: &str,
    ) -> Attempt {
        let but = match (answer.status, &verdict) {
            (200..=299, DeliveryVerdict::Refused) => ", which is a refusal",
            (200..=299, DeliveryVerdict::NotAccepted(_)) => ", which asks to come again",
            (200..=299, DeliveryVerdict::Ambiguous) => ", which is neither a yes nor a no",
            _ => "",
        };
        let asked = match &verdict {
            DeliveryVerdict::NotAccepted(Some(pause)) => {
                let seconds = pause.as_secs_f64().ceil();
                format!("; it asks for {seconds} s without requests")
            }
            _ => String::new(),
        };
        let line = format!("{} answered {} {said}", self.destination(), answer.status);
        Attempt {
            verdict,
            http: Some(answer.status),
            detail: Safe::line(&format!("{}{but}{asked}", line.trim_end())),
            remote: None,
        }
    }

    /// An error is the result of a try without an answer.
    pub(super) async fn answer(&self, request: RequestBuilder) -> Result<ChannelAnswer, Attempt> {
        let mut response = request.send().await.map_err(|error| {
            let destination = self.destination();
            if error.is_connect() {
                // The request was not sent: nothing can have arrived.
                let through = self.proxy.as_ref().map_or(String::new(), |proxy| {
                    format!(" (through the proxy {proxy}, unless no_proxy names it)")
                });
                let why = error_causes(&error);
                let what = format!("cannot connect to {destination}{through}: {why}");
                return Attempt::new(DeliveryVerdict::NotAccepted(None), &what);
            }
            let what = if error.is_timeout() {
                "no answer in time from"
            } else {
                "broken off by"
            };
            Attempt::new(DeliveryVerdict::Ambiguous, &format!("{what} {destination}"))
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
        let is_html = header("content-type").is_some_and(|kind| kind.contains("text/html"));
        let mut said = Vec::new();
        let mut is_complete = true;
        while said.len() <= MAX_ANSWER {
            match response.chunk().await {
                Ok(Some(chunk)) => said.extend_from_slice(&chunk),
                Ok(None) => break,
                Err(_) => {
                    is_complete = false;
                    break;
                }
            }
        }
        let is_long = said.len() > MAX_ANSWER;
        said.truncate(MAX_ANSWER);
        let body = String::from_utf8_lossy(&said).into_owned();
        Ok(ChannelAnswer {
            status,
            pause: asked.max(reply::pause(&body)),
            body,
            is_html,
            is_complete,
            is_long,
        })
    }
}
