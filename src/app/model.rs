//! The model: everything the console knows.

use super::clock::Steps;
use super::dialog::{Dialog, Outcome};
use super::incident_view::IncidentView;
use super::message::Fate;
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
use crate::signals::map::{Service, ServicePath};
use crate::signals::monitor::MonitorReport;
use crate::sources::RuleSet;
use crate::text::Problem;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// Samples kept for the trace.
const TRACE: usize = 240;

/// How a source stands.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SourceState {
    /// When it last answered.
    pub answered: Option<DateTime<Utc>>,
    /// When it was first asked.
    pub asked: Option<DateTime<Utc>>,
    /// Why it does not answer, and what to do.
    pub error: Option<Problem>,
}

/// What the sources say now. None of it is the journal.
#[derive(Debug, Clone, Default)]
pub struct Live {
    /// The alerts of all sources.
    pub index: Arc<AlertIndex>,
    /// The alerts that the filter lets through.
    pub found: Found,
    /// Each alert of an open incident that this process has seen, for when it is no longer reported.
    pub known: BTreeMap<Slug, Arc<Alert>>,
    /// Alerting rules by source, and when they were read.
    pub rules: BTreeMap<SourceId, (RuleSet, DateTime<Utc>)>,
    /// What cannot be read as it should be, by source and which of its answers.
    pub odd: BTreeMap<(SourceId, &'static str), String>,
    /// The last readings of the signal.
    pub trace: VecDeque<Sample>,
    /// How the signals of the service map stand.
    pub report: Option<Box<MonitorReport>>,
    /// Changes by source, or why they are not known.
    pub changes: BTreeMap<SourceId, (ChangeSet, Option<Problem>)>,
    /// What the signal's query fails with, while its source answers.
    pub signal_error: Option<Problem>,
    /// The sources.
    pub sources: BTreeMap<SourceId, SourceState>,
    /// Who is on call.
    pub schedules: OnCallSchedules,
    /// The other programs that keep the clocks.
    pub peers: Vec<Peer>,
    /// Symptoms that rules of intake look for, by rule and signal, and since when each is seen.
    pub symptoms: BTreeMap<(Slug, Slug), DateTime<Utc>>,
    /// When each of them was looked for last and was not there.
    pub absent: BTreeMap<(Slug, Slug), DateTime<Utc>>,
    /// Which way the measurements lean, by incident.
    pub severity_trend: BTreeMap<IncidentId, SeverityTrend>,
}

/// What a filter finds among the alerts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// Its words.
    pub words: Vec<String>,
    /// Positions in the list.
    pub positions: Vec<u32>,
}

/// Everything the console knows.
#[derive(Debug, Clone)]
pub struct Model {
    /// The time, by the wall clock.
    pub now: DateTime<Utc>,
    /// Both clocks, when they were looked at last.
    pub stamp: Stamp,
    /// Steps of the wall clock, the last ones.
    pub steps: Steps,
    /// What does not change.
    pub setup: Setup,
    /// What the sources say.
    pub live: Live,
    /// The incidents, by id.
    pub views: BTreeMap<IncidentId, IncidentView>,
    /// The one on the screen.
    pub current: Option<IncidentId>,
    /// Services for which an incident is being opened.
    pub opening: BTreeSet<ServiceId>,
    /// Whether the incidents of the data directory are known: until then nothing is opened.
    pub ready: bool,
    /// Why the data directory cannot be used, and what to do.
    pub store_error: Option<Problem>,
    /// What the person looks at.
    pub ui: Ui,
    /// What is open over the screen, the last one on top.
    pub dialogs: Vec<Dialog<Self>>,
    /// Names the next batch of drafts.
    pub next_token: u64,
    /// When the bell rang last.
    pub rang: Option<DateTime<Utc>>,
    /// Whether the program is to end.
    pub quitting: bool,
    /// Steps of ours that panicked, and when last.
    pub defects: BTreeMap<String, DateTime<Utc>>,
}

