//! Slack: the user's token has an object to itself, and a refusal comes with status 200.

use procura_core::vendor::Vendor;

use super::*;

fn slack() -> &'static Dialect {
    &vendor_table::row(Vendor::Slack).dialect
}

fn read_slack(body: &Value) -> Result<TokenReply, ReplyError> {
    read_as(200, body.to_string().as_bytes(), slack())
}

fn both() -> Value {
    json!({
        "ok": true, "access_token": "xoxb-bot", "token_type": "bot", "scope": "commands",
        "refresh_token": "xoxe-1-bot", "expires_in": 1,
        "authed_user": {
            "id": "U1", "access_token": "xoxe.xoxp-user", "token_type": "user",
            "scope": "chat:write,users:read", "refresh_token": "xoxe-1-user", "expires_in": 43200
        }
    })
}

#[test]
fn the_token_of_the_user_is_taken_and_not_the_one_beside_it() {
    let reply = read_slack(&both()).unwrap();
    assert_eq!(reply.access_token.expose_secret(), b"xoxe.xoxp-user");
    let refresh = reply.refresh_token.unwrap();
    assert_eq!(refresh.expose_secret(), b"xoxe-1-user");
    assert_eq!(reply.expires_in_s, Some(43200));
    assert_eq!(reply.scopes, Some(scopes("chat:write users:read")));
    // Nothing of another's token becomes the user's.
    let mut bare = both();
    bare["authed_user"] = json!({"access_token": "xoxp-user", "token_type": "user"});
    let reply = read_slack(&bare).unwrap();
    assert!(reply.refresh_token.is_none() && reply.scopes.is_none());
    assert_eq!(reply.expires_in_s, None);
    bare["authed_user"]["token_type"] = Value::Null;
    let error = read_slack(&bare).unwrap_err();
    assert_eq!(error, Unreadable::NoTokenType.into());
}

#[test]
fn a_reply_without_a_users_own_token_is_read_as_it_stands() {
    for user in [Value::Null, json!({"id": "U1"})] {
        let mut body = both();
        body["authed_user"] = user;
        let reply = read_slack(&body).unwrap();
        assert_eq!(reply.access_token.expose_secret(), b"xoxb-bot");
    }
    let mut body = both();
    body["authed_user"] = json!("U1");
    assert_eq!(read_slack(&body).unwrap_err(), Unreadable::WrongType.into());
    // To any other vendor the member means nothing.
    let reply = ok(&with("authed_user", json!("U1")));
    assert_eq!(reply.access_token.expose_secret(), b"t0ken");
    let reply = ok(&with("authed_user", json!({"access_token": "other"})));
    assert_eq!(reply.access_token.expose_secret(), b"t0ken");
}

#[test]
fn what_is_not_ok_is_a_refusal() {
    for ok in [json!(false), json!("true"), json!(1)] {
        let mut body = both();
        body["ok"] = ok;
        body["message"] = json!("had xoxe.xoxp-user");
        match read_slack(&body).unwrap_err() {
            ReplyError::Refused(refusal) => {
                assert_eq!((refusal.status, refusal.code), (200, None));
                assert_eq!(refusal.description.as_deref(), Some("had [redacted]"));
            }
            ReplyError::Unreadable(unreadable) => panic!("{unreadable}"),
        }
    }
    assert_eq!(ok(&with("ok", json!(false))).expires_in_s, None);
}
