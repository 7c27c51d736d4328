//! Small servers of the tests: one that receives pages, one that exports payment counters.

use base64::Engine as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

pub(crate) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Headers in lower case, and the body.
#[derive(Clone)]
pub(crate) struct Request {
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map_or("", |(_, value)| value.as_str())
    }

    /// Whether the signature is that of the Standard Webhooks specification, computed here anew.
    pub(crate) fn is_signed(&self) -> bool {
        use hmac::{Hmac, KeyInit, Mac};
        let engine = base64::engine::general_purpose::STANDARD;
        let key = engine.decode(SECRET.trim_start_matches("whsec_")).unwrap();
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap();
        let (id, time) = (self.header("webhook-id"), self.header("webhook-timestamp"));
        mac.update(format!("{id}.{time}.{}", self.body).as_bytes());
        let wanted = format!("v1,{}", engine.encode(mac.finalize().into_bytes()));
        !id.is_empty() && self.header("webhook-signature") == wanted
    }
}

/// Receives pages.
pub(crate) struct Pager {
    pub url: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Pager {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let received = Arc::clone(&requests);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if let Some(request) = read(&stream) {
                    received.lock().unwrap().push(request);
                    answer(&stream, "202 Accepted", "text/plain", "");
                }
            }
        });
        Self { url, requests }
    }

    pub(crate) fn received(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

/// Exports `payments_requests_total`: a hundred confirmations a second, of which a share fails on demand.
pub(crate) struct Exporter {
    pub address: String,
    failing: Arc<AtomicBool>,
}

impl Exporter {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let failing = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&failing);
        std::thread::spawn(move || {
            let (mut good, mut bad, mut last) = (0.0, 0.0, Instant::now());
            for stream in listener.incoming().flatten() {
                if read(&stream).is_none() {
                    continue;
                }
                let passed = last.elapsed().as_secs_f64() * 100.0;
                last = Instant::now();
                let share = if flag.load(Ordering::SeqCst) {
                    0.2
                } else {
                    0.0
                };
                good += passed * (1.0 - share);
                bad += passed * share;
                let body = format!(
                    "payments_requests_total{{path=\"confirm\",outcome=\"success\"}} {good}\n\
                     payments_requests_total{{path=\"confirm\",outcome=\"failure\"}} {bad}\n"
                );
                answer(&stream, "200 OK", "text/plain; version=0.0.4", &body);
            }
        });
        Self { address, failing }
    }

    pub(crate) fn fail(&self, failing: bool) {
        self.failing.store(failing, Ordering::SeqCst);
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        match line.trim().split_once(':') {
            Some((name, value)) => headers.push((name.to_lowercase(), value.trim().to_string())),
            None => break,
        }
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length: usize = length
        .and_then(|(_, value)| value.parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request {
        headers,
        body: String::from_utf8(body).ok()?,
    })
}

fn answer(mut stream: &TcpStream, status: &str, kind: &str, body: &str) {
    let length = body.len();
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
}
