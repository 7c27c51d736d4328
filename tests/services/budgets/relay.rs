//! A relay between the program and a server, that counts connections' requests and the bytes of the answers.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

pub(crate) struct Relay {
    address: String,
    pub(crate) requests: Arc<AtomicUsize>,
    pub(crate) bytes: Arc<AtomicUsize>,
}

impl Relay {
    pub(crate) fn start(target: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (requests, bytes) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (target, seen, answered) = (
            target.to_string(),
            Arc::clone(&requests),
            Arc::clone(&bytes),
        );
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let server = TcpStream::connect(&target).unwrap();
                let (client_back, server_back) =
                    (client.try_clone().unwrap(), server.try_clone().unwrap());
                let (seen, answered) = (Arc::clone(&seen), Arc::clone(&answered));
                std::thread::spawn(move || {
                    pump(client, server, |chunk| {
                        let found = chunk.windows(4).filter(|four| *four == b"GET ").count();
                        seen.fetch_add(found, Ordering::SeqCst);
                    });
                });
                std::thread::spawn(move || {
                    pump(server_back, client_back, |chunk| {
                        answered.fetch_add(chunk.len(), Ordering::SeqCst);
                    });
                });
            }
        });
        Self {
            address,
            requests,
            bytes,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

fn pump(mut from: TcpStream, mut to: TcpStream, seen: impl Fn(&[u8])) {
    let mut buffer = vec![0; 65_536];
    while let Ok(read) = from.read(&mut buffer) {
        if read == 0 || to.write_all(&buffer[..read]).is_err() {
            break;
        }
        seen(&buffer[..read]);
    }
}
