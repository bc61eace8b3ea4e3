//! What consents of users are held to.

use procura_core::id::ConnectionId;
use procura_core::name::ProviderName;

use crate::connection::{ConnectionFilter, ConnectionKey};
use crate::contract::connection_samples::{kept, new_agent, new_provider, new_user, permit, place};
use crate::contract::database::Database;
use crate::contract::samples::{NOW, other, own, sealed, with_accounts};

pub(super) async fn an_account_is_pinned_once_for_a_user_at_a_provider(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let key = place(tx);
            let mut mine = tx.account(own());
            let made = kept(&mut mine, key).connection;
            let others = [
                ConnectionKey {
                    user: new_user(&mut mine, 2),
                    ..key
                },
                ConnectionKey {
                    provider: new_provider(&mut mine, "slack"),
                    ..key
                },
            ];
            for other in others {
                kept(&mut mine, other);
            }
            assert!(mine.expected_account(key.user, key.provider)?.is_none());
            let identity = sealed();
            assert!(mine.pin_account(&made, &identity, NOW)?);
            assert!(!mine.pin_account(&made, &sealed(), NOW)?, "it stays");

            let found = mine.expected_account(key.user, key.provider)?.unwrap();
            assert_eq!(found.user.id, key.user);
            assert_eq!(found.provider, key.provider);
            assert_eq!(found.provider_name.as_str(), "github");
            assert_eq!(found.connection, made.id);
            assert_eq!(found.identity.as_bytes(), identity.as_bytes());
            assert_eq!(found.pinned_at, NOW);
            for other in others {
                assert!(mine.expected_account(other.user, other.provider)?.is_none());
            }
            let listed = mine.connections(&ConnectionFilter::default(), None, 9)?;
            let pinned = listed.iter().filter(|listed| listed.is_pinned);
            let pinned: Vec<ConnectionId> = pinned.map(|listed| listed.connection.id).collect();
            assert_eq!((listed.len(), pinned), (3, vec![made.id]));
            let shown = mine.connection_by_id(made.id)?.unwrap();
            let expected = shown.expected_account.unwrap();
            assert_eq!(expected.as_bytes(), identity.as_bytes());

            // The same account pinned anew is not the same pin.
            assert!(mine.unpin_account(&found)?);
            assert!(!mine.unpin_account(&found)?);
            assert!(mine.pin_account(&made, &sealed(), NOW)?);
            let since = mine.expected_account(key.user, key.provider)?.unwrap();
            assert!(!since.is_same(&found));
            assert!(since.is_same(&since));
            assert!(
                !mine.unpin_account(&found)?,
                "another one than was looked at"
            );
            Ok(())
        })
        .await;
}

pub(super) async fn a_pin_outlives_its_connection_and_is_found_by_it(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let key = place(tx);
            let mut mine = tx.account(own());
            let first = kept(&mut mine, key).connection;
            assert!(mine.pin_account(&first, &sealed(), NOW)?);
            let another = ConnectionKey {
                agent: new_agent(&mut mine, "tester"),
                ..key
            };
            let another = kept(&mut mine, another).connection;
            let elsewhere = ConnectionKey {
                provider: new_provider(&mut mine, "slack"),
                ..key
            };
            let elsewhere = kept(&mut mine, elsewhere).connection;
            assert!(
                tx.revoke_connection(own(), &permit(first.id, 1), NOW)?
                    .is_some()
            );

            let mut mine = tx.account(own());
            assert!(mine.expected_account(key.user, key.provider)?.is_some());
            for id in [first.id, another.id] {
                let found = mine.expected_account_of(id)?.unwrap();
                assert_eq!(found.connection, first.id);
            }
            assert!(mine.expected_account_of(elsewhere.id)?.is_none());
            assert!(mine.pin_account(&elsewhere, &sealed(), NOW)?);
            let mut pinned = [first.id, elsewhere.id];
            pinned.sort_unstable();
            let all = mine.expected_accounts(None, 9)?;
            let ids: Vec<ConnectionId> = all.iter().map(|pin| pin.connection).collect();
            assert_eq!(ids, pinned);
            let rest = mine.expected_accounts(Some(pinned[0]), 9)?;
            assert_eq!(rest.len(), 1);
            assert_eq!(mine.expected_accounts(None, 1)?[0].connection, pinned[0]);
            Ok(())
        })
        .await;
}

pub(super) async fn a_pin_goes_with_its_provider_and_is_of_one_account_only(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let key = place(tx);
            let mut mine = tx.account(own());
            let made = kept(&mut mine, key).connection;
            assert!(mine.pin_account(&made, &sealed(), NOW)?);
            let found = mine.expected_account(key.user, key.provider)?.unwrap();

            let mut theirs = tx.account(other());
            assert!(theirs.expected_account(key.user, key.provider)?.is_none());
            assert!(theirs.expected_account_of(made.id)?.is_none());
            assert!(theirs.expected_accounts(None, 9)?.is_empty());
            assert!(!theirs.unpin_account(&found)?);

            let mut mine = tx.account(own());
            assert!(mine.expected_account(key.user, key.provider)?.is_some());
            assert!(mine.delete_credential_provider(key.provider, 1)?);
            assert!(mine.expected_account(key.user, key.provider)?.is_none());
            let name: ProviderName = found.provider_name;
            let again = new_provider(&mut mine, name.as_str());
            assert!(mine.expected_account(key.user, again)?.is_none());
            Ok(())
        })
        .await;
}
