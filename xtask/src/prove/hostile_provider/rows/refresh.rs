//! What a refresh token is answered with.

use procura_demo::{Answer, Endpoint, Misbehaviour, RefreshPolicy};

use super::{METADATA_ADDRESS, answers, endless, huge, later, refused, told};
use crate::prove::hostile_provider::row::{Cured, Row, Step, Told, Within, is};

const AT: Endpoint = Endpoint::Token;
const IN_DOUBT: &str = "in doubt whether the provider did";
const LATER: &str = "it is tried again later";
const ENDED: &str = "the user has to consent again";
/// A moment's fault: the connection lives on.
const PASSING: Row = Row {
    cured: Cured::Renews,
    record: IN_DOUBT,
    ..Row::at(Step::Renewed)
};
/// The provider's last word.
const LAST: Row = Row {
    answer: Told::Consent,
    record: ENDED,
    ..Row::at(Step::Renewed)
};
/// It is odd, and good.
const TAKEN: Row = Row {
    answer: Told::Token,
    cured: Cured::Renews,
    record: ": renewed; generation 2",
    ..Row::at(Step::Renewed)
};
/// As long as the token is good it is given; then the caller is told when to come again.
const EARLY: Row = Row {
    answer: later("renew"),
    cured: Cured::Renews,
    record: IN_DOUBT,
    ..Row::at(Step::RenewedEarly)
};

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "does not know the refresh token any more",
        does: |_| told(AT, 400, r#"{"error":"invalid_grant"}"#),
        ..LAST
    },
    Row {
        name: "says so with the status of a yes",
        does: |_| told(AT, 200, r#"{"error":"bad_refresh_token"}"#),
        ..LAST
    },
    Row {
        name: "does not know the client any more",
        does: |_| told(AT, 401, r#"{"error":"invalid_client"}"#),
        answer: refused("invalid_client"),
        record: LATER,
        ..PASSING
    },
    Row {
        name: "says no and repeats the client's secret",
        does: |_| is(Misbehaviour::EchoesSecret),
        answer: refused("invalid_client"),
        record: LATER,
        ..PASSING
    },
    Row {
        name: "asks for patience",
        does: |_| told(AT, 429, r#"{"error":"slow_down"}"#),
        answer: later("slow_down"),
        record: LATER,
        ..PASSING
    },
    Row {
        name: "fails with 503",
        does: |_| told(AT, 503, "canary"),
        answer: later("503"),
        ..PASSING
    },
    Row {
        name: "answers with a page",
        does: |_| told(AT, 200, "<html>canary</html>"),
        answer: later("a page instead of JSON"),
        ..PASSING
    },
    Row {
        name: "sends 64 MiB",
        does: |_| huge(AT),
        answer: later("which are not read"),
        ..PASSING
    },
    Row {
        name: "sends an answer without end",
        does: |_| endless(AT),
        answer: later("which are not read"),
        ..PASSING
    },
    Row {
        name: "sends one byte a second",
        does: |_| is(Misbehaviour::TokenDrips),
        answer: later("did not answer in time"),
        within: Within::OneCall,
        ..PASSING
    },
    Row {
        name: "never answers",
        does: |_| is(Misbehaviour::RefreshHangs),
        answer: later("did not answer in time"),
        within: Within::OneCall,
        ..PASSING
    },
    Row {
        name: "closes the connection",
        does: |_| is(Misbehaviour::TokenDown),
        answer: later("broke off"),
        ..PASSING
    },
    Row {
        name: "redirects to a metadata address",
        does: |_| answers(AT, Answer::Redirects(METADATA_ADDRESS.to_owned())),
        answer: later("redirect"),
        ..PASSING
    },
    Row {
        name: "is not there",
        does: |scene| scene.goes_down().map(|()| None),
        answer: later("could not be connected to"),
        record: LATER,
        ..PASSING
    },
    Row {
        name: "renews, loses its answer, and gives it again",
        does: |scene| {
            scene.renews_by(RefreshPolicy::Grace { seconds: 60 });
            is(Misbehaviour::ReplyLost)
        },
        answer: later("broke off"),
        ..PASSING
    },
    Row {
        name: "renews, loses its answer, and does not give it again",
        does: |_| is(Misbehaviour::ReplyLost),
        answer: later("broke off"),
        cured: Cured::Asks,
        record: ENDED,
        ..PASSING
    },
    Row {
        name: "renews for a negative life",
        does: |_| is(Misbehaviour::NegativeLifetime),
        answer: later("expires_in"),
        // What it said cannot be used, and the refresh token is.
        cured: Cured::Asks,
        ..PASSING
    },
    Row {
        name: "renews for more than the user agreed to",
        does: |_| is(Misbehaviour::GrantsMore),
        answer: Told::Consent,
        cured: Cured::Asks,
        record: ": renewed; generation 2",
        ..TAKEN
    },
    Row {
        name: "renews for less than the user agreed to",
        does: |_| is(Misbehaviour::GrantsLess),
        answer: Told::Consent,
        cured: Cured::Asks,
        ..TAKEN
    },
    Row {
        name: "sends no refresh token, and the old one stays good",
        does: |scene| {
            scene.renews_by(RefreshPolicy::Static);
            is(Misbehaviour::RefreshTokenAbsent)
        },
        ..TAKEN
    },
    Row {
        name: "sends an empty refresh token, and the old one stays good",
        does: |scene| {
            scene.renews_by(RefreshPolicy::Static);
            is(Misbehaviour::RefreshTokenEmpty)
        },
        ..TAKEN
    },
    Row {
        name: "sends no refresh token, and takes the old one no more",
        does: |_| is(Misbehaviour::RefreshTokenAbsent),
        cured: Cured::AsksWhenOver,
        ..TAKEN
    },
    Row {
        name: "sends the same refresh token again",
        does: |_| is(Misbehaviour::RefreshTokenStays),
        ..TAKEN
    },
    Row {
        name: "fails with 503 while the token is good",
        does: |_| told(AT, 503, "canary"),
        ..EARLY
    },
    Row {
        name: "closes the connection while the token is good",
        does: |_| is(Misbehaviour::TokenDown),
        ..EARLY
    },
    Row {
        name: "is not there while the token is good",
        does: |scene| scene.goes_down().map(|()| None),
        record: LATER,
        ..EARLY
    },
    Row {
        name: "never answers while the token is good",
        does: |_| is(Misbehaviour::RefreshHangs),
        within: Within::AnothersCall,
        ..EARLY
    },
    Row {
        name: "sends one byte a second while the token is good",
        does: |_| is(Misbehaviour::TokenDrips),
        within: Within::AnothersCall,
        ..EARLY
    },
];
