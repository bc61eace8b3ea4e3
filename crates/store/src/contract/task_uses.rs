//! How many uses are left of what is good for so many.

use procura_core::entropy::OsEntropy;
use procura_core::id::TaskUseId;

use crate::contract::database::Database;
use crate::contract::samples::{NOW, other, own, with_accounts};

pub(super) async fn a_count_gives_so_many_in_its_account_and_until_it_is_swept(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    store
        .write(|tx| {
            let [two, one] = [1, 2].map(|at| {
                let at = NOW.plus_seconds(at);
                TaskUseId::generate(at, &mut OsEntropy)
            });
            let end = NOW.plus_seconds(60);
            let mut mine = tx.account(own());
            mine.insert_task_use(two, 2, end)?;
            mine.insert_task_use(one, 1, end.plus_seconds(1))?;
            assert!(mine.take_task_uses(&[])?);
            assert!(mine.take_task_uses(&[two, one])?);
            assert_eq!(mine.task_uses_left(one)?, 0);
            assert!(!mine.take_task_uses(&[one])?);
            let mut theirs = tx.account(other());
            assert_eq!(theirs.task_uses_left(two)?, 0);
            assert!(!theirs.take_task_uses(&[two])?);
            let mut mine = tx.account(own());
            assert!(mine.take_task_uses(&[two])?);
            assert!(!mine.take_task_uses(&[two])?, "it never goes below none");
            assert_eq!(tx.sweep_task_uses(NOW, 10)?, 0);
            assert_eq!(tx.sweep_task_uses(end, 10)?, 1);
            assert_eq!(tx.sweep_task_uses(end.plus_seconds(1), 10)?, 1);
            Ok(())
        })
        .await;
}
