//! The pseudonymous ids of the people who use a data directory. Names are in `people.json` and in the disclosures; the
//! chains hold the ids.

use super::directory::DataDir;
use crate::files::Durable;
use crate::incident::ActorId;
use crate::journal::{At as _, Entropy as _, JournalError, SystemEntropy, durable};
use crate::text::hex;
use std::collections::BTreeMap;

impl DataDir {
    /// Made on first use: one for each user id and name.
    pub fn actor(&self, uid: u32, name: &str) -> Result<ActorId, JournalError> {
        self.while_locked(|| {
            let path = self.root().join("people.json");
            durable::must_be_plain(self.disk.as_ref(), &path)?;
            let mut people: BTreeMap<String, ActorId> = match crate::files::text(&path) {
                Ok(text) => match serde_json::from_str(&text) {
                    Ok(people) => people,
                    Err(error) => {
                        // It alone maps names to ids: it is kept for repair.
                        let aside = path.with_extension("json.unreadable");
                        tracing::error!(%error, aside = %aside.display(), "people.json cannot be read");
                        std::fs::rename(&path, &aside).at("set aside", &path)?;
                        BTreeMap::new()
                    }
                },
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => BTreeMap::new(),
                Err(error) => return Err(JournalError::io("read", &path)(error)),
            };
            let key = format!("{uid}/{name}");
            if let Some(actor) = people.get(&key) {
                return Ok(actor.clone());
            }
            let mut random = [0; 4];
            SystemEntropy.fill(&mut random)?;
            let actor = ActorId::nearest(&format!("a-{}", hex(&random)));
            people.insert(key, actor.clone());
            let text = serde_json::to_string_pretty(&people)
                .map_err(|error| JournalError::Encode(error.to_string()))?;
            crate::files::replace(&path, text.as_bytes(), Durable::Yes)
                .at("write", &path)?;
            durable::sync(self.disk.as_ref(), self.root())?;
            Ok(actor)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::SystemClock;
    use std::sync::Arc;

    #[test]
    fn a_person_keeps_their_id_and_two_people_have_two() {
        let directory = tempfile::tempdir().unwrap();
        let store = DataDir::new(directory.path(), Arc::new(SystemClock::new()));
        let dana = store.actor(1000, "dana").unwrap();
        assert_eq!(store.actor(1000, "dana").unwrap(), dana);
        assert_ne!(store.actor(1000, "omar").unwrap(), dana);
        assert!(!dana.as_str().contains("dana"));
        // A file that cannot be read is set aside, not overwritten.
        std::fs::write(directory.path().join("people.json"), "{\"1000/dana\"").unwrap();
        assert_ne!(store.actor(1000, "dana").unwrap(), dana);
        let aside = directory.path().join("people.json.unreadable");
        assert_eq!(std::fs::read_to_string(aside).unwrap(), "{\"1000/dana\"");
    }
}
