//! The Markdown of a playbook as sections of simple elements, each with its line.

use super::fault;
use crate::playbook::Fault;
use crate::text::sanitize;
use pulldown_cmark::{
    CodeBlockKind, Event, HeadingLevel, MetadataBlockKind, Options, Parser, Tag, TagEnd,
};

/// A playbook file taken apart.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub(super) front: String,
    pub(super) front_line: usize,
    pub(super) intro: Vec<Element>,
    pub(super) sections: Vec<Section>,
}

/// A second-level heading and what follows it.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) title: String,
    pub(super) line: usize,
    pub(super) elements: Vec<Element>,
}

/// Something in a section.
#[derive(Debug)]
pub(super) enum Element {
    Paragraph {
        text: String,
        link: Option<String>,
        line: usize,
    },
    List {
        items: Vec<Item>,
        line: usize,
    },
    Code {
        info: String,
        text: String,
        line: usize,
    },
}

/// An item of a list.
#[derive(Debug, Default)]
pub(super) struct Item {
    pub(super) text: String,
    pub(super) task: bool,
    /// Where its leading link points.
    pub(super) link: Option<String>,
    pub(super) line: usize,
}

/// What is being read.
#[derive(Default)]
struct State {
    document: Document,
    text: String,
    link: Option<String>,
    list: Option<(Vec<Item>, usize)>,
    item: Option<Item>,
    code: Option<(String, usize)>,
    start: usize,
}

pub(super) fn read(source: &str, faults: &mut Vec<Fault>) -> Document {
    let options = Options::ENABLE_TASKLISTS | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let ends: Vec<usize> = source.match_indices('\n').map(|(at, _)| at).collect();
    let line_of = |offset: usize| ends.partition_point(|end| *end < offset) + 1;
    let mut state = State::default();
    for (event, range) in Parser::new_ext(source, options).into_offset_iter() {
        let line = line_of(range.start);
        match event {
            Event::Start(tag) => state.open(&tag, line, faults),
            Event::End(tag) => state.close(tag),
            Event::Text(text) => state.text.push_str(&text),
            Event::Code(text) => state.text.push_str(&text),
            Event::SoftBreak | Event::HardBreak => state.text.push(' '),
            Event::TaskListMarker(_) => {
                if let Some(item) = &mut state.item {
                    item.task = true;
                }
            }
            Event::Html(_) | Event::InlineHtml(_) => {
                faults.push(fault(
                    line,
                    "HTML is not shown in a terminal",
                    "write plain Markdown",
                ));
            }
            _ => {}
        }
    }
    state.document
}

impl State {
    fn open(&mut self, tag: &Tag<'_>, line: usize, faults: &mut Vec<Fault>) {
        match tag {
            Tag::Heading { level, .. } => {
                self.begin(line);
                if !matches!(level, HeadingLevel::H2) {
                    let remedy = "every step is a heading of level two (##); there are no others";
                    faults.push(fault(line, "a heading that is no step", remedy));
                }
            }
            Tag::Paragraph if self.item.is_none() => self.begin(line),
            Tag::List(_) if self.list.is_some() => {
                faults.push(fault(
                    line,
                    "a list inside a list",
                    "make it one list, or two steps",
                ));
            }
            Tag::List(_) => self.list = Some((Vec::new(), line)),
            Tag::Item => {
                self.begin(line);
                self.item = Some(Item {
                    line,
                    ..Item::default()
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
            Tag::MetadataBlock(MetadataBlockKind::YamlStyle) => {
                self.begin(line);
            }
            Tag::Image { .. } => {
                faults.push(fault(
                    line,
                    "an image is not shown in a terminal",
                    "say it in words",
                ));
            }
            _ => {}
        }
    }

    fn close(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => {
                let title = sanitize::line(self.text.trim());
                let line = self.start;
                self.document.sections.push(Section {
                    title,
                    line,
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
