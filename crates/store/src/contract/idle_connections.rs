//! Connections that nobody uses, and what a renewal that brought nothing leaves.

use procura_core::access_key::AccessKeyId;
use procura_core::connection::{Health, LastUse, WordlessRefusals};
use procura_core::entropy::OsEntropy;
use procura_core::id::TokenId;
use procura_core::permit::{Permit, of::UseClientSecret};
use procura_core::time::Timestamp;
use procura_core::user::{OnBehalfOf, User, UserKind};
use procura_core::vendor::Vendor;
use procura_core::workload_access_token::Claims;

use crate::connection::{AfterRenewal, ConnectionKey, IdleFilter};
use crate::contract::connection_samples::{kept, new_user, place};
use crate::contract::database::Database;
use crate::contract::samples::{NODE, NOW, OTHER_NODE, other, own, with_accounts};

/// A use of the connection of `key` at `at`.
pub(super) fn last_use(key: ConnectionKey, at: Timestamp) -> LastUse {
    let by = AccessKeyId::generate(&mut OsEntropy);
    let user = User {
        id: key.user,
        kind: UserKind::Verified,
    };
    let jti = TokenId::generate(NOW, &mut OsEntropy);
    let whom = OnBehalfOf::User(user);
    LastUse {
        at,
        by,
        with: Claims::new(jti, own(), key.agent, whom, by, 3, at),
    }
}

/// What is used at the moment of the tests.
pub(super) const FILTER: IdleFilter = IdleFilter {
    vendor: Vendor::Github,
    fetched_before: NOW,
    used_after: NOW,
    paused_until: NOW,
};

#[expect(
    clippy::disallowed_methods,
    reason = "the store is tested without the decision"
)]
fn permit(key: ConnectionKey) -> Permit<UseClientSecret> {
    Permit::dangerous_from_decision(*key.provider.as_bytes(), 1)
}

pub(super) async fn a_use_is_written_down_and_changes_nothing_else(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let key = place(tx);
            let mut mine = tx.account(own());
            let before = kept(&mut mine, key).connection;
            let lease = (NOW, NOW.plus_seconds(45));
            assert!(mine.lease_connection(key, 1, NODE, lease)?);
            tx.account(other()).note_use(key, &last_use(key, NOW))?;
            assert!(tx.idle_connections(&FILTER, None, 9)?.is_empty());
            let used = last_use(key, NOW);
            let mut mine = tx.account(own());
            mine.note_use(key, &used)?;
            assert_eq!(mine.connection(key)?, Some(before.clone()));
            assert!(!mine.lease_connection(key, 1, NODE, lease)?);
            let found = tx.idle_connections(&FILTER, None, 9)?;
            assert_eq!(found.len(), 1);
            assert_eq!((found[0].account, &found[0].connection), (own(), &before));
            assert_eq!(found[0].provider.as_str(), "github");
            assert_eq!(found[0].last_use, Some(used));
            Ok(())
        })
        .await;
}

pub(super) async fn idle_connections_are_found_by_vendor_age_and_use_in_pages(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let first = place(tx);
            let mut mine = tx.account(own());
            let mut ids = Vec::new();
            for index in 2..5 {
                let user = new_user(&mut mine, index);
                let key = ConnectionKey { user, ..first };
                ids.push(kept(&mut mine, key).connection.id);
                mine.note_use(key, &last_use(key, NOW))?;
            }
            // Nobody has used this one.
            kept(&mut mine, first);
            ids.sort_unstable();
            let mut after = None;
            for id in ids {
                let page = tx.idle_connections(&FILTER, after, 1)?;
                assert_eq!(page[0].connection.id, id);
                after = Some((own(), id));
            }
            assert!(tx.idle_connections(&FILTER, after, 1)?.is_empty());
            let before = Timestamp::from_millis(NOW.millis() - 1);
            for none in [
                IdleFilter {
                    vendor: Vendor::Slack,
                    ..FILTER
                },
                IdleFilter {
                    fetched_before: before,
                    ..FILTER
                },
                IdleFilter {
                    used_after: NOW.plus_seconds(1),
                    ..FILTER
                },
            ] {
                assert!(tx.idle_connections(&none, None, 9)?.is_empty(), "{none:?}");
            }
            Ok(())
        })
        .await;
}

pub(super) async fn refusals_are_kept_with_what_they_are_of(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let key = place(tx);
            let mut mine = tx.account(own());
            kept(&mut mine, key);
            let permit = permit(key);
            let found = mine.renewable(&permit, key.agent, key.user)?.unwrap();
            assert_eq!(found.refusals, WordlessRefusals::default());
            let refusals = found.refusals.and_one(1, 5);
            let after = AfterRenewal {
                node: NODE,
                health: Health::Live,
                failures: 3,
                retry_at: NOW,
                refusals,
            };
            assert!(mine.leave_connection(key, 1, after)?);
            let found = mine.renewable(&permit, key.agent, key.user)?.unwrap();
            assert_eq!(found.refusals, refusals);
            assert_eq!(found.failures, 3);
            mine.note_use(key, &last_use(key, NOW))?;
            let paused_until = Timestamp::from_millis(NOW.millis() - 1);
            let sooner = IdleFilter {
                paused_until,
                ..FILTER
            };
            assert!(tx.idle_connections(&sooner, None, 9)?.is_empty());
            assert_eq!(tx.idle_connections(&FILTER, None, 9)?.len(), 1);
            let mut mine = tx.account(own());
            let ended = AfterRenewal {
                node: NODE,
                health: Health::Ended,
                ..after
            };
            assert!(mine.leave_connection(key, 1, ended)?);
            assert!(tx.idle_connections(&FILTER, None, 9)?.is_empty());
            Ok(())
        })
        .await;
}

pub(super) async fn who_comes_late_leaves_the_lease_of_another(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let key = place(tx);
            let mut mine = tx.account(own());
            kept(&mut mine, key);
            let after = |node| AfterRenewal {
                node,
                health: Health::Live,
                failures: 1,
                retry_at: NOW,
                refusals: WordlessRefusals::default(),
            };
            let [first, second] = [45, 90].map(|seconds| NOW.plus_seconds(seconds));
            assert!(mine.lease_connection(key, 1, NODE, (NOW, first))?);
            // Its time is over, and another is at it.
            assert!(mine.lease_connection(key, 1, OTHER_NODE, (first, second))?);
            assert!(mine.leave_connection(key, 1, after(NODE))?);
            assert!(!mine.lease_connection(key, 1, NODE, (first, second))?);
            assert!(mine.leave_connection(key, 1, after(OTHER_NODE))?);
            assert!(mine.lease_connection(key, 1, NODE, (first, second))?);
            Ok(())
        })
        .await;
}
