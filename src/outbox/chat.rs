//! A chat that is written to by a webhook: its address is the only credential, and it recognizes no repetition.

use super::access::HttpAccess;
use super::channel::{Attempt, Channel};
use super::credentials::{ChannelError, Credentials};
use super::http::ChannelHttp;
use super::message::Message;
use super::reply;
use super::retry::DeliveryVerdict;
use crate::incident::ChannelId;
use crate::incident::entry::Audience;
use crate::text::secret::SecretRef;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChatSettings {
    pub name: ChannelId,
    pub url: SecretRef,
    #[serde(default)]
    pub updates: Vec<Audience>,
    #[serde(flatten)]
    pub access: HttpAccess,
}

/// A message in the chat's form, and the number of characters that are not in it.
pub(super) type ChatBody = fn(&Message) -> (Value, usize);

pub(super) struct Chat {
    http: ChannelHttp,
    body: ChatBody,
    /// The verdict on a success without a body.
    empty: DeliveryVerdict,
    /// The verdict on a success whose body says neither yes nor no.
    unclear: DeliveryVerdict,
}

impl Chat {
    pub(super) fn new(
        settings: &ChatSettings,
        credentials: &Credentials<'_>,
        body: ChatBody,
        verdicts: impl Fn(&str) -> (DeliveryVerdict, DeliveryVerdict),
    ) -> Result<Self, ChannelError> {
        let url = credentials.get(&settings.url)?;
        let http = ChannelHttp::new(&url, &settings.access, credentials)?;
        let (empty, unclear) = verdicts(http.url.host_str().unwrap_or_default());
        Ok(Self {
            http,
            body,
            empty,
            unclear,
        })
    }
}

#[async_trait]
impl Channel for Chat {
    fn place(&self) -> String {
        self.http.place()
    }

    fn carries(&self, _: &Message) -> bool {
        true
    }

    fn knows_repetitions(&self, _: &Message) -> bool {
        false
    }

    fn pace(&self) -> Duration {
        Duration::from_secs(1)
    }

    fn preview(&self, message: &Message) -> Option<String> {
        Some(format!("{:#}", (self.body)(message).0))
    }

    async fn attempt(&self, message: &Message) -> Attempt {
        let (body, missing) = (self.body)(message);
        let request = self.http.client.post(self.http.url.clone()).json(&body);
        let judge = |answer: &_| reply::judge(answer, &self.empty, &self.unclear);
        self.http.send(request, judge).await.shortened(missing)
    }
}
