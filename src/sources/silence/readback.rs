//! Reads a silence back from its source: whether it exists, and how many alerts it suppresses.

use super::super::error::SourceError;
use super::super::source::Source;
use crate::alerts::{Alert, AlertState, Matcher, Silence};
use crate::text::Slug;
use std::time::Duration;

/// Tries, and the pause between: a cluster may take a moment to agree.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_millis(700);
/// Of one answer; after it the result stays unknown.
const WITHIN: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadBack {
    pub silence: Result<Silence, String>,
    /// Each alert counted once.
    pub suppressed: Result<usize, String>,
    /// Alerts that matched before it was sent.
    pub expected: usize,
    /// The source has other matchers than were sent.
    pub differs: bool,
}

/// Asks until the number of suppressed alerts is the expected one.
pub async fn read_back(
    source: &dyn Source,
    id: &Slug,
    sent: Option<&[Matcher]>,
    expected: usize,
) -> ReadBack {
    let mut silence = Err(String::new());
    let mut suppressed = Err(String::new());
    for left in (0..TRIES).rev() {
        if silence.is_err() {
            silence = within(source.silence_by_id(id)).await;
        }
        let counted = within(source.alerts()).await.map(|gathered| {
            let quiet = |alert: &&std::sync::Arc<Alert>| {
                alert.state == AlertState::Suppressed && alert.silenced_by.contains(id)
            };
            (
                gathered.alerts.iter().filter(quiet).count(),
                gathered.gaps.any(),
            )
        });
        suppressed = counted.and_then(|(count, gaps)| match gaps && count < expected {
            true => Err("not all alerts of the source could be read".to_string()),
            false => Ok(count),
        });
        let settled = silence.is_ok() && suppressed.as_ref().is_ok_and(|found| *found >= expected);
        if settled || left == 0 {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    let sorted = |all: &[Matcher]| {
        let parts = |it: &Matcher| (it.name.clone(), it.value.clone(), it.is_regex, it.is_equal);
        let mut all: Vec<_> = all.iter().map(parts).collect();
        all.sort();
        all
    };
    let read = silence.as_ref().ok().and_then(|it| it.matchers.as_deref());
    let differs = match (sent, read) {
        (Some(sent), Some(read)) => sorted(sent) != sorted(read),
        _ => false,
    };
    ReadBack {
        silence,
        suppressed,
        expected,
        differs,
    }
}

async fn within<T>(answer: impl Future<Output = Result<T, SourceError>>) -> Result<T, String> {
    match tokio::time::timeout(WITHIN, answer).await {
        Ok(answer) => answer.map_err(|error| error.to_string()),
        Err(_) => Err(format!("no answer within {} s", WITHIN.as_secs())),
    }
}

impl ReadBack {
    /// It differs from what was sent, or is unknown.
    pub fn is_doubtful(&self) -> bool {
        let active = |silence: &Silence| silence.state.as_str() == "active";
        let enough = |found: &usize| *found >= self.expected;
        let whole = self.suppressed.as_ref().is_ok_and(enough);
        self.differs || !whole || !self.silence.as_ref().is_ok_and(active)
    }
}
