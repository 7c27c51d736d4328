//! One task for each source: ask, report, wait; with backoff while it does not answer.

use super::inquiry;
use super::parts::Parts;
use super::supervising::keep;
use crate::alerts::intake::Intake;
use crate::alerts::{AlertIndex, SourceAlerts};
use crate::app::message::Msg;
use crate::incident::SourceId;
use crate::journal::Clock;
use crate::signals::monitor::{SignalMonitor, SignalStanding};
use crate::signals::series::{Answer, SignalAnswer, SignalQuery};
use crate::sources::{
    Backoff, ChangeSource, ExternalIncidents, Pager, RuleSet, Source, SourceError, SourceErrorKind,
};
use crate::text::Problem;
use chrono::TimeDelta;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;

pub(super) fn problem(error: &SourceError) -> Problem {
    Problem::new(error.to_string(), error.hint())
}

/// Shortest pause between two rounds of the signal monitor: an exercise polls more often.
const SHORTEST_PAUSE: Duration = Duration::from_millis(250);
const CHANGES_PAUSE: Duration = Duration::from_secs(30);
/// How far back changes are read: "what changed" means today.
const CHANGES_BACK: TimeDelta = TimeDelta::hours(24);

pub(super) fn start(parts: &Parts, messages: &UnboundedSender<Msg>) {
    monitor_and_changes(parts, messages);
    if let Some(pager) = &parts.pager {
        follow(Arc::clone(pager), messages, parts.poll);
    }
    let gathering = Arc::new(Gathering {
        sets: Mutex::default(),
        intake: parts.intake.clone(),
    });
    for source in &parts.sources {
        let offers = source.offers();
        if offers.alerts {
            let (source, inbox) = (Arc::clone(source), messages.clone());
            let (gathering, poll) = (Arc::clone(&gathering), parts.poll);
            keep(asking("alerts", source.name()), messages, move || {
                let backoff = Backoff::new(poll);
                alerts(
                    Arc::clone(&source),
                    inbox.clone(),
                    backoff,
                    Arc::clone(&gathering),
                )
            });
        }
        // One task each: an endpoint that does not answer delays no other.
        if offers.rules {
            let (source, inbox, poll) = (Arc::clone(source), messages.clone(), parts.poll);
            keep(asking("rules", source.name()), messages, move || {
                rules(Arc::clone(&source), inbox.clone(), Backoff::new(poll))
            });
        }
    }
}

fn asking(what: &str, source: &SourceId) -> String {
    format!("asking {source} for {what}")
}

fn monitor_and_changes(parts: &Parts, messages: &UnboundedSender<Msg>) {
    let metrics = parts
        .sources
        .iter()
        .filter(|source| source.offers().metrics);
    let sources: Vec<Arc<dyn Source>> = metrics.map(Arc::clone).collect();
    if !sources.is_empty() && parts.map.signals().next().is_some() {
        let (map, clock) = (Arc::clone(&parts.map), Arc::clone(&parts.clock));
        let (inbox, pause) = (messages.clone(), parts.poll.max(SHORTEST_PAUSE));
        let is_unknown = Arc::new(AtomicBool::new(false));
        findings(parts, &sources, messages, &is_unknown);
        let every = TimeDelta::from_std(parts.poll).unwrap_or(TimeDelta::MAX);
        keep("measuring the signals".into(), messages, move || {
            let monitor = SignalMonitor::new(Arc::clone(&map)).polled_every(every);
            signals(
                monitor,
                sources.clone(),
                Arc::clone(&clock),
                inbox.clone(),
                pause,
                Arc::clone(&is_unknown),
            )
        });
    }
    for source in &parts.changes {
        let (source, inbox) = (Arc::clone(source), messages.clone());
        let clock = Arc::clone(&parts.clock);
        keep(asking("changes", source.name()), messages, move || {
            changes(Arc::clone(&source), Arc::clone(&clock), inbox.clone())
        });
    }
}

fn findings(
    parts: &Parts,
    sources: &[Arc<dyn Source>],
    messages: &UnboundedSender<Msg>,
    is_unknown: &Arc<AtomicBool>,
) {
    let (map, clock) = (Arc::clone(&parts.map), Arc::clone(&parts.clock));
    let (sources, inbox) = (sources.to_vec(), messages.clone());
    let is_unknown = Arc::clone(is_unknown);
    keep("checking the signals".into(), messages, move || {
        inquiry::repeatedly(
            Arc::clone(&map),
            sources.clone(),
            Arc::clone(&clock),
            inbox.clone(),
            Arc::clone(&is_unknown),
        )
    });
}

