//! The model: everything the console knows.

use super::clock::ClockSteps;
use super::dialog::{Dialog, Outcome};
use super::incident_view::IncidentView;
use super::message::DamageOutcome;
use super::setup::Setup;
use super::severity_trend::SeverityTrend;
use super::ui::{Drawn, Ui};
use crate::alerts::AlertIndex;
use crate::alerts::{Alert, AlertStart};
use crate::data_dir::{Peer, PeerKind};
use crate::incident::{
    Incident, IncidentId, Role, ServiceId, Slug, SourceId, Stamp, Status, severity,
};
use crate::oncall::OnCallSchedules;
use crate::signals::Sample;
use crate::signals::change::{Change, ChangeSet, suspects};
use crate::signals::inquiry::Finding;
use crate::signals::map::{Service, ServicePath};
use crate::signals::monitor::{MonitorReport, RatioReport, SignalReport};
use crate::sources::RuleSet;
use crate::text::Problem;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A reading is of whole minutes, and arrives some seconds after the last one: an older one is stale.
const READING_AGE: TimeDelta = TimeDelta::seconds(150);

#[derive(Debug, Clone, PartialEq, Default)]
pub struct SourceState {
    pub answered: Option<DateTime<Utc>>,
    /// When it was first asked.
    pub asked: Option<DateTime<Utc>>,
    pub error: Option<Problem>,
}

/// What the sources report now. None of it is the journal.
#[derive(Debug, Clone, Default)]
pub struct Live {
    pub index: Arc<AlertIndex>,
    /// The alerts that the filter lets through.
    pub found: Found,
    /// Alerts of open incidents as they were last seen, for when they are no longer reported.
    pub known: BTreeMap<Slug, Arc<Alert>>,
    /// Alerting rules by source, and when they were read.
    pub rules: BTreeMap<SourceId, (RuleSet, DateTime<Utc>)>,
    pub odd: BTreeMap<(SourceId, &'static str), String>,
    pub report: Option<Box<MonitorReport>>,
    /// What was found when the sources were asked whether the signals can be measured there.
    pub findings: Vec<Finding>,
    /// Changes by source, or why they are not known.
    pub changes: BTreeMap<SourceId, (ChangeSet, Option<Problem>)>,
    pub sources: BTreeMap<SourceId, SourceState>,
    pub schedules: OnCallSchedules,
    /// Other processes on the same data directory.
    pub peers: Vec<Peer>,
    /// By rule and signal, since when a symptom of the intake rules is seen.
    pub symptoms: BTreeMap<(Slug, Slug), DateTime<Utc>>,
    /// When a symptom was last looked for and not found.
    pub absent: BTreeMap<(Slug, Slug), DateTime<Utc>>,
    pub severity_trend: BTreeMap<IncidentId, SeverityTrend>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    pub words: Vec<String>,
    /// In the list of all alerts.
    pub positions: Vec<u32>,
}

#[derive(Debug, Clone)]
pub struct Model {
    /// By the wall clock.
    pub now: DateTime<Utc>,
    /// Both clocks, when they were last read.
    pub stamp: Stamp,
    pub clock_steps: ClockSteps,
    pub setup: Setup,
    pub live: Live,
    /// The incidents, by id.
    pub views: BTreeMap<IncidentId, IncidentView>,
    pub current: Option<IncidentId>,
    /// Services for which an incident is being opened.
    pub opening: BTreeSet<ServiceId>,
    /// The incidents of the data directory are known: until then nothing is opened.
    pub ready: bool,
    /// Why the data directory cannot be used.
    pub store_error: Option<Problem>,
    pub ui: Ui,
    /// The last one is on top.
    pub dialogs: Vec<Dialog<Self>>,
    pub next_token: u64,
    pub rang: Option<DateTime<Utc>>,
    pub quitting: bool,
    /// Steps of the program that panicked, and when last.
    pub defects: BTreeMap<String, DateTime<Utc>>,
}

impl Model {
    pub fn new(setup: Setup, stamp: Stamp) -> Self {
        let mut ui = Ui::default();
        if let Some(warning) = setup.warnings.first() {
            ui.warn(warning.clone());
        }
        let sources = setup.sources.iter();
        let live = Live {
            sources: sources
                .map(|(name, _)| (name.clone(), SourceState::default()))
                .collect(),
            schedules: setup.schedules.clone(),
            ..Live::default()
        };
        Self {
            now: stamp.wall,
            stamp,
            clock_steps: ClockSteps::since(stamp),
            setup,
            live,
            views: BTreeMap::new(),
            current: None,
            opening: BTreeSet::new(),
            ready: false,
            store_error: None,
            ui,
            dialogs: Vec::new(),
            next_token: 1,
            rang: None,
            quitting: false,
            defects: BTreeMap::new(),
        }
    }

