//! The Markdown of a playbook as sections of simple elements, each with its line.

use crate::playbook::problem::Problems;
use crate::text::sanitize;
use pulldown_cmark::{
    CodeBlockKind, Event, HeadingLevel, MetadataBlockKind, Options, Parser, Tag, TagEnd,
};

#[derive(Debug, Default)]
pub(super) struct Markdown {
    pub(super) front: String,
    pub(super) front_line: usize,
    pub(super) intro: Vec<Element>,
    pub(super) sections: Vec<Section>,
}

#[derive(Debug)]
pub(super) struct Section {
    pub(super) title: String,
    pub(super) line: usize,
    pub(super) elements: Vec<Element>,
}

#[derive(Debug)]
pub(super) enum Element {
    Paragraph {
        text: String,
        link: Option<String>,
        line: usize,
    },
    List {
        items: Vec<ListItem>,
        line: usize,
    },
    Code {
        info: String,
        text: String,
        line: usize,
    },
}

#[derive(Debug, Default)]
pub(super) struct ListItem {
    pub(super) text: String,
    pub(super) task: bool,
    /// Where its leading link points.
    pub(super) link: Option<String>,
    pub(super) line: usize,
}

#[derive(Default)]
struct MarkdownReader {
    document: Markdown,
    text: String,
    link: Option<String>,
    list: Option<(Vec<ListItem>, usize)>,
    item: Option<ListItem>,
    code: Option<(String, usize)>,
    start: usize,
}

pub(super) fn read(source: &str, problems: &mut Problems) -> Markdown {
    let options = Options::ENABLE_TASKLISTS | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let ends: Vec<usize> = source.match_indices('\n').map(|(at, _)| at).collect();
    let line_of = |offset: usize| ends.partition_point(|end| *end < offset) + 1;
    let mut reader = MarkdownReader::default();
    for (event, range) in Parser::new_ext(source, options).into_offset_iter() {
        let line = line_of(range.start);
        match event {
            Event::Start(tag) => reader.open(&tag, line, problems),
            Event::End(tag) => reader.close(tag),
            Event::Text(text) => reader.text.push_str(&text),
            Event::Code(text) => reader.text.push_str(&text),
            Event::SoftBreak | Event::HardBreak => reader.text.push(' '),
            Event::TaskListMarker(_) => {
                if let Some(item) = &mut reader.item {
                    item.task = true;
                }
            }
            Event::Html(_) | Event::InlineHtml(_) => {
                problems.add(
                    line,
                    "HTML is not shown in a terminal",
                    "write plain Markdown",
                );
            }
            _ => {}
        }
    }
    reader.document
}

impl MarkdownReader {
    fn open(&mut self, tag: &Tag<'_>, line: usize, problems: &mut Problems) {
        match tag {
            Tag::Heading { level, .. } => {
                self.begin(line);
                if !matches!(level, HeadingLevel::H2) {
                    let remedy = "every step is a heading of level two (##); there are no others";
                    problems.add(line, "a heading that is no step", remedy);
                }
            }
            Tag::Paragraph if self.item.is_none() => self.begin(line),
            Tag::List(_) if self.list.is_some() => {
                let remedy = "make it one list, or two steps";
                problems.add(line, "a list inside a list", remedy);
            }
            Tag::List(_) => self.list = Some((Vec::new(), line)),
            Tag::Item => {
                self.begin(line);
                self.item = Some(ListItem {
                    line,
                    ..ListItem::default()
                });
            }
            Tag::Link { dest_url, .. } => {
                let leading = self.text.trim().is_empty();
                match &mut self.item {
                    Some(item) if leading => item.link = Some(dest_url.to_string()),
                    Some(_) => {}
                    None => self.link = Some(dest_url.to_string()),
                }
            }
            Tag::CodeBlock(kind) => {
                let info = match kind {
                    CodeBlockKind::Fenced(info) => info.to_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.text.clear();
                self.code = Some((info, line));
            }
            Tag::MetadataBlock(MetadataBlockKind::YamlStyle) => self.begin(line),
            Tag::Image { .. } => {
                let remedy = "describe it in words";
                problems.add(line, "an image is not shown in a terminal", remedy);
            }
            _ => {}
        }
    }

    fn close(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => {
                self.document.sections.push(Section {
                    title: sanitize::line(self.text.trim()),
                    line: self.start,
                    elements: Vec::new(),
                });
            }
            TagEnd::Paragraph if self.item.is_none() => {
                let text = sanitize::line(self.text.trim());
                let (link, line) = (self.link.take(), self.start);
                self.add(Element::Paragraph { text, link, line });
            }
            TagEnd::Item => {
                if let (Some(mut item), Some((items, _))) = (self.item.take(), &mut self.list) {
                    item.text = sanitize::line(self.text.trim());
                    items.push(item);
                }
                self.text.clear();
            }
            TagEnd::List(_) => {
                if let Some((items, line)) = self.list.take() {
                    self.add(Element::List { items, line });
                }
            }
            TagEnd::CodeBlock => {
                if let Some((info, line)) = self.code.take() {
                    let text = sanitize::block(&self.text);
                    self.add(Element::Code { info, text, line });
                }
            }
            TagEnd::MetadataBlock(_) => {
                self.document.front = std::mem::take(&mut self.text);
                self.document.front_line = self.start;
            }
            _ => {}
        }
    }

    fn begin(&mut self, line: usize) {
        self.text.clear();
        self.link = None;
        self.start = line;
    }

    fn add(&mut self, element: Element) {
        match self.document.sections.last_mut() {
            Some(section) => section.elements.push(element),
            None => self.document.intro.push(element),
        }
    }
}
