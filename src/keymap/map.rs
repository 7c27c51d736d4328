//! The keys in force: the table, with a user's own bindings.

use super::action::Action;
use super::context::{Context, Screen};
use super::key::{Key, KeyProblem};
use super::table::{ROWS, Row};
use crate::text::{list, nearest};

/// The keys of one row in one context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    pub row: &'static Row,
    pub context: Context,
    /// The first one is shown in hints.
    pub keys: Vec<Key>,
    /// Whether a user chose them.
    pub own: bool,
}

impl Binding {
    /// Its keys as people read them.
    pub fn shown(&self) -> String {
        match (self.row.action, &self.keys[..]) {
            (Action::Choose(_), [first, .., last]) => format!("{first}-{last}"),
            (_, keys) => {
                let keys: Vec<String> = keys.iter().map(Key::to_string).collect();
                keys.join(" ")
            }
        }
    }
}

/// A user's own binding, as the settings have it.
#[derive(Debug, Clone, Copy)]
pub struct Rebinding<'s> {
    pub context: &'s str,
    pub action: &'s str,
    pub keys: &'s [String],
}

/// Why bindings are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyMapProblem {
    #[error("there is no context \"{name}\"")]
    NoContext { name: String, hint: String },
    #[error("{context} has no action \"{name}\"")]
    NoAction {
        context: &'static str,
        name: String,
        hint: String,
    },
    #[error("{context}.{action}: {problem}")]
    NoKey {
        context: &'static str,
        action: &'static str,
        problem: KeyProblem,
    },
    #[error("{context}.{action}: \"{key}\" is typed as text here")]
    TypesText {
        context: &'static str,
        action: &'static str,
        key: Key,
    },
    #[error("{context}.{action} and {other_context}.{other} have the same key \"{key}\"")]
    Twice {
        context: &'static str,
        action: &'static str,
        other_context: &'static str,
        other: &'static str,
        key: Key,
    },
    #[error("{context}: no key is left for {action}")]
    NoKeyLeft {
        context: &'static str,
        action: &'static str,
    },
}

