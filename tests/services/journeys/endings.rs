//! Ends of the program: the terminal is given back.

use crate::support::terminal::Terminal;
use portable_pty::CommandBuilder;
use std::process::Command;
use std::time::Duration;

fn console() -> (tempfile::TempDir, Terminal) {
    let data = tempfile::tempdir().unwrap();
    let terminal = Terminal::start(data.path(), &[], &[]);
    terminal.until("No source is configured");
    assert!(terminal.is_on_alternate_screen());
    (data, terminal)
}

fn signalled(name: &str) {
    let (_data, mut terminal) = console();
    let process = terminal.child.process_id().unwrap().to_string();
    assert!(
        Command::new("kill")
            .args([name, &process])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(terminal.end(), 0);
    assert!(!terminal.is_on_alternate_screen());
}

#[test]
fn the_terminal_is_given_back_after_quit() {
    let (_data, mut terminal) = console();
    terminal.keys("⎋");
    std::thread::sleep(Duration::from_millis(300));
    assert!(
        terminal.is_on_alternate_screen(),
        "Esc never ends the program"
    );
    terminal.resize(20, 5);
    terminal.until("too small");
    terminal.resize(80, 24);
    terminal.until("No source is configured");
    terminal.keys("q");
    assert_eq!(terminal.end(), 0);
    assert!(!terminal.is_on_alternate_screen());
}

#[test]
fn the_terminal_is_given_back_after_sigterm() {
    signalled("-TERM");
}

#[test]
fn the_terminal_is_given_back_after_sighup() {
    signalled("-HUP");
}

#[test]
fn the_terminal_is_given_back_after_a_panic() {
    let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
    command.args([
        "journeys::endings::a_panic_with_the_terminal_taken",
        "--exact",
        "--ignored",
        "--nocapture",
    ]);
    let mut terminal = Terminal::run(command, &[("WARROOM_TEST_PANIC", "1")]);
    assert_ne!(terminal.end(), 0);
    assert!(!terminal.is_on_alternate_screen());
    // What the harness writes afterwards may have scrolled the screen.
    let stream = String::from_utf8_lossy(&terminal.raw()).into_owned();
    let (_, after) = stream.split_once("\x1b[?1049l").unwrap();
    assert!(
        after.contains("a test's panic"),
        "the message is on the ordinary screen:\n{stream}"
    );
}

#[test]
#[ignore = "a process of the test above"]
fn a_panic_with_the_terminal_taken() {
    if std::env::var_os("WARROOM_TEST_PANIC").is_none() {
        return;
    }
    // The harness runs tests on threads of its own; the program draws on the one named main.
    let drawing = std::thread::Builder::new().name("main".into());
    let ended = drawing.spawn(|| {
        let _screen = warroom::harness::TerminalScreen::enter().unwrap();
        panic!("a test's panic");
    });
    assert!(ended.unwrap().join().is_ok());
}

#[test]
fn a_paste_outside_an_input_does_nothing() {
    let (_data, mut terminal) = console();
    terminal.keys("\x1b[200~q\r:quit\r\x1b[201~");
    std::thread::sleep(Duration::from_millis(500));
    assert!(
        terminal.is_on_alternate_screen(),
        "a paste is text, never keys"
    );
    assert!(terminal.screen().contains("1 Now"));
    terminal.keys("q");
    assert_eq!(terminal.end(), 0);
}
