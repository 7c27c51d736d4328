//! Three hours of samples in `OpenMetrics` text, loaded into a real Prometheus.

use crate::support::monitoring::{Monitoring, PROMETHEUS};
use crate::support::needs::Need;
use chrono::Utc;
use std::fmt::Write;
use std::process::Command;
use tempfile::TempDir;

pub(super) const NEEDED: [Need; 2] = [PROMETHEUS, Need::Tool("promtool")];
const SPAN: i64 = 3 * 3600;
const MINUTE: i64 = 60;

/// Samples of one series, from three hours ago until `ended` seconds ago.
struct Samples {
    series: &'static str,
    every: i64,
    ended: i64,
    /// By its number.
    value: fn(i64) -> f64,
}

fn counter(series: &'static str, every: i64, ended: i64) -> Samples {
    let value = |at: i64| at as f64 * 5.0;
    Samples {
        series,
        every,
        ended,
        value,
    }
}

fn gauge(series: &'static str, value: fn(i64) -> f64) -> Samples {
    Samples {
        series,
        every: 30,
        ended: 0,
        value,
    }
}

fn text(now: i64) -> String {
    let families: [(&str, Vec<Samples>); 8] = [
        (
            "payments_total",
            vec![
                counter(
                    "payments_total{outcome=\"success\",provider=\"north\"}",
                    30,
                    0,
                ),
                counter(
                    "payments_total{outcome=\"failed\",provider=\"north\"}",
                    30,
                    0,
                ),
                counter(
                    "payments_total{outcome=\"success\",provider=\"south\"}",
                    30,
                    0,
                ),
            ],
        ),
        (
            "slow_total",
            vec![counter("slow_total{outcome=\"success\"}", 10 * MINUTE, 0)],
        ),
        (
            "stale_total",
            vec![counter("stale_total{outcome=\"success\"}", 30, 40 * MINUTE)],
        ),
        (
            "job:payments_good:rate5m",
            vec![gauge("job:payments_good:rate5m", |_| 4.0)],
        ),
        (
            "job:success:ratio",
            vec![gauge("job:success:ratio", |_| 0.997)],
        ),
        (
            "settlement_lag_seconds",
            vec![
                gauge("settlement_lag_seconds{shard=\"a\"}", |_| 10.0),
                gauge("settlement_lag_seconds{shard=\"b\"}", |_| 20.0),
            ],
        ),
        (
            "payments_per_second",
            vec![gauge("payments_per_second", |at| {
                if at % 2 == 0 { 9.0 } else { 7.0 }
            })],
        ),
        (
            "confirm_seconds",
            vec![
                counter("confirm_seconds_bucket{le=\"0.5\"}", 30, 0),
                counter("confirm_seconds_bucket{le=\"0.80\"}", 30, 0),
                counter("confirm_seconds_bucket{le=\"1\"}", 30, 0),
                counter("confirm_seconds_bucket{le=\"+Inf\"}", 30, 0),
                counter("confirm_seconds_count", 30, 0),
            ],
        ),
    ];
    let mut text = String::new();
    for (family, all) in families {
        writeln!(text, "# TYPE {family} unknown").unwrap();
        for samples in all {
            let first = (now - SPAN) / samples.every * samples.every;
            let count = (now - samples.ended - first) / samples.every;
            for at in 0..=count {
                let (value, time) = ((samples.value)(at), first + at * samples.every);
                writeln!(text, "{} {value} {time}", samples.series).unwrap();
            }
        }
    }
    text + "# EOF\n"
}

pub(super) struct Loaded {
    pub(super) directory: TempDir,
    pub(super) server: Monitoring,
}

impl Loaded {
    pub(super) fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("traffic.txt");
        std::fs::write(&file, text(Utc::now().timestamp())).unwrap();
        let output = Command::new("promtool")
            .args(["tsdb", "create-blocks-from", "openmetrics", "-q"])
            .arg(&file)
            .arg(directory.path().join("prometheus-data"))
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        let server = Monitoring::prometheus(
            directory.path(),
            "global: {scrape_interval: 30s}\n",
            &["--storage.tsdb.retention.time=60d"],
        );
        Self { directory, server }
    }
}
