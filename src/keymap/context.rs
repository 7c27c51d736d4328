//! Where a key is pressed: a screen, or what is open over it.

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Screen {
    #[default]
    Now,
    Severity,
    Playbook,
    People,
    Work,
    Timeline,
    Documents,
}

impl Screen {
    /// In the order of their keys.
    pub const ALL: [Self; 7] = [
        Self::Now,
        Self::Severity,
        Self::Playbook,
        Self::People,
        Self::Work,
        Self::Timeline,
        Self::Documents,
    ];
}

/// Where a key is looked up. Several apply at once; the first that has a row for the key decides:
/// a screen: the answers of an open severity question (their keys are the policy's), `Question`, the screen, `Anywhere`;
/// a dialog: its own context, then `Text` where text is typed. Nothing that is open lets a key through to the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Context {
    Anywhere,
    On(Screen),
    /// A question of the classification is open.
    Question,
    Form,
    List,
    Confirmation,
    Reader,
    Palette,
    Filter,
    Text,
}

impl Context {
    pub const ALL: [Self; 16] = [
        Self::Anywhere,
        Self::On(Screen::Now),
        Self::On(Screen::Severity),
        Self::On(Screen::Playbook),
        Self::On(Screen::People),
        Self::On(Screen::Work),
        Self::On(Screen::Timeline),
        Self::On(Screen::Documents),
        Self::Question,
        Self::Form,
        Self::List,
        Self::Confirmation,
        Self::Reader,
        Self::Palette,
        Self::Filter,
        Self::Text,
    ];

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|context| context.name() == name)
    }

    /// Whether letters are typed here, so that none of them can be bound.
    pub fn is_typed(self) -> bool {
        self.is_with(Self::Text)
    }

    /// Whether both apply at once and neither is meant to hide the other.
    pub fn is_with(self, other: Self) -> bool {
        let typed = |context| matches!(context, Self::Form | Self::Palette | Self::Filter);
        self == other
            || (self == Self::Text && typed(other))
            || (other == Self::Text && typed(self))
    }
}
