//! Every screen as a picture, colour kept; and what every screen must always say.

mod commanding;
mod entering;
mod keys;
mod reading;
mod seeing;
mod silencing;

use super::Theme;
use super::view::draw;
use crate::alerts::{Alert, AlertState};
use crate::alerts::{AlertIndex, SourceAlerts};
use crate::app::message::JournalNews;
use crate::app::{Model, Msg, update};
use crate::incident::Status;
use crate::incident::entry::{Noted, PageOutcome, StepOutcome};
use crate::keymap::{Action, Key, Screen};
use crate::signals::Cause;
use crate::signals::Reading;
use crate::sources::{RuleSet, alert_from_labels};
use crate::testing::reports;
use crate::testing::{Story, actor_id, bench_setup, slug, start};
use crate::text::Problem;
use chrono::TimeDelta;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};
use rstest::rstest;
use std::collections::BTreeMap;
use std::sync::Arc;

/// An incident five minutes old: paged, acknowledged, classified, in its playbook, with two alerts.
fn story() -> Story {
    let mut story = Story::new();
    story.signal(Reading::Value(0.8235), Cause::Change).page(
        "on-call",
        Some(PageOutcome::Accepted),
        0,
    );
    story.pass(1).person("a-7f3c21aa", "dana").acknowledge();
    story.pass(1).classify(
        1,
        "availability-failing",
        &[
            ("correctness", "right"),
            ("completion", "failing"),
            ("exposure", "none"),
        ],
        &[],
    );
    let library = bench_setup().library;
    let playbook = library.get(&slug("payment-success-drop")).unwrap();
    let (digest, steps) = (playbook.digest.clone(), playbook.steps.len() as u32);
    story.begin_playbook("payment-success-drop", &digest, steps);
    story.pass(1).step(
        "payment-success-drop",
        "take-the-first-look",
        1,
        StepOutcome::Done,
    );
    story.note("acme says their gateway is being restarted");
    story
}

/// What the only source of alerts says.
fn index(model: &Model, alerts: Vec<Alert>) -> Arc<AlertIndex> {
    let alerts = alerts.into_iter().map(Arc::new).collect();
    let gathered = BTreeMap::from([(
        slug("alertmanager"),
        SourceAlerts {
            alerts,
            ..SourceAlerts::default()
        },
    )]);
    Arc::new(AlertIndex::new(&gathered, &model.setup.intake))
}

fn console(story: &Story) -> Model {
    let mut model = Model::new(bench_setup(), crate::testing::stamp(start()));
    model.ui.utc = true;
    let id = story.id();
    update(
        &mut model,
        Msg::Journal(JournalNews::Loaded {
            incident: id.clone(),
            entries: story.entries.clone(),
            state: Box::new(crate::incident::Incident::from_entries(&story.entries)),
        }),
    );
    model.current = Some(id);
    let mut values = vec![0.9994; 12];
    values.extend([0.95, 0.86, 0.84, 0.82, 0.81, 0.8]);
    let report = reports::minutes(story.now + TimeDelta::seconds(58), &values);
    update(&mut model, Msg::Signals(Box::new(report)));
    update(
        &mut model,
        Msg::Tick(crate::testing::stamp(story.now + TimeDelta::seconds(59))),
    );
    let alert = |name: &str, severity: &str, summary: &str| {
        let labels = [
            ("alertname", name),
            ("severity", severity),
            ("path", "confirm"),
        ];
        let labels = labels
            .iter()
            .map(|(k, v)| ((*k).to_string(), (*v).to_string()))
            .collect();
        let annotations = BTreeMap::from([("summary".to_string(), summary.to_string())]);
        alert_from_labels(&labels, &annotations, AlertState::Firing, start())
    };
    let alerts = vec![
        alert(
            "PaymentSuccessRateLow",
            "critical",
            "confirm success 84.70%",
        ),
        alert(
            "CheckoutErrorsHigh",
            "warning",
            "Checkout shows errors to users",
        ),
    ];
    let gathered = index(&model, alerts);
    update(
        &mut model,
        Msg::Alerts {
            source: slug("alertmanager"),
            result: Ok(gathered),
        },
    );
    update(
        &mut model,
        Msg::Rules {
            source: slug("prometheus"),
            result: Ok(RuleSet::default()),
        },
    );
    // Its readings are answered too.
    let now = model.now;
    let prometheus = model.live.sources.entry(slug("prometheus")).or_default();
    (prometheus.asked, prometheus.answered) = (Some(now), Some(now));
    // The snapshot shows what is durable; nothing is on its way.
    for view in model.views.values_mut() {
        view.pending.clear();
    }
    update(
        &mut model,
        Msg::Tick(crate::testing::stamp(story.now + TimeDelta::seconds(60))),
    );
    for view in model.views.values_mut() {
        view.pending.clear();
    }
    model
}

