use super::*;
use rstest::rstest;

fn map() -> ServiceMap {
    let text = "services:\n  - service: pay\n    owner: \"payments team, #payments, +44 20 7946 0000\"\n    paths: [{path: confirm, strict: true, signals: []}]\n  - service: risk\n    owner: risk\n    paths: []\n";
    ServiceMap::parse(text).unwrap()
}

fn team(name: &str) -> Option<Owner> {
    Some(Owner::Team(Safe::line(name)))
}

#[rstest]
#[case::as_the_journal_writes_it("incident-commander", Some(Owner::Role(Role::IncidentCommander)))]
#[case::title("Communications Lead", Some(Owner::Role(Role::Communications)))]
#[case::short("sme", Some(Owner::Role(Role::SubjectExpert)))]
#[case::team_of_the_map("risk", team("risk"))]
#[case::in_another_case("Payments Team", team("payments team"))]
#[case::with_how_to_reach_it(
    "payments team, #payments, +44 20 7946 0000",
    team("payments team, #payments, +44 20 7946 0000")
)]
#[case::another_team("team:treasury", team("treasury"))]
#[case::spaces(" Team: back office ", team("back office"))]
#[case::maybe_a_person("dana", None)]
#[case::a_team_that_the_map_does_not_have("treasury", None)]
#[case::longer_than_its_bytes("té", None)]
fn a_text_names_a_role_or_a_team(#[case] text: &str, #[case] wanted: Option<Owner>) {
    assert_eq!(role_or_team(text, &map()).unwrap(), wanted);
}

#[test]
fn a_team_without_a_name_is_refused() {
    assert_eq!(
        role_or_team("team: ", &map()).unwrap_err().what,
        "the team has no name"
    );
}

#[rstest]
#[case::person("dna", "did you mean dana? ")]
#[case::role("comunications", "did you mean communications? ")]
#[case::team("payment team", "did you mean payments team? ")]
#[case::nobody_alike("xyzzy", "people: ")]
fn an_unknown_owner_is_refused_with_the_nearest_and_with_how_to_name_a_team(
    #[case] text: &str,
    #[case] begins: &str,
) {
    let refused = no_owner(text, &["dana".into()], &map());
    assert!(refused.hint.starts_with(begins), "{}", refused.hint);
    let ends = format!("team:{text} names another team");
    assert!(refused.hint.ends_with(&ends), "{}", refused.hint);
}
