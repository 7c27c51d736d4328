//! The recipients of one mail, and the server's reply to each of them over all tries.

use lettre::Address;
use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

/// Most mails whose recipients are remembered. The same program sends a failed page again after a minute.
const REMEMBERED: usize = 512;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RecipientState {
    /// Known not to be accepted.
    Waiting,
    /// The dialogue broke after the text was sent: it may have been accepted.
    Uncertain,
    Accepted,
    /// Permanently.
    Refused,
    /// Refused permanently after it was uncertain.
    RefusedAfterUncertain,
}

impl RecipientState {
    fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Uncertain)
    }
}

/// A reply to a command, reduced to what decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SmtpReply {
    /// 2xx, 3xx.
    Yes(u16, String),
    /// 4xx: worth another try.
    Later(u16, String),
    /// 5xx, or a feature that is missing on this side.
    No(Option<u16>, String),
    /// The connection is gone or silent.
    Broken(String),
}

impl SmtpReply {
    pub(super) fn text(self) -> String {
        match self {
            Self::Yes(_, text) | Self::Later(_, text) | Self::No(_, text) => text,
            Self::Broken(text) => text,
        }
    }
}

#[derive(Debug, Clone)]
struct Recipient {
    address: Address,
    state: RecipientState,
    code: Option<u16>,
    said: String,
    /// It broke a shared transaction and gets its own.
    alone: bool,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Recipients(Vec<Recipient>);

/// Of all recipients together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MailState {
    /// Nothing is left to try, and at least one has it.
    Accepted,
    /// Nothing is left to try, and none has it.
    Refused,
    /// At least one has it; others are worth another try.
    PartlyAccepted,
    /// None has it; worth another try.
    Waiting,
    /// None is known to have it; at least one may have it.
    Uncertain,
}

impl Recipients {
    /// Each address once. An address with a local part beyond ASCII shares no transaction with others.
    pub(super) fn new(addresses: impl IntoIterator<Item = Address>) -> Self {
        let mut all: Vec<Recipient> = Vec::new();
        for address in addresses {
            if all.iter().any(|known| known.address == address) {
                continue;
            }
            let alone = !is_ascii(&address);
            let (state, said) = (RecipientState::Waiting, "not tried in time".into());
            all.push(Recipient {
                address,
                state,
                code: None,
                said,
                alone,
            });
        }
        Self(all)
    }

    /// The next open recipients that share a transaction and are not in `tried`.
    pub(super) fn group(&self, tried: &[usize]) -> Vec<usize> {
        let open = || {
            let numbered = self.0.iter().enumerate();
            numbered.filter(|(at, one)| one.state.is_open() && !tried.contains(at))
        };
        let shared: Vec<usize> = open()
            .filter(|(_, one)| !one.alone)
            .map(|(at, _)| at)
            .collect();
        match shared.is_empty() {
            false => shared,
            true => open().next().map(|(at, _)| at).into_iter().collect(),
        }
    }

    pub(super) fn open(&self) -> Vec<usize> {
        let numbered = self.0.iter().enumerate();
        numbered
            .filter(|(_, one)| one.state.is_open())
            .map(|(at, _)| at)
            .collect()
    }

    pub(super) fn address(&self, at: usize) -> Option<Address> {
        self.0.get(at).map(|one| one.address.clone())
    }

    /// `sent`: the text was sent before the reply.
    pub(super) fn note(&mut self, which: &[usize], reply: &SmtpReply, sent: bool) {
        for at in which {
            let Some(one) = self.0.get_mut(*at).filter(|one| one.state.is_open()) else {
                continue;
            };
            let (state, code, said) = match reply {
                SmtpReply::Yes(code, said) => (RecipientState::Accepted, Some(*code), said),
                SmtpReply::Later(code, said) => (one.state, Some(*code), said),
                SmtpReply::No(code, said) if one.state == RecipientState::Uncertain => {
                    (RecipientState::RefusedAfterUncertain, *code, said)
                }
                SmtpReply::No(code, said) => (RecipientState::Refused, *code, said),
                SmtpReply::Broken(said) if sent => (RecipientState::Uncertain, None, said),
                SmtpReply::Broken(said) => (one.state, None, said),
            };
            (one.state, one.code, one.said) = (state, code, said.clone());
        }
    }

