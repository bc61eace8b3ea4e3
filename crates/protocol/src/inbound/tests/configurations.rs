//! Which configurations are authorizers.

use super::*;

fn without(member: &str) -> Value {
    with(&generic().configuration, member, None)
}

fn with_member(member: &str, value: Value) -> AuthorizerError {
    refused_configuration(&with(&generic().configuration, member, Some(value)))
}

#[test]
fn the_example_of_the_documentation_is_an_authorizer() {
    let page = include_str!("../../../../../docs/inbound-authorizers.md");
    let (_, rest) = page.split_once("```json\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let authorizer = JwtAuthorizer::parse(example.as_bytes()).unwrap();
    assert_eq!(authorizer.profile(), IssuerProfile::Cognito);
    assert_eq!(
        authorizer.advertised_scopes(),
        ["https://door.example.com/call"]
    );
}

#[test]
fn something_must_be_demanded() {
    let bare = json!({ "discoveryUrl": "https://id.example.com/.well-known/openid-configuration" });
    assert_eq!(refused_configuration(&bare), AuthorizerError::NoRequirement);
    assert_eq!(
        refused_configuration(&without("discoveryUrl")),
        AuthorizerError::Missing("discoveryUrl")
    );
    // An empty list is not nothing: it could mean everybody or nobody.
    for member in [
        "allowedAudience",
        "allowedClients",
        "allowedScopes",
        "customClaims",
    ] {
        for value in [
            json!([]),
            json!(null),
            json!("x"),
            json!([7]),
            json!([""]),
            json!({}),
        ] {
            let error = with_member(member, value.clone());
            assert!(
                matches!(error, AuthorizerError::Form { .. }),
                "{member} {value}: {error}"
            );
        }
    }
}

#[test]
fn what_is_not_supported_is_refused_by_name() {
    for member in [
        "privateEndpoint",
        "privateEndpointOverrides",
        "certificateConfigurations",
        "allowedWorkloadConfiguration",
    ] {
        for value in [json!({}), json!([]), json!(null)] {
            let error = with_member(member, value);
            assert_eq!(error, AuthorizerError::Unsupported(member));
            assert!(error.to_string().contains(member));
        }
    }
    for member in ["allowedAudiences", "allowedaudience", "DiscoveryUrl", ""] {
        let error = with_member(member, json!(["x"]));
        assert_eq!(
            error,
            AuthorizerError::Unknown("customJWTAuthorizer"),
            "{member}"
        );
    }
    for place in [
        "/customClaims/0",
        "/customClaims/0/authorizingClaimMatchValue",
    ] {
        let mut configuration = generic().configuration;
        let object = configuration.pointer_mut(place).unwrap();
        object
            .as_object_mut()
            .unwrap()
            .insert("negate".to_owned(), json!(true));
        let error = refused_configuration(&configuration);
        assert!(
            matches!(error, AuthorizerError::Unknown(_)),
            "{place}: {error}"
        );
    }
}

#[test]
fn a_configuration_has_one_reading() {
    let twice = r#"{"discoveryUrl":"https://a.example/.well-known/openid-configuration",
        "allowedClients":["a"],"allowedClients":["b"]}"#;
    for text in [twice, "", "[]", "7", "{", "{}x", "\u{feff}{}"] {
        let error = JwtAuthorizer::parse(text.as_bytes()).unwrap_err();
        assert!(matches!(error, AuthorizerError::Json(_)), "{text}");
    }
    let long = " ".repeat(super::super::authorizer::CONFIGURATION_BYTES_MAX + 1);
    assert_eq!(
        JwtAuthorizer::parse(long.as_bytes()),
        Err(AuthorizerError::TooLarge)
    );
    let lists = ["allowedAudience", "allowedClients", "allowedScopes"];
    for member in lists {
        assert_eq!(
            with_member(member, json!(["a", "b", "a"])),
            AuthorizerError::Duplicate(member)
        );
    }
    let claim = string_claim("a", "b");
    let error = with_member("customClaims", json!([claim, claim]));
    assert_eq!(error, AuthorizerError::Duplicate("customClaims"));
}

#[test]
fn bounds_are_those_of_the_model_and_ours() {
    let strings = |count: usize, chars: usize| -> Value {
        let names = (0..count).map(|n| format!("{n:0>chars$}"));
        json!(names.collect::<Vec<_>>())
    };
    let accepts = |member: &str, value: Value| {
        let configuration = with(&generic().configuration, member, Some(value));
        JwtAuthorizer::parse(configuration.to_string().as_bytes()).is_ok()
    };
    for member in ["allowedAudience", "allowedClients"] {
        assert!(accepts(member, strings(100, 2048)));
        assert!(!accepts(member, strings(101, 4)));
        assert!(!accepts(member, strings(1, 2049)));
        assert!(!accepts(member, json!(["a\u{0}"])));
    }
    assert!(accepts("allowedScopes", strings(100, 255)));
    assert!(!accepts("allowedScopes", strings(101, 4)));
    assert!(!accepts("allowedScopes", strings(1, 256)));
    let claims = |count: usize, chars: usize| -> Value {
        let claims = (0..count).map(|n| string_claim(&format!("{n:0>chars$}"), "x"));
        json!(claims.collect::<Vec<_>>())
    };
    assert!(accepts("customClaims", claims(100, 255)));
    assert!(!accepts("customClaims", claims(101, 4)));
    assert!(!accepts("customClaims", claims(1, 256)));
    for name in ["", "a b", "a\"b", "\u{e4}", "a,b"] {
        assert!(
            !accepts("customClaims", json!([string_claim(name, "x")])),
            "{name}"
        );
        assert!(
            !accepts("customClaims", json!([string_claim("a", name)])),
            "{name}"
        );
    }
    assert!(!accepts(
        "customClaims",
        json!([string_claim("a", &"x".repeat(256))])
    ));
}

