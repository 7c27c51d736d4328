//! The dialogs, one in each file.

pub(super) mod acknowledge;
pub(super) mod classification;
pub(super) mod correction;
pub(super) mod decision;
pub(super) mod end_silence;
pub(super) mod entry;
pub(super) mod extend_silence;
pub(super) mod follow_up;
pub(super) mod hand_over;
pub(super) mod impact;
pub(super) mod note;
pub(super) mod open_incident;
pub(super) mod playbook;
pub(super) mod precondition;
pub(super) mod quit;
pub(super) mod role;
pub(super) mod silence;
pub(super) mod status;
pub(super) mod status_update;
pub(super) mod step;
pub(super) mod switch_incident;