    /// The severity proposed for the incident on the screen, while measurements support it.
    pub fn proposed(&self) -> Option<severity::Severity> {
        let incident = self.incident()?;
        let last = incident.proposed()?;
        let in_force = incident.severity()?;
        let severity_trend = self.live.severity_trend.get(self.current.as_ref()?);
        let stands = |severity_trend: &SeverityTrend| {
            severity_trend.stands(last.severity, in_force, &last.rests_on)
        };
        severity_trend.is_none_or(stands).then_some(last.severity)
    }

    /// Selection and answers belong to the previous incident and are cleared.
    pub(crate) fn go_to(&mut self, id: IncidentId) {
        self.current = Some(id);
        self.ui.selected = None;
        self.ui.scroll = 0;
        self.ui.answers = super::ui::Answering::default();
    }

    pub(crate) fn open(&mut self, dialog: impl Into<Dialog<Self>>) -> Outcome {
        let mut dialog = dialog.into();
        if let Dialog::Form(form) = &mut dialog {
            form.day_of = self.day_of_entries();
        }
        self.dialogs.push(dialog);
        Ok(Vec::new())
    }

    /// Keeps the scroll positions within what was drawn.
    pub fn keep_within(&mut self, drawn: Drawn) {
        self.ui.drawn = drawn;
        self.ui.scroll = self.ui.scroll.min(drawn.screen);
        if let Some(dialog) = self.dialogs.last_mut() {
            dialog.keep_within(drawn.over);
        }
    }

    pub(crate) fn role_change(&self, role: Role) -> u64 {
        self.incident()
            .map_or(0, |incident| incident.role_change(role))
    }

    pub fn view(&self) -> Option<&IncidentView> {
        self.views.get(self.current.as_ref()?)
    }

    pub fn incident(&self) -> Option<&Incident> {
        self.view().map(|view| &view.incident)
    }

    /// The success signal of the strict path, at the top of every screen.
    pub fn headline(&self) -> Option<(&SignalReport, &RatioReport)> {
        self.live.report.as_ref()?.headline()
    }

    /// The source of its signal; `None` without any source of measurements.
    pub fn headline_source(&self) -> Option<SourceId> {
        let named = self
            .headline()
            .and_then(|(signal, _)| signal.source.as_ref());
        self.source_of(named)
    }

    /// Its current reading. Without a number, the time is that of the question.
    pub fn sample(&self) -> Option<Sample> {
        let report = self.live.report.as_ref()?;
        let (signal, ratio) = report.headline()?;
        let reading = ratio.current.reading;
        let measured = signal.measured.filter(|_| reading.shown().is_some());
        // A source whose clock is ahead must not make an old reading look fresh for as long.
        let at = measured.unwrap_or(report.at).min(self.now);
        Some(Sample { at, reading })
    }

    /// The path of the incident on the screen, or the strict path.
    pub fn mapped(&self) -> Option<(&Service, &ServicePath)> {
        let opened = self
            .incident()
            .and_then(|incident| incident.opened.as_ref());
        let own = opened.and_then(|opened| self.setup.map.path(&opened.data.path));
        own.or_else(|| self.setup.map.strict())
    }

    /// By the wall clock as it runs now: the age is the time that has passed.
    pub fn since(&self, incident: &Incident) -> Option<DateTime<Utc>> {
        let opened = incident.opened.as_ref()?;
        Some(incident.restated(opened.seq, opened.data.started, &self.stamp))
    }

    /// The start of the live incident on the screen, else that of a drop, else now.
    pub fn onset(&self) -> DateTime<Utc> {
        let live = self.incident().filter(|it| !it.is_retrospective());
        let incident = live.and_then(Incident::started);
        let drop = || {
            let (_, ratio) = self.headline()?;
            ratio.drop.as_ref().map(|drop| drop.since)
        };
        incident.or_else(drop).unwrap_or(self.now)
    }

    /// The changes of all sources, the likeliest cause first.
    pub fn changes(&self) -> Vec<&Change> {
        let all = self.live.changes.values().flat_map(|(set, _)| &set.changes);
        suspects(all, self.onset(), self.now)
    }

