//! How a command ended, and what is expected of it.

use std::process::Output;
use std::time::{Duration, Instant};

#[derive(Debug)]
pub(crate) struct Outcome {
    /// −1 where a signal ended it.
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl From<Output> for Outcome {
    fn from(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            code: output.status.code().unwrap_or(-1),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }
}

impl Outcome {
    /// Standard output, then standard error.
    pub(crate) fn text(&self) -> String {
        format!("{}{}", self.out, self.err)
    }

    /// It succeeded; gives its standard output.
    #[track_caller]
    pub(crate) fn succeeds(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.out
    }

    #[track_caller]
    pub(crate) fn json(self) -> serde_json::Value {
        serde_json::from_str(&self.succeeds()).unwrap()
    }

    /// It ended with this code, and all of this is in standard error.
    #[track_caller]
    pub(crate) fn fails(&self, code: i32, parts: &[&str]) {
        assert_eq!(self.code, code, "{self:?}");
        assert_contains(&self.err, parts);
    }

    /// It ended with this code, and all of this is in standard output.
    #[track_caller]
    pub(crate) fn prints(&self, code: i32, parts: &[&str]) {
        assert_eq!(self.code, code, "{self:?}");
        assert_contains(&self.out, parts);
    }
}

#[track_caller]
pub(crate) fn assert_contains(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in: {text}");
    }
}

/// Asks again until there is an answer; after so many seconds it fails with a description.
#[track_caller]
pub(crate) fn wait_for<T>(
    seconds: u64,
    description: impl Fn() -> String,
    mut answer: impl FnMut() -> Option<T>,
) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = answer() {
            return found;
        }
        let late = begun.elapsed() > Duration::from_secs(seconds);
        assert!(!late, "{}", description());
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[track_caller]
pub(crate) fn wait_until(seconds: u64, description: impl Fn() -> String, holds: impl Fn() -> bool) {
    wait_for(seconds, description, || holds().then_some(()));
}
