//! Endurance: the whole program is killed, its system calls are made to fail, its disk loses what was not synced,
//! fills up or is not its own, and what it acknowledged must be there all the same.
//!
//! `WARROOM_KILLS=1000` and `WARROOM_HUNT=full` run the long form, `WARROOM_SEED` repeats a run. What needs a tool
//! or a right that is missing is reported as skipped.

mod full;
mod held;
mod kills;
mod leftover;
mod power;
mod promises;
mod rights;
mod syscalls;
mod syscalls_after;
mod volatile;
