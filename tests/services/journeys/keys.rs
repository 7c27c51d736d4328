//! A user's own keys, from the configuration file to the screen.

use crate::support::program::Place;
use crate::support::terminal::Terminal;

#[test]
fn a_rebound_key_of_the_configuration_is_shown_and_acts() {
    let place = Place::new();
    let keys = "keys: {anywhere: {write-note: ctrl-x, show-timeline: f6}}\n";
    let config = place.write("warroom.yaml", keys);
    let id = place.opened();
    let mut terminal = Terminal::start(&place.data, &["--config", &config], &[]);
    terminal.until("Payments fail under test");
    // The shipped key does nothing: with a dialog open `?` would be typed.
    terminal.keys("n");
    terminal.press("?", "ctrl-x       * write note");
    terminal.press("⎋", "? help");
    terminal.press("\u{18}", "esc close");
    terminal.press("by a key of my own⏎", "recorded as #");
    terminal.press("\u{1b}[17~", "note: by a key of my own");
    terminal.press("q", "Sure?");
    terminal.keys("y");
    assert_eq!(terminal.end(), 0);
    place
        .run(&["incident", "show", &id])
        .prints(0, &["note: by a key of my own"]);
}