#[test]
fn a_type_is_compared_as_it_can_be() {
    let rule = |kind: &str, operator: &str, value: Value| {
        json!([{
            "inboundTokenClaimName": "a",
            "inboundTokenClaimValueType": kind,
            "authorizingClaimMatchValue": {
                "claimMatchOperator": operator, "claimMatchValue": value,
            },
        }])
    };
    let text = || json!({ "matchValueString": "x" });
    let list = || json!({ "matchValueStringList": ["x", "y"] });
    let both = || json!({ "matchValueString": "x", "matchValueStringList": ["x"] });
    for (kind, operator, value) in [
        ("STRING", "CONTAINS", text()),
        ("STRING", "CONTAINS_ANY", list()),
        ("STRING", "EQUALS", list()),
        ("STRING", "EQUALS", both()),
        ("STRING_ARRAY", "EQUALS", text()),
        ("STRING_ARRAY", "CONTAINS", list()),
        ("STRING_ARRAY", "CONTAINS_ANY", text()),
        ("STRING_ARRAY", "CONTAINS_ANY", both()),
        ("string", "EQUALS", text()),
        ("NUMBER", "EQUALS", text()),
        ("STRING", "NOT_EQUALS", text()),
    ] {
        let error = with_member("customClaims", rule(kind, operator, value));
        assert_eq!(error, AuthorizerError::Operator, "{kind} {operator}");
    }
    for value in [
        json!({}),
        json!({ "matchValueString": 7 }),
        json!([]),
        json!(null),
    ] {
        let error = with_member("customClaims", rule("STRING", "EQUALS", value.clone()));
        let is_named = matches!(
            error,
            AuthorizerError::Missing(_) | AuthorizerError::Form { .. }
        );
        assert!(is_named, "{value}: {error}");
    }
    for name in ["aud", "exp", "nbf", "iat"] {
        let error = with_member("customClaims", json!([string_claim(name, "x")]));
        assert_eq!(error, AuthorizerError::CheckedElsewhere, "{name}");
    }
}

#[test]
fn only_what_is_allowed_is_advertised() {
    let member = "advertisedScopeMapping";
    let error = with_member(member, json!({ "door:opens": "x" }));
    assert_eq!(error, AuthorizerError::MappingOfOther);
    for value in [json!({}), json!([]), json!(null), json!({ "door:open": 7 })] {
        let error = with_member(member, value.clone());
        assert!(
            matches!(error, AuthorizerError::Form { .. }),
            "{value}: {error}"
        );
    }
    let configuration = with(&without("allowedScopes"), member, Some(json!({ "a": "b" })));
    assert_eq!(
        refused_configuration(&configuration),
        AuthorizerError::MappingOfOther
    );
}

#[test]
fn a_discovery_url_has_a_form_and_a_tenant_an_id() {
    for url in [
        "https://id.example.com",
        "https://id.example.com/.well-known/openid-configuration?x",
        "https://user@id.example.com/.well-known/openid-configuration",
        "ftp://id.example.com/.well-known/openid-configuration",
    ] {
        let error = with_member("discoveryUrl", json!(url));
        assert!(
            matches!(error, AuthorizerError::DiscoveryUrl(_)),
            "{url}: {error}"
        );
    }
    for tenant in [
        "contoso.example/v2.0",
        "contoso.example",
        "",
        "v2.0",
        "common/v1.0",
    ] {
        let url = format!("https://login.microsoftonline.com/{tenant}");
        let url = format!(
            "{}/.well-known/openid-configuration",
            url.trim_end_matches('/')
        );
        assert_eq!(
            with_member("discoveryUrl", json!(url)),
            AuthorizerError::TenantId,
            "{tenant}"
        );
    }
}

#[test]
fn an_issuer_of_anybody_needs_an_audience_or_a_client() {
    for url in [
        "https://accounts.google.com/.well-known/openid-configuration",
        "https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration",
        "https://login.microsoftonline.com/organizations/.well-known/openid-configuration",
    ] {
        let configuration = with(&without("allowedScopes"), "discoveryUrl", Some(json!(url)));
        authorizer(&with(&configuration, "allowedClients", None));
        authorizer(&with(&configuration, "allowedAudience", None));
        let unbound = with(&configuration, "allowedClients", None);
        let unbound = with(&unbound, "allowedAudience", None);
        assert_eq!(
            refused_configuration(&unbound),
            AuthorizerError::Anybody,
            "{url}"
        );
    }
}
