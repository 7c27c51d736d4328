//! What a key can do.

use super::context::Screen;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    Show(Screen),
    Acknowledge,
    Classify,
    /// To the playbook's next step.
    Playbook,
    ChoosePlaybook,
    /// Confirms the step, or runs its check.
    StepDone,
    StepSkip,
    /// Takes the last tick of a check list back.
    Untick,
    Note,
    Decide,
    Status,
    /// The impact ended, or began again.
    Impact,
    Role,
    /// A status update.
    Update,
    FollowUp,
    HandOver,
    Correct,
    /// Opens an incident by hand.
    Open,
    /// To another incident.
    Switch,
    /// Writes the documents.
    Write,
    /// Copies a command or a link.
    Copy,
    /// Shows charts, over a longer span each time.
    Chart,
    Silence,
    ExtendSilence,
    EndSilence,
    Filter,
    Palette,
    Help,
    /// UTC or local times.
    Utc,
    /// The question before this one.
    PreviousQuestion,
    /// Why this question is asked.
    Why,
    /// What is being written happened earlier, or is entered afterwards.
    Earlier,
    Yes,
    No,
    /// The row with this number, from 0.
    Choose(usize),
    Down,
    Up,
    PageDown,
    PageUp,
    /// Opens, chooses, records: whatever is marked.
    Enter,
    /// Closes or goes back.
    Back,
    /// To the shell, and back by `fg`.
    Suspend,
    Quit,
    Edit(Edit),
}

/// What a key does to a line of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Edit {
    Backspace,
    Delete,
    /// Deletes the word to the left.
    DeleteWord,
    /// Deletes everything to the left.
    DeleteLine,
    Left,
    Right,
    Home,
    End,
}
