//! An alert whose labels attack the terminal and carry cardholder data.

use super::command::files;
use super::services::{NEEDED, Services};
use crate::support::needs::lacks;

const CARD: &str = "4111111111111111";
const TOKEN: &str = "c2VjcmV0LXRva2VuLWZvci10ZXN0cw";

#[test]
fn a_hostile_label_reaches_neither_terminal_nor_disk() {
    if lacks(&NEEDED) {
        return;
    }
    let services = Services::start();
    let alert = serde_json::json!([{
        "labels": {
            "alertname": "Evil\u{1b}]0;pwned\u{7}\u{1b}[2J\u{202e}Name",
            "severity": "critical",
            "card": CARD,
            "authorization": format!("Bearer {TOKEN}"),
        },
        "annotations": {"summary": format!("pan 4111 1111 1111 1111 \u{1b}[31mred\u{9b}2J Bearer {TOKEN} \u{202e}!")},
        "generatorURL": format!("http://x.example/?q={CARD}"),
    }]);
    services.alertmanager.post_alerts(&alert.to_string());
    let mut terminal = services.console();
    terminal.until("SEV?");
    terminal.until("Evil");
    terminal.press("a", "IC tester");
    terminal.press(
        &format!("nhe read out {CARD} and Bearer {TOKEN}⏎"),
        "recorded as #",
    );
    // The note stands on the screen, masked: only now is it recorded, and its notice in place.
    terminal.until("he read out 411111******1111");
    terminal.press("y", "copied");
    for (key, shows) in [
        ("4", "held by"),
        ("6", "recorded"),
        ("w", "documents written"),
        ("1", "alerts"),
    ] {
        terminal.press(key, shows);
    }
    terminal.press("q", "Sure?");
    terminal.keys("y");
    assert_eq!(terminal.end(), 0);

    let raw: [&[u8]; 6] = [
        CARD.as_bytes(),
        b"4111 1111 1111 1111",
        TOKEN.as_bytes(),
        b"\x1b]0;pwned",
        "\u{202e}".as_bytes(),
        "\u{9b}".as_bytes(),
    ];
    let has =
        |bytes: &[u8], wanted: &[u8]| bytes.windows(wanted.len()).any(|window| window == wanted);
    // What was typed is echoed by the input line until it is recorded; before that moment and after it the
    // stream is searched for everything, the typed note's own card number excepted while it is typed.
    let stream = terminal.raw();
    for wanted in &raw[3..] {
        assert!(!has(&stream, wanted), "{wanted:?} reached the terminal");
    }
    let before_typing = stream
        .windows(4)
        .position(|w| w == b"Note")
        .unwrap_or(stream.len());
    for wanted in &raw {
        assert!(
            !has(&stream[..before_typing], wanted),
            "{wanted:?} reached the terminal"
        );
    }
    let written = files(services.data());
    assert!(written.len() >= 6, "{written:?}");
    for file in written {
        let bytes = std::fs::read(&file).unwrap();
        for wanted in &raw {
            assert!(
                !has(&bytes, wanted),
                "{wanted:?} reached {}",
                file.display()
            );
        }
        assert!(
            !has(&bytes, b"\x1b"),
            "an escape reached {}",
            file.display()
        );
    }
    for page in services.pager.requests() {
        for wanted in &raw {
            assert!(
                !has(page.body.as_bytes(), wanted),
                "{wanted:?} left by webhook"
            );
        }
    }
}
