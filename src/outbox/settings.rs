//! Channels as the configuration file describes them, and the checks before one is used.

use super::channel::Channel;
use super::chat::ChatSettings;
use super::credentials::{ChannelError, Credentials};
use super::desktop::Desktop;
use super::mail::{Mail, MailSettings};
use super::pagerduty::{PagerDuty, PagerDutySettings};
use super::sender::Sender;
use super::slack::slack;
use super::statuspage::{Statuspage, StatuspageSettings};
use super::teams::teams;
use super::webhook::{Webhook, WebhookSettings};
use crate::incident::ChannelId;
use crate::incident::entry::Audience;
use crate::journal::Clock;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::Arc;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ChannelSettings {
    /// An incoming webhook.
    Slack(ChatSettings),
    Pagerduty(PagerDutySettings),
    /// A workflow.
    Teams(ChatSettings),
    Statuspage(StatuspageSettings),
    /// Signed as Standard Webhooks specifies.
    Webhook(WebhookSettings),
    Smtp(MailSettings),
    Desktop(DesktopSettings),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DesktopSettings {
    pub name: ChannelId,
}

impl ChannelSettings {
    pub fn name(&self) -> &ChannelId {
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

    /// Whether its receiver gets a message that a page is settled.
    pub fn settles(&self) -> bool {
        matches!(self, Self::Pagerduty(_))
    }

    pub fn pages(&self) -> bool {
        !matches!(self, Self::Statuspage(_))
    }

    /// Paths become relative to this directory.
    pub fn at(mut self, base: &Path) -> Self {
        let file = match &mut self {
            Self::Slack(settings) => &mut settings.access.ca_file,
            Self::Pagerduty(settings) => &mut settings.access.ca_file,
            Self::Teams(settings) => &mut settings.access.ca_file,
            Self::Statuspage(settings) => &mut settings.access.ca_file,
            Self::Webhook(settings) => &mut settings.access.ca_file,
            Self::Smtp(settings) => &mut settings.ca_file,
            Self::Desktop(_) => return self,
        };
        *file = file.as_ref().map(|path| base.join(path));
        self
    }

    pub fn open(
        &self,
        credentials: &Credentials<'_>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Sender, ChannelError> {
        let channel: Arc<dyn Channel> = match self {
            Self::Slack(settings) => Arc::new(slack(settings, credentials)?),
            Self::Pagerduty(settings) => Arc::new(PagerDuty::new(settings, credentials)?),
            Self::Teams(settings) => Arc::new(teams(settings, credentials)?),
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
    use crate::text::PlainHttp;
    use crate::text::secret::{Secret, SecretRef};
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
