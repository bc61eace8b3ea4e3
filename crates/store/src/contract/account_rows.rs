//! Rows of an account.

use procura_core::access_key::{AccessKey, AccessKeyId, Role};
use procura_core::credential_provider::ProviderKind;
use procura_core::entropy::OsEntropy;
use procura_core::error::Kind;
use procura_core::id::{AgentId, UserId};
use procura_core::name::{ProviderName, VaultName, WorkloadName};
use procura_core::permit::{Permit, of::RevealApiKey};
use procura_core::secret::kind::{ApiKey, UserIdentity};
use procura_core::stated_reason::StatedReason;
use procura_core::user::{User, UserKind};
use procura_core::workload_identity::{AgentState, WorkloadIdentity};

use crate::contract::database::Database;
use crate::contract::samples::{
    NOW, agent, grant, other, own, provider, sealed, tags, with_accounts,
};

pub(super) async fn an_access_key_is_found_listed_and_revoked_once(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    let key = AccessKey {
        id: AccessKeyId::generate(&mut OsEntropy),
        account: own(),
        roles: vec![Role::AgentHost, Role::Binding],
        created_at: NOW,
        revoked_at: None,
        version: 1,
    };
    let expected = key.clone();
    store
        .write(move |tx| {
            let secret = sealed();
            assert!(tx.access_key_for_signature(key.id)?.is_none());
            tx.account(own()).insert_access_key(&key, &secret)?;
            let (found, found_secret) = tx.access_key_for_signature(key.id)?.unwrap();
            assert_eq!((&found, found_secret.as_bytes()), (&key, secret.as_bytes()));
            assert_eq!(tx.account(own()).access_keys()?, std::slice::from_ref(&key));
            assert!(
                tx.account(own())
                    .revoke_access_key(key.id, NOW.plus_seconds(1))?
            );
            assert!(
                !tx.account(own())
                    .revoke_access_key(key.id, NOW.plus_seconds(2))?
            );
            Ok(())
        })
        .await;
    let revoked = AccessKey {
        revoked_at: Some(NOW.plus_seconds(1)),
        ..expected
    };
    assert_eq!(
        store.read(|tx| tx.account(own()).access_keys()).await,
        [revoked]
    );
}

pub(super) async fn an_agent_is_written_by_compare_and_set(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let mut own = tx.account(own());
            let first = agent("builder");
            assert!(own.workload_identity(&first.name)?.is_none());
            assert!(own.insert_workload_identity(&first)?);
            assert!(!own.insert_workload_identity(&agent("builder"))?);
            assert_eq!(own.workload_identity(&first.name)?.as_ref(), Some(&first));
            assert_eq!(
                own.workload_identity_by_id(first.id)?.as_ref(),
                Some(&first)
            );

            let second = WorkloadIdentity {
                state: AgentState::Suspended,
                state_reason: Some(StatedReason::new("laptop lost").unwrap()),
                owner: None,
                expires_at: Some(NOW.plus_seconds(60)),
                return_urls: Vec::new(),
                tags: tags("a", "b"),
                updated_at: NOW.plus_seconds(1),
                version: 2,
                ..first.clone()
            };
            assert!(own.update_workload_identity(&second)?);
            assert!(!own.update_workload_identity(&second)?, "version 1 is gone");
            assert!(!own.update_workload_identity(&WorkloadIdentity {
                version: 0,
                ..first.clone()
            })?);
            assert_eq!(own.workload_identity(&first.name)?.as_ref(), Some(&second));

            assert!(!own.delete_workload_identity(first.id, 1)?);
            assert!(own.delete_workload_identity(first.id, 2)?);
            assert!(own.workload_identity_by_id(first.id)?.is_none());
            assert!(
                own.insert_workload_identity(&agent("builder"))?,
                "the name is free again"
            );
            Ok(())
        })
        .await;
}

