//! Alerts as Alertmanager writes them. Every field may be absent in some version, and of any type in some server.

use super::super::lenient::{Fields, List, Pairs, Text};
use serde::Deserialize;

#[derive(Deserialize, Hash, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Wire {
    pub(super) labels: Pairs,
    pub(super) annotations: Pairs,
    pub(super) starts_at: Text,
    pub(super) fingerprint: Text,
    #[serde(rename = "generatorURL")]
    pub(super) generator: Text,
    pub(super) status: Fields<WireStatus>,
}

#[derive(Deserialize, Default, Hash)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct WireStatus {
    pub(super) state: Text,
    pub(super) silenced_by: List<Text>,
    pub(super) inhibited_by: List<Text>,
    pub(super) muted_by: List<Text>,
}
