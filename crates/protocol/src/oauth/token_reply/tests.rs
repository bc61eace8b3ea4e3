//! What is taken for a token, and what for a no.

use proptest::prelude::*;
use serde_json::json;

use super::super::vendor_table;
use super::*;
use crate::strict_json::Rule;
use procura_core::scope::ScopeSeparator;

mod account;
mod of_user;

const SECRET: &str = "correct-horse-battery";

fn read_as(status: u16, body: &[u8], dialect: &Dialect) -> Result<TokenReply, ReplyError> {
    let mut secrets = LiveSecrets::default();
    secrets.push(SECRET);
    let reply = RawReply {
        status,
        retry_after: None,
        body,
    };
    parse(&reply, dialect, &secrets)
}

fn ok(body: &Value) -> TokenReply {
    read_as(200, body.to_string().as_bytes(), &Dialect::STANDARD).unwrap()
}

fn unreadable(body: &Value) -> Unreadable {
    unreadable_bytes(body.to_string().as_bytes())
}

fn unreadable_bytes(body: &[u8]) -> Unreadable {
    match read_as(200, body, &Dialect::STANDARD).unwrap_err() {
        ReplyError::Unreadable(unreadable) => unreadable,
        ReplyError::Refused(refusal) => panic!("{refusal}"),
    }
}

fn refused(status: u16, body: &[u8]) -> ProviderRefusal {
    match read_as(status, body, &Dialect::STANDARD).unwrap_err() {
        ReplyError::Refused(refusal) => refusal,
        ReplyError::Unreadable(unreadable) => panic!("{unreadable}"),
    }
}

fn with(member: &str, value: Value) -> Value {
    let mut body = json!({"access_token": "t0ken", "token_type": "Bearer"});
    body[member] = value;
    body
}

fn scopes(text: &str) -> Scopes {
    Scopes::from_text(text, ScopeSeparator::Space).unwrap()
}

#[test]
fn a_token_is_read() {
    let reply = ok(&json!({
        "access_token": "2YotnFZFEjr1zCsicMWpAA", "token_type": "bEARER", "expires_in": 3600,
        "refresh_token": "tGzv3JOkF0XG5Qx2TlKWIA", "scope": "write read", "example": {"a": [1]},
    }));
    assert_eq!(
        reply.access_token.expose_secret(),
        b"2YotnFZFEjr1zCsicMWpAA"
    );
    assert_eq!(
        reply.refresh_token.as_ref().unwrap().expose_secret(),
        b"tGzv3JOkF0XG5Qx2TlKWIA"
    );
    assert_eq!(reply.expires_in_s, Some(3600));
    assert_eq!(reply.scopes, Some(scopes("read write")));
    assert!(!format!("{reply:?}").contains("2Yotn"));
    let bare = ok(&json!({
        "access_token": "t", "token_type": "Bearer", "expires_in": null, "scope": null,
        "refresh_token": null, "error": null
    }));
    assert_eq!((bare.expires_in_s, bare.scopes.clone()), (None, None));
    assert_eq!(bare.granted(&scopes("a b")), scopes("a b"));
}

#[test]
fn what_was_granted_is_what_the_reply_says() {
    let less = ok(&with("scope", json!("a")));
    assert_eq!(less.granted(&scopes("a b")), scopes("a"));
    let more = ok(&with("scope", json!("a b admin")));
    assert_eq!(more.granted(&scopes("a")), scopes("a b admin"));
    assert_eq!(
        ok(&with("scope", json!(""))).granted(&scopes("a")),
        Scopes::NONE
    );
    let list = ok(&with("scope", json!(["user:read:email", "bits:read"])));
    assert_eq!(list.scopes, Some(scopes("bits:read user:read:email")));
    let github = &vendor_table::row(procura_core::vendor::Vendor::Github).dialect;
    let body = with("scope", json!("repo,gist")).to_string();
    let reply = read_as(200, body.as_bytes(), github).unwrap();
    assert_eq!(reply.scopes, Some(scopes("gist repo")));
    assert_eq!(unreadable(&with("scope", json!(7))), Unreadable::WrongType);
    assert_eq!(
        unreadable(&with("scope", json!(["a", 7]))),
        Unreadable::WrongType
    );
    let error = unreadable(&with("scope", json!("a\"b")));
    assert_eq!(error, Unreadable::Scope(ScopesError::Character));
}

