use super::*;
use crate::incident::entry::{
    ActorIntroduced, CustodyEvent, Exported, HandedOver, MessageResulted, Noted, Proof,
    RoleAssigned, StatusChanged,
};
use crate::incident::messages::ChannelInfo;
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
struct TestJournal {
    entries: Vec<Entry>,
}

impl TestJournal {
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
            against: Vec::new(),
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

    fn try_seal(&self, ways: &[ChannelInfo], now: DateTime<Utc>) -> Result<Vec<Draft>, Refused> {
        seal(
            &id(),
            &self.state(),
            &person("a-1", None),
            ways,
            &stamp(now),
        )
    }

    fn seal(&mut self, now: DateTime<Utc>) {
        for draft in self.try_seal(&[], now).unwrap() {
            self.push(draft);
        }
    }

    fn request(&self, name: &Slug) -> Request {
        self.state().custody.requests[name].clone()
    }

    fn state(&self) -> Incident {
        Incident::from_entries(&self.entries)
    }
}

fn with_a_note() -> TestJournal {
    let mut journal = TestJournal::default();
    journal.note("Maria Rossi called");
    journal
}

fn act() -> Act {
    Act::Erase {
        entry: 1,
        hash: format!("{:064x}", 1),
        field: slug("text"),
    }
}

