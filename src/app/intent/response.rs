//! Intents about the response itself: acknowledgement, status, roles, severity, corrections.

use super::context::{IntentContext, must_take_part};
use super::refused::{Refused, conflict, refuse};
use super::times::known_at;
use crate::app::incident_view::IncidentView;
use crate::config::Digested;
use crate::incident::entry::{Acknowledged, Classified, RoleAssigned, StatusChanged, field};
use crate::incident::fold::{Acknowledgement, Assignment, StatusFact};
use crate::incident::severity::{Answered, Progress, Question, SeverityFacts, SeverityPolicy};
use crate::incident::{ActorId, Draft, Incident, Role, Slug, Status, TargetId};
use crate::text::{Safe, list};

/// Also assigns the incident commander where there is none.
pub(super) fn acknowledge(
    incident: &Incident,
    me: &ActorId,
    targets: &[TargetId],
) -> Result<Vec<Draft>, Refused> {
    let role = Role::IncidentCommander;
    let has_commander = incident.roles.contains_key(&role);
    if let Some(seq) = acknowledged_already(incident, me, targets)
        && (has_commander || incident.is_retrospective())
    {
        let what = format!("you have acknowledged already (#{seq})");
        return Err(conflict(what, "nothing to do"));
    }
    let data = Acknowledged {
        targets: targets.to_vec(),
        elsewhere: None,
    };
    let mut drafts = vec![Draft::new(me, data)];
    // Who enters an incident afterwards did not command it.
    if !has_commander && !incident.is_retrospective() {
        drafts.push(assigned(incident, me, role, Some(me)));
    }
    Ok(drafts)
}

/// The acknowledgement by which this person has acknowledged for all these targets.
fn acknowledged_already(incident: &Incident, me: &ActorId, targets: &[TargetId]) -> Option<u64> {
    let mine = |ack: &&Acknowledgement| ack.by == *me;
    let acks = incident.acknowledgements.iter().filter(mine);
    let answered = |target: &TargetId| acks.clone().any(|ack| ack.targets.contains(target));
    let last = acks.clone().next_back()?;
    targets.iter().all(answered).then_some(last.seq)
}

fn assigned(incident: &Incident, by: &ActorId, role: Role, actor: Option<&ActorId>) -> Draft {
    let data = RoleAssigned {
        role,
        actor: actor.cloned(),
        supersedes: Some(incident.role_change(role)),
    };
    Draft::new(by, data)
}

pub(super) fn assign(
    view: &IncidentView,
    context: &IntentContext<'_>,
    role: Role,
    actor: Option<&ActorId>,
) -> Result<Draft, Refused> {
    if actor.is_none() {
        must_hold_to_give_back(view, context, role)?;
    }
    let hint = "a person appears in a journal with their first action; `incident show` lists them";
    must_take_part(view, context, actor, hint)?;
    Ok(assigned(&view.incident, &context.me.actor, role, actor))
}

/// Only the holder gives a role back; another person takes it by holding it.
fn must_hold_to_give_back(
    view: &IncidentView,
    context: &IntentContext<'_>,
    role: Role,
) -> Result<(), Refused> {
    let title = role.title();
    let holders = holders_then(view, context, role);
    if am_among(&holders, view, context) {
        return Ok(());
    }
    let holders = list(holders.iter().map(|held| view.name_of(held)));
    if holders.is_empty() {
        let what = format!("the role {title} is unassigned");
        return Err(conflict(what, "nothing to do"));
    }
    Err(refuse(
        format!("the role {title} is held by {holders}, not by you"),
        "another person takes it over with their own `role` command: leave out --none",
    ))
}

/// Who held a role at the time of an intent: who holds it since before then, else who was known to hold it then.
pub(super) fn holders_then(
    view: &IncidentView,
    context: &IntentContext<'_>,
    role: Role,
) -> Vec<ActorId> {
    let at = context.occurred;
    let since = |held: &&Assignment| at.is_none_or(|at| held.at <= at.until());
    let still = view.incident.holders(role).filter(since);
    let mut holders: Vec<ActorId> = still.map(|held| held.actor.clone()).collect();
    if let Some(at) = at
        && (holders.is_empty() || role.is_shared())
    {
        let then = known_at(view, at);
        let known = then.holders(role).map(|held| held.actor.clone());
        let new: Vec<ActorId> = known.filter(|held| !holders.contains(held)).collect();
        holders.extend(new);
    }
    holders
}

