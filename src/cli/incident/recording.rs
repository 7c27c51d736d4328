//! Records an intent of the command line, and repeats what was understood.

use super::super::arguments::When;
use super::super::error::{CliError, Exit};
use super::super::open_journal::OpenJournal;
use super::super::output::Output;
use super::super::setup::Base;
use crate::app::intent::{Intent, IntentContext, Named, check_length, drafts};
use crate::app::{IncidentView, Person};
use crate::documents::{People, sentence};
use crate::incident::entry::{ActorIntroduced, Classified};
use crate::incident::severity::SeverityFacts;
use crate::incident::{Draft, Incident, IncidentId};
use crate::text::Safe;
use crate::times::{StatedTime, StatedZone, TimeProblem, lacks_date, read_time, read_time_on};
use chrono::SecondsFormat;
use serde_json::{Value, json};
use std::cell::RefCell;

/// Records the intents of one command.
pub(in crate::cli) struct Recorder<'b> {
    pub(super) base: &'b Base,
    pub(super) when: GivenTime,
    /// A person who has not acted in the incident and is named with what is recorded.
    pub(super) named: RefCell<Option<Named>>,
    pub(super) output: &'b Output,
}

/// When it happened, as the command line says.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::cli) struct GivenTime {
    pub(super) occurred: Option<StatedTime>,
    /// Of times that name none.
    pub(super) zone: Option<StatedZone>,
    /// A person confirms what is asked about.
    pub(super) anyway: bool,
}

impl GivenTime {
    /// `day_of`: a time without a date is of the day on which this begins.
    pub(in crate::cli) fn of(
        base: &Base,
        when: &When,
        day_of: impl Fn(Option<StatedZone>) -> Result<Option<StatedTime>, CliError>,
    ) -> Result<Self, CliError> {
        let zone = when.zone.as_deref().map(zone).transpose()?;
        let read = |text: &str| past(base, text, zone, || day_of(zone));
        Ok(Self {
            occurred: when.at.as_deref().map(read).transpose()?,
            zone,
            anyway: when.anyway,
        })
    }
}

fn zone(text: &str) -> Result<StatedZone, CliError> {
    let unknown = || TimeProblem::UnknownZone(Safe::line(text));
    Ok(StatedZone::parse(text).ok_or_else(unknown)?)
}

impl Recorder<'_> {
    pub(super) fn record(&self, id: &IncidentId, intent: &Intent) -> Result<(), CliError> {
        let wanted = Recorded {
            intent,
            when: self.when,
            named: self.named.take(),
        };
        record(self.base, id, wanted, self.output)
    }
}

/// Records, and prints what was recorded.
pub(in crate::cli) fn record(
    base: &Base,
    id: &IncidentId,
    wanted: Recorded<'_>,
    output: &Output,
) -> Result<(), CliError> {
    let (text, json) = recorded(base, id, wanted)?;
    output.result(&text, &json);
    Ok(())
}

/// A text of the command line, refused beyond its limit.
pub(in crate::cli) fn given(what: &str, text: &str) -> Result<Safe, CliError> {
    let text = Safe::block(text);
    check_length(what, &text)?;
    Ok(text)
}

/// A time in the past. Without a zone it is refused: a guessed zone would falsify the timeline. `day_of` is asked only if
/// the text has no date.
pub(in crate::cli) fn past(
    base: &Base,
    text: &str,
    zone: Option<StatedZone>,
    day_of: impl FnOnce() -> Result<Option<StatedTime>, CliError>,
) -> Result<StatedTime, CliError> {
    let now = base.store.clock().now().wall;
    Ok(match lacks_date(text, zone) {
        true => read_time_on(text, zone, day_of()?.as_ref(), now)?,
        false => read_time(text, zone, now)?,
    })
}

/// The start of an incident that is entered afterwards: times without a date are of its day. `None`: the last ones.
pub(in crate::cli) fn day_of(base: &Base, id: &IncidentId) -> Result<Option<StatedTime>, CliError> {
    // A torn last line is no obstacle: the next append sets it aside.
    let incident = Incident::from_entries(&base.store.read(&id.into())?.entries);
    Ok(incident.start().filter(|_| incident.is_retrospective()))
}

/// A JSON field that holds an instant: the earliest that the time can mean.
pub(super) fn earliest(at: &StatedTime) -> String {
    at.from().to_rfc3339_opts(SecondsFormat::Secs, true)
}

pub(in crate::cli) fn refuse_read_only(base: &Base) -> Result<(), CliError> {
    if base.config.read_only {
        return Err(CliError::usage(
            "--read-only records nothing",
            "leave it out to record",
        ));
    }
    Ok(())
}

/// Notes something that another command has done.
pub(in crate::cli) fn note(base: &Base, id: &IncidentId, text: &Safe) -> Result<(), CliError> {
    recorded(base, id, Recorded::now(&Intent::Note(text.clone()))).map(drop)
}

