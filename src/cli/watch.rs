//! `warroom watch`: sources, intake, clocks and escalations without a screen, for a service manager or a container.

pub(super) mod printer;
mod schedules;

use super::arguments::Global;
use super::error::{CliError, Exit};
use super::output::Output;
use super::setup::{Base, quiet_base};
use super::{console, diagnostics, escalation};
use crate::app::incident_view::Pending;
use crate::app::runtime::{BURST, Launch, Runtime};
use crate::app::{IncidentView, Model, Msg, update};
use crate::data_dir::PeerKind;
use crate::documents::{People, sentence};
use crate::incident::entry::{Backfilled, ImpactMeasured, SignalSeen};
use crate::incident::{IncidentId, SourceId};
use crate::text::shown_path;
use crate::text::{Problem, Safe, list};
use printer::Printer;
use sd_notify::NotifyState;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use tokio::signal::unix::{SignalKind, signal};

/// How often time passes while nothing else happens.
const TICK: Duration = Duration::from_millis(200);
/// After how long a warning that is still true is printed again.
const AGAIN: Duration = Duration::from_secs(15 * 60);
/// How long the end of the program waits for messages on their way.
const DRAIN: Duration = Duration::from_secs(10);

/// The status for the service manager while the journal writer is blocked.
const STUCK: &str = "NOT RECORDING: the disk does not answer; nobody is paged";

/// A unit for systemd: what `warroom watch --unit` prints.
const UNIT: &str = include_str!("../../assets/warroom-watch.service");

pub(super) fn run(global: &Global, unit: bool, output: &Output) -> Result<(), CliError> {
    if unit {
        output.text(UNIT);
        return Ok(());
    }
    let base = quiet_base(global)?;
    if base.config.read_only {
        let what = "the paging service has to record, and --read-only records nothing";
        let hint = "leave --read-only out, or open a console with it";
        return Err(CliError::usage(what, hint));
    }
    base.store.prepare()?;
    diagnostics::start(&base.config.data_dir);
    let launch = console::parts(&base, PeerKind::Watch)?;
    let mut printer = Printer::start(output.clone(), &base.config.log_dir());
    print_start(&base, &launch, &mut printer);
    let workers = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()?;
    let ended = workers.block_on(until_a_signal(launch, printer));
    workers.shutdown_timeout(Duration::from_millis(200));
    let hint = "see the log in the data directory";
    let lost = ended.map_err(|error| CliError::new(Exit::Internal, error.to_string(), hint))?;
    match lost {
        0 => Ok(()),
        lost => Err(CliError::new(
            Exit::Journal,
            format!("standard output did not take {lost} lines of the log"),
            "the journals have what was recorded; free space where the log goes",
        )),
    }
}

/// The first lines of the log: data directory, sources, channels, and what is wrong with them.
fn print_start(base: &Base, launch: &Launch, printer: &mut Printer) {
    let sources = list(launch.parts.sources.iter().map(|source| source.name()));
    let channels = launch.parts.channels.iter();
    let channels =
        list(channels.map(|sender| format!("{} ({})", sender.name(), sender.destination())));
    let or_none = |list: String| {
        if list.is_empty() {
            "NONE".to_string()
        } else {
            list
        }
    };
    printer.text(&format!(
        "watching {} from {}; pages go through {}",
        shown_path(base.data_dir.root()),
        or_none(sources),
        or_none(channels)
    ));
    if launch.parts.sources.is_empty() && launch.parts.pager.is_none() {
        printer.warning(
            "NOTHING is watched: no source is configured, so no incident is opened; see `warroom config init`",
        );
    }
    if launch.parts.channels.is_empty() {
        printer.warning(match launch.model.setup.unusable.is_empty() {
            true => {
                "NOBODY can be paged from here: no channel is configured; see `warroom config init`"
            }
            false => "NOBODY can be paged from here yet: no channel has its credential",
        });
    }
    for what in escalation::findings_here(base, &launch.model.live.schedules) {
        printer.warning(&what);
    }
    for warning in &launch.model.setup.warnings {
        printer.warning(warning);
    }
}

