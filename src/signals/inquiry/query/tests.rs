use super::*;
use proptest::prelude::*;
use rstest::rstest;

#[rstest]
#[case::empty("  ", Some(QueryFault::Empty))]
#[case::bracket("sum(rate(x[5m])", Some(QueryFault::NotClosed('(')))]
#[case::brace("x{a=\"b\"", Some(QueryFault::NotClosed('{')))]
#[case::extra("sum(x))", Some(QueryFault::NotOpened(')')))]
#[case::crossed("sum(x[5m)]", Some(QueryFault::NotClosed('[')))]
#[case::quote("x{a=\"b}", Some(QueryFault::NotClosed('"')))]
#[case::grafana("rate(x[$__rate_interval])", Some(QueryFault::Variable("$__rate_interval".into())))]
#[case::interval("rate(x[$__interval])", Some(QueryFault::Variable("$__interval".into())))]
#[case::braces("rate(x[${window}])", Some(QueryFault::Variable("${window}".into())))]
#[case::longer_name("rate(x[$windows])", Some(QueryFault::Variable("$windows".into())))]
#[case::old_grafana("rate(x[[[interval]]])", Some(QueryFault::Variable("[[interval]]".into())))]
#[case::template("rate(x[{{.window}}])", Some(QueryFault::Variable("{{.window}}".into())))]
#[case::comment("x # it's (fine\n + y", None)]
#[case::regex("x{a=~\"^b$|{c}\"}", None)]
#[case::escaped("x{a=\"\\\"(\"}", None)]
#[case::raw("x{a=`\\`}", None)]
#[case::window("sum(rate(x[$window]))", None)]
fn a_malformed_query_is_found(#[case] query: &str, #[case] found: Option<QueryFault>) {
    assert_eq!(fault(query, true), found);
}

#[test]
fn the_window_belongs_to_counters_only() {
    assert_eq!(fault("rate(x[$window])", false), Some(QueryFault::Window));
}

#[rstest]
#[case("x{job=\"$job\"}", Some("$job"))]
#[case("x{job=~\"${job:regex}\"}", Some("${job:regex}"))]
#[case("x{job=~\"^a$\"}", None)]
#[case("x{job=~\"a$|b\"}", None)]
fn a_variable_in_a_text_is_found(#[case] query: &str, #[case] found: Option<&str>) {
    assert_eq!(quoted_variable(query).as_deref(), found);
}

#[test]
fn the_selectors_of_an_expression_are_found_once() {
    let query = "sum(rate(a_total{x=\"1\",y!~\"2|3\"}[5m])) / on () (sum(a_total{x=\"1\",y!~\"2|3\"}) + {__name__=\"b.c\"})";
    let parsed = parse(query).unwrap();
    let texts: Vec<String> = parsed.selectors.iter().map(Selector::text).collect();
    let expected = [
        "{__name__=\"a_total\",x=\"1\",y!~\"2|3\"}",
        "{__name__=\"b.c\"}",
    ];
    assert_eq!(texts, expected);
    assert_eq!(parsed.shape, QueryShape::Expression);
}

#[rstest]
#[case("x{a=\"b\"}", QueryShape::Selector)]
#[case("{\"http.requests\"}", QueryShape::Selector)]
#[case("x[5m]", QueryShape::Modified)]
#[case("x offset 5m", QueryShape::Modified)]
#[case("sum(x)", QueryShape::Expression)]
fn the_shape_of_a_query_is_known(#[case] query: &str, #[case] shape: QueryShape) {
    assert_eq!(parse(query).unwrap().shape, shape);
}

#[rstest]
#[case("job:payments:rate5m", true)]
#[case("slo:sli_error:ratio_rate1h", true)]
#[case("payments:success:ratio", true)]
#[case("job:payments:sum_irate", true)]
#[case("job:payments:sum", false)]
#[case("payments_rate_total", false)]
fn a_recorded_rate_is_known_by_its_name(#[case] name: &str, #[case] recorded: bool) {
    assert_eq!(is_recorded_rate(name), recorded);
}

#[test]
fn hostile_texts_end_soon_and_overflow_no_stack() {
    let texts = [
        "(".repeat(4_999) + &")".repeat(4_999),
        "-".repeat(9_000) + "x",
        "a or ".repeat(1_900) + "a",
        "a+".repeat(4_000) + "a",
        "sum by (a) ".repeat(900) + "(a)",
        "{a=\"b\",".repeat(1_000),
    ];
    for text in texts {
        let started = std::time::Instant::now();
        drop(parse(&text));
        fault(&text, true);
        quoted_variable(&text);
        assert!(started.elapsed().as_secs() < 5, "{}", &text[..20]);
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in "[a{}()\\[\\]$\"'`\\\\#\\n=~é ]{0,40}") {
        fault(&text, true);
        quoted_variable(&text);
        drop(parse(&text));
    }
}
