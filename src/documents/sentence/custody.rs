//! The chain of custody in sentences.

use super::short;
use crate::documents::citations::count;
use crate::incident::Event;
use crate::incident::entry::{Approved, Exported};

/// The sentence of an event of the chain of custody. `text` gives the entry's texts by field.
pub(super) fn sentence(event: &Event, text: impl Fn(&str) -> Option<String>) -> Option<String> {
    use crate::incident::entry::field;
    let why = || text(field::WHY).map_or(String::new(), |why| format!(": {why}"));
    Some(match event {
        Event::Continued(data) => format!(
            "the disk did not confirm a write; the journal goes on in file {}, after {} bytes of the one before",
            data.file, data.length
        ),
        Event::Checkpointed(data) => format!(
            "entries 1 to {} signed {} with the key {}, head {}",
            data.upto,
            data.reason.words(),
            data.key,
            short(&data.head)
        ),
        Event::CheckpointFailed(data) => {
            let detail = text(field::DETAIL).map_or(String::new(), |why| format!(": {why}"));
            format!("NOT SIGNED {}{detail}", data.reason.words())
        }
        Event::ApprovalRequested(data) => {
            format!(
                "asks for approval {} to {}{}",
                data.request,
                data.act.words(),
                why()
            )
        }
        Event::Approved(data) => approved(data),
        Event::Erased(data) => format!(
            "the text \"{}\" of #{} was erased, approved as {}{}",
            data.field,
            data.entry,
            data.request,
            why()
        ),
        Event::Exported(data) => exported(
            data,
            text(field::RECIPIENT).as_deref(),
            text(field::PURPOSE).as_deref(),
        ),
        Event::Sealed(_) => "the journal was sealed".to_string(),
        Event::HoldPlaced(data) => {
            format!(
                "legal hold {} placed on {}{}",
                data.hold,
                data.incident,
                why()
            )
        }
        Event::HoldReleased(data) => {
            format!(
                "legal hold {} on {} released{}",
                data.hold,
                data.incident,
                why()
            )
        }
        Event::Deleted(data) => format!(
            "{} deleted after {} days of retention: it had {}, head {}{}",
            data.incident,
            data.keep_days,
            count(data.entries, "entry", "entries"),
            short(&data.head),
            why()
        ),
        Event::GateOverridden(data) => {
            let join = |names: &[crate::incident::Slug]| {
                let names: Vec<&str> = names.iter().map(crate::incident::Slug::as_str).collect();
                names.join(", ")
            };
            format!(
                "the change gate, {} for {} ({}), was overridden for a change of {} risk, approved by {} (self-declared){}",
                data.verdict,
                join(&data.paths),
                join(&data.rules),
                data.risk,
                text(field::APPROVER).unwrap_or_default(),
                why()
            )
        }
        Event::NetworkFileSystem(data) => format!(
            "the journal is on a network file system ({}), allowed by the configuration: what it confirms may be lost",
            data.kind
        ),
        _ => return None,
    })
}

fn approved(data: &Approved) -> String {
    let how = match (&data.key, data.listed) {
        (Some(key), true) => format!("signed with the listed key {key}"),
        (Some(key), false) => format!("signed with the key {key}, which is on no list"),
        (None, _) => "self-declared, not signed".to_string(),
    };
    format!("approves {}, {how}", data.request)
}

fn exported(data: &Exported, recipient: Option<&str>, purpose: Option<&str>) -> String {
    let withheld = if data.withheld.is_empty() {
        "all texts disclosed".to_string()
    } else {
        format!("withheld: {}", data.withheld.join(", "))
    };
    format!(
        "copy of {} up to #{} made for {} ({}), {withheld}, bundle {}",
        data.incident,
        data.upto,
        recipient.unwrap_or("withheld"),
        purpose.unwrap_or("no purpose named"),
        short(&data.bundle)
    )
}
