//! What the README shows of the program is made from the program.
//! `WARROOM_UPDATE_README=1 cargo test --test offline readme` writes it anew.

use std::path::Path;
use warroom::harness::{Context, ROWS};

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");

fn keys() -> String {
    let mut text = "| key | action | what it does |\n|---|---|---|\n".to_string();
    for row in ROWS {
        let places = row.contexts.iter();
        let places: Vec<&str> = places
            .filter(|it| **it != Context::Anywhere)
            .map(|it| it.name())
            .collect();
        let place = match places.is_empty() {
            true => String::new(),
            false => format!(" ({})", places.join(", ")),
        };
        let mark = match (row.dangerous, row.records) {
            (true, _) => " !",
            (_, true) => " *",
            _ => "",
        };
        let keys: Vec<String> = row.keys.iter().map(|key| format!("`{key}`")).collect();
        text += &format!(
            "| {} | {}{mark}{place} | {} |\n",
            keys.join(" "),
            row.name,
            row.doc
        );
    }
    text
}

/// The screen of the snapshot, without the lines that describe its colours.
fn screen() -> String {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src/tui/snapshots/warroom__tui__tests__Now-80x24.snap"
    );
    let text = std::fs::read_to_string(path).unwrap();
    let body = text.splitn(3, "---\n").nth(2).unwrap();
    let rows: Vec<&str> = body
        .lines()
        .filter(|row| !row.starts_with("    ~ "))
        .collect();
    rows.join("\n").trim_end().to_string() + "\n"
}

/// The text between a marker's line and the end of what follows it.
fn replace(readme: &str, marker: &str, end: &str, new: &str) -> String {
    let (before, rest) = readme
        .split_once(marker)
        .unwrap_or_else(|| panic!("{marker} is missing"));
    let (line, rest) = rest.split_once('\n').unwrap();
    let after = rest
        .find(end)
        .unwrap_or_else(|| panic!("no end after {marker}"));
    format!("{before}{marker}{line}\n{new}{}", &rest[after..])
}

#[test]
fn the_screen_and_the_keys_in_the_readme_are_those_of_the_program() {
    let readme = std::fs::read_to_string(README).unwrap();
    let wanted = replace(
        &readme,
        "<!-- screen:",
        "```\n\n## Set up",
        &format!("```text\n{}", screen()),
    );
    let wanted = replace(&wanted, "<!-- keys:", "\n`*` is recorded", &keys());
    if std::env::var_os("WARROOM_UPDATE_README").is_some() {
        std::fs::write(README, &wanted).unwrap();
    }
    assert!(
        readme == wanted || std::env::var_os("WARROOM_UPDATE_README").is_some(),
        "the README is behind the program: WARROOM_UPDATE_README=1 cargo test --test offline readme writes it anew"
    );
}

#[test]
fn every_link_in_the_readme_leads_somewhere() {
    let readme = std::fs::read_to_string(README).unwrap();
    for link in readme
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
    {
        assert!(
            Path::new(env!("CARGO_MANIFEST_DIR")).join(link).exists(),
            "{link}"
        );
    }
}
