//! The console, and an exercise on it.

use super::arguments::Global;
use super::diagnostics;
use super::error::{CliError, Exit};
use super::output::Output;
use super::setup::{base, base_with_clock};
use crate::app::Model;
use crate::app::runtime::{Launch, Parts};
use crate::exercise::{Feed, VirtualClock, scenario, scenarios, service_map};
use crate::journal::Clock;
use crate::journal::Prompt;
use crate::sources::Source;
use chrono::TimeDelta;
use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Duration;

/// Opens the console.
pub(super) fn run(global: &Global) -> Result<Launch, CliError> {
    let base = base(global)?;
    on_a_terminal()?;
    diagnostics::start(&base.config.log_dir());
    let sources = base.sources()?;
    let webhook = base.webhook()?;
    let me = base.me()?;
    let setup = base.setup(me.clone(), &sources);
    let parts = Parts {
        store: base.store.clone(),
        clock: Arc::clone(base.store.clock()),
        query: base.config.signal.query.clone(),
        intake: setup.intake.0.clone(),
        map: Arc::clone(&base.config.services.map),
        changes: base.changes(&sources)?,
        sources,
        poll: base.config.poll,
        webhook,
        feed: None,
        templates: base.templates()?,
        documents: base.config.data_dir.join("documents"),
        me: me.actor,
        signer: base.signer(Prompt::Never),
        read_only: base.config.read_only,
    };
    let model = Model::new(setup, base.store.clock().now().wall);
    Ok(Launch {
        model,
        parts,
        copies: base.config.data_dir.join("tmp"),
    })
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
    let scenario = scenario(name).map_err(|error| {
        CliError::new(
            Exit::Usage,
            error.to_string(),
            "`warroom drill list` names the shipped ones",
        )
    })?;
    let rate = rate.unwrap_or(scenario.rate);
    let clock: Arc<dyn Clock> = Arc::new(VirtualClock::new(rate));
    let base = base_with_clock(global, Arc::clone(&clock))?;
    on_a_terminal()?;
    diagnostics::start(&base.config.log_dir());
    let me = base.me()?;
    let title = scenario.title.clone();
    let feed = Arc::new(Feed::new(scenario, Arc::clone(&clock)));
    let sources: Vec<Arc<dyn Source>> = vec![Arc::clone(&feed) as Arc<dyn Source>];
    let mut setup = base.setup(me.clone(), &sources);
    // Polls keep their pace in the time of the exercise, down to ten in a real second.
    let poll = (base.config.poll / rate).max(Duration::from_millis(100));
    setup.poll = TimeDelta::from_std(poll * rate).unwrap_or(TimeDelta::seconds(5));
    setup.drill = Some((title, rate));
    setup.webhook = false;
    setup.map = Arc::new(service_map());
    setup.warnings.clear();
    let parts = Parts {
        store: base.store.clone(),
        clock: Arc::clone(&clock),
        sources,
        query: setup.query.clone(),
        intake: setup.intake.0.clone(),
        map: Arc::clone(&setup.map),
        changes: Vec::new(),
        poll,
        webhook: None,
        feed: Some(feed),
        templates: base.templates()?,
        documents: base.config.data_dir.join("documents"),
        me: me.actor,
        signer: None,
        read_only: base.config.read_only,
    };
    let model = Model::new(setup, clock.now().wall);
    Ok(Some(Launch {
        model,
        parts,
        copies: base.config.data_dir.join("tmp"),
    }))
}

fn on_a_terminal() -> Result<(), CliError> {
    if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        return Ok(());
    }
    let hint =
        "start it in a terminal; scripts use `warroom incident`, `alerts`, `signals`, `record`";
    Err(CliError::usage(
        "the console needs a terminal on standard input and output",
        hint,
    ))
}
