//! Channels: one file per channel, one sender, one retry policy. Accepted is not reached: only an acknowledgement by a
//! person is.

mod desktop;
mod fit;
mod http;
mod mail;
mod message;
mod pagerduty;
mod post;
mod reply;
mod retry;
mod settings;
mod slack;
mod statuspage;
mod teams;
mod webhook;

pub use mail::{Mail, MailSettings};
pub use message::{About, Delivery, Message, Page, Settle, Update};
pub use pagerduty::{PagerDuty, PagerDutySettings};
pub use post::{Attempt, Channel, Sender};
pub use retry::{Retry, Verdict};
pub use settings::{ChannelError, ChannelSettings, ChatSettings, Credentials};
pub use slack::Slack;
pub use statuspage::{ComponentStatus, Statuspage, StatuspageSettings};
pub use teams::Teams;
pub use webhook::{Webhook, WebhookSettings, sign};
