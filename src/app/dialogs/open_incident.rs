//! Opens an incident manually: title, then a confirmation, because it pages the on-call engineer.

use crate::app::dialog::{Confirmation, FieldKind, Form, Outcome};
use crate::app::effect::{Effect, JournalTask};
use crate::app::intent::{Opening, check_length};
use crate::app::model::Model;
use crate::text::Safe;

pub(crate) fn open(model: &mut Model) -> Outcome {
    let form = Form::new(
        "Open an incident: what is failing?",
        |model: &mut Model, filled| {
            let title = Safe::line(filled.text(0).as_str());
            // Refused while the form is open: what was typed stays.
            check_length("the title", &title)?;
            let question = format!("Open an incident and page the on-call engineer: {title}?");
            model.open(Confirmation::new(question, move |model| {
                opened(model, &title)
            }))
        },
    );
    model.open(form.field("title", FieldKind::Text))
}

fn opened(model: &mut Model, title: &Safe) -> Outcome {
    let setup = &model.setup;
    // The strict path of the map: a person who opens by hand at night means that payments fail.
    let (service, path) = setup.map.strict_place();
    let drill = setup.drill.is_some();
    let opening = Opening {
        title,
        start: model.now.into(),
        detected: None,
        retrospective: false,
        signal: &setup.signal,
        objective: setup.objective,
        service: &service,
        path: &path,
        drill,
        follows: None,
        now: model.now,
        anyway: false,
    };
    let drafts = opening.drafts(&setup.me)?;
    model.opening.insert(service.clone());
    let task = JournalTask::Open {
        service,
        drill,
        drafts,
    };
    Ok(vec![Effect::Journal(task)])
}