#[test]
fn a_life_is_a_number_of_seconds_up_to_ten_years() {
    for (value, seconds) in [
        (json!(1), 1),
        (json!("3599"), 3599),
        (json!(3599.0), 3599),
        (json!(3599.9), 3599),
        (json!(EXPIRES_IN_S_MAX), EXPIRES_IN_S_MAX),
        (json!(u64::MAX), EXPIRES_IN_S_MAX),
        (json!(1e300), EXPIRES_IN_S_MAX),
        (json!("99999999999999999999"), EXPIRES_IN_S_MAX),
    ] {
        assert_eq!(ok(&with("expires_in", value)).expires_in_s, Some(seconds));
    }
    for value in [
        json!(0),
        json!(-1),
        json!(-1.5),
        json!(0.9),
        json!("0"),
        json!("-1"),
        json!("1.5"),
        json!(""),
        json!(" 60"),
        json!("1e3"),
        json!("NaN"),
        json!("0x10"),
        json!(true),
        json!([60]),
        json!({}),
    ] {
        let error = unreadable(&with("expires_in", value.clone()));
        assert_eq!(error, Unreadable::ExpiresIn, "{value}");
    }
    let huge = br#"{"access_token":"t","token_type":"Bearer","expires_in":1e400}"#;
    match unreadable_bytes(huge) {
        Unreadable::Json(error) => assert_eq!(error.rule, Rule::NumberOutOfRange),
        other => panic!("{other}"),
    }
}

#[test]
fn only_bearer_tokens_are_taken() {
    for (word, other) in [
        ("DPoP", OtherTokenType::Dpop),
        ("mac", OtherTokenType::Mac),
        ("N_A", OtherTokenType::NotApplicable),
        ("bot", OtherTokenType::Unknown),
        ("", OtherTokenType::Unknown),
    ] {
        let error = unreadable(&with("token_type", json!(word)));
        assert_eq!(error, Unreadable::TokenType(other));
    }
    assert!(
        unreadable(&with("token_type", json!("dpop")))
            .to_string()
            .contains("type DPoP")
    );
    assert_eq!(
        unreadable(&json!({"access_token": "t"})),
        Unreadable::NoTokenType
    );
    let dialect = |vendor| &vendor_table::row(vendor).dialect;
    let slack = br#"{"ok":true,"access_token":"xoxb-1","token_type":"bot"}"#;
    assert!(read_as(200, slack, dialect(procura_core::vendor::Vendor::Slack)).is_ok());
    let linkedin = br#"{"access_token":"t","expires_in":1800}"#;
    assert!(
        read_as(
            200,
            linkedin,
            dialect(procura_core::vendor::Vendor::Linkedin)
        )
        .is_ok()
    );
}

#[test]
fn a_token_can_stand_in_a_header() {
    let longest = "a".repeat(TOKEN_BYTES_MAX);
    assert!(
        read_as(
            200,
            with("access_token", json!(longest)).to_string().as_bytes(),
            &Dialect::STANDARD
        )
        .is_ok()
    );
    for token in ["", "a b", "a\r\nX: y", "\u{e9}", &format!("{longest}a")] {
        assert_eq!(
            unreadable(&with("access_token", json!(token))),
            Unreadable::Token
        );
        let reply = with("refresh_token", json!(token));
        if token.is_empty() {
            assert!(ok(&reply).refresh_token.is_none());
        } else {
            assert_eq!(unreadable(&reply), Unreadable::Token);
        }
    }
    assert_eq!(
        unreadable(&with("access_token", Value::Null)),
        Unreadable::NoAccessToken
    );
    assert_eq!(
        unreadable(&with("access_token", json!(7))),
        Unreadable::WrongType
    );
}

