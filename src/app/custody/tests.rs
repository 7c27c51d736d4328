use super::*;
use crate::incident::entry::{
    ActorIntroduced, CustodyEvent, Exported, MessageResulted, Noted, Proof, ResponseEvent,
    RoleAssigned, StatusChanged,
};
use crate::incident::{Body, Disclosed};
use crate::testing::{actor_id, stamp};
use rstest::rstest;
use std::collections::BTreeMap;

fn slug<I: From<Slug>>(text: &str) -> I {
    Slug::nearest(text).into()
}

fn id() -> IncidentId {
    IncidentId::new("INC-20261122-0001").unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn now() -> DateTime<Utc> {
    at("2026-11-22T02:00:00Z")
}

fn person(actor: &str, key: Option<&str>) -> Person {
    Person {
        actor: actor_id(actor),
        name: Safe::line(actor),
        uid: 1000,
        login: Safe::line("pts/1"),
        key: key.map(|key| format!("SHA256:{key}")),
    }
}

#[derive(Default)]
struct Told {
    entries: Vec<Entry>,
}

impl Told {
    fn push(&mut self, draft: Draft) -> &mut Self {
        let seq = self.entries.len() as u64 + 1;
        let texts: BTreeMap<String, Disclosed> = draft
            .texts
            .iter()
            .map(|(field, text)| ((*field).to_string(), Disclosed::Text(text.to_string())))
            .collect();
        self.entries.push(Entry {
            seq,
            id: seq.to_string(),
            hash: format!("{seq:064x}"),
            recorded: at("2026-11-22T01:00:00Z"),
            mono: None,
            by: draft.by,
            occurred: None,
            masked: Vec::new(),
            body: Body::Known(draft.event),
            texts,
        });
        self
    }

    fn event(&mut self, by: &str, event: Event) -> &mut Self {
        self.push(Draft::new(&actor_id(by), event))
    }

    fn note(&mut self, text: &str) -> &mut Self {
        let draft = Draft::new(&actor_id("a-1"), Noted {});
        self.push(draft.with(field::TEXT, Safe::block(text)))
    }

    fn state(&self) -> Incident {
        Incident::from_entries(&self.entries)
    }
}

fn act() -> Act {
    Act::Erase {
        entry: 1,
        hash: format!("{:064x}", 1),
        field: slug("text"),
    }
}

fn asked(told: &mut Told, by: &Person) -> Slug {
    let name = Slug::nearest("r-1");
    let why = Safe::line("a name");
    let data = request(&id(), by, act(), name.clone(), &why, false).unwrap();
    let signed = by.key.clone().map(|key| (key, "1".repeat(64)));
    told.push(requested(by, data, signed, &why));
    name
}

fn given(key: Option<&str>, listed: bool) -> Given {
    Given {
        key: key.map(|key| format!("SHA256:{key}")),
        signature: key.map(|_| "0".repeat(64)),
        listed,
    }
}

fn may_approve(custody: &Custody, me: &Person, name: &Slug) -> bool {
    approvable(custody, &id(), me, (name, "a-1"), now()).is_ok()
}

/// Every signature is by a signer with the digest as name.
struct List(bool);

impl Signatures for List {
    fn are_required(&self) -> bool {
        self.0
    }

    fn signer(&self, digest: &str, _: &str, _: DateTime<Utc>) -> Option<String> {
        Some(digest.to_string())
    }
}

fn stands(told: &Told, list: bool) -> Consent {
    consent(&told.state().custody, &id(), &act(), now(), &List(list))
}

#[test]
fn a_request_about_another_incident_is_not_approved_here_nor_by_the_same_name() {
    let mut told = Told::default();
    told.note("Maria Rossi called");
    let name = asked(&mut told, &person("a-1", None));
    let custody = told.state().custody;
    let other = IncidentId::new("INC-20261122-0002").unwrap();
    let refused = approvable(
        &custody,
        &other,
        &person("a-2", None),
        (&name, "a-1"),
        now(),
    )
    .unwrap_err();
    assert!(refused.what.contains("INC-20261122-0001"), "{refused}");
    // A new pseudonym for the same name, as a removed list of people gives it, is the same person.
    assert!(approvable(&custody, &id(), &person("a-2", None), (&name, "a-2"), now()).is_err());
}

#[rstest]
#[case::the_same_person("a-1", Some("A"), false)]
#[case::another_name_with_the_same_key("a-2", Some("A"), false)]
#[case::another_person_with_another_key("a-2", Some("B"), true)]
#[case::another_person_without_a_key("a-2", None, true)]
fn nobody_approves_what_they_asked_for(
    #[case] actor: &str,
    #[case] key: Option<&str>,
    #[case] may: bool,
) {
    let mut told = Told::default();
    told.note("Maria Rossi called");
    let name = asked(&mut told, &person("a-1", Some("A")));
    let approved = may_approve(&told.state().custody, &person(actor, key), &name);
    assert_eq!(approved, may);
}

#[test]
fn an_own_approval_that_stands_in_a_journal_all_the_same_counts_for_nothing() {
    let mut told = Told::default();
    told.note("Maria Rossi called");
    let asker = person("a-1", Some("A"));
    let name = asked(&mut told, &asker);
    let request = told.state().custody.requests[&name].clone();
    let forged = approve(&request, &asker, given(Some("A"), true), true).unwrap();
    told.push(forged);
    assert_eq!(stands(&told, true), Consent::Waiting(name));
}

#[test]
fn where_a_list_is_in_force_only_a_listed_signature_counts() {
    let mut told = Told::default();
    told.note("Maria Rossi called");
    let name = asked(&mut told, &person("a-1", Some("A")));
    let request = told.state().custody.requests[&name].clone();
    let other = person("a-2", Some("B"));
    for (key, listed) in [(None, false), (Some("B"), false)] {
        assert!(approve(&request, &other, given(key, listed), true).is_err());
    }
    // Written while no list was in force, it does not count once there is one.
    told.push(approve(&request, &other, given(None, false), false).unwrap());
    assert_eq!(stands(&told, false), Consent::Given(name.clone()));
    assert_eq!(stands(&told, true), Consent::Waiting(name.clone()));
    told.push(approve(&request, &other, given(Some("B"), true), true).unwrap());
    assert_eq!(stands(&told, true), Consent::Given(name));
}

#[test]
fn an_approval_is_for_the_very_bytes_that_were_asked_about() {
    let mut told = Told::default();
    told.note("Maria Rossi called");
    let name = asked(&mut told, &person("a-1", Some("A")));
    let mut request = told.state().custody.requests[&name].clone();
    request.data.digest = "f".repeat(64);
    told.push(
        approve(
            &request,
            &person("a-2", Some("B")),
            given(Some("B"), true),
            true,
        )
        .unwrap(),
    );
    assert!(matches!(stands(&told, true), Consent::Waiting(_)));
    // A request whose digest is not that of what it says is not approved at all.
    if let Body::Known(Event::Custody(CustodyEvent::ApprovalRequested(data))) =
        &mut told.entries[1].body
    {
        data.act = Act::Delete {
            head: "e".repeat(64),
        };
    }
    let custody = told.state().custody;
    let refused = approvable(
        &custody,
        &id(),
        &person("a-2", Some("B")),
        (&name, "a-1"),
        now(),
    );
    assert!(refused.unwrap_err().what.contains("digest"));
}

#[test]
fn only_a_text_that_is_there_and_not_held_is_erased() {
    let mut told = Told::default();
    told.note("Maria Rossi called");
    let (incident, none) = (told.state(), Custody::default());
    let try_one = |seq, name: &str, ledger: &Custody| {
        erasure(&id(), &incident, ledger, &told.entries, seq, &slug(name))
    };
    assert_eq!(try_one(1, "text", &none), Ok(act()));
    assert!(try_one(1, "why", &none).unwrap_err().hint.contains("text"));
    assert!(try_one(9, "text", &none).is_err());
    let mut ledger = Told::default();
    ledger.push(
        hold(
            &id(),
            &person("a-3", None),
            slug("hold-1"),
            &Safe::line("court"),
        )
        .unwrap(),
    );
    let refused = try_one(1, "text", &ledger.state().custody).unwrap_err();
    assert!(refused.what.contains("hold-1"), "{refused}");
}

fn closed() -> Told {
    let mut told = Told::default();
    told.note("x");
    let status = Status::Closed;
    told.event("a-1", Event::from(StatusChanged { status }));
    told
}

#[test]
fn a_journal_is_sealed_once_closed_and_only_once() {
    let me = person("a-1", None);
    let now = at("2026-11-22T02:00:00Z");
    let mut told = Told::default();
    told.note("x");
    assert!(
        seal(&id(), &told.state(), &me, &[], &stamp(now))
            .unwrap_err()
            .hint
            .contains("close")
    );
    let mut told = closed();
    let drafts = seal(&id(), &told.state(), &me, &[], &stamp(now)).unwrap();
    for draft in drafts {
        told.push(draft);
    }
    assert!(told.state().custody.sealed.is_some());
    assert!(seal(&id(), &told.state(), &me, &[], &stamp(now)).is_err());
}

#[test]
fn a_journal_is_sealed_only_once_its_updates_have_gone_out_or_an_hour_has_passed() {
    use crate::incident::entry::{Audience, MessageIntended, MessageKind, Updated};
    use crate::incident::messages::{ChannelInfo, due};
    let me = person("a-1", None);
    let ways = [ChannelInfo {
        name: slug("chat"),
        audiences: vec![Audience::Users],
        settles: false,
        pages: false,
    }];
    let mut told = Told::default();
    let audience = Audience::Users;
    told.event(
        "a-1",
        Event::from(Updated {
            audience,
            elsewhere: false,
        }),
    );
    let status = Status::Closed;
    told.event("a-1", Event::from(StatusChanged { status }));
    let soon = at("2026-11-22T01:00:30Z");
    let refused =
        |told: &Told, now| seal(&id(), &told.state(), &me, &ways, &stamp(now)).unwrap_err();
    assert!(refused(&told, soon).what.contains("not sent yet"));
    let state = told.state();
    let mut wanted = due(id().as_str(), &state, &ways, state.now(&stamp(soon)));
    let intent = wanted.remove(0);
    let sent = intent.event.data::<MessageIntended>().unwrap();
    assert_eq!(sent.what, MessageKind::Update);
    told.push(intent);
    assert!(refused(&told, soon).what.contains("under way"));
    // Its result was lost: that is recorded before the seal.
    let late = at("2026-11-22T02:30:00Z");
    let drafts = seal(&id(), &told.state(), &me, &ways, &stamp(late)).unwrap();
    assert!(drafts[0].event.is::<MessageResulted>());
    assert_eq!(drafts.len(), 2);
}

#[test]
fn an_approved_erasure_is_carried_out_before_a_journal_is_sealed() {
    let mut told = closed();
    let name = asked(&mut told, &person("a-1", Some("A")));
    let me = person("a-1", None);
    let now = at("2026-11-22T02:00:00Z");
    // What nobody has approved holds nothing up.
    assert!(seal(&id(), &told.state(), &me, &[], &stamp(now)).is_ok());
    let request = told.state().custody.requests[&name].clone();
    told.push(approve(&request, &person("a-2", None), given(None, false), false).unwrap());
    assert!(
        seal(&id(), &told.state(), &me, &[], &stamp(now))
            .unwrap_err()
            .hint
            .contains("erase")
    );
}

#[test]
fn nothing_is_deleted_before_its_date_and_a_hold_overrides() {
    let me = person("a-1", None);
    let mut told = closed();
    let none = Custody::default();
    let delete = |told: &Told, ledger: &Custody, now: &str| {
        deletion(&id(), &told.state(), ledger, 365, at(now))
    };
    let unsealed = delete(&told, &none, "2036-01-01T00:00:00Z").unwrap_err();
    assert!(unsealed.what.contains("not sealed"), "{unsealed}");
    let drafts = seal(
        &id(),
        &told.state(),
        &me,
        &[],
        &stamp(at("2026-11-22T02:00:00Z")),
    )
    .unwrap();
    for draft in drafts {
        told.push(draft);
    }
    let early = delete(&told, &none, "2027-11-22T00:59:59Z").unwrap_err();
    assert!(early.what.contains("2027-11-22 01:00 UTC"), "{early}");
    assert!(delete(&told, &none, "2027-11-22T01:00:00Z").is_ok());
    let mut ledger = Told::default();
    ledger.push(hold(&id(), &me, slug("hold-1"), &Safe::line("court")).unwrap());
    let held = delete(&told, &ledger.state().custody, "2036-01-01T00:00:00Z").unwrap_err();
    assert!(held.what.contains("hold-1"), "{held}");
    ledger.push(release(
        &id(),
        &me,
        &slug("hold-1"),
        slug("r-9"),
        &Safe::line("over"),
    ));
    assert!(delete(&told, &ledger.state().custody, "2036-01-01T00:00:00Z").is_ok());
}

#[test]
fn declaration_hand_over_and_close_are_occasions_for_a_signature_and_nothing_else_is() {
    let role = |role: Role, actor: &str| {
        let actor = Some(actor_id(actor));
        Event::from(RoleAssigned {
            role,
            actor,
            supersedes: None,
        })
    };
    let mut told = Told::default();
    told.event(
        "a-1",
        Event::from(ActorIntroduced {
            was: None,
            actor: actor_id("a-1"),
            uid: Some(1),
            proof: Proof::SelfDeclared,
            key: None,
        }),
    );
    let mut occasion_of = |event: Event| {
        let before = told.state();
        told.event("a-1", event);
        occasion(&before, &told.entries[told.entries.len() - 1..])
    };
    assert_eq!(
        occasion_of(role(Role::IncidentCommander, "a-1")),
        None,
        "the first one takes over from nobody"
    );
    assert_eq!(occasion_of(role(Role::Scribe, "a-2")), None);
    assert_eq!(occasion_of(role(Role::IncidentCommander, "a-1")), None);
    assert_eq!(
        occasion_of(role(Role::IncidentCommander, "a-2")),
        Some(Occasion::HandOver)
    );
    let over = crate::incident::entry::HandedOver {
        supersedes: None,
        role: Role::IncidentCommander,
        from: Some(actor_id("a-2")),
        to: actor_id("a-1"),
    };
    assert_eq!(
        occasion_of(Event::Response(ResponseEvent::HandedOver(over))),
        Some(Occasion::HandOver)
    );
    assert_eq!(occasion_of(Event::from(Noted {})), None);
    let status = Status::Resolved;
    assert_eq!(occasion_of(Event::from(StatusChanged { status })), None);
    let status = Status::Closed;
    assert_eq!(
        occasion_of(Event::from(StatusChanged { status })),
        Some(Occasion::Close)
    );
}

#[test]
fn a_copy_is_remembered_with_what_it_withholds() {
    let mut told = Told::default();
    told.event(
        "a-1",
        Event::from(Exported {
            incident: id(),
            upto: 7,
            head: "a".repeat(64),
            withheld: vec!["#/name".into()],
            bundle: "b".repeat(64),
        }),
    );
    let custody = told.state().custody;
    assert_eq!(custody.exports[0].data.upto, 7);
    assert_eq!(custody.signed_upto(), 0);
}
