//! Small servers of the tests: one that receives pages, one that exports payment counters.

use crate::support::server::{Request, respond, serve};
use base64::Engine as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

pub(crate) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Whether the signature is that of the Standard Webhooks specification, computed here anew.
pub(crate) fn is_signed(request: &Request) -> bool {
    use hmac::{Hmac, KeyInit, Mac};
    let engine = base64::engine::general_purpose::STANDARD;
    let key = engine.decode(SECRET.trim_start_matches("whsec_")).unwrap();
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap();
    let (id, time) = (
        request.header("webhook-id"),
        request.header("webhook-timestamp"),
    );
    mac.update(format!("{id}.{time}.{}", request.body).as_bytes());
    let wanted = format!("v1,{}", engine.encode(mac.finalize().into_bytes()));
    !id.is_empty() && request.header("webhook-signature") == wanted
}

/// Exports `payments_requests_total`: a hundred confirmations a second, of which a share fails on demand.
pub(crate) struct Exporter {
    pub address: String,
    failing: Arc<AtomicBool>,
}

impl Exporter {
    pub(crate) fn start() -> Self {
        let failing = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&failing);
        let counted = Mutex::new((0.0, 0.0, Instant::now()));
        let address = serve(move |_, stream| {
            let mut counted = counted.lock().unwrap();
            let (good, bad, last) = &mut *counted;
            let passed = last.elapsed().as_secs_f64() * 100.0;
            *last = Instant::now();
            let share = match flag.load(Ordering::SeqCst) {
                true => 0.2,
                false => 0.0,
            };
            *good += passed * (1.0 - share);
            *bad += passed * share;
            let body = format!(
                "payments_requests_total{{path=\"confirm\",outcome=\"success\"}} {good}\n\
                 payments_requests_total{{path=\"confirm\",outcome=\"failure\"}} {bad}\n"
            );
            respond(
                stream,
                200,
                "content-type: text/plain; version=0.0.4\r\n",
                &body,
            );
        });
        Self {
            address: address.to_string(),
            failing,
        }
    }

    pub(crate) fn fail(&self, failing: bool) {
        self.failing.store(failing, Ordering::SeqCst);
    }
}
