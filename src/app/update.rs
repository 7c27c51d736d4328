//! The pure step: a message changes the model and asks for effects. No clock, no file, no network.

mod automatic;
pub(super) mod people;

use super::effect::Effect;
use super::message::Msg;
use super::model::Model;
use crate::oncall::Schedule;
use automatic::guard::{guarded, isolated};
use automatic::{adoption, clocks, contact, continuation, journal, observe, odd, peers};
use chrono::{DateTime, Utc};
use people::{act, filter, silences, steps};

pub(crate) use automatic::guard::HINT as DEFECT_HINT;
pub use automatic::guard::is_guarded;

pub(crate) use automatic::clocks::Told;
pub(crate) use people::steps::values;

/// Seconds of a person's time for which a notice is shown; what went wrong stays longer.
const NOTICE: (i64, i64) = (6, 20);

/// Takes a message in.
pub fn update(model: &mut Model, msg: Msg) -> Vec<Effect> {
    let taken = isolated(model, "taking in a message", |model| dispatch(model, msg));
    let effects = taken.unwrap_or_default();
    guarded(model, "the filter", filter::narrow);
    guarded(model, "following the playbook", steps::follow);
    let rate = model
        .setup
        .drill
        .as_ref()
        .map_or(1, |(_, rate)| i64::from(*rate));
    if let Some(notice) = &mut model.ui.notice {
        let since = *notice.since.get_or_insert(model.now);
        let limit = if notice.bad { NOTICE.1 } else { NOTICE.0 };
        if (model.now - since).num_seconds() > limit * rate {
            model.ui.notice = None;
        }
    }
    effects
}

fn dispatch(model: &mut Model, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Tick(stamp) => {
            model.take_time(stamp);
            clocks::tick(model)
        }
        Msg::Key(key) => act::key(model, key),
        Msg::Act(action) => act::act(model, action),
        Msg::Insert(text) => act::insert(model, &text),
        Msg::Alerts { source, result } => observe::alerts(model, &source, result),
        Msg::Silence(news) => silences::told(model, news),
        Msg::Signals(report) => observe::report(model, report),
        Msg::Changes { source, result } => observe::changes(model, source, result),
        Msg::Odd { source, part, what } => odd::told(model, &source, part, what),
        Msg::Rules { source, result } => odd::rules(model, &source, result),
        Msg::Signal {
            source,
            result,
            contact,
        } => observe::signal(model, &source, result, contact),
        Msg::History {
            incident,
            source,
            result,
        } => observe::history(model, &incident, &source, result),
        Msg::Answer {
            incident,
            playbook,
            step,
            result,
        } => steps::answered(model, &incident, &playbook, &step, result),
        Msg::Loaded {
            incident,
            entries,
            state,
        } => {
            let view = model.views.entry(incident.clone()).or_default();
            view.adopt(entries, *state);
            journal::loaded(model, incident)
        }
        Msg::Ready => journal::ready(model),
        Msg::StoreFailed(told) => {
            model.store_error = Some(told);
            Vec::new()
        }
        Msg::Recorded {
            incident,
            entries,
            token,
            mine,
        } => journal::recorded(model, &incident, &entries, token, &mine),
        Msg::Reread { incident, entries } => journal::reread(model, &incident, &entries),
        Msg::Damaged {
            incident,
            why,
            fate,
        } => continuation::damaged(model, incident, why, fate),
        Msg::NotRecorded { incident, why, .. } => {
            journal::not_recorded(model, &incident, why);
            Vec::new()
        }
        Msg::Opened { incident, entries } => journal::opened(model, incident, &entries),
        Msg::NotOpened { service, why } => {
            journal::not_opened(model, &service, why);
            Vec::new()
        }
        Msg::Paged {
            incident,
            level,
            call,
            delivery,
        } => clocks::paged(model, &incident, level, call, delivery),
        Msg::Told {
            incident,
            message,
            channel,
            repeat,
            delivery,
        } => clocks::told(model, &incident, (message, channel, repeat), delivery),
        Msg::Elsewhere { source, result } => adoption::seen(model, source, result),
        Msg::Keepers(peers) => peers::seen(model, peers),
        Msg::Usable(what) => contact::usable(model, &what),
        Msg::Rota(schedule) => rota(model, *schedule),
        Msg::Signed { incident, draft } => journal::signed(model, &incident, *draft),
        Msg::Written {
            incident,
            documents,
        } => journal::written(model, &incident, documents),
        Msg::Failed((what, hint)) => {
            model.ui.warn(format!("{what}; {hint}"));
            Vec::new()
        }
        Msg::Notice(text) => {
            model.ui.tell(text);
            Vec::new()
        }
    }
}

/// A calendar was read, or could not be. A screen says what is wrong when that begins; the paging service has its log.
fn rota(model: &mut Model, schedule: Schedule) -> Vec<Effect> {
    let known = model.live.rota.schedules();
    let before = known.iter().find(|known| known.name == schedule.name);
    let before = before.map(|known| &known.standing);
    let (error, faults) = (&schedule.standing.error, &schedule.standing.faults);
    let is_new = error.is_some() && before.is_none_or(|before| before.error != *error);
    let odd = faults
        .first()
        .filter(|_| before.is_none_or(|before| before.faults != *faults));
    if model.setup.headless {
        // Said by the log.
    } else if let Some(trouble) = schedule.trouble(model.now).filter(|_| is_new) {
        model
            .ui
            .warn(format!("{trouble}; see `warroom escalation check`"));
    } else if let Some(odd) = odd {
        let name = &schedule.name;
        model.ui.warn(format!(
            "calendar of {name}: {odd}; see `warroom escalation check`"
        ));
    }
    model.live.rota.replace(schedule);
    Vec::new()
}

/// From when, and in steps of how many seconds, the time before an incident is read back.
pub(crate) fn backfill_window(until: DateTime<Utc>) -> (DateTime<Utc>, u32) {
    (observe::backfill_from(until), observe::BACKFILL_STEP)
}
