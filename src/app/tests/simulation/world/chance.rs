//! What the world does by chance: policies, people, receivers, crashes, clock steps.

use super::{Plant, Random, Sent, World};
use crate::app::intent::{Intent, IntentContext, drafts};
use crate::app::tests::delivery;
use crate::app::{IncidentView, Msg};
use crate::incident::entry::{Audience, PageIntended, PageOutcome};
use crate::incident::escalation::policy::{Again, Repeat};
use crate::incident::escalation::{Acknowledge, EscalationPolicy, PageAttempt, Until};
use crate::incident::severity::{Answered, Severity, SeverityFacts};
use crate::incident::{Boot, ChannelId, Entry, Status};
use crate::journal::Stamp;
use crate::outbox::Message;
use crate::signals::Cause;
use crate::testing::{slug, stamp, stepped};
use crate::text::Safe;
use chrono::TimeDelta;

pub(super) fn policy(random: &mut Random, base: &EscalationPolicy) -> EscalationPolicy {
    let mut policy = base.clone();
    policy.levels.truncate(4);
    for level in &mut policy.levels {
        level.channels = vec![slug("pager")];
        if random.chance(30) {
            let every = format!("{}m", 2 + random.below(9));
            let times = 1 + random.below(4) as u32;
            level.again = Some(Again { every, times });
        }
        if random.chance(20) && level.until == Until::Acknowledged {
            let own = level.target.take();
            level.targets = own.into_iter().chain([slug("network")]).collect();
            if random.chance(60) {
                level.acknowledge = Acknowledge::All;
            }
        }
        if random.chance(15) {
            level.severity = [1, 2].into_iter().filter_map(Severity::new).collect();
        }
    }
    if random.chance(25) {
        let from = policy.levels[0].level.clone();
        let after = format!("{}m", 3 + random.below(10));
        policy.repeat = Some(Repeat {
            from,
            after,
            times: 1,
        });
    }
    policy.check().unwrap();
    policy
}

