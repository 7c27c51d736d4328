//! The terminal: drawing the model, reading keys, and giving the terminal back whatever happens.

mod clipboard;
mod keys;
mod osc;
mod terminal;
mod theme;
mod view;

pub use terminal::Screen as TerminalScreen;
pub use theme::Theme;

use crate::app::effect::TerminalEffect;
use crate::app::runtime::{BURST, Launch, Runtime};
use crate::app::{Effect, Model, Msg, update};
use crossterm::event::EventStream;
use futures::StreamExt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;
use terminal::Screen;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::UnboundedReceiver;

/// How often time passes for the model while nothing else happens.
const TICK: Duration = Duration::from_millis(200);

/// Opens a console and runs it to its end.
pub fn open(launch: Launch) -> io::Result<()> {
    let Launch {
        model,
        parts,
        data_dir,
        pace: _shown,
    } = launch;
    let workers = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()?;
    let ended = workers.block_on(async {
        let (runtime, inbox) = Runtime::start(parts);
        run(model, runtime, inbox, Theme::from_environment(), data_dir).await
    });
    workers.shutdown_timeout(Duration::from_millis(200));
    ended
}

/// Runs the console until it is left or a signal ends it. The terminal is restored either way.
async fn run(
    mut model: Model,
    mut runtime: Runtime,
    mut inbox: UnboundedReceiver<Msg>,
    theme: Theme,
    data_dir: PathBuf,
) -> io::Result<()> {
    let mut hangup = signal(SignalKind::hangup())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut screen = Screen::enter()?;
    let mut events = EventStream::new();
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    screen.draw(&mut model, &theme)?;
    let mut drawn = model.now.timestamp();
    while !model.quitting {
        let message = tokio::select! {
            event = events.next() => match event {
                Some(Ok(event)) => keys::message(&model, &event, screen.is_whole()),
                // The terminal is gone: nobody reads this screen any more.
                Some(Err(_)) | None => break,
            },
            Some(message) = inbox.recv() => Some(message),
            _ = ticks.tick() => None,
            _ = hangup.recv() => break,
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
        };
        runtime.turn();
        let mut effects = update(&mut model, Msg::Tick(runtime.clock().now()));
        // An idle console draws once a second: only the clocks move then.
        let mut stirred = message.is_some() || !effects.is_empty();
        if let Some(message) = message {
            effects.extend(update(&mut model, message));
        }
        // What has arrived meanwhile is taken in before drawing: a burst is one frame.
        for message in std::iter::from_fn(|| inbox.try_recv().ok()).take(BURST) {
            effects.extend(update(&mut model, message));
            stirred = true;
        }
        for effect in effects {
            if perform(&mut runtime, effect, &mut screen, &mut model, &data_dir)? {
                events = EventStream::new();
            }
        }
        let pending = model.views.values().any(|view| !view.pending.is_empty());
        if stirred || pending || model.now.timestamp() != drawn {
            screen.draw(&mut model, &theme)?;
            drawn = model.now.timestamp();
        }
    }
    runtime.stop();
    screen.leave();
    Ok(())
}

/// Carries an effect out. True where the terminal was away meanwhile.
fn perform(
    runtime: &mut Runtime,
    effect: Effect,
    screen: &mut Screen,
    model: &mut Model,
    data_dir: &std::path::Path,
) -> io::Result<bool> {
    match runtime.perform(effect) {
        Some(TerminalEffect::Bell(words)) => screen.bell(&words)?,
        Some(TerminalEffect::Copy(text)) => match clipboard::copy(screen, &text, data_dir) {
            Ok(told) => model.ui.tell(told),
            Err(error) => model.ui.warn(format!("nothing copied: {error}")),
        },
        Some(TerminalEffect::Suspend) => {
            screen.suspend()?;
            return Ok(true);
        }
        Some(TerminalEffect::Quit) | None => {}
    }
    Ok(false)
}

#[cfg(test)]
mod tests;
