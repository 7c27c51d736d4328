use super::*;
use crate::incident::Draft;
use crate::incident::entry::{Event, MessageEvent, MessageResulted, Updated};
use crate::incident::fold::UpdateFact;
use crate::testing::{Tape, actor_id, slug, start};

/// An incident's journal, and what the channels of the test receive.
struct Messages {
    tape: Tape,
    incident: Incident,
    now: chrono::DateTime<chrono::Utc>,
    channels: Vec<ChannelInfo>,
}

impl Messages {
    fn new(channels: &[&str]) -> Self {
        let channel = |name: &&str| ChannelInfo {
            name: slug(name),
            audiences: vec![Audience::Users, Audience::Stakeholders],
            settles: false,
            pages: false,
        };
        Self {
            tape: Tape::default(),
            incident: Incident::default(),
            now: start(),
            channels: channels.iter().map(channel).collect(),
        }
    }

    fn record(&mut self, drafts: &[Draft]) {
        let (entries, _) = self.tape.append(drafts, self.now);
        entries.iter().for_each(|entry| self.incident.apply(entry));
    }

    fn write(&mut self, audience: Audience) -> u64 {
        let draft = Draft::new(
            &actor_id("a-1"),
            Updated {
                audience,
                elsewhere: false,
            },
        );
        self.record(&[draft.with(field::TEXT, Safe::line("words"))]);
        self.incident.count
    }

    /// What is sent now: channel, entry, and number of the repetition.
    fn send(&mut self) -> Vec<(String, u64, u32)> {
        let drafts = due(
            "INC-1",
            &self.incident,
            &self.channels,
            Moment::unset(self.now),
        );
        let sent = drafts.iter().filter_map(|draft| match &draft.event {
            Event::Message(MessageEvent::MessageIntended(data)) => {
                Some((data.channel.to_string(), data.about, data.repeat))
            }
            _ => None,
        });
        let sent = sent.collect();
        self.record(&drafts);
        sent
    }

    fn result(&mut self, seq: u64, repeat: u32, outcome: PageOutcome) {
        let data = MessageResulted {
            retry_after: None,
            message: slug(&format!("update-inc-1.{seq}")),
            channel: slug("page"),
            repeat,
            outcome,
            http: None,
            attempts: 1,
            remote: None,
        };
        self.record(&[Draft::new(&program(), data)]);
    }
}

fn sent(seq: u64, repeat: u32) -> Vec<(String, u64, u32)> {
    vec![("page".to_string(), seq, repeat)]
}

#[test]
fn updates_go_out_one_after_the_other() {
    let mut messages = Messages::new(&["page"]);
    let (first, second) = (
        messages.write(Audience::Users),
        messages.write(Audience::Users),
    );
    assert_eq!(messages.send(), sent(first, 0));
    assert_eq!(messages.send(), vec![], "the first is under way");
    messages.result(first, 0, PageOutcome::Accepted);
    assert_eq!(messages.send(), sent(second, 0));
}

#[test]
fn a_later_update_that_was_taken_overtakes_one_that_failed() {
    let mut messages = Messages::new(&["page"]);
    let first = messages.write(Audience::Users);
    messages.send();
    messages.result(first, 0, PageOutcome::Failed);
    let second = messages.write(Audience::Users);
    assert_eq!(messages.send(), sent(second, 0));
    messages.result(second, 0, PageOutcome::Accepted);
    messages.now += TimeDelta::minutes(2);
    assert_eq!(messages.send(), vec![], "old words over new ones");
}

#[test]
fn one_that_failed_is_sent_again_before_a_later_one_of_the_same_audience() {
    let mut messages = Messages::new(&["page"]);
    let first = messages.write(Audience::Users);
    messages.send();
    messages.result(first, 0, PageOutcome::Failed);
    messages.now += TimeDelta::minutes(2);
    assert_eq!(messages.send(), sent(first, 1));
}

#[test]
fn audiences_do_not_wait_for_each_other() {
    let mut messages = Messages::new(&["page"]);
    let users = messages.write(Audience::Users);
    let others = messages.write(Audience::Stakeholders);
    let mut both = messages.send();
    both.sort();
    assert_eq!(both, [sent(users, 0), sent(others, 0)].concat());
}

