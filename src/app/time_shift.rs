//! Shifts all times in memory when the wall clock is set, so that an age is the time that has passed.

use super::incident_view::IncidentView;
use super::model::{Live, Model, SourceState};
use super::severity_trend::SeverityTrend;
use super::ui::Ui;
use crate::incident::Stamp;
use chrono::{DateTime, TimeDelta, Utc};

impl Model {
    pub(super) fn take_time(&mut self, stamp: Stamp) {
        self.now = stamp.wall;
        self.stamp = stamp;
        if let Some(by) = self.clock_steps.shift(stamp) {
            self.shift(by);
        }
        if let Some(step) = self.clock_steps.step(stamp) {
            self.ui.warn(step.words());
        }
    }

    fn shift(&mut self, by: TimeDelta) {
        let mut each = |at: &mut DateTime<Utc>| {
            *at = at.checked_add_signed(by).unwrap_or(*at);
        };
        self.live.times(&mut each);
        self.views
            .values_mut()
            .for_each(|view| view.times(&mut each));
        self.ui.times(&mut each);
        self.rang.iter_mut().for_each(each);
    }
}

type Each<'e> = &'e mut dyn FnMut(&mut DateTime<Utc>);

impl Live {
    /// Every field is named, so that a new one is not forgotten.
    fn times(&mut self, each: Each<'_>) {
        let Self {
            // By the clocks of their sources, or without a time.
            index: _,
            found: _,
            odd: _,
            known: _,
            changes: _,
            schedules: _,
            findings: _,
            rules,
            report,
            sources,
            peers,
            symptoms,
            absent,
            severity_trend,
        } = self;
        rules.values_mut().for_each(|(_, at)| each(at));
        if let Some(report) = report {
            each(&mut report.at);
            let measured = report.signals.iter_mut();
            measured
                .filter_map(|signal| signal.measured.as_mut())
                .for_each(&mut *each);
        }
        for state in sources.values_mut() {
            let SourceState {
                answered,
                asked,
                error: _,
            } = state;
            answered.iter_mut().chain(asked).for_each(&mut *each);
        }
        peers.iter_mut().for_each(|peer| each(&mut peer.beat));
        symptoms.values_mut().for_each(&mut *each);
        absent.values_mut().for_each(&mut *each);
        severity_trend
            .values_mut()
            .for_each(|trend: &mut SeverityTrend| trend.times(each));
    }
}

impl IncidentView {
    fn times(&mut self, each: Each<'_>) {
        let Self {
            // The journal's own.
            entries: _,
            incident: _,
            problem: _,
            damage: _,
            written: _,
            damage_outcome: _,
            continued: _,
            pending,
            asking,
            continuing,
        } = self;
        continuing.iter_mut().for_each(&mut *each);
        pending.iter_mut().for_each(|batch| each(&mut batch.since));
        asking.iter_mut().for_each(|(_, since)| each(since));
    }
}

impl Ui {
    fn times(&mut self, each: Each<'_>) {
        let notice = self
            .notice
            .iter_mut()
            .filter_map(|notice| notice.since.as_mut());
        notice.for_each(&mut *each);
        self.answers.asked.iter_mut().for_each(each);
    }
}
