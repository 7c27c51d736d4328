//! The ledger as it stands, and names that nothing in it has.

use super::super::error::{CliError, Exit};
use super::super::setup::Base;
use crate::incident::{Incident, Slug};
use crate::journal::{Entropy as _, Finding, JournalName, SystemEntropy};
use crate::text::shown_path;

pub(in crate::cli) fn ledger_state(base: &Base) -> Result<Incident, CliError> {
    let loaded = base.store.read(&JournalName::Ledger)?;
    must_be_intact(base, loaded.finding.as_ref())?;
    Ok(Incident::from_entries(&loaded.entries))
}

pub(super) fn must_be_intact(base: &Base, finding: Option<&Finding>) -> Result<(), CliError> {
    let Some(finding) = finding else {
        return Ok(());
    };
    let ledger = base.data_dir.directory_of(&JournalName::Ledger);
    let what = format!("the ledger is not intact: {finding}");
    let hint = format!("see `warroom verify {}`", shown_path(&ledger));
    Err(CliError::new(Exit::Journal, what, hint))
}

pub(in crate::cli) fn fresh_name(kind: &str) -> Result<Slug, CliError> {
    let mut random = [0; 3];
    SystemEntropy.fill(&mut random)?;
    let [a, b, c] = random;
    Ok(Slug::nearest(&format!("{kind}-{a:02x}{b:02x}{c:02x}")))
}
