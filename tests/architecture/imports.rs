//! Which file imports which, and where that goes in a circle.

use super::tree::Tree;
use std::collections::{BTreeMap, BTreeSet};

pub type Graph = BTreeMap<String, BTreeSet<String>>;

/// Files, named from `src` on, with the files that define what they name. Code of tests is left out.
pub fn imports(tree: &Tree) -> Graph {
    let name = |module: usize| tree.modules[module].file.clone();
    let mut graph = Graph::new();
    for (from, module) in tree.modules.iter().enumerate() {
        if module.is_test {
            continue;
        }
        let targets = module.paths.iter();
        let targets = targets.filter_map(|path| tree.defined_in(from, path));
        let targets = targets.filter(|to| !tree.modules[*to].is_test).map(name);
        let own = name(from);
        let targets: Vec<String> = targets.filter(|target| *target != own).collect();
        graph.entry(own).or_default().extend(targets);
    }
    graph
}

/// Groups of files of which each imports, over others, all of its group. The largest first.
pub fn cycles(graph: &Graph) -> Vec<BTreeSet<String>> {
    let files: Vec<&String> = graph.keys().collect();
    let number = |file: &String| files.binary_search(&file).ok();
    let targets: Vec<Vec<usize>> = graph
        .values()
        .map(|targets| targets.iter().filter_map(number).collect())
        .collect();
    let reached: Vec<Vec<bool>> = (0..files.len()).map(|file| reach(&targets, file)).collect();
    let mut groups: BTreeSet<BTreeSet<String>> = BTreeSet::new();
    for file in (0..files.len()).filter(|file| reached[*file][*file]) {
        let together =
            (0..files.len()).filter(|other| reached[file][*other] && reached[*other][file]);
        groups.insert(together.map(|other| files[other].clone()).collect());
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
    groups
}

fn reach(targets: &[Vec<usize>], from: usize) -> Vec<bool> {
    let mut reached = vec![false; targets.len()];
    let mut next = targets[from].clone();
    while let Some(file) = next.pop() {
        if !std::mem::replace(&mut reached[file], true) {
            next.extend(&targets[file]);
        }
    }
    reached
}

pub fn print(graph: &Graph) {
    let cycles = cycles(graph);
    let files: usize = cycles.iter().map(BTreeSet::len).sum();
    println!(
        "{} files, {} imports between them; {} cycles with {files} files",
        graph.len(),
        graph.values().map(BTreeSet::len).sum::<usize>(),
        cycles.len()
    );
    for cycle in cycles {
        println!("\n{} files", cycle.len());
        for file in &cycle {
            let inside: Vec<&str> = graph[file]
                .intersection(&cycle)
                .map(String::as_str)
                .collect();
            println!("  {file} -> {}", inside.join(", "));
        }
    }
}
