//! What a client is told.

use super::super::challenge::{Challenge, Fault, SCOPES_BYTES_MAX};
use super::*;
use crate::oauth::endpoint_url::EndpointUrl;

const METADATA: &str = "https://door.example.com/.well-known/oauth-protected-resource/x";

fn said(configuration: &Value, fault: Fault, metadata: bool) -> String {
    let url = EndpointUrl::parse(METADATA).unwrap();
    Challenge::new(&authorizer(configuration), fault, metadata.then_some(&url)).to_string()
}

#[test]
fn a_challenge_says_what_rfc_6750_and_rfc_9728_have_it_say() {
    let plain = json!({
        "discoveryUrl": "https://id.example.com/.well-known/openid-configuration",
        "allowedClients": ["app"],
    });
    assert_eq!(said(&plain, Fault::NoToken, false), "Bearer");
    assert_eq!(
        said(&plain, Fault::NoToken, true),
        format!("Bearer resource_metadata=\"{METADATA}\"")
    );
    assert_eq!(
        said(&plain, Fault::InvalidToken, false),
        "Bearer error=\"invalid_token\""
    );
    let scoped = generic().configuration;
    assert_eq!(
        said(&scoped, Fault::InsufficientScope, true),
        format!(
            "Bearer error=\"insufficient_scope\", scope=\"door:open door:close\", \
             resource_metadata=\"{METADATA}\""
        )
    );
    assert_eq!(
        said(&scoped, Fault::NoToken, false),
        "Bearer scope=\"door:open door:close\""
    );
    assert_eq!(
        said(&scoped, Fault::InvalidToken, true),
        format!("Bearer error=\"invalid_token\", resource_metadata=\"{METADATA}\"")
    );
}

#[test]
fn only_a_lack_of_scope_is_forbidden_and_all_else_unauthorized() {
    let refusals = [
        Refused::Issuer,
        Refused::Tenant,
        Refused::NotAnAccessToken,
        Refused::ClaimType("scp"),
        Refused::Audience,
        Refused::SeveralAudiences,
        Refused::Client,
        Refused::Claim {
            name: "x".to_owned(),
            fault: ClaimFault::Absent,
        },
    ];
    for refused in refusals {
        assert_eq!(
            (refused.fault(), refused.fault().status()),
            (Fault::InvalidToken, 401)
        );
    }
    assert_eq!(Refused::Scope.fault().status(), 403);
    assert_eq!(Fault::NoToken.status(), 401);
    // Who lacks something else, too, is not told of scopes.
    let fixture = generic();
    let claims = with(&fixture.claims, "scope", None);
    let fixture = Fixture { claims, ..fixture };
    assert_eq!(fixture.changed("client_id", None), no(Refused::Client));
    assert_eq!(
        fixture.changed("department", None),
        no(Refused::Claim {
            name: "department".to_owned(),
            fault: ClaimFault::Absent,
        })
    );
}

#[test]
fn scopes_are_advertised_as_the_mapping_says() {
    let fixture = generic();
    let mapping = json!({ "door:open": "api://door/open" });
    let mapped = fixture.configured("advertisedScopeMapping", Some(mapping));
    let names = authorizer(&mapped.configuration);
    assert_eq!(names.advertised_scopes(), ["api://door/open", "door:close"]);
    // What is advertised is asked for, and is not what the token has.
    mapped.passes();
    let advertised = Some(json!("api://door/open"));
    assert_eq!(mapped.changed("scope", advertised), no(Refused::Scope));
    let same = json!({ "door:open": "api://door/use", "door:close": "api://door/use" });
    let same = fixture.configured("advertisedScopeMapping", Some(same));
    assert_eq!(
        authorizer(&same.configuration).advertised_scopes(),
        ["api://door/use"]
    );
}

#[test]
fn a_challenge_cannot_be_broken_out_of() {
    for scope in ["a\"b", "a\\b", "a b", "a\r\nX: y", "\u{e4}", "", "a\u{7f}"] {
        let configuration = with(
            &generic().configuration,
            "allowedScopes",
            Some(json!([scope])),
        );
        let error = refused_configuration(&configuration);
        assert!(
            matches!(
                error,
                AuthorizerError::Form {
                    member: "allowedScopes",
                    ..
                }
            ),
            "{scope:?}"
        );
        let mapping = Some(json!({ "door:open": scope }));
        let configuration = with(&generic().configuration, "advertisedScopeMapping", mapping);
        assert!(matches!(
            refused_configuration(&configuration),
            AuthorizerError::Form { .. }
        ));
    }
    assert!(EndpointUrl::parse("https://door.example.com/\"x").is_err());
}

#[test]
fn a_list_of_scopes_that_no_header_carries_is_left_out() {
    let scopes: Vec<String> = (0..100).map(|n| format!("{n:0>40}")).collect();
    let configuration = with(
        &generic().configuration,
        "allowedScopes",
        Some(json!(scopes)),
    );
    let said = said(&configuration, Fault::InsufficientScope, false);
    assert_eq!(said, "Bearer error=\"insufficient_scope\"");
    assert!(scopes.concat().len() > SCOPES_BYTES_MAX);
}
