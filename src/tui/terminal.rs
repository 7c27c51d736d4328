//! The terminal itself: taken over on entry, given back on exit, suspension, error, panic and signal.

use super::osc::{self, Surroundings};
use super::theme::Theme;
use super::view;
use crate::app::ui::Drawn;
use crate::app::{Model, is_guarded};
use crate::text::Safe;
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::terminal::{
    Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use std::io::{self, Stdout, Write, stdout};
use std::sync::Once;

/// The terminal while the console has it. Dropped, also by a panic, it is given back.
pub struct Screen {
    terminal: Terminal<CrosstermBackend<Stdout>>,
    entered: bool,
}

impl Screen {
    /// Takes the terminal over.
    pub fn enter() -> io::Result<Self> {
        restore_on_panic();
        take()?;
        let terminal = Terminal::new(CrosstermBackend::new(stdout()))?;
        Ok(Self {
            terminal,
            entered: true,
        })
    }

    /// Draws the model. What has not changed is not written; what was scrolled beyond its end is not.
    pub(super) fn draw(&mut self, model: &mut Model, theme: &Theme) -> io::Result<()> {
        let mut drawn = Drawn::default();
        self.terminal
            .draw(|frame| drawn = view::draw(frame, model, theme))?;
        model.keep_within(drawn);
        Ok(())
    }

    /// Whether the terminal is large enough for the whole screen.
    pub(super) fn is_whole(&self) -> bool {
        self.terminal
            .size()
            .is_ok_and(|size| view::is_whole(size.width, size.height))
    }

    /// Rings, and says what for where the terminal shows notices.
    pub(super) fn bell(&mut self, words: &Safe) -> io::Result<()> {
        self.write(osc::ring(words, Surroundings::of_environment()).as_bytes())
    }

    /// Writes a control sequence of our own making.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut out = stdout();
        out.write_all(bytes)?;
        out.flush()
    }

    /// Gives the terminal back, stops this process as Ctrl-Z does, and takes the terminal again.
    pub(super) fn suspend(&mut self) -> io::Result<()> {
        give_back();
        let _ =
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::TSTP);
        take()?;
        // A new one knows nothing of what was drawn, so that everything is drawn again. Its own `clear` asks the
        // terminal for the cursor's place, which not every terminal answers.
        self.terminal = Terminal::new(CrosstermBackend::new(stdout()))?;
        Ok(())
    }

    /// Gives the terminal back.
    pub(super) fn leave(mut self) {
        self.entered = false;
        give_back();
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        if self.entered {
            give_back();
        }
    }
}

fn take() -> io::Result<()> {
    enable_raw_mode()?;
    // Not every terminal gives an empty alternate screen.
    execute!(
        stdout(),
        EnterAlternateScreen,
        Clear(ClearType::All),
        EnableBracketedPaste,
        cursor::Hide
    )
}

/// Undoes everything, ignoring errors: the terminal may be gone.
fn give_back() {
    let _ = execute!(
        stdout(),
        DisableBracketedPaste,
        LeaveAlternateScreen,
        cursor::Show
    );
    let _ = disable_raw_mode();
}

fn restore_on_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            // What is caught, or ends another thread, goes to the log: the screen goes on.
            if is_guarded() || std::thread::current().name() != Some("main") {
                tracing::error!(%info, "a step panicked");
                return;
            }
            give_back();
            before(info);
        }));
    });
}
