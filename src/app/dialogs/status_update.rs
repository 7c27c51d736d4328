//! Sends a status update to an audience.

use super::precondition::response;
use crate::app::dialog::{About, FieldKind, List, Outcome};
use crate::app::intent::Intent;
use crate::app::model::Model;
use crate::app::recording::recording_form;
use crate::incident::entry::{Audience, field};
use crate::incident::fold::UpdateFact;
use crate::signals::percent;
use crate::text::list;

pub(crate) fn open(model: &mut Model) -> Outcome {
    response(model)?;
    let mut rows = List::new("Status update for whom?");
    for audience in Audience::ALL.into_iter().rev() {
        let by = match channels(model, audience) {
            _ if model.is_retrospective() => "recorded as sent elsewhere".to_string(),
            none if none.is_empty() => "recorded only: no channel carries it".to_string(),
            channels => format!("sent through {channels}"),
        };
        let text = format!("{:<14} {by}", audience.word());
        rows = rows.row(text, move |model| write(model, audience));
    }
    model.open(rows)
}

fn channels(model: &Model, audience: Audience) -> String {
    let channels = model.setup.channels.iter();
    let carry = channels.filter(|channel| channel.audiences.contains(&audience));
    list(carry.map(|channel| &channel.name))
}

fn write(model: &mut Model, audience: Audience) -> Outcome {
    let is_past = model.is_retrospective();
    let sent = match channels(model, audience) {
        _ if is_past => "recorded as sent elsewhere".to_string(),
        none if none.is_empty() => "recorded only".to_string(),
        channels => format!("SENT through {channels}"),
    };
    let title = format!(
        "Update for {}, {sent}: what they need to know",
        audience.word()
    );
    let form = recording_form(title, move |filled| {
        Intent::Update(audience, filled.text(0))
    });
    let form = form.field("text", FieldKind::Text).may_be_earlier();
    let form = match is_past {
        true => form,
        false => form.verb("record and send"),
    };
    model.open(form.about(move |model| about(model, audience)))
}

fn about(model: &Model, audience: Audience) -> Vec<About> {
    let Some(view) = model.view() else {
        return Vec::new();
    };
    let last = view.incident.updates.iter();
    let last = last.rev().find(|update| update.audience == audience);
    let last = match last {
        Some(UpdateFact { seq, at, .. }) => {
            let words = view.entry_text(*seq, field::TEXT).unwrap_or("-");
            About::At("last update, ", *at, format!(" (#{seq}): {words}"))
        }
        None => About::Text("no update yet".into()),
    };
    if model.is_retrospective() {
        return vec![last];
    }
    let now = model.sample().filter(|_| model.stale_sample().is_none());
    let value = now.and_then(|sample| sample.reading.value());
    let now = value.map_or("not known now".to_string(), percent);
    vec![
        last,
        About::Text(format!("{} is {now}", model.setup.signal)),
    ]
}
