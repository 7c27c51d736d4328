//! Text from outside on the terminal: whatever a file, an argument or a variable is called, nothing that a command
//! prints acts on the terminal or looks like a line of ours.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStringExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Escape sequences of seven and of eight bits, a bell, a direction override, and a line that pretends to be ours.
const HOSTILE: &str =
    "a\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}2J\u{202e}gnp\nwarroom: all is well\r\u{7f}";

/// Every command, with `{}` where text from outside goes. One that never gets to it is there all the same.
const COMMANDS: [&str; 72] = [
    "alerts",
    "alerts silences --source {}",
    "alerts silence --matcher {} --for 10m --comment {}",
    "alerts extend {} --lasts 10m --incident {}",
    "alerts expire {}",
    "alerts --alertmanager {}",
    "signals --prometheus {}",
    "gate {}",
    "gate {} --risk {}",
    "gate payments.confirm --override --reason {} --approver {}",
    "incident open {}",
    "incident open title --path {}",
    "incident open title --started {}",
    "incident open title --follows {}",
    "incident list",
    "incident show {}",
    "incident show {id}",
    "incident note {} text",
    "incident note {id} {}",
    "incident note {id} text --at {}",
    "incident ack {}",
    "incident ack {id} --as {}",
    "incident update {id} {}",
    "incident update {id} users {}",
    "incident hand-over {id} {}",
    "incident hand-over {id} commander {} {}",
    "incident follow-up {id} {}",
    "incident follow-up {id} action {} --due {}",
    "incident done {id} {}",
    "incident severity {id} {}",
    "incident severity {id} correctness={}",
    "incident role {id} {}",
    "incident role {id} commander --to {}",
    "incident status {id} {}",
    "incident impact {id} ended {}",
    "incident note {id} text --at {}",
    "incident note {id} text --zone {}",
    "incident decide {id} {}",
    "incident correct {id} {} {}",
    "incident correct {id} 1 {}",
    "incident close {id} {}",
    "incident sign {id}",
    "incident erase {id} {} {}",
    "incident approve {id} {}",
    "incident hold {id} {}",
    "incident seal {id}",
    "incident delete {id} {}",
    "playbook list",
    "playbook show {}",
    "playbook check {}",
    "playbook start {id} {}",
    "playbook start {id} payment-success-drop",
    "playbook step {id} {} --done",
    "playbook step {id} take-the-first-look --skip {}",
    "playbook step {id} take-the-first-look --choose {}",
    "escalation check",
    "escalation simulate {}",
    "escalation simulate --at {}",
    "postmortem {id} --to {}/x/y",
    "record {id} --to {}/x/y",
    "chart {id} --to {}/x/y",
    "export {id} --to {} --recipient {} --purpose {}",
    "ledger",
    "verify {}",
    "drill {}",
    "doctor",
    "config init {}",
    "config check",
    "config paths",
    "config keys",
    "completions {}",
    "watch {}",
];
/// Those that take nothing from outside and print what is ours.
const OURS: [&str; 4] = ["config services", "man", "watch --unit", "--version"];

fn warroom(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_warroom"));
    command
        .current_dir(home)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", home)
        .env("USER", "dana")
        .env("WARROOM_STATE_DIR", home.join("state"))
        .stdin(Stdio::null());
    command
}

/// What is wrong with what was printed.
fn wrong(output: &Output) -> Option<String> {
    for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Some(format!(
                "{name} is not UTF-8: {}",
                String::from_utf8_lossy(bytes)
            ));
        };
        let acts = |c: char| (c.is_control() && !matches!(c, '\n' | '\t')) || c == '\u{202e}';
        if text.chars().any(acts) {
            return Some(format!("{name} acts on the terminal: {text:?}"));
        }
        if text
            .lines()
            .any(|line| line.starts_with("warroom: all is well"))
        {
            return Some(format!("{name} has a line of somebody else: {text:?}"));
        }
    }
    None
}

