//! Channels as the configuration file gives them, and the checks before one is used.

use super::desktop::Desktop;
use super::http::Http;
use super::mail::{Mail, MailSettings};
use super::pagerduty::{PagerDuty, PagerDutySettings};
use super::post::{Channel, Sender};
use super::slack::Slack;
use super::statuspage::{Statuspage, StatuspageSettings};
use super::teams::Teams;
use super::webhook::{Webhook, WebhookSettings};
use crate::incident::Slug;
use crate::incident::entry::Audience;
use crate::journal::Clock;
use crate::text::secret::{KnownSecrets, Secret, SecretRef};
use crate::text::{PlainHttp, PlainHttpProblem, Safe};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// How a receiver is reached, by the settings of its channel.
macro_rules! access {
    ($settings:expr) => {
        crate::outbox::http::Access {
            ca_file: $settings.ca_file.as_deref(),
            proxy: crate::proxy::Proxy {
                url: $settings.proxy_url.as_deref(),
                none: $settings.no_proxy.as_deref(),
                from_environment: $settings.proxy_from_environment,
            },
        }
    };
}
pub(super) use access;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ChannelSettings {
    /// Slack's incoming webhook.
    Slack(ChatSettings),
    Pagerduty(PagerDutySettings),
    /// A Teams workflow.
    Teams(ChatSettings),
    Statuspage(StatuspageSettings),
    /// A webhook signed as Standard Webhooks specifies.
    Webhook(WebhookSettings),
    Smtp(MailSettings),
    Desktop(DesktopSettings),
}

/// A chat with a webhook: its address is the only credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChatSettings {
    pub name: Slug,
    pub url: SecretRef,
    #[serde(default)]
    pub updates: Vec<Audience>,
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    #[serde(default)]
    pub proxy_url: Option<String>,
    #[serde(default)]
    pub no_proxy: Option<String>,
    #[serde(default)]
    pub proxy_from_environment: Option<bool>,
}

impl ChatSettings {
    pub(super) fn open(&self, credentials: &Credentials<'_>) -> Result<Http, ChannelError> {
        Http::new(&credentials.get(&self.url)?, access!(self), credentials)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DesktopSettings {
    pub name: Slug,
}

/// No error repeats an address or a credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChannelError {
    #[error("its url is not an http:// or https:// address without credentials in it")]
    Address,
    /// No scheme, and not on this machine.
    #[error("its address has no scheme: write https:// before it")]
    Scheme,
    #[error(transparent)]
    Unprotected(#[from] PlainHttpProblem),
    #[error("\"{0}\" is no mail address")]
    Mailbox(Safe),
    #[error("`tls: none` is only for a relay on this machine, and without a password")]
    PlainMail,
    /// What is wrong, and what to do.
    #[error("{0}: {1}")]
    Proxy(&'static str, &'static str),
    #[error("`components`: \"{0}\" is not the id of a component, which is of letters and digits")]
    Component(Safe),
    #[error("`title` is longer than 1,024 bytes")]
    Title,
    #[error("`page` is not the id of a status page")]
    Page,
    #[error("its secret is not of the form whsec_<base64>, at least 24 bytes")]
    Signing,
    #[error("its ca_file {0} cannot be used: {1}")]
    Certificates(PathBuf, String),
    #[error("its client cannot be built: {0}")]
    Client(String),
    #[error("{0}")]
    Credential(String),
}

/// Fetches credentials.
pub struct Credentials<'f> {
    fetch: &'f (dyn Fn(&SecretRef) -> Result<Secret, String> + Sync + 'f),
    known: Arc<Mutex<KnownSecrets>>,
    plain_http: PlainHttp,
}

impl<'f> Credentials<'f> {
    pub fn new(fetch: &'f (dyn Fn(&SecretRef) -> Result<Secret, String> + Sync + 'f)) -> Self {
        Self {
            fetch,
            known: Arc::default(),
            plain_http: PlainHttp::default(),
        }
    }

    /// They may go to these hosts over plain http.
    pub fn allowing(self, plain_http: &PlainHttp) -> Self {
        let plain_http = plain_http.clone();
        Self { plain_http, ..self }
    }

    /// Every message over HTTP carries a credential, or shows by its signature that there is one.
    pub(super) fn may_go_to(&self, url: &reqwest::Url) -> Result<(), ChannelError> {
        let what = "its messages and their credential";
        self.plain_http.check(what, url.scheme(), url.host_str())?;
        Ok(())
    }

    pub(super) fn get(&self, reference: &SecretRef) -> Result<Secret, ChannelError> {
        let secret = (self.fetch)(reference).map_err(ChannelError::Credential)?;
        self.learn(&secret);
        Ok(secret)
    }

    /// Remembers a credential that is part of the settings.
    pub(super) fn learn(&self, secret: &Secret) {
        if let Ok(mut known) = self.known.lock() {
            known.learn(secret);
        }
    }
}

