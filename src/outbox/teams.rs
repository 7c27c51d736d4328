//! Microsoft Teams by a workflow's webhook: an adaptive card. It recognizes no repetition.

use super::chat::{Chat, ChatSettings};
use super::credentials::{ChannelError, Credentials};
use super::fit::SizeLimit;
use super::message::Message;
use super::reply::ReplyFallback;
use super::retry::DeliveryVerdict;
use serde_json::{Value, json};

/// A workflow answers a success with any body or none; a body that reports a failure is a failure.
pub(super) fn teams(
    settings: &ChatSettings,
    credentials: &Credentials<'_>,
) -> Result<Chat, ChannelError> {
    Chat::new(settings, credentials, body, |_| {
        ReplyFallback::both(DeliveryVerdict::Accepted)
    })
}

/// Bytes. Microsoft refuses cards over 28 kB with its own wrapping: 24 kB were too many.
const MAX_CARD: usize = 20_000;

/// The longest text is shortened to the limit. Returns the number of characters that are not in it too.
fn body(message: &Message) -> (Value, usize) {
    let mut facts = message.facts();
    let whole = card(&message.headline(), &facts);
    let excess = whole.to_string().len().saturating_sub(MAX_CARD);
    let longest = facts.iter_mut().max_by_key(|(_, value)| value.len());
    let Some((_, value)) = longest.filter(|_| excess > 0) else {
        return (whole, 0);
    };
    // A character has at least one byte. The rest of the space holds the words that state how much is missing.
    let space = value.chars().count().saturating_sub(excess).max(200);
    let fitted = SizeLimit::one(space).fit(value, &message.about().incident);
    *value = fitted.parts.concat();
    (card(&message.headline(), &facts), fitted.missing)
}

/// The texts are runs, not Markdown: the text of an alert makes no links.
fn card(headline: &str, facts: &[(&'static str, String)]) -> Value {
    let run = |text: &str, weight: &str| json!({"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, "weight": weight}]});
    let mut body = vec![run(headline, "bolder")];
    body.extend(
        facts
            .iter()
            .map(|(name, value)| run(&format!("{name}: {value}"), "default")),
    );
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.2",
                "body": body,
            },
        }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::update_message;

    #[test]
    fn a_card_stays_within_its_limit_and_says_what_is_missing() {
        for text in ["plain words ", "\"quoted\"\n", "支付失败 "] {
            let text = text.repeat(16_000 / text.len());
            let message = update_message(&text);
            let (card, missing) = body(&message);
            let sent = card.to_string();
            assert!(sent.len() <= MAX_CARD, "{}", sent.len());
            assert_eq!(
                missing > 0,
                sent.contains("characters more in the journal of INC-")
            );
        }
        let (card, missing) = body(&update_message("short"));
        assert!(missing == 0 && card.to_string().contains("update: short"));
        let (_, missing) = body(&update_message(&"\"".repeat(15_000)));
        assert!(missing > 0);
    }
}
