//! Kubernetes `Secret`s: every value of their data is secret, under any key.

use super::hit::{Hit, MaskKind};
use super::reference::is_reference;
use regex::Regex;
use std::sync::LazyLock;

static IS_SECRET: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"\bkind\\*["']?:[ \t]*\\*["']?Secret\b"#).ok());
static DATA: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?:\b|_)(?:data|stringData)\\*["']?:"#).ok());
/// A key and its value, on its own line or in a flow mapping.
static ENTRY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"[\w.-]+\\*["']?:[ \t]*(?:\\*["'](?P<q>[^"'\\\n]+)|(?P<s>[^\s"'{},|>\\]+))"#).ok()
});

pub(super) fn find(text: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    if !text.contains("Secret") || IS_SECRET.as_ref().is_none_or(|is| !is.is_match(text)) {
        return hits;
    }
    let (Some(data), Some(entry)) = (DATA.as_ref(), ENTRY.as_ref()) else {
        return hits;
    };
    let mut done = 0;
    for found in data.find_iter(text) {
        if found.start() < done {
            continue;
        }
        done = end_of(text, found.start(), found.end());
        for entry in entry.captures_iter(&text[found.end()..done]) {
            let value = entry.name("q").or_else(|| entry.name("s"));
            if let Some(value) = value.filter(|value| !is_reference(value.as_str())) {
                let range = found.end() + value.start()..found.end() + value.end();
                hits.push(Hit::new(range, MaskKind::Secret));
            }
        }
    }
    hits
}

/// The end of the data: the bracket that closes them, or the first line without deeper indentation.
fn end_of(text: &str, start: usize, from: usize) -> usize {
    let rest = &text[from..];
    if rest.trim_start_matches([' ', '\t']).starts_with('{') {
        return from + rest.find('}').unwrap_or(rest.len());
    }
    let line = text[..start].rfind('\n').map_or(0, |before| before + 1);
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let own = indent(&text[line..start]);
    let mut lines = rest.split_inclusive('\n');
    let first = lines.next().map_or(0, str::len);
    let deeper = lines.take_while(|line| line.trim().is_empty() || indent(line) > own);
    from + first + deeper.map(str::len).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::super::mask;

    #[test]
    fn the_data_of_a_secret_are_masked_whatever_their_keys_are_called() {
        let yaml = "kind: Secret\nmetadata:\n  name: db\ndata:\n  url: cG9zdGdyZXM=\n  user: YXBw\ntype: Opaque";
        let masked = "kind: Secret\nmetadata:\n  name: db\ndata:\n  url: [masked secret]\n  user: [masked secret]\ntype: Opaque";
        assert_eq!(mask(yaml).text, masked);
        let json = r#"{"kind":"Secret","data":{"url":"cG9zdGdyZXM="},"type":"Opaque"}"#;
        let masked = r#"{"kind":"Secret","data":{"url":"[masked secret]"},"type":"Opaque"}"#;
        assert_eq!(mask(json).text, masked);
        let other = "kind: ConfigMap\ndata:\n  url: cG9zdGdyZXM=";
        assert_eq!(mask(other).text, other);
    }
}
