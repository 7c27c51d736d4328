//! Channels as the program opens them, and messages to send through them.

use chrono::{DateTime, Utc};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use warroom::harness::Audience;
use warroom::harness::Safe;
use warroom::harness::{
    About, ChannelSettings, Credentials, Delivery, Message, Page, Sender, Update,
};
use warroom::harness::{Clock, SystemClock};
use warroom::harness::{IncidentId, Slug, Status};
use warroom::harness::{Secret, SecretRef};

/// The secret part of every address, and the token of every credential.
pub(crate) const HIDDEN: &str = "hiddenpart4711";
pub(crate) const SIGNING: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

pub(crate) fn slug<I: From<Slug>>(text: &str) -> I {
    Slug::new(text).unwrap().into()
}

pub(crate) fn about() -> About {
    About {
        incident: IncidentId::new("INC-20261126-0001").unwrap(),
        title: Safe::line("Payments failing in EU"),
        severity: None,
        started: Some(DateTime::UNIX_EPOCH),
        head: "3/abcdef012345".into(),
    }
}

pub(crate) fn page() -> Message {
    Message::Page(Page {
        id: slug("page-inc-20261126-0001.on-call"),
        about: about(),
        level: slug("on-call"),
        target: slug("on-call"),
        who: Some(Safe::line("dana")),
        because: vec![slug("customer-data")],
        due: DateTime::<Utc>::UNIX_EPOCH,
        repeat: 0,
    })
}

pub(crate) fn update(remote: Option<&str>) -> Message {
    Message::Update(Update {
        id: slug("update-inc-20261126-0001.12"),
        about: about(),
        audience: Audience::Users,
        status: Status::Identified,
        service: Some(slug("payments")),
        text: Safe::line("Card payments fail for some of you. We know why and are on it."),
        next: None,
        remote: remote.map(slug),
        repeat: 0,
    })
}

/// The settings of a channel of this kind at this address.
pub(crate) fn settings(kind: &str, url: &str) -> String {
    match kind {
        "slack" | "teams" => {
            format!("{{kind: {kind}, name: {kind}, url: {{env: URL={url}/{HIDDEN}}}}}")
        }
        "pagerduty" => {
            format!("{{kind: {kind}, name: {kind}, routing_key: {{env: KEY}}, url: '{url}'}}")
        }
        "statuspage" => format!(
            "{{kind: {kind}, name: {kind}, page: page1, token: {{env: KEY}}, title: Payments, url: '{url}'}}"
        ),
        "webhook" => format!(
            "{{kind: {kind}, name: {kind}, url: '{url}/{HIDDEN}', secret: {{env: SIGNING}}}}"
        ),
        other => panic!("{other}"),
    }
}

/// Opens a channel; a reference `URL=…` gives what stands behind it.
pub(crate) fn open(settings: &str) -> Result<Sender, String> {
    let settings: ChannelSettings =
        serde_saphyr::from_str(settings).map_err(|error| error.to_string())?;
    // The one host of the tests beyond this machine that gets messages over plain http.
    let far = warroom::harness::PlainHttp::new(&["pay.invalid".to_string()]);
    let fetch = |reference: &SecretRef| {
        let SecretRef::Env(name) = reference else {
            return Err("only the environment here".to_string());
        };
        Ok(Secret::new(match name.as_str() {
            "KEY" => HIDDEN,
            "SIGNING" => SIGNING,
            url => url.strip_prefix("URL=").unwrap(),
        }))
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    settings
        .open(&Credentials::new(&fetch).allowing(&far), &clock)
        .map_err(|error| error.to_string())
}

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

/// What is wrong with cases that are played all at once: most of the time is waiting.
pub(crate) fn at_once<F>(cases: impl Iterator<Item = F>) -> Vec<String>
where
    F: Future<Output = Option<String>> + Send + 'static,
{
    runtime().block_on(async {
        let tasks: Vec<_> = cases.map(tokio::spawn).collect();
        let mut wrong = Vec::new();
        for task in tasks {
            wrong.extend(task.await.unwrap());
        }
        wrong
    })
}

pub(crate) fn send(kind: &str, url: &str, message: &Message) -> Delivery {
    let delivery =
        runtime().block_on(async { open(&settings(kind, url)).unwrap().send(message).await });
    assert!(
        !delivery.detail.as_str().contains(HIDDEN),
        "{}",
        delivery.detail
    );
    delivery
}

/// Runs openssl with the words of a line.
pub(crate) fn openssl(directory: &Path, line: &str) {
    let output = Command::new("openssl")
        .args(line.split(' '))
        .current_dir(directory)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "openssl {line}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// An authority of its own, and a certificate for this machine by it.
pub(crate) fn certificate(directory: &Path) {
    std::fs::write(
        directory.join("san"),
        "subjectAltName=DNS:localhost,IP:127.0.0.1",
    )
    .unwrap();
    for line in [
        "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=authority",
        "req -newkey rsa:2048 -nodes -keyout key.pem -out csr.pem -subj /CN=localhost",
        "x509 -req -in csr.pem -CA ca.pem -CAkey ca.key -CAcreateserial -out cert.pem -days 2 -extfile san",
    ] {
        openssl(directory, line);
    }
}
