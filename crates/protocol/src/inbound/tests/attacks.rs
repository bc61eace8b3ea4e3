//! Rows 58, 61 and 62 of the catalogue of attacks, against a door.

use super::*;
use crate::jose::jwt::ForbiddenUse;

fn invalid(result: &Result<(), No>) -> bool {
    matches!(result, Err(No::Verifier(JoseError::ClaimInvalid { .. })))
}

/// Row 58.
#[test]
fn a_claim_of_the_wrong_type_is_never_taken_for_absent() {
    // Nothing is demanded of what is changed: absent, it would pass.
    let claims = Some(json!([string_claim("department", "research")]));
    let fixture = generic()
        .configured("allowedAudience", None)
        .configured("allowedClients", None)
        .configured("allowedScopes", None)
        .configured("customClaims", claims);
    let wrong = [
        json!(null),
        json!(7),
        json!(true),
        json!({}),
        json!([[]]),
        json!([7]),
    ];
    for claim in [
        "aud",
        "azp",
        "client_id",
        "scope",
        "token_use",
        "nonce",
        "jti",
        "exp",
        "nbf",
    ] {
        for value in &wrong {
            if ["exp", "nbf"].contains(&claim) && value.is_number() {
                continue;
            }
            assert!(
                invalid(&fixture.changed(claim, Some(value.clone()))),
                "{claim} {value}"
            );
        }
    }
    for value in ["9e9", "99999999999"] {
        assert!(invalid(&fixture.changed("exp", Some(json!(value)))));
        assert!(invalid(&fixture.changed("nbf", Some(json!(value)))));
    }
    assert!(invalid(
        &fixture.changed("iss", Some(json!(["https://id.example.com"])))
    ));
    for value in &wrong {
        let refused = Refused::ClaimType("scp");
        assert_eq!(
            fixture.changed("scp", Some(value.clone())),
            no(refused),
            "{value}"
        );
        if !value.is_string() {
            let refused = Refused::Claim {
                name: "department".to_owned(),
                fault: ClaimFault::Type,
            };
            assert_eq!(
                fixture.changed("department", Some(value.clone())),
                no(refused),
                "{value}"
            );
        }
    }
}

/// Row 61.
#[test]
fn a_token_for_somebody_else_too_needs_a_known_client() {
    let strict = generic().configured("allowedClients", None);
    let both = || Some(json!(["door", "window"]));
    assert_eq!(strict.changed("aud", both()), no(Refused::SeveralAudiences));
    assert_eq!(generic().changed("aud", both()), Ok(()));
    // Several that are all ours are no one else's.
    let ours = json!(["door", "https://door.example.com"]);
    assert_eq!(strict.changed("aud", Some(ours)), Ok(()));
    // `account` and the userinfo endpoint are companions of other vendors only.
    for companion in [
        "account",
        "https://id.example.com/userinfo",
        "https://id.example.comuserinfo",
    ] {
        let aud = Some(json!(["door", companion]));
        assert_eq!(
            strict.changed("aud", aud),
            no(Refused::SeveralAudiences),
            "{companion}"
        );
    }
}

/// Row 61.
#[test]
fn audience_and_client_are_compared_exactly() {
    let fixture = generic();
    for aud in [
        "Door",
        "door ",
        " door",
        "door/",
        "doo",
        "door\u{200b}",
        "door,window",
    ] {
        assert_eq!(
            fixture.changed("aud", Some(json!(aud))),
            no(Refused::Audience),
            "{aud:?}"
        );
    }
    for client in ["App", "app ", "ap", "app,other-app"] {
        assert_eq!(
            fixture.changed("client_id", Some(json!(client))),
            no(Refused::Client)
        );
    }
    // Each claim that names a client counts; one good word does not outweigh another.
    assert_eq!(
        fixture.changed("azp", Some(json!("stranger"))),
        no(Refused::Client)
    );
    assert_eq!(fixture.changed("azp", Some(json!("other-app"))), Ok(()));
    // A client is no audience, and an audience no client.
    assert_eq!(
        fixture.changed("aud", Some(json!("app"))),
        no(Refused::Audience)
    );
    assert_eq!(
        fixture.changed("client_id", Some(json!("door"))),
        no(Refused::Client)
    );
}

