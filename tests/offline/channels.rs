//! Every channel against a local server that behaves badly on purpose, and mail against a real mail server. What
//! needs Debian's exim is reported as skipped without it.

mod behaviour;
mod mail;
mod messages;
