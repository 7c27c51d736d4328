//! Ids of incidents, which may stand in clear in the chain.

pub use crate::text::{
    ActorId, ChannelId, LevelId, PathId, PlaybookId, ServiceId, Slug, SourceId, StepId, TargetId,
};
use serde::{Deserialize, Serialize};

pub const PROGRAM: &str = "warroom";

pub fn program() -> ActorId {
    ActorId::nearest(PROGRAM)
}

/// Also the name of its directory: `INC-20261122-7f3a`, `DRILL-…` in an exercise.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IncidentId(String);

impl IncidentId {
    /// `INC` or `DRILL`, then letters, digits and dashes, at most 32 in all. The form keeps path separators and dots
    /// out of directory names.
    pub fn new(text: &str) -> Option<Self> {
        let rest = text
            .strip_prefix("INC-")
            .or_else(|| text.strip_prefix("DRILL-"))?;
        let fits = !rest.is_empty()
            && text.len() <= 32
            && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        fits.then(|| Self(text.to_string()))
    }

    pub fn compose(drill: bool, day: chrono::NaiveDate, suffix: u16) -> Self {
        let kind = if drill { "DRILL" } else { "INC" };
        Self(format!("{kind}-{}-{suffix:04x}", day.format("%Y%m%d")))
    }

    pub fn is_drill(&self) -> bool {
        self.0.starts_with("DRILL-")
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for IncidentId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::new(&text).ok_or_else(|| "an incident id reads like INC-20261122-7f3a".to_string())
    }
}

impl std::str::FromStr for IncidentId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::try_from(text.to_string())
    }
}

impl From<IncidentId> for String {
    fn from(id: IncidentId) -> Self {
        id.0
    }
}

impl std::fmt::Display for IncidentId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("on-call", true)]
    #[case("", false)]
    #[case("On-call", false)]
    #[case("a b", false)]
    #[case("ü", false)]
    fn a_slug_has_one_form(#[case] text: &str, #[case] fits: bool) {
        assert_eq!(Slug::new(text).is_some(), fits);
    }

    #[rstest]
    #[case("Mina Ölçer!", "mina-l-er")]
    #[case("---", "x")]
    fn any_text_has_a_nearest_slug(#[case] text: &str, #[case] slug: &str) {
        assert_eq!(Slug::nearest(text).as_str(), slug);
        assert!(Slug::new(slug).is_some());
    }

    #[rstest]
    #[case("INC-20261122-7f3a", true)]
    #[case("DRILL-20261122-7f3a", true)]
    #[case("INC-../../etc", false)]
    #[case("INC-", false)]
    #[case("inc-1", false)]
    fn an_incident_id_can_be_a_directory_and_nothing_else(#[case] text: &str, #[case] fits: bool) {
        assert_eq!(IncidentId::new(text).is_some(), fits);
    }
}
