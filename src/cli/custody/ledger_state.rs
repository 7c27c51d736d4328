//! The ledger as it stands, and names that nothing in it has.

use super::super::error::{CliError, Exit};
use super::super::setup::Base;
use crate::incident::{Incident, Slug};
use crate::journal::{Entropy as _, JournalName, SystemEntropy};
use crate::text::shown_path;

pub(in crate::cli) fn ledger_state(base: &Base) -> Result<Incident, CliError> {
    let loaded = base.store.read(&JournalName::Ledger)?;
    if let Some(finding) = loaded.finding {
        return Err(CliError::new(
            Exit::Journal,
            format!("the ledger is not intact: {finding}"),
            format!(
                "see `warroom verify {}`",
                shown_path(&base.data_dir.directory_of(&JournalName::Ledger))
            ),
        ));
    }
    Ok(Incident::from_entries(&loaded.entries))
}

pub(in crate::cli) fn fresh_name(kind: &str) -> Result<Slug, CliError> {
    let mut random = [0; 3];
    SystemEntropy.fill(&mut random)?;
    let [a, b, c] = random;
    Ok(Slug::nearest(&format!("{kind}-{a:02x}{b:02x}{c:02x}")))
}
