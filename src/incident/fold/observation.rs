//! What observations change: alerts, signals, changes, contact with sources.

use super::state::{AlertFacts, Incident, Recorded, SourceGap};
use crate::incident::entry::{AlertSeen, Entry, ObservationEvent};
use crate::signals::Sample;

impl Incident {
    pub(super) fn apply_observation(&mut self, entry: &Entry, event: &ObservationEvent) {
        let seq = entry.seq;
        match event {
            ObservationEvent::AlertSeen(data) => self.alert_seen(seq, data),
            ObservationEvent::SignalSeen(data) => {
                let sample = Sample {
                    at: data.at,
                    reading: data.reading,
                };
                let signal = self.signals.entry(data.signal.clone()).or_default();
                signal.samples.push((seq, sample));
            }
            ObservationEvent::Backfilled(data) => {
                let signal = self.signals.entry(data.signal.clone()).or_default();
                signal.before.get_or_insert(Recorded::of(entry, data));
            }
            ObservationEvent::ImpactMeasured(data) => {
                let signal = self.signals.entry(data.signal.clone()).or_default();
                signal.add_impact(Recorded::of(entry, data));
            }
            ObservationEvent::ChangeSeen(data) => {
                self.changes.entry(data.change.clone()).or_insert(seq);
            }
            ObservationEvent::SourceLost(data) => {
                let source = self.sources.entry(data.source.clone()).or_default();
                source.lost = Some(Recorded::of(entry, data));
                source.gaps.push(SourceGap {
                    lost: seq,
                    back: None,
                });
            }
            ObservationEvent::SourceBack(data) => {
                let source = self.sources.entry(data.source.clone()).or_default();
                source.lost = None;
                source.back = Some(data.at);
                if let Some(gap) = source.gaps.last_mut() {
                    gap.back.get_or_insert(seq);
                }
            }
        }
    }

    fn alert_seen(&mut self, seq: u64, data: &AlertSeen) {
        let facts = self
            .alerts
            .entry(data.alert.clone())
            .or_insert_with(|| AlertFacts {
                first: seq,
                last: seq,
                state: data.state,
                starts_at: data.starts_at,
                left_out: 0,
                at: data.at,
                source: data.source.clone(),
            });
        facts.last = seq;
        facts.state = data.state;
        facts.at = data.at;
        facts.starts_at = data.starts_at;
        facts.left_out = data.left_out.unwrap_or(0);
    }
}
