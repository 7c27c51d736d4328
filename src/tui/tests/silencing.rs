//! Silences on the screen: what is long stays readable, and its question can always be answered.

use super::*;
use crate::app::dialog::Dialog;

/// The console with one alert of many long labels, whose form for a silence is open.
fn silencing(value: &str) -> Model {
    let mut model = console(&story());
    let pairs = [
        ("alertname", "QueueDepth"),
        ("severity", "warning"),
        ("service", "gateway\n"),
        ("pan", "4111111111111111"),
        ("note", value),
    ];
    let labels = pairs.map(|(name, value)| (name.to_string(), value.to_string()));
    let alert = alert_from_labels(
        &labels.into(),
        &BTreeMap::new(),
        AlertState::Firing,
        start(),
    );
    model.live.index = index(&model, vec![alert]);
    for view in model.views.values_mut() {
        view.pending.clear();
    }
    update(&mut model, Msg::Act(Action::Show(Screen::Now)));
    update(&mut model, Msg::Act(Action::Down));
    update(&mut model, Msg::Act(Action::Silence));
    model
}

fn typed(model: &mut Model, text: &str) {
    update(model, Msg::Insert(text.into()));
    update(model, Msg::Act(Action::Enter));
}

#[rstest]
#[case::short("a b")]
#[case::long(&"long ".repeat(600))]
fn a_silence_of_long_labels_is_read_and_answered(
    #[case] value: &str,
    #[values((80, 24), (160, 45))] size: (u16, u16),
) {
    let mut model = silencing(value);
    let theme = Theme::new(true, true);
    let which = if value.len() > 10 { "long" } else { "short" };
    let name = |what: &str| format!("silence-{what}-{which}-{}x{}", size.0, size.1);
    let form = rendered(&model, size, &theme);
    insta::assert_snapshot!(name("form"), picture(&form));
    typed(&mut model, "known");
    let question = rendered(&model, size, &theme);
    insta::assert_snapshot!(name("question"), picture(&question));
    for buffer in [form, question] {
        let text = rows(&buffer).join("\n");
        assert!(!text.contains("4111111111111111"), "{text}");
        assert!(text.contains("alertname=QueueDepth"), "{text}");
    }
    let text = rows(&rendered(&model, size, &theme)).join("\n");
    assert!(text.contains("y Yes") && text.contains("n No"), "{text}");
    assert!(text.contains("1 alert matches now"), "{text}");
    // To the end of it.
    for _ in 0..20 {
        update(&mut model, Msg::Act(Action::PageDown));
    }
    let text = rows(&rendered(&model, size, &theme)).join("\n");
    assert!(text.contains("Do it?") && text.contains("n No"), "{text}");
}

#[test]
fn no_leads_back_to_the_form_with_what_was_typed() {
    let mut model = silencing("x");
    typed(&mut model, "known");
    update(&mut model, Msg::Act(Action::Back));
    let Some(Dialog::Form(form)) = model.dialogs.last() else {
        panic!("the form is there")
    };
    assert_eq!(form.fields[2].input.text(), "known");
    assert!(
        form.fields[0]
            .input
            .text()
            .contains("service=\"gateway\\n\"")
    );
}
