//! The attacks of group D, each with its honest pair.

mod keys;
mod tokens;

use std::collections::BTreeMap;

use anyhow::{bail, ensure};
use procura_protocol::jose::signing::TokenSigningKey;
use procura_protocol::testing::jose as forge;

use super::{Issuer, Receive, Trial};

/// The rows of the catalogue that must each have at least one attack. 66 and 69 need two issuers or
/// a store; of 65 and 70, what needs no network is here.
const ROWS: [u8; 13] = [53, 54, 56, 57, 58, 60, 61, 62, 64, 65, 67, 68, 70];

/// One attempt and the honest use that it imitates.
struct Attack {
    row: u8,
    name: String,
    attempt: Trial,
    honest: Trial,
    /// The names of the refusals that are right.
    refusals: &'static [&'static str],
}

/// Tries all; gives how many were refused.
pub(super) fn run(issuer: &Issuer, receive: Receive) -> anyhow::Result<usize> {
    let mut attacks = tokens::attacks(issuer)?;
    attacks.extend(keys::attacks(issuer)?);
    let mut rows = BTreeMap::<u8, usize>::new();
    for attack in &attacks {
        let Attack { row, name, .. } = attack;
        if let Err(error) = receive(&attack.honest) {
            bail!("attack {row}, {name}: the honest pair is refused: {error:?}");
        }
        match receive(&attack.attempt) {
            Ok(()) => bail!("attack {row}, {name}: accepted"),
            Err(error) => ensure!(
                attack.refusals.contains(&error.name().as_str()),
                "attack {row}, {name}: refused for another reason: {error:?}"
            ),
        }
        *rows.entry(*row).or_default() += 1;
    }
    for row in ROWS {
        let count = rows.get(&row).copied().unwrap_or_default();
        ensure!(count > 0, "attack {row} was not tried");
        println!("attack {row}: refused {count}, each with its honest pair accepted");
    }
    ensure!(
        rows.len() == ROWS.len(),
        "an attack is of no row of the table"
    );
    Ok(attacks.len())
}

/// The compact form of any header and payload, signed by `key`.
fn sign(key: &TokenSigningKey, header: &str, payload: &str) -> anyhow::Result<String> {
    let mut failed = None;
    let token = forge::compact(header, payload.as_bytes(), |input| {
        forge::signature(key, input).unwrap_or_else(|error| {
            failed = Some(error);
            Vec::new()
        })
    });
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(token),
    }
}
