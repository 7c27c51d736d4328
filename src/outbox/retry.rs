//! The retry policy of every channel.

use crate::incident::entry::PageOutcome;
use std::time::Duration;

/// Seconds. The sender limits the total time, because a receiver may ask for longer pauses.
const PAUSES: [u64; 5] = [1, 2, 4, 8, 16];

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryVerdict {
    Accepted,
    /// Permanently.
    Refused,
    /// Known not to be accepted. Worth another try, after the pause that the receiver asked for.
    NotAccepted(Option<Duration>),
    /// Possibly accepted: worth another try only under the same idempotency id.
    Ambiguous,
    /// Some of several recipients have it. The others are worth another try, without those.
    PartlyAccepted,
}

impl DeliveryVerdict {
    /// 2xx is accepted, 429 and 5xx are worth another try, everything else is final.
    pub fn of_status(status: u16, retry_after: Option<Duration>) -> Self {
        match status {
            200..=299 => Self::Accepted,
            // 420: Statuspage's status for too many requests. 408, 425: not read, or not yet.
            408 | 420 | 425 | 429 => Self::NotAccepted(retry_after),
            // A gateway may have forwarded it before it gave up.
            502 | 504 => Self::Ambiguous,
            500..=599 => Self::NotAccepted(retry_after),
            _ => Self::Refused,
        }
    }
}

#[derive(Debug)]
pub struct Retry {
    tries: usize,
    ambiguous: bool,
    /// One of several recipients has it.
    partly: bool,
    /// The receiver recognizes a repetition.
    idempotent: bool,
}

impl Retry {
    pub fn new(idempotent: bool) -> Self {
        Self {
            tries: 0,
            ambiguous: false,
            partly: false,
            idempotent,
        }
    }

    /// The outcome if no further try is made. One of several recipients is enough: another message would give it a
    /// second copy, and the detail names the others.
    pub fn given_up(&self) -> PageOutcome {
        match (self.partly, self.ambiguous) {
            (true, _) => PageOutcome::Accepted,
            (false, true) => PageOutcome::Unknown,
            (false, false) => PageOutcome::Failed,
        }
    }

    /// The outcome, or the pause before the next try.
    pub fn after(&mut self, verdict: &DeliveryVerdict) -> Result<PageOutcome, Duration> {
        self.tries += 1;
        let asked = match verdict {
            DeliveryVerdict::Accepted => return Ok(PageOutcome::Accepted),
            DeliveryVerdict::PartlyAccepted => {
                self.partly = true;
                Duration::ZERO
            }
            // After an ambiguous try a refusal may mean "I have it already".
            DeliveryVerdict::Refused if self.ambiguous => return Ok(PageOutcome::Unknown),
            DeliveryVerdict::Refused => return Ok(PageOutcome::Refused),
            DeliveryVerdict::NotAccepted(asked) => asked.unwrap_or_default(),
            DeliveryVerdict::Ambiguous => {
                self.ambiguous = true;
                if !self.idempotent {
                    return Ok(PageOutcome::Unknown);
                }
                Duration::ZERO
            }
        };
        let pause = PAUSES
            .get(self.tries - 1)
            .map(|pause| Duration::from_secs(*pause).max(asked));
        pause.ok_or_else(|| self.given_up()).map_or_else(Ok, Err)
    }

    pub fn tries(&self) -> u32 {
        self.tries as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::taken(&[200], PageOutcome::Accepted, 1)]
    #[case::taken_later(&[503, 429, 202], PageOutcome::Accepted, 3)]
    #[case::refused(&[410], PageOutcome::Refused, 1)]
    #[case::redirected(&[302], PageOutcome::Refused, 1)]
    #[case::never_taken(&[500, 500, 500, 500, 500, 500], PageOutcome::Failed, 6)]
    #[case::perhaps_taken(&[500, 504, 500, 500, 500, 500], PageOutcome::Unknown, 6)]
    #[case::refused_after_a_doubt(&[502, 409], PageOutcome::Unknown, 2)]
    fn what_the_end_of_the_tries_means(
        #[case] statuses: &[u16],
        #[case] outcome: PageOutcome,
        #[case] tries: u32,
    ) {
        let mut retry = Retry::new(true);
        let mut end = None;
        for status in statuses {
            assert_eq!(end, None, "tried again after the end");
            end = retry.after(&DeliveryVerdict::of_status(*status, None)).ok();
        }
        assert_eq!((end, retry.tries()), (Some(outcome), tries));
    }

    #[test]
    fn a_receiver_that_cannot_tell_a_repetition_gets_none_by_itself() {
        let mut retry = Retry::new(false);
        assert_eq!(
            retry.after(&DeliveryVerdict::of_status(503, None)),
            Err(Duration::from_secs(1))
        );
        assert_eq!(
            retry.after(&DeliveryVerdict::Ambiguous),
            Ok(PageOutcome::Unknown)
        );
    }

    #[test]
    fn a_receiver_may_ask_for_a_longer_pause() {
        let asked = |seconds| DeliveryVerdict::NotAccepted(Some(Duration::from_secs(seconds)));
        for seconds in [7, 25, 700] {
            assert_eq!(
                Retry::new(true).after(&asked(seconds)),
                Err(Duration::from_secs(seconds))
            );
        }
        let short = Retry::new(true).after(&asked(0));
        assert_eq!(short, Err(Duration::from_secs(1)));
    }
}
