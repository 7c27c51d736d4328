//! Reads from the model, for screens, dialogs and the automatic part.

pub(crate) mod alert_list;
pub(crate) mod clocks;
pub(crate) mod impact;
pub(crate) mod keys;
pub(crate) mod people;
pub(crate) mod playbook;
pub(crate) mod question;
pub(crate) mod roles;
pub(crate) mod silences;
pub(crate) mod timeline;
