//! The success rate of an incident as a picture: SVG, from the journal alone, with what happened marked.

use crate::incident::entry::{ObservationEvent, PlaybookEvent, ResponseEvent};
use crate::incident::{Entry, Event, Incident};
use crate::signals::percent;
use chrono::{DateTime, TimeDelta, Utc};

/// Pixels.
const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 320.0;
/// Left, right, top, bottom; pixels.
const SPACE: [f64; 4] = [70.0, 20.0, 40.0, 60.0];
/// Readings further apart than this are not joined: what lies between is not known.
const JOIN: TimeDelta = TimeDelta::minutes(6);

/// No value where no number was read.
type Point = (DateTime<Utc>, Option<f64>);

pub(super) fn svg(entries: &[Entry], incident: &Incident) -> String {
    drawn(entries, incident).unwrap_or_else(|| {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} 60\" font-family=\"sans-serif\" font-size=\"14\">\n<text x=\"20\" y=\"35\">No reading of the success rate is in this journal.</text>\n</svg>\n"
        )
    })
}

fn drawn(entries: &[Entry], incident: &Incident) -> Option<String> {
    let opened = incident.opened.as_ref()?;
    let points = points(incident)?;
    let known = || points.iter().filter_map(|(_, value)| *value);
    let objective = opened.data.objective;
    let low = known().fold(objective, f64::min);
    let high = known().fold(objective, f64::max);
    let margin = ((high - low) * 0.08).max(0.0005);
    let (from, to) = (points.first()?.0, points.last()?.0.max(opened.data.started));
    let plot = Plot {
        from,
        to: to.max(from + TimeDelta::minutes(1)),
        low: (low - margin).max(0.0),
        high: (high + margin).min(1.0),
    };
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" font-family=\"sans-serif\" font-size=\"12\">\n<title>{} of {}</title>\n<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fff\"/>\n",
        opened.data.signal, objective
    );
    plot.frame(&mut out, objective);
    plot.series(&mut out, &points);
    plot.marks(&mut out, entries, opened.data.started);
    out.push_str("</svg>\n");
    Some(out)
}

fn points(incident: &Incident) -> Option<Vec<Point>> {
    let opened = incident.opened.as_ref()?;
    let facts = incident.signals.get(&opened.data.signal)?;
    let mut points: Vec<Point> = Vec::new();
    if let Some(before) = facts.before.as_ref().map(|fact| &fact.data) {
        let step = TimeDelta::seconds(i64::from(before.step));
        let each = before.values.iter().enumerate();
        points.extend(each.map(|(index, value)| (before.from + step * index as i32, *value)));
    }
    let samples = facts.samples.iter();
    points.extend(samples.map(|(_, sample)| (sample.at, sample.reading.value())));
    points.sort_by_key(|(at, _)| *at);
    let any = points.iter().any(|(_, value)| value.is_some());
    any.then_some(points)
}

struct Plot {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    low: f64,
    high: f64,
}

impl Plot {
    fn x(&self, at: DateTime<Utc>) -> f64 {
        let share = (at - self.from).num_milliseconds() as f64
            / (self.to - self.from).num_milliseconds() as f64;
        SPACE[0] + share.clamp(0.0, 1.0) * (WIDTH - SPACE[0] - SPACE[1])
    }

    fn y(&self, value: f64) -> f64 {
        let share = (self.high - value) / (self.high - self.low).max(f64::MIN_POSITIVE);
        SPACE[2] + share.clamp(0.0, 1.0) * (HEIGHT - SPACE[2] - SPACE[3])
    }

    fn frame(&self, out: &mut String, objective: f64) {
        let (left, right, bottom) = (SPACE[0], WIDTH - SPACE[1], HEIGHT - SPACE[3]);
        let mut put = |line: String| *out += &(line + "\n");
        for value in [self.high, f64::midpoint(self.low, self.high), self.low] {
            let (y, value) = (self.y(value), percent(value));
            put(format!(
                r##"<line x1="{left}" y1="{y:.1}" x2="{right}" y2="{y:.1}" stroke="#ddd"/>"##
            ));
            let (x, y) = (left - 6.0, y + 4.0);
            put(format!(
                r#"<text x="{x:.1}" y="{y:.1}" text-anchor="end">{value}</text>"#
            ));
        }
        let y = self.y(objective);
        put(format!(
            r##"<line x1="{left}" y1="{y:.1}" x2="{right}" y2="{y:.1}" stroke="#06c" stroke-dasharray="6 4"/>"##
        ));
        let (y, objective) = (SPACE[2] - 22.0, percent(objective));
        put(format!(
            r##"<text x="{left}" y="{y:.1}" fill="#06c">objective {objective}</text>"##
        ));
        for index in 0..=4 {
            let at = self.from + (self.to - self.from) * index / 4;
            let (x, y, at) = (self.x(at), bottom + 36.0, at.format("%H:%M"));
            put(format!(
                r#"<text x="{x:.1}" y="{y:.1}" text-anchor="middle">{at}</text>"#
            ));
        }
        let (y, day) = (HEIGHT - 6.0, self.from.format("%Y-%m-%d"));
        put(format!(
            r##"<text x="{right}" y="{y:.1}" text-anchor="end" fill="#666">{day} UTC; gaps were not measured</text>"##
        ));
    }

