//! A client certificate that nginx demands, made by a private authority.

use super::guards::{LOCATIONS, NEEDED, alerts, nginx, says, shows};
use crate::support::needs::lacks;
use crate::support::outbox::openssl;
use crate::support::program::free_port;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// A key, and a certificate by this authority that ends in so many days.
fn pair(directory: &Path, name: &str, authority: &str, days: i32) {
    openssl(
        directory,
        &format!("req -newkey rsa:2048 -nodes -keyout {name}.key -out {name}.csr -subj /CN={name}"),
    );
    std::fs::write(
        directory.join("san"),
        "subjectAltName=DNS:localhost,IP:127.0.0.1",
    )
    .unwrap();
    if days > 0 {
        openssl(
            directory,
            &format!(
                "x509 -req -in {name}.csr -CA {authority}.pem -CAkey {authority}.key -CAcreateserial -out {name}.pem -days {days} -extfile san"
            ),
        );
    } else {
        // `x509` cannot date a certificate back in every version; `ca` can.
        std::fs::write(directory.join("index"), "").unwrap();
        std::fs::write(directory.join("serial"), "01\n").unwrap();
        std::fs::write(
            directory.join("ca.conf"),
            "[ca]\ndefault_ca=d\n[d]\ndatabase=index\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\nx509_extensions=e\n[e]\nsubjectAltName=DNS:localhost\n[p]\ncommonName=supplied\n",
        )
        .unwrap();
        openssl(
            directory,
            &format!(
                "ca -batch -config ca.conf -in {name}.csr -cert {authority}.pem -keyfile {authority}.key -out {name}.pem -startdate 200101000000Z -enddate 200201000000Z -notext"
            ),
        );
    }
    let key = directory.join(format!("{name}.key"));
    std::fs::set_permissions(key, std::fs::Permissions::from_mode(0o600)).unwrap();
}

fn authority(directory: &Path, name: &str) {
    openssl(
        directory,
        &format!(
            "req -x509 -newkey rsa:2048 -nodes -keyout {name}.key -out {name}.pem -days 30 -subj /CN={name}"
        ),
    );
}

#[test]
fn a_source_that_demands_a_client_certificate_gets_it() {
    if lacks(&NEEDED) {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let directory = home.path();
    authority(directory, "ours");
    authority(directory, "theirs");
    pair(directory, "server", "ours", 30);
    pair(directory, "client", "ours", 30);
    pair(directory, "stranger", "theirs", 30);
    pair(directory, "late", "ours", -1);
    let port = free_port();
    let server = format!(
        "server {{ listen 127.0.0.1:{port} ssl; ssl_certificate server.pem; ssl_certificate_key server.key; ssl_client_certificate ours.pem; ssl_verify_client on; {LOCATIONS} }}"
    );
    let _nginx = nginx(directory, port, &server);
    let source = |tls: &str| {
        format!("{{kind: alertmanager, url: 'https://localhost:{port}/am', tls_config: {{{tls}}}}}")
    };
    let with = |name: &str| {
        source(&format!(
            "ca_file: ours.pem, cert_file: {name}.pem, key_file: {name}.key"
        ))
    };
    shows(&alerts(directory, &with("client")));
    // nginx answers a request without, or with a wrong, certificate by a page that says so.
    says(
        &alerts(directory, &source("ca_file: ours.pem")),
        &["client certificate", "cert_file"],
    );
    says(
        &alerts(directory, &with("stranger")),
        &["client certificate", "cert_file"],
    );
    says(
        &alerts(directory, &with("late")),
        &["client certificate", "cert_file"],
    );
    // A server whose authority is not known is not trusted, whatever it asks for.
    says(
        &alerts(
            directory,
            &source("ca_file: theirs.pem, cert_file: client.pem, key_file: client.key"),
        ),
        &["certificate is not trusted", "ca_file"],
    );
    // A key that others may read is not used.
    std::fs::set_permissions(
        directory.join("client.key"),
        std::fs::Permissions::from_mode(0o644),
    )
    .unwrap();
    let open = alerts(directory, &with("client"));
    let said = String::from_utf8_lossy(&open.stderr);
    assert!(
        open.status.code() == Some(3)
            && said.contains("others may read")
            && said.contains("chmod 600"),
        "{said}"
    );
}
