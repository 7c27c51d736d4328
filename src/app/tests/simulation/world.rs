//! The world of a simulated incident: one journal, one or two programs, channels, people, time.

mod chance;

use crate::alerts::AlertState;
use crate::alerts::{AlertIndex, Gathered};
use crate::app::{Effect, Model, Msg, Setup, update};
use crate::incident::entry::{
    Acknowledged, Audience, ClockEvent, MessageEvent, PageOutcome, PageResulted, PagingEvent,
    ResponseEvent,
};
use crate::incident::escalation::{Call, Policy};
use crate::incident::{Draft, Entry, Event, Incident, IncidentId, Slug, Status};
use crate::journal::{Position, encode};
use crate::testing::{bench_setup, slug, start};
use chance::policy;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// A fault planted into the world, so that the oracle can show that it sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plant {
    /// Intents of one level are lost on their way to the journal.
    Forget,
    /// The journal takes the same intent twice.
    Twice,
    /// One program does not hear of acknowledgements.
    SendsThoughAnswered,
    /// Results are lost, and nobody notices.
    LosesResults,
    /// A bit of the journal flips.
    FlipsABit,
    /// An acknowledgement stops everything.
    StopsTooMuch,
    /// What failed is never tried again.
    NeverAgain,
    /// Somebody is called once more for no reason.
    CallsForFun,
    /// Updates and settlements never leave.
    TellsNobody,
    /// One program does not hear that the incident was closed.
    GoesOnAfterClosing,
    /// Programs wait by the wall clock.
    WaitsByTheWall,
    /// Steps of the clock are not recorded.
    TellsNoStep,
}

/// What all incidents of one thread share.
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
            let gathered = BTreeMap::from([(
                slug("alertmanager"),
                Gathered {
                    alerts,
                    ..Gathered::default()
                },
            )]);
            Arc::new(AlertIndex::new(&gathered, &setup.intake.0))
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

/// A program: what it knows, and what it waits for.
struct Program {
    model: Model,
    /// Entries of the journal that it has been told of.
    heard: usize,
    /// Drafts that the disk has not taken.
    queue: VecDeque<(u64, Vec<Draft>)>,
    /// Results on their way, with the time of their arrival.
    flights: Vec<(DateTime<Utc>, Msg)>,
}

/// A sending that left a program.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    pub(super) call: Call,
    pub(super) level: Slug,
    pub(super) target: Slug,
    /// Number of the intent in the journal.
    pub(super) intent: u64,
}

