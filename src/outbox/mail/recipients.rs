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
    Doubt,
    Taken,
    /// Refused permanently.
    Refused,
    /// Refused permanently after a doubt.
    Unsure,
}

impl RecipientState {
    fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Doubt)
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

#[derive(Debug, Clone)]
struct Recipient {
    address: Address,
    state: RecipientState,
    code: Option<u16>,
    said: String,
    /// Gets its own transaction because it broke a shared one.
    alone: bool,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Recipients(Vec<Recipient>);

/// The state of all recipients together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MailState {
    /// Nothing is left to try, and at least one has it.
    Taken,
    /// Nothing is left to try, and none has it.
    Refused,
    /// At least one has it; others are worth another try.
    Partly,
    /// None has it; worth another try.
    Waiting,
    /// None is known to have it; at least one may have it.
    Doubt,
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

    /// Records a reply for some recipients. `sent`: the text was sent before it.
    pub(super) fn note(&mut self, which: &[usize], reply: &SmtpReply, sent: bool) {
        for at in which {
            let Some(one) = self.0.get_mut(*at).filter(|one| one.state.is_open()) else {
                continue;
            };
            let (state, code, said) = match reply {
                SmtpReply::Yes(code, said) => (RecipientState::Taken, Some(*code), said),
                SmtpReply::Later(code, said) => (one.state, Some(*code), said),
                SmtpReply::No(code, said) if one.state == RecipientState::Doubt => {
                    (RecipientState::Unsure, *code, said)
                }
                SmtpReply::No(code, said) => (RecipientState::Refused, *code, said),
                SmtpReply::Broken(said) if sent => (RecipientState::Doubt, None, said),
                SmtpReply::Broken(said) => (one.state, None, said),
            };
            (one.state, one.code, one.said) = (state, code, said.clone());
        }
    }

    /// Gives each of them its own transaction from here on.
    pub(super) fn part(&mut self, which: &[usize]) {
        for at in which {
            if let Some(one) = self.0.get_mut(*at) {
                one.alone = true;
            }
        }
    }

    pub(super) fn together(&self) -> MailState {
        let any = |state| self.0.iter().any(|one| one.state == state);
        match (
            any(RecipientState::Taken),
            any(RecipientState::Waiting),
            any(RecipientState::Doubt),
        ) {
            (true, false, false) => MailState::Taken,
            (true, _, _) => MailState::Partly,
            (false, _, true) => MailState::Doubt,
            (false, true, false) if any(RecipientState::Unsure) => MailState::Doubt,
            (false, true, false) => MailState::Waiting,
            (false, false, false) if any(RecipientState::Unsure) => MailState::Doubt,
            (false, false, false) => MailState::Refused,
        }
    }

    /// The code for all: of the first that accepted, otherwise of the first that did not.
    pub(super) fn code(&self) -> Option<u16> {
        let taken = self.0.iter().find(|one| one.state == RecipientState::Taken);
        let first = || self.0.iter().find(|one| one.code.is_some());
        taken.or_else(first).and_then(|one| one.code)
    }

    /// The server's words in one line; recipients without the mail are named by the beginning of their address.
    pub(super) fn told(&self, host: &str) -> String {
        let said = |one: &Recipient| match one.code {
            Some(code) => format!("{code} {}", self.shorten(&one.said)),
            None => self.shorten(&one.said),
        };
        if let [one] = self.0.as_slice() {
            let perhaps = match one.state {
                RecipientState::Doubt | RecipientState::Unsure => "perhaps taken; ",
                RecipientState::Waiting | RecipientState::Taken | RecipientState::Refused => "",
            };
            return match one.code {
                Some(_) => format!("{perhaps}{host} answered {}", said(one)),
                None => format!("{perhaps}{host}: {}", said(one)),
            };
        }
        let taken = self
            .0
            .iter()
            .filter(|one| one.state == RecipientState::Taken);
        let mut text = match taken.clone().next() {
            Some(one) => format!(
                "{host} took it for {} of {}: {}",
                taken.count(),
                self.0.len(),
                said(one)
            ),
            None => format!("{host} took it for none of {}", self.0.len()),
        };
        for one in self
            .0
            .iter()
            .filter(|one| one.state != RecipientState::Taken)
        {
            let how = match one.state {
                RecipientState::Waiting => "NOT YET to",
                RecipientState::Doubt | RecipientState::Unsure => "PERHAPS to",
                RecipientState::Refused | RecipientState::Taken => "NOT to",
            };
            // Writing to a String cannot fail.
            let _ = write!(text, "; {how} {} ({})", self.short(&one.address), said(one));
        }
        text
    }