fn rendered(model: &Model, size: (u16, u16), theme: &Theme) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
    terminal
        .draw(|frame| {
            draw(frame, model, theme);
        })
        .unwrap();
    terminal.backend().buffer().clone()
}

fn rows(buffer: &Buffer) -> Vec<String> {
    let area = buffer.area;
    (0..area.height)
        .map(|y| {
            (0..area.width)
                .map(|x| buffer[(x, y)].symbol())
                .collect::<String>()
                .trim_end()
                .to_string()
        })
        .collect()
}

/// The text, and under each row that has any, its styles: one letter a cell.
fn picture(buffer: &Buffer) -> String {
    let area = buffer.area;
    let mut out = String::new();
    for (y, row) in rows(buffer).into_iter().enumerate() {
        out += &format!("{row}\n");
        let styles: String = (0..area.width)
            .map(|x| style(&buffer[(x, y as u16)]))
            .collect();
        if !styles.trim().is_empty() {
            out += &format!("    ~ {}\n", styles.trim_end());
        }
    }
    out
}

/// r red, y yellow, g green, c cyan, m magenta, d dim; upper case bold; reversed `#` takes no letter's place.
fn style(cell: &ratatui::buffer::Cell) -> char {
    let letter = match cell.fg {
        Color::Red => 'r',
        Color::Yellow => 'y',
        Color::Green => 'g',
        Color::Cyan => 'c',
        Color::Magenta => 'm',
        Color::DarkGray => 'd',
        _ if cell.modifier.contains(Modifier::REVERSED) => '#',
        _ if cell.modifier.contains(Modifier::BOLD) => 'B',
        _ => ' ',
    };
    if cell.modifier.contains(Modifier::BOLD) {
        letter.to_ascii_uppercase()
    } else {
        letter
    }
}

#[rstest]
fn every_screen_is_as_it_was(#[values((80, 24), (120, 40))] size: (u16, u16)) {
    let model = console(&story());
    for screen in Screen::ALL {
        let mut model = model.clone();
        model.ui.show(screen);
        let buffer = rendered(&model, size, &Theme::new(true, true));
        insta::assert_snapshot!(
            format!("{}-{}x{}", screen.title(), size.0, size.1),
            picture(&buffer)
        );
        let text = rows(&buffer);
        assert!(text[0].contains("SEV1"), "severity on {}", screen.title());
        assert!(
            text[1].contains("82.60 % of 99.90 %  2 s ago"),
            "rate with its age on {}: {}",
            screen.title(),
            text[1]
        );
        assert!(
            text[2].contains("01:04 status update in 1 min") && text[2].contains("01:28 page cto"),
            "nearest clock on {}: {}",
            screen.title(),
            text[2]
        );
        let hint = text.last().unwrap();
        let wanted = if screen == Screen::Playbook {
            "enter run the check"
        } else {
            "p playbook: next step"
        };
        assert!(
            hint.contains(wanted),
            "next key on {}: {hint}",
            screen.title()
        );
    }
}

#[rstest]
#[case::severity_question("severity-question", &['s'])]
#[case::note("note", &['n'])]
#[case::statuses("statuses", &['u'])]
#[case::playbooks("playbooks", &['3', 'c'])]
#[case::roles("roles", &['r'])]
#[case::quit("quit", &['q'])]
#[case::help("help", &['?'])]
#[case::palette("palette", &[':'])]
fn what_lies_over_a_screen_is_as_it_was(#[case] name: &str, #[case] keys: &[char]) {
    let mut model = console(&story());
    for key in keys {
        update(&mut model, Msg::Key(Key::Char(*key)));
    }
    let buffer = rendered(&model, (80, 24), &Theme::new(true, true));
    insta::assert_snapshot!(name, picture(&buffer));
    let text = rows(&buffer);
    assert!(
        text[0].contains("SEV1") && text[1].contains("2 s ago") && text[2].contains("page cto")
    );
}

#[test]
fn an_empty_console_says_what_would_appear_and_how_to_get_it() {
    let mut setup = bench_setup();
    setup.sources.clear();
    let mut model = Model::new(setup, crate::testing::stamp(start()));
    model.ui.utc = true;
    let buffer = rendered(&model, (80, 24), &Theme::new(true, true));
    insta::assert_snapshot!("empty", picture(&buffer));
    assert!(rows(&buffer).join("\n").contains("--alertmanager URL"));
}

#[test]
fn an_exercise_is_unmistakable_on_every_screen() {
    let mut model = console(&Story::drill());
    model.setup.drill = Some(("A deployment breaks payment confirmation".into(), 10));
    for screen in Screen::ALL {
        model.ui.show(screen);
        let text = rows(&rendered(&model, (80, 24), &Theme::new(true, true)));
        assert_eq!(text[0].matches("EXERCISE").count(), 2, "{}", text[0]);
        assert!(
            text.iter().any(|row| row.contains("next: press a")),
            "advice on {}",
            screen.title()
        );
    }
    let tiny = rows(&rendered(&model, (20, 5), &Theme::new(true, true)));
    assert!(tiny[0].starts_with("EXERCISE"), "{tiny:?}");
    insta::assert_snapshot!(
        "exercise",
        picture(&rendered(&model, (80, 24), &Theme::new(true, true)))
    );
}

