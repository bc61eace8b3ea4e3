//! Which documents are taken, and what is read from them.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::strict_json::Rule;

const URL_MEMBERS: &[&str] = &[
    "authorization_endpoint",
    "token_endpoint",
    "revocation_endpoint",
    "jwks_uri",
    "introspection_endpoint",
    "registration_endpoint",
    "pushed_authorization_request_endpoint",
];

fn discovery(text: &str) -> DiscoveryUrl {
    DiscoveryUrl::parse(text).unwrap()
}

fn home() -> DiscoveryUrl {
    discovery("https://as.example/.well-known/openid-configuration")
}

fn document() -> Value {
    json!({
        "issuer": "https://as.example",
        "authorization_endpoint": "https://as.example/authorize",
        "token_endpoint": "https://as.example/token",
        "revocation_endpoint": "https://as.example/revoke",
        "jwks_uri": "https://as.example/keys",
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "claims_supported": ["sub"],
        "mtls_endpoint_aliases": {"token_endpoint": "file:///x"}
    })
}

fn with(member: &str, value: Value) -> Vec<u8> {
    let mut document = document();
    document[member] = value;
    serde_json::to_vec(&document).unwrap()
}

#[test]
fn a_document_is_read() {
    let metadata = parse(&home(), &serde_json::to_vec(&document()).unwrap()).unwrap();
    assert_eq!(metadata.issuer.as_str(), "https://as.example");
    assert_eq!(metadata.token_endpoint.as_str(), "https://as.example/token");
    assert!(metadata.supports(AuthenticationMethod::PrivateKeyJwt));
    assert!(!metadata.supports(AuthenticationMethod::SecretBasic));
    assert_eq!(metadata.code_challenge_methods_supported, ["S256"]);
    assert!(metadata.authorization_response_iss_parameter_supported);
    assert_eq!(metadata.introspection_endpoint, None);
    let endpoints = metadata.endpoints();
    assert_eq!(
        endpoints.revocation.unwrap().as_str(),
        "https://as.example/revoke"
    );
}

#[test]
fn a_server_that_names_no_method_takes_basic() {
    let bytes = with("token_endpoint_auth_methods_supported", Value::Null);
    let metadata = parse(&home(), &bytes).unwrap();
    assert!(metadata.supports(AuthenticationMethod::SecretBasic));
    assert!(!metadata.supports(AuthenticationMethod::SecretPost));
}

#[test]
fn a_document_speaks_only_for_the_issuer_of_its_url() {
    let tenant = discovery("https://as.example/.well-known/oauth-authorization-server/a");
    assert!(parse(&tenant, &with("issuer", json!("https://as.example/a"))).is_ok());
    assert!(parse(&home(), &with("issuer", json!("https://as.example/"))).is_ok());
    for issuer in [
        "https://honest.example",
        "https://as.example/b",
        "https://as.example//",
        "https://AS.example",
        "https://as.example:443",
        "http://as.example",
        "https://as.example.evil",
        " https://as.example",
        "",
    ] {
        for url in [&home(), &tenant] {
            let error = parse(url, &with("issuer", json!(issuer))).unwrap_err();
            assert_eq!(error, MetadataError::IssuerMismatch, "{issuer}");
        }
    }
}

#[test]
fn a_microsoft_template_is_no_issuer() {
    let common =
        discovery("https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration");
    let bytes = with(
        "issuer",
        json!("https://login.microsoftonline.com/{tenantid}/v2.0"),
    );
    assert_eq!(
        parse(&common, &bytes).unwrap_err(),
        MetadataError::IssuerMismatch
    );
}

#[test]
fn hostile_urls_are_refused_in_every_member() {
    for member in URL_MEMBERS {
        for hostile in [
            "file:///etc/passwd",
            "javascript:alert(1)",
            "data:text/html,x",
            "--flag",
            "$(x)",
            "a:$(x)",
            "https://as.example/\r\nSet-Cookie: a=b",
            "https://as.example/token\u{0000}",
            "https://user:password@as.example/token",
            "https://as.example/token#fragment",
            "https://as.example\\@evil.example/",
            "https://2130706433/",
            "//as.example/token",
            "/token",
            "",
        ] {
            assert!(
                parse(&home(), &with(member, json!(hostile))).is_err(),
                "{member} {hostile:?}"
            );
        }
        for wrong in [
            json!(7),
            json!(["https://as.example"]),
            json!({}),
            json!(true),
        ] {
            let error = parse(&home(), &with(member, wrong)).unwrap_err();
            assert_eq!(error, MetadataError::WrongType);
        }
        let error = parse(&home(), &with(member, json!("http://as.example/x"))).unwrap_err();
        assert_eq!(error, MetadataError::NotHttps(member));
    }
}

#[test]
fn plain_http_is_taken_where_the_document_came_over_it() {
    let local = discovery("http://127.0.0.1:9000/.well-known/openid-configuration");
    let bytes = json!({
        "issuer": "http://127.0.0.1:9000",
        "token_endpoint": "http://127.0.0.1:9000/token"
    });
    assert!(parse(&local, &serde_json::to_vec(&bytes).unwrap()).is_ok());
}

#[test]
fn an_ambiguous_document_is_refused() {
    let cases: [(&[u8], Rule); 8] = [
        (b"\xef\xbb\xbf{}", Rule::ByteOrderMark),
        (b"{} {}", Rule::Syntax),
        (b"{\"issuer\":\"a\",\"issuer\":\"b\"}", Rule::DuplicateKey),
        (b"{\"a\":{\"b\":1,\"\\u0062\":2}}", Rule::DuplicateKey),
        (b"{\"issuer\\u0000\":1}", Rule::NulInKey),
        (b"{\"issuer\":\"\\u0000\"}", Rule::NulInString),
        (b"[]", Rule::NotAnObject),
        (b"<html></html>", Rule::Syntax),
    ];
    for (bytes, rule) in cases {
        match parse(&home(), bytes).unwrap_err() {
            MetadataError::Json(error) => assert_eq!(error.rule, rule),
            error => panic!("{error}"),
        }
    }
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(40), "]".repeat(40));
    assert!(matches!(
        parse(&home(), deep.as_bytes()),
        Err(MetadataError::Json(_))
    ));
    let large = vec![b' '; DOCUMENT_BYTES_MAX + 1];
    assert_eq!(parse(&home(), &large).unwrap_err(), MetadataError::TooLarge);
    assert_eq!(
        parse(&home(), b"{}").unwrap_err(),
        MetadataError::Missing("issuer")
    );
    let bytes = with("token_endpoint", Value::Null);
    assert_eq!(
        parse(&home(), &bytes).unwrap_err(),
        MetadataError::Missing("token_endpoint")
    );
    let many = with("grant_types_supported", json!(vec!["x"; 201]));
    let error = parse(&home(), &many).unwrap_err();
    assert_eq!(error, MetadataError::TooMany("grant_types_supported"));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        let _ = parse(&home(), &bytes);
    }

    #[test]
    fn what_is_taken_has_only_urls_of_the_form(member in 0..URL_MEMBERS.len(), text in "\\PC{0,64}") {
        if let Ok(metadata) = parse(&home(), &with(URL_MEMBERS[member], json!(text))) {
            prop_assert!(metadata.token_endpoint.is_https());
            prop_assert!(text.starts_with("https://"));
        }
    }
}
