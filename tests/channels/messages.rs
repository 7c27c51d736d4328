//! What the channels send: ids, signatures, keys, words.

use super::server::{Does, Server, answer};
use chrono::{DateTime, Utc};
use std::sync::Arc;
use warroom::incident::entry::{Audience, PageOutcome, Settled};
use warroom::incident::{IncidentId, Slug, Status};
use warroom::journal::{Clock, SystemClock};
use warroom::outbox::{
    About, ChannelSettings, Credentials, Delivery, Message, Page, Sender, Settle, Update, sign,
};
use warroom::text::Safe;
use warroom::text::secret::{Secret, SecretRef};

/// The secret part of every address, and the token of every credential.
pub(crate) const HIDDEN: &str = "hiddenpart4711";
const SIGNING: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

pub(crate) fn slug(text: &str) -> Slug {
    Slug::new(text).unwrap()
}

fn about() -> About {
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
    let far = warroom::text::PlainHttp::new(&["pay.invalid".to_string()]);
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

pub(crate) fn signed() {
    use base64::Engine as _;
    let server = Server::start(vec![answer(503, ""), answer(200, "")]);
    let delivery = send("webhook", &server.url(), &page());
    assert_eq!(
        (delivery.outcome, delivery.attempts),
        (PageOutcome::Accepted, 2)
    );
    let requests = server.requests();
    assert_eq!(
        requests[0].header("webhook-id"),
        requests[1].header("webhook-id")
    );
    let key = base64::engine::general_purpose::STANDARD
        .decode(SIGNING.trim_start_matches("whsec_"))
        .unwrap();
    for request in &requests {
        let (id, at) = (
            request.header("webhook-id"),
            request.header("webhook-timestamp"),
        );
        assert_eq!(
            request.header("webhook-signature"),
            sign(&key, &id, &at, &request.body)
        );
    }
    assert_eq!(requests[1].json()["data"]["on_call"], "dana");
}

pub(crate) fn host_only() {
    for kind in ["slack", "teams", "pagerduty", "webhook"] {
        let server = Server::start(vec![answer(410, "gone")]);
        let delivery = send(kind, &server.url(), &page());
        assert_eq!(
            (delivery.outcome, delivery.http),
            (PageOutcome::Refused, Some(410)),
            "{kind}"
        );
        assert_eq!(server.requests().len(), 1, "{kind}");
    }
}

pub(crate) fn pagerduty() {
    let taken = r#"{"status":"success","message":"Event processed","dedup_key":"k"}"#;
    let server = Server::start(vec![answer(202, taken)]);
    let settle = |how| {
        Message::Settle(Settle {
            id: slug("page-inc-20261126-0001.on-call.acknowledged"),
            repeat: 0,
            page: slug("page-inc-20261126-0001.on-call"),
            about: about(),
            how,
        })
    };
    for message in [
        page(),
        settle(Settled::Acknowledged),
        settle(Settled::Resolved),
    ] {
        assert_eq!(
            send("pagerduty", &server.url(), &message).outcome,
            PageOutcome::Accepted
        );
    }
    let requests = server.requests();
    let said: Vec<(String, String)> = requests
        .iter()
        .map(|request| {
            let json = request.json();
            assert_eq!(json["routing_key"], HIDDEN);
            let text = |name: &str| json[name].as_str().unwrap().to_string();
            (text("event_action"), text("dedup_key"))
        })
        .collect();
    let key = "page-inc-20261126-0001.on-call";
    let want =
        ["trigger", "acknowledge", "resolve"].map(|action| (action.to_string(), key.to_string()));
    assert_eq!(said, want);
    assert_eq!(requests[0].first(), "POST /v2/enqueue HTTP/1.1");
    let payload = &requests[0].json()["payload"];
    assert_eq!(
        payload["severity"], "critical",
        "not classified counts as the worst"
    );
    assert!(payload["summary"].as_str().unwrap().chars().count() <= 1_024);
    // What is not for it is not sent.
    let update = send("pagerduty", &server.url(), &update(None));
    assert_eq!(
        (update.outcome, server.requests().len()),
        (PageOutcome::NoChannel, 3)
    );
}

pub(crate) fn statuspage() {
    let server = Server::start(vec![answer(
        201,
        r#"{"id":"p31zjtct2jer","status":"identified"}"#,
    )]);
    let first = send("statuspage", &server.url(), &update(None));
    assert_eq!(first.outcome, PageOutcome::Accepted);
    let id = first.remote.unwrap();
    send("statuspage", &server.url(), &update(Some(id.as_str())));
    let requests = server.requests();
    assert_eq!(
        requests[0].first(),
        "POST /v1/pages/page1/incidents HTTP/1.1"
    );
    assert_eq!(
        requests[1].first(),
        "PATCH /v1/pages/page1/incidents/p31zjtct2jer HTTP/1.1"
    );
    assert_eq!(
        requests[0].header("authorization"),
        format!("OAuth {HIDDEN}")
    );
    let incident = &requests[0].json()["incident"];
    assert_eq!(
        (&incident["name"], &incident["status"]),
        (&"Payments".into(), &"identified".into())
    );
    // The inner title of the incident is not for users.
    assert!(
        !requests[0].body.contains("failing in EU"),
        "{}",
        requests[0].body
    );
}

pub(crate) fn hostile() {
    let mut message = page();
    if let Message::Page(page) = &mut message {
        page.about.title = Safe::line(
            "<!channel> <https://evil.example|click> [x](https://evil.example) \u{1b}[31m",
        );
    }
    let server = Server::start(vec![answer(200, "ok")]);
    send("slack", &server.url(), &message);
    let body = server.requests()[0].body.clone();
    assert!(
        !body.contains("<!channel>") && !body.contains("<https"),
        "{body}"
    );
    assert!(
        body.contains("&lt;!channel&gt;") && !body.contains("\\u001b"),
        "{body}"
    );
    let server = Server::start(vec![answer(202, "")]);
    send("teams", &server.url(), &message);
    let card = server.requests()[0].json();
    let content = &card["attachments"][0]["content"];
    assert_eq!(
        (&content["type"], &content["version"]),
        (&"AdaptiveCard".into(), &"1.2".into())
    );
    for block in content["body"].as_array().unwrap() {
        // Runs are plain text; a TextBlock would read Markdown.
        assert_eq!(block["type"], "RichTextBlock");
    }
}

pub(crate) fn credentials() {
    let bad = [
        (
            "webhook",
            format!("https://user:{HIDDEN}@pager.example/hook"),
        ),
        ("webhook", format!("ftp://pager.example/{HIDDEN}")),
        ("slack", format!("https://user:{HIDDEN}@hooks.example")),
        ("teams", format!("not an address {HIDDEN}")),
    ];
    for (kind, url) in bad {
        let Err(error) = open(&settings(kind, &url)) else {
            panic!("{kind} takes {url}");
        };
        assert!(
            !error.contains(HIDDEN) && error.contains("address"),
            "{error}"
        );
    }
    // An address that is a secret may not stand in the file at all.
    let inline = format!("{{kind: slack, name: s, url: 'https://hooks.example/{HIDDEN}'}}");
    let error = open(&inline).err().unwrap();
    assert!(!error.contains(HIDDEN) && error.contains("env"), "{error}");
    // Nor in what a receiver says back.
    let echo = Server::start(vec![Does::Answer(
        400,
        "",
        format!("no such key Bearer {HIDDEN}{HIDDEN} at https://u:{HIDDEN}@x.example/"),
    )]);
    let delivery = runtime().block_on(async {
        open(&settings("webhook", &echo.url()))
            .unwrap()
            .send(&page())
            .await
    });
    assert_eq!(delivery.outcome, PageOutcome::Refused);
    assert!(
        !delivery.detail.as_str().contains(HIDDEN),
        "{}",
        delivery.detail
    );
    // Not even where it looks like nothing: a path, a key of plain letters.
    for kind in ["slack", "teams", "pagerduty", "webhook"] {
        let says =
            format!("Cannot POST /services/T000/B000/sekrettoken, {HIDDEN} is unknown, {SIGNING}");
        let echo = Server::start(vec![answer(404, &says)]);
        let url = format!("{}/services/T000/B000/sekrettoken", echo.url());
        let delivery = send(kind, &url, &page());
        let said = delivery.detail.as_str();
        assert!(said.contains("answered 404"), "{kind}: {said}");
        let keys: &[&str] = match kind {
            "pagerduty" => &[HIDDEN],
            "webhook" => &["sekret", SIGNING],
            _ => &["sekret"],
        };
        assert!(keys.iter().all(|key| !said.contains(key)), "{kind}: {said}");
    }
}

/// The incident of a page stands for its components, and goes back with the end.
pub(crate) fn components() {
    let server = Server::start(vec![answer(201, r#"{"id":"p31zjtct2jer"}"#)]);
    let settings = settings("statuspage", &server.url()).replace(
        "title: Payments",
        "title: Payments, components: {payments: [8kbf7d35c070, abc], payouts: [def]}",
    );
    let send = |message: &Message| {
        let post = open(&settings).unwrap();
        let preview = post.preview(message).unwrap();
        let sent = runtime().block_on(post.send(message));
        assert_eq!(sent.outcome, PageOutcome::Accepted, "{}", sent.detail);
        let body = server.requests().last().unwrap().json();
        let shown: serde_json::Value = serde_json::from_str(&preview).unwrap();
        assert_eq!(shown, body, "what is previewed is what is sent");
        body["incident"].clone()
    };
    let mut message = update(None);
    let incident = send(&message);
    assert_eq!(
        incident["components"],
        serde_json::json!({"8kbf7d35c070": "degraded_performance", "abc": "degraded_performance"})
    );
    assert_eq!(
        incident["component_ids"],
        serde_json::json!(["8kbf7d35c070", "abc"])
    );
    let Message::Update(update) = &mut message else {
        panic!("no update");
    };
    update.status = Status::Resolved;
    update.remote = Some(slug("p31zjtct2jer"));
    let incident = send(&message);
    assert_eq!(incident["components"]["abc"], "operational");
    if let Message::Update(update) = &mut message {
        update.service = Some(slug("receipts"));
    }
    assert!(send(&message)["components"].is_null());
    let bad = settings.replace("8kbf7d35c070", "../incidents");
    let error = open(&bad).err().unwrap();
    assert!(
        error.contains("../incidents") && error.contains("components"),
        "{error}"
    );
}

/// A component that the page does not have is found by asking.
pub(crate) fn unknown_components() {
    let server = Server::start(vec![answer(200, "{}"), answer(404, "{}")]);
    let settings = settings("statuspage", &server.url()).replace(
        "title: Payments",
        "title: Payments, components: {payments: [abc, def]}",
    );
    let problems = runtime().block_on(async { open(&settings).unwrap().problems().await });
    assert_eq!(problems, ["the page has no component def"]);
    assert_eq!(
        server.requests()[1].first(),
        "GET /v1/pages/page1/components/def HTTP/1.1"
    );
}

/// What is previewed is what is sent, for every kind that sends a body of its own.
pub(crate) fn previewed() {
    for (kind, good) in [
        ("slack", answer(200, "ok")),
        ("teams", answer(202, "")),
        ("pagerduty", answer(202, r#"{"status":"success"}"#)),
        ("webhook", answer(200, "")),
    ] {
        let server = Server::start(vec![good]);
        let (post, sent) = runtime().block_on(async {
            let post = open(&settings(kind, &server.url())).unwrap();
            let sent = post.send(&page()).await;
            (post, sent)
        });
        assert_eq!(
            sent.outcome,
            PageOutcome::Accepted,
            "{kind}: {}",
            sent.detail
        );
        let preview = post.preview(&page()).unwrap();
        assert!(!preview.contains(HIDDEN), "{kind}: {preview}");
        let mut shown: serde_json::Value = serde_json::from_str(&preview).unwrap();
        let mut body = server.requests()[0].json();
        // The key is a secret; the webhook's time is that of the try.
        for value in [&mut shown, &mut body] {
            let members = value.as_object_mut().unwrap();
            members.remove("routing_key");
            members.remove("timestamp");
        }
        assert_eq!(shown, body, "{kind}");
    }
}

/// What does not fit is counted in the message and in what is recorded of it.
pub(crate) fn shortened() {
    let mut message = update(None);
    if let Message::Update(update) = &mut message {
        update.text = Safe::block(&"支付失败 ".repeat(1_200));
    }
    let server = Server::start(vec![answer(202, "")]);
    let delivery = send("teams", &server.url(), &message);
    assert_eq!(delivery.outcome, PageOutcome::Accepted);
    let said = delivery.detail.as_str();
    assert!(
        said.starts_with("shortened, ") || server.requests()[0].body.len() <= 20_000,
        "{said}"
    );
    if let Message::Update(update) = &mut message {
        update.text = Safe::block(&"\"".repeat(16_000));
    }
    let delivery = send("teams", &server.url(), &message);
    let body = server.requests()[1].body.clone();
    assert!(
        delivery.detail.as_str().starts_with("shortened, "),
        "{}",
        delivery.detail
    );
    assert!(
        body.len() <= 20_000
            && body.contains("characters more in the journal of INC-20261126-0001"),
        "{}",
        body.len()
    );
    // Slack takes the whole in several blocks.
    let server = Server::start(vec![answer(200, "ok")]);
    let delivery = send("slack", &server.url(), &message);
    assert!(
        !delivery.detail.as_str().contains("shortened"),
        "{}",
        delivery.detail
    );
    let blocks = server.requests()[0].json()["blocks"]
        .as_array()
        .unwrap()
        .len();
    assert!((7..=50).contains(&blocks), "{blocks}");
    // A long answer of a receiver is marked where it is cut.
    let server = Server::start(vec![answer(400, &"x".repeat(9_000))]);
    let delivery = send("webhook", &server.url(), &page());
    assert!(
        delivery.detail.as_str().contains("characters more)"),
        "{}",
        delivery.detail
    );
}