    /// The beginning of an address, as far as it differs from the others: the whole is more than a record needs.
    fn short(&self, address: &Address) -> String {
        let same = |one: &&Recipient| one.address.user() == address.user();
        match self.0.iter().filter(same).count() {
            0 | 1 => format!("{}@…", address.user()),
            _ => address.to_string(),
        }
    }

    /// The server's words with the addresses in them shortened.
    fn shorten(&self, said: &str) -> String {
        let each = self.0.iter();
        each.fold(said.to_string(), |said, one| {
            let whole: &str = one.address.as_ref();
            said.replace(whole, &self.short(&one.address))
        })
    }
}

/// Whether a server without SMTPUTF8 accepts the address. Domains are already in ASCII.
pub(super) fn is_ascii(address: &Address) -> bool {
    let whole: &str = address.as_ref();
    whole.is_ascii()
}

/// The recipients of the latest mails, by message: a recipient that has a mail gets no second copy.
#[derive(Default)]
pub(super) struct RecentMails(Mutex<VecDeque<(String, Arc<Mutex<Recipients>>)>>);

impl RecentMails {
    /// The remembered recipients of a message; `new` if it is not remembered.
    pub(super) fn of(&self, occasion: &str, new: Recipients) -> Arc<Mutex<Recipients>> {
        // The state after a panic elsewhere is still what is known.
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, found)) = known.iter().find(|(id, _)| id == occasion) {
            return Arc::clone(found);
        }
        if known.len() >= REMEMBERED {
            known.pop_front();
        }
        let made = Arc::new(Mutex::new(new));
        known.push_back((occasion.to_string(), Arc::clone(&made)));
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
    #[case::all(&[yes(), yes()], MailState::Taken)]
    #[case::one_refused(&[yes(), no()], MailState::Taken)]
    #[case::one_later(&[yes(), later()], MailState::Partly)]
    #[case::one_in_doubt(&[yes(), broken()], MailState::Partly)]
    #[case::refused_and_later(&[no(), later()], MailState::Waiting)]
    #[case::refused_and_doubt(&[no(), broken()], MailState::Doubt)]
    #[case::later_and_doubt(&[later(), broken()], MailState::Doubt)]
    #[case::all_refused(&[no(), no()], MailState::Refused)]
    fn what_recipients_make_together(#[case] replies: &[SmtpReply], #[case] want: MailState) {
        let mut all = recipients(&["a", "b"]);
        for (at, reply) in replies.iter().enumerate() {
            all.note(&[at], reply, true);
        }
        assert_eq!(all.together(), want);
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
        let told = all.told("mail");
        assert!(
            told.contains("PERHAPS to b@…") && told.contains("NOT to c@…") && !told.contains("a@"),
            "{told}"
        );
    }

    #[test]
    fn who_breaks_a_transaction_gets_one_of_its_own_after_the_others() {
        let mut all = recipients(&["a", "b", "c"]);
        all.part(&[0]);
        assert_eq!(all.group(&[]), [1, 2]);
        assert_eq!(all.group(&[1, 2]), [0]);
        assert!(all.group(&[0, 1, 2]).is_empty());
    }

    #[test]
    fn addresses_in_the_servers_words_are_shortened() {
        let mut all = recipients(&["dana", "lee"]);
        let said = "<dana@pay.example>: unknown".to_string();
        all.note(&[0], &SmtpReply::No(Some(550), said), false);
        assert!(
            !all.told("mail").contains("dana@pay"),
            "{}",
            all.told("mail")
        );
    }
}
