//! User pools, their clients and users, and who is signed in.

use procura_core::entropy::OsEntropy;
use procura_core::id::{PoolUserId, SignInId, SigningKeyId};
use procura_core::pool_group::PoolGroup;
use procura_core::pool_key::PoolKey;
use procura_core::pool_user::{PoolUser, PoolUserStatus};
use procura_core::signing_key::{SigningAlgorithm, SigningKey};
use procura_core::time::Timestamp;
use procura_core::user_pool::{PasswordPolicy, PoolId, PoolSettings, UserPool};
use procura_core::user_pool_client::{
    AuthFlow, ClientSettings, OpenIdSettings, PoolClient, PoolClientId, Rotation, TokenLives,
};

use crate::contract::connection_samples::new_user;
use crate::contract::database::Database;
use crate::contract::samples::{NOW, other, own, sealed, with_accounts};
use crate::pool_sign_in::PoolSignIn;
use crate::pool_user::StoredPoolUser;
use crate::tx::AccountTx;
use crate::user_pool_client::SealedPoolClient;

fn pool_key(after_s: i64, published_until: Option<Timestamp>) -> PoolKey {
    let begins = NOW.plus_seconds(after_s);
    PoolKey {
        key: SigningKey {
            id: SigningKeyId::generate(begins, &mut OsEntropy),
            algorithm: SigningAlgorithm::Rs256,
            public_jwk: "{}".to_owned(),
            created_at: NOW,
        },
        signs_from: begins,
        published_until,
    }
}

pub(super) async fn a_pool_has_keys_in_their_order_until_they_are_over(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let pool = new_pool(&mut tx.account(own()));
            let mut own = tx.account(own());
            let mut keys: Vec<PoolKey> = own
                .user_pool_keys(&pool)?
                .into_iter()
                .map(|(key, _)| key)
                .collect();
            let next = pool_key(300, None);
            own.insert_user_pool_key(&pool, &next, &sealed())?;
            keys[0].published_until = Some(NOW.plus_seconds(900));
            own.update_user_pool_key(&pool, &keys[0])?;
            keys.push(next.clone());
            let read = |own: &mut AccountTx<'_>| {
                let keys = own.user_pool_keys(&pool).unwrap();
                keys.into_iter().map(|(key, _)| key).collect::<Vec<_>>()
            };
            assert_eq!(read(&mut own), keys);
            assert_eq!(tx.sweep_user_pool_keys(NOW.plus_seconds(899), 10)?, 0);
            assert_eq!(tx.sweep_user_pool_keys(NOW.plus_seconds(900), 10)?, 1);
            assert!(
                !tx.account(other())
                    .delete_user_pool_key(&pool, next.key.id)?
            );
            let mut own = tx.account(self::own());
            assert_eq!(read(&mut own), std::slice::from_ref(&next));
            assert!(own.delete_user_pool_key(&pool, next.key.id)?);
            assert!(!own.delete_user_pool_key(&pool, next.key.id)?);
            Ok(())
        })
        .await;
}

pub(super) fn new_pool(own: &mut AccountTx<'_>) -> PoolId {
    let region = "eu-west-1".parse().unwrap();
    let pool = UserPool {
        id: PoolId::generate(&region, &mut OsEntropy),
        name: "users".to_owned(),
        settings: PoolSettings {
            algorithm: SigningAlgorithm::Rs256,
            passwords: PasswordPolicy::default(),
        },
        created_at: NOW,
        updated_at: NOW,
        version: 1,
    };
    let key = pool_key(0, None);
    own.insert_user_pool(&pool, &key, &sealed()).unwrap();
    assert_eq!(own.user_pool(&pool.id).unwrap().unwrap(), pool);
    assert_eq!(own.user_pool_keys(&pool.id).unwrap()[0].0, key);
    pool.id
}

pub(super) fn new_client(own: &mut AccountTx<'_>, pool: &PoolId) -> PoolClientId {
    let client = PoolClient {
        id: PoolClientId::generate(&mut OsEntropy),
        pool: pool.clone(),
        name: "app".to_owned(),
        settings: ClientSettings {
            flows: vec![AuthFlow::UserPassword],
            lives: TokenLives::default(),
            openid: OpenIdSettings::default(),
            rotation: Rotation::default(),
        },
        created_at: NOW,
        updated_at: NOW,
        version: 1,
    };
    let sealed = SealedPoolClient {
        client: client.clone(),
        secret: None,
    };
    assert!(own.insert_user_pool_client(&sealed).unwrap());
    client.id
}

pub(super) fn new_pool_user(own: &mut AccountTx<'_>, pool: &PoolId, index: u8) -> StoredPoolUser {
    let stored = StoredPoolUser {
        user: PoolUser {
            id: PoolUserId::generate(NOW, &mut OsEntropy),
            pool: pool.clone(),
            user: new_user(own, index),
            status: PoolUserStatus::Confirmed,
            is_enabled: true,
            failures: 0,
            closed_until: Timestamp::default(),
            password_at: NOW,
            created_at: NOW,
            updated_at: NOW,
            version: 1,
        },
        profile: sealed(),
        profile_version: 1,
        password: "hash".to_owned(),
    };
    assert!(own.insert_pool_user(&stored, &[index; 32]).unwrap());
    stored
}

