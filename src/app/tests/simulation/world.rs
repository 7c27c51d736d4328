//! The world of a simulated incident: one journal, one or two programs, channels, people, time.

mod chance;
mod program;

use crate::alerts::AlertState;
use crate::alerts::{AlertIndex, SourceAlerts};
use crate::app::{Msg, Setup};
use crate::incident::entry::{Acknowledged, PageIntended, PageOutcome, PageResulted};
use crate::incident::escalation::{EscalationPolicy, PageAttempt};
use crate::incident::{Draft, Entry, IncidentId, LevelId, TargetId};
use crate::journal::memory::{Broken, MemoryStore};
use crate::journal::{Clock, Head, Stamp};
use crate::testing::{bench_setup, slug, stamp, start};
use chance::policy;
use chrono::{DateTime, TimeDelta, Utc};
use program::Program;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// A defect planted to show that the oracle finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plant {
    /// Intents of one level are lost on their way to the journal.
    LosesLevel,
    Store(Broken),
    /// One program does not hear of acknowledgements.
    MissesAcknowledgements,
    /// Results are lost, and nobody notices.
    LosesResults,
    /// A bit of the journal flips.
    FlipsABit,
    /// An acknowledgement stops all levels.
    AcknowledgementStopsAll,
    /// What failed is never tried again.
    NeverRepeats,
    /// A page is repeated without a reason.
    RepeatsWithoutReason,
    /// Updates and settlements never leave.
    DropsMessages,
    /// One program does not hear that the incident was closed.
    MissesClosing,
    /// Programs wait by the wall clock.
    WaitsByWallClock,
    /// Steps of the clock are not recorded.
    DropsClockSteps,
}

pub(super) struct Stage {
    setup: Setup,
    firing: Arc<AlertIndex>,
    quiet: Arc<AlertIndex>,
}

impl Stage {
    pub(super) fn new() -> Self {
        let setup = bench_setup();
        let index = |alerts: Vec<crate::alerts::Alert>| {
            let alerts = alerts.into_iter().map(Arc::new).collect();
            let alerts = SourceAlerts {
                alerts,
                ..SourceAlerts::default()
            };
            let gathered = BTreeMap::from([(slug("alertmanager"), alerts)]);
            Arc::new(AlertIndex::new(&gathered, &setup.intake))
        };
        let alert = super::super::alert("PaymentSuccessRateLow", AlertState::Firing, start());
        let (firing, quiet) = (index(vec![alert]), index(Vec::new()));
        Self {
            setup,
            firing,
            quiet,
        }
    }
}

pub(super) struct Random(u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        // SplitMix64 (Steele, Lea, Flood 2014).
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// The clock of the machine, as the world shows it.
struct Shown(Mutex<Stamp>);

impl Shown {
    fn show(&self, stamp: Stamp) {
        *self.0.lock().unwrap() = stamp;
    }
}

impl Clock for Shown {
    fn now(&self) -> Stamp {
        *self.0.lock().unwrap()
    }
}

#[derive(Debug, Clone)]
pub(super) struct Sent {
    pub(super) call: PageAttempt,
    pub(super) level: LevelId,
    pub(super) target: TargetId,
    pub(super) intent: u64,
}

pub(super) struct World<'s> {
    stage: &'s Stage,
    pub(super) plant: Option<Plant>,
    pub(super) random: Random,
    pub(super) policy: EscalationPolicy,
    /// The true time, which no program sees.
    pub(super) now: DateTime<Utc>,
    pub(super) off: TimeDelta,
    boot: u8,
    id: IncidentId,
    clock: Arc<Shown>,
    pub(super) store: MemoryStore,
    pub(super) acknowledged: Vec<Head>,
    programs: [Option<Program>; 2],
    pub(super) entries: Vec<Entry>,
    /// And by how much the wall clock was off then.
    pub(super) truth: Vec<(DateTime<Utc>, TimeDelta)>,
    pub(super) lines: Vec<u8>,
    pub(super) texts: String,
    pub(super) sent: Vec<Sent>,
    /// When a program was alive, knew the incident and could write; and how many entries it knew.
    pub(super) served: Vec<(DateTime<Utc>, usize)>,
    disk: bool,
    /// How often the clock was set, and the machine restarted.
    pub(super) steps: u64,
    pub(super) reboots: u64,
    crashes: u64,
}

