//! A notification on the desktop, made by the desktop's own program: no library for every installation.

use super::channel::{Attempt, Channel};
use super::message::Message;
use super::retry::DeliveryVerdict;
use async_trait::async_trait;
use std::process::Stdio;
use tokio::process::Command;

pub(super) struct Desktop;

#[async_trait]
impl Channel for Desktop {
    fn destination(&self) -> String {
        "this desktop".into()
    }

    fn carries(&self, message: &Message) -> bool {
        !matches!(message, Message::Settle(_))
    }

    fn deduplicates(&self, _: &Message) -> bool {
        false
    }

    fn preview(&self, message: &Message) -> Option<String> {
        self.carries(message).then(|| message.headline())
    }

    async fn attempt(&self, message: &Message) -> Attempt {
        let urgency = if matches!(message, Message::Page(_)) {
            "critical"
        } else {
            "normal"
        };
        // Arguments, never a shell; `--` keeps a title that begins with a dash from being an option.
        let run = Command::new("notify-send")
            .args(["--app-name=warroom", &format!("--urgency={urgency}"), "--"])
            .arg(message.headline())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .status()
            .await;
        match run {
            Ok(status) if status.success() => {
                Attempt::new(DeliveryVerdict::Accepted, "shown by notify-send")
            }
            Ok(status) => Attempt::new(
                DeliveryVerdict::Refused,
                &format!("notify-send ends with {status}"),
            ),
            Err(error) => Attempt::new(
                DeliveryVerdict::Refused,
                &format!("notify-send does not run: {error}"),
            ),
        }
    }
}