    /// Each of them gets its own transaction from now on.
    pub(super) fn isolate(&mut self, which: &[usize]) {
        for at in which {
            if let Some(one) = self.0.get_mut(*at) {
                one.alone = true;
            }
        }
    }

    pub(super) fn state(&self) -> MailState {
        use RecipientState::{Accepted, RefusedAfterUncertain, Uncertain, Waiting};
        let any = |state| self.0.iter().any(|one| one.state == state);
        match (any(Accepted), any(Waiting), any(Uncertain)) {
            (true, false, false) => MailState::Accepted,
            (true, _, _) => MailState::PartlyAccepted,
            (false, _, true) => MailState::Uncertain,
            (false, _, false) if any(RefusedAfterUncertain) => MailState::Uncertain,
            (false, true, false) => MailState::Waiting,
            (false, false, false) => MailState::Refused,
        }
    }

    /// Of the first recipient that was accepted, otherwise of the first that was not.
    pub(super) fn code(&self) -> Option<u16> {
        let accepted = |one: &&Recipient| one.state == RecipientState::Accepted;
        let first = || self.0.iter().find(|one| one.code.is_some());
        let accepted = self.0.iter().find(accepted);
        accepted.or_else(first).and_then(|one| one.code)
    }

    /// The server's words in one line. Recipients without the mail are named by the beginning of their address.
    pub(super) fn summary(&self, host: &str) -> String {
        use RecipientState::{Accepted, Refused, RefusedAfterUncertain, Uncertain, Waiting};
        let said = |one: &Recipient| match one.code {
            Some(code) => format!("{code} {}", self.shorten(&one.said)),
            None => self.shorten(&one.said),
        };
        if let [one] = self.0.as_slice() {
            let perhaps = match one.state {
                Uncertain | RefusedAfterUncertain => "perhaps taken; ",
                Waiting | Accepted | Refused => "",
            };
            let answered = if one.code.is_some() { " answered" } else { ":" };
            return format!("{perhaps}{host}{answered} {}", said(one));
        }
        let (accepted, others): (Vec<_>, Vec<_>) =
            self.0.iter().partition(|one| one.state == Accepted);
        let all = self.0.len();
        let mut text = match accepted.first() {
            Some(one) => format!(
                "{host} took it for {} of {all}: {}",
                accepted.len(),
                said(one)
            ),
            None => format!("{host} took it for none of {all}"),
        };
        for one in others {
            let how = match one.state {
                Waiting => "NOT YET to",
                Uncertain | RefusedAfterUncertain => "PERHAPS to",
                Refused | Accepted => "NOT to",
            };
            // Writing to a String cannot fail.
            let _ = write!(text, "; {how} {} ({})", self.short(&one.address), said(one));
        }
        text
    }

    /// As far as it differs from the others: a whole address is more than a record needs.
    fn short(&self, address: &Address) -> String {
        let same = |one: &&Recipient| one.address.user() == address.user();
        match self.0.iter().filter(same).count() {
            0 | 1 => format!("{}@…", address.user()),
            _ => address.to_string(),
        }
    }

    /// With the addresses in the text shortened.
    fn shorten(&self, said: &str) -> String {
        let each = self.0.iter();
        each.fold(said.to_string(), |said, one| {
            let whole: &str = one.address.as_ref();
            said.replace(whole, &self.short(&one.address))
        })
    }
}

/// A server without SMTPUTF8 accepts it. Domains are already in ASCII.
pub(super) fn is_ascii(address: &Address) -> bool {
    let whole: &str = address.as_ref();
    whole.is_ascii()
}

