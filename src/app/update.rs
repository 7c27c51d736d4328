//! Pure: a message changes the model and requests effects. No clock, file or network.

mod automatic;
pub(super) mod people;

use super::effect::Effect;
use super::message::Msg;
use super::model::Model;
use crate::oncall::Schedule;
use crate::text::Problem;
use automatic::guard::{guarded, isolated};
use automatic::{
    adoption, alerts, changes, clocks, contact, journal, odd, peers, sending, signals,
};
use people::{act, filter, silences, steps};

pub(crate) use automatic::guard::HINT as DEFECT_HINT;
pub use automatic::guard::is_guarded;

/// Seconds for which a notice, and a warning, is shown.
const NOTICE: (i64, i64) = (6, 20);

pub fn update(model: &mut Model, msg: Msg) -> Vec<Effect> {
    let taken = isolated(model, "taking in a message", |model| dispatch(model, msg));
    guarded(model, "the filter", filter::narrow);
    guarded(model, "following the playbook", steps::follow);
    let rate = model.setup.seconds_per_second();
    if let Some(notice) = &mut model.ui.notice {
        let since = *notice.since.get_or_insert(model.now);
        let limit = if notice.bad { NOTICE.1 } else { NOTICE.0 };
        if (model.now - since).num_seconds() > limit * i64::from(rate) {
            model.ui.notice = None;
        }
    }
    taken.unwrap_or_default()
}

fn dispatch(model: &mut Model, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Tick(stamp) => {
            model.take_time(stamp);
            return clocks::tick(model);
        }
        Msg::Key(key) => return act::key(model, key),
        Msg::Act(action) => return act::act(model, action),
        Msg::Journal(news) => return journal::news(model, news),
        Msg::Alerts { source, result } => return alerts::alerts(model, &source, result),
        Msg::Silence(news) => return silences::news(model, news),
        Msg::Signals(report) => return signals::report(model, report),
        Msg::Findings(found) => model.live.findings = found,
        Msg::Changes { source, result } => return changes::changes(model, source, result),
        Msg::Rules { source, result } => return alerts::rules(model, &source, result),
        Msg::Answer { check, result } => return steps::answered(model, &check, result),
        Msg::PageResult {
            incident,
            level,
            call,
            delivery,
        } => return sending::page_result(model, &incident, level, call, delivery),
        Msg::MessageResult {
            incident,
            sending,
            delivery,
        } => return sending::message_result(model, &incident, sending, delivery),
        Msg::ExternalIncidents { source, result } => return adoption::seen(model, source, result),
        Msg::Peers(peers) => return peers::seen(model, peers),
        Msg::Signed { incident, draft } => return journal::signed(model, &incident, *draft),
        Msg::Written {
            incident,
            documents,
        } => return journal::written(model, &incident, documents),
        Msg::Insert(text) => act::insert(model, &text),
        Msg::Odd { source, part, what } => odd::note(model, &source, part, what),
        Msg::Usable(what) => contact::usable(model, &what),
        Msg::ScheduleRead(schedule) => schedule_read(model, *schedule),
        Msg::Failed(Problem { what, hint }) => model.ui.warn(format!("{what}; {hint}")),
    }
    Vec::new()
}

/// A console reports a problem when it begins; the paging service has its log.
fn schedule_read(model: &mut Model, schedule: Schedule) {
    let known = model.live.schedules.all();
    let before = known.iter().find(|known| known.name == schedule.name);
    let before = before.map(|known| &known.status);
    let (error, faults) = (&schedule.status.error, &schedule.status.faults);
    let is_new = error.is_some() && before.is_none_or(|before| before.error != *error);
    let odd = faults
        .first()
        .filter(|_| before.is_none_or(|before| before.faults != *faults));
    if model.setup.headless {
        // The log reports it.
    } else if let Some(what) = schedule.problem(model.now).filter(|_| is_new) {
        let text = format!("{what}; see `warroom escalation check`");
        model.ui.warn(text);
    } else if let Some(odd) = odd {
        let text = format!(
            "calendar of {}: {odd}; see `warroom escalation check`",
            schedule.name
        );
        model.ui.warn(text);
    }
    model.live.schedules.replace(schedule);
}
