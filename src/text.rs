//! Text from people and outside systems, made safe once at the border. Pure: no file, no clock.
//!
//! [`Safe`] is the only kind of free text that the journal, the screen and the outbox accept. It is made only by
//! sanitizing, masking and bounding, in that order of responsibility.

mod address;
mod duration;
mod hex;
pub mod mask;
mod nearest;
mod pause;
mod plain_http;
mod problem;
mod safe;
pub mod sanitize;
pub mod secret;
mod slug;
mod when;
mod words;

pub use address::with_scheme;
pub use duration::{parse_duration, write_duration};
pub use hex::hex;
pub use nearest::nearest;
pub use pause::{LONGEST_PAUSE, pause, retry_after};
pub use plain_http::{PlainHttp, PlainHttpProblem, is_loopback};
pub use problem::Problem;
pub use safe::{MAX_BLOCK, MAX_LINE, Safe};
pub use slug::{
    ActorId, ChannelId, LevelId, PathId, PlaybookId, ServiceId, Slug, SourceId, StepId, TargetId,
};
pub use when::{with_year, write_day_time};

/// A path for people, in one line: the author of the file chose its name.
pub fn shown_path(path: &std::path::Path) -> String {
    sanitize::line(&path.to_string_lossy())
}

/// Names one after the other: `a, b, c`.
pub fn list<T: std::fmt::Display>(names: impl IntoIterator<Item = T>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| name.to_string()).collect();
    names.join(", ")
}
