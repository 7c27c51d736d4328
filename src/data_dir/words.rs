//! The words of peers.

use super::peers::PeerKind;

impl PeerKind {
    pub fn word(self) -> &'static str {
        match self {
            Self::Watch => "watch",
            Self::Console => "console",
        }
    }
}
