//! What status updates and messages change.

use super::state::{Incident, MessageFact, SendResult, SendingId, UpdateFact};
use crate::incident::entry::{Entry, MessageEvent, MessageIntended, MessageResulted, Updated};
use crate::incident::escalation::bounded_pause;
use crate::incident::steady::Moment;
use chrono::TimeDelta;

impl Incident {
    pub(super) fn apply_message(&mut self, entry: &Entry, event: &MessageEvent, recorded: Moment) {
        match event {
            MessageEvent::Updated(data) => self.updated(entry, data),
            MessageEvent::MessageIntended(data) => {
                self.message_intended(entry.seq, recorded, data);
            }
            MessageEvent::MessageResulted(data) => {
                self.message_resulted(entry.seq, recorded, data);
            }
        }
    }

    fn updated(&mut self, entry: &Entry, data: &Updated) {
        let (seq, at) = (entry.seq, entry.happened());
        // In the order in which they went out: one that is recorded late is not the latest for that.
        let later = |other: &UpdateFact| other.at > at;
        let place = match data.elsewhere {
            true => self.updates.iter().position(later),
            false => None,
        };
        let place = place.unwrap_or(self.updates.len());
        let audience = data.audience;
        self.updates.insert(place, UpdateFact { seq, at, audience });
        if data.elsewhere {
            self.sent_elsewhere.insert(seq);
        }
    }

    fn message_intended(&mut self, seq: u64, at: Moment, data: &MessageIntended) {
        let key = SendingId::new(&data.message, &data.channel, data.repeat);
        self.messages.entry(key).or_insert(MessageFact {
            what: data.what,
            about: data.about,
            page: data.page.clone(),
            intent: seq,
            at,
            result: None,
            retry_after: TimeDelta::zero(),
            remote: None,
        });
    }

    fn message_resulted(&mut self, seq: u64, at: Moment, data: &MessageResulted) {
        let key = SendingId::new(&data.message, &data.channel, data.repeat);
        let Some(fact) = self.messages.get_mut(&key) else {
            return;
        };
        if fact.result.is_none() {
            let outcome = data.outcome;
            fact.result = Some(SendResult { seq, at, outcome });
            fact.retry_after = bounded_pause(data.retry_after);
        }
        fact.remote = fact.remote.take().or_else(|| data.remote.clone());
    }
}
