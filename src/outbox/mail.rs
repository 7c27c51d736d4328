//! Mail by SMTP. A message keeps its Message-ID over all tries, so that a server can recognize a repetition. Recipients
//! are independent: refused ones are named, and only those without a final reply are tried again.

mod dialogue;
mod recipients;

use super::channel::{Attempt, Channel};
use super::credentials::{ChannelError, Credentials, certificates};
use super::message::Message;
use super::retry::DeliveryVerdict;
use crate::incident::entry::Audience;
use crate::incident::{ChannelId, TargetId};
use crate::text::secret::SecretRef;
use crate::text::{Safe, is_loopback};
use async_trait::async_trait;
use dialogue::{MailServer, without_utf8};
use lettre::Address;
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::transport::smtp::authentication::Credentials as Login;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use recipients::{MailState, RecentMails, Recipients, is_ascii};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::PoisonError;
use std::time::Duration;
use tokio::time::Instant;

const TIME_LIMIT: Duration = Duration::from_secs(15);
/// Of the SMTP dialogues of one try: their replies are known before the try ends.
const DIALOGUES: Duration = Duration::from_secs(14);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    pub name: ChannelId,
    pub host: String,
    pub port: Option<u16>,
    #[serde(default)]
    pub tls: MailProtection,
    pub user: Option<String>,
    pub password: Option<SecretRef>,
    pub from: String,
    /// By target of the escalation policy.
    #[serde(default)]
    pub to: BTreeMap<TargetId, Vec<String>>,
    /// By name in a schedule.
    #[serde(default)]
    pub people: BTreeMap<String, String>,
    #[serde(default)]
    pub updates: BTreeMap<Audience, Vec<String>>,
    /// PEM file of authorities that are trusted in addition to the system's.
    pub ca_file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MailProtection {
    /// TLS after STARTTLS, which the server must offer.
    #[default]
    Starttls,
    /// TLS from the start.
    Implicit,
    /// Only for a relay on this machine.
    None,
}

pub struct Mail {
    server: MailServer,
    from: Mailbox,
    to: BTreeMap<TargetId, Vec<Mailbox>>,
    people: BTreeMap<String, Mailbox>,
    updates: BTreeMap<Audience, Vec<Mailbox>>,
    memory: RecentMails,
}

impl Mail {
    pub fn new(
        settings: &MailSettings,
        credentials: &Credentials<'_>,
    ) -> Result<Self, ChannelError> {
        let local = is_loopback(&settings.host);
        if settings.tls == MailProtection::None && (!local || settings.password.is_some()) {
            return Err(ChannelError::PlainMail);
        }
        let default_port = match settings.tls {
            MailProtection::Starttls => 587,
            MailProtection::Implicit => 465,
            MailProtection::None => 25,
        };
        let from = mailbox(&settings.from)?;
        let login = match (&settings.user, &settings.password) {
            (Some(user), Some(password)) => {
                let password = credentials.get(password)?;
                Some(Login::new(user.clone(), password.reveal().to_string()))
            }
            _ => None,
        };
        let server = MailServer {
            host: settings.host.clone(),
            port: settings.port.unwrap_or(default_port),
            tls: protection(settings)?,
            login,
            from: from.email.clone(),
        };
        let all = |addresses: &Vec<String>| {
            let boxes = addresses.iter().map(|address| mailbox(address));
            boxes.collect::<Result<Vec<_>, _>>()
        };
        let people = settings
            .people
            .iter()
            .map(|(name, address)| Ok((name.to_lowercase(), mailbox(address)?)));
        let to = settings
            .to
            .iter()
            .map(|(target, list)| Ok((target.clone(), all(list)?)));
        let updates = settings
            .updates
            .iter()
            .map(|(audience, list)| Ok((*audience, all(list)?)));
        Ok(Self {
            server,
            from,
            to: to.collect::<Result<_, ChannelError>>()?,
            people: people.collect::<Result<_, ChannelError>>()?,
            updates: updates.collect::<Result<_, ChannelError>>()?,
            memory: RecentMails::default(),
        })
    }

    /// Of one person, or of several who are on call together: `dana and lee`.
    fn people(&self, who: &str) -> Vec<&Mailbox> {
        let who = who.to_lowercase();
        match self.people.get(&who) {
            Some(one) => vec![one],
            None => {
                let names = who.split(" and ");
                names
                    .filter_map(|name| self.people.get(name.trim()))
                    .collect()
            }
        }
    }

    fn recipients(&self, message: &Message) -> Vec<&Mailbox> {
        match message {
            Message::Page(page) => {
                let who = page.who.as_ref().map(|who| self.people(who.as_str()));
                let target = self.to.get(&page.target).into_iter().flatten();
                who.into_iter().flatten().chain(target).collect()
            }
            Message::Update(update) => self
                .updates
                .get(&update.audience)
                .into_iter()
                .flatten()
                .collect(),
            Message::Settle(_) => Vec::new(),
        }
    }

    fn letter(
        &self,
        message: &Message,
        to: &[&Mailbox],
    ) -> Result<lettre::Message, lettre::error::Error> {
        let id = format!("<{}@{}>", message.delivery_id(), self.from.email.domain());
        let text: Vec<String> = message
            .facts()
            .iter()
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        let mut letter = lettre::Message::builder()
            .from(self.from.clone())
            .subject(message.headline())
            .message_id(Some(id))
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".into(),
            ));
        for mailbox in to {
            letter = letter.to((*mailbox).clone());
        }
        letter.header(ContentType::TEXT_PLAIN).body(format!(
            "{}\n\n{}\n",
            message.headline(),
            text.join("\n")
        ))
    }
}

