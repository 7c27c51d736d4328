//! Drop detection: is the success rate below normal for this hour, since when, and which part causes it?
//!
//! The test is a scan over windows that end now. In each window the failures `b` are compared with the expected
//! failures `E` of these payments at this hour, by the log-likelihood ratio of a Poisson count, `G = b ln(b/E) − (b −
//! E)`, divided by the measured overdispersion. Normal traffic exceeds a value of `h` about once in `e^h` independent
//! trials (Kulldorff, "A spatial scan statistic", 1997; the window with the highest value is the change-point
//! estimate of Page's CUSUM, 1954). A drop must also be large enough and must not be over. It is over if the same
//! ratio, of the drop's failure rate against the normal rate, shows that the last minutes fit neither the drop nor
//! its slow recovery.

mod attribution;
mod baseline;
mod begin;
mod drop;
mod normal_volume;
mod onset;
mod pair;
mod past;
mod scan;
mod statistics;
mod volume;
mod windows;

pub use attribution::{LabelSplit, find_with_parts};
pub use baseline::{Baseline, NormalSource};
pub use drop::{Culprit, DropRecovery, DropState, SuccessDrop};
pub use onset::Onset;
pub use pair::{PairCounts, explain_pair};
pub use volume::{Part, VolumeDrop, find as find_volume_drop};
