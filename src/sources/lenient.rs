//! Foreign JSON in which any part may have any type: each part is read as what it is, and mismatches are kept.

mod repair;

pub(super) use repair::salvage;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::collections::BTreeMap;
use std::marker::PhantomData;

/// In place of the expected type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum JsonType {
    Null,
    Flag,
    Number,
    Text,
    List,
    Object,
}

impl JsonType {
    pub(super) fn is_null(self) -> bool {
        self == Self::Null
    }
}

/// Any JSON converts to it: a wrong type is no error and cannot end the reading of what follows.
trait AnyJson<'de>: Sized {
    fn scalar(kind: JsonType, text: String) -> Self;

    fn list<A: SeqAccess<'de>>(mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self::scalar(JsonType::List, String::new()))
    }

    fn object<A: MapAccess<'de>>(mut fields: A) -> Result<Self, A::Error> {
        while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::scalar(JsonType::Object, String::new()))
    }
}

struct AnyJsonVisitor<T>(PhantomData<T>);

impl<'de, T: AnyJson<'de>> Visitor<'de> for AnyJsonVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<T, E> {
        Ok(T::scalar(JsonType::Flag, value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<T, E> {
        Ok(T::scalar(JsonType::Number, value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<T, E> {
        Ok(T::scalar(JsonType::Number, value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<T, E> {
        Ok(T::scalar(JsonType::Number, value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<T, E> {
        Ok(T::scalar(JsonType::Text, value.to_string()))
    }

    fn visit_string<E>(self, value: String) -> Result<T, E> {
        Ok(T::scalar(JsonType::Text, value))
    }

    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(T::scalar(JsonType::Null, String::new()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<T, A::Error> {
        T::list(items)
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<T, A::Error> {
        T::object(fields)
    }
}

macro_rules! reads_any {
    ($($type:ty $(, $of:ident: $bound:path)?;)*) => {$(
        impl<'de $(, $of: $bound)?> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(AnyJsonVisitor(PhantomData))
            }
        }
    )*};
}

reads_any! {
    Text;
    Pairs;
    Flag;
    Point;
    List<T>, T: Deserialize<'de>;
    Fields<T>, T: Deserialize<'de>;
}

/// A number or a flag is read as its text; `null`, a list and an object have none.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub(super) struct Text {
    pub(super) text: String,
    /// The actual type, if it is no text.
    pub(super) odd: Option<JsonType>,
}

impl Text {
    pub(super) fn has_text(&self) -> bool {
        matches!(self.odd, None | Some(JsonType::Number | JsonType::Flag))
    }

    /// A phrase about a wrong type.
    pub(super) fn fault(&self, name: &str) -> Option<String> {
        let odd = self.odd?;
        Some(match self.has_text() {
            true => format!("{name} is {}, read as text {}", odd.words(), self.text),
            false => format!("{name} is {}, left out", odd.words()),
        })
    }
}

impl AnyJson<'_> for Text {
    fn scalar(kind: JsonType, text: String) -> Self {
        let odd = (kind != JsonType::Text).then_some(kind);
        Self { text, odd }
    }
}

/// The last of a repeated name counts, as usual in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub(super) struct Pairs {
    pairs: BTreeMap<String, Text>,
    odd: Option<JsonType>,
}

impl Pairs {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.pairs.get(name).filter(|text| text.has_text())?;
        Some(&found.text)
    }

    /// Those that have a text.
    pub(super) fn into_texts(self) -> BTreeMap<String, String> {
        let texts = self.pairs.into_iter().filter(|(_, text)| text.has_text());
        texts.map(|(name, text)| (name, text.text)).collect()
    }

    /// Phrases about wrong types.
    pub(super) fn faults<'p>(&'p self, what: &'p str) -> impl Iterator<Item = String> + 'p {
        let whole = self.odd.map(|odd| format!("{what}: {}", odd.words()));
        let each = self
            .pairs
            .iter()
            .filter_map(move |(name, text)| Some(format!("{what}: {}", text.fault(name)?)));
        whole.into_iter().chain(each)
    }
}

impl<'de> AnyJson<'de> for Pairs {
    fn scalar(kind: JsonType, _text: String) -> Self {
        Self {
            odd: Some(kind),
            ..Self::default()
        }
    }

    fn object<A: MapAccess<'de>>(mut fields: A) -> Result<Self, A::Error> {
        let mut pairs = BTreeMap::new();
        while let Some((name, text)) = fields.next_entry()? {
            pairs.insert(name, text);
        }
        Ok(Self { pairs, odd: None })
    }
}

/// `None` if it is no flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub(super) struct Flag(pub(super) Option<bool>);

impl AnyJson<'_> for Flag {
    fn scalar(_kind: JsonType, text: String) -> Self {
        Self(text.parse().ok())
    }
}

/// Any other type has no items.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct List<T> {
    pub(super) items: Vec<T>,
    pub(super) odd: Option<JsonType>,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        let (items, odd) = (Vec::new(), None);
        Self { items, odd }
    }
}

impl<T> List<T> {
    /// It may have had items. Many servers write `null` for an empty list.
    pub(super) fn is_unreadable(&self) -> bool {
        !matches!(self.odd, None | Some(JsonType::Null))
    }
}

impl<'de, T: Deserialize<'de>> AnyJson<'de> for List<T> {
    fn scalar(kind: JsonType, _text: String) -> Self {
        let (items, odd) = (Vec::new(), Some(kind));
        Self { items, odd }
    }

    fn list<A: SeqAccess<'de>>(mut read: A) -> Result<Self, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = read.next_element()? {
            items.push(item);
        }
        Ok(Self { items, odd: None })
    }
}

/// An object with fields, or the actual type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Fields<T>(pub(super) Result<T, JsonType>);

impl<T: Default> Default for Fields<T> {
    fn default() -> Self {
        Self(Ok(T::default()))
    }
}

impl<'de, T: Deserialize<'de>> AnyJson<'de> for Fields<T> {
    fn scalar(kind: JsonType, _text: String) -> Self {
        Self(Err(kind))
    }

    fn object<A: MapAccess<'de>>(fields: A) -> Result<Self, A::Error> {
        T::deserialize(MapAccessDeserializer::new(fields)).map(|read| Self(Ok(read)))
    }
}

/// `[time in seconds, value]`.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Point(pub(super) Option<(f64, String)>);

impl<'de> AnyJson<'de> for Point {
    fn scalar(_kind: JsonType, _text: String) -> Self {
        Self(None)
    }

    fn list<A: SeqAccess<'de>>(mut items: A) -> Result<Self, A::Error> {
        let at: Option<Text> = items.next_element()?;
        let value: Option<Text> = items.next_element()?;
        while items.next_element::<IgnoredAny>()?.is_some() {}
        let at = at.and_then(|at| at.text.parse().ok());
        let value = value.filter(Text::has_text).map(|value| value.text);
        Ok(Self(at.zip(value)))
    }
}
