//! Addresses that are secrets themselves: everybody who knows one can post, page or read. Sources: the vendors'
//! documentation of incoming webhooks and integrations.

use super::looks::{like_address, like_code, like_random, like_token};
use super::pattern::{Pattern, cloud_key, password, secret};

/// By vendor, then by words in the path.
pub(super) const ADDRESSES: &[Pattern] = &[
    cloud_key(
        r"hooks\.slack",
        r"hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers|commands|actions|app)/(?P<s>[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*)",
    )
    .only_if(like_code),
    cloud_key(
        r"webhooks/[0-9]",
        r"discord(?:app)?\.com/api/(?:v[0-9]+/)?webhooks/[0-9]+/(?P<s>[A-Za-z0-9_-]{8,})",
    ),
    cloud_key(
        r"webhook(?:b2)?/|outlook\.office",
        r"(?:webhook\.office\.com|outlook\.office(?:365)?\.com)/webhook(?:b2)?/(?P<s>[A-Za-z0-9@_-]{8,}(?:/[A-Za-z0-9@_-]+)*)",
    ),
    cloud_key(
        r"pagerduty\.com",
        r"(?:events|event|api)(?:\.eu)?\.pagerduty\.com/(?:integration|x-ere|v[0-9]/(?:integration|enqueue|x-ere))/(?P<s>[A-Za-z0-9_-]{12,})",
    ),
    cloud_key(
        r"@[a-z0-9.-]*(?:sentry|ingest|glitchtip)|dsn",
        r"://(?P<s>[0-9a-f]{32})(?::(?P<t>[0-9a-f]{32}))?@[a-z0-9.:-]+/[0-9a-z/]*[0-9]",
    ),
    cloud_key(
        "key-[0-9a-f]{16}|[0-9a-f]{8}-[0-9a-f]{8}",
        r"(?-i)\b(?:key|pubkey)-(?P<s>[0-9a-f]{32})\b|\b(?P<t>[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8})\b",
    ),
    cloud_key(
        r"opsgenie\.com|victorops\.com|grafana\.net|zapier|ifttt|make\.com|betterstack|betteruptime|uptime|hc-ping|healthchecks|nosnch|cronitor|sumologic|loggly|logz|feishu|larksuite|dingtalk|weixin|webex|chat\.googleapis|pipedream|squadcast|spike\.sh|zenduty|incident\.io|rootly|firehydrant|ilert|signl4|allquiet|datadoghq|newrelic|splunk|statuspage|workato|n8n|webhook\.site|automate|rocket|mattermost|zulip|logic\.azure|azurewebsites|cloudfunctions|lambda-url|jenkins|gitlab|telegram|twilio|bugsnag|rollbar|honeybadger|airbrake|ftqq|day\.app|pushdeer|pushover|statuscake|simplepush|wirepusher|prowl|pushbullet|courier|knock|instatus|checkly|pingdom|site24x7|cronhub|deadman|cachet|oncall|goalert|keep\.|tines|torq|swimlane|xmatters|bigpanda|moogsoft|servicenow|freshservice|zendesk|intercom|trello|asana|notion|airtable|clickup|monday",
        r#"https?://[a-z0-9.:-]+(?:/[^\s"'<>?#]*?)?(?:/|=)(?P<s>[A-Za-z0-9_=-]{16,})(?:[/?#\s"'<>)\],;.:]|$)"#,
    )
    .only_if(like_address),
    // Words in the path, for every vendor.
    cloud_key(
        r"hook|integration|heartbeat|/ping|receiver|collector|trigger|/inputs?/|/push/|/notify|/catch|/robot|/bot/|alertmanager/|enqueue|ingest|/invoke",
        r#"https?://[a-z0-9._:-]*/?[^\s"'<>?#]*?(?:hooks?|integrations?|heartbeats?|ping|receivers?|collectors?|triggers?|inputs?|push|notify|notifications?|catch|robot|bot|alertmanager|ingest|invoke)(?:[a-z0-9._-]*/[^\s"'<>?#]*?|/)(?P<s>[A-Za-z0-9_=-]{20,})(?:[/?#\s"'<>)\],;]|$)"#,
    )
    .only_if(like_random),
    cloud_key(
        r"/hooks/|/catch/|with/key/|/integrations/",
        r"(?:/hooks/|/with/key/|/hooks/catch/[0-9]+/|/integrations/generic/[0-9]+/alert/)(?P<s>[A-Za-z0-9_-]{6,}(?:/[A-Za-z0-9_-]{6,})?)",
    )
    .only_if(like_random),
    cloud_key(
        r"victorops|splunk",
        r"/integrations/generic/[0-9]+/alert/(?P<s>[A-Za-z0-9_-]{8,})",
    )
    .only_if(like_code),
    // A value in a query that gives access.
    cloud_key(
        r"[?&;][a-z_.-]*(?:key|token|sig|signature|secret|code|auth|hash|hmac|ticket|credential|session|nonce|sid|jwt|saml\w*|samlart|wresult)=",
        r"[?&;][a-z_.-]*(?:key|token|sig|signature|secret|code|auth|hash|hmac|ticket|sid|jwt|session)=(?P<s>[A-Za-z0-9%+/=_.~-]{16,})",
    )
    .only_if(like_code),
    secret(
        r"samlresponse|samlart|samlassertion|wresult|assertion=",
        r#"\b(?:samlresponse|samlart|samlassertion|wresult|client_assertion|assertion)\\*["']?[ \t]*[:=][ \t]*\\*["']?(?P<s>[A-Za-z0-9%+/=_.-]{24,})"#,
    ),
    cloud_key(
        "signature",
        r#"\b(?:x-[a-z-]*)?signature(?:-256)?\\*["']?[ \t]*[:=][ \t]*\\*["']?(?:sha(?:1|256)=|v[01]=)?(?P<s>[A-Za-z0-9%+/_.-]{32,}={0,2})"#,
    )
    .only_if(like_random),
    // A lone token before the host.
    password(
        "://[a-z0-9_.-]{16,}(?::x-oauth-basic)?@",
        r"://(?P<s>[A-Za-z0-9_.-]{16,})(?::x-oauth-basic)?@[a-z0-9]",
    )
    .only_if(like_random),
    cloud_key(
        r"/services/T",
        r"(?-i)/services/T[A-Z0-9]{6,}/B[A-Z0-9]{6,}/(?P<s>[A-Za-z0-9]{12,})",
    ),
    cloud_key(
        r"telegram|\bbot\b|sendmessage",
        r"\b[0-9]{8,12}:(?P<s>[A-Za-z0-9_-]{30,})",
    ),
    // Short keys in a query of these vendors, and of hooks of any vendor.
    cloud_key(
        r"[?&](?:pk|apik|uid|user_?key|device_?key|push_?key|writekey|hook_?id|pass|pw|pwd|t|k|s|p)=",
        r#"https?://[^\s"'<>]*?[?&](?:pk|apik|uid|user_?key|device_?key|push_?key|writekey|hook_?id|pass|pw|pwd|t|k|s|p)=(?P<s>[A-Za-z0-9_%.~-]{8,})"#,
    )
    .only_if(like_token),
    cloud_key(
        r"pushover",
        r#"(?:\b|_)(?:user|token|user_?key)\\*["']?[=:\s]{1,3}\\*["']?(?P<s>[a-z0-9]{26,30})\b"#,
    )
    .only_if(like_code),
    cloud_key(
        r"\bac[0-9a-z]{32}",
        r"\b(?:AC|SK)[0-9a-z]{32}[:\s/|]{1,3}(?P<s>[0-9a-z]{32})\b",
    ),
    // Keys under a header name that does not contain "key".
    cloud_key(
        r"x-(?:honeycomb|sentry|license|insert|figma|pagerduty|rollbar|datadog|dd|nr|sf|algolia|signalfx|elastic|airbrake|logdna|parse|atlassian|goog|ms)|(?:dd|nr)-(?:api|app)|sentry_key|sentry_secret",
        r#"\b(?:x-[a-z]+-(?:team|auth|key|client|sign|signature|credential|id-token)|sentry_(?:key|secret)|dd-(?:api|application)-key)\\*["']?[ \t]*[:=,][ \t]*\\*["']?(?P<s>[A-Za-z0-9+/_.-]{12,}={0,2})"#,
    )
    .only_if(like_random),
];
