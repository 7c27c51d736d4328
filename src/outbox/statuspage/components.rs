//! Components of a status page: which of them an update sets, and to what. A service without components sets none.

use super::super::credentials::ChannelError;
use super::super::message::Update;
use crate::incident::severity::Severity;
use crate::incident::{ServiceId, Slug, Status};
use crate::text::Safe;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Statuspage's names; a later variant is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ComponentStatus {
    Operational,
    UnderMaintenance,
    DegradedPerformance,
    PartialOutage,
    MajorOutage,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Components {
    of_service: BTreeMap<ServiceId, Vec<Slug>>,
    by_severity: BTreeMap<Severity, ComponentStatus>,
}

impl Components {
    /// Statuspage's ids consist of small letters and digits.
    pub(super) fn new(
        settings: &BTreeMap<ServiceId, Vec<String>>,
        by_severity: &BTreeMap<Severity, ComponentStatus>,
    ) -> Result<Self, ChannelError> {
        let plain = |id: &Slug| id.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric());
        let checked = |id: &String| {
            let slug = Slug::new(id).filter(plain);
            slug.ok_or_else(|| ChannelError::Component(Safe::line(id)))
        };
        let mut of_service = BTreeMap::new();
        for (service, ids) in settings {
            let ids = ids.iter().map(checked).collect::<Result<_, _>>()?;
            of_service.insert(service.clone(), ids);
        }
        Ok(Self {
            of_service,
            by_severity: by_severity.clone(),
        })
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = &Slug> {
        self.of_service.values().flatten()
    }

    /// Those that an update sets.
    pub(super) fn of(&self, update: &Update) -> &[Slug] {
        let service = update.service.as_ref();
        let ids = service.and_then(|service| self.of_service.get(service));
        ids.map_or(&[], Vec::as_slice)
    }

    pub(super) fn status(&self, update: &Update) -> ComponentStatus {
        let severity = update.about.severity;
        let named = severity.and_then(|severity| self.by_severity.get(&severity).copied());
        let by_severity = named.unwrap_or(match severity.map(Severity::level) {
            Some(1) => ComponentStatus::MajorOutage,
            Some(2) => ComponentStatus::PartialOutage,
            // Not classified: users learn only that there is a problem.
            Some(_) | None => ComponentStatus::DegradedPerformance,
        });
        match update.status {
            Status::Investigating | Status::Identified => by_severity,
            // The harm has ended and may return.
            Status::Mitigated => by_severity.min(ComponentStatus::DegradedPerformance),
            Status::Resolved | Status::Closed => ComponentStatus::Operational,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::Message;
    use crate::testing::update_message;
    use rstest::rstest;

    fn set(service: &str, severity: Option<u8>, status: Status) -> Vec<String> {
        let ids = BTreeMap::from([(
            ServiceId::nearest("payments"),
            vec!["8kbf7d35c070".to_string(), "abc".to_string()],
        )]);
        let maintained =
            BTreeMap::from([(Severity::new(4).unwrap(), ComponentStatus::UnderMaintenance)]);
        let components = Components::new(&ids, &maintained).unwrap();
        let Message::Update(mut update) = update_message("text") else {
            unreachable!()
        };
        update.service = Some(ServiceId::nearest(service));
        update.status = status;
        update.about.severity = severity.and_then(Severity::new);
        let status = components.status(&update);
        let status = serde_json::to_value(status).unwrap();
        let status = status.as_str().unwrap();
        let ids = components.of(&update).iter();
        ids.map(|id| format!("{id} {status}")).collect()
    }

    #[rstest]
    #[case(Some(1), Status::Investigating, "major_outage")]
    #[case(Some(2), Status::Identified, "partial_outage")]
    #[case(Some(3), Status::Identified, "degraded_performance")]
    #[case(Some(4), Status::Identified, "under_maintenance")]
    #[case(None, Status::Investigating, "degraded_performance")]
    #[case(Some(1), Status::Mitigated, "degraded_performance")]
    #[case(Some(4), Status::Mitigated, "under_maintenance")]
    #[case(Some(1), Status::Resolved, "operational")]
    #[case(None, Status::Closed, "operational")]
    fn components_stand_as_the_incident_does(
        #[case] severity: Option<u8>,
        #[case] status: Status,
        #[case] word: &str,
    ) {
        let want = [format!("8kbf7d35c070 {word}"), format!("abc {word}")];
        assert_eq!(set("payments", severity, status), want);
    }

    #[test]
    fn a_service_that_is_not_named_touches_no_component() {
        assert!(set("payouts", Some(1), Status::Identified).is_empty());
    }

    #[rstest]
    #[case("../incidents")]
    #[case("")]
    #[case("with space")]
    #[case("with-dash")]
    fn what_is_no_id_is_refused_by_name(#[case] id: &str) {
        let ids = BTreeMap::from([(ServiceId::nearest("payments"), vec![id.to_string()])]);
        let refused = Components::new(&ids, &BTreeMap::new()).err().unwrap();
        assert_eq!(refused, ChannelError::Component(Safe::line(id)));
    }
}
