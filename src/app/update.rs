//! The pure step: a message changes the model and asks for effects. No clock, no file, no network.

mod automatic;
pub(super) mod people;

use super::effect::Effect;
use super::message::Msg;
use super::model::Model;
use crate::oncall::Schedule;
use crate::text::Problem;
use automatic::guard::{guarded, isolated};
use automatic::{
    adoption, alerts, backfill, changes, clocks, contact, continuation, journal, odd, peers,
    sending, signals,
};
use people::{act, filter, silences, steps};

pub(crate) use automatic::backfill::backfill_window;
pub(crate) use automatic::guard::HINT as DEFECT_HINT;
pub use automatic::guard::is_guarded;
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
        Msg::Alerts { source, result } => alerts::alerts(model, &source, result),
        Msg::Silence(news) => silences::told(model, news),
        Msg::Signals(report) => signals::report(model, report),
        Msg::Changes { source, result } => changes::changes(model, source, result),
        Msg::Odd { source, part, what } => odd::told(model, &source, part, what),
        Msg::Rules { source, result } => alerts::rules(model, &source, result),
        Msg::Signal {
            source,
            result,
            contact,
        } => signals::signal(model, &source, result, contact),
        Msg::History {
            incident,
            source,
            result,
        } => backfill::history(model, &incident, &source, result),
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
        } => sending::paged(model, &incident, level, call, delivery),
        Msg::Told {
            incident,
            message,
            channel,
            repeat,
            delivery,
        } => sending::told(model, &incident, (message, channel, repeat), delivery),
        Msg::Elsewhere { source, result } => adoption::seen(model, source, result),
        Msg::Peers(peers) => peers::seen(model, peers),
        Msg::Usable(what) => contact::usable(model, &what),
        Msg::ScheduleRead(schedule) => schedules(model, *schedule),
        Msg::Signed { incident, draft } => journal::signed(model, &incident, *draft),
        Msg::Written {
            incident,
            documents,
        } => journal::written(model, &incident, documents),
        Msg::Failed(Problem { what, hint }) => {
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
fn schedules(model: &mut Model, schedule: Schedule) -> Vec<Effect> {
    let known = model.live.schedules.all();
    let before = known.iter().find(|known| known.name == schedule.name);
    let before = before.map(|known| &known.status);
    let (error, faults) = (&schedule.status.error, &schedule.status.faults);
    let is_new = error.is_some() && before.is_none_or(|before| before.error != *error);
    let odd = faults
        .first()
        .filter(|_| before.is_none_or(|before| before.faults != *faults));
    if model.setup.headless {
        // Said by the log.
    } else if let Some(trouble) = schedule.problem(model.now).filter(|_| is_new) {
        model
            .ui
            .warn(format!("{trouble}; see `warroom escalation check`"));
    } else if let Some(odd) = odd {
        let name = &schedule.name;
        model.ui.warn(format!(
            "calendar of {name}: {odd}; see `warroom escalation check`"
        ));
    }
    model.live.schedules.replace(schedule);
    Vec::new()
}
