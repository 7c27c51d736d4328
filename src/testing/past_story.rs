//! Incidents that are entered afterwards, with times as people state them.

use super::*;
use crate::incident::entry::{Corrected, ImpactChange, ImpactStated};
use crate::times::{StatedTime, read_time};

pub(crate) fn stated(text: &str) -> StatedTime {
    read_time(text, None, start()).unwrap()
}

impl Story {
    /// Opened in retrospect; `detected` may be before the start, as a person confirmed.
    pub(crate) fn afterwards(title: &str, started: &str, detected: Option<&str>) -> Self {
        let mut story = Self {
            entries: Vec::new(),
            drafts: Vec::new(),
            now: start(),
            by: actor_id("a-7f3c21aa"),
            drawn: 0,
        };
        story.person("a-7f3c21aa", "Dana Lee");
        let started = stated(started);
        let opened = Opened {
            stated: Some(started),
            retrospective: true,
            started: started.from(),
            started_from: Cause::Said,
            service: slug("payments"),
            path: slug("confirm"),
            rule: None,
            policy: None,
            signal: slug("confirm-success"),
            objective: 0.999,
            drill: false,
            program: "0.1.0".into(),
            follows: None,
        };
        let mut draft = Draft::new(&story.by, opened).with(field::TITLE, text(title));
        if let Some(detected) = detected.map(stated) {
            draft = draft.occurred(detected, Cause::Said);
            if detected.is_before(&started) {
                // Its own number is not known before it is recorded.
                draft.against = vec![1];
            }
        }
        story.draft(draft);
        story
    }

    /// A person says when it happened.
    pub(crate) fn said_at(
        &mut self,
        at: &str,
        event: impl Into<Event>,
        texts: &[(&'static str, &str)],
    ) -> &mut Self {
        self.confirmed_at(at, event, texts, &[])
    }

    /// Although that contradicts earlier entries.
    pub(crate) fn confirmed_at(
        &mut self,
        at: &str,
        event: impl Into<Event>,
        texts: &[(&'static str, &str)],
        against: &[u64],
    ) -> &mut Self {
        let mut draft = Draft::new(&self.by, event).occurred(stated(at), Cause::Said);
        for (name, words) in texts {
            draft = draft.with(name, text(words));
        }
        draft.against = against.to_vec();
        self.pass(1).draft(draft)
    }

    pub(crate) fn impact_said(&mut self, at: &str, impact: ImpactChange, words: &str) -> &mut Self {
        self.said_at(at, ImpactStated { impact }, &[(field::TEXT, words)])
    }

    pub(crate) fn last_entry(&self) -> u64 {
        self.entries.last().unwrap().seq
    }

    pub(crate) fn correct_time(&mut self, seq: u64, time: &str) -> &mut Self {
        let corrected = Corrected {
            time: Some(stated(time)),
            classified: None,
            seq,
            hash: self.entries[seq as usize - 1].hash.clone(),
        };
        self.pass(1)
            .push(corrected, &[(field::TEXT, "by the log of the database")])
    }
}

/// Two windows of impact in one day, healthy between.
pub(crate) fn two_windows() -> Story {
    use ImpactChange::{Began, Ended};
    let noted = |words| [(field::TEXT, words)];
    let title = "Payment API: most requests fail";
    let mut story = Story::afterwards(title, "2019-07-10T16:35Z", Some("2019-07-10T16:36Z"));
    let rolled_out = "A database minor version with a latent failover fault is rolled out.";
    story.said_at("2019-04 UTC", Noted {}, &noted(rolled_out));
    story.said_at("2019-07-06 UTC", Noted {}, &noted("Two nodes stall."));
    story
        .pass(1)
        .note("Sources disagree on the start: 16:35 or 16:36 UTC.");
    let stuck = "The cluster cannot elect a primary.";
    story.said_at("2019-07-10T16:50Z", Noted {}, &noted(stuck));
    story.said_at(
        "2019-07-10T17:00Z",
        Noted {},
        &noted("All nodes restarted."),
    );
    story.impact_said("2019-07-10T17:02Z", Ended, "API recovered.");
    let decided = [
        (field::TEXT, "Return to an earlier database version."),
        (field::WHY, "A suspect code path was found."),
    ];
    let event = crate::incident::entry::Decided {};
    story.said_at("2019-07-10T20:13Z", event, &decided);
    let starve = "The older version and a recent shard configuration starve each other of CPU.";
    story.impact_said("2019-07-10T21:14Z", Began, starve);
    story.impact_said("2019-07-10T22:47Z", Ended, "Configuration corrected.");
    story.pass(1).classify(
        1,
        "correctness-unknown",
        &[("correctness", "unknown"), ("completion", "failing")],
        &[],
    );
    story
}

/// Detected before it began, and ended before the fix: both confirmed when they were recorded.
pub(crate) fn detected_before_it_began() -> Story {
    use ImpactChange::{Began, Ended};
    let title = "Payment API: every payment event fails validation";
    let mut story = Story::afterwards(title, "2022-05-26T09:05Z", Some("2022-05-26T09:02Z"));
    let released = [(field::TEXT, "Release of stricter validation.")];
    story.said_at("2022-05-26 00:00/09:02 UTC", Noted {}, &released);
    story.impact_said("2022-05-26T09:30Z", Ended, "As stated.");
    let ended = story.last_entry();
    let status = Status::Mitigated;
    let fixed = [(field::TEXT, "Change reverted; fix deployed by hand.")];
    story.confirmed_at(
        "2022-05-26T09:34Z",
        StatusChanged { status },
        &fixed,
        &[ended],
    );
    let queued = "The pipeline releases an older revision that was queued.";
    story.impact_said("2022-05-26T09:44Z", Began, queued);
    story.impact_said("2022-05-26T09:48Z", Ended, "As stated.");
    story
}

/// Payments made twice on a day without a clock time.
pub(crate) fn a_day_without_a_time() -> Story {
    let title = "Payments are made a second time";
    let mut story = Story::afterwards(title, "2021-12-25 Europe/London", None);
    let noted = |words| [(field::TEXT, words)];
    let press = noted("Statement of the bank to the press.");
    story.said_at("2021-12-30 Europe/London", Noted {}, &press);
    let largely = noted("Reported as largely recovered.");
    story.said_at("2022-02-03 Europe/London", Noted {}, &largely);
    story.pass(1).classify(
        1,
        "correctness-wrong",
        &[("correctness", "wrong")],
        &["transaction-integrity"],
    );
    story.pass(1).note("The success rate was 100 %.");
    story
}
