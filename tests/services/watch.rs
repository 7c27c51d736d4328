//! The watch: an alert at three in the morning, with nobody at a screen; killed in every phase of a send; another
//! pager's incidents adopted. `WARROOM_KILLS=1000 cargo test --release --test services killed` is the long form.

mod calendar;
mod credentials;
mod damaged;
mod field_mail;
mod killed;
mod morning;
mod pager;
mod siege;
mod stage;
