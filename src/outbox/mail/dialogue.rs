//! One dialogue with a mail server: a refused recipient does not delay the others.

use super::recipients::{Recipients, SmtpReply, is_ascii};
use lettre::Address;
use lettre::transport::smtp::authentication::{Credentials as Login, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Tls};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Response;
use std::error::Error as _;
use std::fmt::Display;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, timeout, timeout_at};

/// Of one reply of the server.
const TIMEOUT: Duration = Duration::from_secs(5);

pub(super) struct MailServer {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) tls: Tls,
    pub(super) login: Option<Login>,
    pub(super) from: Address,
}

enum TransactionEnd {
    /// Every recipient has a reply, and the connection can be used again.
    Answered,
    /// The connection is gone, broken by this recipient; replies before it count.
    BrokenBy(usize),
    /// The server refused the text for these recipients together: one of them may be the reason.
    TextRefused(Vec<usize>),
    /// The connection is gone, and no single recipient broke it.
    Gone,
}

type SharedRecipients<'r> = &'r Mutex<Recipients>;

fn lock(recipients: SharedRecipients<'_>) -> MutexGuard<'_, Recipients> {
    // The state after a panic elsewhere is still what is known.
    recipients.lock().unwrap_or_else(PoisonError::into_inner)
}

impl MailServer {
    /// Tries every open recipient once, until the deadline. `recipients` has the replies so far at any time.
    pub(super) async fn deliver(
        &self,
        recipients: SharedRecipients<'_>,
        letter: impl Fn(bool) -> Result<Vec<u8>, String>,
        deadline: Instant,
    ) {
        let mut tried: Vec<usize> = Vec::new();
        let mut connection: Option<AsyncSmtpConnection> = None;
        loop {
            let group = lock(recipients).group(&tried);
            if group.is_empty() || Instant::now() >= deadline {
                break;
            }
            let mut open = match connection.take() {
                Some(open) => open,
                None => match self.connect(deadline).await {
                    Ok(open) => open,
                    Err(reply) => {
                        let all = lock(recipients).open();
                        lock(recipients).note(&all, &reply, false);
                        return;
                    }
                },
            };
            match self
                .transact(&mut open, &group, recipients, &letter, deadline)
                .await
            {
                TransactionEnd::Answered => {
                    tried.extend(&group);
                    connection = Some(open);
                }
                TransactionEnd::BrokenBy(one) => {
                    lock(recipients).isolate(&[one]);
                    tried.push(one);
                }
                // Each gets its own transaction, at once.
                TransactionEnd::TextRefused(sharing) => {
                    lock(recipients).isolate(&sharing);
                    tried.extend(group.iter().filter(|at| !sharing.contains(at)));
                    connection = Some(open);
                }
                TransactionEnd::Gone => tried.extend(&group),
            }
        }
        if let Some(mut open) = connection {
            let _ = timeout(Duration::from_secs(1), open.quit()).await;
        }
    }

    /// Sends nothing.
    pub(super) async fn offers_utf8(&self) -> Result<bool, String> {
        let mut open = match self.connect(Instant::now() + 2 * TIMEOUT).await {
            Ok(open) => open,
            Err(reply) => return Err(reply.text()),
        };
        let offers = open.server_info().supports_feature(Extension::SmtpUtfEight);
        let _ = timeout(Duration::from_secs(1), open.quit()).await;
        Ok(offers)
    }

    /// With the configured protection, and logged in. Without a connection nothing was sent.
    async fn connect(&self, deadline: Instant) -> Result<AsyncSmtpConnection, SmtpReply> {
        let whole = async {
            let hello = ClientId::default();
            let wrapper = match &self.tls {
                Tls::Wrapper(parameters) => Some(parameters.clone()),
                Tls::None | Tls::Opportunistic(_) | Tls::Required(_) => None,
            };
            let place = (self.host.as_str(), self.port);
            let mut open =
                AsyncSmtpConnection::connect_tokio1(place, Some(TIMEOUT), &hello, wrapper, None)
                    .await?;
            if let Tls::Required(parameters) = &self.tls {
                open.starttls(parameters.clone(), &hello).await?;
            }
            if let Some(login) = &self.login {
                open.auth(DEFAULT_MECHANISMS, login).await?;
            }
            Ok(open)
        };
        let limit = deadline.min(Instant::now() + 2 * TIMEOUT);
        match timeout_at(limit, whole).await {
            Ok(Ok(open)) => Ok(open),
            Ok(Err(error)) => Err(unsuccessful(&error)),
            Err(_) => Err(silent()),
        }
    }

    /// One message to a group: MAIL, RCPT for each, DATA if one is accepted.
    async fn transact(
        &self,
        open: &mut AsyncSmtpConnection,
        group: &[usize],
        recipients: SharedRecipients<'_>,
        letter: &impl Fn(bool) -> Result<Vec<u8>, String>,
        deadline: Instant,
    ) -> TransactionEnd {
        let addresses: Vec<(usize, Address)> = {
            let known = lock(recipients);
            let with_address = |at: &usize| Some((*at, known.address(*at)?));
            group.iter().filter_map(with_address).collect()
        };
        let utf8 = !is_ascii(&self.from) || addresses.iter().any(|(_, to)| !is_ascii(to));
        let (letter, parameters) = match letter(utf8).and_then(|letter| {
            let parameters = self.parameters(open, utf8, letter.is_ascii())?;
            Ok((letter, parameters))
        }) {
            Ok(made) => made,
            Err(why) => {
                lock(recipients).note(group, &SmtpReply::No(None, why), false);
                return TransactionEnd::Answered;
            }
        };
        let from = Mail::new(Some(self.from.clone()), parameters);
        match command(open, from, deadline).await {
            SmtpReply::Yes(..) => {}
            reply => {
                lock(recipients).note(group, &reply, false);
                return after(&reply);
            }
        }
        let mut accepted = Vec::new();
        for (at, address) in addresses {
            let reply = command(open, Rcpt::new(address, Vec::new()), deadline).await;
            match reply {
                SmtpReply::Yes(..) => accepted.push(at),
                _ => {
                    lock(recipients).note(&[at], &reply, false);
                    if closes(&reply) {
                        return TransactionEnd::BrokenBy(at);
                    }
                }
            }
        }
        if accepted.is_empty() {
            return TransactionEnd::Answered;
        }
        let (mut reply, mut sent) = (command(open, Data, deadline).await, false);
        if matches!(reply, SmtpReply::Yes(..)) {
            sent = true;
            // A server may inspect the text for a while: it gets all the time that is left.
            reply = match timeout_at(deadline, open.message(&letter)).await {
                Ok(result) => judge(result),
                Err(_) => silent(),
            };
        }
        let refused = matches!(reply, SmtpReply::Later(..) | SmtpReply::No(..));
        if refused && accepted.len() > 1 && !closes(&reply) {
            return TransactionEnd::TextRefused(accepted);
        }
        lock(recipients).note(&accepted, &reply, sent);
        if sent && closes(&reply) {
            // From now on a recipient that breaks the dialogue leaves only itself uncertain.
            lock(recipients).isolate(&accepted);
        }
        after(&reply)
    }

    /// That this message needs, as far as the server offers them.
    fn parameters(
        &self,
        open: &AsyncSmtpConnection,
        utf8: bool,
        ascii: bool,
    ) -> Result<Vec<MailParameter>, String> {
        let offers = |feature| open.server_info().supports_feature(feature);
        let mut parameters = Vec::new();
        if utf8 {
            if !offers(Extension::SmtpUtfEight) {
                return Err(without_utf8(&self.host));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if !ascii {
            if !offers(Extension::EightBitMime) {
                return Err(format!("{} does not offer 8BITMIME", self.host));
            }
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        Ok(parameters)
    }
}

/// Why a recipient with a local part beyond ASCII cannot be reached.
pub(super) fn without_utf8(host: &str) -> String {
    format!(
        "{host} does not offer SMTPUTF8, which an address with letters beyond ASCII before the @ needs"
    )
}

fn after(reply: &SmtpReply) -> TransactionEnd {
    match closes(reply) {
        true => TransactionEnd::Gone,
        false => TransactionEnd::Answered,
    }
}

/// The connection cannot be used after this reply.
fn closes(reply: &SmtpReply) -> bool {
    /// RFC 5321, 3.8: the server closes the connection.
    const CLOSING: u16 = 421;
    matches!(reply, SmtpReply::Broken(_) | SmtpReply::Later(CLOSING, _))
}

fn silent() -> SmtpReply {
    SmtpReply::Broken("no answer in time".into())
}

async fn command(
    open: &mut AsyncSmtpConnection,
    smtp_command: impl Display,
    deadline: Instant,
) -> SmtpReply {
    let limit = deadline.min(Instant::now() + TIMEOUT);
    match timeout_at(limit, open.command(smtp_command)).await {
        Ok(result) => judge(result),
        Err(_) => silent(),
    }
}

fn judge(result: Result<Response, lettre::transport::smtp::Error>) -> SmtpReply {
    match result {
        Ok(response) => {
            let said = response.first_line().unwrap_or_default();
            SmtpReply::Yes(response.code().into(), said.to_string())
        }
        Err(error) => unsuccessful(&error),
    }
}

fn unsuccessful(error: &lettre::transport::smtp::Error) -> SmtpReply {
    let said = error
        .source()
        .map_or(error.to_string(), ToString::to_string);
    let code: Option<u16> = error.status().map(Into::into);
    match code {
        Some(code) if error.is_transient() => SmtpReply::Later(code, said),
        Some(code) => SmtpReply::No(Some(code), said),
        // Found by this program, such as a server without STARTTLS.
        None if error.is_client() => SmtpReply::No(None, said),
        None => SmtpReply::Broken(said),
    }
}
