//! Corrections that replace a time, the start or a classification: the fold takes the entry as it was corrected, and
//! keeps what it said before.

use super::state::{Amendment, Before, Incident, Replaced};
use crate::incident::entry::{Body, Corrected, Entry, Event, Occurred, Opened, ResponseEvent};
use crate::signals::Cause;
use crate::times::StatedTime;
use std::borrow::Cow;

impl Incident {
    /// Whether the correction was taken into account when its entry was folded.
    pub(super) fn takes(&mut self, by: u64, correction: &Corrected) -> bool {
        if !correction.replaces() {
            return true;
        }
        let known = self.amendments.entry(correction.seq).or_default();
        if known.iter().any(|amendment| amendment.by == by) {
            return true;
        }
        let correction = correction.clone();
        known.push(Amendment { by, correction });
        false
    }

    /// The corrections of these entries, before the first of them is folded.
    pub(super) fn read_corrections<'e>(&mut self, entries: impl Iterator<Item = &'e Entry>) {
        for entry in entries {
            if let Some(correction) = entry.data::<Corrected>() {
                self.takes(entry.seq, correction);
            }
        }
    }

    /// The corrections of an entry whose time and answers can be corrected. What was written against another entry
    /// changes nothing.
    fn amendments_of<'i>(
        &'i self,
        entry: &'i Entry,
    ) -> impl DoubleEndedIterator<Item = &'i Amendment> {
        let may_be_corrected = entry.event().is_some_and(Event::has_a_stated_time);
        let known = self.amendments.get(&entry.seq).into_iter().flatten();
        known.filter(move |it| may_be_corrected && it.correction.hash == entry.hash)
    }

    /// The entry as it was corrected last; remembers what that replaced.
    pub(super) fn amended<'e>(&mut self, entry: &'e Entry) -> Cow<'e, Entry> {
        let amendments: Vec<Amendment> = self.amendments_of(entry).cloned().collect();
        if amendments.is_empty() {
            return Cow::Borrowed(entry);
        }
        let mut amended = entry.clone();
        let mut replaced = Vec::new();
        for Amendment { by, correction } in amendments {
            if let Some(time) = correction.time {
                let before = Before::Time(time_of(&amended));
                replaced.push(Replaced { by, before });
                set_time(&mut amended, time);
            }
            if let Some(classified) = correction.classified
                && let Body::Known(Event::Response(ResponseEvent::Classified(data))) =
                    &mut amended.body
            {
                let before = Before::Severity(data.severity);
                replaced.push(Replaced { by, before });
                *data = *classified;
            }
        }
        self.replaced.insert(entry.seq, replaced);
        Cow::Owned(amended)
    }

    /// When an entry happened, as corrected; of the opening, the start.
    pub fn time_of(&self, entry: &Entry) -> StatedTime {
        let amendments = self.amendments_of(entry).rev();
        let mut times = amendments.filter_map(|amendment| amendment.correction.time);
        times.next().unwrap_or_else(|| time_of(entry))
    }

    pub fn replaced(&self, seq: u64) -> &[Replaced] {
        self.replaced.get(&seq).map_or(&[], Vec::as_slice)
    }
}

fn time_of(entry: &Entry) -> StatedTime {
    match entry.data::<Opened>() {
        Some(opened) => opened.start(),
        None => entry.when(),
    }
}

fn set_time(entry: &mut Entry, time: StatedTime) {
    if let Body::Known(Event::Response(ResponseEvent::Opened(opened))) = &mut entry.body {
        opened.started = time.from();
        opened.stated = Some(time);
        return;
    }
    let from = entry.occurred.map_or(Cause::Said, |known| known.from);
    entry.occurred = Some(Occurred {
        at: time,
        from,
        in_order: true,
    });
}
