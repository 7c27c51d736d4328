//! Two processes on one incident.

use super::command::json;
use crate::support::terminal::Terminal;

const NOTES: usize = 30;

#[test]
fn the_screen_and_the_command_line_write_one_chain() {
    let data = tempfile::tempdir().unwrap();
    let opened = json(
        data.path(),
        &["incident", "open", "Payments fail for two processes"],
    );
    let id = opened["incident"].as_str().unwrap().to_string();
    let mut terminal = Terminal::start(data.path(), &[], &[]);
    terminal.until("Payments fail for two");
    let (path, incident) = (data.path().to_path_buf(), id.clone());
    let script = std::thread::spawn(move || {
        for number in 0..NOTES {
            json(
                &path,
                &[
                    "incident",
                    "note",
                    &incident,
                    &format!("from the script {number}."),
                ],
            );
        }
    });
    for number in 0..NOTES {
        terminal.press("n", "Note");
        terminal.press(&format!("from the screen {number}.⏎"), "recorded as #");
    }
    script.join().unwrap();
    terminal.press("6", "hash ");
    terminal.keys("qy");
    assert_eq!(terminal.end(), 0);

    let report = json(data.path(), &["verify", &id]);
    assert_eq!(report["intact"], true, "{report}");
    assert_eq!(report["withheld"], 0);
    let shown = json(data.path(), &["incident", "show", &id]);
    let timeline = shown["timeline"].as_array().unwrap();
    let notes: Vec<&str> = timeline
        .iter()
        .filter_map(|row| row["what"].as_str())
        .filter(|what| what.starts_with("note: "))
        .collect();
    assert_eq!(
        notes.len(),
        2 * NOTES,
        "nothing is lost and nothing stands twice"
    );
    for who in ["script", "screen"] {
        let own: Vec<String> = (0..NOTES)
            .map(|number| format!("note: from the {who} {number}."))
            .collect();
        let found: Vec<&str> = notes
            .iter()
            .copied()
            .filter(|note| note.contains(who))
            .collect();
        assert_eq!(found, own, "each writer's notes are in their order");
    }
    let numbers: Vec<u64> = timeline
        .iter()
        .map(|row| row["seq"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, (1..=timeline.len() as u64).collect::<Vec<_>>());
}