pub(super) fn sign_in(
    own: &mut AccountTx<'_>,
    user: &StoredPoolUser,
    client: &PoolClientId,
    n: u8,
) -> SignInId {
    let sign_in = PoolSignIn {
        id: SignInId::generate(NOW.plus_seconds(n.into()), &mut OsEntropy),
        pool_user: user.user.id,
        client: client.clone(),
        authenticated_at: NOW,
        expires_at: NOW.plus_seconds(60),
    };
    own.insert_pool_sign_in(&sign_in, &[n; 32]).unwrap();
    assert_eq!(
        own.pool_sign_in_of(&[n; 32]).unwrap(),
        Some(sign_in.clone())
    );
    sign_in.id
}

/// Somebody who is signed in, for the tests of backups.
pub(super) fn signed_in(own: &mut AccountTx<'_>) -> SignInId {
    let pool = new_pool(own);
    let client = new_client(own, &pool);
    let user = new_pool_user(own, &pool, 7);
    sign_in(own, &user, &client, 7)
}

pub(super) async fn a_pool_is_of_one_account_and_takes_everything_with_it(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let mut mine = tx.account(own());
            let pool = new_pool(&mut mine);
            let client = new_client(&mut mine, &pool);
            let user = new_pool_user(&mut mine, &pool, 1);
            let id = sign_in(&mut mine, &user, &client, 1);
            assert!(!mine.insert_pool_user(&user, &[1; 32])?, "one of a name");
            assert_eq!(mine.user_pools(None, 9)?.len(), 1);
            assert_eq!(mine.user_pool_clients(&pool, None, 9)?.len(), 1);
            assert_eq!(mine.pool_users(&pool, None, 9)?.len(), 1);

            let mut theirs = tx.account(other());
            assert!(theirs.user_pool(&pool)?.is_none());
            assert!(theirs.user_pool_client(&client)?.is_none());
            assert!(theirs.pool_user(user.user.id)?.is_none());
            assert!(theirs.pool_user_named(&pool, &[1; 32])?.is_none());
            assert!(theirs.pool_sign_in_of(&[1; 32])?.is_none());
            assert!(!theirs.has_pool_sign_in(id)?);
            assert!(!theirs.delete_pool_sign_in(id)?);
            assert!(!theirs.delete_pool_user(user.user.id)?);
            assert!(!theirs.delete_user_pool(&pool, 1)?);
            let (owner, _) = tx.user_pool_client(&client)?.unwrap();
            assert_eq!(owner, own());
            assert_eq!(tx.user_pool(&pool)?.unwrap().0, own());

            let mut mine = tx.account(own());
            assert!(!mine.delete_user_pool(&pool, 2)?, "another version");
            assert!(mine.delete_user_pool(&pool, 1)?);
            assert!(mine.user_pool_client(&client)?.is_none());
            assert!(mine.pool_user(user.user.id)?.is_none());
            assert!(!mine.has_pool_sign_in(id)?);
            Ok(())
        })
        .await;
}

pub(super) async fn a_user_is_replaced_by_the_next_version_only(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let mut mine = tx.account(own());
            let pool = new_pool(&mut mine);
            let user = new_pool_user(&mut mine, &pool, 1).user;
            let guessed = user.clone().guessed(NOW);
            assert!(mine.update_pool_user(&guessed)?);
            assert!(!mine.update_pool_user(&guessed)?, "it is there already");
            let set = guessed.signed_in();
            assert!(mine.set_pool_password(&set, "other")?);
            assert!(!mine.set_pool_password(&user, "third")?);
            let found = mine.pool_user_named(&pool, &[1; 32])?.unwrap();
            assert_eq!((found.user, found.password.as_str()), (set, "other"));
            Ok(())
        })
        .await;
}

pub(super) async fn the_oldest_sign_ins_end_for_the_next(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let mut mine = tx.account(own());
            let pool = new_pool(&mut mine);
            let client = new_client(&mut mine, &pool);
            let users = [1, 2].map(|index| new_pool_user(&mut mine, &pool, index));
            let ids: Vec<SignInId> = (1..=5)
                .map(|n| sign_in(&mut mine, &users[0], &client, n))
                .collect();
            let others = sign_in(&mut mine, &users[1], &client, 9);
            assert_eq!(mine.trim_pool_sign_ins(users[0].user.id, 5)?, 0);
            assert_eq!(mine.trim_pool_sign_ins(users[0].user.id, 3)?, 2);
            let left: Vec<bool> = ids
                .iter()
                .map(|id| mine.has_pool_sign_in(*id).unwrap())
                .collect();
            assert_eq!(left, [false, false, true, true, true]);
            assert!(mine.has_pool_sign_in(others)?);
            assert_eq!(mine.delete_pool_sign_ins(users[0].user.id)?, 3);
            assert_eq!(tx.sweep_pool_sign_ins(NOW.plus_seconds(59), 9)?, 0);
            assert_eq!(tx.sweep_pool_sign_ins(NOW.plus_seconds(60), 9)?, 1);
            Ok(())
        })
        .await;
}

