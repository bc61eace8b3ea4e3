//! Policies of accounts.

use procura_core::account_policy::{AccountPolicy, PolicyMode};

use crate::contract::database::Database;
use crate::contract::samples::{NOW, other, own, with_accounts};

fn policy(id: &str, version: u64, mode: PolicyMode, text: &str) -> AccountPolicy {
    AccountPolicy {
        id: id.parse().unwrap(),
        version,
        mode,
        text: text.to_owned(),
        updated_at: NOW,
        updated_by: "operator".to_owned(),
    }
}

pub(super) async fn a_policy_is_kept_with_all_that_it_was(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let first = policy("night", 1, PolicyMode::LogOnly, "one");
            let second = policy("night", 2, PolicyMode::Active, "two");
            let id = &first.id;
            let mut mine = tx.account(own());
            assert_eq!(mine.policy_set()?, None);
            assert_eq!(mine.last_policy_version(id)?, 0);
            mine.put_account_policy(&first, &[1; 16])?;
            assert_eq!(mine.policy_set()?, Some([1; 16]));
            mine.put_account_policy(&second, &[2; 16])?;
            assert_eq!(mine.policy_set()?, Some([2; 16]));
            assert_eq!(mine.account_policies()?, std::slice::from_ref(&second));
            assert_eq!(mine.account_policy(id)?, Some(second));
            assert_eq!(mine.account_policy_count()?, 1);

            let mut theirs = tx.account(other());
            assert_eq!(theirs.account_policies()?, []);
            assert_eq!(theirs.account_policy(id)?, None);
            assert_eq!(theirs.account_policy_history(id, 10)?, []);
            assert_eq!(theirs.policy_set()?, None);
            assert!(!theirs.delete_account_policy(id, (NOW, "operator"), &[3; 16])?);

            let mut mine = tx.account(own());
            assert!(mine.delete_account_policy(id, (NOW, "operator"), &[3; 16])?);
            assert!(!mine.delete_account_policy(id, (NOW, "operator"), &[4; 16])?);
            assert_eq!(mine.account_policies()?, []);
            assert_eq!(mine.policy_set()?, Some([3; 16]));
            // Numbers go on after what was deleted.
            assert_eq!(mine.last_policy_version(id)?, 3);
            let history = mine.account_policy_history(id, 10)?;
            let said = history.into_iter().map(|was| (was.version, was.said));
            let expected = [
                (3, None),
                (2, Some((PolicyMode::Active, "two".to_owned()))),
                (1, Some((PolicyMode::LogOnly, "one".to_owned()))),
            ];
            assert!(said.eq(expected));
            Ok(())
        })
        .await;
}

pub(super) async fn a_change_of_policies_is_a_cut_of_their_account(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let before = tx.epoch()?;
            assert!(!tx.policies_were_cut(own(), before)?);
            let after = tx.cut_policies(own(), NOW)?;
            assert_eq!(after, before + 1);
            assert!(tx.policies_were_cut(own(), before)?);
            assert!(!tx.policies_were_cut(own(), after)?);
            assert!(!tx.policies_were_cut(other(), before)?);
            Ok(())
        })
        .await;
}
