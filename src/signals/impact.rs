//! The impact of failing payments in one span of time, rounded once: the screen, the command line, the journal and the
//! documents show this and nothing else.

use super::money::{Loss, LossValue, PriceMethod};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// What a span counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImpactBasis {
    /// The measured start of a drop.
    Drop,
    /// The start of the incident: no drop was measured.
    Incident,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Impact {
    pub from: DateTime<Utc>,
    /// It may have begun earlier, before the first minute that was read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub or_before: bool,
    /// End of the last measured minute.
    pub to: DateTime<Utc>,
    pub basis: ImpactBasis,
    pub ended: bool,
    /// Payments.
    pub failed: u64,
    /// Payments of unknown outcome: they may have failed too.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unknown: u64,
    /// Seconds of the span without a measurement.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unmeasured: u64,
    /// Seconds of the span with one.
    pub measured: u64,
    /// `None`: the service map names no price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<ImpactAmount>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImpactAmount {
    /// In whole units of the currency.
    pub at_least: u64,
    /// With the payments of unknown outcome.
    pub at_most: u64,
    /// In the last five minutes, for each minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_minute: Option<u64>,
    pub currency: Currency,
    /// The average amount that the count was multiplied with; `None` if amounts were counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average: Option<f64>,
}

/// An ISO 4217 code: three capital letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    pub fn new(code: &str) -> Option<Self> {
        let letters: [u8; 3] = code.as_bytes().try_into().ok()?;
        letters
            .iter()
            .all(u8::is_ascii_uppercase)
            .then_some(Self(letters))
    }
}

impl std::fmt::Display for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(std::str::from_utf8(&self.0).unwrap_or_default())
    }
}

impl TryFrom<String> for Currency {
    type Error = String;

    fn try_from(code: String) -> Result<Self, String> {
        Self::new(&code).ok_or_else(|| "a currency is three capital letters".to_string())
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.to_string()
    }
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// A span of failing payments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImpactSpan {
    pub from: DateTime<Utc>,
    pub or_before: bool,
    pub to: DateTime<Utc>,
    pub basis: ImpactBasis,
    pub ended: bool,
}

impl Impact {
    pub fn of(span: ImpactSpan, loss: &Loss) -> Self {
        Self {
            from: span.from,
            or_before: span.or_before,
            to: span.to,
            basis: span.basis,
            ended: span.ended,
            failed: whole(loss.failed),
            unknown: whole(loss.failed + loss.unknown).saturating_sub(whole(loss.failed)),
            measured: loss.measured.unsigned_abs(),
            unmeasured: loss.missing.unsigned_abs(),
            amount: loss.worth.as_ref().and_then(ImpactAmount::of),
        }
    }

    /// With an earlier span.
    pub fn with(mut self, earlier: &Self) -> Self {
        self.from = self.from.min(earlier.from);
        self.or_before |= earlier.or_before;
        self.failed += earlier.failed;
        self.unknown += earlier.unknown;
        self.measured += earlier.measured;
        self.unmeasured += earlier.unmeasured;
        self.amount = match (self.amount, &earlier.amount) {
            (Some(mut own), Some(other)) if own.currency == other.currency => {
                own.at_least += other.at_least;
                own.at_most += other.at_most;
                Some(own)
            }
            (own, _) => own,
        };
        self
    }

    pub fn lasted(&self) -> TimeDelta {
        self.to - self.from
    }
}

impl ImpactAmount {
    /// `None` without a currency code.
    fn of(worth: &LossValue) -> Option<Self> {
        Some(Self {
            at_least: whole(worth.failed),
            at_most: whole(worth.at_most),
            per_minute: worth.per_minute.map(whole),
            currency: Currency::new(&worth.currency)?,
            average: match worth.method {
                PriceMethod::Measured => None,
                PriceMethod::Average(average) => Some(average),
            },
        })
    }

    pub fn is_estimate(&self) -> bool {
        self.average.is_some()
    }
}

fn whole(number: f64) -> u64 {
    // A negative or infinite count is no count; `as` saturates.
    number.max(0.0).round() as u64
}