/// The report is made here, not on the main loop.
async fn signals(
    mut monitor: SignalMonitor,
    sources: Vec<Arc<dyn Source>>,
    clock: Arc<dyn Clock>,
    messages: UnboundedSender<Msg>,
    pause: Duration,
    is_unknown: Arc<AtomicBool>,
) {
    loop {
        refresh(&mut monitor, &sources, clock.as_ref()).await;
        let report = Box::new(monitor.report(clock.now().wall));
        let mut standings = report.signals.iter().map(|signal| signal.standing);
        let unknown = standings.any(|standing| standing == SignalStanding::Unknown);
        is_unknown.store(unknown, Ordering::Relaxed);
        if messages.send(Msg::Signals(report)).is_err() {
            return;
        }
        tokio::time::sleep(pause).await;
    }
}

/// A source that cannot be reached is not asked again in the same round.
pub async fn refresh(monitor: &mut SignalMonitor, sources: &[Arc<dyn Source>], clock: &dyn Clock) {
    let mut contacts: BTreeMap<SourceId, Result<(), Problem>> = BTreeMap::new();
    let clocks = monitor.clock_queries();
    ask_all(monitor, clocks, sources, clock, &mut contacts).await;
    let intervals = monitor.interval_queries(clock.now().wall);
    ask_all(monitor, intervals, sources, clock, &mut contacts).await;
    let asks = monitor.due_queries(clock.now().wall);
    ask_all(monitor, asks, sources, clock, &mut contacts).await;
    let more = monitor.follow_up_queries();
    ask_all(monitor, more, sources, clock, &mut contacts).await;
    monitor.set_contacts(contacts.into_iter().collect());
}

async fn ask_all(
    monitor: &mut SignalMonitor,
    asks: Vec<SignalQuery>,
    sources: &[Arc<dyn Source>],
    clock: &dyn Clock,
    contacts: &mut BTreeMap<SourceId, Result<(), Problem>>,
) {
    for ask in asks {
        let Some(source) = source_of(&ask, sources) else {
            monitor.answer(&ask, Err(no_source(&ask)), clock.now().wall);
            continue;
        };
        if let Some(Err(problem)) = contacts.get(source.name()) {
            monitor.answer(&ask, Err(problem.clone()), clock.now().wall);
            continue;
        }
        let result = answer(&ask, source.as_ref()).await;
        let contact = match &result {
            Err((problem, true)) => Err(problem.clone()),
            _ => Ok(()),
        };
        contacts.insert(source.name().clone(), contact);
        monitor.answer(
            &ask,
            result.map_err(|(problem, _)| problem),
            clock.now().wall,
        );
    }
}

fn source_of<'s>(ask: &SignalQuery, sources: &'s [Arc<dyn Source>]) -> Option<&'s Arc<dyn Source>> {
    let mut named = sources
        .iter()
        .filter(|source| ask.source.as_ref().is_none_or(|name| source.name() == name));
    named.next()
}

fn no_source(ask: &SignalQuery) -> Problem {
    let name = ask.source.as_ref().map_or("", |source| source.as_str());
    Problem::new(
        format!("no source of measurements is called {name}"),
        "name it under `sources`, or leave `source` out of the service map",
    )
}

/// With an error, whether the source did not answer at all.
async fn answer(
    ask: &SignalQuery,
    source: &dyn Source,
) -> Result<Answer<SignalAnswer>, (Problem, bool)> {
    let result = match ask.request.range {
        None => source
            .vector(&ask.request.query, ask.request.at)
            .await
            .map(|answer| answer.map(SignalAnswer::Vector)),
        Some(range) => source
            .range(&ask.request.query, range)
            .await
            .map(|answer| answer.map(SignalAnswer::Matrix)),
    };
    result.map_err(|error| {
        let silent = !matches!(
            error.kind,
            SourceErrorKind::Query(_) | SourceErrorKind::TooLarge(_)
        );
        (log(&error), silent)
    })
}

