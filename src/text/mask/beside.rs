//! Data next to a card number: its expiry date and its code. Three or four digits alone mean nothing; next to a
//! number, masked or not, PCI DSS forbids to keep them.

use super::super::sanitize::{ceil_char_boundary, floor_char_boundary};
use super::hit::{Hit, MaskKind};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// How far a labelled date may be from a number, in bytes.
const REACH: usize = 160;
/// How far before a number a field may begin, in bytes.
const BEFORE: usize = 48;

/// A masked number: other characters in the middle, digits at the end.
static MASKED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?:\b[0-9]{1,6}[0-9 .-]{0,4})?(?:[Xx*•#●_]{2,}[Xx*•#●_ .-]{0,16})[0-9]{3,4}(?-u:\b)|\[masked pan\]|\b[0-9]{6}(?:…|\.{3,6})[0-9]{4}\b",
    )
    .ok()
});

/// Fewest characters that replace digits.
const FEWEST_SIGNS: usize = 4;

const SEPARATOR: &str = r#"\\?["']?(?:[ ]?[|;,.:/\t\n~^=_#·-][ ]?|[ ]{1,3})\\?["']?"#;
const MONTH: &str = "(?:0[1-9]|1[0-2])";
const YEAR: &str = "(?:20)?(?:2[0-9]|3[0-5])";
const END: &str = r"(?:[^0-9A-Za-z.:%*-]|[.:-](?:\D|$)|$)";

fn date() -> String {
    format!(
        r#"(?P<e>{MONTH}(?:[ ]?[/.|;,:\t -][ ]?|\\?["'][,;|]\\?["'])?{YEAR}|{YEAR}(?:[ ]?[/.|;,:\t -][ ]?)?{MONTH})"#
    )
}

/// A field with a name or an amount between the number and the date of a record.
const FIELD: &str = r#"(?:\\?["']?[|;,\t]\\?["']?[A-Za-z][A-Za-z, /.'-]{0,30})?"#;

/// A label between the number and the date.
const LABEL: &str = r"(?:(?i:exp(?:iry|ires|\.)?|valid (?:thru|until|to)|val|thru|g(?:ü|ue)ltig bis|cad|caduca|scad|vto)[.:]?\s*)?";

struct Forms {
    /// Directly after the number.
    behind: Vec<Regex>,
    /// Directly before it.
    before: Vec<Regex>,
    /// With a label, on the same lines.
    labelled: Vec<Regex>,
}

static FORMS: LazyLock<Option<Forms>> = LazyLock::new(|| {
    let date = date();
    let compile = |forms: &[String]| -> Option<Vec<Regex>> {
        forms.iter().map(|form| Regex::new(form).ok()).collect()
    };
    Some(Forms {
        behind: compile(&[
            format!("^{FIELD}{SEPARATOR}{LABEL}{date}{FIELD}{SEPARATOR}(?P<c>[0-9]{{3,4}}){END}"),
            format!("^{SEPARATOR}(?P<c>[0-9]{{3,4}}){SEPARATOR}{date}{END}"),
            // Without separator: the date, then the code.
            format!("^[=|;,:/]?(?P<e>{MONTH}(?:20)?(?:2[0-9]|3[0-5])|(?:2[0-9]|3[0-5]){MONTH})(?P<c>[0-9]{{3,4}})(?:[^0-9]|$)"),
            format!(r"^(?P<e>{MONTH}(?:2[0-9]|3[0-5])|(?:2[0-9]|3[0-5]){MONTH})(?:[^0-9]|$)"),
            // A date alone, in the form of cards.
            format!(r"^[ ,;|\t(]{{1,3}}(?P<e>{MONTH} ?/ ?(?:20)?(?:2[6-9]|3[0-5]))(?:[^0-9/:.-]|[,.;](?:\D|$)|$)"),
        ])?,
        before: compile(&[
            format!(r"(?:^|[^0-9/.:-]){date}{SEPARATOR}(?P<c>[0-9]{{3,4}}){SEPARATOR}$"),
            format!(r"(?:^|[^0-9/.:-])(?P<c>[0-9]{{3,4}}){SEPARATOR}{date}{SEPARATOR}$"),
        ])?,
        labelled: compile(&[
            r#"(?i)(?:\[0?14\]|\(0?14\)|["']0?14["']|(?:\b|_|[0-9])(?:exp(?:iry|ires?|iration|ir)?\.?(?:[ _-]?(?:date|dt|on|mmyy|yymm))?|valid(?:[ _-]?(?:thru|through|until|till|to|bis))|good[ _-]?thru|thru|g(?:ü|ue)ltig(?:keit)?(?: bis)?|ablauf(?:datum)?|verfall(?:sdatum|datum)?|caduca(?:|cidad|dad)?|cad|vence|vencimiento|vto|validade|validez|v[áa]lid[oa] (?:hasta|até|fino a)|venc|scad(?:enza|e)?|valida fino al?|(?:date d['’])?expiration|date de validité|fin de validité|expire(?: fin| en)?|geldig tot|vervaldatum|mm/yy|(?:DE|F|P|field|bit)[ _.-]?0?14|(?:id|name|num)=["']0?14["']\s+value|срок))\\*["']?\s*(?:\([^)\n]{0,24}\)|-[ ]?[a-z]{3,12}(?: [a-z]{3,12})?)?\s*(?:[:=>]|=>|is|ist|est|es|è|é|bis|le|el|il|em|am|on|in|->|→)?\s*\\*["'\[(]?(?P<e>[0-9]{2} ?[/.-] ?[0-9]{2,4}|20[0-9]{2} ?[/.-] ?[0-9]{2}|[0-9]{4}|[0-9]{2} [0-9]{2}|[0-9]{6}|20[0-9]{2}(?:0[1-9]|1[0-2]))(?:[^0-9A-Za-z/:]|cv|[.:](?:\D|$)|$)"#.to_string(),
            r#"(?i)(?:\b|_)exp(?:iry|iration)?[ _-]?(?:month|mon|mm|m|year|yr|yyyy|yy|y)\\*["']?\s*(?:[:=]|=>)\s*\\*["']?(?P<e>[0-9]{1,4})\b"#.to_string(),
            r"(?i)\b5F24\b[^0-9\n]{0,12}(?:(?:L=|len=)?0?3\b[^0-9\n]{0,6})?(?P<e>[0-9]{6}|[0-9]{2} [0-9]{2} [0-9]{2})\b".to_string(),
        ])?,
    })
});

