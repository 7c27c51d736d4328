use super::*;
use proptest::prelude::*;
use rstest::rstest;

#[rstest]
#[case("alertname=Down", "alertname=Down")]
#[case("job!=\"a b\"", "job!=\"a b\"")]
#[case("job!=a b", "job!=\"a b\"")]
#[case("pod=~api-.*", "pod=~api-.*")]
#[case("pod!~api-.*", "pod!~api-.*")]
#[case("pod=~a{1,3}", "pod=~\"a{1,3}\"")]
#[case("service.name=payments", "service.name=payments")]
#[case("\"service.name\"=\"payments\"", "service.name=payments")]
#[case("\"a b\" = \"x\"", "\"a b\"=x")]
#[case("a=\"va\\\"l\\nue\"", "a=\"va\\\"l\\nue\"")]
#[case("a=\"\\u00a0\\x41\\101\"", "a=\"\\u00a0AA\"")]
#[case("a=\"\\xc3\\xa9\"", "a=\"é\"")]
#[case::an_escape_of_the_expression("a=~\"\\d+\"", "a=~\"\\\\d+\"")]
#[case("a=\"\"", "a=\"\"")]
#[case("a=🔥", "a=\"🔥\"")]
#[case("{a=b}", "a=b")]
fn a_matcher_is_read_as_alertmanager_reads_it(#[case] text: &str, #[case] shown: &str) {
    assert_eq!(Matcher::parse(text).unwrap().to_string(), shown);
}

#[rstest]
#[case("Down", "write name=value")]
#[case("=x", "name is missing")]
#[case("a b=c", "is expected after the name")]
#[case("a=\"b", "not closed")]
#[case("a=\"\\ud800\"", "no character")]
#[case("a=\"\\xff\"", "not UTF-8")]
#[case("a=\"\\u12\"", "4 digits")]
#[case("a=~\"\\bx\\b\"", "backspace")]
#[case("a=", "has no value")]
#[case("a='b'", "double quotation marks")]
#[case("a=b,c=d", "2 matchers and not one")]
#[case("", "name is missing")]
fn what_is_no_matcher_is_refused_with_what_is_wrong(#[case] text: &str, #[case] says: &str) {
    let error = Matcher::parse(text).err();
    let error = error.unwrap_or_else(|| "read".into());
    assert!(error.contains(says), "{error}");
}

#[rstest]
#[case("{a=\"b\",c=~\"d\"}", "a=b c=~d")]
#[case("{ a=\"b\" , c=~\"d\", }", "a=b c=~d")]
#[case("a=b  c=\"x y\" ", "a=b c=\"x y\"")]
#[case("a=b,c!=d", "a=b c!=d")]
#[case("\"a\"=\"b\" \"c.d\"=\"e,f}\"", "a=b c.d=\"e,f}\"")]
#[case("{}", "")]
fn several_matchers_are_read_as_people_write_them(#[case] text: &str, #[case] shown: &str) {
    let all = Matcher::parse_all(text, &[]).unwrap();
    let all: Vec<String> = all.iter().map(ToString::to_string).collect();
    assert_eq!(all.join(" "), shown);
}

#[rstest]
#[case("{a=b", "} is missing")]
#[case("{a=b} c=d", "nothing may follow")]
#[case("a=\"b\"c=d", "comma or a space")]
#[case("a=b}", "name is missing")]
fn a_list_that_is_no_list_is_refused(#[case] text: &str, #[case] says: &str) {
    let error = Matcher::parse_all(text, &[]).unwrap_err();
    assert!(error.contains(says), "{error}");
}

proptest! {
    #[test]
    fn text_comes_back_as_the_same_matchers(
        all in proptest::collection::vec((any::<String>(), any::<String>(), any::<bool>(), any::<bool>()), 1..5)
    ) {
        let matchers: Vec<Matcher> = all.into_iter().filter(|(name, ..)| !name.is_empty()).map(
            |(name, value, is_regex, is_equal)| Matcher::new(name, MatcherOperator::of(is_regex, is_equal), value),
        ).collect();
        prop_assume!(matchers.iter().all(|it| !it.is_masked() && Safe::line(&it.name).found().is_empty()));
        for separator in [" ", ","] {
            let text: Vec<String> = matchers.iter().map(ToString::to_string).collect();
            let text = text.join(separator);
            prop_assert!(!text.chars().any(char::is_control), "{text}");
            prop_assert_eq!(&Matcher::parse_all(&text, &[]).unwrap(), &matchers);
        }
    }
}

#[test]
fn a_masked_value_is_sent_as_it_is_and_never_shown() {
    let card = Matcher::parse("pan=4111111111111111").unwrap();
    let shown = card.to_string();
    assert!(!shown.contains("411111111") && !format!("{card:?}").contains("411111111"));
    let again = Matcher::parse_all(&shown, std::slice::from_ref(&card)).unwrap();
    assert_eq!(again, std::slice::from_ref(&card));
    assert_eq!(again[0].body()["value"], "4111111111111111");
    let changed = shown.replace("pan=", "pan=9").replace("pan=9\"", "pan=\"9");
    let refused = Matcher::parse_all(&changed, &[card]).unwrap_err();
    assert!(refused.contains("masked"), "{changed}: {refused}");
}