impl ChannelSettings {
    pub fn name(&self) -> &Slug {
        match self {
            Self::Slack(settings) => &settings.name,
            Self::Pagerduty(settings) => &settings.name,
            Self::Teams(settings) => &settings.name,
            Self::Statuspage(settings) => &settings.name,
            Self::Webhook(settings) => &settings.name,
            Self::Smtp(settings) => &settings.name,
            Self::Desktop(settings) => &settings.name,
        }
    }

    /// The audiences whose updates it carries.
    pub fn audiences(&self) -> Vec<Audience> {
        match self {
            Self::Slack(settings) => settings.updates.clone(),
            Self::Teams(settings) => settings.updates.clone(),
            Self::Webhook(settings) => settings.updates.clone(),
            Self::Smtp(settings) => settings.updates.keys().copied().collect(),
            Self::Statuspage(_) => vec![Audience::Users],
            Self::Pagerduty(_) | Self::Desktop(_) => Vec::new(),
        }
    }

    /// Whether its receiver is told that a page is settled.
    pub fn settles(&self) -> bool {
        matches!(self, Self::Pagerduty(_))
    }

    pub fn pages(&self) -> bool {
        !matches!(self, Self::Statuspage(_))
    }

    /// Makes paths relative to a directory.
    pub fn at(mut self, base: &Path) -> Self {
        let file = match &mut self {
            Self::Slack(settings) => &mut settings.ca_file,
            Self::Pagerduty(settings) => &mut settings.ca_file,
            Self::Teams(settings) => &mut settings.ca_file,
            Self::Statuspage(settings) => &mut settings.ca_file,
            Self::Webhook(settings) => &mut settings.ca_file,
            Self::Smtp(settings) => &mut settings.ca_file,
            Self::Desktop(_) => return self,
        };
        *file = file.as_ref().map(|path| base.join(path));
        self
    }

    /// Checks the settings and fetches the credentials.
    pub fn open(
        &self,
        credentials: &Credentials<'_>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Sender, ChannelError> {
        let channel: Arc<dyn Channel> = match self {
            Self::Slack(settings) => Arc::new(Slack::new(settings, credentials)?),
            Self::Pagerduty(settings) => Arc::new(PagerDuty::new(settings, credentials)?),
            Self::Teams(settings) => Arc::new(Teams::new(settings, credentials)?),
            Self::Statuspage(settings) => Arc::new(Statuspage::new(settings, credentials)?),
            Self::Webhook(settings) => {
                Arc::new(Webhook::new(settings, credentials, Arc::clone(clock))?)
            }
            Self::Smtp(settings) => Arc::new(Mail::new(settings, credentials)?),
            Self::Desktop(_) => Arc::new(Desktop),
        };
        Ok(Sender::new(
            self.name().clone(),
            self.audiences(),
            self.settles(),
            channel,
            Arc::clone(&credentials.known),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::slack("{kind: slack, name: c, url: {env: URL}}")]
    #[case::teams("{kind: teams, name: c, url: {env: URL}}")]
    #[case::webhook("{kind: webhook, name: c, url: 'http://hooks.example/x', secret: {env: KEY}}")]
    #[case::pagerduty(
        "{kind: pagerduty, name: c, url: 'http://hooks.example', routing_key: {env: KEY}}"
    )]
    #[case::statuspage(
        "{kind: statuspage, name: c, url: 'http://hooks.example', page: a, title: t, token: {env: KEY}}"
    )]
    fn a_channel_over_plain_http_is_refused_unless_its_host_is_named(#[case] text: &str) {
        let settings: ChannelSettings = serde_saphyr::from_str(text).unwrap();
        let fetch = |reference: &SecretRef| match reference {
            SecretRef::Env(name) if name == "URL" => Ok(Secret::new("http://hooks.example/sekret")),
            _ => Ok(Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")),
        };
        let clock: Arc<dyn Clock> = Arc::new(crate::journal::SystemClock::new());
        let open = |hosts: &[String]| {
            let credentials = Credentials::new(&fetch).allowing(&PlainHttp::new(hosts));
            settings.open(&credentials, &clock).map(drop)
        };
        let said = open(&[]).unwrap_err().to_string();
        assert!(said.contains("hooks.example over plain http"), "{said}");
        assert!(
            !said.contains("sekret") && !said.contains("whsec"),
            "{said}"
        );
        open(&["hooks.example".into()]).unwrap();
    }
}
