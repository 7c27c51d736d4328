//! Servers that behave badly, and what each channel makes of it.

use crate::support::needs::{Need, lacks};
use crate::support::outbox::{HIDDEN, at_once, certificate, open, page, runtime, settings, update};
use crate::support::outcome::assert_contains;
use crate::support::program::{Running, free_port, listens};
use crate::support::server::{Does, Server, answer};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};
use warroom::harness::Message;
use warroom::harness::{
    PageOutcome, PageOutcome::Accepted, PageOutcome::Failed, PageOutcome::Refused,
    PageOutcome::Unknown,
};

/// A body with which the kind's receiver says that it has taken the message.
fn good(kind: &str) -> Does {
    match kind {
        "slack" => answer(200, "ok"),
        "pagerduty" => answer(202, r#"{"status":"success"}"#),
        "statuspage" => answer(201, r#"{"id":"abc"}"#),
        _ => answer(202, ""),
    }
}

/// A success whose body says that it is none.
fn lie(kind: &str) -> Does {
    match kind {
        "slack" => answer(200, "invalid_token"),
        "pagerduty" => answer(202, r#"{"status":"invalid event","errors":["x"]}"#),
        "statuspage" => answer(200, r#"{"error":"no such page"}"#),
        _ => answer(200, r#"{"error":{"code":"WorkflowTriggerIsNotEnabled"}}"#),
    }
}

struct Case {
    kind: &'static str,
    message: Message,
    name: &'static str,
    does: Vec<Does>,
    want: (PageOutcome, u32),
    at_least: Duration,
}

/// A kind of channel, a message for it, and whether its receiver can tell a repetition.
type Kind = (&'static str, fn() -> Message, bool);

fn cases() -> Vec<Case> {
    let kinds: [Kind; 6] = [
        ("slack", page, false),
        ("teams", page, false),
        ("pagerduty", page, true),
        ("webhook", page, true),
        ("statuspage", || update(None), false),
        ("statuspage", || update(Some("abc")), true),
    ];
    let mut cases = Vec::new();
    for (kind, message, idempotent) in kinds {
        // Where the receiver can tell a repetition, a doubt is tried again; elsewhere it stays a doubt.
        let doubt = if idempotent {
            (Accepted, 2)
        } else {
            (Unknown, 1)
        };
        let lies = match kind {
            "statuspage" if idempotent => (Unknown, 6),
            "statuspage" => (Unknown, 1),
            _ => (Refused, 1),
        };
        let limited = if kind == "statuspage" { 420 } else { 429 };
        let slow = || Does::Answer(limited, "retry-after: 3\r\n", "slow".into());
        let elsewhere = || Does::Answer(302, "location: http://127.0.0.1:1/\r\n", String::new());
        #[rustfmt::skip]
        let table = [
            ("taken", vec![good(kind)], (Accepted, 1), 0),
            ("429 with Retry-After", vec![slow(), good(kind)], (Accepted, 2), 3),
            ("503 once", vec![answer(503, "busy"), good(kind)], (Accepted, 2), 1),
            ("500 for ever", vec![answer(500, "no")], (Failed, 6), 31),
            ("400", vec![answer(400, "invalid_payload")], (Refused, 1), 0),
            ("403", vec![answer(403, "no")], (Refused, 1), 0),
            ("404", vec![answer(404, "no")], (Refused, 1), 0),
            ("redirect", vec![elsewhere()], (Refused, 1), 0),
            ("hang", vec![Does::Hang, good(kind)], doubt, 5),
            ("reset after the body", vec![Does::Reset, good(kind)], doubt, 0),
            ("502 of a gateway", vec![answer(502, "gateway"), good(kind)], doubt, 0),
            ("success with an error in it", vec![lie(kind)], lies, 0),
        ];
        cases.extend(table.map(|(name, does, want, at_least)| Case {
            kind,
            message: message(),
            name,
            does,
            want,
            at_least: Duration::from_secs(at_least),
        }));
    }
    cases
}

/// All at once: most of the time is waiting.
#[test]
fn every_channel_does_what_the_table_says_with_every_bad_server() {
    let wrong = at_once(cases().into_iter().map(judge));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn judge(case: Case) -> Option<String> {
    let server = Server::start(case.does);
    let post = open(&settings(case.kind, &server.url())).unwrap();
    let begun = Instant::now();
    let delivery = post.send(&case.message).await;
    let took = begun.elapsed();
    let got = (delivery.outcome, delivery.attempts);
    let made = server.requests().len() as u32;
    let hidden = delivery.detail.as_str().contains(HIDDEN);
    let right = got == case.want && made == case.want.1 && took >= case.at_least && !hidden;
    (!right).then(|| {
        format!(
            "{} {}: {got:?} with {made} requests in {took:?}, wanted {:?} after {:?}; {}",
            case.kind, case.name, case.want, case.at_least, delivery.detail
        )
    })
}

#[test]
fn one_blocked_channel_and_one_blocked_message_hold_up_no_other() {
    let (dead, alive) = (
        Server::start(vec![Does::Hang]),
        Server::start(vec![Does::Hang, Does::Slow(100, 200)]),
    );
    runtime().block_on(async {
        let dead = open(&settings("webhook", &dead.url())).unwrap();
        let alive = open(&settings("webhook", &alive.url())).unwrap();
        let message = page();
        let begun = Instant::now();
        tokio::select! {
            _ = dead.send(&message) => panic!("nobody answers there"),
            // Its first message hangs; the second of the same channel goes past it.
            _ = async {
                tokio::join!(alive.send(&message), async {
                    tokio::time::sleep(Duration::from_millis(300)).await;
                    let second = alive.send(&message).await;
                    assert_eq!((second.outcome, second.attempts), (Accepted, 1));
                    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
                })
            } => {}
        }
    });
}

#[test]
fn the_pace_of_a_channel_is_kept() {
    let server = Server::start(vec![answer(200, "ok")]);
    runtime().block_on(async {
        let post = open(&settings("slack", &server.url())).unwrap();
        let message = page();
        tokio::join!(
            post.send(&message),
            post.send(&message),
            post.send(&message)
        );
    });
    let mut times: Vec<Instant> = server.requests().iter().map(|request| request.at).collect();
    times.sort();
    for pair in times.windows(2) {
        assert!(
            pair[1] - pair[0] > Duration::from_millis(900),
            "{:?}",
            pair[1] - pair[0]
        );
    }
}

/// A receiver whose queue of connections is full for a while: what cannot connect has not arrived, so that even a
/// channel whose receiver cannot tell a repetition tries again.
#[test]
fn a_connection_that_is_not_made_in_time_has_carried_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    rustix::net::listen(&listener, 0).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(300)) {
        waiting.push(stream);
    }
    let url = format!("http://{address}");
    let accepting = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(3_500));
        drop(waiting);
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut asked = [0; 4096];
            if stream.read(&mut asked).unwrap_or(0) > 0 {
                stream
                    .write_all(
                        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok",
                    )
                    .unwrap();
                return;
            }
        }
    });
    let delivery = runtime().block_on(async {
        let message = page();
        open(&settings("slack", &url)).unwrap().send(&message).await
    });
    assert_eq!(delivery.outcome, Accepted, "{}", delivery.detail);
    assert!(delivery.attempts > 1, "{}", delivery.attempts);
    accepting.join().unwrap();
}

#[test]
fn a_certificate_that_is_not_trusted_is_said_and_a_named_authority_is_trusted() {
    if lacks(&[Need::Tool("openssl")]) {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    certificate(home.path());
    std::fs::write(home.path().join("answer"), "HTTP/1.0 200 ok\r\n\r\n").unwrap();
    let port = free_port();
    let accept = format!("127.0.0.1:{port}");
    let mut command = Command::new("openssl");
    command
        .args(["s_server", "-accept", &accept, "-cert", "cert.pem"])
        .args(["-key", "key.pem", "-www", "-quiet"]);
    let server = Running::quietly(command.current_dir(home.path()));
    listens(port, "openssl");
    let url = format!("https://localhost:{port}");
    let authority = home.path().join("ca.pem");
    let trusting =
        settings("slack", &url).replace("}}", &format!("}}, ca_file: '{}'}}", authority.display()));
    // One after the other: this server serves one at a time.
    let known = runtime().block_on(open(&trusting).unwrap().send(&page()));
    let strange = runtime().block_on(open(&settings("webhook", &url)).unwrap().send(&page()));
    drop(server);
    assert_eq!(strange.outcome, Failed, "{}", strange.detail);
    assert_contains(strange.detail.as_str(), &["certificate"]);
    // This server shakes hands and knows no POST: the request has left, and nobody can say what became of it.
    assert_eq!(known.outcome, Unknown, "{}", known.detail);
}

/// Waits that receivers ask for: in what form, and what becomes of the message.
#[test]
fn a_wait_that_a_receiver_asks_for_is_kept_or_the_message_is_given_up_in_time() {
    let date = |seconds: i64| {
        let at = chrono::Utc::now() + chrono::TimeDelta::seconds(seconds);
        at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
    };
    let header = |value: String| -> &'static str { format!("retry-after: {value}\r\n").leak() };
    let limited = |headers: &'static str, body: &str| Does::Answer(429, headers, body.into());
    #[rustfmt::skip]
    let cases = vec![
        ("a date", limited(header(date(4)), ""), Accepted, 2),
        ("a fraction", limited("retry-after: 1.5\r\n", ""), Accepted, 1),
        ("in the body", limited("", r#"{"retry_after": 2.5}"#), Accepted, 2),
        ("in camels", limited("", r#"{"retryAfter": 3}"#), Accepted, 3),
        ("longer than twenty seconds", limited("retry-after: 24\r\n", ""), Accepted, 24),
        ("in a success", answer(200, r#"{"ok":false,"retry_after":3}"#), Accepted, 3),
        ("beyond the end", limited("retry-after: 200\r\n", ""), Failed, 0),
        ("a date beyond the end", limited(header(date(3_600)), ""), Failed, 0),
    ];
    runtime().block_on(async {
        let tasks: Vec<_> = cases
            .into_iter()
            .map(|(name, first, want, at_least)| {
                tokio::spawn(async move {
                    let server = Server::start(vec![first, answer(200, "ok")]);
                    let post = open(&settings("slack", &server.url())).unwrap();
                    let begun = Instant::now();
                    let delivery = post.send(&page()).await;
                    let took = begun.elapsed();
                    let said = delivery.detail.to_string();
                    assert_eq!(delivery.outcome, want, "{name}: {said}");
                    assert!(took >= Duration::from_secs(at_least), "{name}: {took:?}");
                    if want == Failed {
                        // Given up in time, and not asked again before that time, by this or any other message.
                        assert!(took < Duration::from_secs(3), "{name}: {took:?}");
                        assert!(delivery.retry_after.is_some_and(|s| s >= 190), "{name}");
                        assert!(said.contains("s without requests"), "{name}: {said}");
                        let again = post.send(&page()).await;
                        assert_eq!(again.outcome, Failed);
                        assert!(again.retry_after.is_some(), "{name}");
                        assert_eq!(server.requests().len(), 1, "{name}");
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

/// Answers with a status of success, in the words of servers that take Slack's form.
#[test]
fn a_success_counts_as_its_words_say() {
    let cases: [(&str, PageOutcome); 20] = [
        ("ok", Accepted),
        ("ok\n", Accepted),
        ("\"ok\"", Accepted),
        (r#"{"ok":true}"#, Accepted),
        (r#"{"ok":"true"}"#, Accepted),
        (r#"{"success":true}"#, Accepted),
        (r#"{"result":"success","msg":""}"#, Accepted),
        ("", Accepted),
        ("invalid_payload", Refused),
        ("no_service", Refused),
        (r#"{"ok":false,"error":"channel_not_found"}"#, Refused),
        (r#"{"success":false}"#, Refused),
        (r#"{"status":"error"}"#, Refused),
        ("<!doctype html><title>Sign in</title>", Refused),
        (
            "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId x",
            Failed,
        ),
        (r#"{"ok":false,"error":"ratelimited"}"#, Failed),
        (
            "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 504 with ContextId x",
            Unknown,
        ),
        ("Hello from the gateway", Unknown),
        ("{}", Unknown),
        ("[1,2]", Unknown),
    ];
    let wrong = at_once(cases.into_iter().map(async |(body, want)| {
        let server = Server::start(vec![answer(200, body)]);
        let post = open(&settings("slack", &server.url())).unwrap();
        let delivery = post.send(&page()).await;
        let right = delivery.outcome == want
            && (want == Accepted || delivery.detail.as_str().contains("answered 200"));
        (!right).then(|| format!("{body}: {:?} {}", delivery.outcome, delivery.detail))
    }));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A proxy as the settings name it, for every kind that speaks HTTP.
#[test]
fn a_channel_goes_through_the_proxy_that_its_settings_name() {
    for kind in ["slack", "teams", "pagerduty", "webhook", "statuspage"] {
        let message = match kind {
            "statuspage" => update(None),
            _ => page(),
        };
        let proxy = Server::start(vec![good(kind)]);
        let far = "http://pay.invalid:8080";
        let through = |more: &str| {
            settings(kind, far).replace(
                "{kind",
                &format!("{{proxy_url: '{}'{more}, kind", proxy.url()),
            )
        };
        let delivery =
            runtime().block_on(async { open(&through("")).unwrap().send(&message).await });
        assert_eq!(delivery.outcome, Accepted, "{kind}: {}", delivery.detail);
        assert_contains(proxy.requests()[0].first(), &["http://pay.invalid:8080/"]);
        // A host that is to be reached without it is.
        let near = Server::start(vec![good(kind)]);
        let direct = settings(kind, &near.url()).replace(
            "{kind",
            "{proxy_url: 'http://127.0.0.1:1', no_proxy: '127.0.0.1', kind",
        );
        let delivery = runtime().block_on(async { open(&direct).unwrap().send(&message).await });
        assert_eq!(delivery.outcome, Accepted, "{kind}: {}", delivery.detail);
        for (wrong, says) in [
            ("proxy_url: proxy.example", "proxy_url"),
            ("no_proxy: pay.example", "no_proxy"),
            (
                "proxy_url: 'http://p.example', proxy_from_environment: true",
                "proxy_from_environment",
            ),
        ] {
            let settings = settings(kind, far).replace("{kind", &format!("{{{wrong}, kind"));
            let error = open(&settings).err().unwrap();
            assert!(error.contains(says), "{kind}: {error}");
        }
    }
    let mail = "{kind: smtp, name: mail, host: localhost, tls: none, from: a@pay.example, proxy_url: 'http://p.example'}";
    let error = open(mail).err().unwrap();
    assert!(error.contains("proxy_url"), "{error}");
}
