use super::*;
use crate::incident::Draft;
use crate::incident::entry::{Event, MessageEvent, MessageResulted, Updated};
use crate::incident::fold::UpdateFact;
use crate::testing::{Tape, actor_id, slug, start};

/// An incident's journal, and what the channels of the test receive.
struct Told {
    tape: Tape,
    incident: Incident,
    now: chrono::DateTime<chrono::Utc>,
    ways: Vec<Way>,
}

impl Told {
    fn new(ways: &[&str]) -> Self {
        let way = |name: &&str| Way {
            name: slug(name),
            audiences: vec![Audience::Users, Audience::Stakeholders],
            settles: false,
            pages: false,
        };
        Self {
            tape: Tape::default(),
            incident: Incident::default(),
            now: start(),
            ways: ways.iter().map(way).collect(),
        }
    }

    fn record(&mut self, drafts: &[Draft]) {
        let (entries, _) = self.tape.append(drafts, self.now);
        entries.iter().for_each(|entry| self.incident.apply(entry));
    }

    /// Returns the number of the update's entry.
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
        let drafts = due("INC-1", &self.incident, &self.ways, Moment::unset(self.now));
        let sent = drafts.iter().filter_map(|draft| match &draft.event {
            Event::Message(MessageEvent::MessageIntended(data)) => {
                Some((data.channel.to_string(), data.tells, data.repeat))
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
    let mut told = Told::new(&["page"]);
    let (first, second) = (told.write(Audience::Users), told.write(Audience::Users));
    assert_eq!(told.send(), sent(first, 0));
    assert_eq!(told.send(), vec![], "the first is under way");
    told.result(first, 0, PageOutcome::Accepted);
    assert_eq!(told.send(), sent(second, 0));
}

#[test]
fn a_later_update_that_was_taken_overtakes_one_that_failed() {
    let mut told = Told::new(&["page"]);
    let first = told.write(Audience::Users);
    told.send();
    told.result(first, 0, PageOutcome::Failed);
    let second = told.write(Audience::Users);
    assert_eq!(told.send(), sent(second, 0));
    told.result(second, 0, PageOutcome::Accepted);
    told.now += TimeDelta::minutes(2);
    assert_eq!(told.send(), vec![], "old words over new ones");
}

#[test]
fn one_that_failed_is_told_again_before_a_later_one_of_the_same_audience() {
    let mut told = Told::new(&["page"]);
    let first = told.write(Audience::Users);
    told.send();
    told.result(first, 0, PageOutcome::Failed);
    told.now += TimeDelta::minutes(2);
    assert_eq!(told.send(), sent(first, 1));
}

#[test]
fn audiences_do_not_wait_for_each_other() {
    let mut told = Told::new(&["page"]);
    let users = told.write(Audience::Users);
    let others = told.write(Audience::Stakeholders);
    let mut both = told.send();
    both.sort();
    assert_eq!(both, [sent(users, 0), sent(others, 0)].concat());
}

#[test]
fn a_channel_that_comes_later_does_not_repeat_the_whole_story() {
    let mut told = Told::new(&[]);
    told.write(Audience::Users);
    told.now += TimeDelta::minutes(40);
    let second = told.write(Audience::Users);
    told.ways = Told::new(&["page"]).ways;
    assert_eq!(told.send(), sent(second, 0));
    told.result(second, 0, PageOutcome::Accepted);
    assert_eq!(told.send(), vec![]);
}

#[test]
fn an_update_that_no_channel_delivered_has_told_nobody() {
    let mut told = Told::new(&["page"]);
    let seq = told.write(Audience::Users);
    assert!(
        !told.incident.is_undelivered(seq),
        "told by other means, until a channel says no"
    );
    assert_eq!(told.send().len(), 1);
    assert!(told.incident.undelivered().is_empty(), "under way");
    told.result(seq, 0, PageOutcome::Failed);
    assert!(told.incident.is_undelivered(seq));
    assert_eq!(
        told.incident.undelivered(),
        [(seq, slug("page"), PageOutcome::Failed)]
    );
    told.now += TimeDelta::seconds(61);
    assert_eq!(told.send().len(), 1);
    told.result(seq, 1, PageOutcome::Accepted);
    assert!(!told.incident.is_undelivered(seq) && told.incident.undelivered().is_empty());
}

#[test]
fn an_update_that_was_sent_elsewhere_is_sent_by_no_channel_and_counts_at_its_time() {
    let mut told = Told::new(&["page"]);
    let elsewhere = Event::from(Updated {
        audience: Audience::Users,
        elsewhere: true,
    });
    told.now += TimeDelta::minutes(30);
    let at = told.now - TimeDelta::minutes(10);
    let draft = Draft::new(&actor_id("a-1"), elsewhere);
    let draft = draft.occurred(at, crate::signals::Cause::Said);
    told.record(&[draft.with(field::TEXT, Safe::line("told by phone"))]);
    let seq = told.incident.count;
    for _ in 0..40 {
        assert_eq!(told.send(), vec![]);
        told.now += TimeDelta::minutes(1);
    }
    let audience = Audience::Users;
    let update = UpdateFact { seq, at, audience };
    assert_eq!(told.incident.updates, [update]);
    assert!(!told.incident.is_undelivered(seq), "it has told somebody");
    // A channel that is added later does not send it either, and later updates go out.
    told.ways.extend(Told::new(&["other"]).ways);
    assert_eq!(told.send(), vec![]);
    assert_eq!(told.write(Audience::Users), told.incident.count);
    assert_eq!(told.send().len(), 2);
}

#[test]
fn of_updates_the_latest_is_the_one_that_went_out_last() {
    let mut told = Told::new(&[]);
    told.now += TimeDelta::minutes(30);
    let written = told.write(Audience::Users);
    let elsewhere = Event::from(Updated {
        audience: Audience::Users,
        elsewhere: true,
    });
    let draft = Draft::new(&actor_id("a-1"), elsewhere);
    let at = told.now - TimeDelta::minutes(10);
    told.record(&[draft.occurred(at, crate::signals::Cause::Said)]);
    let last = told.incident.updates.last().map(|update| update.seq);
    assert_eq!(last, Some(written));
}

#[test]
fn a_message_is_not_repeated_before_its_receiver_wants_to_be_asked() {
    let mut told = Told::new(&["page"]);
    let seq = told.write(Audience::Users);
    told.send();
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
    told.record(&[Draft::new(&program(), data)]);
    told.now += TimeDelta::seconds(599);
    assert_eq!(told.send(), vec![]);
    told.now += TimeDelta::seconds(1);
    assert_eq!(told.send(), sent(seq, 1));
}
