//! Values for tests.

use std::collections::BTreeMap;

use procura_core::account::{Account, AccountId};
use procura_core::audit::record::{Entry, Verdict};
use procura_core::credential_provider::{CredentialProvider, ProviderKind};
use procura_core::entropy::{OsEntropy, random_bytes};
use procura_core::grant::{AdministratorGrant, Covered, WithUser};
use procura_core::id::{AgentId, DeploymentId, GrantId, KeyId, NodeId, ProviderId, RecordId};
use procura_core::name::VaultName;
use procura_core::sealing::Sealed;
use procura_core::tag::Tags;
use procura_core::time::Timestamp;
use procura_core::workload_identity::{AgentState, WorkloadIdentity};

use crate::meta::Meta;
use crate::store::Store;

/// In 2001, so that it is nobody's present.
pub(super) const NOW: Timestamp = Timestamp::from_millis(1_000_000_000_000);
pub(super) const NODE: NodeId = NodeId::from_bytes([0xa; 16]);
pub(super) const OTHER_NODE: NodeId = NodeId::from_bytes([0xb; 16]);

pub(super) fn own() -> AccountId {
    "111111111111".parse().unwrap()
}

pub(super) fn other() -> AccountId {
    "222222222222".parse().unwrap()
}

pub(super) fn account(id: AccountId) -> Account {
    Account {
        id,
        name: format!("account {id}"),
        created_at: NOW,
    }
}

/// Makes both accounts.
pub(super) async fn with_accounts(store: &Store) {
    store
        .write(|tx| {
            assert!(tx.insert_account(&account(own()))?);
            assert!(tx.insert_account(&account(other()))?);
            Ok(())
        })
        .await;
}

/// Bytes that stand for a sealed value; the store does not look into them.
pub(super) fn sealed<K>() -> Sealed<K> {
    Sealed::from_stored(random_bytes::<40>(&mut OsEntropy).to_vec())
}

/// Bytes that name this key as the one that they are sealed under.
pub(super) fn sealed_under<K>(id: KeyId, version: u32) -> Sealed<K> {
    let mut bytes = vec![1, 1];
    bytes.extend_from_slice(id.as_bytes());
    bytes.extend_from_slice(&version.to_be_bytes());
    bytes.extend_from_slice(&random_bytes::<100>(&mut OsEntropy));
    Sealed::from_stored(bytes)
}

/// A deployment under this root key.
pub(super) fn meta(root_key: KeyId) -> Meta {
    Meta {
        deployment: DeploymentId::from_bytes([1; 16]),
        restore_epoch: 0,
        root_key,
        key_check: [3; 32],
        created_at: NOW,
    }
}

pub(super) fn record_id() -> RecordId {
    RecordId::generate(NOW, &mut OsEntropy)
}

pub(super) fn entry(operation: &'static str) -> Entry {
    Entry::new(record_id(), NOW, operation, Verdict::Allow, "a test")
}

pub(super) fn agent(name: &str) -> WorkloadIdentity {
    WorkloadIdentity {
        id: AgentId::generate(NOW, &mut OsEntropy),
        name: name.parse().unwrap(),
        state: AgentState::Active,
        state_reason: None,
        owner: Some("Team Größe".parse().unwrap()),
        expires_at: None,
        return_urls: vec!["https://app.example/\"done\"".to_owned(), String::new()],
        tags: tags("team", "größe"),
        created_at: NOW,
        updated_at: NOW,
        version: 1,
    }
}

pub(super) fn tags(key: &str, value: &str) -> Tags {
    Tags::new(BTreeMap::from([(key.to_owned(), value.to_owned())])).unwrap()
}

pub(super) fn provider(name: &str) -> CredentialProvider {
    CredentialProvider {
        id: ProviderId::generate(NOW, &mut OsEntropy),
        vault: VaultName::default_vault(),
        kind: ProviderKind::ApiKey,
        name: name.parse().unwrap(),
        secret_suffix: "a1b2c3".to_owned(),
        tags: Tags::default(),
        created_at: NOW,
        updated_at: NOW,
        version: 1,
        secret_version: 1,
    }
}

pub(super) fn grant(provider: ProviderId, agent: Option<AgentId>) -> AdministratorGrant {
    AdministratorGrant {
        id: GrantId::generate(NOW, &mut OsEntropy),
        agent,
        provider,
        scopes: Covered::Every,
        with_user: WithUser::Optional,
        created_at: NOW,
    }
}
