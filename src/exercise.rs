//! Exercises: a clock that runs faster, and a feed that plays a scenario through the trait of real sources.

mod clock;
mod feed;
mod library;

pub use clock::VirtualClock;
pub use feed::Feed;
pub use library::{scenario, scenarios, service_map};
