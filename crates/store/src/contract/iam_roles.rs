//! Roles of the access management.

use procura_core::entropy::OsEntropy;
use procura_core::iam_role::{IamRole, InlinePolicy, ManagedPolicy, RoleName, TrustPolicy};
use procura_core::id::RoleId;

use crate::contract::database::Database;
use crate::contract::samples::{NOW, other, own, with_accounts};

fn new_role(name: &str) -> IamRole {
    IamRole {
        id: RoleId::generate(NOW, &mut OsEntropy),
        name: name.parse().unwrap(),
        path: "/a/".parse().unwrap(),
        description: "what".to_owned(),
        trust: TrustPolicy {
            document: "{}".to_owned(),
            cedar: "permit (principal, action, resource);".to_owned(),
        },
        managed: vec![ManagedPolicy::Admin],
        inline: vec![InlinePolicy {
            name: "p".to_owned(),
            document: "{}".to_owned(),
            cedar: String::new(),
        }],
        max_session_s: 7200,
        created_at: NOW,
        updated_at: NOW,
        version: 1,
    }
}

pub(super) async fn a_role_is_of_one_account_and_found_without_regard_to_case(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let (first, second) = (new_role("Beta"), new_role("alpha"));
            let mut mine = tx.account(own());
            assert!(mine.insert_iam_role(&first)?);
            assert!(mine.insert_iam_role(&second)?);
            assert!(!mine.insert_iam_role(&new_role("bETA"))?, "it is taken");
            let shouted: RoleName = "BETA".parse().unwrap();
            assert_eq!(mine.iam_role_named(&shouted)?.as_ref(), Some(&first));
            assert_eq!(mine.iam_role(first.id)?.as_ref(), Some(&first));
            let all = mine.iam_roles(None, 9)?;
            assert_eq!(all, [second.clone(), first.clone()]);
            assert_eq!(
                mine.iam_roles(Some(&second.name), 9)?,
                std::slice::from_ref(&first)
            );
            assert_eq!(mine.iam_roles(None, 1)?, [second]);

            let mut theirs = tx.account(other());
            assert_eq!(theirs.iam_role_named(&shouted)?, None);
            assert_eq!(theirs.iam_role(first.id)?, None);
            assert!(!theirs.delete_iam_role(first.id, 1)?);
            assert!(theirs.insert_iam_role(&new_role("beta"))?);
            Ok(())
        })
        .await;
}

pub(super) async fn a_role_is_replaced_by_the_next_version_only(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let role = new_role("role");
            let mut mine = tx.account(own());
            assert!(mine.insert_iam_role(&role)?);
            let changed = IamRole {
                managed: Vec::new(),
                inline: Vec::new(),
                trust: TrustPolicy {
                    document: "[]".to_owned(),
                    cedar: String::new(),
                },
                version: 2,
                ..role.clone()
            };
            assert!(mine.update_iam_role(&changed)?);
            assert!(!mine.update_iam_role(&changed)?, "it is there already");
            assert_eq!(mine.iam_role(role.id)?, Some(changed));
            assert!(!mine.delete_iam_role(role.id, 1)?, "another version");
            assert!(mine.delete_iam_role(role.id, 2)?);
            assert_eq!(mine.iam_role(role.id)?, None);
            let before = tx.epoch()?;
            assert!(tx.cut_role(role.id, NOW)? > before);
            Ok(())
        })
        .await;
}
