//! What is read from the model: by screens, dialogs and what happens automatically.

pub(crate) mod alert_list;
pub(crate) mod clocks;
pub(crate) mod keys;
pub(crate) mod people;
pub(crate) mod playbook;
pub(crate) mod question;
pub(crate) mod roles;
pub(crate) mod silences;
pub(crate) mod timeline;
