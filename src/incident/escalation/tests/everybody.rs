use super::*;

#[test]
fn the_first_to_answer_does_not_silence_those_who_must_answer_themselves() {
    let mut policy = policy();
    let level = &mut policy.levels[0];
    level.target = None;
    level.targets = vec![slug("on-call"), slug("network")];
    level.acknowledge = Acknowledge::All;
    policy.check().unwrap();
    let escalation = of(&policy);
    let acks = [acknowledgement(&["on-call"])];
    let response = response(&acks, Status::Investigating);
    let level = &escalation.levels[0];
    assert!(!level.wanted_by(&slug("on-call"), &response));
    assert!(level.wanted_by(&slug("network"), &response));
    let sends = level.to_send("INC-1", &response, at(0));
    assert!(
        sends
            .iter()
            .all(|sending| sending.target == slug("network"))
    );
    assert_eq!(sends[0].call.page, slug("page-inc-1.on-call.2"));
}

/// A policy whose level at 15 minutes waits for an acknowledgement, and whose first level needs each of two.
fn everybody_first() -> Escalation {
    let mut policy = policy();
    let first = &mut policy.levels[0];
    first.target = None;
    first.targets = vec![slug("on-call"), slug("network")];
    first.acknowledge = Acknowledge::All;
    policy.levels[1].until = Until::Acknowledged;
    policy.check().unwrap();
    of(&policy)
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
    assert_eq!(!next.to_send("INC-1", &response, at(15)).is_empty(), paged);
    // A level that is due at the same time or later waits only for itself.
    assert_eq!(response.incomplete_since.is_some(), paged);
}

#[test]
fn a_level_that_comes_later_and_needs_everybody_keeps_no_earlier_one_going() {
    let mut policy = policy();
    policy.levels[1].targets = vec![slug("lead"), slug("network")];
    policy.levels[1].target = None;
    policy.levels[1].until = Until::Acknowledged;
    policy.levels[1].acknowledge = Acknowledge::All;
    policy.check().unwrap();
    let escalation = of(&policy);
    let acks = [acknowledgement(&["on-call"])];
    let response = escalation.judged(response(&acks, Status::Investigating));
    assert!(!escalation.levels[0].wanted(&response));
    assert!(escalation.levels[1].wanted(&response));
}
