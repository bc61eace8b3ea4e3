//! What the user's browser brings back.

use procura_demo::Misbehaviour;

use super::{over, refused};
use crate::prove::hostile_provider::row::{Cured, Doing, Row, Step, Told, is};

const BACK: Row = Row::at(Step::SentBack);
/// The session ends: the answer is of somebody else.
const MIXED_UP: Row = Row {
    answer: Told::BackWith("server_error"),
    poll: Some(over("another provider")),
    record: "the answer came from another provider",
    ..BACK
};
/// Nothing is made of it, and the user may try again.
const UNREAD: Row = Row {
    poll: Some(Told::Waits),
    cured: Cured::SameLink,
    ..BACK
};

fn query(query: &str) -> Doing {
    is(Misbehaviour::AuthorizationQuery(query.to_owned()))
}

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "names another's issuer",
        does: |_| {
            is(Misbehaviour::AuthorizationIssuer(
                "https://other.example".to_owned(),
            ))
        },
        ..MIXED_UP
    },
    Row {
        name: "names no issuer, and said that it would",
        does: |_| is(Misbehaviour::NoAuthorizationIssuer),
        ..MIXED_UP
    },
    Row {
        name: "names its issuer with a slash more",
        does: |_| query("code=CODE&state=STATE&iss=ISSUER%2F"),
        ..MIXED_UP
    },
    Row {
        name: "brings another's no",
        does: |_| query("error=access_denied&state=STATE&iss=https%3A%2F%2Fother.example"),
        ..MIXED_UP
    },
    Row {
        name: "brings no state",
        does: |_| is(Misbehaviour::NoState),
        answer: Told::Page(400, "without a state"),
        ..UNREAD
    },
    Row {
        name: "brings another state",
        does: |_| is(Misbehaviour::OtherState("canary".to_owned())),
        answer: Told::Page(404, "no such authorization session"),
        ..UNREAD
    },
    Row {
        name: "brings the code twice",
        does: |_| is(Misbehaviour::CodeRepeated),
        answer: Told::Page(400, "two parameters code"),
        ..UNREAD
    },
    Row {
        name: "names two issuers",
        does: |_| query("code=CODE&state=STATE&iss=ISSUER&iss=https%3A%2F%2Fother.example"),
        answer: Told::Page(400, "two parameters iss"),
        ..UNREAD
    },
    Row {
        name: "brings a code and an error",
        does: |_| query("code=CODE&error=access_denied&state=STATE&iss=ISSUER"),
        answer: Told::Page(400, "both a code and an error"),
        ..UNREAD
    },
    Row {
        name: "brings neither a code nor an error",
        does: |_| query("state=STATE&iss=ISSUER"),
        answer: Told::Page(400, "neither a code nor an error"),
        ..UNREAD
    },
    Row {
        name: "brings a code of 5,000 characters",
        does: |_| query(&format!("code={}&state=STATE&iss=ISSUER", "x".repeat(5000))),
        answer: Told::Page(400, "unusable code"),
        ..UNREAD
    },
    Row {
        name: "brings a code with a line break",
        does: |_| query("code=CODE%0D%0Ax-canary:%201&state=STATE&iss=ISSUER"),
        answer: Told::Page(400, "unusable code"),
        ..UNREAD
    },
    Row {
        name: "brings escapes that are none",
        does: |_| query("code=%zz&state=STATE&iss=ISSUER"),
        answer: Told::Page(400, "not well-formed"),
        ..UNREAD
    },
    Row {
        name: "brings 17,000 characters",
        does: |_| {
            query(&format!(
                "code=CODE&state=STATE&iss=ISSUER&x={}",
                "x".repeat(17_000)
            ))
        },
        answer: Told::Page(400, "The address is too long"),
        ..UNREAD
    },
    Row {
        name: "brings its words for people as a script",
        does: |_| {
            query("error=server_error&error_description=%3Cscript%3Ecanary&state=STATE&iss=ISSUER")
        },
        answer: Told::BackWith("server_error"),
        poll: Some(over("refused the authorization request")),
        record: "refused the authorization request: server_error",
        ..BACK
    },
    Row {
        name: "brings the code of another flow",
        does: |scene| {
            let stolen = scene.stolen_code()?;
            query(&format!("code={stolen}&state=STATE&iss=ISSUER"))
        },
        answer: refused("invalid_grant"),
        poll: Some(over("did not give a token")),
        record: "invalid_grant",
        ..BACK
    },
];
