//! What the channels send: ids, signatures, keys, words.

use crate::support::outbox::{
    HIDDEN, SIGNING, about, open, page, runtime, send, settings, slug, update,
};
use crate::support::server::{Does, Server, answer};
use warroom::harness::Safe;
use warroom::harness::Status;
use warroom::harness::{Message, Settle, sign};
use warroom::harness::{PageOutcome, Settled};

#[test]
fn every_try_has_the_same_id_and_a_valid_signature() {
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

#[test]
fn a_refusal_is_final_and_names_no_more_than_the_host() {
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

#[test]
fn pagerduty_gets_trigger_acknowledge_and_resolve_under_one_key() {
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

#[test]
fn a_status_page_is_written_once_and_then_updated_under_its_id() {
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

#[test]
fn hostile_words_make_no_mention_no_link_and_no_markup() {
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

#[test]
fn no_credential_is_in_an_error_or_in_a_refused_setting() {
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
#[test]
fn the_components_of_a_status_page_stand_as_the_incident_does() {
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
#[test]
fn a_component_that_a_status_page_does_not_have_is_named() {
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
#[test]
fn a_preview_equals_the_message_that_is_sent() {
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
#[test]
fn what_does_not_fit_is_counted_in_the_message_and_in_the_record() {
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
