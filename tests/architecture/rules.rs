//! `docs/rules.md` names the tests that show what it promises: each has to exist.

use std::collections::BTreeSet;
use std::path::Path;

/// Every function of the project by its whole name, as the test harness names a test.
fn functions(root: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut open = vec![root.join("src"), root.join("tests")];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let inside = std::fs::read_dir(path).unwrap();
            open.extend(inside.map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let mut module: Vec<&str> = path
                .strip_prefix(root)
                .unwrap()
                .iter()
                .map(|part| part.to_str().unwrap())
                .collect();
            // `src`, or `tests` and the name of the binary, are no modules.
            module.drain(
                ..if module[0] == "src" {
                    1
                } else {
                    module.len().min(3) - 1
                },
            );
            let module: Vec<&str> = module
                .iter()
                .map(|part| part.trim_end_matches(".rs"))
                .filter(|part| *part != "main")
                .collect();
            let mut inline = None;
            for line in std::fs::read_to_string(&path).unwrap().lines() {
                match line
                    .strip_prefix("mod ")
                    .and_then(|rest| rest.strip_suffix(" {"))
                {
                    Some(name) => inline = Some(name.to_string()),
                    None if line == "}" => inline = None,
                    None => {}
                }
                let line = line.trim_start();
                if let Some(rest) = line
                    .strip_prefix("async ")
                    .unwrap_or(line)
                    .strip_prefix("fn ")
                {
                    let name = rest.split(['(', '<', ' ']).next().unwrap();
                    let parts = module
                        .iter()
                        .copied()
                        .chain(inline.as_deref())
                        .chain([name]);
                    names.insert(parts.collect::<Vec<_>>().join("::"));
                }
            }
        }
    }
    names
}

#[test]
fn every_test_that_the_rules_name_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let rules = std::fs::read_to_string(root.join("docs/rules.md")).unwrap();
    let functions = functions(root);
    let is_test = |quoted: &&str| {
        let last = quoted.rsplit("::").next().unwrap();
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_:".contains(c);
        last != *quoted && last.matches('_').count() > 2 && quoted.chars().all(is_name)
    };
    let named: BTreeSet<&str> = rules
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(is_test)
        .collect();
    let missing: Vec<&&str> = named
        .iter()
        .filter(|name| !functions.contains(**name))
        .collect();
    assert!(
        missing.is_empty(),
        "docs/rules.md names what does not exist: {missing:#?}"
    );
    assert!(named.len() > 150, "only {} tests are named", named.len());
    for tag in ["M1", "M13", "D8", "A12", "S6"] {
        assert!(rules.contains(&format!("| {tag} |")), "{tag}");
    }
}
