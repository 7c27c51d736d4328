//! Whether the signals of a map can be measured at their source: which questions to ask, and what the answers mean.
//!
//! Pure: the caller asks the source. Without a source, [`lint`] finds what no server accepts.

mod facts;
mod finding;
mod judge;
mod lint;
mod plan;
mod query;
mod words;

pub use facts::{
    BoundFacts, CounterFacts, LabelFacts, PartAnswer, PartFacts, Refusal, SelectorFacts,
    SignalFacts, SourceFacts,
};
pub use finding::{Finding, FindingLevel, Reason};
pub use judge::{judge, judge_source};
pub use lint::lint;
pub use plan::{
    BoundPlan, CounterPlan, PartPlan, SignalPlan, behaviour, interval, last_seen, plan, plan_of,
    scrape_counts,
};
pub use query::Selector;

#[cfg(test)]
mod tests;
