//! Names of screens and contexts.

use super::context::{Context, Screen};

impl Screen {
    pub fn title(self) -> &'static str {
        match self {
            Self::Now => "Now",
            Self::Severity => "Severity",
            Self::Playbook => "Playbook",
            Self::People => "People",
            Self::Work => "Work",
            Self::Timeline => "Timeline",
            Self::Documents => "Documents",
        }
    }

    /// Its name where there is little space.
    pub fn short(self) -> &'static str {
        match self {
            Self::Documents => "Docs",
            other => other.title(),
        }
    }

    /// The question that it answers.
    pub fn question(self) -> &'static str {
        match self {
            Self::Now => "What is happening?",
            Self::Severity => "How bad is it?",
            Self::Playbook => "What do we do?",
            Self::People => "Who must know?",
            Self::Work => "What is owed?",
            Self::Timeline => "What happened?",
            Self::Documents => "What will remain?",
        }
    }
}

impl Context {
    /// Its name in the settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Anywhere => "anywhere",
            Self::On(Screen::Now) => "now",
            Self::On(Screen::Severity) => "severity",
            Self::On(Screen::Playbook) => "playbook",
            Self::On(Screen::People) => "people",
            Self::On(Screen::Work) => "work",
            Self::On(Screen::Timeline) => "timeline",
            Self::On(Screen::Documents) => "documents",
            Self::Question => "question",
            Self::Form => "form",
            Self::List => "list",
            Self::Confirmation => "confirmation",
            Self::Reader => "reader",
            Self::Palette => "palette",
            Self::Filter => "filter",
            Self::Text => "text",
        }
    }
}
