//! Payment traffic of many shapes, as counters that were scraped once a minute: four weeks of history and a fifth in
//! which something may happen. Minute 0 is a Monday, 00:00 UTC. The same seed gives the same traffic.

pub(crate) const DAY: usize = 1440;
pub(crate) const WEEK: usize = 7 * DAY;
pub(crate) const MINUTES: usize = 5 * WEEK;

#[derive(Clone)]
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    /// When a fault begins; none for healthy traffic, in which every alarm is false.
    pub(crate) onset: Option<usize>,
    /// Minutes that it lasts.
    pub(crate) lasts: usize,
    pub(crate) culprit: Option<(&'static str, &'static str)>,
    /// Payments a minute at noon of a working day.
    pub(crate) per_minute: f64,
    /// Days of week five that the calendar names, from 0.
    pub(crate) closed: &'static [usize],
    effect: fn(&Moment) -> Effect,
}

pub(crate) struct Moment {
    minute: usize,
    /// Minutes since the onset; negative before it, and without one.
    since: i64,
    lasts: usize,
    labels: [&'static str; 3],
}

impl Moment {
    fn on(&self) -> bool {
        self.since >= 0 && (self.since as usize) < self.lasts
    }
    fn provider(&self) -> &'static str {
        self.labels[0]
    }
    fn region(&self) -> &'static str {
        self.labels[1]
    }
    fn method(&self) -> &'static str {
        self.labels[2]
    }
    fn week_five(&self) -> bool {
        self.minute >= 4 * WEEK
    }
    /// Share of the fault that has passed, 0 – 1.
    fn passed(&self) -> f64 {
        (self.since as f64 / self.lasts as f64).clamp(0.0, 1.0)
    }
}

/// What a shape does to ordinary traffic.
#[derive(Clone, Copy)]
pub(crate) struct Effect {
    volume: f64,
    /// Added to the share that fails.
    failing: f64,
    /// How widely the share scatters from minute to minute.
    scatter: f64,
    scraped: bool,
    reset: bool,
}

const ORDINARY: Effect = Effect {
    volume: 1.0,
    failing: 0.0,
    scatter: 0.25,
    scraped: true,
    reset: false,
};

fn fails_if(condition: bool, share: f64) -> Effect {
    Effect {
        failing: if condition { share } else { 0.0 },
        ..ORDINARY
    }
}

fn volume_if(condition: bool, factor: f64) -> Effect {
    Effect {
        volume: if condition { factor } else { 1.0 },
        ..ORDINARY
    }
}

pub(crate) const LABELS: [&str; 3] = ["provider", "region", "method"];
/// The series: labels and share of the volume.
const SERIES: [([&str; 3], f64); 9] = [
    (["acme", "eu", "card"], 0.26),
    (["acme", "us", "card"], 0.14),
    (["acme", "apac", "wallet"], 0.10),
    (["globex", "eu", "card"], 0.12),
    (["globex", "us", "wallet"], 0.08),
    (["globex", "apac", "card"], 0.10),
    (["initech", "eu", "card"], 0.08),
    (["initech", "us", "card"], 0.07),
    (["initech", "apac", "transfer"], 0.05),
];

/// A fault on Wednesday of week five at this time of day.
const fn at(hour: usize, minute: usize) -> usize {
    4 * WEEK + 2 * DAY + hour * 60 + minute
}

/// A fault of all traffic.
const fn fault(
    name: &'static str,
    per_minute: f64,
    onset: usize,
    lasts: usize,
    effect: fn(&Moment) -> Effect,
) -> Shape {
    Shape {
        onset: Some(onset),
        lasts,
        ..healthy(name, per_minute, effect)
    }
}

const fn healthy(name: &'static str, per_minute: f64, effect: fn(&Moment) -> Effect) -> Shape {
    Shape {
        name,
        onset: None,
        lasts: 0,
        culprit: None,
        per_minute,
        closed: &[],
        effect,
    }
}

impl Shape {
    const fn closed(self, closed: &'static [usize]) -> Self {
        Self { closed, ..self }
    }

    /// A fault of the traffic with this label.
    const fn of(self, label: &'static str, value: &'static str) -> Self {
        Self {
            culprit: Some((label, value)),
            ..self
        }
    }
}

pub(crate) fn shapes() -> Vec<Shape> {
    [&FAULTY[..], &HEALTHY].concat()
}

