//! One table of actions: it feeds the routing of keys, the hints, the help, the palette and the README.

use super::ui::Screen;

/// Something a person can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Show a screen.
    Show(Screen),
    /// Take the page.
    Acknowledge,
    /// Classify.
    Classify,
    /// Go to the playbook.
    Playbook,
    /// Choose another playbook.
    ChoosePlaybook,
    /// Confirm the step, or run its check.
    StepDone,
    /// Leave a step out.
    StepSkip,
    /// Takes the last tick of a check list back.
    Untick,
    /// Write a note.
    Note,
    /// Say that what is being written happened earlier.
    Earlier,
    /// Record a decision.
    Decide,
    /// Change the status.
    Status,
    /// Give a role.
    Role,
    /// Correct an entry.
    Correct,
    /// Open an incident by hand.
    Open,
    /// Go to another incident.
    Switch,
    /// Write the documents.
    Write,
    /// Copy the command or link.
    Copy,
    /// Show charts, over a longer span each time.
    Chart,
    /// Keep alerts quiet.
    Silence,
    /// Let a silence last longer.
    ExtendSilence,
    /// End a silence.
    EndSilence,
    /// Filter the list.
    Filter,
    /// The palette.
    Palette,
    /// Help.
    Help,
    /// UTC or local times.
    Utc,
    /// Down.
    Down,
    /// Up.
    Up,
    /// A page down.
    PageDown,
    /// A page up.
    PageUp,
    /// A status update.
    Update,
    /// Work to keep track of.
    FollowUp,
    /// Give a role to another person.
    HandOver,
    /// Into, yes.
    Enter,
    /// Out, back.
    Back,
    /// To the shell and back by `fg`.
    Suspend,
    /// End the program.
    Quit,
}

/// Where an action applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// Everywhere.
    Anywhere,
    /// On this screen.
    On(Screen),
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The action.
    pub action: Action,
    /// Its name, as the palette shows it.
    pub name: &'static str,
    /// What it does.
    pub doc: &'static str,
    /// Its keys, the first one in hints.
    pub keys: &'static [&'static str],
    /// Where it applies.
    pub context: Context,
    /// Whether it asks before it acts.
    pub dangerous: bool,
    /// Whether it writes into the journal.
    pub records: bool,
}

const fn row(
    action: Action,
    name: &'static str,
    doc: &'static str,
    keys: &'static [&'static str],
    context: Context,
) -> Entry {
    Entry {
        action,
        name,
        doc,
        keys,
        context,
        dangerous: false,
        records: false,
    }
}

impl Entry {
    const fn records(mut self) -> Self {
        self.records = true;
        self
    }

    const fn dangerous(mut self) -> Self {
        self.dangerous = true;
        self
    }
}

use Context::{Anywhere, On};

