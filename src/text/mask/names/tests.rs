use super::*;
use rstest::rstest;

const DECIDING: [&str; 3] = ["alertname", "severity", "service"];

fn names(sensitive: &[&str], not_sensitive: &[&str]) -> Result<SensitiveNames, NameProblem> {
    let owned = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    SensitiveNames::new(&owned(sensitive), &owned(not_sensitive), DECIDING)
}

#[rstest]
#[case("password", true)]
#[case("DB_PASSWORD", true)]
#[case("dbPassword", true)]
#[case("spring.datasource.password", true)]
#[case("X-Api-Key", true)]
#[case("stripeAPIKey", true)]
#[case("client_secret_old", true)]
#[case("password2", true)]
#[case("track2", true)]
#[case("card-number", true)]
#[case("pinBlock", true)]
#[case("password_policy", false)]
#[case("token_type", false)]
#[case("max_tokens", false)]
#[case("next_page_token", false)]
#[case("public_key", false)]
#[case("secretName", false)]
#[case("alertname", false)]
#[case("severity", false)]
#[case("pinning", false)]
#[case("company", false)]
fn a_name_is_known_by_its_last_words(#[case] name: &str, #[case] sensitive: bool) {
    assert_eq!(
        SensitiveNames::default().kind_of_field(name).is_some(),
        sensitive
    );
}

#[test]
fn names_of_the_configuration_are_sensitive_and_may_be_taken_out() {
    let names = names(&["merchant_ref", "*-iban"], &["auth_token"]).unwrap();
    for sensitive in [
        "merchant_ref",
        "Merchant-Ref",
        "payment.merchant_ref",
        "payer_iban",
    ] {
        assert!(names.kind_of_field(sensitive).is_some(), "{sensitive}");
    }
    for other in ["merchant", "ref", "auth_token", "my_auth_token"] {
        assert!(names.kind_of_field(other).is_none(), "{other}");
    }
    assert!(names.kind_of_field("password").is_some());
}

#[rstest]
#[case(&[""], &[], "has no letter or digit")]
#[case(&["**"], &[], "has no letter or digit")]
#[case(&["a=b"], &[], "contains a character that names do not have")]
#[case(&["s*"], &[], "would mask \"severity\"")]
#[case(&["*e"], &[], "would mask \"alertname\"")]
#[case(&["Service"], &[], "would mask \"service\"")]
#[case(&[], &["c*"], "would leave \"cardnumber\" unmasked")]
#[case(&[], &["pan"], "would leave \"pan\" unmasked")]
#[case(&["ref"], &["ref"], "both sensitive and not sensitive")]
fn what_cannot_be_honoured_is_refused_by_name(
    #[case] sensitive: &[&str],
    #[case] not_sensitive: &[&str],
    #[case] said: &str,
) {
    let refused = names(sensitive, not_sensitive).unwrap_err().to_string();
    assert!(refused.contains(said), "{refused}");
}

#[rstest]
#[case("a*c*e", "abcde", true)]
#[case("a*c*e", "abce_", false)]
#[case("*", "", true)]
#[case("ab", "abc", false)]
fn a_star_fits_any_part(#[case] pattern: &str, #[case] name: &str, #[case] fit: bool) {
    assert_eq!(fits(pattern, name), fit);
}
