//! What became of a commit that was answered with an error.

use std::sync::mpsc::sync_channel;

use procura_core::account::{Account, AccountId};
use procura_core::audit::record::{Entry, Verdict};
use procura_core::entropy::{OsEntropy, random_bytes};
use procura_core::id::{NodeId, RecordId};
use procura_core::time::Timestamp;
use tokio::sync::oneshot;

use super::*;
use crate::config::SqliteConfig;
use crate::engine::{Limits, sqlite};
use crate::job::{Answer, job};
use crate::tx::Outcome;

const NOW: Timestamp = Timestamp::from_millis(1_000_000_000_000);

/// A started writer without its thread.
fn with_writer(test: impl FnOnce(Writer)) {
    let unique = u128::from_be_bytes(random_bytes(&mut OsEntropy));
    let directory = std::env::temp_dir().join(format!("procura_{unique:032x}"));
    std::fs::create_dir(&directory).unwrap();
    let path = directory.join("procura.db");
    sqlite::migrate(&SqliteConfig { path: path.clone() }).unwrap();
    let shared = Shared::new(Limits {
        writers: 1,
        readers: 0,
        lookups: 0,
        jobs_max: 10,
    });
    let session = SqliteSession::open(&path, Access::Write, &shared.clock).unwrap();
    let mut writer = Writer::new(shared, path, session);
    let (reply, _) = sync_channel(1);
    let start = Start {
        node: NodeId::from_bytes([1; 16]),
        leftovers: true,
        reply,
    };
    writer.start(&start).unwrap();
    test(writer);
    std::fs::remove_dir_all(directory).unwrap();
}

fn insert(recorded: bool) -> (Box<dyn Job>, oneshot::Receiver<Answer<bool>>) {
    let id = RecordId::generate(NOW, &mut OsEntropy);
    job("insert", &Arc::default(), move |tx: &mut Tx<'_>| {
        let account = Account {
            id: AccountId::DEV,
            name: "dev".to_owned(),
            created_at: NOW,
        };
        let inserted = tx.insert_account(&account)?;
        let entry = Entry::new(id, NOW, "Insert", Verdict::Allow, "a test");
        Ok(if recorded {
            Outcome::Done(inserted, entry)
        } else {
            Outcome::Unrecorded(inserted)
        })
    })
}

/// Runs a closure up to its commit, ends the transaction with `end`, and lets the writer believe
/// that the commit was answered with an error: what the caller hears, and what is there.
fn after_failed_commit(recorded: bool, end: &'static str) -> (Answer<bool>, bool, u64) {
    let mut seen = None;
    with_writer(|mut writer| {
        let (mut job, mut answer) = insert(recorded);
        writer.begin().unwrap();
        let mut head = writer.chain.clone();
        let End::Settled(result) = writer.one(&mut head, job.as_mut()) else {
            panic!("broken")
        };
        writer.session.control(end).unwrap();
        writer.resolve(vec![Ran { job, result }], head);
        let there = writer.tx().account_exists(AccountId::DEV).unwrap();
        let head = writer.chain.clone().unwrap();
        assert_eq!(
            chain::load_open(&mut writer.tx(), head.chain()).unwrap(),
            Some(head.clone())
        );
        assert_eq!(
            writer.shared.published.heads().get(&head.chain()),
            Some(&head)
        );
        seen = Some((answer.try_recv().unwrap(), there, head.size()));
    });
    seen.unwrap()
}

#[test]
fn a_commit_that_is_in_the_log_is_done() {
    let (answer, there, size) = after_failed_commit(true, "COMMIT");
    assert!(answer.unwrap().value);
    assert_eq!((there, size), (true, 2));
}

#[test]
fn a_commit_that_is_not_in_the_log_is_done_once_more() {
    let (answer, there, size) = after_failed_commit(true, "ROLLBACK");
    assert!(answer.unwrap().value, "its first run was undone");
    assert_eq!((there, size), (true, 2));
}

#[test]
fn housekeeping_that_cannot_be_found_again_is_told_as_unknown() {
    for (end, is_there) in [("COMMIT", true), ("ROLLBACK", false)] {
        let (answer, there, size) = after_failed_commit(false, end);
        let error = answer.unwrap_err();
        assert!(format!("{error:?}").contains("unknown"), "{error:?}");
        assert_eq!((there, size), (is_there, 1));
    }
}

/// A closure that writes nothing but its record.
fn recorded(id: RecordId) -> (Box<dyn Job>, oneshot::Receiver<Answer<bool>>) {
    job("recorded", &Arc::default(), move |tx: &mut Tx<'_>| {
        let there = tx.account_exists(AccountId::DEV)?;
        let entry = Entry::new(id, NOW, "Read", Verdict::Allow, "a test");
        Ok(Outcome::Done(there, entry))
    })
}

#[test]
fn a_record_that_cannot_be_written_is_the_failure_of_its_closure_alone() {
    with_writer(|mut writer| {
        let twice = RecordId::generate(NOW, &mut OsEntropy);
        let (first, mut done) = recorded(twice);
        let (second, mut failed) = recorded(twice);
        let (third, mut done_too) = insert(true);
        for job in [second, third] {
            writer.shared.writes.push(job).unwrap();
        }
        writer.batch(first);
        // The second breaks the batch and is run singly, after the first; the third is the next.
        let Popped::Job(third) = writer.shared.writes.pop(0) else {
            panic!("nothing waits")
        };
        writer.batch(third);
        assert!(!done.try_recv().unwrap().unwrap().value);
        assert!(failed.try_recv().unwrap().is_err());
        assert!(done_too.try_recv().unwrap().unwrap().value);
        let head = writer.chain.clone().unwrap();
        assert_eq!(head.size(), 3);
        let chain = head.chain();
        let there = chain::load_open(&mut writer.tx(), chain).unwrap();
        assert_eq!(there, Some(head));
    });
}