/// Beside the numbers that were found, and beside masked numbers.
pub(super) fn find(text: &str, found: &[Hit]) -> Vec<Hit> {
    let mut numbers: Vec<Range<usize>> = found
        .iter()
        .filter(|hit| matches!(hit.kind, MaskKind::Pan | MaskKind::Track))
        .map(|hit| hit.range.clone())
        .collect();
    if may_be_masked(text)
        && let Some(masked) = MASKED.as_ref()
    {
        let known = masked.find_iter(text).map(|found| found.range());
        numbers.extend(known.filter(|range| is_masked_number(&text[range.clone()])));
    }
    let mut hits = Vec::new();
    if let Some(forms) = FORMS.as_ref().filter(|_| !numbers.is_empty()) {
        for number in &numbers {
            right_beside(text, number, forms, &mut hits);
        }
        labelled(text, numbers, forms, &mut hits);
    }
    hits
}

/// Two characters of a mask; most texts contain none.
fn may_be_masked(text: &str) -> bool {
    text.contains("[masked pan]")
        || text.as_bytes().windows(2).any(|pair| {
            pair[0] == pair[1] && matches!(pair[0], b'*' | b'X' | b'x' | b'#' | b'_' | b'.')
        })
        || text.contains(['•', '●', '…'])
}

fn is_masked_number(number: &str) -> bool {
    let signs = number.chars().filter(|c| "Xx*•#●_.…".contains(*c)).count();
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    number.starts_with("[masked")
        || number.contains(['…', '.'])
        || (signs >= FEWEST_SIGNS && digits + signs <= 19 && digits >= 4)
}

fn right_beside(text: &str, number: &Range<usize>, forms: &Forms, hits: &mut Vec<Hit>) {
    let behind = &text[number.end..forward(text, number.end, REACH)];
    let behind = forms.behind.iter().find_map(|form| form.captures(behind));
    if let Some(found) = behind.filter(|found| !is_day(found)) {
        take(&found, number.end, hits);
    }
    let start = backward(text, number.start, BEFORE);
    let before = &text[start..number.start];
    if let Some(found) = forms.before.iter().find_map(|form| form.captures(before)) {
        take(&found, start, hits);
    }
}

/// Labels within [`REACH`] of a number; each place is checked once.
fn labelled(text: &str, mut numbers: Vec<Range<usize>>, forms: &Forms, hits: &mut Vec<Hit>) {
    numbers.sort_by_key(|number| number.start);
    let mut windows: Vec<Range<usize>> = Vec::new();
    for number in numbers {
        let window = backward(text, number.start, REACH)..forward(text, number.end, REACH);
        match windows.last_mut() {
            Some(last) if window.start <= last.end => last.end = last.end.max(window.end),
            _ => windows.push(window),
        }
    }
    for window in windows {
        for form in &forms.labelled {
            for found in form.captures_iter(&text[window.clone()]) {
                take(&found, window.start, hits);
            }
        }
    }
}

/// `09/28/2026` and `2026-09-28` are days.
fn is_day(found: &regex::Captures<'_>) -> bool {
    const BETWEEN: [char; 3] = ['/', '-', '.'];
    let whole = found.get(0).map_or("", |whole| whole.as_str());
    found.name("c").is_some_and(|code| {
        let year = code.as_str().len() == 4 && code.as_str().starts_with("20");
        let beside =
            whole[..code.start()].ends_with(BETWEEN) || whole[code.end()..].starts_with(BETWEEN);
        year && beside
    })
}

fn take(found: &regex::Captures<'_>, start: usize, hits: &mut Vec<Hit>) {
    for (group, kind) in [("e", MaskKind::Secret), ("c", MaskKind::Cvv)] {
        if let Some(part) = found.name(group) {
            hits.push(Hit::new(start + part.start()..start + part.end(), kind));
        }
    }
}

fn forward(text: &str, from: usize, reach: usize) -> usize {
    ceil_char_boundary(text, from + reach)
}

fn backward(text: &str, from: usize, reach: usize) -> usize {
    floor_char_boundary(text, from.saturating_sub(reach))
}
