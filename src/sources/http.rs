//! The HTTP client of every source: the system's trust store and proxies, bounded answers, errors with a hint.

use super::client::client;
use super::error::{SourceError, SourceErrorKind};
use super::items::ListError;
use super::lenient::salvage;
use super::settings::{HttpSettings, ResolvedAuth};
use super::token::TokenSource;
use crate::http::{error_causes, host_and_port};
use crate::incident::SourceId;
use crate::text::secret::KnownSecrets;
use crate::text::{Safe, with_scheme};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};
use serde::de::DeserializeOwned;
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

/// 50,000 alerts are 33 MB (measured).
const MAX_ANSWER: usize = 64_000_000;
const MAX_ERROR: usize = 16 * 1024;

#[derive(Debug, Clone)]
pub(super) struct SourceHttp {
    name: SourceId,
    base: Url,
    auth: ResolvedAuth,
    tokens: Option<Arc<TokenSource>>,
    proxy: Option<String>,
    timeout: Duration,
    client: Client,
    /// They are removed from every reported answer.
    known: KnownSecrets,
}

#[derive(Debug)]
pub(super) struct HttpAnswer {
    pub(super) status: StatusCode,
    pub(super) body: Vec<u8>,
    is_html: bool,
}

impl SourceHttp {
    pub(super) fn new(settings: HttpSettings) -> Result<Self, SourceError> {
        let fail = |what: String| {
            let kind = SourceErrorKind::Settings(Safe::line(&what));
            SourceError::new(&settings.name, Safe::line(&settings.url), kind)
        };
        let url = with_scheme(&settings.url)
            .map_err(|whole| fail(format!("the address has no scheme: write {whole}")))?;
        let mut base =
            Url::parse(&url).map_err(|error| fail(format!("not an address: {error}")))?;
        if !matches!(base.scheme(), "http" | "https") {
            let what = "the address must begin with http:// or https://";
            return Err(fail(what.into()));
        }
        if !base.username().is_empty() || base.password().is_some() {
            let what = "credentials in an address end up in logs: use `basic_auth`";
            return Err(fail(what.into()));
        }
        if !base.path().ends_with('/') {
            let path = format!("{}/", base.path());
            base.set_path(&path);
        }
        let client = client(&settings)?;
        let tokens = match &settings.auth {
            ResolvedAuth::OAuth2(tokens) => Some(Arc::new(TokenSource::new(&settings, tokens)?)),
            _ => None,
        };
        let mut known = KnownSecrets::default();
        let headers = settings.headers.iter().map(|(_, value)| value);
        let secrets = settings.auth.secret().into_iter().chain(headers);
        secrets.for_each(|secret| known.learn(secret));
        Ok(Self {
            name: settings.name,
            known,
            base,
            auth: settings.auth,
            tokens,
            proxy: settings.proxy.url,
            timeout: settings.timeout,
            client,
        })
    }

    pub(super) fn name(&self) -> &SourceId {
        &self.name
    }

    pub(super) fn error(&self, kind: SourceErrorKind) -> SourceError {
        let path = self.base.path().trim_end_matches('/');
        SourceError::new(&self.name, host_and_port(&self.base) + path, kind)
    }

    /// Words of the server, without credentials of this source.
    pub(super) fn said(&self, text: &str) -> Safe {
        Safe::line(&self.known.hide(text))
    }

    pub(super) fn wrong_answer(&self, why: &str) -> SourceError {
        self.error(SourceErrorKind::Answer(Safe::line(why)))
    }

    pub(super) fn wrong_query(&self, why: &str) -> SourceError {
        self.error(SourceErrorKind::Query(Safe::line(why)))
    }

