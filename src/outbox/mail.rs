//! Mail by SMTP. One Message-ID for each call, however often it is tried, so that a server can tell a repetition.

use super::message::Message;
use super::post::{Attempt, Channel};
use super::retry::Verdict;
use super::settings::{ChannelError, Credentials};
use crate::incident::Slug;
use crate::incident::entry::Audience;
use crate::text::Safe;
use crate::text::secret::SecretRef;
use async_trait::async_trait;
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::transport::smtp::authentication::Credentials as Login;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// Longest wait for one reply of the server.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Longest time of one dialogue.
const PATIENCE: Duration = Duration::from_secs(15);

/// A mail server as the configuration file gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    /// The channel's name in policies.
    pub name: Slug,
    /// The server.
    pub host: String,
    /// Its port.
    #[serde(default)]
    pub port: Option<u16>,
    /// How the connection is protected.
    #[serde(default)]
    pub tls: Protection,
    /// The user, where the server asks for one.
    #[serde(default)]
    pub user: Option<String>,
    /// The user's password.
    #[serde(default)]
    pub password: Option<SecretRef>,
    /// The sender.
    pub from: String,
    /// Addresses by target of the escalation.
    #[serde(default)]
    pub to: BTreeMap<Slug, Vec<String>>,
    /// Addresses by the name that a schedule gives.
    #[serde(default)]
    pub people: BTreeMap<String, String>,
    /// Addresses by audience of updates.
    #[serde(default)]
    pub updates: BTreeMap<Audience, Vec<String>>,
    /// Certificates that are trusted besides the system's.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
}

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protection {
    /// TLS after STARTTLS, which the server must offer.
    #[default]
    Starttls,
    /// TLS from the start.
    Implicit,
    /// None: only for a relay on this machine.
    None,
}

/// A mail server, ready to send.
pub struct Mail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    host: String,
    from: Mailbox,
    to: BTreeMap<Slug, Vec<Mailbox>>,
    people: BTreeMap<String, Mailbox>,
    updates: BTreeMap<Audience, Vec<Mailbox>>,
}

impl Mail {
    /// Checks the addresses and fetches the password.
    pub fn new(
        settings: &MailSettings,
        credentials: &Credentials<'_>,
    ) -> Result<Self, ChannelError> {
        let local = matches!(settings.host.as_str(), "localhost" | "127.0.0.1" | "::1");
        if settings.tls == Protection::None && (!local || settings.password.is_some()) {
            return Err(ChannelError::PlainMail);
        }
        let usual = match settings.tls {
            Protection::Starttls => 587,
            Protection::Implicit => 465,
            Protection::None => 25,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)
            .port(settings.port.unwrap_or(usual))
            .timeout(Some(TIMEOUT))
            .tls(protection(settings)?);
        if let (Some(user), Some(password)) = (&settings.user, &settings.password) {
            let password = credentials.get(password)?;
            builder = builder.credentials(Login::new(user.clone(), password.reveal().to_string()));
        }
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
            transport: builder.build(),
            host: settings.host.clone(),
            from: mailbox(&settings.from)?,
            to: to.collect::<Result<_, ChannelError>>()?,
            people: people.collect::<Result<_, ChannelError>>()?,
            updates: updates.collect::<Result<_, ChannelError>>()?,
        })
    }

    fn recipients(&self, message: &Message) -> Vec<&Mailbox> {
        match message {
            Message::Page(page) => {
                let who = page.who.as_ref().map(|who| who.as_str().to_lowercase());
                let person = who.and_then(|who| self.people.get(&who));
                let target = self.to.get(&page.target).into_iter().flatten();
                person.into_iter().chain(target).collect()
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
        let id = format!("<{}@{}>", message.occasion(), self.from.email.domain());
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
    if settings.tls == Protection::None {
        return Ok(Tls::None);
    }
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(path) = &settings.ca_file {
        let unusable = |why: String| ChannelError::Certificates(path.clone(), why);
        let pem = crate::files::bytes(path, crate::files::MAX_TEXT)
            .map_err(|error| unusable(error.to_string()))?;
        let certificate =
            Certificate::from_pem(&pem).map_err(|_| unusable("it is not PEM".into()))?;
        builder = builder.add_root_certificate(certificate);
    }
    let parameters = builder
        .build()
        .map_err(|error| ChannelError::Client(error.to_string()))?;
    Ok(match settings.tls {
        Protection::Implicit => Tls::Wrapper(parameters),
        Protection::Starttls | Protection::None => Tls::Required(parameters),
    })
}

fn mailbox(address: &str) -> Result<Mailbox, ChannelError> {
    let email: Address = address
        .trim()
        .parse()
        .map_err(|_| ChannelError::Mailbox(Safe::line(address)))?;
    Ok(Mailbox::new(None, email))
}

#[async_trait]
impl Channel for Mail {
    fn place(&self) -> String {
        self.host.clone()
    }

    fn carries(&self, message: &Message) -> bool {
        !matches!(message, Message::Settle(_))
    }

    fn knows_repetitions(&self, _: &Message) -> bool {
        true
    }

    fn patience(&self) -> Duration {
        PATIENCE
    }

    async fn attempt(&self, message: &Message) -> Attempt {
        let attempt = |verdict, http, detail: String| Attempt {
            verdict,
            http,
            detail: Safe::line(&detail),
            remote: None,
        };
        let to = self.recipients(message);
        if to.is_empty() {
            return attempt(
                Verdict::Refused,
                None,
                "no address is configured for this target".into(),
            );
        }
        let letter = match self.letter(message, &to) {
            Ok(letter) => letter,
            Err(error) => {
                return attempt(
                    Verdict::Refused,
                    None,
                    format!("no letter can be made: {error}"),
                );
            }
        };
        match self.transport.send(letter).await {
            Ok(response) => {
                let code: u16 = response.code().into();
                let said = response.first_line().unwrap_or_default();
                attempt(
                    Verdict::Accepted,
                    Some(code),
                    format!("{} answered {code} {said}", self.host),
                )
            }
            Err(error) => {
                let code: Option<u16> = error.status().map(Into::into);
                attempt(judge(&error), code, format!("{}: {error}", self.host))
            }
        }
    }
}

/// 4xx may pass, 5xx is final. A connection that was never made has carried nothing; one that broke may have.
fn judge(error: &lettre::transport::smtp::Error) -> Verdict {
    // lettre tells a connection that was never made, TLS included, by its words only.
    let never_made = error.is_tls() || error.to_string().starts_with("Connection error");
    if error.is_transient() || never_made {
        return Verdict::NotTaken(None);
    }
    match error.is_permanent() || error.is_client() {
        true => Verdict::Refused,
        false => Verdict::Ambiguous,
    }
}
