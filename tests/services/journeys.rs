//! Journeys: the program as a person uses it, through a pseudo-terminal. Only keystrokes and what the
//! emulator's cells show move them on. Those that need real servers are reported as skipped without them.

mod command;
mod copying;
mod drill;
mod endings;
mod hostile;
mod keys;
mod listener;
mod real;
mod restarts;
mod services;
mod together;