#[rustfmt::skip]
const FAULTY: [Shape; 37] = [
    fault("total outage, 100/min", 100.0, at(10, 0), 60, |m| fails_if(m.on(), 0.98)),
    fault("total outage at night, 3/min", 20.0, at(3, 0), 90, |m| fails_if(m.on(), 0.98)),
    fault("total outage, 20/min", 20.0, at(14, 0), 60, |m| fails_if(m.on(), 0.98)),
    fault("provider outage", 100.0, at(11, 7), 60, |m| fails_if(m.on() && m.provider() == "acme", 0.95)).of("provider", "acme"),
    fault("2 points at once, 100/min", 100.0, at(15, 3), 120, |m| fails_if(m.on(), 0.02)),
    fault("2 points at once, 1,000/min", 1000.0, at(15, 3), 120, |m| fails_if(m.on(), 0.02)),
    fault("2 points, all of it acme", 100.0, at(13, 30), 120, |m| fails_if(m.on() && m.provider() == "acme", 0.04)).of("provider", "acme"),
    fault("slow decline of 2 points in an hour", 100.0, at(16, 0), 180, |m| fails_if(m.on(), 0.02 * (m.since as f64 / 60.0).clamp(0.0, 1.0))),
    fault("one region lost", 100.0, at(9, 40), 45, |m| fails_if(m.on() && m.region() == "apac", 0.9)).of("region", "apac"),
    fault("one method broken (5 %)", 100.0, at(12, 0), 120, |m| fails_if(m.on() && m.method() == "transfer", 0.7)).of("method", "transfer"),
    fault("retry storm", 200.0, at(18, 0), 40, |m| Effect { volume: if m.on() { 4.0 } else { 1.0 }, ..fails_if(m.on(), 0.5) }),
    fault("half a point at 3,000/min", 3000.0, at(12, 20), 180, |m| fails_if(m.on(), 0.005)),
    fault("late confirmations creep to 5 %", 300.0, at(17, 0), 120, |m| fails_if(m.on(), 0.05 * m.passed())),
    fault("flapping: 2 minutes bad, 8 good", 100.0, at(10, 30), 120, |m| fails_if(m.on() && m.since % 10 < 2, 0.6)),
    fault("1 point for six hours", 200.0, at(8, 0), 360, |m| fails_if(m.on(), 0.01)),
    fault("leak of 1 point in a day", 200.0, at(0, 0), DAY, |m| fails_if(m.on(), 0.01 * m.passed())),
    fault("4 minutes of a bad deployment", 300.0, at(14, 14), 4, |m| fails_if(m.on(), 0.3)),
    fault("fault while counters reset", 100.0, at(11, 0), 60, |m| Effect { reset: m.since == 3, ..fails_if(m.on(), 0.2) }),
    fault("fault right after a scrape gap", 100.0, at(11, 0), 60, |m| Effect { scraped: !(-15..0).contains(&m.since) || m.minute < 4 * WEEK, ..fails_if(m.on(), 0.2) }),
    fault("fault in a payday peak", 100.0, at(12, 0), 60, |m| Effect {
        volume: if (-120..240).contains(&m.since) && m.week_five() { 5.0 } else { 1.0 },
        ..fails_if(m.on(), 0.02)
    }),
    fault("wallet at 5/min fails by half", 50.0, at(13, 0), 120, |m| fails_if(m.on() && m.method() == "wallet", 0.5)).of("method", "wallet"),
    fault("2/min fail by a third", 2.0, at(13, 0), 240, |m| fails_if(m.on(), 0.33)),
    fault("1 point, and 30 points after 40 minutes", 200.0, at(10, 20), 130, |m| fails_if(m.on(), if m.since < 40 { 0.01 } else { 0.3 })),
    fault("30 points, and 1 point after 20 minutes", 200.0, at(10, 20), 130, |m| fails_if(m.on(), if m.since < 20 { 0.3 } else { 0.01 })),
    fault("2 points in noise", 300.0, at(11, 30), 120, |m| Effect { scatter: 0.7, ..fails_if(m.on(), 0.02) }),
    fault("bursts of 3 in 14 minutes, 1,000/min", 1000.0, at(10, 30), 130, |m| fails_if(m.on() && m.since % 14 < 3, 0.3)),
    fault("10 points with a pause of 10 minutes", 300.0, at(13, 10), 120, |m| fails_if(m.on() && !(30..40).contains(&m.since), 0.1)),
    fault("5 points at 10/min", 10.0, at(13, 10), 150, |m| fails_if(m.on(), 0.05)),
    fault("traffic vanishes at noon", 100.0, at(12, 0), 60, |m| volume_if(m.on(), 0.0)),
    fault("traffic falls to a twentieth", 300.0, at(15, 0), 60, |m| volume_if(m.on(), 0.05)),
    fault("traffic falls to 30 %, 100/min", 100.0, at(11, 0), 120, |m| volume_if(m.on(), 0.3)),
    fault("traffic falls to 30 %, 5/min", 5.0, at(11, 0), 180, |m| volume_if(m.on(), 0.3)),
    fault("traffic vanishes at night, 100/min", 100.0, at(3, 0), 60, |m| volume_if(m.on(), 0.0)),
    fault("a provider falls silent", 100.0, at(11, 7), 60, |m| volume_if(m.on() && m.provider() == "globex", 0.0)).of("provider", "globex"),
    fault("a provider restarts and counts nothing", 100.0, at(11, 7), 60, |m| Effect { scraped: !(m.on() && m.provider() == "globex"), ..ORDINARY }).of("provider", "globex"),
    fault("a method of 5 % falls silent", 100.0, at(14, 0), 90, |m| volume_if(m.on() && m.method() == "transfer", 0.0)).of("method", "transfer"),
    fault("a provider falls silent and stays away", 100.0, 4 * WEEK, DAY + 180, |m| volume_if(m.provider() == "globex" && m.week_five(), 0.0)).of("provider", "globex"),
];

