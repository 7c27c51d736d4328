//! PINs and PIN blocks between free words: sentences, keypads, fields of messages.

use super::looks::{like_hex_block, like_pin};
use super::pattern::{Pattern, pin};

pub(super) const PINS: &[Pattern] = &[
    // A name, words that specify it, a verb or a sign, the number.
    pin(
        r"\bpin|geheim|code secret|clave|nip\b|пин|暗証",
        r#"(?:\b|_)(?:pin|pin-?(?:code|nummer|number|nr)|pincode|geheimzahl|geheimnummer|code secret|clave|nip|пин-?код|пин|暗証番号)\b[^\n0-9:=→]{0,40}?(?:\b(?:@IS@|to|auf|as|als|in|a|à)\b|[:=→]|->)\s*(?:(?:now|still|jetzt|noch|el|la|le|il|o|de|die|the|number|code|again)\s+){0,2}["'`(]?(?P<s>[0-9]{4,6})@END@"#,
    )
    .only_if(like_pin),
    // Reported speech: "she typed 4711", near a name.
    pin(
        r"\bpin\b|geheimzahl",
        r#"\b(?:enter(?:ed|s)?|typed?|types|keyed(?: in)?|keys in|tapped|press(?:ed)?|used?|uses|tried|tries|gave|says|said|told (?:me|us)|eingegeben|tippte?|gibt|marcó|tecleó|tapé|saisi|digitato)\s+(?:in\s+)?["'`]?(?P<s>[0-9]{4,6})["'`]?\s[^\n0-9]{0,24}?\b(?:pin|geheimzahl)\b(?:\s*(?:[.,;!?)\n]|$)|\s(?:and|but|at|on|in|for|three|twice|then)\b)"#,
    )
    .only_if(like_pin),
    pin(
        r"\bpin\b|geheimzahl",
        r#"\b(?:pin|geheimzahl)\b[^\n0-9]{0,24}?\b(?:enter(?:ed|s)?|typed?|types|keyed(?: in)?|tapped|press(?:ed)?|tried|tries|gave|says|said|told (?:me|us)|eingegeben|tippte?|gibt|war|marcó|tecleó|digitato)\s+(?:it as\s+|in\s+)?["'`]?(?P<s>[0-9]{4,6})@END@"#,
    )
    .only_if(like_pin),
    // One key press after another.
    pin(
        r"key|taste|button|digit|touche|tecla|press|pinpad|\bped\b|\bepp\b",
        r"\b(?:keypad|pinpad|ped|epp|pin[ _-]?entry|keys?(?: ?log| ?strokes?)?|keystrokes?|digits? entered|buttons?|tasten(?:folge)?|touches|teclas)(?:\s+(?:pressed|input|log|events?|seq(?:uence)?|entered|hit|gedrückt|buffer))?\s*[:=>\[(]*\s*(?P<s>[0-9](?:(?:[ ,.>|-]|, |->| > | - ){1}[0-9]){3,11})(?:[^0-9A-Za-z.:]|[.:](?:\D|$)|$)",
    ),
    pin(
        r"key|taste|button|digit|btn",
        r#"(?P<s>\b(?:key(?:[ _]?(?:press|down|up|code))?|digit|taste|btn|button)[ _:='"\[-]{1,3}[0-9]\b["'\]]?(?:[\s,;|>-]{1,4}(?:key(?:[ _]?(?:press|down|up|code))?|digit|taste|btn|button)[ _:='"\[-]{1,3}[0-9]\b["'\]]?){3,11})"#,
    ),
    // Blocks.
    pin(
        r"p(?:in)?[ _-]?bl(?:oc)?k|epb",
        r#"(?:\b|_|[a-z])(?:pin[ _-]?bl(?:oc)?k|pblk|epb)[a-z0-9_]{0,12}\\*["'\]]?[^\n=:>]{0,40}?(?:[ \t]|[:=>|→]|->)\s*\\*["'\[(<]?(?:0x)?(?P<s>@BLOCK@)\b"#,
    )
    .only_if(like_hex_block),
    pin(
        r"block",
        r#"\bblock\s*(?:[:=]|@IS@|->|→)?\s*["']?(?P<s>[0-9a-f]{16})\b[^\n]{0,32}?\b(?:zpk|tpk|pin|lmk|iso-?[0-4]|format)\b"#,
    )
    .only_if(like_hex_block),
    pin(
        r"pin",
        r#"\b(?:encrypted|encr?|enciphered|translated)[ _-]?pin(?:s)?\b[^\n]{0,24}?[ :=>"'](?P<s>[0-9a-f]{16})\b"#,
    )
    .only_if(like_hex_block),
    // Field 52 of a message, with every form of its number.
    pin(
        r"52",
        r#"(?:\b|_)(?:DE|F|P|S|B|fld|field|bit|element|data element|de_|feld|champ|campo|isofield)[ _.#\[(:-]{0,3}0{0,2}52\b[\])"']?[^\n]{0,40}?[ :=>|"'\[(](?:0x)?(?P<s>[0-9a-f]{2}(?:[ :-]?[0-9a-f]{2}){7})\b"#,
    )
    .only_if(like_hex_block),
    pin(
        r"52",
        r#"(?:^|[^0-9a-z.])0{0,2}52[\])"']{0,2}(?:\s*\([^)\n]{0,16}\))?\s*[|:=,>.-]{1,2}\s*(?:[a-z_.0-9]{1,24}[\[("'| ]{1,3}|[a-z]{1,4}\s+){0,3}["'\[(]{0,2}(?:0x)?(?P<s>[0-9a-f]{2}(?:[ :-]?[0-9a-f]{2}){7})\b"#,
    )
    .only_if(like_hex_block),
];
