//! What each channel would send of a status update, without recording or sending it. The functions that make the
//! messages make the preview.

use super::recording::{Recorder, load};
use crate::app::intent::check_length;
use crate::app::outgoing::StatusUpdate;
use crate::cli::error::CliError;
use crate::incident::entry::Audience;
use crate::incident::fold::UpdateFact;
use crate::incident::{IncidentId, Slug};
use crate::text::Safe;
use serde_json::json;

pub(super) fn update(
    recorder: &Recorder<'_>,
    id: &IncidentId,
    audience: Audience,
    text: Safe,
) -> Result<(), CliError> {
    check_length("the status update", &text)?;
    let mut view = load(recorder.base, id)?;
    let stamp = recorder.base.store.clock().now();
    // As if it were recorded: the next update is due after this one.
    let seq = view.incident.count + 1;
    view.incident.updates.push(UpdateFact {
        seq,
        at: stamp.wall,
        audience,
    });
    let message = Slug::nearest(&format!("update-{id}.{seq}"));
    let (mut lines, mut rows) = (Vec::new(), Vec::new());
    let channels = &recorder.base.config.channels;
    for (settings, opened) in channels.iter().zip(recorder.base.opened_channels()) {
        if !settings.audiences().contains(&audience) {
            continue;
        }
        let status_update = StatusUpdate {
            id: &message,
            audience,
            text: text.clone(),
            repeat: 0,
        };
        let name = settings.name();
        let (place, body) = match opened {
            Ok(post) => {
                let message = status_update.message(name, id, &view, &stamp);
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
    recorder.output.result(&text, &rows);
    Ok(())
}
