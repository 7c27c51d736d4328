//! Variables in commands and queries, filled in so that a value can never become syntax.

use super::structure::Playbook;
use std::collections::BTreeMap;

/// Variables that every playbook has.
pub(super) const BUILT_IN: [&str; 4] = ["incident", "service", "path", "success_ratio_query"];

pub type Values = BTreeMap<String, String>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    pub text: String,
    /// Variables without a value, left as `<name>`.
    pub missing: Vec<String>,
}

/// The names between `{{` and `}}`.
pub(super) fn names_in(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("{{") {
        let Some((name, after)) = after.split_once("}}") else {
            break;
        };
        names.push(name.trim().to_string());
        rest = after;
    }
    names
}

/// Fills a command to be copied into a shell. A value that is not plain is quoted as one word; inside
/// single quotes of the command it is escaped for them.
pub fn fill_shell(playbook: &Playbook, values: &Values, text: &str) -> Filled {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/:=@%+,".contains(c);
    fill(playbook, values, text, &SHELL, |value, quote| match quote {
        Some('\'') => value.replace('\'', "'\\''"),
        Some(_) => {
            let special = |c: char| "\"\\$`!".contains(c).then_some('\\');
            value
                .chars()
                .flat_map(|c| special(c).into_iter().chain([c]))
                .collect()
        }
        None if value.chars().all(plain) => value.to_string(),
        None => format!("'{}'", value.replace('\'', "'\\''")),
    })
}

/// Fills a query. Inside quotes a value is escaped as a PromQL string; outside it stands as it is only if it
/// comes from the configuration (`success_ratio_query`) or is a plain word.
pub fn fill_query(playbook: &Playbook, values: &Values, text: &str) -> Filled {
    fill(
        playbook,
        values,
        text,
        &PROMQL,
        |value, quote| match quote {
            // Raw text has no escapes: what would end it is left out.
            Some('`') => value.replace('`', ""),
            // Only the quotation mark that is open may be escaped, and no string goes over a line's end.
            Some(open) => value
                .replace('\\', "\\\\")
                .replace(open, &format!("\\{open}"))
                .replace('\n', "\\n"),
            None => value.to_string(),
        },
    )
}

struct Quoting {
    marks: &'static str,
    /// The open quotation marks within which a backslash escapes; `None` is outside of any.
    escaping: &'static [Option<char>],
}

const SHELL: Quoting = Quoting {
    marks: "'\"",
    escaping: &[Some('"'), None],
};
const PROMQL: Quoting = Quoting {
    marks: "'\"`",
    escaping: &[Some('"'), Some('\'')],
};

fn fill(
    playbook: &Playbook,
    values: &Values,
    text: &str,
    quoting: &Quoting,
    escape: impl Fn(&str, Option<char>) -> String,
) -> Filled {
    let mut filled = Filled {
        text: String::new(),
        missing: Vec::new(),
    };
    let mut quote = None;
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        quote = quoting.open_after(quote, before);
        filled.text.push_str(before);
        let Some((name, after)) = after.split_once("}}") else {
            filled.text.push_str("{{");
            rest = after;
            continue;
        };
        let name = name.trim();
        let mut variables = playbook.variables.iter();
        let default = variables.find(|variable| variable.name == name);
        let value = values
            .get(name)
            .or(default.map(|variable| &variable.default));
        match value.filter(|value| !value.is_empty()) {
            // The configuration's own query is syntax on purpose.
            Some(value) if name == "success_ratio_query" => filled.text.push_str(value),
            Some(value) => filled.text.push_str(&escape(value, quote)),
            None => {
                filled.text.push_str(&format!("<{name}>"));
                filled.missing.push(name.to_string());
            }
        }
        rest = after;
    }
    filled.text.push_str(rest);
    filled
}

impl Quoting {
    fn open_after(&self, mut quote: Option<char>, text: &str) -> Option<char> {
        let mut escaped = false;
        for c in text.chars() {
            match quote {
                _ if escaped => escaped = false,
                _ if c == '\\' && self.escaping.contains(&quote) => escaped = true,
                None if self.marks.contains(c) => quote = Some(c),
                Some(open) if open == c => quote = None,
                _ => {}
            }
        }
        quote
    }
}
