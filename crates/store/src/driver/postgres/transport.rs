//! Which connections are encrypted, and whose certificates are believed.

use std::net::IpAddr;
use std::sync::Arc;

use postgres::config::{Host, SslMode};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::config::OpenError;

/// The parameter of the URL that names the authorities of the server, as `libpq` calls it.
const ROOTS: &str = "sslrootcert=";

/// Takes `sslrootcert=FILE`, which the driver does not know, out of a URL. `FILE` is taken as it is
/// written.
pub(super) fn without_roots(url: &str) -> (String, Option<String>) {
    let Some((before, query)) = url.rsplit_once('?') else {
        return (url.to_owned(), None);
    };
    let (roots, others): (Vec<&str>, Vec<&str>) =
        query.split('&').partition(|pair| pair.starts_with(ROOTS));
    let file = roots.last().and_then(|pair| pair.strip_prefix(ROOTS));
    match file {
        Some(file) => (
            format!("{before}?{}", others.join("&")),
            Some(file.to_owned()),
        ),
        None => (url.to_owned(), None),
    }
}

// SECURITY: `prefer`, the default of the driver, sends the password in clear to whoever answers that
// it has no TLS. That is bearable only where nobody can stand between. `disable` is the word of the
// operator (tests: of this file).
/// The mode for a server: what the URL says, but that a preference for TLS demands it where the
/// server is on another machine or its authorities are named.
pub(super) fn mode(config: &postgres::Config, has_roots: bool) -> SslMode {
    let is_here =
        config.get_hosts().iter().all(is_here) && config.get_hostaddrs().iter().all(is_loopback);
    match config.get_ssl_mode() {
        SslMode::Prefer if has_roots || !is_here => SslMode::Require,
        mode => mode,
    }
}

fn is_here(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name.eq_ignore_ascii_case("localhost")
                || name.parse().is_ok_and(|address| is_loopback(&address))
        }
    }
}

fn is_loopback(address: &IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

/// Certificates are verified by the one crypto library: against the authorities in the PEM file
/// `roots` and no other, or else against the public ones.
pub(super) fn tls(roots: Option<&str>) -> Result<MakeRustlsConnect, OpenError> {
    let roots = match roots {
        Some(file) => read(file).map_err(|reason| OpenError::Roots {
            file: file.to_owned(),
            reason,
        })?,
        None => webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect(),
    };
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(OpenError::unreachable)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

fn read(file: &str) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).map_err(|error| error.to_string())? {
        let certificate = certificate.map_err(|error| error.to_string())?;
        roots.add(certificate).map_err(|error| error.to_string())?;
    }
    if roots.is_empty() {
        return Err("no certificate in it".to_owned());
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use super::*;
    use crate::config::PostgresConfig;
    use crate::driver::postgres::{PostgresSession, Server};

    fn server(url: &str) -> Result<Server, OpenError> {
        Server::new(&PostgresConfig {
            url: url.to_owned(),
            connections: 1,
        })
    }

    #[track_caller]
    fn check(url: &str, wanted: SslMode) {
        assert_eq!(server(url).unwrap().config.get_ssl_mode(), wanted, "{url}");
    }

    #[test]
    fn a_server_elsewhere_must_have_tls_unless_the_operator_says_otherwise() {
        for host in [
            "db.example",
            "10.0.0.1",
            "[2001:db8::1]",
            "localhost.example",
            "127.0.0.1,db.example",
        ] {
            let url = format!("postgres://u:p@{host}/d");
            check(&url, SslMode::Require);
            check(&format!("{url}?sslmode=prefer"), SslMode::Require);
            check(&format!("{url}?sslmode=require"), SslMode::Require);
            check(&format!("{url}?sslmode=disable"), SslMode::Disable);
        }
        check(
            "postgres://u@localhost/d?hostaddr=10.0.0.1",
            SslMode::Require,
        );
        check("host=db.example user=u", SslMode::Require);
    }

    #[test]
    fn a_server_on_this_machine_may_do_without() {
        for host in [
            "127.0.0.1",
            "127.9.9.9",
            "[::1]",
            "localhost",
            "LocalHost:1",
            "%2Frun%2Fpostgresql",
        ] {
            check(&format!("postgres://u:p@{host}/d"), SslMode::Prefer);
        }
        check("postgres://u@127.0.0.1/d?sslmode=require", SslMode::Require);
    }

    #[test]
    fn the_password_is_not_sent_to_a_server_that_denies_tls() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!(
            "postgres://u:hunter2@{}/d?sslmode=require",
            listener.local_addr().unwrap()
        );
        let fake = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 8];
            stream.read_exact(&mut request).unwrap();
            stream.write_all(b"N").unwrap();
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).unwrap();
            rest
        });
        let error = PostgresSession::connect(&server(&url).unwrap())
            .err()
            .unwrap();
        let text = error.to_string();
        assert!(text.contains("sslrootcert"), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
        assert_eq!(fake.join().unwrap(), b"");
    }

    #[test]
    fn the_authorities_are_taken_out_of_the_url() {
        let check = |url: &str, rest: &str, file: Option<&str>| {
            assert_eq!(
                without_roots(url),
                (rest.to_owned(), file.map(str::to_owned))
            );
        };
        check(
            "postgres://u:sslrootcert=x@h/d",
            "postgres://u:sslrootcert=x@h/d",
            None,
        );
        check("postgres://h/d?a=b", "postgres://h/d?a=b", None);
        check(
            "postgres://h/d?sslrootcert=/ca",
            "postgres://h/d?",
            Some("/ca"),
        );
        check(
            "postgres://h/d?a=b&sslrootcert=/ca&c=d",
            "postgres://h/d?a=b&c=d",
            Some("/ca"),
        );
    }

    #[test]
    fn authorities_that_cannot_be_read_are_refused() {
        let name = format!("procura-roots-{}", std::process::id());
        let file = std::env::temp_dir().join(name);
        let url = format!("postgres://u@127.0.0.1/d?sslrootcert={}", file.display());
        let refused = || server(&url).err().unwrap().to_string();
        assert!(refused().contains(file.to_str().unwrap()));
        std::fs::write(&file, "nothing of the kind").unwrap();
        assert!(refused().contains("no certificate in it"));
        std::fs::write(&file, AUTHORITY).unwrap();
        check(&url, SslMode::Require);
        std::fs::remove_file(&file).unwrap();
    }

    /// An authority that signs nothing; its key was thrown away.
    const AUTHORITY: &str = "\
-----BEGIN CERTIFICATE-----
MIIBhjCCASugAwIBAgIUYRiVY8POjh2cYWpZDBVyd+GNY9QwCgYIKoZIzj0EAwIw
FzEVMBMGA1UEAwwMcHJvY3VyYS10ZXN0MCAXDTI2MTEyMjA4MjgwNFoYDzIxMjYx
MDI5MDgyODA0WjAXMRUwEwYDVQQDDAxwcm9jdXJhLXRlc3QwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAASz/0NQTB0WXTWfVABd39NDlR42EkNjl2pG48YLegu60sWn
FDLa/y3hqQeLwiX6b2eX5BWRvBApo82jlwtqk0M+o1MwUTAdBgNVHQ4EFgQU/Eut
Th4yAptKSaRCIg13jFpPZkMwHwYDVR0jBBgwFoAU/EutTh4yAptKSaRCIg13jFpP
ZkMwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEAvmiOC8jG2i+P
yjz5K0v7k++7IrVWFnzxtNgoSxD6YYsCIQCo+AERDaETZzW3Fi/y+x9bwXAP9ptr
dIuzdjF6bUSqDg==
-----END CERTIFICATE-----
";
}
