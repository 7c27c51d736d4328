//! What a power cut leaves of the file system that forgets.

use super::volatile::{Node, Tree, Twice};
use crate::support::dice::Dice;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What is left, written out.
pub(crate) struct Leftover<'t, 'd> {
    tree: &'t Tree,
    dice: Option<&'d mut Dice>,
    /// The bytes of a file are decided once, however many names it has.
    files: BTreeMap<u64, Vec<u8>>,
    seen: BTreeSet<u64>,
}

impl<'t, 'd> Leftover<'t, 'd> {
    pub(crate) fn new(tree: &'t Tree, dice: Option<&'d mut Dice>) -> Self {
        Self {
            tree,
            dice,
            files: BTreeMap::new(),
            seen: BTreeSet::new(),
        }
    }

    fn happens(&mut self) -> bool {
        self.dice.as_mut().is_some_and(|dice| dice.below(2) == 0)
    }

    pub(crate) fn write(&mut self, directory: u64, to: &Path) {
        std::fs::create_dir_all(to).unwrap();
        let Some((Node::Directory(names), _)) = self.tree.nodes.get(&directory) else {
            return;
        };
        if !self.seen.insert(directory) {
            return;
        }
        let all: BTreeSet<&String> = names.now.keys().chain(names.kept.keys()).collect();
        for name in all {
            let (now, kept) = (names.now.get(name), names.kept.get(name));
            let node = if now != kept && self.happens() {
                now
            } else {
                kept
            };
            let Some(node) = node else { continue };
            match &self.tree.nodes[node].0 {
                Node::Directory(_) => self.write(*node, &to.join(name)),
                Node::File(bytes) => {
                    let left = match self.files.get(node) {
                        Some(left) => left.clone(),
                        None => self.bytes(bytes),
                    };
                    std::fs::write(to.join(name), &left).unwrap();
                    self.files.insert(*node, left);
                }
            }
        }
    }

    /// Of what was appended and not synced any part may be there, its end perhaps as zeros.
    fn bytes(&mut self, bytes: &Twice<Vec<u8>>) -> Vec<u8> {
        if bytes.now == bytes.kept || !self.happens() {
            return bytes.kept.clone();
        }
        if !bytes.now.starts_with(&bytes.kept) {
            return bytes.now.clone();
        }
        let fresh = (bytes.now.len() - bytes.kept.len()) as u64;
        let part = self.dice.as_mut().map_or(0, |dice| dice.below(fresh + 1)) as usize;
        let mut left = bytes.now[..bytes.kept.len() + part].to_vec();
        if self.happens() && self.happens() {
            // The length was written, its last blocks were not.
            left.resize(bytes.now.len(), 0);
        }
        left
    }
}