#[rustfmt::skip]
const HEALTHY: [Shape; 25] = [
    healthy("ordinary week, 5/min", 5.0, |_| ORDINARY),
    healthy("ordinary week, 100/min", 100.0, |_| ORDINARY),
    healthy("ordinary week, 3,000/min", 3000.0, |_| ORDINARY),
    healthy("low volume, 0.5/min", 0.5, |_| ORDINARY),
    healthy("no traffic at night", 30.0, |m| volume_if((1..5).contains(&(m.minute % DAY / 60)), 0.0)),
    healthy("deep night trough", 100.0, |m| volume_if((0..6).contains(&(m.minute % DAY / 60)), 0.1)),
    healthy("payday peak, five times", 200.0, |m| volume_if(m.week_five() && m.minute / DAY % 7 == 4, 5.0)),
    healthy("holiday, a third of the volume", 200.0, |m| volume_if(m.week_five() && m.minute / DAY % 7 == 3, 0.3)).closed(&[3]),
    healthy("counter resets", 100.0, |m| Effect { reset: m.minute % 3000 == 7, ..ORDINARY }),
    healthy("a scrape gap of half an hour", 100.0, |m| Effect { scraped: !(4 * WEEK + 2000..4 * WEEK + 2030).contains(&m.minute), ..ORDINARY }),
    healthy("every third scrape missing", 100.0, |m| Effect { scraped: m.minute % 3 != 1, ..ORDINARY }),
    healthy("noisy provider", 100.0, |m| Effect { scatter: if m.provider() == "initech" { 1.2 } else { 0.25 }, ..ORDINARY }),
    healthy("a new provider appears", 100.0, |m| volume_if(m.provider() == "globex" && !m.week_five(), 0.0)),
    healthy("a provider was migrated away a week ago", 100.0, |m| volume_if(m.provider() == "globex" && m.minute >= 3 * WEEK, 0.0)),
    healthy("volume grows by 30 % in a month", 100.0, |m| volume_if(true, 0.77 + 0.3 * m.minute as f64 / MINUTES as f64)),
    healthy("volume falls by 30 % in a month", 100.0, |m| volume_if(true, 1.3 - 0.3 * m.minute as f64 / MINUTES as f64)),
    healthy("payday, six times, a week ago", 200.0, |m| volume_if(m.minute / DAY == 25, 6.0)),
    healthy("a shop closed at weekends", 50.0, |m| volume_if(m.minute / DAY % 7 >= 5, 0.02)),
    healthy("volume varies by a fifth from hour to hour", 200.0, |m| volume_if(true, 0.8 + 0.4 * varies(m.minute / 60))),
    healthy("volume varies by a half from minute to minute", 200.0, |m| volume_if(true, 0.5 + varies(m.minute))),
    healthy("a provider's share varies from hour to hour", 100.0, |m| volume_if(m.provider() == "globex", 0.6 + 0.8 * varies(m.minute / 60))),
    healthy("a day that closed a week ago", 100.0, |m| volume_if(m.minute / DAY == 23, 0.0)),
    healthy("success drifts by 0.1 point over the weeks", 200.0, |m| fails_if(true, 0.001 * m.minute as f64 / MINUTES as f64)),
    healthy("clocks change by an hour", 100.0, |m| volume_if(m.week_five(), rhythm(m.minute + 60) / rhythm(m.minute))),
    healthy("a past outage of three hours", 100.0, |m| fails_if((3 * WEEK + 2 * DAY + 600..3 * WEEK + 2 * DAY + 780).contains(&m.minute), 0.7)),
];

