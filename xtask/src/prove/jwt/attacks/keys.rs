//! Attacks that lie in the key set, and floods that a key set must bear (rows 64, 65).

use procura_protocol::jose::Algorithm;
use procura_protocol::jose::jwk::{DOCUMENT_BYTES_MAX, KEYS_MAX};
use procura_protocol::jose::signing::TokenSigningKey;
use procura_protocol::testing::jose as forge;
use serde_json::{Map, Value, json};

use super::{Attack, sign};
use crate::prove::jwt::{Issuer, Trial};

/// Tokens with a `kid` that nobody published.
const UNKNOWN_NAMES: usize = 1000;

pub(super) fn attacks(issuer: &Issuer) -> anyhow::Result<Vec<Attack>> {
    let mut attacks = rotation(issuer)?;
    attacks.extend(unusable(issuer)?);
    attacks.extend(floods(issuer)?);
    Ok(attacks)
}

fn attack(
    row: u8,
    name: impl Into<String>,
    (attempt, honest): (Trial, Trial),
    refusals: &'static [&'static str],
) -> Attack {
    Attack {
        row,
        name: name.into(),
        attempt,
        honest,
        refusals,
    }
}

/// A trial of a token against a set of these keys.
fn against(issuer: &Issuer, token: &str, keys: &[Value]) -> Trial {
    Trial {
        jwks: json!({ "keys": keys }).to_string(),
        ..issuer.trial(token.to_owned())
    }
}

fn changed(jwk: &Value, name: &str, value: Value) -> Value {
    let mut jwk = jwk.clone();
    if let Some(members) = jwk.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
    jwk
}

fn rotation(issuer: &Issuer) -> anyhow::Result<Vec<Attack>> {
    let old = issuer.es256()?;
    let new = TokenSigningKey::generate(Algorithm::Es256)?;
    let by_old = issuer.token(Algorithm::Es256, &Issuer::claims())?;
    let by_new = new.sign(&Map::new(), Issuer::claims().to_string().as_bytes())?;
    let same_name = changed(&new.public_jwk(), "kid", json!(old.key_id()));
    let pair = |token: &str, keys: &[Value], honest: &[Value]| {
        (against(issuer, token, keys), against(issuer, token, honest))
    };
    let (old, new, none) = ([old.public_jwk()], [new.public_jwk()], []);
    let twice = [old.clone(), old.clone()].concat();
    let both = [old.clone(), [same_name.clone()]].concat();
    let same_name = [same_name];
    let pairs: [(_, _, &'static [&'static str]); 4] = [
        (
            "a new key before its set is fetched",
            pair(&by_new, &old, &new),
            &["UnknownKey"],
        ),
        ("a removed key", pair(&by_old, &none, &old), &["UnknownKey"]),
        (
            "the same kid with a new key",
            pair(&by_old, &same_name, &old),
            &["BadSignature"],
        ),
        (
            "one kid for two keys",
            pair(&by_old, &both, &twice),
            &["UnknownKey"],
        ),
    ];
    let attacks = pairs.into_iter();
    Ok(attacks
        .map(|(name, pair, refusals)| attack(64, name, pair, refusals))
        .collect())
}

