//! Passwords on command lines.

use super::super::hit::MaskKind;

use super::pattern::{Pattern, row, row_if};

pub(super) const COMMANDS: &[Pattern] = &[
    row(
        MaskKind::Password,
        "curl",
        r#"\bcurl\b[^\n]*?\s(?:-u|--user|-U|--proxy-user)[ =]*(?:"[^\s:"]+:(?P<s>[^"]+)"?|'[^\s:']+:(?P<t>[^']+)'?|[^\s:"']+:(?P<u>\S+))"#,
    ),
    row(
        MaskKind::Password,
        "mysql|mariadb|mycli",
        r#"\b(?:mysql(?:dump|admin|import|check|show|pump|slap)?|mariadb(?:-dump|-admin)?|xtrabackup|mycli)\b[^\n]*?\s-p(?P<s>"[^"]+"|'[^']+'|[^\s"']+)"#,
    ),
    row(
        MaskKind::Password,
        "redis-cli",
        r"\bredis-cli\b[^\n]*?\s-a\s*(?P<s>@ARG@)",
    ),
    row(
        MaskKind::Password,
        "sshpass",
        r"\bsshpass\s+-p\s*(?P<s>@ARG@)",
    ),
    row(
        MaskKind::Password,
        r"\slogin\s",
        r"\b(?:docker|podman|helm|az|oc)\b[^\n]*?\slogin\b[^\n]*?\s-p\s*(?P<s>@ARG@)",
    ),
    row(
        MaskKind::Password,
        "ldap",
        r"\bldap[a-z]+\b[^\n]*?\s-w\s*(?P<s>@ARG@)",
    ),
    row(
        MaskKind::Password,
        "-pass",
        r"--?(?:password|passwd|pass)(?:\s+|=)(?P<s>@ARG@)",
    ),
    row(
        MaskKind::Secret,
        "--(?:token|secret|api|client)",
        r"--(?:token|secret|api-key|client-secret)(?:\s+|=)(?P<s>@ARG@)",
    ),
    row(
        MaskKind::Password,
        r"sqlcmd|\bbcp\b|osql|isql|mongo|cqlsh|clickhouse|beeline|impala|rabbitmq|mosquitto|smbclient|ftp|7z|\bzip\b|unzip|\brar\b|etcdctl|mqtt|ipmitool|xfreerdp|rdesktop|vncviewer|influx|nats|couch|arango|neo4j|cypher|presto|trino|snowsql|vsql|nzsql|\bdb2\b|tsql|kinit|keytool|jarsigner|winexe|psexec|wmic|net use",
        r"\b(?:sqlcmd|bcp|osql|isql|mongo(?:sh|dump|restore|export|import)?|cqlsh|clickhouse-client|beeline|impala-shell|rabbitmqadmin|mosquitto_(?:pub|sub)|lftp|ncftp|zip|ipmitool|influx|nats|arangosh|cypher-shell|snowsql|vsql|nzsql|tsql|psexec|rdesktop|smbclient)\b[^\n]*?\s-[pPw]\s*(?P<s>@ARG@)",
    ),
    row(
        MaskKind::Password,
        r"\b7z\b|\brar\b|unzip",
        r"\b(?:7z|7za|rar|unrar|unzip)\b[^\n]*?\s-(?:p|P\s|hp)(?P<s>[^\s]{3,})",
    ),
    row(
        MaskKind::Password,
        "-storepass|-keypass|pass:|-passin|-passout|/p:",
        r"(?:-(?:src|dest)?(?:storepass|keypass)\s+|\bpass:|/p:)(?P<s>@ARG@)",
    ),
    row(
        MaskKind::Password,
        r"chpasswd|passwd --stdin|-stdin",
        r#"\becho\s+(?:-n\s+)?["']?(?:[\w.-]+:)?(?P<s>[^\s"'|$]+)["']?\s*\|[^\n]*(?:chpasswd|passwd|stdin)"#,
    ),
    row(
        MaskKind::Password,
        "htpasswd",
        r"\bhtpasswd\s+(?:-\w+\s+)*-\w*b\w*\s+(?:-\w+\s+)*\S+\s+(?:\S+\s+)?(?P<s>@ARG@)",
    ),
    row(
        MaskKind::Password,
        r"net\s+us(?:e|er)",
        r"\bnet\s+(?:use\s+[^\n]*?/user:\S+\s+|user\s+\S+\s+)(?P<s>[^\s/*]\S*)",
    ),
    row(
        MaskKind::Password,
        r"smbclient|-U\s|wget|http\s|httpie|xh\s|etcdctl|wscat",
        r#"(?:\b(?:smbclient|rpcclient|net|wmic|winexe|smbget)\b[^\n]*?\s-U\s*["']?[^\s%"']+%|\b(?:https?|xh|httpie)\s[^\n]*?(?:-a|--auth)[ =]["']?[^\s:"']+:|\betcdctl\b[^\n]*?--user[ =][^\s:]+:|\bwscat\b[^\n]*?--auth\s+[^\s:]+:)(?P<s>[^\s"']+)"#,
    ),
    // The command makes a secret, whatever the name of the key is.
    row(
        MaskKind::Password,
        r"create\s+secret",
        r#"--from-literal[= ]["']?[\w.-]+=(?P<s>"[^"]+"|'[^']+'|[^\s"']+)"#,
    ),
    row(
        MaskKind::Password,
        r"docker-(?:password|email)|kubeadm|--token",
        r"--(?:docker-password|token|certificate-key|discovery-token)(?:\s+|=)(?P<s>@ARG@)",
    ),
    row_if(
        MaskKind::Secret,
        r"vault\s",
        r"\bvault\s+(?:login|unseal|operator unseal|unwrap)\s+(?:-\S+\s+)*(?P<s>[^\s-]\S{11,})",
        super::looks::like_token,
    ),
    row(
        MaskKind::Secret,
        r"aws_secret|aws configure|set aws|configure set",
        r"\bconfigure\s+set\s+\S*(?:secret|token|password)\S*\s+(?P<s>@ARG@)",
    ),
    row(
        MaskKind::Password,
        r"gpg|--passphrase|openssl",
        r"\b(?:gpg2?|duplicity|borg|restic)\b[^\n]*?--passphrase(?:\s+|=)(?P<s>@ARG@)|\bopenssl\b[^\n]*?\s-k\s+(?P<t>@ARG@)",
    ),
    row(
        MaskKind::Password,
        "add_user|change_password|authenticate_user",
        r"\brabbitmqctl\s+(?:-\S+\s+)*(?:add_user|change_password|authenticate_user)\s+\S+\s+(?P<s>@ARG@)",
    ),
];