fn asked(journal: &mut TestJournal, by: &Person) -> Slug {
    let name = Slug::nearest("r-1");
    let why = Safe::line("a name");
    let data = request(&id(), by, act(), name.clone(), &why, false).unwrap();
    let signed = by.key.clone().map(|key| KeptSignature {
        key,
        digest: "1".repeat(64),
    });
    journal.push(requested(by, data, signed, &why));
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

fn stands(journal: &TestJournal, list: bool) -> Consent {
    consent(&journal.state().custody, &id(), &act(), now(), &List(list))
}

#[test]
fn a_request_about_another_incident_is_not_approved_here_nor_by_the_same_name() {
    let mut journal = with_a_note();
    let name = asked(&mut journal, &person("a-1", None));
    let custody = journal.state().custody;
    let other = IncidentId::new("INC-20261122-0002").unwrap();
    let second = person("a-2", None);
    let refused = approvable(&custody, &other, &second, (&name, "a-1"), now()).unwrap_err();
    assert!(refused.what.contains("INC-20261122-0001"), "{refused}");
    // A new pseudonym for the same name, as a removed list of people gives it, is the same person.
    assert!(approvable(&custody, &id(), &second, (&name, "a-2"), now()).is_err());
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
    let mut journal = with_a_note();
    let name = asked(&mut journal, &person("a-1", Some("A")));
    let approved = may_approve(&journal.state().custody, &person(actor, key), &name);
    assert_eq!(approved, may);
}

#[test]
fn an_own_approval_that_stands_in_a_journal_all_the_same_counts_for_nothing() {
    let mut journal = with_a_note();
    let asker = person("a-1", Some("A"));
    let name = asked(&mut journal, &asker);
    let request = journal.request(&name);
    let forged = approve(&request, &asker, given(Some("A"), true), true).unwrap();
    journal.push(forged);
    assert_eq!(stands(&journal, true), Consent::Waiting(name));
}

#[test]
fn where_a_list_is_in_force_only_a_listed_signature_counts() {
    let mut journal = with_a_note();
    let name = asked(&mut journal, &person("a-1", Some("A")));
    let request = journal.request(&name);
    let other = person("a-2", Some("B"));
    for (key, listed) in [(None, false), (Some("B"), false)] {
        assert!(approve(&request, &other, given(key, listed), true).is_err());
    }
    // Written while no list was in force, it does not count once there is one.
    journal.push(approve(&request, &other, given(None, false), false).unwrap());
    assert_eq!(stands(&journal, false), Consent::Given(name.clone()));
    assert_eq!(stands(&journal, true), Consent::Waiting(name.clone()));
    journal.push(approve(&request, &other, given(Some("B"), true), true).unwrap());
    assert_eq!(stands(&journal, true), Consent::Given(name));
}

#[test]
fn an_approval_is_for_the_very_bytes_that_were_asked_about() {
    let mut journal = with_a_note();
    let name = asked(&mut journal, &person("a-1", Some("A")));
    let mut request = journal.request(&name);
    request.data.digest = "f".repeat(64);
    let second = person("a-2", Some("B"));
    journal.push(approve(&request, &second, given(Some("B"), true), true).unwrap());
    assert!(matches!(stands(&journal, true), Consent::Waiting(_)));
    // A request whose digest is not that of what it says is not approved at all.
    if let Body::Known(Event::Custody(CustodyEvent::ApprovalRequested(data))) =
        &mut journal.entries[1].body
    {
        let head = "e".repeat(64);
        data.act = Act::Delete { head };
    }
    let custody = journal.state().custody;
    let refused = approvable(&custody, &id(), &second, (&name, "a-1"), now());
    assert!(refused.unwrap_err().what.contains("digest"));
}

#[test]
fn only_a_text_that_is_there_and_not_held_is_erased() {
    let journal = with_a_note();
    let (incident, none) = (journal.state(), Custody::default());
    let try_one = |seq, name: &str, ledger: &Custody| {
        erasure(&id(), &incident, ledger, &journal.entries, seq, &slug(name))
    };
    assert_eq!(try_one(1, "text", &none), Ok(act()));
    assert!(try_one(1, "why", &none).unwrap_err().hint.contains("text"));
    assert!(try_one(9, "text", &none).is_err());
    let mut ledger = TestJournal::default();
    let me = person("a-3", None);
    ledger.push(hold(&id(), &me, slug("hold-1"), &Safe::line("court")).unwrap());
    let refused = try_one(1, "text", &ledger.state().custody).unwrap_err();
    assert!(refused.what.contains("hold-1"), "{refused}");
}

fn closed() -> TestJournal {
    let mut journal = TestJournal::default();
    journal.note("x");
    let status = Status::Closed;
    journal.event("a-1", Event::from(StatusChanged { status }));
    journal
}

#[test]
fn a_journal_is_sealed_once_closed_and_only_once() {
    let now = at("2026-11-22T02:00:00Z");
    let mut journal = TestJournal::default();
    journal.note("x");
    let refused = journal.try_seal(&[], now).unwrap_err();
    assert!(refused.hint.contains("close"), "{refused}");
    let mut journal = closed();
    journal.seal(now);
    assert!(journal.state().custody.sealed.is_some());
    assert!(journal.try_seal(&[], now).is_err());
}

#[test]
fn a_journal_is_sealed_only_once_its_updates_have_gone_out_or_an_hour_has_passed() {
    use crate::incident::entry::{Audience, MessageIntended, MessageKind, Updated};
    use crate::incident::messages::due;
    let ways = [ChannelInfo {
        name: slug("chat"),
        audiences: vec![Audience::Users],
        settles: false,
        pages: false,
    }];
    let mut journal = TestJournal::default();
    let update = Updated {
        audience: Audience::Users,
        elsewhere: false,
    };
    journal.event("a-1", Event::from(update));
    let status = Status::Closed;
    journal.event("a-1", Event::from(StatusChanged { status }));
    let soon = at("2026-11-22T01:00:30Z");
    let refused = |journal: &TestJournal, now| journal.try_seal(&ways, now).unwrap_err();
    assert!(refused(&journal, soon).what.contains("not sent yet"));
    let state = journal.state();
    let mut wanted = due(id().as_str(), &state, &ways, state.now(&stamp(soon)));
    let intent = wanted.remove(0);
    let sent = intent.event.data::<MessageIntended>().unwrap();
    assert_eq!(sent.what, MessageKind::Update);
    journal.push(intent);
    assert!(refused(&journal, soon).what.contains("under way"));
    // Its result was lost: that is recorded before the seal.
    let late = at("2026-11-22T02:30:00Z");
    let drafts = journal.try_seal(&ways, late).unwrap();
    assert!(drafts[0].event.is::<MessageResulted>());
    assert_eq!(drafts.len(), 2);
}

#[test]
fn an_approved_erasure_is_carried_out_before_a_journal_is_sealed() {
    let mut journal = closed();
    let name = asked(&mut journal, &person("a-1", Some("A")));
    let now = at("2026-11-22T02:00:00Z");
    // What nobody has approved holds nothing up.
    assert!(journal.try_seal(&[], now).is_ok());
    let request = journal.request(&name);
    journal.push(approve(&request, &person("a-2", None), given(None, false), false).unwrap());
    let refused = journal.try_seal(&[], now).unwrap_err();
    assert!(refused.hint.contains("erase"), "{refused}");
}

#[test]
fn nothing_is_deleted_before_its_date_and_a_hold_overrides() {
    let me = person("a-1", None);
    let mut journal = closed();
    let none = Custody::default();
    let delete = |journal: &TestJournal, ledger: &Custody, now: &str| {
        deletion(&id(), &journal.state(), ledger, 365, at(now))
    };
    let unsealed = delete(&journal, &none, "2036-01-01T00:00:00Z").unwrap_err();
    assert!(unsealed.what.contains("not sealed"), "{unsealed}");
    journal.seal(at("2026-11-22T02:00:00Z"));
    let early = delete(&journal, &none, "2027-11-22T00:59:59Z").unwrap_err();
    assert!(early.what.contains("2027-11-22 01:00 UTC"), "{early}");
    assert!(delete(&journal, &none, "2027-11-22T01:00:00Z").is_ok());
    let mut ledger = TestJournal::default();
    ledger.push(hold(&id(), &me, slug("hold-1"), &Safe::line("court")).unwrap());
    let held = delete(&journal, &ledger.state().custody, "2036-01-01T00:00:00Z").unwrap_err();
    assert!(held.what.contains("hold-1"), "{held}");
    let over = Safe::line("over");
    ledger.push(release(&id(), &me, &slug("hold-1"), slug("r-9"), &over));
    assert!(delete(&journal, &ledger.state().custody, "2036-01-01T00:00:00Z").is_ok());
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
    let mut journal = TestJournal::default();
    let introduced = ActorIntroduced {
        was: None,
        actor: actor_id("a-1"),
        uid: Some(1),
        proof: Proof::SelfDeclared,
        key: None,
    };
    journal.event("a-1", Event::from(introduced));
    let mut occasion_of = |event: Event| {
        let before = journal.state();
        journal.event("a-1", event);
        occasion(&before, &journal.entries[journal.entries.len() - 1..])
    };
    let over = HandedOver {
        supersedes: None,
        role: Role::IncidentCommander,
        from: Some(actor_id("a-2")),
        to: actor_id("a-1"),
    };
    let status = |status| Event::from(StatusChanged { status });
    for (event, expected) in [
        // The first one takes over from nobody.
        (role(Role::IncidentCommander, "a-1"), None),
        (role(Role::Scribe, "a-2"), None),
        (role(Role::IncidentCommander, "a-1"), None),
        (
            role(Role::IncidentCommander, "a-2"),
            Some(Occasion::HandOver),
        ),
        (Event::from(over), Some(Occasion::HandOver)),
        (Event::from(Noted {}), None),
        (status(Status::Resolved), None),
        (status(Status::Closed), Some(Occasion::Close)),
    ] {
        let kind = event.kind();
        assert_eq!(occasion_of(event), expected, "{kind}");
    }
}

#[test]
fn a_copy_is_remembered_with_what_it_withholds() {
    let mut journal = TestJournal::default();
    let exported = Exported {
        incident: id(),
        upto: 7,
        head: "a".repeat(64),
        withheld: vec!["#/name".into()],
        bundle: "b".repeat(64),
    };
    journal.event("a-1", Event::from(exported));
    let custody = journal.state().custody;
    assert_eq!(custody.exports[0].data.upto, 7);
    assert_eq!(custody.signed_upto(), 0);
}
