//! What a dialog leads to.

use crate::app::effect::Effect;
use crate::keymap::Action;
use std::fmt;
use std::sync::Arc;

/// An action and what it does here, for the footer.
pub type Hint = (Action, &'static str);

/// The effects, or why it cannot be done.
pub type Outcome = Result<Vec<Effect>, String>;

/// Can be cloned with the model; `Debug` shows no closure.
pub(super) struct Then<F: ?Sized>(pub(super) Arc<F>);

impl<F: ?Sized> Clone for Then<F> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<F: ?Sized> fmt::Debug for Then<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

pub type Run<M> = Arc<dyn Fn(&mut M) -> Outcome + Send + Sync>;

pub enum Reaction<M> {
    Stay,
    Close,
    /// Closes the dialog and acts on the screen below.
    Act(Action),
    Run(Run<M>),
}
