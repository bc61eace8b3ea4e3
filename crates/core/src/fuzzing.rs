//! For fuzzing only: readers of stored and exported bytes as functions of bytes. They may refuse;
//! what they may never do is an assertion. No stability is promised.

use std::sync::OnceLock;

use crate::account::AccountId;
use crate::audit::chain::ChainHead;
use crate::audit::export::{CHECKPOINT_LINE, TITLE, Verifier};
use crate::audit::note::{ChainState, Checkpoint, ClosedChains, Signer, VerifierKey};
use crate::audit::record::{Entry, Record, Verdict};
use crate::audit::tree::CompactTree;
use crate::digest::length_prefixed;
use crate::entropy::OsEntropy;
use crate::id::{ChainId, DeploymentId, KeyId, NodeId, RecordId, UserId};
use crate::sealing::{Location, Sealed, SealingKey, Subject, open, seal};
use crate::secret::Plain;
use crate::secret::kind::{ApiKey, CheckpointSeed};
use crate::time::Timestamp;
use crate::workload_access_token::Presented;

/// Opens `data` as a sealed value, and as a token. Nothing but [`sealed_value`] opens.
pub fn sealed(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        let token = Presented::parse(text);
        let _ = token.map(|token| token.key().map(drop));
    }
    let value = Sealed::<ApiKey>::from_stored(data.to_vec());
    let _ = (value.key(), value.fingerprint());
    let Some((key, genuine)) = sealed_value() else {
        return;
    };
    if open(key, &place(), &value).is_ok() {
        assert!(data == genuine, "something else than what was sealed opens");
    }
}

/// The one value of this process that was sealed, and its key.
pub fn sealed_value() -> Option<&'static (SealingKey, Vec<u8>)> {
    static GENUINE: OnceLock<Option<(SealingKey, Vec<u8>)>> = OnceLock::new();
    let make = || {
        // A key of this process: what another one has sealed is not genuine here.
        let key = SealingKey::generate(KeyId::from_bytes([7; 16]), 1, &mut OsEntropy);
        let plain = Plain::<ApiKey>::new(b"key of the resource".to_vec());
        let sealed = seal(&mut OsEntropy, &key, &place(), &plain).ok()?;
        Some((key, sealed.as_bytes().to_vec()))
    };
    GENUINE.get_or_init(make).as_ref()
}

fn place() -> Location<'static> {
    Location {
        deployment: DeploymentId::from_bytes([1; 16]),
        account: Some(AccountId::DEV),
        subject: Subject::Account,
        table: "credential_provider",
        column: "secret",
        row: b"row",
        row_version: 3,
        destination: None,
    }
}

/// Reads `data` as two places, and as two lists of fields: what differs has another encoding.
pub fn aad(data: &[u8]) {
    let middle = data.len() / 2;
    let (one, other) = data.split_at(middle);
    let (first, second) = (location(one), location(other));
    assert!(
        (first.aad() == second.aad()) == is_same(&first, &second),
        "two places have one encoding"
    );
    let lists = [one, other].map(|half| half.split(|byte| *byte == 0).collect::<Vec<_>>());
    let [one, other] = lists;
    assert!(
        (length_prefixed(&one) == length_prefixed(&other)) == (one == other),
        "two lists have one encoding"
    );
}

/// What `bytes` name: the first choose among few, the rest is the row.
fn location(bytes: &[u8]) -> Location<'_> {
    let at = |index: usize| bytes.get(index).copied().unwrap_or_default();
    Location {
        deployment: DeploymentId::from_bytes([at(0) & 1; 16]),
        account: (at(1) & 1 == 1).then_some(AccountId::DEV),
        subject: match at(2) % 3 {
            0 => Subject::Deployment,
            1 => Subject::Account,
            _ => Subject::User(UserId::from_bytes([at(3); 16])),
        },
        table: if at(4) & 1 == 1 { "user" } else { "user2" },
        column: if at(5) & 1 == 1 { "2secret" } else { "secret" },
        row_version: u64::from(at(6)),
        destination: (at(7) & 1 == 1).then_some([at(8); 32]),
        row: bytes.get(9..).unwrap_or_default(),
    }
}

/// Whether two places agree in everything that is bound.
fn is_same(one: &Location<'_>, other: &Location<'_>) -> bool {
    one.deployment == other.deployment
        && one.account == other.account
        && one.subject == other.subject
        && one.table == other.table
        && one.column == other.column
        && one.row == other.row
        && one.row_version == other.row_version
        && one.destination == other.destination
}

/// Reads `data` as a record, as an export, as a note, as a key and as a stored tree. A record has
/// one spelling, and nothing but [`audit_export`] verifies.
pub fn audit(data: &[u8]) {
    if let Ok(record) = Record::from_line(data) {
        let again = record.to_line();
        assert!(
            again.is_ok_and(|line| line == data),
            "a record has two spellings"
        );
    }
    let _ = CompactTree::from_stored(data).map(|tree| tree.root());
    let Some(signer) = signer() else { return };
    let key = signer.verifier_key();
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = (text.parse::<VerifierKey>(), key.open(text));
    }
    let mut verifier = Verifier::new();
    let mut lines = data.split_inclusive(|byte| *byte == b'\n');
    if lines.all(|line| verifier.line(line).is_ok()) && verifier.finish(&key).is_ok() {
        assert!(
            data == audit_export(),
            "something else than what was signed verifies"
        );
    }
}

fn signer() -> Option<Signer> {
    let seed = Plain::<CheckpointSeed>::new(vec![5; 32]);
    Signer::from_seed("fuzz".to_owned(), &seed)
}

/// An export that verifies; the same in every process. Empty if the library refuses to sign.
pub fn audit_export() -> Vec<u8> {
    let (Some(signer), mut chain) = (signer(), ChainHead::new(ChainId::from_bytes([3; 16]))) else {
        return Vec::new();
    };
    let mut text = format!("{TITLE}\n").into_bytes();
    for number in 0..3 {
        let id = RecordId::from_bytes([number; 16]);
        let at = Timestamp::from_millis(1_763_000_000_000 + i64::from(number));
        let entry = Entry::new(id, at, "GetResourceApiKey", Verdict::Allow, "released");
        let Ok(line) = chain.append(entry) else {
            return Vec::new();
        };
        text.extend_from_slice(&line);
        text.push(b'\n');
    }
    let checkpoint = Checkpoint {
        deployment: DeploymentId::from_bytes([1; 16]),
        node: NodeId::from_bytes([2; 16]),
        epoch: 0,
        number: 1,
        at: Timestamp::from_millis(1_763_000_001_000),
        previous: [0; 32],
        restored: None,
        closed: ClosedChains::of(&[]),
        ended: Vec::new(),
        open: vec![ChainState::from(&chain)],
    };
    text.extend_from_slice(format!("{CHECKPOINT_LINE}\n").as_bytes());
    text.extend_from_slice(signer.sign(&checkpoint).as_bytes());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_genuine_passes_and_reaches_the_end() {
        let (_, genuine) = sealed_value().unwrap();
        sealed(genuine);
        let export = audit_export();
        let mut verifier = Verifier::new();
        for line in export.split_inclusive(|byte| *byte == b'\n') {
            verifier.line(line).unwrap();
        }
        verifier.finish(&signer().unwrap().verifier_key()).unwrap();
        audit(&export);
        aad(b"one place and another place of some length");
    }
}
