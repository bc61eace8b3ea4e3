//! What a code is redeemed for.

use procura_demo::{Answer, Endpoint, Misbehaviour};

use super::{
    METADATA_ADDRESS, answers, bytes, deep, endless, headers, huge, later, over, refused, told,
};
use crate::prove::hostile_provider::row::{Cured, Row, Step, Told, Within, is};

const AT: Endpoint = Endpoint::Token;
/// The code is used up, and nothing came of it.
const LOST: Row = Row {
    poll: Some(over("did not give a token")),
    ..Row::at(Step::Redeemed)
};
/// It is odd, and good.
const TAKEN: Row = Row {
    answer: Told::Done,
    poll: Some(Told::Token),
    cured: Cured::LivesOn,
    record: "the user consented",
    ..Row::at(Step::Redeemed)
};

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "does not know the code",
        does: |_| told(AT, 400, r#"{"error":"invalid_grant"}"#),
        answer: refused("invalid_grant"),
        record: "invalid_grant",
        ..LOST
    },
    Row {
        name: "does not know the client",
        does: |_| told(AT, 401, r#"{"error":"invalid_client"}"#),
        answer: refused("invalid_client"),
        record: "invalid_client",
        ..LOST
    },
    Row {
        name: "says no with the status of a yes",
        does: |_| told(AT, 200, r#"{"error":"bad_verification_code"}"#),
        answer: refused("bad_verification_code"),
        record: "bad_verification_code",
        ..LOST
    },
    Row {
        name: "says no and repeats the client's secret",
        does: |_| is(Misbehaviour::EchoesSecret),
        answer: refused("invalid_client"),
        record: "invalid_client",
        ..LOST
    },
    Row {
        name: "asks for patience",
        does: |_| told(AT, 429, r#"{"error":"slow_down"}"#),
        answer: later("slow_down"),
        record: "slow_down",
        ..LOST
    },
    Row {
        name: "fails with 500",
        does: |_| told(AT, 500, "canary"),
        answer: later("500"),
        record: "500",
        ..LOST
    },
    Row {
        name: "fails with 503 and a page",
        does: |_| told(AT, 503, "<html>canary</html>"),
        answer: later("503"),
        record: "503",
        ..LOST
    },
    Row {
        name: "answers with nothing",
        does: |_| told(AT, 200, ""),
        answer: later("answered with nothing"),
        record: "answered with nothing",
        ..LOST
    },
    Row {
        name: "answers with a page",
        does: |_| told(AT, 200, "<html>canary</html>"),
        answer: later("a page instead of JSON"),
        record: "a page instead of JSON",
        ..LOST
    },
    Row {
        name: "answers with a form",
        does: |_| is(Misbehaviour::FormEncoded),
        answer: later("a form instead of JSON"),
        record: "a form instead of JSON",
        ..LOST
    },
    Row {
        name: "gives two access tokens",
        does: |_| {
            let two = r#"{"access_token":"canary","token_type":"Bearer","access_token":"canary2"}"#;
            told(AT, 200, two)
        },
        answer: later("ambiguous or not JSON"),
        record: "ambiguous or not JSON",
        ..LOST
    },
    Row {
        name: "nests 5,000 objects",
        does: |_| told(AT, 200, &deep()),
        answer: later("ambiguous or not JSON"),
        record: "ambiguous or not JSON",
        ..LOST
    },
    Row {
        name: "gives a token with a line break",
        does: |_| {
            told(
                AT,
                200,
                r#"{"access_token":"canary\r\nx: y","token_type":"Bearer"}"#,
            )
        },
        answer: later("cannot be sent in a header"),
        record: "cannot be sent in a header",
        ..LOST
    },
    Row {
        name: "gives a token that is no bearer token",
        does: |_| is(Misbehaviour::NotBearer),
        answer: later("of type mac"),
        record: "of type mac",
        ..LOST
    },
    Row {
        name: "gives a token of a negative life",
        does: |_| is(Misbehaviour::NegativeLifetime),
        answer: later("expires_in"),
        record: "expires_in",
        ..LOST
    },
    Row {
        name: "gives a token for more than the user was asked",
        does: |_| is(Misbehaviour::GrantsMore),
        answer: over("more scopes"),
        poll: Some(over("more scopes")),
        record: "the provider granted more scopes",
        ..LOST
    },
    Row {
        name: "gives a token for less than the user was asked",
        does: |_| is(Misbehaviour::GrantsLess),
        scopes: &["read", "write"],
        answer: Told::Done,
        poll: Some(over("fewer scopes")),
        record: "the user consented",
        ..LOST
    },
    Row {
        name: "says who the user is of another client",
        does: |_| is(Misbehaviour::IdTokenAudience("another-client".to_owned())),
        scopes: &["openid", "read"],
        answer: later("the token is not kept"),
        record: "the token is not kept",
        ..LOST
    },
    Row {
        name: "says who the user is of another issuer",
        does: |_| {
            is(Misbehaviour::IdTokenIssuer(
                "https://other.example".to_owned(),
            ))
        },
        scopes: &["openid", "read"],
        answer: later("the token is not kept"),
        record: "the token is not kept",
        ..LOST
    },
    Row {
        name: "sends 64 MiB",
        does: |_| huge(AT),
        answer: later("which are not read"),
        record: "which are not read",
        ..LOST
    },
    Row {
        name: "sends an answer without end",
        does: |_| endless(AT),
        answer: later("which are not read"),
        record: "which are not read",
        ..LOST
    },
    Row {
        name: "sends headers without end",
        does: |_| headers(AT),
        answer: later("broke off"),
        record: "broke off",
        ..LOST
    },
    Row {
        name: "says that it goes on, without end",
        does: |_| {
            bytes(
                AT,
                "HTTP/1.1 100 Continue\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\n",
            )
        },
        answer: later("did not answer in time"),
        record: "did not answer in time",
        within: Within::OneCall,
        ..LOST
    },
    Row {
        name: "sends less than it announced",
        does: |_| {
            bytes(
                AT,
                "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\ncanary",
                "",
            )
        },
        answer: later("broke off"),
        record: "broke off",
        ..LOST
    },
    Row {
        name: "packs its answer, unasked",
        does: |_| {
            let head = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 6\r\n\r\n";
            bytes(AT, &format!("{head}canary"), "")
        },
        answer: later("ambiguous or not JSON"),
        record: "ambiguous or not JSON",
        ..LOST
    },
    Row {
        name: "sends one byte a second",
        does: |_| is(Misbehaviour::TokenDrips),
        answer: later("did not answer in time"),
        record: "did not answer in time",
        within: Within::OneCall,
        ..LOST
    },
    Row {
        name: "never answers",
        does: |_| is(Misbehaviour::TokenHangs),
        answer: later("did not answer in time"),
        record: "did not answer in time",
        within: Within::OneCall,
        ..LOST
    },
    Row {
        name: "closes the connection",
        does: |_| is(Misbehaviour::TokenDown),
        answer: later("broke off"),
        record: "broke off",
        ..LOST
    },
    Row {
        name: "gives a token, and closes the connection before it says so",
        does: |_| is(Misbehaviour::ReplyLost),
        answer: later("broke off"),
        record: "broke off",
        ..LOST
    },
    Row {
        name: "redirects to a metadata address",
        does: |_| answers(AT, Answer::Redirects(METADATA_ADDRESS.to_owned())),
        answer: later("redirect"),
        record: "redirect",
        ..LOST
    },
    Row {
        name: "is not there",
        does: |scene| scene.goes_down().map(|()| None),
        answer: later("could not be connected to"),
        // Nothing was sent: the code is good still.
        poll: Some(Told::Waits),
        cured: Cured::SameCode,
        record: "could not be connected to",
        ..LOST
    },
    Row {
        name: "does not say how long its token lives",
        does: |_| is(Misbehaviour::NoLifetime),
        ..TAKEN
    },
    Row {
        name: "gives a token for half a trillion years",
        does: |_| is(Misbehaviour::HugeLifetime),
        ..TAKEN
    },
    Row {
        name: "gives no refresh token",
        does: |_| is(Misbehaviour::RefreshTokenAbsent),
        cured: Cured::AsksWhenOver,
        ..TAKEN
    },
    Row {
        name: "gives an empty refresh token",
        does: |_| is(Misbehaviour::RefreshTokenEmpty),
        cured: Cured::AsksWhenOver,
        ..TAKEN
    },
];
