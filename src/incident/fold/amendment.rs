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

    /// The entry as it was corrected last; remembers what that replaced.
    pub(super) fn amended<'e>(&mut self, entry: &'e Entry) -> Cow<'e, Entry> {
        let Some(amendments) = self.amendments.get(&entry.seq).cloned() else {
            return Cow::Borrowed(entry);
        };
        let may_be_corrected = entry.event().is_some_and(Event::has_a_stated_time);
        // A correction is of one entry: what was written against another changes nothing.
        let amendments = amendments.into_iter();
        let amendments =
            amendments.filter(|it| may_be_corrected && it.correction.hash == entry.hash);
        let mut amended = entry.clone();
        for Amendment { by, correction } in amendments {
            let mut note = |before| {
                self.replaced
                    .entry(entry.seq)
                    .or_default()
                    .push(Replaced { by, before })
            };
            if let Some(time) = correction.time {
                note(Before::Time(time_of(&amended)));
                set_time(&mut amended, time);
            }
            if let Some(classified) = correction.classified
                && let Body::Known(Event::Response(ResponseEvent::Classified(data))) =
                    &mut amended.body
            {
                note(Before::Severity(data.severity));
                *data = *classified;
            }
        }
        Cow::Owned(amended)
    }

    /// When an entry happened, as corrected; of the opening, the start.
    pub fn time_of(&self, entry: &Entry) -> StatedTime {
        let amendments = self.amendments.get(&entry.seq).into_iter().flatten();
        let own = amendments.filter(|it| it.correction.hash == entry.hash);
        let may_be_corrected = entry.event().is_some_and(Event::has_a_stated_time);
        let last = own
            .rev()
            .filter(|_| may_be_corrected)
            .find_map(|amendment| amendment.correction.time);
        last.unwrap_or_else(|| time_of(entry))
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
