//! What becomes of a user who is sent away.

use procura_demo::Misbehaviour;

use super::{METADATA_ADDRESS, over, refused};
use crate::prove::hostile_provider::row::{Cured, Row, Step, Told, is};

const AWAY: Row = Row {
    answer: Told::BackWith("server_error"),
    ..Row::at(Step::SentAway)
};
const MIXED_UP: Row = Row {
    poll: Some(over("another provider")),
    record: "the answer came from another provider",
    ..AWAY
};

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "says no without asking the user",
        does: |_| is(Misbehaviour::AuthorizationError("access_denied".to_owned())),
        answer: Told::BackWith("access_denied"),
        poll: Some(over("did not consent")),
        record: "the user did not consent at the provider: access_denied",
        ..AWAY
    },
    Row {
        name: "cannot now",
        does: |_| {
            is(Misbehaviour::AuthorizationError(
                "temporarily_unavailable".to_owned(),
            ))
        },
        poll: Some(over("refused the authorization request")),
        record: "temporarily_unavailable",
        ..AWAY
    },
    Row {
        name: "says no in letters that no error is written in",
        does: |_| {
            let error = "\"canary\"\u{1b}[2J".to_owned();
            is(Misbehaviour::AuthorizationError(error))
        },
        poll: Some(over("refused the authorization request")),
        record: "an error code that is not registered",
        ..AWAY
    },
    Row {
        name: "sends the user on to an honest provider",
        does: |scene| is(Misbehaviour::AuthorizeRedirects(scene.honest_authorize())),
        ..MIXED_UP
    },
    Row {
        name: "sends the user on, to come back to another's callback",
        does: |scene| {
            let (honest, back) = (scene.honest_authorize(), scene.anothers_callback()?);
            is(Misbehaviour::AuthorizeRedirects(format!(
                "{honest}?redirect_uri={back}"
            )))
        },
        ..MIXED_UP
    },
    Row {
        name: "sends the user back at once with a code that it made up",
        does: |scene| {
            let (callback, issuer) = (scene.callback(), scene.provider().issuer());
            let url = format!("{callback}?code=made-up&iss={issuer}");
            is(Misbehaviour::AuthorizeRedirects(url))
        },
        answer: refused("invalid_grant"),
        poll: Some(over("did not give a token")),
        record: "invalid_grant",
        ..AWAY
    },
    Row {
        name: "sends the user back at once with nothing",
        does: |scene| {
            is(Misbehaviour::AuthorizeRedirects(
                scene.callback().to_owned(),
            ))
        },
        answer: Told::Page(400, "neither a code nor an error"),
        poll: Some(Told::Waits),
        cured: Cured::SameLink,
        ..AWAY
    },
    Row {
        name: "sends the user to a metadata address",
        does: |_| {
            is(Misbehaviour::AuthorizeRedirects(
                METADATA_ADDRESS.to_owned(),
            ))
        },
        answer: Told::LedAstray,
        poll: Some(Told::Waits),
        cured: Cured::SameLink,
        ..AWAY
    },
];
