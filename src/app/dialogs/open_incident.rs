//! Opens an incident manually: title and start, then a confirmation, because it pages the on-call engineer. What began
//! long ago can be entered afterwards instead: nobody is paged.

use crate::app::dialog::{Confirmation, Dialog, FieldKind, Filled, Form, List, Outcome};
use crate::app::effect::{Effect, JournalTask};
use crate::app::intent::{LONG_AGO, Opening, check_length};
use crate::app::model::Model;
use crate::app::recording::contradicted;
use crate::text::Safe;
use crate::times::StatedTime;

/// What a person says of the incident.
#[derive(Debug, Clone)]
struct Described {
    title: Safe,
    /// `None`: now.
    start: Option<StatedTime>,
    detected: Option<StatedTime>,
    retrospective: bool,
}

pub(crate) fn open(model: &mut Model) -> Outcome {
    let form = Form::new("Open an incident: what is failing?", described);
    let form = form
        .field("title", FieldKind::Text)
        .field(
            "start, else now: 10m (ago), 2019-07-10 16:35Z",
            FieldKind::Time,
        )
        .stays();
    model.open(form)?;
    // A new incident begins now, whatever is on the screen.
    if let Some(Dialog::Form(form)) = model.dialogs.last_mut() {
        form.day_of = None;
    }
    Ok(Vec::new())
}

fn described(model: &mut Model, filled: &Filled) -> Outcome {
    let title = Safe::line(filled.text(0).as_str());
    // Refused while the form is open: what was typed stays.
    check_length("the title", &title)?;
    let incident = Described {
        title,
        start: filled.time(1),
        detected: None,
        retrospective: false,
    };
    match incident.start {
        Some(start) if start.from() < model.now - LONG_AGO => past(model, start, incident),
        _ => page(model, incident),
    }
}

fn past(model: &mut Model, start: StatedTime, incident: Described) -> Outcome {
    let live = incident.clone();
    let list = List::new(format!("It began at {start}: is it over?"))
        .row(
            "Enter afterwards: nobody is paged, no clocks",
            move |model| detected(model, incident.clone()),
        )
        .row("It goes on: page now", move |model| {
            page(model, live.clone())
        });
    model.open(list)
}

fn detected(model: &mut Model, incident: Described) -> Outcome {
    let day_of = incident.start;
    let title = format!("Entered afterwards: {}", incident.title);
    let form = Form::new(title, move |model, filled| {
        let detected = filled.time(0);
        let incident = incident.clone();
        opened(
            model,
            &Described {
                detected,
                retrospective: true,
                ..incident
            },
            false,
        )
    });
    let form = form.field("detected: 16:36Z, or with its date", FieldKind::Time);
    model.open(form.verb("open").stays())?;
    if let Some(Dialog::Form(form)) = model.dialogs.last_mut() {
        form.day_of = day_of;
    }
    Ok(Vec::new())
}

fn page(model: &mut Model, incident: Described) -> Outcome {
    let began = incident.start;
    let began = began.map_or(String::new(), |start| format!(" that began at {start}"));
    let question = format!(
        "Open an incident{began} and page the on-call engineer: {}?",
        incident.title
    );
    model.open(Confirmation::new(question, move |model| {
        opened(model, &incident, false)
    }))
}

fn opened(model: &mut Model, incident: &Described, anyway: bool) -> Outcome {
    let setup = &model.setup;
    // The strict path of the map: a person who opens by hand at night means that payments fail.
    let (service, path) = setup.map.strict_place();
    let drill = setup.drill.is_some();
    let opening = Opening {
        title: &incident.title,
        start: incident.start.unwrap_or_else(|| model.now.into()),
        detected: incident.detected,
        retrospective: incident.retrospective,
        signal: &setup.signal,
        objective: setup.objective,
        service: &service,
        path: &path,
        drill,
        follows: None,
        now: model.now,
        anyway,
    };
    let drafts = match opening.drafts(&setup.me) {
        Err(refused) if refused.asks => {
            let incident = incident.clone();
            let question = contradicted(&refused);
            return model.open(Confirmation::new(question, move |model| {
                opened(model, &incident, true)
            }));
        }
        drafts => drafts?,
    };
    model.opening.insert(service.clone());
    // The form stays beneath its questions until here.
    model.dialogs.clear();
    let task = JournalTask::Open {
        service,
        drill,
        drafts,
    };
    Ok(vec![Effect::Journal(task)])
}