    /// The paging service that stopped responding, unless another one runs.
    pub fn watch_gone(&self) -> Option<&Peer> {
        let peers = self.live.peers.iter();
        let services = peers.filter(|peer| peer.kind == PeerKind::Watch);
        let alive = self.setup.headless || services.clone().any(|peer| peer.alive);
        services.filter(|_| !alive).max_by_key(|peer| peer.beat)
    }

    /// Whether a paging service records observations, so that this console need not.
    pub fn is_watched(&self) -> bool {
        let watch = |peer: &Peer| peer.kind == PeerKind::Watch && peer.alive;
        !self.setup.headless && self.live.peers.iter().any(watch)
    }

    /// Nothing automatic happens in an incident that was entered afterwards, and it stands for nothing of now.
    pub fn live_views(&self) -> impl DoubleEndedIterator<Item = (&IncidentId, &IncidentView)> {
        let views = self.views.iter();
        views.filter(|(_, view)| !view.incident.is_retrospective())
    }

    /// Live incidents that are neither closed nor continued in another one, the oldest first.
    pub fn open_views(&self) -> impl DoubleEndedIterator<Item = (&IncidentId, &IncidentView)> {
        self.live_views().filter(|(_, view)| {
            let ended = view.incident.status == Status::Closed
                || view.damage_outcome == Some(DamageOutcome::Ended);
            view.incident.opened.is_some() && !ended && view.continued.is_none()
        })
    }

    pub fn open_ids(&self) -> Vec<IncidentId> {
        self.open_views().map(|(id, _)| id.clone()).collect()
    }

    pub fn open_of(
        &self,
        service: &ServiceId,
    ) -> impl DoubleEndedIterator<Item = (&IncidentId, &IncidentView)> {
        self.open_views()
            .filter(move |(_, view)| view.service() == Some(service))
    }

    pub fn open_for(&self, service: &ServiceId) -> Option<&IncidentId> {
        self.open_of(service).next().map(|(id, _)| id)
    }

    /// The open incident of a service that is not resolved: a resolved one does not take a new outage.
    pub fn active_incident(&self, service: &ServiceId) -> Option<&IncidentId> {
        let mut open = self.open_of(service);
        let found = open.find(|(_, view)| !view.incident.status.is_resolved());
        found.map(|(id, _)| id)
    }

    pub fn lost_after(&self) -> TimeDelta {
        self.setup.poll * 3 + TimeDelta::seconds(1)
    }

    /// How long a source has not answered, if longer than two polls.
    pub fn silence_of(&self, source: &SourceId) -> Option<TimeDelta> {
        let state = self.live.sources.get(source)?;
        self.stale(state.answered.or(state.asked)?)
    }

    /// Where the source does not say, the recorded start counts.
    pub fn began(&self, alert: &Alert) -> DateTime<Utc> {
        if alert.start == AlertStart::Stated {
            return alert.starts_at;
        }
        let views = self.open_views();
        let recorded = views.filter_map(|(_, view)| view.incident.alerts.get(&alert.key));
        let starts = recorded.map(|facts| facts.starts_at);
        starts.fold(alert.starts_at, DateTime::min)
    }

    /// The source that a signal names, or the first one with measurements.
    pub fn source_of(&self, named: Option<&SourceId>) -> Option<SourceId> {
        named.or_else(|| self.metrics_source()).cloned()
    }

    pub fn metrics_source(&self) -> Option<&SourceId> {
        let mut sources = self.setup.sources.iter();
        let found = sources.find(|(_, offers)| offers.metrics);
        found.map(|(name, _)| name)
    }

    /// The age of the reading, if it is too old to be one of now.
    pub fn stale_sample(&self) -> Option<TimeDelta> {
        let age = self.now - self.sample()?.at;
        let slow = self.headline().map(|(_, ratio)| ratio.scrape_delay());
        let limit = READING_AGE + self.setup.poll * 2 + slow.unwrap_or_default();
        (age > limit).then_some(age)
    }

    fn stale(&self, at: DateTime<Utc>) -> Option<TimeDelta> {
        let age = self.now - at;
        (age > self.setup.poll * 2 + TimeDelta::milliseconds(500)).then_some(age)
    }

    pub fn alerts(&self) -> &[Arc<Alert>] {
        self.live.index.alerts()
    }
}