#[test]
fn a_scope_is_a_whole_word() {
    let fixture = generic();
    for scope in [
        "door:opens",
        "Door:open",
        "door:open,door:close",
        "xdoor:open",
        "",
        "door:open\u{a0}x",
    ] {
        assert_eq!(
            fixture.changed("scope", Some(json!(scope))),
            no(Refused::Scope),
            "{scope:?}"
        );
    }
    for scope in ["door:close", "a  door:open ", "door:open door:open"] {
        assert_eq!(
            fixture.changed("scope", Some(json!(scope))),
            Ok(()),
            "{scope:?}"
        );
    }
    let array = with(&fixture.claims, "scope", None);
    let array = Fixture {
        claims: array,
        ..generic()
    };
    assert_eq!(array.changed("scp", Some(json!(["door:open"]))), Ok(()));
    assert_eq!(array.changed("scp", Some(json!("x door:open"))), Ok(()));
    assert_eq!(array.changed("scp", Some(json!([]))), no(Refused::Scope));
}

/// Row 62.
#[test]
fn an_id_token_is_no_access_token() {
    let plain = Fixture {
        typ: Some("JWT"),
        ..generic()
    };
    plain.passes();
    for mark in ["nonce", "at_hash", "c_hash", "s_hash"] {
        let value = || Some(json!("mark"));
        assert_eq!(
            plain.changed(mark, value()),
            no(Refused::NotAnAccessToken),
            "{mark}"
        );
        assert_eq!(
            generic().changed(mark, value()),
            Ok(()),
            "{mark}: the header settles it"
        );
    }
    for fixture in [plain, generic()] {
        assert_eq!(
            fixture.changed("token_use", Some(json!("id"))),
            no(Refused::NotAnAccessToken)
        );
        for typ in ["ID", "Refresh", "Offline", "Logout"] {
            assert_eq!(
                fixture.changed("typ", Some(json!(typ))),
                no(Refused::NotAnAccessToken)
            );
        }
    }
}

/// Row 62.
#[test]
fn tokens_of_other_kinds_never_reach_the_door() {
    for typ in [
        "logout+jwt",
        "secevent+jwt",
        "oauth-id-jag+jwt",
        "client-authentication+jwt",
        "dpop+jwt",
        "token-introspection+jwt",
        "",
    ] {
        let fixture = Fixture {
            typ: Some(typ),
            ..generic()
        };
        let refused = Err(No::Verifier(JoseError::WrongType(ForbiddenUse::Typ)));
        assert_eq!(fixture.changed("x", None), refused, "{typ}");
    }
    for (claim, value, forbidden) in [
        ("events", json!({}), ForbiddenUse::SecurityEvent),
        (
            "cnf",
            json!({ "jkt": "x" }),
            ForbiddenUse::SenderConstrained,
        ),
    ] {
        let refused = Err(No::Verifier(JoseError::WrongType(forbidden)));
        assert_eq!(generic().changed(claim, Some(value)), refused);
    }
}

#[test]
fn a_refusal_has_nothing_of_the_token_in_it() {
    let fixture = generic();
    let canary = || Some(json!("canary-value"));
    for claim in [
        "iss",
        "aud",
        "client_id",
        "azp",
        "scope",
        "department",
        "groups",
        "token_use",
    ] {
        let error = fixture.changed(claim, canary()).unwrap_err();
        let text = match &error {
            No::Authorizer(refused) => format!("{refused} {refused:?}"),
            No::Verifier(error) => format!("{error} {error:?}"),
            No::Document => String::new(),
        };
        assert!(!text.contains("canary"), "{text}");
    }
}

#[test]
fn claims_that_stand_twice_are_read_by_nobody() {
    let claims = r#"{"iss":"https://id.example.com","sub":"a","aud":"door","aud":"window","exp":1790000300}"#;
    let text = key().sign(&Map::new(), claims.as_bytes()).unwrap();
    let outcome = present(&generic().configuration, "https://id.example.com", &text);
    assert!(matches!(
        outcome,
        Err(No::Verifier(JoseError::Malformed(_)))
    ));
}
