//! Keys that a provider marks with a prefix. Sources: the providers' documentation, and the public rule sets of
//! secret scanners.

use super::pattern::{Pattern, cloud_key};

pub(super) const PROVIDERS: &[Pattern] = &[
    cloud_key(
        "AKIA|ASIA|AROA|AIDA",
        r"(?-i)(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}\b",
    ),
    cloud_key(
        "AIza|ya29|GOCSPX",
        r"(?-i)\b(?:AIza[A-Za-z0-9_-]{20,}|ya29\.[A-Za-z0-9_-]{10,}|GOCSPX-[A-Za-z0-9_-]{20,})",
    ),
    cloud_key(
        "gh[pousr]_|github_pat|glpat",
        r"(?-i)\b(?:gh[pousr]_[A-Za-z0-9]{10,}|github_pat_[A-Za-z0-9_]{10,}|glpat-[A-Za-z0-9_-]{10,})",
    ),
    cloud_key(
        r"xox|xapp",
        r"(?-i)\bxox[abeoprs]-[A-Za-z0-9-]{8,}|\bxapp-[A-Za-z0-9-]{8,}",
    ),
    cloud_key(
        r"\b[srp]k_|whsec|rzp_|klarna_|\bshp",
        r"(?-i)\b(?:(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{6,}|sk_(?:sbox_)?[a-z0-9]{20,}|whsec_[A-Za-z0-9+/=_-]{6,}|rzp_(?:live|test)_[A-Za-z0-9]{10,}|klarna_(?:live|test|playground)_api_[A-Za-z0-9+/=_-]{16,}|shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32})",
    ),
    cloud_key(
        r"hv[sbr]\.|s\.[a-z0-9]{24}",
        r"(?-i)\b(?:hv[sbr]\.[A-Za-z0-9_-]{8,}|s\.[A-Za-z0-9]{24}\b)",
    ),
    cloud_key(
        r"\bsk-|nvapi-|dop_v1|npm_|pypi-|hf_|dapi|glsa_|dckr_",
        r"(?-i)\b(?:sk-[A-Za-z0-9_-]{20,}|nvapi-[A-Za-z0-9_-]{20,}|dop_v1_[a-f0-9]{20,}|npm_[A-Za-z0-9]{20,}|pypi-[A-Za-z0-9_-]{20,}|hf_[A-Za-z0-9]{20,}|dapi[a-f0-9]{32}|glsa_[A-Za-z0-9_]{20,}|dckr_pat_[A-Za-z0-9_-]{20,})",
    ),
    cloud_key(
        r"SK[0-9a-f]{32}|SG\.",
        r"(?-i)\b(?:SK[0-9a-f]{32}\b|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,})",
    ),
    cloud_key(
        r"AQE|EAAA|A21AA|sq0|access_token\$|access-(?:pro|sand|dev)|(?:live|test)_",
        r"(?-i)\b(?:AQE[a-z][A-Za-z0-9+/=_-]{40,}|EAAA[A-Za-z0-9_-]{50,}|A21AA[A-Za-z0-9_-]{50,}|sq0[a-z]{3}-[A-Za-z0-9_-]{20,}|access_token\$(?:production|sandbox)\$[a-z0-9]+\$[a-f0-9]{32}|access-(?:production|sandbox|development)-[0-9a-f-]{36}|(?:live|test)_[A-Za-z0-9-][A-Za-z0-9_-]{23,})",
    ),
    cloud_key("/bot[0-9]", r"/bot(?P<s>[0-9]{6,}:[A-Za-z0-9_-]{30,})"),
    cloud_key(
        r"xai-|gsk_|pplx-|r8_|lin_api|ntn_|figd_|sbp_|sntry[su]_|pat-(?:na|eu)1",
        r"(?-i)\b(?:xai-[A-Za-z0-9]{40,}|gsk_[A-Za-z0-9]{20,}|pplx-[A-Za-z0-9]{20,}|r8_[A-Za-z0-9]{20,}|lin_api_[A-Za-z0-9]{20,}|ntn_[A-Za-z0-9]{20,}|figd_[A-Za-z0-9_-]{20,}|sbp_[a-f0-9]{20,}|sntry[su]_[A-Za-z0-9+/=_-]{20,}|pat-(?:na|eu)1-[a-f0-9-]{30,})",
    ),
    cloud_key(
        r"gl[a-z]{2,5}-|AT[AC]TT|ATBB|PMAK-|CFPAT-|rubygems_|oy2|nf[pcoub]_",
        r"(?-i)\b(?:gl(?:dt|rt|ptt|ft|imt|soat|cbt|agent|oas|ffct|rtr)-[A-Za-z0-9_-]{16,}|AT[AC]TT3[A-Za-z0-9_=-]{20,}|ATBB[A-Za-z0-9]{20,}|PMAK-[a-f0-9]{24}-[a-f0-9]{20,}|CFPAT-[A-Za-z0-9_-]{20,}|rubygems_[a-f0-9]{20,}|oy2[a-z0-9]{40,}|nf[pcoub]_[A-Za-z0-9]{20,})",
    ),
    cloud_key(
        r"do[or]_v1|dp\.[a-z]|fo1_|fm[12]_|flyv1|tskey-|pscale_|pul-|atlasv1|dt0c01|glc_|ops_eyJ",
        r"(?-i)\b(?:do[or]_v1_[a-f0-9]{20,}|dp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9_.-]{20,}|(?:fo1_|fm[12]_)[A-Za-z0-9_=-]{20,}|FlyV1\s[A-Za-z0-9_,=+/-]{20,}|tskey-[a-z]+-[A-Za-z0-9-]{12,}|pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{20,}|pul-[a-f0-9]{30,}|[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{20,}|dt0c01\.[A-Z0-9]{20,}\.[A-Z0-9]{40,}|glc_[A-Za-z0-9+/=]{20,}|ops_eyJ[A-Za-z0-9_-]{20,})",
    ),
    cloud_key(
        r"NR(?:AK|JS|II|RA|MK)-|NRAL|xkeysib|-us[0-9]|\bre_|\bsl\.|EZ[AT]K|FLWSECK|amzn\.mws|LTAI|AKID|ABSK|ABIA|ACCA|SCW",
        r"(?-i)\b(?:NR(?:AK|JS|II|RA|MK)-[A-Za-z0-9]{16,}|[a-f0-9]{36}NRAL|xkeysib-[a-f0-9]{30,}[A-Za-z0-9-]*|[0-9a-f]{32}-us[0-9]{1,2}|re_[A-Za-z0-9]{8}_[A-Za-z0-9]{16,}|sl\.[A-Za-z0-9_-]{40,}|EZ[AT]K[a-f0-9]{20,}[A-Za-z0-9]*|FLWSECK(?:_TEST|_LIVE)?-[A-Za-z0-9-]{12,}|amzn\.mws\.[0-9a-f-]{36}|LTAI[A-Za-z0-9]{12,}|AKID[A-Za-z0-9]{24,}|ABSK[A-Za-z0-9+/=]{20,}|A(?:BIA|CCA)[A-Z0-9]{12,}|SCW[A-Z0-9]{17})",
    ),
    cloud_key(
        r"xox[a-z]|xoxe|HRKU|AC[0-9a-f]{8}",
        r"(?-i)\b(?:xox[a-z]-[A-Za-z0-9-]{8,}|xoxe\.xox[a-z]-[A-Za-z0-9-]{8,}|HRKU-[A-Za-z0-9-]{20,}|AC[0-9a-f]{32}:[0-9a-f]{32})",
    ),
    cloud_key(
        "~|8Q",
        r"(?-i)(?P<s>[A-Za-z0-9_~.-]{3}[78]Q~[A-Za-z0-9_~.-]{31,34})",
    )
    .only_if(super::looks::like_random),
    cloud_key(
        "4/0A|1//0",
        r"(?-i)(?P<s>\b4/0A[A-Za-z0-9_-]{30,}|\b1//0[A-Za-z0-9_-]{30,})",
    ),
];
