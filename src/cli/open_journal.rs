//! A journal open for appending, with its view: all that the command line records goes through here.

use super::error::CliError;
use super::setup::Base;
use crate::app::custody::occasion;
use crate::app::intent::arrival;
use crate::app::{IncidentView, Person};
use crate::incident::entry::{CheckpointFailed, Checkpointed, Occasion, field};
use crate::incident::{Draft, Entry, IncidentId};
use crate::journal::{
    Appended, Head, Journal, JournalError, JournalName, News, Opened, Prompt, UnsignedCheckpoint,
    record, signing_time,
};

pub(super) struct OpenJournal<'b> {
    base: &'b Base,
    me: &'b Person,
    name: JournalName,
    journal: Box<dyn Journal>,
    pub(super) view: IncidentView,
    /// Why the entries of the last append are to be signed.
    pub(super) occasion: Option<Occasion>,
}

impl<'b> OpenJournal<'b> {
    pub(super) fn incident(
        base: &'b Base,
        me: &'b Person,
        id: &IncidentId,
    ) -> Result<Self, CliError> {
        let name = JournalName::from(id);
        let opened = base.store.open(&name)?;
        Ok(Self::new(base, me, name, opened))
    }

    pub(super) fn ledger(base: &'b Base, me: &'b Person) -> Result<Self, CliError> {
        let name = JournalName::Ledger;
        let opened = base.store.open(&name)?;
        Ok(Self::new(base, me, name, opened))
    }

    /// An incident that this command has opened.
    pub(super) fn opened(base: &'b Base, me: &'b Person, opened: Opened) -> Self {
        let name = JournalName::from(&opened.id);
        Self::new(base, me, name, (opened.journal, opened.entries))
    }

    fn new(
        base: &'b Base,
        me: &'b Person,
        name: JournalName,
        (journal, entries): (Box<dyn Journal>, Vec<Entry>),
    ) -> Self {
        let mut view = IncidentView::default();
        view.extend(&entries);
        Self {
            base,
            me,
            name,
            journal,
            view,
            occasion: None,
        }
    }

    pub(super) fn name(&self) -> &JournalName {
        &self.name
    }

    pub(super) fn head(&self) -> Head {
        Head::of_fold(&self.view.incident)
    }

    pub(super) fn append(&mut self, drafts: &[Draft]) -> Result<Appended, JournalError> {
        let (at, view) = (self.head(), &mut self.view);
        let appended = record(self.journal.as_mut(), &at, drafts, |news| {
            apply(view, news);
        })?;
        self.occasion = occasion(&self.view.incident, &appended.entries);
        self.view.extend(&appended.entries);
        Ok(appended)
    }

    /// Appends, after the person's introduction where this journal does not know them. Gives the number of the last
    /// entry.
    pub(super) fn record(&mut self, drafts: Vec<Draft>) -> Result<u64, JournalError> {
        let known = self.view.incident.actors.contains_key(&self.me.actor);
        let introduction = (!known).then(|| arrival(&self.view, self.me));
        let all: Vec<Draft> = introduction.into_iter().chain(drafts).collect();
        if all.is_empty() {
            return Ok(self.view.incident.count);
        }
        Ok(self.append(&all)?.last().unwrap_or_default())
    }

    /// Signs the head where a key is configured, and warns where that fails: the entry is recorded all the same,
    /// unsigned. For an export the checkpoint stands directly behind the entry that it signs, so that a copy that ends
    /// with it is covered; other writers wait only where one of them has written in between.
    pub(super) fn checkpoint(&mut self, reason: Occasion) -> Result<Vec<Entry>, CliError> {
        let (base, me, name) = (self.base, self.me, self.name.clone());
        let Some(signer) = base.signer(Prompt::Terminal) else {
            return Ok(Vec::new());
        };
        let mut signed = |head: &Head| {
            let unsigned = UnsignedCheckpoint {
                upto: head.seq,
                head: head.hash.clone(),
                at: signing_time(base.store.clock().as_ref()),
                reason,
            };
            unsigned.sign(base.store.as_ref(), &name, &signer, &me.actor)
        };
        let mut made = self.append(&[signed(&self.head())])?.entries;
        if reason == Occasion::Export && made.iter().any(leaves_a_gap) {
            let news = self.journal.append_behind_head(&mut signed)?;
            made.clone_from(&news.entries);
            apply(&mut self.view, news);
        }
        for entry in &made {
            if entry.is::<CheckpointFailed>() {
                let why = entry.text(field::DETAIL).unwrap_or_default();
                tracing::warn!(why, "not signed");
                super::Output::new(super::arguments::Form::Text)
                    .warning(&format!("NOT SIGNED {}: {why}", reason.words()));
            }
        }
        Ok(made)
    }

    /// Remembers the head. The ledger is signed each time: nothing else would ever sign it.
    pub(super) fn finish(&mut self) -> Result<(), CliError> {
        if self.name == JournalName::Ledger {
            self.checkpoint(Occasion::Request)?;
        }
        self.base.store.remember(&self.name, &self.head());
        Ok(())
    }
}

fn apply(view: &mut IncidentView, news: News) {
    if news.reread {
        *view = IncidentView::default();
    }
    view.extend(&news.entries);
}

/// Whether entries stand between a checkpoint and the entry that it signs.
fn leaves_a_gap(entry: &Entry) -> bool {
    let signed = entry.data::<Checkpointed>();
    signed.is_some_and(|data| data.upto + 1 != entry.seq)
}
