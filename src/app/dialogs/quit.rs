//! Quits; confirmed while entries are unrecorded or an incident is open.

use crate::app::dialog::{Confirmation, Outcome};
use crate::app::effect::{Effect, TerminalEffect};
use crate::app::model::Model;

pub(crate) fn open(model: &mut Model) -> Outcome {
    let waiting: usize = model.views.values().map(|view| view.pending.len()).sum();
    let question = if waiting > 0 {
        format!("{waiting} entries are NOT RECORDED and are lost by quitting. Quit?")
    } else if model.open_views().next().is_some() && !model.setup.read_only {
        "An incident is open. If no other warroom runs, nobody is paged while this one is closed. Quit?".into()
    } else {
        return quit(model);
    };
    model.open(Confirmation::new(question, quit))
}

fn quit(model: &mut Model) -> Outcome {
    model.quitting = true;
    Ok(vec![Effect::Terminal(TerminalEffect::Quit)])
}
