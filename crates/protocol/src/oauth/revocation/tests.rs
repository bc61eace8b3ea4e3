//! What is asked, and when a token is called revoked.

use serde_json::json;

use super::*;

const TOKEN: &str = "1//0g-refresh-token";
const SECRET: &str = "correct-horse-battery";

fn answered(status: u16, retry_after: Option<&str>, body: &str) -> Revocation {
    let mut secrets = LiveSecrets::default();
    secrets.push(TOKEN);
    let reply = RawReply {
        status,
        retry_after,
        body: body.as_bytes(),
    };
    read(&reply, &secrets)
}

#[test]
fn a_request_names_the_token_its_type_and_the_client() {
    let secret = Plain::new(SECRET.as_bytes().to_vec());
    let post = ClientAuthentication::SecretPost {
        client_id: "agent",
        client_secret: &secret,
    };
    let refresh = Plain::new(TOKEN.as_bytes().to_vec());
    let request = request(Revocable::RefreshToken(&refresh), "token", &post).unwrap();
    assert_eq!(
        &*request.form(),
        "token=1%2F%2F0g-refresh-token&token_type_hint=refresh_token\
         &client_id=agent&client_secret=correct-horse-battery"
    );
    let said = format!("no {TOKEN} of {SECRET}");
    assert_eq!(
        super::super::redaction::text(&said, &request.live_secrets()).unwrap(),
        "no [redacted] of [redacted]"
    );
    let basic = ClientAuthentication::SecretBasic {
        client_id: "agent",
        client_secret: &secret,
    };
    let access = Plain::new(b"at".to_vec());
    let request = super::request(Revocable::AccessToken(&access), "access_token", &basic).unwrap();
    assert_eq!(
        &*request.form(),
        "access_token=at&token_type_hint=access_token"
    );
    assert!(request.authorization().is_some());
    for bad in ["", "a b", "a\n"] {
        let bad = Plain::new(bad.as_bytes().to_vec());
        let error = super::request(Revocable::AccessToken(&bad), "token", &basic).unwrap_err();
        assert_eq!(error, RequestError::Token);
    }
}

#[test]
fn a_token_is_revoked_when_the_server_says_so_and_not_otherwise() {
    for (status, body) in [
        (200, ""),
        (200, "{}"),
        (200, "OK"),
        (204, ""),
        (200, r#"{"status":"success"}"#),
        (400, r#"{"error":"invalid_token"}"#),
    ] {
        assert_eq!(answered(status, None, body), Revocation::Revoked, "{body}");
    }
    for (status, body) in [
        (200, r#"{"error":"invalid_client"}"#),
        (200, r#"{"error":"invalid_token"}"#),
        (400, r#"{"error":"invalid_request"}"#),
        (401, r#"{"error":"invalid_token"}"#),
        (401, ""),
        (302, ""),
        (404, "<html>"),
    ] {
        let outcome = answered(status, None, body);
        assert!(matches!(outcome, Revocation::Refused(_)), "{status} {body}");
    }
    assert_eq!(
        answered(400, None, r#"{"error":"unsupported_token_type"}"#),
        Revocation::UnsupportedTokenType
    );
}

#[test]
fn not_now_is_not_no() {
    let later = |retry_after_s| Revocation::Later { retry_after_s };
    assert_eq!(answered(503, Some("120"), ""), later(Some(120)));
    assert_eq!(answered(503, None, "<html>"), later(None));
    assert_eq!(answered(429, Some("1"), "{}"), later(Some(1)));
    assert_eq!(
        answered(400, None, r#"{"error":"temporarily_unavailable"}"#),
        later(None)
    );
}

#[test]
fn what_a_server_says_is_kept_without_the_token() {
    let said = json!({"error": "invalid_request", "error_description": format!("bad {TOKEN}")});
    match answered(400, None, &said.to_string()) {
        Revocation::Refused(refusal) => {
            assert_eq!(refusal.code.as_deref(), Some("invalid_request"));
            assert_eq!(refusal.description.as_deref(), Some("bad [redacted]"));
        }
        other => panic!("{other:?}"),
    }
}