impl KeyMapProblem {
    pub fn hint(&self) -> String {
        match self {
            Self::NoContext { hint, .. } | Self::NoAction { hint, .. } => hint.clone(),
            Self::NoKey { .. } => {
                "write one character, ctrl-LETTER, f1 to f12, or a name such as enter, tab, pagedown".into()
            }
            Self::TypesText { .. } => "bind a key that types nothing, such as ctrl-x or f2".into(),
            Self::Twice { .. } => "bind one of them to another key".into(),
            Self::NoKeyLeft { action: "quit", .. } => {
                "leave it a key that types nothing, such as ctrl-c: it works where the screen is too small, too".into()
            }
            Self::NoKeyLeft { .. } => "leave it a key that nothing else takes, such as esc".into(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyMap {
    bindings: Vec<Binding>,
}

impl Default for KeyMap {
    fn default() -> Self {
        let parsed = |row: &'static Row| row.keys.iter().filter_map(|key| key.parse().ok());
        let bindings = ROWS.iter().flat_map(|row| {
            row.contexts.iter().map(move |context| Binding {
                row,
                context: *context,
                keys: parsed(row).collect(),
                own: false,
            })
        });
        Self {
            bindings: bindings.collect(),
        }
    }
}

impl KeyMap {
    /// The table with these keys instead of its own. The error names the rebinding by its position.
    pub fn with<'s>(
        rebindings: impl IntoIterator<Item = Rebinding<'s>>,
    ) -> Result<Self, (usize, KeyMapProblem)> {
        let mut map = Self::default();
        let mut changed = Vec::new();
        for (at, rebinding) in rebindings.into_iter().enumerate() {
            changed.push(map.rebind(&rebinding).map_err(|problem| (at, problem))?);
        }
        for (at, binding) in changed.iter().enumerate() {
            map.judge(&map.bindings[*binding])
                .map_err(|problem| (at, problem))?;
        }
        let Some((place, row)) = map.without_close() else {
            return Ok(map);
        };
        let context = place[0];
        let at = |it: &usize| {
            let binding = &map.bindings[*it];
            place.contains(&binding.context)
                && (binding.row.action == row.action || binding.context == context)
        };
        let at = changed.iter().rposition(at).unwrap_or(0);
        let (context, action) = (context.name(), row.name);
        Err((at, KeyMapProblem::NoKeyLeft { context, action }))
    }

    fn rebind(&mut self, rebinding: &Rebinding<'_>) -> Result<usize, KeyMapProblem> {
        let names = || Context::ALL.into_iter().map(Context::name);
        let context =
            Context::named(rebinding.context).ok_or_else(|| KeyMapProblem::NoContext {
                name: rebinding.context.into(),
                hint: meant(rebinding.context, names()),
            })?;
        let here = || self.bindings.iter().filter(|it| it.context == context);
        let found = self
            .bindings
            .iter()
            .position(|it| it.context == context && it.row.name == rebinding.action);
        let at = found.ok_or_else(|| KeyMapProblem::NoAction {
            context: context.name(),
            name: rebinding.action.into(),
            hint: meant(rebinding.action, here().map(|it| it.row.name)),
        })?;
        let action = self.bindings[at].row.name;
        let keys: Result<Vec<Key>, KeyProblem> =
            rebinding.keys.iter().map(|key| key.parse()).collect();
        let binding = &mut self.bindings[at];
        binding.own = true;
        binding.keys = keys.map_err(|problem| KeyMapProblem::NoKey {
            context: context.name(),
            action,
            problem,
        })?;
        Ok(at)
    }

    /// What speaks against the keys of a binding, beside all others.
    fn judge(&self, binding: &Binding) -> Result<(), KeyMapProblem> {
        let (context, action) = (binding.context.name(), binding.row.name);
        for (at, key) in binding.keys.iter().enumerate() {
            if binding.context.is_typed() && key.text().is_some() {
                return Err(KeyMapProblem::TypesText {
                    context,
                    action,
                    key: *key,
                });
            }
            let others = self.bindings.iter().filter(|other| {
                !std::ptr::eq(*other, binding) && binding.context.is_with(other.context)
            });
            let clash = others.into_iter().find(|other| other.keys.contains(key));
            let clash = clash.or_else(|| binding.keys[..at].contains(key).then_some(binding));
            if let Some(other) = clash {
                return Err(KeyMapProblem::Twice {
                    context,
                    action,
                    other_context: other.context.name(),
                    other: other.row.name,
                    key: *key,
                });
            }
        }
        Ok(())
    }

    /// Where something that is open cannot be closed, or the program not left, and what has no key there.
    fn without_close(&self) -> Option<(Vec<Context>, &'static Row)> {
        let on = |screen| vec![Context::On(screen), Context::Anywhere];
        let asked = [vec![Context::Question], on(Screen::Severity)].concat();
        let screens: Vec<Vec<Context>> = Screen::ALL.into_iter().map(on).chain([asked]).collect();
        let dialogs = [
            Context::Form,
            Context::List,
            Context::Confirmation,
            Context::Reader,
            Context::Palette,
            Context::Filter,
        ];
        let dialogs = dialogs.map(|context| vec![context]).into_iter();
        // On a screen that is too small only a key that types nothing is taken.
        let quits = |place: &Vec<Context>| {
            let keys = self.keys(place, Action::Quit);
            keys.iter().any(|key| key.text().is_none())
        };
        let stuck = screens.iter().find(|place| !quits(place)).cloned();
        let stuck = stuck.map(|place| (place, Action::Quit)).or_else(|| {
            let mut places = screens.into_iter().chain(dialogs);
            let closed = places.find(|place| self.keys(place, Action::Back).is_empty())?;
            Some((closed, Action::Back))
        });
        let (place, action) = stuck?;
        let row = self.binding(&place, action)?.row;
        Some((place, row))
    }

    pub fn bindings(&self) -> &[Binding] {
        &self.bindings
    }

    /// The binding that a key has where these contexts apply, the first before the others.
    fn find(&self, contexts: &[Context], key: Key) -> Option<&Binding> {
        contexts.iter().find_map(|context| {
            let mut here = self.bindings.iter().filter(|it| it.context == *context);
            here.find(|it| it.keys.contains(&key))
        })
    }

    /// What a key does where these contexts apply.
    pub fn action(&self, contexts: &[Context], key: Key) -> Option<Action> {
        let found = self.find(contexts, key)?;
        Some(match found.row.action {
            Action::Choose(_) => {
                Action::Choose(found.keys.iter().position(|it| *it == key).unwrap_or(0))
            }
            other => other,
        })
    }

    /// The binding of an action where these contexts apply.
    pub fn binding(&self, contexts: &[Context], action: Action) -> Option<&Binding> {
        contexts.iter().find_map(|context| {
            let mut here = self.bindings.iter().filter(|it| it.context == *context);
            here.find(|it| it.row.action == action)
        })
    }

    /// The keys that do this where these contexts apply.
    fn keys(&self, contexts: &[Context], action: Action) -> Vec<Key> {
        let bound = contexts.iter().flat_map(|context| {
            let here = self.bindings.iter().filter(|it| it.context == *context);
            here.filter(|it| it.row.action == action)
        });
        let does = |key: &Key| {
            self.find(contexts, *key)
                .is_some_and(|it| it.row.action == action)
        };
        bound
            .flat_map(|it| it.keys.iter().copied())
            .filter(does)
            .collect()
    }

    /// The key for an action in a hint where these contexts apply.
    pub fn hint(&self, contexts: &[Context], action: Action) -> Option<String> {
        let binding = self.binding(contexts, action)?;
        if matches!(action, Action::Choose(_)) {
            return Some(binding.shown());
        }
        let key = self.keys(contexts, action).into_iter().next()?;
        Some(key.to_string())
    }

    /// The row of a question that has this key, so that no answer can have it.
    pub fn of_question(&self, key: char) -> Option<&'static str> {
        self.find(&[Context::Question], Key::Char(key))
            .map(|it| it.row.name)
    }
}

fn meant<'n>(name: &str, known: impl Iterator<Item = &'n str> + Clone) -> String {
    match nearest(name, known.clone()) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("there are: {}", list(known)),
    }
}
