//! A server that does as it is told, request by request.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What it does with one request.
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

pub(crate) fn answer(status: u16, body: &str) -> Does {
    Does::Answer(status, "", body.to_string())
}

/// A request as it came.
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

pub(crate) struct Server {
    pub(crate) port: u16,
    pub(crate) requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// Does these in order, and the last of them for ever.
    pub(crate) fn start(does: Vec<Does>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests: Arc<Mutex<Vec<Request>>> = Arc::default();
        let seen = Arc::clone(&requests);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (Ok(stream), seen, does) = (stream, Arc::clone(&seen), does.clone()) else {
                    continue;
                };
                std::thread::spawn(move || serve(stream, &seen, &does));
            }
        });
        Self { port, requests }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

fn serve(mut stream: TcpStream, seen: &Mutex<Vec<Request>>, does: &[Does]) {
    let Some(request) = read(&mut stream) else {
        return;
    };
    let number = {
        let mut seen = seen.lock().unwrap();
        seen.push(request);
        seen.len() - 1
    };
    match &does[number.min(does.len() - 1)] {
        Does::Answer(status, headers, body) => {
            let head = format!(
                "HTTP/1.1 {status} X\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all(format!("{head}{body}").as_bytes());
        }
        Does::Slow(pause, status) => {
            std::thread::sleep(Duration::from_millis(*pause));
            let head =
                format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            let _ = stream.write_all(head.as_bytes());
        }
        Does::Hang => std::thread::sleep(Duration::from_secs(120)),
        Does::Reset => {}
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
