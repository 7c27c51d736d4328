//! The available playbooks: those of the user, and those that ship with the program.

use super::parse::parse;
use super::problem::PlaybookProblem;
use super::structure::Playbook;
use crate::incident::PlaybookId;
use crate::text::shown_path;
use std::path::{Path, PathBuf};

/// The shipped playbooks: file name without `.md`, text.
const SHIPPED: [(&str, &str); 3] = [
    (
        "payment-success-drop",
        include_str!("../../playbooks/payment-success-drop.md"),
    ),
    (
        "ai-model-rollback",
        include_str!("../../playbooks/ai-model-rollback.md"),
    ),
    (
        "nvidia-licensing-outage",
        include_str!("../../playbooks/nvidia-licensing-outage.md"),
    ),
];

#[derive(Debug, Clone, Default)]
pub struct Library {
    /// The shipped ones first, in the order of need.
    playbooks: Vec<Playbook>,
}

#[derive(Debug)]
pub struct LoadedPlaybooks {
    pub library: Library,
    pub broken: Vec<(String, Vec<PlaybookProblem>)>,
}

impl Library {
    /// A file of the same name replaces a shipped one.
    pub fn load(directory: Option<&Path>) -> LoadedPlaybooks {
        let mut loaded = LoadedPlaybooks {
            library: Self::default(),
            broken: Vec::new(),
        };
        for (stem, source) in SHIPPED {
            loaded.take(&format!("shipped:{stem}.md"), stem, source);
        }
        let Some(directory) = directory else {
            return loaded;
        };
        let entries = match std::fs::read_dir(directory) {
            Ok(entries) => entries,
            Err(error) => {
                loaded.cannot_read(directory, &error);
                return loaded;
            }
        };
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        let markdown = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "md");
        let mut paths: Vec<PathBuf> = paths.filter(markdown).collect();
        paths.sort();
        for path in &paths {
            let stem = path
                .file_stem()
                .and_then(|stem| stem.to_str())
                .unwrap_or_default();
            match crate::files::trusted_text(path) {
                Ok(source) => loaded.take(&shown_path(path), stem, &source),
                Err(error) => loaded.cannot_read(path, &error),
            }
        }
        loaded
    }

    pub fn get(&self, name: &PlaybookId) -> Option<&Playbook> {
        let mut playbooks = self.playbooks.iter();
        playbooks.find(|playbook| playbook.name == *name)
    }

    pub fn names(&self) -> impl Iterator<Item = &PlaybookId> {
        self.playbooks.iter().map(|playbook| &playbook.name)
    }

    pub fn offered<'l>(&'l self, alerts: &[&str]) -> Vec<(&'l Playbook, bool)> {
        let suits = |playbook: &Playbook| alerts.iter().any(|alert| playbook.suits(alert));
        let mut all: Vec<_> = self.playbooks.iter().map(|p| (p, suits(p))).collect();
        all.sort_by_key(|(_, suits)| !suits);
        all
    }
}

impl LoadedPlaybooks {
    fn cannot_read(&mut self, path: &Path, error: &std::io::Error) {
        let problem = match crate::files::Exposed::of(error) {
            Some(exposed) => PlaybookProblem::new(1, &exposed.what, &exposed.remedy),
            None => PlaybookProblem::new(1, error.to_string(), "make it readable, or remove it"),
        };
        self.broken.push((shown_path(path), vec![problem]));
    }

    fn take(&mut self, place: &str, stem: &str, source: &str) {
        match parse(stem, source) {
            Ok(playbook) => {
                let playbooks = &mut self.library.playbooks;
                let mut known = playbooks.iter_mut();
                match known.find(|known| known.name == playbook.name) {
                    Some(known) => *known = playbook,
                    None => playbooks.push(playbook),
                }
            }
            Err(problems) => self.broken.push((place.to_string(), problems)),
        }
    }
}