    /// A reading without a near neighbour is a dot.
    fn series(&self, out: &mut String, points: &[Point]) {
        let mut run: Vec<(f64, f64)> = Vec::new();
        let mut last: Option<DateTime<Utc>> = None;
        let mut flush = |run: &mut Vec<(f64, f64)>| {
            let path: Vec<String> = run.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
            let path = path.join(" ");
            *out += &match run.as_slice() {
                [] => String::new(),
                [(x, y)] => {
                    format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2\" fill=\"#c00\"/>\n")
                }
                _ => format!(
                    "<polyline points=\"{path}\" fill=\"none\" stroke=\"#c00\" stroke-width=\"1.5\"/>\n"
                ),
            };
            run.clear();
        };
        for (at, value) in points {
            if value.is_none() || last.is_some_and(|last| *at - last > JOIN) {
                flush(&mut run);
            }
            if let Some(value) = value {
                run.push((self.x(*at), self.y(*value)));
                last = Some(*at);
            }
        }
        flush(&mut run);
    }

    fn marks(&self, out: &mut String, entries: &[Entry], started: DateTime<Utc>) {
        /// Pixels that a label takes; one that would lie on the last one is left out, its line stays.
        const LABEL: f64 = 62.0;
        let bottom = HEIGHT - SPACE[3];
        let mut labelled = f64::NEG_INFINITY;
        let mut mark = |at: DateTime<Utc>, colour: &str, label: &str, tall: bool| {
            if at < self.from || at > self.to {
                return;
            }
            let (x, top) = (self.x(at), if tall { SPACE[2] } else { bottom });
            let (end, below) = (bottom + 8.0, bottom + 20.0);
            *out += &format!(
                "<line x1=\"{x:.1}\" y1=\"{top:.1}\" x2=\"{x:.1}\" y2=\"{end:.1}\" stroke=\"{colour}\"/>\n"
            );
            if (x - labelled).abs() >= LABEL {
                labelled = x;
                *out += &format!(
                    "<text x=\"{x:.1}\" y=\"{below:.1}\" text-anchor=\"middle\" fill=\"{colour}\" font-size=\"10\">{label}</text>\n"
                );
            }
        };
        mark(started, "#000", "start", true);
        for entry in entries {
            if let Some((colour, kind, tall)) = marked(entry) {
                // A number and not a text: what people wrote stays in the document, where it can be withheld.
                let label = format!("{kind} #{}", entry.seq);
                mark(entry.happened(), colour, &label, tall);
            }
        }
    }
}

/// Colour, word, and whether its line is tall.
fn marked(entry: &Entry) -> Option<(&'static str, &'static str, bool)> {
    match entry.event()? {
        Event::Observation(event) => match event {
            ObservationEvent::ChangeSeen(_) => Some(("#b60", "change", true)),
            ObservationEvent::AlertSeen(_)
            | ObservationEvent::SignalSeen(_)
            | ObservationEvent::Backfilled(_)
            | ObservationEvent::ImpactMeasured(_)
            | ObservationEvent::SourceLost(_)
            | ObservationEvent::SourceBack(_) => None,
        },
        Event::Playbook(event) => match event {
            PlaybookEvent::StepRecorded(_) => Some(("#060", "step", false)),
            PlaybookEvent::PlaybookStarted(_) | PlaybookEvent::ItemTicked(_) => None,
        },
        Event::Response(event) => match event {
            ResponseEvent::Decided(_) => Some(("#060", "decision", false)),
            ResponseEvent::StatusChanged(_) => Some(("#060", "status", true)),
            ResponseEvent::ImpactStated(_) => Some(("#060", "impact", true)),
            ResponseEvent::Opened(_)
            | ResponseEvent::ActorIntroduced(_)
            | ResponseEvent::Classified(_)
            | ResponseEvent::Proposed(_)
            | ResponseEvent::RoleAssigned(_)
            | ResponseEvent::HandedOver(_)
            | ResponseEvent::Noted(_)
            | ResponseEvent::Corrected(_)
            | ResponseEvent::WorkOpened(_)
            | ResponseEvent::WorkChanged(_) => None,
        },
        Event::Paging(_) | Event::Message(_) | Event::Custody(_) | Event::Clock(_) => None,
    }
}
