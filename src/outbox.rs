//! Channels: one file per channel, one sender, one retry policy. Accepted is not reached: only an acknowledgement by a
//! person is.

mod access;
mod answer;
mod channel;
mod chat;
mod credentials;
mod desktop;
mod fit;
mod http;
mod mail;
mod message;
mod pagerduty;
mod reply;
mod retry;
mod sender;
mod settings;
mod slack;
mod statuspage;
mod teams;
mod webhook;
mod words;

pub use credentials::{ChannelError, Credentials};
pub use message::{About, Delivery, Message, Page, Settle, Update};
pub use sender::Sender;
pub use settings::ChannelSettings;
pub use webhook::{WebhookSettings, sign};