/// Runs until a signal ends it. Gives how many lines of the log were lost.
async fn until_a_signal(launch: Launch, mut printer: Printer) -> std::io::Result<u64> {
    let mut model = launch.model;
    let (mut runtime, mut inbox) = Runtime::start(launch.parts);
    let mut hangup = signal(SignalKind::hangup())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    let mut manager = Manager::new();
    // The start has printed these.
    let warnings = model.setup.warnings.iter().cloned();
    let mut log = LogState {
        warned: warnings.map(|text| (text, Instant::now())).collect(),
        ..LogState::default()
    };
    let mut ending: Option<Instant> = None;
    loop {
        let message = tokio::select! {
            Some(message) = inbox.recv() => Some(message),
            _ = ticks.tick() => None,
            _ = hangup.recv() => { ending.get_or_insert_with(Instant::now); None }
            _ = terminate.recv() => { ending.get_or_insert_with(Instant::now); None }
            _ = interrupt.recv() => { ending.get_or_insert_with(Instant::now); None }
        };
        runtime.turn();
        let mut effects = match ending {
            // Another process does what is due from now on.
            Some(_) => Vec::new(),
            None => update(&mut model, Msg::Tick(runtime.clock().now())),
        };
        if let Some(message) = message {
            effects.extend(update(&mut model, message));
        }
        // So many at a time: time, signals and effects have their turn in a flood.
        for message in std::iter::from_fn(|| inbox.try_recv().ok()).take(BURST) {
            effects.extend(update(&mut model, message));
        }
        for effect in effects {
            runtime.perform(effect);
        }
        log.print(&mut model, &mut printer);
        manager.turn(&model, runtime.rounds());
        let drained =
            runtime.sending() == 0 && model.views.values().all(|view| view.pending.is_empty());
        if ending.is_some_and(|since| drained || since.elapsed() > DRAIN) {
            break;
        }
    }
    manager.stopping();
    runtime.stop();
    Ok(printer.stop())
}

/// Keeps the service manager informed: ready, status, and the watchdog's keep-alive.
struct Manager {
    ready: bool,
    every: Option<Duration>,
    last: Instant,
    /// Rounds of the journal writer at the last keep-alive: while it is blocked nothing is recorded and nobody paged.
    rounds: u64,
}

impl Manager {
    fn new() -> Self {
        Self {
            ready: false,
            // Three keep-alives within the time that the manager allows.
            every: sd_notify::watchdog_enabled().map(|limit| limit / 3),
            last: Instant::now(),
            rounds: 0,
        }
    }

    fn turn(&mut self, model: &Model, rounds: u64) {
        if model.ready && !self.ready {
            self.ready = true;
            let status = match model.setup.awaited.as_slice() {
                [] => "watching".to_string(),
                awaited => format!("watching; NO CREDENTIAL for {}", list(awaited)),
            };
            notify(&[NotifyState::Ready, NotifyState::Status(&status)]);
        }
        if self.every.is_some_and(|every| self.last.elapsed() >= every) {
            self.last = Instant::now();
            let open = model.open_views().count();
            let missing = match model.setup.awaited.as_slice() {
                [] => String::new(),
                awaited => format!("; NO CREDENTIAL for {}", list(awaited)),
            };
            let status = match trouble_of_any(model) {
                Some((id, what)) => format!("NOT RECORDING {id}: {what}"),
                None => match list(silent(model).map(|(name, _)| name)) {
                    lost if lost.is_empty() => {
                        format!("watching, {open} open{missing}{}", odd(model))
                    }
                    lost => format!("NO ANSWER from {lost}; {open} open{missing}"),
                },
            };
            match std::mem::replace(&mut self.rounds, rounds) == rounds {
                // Without a keep-alive the service manager restarts the program.
                true => notify(&[NotifyState::Status(STUCK)]),
                false => notify(&[NotifyState::Watchdog, NotifyState::Status(&status)]),
            }
        }
    }

    fn stopping(&self) {
        notify(&[NotifyState::Stopping]);
    }
}

/// After how many seconds entries that the disk has not confirmed count as not recorded.
const LATE: i64 = 5;

/// What keeps entries of an incident from being recorded: nobody is paged then.
fn trouble(model: &Model, view: &IncidentView) -> Option<Problem> {
    let known = view.damage.as_ref().or(view.problem.as_ref());
    let waits = |pending: &Pending| (model.now - pending.since).num_seconds() >= LATE;
    known.cloned().or_else(|| {
        view.pending.iter().any(waits).then(|| {
            let hint = "check the disk of the data directory, and page people by phone";
            Problem::new("the disk does not answer", hint)
        })
    })
}

fn trouble_of_any(model: &Model) -> Option<(&IncidentId, String)> {
    let mut views = model.open_views();
    views.find_map(|(id, view)| Some((id, trouble(model, view)?.what)))
}

/// The sources that have not answered for a while, with why.
fn silent(model: &Model) -> impl Iterator<Item = (SourceId, String)> + '_ {
    model.live.sources.iter().filter_map(|(name, state)| {
        let Problem { what, hint } = state.error.as_ref()?;
        let since = state.answered.or(state.asked)?;
        (model.now - since > model.lost_after()).then(|| (name.clone(), format!("{what}; {hint}")))
    })
}

/// What of the answers cannot be read as it should be, for the status.
fn odd(model: &Model) -> String {
    let all = &model.live.odd;
    all.iter()
        .next()
        .map_or(String::new(), |((source, _), what)| match all.len() {
            1 => format!("; {source}: {what}"),
            count => format!("; {count} warnings, the first: {source}: {what}"),
        })
}