impl Model {
    /// A console that knows nothing yet.
    pub fn new(setup: Setup, stamp: Stamp) -> Self {
        let mut ui = Ui::default();
        if let Some(warning) = setup.warnings.first() {
            ui.warn(warning.clone());
        }
        let live = Live {
            sources: setup
                .sources
                .iter()
                .map(|(name, _)| (name.clone(), SourceState::default()))
                .collect(),
            schedules: setup.schedules.clone(),
            ..Live::default()
        };
        Self {
            now: stamp.wall,
            stamp,
            steps: Steps::since(stamp),
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

    /// The severity that was proposed for the incident on the screen, while what is measured stands by it.
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

    /// Shows this incident. What was selected or answered belonged to the one before.
    pub(crate) fn go_to(&mut self, id: IncidentId) {
        self.current = Some(id);
        self.ui.selected = None;
        self.ui.scroll = 0;
        self.ui.answers = super::ui::Answering::default();
    }

    /// Opens a dialog over whatever is open.
    pub(crate) fn open(&mut self, dialog: impl Into<Dialog<Self>>) -> Outcome {
        self.dialogs.push(dialog.into());
        Ok(Vec::new())
    }

    /// Takes in how far what was drawn can be scrolled: nobody scrolls beyond its end.
    pub fn keep_within(&mut self, drawn: Drawn) {
        self.ui.drawn = drawn;
        self.ui.scroll = self.ui.scroll.min(drawn.screen);
        if let Some(dialog) = self.dialogs.last_mut() {
            dialog.keep_within(drawn.over);
        }
    }

    /// The change by which a role is held now.
    pub(crate) fn role_change(&self, role: Role) -> u64 {
        self.incident()
            .map_or(0, |incident| incident.role_change(role))
    }

    /// The view on the screen.
    pub fn view(&self) -> Option<&IncidentView> {
        self.views.get(self.current.as_ref()?)
    }

    /// The incident on the screen.
    pub fn incident(&self) -> Option<&Incident> {
        self.view().map(|view| &view.incident)
    }

    /// The last reading of the signal.
    pub fn sample(&self) -> Option<Sample> {
        self.live.trace.back().copied()
    }

    /// Keeps a reading for the trace.
    pub fn remember(&mut self, sample: Sample) {
        while let Some(last) = self.live.trace.back().filter(|last| last.at >= sample.at) {
            if last.at <= self.now {
                return;
            }
            // From the future of a clock that has been set since.
            self.live.trace.pop_back();
        }
        self.live.trace.push_back(sample);
        while self.live.trace.len() > TRACE {
            self.live.trace.pop_front();
        }
    }

    /// What the service map says of the path of the incident on the screen, or of the strict path.
    pub fn mapped(&self) -> Option<(&Service, &ServicePath)> {
        let opened = self
            .incident()
            .and_then(|incident| incident.opened.as_ref());
        let own = opened.and_then(|opened| self.setup.map.path(&opened.data.path));
        own.or_else(|| self.setup.map.strict())
    }

    /// When an incident began, by the wall clock as it runs now: its age is the time that has passed.
    pub fn since(&self, incident: &Incident) -> Option<DateTime<Utc>> {
        let opened = incident.opened.as_ref()?;
        Some(incident.restated(opened.seq, opened.data.started, &self.stamp))
    }

    /// When what is wrong began: the incident's start, else that of a drop; else now.
    pub fn onset(&self) -> DateTime<Utc> {
        let incident = self.incident().and_then(crate::incident::Incident::started);
        let drop = || {
            let (_, ratio) = self.live.report.as_ref()?.headline()?;
            ratio.drop.as_ref().map(|drop| drop.since)
        };
        incident.or_else(drop).unwrap_or(self.now)
    }

    /// The changes of all sources, the likeliest cause first.
    pub fn changes(&self) -> Vec<&Change> {
        let all = self.live.changes.values().flat_map(|(set, _)| &set.changes);
        suspects(all, self.onset())
    }

    /// The paging service without contact, if no other runs.
    pub fn watch_gone(&self) -> Option<&Peer> {
        let watches = || {
            self.live
                .peers
                .iter()
                .filter(|peer| peer.kind == PeerKind::Watch)
        };
        let alive = self.setup.headless || watches().any(|peer| peer.alive);
        watches().filter(|_| !alive).max_by_key(|peer| peer.beat)
    }

    /// Whether a watch records what the sources say, so that this console need not.
    pub fn is_watched(&self) -> bool {
        let watch = |peer: &Peer| peer.kind == PeerKind::Watch && peer.alive;
        !self.setup.headless && self.live.peers.iter().any(watch)
    }

    /// The incidents that are not closed and do not go on elsewhere, the oldest first.
    pub fn open_views(&self) -> impl DoubleEndedIterator<Item = (&IncidentId, &IncidentView)> {
        self.views.iter().filter(|(_, view)| {
            let ended = view.incident.status == Status::Closed || view.fate == Some(Fate::Over);
            view.incident.opened.is_some() && !ended && view.continued.is_none()
        })
    }

    /// The incidents of a service that are not closed, the oldest first.
    pub fn open_of(
        &self,
        service: &ServiceId,
    ) -> impl DoubleEndedIterator<Item = (&IncidentId, &IncidentView)> {
        self.open_views().filter(move |(_, view)| {
            let opened = view.incident.opened.as_ref();
            opened.is_some_and(|opened| opened.data.service == *service)
        })
    }

    /// The open incident of a service.
    pub fn open_for(&self, service: &ServiceId) -> Option<&IncidentId> {
        self.open_of(service).next().map(|(id, _)| id)
    }

    /// The incident of a service whose response goes on. One that is resolved, and left open for what follows, takes
    /// no new outage upon itself.
    pub fn going_on(&self, service: &ServiceId) -> Option<&IncidentId> {
        self.open_of(service)
            .find(|(_, view)| !view.incident.status.is_resolved())
            .map(|(id, _)| id)
    }

    /// After this long without an answer a source counts as lost.
    pub fn lost_after(&self) -> TimeDelta {
        self.setup.poll * 3 + TimeDelta::seconds(1)
    }

    /// How long a source has not answered, if longer than two polls.
    pub fn silence_of(&self, source: &SourceId) -> Option<TimeDelta> {
        let state = self.live.sources.get(source)?;
        let since = state.answered.or(state.asked)?;
        let age = self.now - since;
        (age > self.setup.poll * 2 + TimeDelta::milliseconds(500)).then_some(age)
    }

    /// When an alert began: where its source does not say, what is recorded of it counts.
    pub fn began(&self, alert: &Alert) -> DateTime<Utc> {
        let recorded = self
            .open_views()
            .filter_map(|(_, view)| view.incident.alerts.get(&alert.key));
        match alert.start {
            AlertStart::Told => alert.starts_at,
            AlertStart::Seen | AlertStart::Unknown => {
                let recorded = recorded.map(|facts| facts.starts_at);
                recorded
                    .chain([alert.starts_at])
                    .min()
                    .unwrap_or(alert.starts_at)
            }
        }
    }

    /// The source that the signal is read from.
    pub fn metrics_source(&self) -> Option<&SourceId> {
        self.setup
            .sources
            .iter()
            .find(|(_, offers)| offers.metrics)
            .map(|(name, _)| name)
    }

    /// The age of the last reading, where it is older than two polls.
    pub fn stale_sample(&self) -> Option<TimeDelta> {
        let age = self.now - self.sample()?.at;
        (age > self.setup.poll * 2 + TimeDelta::milliseconds(500)).then_some(age)
    }

    /// The alerts of all sources, firing ones first, then by severity and start; one of each.
    pub fn alerts(&self) -> &[Arc<Alert>] {
        self.live.index.alerts()
    }
}
