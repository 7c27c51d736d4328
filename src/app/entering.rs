//! When what a person records next happened, in an incident that is entered afterwards: never silently now.

use super::dialog::{About, FieldKind, Form, Outcome};
use super::intent::refuse;
use super::model::Model;
use super::ui::EntryTime;
use crate::incident::Incident;
use crate::keymap::{Action, row};
use crate::times::StatedTime;

impl Model {
    pub(crate) fn is_retrospective(&self) -> bool {
        self.incident().is_some_and(Incident::is_retrospective)
    }

    /// `None` also where it is not set yet.
    pub(crate) fn entering_at(&self) -> Option<StatedTime> {
        let entering = self
            .ui
            .entering
            .as_ref()
            .filter(|_| self.is_retrospective());
        let entering = entering.filter(|it| self.current.as_ref() == Some(&it.incident));
        entering.map(|it| it.at)
    }

    /// Clock times without a date are of the day on which this begins.
    pub(crate) fn day_of_entries(&self) -> Option<StatedTime> {
        let incident = self.incident().filter(|_| self.is_retrospective())?;
        self.entering_at().or_else(|| incident.start())
    }
}

/// Whether an action must know when it happened before anything is typed.
pub(super) fn must_ask(model: &Model, action: Action) -> bool {
    let happened = match action {
        // Opened, written and silenced now; a correction is made now.
        Action::Open
        | Action::Write
        | Action::Correct
        | Action::Silence
        | Action::ExtendSilence
        | Action::EndSilence => false,
        action => row(action).is_some_and(|row| row.records),
    };
    let is_sealed = model.incident().is_some_and(Incident::is_sealed);
    happened && !is_sealed && model.is_retrospective() && model.entering_at().is_none()
}

/// Asks for the time of the next entries, and then goes on.
pub(super) fn ask(
    model: &mut Model,
    then: impl Fn(&mut Model) -> Outcome + Send + Sync + 'static,
) -> Outcome {
    let Some(incident) = model.incident().filter(|it| it.is_retrospective()) else {
        let why = "only entries of an incident that is entered afterwards have a common time";
        let hint = "set the time in the form of the entry";
        return Err(refuse(why, hint).into());
    };
    let detected = incident.opened.as_ref().and_then(|opened| opened.detected);
    let known = model
        .entering_at()
        .or(detected)
        .or_else(|| incident.start());
    let known = known.map_or(String::new(), |at| at.shown());
    let form = Form::new(
        "Time of the next entries",
        move |model: &mut Model, filled| {
            let at = filled.time(0).ok_or("a time is needed")?;
            let incident = model.current.clone();
            model.ui.entering = incident.map(|incident| EntryTime { incident, at });
            then(model)
        },
    );
    let form = form.filled("when did it happen?", FieldKind::RequiredTime, &known);
    model.open(form.verb("use this time").about(|model: &Model| {
        let key = model.key(Action::Earlier);
        let text = format!("it holds for every entry until {key} changes it");
        vec![About::Text(text)]
    }))
}
