//! Which alerts and signals open an incident, and which join an open one.

mod file;
mod matching;
mod policy;
mod symptom;

pub use file::IntakePolicyFile;
pub use matching::Intake;
pub use policy::{IntakeAction, IntakePolicy, IntakeRule};
pub use symptom::{SignalRule, Symptom, SymptomFinding};