/// By message, so that a recipient who has a mail gets no second copy.
#[derive(Default)]
pub(super) struct RecentMails(Mutex<VecDeque<(String, Arc<Mutex<Recipients>>)>>);

impl RecentMails {
    /// `new` if the message is not remembered.
    pub(super) fn recipients_of(
        &self,
        delivery_id: &str,
        new: Recipients,
    ) -> Arc<Mutex<Recipients>> {
        // The state after a panic elsewhere is still what is known.
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, found)) = known.iter().find(|(id, _)| id == delivery_id) {
            return Arc::clone(found);
        }
        if known.len() >= REMEMBERED {
            known.pop_front();
        }
        let made = Arc::new(Mutex::new(new));
        known.push_back((delivery_id.to_string(), Arc::clone(&made)));
        made
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn recipients(names: &[&str]) -> Recipients {
        let address = |name: &&str| format!("{name}@pay.example").parse().unwrap();
        Recipients::new(names.iter().map(address))
    }

    fn yes() -> SmtpReply {
        SmtpReply::Yes(250, "taken".into())
    }

    fn later() -> SmtpReply {
        SmtpReply::Later(450, "later".into())
    }

    fn no() -> SmtpReply {
        SmtpReply::No(Some(550), "nobody of that name".into())
    }

    fn broken() -> SmtpReply {
        SmtpReply::Broken("silent".into())
    }

    #[rstest]
    #[case::all(&[yes(), yes()], MailState::Accepted)]
    #[case::one_refused(&[yes(), no()], MailState::Accepted)]
    #[case::one_later(&[yes(), later()], MailState::PartlyAccepted)]
    #[case::one_uncertain(&[yes(), broken()], MailState::PartlyAccepted)]
    #[case::refused_and_later(&[no(), later()], MailState::Waiting)]
    #[case::refused_and_uncertain(&[no(), broken()], MailState::Uncertain)]
    #[case::later_and_uncertain(&[later(), broken()], MailState::Uncertain)]
    #[case::all_refused(&[no(), no()], MailState::Refused)]
    fn what_recipients_make_together(#[case] replies: &[SmtpReply], #[case] want: MailState) {
        let mut all = recipients(&["a", "b"]);
        for (at, reply) in replies.iter().enumerate() {
            all.note(&[at], reply, true);
        }
        assert_eq!(all.state(), want);
    }

    #[test]
    fn who_has_it_is_never_in_a_group_again() {
        let mut all = recipients(&["a", "b", "a", "c"]);
        assert_eq!(
            all.group(&[]),
            [0, 1, 2],
            "an address twice is one recipient"
        );
        all.note(&[0], &yes(), true);
        all.note(&[1], &later(), false);
        all.note(&[2], &no(), false);
        assert_eq!(all.group(&[]), [1]);
        all.note(&[1], &broken(), true);
        all.note(&[1], &no(), false);
        assert!(all.group(&[]).is_empty());
        let summary = all.summary("mail");
        assert!(
            summary.contains("PERHAPS to b@…") && summary.contains("NOT to c@…"),
            "{summary}"
        );
        assert!(!summary.contains("a@"), "{summary}");
    }

    #[test]
    fn who_breaks_a_transaction_gets_one_of_its_own_after_the_others() {
        let mut all = recipients(&["a", "b", "c"]);
        all.isolate(&[0]);
        assert_eq!(all.group(&[]), [1, 2]);
        assert_eq!(all.group(&[1, 2]), [0]);
        assert!(all.group(&[0, 1, 2]).is_empty());
    }

    #[test]
    fn addresses_in_the_servers_words_are_shortened() {
        let mut all = recipients(&["dana", "lee"]);
        let said = "<dana@pay.example>: unknown".to_string();
        all.note(&[0], &SmtpReply::No(Some(550), said), false);
        let summary = all.summary("mail");
        assert!(!summary.contains("dana@pay"), "{summary}");
    }
}
