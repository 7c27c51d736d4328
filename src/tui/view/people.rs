//! People: the escalation levels with their clocks, and the roles.

use super::canvas::Canvas;
use super::stated;
use super::words::{age, clock, fit, pad, right, styled};
use crate::incident::cadence::clocks;
use crate::incident::escalation::{Acknowledge, LevelState, Response, Standing, Until};
use crate::incident::{Incident, Role, Slug, TargetId};
use crate::text::{Safe, list};
use crate::times::{StatedTime, after_start};
use ratatui::style::Style;
use ratatui::text::Line;

/// Most rows about schedules; the check has all.
const SCHEDULES: usize = 3;

pub(super) fn rows(canvas: &Canvas<'_>) -> Vec<Line<'static>> {
    let theme = canvas.theme;
    let Some(view) = canvas.model.view() else {
        let mut lines = vec![Line::from(styled(
            " Pages and their times appear here once an incident is open.",
            theme.dim(),
        ))];
        lines.extend(schedules(canvas));
        return lines;
    };
    let incident = &view.incident;
    let mut known = mapped(canvas).into_iter();
    // The owner stands at the top, where 24 rows always show it; the rest of the map where there is space.
    let owner = known.next().unwrap_or_default();
    let mut lines = vec![acknowledgement(canvas, incident), owner];
    let head = format!(
        "   {} {} {}   {}",
        pad("call", 20),
        right("due", 6),
        right("in", 10),
        "how it stands"
    );
    if incident.is_retrospective() {
        lines.push(Line::from(styled(
            "   entered afterwards: nobody is paged",
            theme.dim(),
        )));
    } else {
        lines.push(Line::from(styled(head, theme.dim())));
    }
    for level in &incident.escalation.levels {
        lines.push(call(canvas, incident, level));
    }
    if !incident.is_retrospective() {
        lines.push(Line::from(styled(
            "   accepted is not reached: only an acknowledgement by a person is",
            theme.dim(),
        )));
        lines.extend(schedules(canvas));
        lines.push(owed(canvas, incident));
    }
    lines.push(Line::from(styled(
        format!("   {} {}", pad("role", 24), "held by"),
        theme.dim(),
    )));
    for role in Role::ALL {
        lines.extend(incident.holders(role).map(|held| {
            let entry = view.entries.iter().find(|entry| entry.seq == held.seq);
            let since = entry.map_or_else(|| held.at.into(), |entry| incident.time_of(entry));
            let since = stated::short(&since, canvas.model.now, canvas.model.ui.utc);
            let name = view.name_of(&held.actor);
            let (title, seq) = (pad(role.title(), 24), held.seq);
            Line::from(format!(
                "   {title} {} since {since}  #{seq}",
                pad(&name, 18)
            ))
        }));
    }
    lines.push(idle(canvas, incident));
    lines.extend(known);
    lines
}

/// What is not known of the on-call schedules, or not used of their calendars.
fn schedules(canvas: &Canvas<'_>) -> Vec<Line<'static>> {
    let (schedules, now) = (&canvas.model.live.schedules, canvas.model.now);
    let odd = schedules
        .odd()
        .map(|(name, odd)| format!("calendar of {name}: {odd}"));
    let all: Vec<String> = schedules.problems(now).into_iter().chain(odd).collect();
    let mut shown: Vec<String> = all.iter().take(SCHEDULES).cloned().collect();
    if all.len() > shown.len() {
        let more = all.len() - shown.len();
        shown.push(format!("{more} more; see `warroom escalation check`"));
    }
    let line = |text: String| {
        let text = fit(&format!("   {text}"), canvas.width);
        Line::from(styled(text, canvas.theme.warn()))
    };
    shown.into_iter().map(line).collect()
}

/// The roles that nobody holds, in one row.
fn idle(canvas: &Canvas<'_>, incident: &Incident) -> Line<'static> {
    let free = Role::ALL
        .iter()
        .filter(|role| !incident.roles.contains_key(role));
    let free: Vec<&str> = free.map(|role| role.short()).collect();
    let text = match free.is_empty() {
        true => String::new(),
        false => format!("   {} {}", pad("held by nobody", 24), free.join(", ")),
    };
    let style = match incident.roles.contains_key(&Role::IncidentCommander) {
        true => canvas.theme.dim(),
        false => canvas.theme.warn(),
    };
    canvas.line(&text, style)
}

/// How much is owed; the next screen has it row by row.
fn owed(canvas: &Canvas<'_>, incident: &Incident) -> Line<'static> {
    let clocks = clocks(incident, incident.now(&canvas.model.stamp));
    let now = canvas.model.now;
    let late = clocks.iter().filter(|clock| clock.at <= now).count();
    let (text, style) = match (clocks.len(), late) {
        (0, _) => return Line::default(),
        (all, 0) => (format!("{all} more clocks run"), canvas.theme.dim()),
        (all, late) => (
            format!("{late} of {all} other clocks overdue"),
            canvas.theme.overdue(),
        ),
    };
    let text = format!("   {text}: updates, check-ins and work are on 5 Work");
    canvas.line(&text, style)
}

/// Who owns the path, where it can break at one point, and which models act on it (rules M10, M11, A4).
fn mapped(canvas: &Canvas<'_>) -> Vec<Line<'static>> {
    let theme = canvas.theme;
    let Some((service, path)) = canvas.model.mapped() else {
        return Vec::new();
    };
    let mut rows = vec![("owner", format!("{} of {}", service.owner, path.path))];
    if !path.single_points.is_empty() {
        rows.push(("single points", path.single_points.join(", ")));
    }
    if let Some(event) = canvas.model.setup.map.peak(&path.path, canvas.model.now) {
        let until = clock(event.to, canvas.model.ui.utc);
        rows.push(("peak event", format!("{} until {until}", event.event)));
    }
    rows.extend(canvas.model.setup.map.models_on(&path.path).map(|ai| {
        let fallback = ai.fallback.as_ref().map_or(String::new(), |fallback| {
            format!("; without it: {fallback}")
        });
        (
            "AI model",
            format!("{} {}{fallback}", ai.model, ai.autonomy.word()),
        )
    }));
    let line = |(name, text): (&str, String)| {
        let text = format!("   {} {}", pad(name, 24), Safe::line(&text));
        canvas.line(&text, theme.dim())
    };
    rows.into_iter().map(line).collect()
}

fn acknowledgement(canvas: &Canvas<'_>, incident: &Incident) -> Line<'static> {
    let (model, theme) = (canvas.model, canvas.theme);
    match incident.acknowledged() {
        Some(ack) => {
            let who = model
                .view()
                .map_or(String::new(), |view| view.acknowledged_by(ack));
            let after = incident
                .start()
                .map_or(String::new(), |start| after(&start, &ack.at));
            let text = format!(
                " Acknowledged by {who} at {}{after}  #{}",
                stated::short(&ack.at, model.now, model.ui.utc),
                ack.seq
            );
            Line::from(styled(text, theme.good()))
        }
        None if incident.is_retrospective() => Line::from(styled(
            " No acknowledgement entered: a enters one. Nobody is paged from here.",
            theme.dim(),
        )),
        None => Line::from(styled(
            " Not acknowledged: a takes the page and stops the calls that wait for it.",
            theme.fire(),
        )),
    }
}

/// `, 12 min after the start`.
fn after(start: &StatedTime, at: &StatedTime) -> String {
    match start.is_instant() && at.is_instant() && !at.is_before(start) {
        true => format!(", {} after the start", age(at.from() - start.from())),
        false => format!(", {}", after_start(start, at)),
    }
}

/// Who of a level has not answered, where each has to.
fn missing(level: &LevelState, response: &Response<'_>) -> String {
    if level.armed.acknowledge != Acknowledge::All {
        return String::new();
    }
    let targets = level.armed.targets();
    let waited_for = list(targets.filter(|target| level.wanted_by(target, response)));
    match waited_for.is_empty() {
        true => String::new(),
        false => format!("; no answer of {waited_for}"),
    }
}

fn call(canvas: &Canvas<'_>, incident: &Incident, level: &LevelState) -> Line<'static> {
    let (model, theme) = (canvas.model, canvas.theme);
    let now = incident.now(&model.stamp);
    let due = level.due.map_or(theme.glyphs.none.to_string(), |due| {
        clock(now.wall_at(due), model.ui.utc)
    });
    let State { left, text, style } = state(canvas, incident, level);
    let text = format!(
        "   {} {} {}   {text}",
        pad(&fit(&level_name(canvas, level), 20), 20),
        right(&due, 6),
        right(&left, 10)
    );
    canvas.line(&text, style)
}

/// How a level stands: the time until it is due, and in words.
struct State {
    left: String,
    text: String,
    style: Style,
}

fn state(canvas: &Canvas<'_>, incident: &Incident, level: &LevelState) -> State {
    let theme = canvas.theme;
    let (response, now) = (incident.response(), incident.now(&canvas.model.stamp));
    let state = |left: String, text: String, style| State { left, text, style };
    let settled = |text: String| state(String::new(), text, theme.dim());
    // A signal that is back to normal ends no page: a person who sets the status does.
    let (waits, ended) = match level.armed.until {
        Until::Acknowledged => ("waits, unless acknowledged first", "acknowledged"),
        Until::Resolved => (
            "waits, also after an acknowledgement",
            "it was said to be over",
        ),
    };
    match level.standing(&response, now) {
        Standing::Conditional => {
            let when: Vec<&str> = level.armed.when.iter().map(Slug::as_str).collect();
            settled(format!("only on {}", when.join(" or ")))
        }
        Standing::OtherSeverity => settled(format!("only at {}", list(&level.armed.severity))),
        Standing::LeftOut(why) => {
            settled(format!("not called: {}", why.as_str().replace('-', " ")))
        }
        Standing::Waiting(due) => state(age(due - now.steady), waits.to_string(), Style::new()),
        Standing::Due(due) => {
            let late = format!("-{}", age(now.steady - due));
            state(late, "overdue".to_string(), theme.overdue())
        }
        Standing::Sent(None) => state(String::new(), "being sent".to_string(), theme.warn()),
        Standing::Sent(Some(outcome)) => {
            let style = match outcome.wants_repeat() {
                true => theme.fire(),
                false => Style::new(),
            };
            // The time of the page whose outcome this is.
            let at = level.latest_page().map_or(String::new(), |page| {
                format!("called {}: ", clock(page.at.wall, canvas.model.ui.utc))
            });
            let text = format!("{at}{}{}", outcome.words(), missing(level, &response));
            state(String::new(), text, style)
        }
        Standing::Stopped => settled(format!("not needed: {ended}")),
    }
}

fn level_name(canvas: &Canvas<'_>, level: &LevelState) -> String {
    let (model, armed) = (canvas.model, &level.armed);
    let targets: Vec<&TargetId> = armed.targets().collect();
    let on_call = model.live.schedules.on_call(&armed.target, model.now);
    let name = match (&targets[..], on_call.name()) {
        ([target], Some(who)) => format!("{target}: {who}"),
        ([target], None) => target.to_string(),
        _ => armed.level.to_string(),
    };
    // A later round of the chain pages the same people: the level's own name tells it apart.
    let round = armed.level.as_str().strip_prefix(armed.target.as_str());
    match round.filter(|rest| rest.starts_with("-r")) {
        Some(rest) => format!("{name} {}", &rest[1..]),
        None => name,
    }
}