pub(super) struct World<'s> {
    stage: &'s Stage,
    pub(super) plant: Option<Plant>,
    pub(super) random: Random,
    pub(super) policy: Policy,
    /// The true time, which no program sees.
    pub(super) now: DateTime<Utc>,
    /// By how much the wall clock is off.
    pub(super) off: TimeDelta,
    /// Which boot of the machine.
    boot: u8,
    id: IncidentId,
    programs: [Option<Program>; 2],
    pub(super) entries: Vec<Entry>,
    /// The true time of each entry, and by how much the wall clock was off then.
    pub(super) truth: Vec<(DateTime<Utc>, TimeDelta)>,
    pub(super) lines: Vec<u8>,
    pub(super) texts: Vec<String>,
    keys: BTreeSet<String>,
    pub(super) sent: Vec<Sent>,
    /// When a program could have acted: it was alive, knew the incident, and the disk took entries. The number is
    /// that of the entries it knew.
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
        let policy = policy(&mut random, &stage.setup.escalation.0);
        let mut world = Self {
            stage,
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
            texts: Vec::new(),
            keys: BTreeSet::new(),
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
        let withdrawn = |entry: &&Entry| {
            entry
                .data::<PageResulted>()
                .is_some_and(|data| data.outcome == PageOutcome::Withdrawn)
        };
        let taken = |entry: &Entry| entry.is::<Acknowledged>();
        [
            self.entries.len() as u64,
            self.sent.len() as u64,
            self.crashes,
            self.entries.iter().filter(withdrawn).count() as u64,
            u64::from(self.entries.iter().any(taken)),
        ]
    }

    /// A program starts, and reads what is there.
    fn begin(&mut self, at: usize) {
        let mut setup = self.stage.setup.clone();
        setup.escalation = (self.policy.clone(), "00".into());
        setup.channels = vec![crate::incident::messages::Way {
            name: slug("pager"),
            audiences: vec![Audience::Stakeholders],
            settles: true,
            pages: true,
        }];
        setup.headless = at == 0;
        let mut program = Program {
            model: Model::new(setup, self.stamp()),
            heard: self.entries.len(),
            queue: VecDeque::new(),
            flights: Vec::new(),
        };
        if !self.entries.is_empty() {
            let entries = self.heard(at, &self.entries);
            let state = Box::new(Incident::from_entries(&entries));
            let incident = self.id.clone();
            update(
                &mut program.model,
                Msg::Loaded {
                    incident,
                    entries,
                    state,
                },
            );
        }
        self.programs[at] = Some(program);
        self.say(at, Msg::Ready);
    }

    /// Entries as a program hears of them: with a planted fault, one does not hear of acknowledgements, or of the end.
    fn heard(&self, at: usize, entries: &[Entry]) -> Vec<Entry> {
        let deaf_to = |entry: &Entry| match (self.plant, entry.event()) {
            (
                Some(Plant::SendsThoughAnswered),
                Some(Event::Paging(PagingEvent::Acknowledged(_))),
            ) => at == 0,
            (
                Some(Plant::GoesOnAfterClosing),
                Some(Event::Response(ResponseEvent::StatusChanged(data))),
            ) => at == 0 && data.status == Status::Closed,
            _ => false,
        };
        let all = entries.iter().filter(|entry| !deaf_to(entry));
        all.cloned().collect()
    }

    fn say(&mut self, at: usize, msg: Msg) {
        let Some(program) = &mut self.programs[at] else {
            return;
        };
        let mut effects: VecDeque<Effect> = update(&mut program.model, msg).into();
        while let Some(effect) = effects.pop_front() {
            effects.extend(self.perform(at, effect));
        }
    }

    fn perform(&mut self, at: usize, effect: Effect) -> Vec<Effect> {
        match effect {
            Effect::Record { token, drafts, .. } => {
                if let Some(program) = &mut self.programs[at] {
                    program.queue.push_back((token, drafts));
                }
                self.write(at)
            }
            Effect::Open {
                service, drafts, ..
            } => {
                let message = if self.entries.is_empty() && self.disk {
                    self.append(&drafts);
                    let (incident, entries) = (self.id.clone(), self.entries.clone());
                    Msg::Opened { incident, entries }
                } else {
                    let why = (!self.disk).then(|| ("no space".to_string(), "wait".to_string()));
                    Msg::NotOpened { service, why }
                };
                let heard = self.entries.len();
                let opened = matches!(message, Msg::Opened { .. });
                let Some(program) = &mut self.programs[at] else {
                    return Vec::new();
                };
                if opened {
                    program.heard = heard;
                }
                update(&mut program.model, message)
            }
            Effect::Send { message, channel } => {
                self.send(at, *message, channel);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// The first batches of a program's queue go to the journal, as long as the disk takes them.
    fn write(&mut self, at: usize) -> Vec<Effect> {
        let mut effects = Vec::new();
        while self.disk {
            let Some((token, drafts)) =
                self.programs[at].as_mut().and_then(|p| p.queue.pop_front())
            else {
                break;
            };
            let mine = self.append(&drafts);
            let heard = self.programs[at]
                .as_ref()
                .map_or(0, |program| program.heard);
            let entries = self.heard(at, &self.entries[heard..]);
            let (all, incident) = (self.entries.len(), self.id.clone());
            let Some(program) = &mut self.programs[at] else {
                break;
            };
            program.heard = all;
            let message = Msg::Recorded {
                incident,
                entries,
                token: Some(token),
                mine,
            };
            effects.extend(update(&mut program.model, message));
        }
        effects
    }

    /// Appends as the journal does: once keys, the chain, disclosures.
    pub(super) fn append(&mut self, drafts: &[Draft]) -> Vec<Option<u64>> {
        let mut mine = Vec::new();
        for draft in drafts {
            if self.is_lost(&draft.event) {
                mine.push(None);
                continue;
            }
            let key = draft.event.dedup_key();
            let doubled = self.plant == Some(Plant::Twice);
            if let Some(key) = key
                && !self.keys.insert(key)
                && !doubled
            {
                mine.push(None);
                continue;
            }
            let position = self
                .entries
                .last()
                .map_or(Position::start(), |entry| Position {
                    seq: entry.seq,
                    hash: entry.hash.clone(),
                });
            let stamp = self.stamp();
            let id = uuid::Uuid::from_u128((7 << 76) | (2 << 62) | u128::from(position.seq));
            let salt = self.random.next().to_le_bytes();
            let salt = std::array::from_fn(|at| salt[at % 8]);
            let encoded = encode(draft, &position, &stamp, id, || Ok(salt)).unwrap();
            self.lines.extend_from_slice(&encoded.line);
            self.texts.extend(encoded.disclosures);
            mine.push(Some(encoded.entry.seq));
            self.entries.push(encoded.entry);
            self.truth.push((self.now, self.off));
        }
        mine
    }

    /// What a planted fault keeps out of the journal.
    fn is_lost(&self, event: &Event) -> bool {
        let answered = || self.entries.iter().any(Entry::is::<Acknowledged>);
        match (self.plant, event) {
            (Some(Plant::Forget), Event::Paging(PagingEvent::PageIntended(page))) => {
                page.level == slug("cto")
            }
            (Some(Plant::LosesResults), Event::Paging(PagingEvent::PageResulted(_))) => true,
            (Some(Plant::TellsNobody), Event::Message(MessageEvent::MessageIntended(_))) => true,
            (Some(Plant::NeverAgain), Event::Paging(PagingEvent::PageIntended(page))) => {
                page.repeat > 0
            }
            (Some(Plant::StopsTooMuch), Event::Paging(PagingEvent::PageIntended(_))) => answered(),
            (Some(Plant::TellsNoStep), Event::Clock(ClockEvent::ClockStepped(_))) => true,
            _ => false,
        }
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
            self.chance();
            if self.now >= poll {
                poll = self.now + TimeDelta::seconds(60);
                self.poll();
            }
            self.turn();
        }
        self.disk = true;
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
            self.turn();
        }
        if self.plant == Some(Plant::FlipsABit) {
            let at = self.random.below(self.lines.len() as u64) as usize;
            self.lines[at] ^= 1;
        }
    }

    fn poll(&mut self) {
        if self.plant == Some(Plant::CallsForFun) {
            self.call_for_fun();
        }
        let index = if self.random.chance(85) {
            &self.stage.firing
        } else {
            &self.stage.quiet
        };
        for at in 0..2 {
            let (source, result) = (slug("alertmanager"), Ok(Arc::clone(index)));
            self.say(at, Msg::Alerts { source, result });
        }
    }

    /// The latest call once more, at no time that anything gives.
    fn call_for_fun(&mut self) {
        let latest = self
            .entries
            .iter()
            .rev()
            .find_map(|entry| match entry.event() {
                Some(Event::Paging(PagingEvent::PageIntended(data))) => Some(data.clone()),
                _ => None,
            });
        if let Some(mut data) = latest {
            data.repeat += 1;
            self.append(&[Draft::new(&crate::incident::program(), data)]);
        }
    }

    /// Each program takes in what has come, and the time.
    fn turn(&mut self) {
        for at in 0..2 {
            let Some(program) = &mut self.programs[at] else {
                continue;
            };
            let now = self.now;
            let (come, left) = program
                .flights
                .drain(..)
                .partition(|(arrives, _)| *arrives <= now);
            program.flights = left;
            let heard = program.heard;
            let come: Vec<(DateTime<Utc>, Msg)> = come;
            if heard < self.entries.len() {
                let (incident, entries) = (self.id.clone(), self.heard(at, &self.entries[heard..]));
                let all = self.entries.len();
                let known = self.programs[at].as_mut().is_some_and(|program| {
                    program.heard = all;
                    program.model.views.contains_key(&incident)
                });
                let message = if known {
                    let (token, mine) = (None, Vec::new());
                    Msg::Recorded {
                        incident,
                        entries,
                        token,
                        mine,
                    }
                } else {
                    let entries = self.heard(at, &self.entries);
                    let state = Box::new(Incident::from_entries(&entries));
                    Msg::Loaded {
                        incident,
                        entries,
                        state,
                    }
                };
                self.say(at, message);
            }
            let mut waiting: VecDeque<Effect> = self.write(at).into();
            while let Some(effect) = waiting.pop_front() {
                waiting.extend(self.perform(at, effect));
            }
            for (_, message) in come {
                self.say(at, message);
            }
            self.say(at, Msg::Tick(self.stamp()));
            if self.disk && !self.entries.is_empty() {
                self.served.push((self.now, self.entries.len()));
            }
        }
    }
}
