use super::*;

#[test]
fn the_first_acknowledgement_does_not_stop_pages_to_others_who_must_acknowledge() {
    let escalation = everybody_first();
    let acks = [acknowledgement(&["on-call"])];
    let response = response(&acks, Status::Investigating);
    let level = &escalation.levels[0];
    assert!(!level.wanted_by(&slug("on-call"), &response));
    assert!(level.wanted_by(&slug("network"), &response));
    let sends = level.to_send(INCIDENT, &response, at(0));
    assert!(sends.iter().all(|send| send.target == slug("network")));
    assert_eq!(sends[0].call.page, slug("page-inc-1.on-call.2"));
}

/// A policy whose level at 15 minutes waits for an acknowledgement, and whose first level needs each of two.
fn everybody_first() -> Escalation {
    of(&changed(|policy| {
        everybody(&mut policy.levels[0], &["on-call", "network"]);
        policy.levels[1].until = Until::Acknowledged;
    }))
}

fn everybody(level: &mut Level, targets: &[&str]) {
    level.target = None;
    level.targets = targets.iter().map(|target| slug(target)).collect();
    level.acknowledge = Acknowledge::All;
}

#[rstest]
#[case::nobody(&[], true)]
#[case::for_nobody_in_particular(&[""], true)]
#[case::one_of_two(&["on-call"], true)]
#[case::one_of_two_twice(&["on-call", "on-call"], true)]
#[case::each_by_one_acknowledgement(&["on-call network"], false)]
#[case::each_by_their_own(&["network", "on-call"], false)]
fn a_level_is_paged_unless_all_have_acknowledged_whom_an_earlier_level_needs(
    #[case] acks: &[&str],
    #[case] paged: bool,
) {
    let escalation = everybody_first();
    let acks = acks.iter().map(|ack| {
        let targets: Vec<&str> = ack.split_whitespace().collect();
        acknowledgement(&targets)
    });
    let acks: Vec<Acknowledgement> = acks.collect();
    let response = escalation.judged(response(&acks, Status::Investigating));
    let next = &escalation.levels[1];
    assert_eq!(next.sends(&response, 15) > 0, paged);
    // A level that is due at the same time or later waits only for itself.
    assert_eq!(response.incomplete_since.is_some(), paged);
}

#[test]
fn a_level_that_comes_later_and_needs_everybody_keeps_no_earlier_one_going() {
    let escalation = of(&changed(|policy| {
        policy.levels[1].until = Until::Acknowledged;
        everybody(&mut policy.levels[1], &["lead", "network"]);
    }));
    let acks = [acknowledgement(&["on-call"])];
    let response = escalation.judged(response(&acks, Status::Investigating));
    assert!(!escalation.levels[0].wanted(&response));
    assert!(escalation.levels[1].wanted(&response));
}