pub(super) async fn agents_are_listed_by_the_bytes_of_their_names(database: Database) {
    // No locale agrees with the bytes on these.
    const NAMES: [&str; 7] = ["-dash", ".dot", "0one", "Upper", "_under", "a-b", "aB.c"];
    let store = database.store();
    with_accounts(&store).await;
    let (agents, providers, again) = store
        .write(|tx| {
            let mut own = tx.account(own());
            for name in NAMES.iter().rev() {
                own.insert_workload_identity(&agent(name))?;
                let name = name.replace('.', "x");
                own.insert_credential_provider(&provider(&name), &sealed::<ApiKey>())?;
            }
            let agents = own.workload_identities(None, 100)?;
            let vault = VaultName::default_vault();
            let kind = ProviderKind::ApiKey;
            let providers = own.credential_providers(&vault, kind, None, 100)?;

            let mut pages: Vec<WorkloadName> = Vec::new();
            loop {
                let page = own.workload_identities(pages.last(), 2)?;
                assert!(page.len() <= 2);
                if page.is_empty() {
                    break;
                }
                pages.extend(page.into_iter().map(|agent| agent.name));
            }
            let after: ProviderName = "Upper".parse().unwrap();
            let rest = own.credential_providers(&vault, kind, Some(&after), 1)?;
            assert_eq!(rest[0].name.as_str(), "_under");
            let names = agents
                .into_iter()
                .map(|agent| agent.name)
                .collect::<Vec<_>>();
            Ok((
                names,
                providers.into_iter().map(|p| p.name).collect::<Vec<_>>(),
                pages,
            ))
        })
        .await;
    assert_eq!(
        agents.iter().map(WorkloadName::as_str).collect::<Vec<_>>(),
        NAMES
    );
    assert_eq!(again, agents);
    assert!(
        providers.is_sorted() && providers.len() == NAMES.len(),
        "{providers:?}"
    );
}

pub(super) async fn a_provider_is_written_by_compare_and_set(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let mut own = tx.account(own());
            let first = provider("openai");
            let find = |own: &mut crate::tx::AccountTx<'_>| {
                own.credential_provider(&first.vault, first.kind, &first.name)
            };
            assert!(find(&mut own)?.is_none());
            assert!(own.insert_credential_provider(&first, &sealed::<ApiKey>())?);
            assert!(!own.insert_credential_provider(&provider("openai"), &sealed::<ApiKey>())?);
            assert_eq!(find(&mut own)?.as_ref(), Some(&first));
            assert_eq!(
                own.credential_provider_by_id(first.id)?.as_ref(),
                Some(&first)
            );

            let mut new = first.clone();
            (new.tags, new.version, new.updated_at) = (tags("a", "b"), 2, NOW.plus_seconds(1));
            assert!(own.update_credential_provider_tags(&new)?);
            assert!(
                !own.update_credential_provider_tags(&new)?,
                "version 1 is gone"
            );
            assert_eq!(find(&mut own)?.as_ref(), Some(&new));

            (new.version, new.secret_version) = (3, 3);
            assert!(
                !own.update_credential_provider_tags(&new)?,
                "the secret is not of version 3"
            );
            assert!(own.update_credential_provider(&new, &sealed::<ApiKey>())?);
            assert!(!own.update_credential_provider(&new, &sealed::<ApiKey>())?);
            assert_eq!(find(&mut own)?.as_ref(), Some(&new));

            assert!(!own.delete_credential_provider(first.id, 2)?);
            assert!(own.delete_credential_provider(first.id, 3)?);
            assert!(find(&mut own)?.is_none());
            Ok(())
        })
        .await;
}

#[expect(
    clippy::disallowed_methods,
    reason = "the store is tested without the decision"
)]
fn permit(resource: [u8; 16], version: u64) -> Permit<RevealApiKey> {
    Permit::dangerous_from_decision(resource, version)
}

pub(super) async fn a_secret_is_revealed_for_the_permitted_version_only(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let mut own = tx.account(own());
            let (mut held, secret) = (provider("openai"), sealed::<ApiKey>());
            own.insert_credential_provider(&held, &secret)?;
            (held.version, held.tags) = (2, tags("a", "b"));
            own.update_credential_provider_tags(&held)?;

            let id = *held.id.as_bytes();
            assert!(
                own.reveal_api_key(&permit(id, 1))?.is_none(),
                "decided on an older version"
            );
            assert!(own.reveal_api_key(&permit(id, 3))?.is_none());
            assert!(own.reveal_api_key(&permit([0; 16], 2))?.is_none());
            let revealed = own.reveal_api_key(&permit(id, 2))?.unwrap();
            assert_eq!(revealed.sealed.as_bytes(), secret.as_bytes());
            assert_eq!(revealed.secret_version, 1);
            Ok(())
        })
        .await;
}