/// What is to be recorded, when it happened, and who is named with it.
pub(in crate::cli) struct Recorded<'i> {
    pub(in crate::cli) intent: &'i Intent,
    pub(in crate::cli) when: GivenTime,
    pub(in crate::cli) named: Option<Named>,
}

impl<'i> Recorded<'i> {
    pub(in crate::cli) fn now(intent: &'i Intent) -> Self {
        Self::at(intent, GivenTime::default())
    }

    pub(in crate::cli) fn at(intent: &'i Intent, when: GivenTime) -> Self {
        Self {
            intent,
            when,
            named: None,
        }
    }
}

pub(in crate::cli) fn recorded(
    base: &Base,
    id: &IncidentId,
    wanted: Recorded<'_>,
) -> Result<(String, Value), CliError> {
    refuse_read_only(base)?;
    let me = base.me()?;
    let mut open = OpenJournal::incident(base, &me, id)?;
    let drafts = drafts_of(base, &me, &open.view, wanted)?;
    let appended = open.append(&drafts)?;
    // The role that comes with an acknowledgement may be taken by another person by now: that is no failure.
    let is_meant = |draft: &Draft| !draft.event.is::<ActorIntroduced>();
    let mut own = drafts.iter().zip(&appended.mine);
    let left_out = !own.any(|(draft, seq)| is_meant(draft) && seq.is_some());
    if let Some(occasion) = open.occasion.take() {
        open.checkpoint(occasion)?;
    }
    open.finish()?;
    let (seq, view) = (appended.last(), &open.view);
    if left_out {
        let what = "not recorded: somebody else changed the same meanwhile";
        let hint = "`warroom incident show` shows the state; review and retry";
        return Err(CliError::new(Exit::No, what, hint));
    }
    let (mut text, mut json) = receipt(id, seq, view);
    // What was understood is repeated: the verdict of the answers, and when it happened.
    let people = People::by_name(&view.entries, &view.incident);
    let mine = view.entries.iter();
    let mine = mine.filter(|entry| appended.mine.contains(&Some(entry.seq)));
    for entry in mine.filter(|entry| !entry.is::<ActorIntroduced>()) {
        let what = sentence(entry, &people).replace('\n', " ");
        // Entered afterwards, nothing happened when it was entered.
        let is_dated = entry.occurred.is_some() || !view.incident.is_retrospective();
        let at = is_dated.then(|| view.incident.time_of(entry));
        let stated = at.map(|at| at.shown());
        text += &format!(
            "\n  {}  {what}",
            stated.as_deref().unwrap_or("(no time stated)")
        );
        json["what"] = json!(what);
        json["at"] = json!(at.as_ref().map(earliest));
        json["stated"] = json!(stated);
        if let Some(data) = entry.data::<Classified>() {
            let (severity, rule) = (data.severity, &data.rule);
            json["classified"] = json!({"severity": severity, "rule": rule, "matched": data.matched, "flags": data.flags});
        }
    }
    Ok((text, json))
}

pub(in crate::cli) fn drafts_of(
    base: &Base,
    me: &Person,
    view: &IncidentView,
    wanted: Recorded<'_>,
) -> Result<Vec<Draft>, CliError> {
    let policies = &base.config.policies;
    let now = base.store.clock().now().wall;
    let context = IntentContext {
        me,
        library: &base.config.playbooks.library,
        severity: &policies.severity,
        facts: SeverityFacts::of(&base.config.services.map, &view.incident, now),
        now,
        occurred: wanted.when.occurred,
        anyway: wanted.when.anyway,
        reading: None,
        impact: None,
        named: wanted.named,
    };
    Ok(drafts(view, &context, wanted.intent)?)
}

/// Of an entry that is durable.
pub(in crate::cli) fn receipt(
    id: &IncidentId,
    seq: Option<u64>,
    view: &IncidentView,
) -> (String, Value) {
    let (count, head) = (view.incident.count, &view.incident.head);
    let short: String = head.chars().take(12).collect();
    let number = seq.unwrap_or_default();
    let text = format!("recorded as #{number} (head {count}/{short})");
    let json = json!({"incident": id, "seq": seq, "count": count, "head": head});
    (text, json)
}

pub(in crate::cli) fn load(base: &Base, id: &IncidentId) -> Result<IncidentView, CliError> {
    let loaded = base.store.read(&id.into())?;
    if let Some(finding) = loaded.finding {
        let what = format!("the journal of {id} is not intact: {finding}");
        let hint = format!("`warroom verify {id}` says more; entries before that line are sound");
        return Err(CliError::new(Exit::Journal, what, hint));
    }
    let mut view = IncidentView::default();
    view.extend(&loaded.entries);
    Ok(view)
}