    pub(super) async fn get(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<HttpAnswer, SourceError> {
        let request = self.client.get(self.url(path, query)?);
        let response = self.send(request).await?;
        self.whole(response).await
    }

    pub(super) async fn post(
        &self,
        path: &str,
        body: &serde_json::Value,
    ) -> Result<HttpAnswer, SourceError> {
        let request = self.client.post(self.url(path, &[])?);
        let request = request
            .header("content-type", "application/json")
            .body(body.to_string());
        let response = self.send(request).await?;
        self.whole(response).await
    }

    pub(super) async fn delete(&self, path: &str) -> Result<HttpAnswer, SourceError> {
        let request = self.client.delete(self.url(path, &[])?);
        let response = self.send(request).await?;
        self.whole(response).await
    }

    /// GET whose answer is read while it arrives, on its own thread. Returns the read part, and why the rest is missing.
    pub(super) async fn streamed<T: Send + 'static>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        message: fn(&[u8]) -> Option<String>,
        read: impl FnOnce(&mut dyn Read) -> T + Send + 'static,
    ) -> Result<(T, Option<SourceError>), SourceError> {
        let request = self.client.get(self.url(path, query)?);
        let mut response = self.send(request).await?;
        if !response.status().is_success() || is_html(&response) {
            let answer = self.whole(response).await?;
            return Err(self.refused(&answer, message(&answer.body).as_deref()));
        }
        let (chunks, inbox) = tokio::sync::mpsc::channel(CHUNKS);
        let read = move || {
            let chunk = Bytes::new();
            read(&mut ArrivingBody { inbox, chunk })
        };
        let reader = tokio::task::spawn_blocking(read);
        let mut length = 0;
        let broken = loop {
            match response.chunk().await {
                Ok(None) => break None,
                Err(error) => break Some(self.transport(&error)),
                Ok(Some(chunk)) => {
                    length += chunk.len();
                    if length > MAX_ANSWER {
                        break Some(self.error(SourceErrorKind::TooLarge(MAX_ANSWER)));
                    }
                    // A reader that gave up reports the reason itself.
                    if chunks.send(chunk).await.is_err() {
                        break None;
                    }
                }
            }
        };
        drop(chunks);
        match reader.await {
            Ok(value) => Ok((value, broken)),
            Err(error) => Err(self.wrong_answer(&error.to_string())),
        }
    }

    pub(super) fn list_error(&self, error: ListError) -> SourceError {
        match error {
            ListError::NotAList => self.wrong_answer("it is not a list"),
            ListError::CutOff(why) => self.error(SourceErrorKind::CutOff(Safe::line(&why))),
            ListError::Syntax(why) => self.wrong_answer(&why),
        }
    }

    pub(super) fn must_not_be_page(&self, answer: &HttpAnswer) -> Result<(), SourceError> {
        match answer.is_html {
            true => Err(self.error(SourceErrorKind::WebPage)),
            false => Ok(()),
        }
    }

    fn url(&self, path: &str, query: &[(&str, &str)]) -> Result<Url, SourceError> {
        let mut url = self
            .base
            .join(path)
            .map_err(|e| self.error(SourceErrorKind::Settings(Safe::line(&e.to_string()))))?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, SourceError> {
        let request = request.header("accept", "application/json");
        let again = self.tokens.is_some().then(|| request.try_clone()).flatten();
        let response = self.send_once(request, false).await?;
        // A token may expire or be withdrawn early: a new one is tried once.
        let response = match again {
            Some(request) if response.status() == StatusCode::UNAUTHORIZED => {
                self.send_once(request, true).await?
            }
            _ => response,
        };
        match response.status().as_u16() {
            401 => Err(self.error(SourceErrorKind::Unauthorized(self.reason(response).await))),
            403 => Err(self.error(SourceErrorKind::Forbidden(self.reason(response).await))),
            429 => Err(self.error(SourceErrorKind::RateLimited(retry_after(&response)))),
            _ => Ok(response),
        }
    }

    async fn send_once(
        &self,
        request: RequestBuilder,
        refused: bool,
    ) -> Result<Response, SourceError> {
        let request = match (&self.auth, &self.tokens) {
            (_, Some(tokens)) => {
                let token = tokens.token(refused, |kind| self.error(kind)).await?;
                request.bearer_auth(token.reveal())
            }
            (ResolvedAuth::Bearer(token), _) => request.bearer_auth(token.reveal()),
            (ResolvedAuth::Scheme(scheme, secret), _) => {
                request.header("authorization", format!("{scheme} {}", secret.reveal()))
            }
            (ResolvedAuth::Basic(user, password), _) => {
                request.basic_auth(user, Some(password.reveal()))
            }
            (ResolvedAuth::None | ResolvedAuth::OAuth2(_), _) => request,
        };
        request.send().await.map_err(|error| self.transport(&error))
    }

    /// The first line of the server's words about a refusal; nothing of a web page.
    async fn reason(&self, response: Response) -> Safe {
        let answer = match self.whole(response).await {
            Ok(answer) if !answer.is_html => answer,
            _ => return Safe::default(),
        };
        let text = String::from_utf8_lossy(&answer.body);
        let stated = |value: serde_json::Value| {
            let fields = ["error", "message"];
            let said = fields.iter().find_map(|name| value.get(*name)?.as_str());
            said.or(value.as_str()).map(str::to_string)
        };
        let said = salvage(&answer.body).ok().and_then(stated);
        let said = said.unwrap_or_else(|| text.trim().lines().next().unwrap_or("").to_string());
        Safe::line(&self.known.hide(&said))
    }

    async fn whole(&self, mut response: Response) -> Result<HttpAnswer, SourceError> {
        let status = response.status();
        let is_html = is_html(&response);
        let limit = if status.is_success() {
            MAX_ANSWER
        } else {
            MAX_ERROR
        };
        let mut body = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| self.transport(&error))?
        {
            if body.len() + chunk.len() > limit {
                if status.is_success() {
                    return Err(self.error(SourceErrorKind::TooLarge(limit)));
                }
                break;
            }
            body.extend_from_slice(&chunk);
        }
        Ok(HttpAnswer {
            status,
            body,
            is_html,
        })
    }

