//! Names of the text fields of entries.

pub const TITLE: &str = "title";
pub const TEXT: &str = "text";
pub const NAME: &str = "name";
/// From where a person was logged in.
pub const LOGIN: &str = "login";
/// Labels of an alert, as JSON.
pub const LABELS: &str = "labels";
pub const SUMMARY: &str = "summary";
pub const WHY: &str = "why";
/// Self-declared.
pub const APPROVER: &str = "approver";
/// Who changed something: a person or a pipeline.
pub const WHO: &str = "who";
pub const REFERENCE: &str = "reference";
/// A team that owns an item.
pub const OWNER: &str = "owner";
pub const CONTACT: &str = "contact";
pub const LINK: &str = "link";
pub const OUTCOME: &str = "outcome";
pub const ALTERNATIVES: &str = "alternatives";
/// The answer of a source or a receiver.
pub const DETAIL: &str = "detail";
pub const STEP: &str = "step";
pub const RECIPIENT: &str = "recipient";
pub const PURPOSE: &str = "purpose";
