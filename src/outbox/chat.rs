//! A chat that is written to by a webhook: its address is the only credential, and it recognizes no repetition.

use super::access::HttpAccess;
use super::channel::{Attempt, Channel};
use super::credentials::{ChannelError, Credentials};
use super::http::ChannelHttp;
use super::message::Message;
use super::reply::{self, ReplyFallback};
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

/// The body, and the number of characters that are not in it.
pub(super) type ChatBody = fn(&Message) -> (Value, usize);

pub(super) struct Chat {
    http: ChannelHttp,
    body: ChatBody,
    fallback: ReplyFallback,
}

impl Chat {
    /// `fallback` gets the host of the address.
    pub(super) fn new(
        settings: &ChatSettings,
        credentials: &Credentials<'_>,
        body: ChatBody,
        fallback: impl Fn(&str) -> ReplyFallback,
    ) -> Result<Self, ChannelError> {
        let url = credentials.get(&settings.url)?;
        let http = ChannelHttp::new(&url, &settings.access, credentials)?;
        let fallback = fallback(http.url.host_str().unwrap_or_default());
        Ok(Self {
            http,
            body,
            fallback,
        })
    }
}

#[async_trait]
impl Channel for Chat {
    fn destination(&self) -> String {
        self.http.destination()
    }

    fn carries(&self, _: &Message) -> bool {
        true
    }

    fn deduplicates(&self, _: &Message) -> bool {
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
        let judge = |answer: &_| reply::judge(answer, &self.fallback);
        self.http.send(request, judge).await.with_missing(missing)
    }
}
