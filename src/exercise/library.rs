//! The scenarios that ship with the program.

use crate::scenario::{Scenario, ScenarioError};
use crate::signals::map::ServiceMap;

const SHIPPED: [(&str, &str); 1] = [(
    "bad-deploy",
    include_str!("../../assets/scenarios/bad-deploy.yaml"),
)];

/// The service map of every exercise: everything that the feed can answer.
const SERVICES: &str = include_str!("../../assets/scenarios/services.yaml");

/// Empty if the shipped text is invalid, which a test excludes.
pub fn service_map() -> ServiceMap {
    ServiceMap::parse(SERVICES).unwrap_or_else(|_| ServiceMap {
        scrape_seconds: 1,
        window_days: 30,
        services: Vec::new(),
        time_zone: chrono_tz::UTC,
        closing_days: Vec::new(),
        peak_events: Vec::new(),
        models: Vec::new(),
        slo_files: Vec::new(),
        sample: false,
    })
}

pub fn scenarios() -> Vec<Scenario> {
    let shipped = SHIPPED.iter();
    shipped
        .filter_map(|(_, text)| Scenario::parse(text).ok())
        .collect()
}

pub fn scenario(name: &str) -> Result<Scenario, ScenarioError> {
    if let Some((_, text)) = SHIPPED.iter().find(|(known, _)| *known == name) {
        return Scenario::parse(text);
    }
    let names: Vec<&str> = SHIPPED.iter().map(|(name, _)| *name).collect();
    match crate::files::text(std::path::Path::new(name)) {
        Ok(text) => Scenario::parse(&text),
        Err(error) => Err(ScenarioError::Unsound(format!(
            "\"{name}\" is neither a shipped scenario ({}) nor a file that can be read: {error}",
            names.join(", ")
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_service_map_of_exercises_is_sound() {
        service_map().check().unwrap();
    }

    #[test]
    fn every_shipped_scenario_can_be_played_and_bears_its_name() {
        assert_eq!(scenarios().len(), SHIPPED.len());
        for (name, _) in SHIPPED {
            assert_eq!(scenario(name).unwrap().scenario, name);
        }
        let unknown = scenario("no-such").unwrap_err().to_string();
        assert!(unknown.contains("bad-deploy"), "{unknown}");
    }
}
