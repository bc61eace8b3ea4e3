//! Resource servers and domains of user pools.

use procura_core::pool_domain::PoolDomain;
use procura_core::resource_server::{ResourceServer, ServerScope};
use procura_core::user_pool::PoolId;

use crate::contract::database::Database;
use crate::contract::samples::{NOW, other, own, with_accounts};
use crate::contract::user_pools::new_pool;

fn server(pool: &PoolId, identifier: &str) -> ResourceServer {
    ResourceServer {
        pool: pool.clone(),
        identifier: identifier.parse().unwrap(),
        name: "it".to_owned(),
        scopes: vec![ServerScope {
            name: "read".parse().unwrap(),
            description: "reads".to_owned(),
        }],
        created_at: NOW,
        updated_at: NOW,
        version: 1,
    }
}

pub(super) async fn a_resource_server_is_of_one_pool(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let mut mine = tx.account(own());
            let pools = [new_pool(&mut mine), new_pool(&mut mine)];
            let pool = &pools[0];
            let (a, b) = (server(pool, "a"), server(pool, "https://b.example/v1"));
            for server in [&b, &a] {
                assert!(mine.insert_resource_server(server)?);
                assert!(
                    !mine.insert_resource_server(server)?,
                    "one of an identifier"
                );
            }
            assert!(mine.insert_resource_server(&server(&pools[1], "a"))?);
            assert_eq!(mine.count_resource_servers(pool)?, 2);
            assert_eq!(
                mine.resource_servers(pool, None, 9)?,
                [a.clone(), b.clone()]
            );
            let after = mine.resource_servers(pool, Some(&a.identifier), 9)?;
            assert_eq!(after, std::slice::from_ref(&b));
            let scopes = [
                "openid",
                "a/read",
                "a/write",
                "https://b.example/v1/read",
                "c/read",
            ];
            let scopes = scopes.map(str::to_owned);
            assert_eq!(
                mine.standing_scopes(pool, &scopes, None)?,
                ["openid", "a/read", "https://b.example/v1/read"]
            );
            assert_eq!(
                mine.standing_scopes(pool, &scopes, Some("https://b.example/v1"))?,
                ["openid", "https://b.example/v1/read"]
            );
            assert_eq!(
                mine.standing_scopes(&pools[1], &scopes, None)?,
                ["openid", "a/read"]
            );

            let mut theirs = tx.account(other());
            assert!(theirs.resource_server(pool, &a.identifier)?.is_none());
            assert!(theirs.resource_servers(pool, None, 9)?.is_empty());
            assert_eq!(theirs.standing_scopes(pool, &scopes, None)?, ["openid"]);
            assert!(!theirs.insert_resource_server(&server(pool, "c"))?);
            assert!(!theirs.delete_resource_server(pool, &a.identifier)?);
            let next = ResourceServer {
                name: "other".to_owned(),
                scopes: Vec::new(),
                version: 2,
                ..a.clone()
            };
            assert!(!theirs.update_resource_server(&next)?);

            let mut mine = tx.account(own());
            assert!(mine.update_resource_server(&next)?);
            assert!(!mine.update_resource_server(&next)?, "it is there already");
            assert_eq!(mine.resource_server(pool, &a.identifier)?, Some(next));
            assert!(mine.delete_resource_server(pool, &b.identifier)?);
            assert!(!mine.delete_resource_server(pool, &b.identifier)?);
            assert!(mine.delete_user_pool(pool, 1)?);
            assert_eq!(mine.count_resource_servers(pool)?, 0);
            assert_eq!(mine.count_resource_servers(&pools[1])?, 1);
            Ok(())
        })
        .await;
}

pub(super) async fn a_domain_is_one_in_the_deployment(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let mut theirs = tx.account(other());
            let foreign = new_pool(&mut theirs);
            let mut mine = tx.account(own());
            let pools = [new_pool(&mut mine), new_pool(&mut mine)];
            let domain = |pool: &PoolId, prefix: &str| PoolDomain {
                prefix: prefix.parse().unwrap(),
                pool: pool.clone(),
                created_at: NOW,
            };
            let first = domain(&pools[0], "app");
            assert!(mine.insert_pool_domain(&first)?);
            assert!(!mine.insert_pool_domain(&first)?);
            assert!(
                !mine.insert_pool_domain(&domain(&pools[1], "app"))?,
                "it is taken"
            );
            assert!(
                !mine.insert_pool_domain(&domain(&pools[0], "other"))?,
                "it has one"
            );
            assert_eq!(mine.domain_of_pool(&pools[0])?, Some(first.clone()));
            assert_eq!(mine.domain_of_pool(&pools[1])?, None);

            let mut theirs = tx.account(other());
            assert!(
                !theirs.insert_pool_domain(&domain(&foreign, "app"))?,
                "in any account"
            );
            assert_eq!(theirs.pool_domain(&first.prefix)?, None);
            assert!(!theirs.delete_pool_domain(&pools[0], &first.prefix)?);
            assert_eq!(tx.pool_domain(&first.prefix)?, Some((own(), first.clone())));

            let mut mine = tx.account(own());
            assert!(!mine.delete_pool_domain(&pools[1], &first.prefix)?);
            assert!(mine.delete_pool_domain(&pools[0], &first.prefix)?);
            assert!(mine.insert_pool_domain(&domain(&pools[1], "app"))?);
            assert!(mine.delete_user_pool(&pools[1], 1)?);
            assert_eq!(tx.pool_domain(&first.prefix)?, None);
            Ok(())
        })
        .await;
}
