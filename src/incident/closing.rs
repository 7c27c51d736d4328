//! What a closed incident leaves open: shown before a person closes it, and in every later document.

use super::entry::{Audience, WorkKind};
use super::fold::{AlertFacts, UpdateFact};
use super::{Incident, Moment, Status};
use crate::alerts::AlertState;
use crate::signals::percent;
use chrono::TimeDelta;

/// Messages are still sent for this long after closing: written updates, and the end of pages.
const STILL_SENDS: TimeDelta = TimeDelta::hours(1);

/// Whether an incident was closed recently and still sends its messages. Counts from the recording, not from the stated
/// time.
pub fn still_sends(incident: &Incident, now: Moment) -> bool {
    let changes = incident.status_changes.iter();
    let closings = changes.filter(|change| change.status == Status::Closed);
    let closed = closings.max_by_key(|change| change.seq);
    incident.status == Status::Closed
        && !incident.is_sealed()
        && closed.is_some_and(|change| now.steady - change.recorded.steady < STILL_SENDS)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftOpen {
    /// Kind, and the entry that opened it. A link is not an action item.
    Work(u64, WorkKind),
    /// The severity requires updates, and users got none.
    NoUpdateToUsers,
    /// Users got updates, but none since the resolution.
    NoUpdateOfResolution,
    NotClassified,
}

pub fn left_open(incident: &Incident) -> Vec<LeftOpen> {
    let open = incident.open_work();
    let mut left: Vec<LeftOpen> = open
        .filter(|(_, fact)| fact.kind != WorkKind::Link)
        .map(|(seq, fact)| LeftOpen::Work(seq, fact.kind))
        .collect();
    let users = |update: &&UpdateFact| update.audience == Audience::Users;
    let mut updates = incident.updates.iter().filter(users);
    let informed = updates.rfind(|update| !incident.is_undelivered(update.seq));
    let ended = incident
        .reached(Status::Resolved)
        .map(|fact| fact.at.from());
    // By the severity, and not by a clock: it is said of an incident that was entered afterwards too. An unclassified
    // incident counts as the worst, which requires updates.
    let owes = incident
        .severity()
        .is_none_or(|severity| incident.cadence.updates.contains_key(&severity));
    match informed {
        None if owes => left.push(LeftOpen::NoUpdateToUsers),
        // By their times, whichever was recorded first.
        Some(informed) if ended.is_none_or(|ended| informed.at < ended) => {
            left.push(LeftOpen::NoUpdateOfResolution);
        }
        _ => {}
    }
    if incident.classification().is_none() {
        left.push(LeftOpen::NotClassified);
    }
    left
}

/// Recorded facts against the end of the incident: firing alerts, a signal below its objective. Current measurements
/// may differ; a caller that has them checks them too.
pub fn facts_against_closing(incident: &Incident) -> Vec<String> {
    let fires = |facts: &&AlertFacts| facts.state == AlertState::Firing;
    let firing = incident.alerts.values().filter(fires).count();
    let mut against = Vec::new();
    if firing > 0 {
        against.push(format!("as recorded last, {firing} of its alerts fire"));
    }
    let signal = incident.opened.as_ref().and_then(|opened| {
        let (name, objective) = (&opened.data.signal, opened.data.objective);
        let (seq, sample) = incident.signals.get(name)?.samples.last()?;
        let value = sample.reading.value()?;
        (value < objective).then(|| {
            let at = sample.at.format("%H:%M:%SZ");
            format!("{name} was {} at {at} (#{seq})", percent(value))
        })
    });
    against.extend(signal);
    against
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::Draft;
    use crate::incident::entry::{Updated, field};
    use crate::signals::{Cause, Reading};
    use crate::testing::Story;
    use crate::text::Safe;

    fn incident(story: &Story) -> Incident {
        Incident::from_entries(&story.entries)
    }

    #[test]
    fn firing_alerts_and_a_signal_below_its_objective_count_against_the_end() {
        let mut story = Story::new();
        story.signal(Reading::Value(0.808), Cause::Change);
        let said = facts_against_closing(&incident(&story)).join("; ");
        assert!(said.contains("1 of its alerts fire"), "{said}");
        assert!(said.contains("confirm-success was 80.80 %"), "{said}");
        story.pass(5).alert(AlertState::Cleared);
        story.signal(Reading::Value(0.9995), Cause::Change);
        assert!(facts_against_closing(&incident(&story)).is_empty());
    }

    #[test]
    fn an_update_before_the_resolution_does_not_inform_users_of_it() {
        let mut story = Story::new();
        let left = |story: &Story| {
            let mut left = left_open(&incident(story));
            left.retain(|open| *open != LeftOpen::NotClassified);
            left
        };
        story.person("a-1", "Dana");
        assert_eq!(left(&story), [LeftOpen::NoUpdateToUsers]);
        story.update(Audience::Users);
        story.pass(5).status(Status::Resolved, "as normal");
        assert_eq!(left(&story), [LeftOpen::NoUpdateOfResolution]);
        story.update(Audience::Users);
        assert_eq!(left(&story), []);
    }

    #[test]
    fn an_update_that_is_recorded_after_the_resolution_may_be_from_before_it() {
        let told = |minutes: i64| {
            let mut story = Story::new();
            story.person("a-1", "Dana");
            story.pass(30).status(Status::Resolved, "as normal");
            let update = Updated {
                audience: Audience::Users,
                elsewhere: true,
            };
            let at = story.now + TimeDelta::minutes(minutes);
            let draft = Draft::new(&story.by, update).with(field::TEXT, Safe::line("we know"));
            story.pass(60).draft(draft.occurred(at, Cause::Said));
            left_open(&incident(&story)).contains(&LeftOpen::NoUpdateOfResolution)
        };
        assert!(told(-10));
        assert!(!told(0) && !told(10));
    }

    #[test]
    fn the_record_of_an_incident_that_was_entered_afterwards_may_lack_an_update_too() {
        let mut story = Story::new();
        story.person("a-1", "Dana");
        let mut afterwards = incident(&story);
        if let Some(opened) = &mut afterwards.opened {
            opened.data.retrospective = true;
        }
        assert!(left_open(&afterwards).contains(&LeftOpen::NoUpdateToUsers));
        assert!(left_open(&afterwards).contains(&LeftOpen::NotClassified));
    }
}
