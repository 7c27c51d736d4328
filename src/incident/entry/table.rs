//! The events. One row is one event: its data, the `type` of its line, and the fields of its texts.

use super::clock::{BootChanged, ClockStepped, Overdue, PeerLost};
use super::custody::{
    ApprovalRequested, Approved, CheckpointFailed, Checkpointed, Continued, Deleted,
    DocumentWritten, Erased, Exported, GateOverridden, HoldPlaced, HoldReleased, NetworkFileSystem,
    Recovered, Sealed,
};
use super::field::{
    ALTERNATIVES, APPROVER, CONTACT, DETAIL, LABELS, LINK, LOGIN, NAME, OUTCOME, OWNER, PURPOSE,
    RECIPIENT, REFERENCE, STEP, SUMMARY, TEXT, TITLE, WHO, WHY,
};
use super::message::{MessageIntended, MessageResulted, Updated};
use super::observation::{
    AlertSeen, Backfilled, ChangeSeen, ImpactMeasured, SignalSeen, SourceBack, SourceLost,
};
use super::paging::{
    Acknowledged, Adopted, EscalationArmed, LevelArmed, PageIntended, PageResulted,
};
use super::playbook::{ItemTicked, PlaybookStarted, StepRecorded};
use super::response::{
    ActorIntroduced, Classified, Corrected, Decided, HandedOver, ImpactStated, Noted, Opened,
    Proposed, RoleAssigned, StatusChanged, WorkChanged, WorkOpened,
};

pub trait EventData: Sized {
    fn of(event: &Event) -> Option<&Self>;
}

macro_rules! events {
    ($($area:ident: $events:ident { $($data:ident = $kind:literal [$($field:ident)*])* })*) => {
        #[derive(Debug, Clone, PartialEq)]
        pub enum Event {
            $($area($events),)*
        }

        impl Event {
            pub const KINDS: &[(&str, &[&str])] = &[$($(($kind, &[$($field),*]),)*)*];

            pub fn kind(&self) -> &'static str {
                match self {
                    $($(Self::$area($events::$data(_)) => $kind,)*)*
                }
            }

            pub fn to_json(&self) -> serde_json::Result<serde_json::Value> {
                match self {
                    $($(Self::$area($events::$data(data)) => serde_json::to_value(data),)*)*
                }
            }

            pub fn decode(kind: &str, data: &str) -> Option<Self> {
                match kind {
                    $($($kind => serde_json::from_str::<$data>(data).ok().map(Self::from),)*)*
                    _ => None,
                }
            }
        }

        $(
            #[derive(Debug, Clone, PartialEq)]
            pub enum $events {
                $($data($data),)*
            }

            $(
                impl From<$data> for Event {
                    fn from(data: $data) -> Self {
                        Self::$area($events::$data(data))
                    }
                }

                impl EventData for $data {
                    fn of(event: &Event) -> Option<&Self> {
                        let Event::$area($events::$data(data)) = event else {
                            return None;
                        };
                        Some(data)
                    }
                }
            )*
        )*
    };
}

events! {
    Observation: ObservationEvent {
        AlertSeen = "alert-seen" [NAME SUMMARY LABELS]
        SignalSeen = "signal-seen" []
        Backfilled = "backfilled" []
        ImpactMeasured = "impact-measured" []
        ChangeSeen = "change-seen" [TEXT WHO OUTCOME]
        SourceLost = "source-lost" [DETAIL]
        SourceBack = "source-back" []
    }
    Paging: PagingEvent {
        EscalationArmed = "escalation-armed" []
        LevelArmed = "level-armed" []
        PageIntended = "page-intended" [WHO]
        PageResulted = "page-resulted" [DETAIL]
        Acknowledged = "acknowledged" [WHO]
        Adopted = "adopted" [TITLE LINK]
    }
    Response: ResponseEvent {
        Opened = "opened" [TITLE]
        ActorIntroduced = "actor" [NAME LOGIN]
        Classified = "classified" [WHY]
        Proposed = "proposed" []
        RoleAssigned = "role-assigned" []
        HandedOver = "handed-over" [TEXT]
        Noted = "noted" [TEXT]
        Decided = "decided" [TEXT WHY ALTERNATIVES]
        StatusChanged = "status-changed" [TEXT]
        ImpactStated = "impact-stated" [TEXT]
        Corrected = "corrected" [TEXT]
        WorkOpened = "work-opened" [TEXT REFERENCE CONTACT LINK OWNER]
        WorkChanged = "work-changed" [TEXT OWNER]
    }
    Message: MessageEvent {
        Updated = "updated" [TEXT]
        MessageIntended = "message-intended" []
        MessageResulted = "message-resulted" [DETAIL]
    }
    Playbook: PlaybookEvent {
        PlaybookStarted = "playbook-started" [TITLE]
        StepRecorded = "step-recorded" [STEP TEXT]
        ItemTicked = "item-ticked" [STEP TEXT]
    }
    Custody: CustodyEvent {
        Continued = "continued" []
        Recovered = "recovered" []
        DocumentWritten = "document-written" []
        Checkpointed = "checkpointed" []
        CheckpointFailed = "checkpoint-failed" [DETAIL]
        ApprovalRequested = "approval-requested" [WHY]
        Approved = "approved" []
        Erased = "erased" [WHY]
        Exported = "exported" [RECIPIENT PURPOSE]
        Sealed = "sealed" []
        HoldPlaced = "hold-placed" [WHY]
        HoldReleased = "hold-released" [WHY]
        Deleted = "deleted" [WHY]
        GateOverridden = "gate-overridden" [WHY APPROVER]
        NetworkFileSystem = "network-file-system" []
    }
    Clock: ClockEvent {
        ClockStepped = "clock-stepped" []
        BootChanged = "boot-changed" []
        Overdue = "overdue" []
        PeerLost = "keeper-lost" []
    }
}

impl Event {
    pub fn data<D: EventData>(&self) -> Option<&D> {
        D::of(self)
    }

    pub fn is<D: EventData>(&self) -> bool {
        self.data::<D>().is_some()
    }
}
