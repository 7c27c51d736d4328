//! What happens without a person: sources, clocks, pages, observations.

pub(super) mod adoption;
pub(super) mod alert_entries;
pub(super) mod alerts;
mod answers;
pub(super) mod backfill;
pub(super) mod changes;
pub(super) mod clocks;
pub(super) mod contact;
pub(super) mod continuation;
pub(super) mod guard;
pub(super) mod impact;
pub(super) mod intake;
pub(super) mod journal;
pub(super) mod notices;
pub(super) mod observed;
pub(super) mod odd;
pub(super) mod peers;
pub(super) mod proposals;
pub(super) mod sending;
pub(super) mod signals;
