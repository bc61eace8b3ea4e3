//! One account never reaches the rows of another.

use procura_core::access_key::{AccessKey, AccessKeyId, Role};
use procura_core::entropy::OsEntropy;
use procura_core::error::{Error, Kind};
use procura_core::id::UserId;
use procura_core::permit::Permit;
use procura_core::secret::kind::ApiKey;
use procura_core::user::{User, UserKind};

use crate::contract::database::Database;
use crate::contract::samples::{NOW, agent, grant, other, own, provider, sealed, with_accounts};
use crate::tx::{AccountTx, Outcome};

#[expect(
    clippy::disallowed_methods,
    reason = "the store is tested without the decision"
)]
pub(super) async fn no_method_reaches_a_row_of_another_account(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let (actor, held) = (agent("builder"), provider("openai"));
            let key = AccessKey {
                id: AccessKeyId::generate(&mut OsEntropy),
                account: own(),
                roles: vec![Role::Admin],
                created_at: NOW,
                revoked_at: None,
                version: 1,
            };
            let user = User {
                id: UserId::generate(NOW, &mut OsEntropy),
                kind: UserKind::Asserted,
            };
            let mut mine = tx.account(own());
            mine.insert_access_key(&key, &sealed())?;
            mine.insert_workload_identity(&actor)?;
            mine.insert_credential_provider(&held, &sealed::<ApiKey>())?;
            mine.insert_administrator_grant(&grant(held.id, None))?;
            mine.insert_user(&user, &[1; 32], &sealed(), NOW)?;
            let before = everything(&mut mine)?;

            let mut theirs = tx.account(other());
            assert_eq!(theirs.access_keys()?, []);
            assert!(!theirs.revoke_access_key(key.id, NOW)?);
            assert!(theirs.insert_access_key(&key, &sealed()).is_err());
            assert_eq!(theirs.workload_identities(None, 10)?, []);
            assert_eq!(theirs.workload_identity(&actor.name)?, None);
            assert_eq!(theirs.workload_identity_by_id(actor.id)?, None);
            let mut changed = actor.clone();
            changed.version = 2;
            assert!(!theirs.update_workload_identity(&changed)?);
            assert!(!theirs.delete_workload_identity(actor.id, 1)?);
            let (vault, kind) = (&held.vault, held.kind);
            assert_eq!(theirs.credential_providers(vault, kind, None, 10)?, []);
            assert_eq!(theirs.credential_provider(vault, kind, &held.name)?, None);
            assert_eq!(theirs.credential_provider_by_id(held.id)?, None);
            let mut changed = held.clone();
            changed.version = 2;
            assert!(!theirs.update_credential_provider_tags(&changed)?);
            assert!(!theirs.update_credential_provider(&changed, &sealed::<ApiKey>())?);
            assert!(!theirs.delete_credential_provider(held.id, 1)?);
            let permit = Permit::dangerous_from_decision(*held.id.as_bytes(), 1);
            assert!(theirs.reveal_api_key(&permit)?.is_none());
            assert_eq!(theirs.administrator_grants(held.id)?, []);
            assert_eq!(theirs.user(user.kind, &[1; 32])?, None);

            assert_eq!(everything(&mut tx.account(own()))?, before);

            // The natural keys are per account: all of these are free for the other.
            let mut theirs = tx.account(other());
            assert!(theirs.insert_workload_identity(&agent("builder"))?);
            assert!(theirs.insert_credential_provider(&provider("openai"), &sealed::<ApiKey>())?);
            assert!(theirs.insert_user(&user, &[1; 32], &sealed(), NOW)?);
            Ok(())
        })
        .await;
}

fn everything(account: &mut AccountTx<'_>) -> Result<String, Error> {
    let providers = account.credential_providers(
        &procura_core::name::VaultName::default_vault(),
        procura_core::credential_provider::ProviderKind::ApiKey,
        None,
        10,
    )?;
    let grants = account.administrator_grants(providers[0].id)?;
    let agents = account.workload_identities(None, 10)?;
    let user = account.user(UserKind::Asserted, &[1; 32])?;
    Ok(format!(
        "{:?} {providers:?} {grants:?} {agents:?} {user:?}",
        account.access_keys()?
    ))
}

pub(super) async fn a_grant_cannot_name_what_is_another_account_s(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    let held = provider("openai");
    let made = held.clone();
    store
        .write(move |tx| {
            tx.account(own())
                .insert_credential_provider(&made, &sealed::<ApiKey>())
        })
        .await;
    let crossing = store
        .run_tx("test", move |tx| {
            tx.account(other())
                .insert_administrator_grant(&grant(held.id, None))?;
            Ok(Outcome::Unrecorded(()))
        })
        .await;
    assert_eq!(crossing.unwrap_err().kind(), Kind::Internal);
}