/// The table.
#[rustfmt::skip]
pub const ACTIONS: &[Entry] = &[
    row(Action::Acknowledge, "acknowledge", "take the page; calls for it stop", &["a"], Anywhere).records(),
    row(Action::Classify, "severity", "classify in a few questions", &["s"], Anywhere).records(),
    row(Action::Playbook, "playbook", "go to the playbook's next step", &["p"], Anywhere),
    row(Action::Note, "note", "write a note", &["n"], Anywhere).records(),
    row(Action::Status, "status", "identified, mitigated, resolved …", &["u"], Anywhere).records(),
    row(Action::Decide, "decide", "record a decision and its reason", &["d"], Anywhere).records(),
    row(Action::Update, "tell", "an update for users or stakeholders", &["t"], Anywhere).records(),
    row(Action::FollowUp, "follow up", "an action, case, risk, question, link", &["f"], Anywhere).records(),
    row(Action::HandOver, "hand over", "give a role away, with a summary", &["h"], Anywhere).records(),
    row(Action::Role, "role", "take or give back a role", &["r"], Anywhere).records(),
    row(Action::Write, "write documents", "the postmortem and the record", &["w"], Anywhere).records(),
    row(Action::StepDone, "step done", "confirm, run its check, choose a way", &["enter", "space"], On(Screen::Playbook)).records(),
    row(Action::StepSkip, "skip step", "leave the step out, with a reason", &["k"], On(Screen::Playbook)).records(),
    row(Action::Untick, "untick", "take the last tick back", &["backspace"], On(Screen::Playbook)).records(),
    row(Action::ChoosePlaybook, "choose playbook", "begin or change to another one", &["c"], On(Screen::Playbook)).records(),
    row(Action::Copy, "copy", "command or link to the clipboard", &["y", "o"], Anywhere),
    row(Action::Correct, "correct", "correct the selected entry; both stay", &["e"], On(Screen::Timeline)).records(),
    row(Action::Open, "open incident", "open an incident by hand", &["ctrl-n"], Anywhere).records().dangerous(),
    row(Action::Switch, "switch incident", "go to another incident", &["i"], Anywhere),
    row(Action::Show(Screen::Now), "now", "what is happening", &["1"], Anywhere),
    row(Action::Show(Screen::Severity), "severity screen", "how bad it is", &["2"], Anywhere),
    row(Action::Show(Screen::Playbook), "playbook screen", "what we do", &["3"], Anywhere),
    row(Action::Show(Screen::People), "people", "who must know, and by when", &["4"], Anywhere),
    row(Action::Show(Screen::Work), "work", "what is owed, by whom, until when", &["5"], Anywhere),
    row(Action::Show(Screen::Timeline), "timeline", "what happened", &["6"], Anywhere),
    row(Action::Show(Screen::Documents), "documents", "what will remain", &["7"], Anywhere),
    row(Action::Chart, "charts", "success and budget: how far back, off", &["g"], On(Screen::Now)),
    row(Action::Silence, "silence", "keep this row's alerts quiet a while", &["m"], On(Screen::Now)).records().dangerous(),
    row(Action::ExtendSilence, "extend silence", "let this row's silence last longer", &["e"], On(Screen::Now)).records().dangerous(),
    row(Action::EndSilence, "end silence", "end the silence on this row", &["x"], On(Screen::Now)).records().dangerous(),
    row(Action::Filter, "filter", "show only what contains these words", &["/"], Anywhere),
    row(Action::Palette, "palette", "every action by name", &[":"], Anywhere),
    row(Action::Help, "help", "what the keys do here", &["?"], Anywhere),
    row(Action::Utc, "time zone", "local times with offset, or UTC", &["z"], Anywhere),
    row(Action::Down, "down", "next row", &["down", "j"], Anywhere),
    row(Action::Up, "up", "row before", &["up"], Anywhere),
    row(Action::PageDown, "page down", "further down", &["pagedown", "ctrl-d"], Anywhere),
    row(Action::PageUp, "page up", "further up", &["pageup", "ctrl-u"], Anywhere),
    row(Action::Enter, "open", "into the selected row", &["enter"], Anywhere),
    row(Action::Back, "back", "out of what is open; nothing ends", &["esc"], Anywhere),
    row(Action::Suspend, "suspend", "to the shell; `fg` comes back", &["ctrl-z"], Anywhere),
    row(Action::Quit, "quit", "end the program; the journal stays", &["q", "ctrl-c"], Anywhere).dangerous(),
];

/// The row of an action.
pub fn entry(action: Action) -> Option<&'static Entry> {
    ACTIONS.iter().find(|entry| entry.action == action)
}

/// The action of a key on a screen: the screen's own rows come before those that apply everywhere.
pub fn for_key(key: &str, screen: Screen) -> Option<Action> {
    let has = |entry: &&Entry| entry.keys.contains(&key);
    let own = ACTIONS
        .iter()
        .filter(has)
        .find(|entry| entry.context == On(screen));
    own.or_else(|| {
        ACTIONS
            .iter()
            .filter(has)
            .find(|entry| entry.context == Anywhere)
    })
    .map(|e| e.action)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_means_two_things_in_one_place() {
        for (at, one) in ACTIONS.iter().enumerate() {
            for other in &ACTIONS[at + 1..] {
                let shared = one.keys.iter().any(|key| other.keys.contains(key));
                assert!(
                    !(shared && one.context == other.context),
                    "{} and {}",
                    one.name,
                    other.name
                );
            }
        }
    }

    /// 80 columns less the frame, the keys and the name.
    #[test]
    fn what_an_action_does_is_never_cut() {
        for entry in ACTIONS {
            assert!(entry.doc.chars().count() <= 37, "{}", entry.doc);
            assert!(entry.name.chars().count() <= 16, "{}", entry.name);
        }
    }

    #[test]
    fn a_screens_own_key_comes_first() {
        assert_eq!(for_key("enter", Screen::Playbook), Some(Action::StepDone));
        assert_eq!(for_key("enter", Screen::Timeline), Some(Action::Enter));
        assert_eq!(for_key("esc", Screen::Now), Some(Action::Back));
        assert_eq!(for_key("x", Screen::Timeline), None);
    }
}
