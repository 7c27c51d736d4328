//! Tokens by client credentials (RFC 6749, section 4.4): fetched when needed, kept until shortly before they expire.

use super::client::client;
use super::error::{SourceError, SourceErrorKind};
use super::settings::{HttpSettings, Tokens};
use crate::http::{Proxy, error_causes};
use crate::text::Safe;
use crate::text::secret::Secret;
use reqwest::{Client, Response};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Longest time before its end at which a token is no longer used.
const EARLY: Duration = Duration::from_secs(30);
/// Of a token whose server does not state one.
const DEFAULT_LIFETIME: Duration = Duration::from_secs(300);
const MAX_ANSWER: usize = 64 * 1024;

#[derive(Debug)]
pub(super) struct TokenSource {
    tokens: Tokens,
    client: Client,
    kept: Mutex<Option<(Secret, Instant)>>,
}

#[derive(Deserialize)]
struct TokenResponse {
    access_token: String,
    expires_in: Option<u64>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct TokenRefusal {
    error: String,
    error_description: String,
}

impl TokenSource {
    pub(super) fn new(settings: &HttpSettings, tokens: &Tokens) -> Result<Self, SourceError> {
        let of_token = HttpSettings {
            url: tokens.oauth2.token_url.clone(),
            tls: tokens.tls.clone(),
            proxy: Proxy {
                url: tokens
                    .oauth2
                    .proxy_url
                    .clone()
                    .or(settings.proxy.url.clone()),
                ..settings.proxy.clone()
            },
            ..settings.clone()
        };
        Ok(Self {
            tokens: tokens.clone(),
            client: client(&of_token)?,
            kept: Mutex::new(None),
        })
    }

    /// `refused`: the server refused the last token, so a new one is fetched.
    pub(super) async fn token(
        &self,
        refused: bool,
        error: impl Fn(SourceErrorKind) -> SourceError,
    ) -> Result<Secret, SourceError> {
        let mut kept = self.kept.lock().await;
        if let Some((token, until)) = kept.as_ref().filter(|_| !refused)
            && Instant::now() < *until
        {
            return Ok(token.clone());
        }
        *kept = None;
        let granted = self
            .fetch()
            .await
            .map_err(|said| error(SourceErrorKind::Token(said)))?;
        let token = Secret::new(&granted.access_token);
        let lasts = granted
            .expires_in
            .map_or(DEFAULT_LIFETIME, Duration::from_secs);
        let until = Instant::now() + lasts.saturating_sub(EARLY.min(lasts / 4));
        *kept = Some((token.clone(), until));
        Ok(token)
    }

    async fn fetch(&self) -> Result<TokenResponse, Safe> {
        // Servers accept the client's id in the header or in the form; the standard prefers the header.
        let response = self.ask(true).await?;
        let response = match response.status().as_u16() {
            400 | 401 => self.ask(false).await?,
            _ => response,
        };
        let status = response.status();
        let body = bounded(response).await?;
        if !status.is_success() {
            let refused: TokenRefusal = serde_json::from_slice(&body).unwrap_or_default();
            let said = [refused.error, refused.error_description].join(" ");
            return Err(Safe::line(
                format!("HTTP {} {}", status.as_u16(), said.trim()).trim(),
            ));
        }
        serde_json::from_slice(&body)
            .map_err(|error| Safe::line(&format!("its answer holds no token: {error}")))
    }

    async fn ask(&self, in_header: bool) -> Result<Response, Safe> {
        let oauth2 = &self.tokens.oauth2;
        let mut form: BTreeMap<&str, &str> = BTreeMap::new();
        form.extend(
            oauth2
                .endpoint_params
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        );
        form.insert("grant_type", "client_credentials");
        let scopes = oauth2.scopes.join(" ");
        if !scopes.is_empty() {
            form.insert("scope", &scopes);
        }
        let request = self
            .client
            .post(&oauth2.token_url)
            .header("accept", "application/json");
        let request = match in_header {
            true => request.basic_auth(&oauth2.client_id, Some(self.tokens.secret.reveal())),
            false => {
                form.insert("client_id", &oauth2.client_id);
                form.insert("client_secret", self.tokens.secret.reveal());
                request
            }
        };
        let mut body =
            reqwest::Url::parse("form:").map_err(|error| Safe::line(&error.to_string()))?;
        body.query_pairs_mut().extend_pairs(form);
        let body = body.query().unwrap_or_default().to_string();
        let request = request
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        request
            .send()
            .await
            .map_err(|error| Safe::line(&error_causes(&error)))
    }
}

async fn bounded(mut response: Response) -> Result<Vec<u8>, Safe> {
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| Safe::line(&error_causes(&error)))?
    {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_ANSWER {
            return Err(Safe::line("its answer is too large"));
        }
    }
    Ok(body)
}