/// The same for the same number, 0 – 1.
fn varies(number: usize) -> f64 {
    Chance(number as u64).next()
}

/// A day: a trough at night, a plateau by day, weaker at weekends; about 1 at noon.
fn rhythm(minute: usize) -> f64 {
    let hour = (minute % DAY) as f64 / 60.0;
    let day = (minute / DAY) % 7;
    let wave = 0.5 + 0.5 * ((hour - 8.0) / 24.0 * std::f64::consts::TAU).sin();
    (0.12 + 0.9 * wave) * if day >= 5 { 0.7 } else { 1.0 }
}

/// What one scrape finds.
#[derive(Clone, Copy)]
pub(crate) struct Scrape {
    pub(crate) good: f64,
    pub(crate) total: f64,
}

/// One series.
pub(crate) struct Series {
    pub(crate) labels: [&'static str; 3],
    pub(crate) scrapes: Vec<Option<Scrape>>,
}

/// The traffic of a shape.
pub(crate) fn generate(shape: &Shape, seed: u64) -> Vec<Series> {
    let mut chance = Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ shape.name.len() as u64);
    let series = |(labels, share): ([&'static str; 3], f64)| {
        let (mut good, mut total) = (0.0, 0.0);
        let scrapes = (0..MINUTES).map(|minute| {
            let moment = Moment {
                minute,
                since: shape
                    .onset
                    .map_or(i64::MIN / 2, |onset| minute as i64 - onset as i64),
                lasts: shape.lasts,
                labels,
            };
            let effect = (shape.effect)(&moment);
            if effect.reset {
                (good, total) = (0.0, 0.0);
            }
            let payments =
                chance.poisson(shape.per_minute * share * rhythm(minute) * effect.volume);
            let hour = (minute % DAY) as f64 / 60.0;
            let normal = 0.0022 * (1.0 + 0.2 * (hour / 24.0 * std::f64::consts::TAU).cos());
            let normal = normal
                * (chance.normal() * effect.scatter - effect.scatter * effect.scatter / 2.0).exp();
            let failed = chance.binomial(payments, (normal + effect.failing).min(1.0));
            good += payments - failed;
            total += payments;
            effect.scraped.then_some(Scrape { good, total })
        });
        Series {
            labels,
            scrapes: scrapes.collect(),
        }
    };
    SERIES.into_iter().map(series).collect()
}

/// Chance from a seed (`splitmix64`).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * self.next().max(1e-300).ln()).sqrt();
        radius * (self.next() * std::f64::consts::TAU).cos()
    }

    fn poisson(&mut self, mean: f64) -> f64 {
        if mean > 60.0 {
            return (mean + mean.sqrt() * self.normal()).round().max(0.0);
        }
        let (limit, mut product, mut count) = ((-mean).exp(), self.next(), 0.0);
        while product > limit {
            product *= self.next();
            count += 1.0;
        }
        count
    }

    fn binomial(&mut self, n: f64, p: f64) -> f64 {
        if n * p < 20.0 && p < 0.1 {
            return self.poisson(n * p).min(n);
        }
        if n < 60.0 {
            return (0..n as usize).filter(|_| self.next() < p).count() as f64;
        }
        let spread = (n * p * (1.0 - p)).sqrt();
        (n * p + spread * self.normal()).round().clamp(0.0, n)
    }
}