pub(super) async fn grants_fall_with_what_they_name(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let mut own = tx.account(own());
            let (held, kept, actor) = (provider("openai"), provider("github"), agent("builder"));
            own.insert_credential_provider(&held, &sealed::<ApiKey>())?;
            own.insert_credential_provider(&kept, &sealed::<ApiKey>())?;
            own.insert_workload_identity(&actor)?;
            let every_agent = grant(held.id, None);
            let one_agent = grant(held.id, Some(actor.id));
            let elsewhere = grant(kept.id, None);
            for made in [&every_agent, &one_agent, &elsewhere] {
                own.insert_administrator_grant(made)?;
            }
            let mut both = [every_agent.clone(), one_agent];
            both.sort_by_key(|grant| grant.id);
            assert_eq!(own.administrator_grants(held.id)?, both);

            assert!(own.delete_workload_identity(actor.id, 1)?);
            assert_eq!(own.administrator_grants(held.id)?, [every_agent]);
            assert!(own.delete_credential_provider(held.id, 1)?);
            assert_eq!(own.administrator_grants(held.id)?, []);
            assert_eq!(own.administrator_grants(kept.id)?, [elsewhere]);
            Ok(())
        })
        .await;
    // A grant for an agent that is not there is a bug of the caller's, not a value.
    let dangling = store
        .run_tx("test", |tx| {
            let mut own = tx.account(own());
            let name = "github".parse().unwrap();
            let found =
                own.credential_provider(&VaultName::default_vault(), ProviderKind::ApiKey, &name)?;
            let nobody = AgentId::generate(NOW, &mut OsEntropy);
            own.insert_administrator_grant(&grant(found.unwrap().id, Some(nobody)))?;
            Ok(crate::tx::Outcome::Unrecorded(()))
        })
        .await;
    assert_eq!(dangling.unwrap_err().kind(), Kind::Internal);
}

pub(super) async fn a_user_is_found_by_kind_and_index(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let mut own = tx.account(own());
            let new = |kind| User {
                id: UserId::generate(NOW, &mut OsEntropy),
                kind,
            };
            let (verified, asserted) = (new(UserKind::Verified), new(UserKind::Asserted));
            assert!(own.user(UserKind::Verified, &[1; 32])?.is_none());
            // The same letters in the two namespaces are two users.
            assert!(own.insert_user(&verified, &[1; 32], &sealed(), NOW)?);
            let identity = sealed::<UserIdentity>();
            assert!(own.insert_user(&asserted, &[1; 32], &identity, NOW)?);
            assert!(!own.insert_user(&new(UserKind::Asserted), &[1; 32], &sealed(), NOW)?);
            assert_eq!(own.user(UserKind::Verified, &[1; 32])?, Some(verified));
            assert_eq!(own.user(UserKind::Asserted, &[1; 32])?, Some(asserted));
            assert!(own.user(UserKind::Asserted, &[2; 32])?.is_none());
            let found = own.user_identity(asserted.id)?.unwrap();
            assert_eq!(found.as_bytes(), identity.as_bytes());
            let nobody = new(UserKind::Asserted);
            assert!(own.user_identity(nobody.id)?.is_none());
            let mut other = tx.account(other());
            assert!(other.user_identity(asserted.id)?.is_none());
            Ok(())
        })
        .await;
}

pub(super) async fn a_value_that_we_never_write_is_inconsistent(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            tx.account(own())
                .insert_workload_identity(&agent("builder"))?;
            tx.account(own())
                .insert_credential_provider(&provider("openai"), &sealed::<ApiKey>())
        })
        .await;
    let damages = [
        ("state", "UPDATE workload_identity SET state = 'odd'"),
        (
            "tags",
            r#"UPDATE workload_identity SET tags = '{"a":"1","a":"2"}'"#,
        ),
        (
            "tags",
            r#"UPDATE workload_identity SET tags = '{"aws:x":"1"}'"#,
        ),
        (
            "return_urls",
            "UPDATE workload_identity SET return_urls = '[ ]'",
        ),
        ("name", "UPDATE workload_identity SET name = 'no'"),
        ("version", "UPDATE workload_identity SET version = -1"),
    ];
    for (column, damage) in damages {
        let error = store
            .run_tx("test", move |tx| {
                tx.raw(damage)?;
                tx.account(own()).workload_identities(None, 10)?;
                Ok(crate::tx::Outcome::Unrecorded(()))
            })
            .await
            .unwrap_err();
        let expected = format!("table workload_identity, column {column}");
        assert!(
            format!("{error:?}").contains(&expected),
            "{damage}: {error:?}"
        );
    }
}
