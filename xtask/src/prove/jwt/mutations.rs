//! Every byte of a valid token, changed; and the parts of two valid tokens, mixed.

use anyhow::{bail, ensure};
use serde_json::json;

use super::{Issuer, Trial};

/// Gives how many changed tokens were refused.
pub(super) fn run(issuer: &Issuer, full: bool) -> anyhow::Result<usize> {
    let mut mutations = 0;
    let mut must_refuse = |trial: &Trial, token: String, what: &str| {
        mutations += 1;
        let changed = Trial {
            token,
            ..trial.clone()
        };
        match changed.receive() {
            Ok(()) => bail!("accepted a token with {what}:\n{}", changed.token),
            Err(_) => Ok(()),
        }
    };
    for key in &issuer.keys {
        let trial = issuer.trial(issuer.token(key.algorithm(), &Issuer::claims())?);
        ensure!(
            trial.receive().is_ok(),
            "an honest {} token is refused",
            key.algorithm()
        );
        let bytes = trial.token.as_bytes();
        for (at, old) in bytes.iter().enumerate() {
            for new in replacements(*old, full) {
                let mut changed = bytes.to_vec();
                changed.splice(at..=at, [new]);
                // What is not text never reaches the verifier.
                if let Ok(changed) = String::from_utf8(changed) {
                    must_refuse(&trial, changed, "a byte changed")?;
                }
            }
            let mut shorter = bytes.to_vec();
            shorter.remove(at);
            must_refuse(&trial, String::from_utf8(shorter)?, "a byte removed")?;
            let mut longer = bytes.to_vec();
            longer.insert(at, b'A');
            must_refuse(&trial, String::from_utf8(longer)?, "a byte inserted")?;
        }
        let other = Issuer::claims_with(&json!({ "sub": "bob" }));
        let other = issuer.token(key.algorithm(), &other)?;
        for mixed in mix(&trial.token, &other) {
            must_refuse(&trial, mixed, "parts of another")?;
        }
    }
    Ok(mutations)
}

/// Eight one-bit neighbours and three other values; with `full`, all others.
fn replacements(old: u8, full: bool) -> Vec<u8> {
    if full {
        return (0..=255).filter(|new| *new != old).collect();
    }
    let bits = (0..8).map(|bit| old ^ (1 << bit));
    bits.chain([old.wrapping_add(1), old.wrapping_sub(1), !old])
        .collect()
}

/// All tokens that have parts of both. Both have the same header.
fn mix(one: &str, other: &str) -> Vec<String> {
    let parts = |token: &str| token.split('.').map(str::to_owned).collect::<Vec<_>>();
    let (one, other) = (parts(one), parts(other));
    match (one.as_slice(), other.as_slice()) {
        ([header, mine, my_signature], [_, yours, your_signature]) => vec![
            format!("{header}.{mine}.{your_signature}"),
            format!("{header}.{yours}.{my_signature}"),
        ],
        _ => Vec::new(),
    }
}
