//! Servers of HTTP that do as they are told, request by request.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What a server does with one request.
#[derive(Debug, Clone)]
pub(crate) enum Does {
    /// Answers with a status, headers (each with its line end) and a body.
    Answer(u16, &'static str, String),
    /// Answers with a status after so many milliseconds.
    Slow(u64, u16),
    /// Reads the request and never answers.
    Hang,
    /// Reads the request and closes the connection without a word.
    Reset,
}

pub(crate) const JSON: &str = "content-type: application/json\r\n";

pub(crate) fn answer(status: u16, body: &str) -> Does {
    Does::Answer(status, "", body.to_string())
}

#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) at: Instant,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> String {
        let line = self
            .head
            .lines()
            .find(|line| line.to_lowercase().starts_with(&format!("{name}:")));
        line.and_then(|line| line.split_once(':'))
            .map_or(String::new(), |(_, value)| value.trim().to_string())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub(crate) fn first(&self) -> &str {
        self.head.lines().next().unwrap()
    }
}

/// Does this with each request, on a thread for each connection; gives the address without a scheme.
pub(crate) fn serve(
    does: impl Fn(&Request, &mut TcpStream) + Send + Sync + 'static,
) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let does = Arc::new(does);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let does = Arc::clone(&does);
            std::thread::spawn(move || {
                if let Some(request) = read(&mut stream) {
                    does(&request, &mut stream);
                }
            });
        }
    });
    address
}

/// Answers each request with the JSON that this makes of its first line.
pub(crate) fn serve_json(body: impl Fn(&str) -> String + Send + Sync + 'static) -> String {
    let address = serve(move |request, stream| respond(stream, 200, JSON, &body(request.first())));
    format!("http://{address}")
}

/// The receiver may be gone.
pub(crate) fn respond(stream: &mut TcpStream, status: u16, headers: &str, body: &str) {
    let length = body.len();
    let _ = write!(
        stream,
        "HTTP/1.1 {status} X\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
}

pub(crate) struct Server {
    pub(crate) port: u16,
    pub(crate) requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// Does these in order, and the last of them for ever.
    pub(crate) fn start(does: Vec<Does>) -> Self {
        let requests: Arc<Mutex<Vec<Request>>> = Arc::default();
        let seen = Arc::clone(&requests);
        let address = serve(move |request, stream| {
            let number = {
                let mut seen = seen.lock().unwrap();
                seen.push(request.clone());
                seen.len() - 1
            };
            match &does[number.min(does.len() - 1)] {
                Does::Answer(status, headers, body) => respond(stream, *status, headers, body),
                Does::Slow(pause, status) => {
                    std::thread::sleep(Duration::from_millis(*pause));
                    respond(stream, *status, "", "");
                }
                Does::Hang => std::thread::sleep(Duration::from_secs(120)),
                Does::Reset => {}
            }
        });
        Self {
            port: address.port(),
            requests,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

fn read(stream: &mut TcpStream) -> Option<Request> {
    let at = Instant::now();
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = stream.read(&mut buffer).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.trim().parse().ok())?
        });
        if body.len() >= length.unwrap_or(0) {
            return Some(Request {
                at,
                head: head.to_string(),
                body: body.to_string(),
            });
        }
    }
}
