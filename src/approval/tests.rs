use super::*;
use crate::text::ActorId;
use chrono::TimeDelta;
use proptest::prelude::*;

struct Text(&'static str);

impl Approvable for Text {
    fn line(&self) -> String {
        self.0.to_string()
    }
}

/// A signature's digest is the name of its signer; `forged` signs nothing.
struct Names(bool);

impl Signatures for Names {
    fn are_required(&self) -> bool {
        self.0
    }

    fn signer(&self, digest: &str, _: &str, _: DateTime<Utc>) -> Option<String> {
        (digest != "forged").then(|| digest.to_string())
    }
}

#[derive(Debug, Clone)]
struct Somebody {
    actor: ActorId,
    key: Option<String>,
    signature: Option<String>,
    minute: i64,
    digest: u8,
}

impl Somebody {
    fn party(&self) -> Party<'_> {
        Party {
            actor: &self.actor,
            key: self.key.as_deref(),
            signature: self.signature.as_deref(),
            at: at(self.minute),
        }
    }
}

fn at(minute: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
}

fn somebody() -> impl Strategy<Value = Somebody> {
    let word = |words: &[&'static str]| prop::sample::select(words.to_vec());
    let key = prop::option::of(word(&["k-1", "k-2", "k-3"]));
    let signature = prop::option::of(word(&["dana", "omar", "forged"]));
    (
        word(&["a-1", "a-2", "a-3"]),
        key,
        signature,
        0..20i64,
        0..3u8,
    )
        .prop_map(|(actor, key, signature, minute, digest)| Somebody {
            actor: ActorId::nearest(actor),
            key: key.map(str::to_string),
            signature: signature.map(str::to_string),
            minute,
            digest,
        })
}

proptest! {
    #[test]
    fn only_somebody_else_approves_the_same_thing_in_time(
        asker in somebody(),
        approvers in prop::collection::vec(somebody(), 0..4),
        until in prop::option::of(0..20i64),
        now in 0..20i64,
        listed: bool,
    ) {
        let (incident, name) = (IncidentId::new("INC-1").unwrap(), Slug::nearest("r-1"));
        let what = Text("erase 1");
        let digests = [
            digest(&incident, &name, &asker.actor, &what),
            digest(&incident, &name, &asker.actor, &Text("erase 2")),
            digest(&incident, &Slug::nearest("r-2"), &asker.actor, &what),
        ];
        // Now and then the request itself was altered.
        let own = &digests[usize::from(asker.digest == 2)];
        let request = ApprovalRequest {
            name: &name,
            incident: &incident,
            what: &what,
            digest: own,
            by: asker.party(),
            until: until.map(at),
        };
        let approvals = approvers.iter().map(|one| Approval {
            by: one.party(),
            digest: &digests[usize::from(one.digest)],
        });
        let verdict = request.judge(approvals, at(now), &Names(listed));
        let in_time = |minute| until.is_none_or(|until| minute <= until);
        let valid = |party: &Somebody| matches!(party.signature.as_deref(), Some("dana" | "omar"));
        let counts = approvers.iter().any(|one| {
            let signed = valid(&asker) && valid(one) && asker.signature != one.signature;
            one.actor != asker.actor
                && (one.key.is_none() || one.key != asker.key)
                && digests[usize::from(one.digest)] == digests[0]
                && asker.digest != 2
                && in_time(one.minute)
                && (signed || !listed)
        });
        let expected = match (in_time(now), counts) {
            (false, _) => Verdict::Expired,
            (true, true) => Verdict::Approved,
            (true, false) => Verdict::Waiting,
        };
        prop_assert_eq!(verdict, expected);
    }
}