fn words(command: &str, id: &str, hostile: &OsStr) -> Vec<OsString> {
    let fill = |word: &str| {
        let mut filled = OsString::new();
        for (at, part) in word.replace("{id}", id).split("{}").enumerate() {
            if at > 0 {
                filled.push(hostile);
            }
            filled.push(part);
        }
        filled
    };
    command.split(' ').map(fill).collect()
}

/// The names of a command's own commands, as its help lists them.
fn listed(home: &Path, of: &[&str]) -> Vec<String> {
    let output = warroom(home).args(of).arg("--help").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().skip_while(|line| *line != "Commands:").skip(1);
    let lines = lines.take_while(|line| !line.is_empty());
    let names = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = names.filter_map(|line| line.split_whitespace().next());
    names
        .filter(|name| *name != "help")
        .map(str::to_string)
        .collect()
}

#[test]
fn every_command_is_in_the_table() {
    let home = tempfile::tempdir().unwrap();
    let table: BTreeSet<&str> = COMMANDS.into_iter().chain(OURS).collect();
    let has = |path: &str| {
        table.iter().any(|command| {
            let rest = command.strip_prefix(path);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        })
    };
    for first in listed(home.path(), &[]) {
        assert!(has(&first), "{first} is not in the table");
        for second in listed(home.path(), &[&first]) {
            assert!(
                has(&format!("{first} {second}")),
                "{first} {second} is not in the table"
            );
        }
    }
}

