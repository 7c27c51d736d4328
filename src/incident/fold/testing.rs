//! Incidents from words, for the tests of times: `mitigated 2019-07-10T17:02Z`, `ended 2019-07-10 UTC`.

use super::Incident;
use crate::incident::entry::{
    Acknowledged, Body, Decided, Draft, Entry, Event, ImpactChange, ImpactStated, Noted, Opened,
    StatusChanged,
};
use crate::incident::ids::{ActorId, PathId, ServiceId, Slug};
use crate::incident::status::Status;
use crate::signals::Cause;
use crate::times::{StatedTime, read_time};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

pub(in crate::incident) fn time(text: &str) -> StatedTime {
    read_time(text, None, "2026-11-30T12:00:00Z".parse().unwrap()).unwrap()
}

pub(in crate::incident) fn entry(seq: u64, draft: Draft) -> Entry {
    let start: DateTime<Utc> = "2026-11-30T12:00:00Z".parse().unwrap();
    Entry {
        seq,
        id: String::new(),
        hash: format!("{seq:064}"),
        recorded: start + TimeDelta::seconds(seq as i64),
        mono: None,
        by: draft.by,
        occurred: draft.occurred,
        against: draft.against,
        masked: Vec::new(),
        body: Body::Known(draft.event),
        texts: BTreeMap::new(),
    }
}

pub(in crate::incident) fn opened(start: StatedTime, retrospective: bool) -> Draft {
    let data = Opened {
        started: start.from(),
        started_from: Cause::Said,
        service: ServiceId::nearest("payments"),
        path: PathId::nearest("confirm"),
        rule: None,
        policy: None,
        signal: Slug::nearest("confirm-success"),
        objective: 0.999,
        drill: false,
        stated: Some(start),
        retrospective,
        program: String::new(),
        follows: None,
    };
    Draft::new(&ActorId::nearest("a-1"), data)
}

/// `ended`, `began`, a status, `ack`, `decided` or `noted`, with its time.
pub(in crate::incident) fn draft(words: &str) -> Draft {
    let (what, at) = words.split_once(' ').unwrap();
    let me = ActorId::nearest("a-1");
    let event = match what {
        "ended" => Event::from(ImpactStated {
            impact: ImpactChange::Ended,
        }),
        "began" => Event::from(ImpactStated {
            impact: ImpactChange::Began,
        }),
        "ack" => Event::from(Acknowledged {
            targets: Vec::new(),
            elsewhere: None,
        }),
        "decided" => Event::from(Decided {}),
        "noted" => Event::from(Noted {}),
        status => {
            let known = Status::ALL.into_iter().find(|known| known.word() == status);
            Event::from(StatusChanged {
                status: known.unwrap(),
            })
        }
    };
    let draft = Draft {
        by: me,
        event,
        occurred: None,
        texts: Vec::new(),
        against: Vec::new(),
        id: None,
    };
    match at {
        "now" => draft,
        at => draft.occurred(time(at), Cause::Said),
    }
}

pub(in crate::incident) fn entries(start: &str, words: &[&str]) -> Vec<Entry> {
    let drafts = words.iter().map(|words| draft(words));
    let drafts = [opened(time(start), true)].into_iter().chain(drafts);
    let numbered = (1..).zip(drafts);
    numbered.map(|(seq, draft)| entry(seq, draft)).collect()
}

pub(in crate::incident) fn tape(start: &str, words: &[&str]) -> Incident {
    Incident::from_entries(&entries(start, words))
}

pub(in crate::incident) fn statuses(ends: &[&str]) -> Incident {
    let words: Vec<String> = ends.iter().map(|end| format!("resolved {end}")).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    tape("2019-07-10T16:35Z", &words)
}

/// Impact that ends and begins in turn, each within so many minutes after the start, known to so many minutes.
pub(in crate::incident) fn said(width: i64, turns: &[(i64, i64)]) -> Incident {
    let base: DateTime<Utc> = "2019-07-10T16:35:00Z".parse().unwrap();
    let interval = |at: DateTime<Utc>, width: i64| {
        let until = at + TimeDelta::minutes(width);
        StatedTime::of_parts(at, Some(until), "")
    };
    let mut all = vec![entry(1, opened(interval(base, width), true))];
    for (place, (after, width)) in turns.iter().enumerate() {
        let impact = match place % 2 {
            0 => ImpactChange::Ended,
            _ => ImpactChange::Began,
        };
        let at = interval(base + TimeDelta::minutes(60 + after), *width);
        let draft = Draft::new(&ActorId::nearest("a-1"), ImpactStated { impact });
        all.push(entry(place as u64 + 2, draft.occurred(at, Cause::Said)));
    }
    Incident::from_entries(&all)
}