#[test]
fn a_channel_that_comes_later_does_not_repeat_the_whole_story() {
    let mut messages = Messages::new(&[]);
    messages.write(Audience::Users);
    messages.now += TimeDelta::minutes(40);
    let second = messages.write(Audience::Users);
    messages.channels = Messages::new(&["page"]).channels;
    assert_eq!(messages.send(), sent(second, 0));
    messages.result(second, 0, PageOutcome::Accepted);
    assert_eq!(messages.send(), vec![]);
}

#[test]
fn an_update_that_no_channel_delivered_has_informed_nobody() {
    let mut messages = Messages::new(&["page"]);
    let seq = messages.write(Audience::Users);
    assert!(
        !messages.incident.is_undelivered(seq),
        "sent by other means, until a channel says no"
    );
    assert_eq!(messages.send().len(), 1);
    assert!(messages.incident.undelivered().is_empty(), "under way");
    messages.result(seq, 0, PageOutcome::Failed);
    assert!(messages.incident.is_undelivered(seq));
    assert_eq!(
        messages.incident.undelivered(),
        [(seq, slug("page"), PageOutcome::Failed)]
    );
    messages.now += TimeDelta::seconds(61);
    assert_eq!(messages.send().len(), 1);
    messages.result(seq, 1, PageOutcome::Accepted);
    assert!(!messages.incident.is_undelivered(seq) && messages.incident.undelivered().is_empty());
}

#[test]
fn an_update_that_was_sent_elsewhere_is_sent_by_no_channel_and_counts_at_its_time() {
    let mut messages = Messages::new(&["page"]);
    let elsewhere = Event::from(Updated {
        audience: Audience::Users,
        elsewhere: true,
    });
    messages.now += TimeDelta::minutes(30);
    let at = messages.now - TimeDelta::minutes(10);
    let draft = Draft::new(&actor_id("a-1"), elsewhere);
    let draft = draft.occurred(at, crate::signals::Cause::Said);
    messages.record(&[draft.with(field::TEXT, Safe::line("sent by phone"))]);
    let seq = messages.incident.count;
    for _ in 0..40 {
        assert_eq!(messages.send(), vec![]);
        messages.now += TimeDelta::minutes(1);
    }
    let audience = Audience::Users;
    let update = UpdateFact { seq, at, audience };
    assert_eq!(messages.incident.updates, [update]);
    assert!(!messages.incident.is_undelivered(seq), "it has arrived");
    // A channel that is added later does not send it either, and later updates go out.
    messages.channels.extend(Messages::new(&["other"]).channels);
    assert_eq!(messages.send(), vec![]);
    assert_eq!(messages.write(Audience::Users), messages.incident.count);
    assert_eq!(messages.send().len(), 2);
}

#[test]
fn of_updates_the_latest_is_the_one_that_went_out_last() {
    let mut messages = Messages::new(&[]);
    messages.now += TimeDelta::minutes(30);
    let written = messages.write(Audience::Users);
    let elsewhere = Event::from(Updated {
        audience: Audience::Users,
        elsewhere: true,
    });
    let draft = Draft::new(&actor_id("a-1"), elsewhere);
    let at = messages.now - TimeDelta::minutes(10);
    messages.record(&[draft.occurred(at, crate::signals::Cause::Said)]);
    let last = messages.incident.updates.last().map(|update| update.seq);
    assert_eq!(last, Some(written));
}

#[test]
fn a_message_is_not_repeated_before_its_receiver_wants_to_be_asked() {
    let mut messages = Messages::new(&["page"]);
    let seq = messages.write(Audience::Users);
    messages.send();
    let data = MessageResulted {
        retry_after: Some(600),
        message: slug(&format!("update-inc-1.{seq}")),
        channel: slug("page"),
        repeat: 0,
        outcome: PageOutcome::Failed,
        http: Some(429),
        attempts: 1,
        remote: None,
    };
    messages.record(&[Draft::new(&program(), data)]);
    messages.now += TimeDelta::seconds(599);
    assert_eq!(messages.send(), vec![]);
    messages.now += TimeDelta::seconds(1);
    assert_eq!(messages.send(), sent(seq, 1));
}
