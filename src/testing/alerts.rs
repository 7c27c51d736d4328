//! Alerts as a source gives them, and the shipped intake policy.

use super::{slug, start};
use crate::alerts::intake::{Intake, IntakePolicyFile};
use crate::alerts::{Alert, AlertState};
use crate::sources::alert_from_labels;
use std::collections::BTreeMap;

pub(crate) fn alert(labels: &[(&str, &str)], state: AlertState) -> Alert {
    let labels = labels.iter();
    let labels = labels.map(|(name, value)| ((*name).to_string(), (*value).to_string()));
    alert_from_labels(&labels.collect(), &BTreeMap::new(), state, start())
}

pub(crate) fn intake() -> Intake {
    let text = include_str!("../../assets/policies/intake.yaml");
    let file: IntakePolicyFile = serde_saphyr::from_str(text).unwrap();
    let strict = (slug("payments"), slug("confirm"));
    Intake::new(&file.located(&strict)).unwrap()
}
