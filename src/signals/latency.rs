//! Quantiles of a histogram, as Prometheus computes them.

/// In seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantile {
    pub seconds: f64,
    /// It lies beyond the largest bound of the histogram, which is given.
    pub or_more: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantiles {
    pub p50: Quantile,
    pub p95: Quantile,
    pub p99: Quantile,
}

impl Quantiles {
    /// By percent, in seconds.
    pub fn of_shares(numbers: &[(f64, f64)]) -> Option<Self> {
        let named = |percent: f64| {
            let mut named = numbers
                .iter()
                .filter(|(key, _)| (*key - percent).abs() < 0.5);
            let seconds = named.next().map(|(_, seconds)| *seconds)?;
            seconds.is_finite().then_some(Quantile {
                seconds,
                or_more: false,
            })
        };
        Some(Self {
            p50: named(50.0)?,
            p95: named(95.0)?,
            p99: named(99.0)?,
        })
    }

    /// Of buckets: the upper bound, and the events up to it. `None` without events.
    pub fn of_buckets(mut buckets: Vec<(f64, f64)>) -> Option<Self> {
        buckets.retain(|(bound, count)| !bound.is_nan() && count.is_finite());
        buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
        // Scrapes in the middle of a change may leave a larger bound with fewer events.
        let mut most: f64 = 0.0;
        for (_, count) in &mut buckets {
            most = most.max(*count);
            *count = most;
        }
        let quantile = |share| quantile(&buckets, share);
        Some(Self {
            p50: quantile(0.5)?,
            p95: quantile(0.95)?,
            p99: quantile(0.99)?,
        })
    }
}

/// Linear within a bucket; the lowest begins at zero.
fn quantile(buckets: &[(f64, f64)], share: f64) -> Option<Quantile> {
    let (last, total) = *buckets.last()?;
    if last.is_finite() || buckets.len() < 2 || total <= 0.0 {
        return None;
    }
    let rank = share * total;
    let index = buckets.iter().position(|(_, count)| *count >= rank)?;
    let (bound, count) = buckets[index];
    let (begin, before) = match index {
        0 => (0.0_f64.min(bound), 0.0),
        index => buckets[index - 1],
    };
    if bound.is_infinite() {
        return Some(Quantile {
            seconds: begin,
            or_more: true,
        });
    }
    let inside = match count > before {
        true => (rank - before) / (count - before),
        false => 1.0,
    };
    Some(Quantile {
        seconds: begin + (bound - begin) * inside,
        or_more: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_prometheus() {
        let buckets = vec![
            (0.1, 50.0),
            (0.5, 90.0),
            (1.0, 98.0),
            (f64::INFINITY, 100.0),
        ];
        let found = Quantiles::of_buckets(buckets).unwrap();
        assert!((found.p50.seconds - 0.1).abs() < 1e-12);
        assert!((found.p95.seconds - (0.5 + 0.5 * 5.0 / 8.0)).abs() < 1e-12);
        assert_eq!((found.p99.seconds, found.p99.or_more), (1.0, true));
    }

    #[test]
    fn without_events_or_without_the_last_bucket_there_are_none() {
        assert_eq!(Quantiles::of_buckets(vec![]), None);
        assert_eq!(Quantiles::of_buckets(vec![(0.1, 5.0), (0.5, 9.0)]), None);
        let none = vec![(0.1, 0.0), (f64::INFINITY, 0.0)];
        assert_eq!(Quantiles::of_buckets(none), None);
    }
}