#[test]
fn lost_contact_is_said_with_its_age_and_nothing_reads_resolved() {
    let mut story = story();
    story.by = actor_id("warroom");
    story.alert(AlertState::Vanished);
    let mut model = console(&story);
    model.live.index = index(&model, Vec::new());
    let told = Problem::new(
        "prometheus at 127.0.0.1:9: cannot connect",
        "check the address",
    );
    let mut report = model.live.report.clone().unwrap();
    report.contacts = vec![(slug("prometheus"), Err(told))];
    update(&mut model, Msg::Signals(report));
    let later = model.now + TimeDelta::seconds(42);
    update(&mut model, Msg::Tick(crate::testing::stamp(later)));
    for screen in Screen::ALL {
        model.ui.show(screen);
        let text = rows(&rendered(&model, (80, 24), &Theme::new(true, true)));
        assert!(text[1].contains("contact lost, 44 s old"), "{}", text[1]);
        let claims = |row: &&String| {
            let row = row.to_lowercase().replace("not confirmed as resolved", "");
            row.contains("resolved")
        };
        let wrong = text.iter().find(claims);
        assert_eq!(wrong, None, "on {}", screen.title());
    }
    model.ui.show(Screen::Now);
    let text = rows(&rendered(&model, (120, 40), &Theme::new(true, true))).join("\n");
    assert!(
        text.contains("not reported 1 min") && text.contains("not confirmed as resolved"),
        "{text}"
    );
    assert!(text.contains("contact lost for 43 s"), "{text}");
}

#[test]
fn without_colour_and_in_plain_letters_everything_is_still_said() {
    let model = console(&story());
    let buffer = rendered(&model, (80, 24), &Theme::new(false, false));
    let cells = buffer.content();
    assert!(
        cells
            .iter()
            .all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset)
    );
    assert!(
        cells
            .iter()
            .all(|cell| cell.symbol().is_ascii() || "…".contains(cell.symbol()))
    );
    let text = rows(&buffer);
    assert!(text[0].contains("SEV1") && text.join("\n").contains("crit"));
}

#[test]
fn a_terminal_of_any_size_shows_what_it_can_and_never_fails() {
    let model = console(&story());
    for screen in Screen::ALL {
        for (width, height) in [(1, 1), (20, 5), (40, 10), (59, 15), (60, 16), (300, 100)] {
            let mut model = model.clone();
            model.ui.show(screen);
            for overlay in [None, Some('?'), Some(':'), Some('n'), Some('u')] {
                let mut model = model.clone();
                if let Some(key) = overlay {
                    update(&mut model, Msg::Key(Key::Char(key)));
                }
                rendered(&model, (width, height), &Theme::new(true, true));
            }
        }
    }
    let small = rows(&rendered(&model, (20, 5), &Theme::new(true, true)));
    assert!(
        small[0].starts_with("SEV1") && small[2].contains("01:04"),
        "{small:?}"
    );
}

#[test]
fn what_is_not_recorded_is_said_in_red_and_in_words() {
    let mut model = console(&story());
    update(&mut model, Msg::Key(Key::Char('u')));
    update(&mut model, Msg::Key(Key::Char('2')));
    update(&mut model, Msg::Act(Action::Enter));
    let id = model.current.clone().unwrap();
    let why = Problem::new("cannot write to journal.jsonl: no space left", "free space");
    update(
        &mut model,
        Msg::Journal(JournalNews::NotRecorded { incident: id, why }),
    );
    let text = rows(&rendered(&model, (80, 24), &Theme::new(true, true)));
    assert!(
        text.iter()
            .any(|row| row.contains("NOT RECORDED (1): cannot write")),
        "{text:#?}"
    );
    assert!(text.last().unwrap().ends_with("NOT RECORDED"), "{text:#?}");
    assert_ne!(model.incident().unwrap().status, Status::Identified);
}

#[test]
fn hostile_text_draws_no_control_character() {
    let mut story = story();
    story.note("\u{1b}[2J\u{9b}31m\u{202e}evil\u{7}");
    let model = console(&story);
    for screen in Screen::ALL {
        let mut model = model.clone();
        model.ui.show(screen);
        let buffer = rendered(&model, (120, 40), &Theme::new(true, true));
        for cell in buffer.content() {
            assert!(
                cell.symbol()
                    .chars()
                    .all(|c| !c.is_control() && c != '\u{202e}'),
                "{:?}",
                cell.symbol()
            );
        }
    }
    assert!(
        model
            .view()
            .unwrap()
            .entries
            .iter()
            .any(super::super::incident::entry::Entry::is::<Noted>)
    );
}
