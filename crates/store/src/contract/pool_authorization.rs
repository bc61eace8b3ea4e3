//! Codes, refresh tokens and login sessions of user pools.

use procura_core::entropy::OsEntropy;
use procura_core::id::SignInId;
use procura_core::pool_authorization::{
    AuthorizationCode, CODE_REMEMBERED_S, GENERATIONS_REMEMBERED,
};
use procura_core::user_pool_client::PoolClientId;

use crate::contract::database::Database;
use crate::contract::samples::{NOW, other, own, with_accounts};
use crate::contract::user_pools::{new_client, new_pool, new_pool_user, sign_in};
use crate::pool_authorization::{OpenIdSignIn, PoolBrowserSession};
use crate::pool_user::StoredPoolUser;
use crate::tx::AccountTx;

fn code(own: &mut AccountTx<'_>, user: &StoredPoolUser, client: &PoolClientId, n: u8) {
    let code = AuthorizationCode {
        pool_user: user.user.id,
        client: client.clone(),
        redirect_uri: (n == 1).then(|| "https://app.example/cb".parse().unwrap()),
        challenge: "c".repeat(43),
        scope: "openid".to_owned(),
        nonce: (n == 1).then(|| "n".to_owned()),
        resource: None,
        authenticated_at: NOW,
        expires_at: NOW.plus_seconds(60),
        sign_in: None,
    };
    own.insert_pool_code(&[n; 32], &code).unwrap();
    assert_eq!(own.pool_code(&[n; 32]).unwrap(), Some(code));
}

fn browser(own: &mut AccountTx<'_>, user: &StoredPoolUser, n: u8) {
    let session = PoolBrowserSession {
        pool_user: user.user.id,
        authenticated_at: NOW,
        expires_at: NOW.plus_seconds(3600),
    };
    own.insert_pool_browser_session(&[n; 32], &session).unwrap();
    let found = own.pool_browser_session(&[n; 32]).unwrap();
    assert_eq!(found, Some(session));
}

pub(super) async fn a_code_is_redeemed_once_and_remembered_a_while(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let mut mine = tx.account(own());
            let pool = new_pool(&mut mine);
            let client = new_client(&mut mine, &pool);
            let user = new_pool_user(&mut mine, &pool, 1);
            code(&mut mine, &user, &client, 1);
            code(&mut mine, &user, &client, 2);
            let id = SignInId::generate(NOW, &mut OsEntropy);
            assert!(mine.redeem_pool_code(&[1; 32], id)?);
            assert!(!mine.redeem_pool_code(&[1; 32], id)?);
            assert_eq!(mine.pool_code(&[1; 32])?.unwrap().sign_in, Some(id));
            assert!(!mine.redeem_pool_code(&[3; 32], id)?);
            let mut theirs = tx.account(other());
            assert!(theirs.pool_code(&[2; 32])?.is_none());
            assert!(!theirs.redeem_pool_code(&[2; 32], id)?);
            let end = NOW.plus_seconds(60 + CODE_REMEMBERED_S);
            assert_eq!(tx.sweep_pool_logins(end.plus_seconds(-1), 9)?, 0);
            assert_eq!(tx.sweep_pool_logins(end, 1)?, 1);
            assert_eq!(tx.sweep_pool_logins(end, 9)?, 1);
            Ok(())
        })
        .await;
}

pub(super) async fn a_sign_in_knows_its_newest_refresh_token(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let mut mine = tx.account(own());
            let pool = new_pool(&mut mine);
            let client = new_client(&mut mine, &pool);
            let user = new_pool_user(&mut mine, &pool, 1);
            let id = sign_in(&mut mine, &user, &client, 1);
            let openid = OpenIdSignIn {
                scope: Some("openid email".to_owned()),
                resource: Some("https://mcp.example/".to_owned()),
                generation: 1,
                began_at: NOW,
            };
            mine.insert_openid_sign_in(id, &openid, &[1; 32])?;
            let found = mine.pool_refresh_token(&[1; 32])?.unwrap();
            assert_eq!((found.sign_in.id, found.generation), (id, 1));
            assert_eq!(found.openid, openid);
            let later = NOW.plus_seconds(5);
            assert!(mine.advance_pool_refresh_token(id, 1, later, &[2; 32])?);
            assert!(!mine.advance_pool_refresh_token(id, 1, later, &[3; 32])?);
            let before = mine.pool_refresh_token(&[1; 32])?.unwrap();
            assert_eq!((before.generation, before.openid.generation), (1, 2));
            assert_eq!(before.openid.began_at, later);
            for generation in 2..=GENERATIONS_REMEMBERED {
                let hash = procura_core::digest::sha256(&[&generation.to_be_bytes()]);
                assert!(mine.advance_pool_refresh_token(id, generation, later, &hash)?);
            }
            assert!(mine.pool_refresh_token(&[1; 32])?.is_some());
            let last = GENERATIONS_REMEMBERED + 1;
            assert!(mine.advance_pool_refresh_token(id, last, later, &[4; 32])?);
            assert!(mine.pool_refresh_token(&[1; 32])?.is_none(), "forgotten");
            assert!(tx.account(other()).pool_refresh_token(&[4; 32])?.is_none());
            let mut mine = tx.account(own());
            assert!(mine.delete_pool_sign_in(id)?);
            assert!(mine.pool_refresh_token(&[4; 32])?.is_none());
            Ok(())
        })
        .await;
}

pub(super) async fn a_browser_is_signed_out_with_its_user(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let mut mine = tx.account(own());
            let pool = new_pool(&mut mine);
            let client = new_client(&mut mine, &pool);
            let users = [1, 2].map(|index| new_pool_user(&mut mine, &pool, index));
            for n in [1, 2] {
                browser(&mut mine, &users[0], n);
                code(&mut mine, &users[0], &client, n);
            }
            browser(&mut mine, &users[1], 3);
            code(&mut mine, &users[1], &client, 3);
            assert!(mine.delete_pool_browser_session(&[1; 32])?);
            assert!(!mine.delete_pool_browser_session(&[1; 32])?);
            mine.delete_pool_sign_ins(users[0].user.id)?;
            assert!(mine.pool_browser_session(&[2; 32])?.is_none());
            assert!(mine.pool_code(&[2; 32])?.is_none());
            assert!(mine.pool_browser_session(&[3; 32])?.is_some());
            assert!(mine.pool_code(&[3; 32])?.is_some());
            let mut theirs = tx.account(other());
            assert!(theirs.pool_browser_session(&[3; 32])?.is_none());
            assert!(!theirs.delete_pool_browser_session(&[3; 32])?);
            assert_eq!(tx.sweep_pool_logins(NOW.plus_seconds(659), 9)?, 0);
            assert_eq!(tx.sweep_pool_logins(NOW.plus_seconds(3600), 9)?, 1);
            Ok(())
        })
        .await;
}
