//! Recognizes a query that servers before version 3 cannot parse.

/// Names of labels or metrics in quotation marks, within braces or behind `by`: before version 3 that is a syntax error.
pub(super) fn has_quoted_name(query: &str) -> bool {
    const GROUPINGS: [&str; 6] = [
        "by",
        "without",
        "on",
        "ignoring",
        "group_left",
        "group_right",
    ];
    let mut open = None;
    // For each open bracket: whether names may be quoted in it (braces, a grouping).
    let mut holders: Vec<bool> = Vec::new();
    let (mut before, mut word) = (' ', String::new());
    let mut chars = query.chars();
    while let Some(c) = chars.next() {
        match (open, c) {
            (Some('"' | '\''), '\\') => drop(chars.next()),
            (Some(mark), c) if mark == c => open = None,
            (Some(_), _) => {}
            (None, '"' | '\'' | '`') => {
                let names = holders.last() == Some(&true);
                if names && matches!(before, '{' | '(' | ',') {
                    return true;
                }
                (open, before) = (Some(c), c);
            }
            (None, c) => {
                match c {
                    '{' => holders.push(true),
                    '(' => holders.push(GROUPINGS.contains(&word.as_str())),
                    '}' | ')' => drop(holders.pop()),
                    _ => {}
                }
                if c.is_alphanumeric() || c == '_' {
                    if before.is_whitespace() || !(before.is_alphanumeric() || before == '_') {
                        word.clear();
                    }
                    word.push(c.to_ascii_lowercase());
                } else if !c.is_whitespace() {
                    word.clear();
                }
                if !c.is_whitespace() || before.is_alphanumeric() || before == '_' {
                    before = c;
                }
            }
        }
    }
    false
}
