//! Both clocks of the machine that tests run on in their story.

use crate::journal::Stamp;
use chrono::{DateTime, TimeDelta, Utc};

pub(crate) fn stamp(wall: DateTime<Utc>) -> Stamp {
    stepped(wall, TimeDelta::zero())
}

/// Both clocks of a machine whose wall clock was set by so much so far.
pub(crate) fn stepped(wall: DateTime<Utc>, by: TimeDelta) -> Stamp {
    let booted = DateTime::<Utc>::UNIX_EPOCH - TimeDelta::days(30);
    let since = (wall - by - booted).num_nanoseconds().unwrap();
    Stamp {
        wall,
        boot: "0badb007".into(),
        since_boot: u64::try_from(since).unwrap(),
    }
}

pub(crate) fn later(stamp: Stamp, span: TimeDelta) -> Stamp {
    let passed = u64::try_from(span.num_nanoseconds().unwrap()).unwrap();
    Stamp {
        wall: stamp.wall + span,
        since_boot: stamp.since_boot + passed,
        ..stamp
    }
}