#[test]
fn what_is_no_json_is_told_apart() {
    assert_eq!(unreadable_bytes(b" \n"), Unreadable::Empty);
    assert_eq!(
        unreadable_bytes(b"\n<!DOCTYPE html><html>"),
        Unreadable::Html
    );
    assert_eq!(
        unreadable_bytes(b"access_token=a&token_type=bearer"),
        Unreadable::Form
    );
    assert_eq!(
        unreadable_bytes(&vec![b' '; BODY_BYTES_MAX + 1]),
        Unreadable::TooLarge
    );
    for (body, rule) in [
        (
            &br#"{"access_token":"a","access_token":"b","token_type":"Bearer"}"#[..],
            Rule::DuplicateKey,
        ),
        (
            br#"{"access_token":"a","token_type":"Bearer"}{}"#,
            Rule::Syntax,
        ),
        (br#"["access_token"]"#, Rule::NotAnObject),
        (b"\xef\xbb\xbf{}", Rule::ByteOrderMark),
    ] {
        match unreadable_bytes(body) {
            Unreadable::Json(error) => assert_eq!(error.rule, rule),
            other => panic!("{other}"),
        }
    }
}

#[test]
fn a_refusal_is_kept_without_secrets() {
    let body = json!({
        "error": "invalid_client",
        "error_description": format!("no client with secret {SECRET} here"),
        "error_uri": "https://evil.example/"
    });
    let refusal = refused(401, body.to_string().as_bytes());
    assert_eq!(refusal.code.as_deref(), Some("invalid_client"));
    assert_eq!(
        refusal.description.as_deref(),
        Some("no client with secret [redacted] here")
    );
    assert_eq!(
        refusal.to_string(),
        "the token endpoint refused: invalid_client (status 401): \
         no client with secret [redacted] here"
    );
    assert_eq!(refusal.blame(), Blame::Caller);
    let echoed = refused(400, json!({"error": SECRET}).to_string().as_bytes());
    assert_eq!(echoed.code, None);
    let token =
        json!({"error": "x", "message": "had issued-token-1", "access_token": "issued-token-1"});
    assert_eq!(
        refused(200, token.to_string().as_bytes())
            .description
            .unwrap(),
        "had [redacted]"
    );
}

#[test]
fn success_with_an_error_is_a_refusal() {
    for body in [
        json!({"error": "bad_verification_code", "error_description": "The code is incorrect."}),
        json!({"ok": false, "error": "invalid_code"}),
        json!({"error": "invalid_grant", "access_token": "t", "token_type": "Bearer"}),
        json!({"error": {"message": "Invalid id", "type": "OAuthException", "code": 190}}),
        json!({"error": ""}),
    ] {
        let refusal = refused(200, body.to_string().as_bytes());
        assert_eq!(refusal.blame(), Blame::Caller, "{body}");
    }
    let facebook = refused(400, br#"{"error":{"message":"Invalid id","code":190}}"#);
    assert_eq!(
        (facebook.code, facebook.description.as_deref()),
        (None, Some("Invalid id"))
    );
}

#[test]
fn a_refusal_needs_no_readable_body() {
    for body in [
        &b""[..],
        b"<html>",
        b"{\"error\":\"a\",\"error\":\"b\"}",
        b"[]",
        b"\xff",
    ] {
        let refusal = refused(502, body);
        assert_eq!(
            (refusal.code.clone(), refusal.description.clone()),
            (None, None)
        );
        assert_eq!(
            refusal.blame(),
            Blame::Upstream {
                retry_after_s: None
            }
        );
    }
}

#[test]
fn a_refusal_without_words_is_told_from_one_that_cannot_be_read() {
    for silent in [
        &b""[..],
        b" \n",
        b"{}",
        br#"{"error": null}"#,
        br#"{"message": "no"}"#,
    ] {
        assert!(refused(400, silent).without_words, "{silent:?}");
    }
    for said in [
        &br#"{"error": "invalid_client"}"#[..],
        br#"{"error": {"message": "no"}}"#,
        br#"{"error": ""}"#,
        b"<html>no</html>",
        b"error=invalid_grant",
        b"no",
        b"[]",
        br#"{"error": "a", "error": null}"#,
    ] {
        assert!(!refused(400, said).without_words, "{said:?}");
    }
}

#[test]
fn later_is_the_providers_fault() {
    let blame = |status, code: Option<&str>, retry_after| {
        let body = json!({"error": code}).to_string();
        let reply = RawReply {
            status,
            retry_after,
            body: body.as_bytes(),
        };
        match parse(&reply, &Dialect::STANDARD, &LiveSecrets::default()).unwrap_err() {
            ReplyError::Refused(refusal) => refusal.blame(),
            ReplyError::Unreadable(unreadable) => panic!("{unreadable}"),
        }
    };
    let later = |retry_after_s| Blame::Upstream { retry_after_s };
    assert_eq!(blame(429, None, Some("30")), later(Some(30)));
    assert_eq!(
        blame(503, None, Some("99999999999")),
        later(Some(RETRY_AFTER_S_MAX))
    );
    assert_eq!(
        blame(503, None, Some("Wed, 21 Oct 2026 07:28:00 GMT")),
        later(None)
    );
    assert_eq!(
        blame(400, Some("temporarily_unavailable"), None),
        later(None)
    );
    assert_eq!(blame(200, Some("ratelimited"), Some("1")), later(Some(1)));
    for status in [301, 307, 400, 401, 403, 404] {
        assert_eq!(
            blame(status, Some("invalid_request"), Some("1")),
            Blame::Caller
        );
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        crate::oauth::fuzzing::token_reply(&bytes);
        crate::oauth::fuzzing::metadata(&bytes);
    }

    #[test]
    fn no_refusal_has_the_secret(status in 100..600_u16, before in "\\PC{0,20}", after in "\\PC{0,20}") {
        let said = format!("{before}{SECRET}{after}");
        let body = json!({"error": said, "error_description": said, "message": said}).to_string();
        if let Err(error) = read_as(status, body.as_bytes(), &Dialect::STANDARD) {
            let shown = format!("{error} {error:?}");
            prop_assert!(!shown.contains(SECRET));
        }
    }
}