    pub(super) fn json<T: DeserializeOwned>(&self, answer: &HttpAnswer) -> Result<T, SourceError> {
        self.must_not_be_page(answer)?;
        salvage(&answer.body).map_err(|error| match error.is_eof() {
            true => self.error(SourceErrorKind::CutOff(Safe::line(&error.to_string()))),
            false => self.wrong_answer(&error.to_string()),
        })
    }

    pub(super) fn refused(&self, answer: &HttpAnswer, said: Option<&str>) -> SourceError {
        // A server in front may ask for a client certificate by a page instead of in the handshake (nginx does).
        if answer.is_html
            && let Some(title) = certificate_page(&answer.body)
        {
            return self.error(SourceErrorKind::ClientCertificate(Safe::line(&title)));
        }
        if answer.is_html || answer.status.is_redirection() {
            return self.error(if answer.status.is_server_error() {
                SourceErrorKind::Status(answer.status.as_u16(), Safe::line("a web page"))
            } else {
                SourceErrorKind::WebPage
            });
        }
        let text = String::from_utf8_lossy(&answer.body);
        let said = said.unwrap_or_else(|| text.lines().next().unwrap_or(""));
        let said = Safe::line(&self.known.hide(said));
        self.error(SourceErrorKind::Status(answer.status.as_u16(), said))
    }

    fn transport(&self, error: &reqwest::Error) -> SourceError {
        let text = error_causes(error);
        let said = Safe::line(&text);
        let lower = text.to_lowercase();
        self.error(if error.is_timeout() {
            SourceErrorKind::Timeout(self.timeout)
        } else if lower.contains("received fatal alert") && lower.contains("certificate") {
            SourceErrorKind::ClientCertificate(said)
        } else if lower.contains("certificate") || lower.contains("unknownissuer") {
            SourceErrorKind::Certificate(said)
        } else if let Some(proxy) = self.proxy.as_ref().filter(|_| error.is_connect()) {
            SourceErrorKind::Proxy(Safe::line(proxy), said)
        } else if error.is_body() || error.is_decode() {
            SourceErrorKind::CutOff(said)
        } else {
            SourceErrorKind::Unreachable(said)
        })
    }
}

fn certificate_page(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let (_, rest) = text.split_once("<title>")?;
    let (title, _) = rest.split_once("</title>")?;
    title.contains("SSL certificate").then(|| title.to_string())
}

fn is_html(response: &Response) -> bool {
    let header = response.headers().get("content-type");
    header
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("text/html"))
}

/// Chunks that may wait for their reader: a slow reader slows the server down instead of filling memory.
const CHUNKS: usize = 16;

/// For a reader on its own thread.
struct ArrivingBody {
    inbox: tokio::sync::mpsc::Receiver<Bytes>,
    chunk: Bytes,
}

impl Read for ArrivingBody {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while self.chunk.is_empty() {
            match self.inbox.blocking_recv() {
                Some(chunk) => self.chunk = chunk,
                None => return Ok(0),
            }
        }
        let count = buffer.len().min(self.chunk.len());
        buffer[..count].copy_from_slice(&self.chunk.split_to(count));
        Ok(count)
    }
}

fn retry_after(response: &Response) -> Option<Duration> {
    let header = |name: &str| response.headers().get(name)?.to_str().ok();
    // By the server's own clock, if the answer shows it.
    let now = header("date").and_then(|date| DateTime::parse_from_rfc2822(date).ok());
    let now = now.map_or_else(Utc::now, |now| now.to_utc());
    crate::text::retry_after(header("retry-after")?, now)
}
