//! The table: one row for each thing that a key does in a context. Nothing else names a key.

use super::action::{Action, Edit};
use super::context::Context::{
    self, Anywhere, Confirmation, Filter, Form, List, On, Palette, Question, Reader, Text,
};
use super::context::Screen;

#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    pub action: Action,
    /// Its name in the settings; people read it with spaces.
    pub name: &'static str,
    pub doc: &'static str,
    /// The keys as shipped, the first one in hints.
    pub keys: &'static [&'static str],
    pub contexts: &'static [Context],
    /// Whether it asks before it acts.
    pub dangerous: bool,
    /// Whether it writes into the journal.
    pub records: bool,
}

const fn bind(
    action: Action,
    name: &'static str,
    doc: &'static str,
    keys: &'static [&'static str],
    contexts: &'static [Context],
) -> Row {
    Row {
        action,
        name,
        doc,
        keys,
        contexts,
        dangerous: false,
        records: false,
    }
}

impl Row {
    const fn records(mut self) -> Self {
        self.records = true;
        self
    }

    const fn dangerous(mut self) -> Self {
        self.dangerous = true;
        self
    }

    /// Its name as people read it.
    pub fn label(&self) -> String {
        self.name.replace('-', " ")
    }
}

#[rustfmt::skip]
pub static ROWS: &[Row] = &[
    bind(Action::Acknowledge, "acknowledge", "take the page; paging for it stops", &["a"], &[Anywhere]).records(),
    bind(Action::Classify, "classify", "the severity, in a few questions", &["s"], &[Anywhere]).records(),
    bind(Action::Playbook, "next-step", "go to the playbook's next step", &["p"], &[Anywhere]),
    bind(Action::Note, "write-note", "write a note", &["n"], &[Anywhere]).records(),
    bind(Action::Status, "set-status", "identified, mitigated, resolved …", &["u"], &[Anywhere]).records(),
    bind(Action::Impact, "state-impact", "impact ended, or began again", &["b"], &[Anywhere]).records(),
    bind(Action::Decide, "record-decision", "a decision and its reason", &["d"], &[Anywhere]).records(),
    bind(Action::Update, "send-update", "status update: users or stakeholders", &["t"], &[Anywhere]).records(),
    bind(Action::FollowUp, "follow-up", "an action, case, risk, question, link", &["f"], &[Anywhere]).records(),
    bind(Action::HandOver, "hand-over", "hand over a role, with a summary", &["h"], &[Anywhere]).records(),
    bind(Action::Role, "change-role", "take or give back a role", &["r"], &[Anywhere]).records(),
    bind(Action::Write, "write-documents", "the postmortem and the record", &["w"], &[Anywhere]).records(),
    bind(Action::StepDone, "confirm-step", "confirm, run its check, choose", &["enter", "space"], &[On(Screen::Playbook)]).records(),
    bind(Action::StepSkip, "skip-step", "leave the step out, with a reason", &["k"], &[On(Screen::Playbook)]).records(),
    bind(Action::Untick, "untick-item", "untick the last item", &["backspace"], &[On(Screen::Playbook)]).records(),
    bind(Action::ChoosePlaybook, "choose-playbook", "begin or change to another one", &["c"], &[On(Screen::Playbook)]).records(),
    bind(Action::Copy, "copy", "command or link to the clipboard", &["y", "o"], &[Anywhere]),
    bind(Action::Correct, "correct-entry", "correct the selected entry; both stay", &["e"], &[On(Screen::Timeline)]).records(),
    bind(Action::Open, "open-incident", "open an incident by hand", &["ctrl-n"], &[Anywhere]).records().dangerous(),
    bind(Action::Switch, "switch-incident", "go to another incident", &["i"], &[Anywhere]),
    bind(Action::Show(Screen::Now), "show-now", "current state", &["1"], &[Anywhere]),
    bind(Action::Show(Screen::Severity), "show-severity", "severity", &["2"], &[Anywhere]),
    bind(Action::Show(Screen::Playbook), "show-playbook", "playbook", &["3"], &[Anywhere]),
    bind(Action::Show(Screen::People), "show-people", "people and updates", &["4"], &[Anywhere]),
    bind(Action::Show(Screen::Work), "show-work", "action items and follow-ups", &["5"], &[Anywhere]),
    bind(Action::Show(Screen::Timeline), "show-timeline", "timeline", &["6"], &[Anywhere]),
    bind(Action::Show(Screen::Documents), "show-documents", "documents", &["7"], &[Anywhere]),
    bind(Action::Chart, "show-charts", "success rate and budget, longer range", &["g"], &[On(Screen::Now)]),
    bind(Action::Silence, "silence", "silence this row's alerts for a while", &["m"], &[On(Screen::Now)]).records().dangerous(),
    bind(Action::ExtendSilence, "extend-silence", "extend the silence on this row", &["e"], &[On(Screen::Now)]).records().dangerous(),
    bind(Action::EndSilence, "end-silence", "end the silence on this row", &["x"], &[On(Screen::Now)]).records().dangerous(),
    bind(Action::Filter, "filter", "show only what contains these words", &["/"], &[Anywhere]),
    bind(Action::Palette, "palette", "all actions by name", &[":"], &[Anywhere]),
    bind(Action::Help, "help", "what the keys do here", &["?"], &[Anywhere]),
    bind(Action::Utc, "switch-time-zone", "local times with offset, or UTC", &["z"], &[Anywhere]),
    bind(Action::Earlier, "entry-time", "time of what is entered afterwards", &["ctrl-t"], &[Anywhere]),
    bind(Action::Down, "next-row", "next row", &["down", "j"], &[Anywhere]),
    bind(Action::Up, "previous-row", "previous row", &["up"], &[Anywhere]),
    bind(Action::PageDown, "page-down", "further down", &["pagedown", "ctrl-d"], &[Anywhere]),
    bind(Action::PageUp, "page-up", "further up", &["pageup", "ctrl-u"], &[Anywhere]),
    bind(Action::Enter, "open", "open the selected row", &["enter"], &[Anywhere]),
    bind(Action::Back, "back", "close or go back", &["esc"], &[Anywhere]),
    bind(Action::Suspend, "suspend", "to the shell; `fg` resumes", &["ctrl-z"], &[Anywhere]),
    bind(Action::Quit, "quit", "end the program; the journal stays", &["q", "ctrl-c"], &[Anywhere]).dangerous(),

    // The answers' keys are those of the severity policy; they come before these rows, and one that is among them is refused.
    bind(Action::Enter, "answer", "give the marked answer", &["enter"], &[Question]),
    bind(Action::PreviousQuestion, "previous-question", "change the previous answer", &["b"], &[Question]),
    bind(Action::Why, "show-reason", "why this question is asked", &["w"], &[Question]),

    bind(Action::Enter, "choose", "choose the marked row", &["enter", "space"], &[List]),
    bind(Action::Choose(0), "choose-number", "choose a row by its number", &["1", "2", "3", "4", "5", "6", "7", "8", "9"], &[List]),
    bind(Action::Down, "next-row", "next row", &["down", "tab", "j"], &[List]),
    bind(Action::Up, "previous-row", "previous row", &["up"], &[List]),

    bind(Action::Yes, "yes", "confirm", &["y"], &[Confirmation]),
    bind(Action::No, "no", "cancel", &["n"], &[Confirmation]),
    bind(Action::Enter, "accept", "take the marked answer", &["enter", "space"], &[Confirmation]),
    bind(Action::Down, "other-answer", "mark the other answer", &["down", "tab", "up"], &[Confirmation]),
    // Without ctrl-c: pressed once too often it must not answer.
    bind(Action::Back, "close", "cancel and close", &["esc"], &[Confirmation]),

    bind(Action::Down, "next-row", "next row", &["down", "tab"], &[Reader]),
    bind(Action::Up, "previous-row", "previous row", &["up"], &[Reader]),
    bind(Action::PageDown, "page-down", "further down", &["pagedown"], &[Reader, Confirmation]),
    bind(Action::PageUp, "page-up", "further up", &["pageup"], &[Reader, Confirmation]),
    bind(Action::Back, "close", "close", &["esc", "enter", "space", "ctrl-c"], &[Reader]),

    bind(Action::Enter, "submit", "next field, then record", &["enter"], &[Form]),
    bind(Action::Down, "next-field", "next field", &["tab", "down"], &[Form]),
    bind(Action::Up, "previous-field", "previous field", &["up", "backtab"], &[Form]),
    bind(Action::Earlier, "earlier", "set the time", &["ctrl-t"], &[Form]),

    bind(Action::Enter, "run", "run the marked action", &["enter"], &[Palette]),
    bind(Action::Down, "next-row", "next row", &["down", "tab"], &[Palette]),
    bind(Action::Up, "previous-row", "previous row", &["up", "backtab"], &[Palette]),
    bind(Action::Back, "close", "close; nothing is done", &["esc", "ctrl-c"], &[Form, List, Palette]),

    bind(Action::Enter, "keep-filter", "keep the filter", &["enter"], &[Filter]),
    bind(Action::Back, "remove-filter", "remove the filter", &["esc"], &[Filter]),

    bind(Action::Edit(Edit::Backspace), "delete-left", "delete to the left", &["backspace", "ctrl-h"], &[Text]),
    bind(Action::Edit(Edit::Delete), "delete-right", "delete to the right", &["delete"], &[Text]),
    bind(Action::Edit(Edit::DeleteWord), "delete-word", "delete the word to the left", &["ctrl-w"], &[Text]),
    bind(Action::Edit(Edit::DeleteLine), "delete-line", "delete all to the left", &["ctrl-u"], &[Text]),
    bind(Action::Edit(Edit::Left), "left", "one character to the left", &["left"], &[Text]),
    bind(Action::Edit(Edit::Right), "right", "one character to the right", &["right"], &[Text]),
    bind(Action::Edit(Edit::Home), "line-start", "to the beginning", &["home", "ctrl-a"], &[Text]),
    bind(Action::Edit(Edit::End), "line-end", "to the end", &["end", "ctrl-e"], &[Text]),
];

/// The row of an action on the screens.
pub fn row(action: Action) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.action == action)
}
