//! What a dialog leads to.

use crate::app::effect::Effect;
use crate::keymap::Action;
use std::fmt;
use std::sync::Arc;

/// The effects, or what is said of what cannot be done.
pub type Outcome = Result<Vec<Effect>, String>;

/// What a dialog brings: it can be copied with the model, and has no words of its own.
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

/// Done to the model once the dialog is closed.
pub type Run<M> = Arc<dyn Fn(&mut M) -> Outcome + Send + Sync>;

/// What an action led to.
pub enum Step<M> {
    Stay,
    Close,
    /// Closes it and acts on what is below.
    Act(Action),
    Run(Run<M>),
}
