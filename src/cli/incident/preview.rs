//! What a status update would be, channel by channel, without recording or sending it: made by the functions that make
//! the messages.

use super::recording::{Pen, load};
use crate::app::intent::check_length;
use crate::app::outgoing::StatusUpdate;
use crate::cli::error::CliError;
use crate::incident::entry::Audience;
use crate::incident::fold::UpdateFact;
use crate::incident::{IncidentId, Slug};
use crate::text::Safe;
use serde_json::json;

pub(super) fn update(
    pen: &Pen<'_>,
    id: &IncidentId,
    audience: Audience,
    text: Safe,
) -> Result<(), CliError> {
    check_length("the status update", &text)?;
    let mut view = load(pen.base, id)?;
    let stamp = pen.base.store.clock().now();
    // As it stands once it is recorded: the next update is due after this one.
    let seq = view.incident.count + 1;
    view.incident.updates.push(UpdateFact {
        seq,
        at: stamp.wall,
        audience,
    });
    let message = Slug::nearest(&format!("update-{id}.{seq}"));
    let (mut lines, mut rows) = (Vec::new(), Vec::new());
    let channels = &pen.base.config.channels;
    for (settings, opened) in channels.iter().zip(pen.base.opened_channels()) {
        if !settings.audiences().contains(&audience) {
            continue;
        }
        let told = StatusUpdate {
            id: &message,
            audience,
            text: text.clone(),
            repeat: 0,
        };
        let name = settings.name();
        let (place, body) = match opened {
            Ok(post) => {
                let message = told.message(name, id, &view, &stamp);
                (
                    post.destination(),
                    post.preview(&message).unwrap_or_default(),
                )
            }
            Err(error) => ("-".into(), format!("cannot be used here: {error}")),
        };
        lines.push(format!("{name} to {place}:\n{body}"));
        rows.push(json!({"channel": name, "to": place, "body": body}));
    }
    let text = match lines.is_empty() {
        true => format!("no channel carries updates for {}", audience.word()),
        false => lines.join("\n\n"),
    };
    pen.output.result(&text, &rows);
    Ok(())
}
