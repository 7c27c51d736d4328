//! Intents about the response itself: acknowledgement, status, roles, severity, corrections.

use super::context::{IntentContext, must_take_part};
use super::refused::{Refused, conflict, refuse};
use crate::app::incident_view::IncidentView;
use crate::incident::entry::{Acknowledged, Classified, RoleAssigned, StatusChanged, field};
use crate::incident::fold::Acknowledgement;
use crate::incident::severity::{Answered, Progress, Question};
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
    let holders = view.incident.holders(role);
    let holders = list(holders.map(|held| view.name_of(&held.actor)));
    if view.holds(role, context.me) {
        return Ok(());
    }
    if holders.is_empty() {
        let what = format!("the role {title} is unassigned");
        return Err(conflict(what, "nothing to do"));
    }
    Err(refuse(
        format!("the role {title} is held by {holders}, not by you"),
        "another person takes it over with their own `role` command: leave out --none",
    ))
}

pub(super) fn set_status(
    view: &IncidentView,
    context: &IntentContext<'_>,
    status: Status,
    text: &Safe,
) -> Result<Vec<Draft>, Refused> {
    let incident = &view.incident;
    if incident.status == status && !incident.status_changes.is_empty() {
        let what = format!("it is {} already", status.word());
        return Err(conflict(what, "write a note instead"));
    }
    let changed = Draft::new(&context.me.actor, StatusChanged { status });
    let mut drafts = context.unrecorded(view);
    drafts.push(changed.with(field::TEXT, text.clone()));
    Ok(drafts)
}

pub(super) fn classify(
    view: &IncidentView,
    context: &IntentContext<'_>,
    answers: &[Answered],
    why: &Safe,
) -> Result<Vec<Draft>, Refused> {
    let classified = Draft::new(&context.me.actor, classification(context, answers)?);
    let mut drafts = context.unrecorded(view);
    drafts.push(classified.with(field::WHY, why.clone()));
    Ok(drafts)
}

pub(super) fn classification(
    context: &IntentContext<'_>,
    answers: &[Answered],
) -> Result<Classified, Refused> {
    let policy = context.severity;
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
    policy.complete(&mut answers, &context.facts, &[]);
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
