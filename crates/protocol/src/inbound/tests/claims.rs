//! Custom claims.

use super::*;

/// A door that demands one claim of tokens that hold `value` in it.
fn one(rule: &Value, value: &Value) -> Result<(), No> {
    let fixture = generic().configured("customClaims", Some(json!([rule])));
    let name = rule["inboundTokenClaimName"].as_str().unwrap();
    fixture.changed(name, Some(value.clone()))
}

fn fault(rule: &Value, value: &Value) -> ClaimFault {
    match one(rule, value).unwrap_err() {
        No::Authorizer(Refused::Claim { fault, .. }) => fault,
        other => panic!("{other:?}"),
    }
}

#[test]
fn equals_is_the_whole_text() {
    let rule = string_claim("team", "red");
    assert_eq!(one(&rule, &json!("red")), Ok(()));
    for value in ["Red", "red ", "redder", "", "blue"] {
        assert_eq!(fault(&rule, &json!(value)), ClaimFault::Other, "{value:?}");
    }
    for value in [
        json!(["red"]),
        json!(null),
        json!(1),
        json!({ "red": "red" }),
    ] {
        assert_eq!(fault(&rule, &value), ClaimFault::Type, "{value}");
    }
}

#[test]
fn contains_is_one_of_the_items_of_an_array() {
    let any = array_claim("teams", &["red", "blue"]);
    let one_of = array_claim("teams", &["red"]);
    for rule in [&one_of, &any] {
        assert_eq!(one(rule, &json!(["green", "red"])), Ok(()));
        assert_eq!(one(rule, &json!(["red", "red"])), Ok(()));
        for value in [json!([]), json!(["Red"]), json!(["red blue"]), json!([""])] {
            assert_eq!(fault(rule, &value), ClaimFault::Other, "{value}");
        }
        // A string is no array, and an array of anything is no array of strings.
        for value in [
            json!("red"),
            json!(["red", 1]),
            json!([["red"]]),
            json!(null),
            json!({}),
        ] {
            assert_eq!(fault(rule, &value), ClaimFault::Type, "{value}");
        }
    }
    assert_eq!(one(&any, &json!(["blue"])), Ok(()));
    assert_eq!(fault(&one_of, &json!(["blue"])), ClaimFault::Other);
}

#[test]
fn claims_that_the_verifier_reads_can_be_demanded_too() {
    for (name, value) in [
        ("sub", "alice"),
        ("client_id", "app"),
        ("azp", "app"),
        ("jti", "j-1"),
        ("token_use", "access"),
    ] {
        let rule = string_claim(name, value);
        assert_eq!(one(&rule, &json!(value)), Ok(()), "{name}");
        let other = generic().configured("customClaims", Some(json!([string_claim(name, "x")])));
        let refused = other.changed(name, Some(json!(value)));
        assert!(
            matches!(refused, Err(No::Authorizer(Refused::Claim { .. }))),
            "{name}"
        );
    }
    let rule = array_claim("sub", &["alice"]);
    assert_eq!(fault(&rule, &json!("alice")), ClaimFault::Type);
    let absent = generic().configured("customClaims", Some(json!([array_claim("azp", &["app"])])));
    let refused = Refused::Claim {
        name: "azp".to_owned(),
        fault: ClaimFault::Absent,
    };
    assert_eq!(absent.changed("azp", None), no(refused));
}

#[test]
fn a_name_with_dots_and_slashes_is_one_name() {
    for name in [
        "a.b",
        "https://example.com/team",
        "cognito:groups",
        "a/b",
        "a-b",
    ] {
        let rule = string_claim(name, "red");
        assert_eq!(one(&rule, &json!("red")), Ok(()), "{name}");
    }
    let rule = json!([string_claim("a.b", "red")]);
    let fixture = generic().configured("customClaims", Some(rule));
    let nested = fixture.changed("a", Some(json!({ "b": "red" })));
    assert!(nested.is_err());
}