fn protection(settings: &MailSettings) -> Result<Tls, ChannelError> {
    if settings.tls == MailProtection::None {
        return Ok(Tls::None);
    }
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(path) = &settings.ca_file {
        let certificate = certificates(path, Certificate::from_pem)?;
        builder = builder.add_root_certificate(certificate);
    }
    let parameters = builder
        .build()
        .map_err(|error| ChannelError::Client(error.to_string()))?;
    Ok(match settings.tls {
        MailProtection::Implicit => Tls::Wrapper(parameters),
        MailProtection::Starttls | MailProtection::None => Tls::Required(parameters),
    })
}

/// Converts the domain to ASCII: every DNS name has that form.
fn mailbox(address: &str) -> Result<Mailbox, ChannelError> {
    let wrong = || ChannelError::Mailbox(Safe::line(address));
    let email: Address = address.trim().parse().map_err(|_| wrong())?;
    if email.domain().is_ascii() {
        return Ok(Mailbox::new(None, email));
    }
    let place = reqwest::Url::parse(&format!("http://{}/", email.domain()));
    let domain = place
        .ok()
        .and_then(|url| url.host_str().map(str::to_string));
    let domain = domain.ok_or_else(wrong)?;
    let email = Address::new(email.user(), domain).map_err(|_| wrong())?;
    Ok(Mailbox::new(None, email))
}

#[async_trait]
impl Channel for Mail {
    fn destination(&self) -> String {
        self.server.host.clone()
    }

    fn carries(&self, message: &Message) -> bool {
        !matches!(message, Message::Settle(_))
    }

    fn deduplicates(&self, _: &Message) -> bool {
        true
    }

    fn time_limit(&self) -> Duration {
        TIME_LIMIT
    }

    async fn problems(&self) -> Vec<String> {
        let lists = self.to.values().chain(self.updates.values()).flatten();
        let all = lists.chain(self.people.values()).chain([&self.from]);
        let mut beyond: Vec<String> = all
            .filter(|mailbox| !is_ascii(&mailbox.email))
            .map(|mailbox| mailbox.email.to_string())
            .collect();
        beyond.sort();
        beyond.dedup();
        if beyond.is_empty() {
            return Vec::new();
        }
        let why = match self.server.offers_utf8().await {
            Ok(true) => return Vec::new(),
            Ok(false) => without_utf8(&self.server.host),
            Err(said) => format!(
                "it needs SMTPUTF8 for the letters before the @, and {} cannot be asked whether it offers that: {said}",
                self.server.host
            ),
        };
        let says = |address| format!("{address} would not be reached: {why}; name another address");
        beyond.into_iter().map(says).collect()
    }

    fn preview(&self, message: &Message) -> Option<String> {
        let to = self.recipients(message);
        let letter = self.letter(message, &to).ok()?;
        Some(String::from_utf8_lossy(&letter.formatted()).into_owned())
    }

    async fn attempt(&self, message: &Message) -> Attempt {
        let deadline = Instant::now() + DIALOGUES;
        let to = self.recipients(message);
        if to.is_empty() {
            return Attempt::new(
                DeliveryVerdict::Refused,
                "no address is configured for this target",
            );
        }
        let addresses = to.iter().map(|mailbox| mailbox.email.clone());
        let shared = self
            .memory
            .recipients_of(&message.delivery_id(), Recipients::new(addresses));
        let letter = |utf8: bool| {
            // A server without SMTPUTF8 accepts no message that contains such an address.
            let named = to.iter().copied();
            let named: Vec<&Mailbox> = named
                .filter(|mailbox| utf8 || is_ascii(&mailbox.email))
                .collect();
            let letter = self.letter(message, &named);
            letter
                .map(|letter| letter.formatted())
                .map_err(|error| format!("no letter can be made: {error}"))
        };
        self.server.deliver(&shared, letter, deadline).await;
        let known = shared.lock().unwrap_or_else(PoisonError::into_inner);
        let verdict = match known.state() {
            MailState::Accepted => DeliveryVerdict::Accepted,
            MailState::Refused => DeliveryVerdict::Refused,
            MailState::PartlyAccepted => DeliveryVerdict::PartlyAccepted,
            MailState::Waiting => DeliveryVerdict::NotAccepted(None),
            MailState::Uncertain => DeliveryVerdict::Ambiguous,
        };
        Attempt {
            verdict,
            http: known.code(),
            detail: Safe::line(&known.summary(&self.server.host)),
            remote: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::one("Dana", &["dana@pay.example"])]
    #[case::two("dana and lee", &["dana@pay.example", "lee@pay.example"])]
    #[case::one_of_two_is_known("dana and omar", &["dana@pay.example"])]
    #[case::a_name_with_the_word_in_it("Anderson and Sons", &["desk@pay.example"])]
    #[case::nobody_known("omar", &[])]
    fn everybody_who_is_on_call_together_gets_the_mail(
        #[case] who: &str,
        #[case] addresses: &[&str],
    ) {
        let settings: MailSettings = serde_saphyr::from_str(
            "{name: mail, host: localhost, tls: none, from: warroom@pay.example, to: {on-call: [oncall@pay.example]}, \
             people: {Dana: dana@pay.example, lee: lee@pay.example, Anderson and Sons: desk@pay.example}}",
        )
        .unwrap();
        let fetch = |_: &crate::text::secret::SecretRef| Err("none".to_string());
        let mail = Mail::new(&settings, &Credentials::new(&fetch)).unwrap();
        let found = mail
            .people(who)
            .into_iter()
            .map(|one| one.email.to_string());
        assert_eq!(found.collect::<Vec<_>>(), addresses);
    }
}