fn unusable(issuer: &Issuer) -> anyhow::Result<Vec<Attack>> {
    let mut attacks = Vec::new();
    let rsa = issuer.key(Algorithm::Rs256)?.public_jwk();
    let modulus = rsa.get("n").and_then(Value::as_str).unwrap_or_default();
    let modulus = forge::from_base64url(modulus).unwrap_or_default();
    let short = |bytes: usize| {
        let (_, tail) = modulus.split_at_checked(modulus.len().saturating_sub(bytes))?;
        Some(json!(forge::base64url(&[&[0x81], tail.get(1..)?].concat())))
    };
    let ec = issuer.es256()?.public_jwk();
    for (algorithm, name, value) in [
        (Algorithm::Es256, "use", json!("enc")),
        (Algorithm::Es256, "key_ops", json!(["encrypt"])),
        (Algorithm::Es256, "d", json!("AA")),
        (Algorithm::Es256, "kty", json!("oct")),
        (Algorithm::Es256, "crv", json!("secp256k1")),
        (Algorithm::Es256, "alg", json!("ES384")),
        (
            Algorithm::Es256,
            "y",
            ec.get("x").cloned().unwrap_or_default(),
        ),
        (Algorithm::Es256, "x", json!("AA")),
        (Algorithm::Rs256, "n", short(64).unwrap_or_default()),
        (Algorithm::Rs256, "n", short(128).unwrap_or_default()),
        (Algorithm::Rs256, "e", json!("Aw")),
        (Algorithm::Rs256, "e", json!("AQAA")),
        (Algorithm::Rs256, "alg", json!("PS256")),
    ] {
        let token = issuer.token(algorithm, &Issuer::claims())?;
        let jwk = issuer.key(algorithm)?.public_jwk();
        let attempt = against(issuer, &token, &[changed(&jwk, name, value.clone())]);
        let honest = against(issuer, &token, &[jwk]);
        let name = format!("a key with {name} {value}");
        attacks.push(attack(64, name, (attempt, honest), &["UnknownKey"]));
    }
    Ok(attacks)
}

fn floods(issuer: &Issuer) -> anyhow::Result<Vec<Attack>> {
    let mut attacks = Vec::new();
    let token = issuer.token(Algorithm::Es256, &Issuer::claims())?;
    let own = issuer.es256()?.public_jwk();
    let keys = |count: usize| {
        let mut keys = vec![json!({ "kty": "oct" }); count.saturating_sub(1)];
        keys.push(own.clone());
        keys
    };
    let pair = (
        against(issuer, &token, &keys(KEYS_MAX + 1)),
        against(issuer, &token, &keys(KEYS_MAX)),
    );
    attacks.push(attack(
        65,
        "more than a hundred keys",
        pair,
        &["TooManyKeys"],
    ));
    let padded = |bytes: usize| {
        let trial = against(issuer, &token, std::slice::from_ref(&own));
        let jwks = format!(
            "{}{}",
            " ".repeat(bytes.saturating_sub(trial.jwks.len())),
            trial.jwks
        );
        Trial { jwks, ..trial }
    };
    let pair = (padded(DOCUMENT_BYTES_MAX + 1), padded(DOCUMENT_BYTES_MAX));
    attacks.push(attack(65, "a set of more than 256 KiB", pair, &["TooLong"]));
    let repeated = |name: &str| {
        let jwks = format!(r#"{{"keys":[{own}],"{name}":[]}}"#);
        Trial {
            jwks,
            ..issuer.trial(token.clone())
        }
    };
    attacks.push(attack(
        65,
        "two sets in one",
        (repeated("keys"), repeated("other")),
        &["Json"],
    ));
    // Without a kid, no more than four keys are tried.
    let payload = Issuer::claims().to_string();
    let unnamed = sign(issuer.es256()?, r#"{"alg":"ES256"}"#, &payload)?;
    let strangers = |count: usize| -> anyhow::Result<Vec<Value>> {
        let mut keys = vec![own.clone()];
        for _ in 0..count {
            keys.push(TokenSigningKey::generate(Algorithm::Es256)?.public_jwk());
        }
        Ok(keys)
    };
    let pair = (
        against(issuer, &unnamed, &strangers(4)?),
        against(issuer, &unnamed, &strangers(3)?),
    );
    attacks.push(attack(65, "no kid and many keys", pair, &["AmbiguousKey"]));
    for number in 0..UNKNOWN_NAMES {
        let header = format!(r#"{{"alg":"ES256","kid":"random-{number}"}}"#);
        let unknown = forge::compact(&header, Issuer::claims().to_string().as_bytes(), |_| {
            vec![1; 64]
        });
        let pair = (issuer.trial(unknown), issuer.honest()?);
        attacks.push(attack(65, "an unknown kid", pair, &["UnknownKey"]));
    }
    Ok(attacks)
}