impl World<'_> {
    pub(super) fn send(&mut self, at: usize, message: Message, channel: ChannelId) {
        let outcome = match self.random.below(10) {
            0 => PageOutcome::Failed,
            1 => PageOutcome::Unknown,
            2 if self.random.chance(20) => PageOutcome::Refused,
            _ => PageOutcome::Accepted,
        };
        // The outbox gives up after 80 s at the latest.
        let lasts = match self.random.below(4) {
            0 => self.random.below(80_000),
            _ => self.random.below(2_000),
        };
        if let Message::Page(page) = &message {
            let intended = |entry: &&Entry| {
                let data = entry.data::<PageIntended>();
                data.is_some_and(|data| data.page == page.id && data.repeat == page.repeat)
            };
            let intent = self.entries.iter().rfind(intended);
            self.sent.push(Sent {
                call: PageAttempt {
                    page: page.id.clone(),
                    channel: channel.clone(),
                    repeat: page.repeat,
                },
                level: page.level.clone(),
                target: page.target.clone(),
                intent: intent.map_or(0, |entry| entry.seq),
            });
        }
        let message = Msg::delivered(message, channel, delivery(outcome));
        let arrives = self.now + TimeDelta::milliseconds(lasts as i64);
        if let Some(program) = &mut self.programs[at] {
            program.flights.push((arrives, message));
        }
    }

    pub(super) fn person(&mut self) {
        if self.entries.is_empty() || !self.disk {
            return;
        }
        let targets = ["on-call", "engineering-lead", "network"];
        let intent = match self.random.below(9) {
            0 | 1 => {
                let mine = targets.iter().filter(|_| self.random.chance(50));
                Intent::Acknowledge(mine.map(|it| slug(it)).collect())
            }
            2 | 3 => {
                let answer = |question: &str, answer: &str| Answered {
                    question: slug(question),
                    answer: slug(answer),
                    basis: Cause::Said,
                    reading: None,
                    unit: None,
                };
                let correctness = ["wrong", "suspected", "right", "unknown"];
                let correctness = correctness[self.random.below(4) as usize];
                let completion = ["failing", "degraded", "working"][self.random.below(3) as usize];
                let answers = vec![
                    answer("correctness", correctness),
                    answer("completion", completion),
                    answer("exposure", "none"),
                    answer("elsewhere", "working"),
                ];
                Intent::Classify(answers, Safe::default())
            }
            4 if self.random.chance(10) => Intent::Status(Status::Closed, Safe::default()),
            4 => Intent::Status(Status::ALL[self.random.below(4) as usize], Safe::default()),
            5 => Intent::Update(Audience::Stakeholders, Safe::line("we are on it")),
            _ => Intent::Note(Safe::line("looking")),
        };
        self.says(&intent);
    }

    fn says(&mut self, intent: &Intent) {
        let mut view = IncidentView::default();
        view.extend(&self.entries);
        let setup = &self.stage.setup;
        let context = IntentContext {
            me: &setup.me,
            library: &setup.library,
            severity: &setup.severity,
            facts: SeverityFacts::default(),
            now: self.now + self.off,
            occurred: None,
            anyway: false,
            reading: None,
            impact: None,
            named: None,
        };
        if let Ok(drafts) = drafts(&view, &context, intent) {
            self.append(&drafts);
        }
    }

    /// Resolved, or closed right after an update.
    pub(super) fn end(&mut self) {
        if self.random.chance(50) {
            return self.says(&Intent::Status(Status::Resolved, Safe::default()));
        }
        let text = Safe::line("payments work again");
        self.says(&Intent::Update(Audience::Stakeholders, text));
        self.says(&Intent::Status(Status::Closed, Safe::default()));
    }

    /// What happens by itself.
    pub(super) fn chance(&mut self) {
        if self.random.below(500) == 0 {
            self.person();
        }
        if self.random.below(2_000) == 0 {
            self.space(!self.disk);
        } else if !self.disk && self.random.below(30) == 0 {
            self.space(true);
        }
        for at in 0..2 {
            match (&self.programs[at], self.random.below(1_500)) {
                (Some(_), 0) => {
                    self.programs[at] = None;
                    self.crashes += 1;
                }
                (None, 0..40) if at == 0 || self.crashes > 0 => self.begin(at),
                _ => {}
            }
        }
        if self.random.below(1_500) == 0 {
            self.set_clock();
        }
        if self.random.below(6_000) == 0 {
            self.reboot();
        }
    }

    pub(super) fn stamp(&self) -> Stamp {
        let wall = self.now + self.off;
        let stamp = match self.plant {
            Some(Plant::WaitsByWallClock) => stamp(wall),
            _ => stepped(wall, self.off),
        };
        let boot = Boot::from(format!("0badb0{:02x}", self.boot).as_str());
        Stamp { boot, ..stamp }
    }

    /// Whether the last entry was recorded in the present boot.
    fn is_known(&self) -> bool {
        let boot = self.entries.last().and_then(|entry| entry.mono);
        boot.is_some_and(|(boot, _)| boot == self.stamp().boot)
    }

    /// Not between a reboot and the next entry: a step then looks like time that has passed.
    fn set_clock(&mut self) {
        if !self.is_known() {
            return;
        }
        let most = [400, 3_000, 300_000, 3_600_000, 86_400_000][self.random.below(5) as usize];
        let step = 20 + self.random.below(most) as i64;
        let step = if self.random.chance(50) { step } else { -step };
        self.off += TimeDelta::milliseconds(step);
        self.clock.show(self.stamp());
        self.steps += 1;
    }

    fn reboot(&mut self) {
        let told = self.truth.last().is_some_and(|(_, off)| *off == self.off);
        if !told || !self.is_known() {
            return;
        }
        self.programs = [None, None];
        self.store.lose_power();
        self.entries = self.store.behind(&self.name(), 0);
        self.truth.truncate(self.entries.len());
        self.boot = self.boot.wrapping_add(1);
        self.crashes += 1;
        self.reboots += 1;
        self.now += TimeDelta::seconds(20);
        self.clock.show(self.stamp());
        self.begin(0);
    }
}
