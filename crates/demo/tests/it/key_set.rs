//! `GET /jwks`, and what rotation does to it.

use std::collections::BTreeSet;

use procura_demo::Misbehaviour;
use procura_protocol::jose::jwk::KeySet;
use procura_protocol::jose::{Algorithm, jws};
use serde_json::json;

use crate::client::Served;

const ALGORITHMS: [Algorithm; 3] = [Algorithm::Es256, Algorithm::Rs256, Algorithm::EdDsa];

#[expect(clippy::unwrap_used, reason = "a test's own key set")]
async fn key_set(served: &Served) -> KeySet {
    let reply = served.get("/jwks").await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("cache-control"), Some("max-age=300"));
    assert_eq!(reply.header("content-type"), Some("application/json"));
    let keys = KeySet::parse(reply.body.as_bytes()).unwrap();
    assert_eq!(keys.skipped(), []);
    keys
}

#[expect(clippy::unwrap_used, reason = "tests' own keys have names")]
fn names(keys: &KeySet) -> BTreeSet<String> {
    keys.keys()
        .iter()
        .map(|key| key.key_id().unwrap().to_owned())
        .collect()
}

fn holds(keys: &KeySet, token: &str) -> bool {
    let token = jws::Unverified::parse(token, 16 * 1024);
    token.is_ok_and(|token| token.verify(keys, &ALGORITHMS).is_ok())
}

#[tokio::test]
async fn there_is_a_key_for_each_algorithm() {
    let served = Served::start().await;
    let keys = key_set(&served).await;
    assert_eq!(keys.keys().len(), 3);
    for algorithm in ALGORITHMS {
        assert!(
            keys.keys().iter().any(|key| key.is_for(algorithm)),
            "{algorithm}"
        );
        let token = served.provider.user_token_with(json!({}), algorithm, None);
        assert!(holds(&keys, &token), "{algorithm}");
    }
    assert_eq!(served.provider.key_set_requests(), 1);
}

#[tokio::test]
async fn rotation_renames_every_key_and_keeps_the_old_ones_or_not() {
    let served = Served::start().await;
    let provider = &served.provider;
    let old_token = provider.user_token("alice");
    let first = names(&key_set(&served).await);
    provider.rotate_keys(true);
    let both = key_set(&served).await;
    assert_eq!(both.keys().len(), 6);
    assert!(first.is_subset(&names(&both)));
    assert!(holds(&both, &old_token) && holds(&both, &provider.user_token("alice")));
    provider.rotate_keys(false);
    let last = key_set(&served).await;
    assert_eq!(last.keys().len(), 3);
    assert!(names(&last).is_disjoint(&names(&both)));
    assert!(!holds(&last, &old_token) && holds(&last, &provider.user_token("alice")));
}

#[tokio::test]
async fn the_key_set_misbehaves_on_demand() {
    let served = Served::start().await;
    let provider = &served.provider;
    provider.misbehave(Some(Misbehaviour::KeySetBody("no".to_owned())));
    assert_eq!(served.get("/jwks").await.body, "no");
    provider.misbehave(Some(Misbehaviour::KeySetHuge(300_000)));
    let huge = served.get("/jwks").await;
    assert!(huge.body.len() > 300_000 && huge.json()["keys"].is_array());
    provider.misbehave(Some(Misbehaviour::KeySetDown));
    assert!(served.send("GET", "/jwks", &[], "").await.is_none());
    provider.misbehave(None);
    assert_eq!(key_set(&served).await.keys().len(), 3);
    assert_eq!(provider.key_set_requests(), 4);
}