impl<'s> World<'s> {
    pub(super) fn new(seed: u64, stage: &'s Stage, plant: Option<Plant>) -> Self {
        let mut random = Random(seed.wrapping_mul(0x2545_f491_4f6c_dd1d));
        let policy = policy(&mut random, &stage.setup.escalation);
        let clock = Arc::new(Shown(Mutex::new(stamp(start()))));
        let broken = match plant {
            Some(Plant::Store(broken)) => Some(broken),
            _ => None,
        };
        let mut world = Self {
            stage,
            store: MemoryStore::new(Arc::clone(&clock) as Arc<dyn Clock>, broken),
            clock,
            acknowledged: Vec::new(),
            plant,
            random,
            policy,
            now: start() + TimeDelta::seconds(30),
            off: TimeDelta::zero(),
            boot: 0,
            id: IncidentId::compose(false, start().date_naive(), 1),
            programs: [None, None],
            entries: Vec::new(),
            truth: Vec::new(),
            lines: Vec::new(),
            texts: String::new(),
            sent: Vec::new(),
            served: Vec::new(),
            disk: true,
            steps: 0,
            reboots: 0,
            crashes: 0,
        };
        world.begin(0);
        if world.random.chance(60) {
            world.begin(1);
        }
        world
    }

    pub(super) fn counts(&self) -> [u64; 5] {
        let results = self.entries.iter().filter_map(Entry::data::<PageResulted>);
        let withdrawn = results.filter(|data| data.outcome == PageOutcome::Withdrawn);
        [
            self.entries.len() as u64,
            self.sent.len() as u64,
            self.crashes,
            withdrawn.count() as u64,
            u64::from(self.entries.iter().any(Entry::is::<Acknowledged>)),
        ]
    }

    /// Two hours, then enough time with a working disk and a living program for everything to end.
    pub(super) fn play(&mut self) {
        let until = start() + TimeDelta::hours(2);
        let mut poll = self.now;
        while self.now < until {
            let step = match self.random.below(3) {
                0 => 200,
                1 => 1_000,
                _ => 200 + self.random.below(9_800),
            };
            self.now += TimeDelta::milliseconds(step as i64);
            self.clock.show(self.stamp());
            self.chance();
            if self.now >= poll {
                poll = self.now + TimeDelta::seconds(60);
                self.poll();
            }
            self.turn();
        }
        self.space(true);
        for at in 0..2 {
            if self.programs[at].is_none() {
                self.begin(at);
            }
        }
        if self.random.chance(50) {
            self.end();
        }
        for _ in 0..400 {
            self.now += TimeDelta::seconds(2);
            self.clock.show(self.stamp());
            self.turn();
        }
        for at in 0..2 {
            self.hear(at);
        }
        (self.lines, self.texts) = self.store.files(&self.name());
        if self.plant == Some(Plant::FlipsABit) {
            let at = self.random.below(self.lines.len() as u64) as usize;
            self.lines[at] ^= 1;
        }
    }

    fn space(&mut self, disk: bool) {
        self.disk = disk;
        self.store.is_full(!disk);
    }

    fn poll(&mut self) {
        if self.plant == Some(Plant::RepeatsWithoutReason) {
            self.page_without_reason();
        }
        let index = match self.random.chance(85) {
            true => &self.stage.firing,
            false => &self.stage.quiet,
        };
        for at in 0..2 {
            let (source, result) = (slug("alertmanager"), Ok(Arc::clone(index)));
            self.say(at, Msg::Alerts { source, result });
        }
    }

    fn page_without_reason(&mut self) {
        let latest = self
            .entries
            .iter()
            .rev()
            .find_map(Entry::data::<PageIntended>);
        if let Some(mut data) = latest.cloned() {
            data.repeat += 1;
            self.append(&[Draft::new(&crate::incident::program(), data)]);
        }
    }

    /// A program may be slow to hear of what others have recorded.
    fn turn(&mut self) {
        for at in 0..2 {
            let now = self.now;
            let Some(program) = &mut self.programs[at] else {
                continue;
            };
            let (come, left): (Vec<_>, Vec<_>) = program
                .flights
                .drain(..)
                .partition(|(arrives, _)| *arrives <= now);
            program.flights = left;
            let slow = self.random.chance(20);
            if !slow {
                self.hear(at);
            }
            self.write(at);
            for (_, message) in come {
                self.say(at, message);
            }
            self.say(at, Msg::Tick(self.stamp()));
            if !slow && self.disk && !self.entries.is_empty() {
                self.served.push((self.now, self.entries.len()));
            }
        }
    }
}
