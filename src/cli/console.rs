//! The console, and an exercise on it.

use super::arguments::Global;
use super::diagnostics;
use super::error::CliError;
use super::output::Output;
use super::setup::opening::{Missing, Opened};
use super::setup::{Base, base_with_clock, quiet_base};
use crate::app::runtime::{Launch, Parts};
use crate::app::{ALONE, Model};
use crate::config::OnProblem;
use crate::data_dir::PeerKind;
use crate::exercise::{Feed, VirtualClock, scenario, scenarios, service_map};
use crate::journal::Clock;
use crate::journal::Prompt;
use crate::sources::Source;
use chrono::TimeDelta;
use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Duration;

pub(super) fn run(global: &Global) -> Result<Launch, CliError> {
    let base = quiet_base(global)?;
    on_a_terminal()?;
    diagnostics::start(&base.config.data_dir);
    let mut launch = parts(&base, PeerKind::Console)?;
    launch.model.setup.alone = !base.config.read_only && !in_a_multiplexer();
    if launch.model.setup.alone && !is_watched(&base) {
        launch.model.ui.warn(ALONE);
    }
    Ok(launch)
}

/// What a console or the paging service works with.
pub(super) fn parts(base: &Base, peer: PeerKind) -> Result<Launch, CliError> {
    let Opened {
        sources,
        changes,
        channels,
        pager,
        missing,
        awaiting,
    } = base.open();
    let me = base.me()?;
    if !base.config.read_only
        && let Err(error) = base.config.keep_copies()
    {
        tracing::warn!(%error, "no copies of the policies are kept");
    }
    let mut setup = base.setup(me.clone(), &sources);
    setup.headless = peer == PeerKind::Watch;
    let (at_hand, unusable) = setup
        .channels
        .into_iter()
        .partition(|way| channels.iter().any(|post| *post.name() == way.name));
    (setup.channels, setup.unusable) = (at_hand, unusable);
    // A program pages by what it has, and names what is missing: that is tried again.
    setup.warnings.extend(missing.iter().map(Missing::warning));
    setup.awaited = awaiting.iter().map(|part| part.what.clone()).collect();
    let (templates, unusable) = base.templates();
    setup.warnings.extend(unusable);
    let parts = Parts {
        store: Arc::clone(&base.store),
        data_dir: base.data_dir.clone(),
        clock: Arc::clone(base.store.clock()),
        intake: setup.intake.value.clone(),
        map: Arc::clone(&base.config.services.map),
        changes,
        sources,
        poll: base.config.poll,
        channels,
        feed: None,
        templates,
        me: me.actor,
        signer: base.signer(Prompt::Never),
        read_only: base.config.read_only,
        peer: Some(peer),
        pager,
        calendars: base.calendars(),
        awaiting,
    };
    let model = Model::new(setup, base.store.clock().now());
    Ok(Launch {
        pace: None,
        model,
        parts,
        data_dir: base.config.data_dir.clone(),
    })
}

/// Whether this terminal goes on without its window.
fn in_a_multiplexer() -> bool {
    let names = ["TMUX", "STY", "ZELLIJ"];
    names.iter().any(|name| std::env::var_os(name).is_some())
}

fn is_watched(base: &Base) -> bool {
    let mut peers = base.data_dir.peers().into_iter();
    peers.any(|peer| peer.alive && peer.kind == PeerKind::Watch)
}

/// Plays an exercise. Nothing leaves the machine: no source is asked and no page is sent.
pub(super) fn drill(
    global: &Global,
    name: &str,
    rate: Option<u32>,
    output: &Output,
) -> Result<Option<Launch>, CliError> {
    if name == "list" {
        let all = scenarios();
        let text: Vec<String> = all
            .iter()
            .map(|s| format!("{:<14} {}", s.scenario, s.title))
            .collect();
        output.result(&text.join("\n"), &all);
        return Ok(None);
    }
    let hint = "`warroom drill list` names the shipped ones";
    let scenario = scenario(name).map_err(|error| CliError::usage(error.to_string(), hint))?;
    let rate = rate.unwrap_or(scenario.rate);
    let played = VirtualClock::new(rate);
    let origin = *played.origin();
    let clock: Arc<dyn Clock> = Arc::new(played);
    let base = base_with_clock(global, Arc::clone(&clock), OnProblem::Report)?;
    on_a_terminal()?;
    diagnostics::start(&base.config.data_dir);
    let me = base.me()?;
    let title = scenario.title.clone();
    let feed = Arc::new(Feed::new(scenario, Arc::clone(&clock)));
    let sources: Vec<Arc<dyn Source>> = vec![Arc::clone(&feed) as Arc<dyn Source>];
    let mut setup = base.setup(me.clone(), &sources);
    // Polls keep their pace in the time of the exercise, down to ten in a real second.
    let poll = (base.config.poll / rate).max(Duration::from_millis(100));
    setup.poll = TimeDelta::from_std(poll * rate).unwrap_or(TimeDelta::seconds(5));
    setup.drill = Some((title, rate));
    setup.channels.clear();
    setup.map = Arc::new(service_map());
    setup.warnings.clear();
    let parts = Parts {
        store: Arc::clone(&base.store),
        data_dir: base.data_dir.clone(),
        clock: Arc::clone(&clock),
        sources,
        intake: setup.intake.value.clone(),
        map: Arc::clone(&setup.map),
        changes: Vec::new(),
        poll,
        channels: Vec::new(),
        feed: Some(feed),
        templates: base.templates().0,
        me: me.actor,
        signer: None,
        read_only: base.config.read_only,
        peer: None,
        pager: None,
        calendars: Vec::new(),
        awaiting: Vec::new(),
    };
    let model = Model::new(setup, clock.now());
    let pace = match base.config.read_only {
        true => None,
        false => Some(base.data_dir.publish_exercise_clock(&origin, rate)?),
    };
    Ok(Some(Launch {
        pace,
        model,
        parts,
        data_dir: base.config.data_dir.clone(),
    }))
}

fn on_a_terminal() -> Result<(), CliError> {
    if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        return Ok(());
    }
    let what = "the console needs a terminal on standard input and output";
    let hint =
        "start it in a terminal; scripts use `warroom incident`, `alerts`, `signals`, `record`";
    Err(CliError::usage(what, hint))
}
