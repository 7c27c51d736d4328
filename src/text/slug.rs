//! Names that may stand in the chain unencrypted.

use serde::{Deserialize, Serialize};

/// A name that a policy, a playbook or this program declares: `[a-z0-9._-]{1,64}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

impl Slug {
    pub fn new(text: &str) -> Option<Self> {
        let fits = (1..=64).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b));
        fits.then(|| Self(text.to_string()))
    }

    /// The nearest slug: lower case, other characters become `-`, cut at 64; `x` if nothing is left.
    pub fn nearest(text: &str) -> Self {
        // Most texts are slugs already, and this runs at every tick.
        let kept = !text.starts_with('-') && !text.ends_with('-') && !text.contains("--");
        if let Some(slug) = Self::new(text).filter(|_| kept) {
            return slug;
        }
        let mut out = String::new();
        for c in text.chars().flat_map(char::to_lowercase) {
            match c {
                'a'..='z' | '0'..='9' | '.' | '_' => out.push(c),
                _ if !out.ends_with('-') && !out.is_empty() => out.push('-'),
                _ => {}
            }
        }
        let mut out: String = out.chars().take(64).collect();
        out.truncate(out.trim_end_matches('-').len());
        Self(if out.is_empty() { "x".to_string() } else { out })
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Slug {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::new(&text).ok_or_else(|| {
            let shown: String = text.chars().filter(|c| !c.is_control()).take(80).collect();
            format!("\"{shown}\" is not a name of 1 to 64 characters from a-z 0-9 . _ -")
        })
    }
}

impl std::str::FromStr for Slug {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::try_from(text.to_string())
    }
}

impl AsRef<str> for Slug {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

impl std::fmt::Display for Slug {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Names of one kind, so that no other kind is given in their place.
macro_rules! ids {
    ($($(#[$doc:meta])* $id:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $id(Slug);

        impl $id {
            pub fn new(text: &str) -> Option<Self> {
                Slug::new(text).map(Self)
            }

            /// As [`Slug::nearest`].
            pub fn nearest(text: &str) -> Self {
                Self(Slug::nearest(text))
            }

            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl From<Slug> for $id {
            fn from(slug: Slug) -> Self {
                Self(slug)
            }
        }

        impl From<$id> for Slug {
            fn from(id: $id) -> Self {
                id.0
            }
        }

        impl std::str::FromStr for $id {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                text.parse().map(Self)
            }
        }

        impl std::ops::Deref for $id {
            type Target = Slug;

            fn deref(&self) -> &Slug {
                &self.0
            }
        }

        impl AsRef<str> for $id {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl std::fmt::Display for $id {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

ids! {
    /// Who records: a person by a pseudonym, or the program.
    ActorId
    ServiceId
    /// A payment path of a service, as `confirm`.
    PathId
    /// A source of alerts, readings or changes.
    SourceId
    /// A channel of pages and messages.
    ChannelId
    /// An escalation level.
    LevelId
    /// Whom a level pages: a person, a schedule or a team.
    TargetId
    PlaybookId
    StepId
}