async fn changes(
    source: Arc<dyn ChangeSource>,
    clock: Arc<dyn Clock>,
    messages: UnboundedSender<Msg>,
) {
    let mut backoff = Backoff::new(CHANGES_PAUSE);
    loop {
        let result = source.changes(clock.now().wall - CHANGES_BACK).await;
        let pause = pause(&mut backoff, result.as_ref().err());
        let result = result.map_err(|error| log(&error));
        let source = source.name().clone();
        if messages.send(Msg::Changes { source, result }).is_err() {
            return;
        }
        tokio::time::sleep(pause).await;
    }
}

struct Gathering {
    sets: Mutex<BTreeMap<SourceId, SourceAlerts>>,
    intake: Intake,
}

impl Gathering {
    /// May take a while, so not on the main loop.
    fn take(&self, source: SourceId, set: SourceAlerts) -> Arc<AlertIndex> {
        let mut sets = self.sets.lock().unwrap_or_else(PoisonError::into_inner);
        let set = set.keeping(sets.get(&source));
        sets.insert(source, set);
        Arc::new(AlertIndex::new(&sets, &self.intake))
    }
}

pub(super) fn follow(pager: Arc<Pager>, messages: &UnboundedSender<Msg>, poll: Duration) {
    let inbox = messages.clone();
    keep(asking("incidents", pager.name()), messages, move || {
        external_incidents(Arc::clone(&pager), inbox.clone(), Backoff::new(poll))
    });
}

async fn external_incidents(
    pager: Arc<Pager>,
    messages: UnboundedSender<Msg>,
    mut backoff: Backoff,
) {
    loop {
        let found = pager.open().await;
        let pause = pause(&mut backoff, found.as_ref().err());
        let source = pager.name().clone();
        let what = found.as_ref().ok().map(ExternalIncidents::problems);
        let what = what.filter(|faults| !faults.is_empty());
        let odd = Msg::Odd {
            source: source.clone(),
            part: "incidents",
            what: what.map(|faults| faults.join("; ")),
        };
        let result = found
            .map(|found| found.incidents)
            .map_err(|error| log(&error));
        let news = Msg::ExternalIncidents { source, result };
        if messages.send(odd).is_err() || messages.send(news).is_err() {
            return;
        }
        tokio::time::sleep(pause).await;
    }
}

async fn alerts(
    source: Arc<dyn Source>,
    messages: UnboundedSender<Msg>,
    mut backoff: Backoff,
    gathering: Arc<Gathering>,
) {
    loop {
        let result = source.alerts().await;
        let pause = pause(&mut backoff, result.as_ref().err());
        let result = match result {
            Err(error) => Err(log(&error)),
            Ok(set) => {
                let (gathering, name) = (Arc::clone(&gathering), source.name().clone());
                let made = tokio::task::spawn_blocking(move || gathering.take(name, set)).await;
                made.map_err(|error| {
                    Problem::new(error.to_string(), "this is a defect: see the diagnostics")
                })
            }
        };
        if messages
            .send(Msg::Alerts {
                source: source.name().clone(),
                result,
            })
            .is_err()
        {
            return;
        }
        tokio::time::sleep(pause).await;
    }
}

async fn rules(source: Arc<dyn Source>, messages: UnboundedSender<Msg>, mut backoff: Backoff) {
    let mut logged: Option<String> = None;
    loop {
        let result = source.rules().await;
        let pause = pause(&mut backoff, result.as_ref().err());
        let why = result.as_ref().err().map(ToString::to_string);
        if let Some(why) = why.as_ref().filter(|why| logged.as_ref() != Some(*why)) {
            tracing::warn!(source = %source.name(), error = %why, "the rules cannot be read");
        }
        logged = why;
        let result = match result {
            // Mimir without a ruler, an account that may not read rules: the server is there, its rules are not known.
            Err(error) if error.is_answer() => Ok(RuleSet {
                missing: Some(problem(&error)),
                ..RuleSet::default()
            }),
            result => result.map_err(|error| problem(&error)),
        };
        let source = source.name().clone();
        if messages.send(Msg::Rules { source, result }).is_err() {
            return;
        }
        tokio::time::sleep(pause).await;
    }
}

fn pause(backoff: &mut Backoff, error: Option<&SourceError>) -> Duration {
    match error {
        None => backoff.success(),
        Some(error) => backoff.failure(error.retry_after()),
    }
}

fn log(error: &SourceError) -> Problem {
    tracing::warn!(source = %error.source_name, %error, "a poll failed");
    problem(error)
}

#[cfg(test)]
mod tests;