/// Also under the id by which the person was named before they acted here.
pub(super) fn am_among(
    holders: &[ActorId],
    view: &IncidentView,
    context: &IntentContext<'_>,
) -> bool {
    let before = view.named_before(context.me.name.as_str());
    holders.contains(&context.me.actor) || before.is_some_and(|named| holders.contains(&named))
}

pub(super) fn set_status(
    view: &IncidentView,
    context: &IntentContext<'_>,
    status: Status,
    text: &Safe,
) -> Result<Vec<Draft>, Refused> {
    if was_set_already(view, context, status) {
        let what = format!("it is {} already", status.word());
        return Err(conflict(what, "write a note instead"));
    }
    let changed = Draft::new(&context.me.actor, StatusChanged { status });
    let mut drafts = context.unrecorded(view);
    drafts.push(changed.with(field::TEXT, text.clone()));
    Ok(drafts)
}

/// Whether this status was in force at the time of an intent, or is set at that very time.
fn was_set_already(view: &IncidentView, context: &IntentContext<'_>, status: Status) -> bool {
    let is_in_force = |it: &Incident| it.status == status && !it.status_changes.is_empty();
    let Some(at) = context.occurred else {
        return is_in_force(&view.incident);
    };
    let same = |change: &StatusFact| change.status == status && change.at == at;
    view.incident.status_changes.iter().any(same) || is_in_force(&known_at(view, at))
}

pub(super) fn classify(
    view: &IncidentView,
    context: &IntentContext<'_>,
    answers: &[Answered],
    why: &Safe,
) -> Result<Vec<Draft>, Refused> {
    let facts = Some(&context.facts);
    let verdict = classification(context.severity, facts, answers)?;
    let classified = Draft::new(&context.me.actor, verdict);
    let mut drafts = context.unrecorded(view);
    drafts.push(classified.with(field::WHY, why.clone()));
    Ok(drafts)
}

/// With facts of now they answer what no person has answered; a verdict of another time gets none.
pub(super) fn classification(
    policy: &Digested<SeverityPolicy>,
    facts: Option<&SeverityFacts>,
    answers: &[Answered],
) -> Result<Classified, Refused> {
    for (
        at,
        Answered {
            question, answer, ..
        },
    ) in answers.iter().enumerate()
    {
        if answers[..at]
            .iter()
            .any(|other| other.question == *question)
        {
            let what = format!("\"{question}\" is answered twice");
            return Err(refuse(what, "keep the answer that holds"));
        }
        let mut questions = policy.questions.iter();
        let Some(asked) = questions.find(|it| it.id == *question) else {
            let what = format!("there is no question \"{question}\"");
            let known: Vec<&str> = policy.questions.iter().map(|q| q.id.as_str()).collect();
            return Err(refuse(what, format!("there are: {}", known.join(", "))));
        };
        if !asked.has(answer) {
            let what = format!("\"{answer}\" is no answer to \"{question}\"");
            return Err(refuse(what, format!("answers are: {}", ids(asked))));
        }
    }
    let mut answers = answers.to_vec();
    if let Some(facts) = facts {
        policy.complete(&mut answers, facts, &[]);
    }
    let given = answers.iter();
    let given = given.map(|it| (it.question.clone(), it.answer.clone()));
    let given = given.collect();
    let rule = match policy.progress(&given) {
        Progress::Decided(rule) => rule,
        Progress::Ask(question) => {
            let Question { id, ask, .. } = question;
            let what = format!("the verdict still depends on \"{id}\": {ask}");
            return Err(refuse(
                what,
                format!("answer it with one of: {}", ids(question)),
            ));
        }
    };
    let matched = policy.matched(rule, &given);
    let mut flags: Vec<Slug> = Vec::new();
    for flag in matched.iter().flat_map(|rule| &rule.flags) {
        if !flags.contains(flag) {
            flags.push(flag.clone());
        }
    }
    Ok(Classified {
        severity: rule.severity,
        rule: rule.id.clone(),
        policy: policy.digest.clone(),
        answers,
        matched: matched.iter().map(|rule| rule.id.clone()).collect(),
        flags,
    })
}

fn ids(question: &Question) -> String {
    list(question.answers.iter().map(|answer| &answer.id))
}
