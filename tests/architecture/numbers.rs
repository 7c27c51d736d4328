//! How large the house is: lines, public items, functions.

use super::tree::{Tree, Visible};

#[derive(Default)]
struct Size {
    lines: usize,
    code: usize,
    /// Lines, name and file of each.
    functions: Vec<(usize, String)>,
    largest_file: (usize, String),
}

impl Size {
    fn add(&mut self, file: &str, lines: &[&str]) {
        self.lines += lines.len();
        let is_code =
            |line: &&&str| !line.trim().is_empty() && !line.trim_start().starts_with("//");
        self.code += lines.iter().filter(is_code).count();
        self.largest_file = self
            .largest_file
            .clone()
            .max((lines.len(), file.to_string()));
        let named = |(length, name)| (length, format!("{name} in {file}"));
        self.functions
            .extend(functions(lines).into_iter().map(named));
    }

    fn print(&mut self, title: &str) {
        self.functions.sort();
        let median = self
            .functions
            .get(self.functions.len() / 2)
            .map_or(0, |of| of.0);
        println!("{title}");
        println!("  lines                 {}", self.lines);
        println!("  without comments      {}", self.code);
        println!("  functions             {}", self.functions.len());
        println!("  median function       {median} lines");
        for (length, name) in self.functions.iter().rev().take(8) {
            println!("  a largest function    {length} lines: {name}");
        }
        let over = self.functions.iter().filter(|of| of.0 > 50).count();
        println!("  functions over 50     {over}");
        println!(
            "  largest file          {} lines: {}",
            self.largest_file.0, self.largest_file.1
        );
    }
}

/// Functions with a body, as rustfmt writes them: from `fn` to the bracket in the same column.
fn functions(lines: &[&str]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(name) = function(line) else {
            continue;
        };
        let indent = &line[..line.len() - line.trim_start().len()];
        let end = format!("{indent}}}");
        let of_own_column = |line: &&str| {
            line.strip_prefix(indent)
                .is_some_and(|rest| !rest.starts_with(char::is_whitespace))
        };
        if line.ends_with('}') {
            found.push((1, name));
            continue;
        }
        for (length, next) in lines[at..].iter().enumerate() {
            if next.ends_with(';') && of_own_column(next) {
                break;
            }
            if *next == end || (length > 0 && of_own_column(next) && next.ends_with("{}")) {
                found.push((length + 1, name));
                break;
            }
        }
    }
    found
}

fn function(line: &str) -> Option<String> {
    let mut words = line.trim_start();
    if let Some(rest) = words.strip_prefix("pub") {
        words = match rest.strip_prefix('(') {
            Some(rest) => rest.split_once(") ")?.1,
            None => rest.trim_start(),
        };
    }
    for word in ["default ", "const ", "async ", "unsafe "] {
        words = words.strip_prefix(word).unwrap_or(words);
    }
    let name = words.strip_prefix("fn ")?;
    name.split(['(', '<']).next().map(str::to_string)
}

/// Lines without `#[cfg(test)]` modules written in place.
fn without_tests<'l>(lines: &[&'l str]) -> Vec<&'l str> {
    let mut kept = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let opens = lines.get(at + 1).is_some_and(|next| next.ends_with('{'));
        if line.trim() == "#[cfg(test)]" && opens {
            let end = line.replace("#[cfg(test)]", "}");
            let length = lines[at..].iter().position(|line| *line == end);
            at += length.unwrap_or(0) + 1;
        } else {
            kept.push(*line);
            at += 1;
        }
    }
    kept
}

pub fn print(tree: &Tree) {
    let (mut program, mut all) = (Size::default(), Size::default());
    for (file, text) in &tree.files {
        let lines: Vec<&str> = text.lines().collect();
        all.add(file, &lines);
        if tree
            .modules
            .iter()
            .any(|module| module.file == *file && !module.is_test)
        {
            program.add(file, &without_tests(&lines));
        }
    }
    program.print("src without tests");
    all.print("src with its tests");
    let modules = || tree.modules.iter().filter(|module| !module.is_test);
    let count = |reachable: bool, visible| {
        let found = modules().filter(|module| module.is_reachable || !reachable);
        let found = found.flat_map(|module| &module.declared);
        found.filter(|declared| **declared == visible).count()
    };
    println!("items (methods and re-exports are counted, fields are not)");
    println!(
        "  pub, in modules that other crates can name   {}",
        count(true, Visible::Public)
    );
    println!(
        "  pub, anywhere                                 {}",
        count(false, Visible::Public)
    );
    println!(
        "  pub(crate), pub(super)                        {}",
        count(false, Visible::Restricted)
    );
}
