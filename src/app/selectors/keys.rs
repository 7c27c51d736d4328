//! Which keys work now, and their names in hints.

use super::question::is_answering;
use crate::app::model::Model;
use crate::keymap::{Action, Binding, Context, Screen};

impl Model {
    pub(crate) fn contexts(&self) -> Vec<Context> {
        if let Some(dialog) = self.dialogs.last() {
            return dialog.contexts().to_vec();
        }
        if self.ui.filtering {
            return vec![Context::Filter, Context::Text];
        }
        let question = is_answering(self).then_some(Context::Question);
        let screen = [Context::On(self.ui.screen), Context::Anywhere];
        question.into_iter().chain(screen).collect()
    }

    pub(crate) fn key(&self, action: Action) -> String {
        let hint = self.setup.keys.hint(&[Context::Anywhere], action);
        hint.unwrap_or_else(|| NO_KEY.into())
    }

    pub(crate) fn key_on(&self, screen: Screen, action: Action) -> String {
        let hint = self
            .setup
            .keys
            .hint(&[Context::On(screen), Context::Anywhere], action);
        hint.unwrap_or_else(|| NO_KEY.into())
    }

    pub(crate) fn screen_keys(&self) -> impl Iterator<Item = &Binding> {
        let of = |context| {
            let all = self.setup.keys.bindings().iter();
            all.filter(move |it| it.context == context)
        };
        of(Context::On(self.ui.screen)).chain(of(Context::Anywhere))
    }
}

/// Used in hints where a user has unbound an action.
const NO_KEY: &str = "the palette";
