//! Passwords on command lines.

use super::pattern::{Pattern, password, secret};

pub(super) const COMMANDS: &[Pattern] = &[
    password(
        "curl",
        r#"\bcurl\b[^\n]*?\s(?:-u|--user|-U|--proxy-user)[ =]*(?:"[^\s:"]+:(?P<s>[^"]+)"?|'[^\s:']+:(?P<t>[^']+)'?|[^\s:"']+:(?P<u>\S+))"#,
    ),
    password(
        "mysql|mariadb|mycli",
        r#"\b(?:mysql(?:dump|admin|import|check|show|pump|slap)?|mariadb(?:-dump|-admin)?|xtrabackup|mycli)\b[^\n]*?\s-p(?P<s>"[^"]+"|'[^']+'|[^\s"']+)"#,
    ),
    password("redis-cli", r"\bredis-cli\b[^\n]*?\s-a\s*(?P<s>@ARG@)"),
    password("sshpass", r"\bsshpass\s+-p\s*(?P<s>@ARG@)"),
    password(
        r"\slogin\s",
        r"\b(?:docker|podman|helm|az|oc)\b[^\n]*?\slogin\b[^\n]*?\s-p\s*(?P<s>@ARG@)",
    ),
    password("ldap", r"\bldap[a-z]+\b[^\n]*?\s-w\s*(?P<s>@ARG@)"),
    password("-pass", r"--?(?:password|passwd|pass)(?:\s+|=)(?P<s>@ARG@)"),
    secret(
        "--(?:token|secret|api|client)",
        r"--(?:token|secret|api-key|client-secret)(?:\s+|=)(?P<s>@ARG@)",
    ),
    password(
        r"sqlcmd|\bbcp\b|osql|isql|mongo|cqlsh|clickhouse|beeline|impala|rabbitmq|mosquitto|smbclient|ftp|7z|\bzip\b|unzip|\brar\b|etcdctl|mqtt|ipmitool|xfreerdp|rdesktop|vncviewer|influx|nats|couch|arango|neo4j|cypher|presto|trino|snowsql|vsql|nzsql|\bdb2\b|tsql|kinit|keytool|jarsigner|winexe|psexec|wmic|net use",
        r"\b(?:sqlcmd|bcp|osql|isql|mongo(?:sh|dump|restore|export|import)?|cqlsh|clickhouse-client|beeline|impala-shell|rabbitmqadmin|mosquitto_(?:pub|sub)|lftp|ncftp|zip|ipmitool|influx|nats|arangosh|cypher-shell|snowsql|vsql|nzsql|tsql|psexec|rdesktop|smbclient)\b[^\n]*?\s-[pPw]\s*(?P<s>@ARG@)",
    ),
    password(
        r"\b7z\b|\brar\b|unzip",
        r"\b(?:7z|7za|rar|unrar|unzip)\b[^\n]*?\s-(?:p|P\s|hp)(?P<s>[^\s]{3,})",
    ),
    password(
        "-storepass|-keypass|pass:|-passin|-passout|/p:",
        r"(?:-(?:src|dest)?(?:storepass|keypass)\s+|\bpass:|/p:)(?P<s>@ARG@)",
    ),
    password(
        r"chpasswd|passwd --stdin|-stdin",
        r#"\becho\s+(?:-n\s+)?["']?(?:[\w.-]+:)?(?P<s>[^\s"'|$]+)["']?\s*\|[^\n]*(?:chpasswd|passwd|stdin)"#,
    ),
    password(
        "htpasswd",
        r"\bhtpasswd\s+(?:-\w+\s+)*-\w*b\w*\s+(?:-\w+\s+)*\S+\s+(?:\S+\s+)?(?P<s>@ARG@)",
    ),
    password(
        r"net\s+us(?:e|er)",
        r"\bnet\s+(?:use\s+[^\n]*?/user:\S+\s+|user\s+\S+\s+)(?P<s>[^\s/*]\S*)",
    ),
    password(
        r"smbclient|-U\s|wget|http\s|httpie|xh\s|etcdctl|wscat",
        r#"(?:\b(?:smbclient|rpcclient|net|wmic|winexe|smbget)\b[^\n]*?\s-U\s*["']?[^\s%"']+%|\b(?:https?|xh|httpie)\s[^\n]*?(?:-a|--auth)[ =]["']?[^\s:"']+:|\betcdctl\b[^\n]*?--user[ =][^\s:]+:|\bwscat\b[^\n]*?--auth\s+[^\s:]+:)(?P<s>[^\s"']+)"#,
    ),
    // The command makes a secret, whatever the name of the key is.
    password(
        r"create\s+secret",
        r#"--from-literal[= ]["']?[\w.-]+=(?P<s>"[^"]+"|'[^']+'|[^\s"']+)"#,
    ),
    password(
        r"docker-(?:password|email)|kubeadm|--token",
        r"--(?:docker-password|token|certificate-key|discovery-token)(?:\s+|=)(?P<s>@ARG@)",
    ),
    secret(
        r"vault\s",
        r"\bvault\s+(?:login|unseal|operator unseal|unwrap)\s+(?:-\S+\s+)*(?P<s>[^\s-]\S{11,})",
    )
    .only_if(super::looks::like_token),
    secret(
        r"aws_secret|aws configure|set aws|configure set",
        r"\bconfigure\s+set\s+\S*(?:secret|token|password)\S*\s+(?P<s>@ARG@)",
    ),
    password(
        r"gpg|--passphrase|openssl",
        r"\b(?:gpg2?|duplicity|borg|restic)\b[^\n]*?--passphrase(?:\s+|=)(?P<s>@ARG@)|\bopenssl\b[^\n]*?\s-k\s+(?P<t>@ARG@)",
    ),
    password(
        "add_user|change_password|authenticate_user",
        r"\brabbitmqctl\s+(?:-\S+\s+)*(?:add_user|change_password|authenticate_user)\s+\S+\s+(?P<s>@ARG@)",
    ),
];