#[test]
fn no_command_prints_terminal_control() {
    let home = tempfile::tempdir().unwrap();
    let opened = warroom(home.path())
        .args([
            "--data-dir",
            "data",
            "--output",
            "json",
            "incident",
            "open",
            HOSTILE,
        ])
        .output()
        .unwrap();
    let opened: serde_json::Value = serde_json::from_slice(&opened.stdout).unwrap();
    let id = opened["incident"]
        .as_str()
        .expect("an incident")
        .to_string();
    let bytes = OsString::from_vec(b"b\xff\x1b[2J\x9b\nwarroom: all is well".to_vec());
    let mut found = Vec::new();
    for command in COMMANDS {
        for hostile in [OsString::from(HOSTILE), bytes.clone()] {
            for form in ["text", "json"] {
                let output = warroom(home.path())
                    .args(["--data-dir", "data", "--output", form])
                    .args(words(command, &id, &hostile))
                    .output()
                    .unwrap();
                let panicked = String::from_utf8_lossy(&output.stderr).contains("panicked");
                let what = wrong(&output).or(panicked.then(|| "it panics".to_string()));
                found.extend(what.map(|what| format!("{command} as {form}: {what}")));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Files with such names and such contents: the configuration, what it names, playbooks, variables.
#[test]
fn no_file_and_no_variable_acts_on_the_terminal() {
    let home = tempfile::tempdir().unwrap();
    let name = HOSTILE.replace('/', "");
    let named = home.path().join(&name);
    std::fs::write(&named, format!("name: dana\n{HOSTILE}: 1\n")).unwrap();
    let contents = [
        format!("name: {HOSTILE}\n"),
        "nam\u{1b}[2J: x\n".to_string(),
        "sources: [{kind: \"al\u{9b}2J\u{202e}\", url: x}]\n".to_string(),
        "name: \"\\e[2J\\a\\u009b\\u202e\\nwarroom: all is well\"\nsources: [{kind: prometheus, url: \"http://x\\e[2J\"}]\n".to_string(),
        "policies: {escalation: \"\\e[2J\\nwarroom: all is well\"}\n".to_string(),
        "services: \"\\e[2J\\nwarroom: all is well\"\n".to_string(),
        "schedules: \"\\e[2J\\nwarroom: all is well\"\n".to_string(),
        "channels: [{kind: smtp, name: m, host: localhost, tls: none, from: \"\\e[2J\\nwarroom: all is well\"}]\n".to_string(),
        "channels: [{kind: slack, name: m, url: {command: [\"/no\\e[2J\\nwarroom: all is well\"]}}]\n".to_string(),
        "channels: [{kind: slack, name: m, url: {file: \"/no\\e[2J\\nwarroom: all is well\"}}]\n".to_string(),
        "channels: [{kind: slack, name: m, url: {env: \"NO\\e[2J\\nwarroom: all is well\"}}]\n".to_string(),
        "data_dir: \"/proc/no\\e[2J\\nwarroom: all is well\"\n".to_string(),
        "signing: {key: \"no\\e[2J\\nwarroom: all is well\"}\n".to_string(),
    ];
    let mut files = vec![named.clone(), home.path().join(format!("missing{name}"))];
    for (at, text) in contents.iter().enumerate() {
        let file = home.path().join(format!("{at}.yaml"));
        std::fs::write(&file, text).unwrap();
        files.push(file);
    }
    let playbooks = home.path().join("playbooks");
    std::fs::create_dir(&playbooks).unwrap();
    std::fs::write(
        playbooks.join(format!("{name}.md")),
        format!("---\n{HOSTILE}\n---\n# {HOSTILE}\n"),
    )
    .unwrap();
    let listing = home.path().join("playbooks.yaml");
    std::fs::write(&listing, "playbooks: playbooks\n").unwrap();
    files.push(listing);
    let mut found = Vec::new();
    for file in &files {
        for form in ["text", "json"] {
            for words in [
                "config check",
                "config paths",
                "doctor",
                "escalation check",
                "playbook check",
                "incident list",
                "alerts",
                "watch",
            ] {
                // A configuration that reads well would keep a watch running.
                if words == "watch" && (*file != named) {
                    continue;
                }
                let output = warroom(home.path())
                    .arg("--config")
                    .arg(file)
                    .args(["--output", form])
                    .args(words.split(' '))
                    .output()
                    .unwrap();
                found.extend(
                    wrong(&output).map(|what| format!("{words} with {file:?} as {form}: {what}")),
                );
            }
        }
    }
    for variable in [
        "WARROOM_CONFIG",
        "WARROOM_DATA_DIR",
        "WARROOM_STATE_DIR",
        "USER",
        "HOME",
    ] {
        for words in [
            "--help",
            "config paths",
            "config check",
            "doctor",
            "incident list",
        ] {
            let output = warroom(home.path())
                .env(variable, &name)
                .args(words.split(' '))
                .output()
                .unwrap();
            found.extend(wrong(&output).map(|what| format!("{words} with {variable}: {what}")));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn joiners_of_words_and_emoji_survive_in_note_record_and_page() {
    let home = tempfile::tempdir().unwrap();
    let text = include_str!("../cases/field/note-joiners.txt").trim_end();
    let run = |arguments: &[&str]| {
        let output = warroom(home.path()).args(arguments).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    run(&["incident", "open", text]);
    let id = run(&["incident", "list"]);
    let id = id.split_whitespace().find(|word| word.starts_with("INC-"));
    let id = id.unwrap();
    run(&["incident", "note", id, text]);
    for arguments in [
        &["incident", "show", id] as &[&str],
        &["record", id],
        &["postmortem", id],
    ] {
        let printed = run(arguments);
        assert!(printed.contains(text), "{arguments:?}: {printed}");
    }
    let json: serde_json::Value =
        serde_json::from_str(&run(&["--output", "json", "incident", "show", id])).unwrap();
    assert!(json.to_string().contains(text), "{json}");
}

#[test]
fn a_long_text_in_the_wrong_place_does_not_hide_what_is_wrong_with_it() {
    let home = tempfile::tempdir().unwrap();
    let text = "a".repeat(20_000);
    for arguments in [
        &["incident", "note", &text] as &[&str],
        &["incident", "note", &text, "note"],
        &["--config", &text, "config", "check"],
        &["playbook", "show", &text],
    ] {
        let output = warroom(home.path()).args(arguments).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            !output.status.success() && said.len() < 1_500,
            "{}",
            said.len()
        );
        assert!(
            said.contains("characters more") || said.len() < 600,
            "{said}"
        );
    }
}
