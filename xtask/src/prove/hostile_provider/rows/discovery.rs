//! What a provider says of itself.

use procura_demo::{Answer, DemoProvider, Endpoint, Misbehaviour};
use serde_json::json;

use super::{METADATA_ADDRESS, answers, deep, endless, headers, huge, later, refused, told};
use crate::prove::hostile_provider::row::{Cured, Doing, Row, Step, Told, Within, is};

const AT: Endpoint = Endpoint::Metadata;
const FIRST: Row = Row::at(Step::FirstUse);
const FOUND: Row = Row {
    answer: Told::Token,
    cured: Cured::LivesOn,
    record: "the user consented",
    ..Row::at(Step::Found)
};

/// The metadata with other members in the place of the honest ones.
fn with(provider: &DemoProvider, members: &serde_json::Value) -> Doing {
    let issuer = provider.issuer();
    let mut document = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "code_challenge_methods_supported": ["S256"],
    });
    if let (Some(document), Some(members)) = (document.as_object_mut(), members.as_object()) {
        document.extend(members.clone());
    }
    is(Misbehaviour::DiscoveryBody(document.to_string()))
}

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "names another's issuer",
        does: |_| {
            is(Misbehaviour::DiscoveryIssuer(
                "https://accounts.example".to_owned(),
            ))
        },
        answer: refused("another issuer"),
        record: "names another issuer",
        ..FIRST
    },
    Row {
        name: "writes its own issuer in capitals",
        does: |scene| {
            let capitals = scene.provider().issuer().to_uppercase();
            is(Misbehaviour::DiscoveryIssuer(capitals))
        },
        answer: refused("another issuer"),
        record: "names another issuer",
        ..FIRST
    },
    Row {
        name: "has no issuer",
        does: |scene| with(scene.provider(), &json!({ "issuer": null })),
        answer: refused("has no issuer"),
        record: "has no issuer",
        ..FIRST
    },
    Row {
        name: "has no token endpoint",
        does: |scene| with(scene.provider(), &json!({ "token_endpoint": null })),
        answer: refused("has no token_endpoint"),
        record: "has no token_endpoint",
        ..FIRST
    },
    Row {
        name: "names two token endpoints",
        does: |scene| {
            let issuer = scene.provider().issuer();
            is(Misbehaviour::DiscoveryBody(format!(
                r#"{{"issuer":"{issuer}","token_endpoint":"{issuer}/token","token_endpoint":"http://canary/"}}"#
            )))
        },
        answer: refused("ambiguous or not JSON"),
        record: "ambiguous or not JSON",
        ..FIRST
    },
    Row {
        name: "sends users to a script",
        does: |scene| {
            let script = json!({ "authorization_endpoint": "javascript:canary()" });
            with(scene.provider(), &script)
        },
        answer: refused("authorization_endpoint of the discovery document is not usable"),
        record: "authorization_endpoint of the discovery document is not usable",
        ..FIRST
    },
    Row {
        name: "has tokens asked of a file",
        does: |scene| {
            with(
                scene.provider(),
                &json!({ "token_endpoint": "file:///canary" }),
            )
        },
        answer: refused("token_endpoint of the discovery document is not usable"),
        record: "token_endpoint of the discovery document is not usable",
        ..FIRST
    },
    Row {
        name: "has tokens asked of a metadata address",
        does: |scene| {
            with(
                scene.provider(),
                &json!({ "token_endpoint": METADATA_ADDRESS }),
            )
        },
        answer: refused("169.254.169.254"),
        cured: Cured::Repaired,
        record: "169.254.169.254",
        ..FIRST
    },
    Row {
        name: "has tokens asked of this service",
        does: |scene| {
            let own = json!({ "token_endpoint": scene.own_url() });
            with(scene.provider(), &own)
        },
        answer: refused("127.0.0.1"),
        cured: Cured::Repaired,
        record: "127.0.0.1",
        ..FIRST
    },
    Row {
        name: "swaps its two endpoints",
        does: |scene| {
            let issuer = scene.provider().issuer();
            let swapped = json!({
                "authorization_endpoint": format!("{issuer}/token"),
                "token_endpoint": format!("{issuer}/authorize"),
            });
            with(scene.provider(), &swapped)
        },
        // Nobody can know; the user sees no page to say yes on, and no code comes.
        answer: Told::Consent,
        cured: Cured::Repaired,
        record: "the user has to consent",
        ..FIRST
    },
    Row {
        name: "knows PKCE in the clear only",
        does: |scene| {
            let plain = json!({ "code_challenge_methods_supported": ["plain"] });
            with(scene.provider(), &plain)
        },
        answer: refused("PKCE with S256"),
        cured: Cured::Repaired,
        record: "PKCE with S256",
        ..FIRST
    },
    Row {
        name: "says something that is no JSON",
        does: |_| {
            is(Misbehaviour::DiscoveryBody(
                "<html>canary</html>".to_owned(),
            ))
        },
        answer: refused("ambiguous or not JSON"),
        record: "ambiguous or not JSON",
        ..FIRST
    },
    Row {
        name: "nests 5,000 objects",
        does: |_| is(Misbehaviour::DiscoveryBody(deep())),
        answer: refused("ambiguous or not JSON"),
        record: "ambiguous or not JSON",
        ..FIRST
    },
    Row {
        name: "sends 64 MiB",
        does: |_| huge(AT),
        answer: later("which are not read"),
        record: "which are not read",
        ..FIRST
    },
    Row {
        name: "sends a document without end",
        does: |_| endless(AT),
        answer: later("which are not read"),
        record: "which are not read",
        ..FIRST
    },
    Row {
        name: "sends headers without end",
        does: |_| headers(AT),
        answer: later("broke off"),
        record: "broke off",
        ..FIRST
    },
    Row {
        name: "sends one byte a second",
        does: |_| answers(AT, Answer::Drips),
        answer: later("did not answer in time"),
        record: "did not answer in time",
        within: Within::OneCall,
        ..FIRST
    },
    Row {
        name: "never answers",
        does: |_| answers(AT, Answer::Hangs),
        answer: later("did not answer in time"),
        record: "did not answer in time",
        within: Within::OneCall,
        ..FIRST
    },
    Row {
        name: "closes the connection",
        does: |_| answers(AT, Answer::Down),
        answer: later("broke off"),
        record: "broke off",
        ..FIRST
    },
    Row {
        name: "is not there",
        does: |scene| scene.goes_down().map(|()| None),
        answer: later("could not be connected to"),
        record: "could not be connected to",
        ..FIRST
    },
    Row {
        name: "speaks another protocol",
        does: |_| super::bytes(AT, "SSH-2.0-canary\r\n", ""),
        answer: later("did not speak HTTP"),
        record: "did not speak HTTP",
        ..FIRST
    },
    Row {
        name: "redirects to a metadata address",
        does: |_| answers(AT, Answer::Redirects(METADATA_ADDRESS.to_owned())),
        answer: later("redirect"),
        record: "redirect",
        ..FIRST
    },
    Row {
        name: "fails with 503",
        does: |_| told(AT, 503, "canary"),
        answer: later("status 503"),
        record: "status 503",
        ..FIRST
    },
    Row {
        name: "has no such page",
        does: |_| told(AT, 404, "canary"),
        answer: refused("status 404"),
        record: "status 404",
        ..FIRST
    },
    Row {
        name: "names another token endpoint later on",
        does: |_| {
            is(Misbehaviour::DiscoveryTokenEndpoint(
                "http://127.0.0.1:9/token".to_owned(),
            ))
        },
        ..FOUND
    },
    Row {
        name: "never answers later on",
        does: |_| answers(AT, Answer::Hangs),
        ..FOUND
    },
];