pub(super) async fn a_user_is_cut_from_an_epoch_on(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let users = [1, 2].map(|index| new_user(&mut tx.account(own()), index));
            let before = tx.epoch()?;
            let cut = tx.cut_user(users[0], NOW)?;
            assert!(tx.user_was_cut(users[0], before)?);
            assert!(!tx.user_was_cut(users[0], cut)?);
            assert!(!tx.user_was_cut(users[1], before)?);
            // The same bytes as another thing are not the user.
            tx.cut("agent", users[1].as_bytes(), NOW)?;
            assert!(!tx.user_was_cut(users[1], before)?);
            Ok(())
        })
        .await;
}

fn group(pool: &PoolId, name: &str) -> PoolGroup {
    PoolGroup {
        pool: pool.clone(),
        name: name.parse().unwrap(),
        description: None,
        precedence: None,
        created_at: NOW,
        updated_at: NOW,
        version: 1,
    }
}

pub(super) async fn a_group_has_users_of_its_own_pool(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let mut mine = tx.account(own());
            let pools = [new_pool(&mut mine), new_pool(&mut mine)];
            let ids = [1, 2].map(|index| new_pool_user(&mut mine, &pools[0], index).user.id);
            let stranger = new_pool_user(&mut mine, &pools[1], 3).user.id;
            let (pool, a, b) = (&pools[0], group(&pools[0], "a"), group(&pools[0], "b"));
            for group in [&b, &a] {
                assert!(mine.insert_pool_group(group)?);
                assert!(!mine.insert_pool_group(group)?, "one of a name");
            }
            assert!(mine.insert_pool_group(&group(&pools[1], "a"))?);
            assert_eq!(mine.count_pool_groups(pool)?, 2);
            assert_eq!(mine.pool_groups(pool, None, 9)?, [a.clone(), b.clone()]);
            assert_eq!(
                mine.pool_groups(pool, Some(&a.name), 9)?,
                std::slice::from_ref(&b)
            );
            for id in ids {
                assert!(mine.insert_pool_group_member(pool, &a.name, id)?);
                assert!(!mine.insert_pool_group_member(pool, &a.name, id)?);
            }
            assert!(mine.insert_pool_group_member(pool, &b.name, ids[0])?);
            let unknown = "c".parse().unwrap();
            assert!(!mine.insert_pool_group_member(pool, &unknown, ids[0])?);
            assert!(!mine.insert_pool_group_member(pool, &a.name, stranger)?);
            assert_eq!(mine.pool_groups_of(ids[0])?, [a.clone(), b.clone()]);
            assert!(mine.pool_groups_of(stranger)?.is_empty());
            let after = Some(ids[0].min(ids[1]));
            let left = mine.pool_group_members(pool, &a.name, after, 9)?;
            assert_eq!(left.len(), 1);
            assert_eq!(left[0].user.id, ids[0].max(ids[1]));

            let mut theirs = tx.account(other());
            assert!(theirs.pool_group(pool, &a.name)?.is_none());
            assert!(theirs.pool_groups_of(ids[0])?.is_empty());
            assert!(
                theirs
                    .pool_group_members(pool, &a.name, None, 9)?
                    .is_empty()
            );
            assert!(!theirs.delete_pool_group_member(pool, &a.name, ids[0])?);
            assert!(!theirs.delete_pool_group(pool, &a.name)?);

            let mut mine = tx.account(own());
            assert!(mine.delete_pool_group_member(pool, &a.name, ids[0])?);
            assert!(!mine.delete_pool_group_member(pool, &a.name, ids[0])?);
            assert_eq!(mine.pool_groups_of(ids[0])?, std::slice::from_ref(&b));
            assert!(mine.delete_pool_user(ids[1])?);
            assert!(mine.pool_group_members(pool, &a.name, None, 9)?.is_empty());
            assert!(mine.delete_pool_group(pool, &b.name)?);
            assert!(!mine.delete_pool_group(pool, &b.name)?);
            assert!(mine.pool_groups_of(ids[0])?.is_empty());
            assert!(mine.delete_user_pool(pool, 1)?);
            assert_eq!(mine.count_pool_groups(pool)?, 0);
            assert_eq!(mine.count_pool_groups(&pools[1])?, 1);
            Ok(())
        })
        .await;
}

pub(super) async fn a_group_is_replaced_by_the_next_version_only(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let mut mine = tx.account(own());
            let pool = new_pool(&mut mine);
            let first = group(&pool, "a");
            assert!(mine.insert_pool_group(&first)?);
            let next = PoolGroup {
                description: Some("all".to_owned()),
                precedence: Some(7),
                version: 2,
                ..first
            };
            assert!(mine.update_pool_group(&next)?);
            assert!(!mine.update_pool_group(&next)?, "it is there already");
            assert_eq!(mine.pool_group(&pool, &next.name)?, Some(next));
            Ok(())
        })
        .await;
}
