//! The edges of time, to the millisecond.

use super::super::jwt::{LEEWAY_S, Times};
use super::*;

fn at(claims: &Value, now_ms: i64) -> Result<(), JoseError> {
    let text = token(claims);
    let token = Unverified::parse(&text, USER_TOKEN_BYTES_MAX)?;
    token
        .verify(&own_set(), &expectation(), Timestamp::from_millis(now_ms))
        .map(drop)
}

#[test]
fn a_token_ends_when_its_leeway_ends() {
    let claims = json!({ "iss": ISSUER, "sub": "alice", "exp": NOW_S });
    let end = (NOW_S + LEEWAY_S) * 1000;
    for (now, outcome) in [
        (end - 1000, Ok(())),
        (end - 1, Ok(())),
        (end, Err(JoseError::Expired)),
        (end + 1, Err(JoseError::Expired)),
        (end + 1000, Err(JoseError::Expired)),
    ] {
        assert_eq!(at(&claims, now), outcome, "{}", now - end);
    }
}

#[test]
fn a_token_begins_when_its_leeway_begins() {
    for claim in ["nbf", "iat"] {
        let claims = json!({ "iss": ISSUER, "sub": "alice", "exp": NOW_S + 900, claim: NOW_S });
        let begin = (NOW_S - LEEWAY_S) * 1000;
        for (now, outcome) in [
            (begin - 1000, Err(JoseError::NotYetValid)),
            (begin - 1, Err(JoseError::NotYetValid)),
            (begin, Ok(())),
            (begin + 1, Ok(())),
            (begin + 1000, Ok(())),
        ] {
            assert_eq!(at(&claims, now), outcome, "{claim} {}", now - begin);
        }
    }
}

#[test]
fn fractions_never_widen_what_is_accepted() {
    let times = |json: &str| {
        let text = format!(r#"{{"iss":"i","sub":"s",{json}}}"#);
        super::super::jwt::Claims::parse(text.as_bytes())
            .unwrap()
            .times
    };
    let end = |json: &str| times(json).expires_at.millis();
    assert_eq!(end(r#""exp":10"#), 10_000);
    assert_eq!(end(r#""exp":10.0"#), 10_000);
    assert_eq!(end(r#""exp":1e1"#), 10_000);
    assert_eq!(end(r#""exp":10.5"#), 10_500);
    assert_eq!(end(r#""exp":10.0009"#), 10_000);
    assert_eq!(end(r#""exp":-0"#), 0);
    assert_eq!(end(r#""exp":253402300799"#), 253_402_300_799_000);
    let begins = times(r#""exp":10,"nbf":10.0001,"iat":10.9991"#);
    assert_eq!(begins.not_before, Some(Timestamp::from_millis(10_001)));
    assert_eq!(begins.issued_at, Some(Timestamp::from_millis(11_000)));
}

#[test]
fn no_time_overflows() {
    let times = Times {
        expires_at: Timestamp::from_millis(i64::MAX),
        not_before: Some(Timestamp::from_millis(i64::MIN)),
        issued_at: None,
    };
    assert_eq!(
        times.check(Timestamp::from_millis(i64::MIN), LEEWAY_S),
        Ok(())
    );
    let last = Timestamp::from_millis(i64::MAX);
    assert_eq!(times.check(last, LEEWAY_S), Err(JoseError::Expired));
}