/// Without a service manager this does nothing, and is no error.
fn notify(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::debug!(%error, "the service manager was not notified");
    }
}

/// What the log has printed already, so that each thing is printed once.
#[derive(Default)]
struct LogState {
    upto: BTreeMap<IncidentId, u64>,
    begun: bool,
    warned: BTreeMap<String, Instant>,
    /// How many steps of the clock.
    steps: usize,
    store: Option<Problem>,
    silent_sources: BTreeMap<SourceId, String>,
    /// What of their answers cannot be read as it should be.
    odd: BTreeMap<(SourceId, &'static str), String>,
    schedules: schedules::SchedulesState,
    /// What keeps entries of an incident from being recorded.
    troubles: BTreeMap<IncidentId, Problem>,
}

impl LogState {
    /// Prints what keeps an incident's entries from being recorded when it begins, changes or ends.
    fn print_troubles(&mut self, model: &Model, printer: &mut Printer) {
        for (id, view) in &model.views {
            let now = trouble(model, view);
            match (now, self.troubles.get(id)) {
                (Some(now), known) if known != Some(&now) => {
                    let Problem { what, hint } = &now;
                    printer.warning(&match &view.continued {
                        Some(new) => format!("{id} is DAMAGED: continued in {new}; {what}"),
                        None if view.incident.is_retrospective() => {
                            format!("{id}: NOT RECORDED: {what}; {hint}")
                        }
                        None => format!("{id}: NOT RECORDED, and nobody is paged: {what}; {hint}"),
                    });
                    self.troubles.insert(id.clone(), now);
                }
                (None, Some(_)) => {
                    printer.warning(&format!("{id}: recorded again"));
                    self.troubles.remove(id);
                }
                _ => {}
            }
        }
    }

    /// Prints which sources do not answer when that begins and when it ends.
    fn print_sources(&mut self, model: &Model, printer: &mut Printer) {
        let silent: BTreeMap<SourceId, String> = silent(model).collect();
        for (source, why) in &silent {
            if !self.silent_sources.contains_key(source) {
                printer.warning(&format!(
                    "NO ANSWER from {source}: its alerts are not seen, and nobody is paged for them; {why}"
                ));
            }
        }
        let known = self.silent_sources.keys();
        for source in known.filter(|name| !silent.contains_key(*name)) {
            printer.warning(&format!("{source} answers again"));
        }
        self.silent_sources = silent;
    }

    /// Prints what of the answers cannot be read when that begins and when it ends.
    fn print_odd(&mut self, model: &Model, printer: &mut Printer) {
        for (place, what) in &model.live.odd {
            if !self.odd.contains_key(place) {
                printer.warning(&format!("{}: {what}", place.0));
            }
        }
        let known = self.odd.keys();
        for (source, part) in known.filter(|place| !model.live.odd.contains_key(*place)) {
            printer.warning(&format!("{source}: its {part} can be read again"));
        }
        self.odd.clone_from(&model.live.odd);
    }

    /// Prints the entries that are new, one a line, and what went wrong outside the journal.
    fn print(&mut self, model: &mut Model, printer: &mut Printer) {
        for step in model.clock_steps.after(self.steps) {
            let words = step.words();
            printer.warning(&words);
            // The notice is the same text.
            self.warned.insert(words, Instant::now());
        }
        self.steps = model.clock_steps.count();
        if let Some(notice) = model.ui.notice.take().filter(|notice| notice.bad)
            && self
                .warned
                .get(&notice.text)
                .is_none_or(|at| at.elapsed() > AGAIN)
        {
            printer.warning(&notice.text);
            self.warned.retain(|_, at| at.elapsed() <= AGAIN);
            self.warned.insert(notice.text, Instant::now());
        }
        if self.store != model.store_error {
            self.store.clone_from(&model.store_error);
            if let Some(Problem { what, hint }) = &model.store_error {
                printer.warning(&format!("{what}; {hint}"));
            }
        }
        self.print_troubles(model, printer);
        self.print_sources(model, printer);
        self.print_odd(model, printer);
        self.schedules.print(model, printer);
        for (id, view) in &model.views {
            let printed = self.upto.entry(id.clone()).or_insert(match self.begun {
                true => 0,
                // What was recorded before this start is in the journal, not in the log.
                false => view.incident.count,
            });
            // Most turns bring nothing new: gathering the people of a long journal would be wasted.
            if *printed == view.incident.count {
                continue;
            }
            let people = People::new(&view.entries, &view.incident);
            for entry in view.entries.iter().filter(|entry| entry.seq > *printed) {
                let reading = entry.is::<SignalSeen>()
                    || entry.is::<Backfilled>()
                    || entry.is::<ImpactMeasured>();
                if !reading {
                    let line = Safe::line(&sentence(entry, &people));
                    printer.text(&format!("{id} #{} {line}", entry.seq));
                }
            }
            *printed = view.incident.count;
        }
        self.begun |= model.ready;
    }
}
