//! What was recorded, and whether it holds.

use procura_app::notes::notes_of;
use procura_core::action::Action;
use procura_core::audit::export::{CHECKPOINT_LINE, TITLE, Verified, Verifier};
use procura_core::audit::record::{Record, Verdict};

use crate::app::TestApp;

/// How many records are read at once.
const LINES: u32 = 1000;

impl TestApp {
    /// The newest records, all accounts', in the order of their ids. Wherever a test reads them,
    /// every no of the policies among them says why.
    pub async fn records(&self) -> Vec<Record> {
        let mut cx = self.app().operator_cx(Action::ReadAudit);
        let lines = self.app().records(&mut cx, None, LINES).await.unwrap();
        let read = |line: &Vec<u8>| Record::from_line(line).unwrap();
        let records: Vec<Record> = lines.iter().map(read).collect();
        records.iter().for_each(says_why);
        records
    }

    /// The record with this id.
    pub async fn record(&self, id: &str) -> Record {
        let mut records = self.records().await;
        records.retain(|record| record.entry.id.to_string() == id);
        assert_eq!(records.len(), 1, "{id} is recorded {} times", records.len());
        records.remove(0)
    }

    /// Takes an export and verifies it, as an auditor does, and against the notes that were written
    /// outside of the database before.
    pub async fn verify_records(&self) -> Verified {
        let app = self.app();
        let mut cx = app.operator_cx(Action::ExportAudit);
        let (states, note) = app.begin_export(&mut cx).await.unwrap();
        let key = app.verifier_key().await;
        let mut verifier = Verifier::new();
        for note in notes_of(&self.notes()) {
            verifier.expect(&[key.open(note).unwrap()]).unwrap();
        }
        let mut take = |line: &[u8]| verifier.line(&[line, b"\n"].concat()).map(|_| ()).unwrap();
        take(TITLE.as_bytes());
        for state in states {
            let mut from = 0;
            while from < state.size {
                let rest = u32::try_from(state.size - from).unwrap().min(LINES);
                let lines = app
                    .export_lines(&mut cx, state.chain, from, rest)
                    .await
                    .unwrap();
                assert!(!lines.is_empty(), "{} ends after {from}", state.chain);
                for line in &lines {
                    take(line);
                }
                from += u64::try_from(lines.len()).unwrap();
            }
        }
        take(CHECKPOINT_LINE.as_bytes());
        for line in note.lines() {
            take(line.as_bytes());
        }
        verifier.finish(&key).unwrap()
    }

    /// The notes that were signed so far.
    fn notes(&self) -> Vec<u8> {
        let mut notes = Vec::new();
        for entry in std::fs::read_dir(self.directory().join("checkpoints")).unwrap() {
            let path = entry.unwrap().path();
            if path
                .extension()
                .is_some_and(|extension| extension == "notes")
            {
                notes.extend(std::fs::read(path).unwrap());
            }
        }
        notes
    }
}

/// A no of the policies names the question, the policy or the grant, and what was read.
fn says_why(record: &Record) {
    let entry = &record.entry;
    // The policies of an account are said to be in force beside the rules.
    let rules = entry
        .policy
        .as_deref()
        .and_then(|version| version.split(" + ").next());
    let is_of_policies = rules.is_some_and(|rules| entry.reason.contains(&format!("[{rules}]")));
    let denied = entry.denied.as_deref();
    let is_deny = entry.verdict == Verdict::Deny;
    assert_eq!(denied.is_some(), is_deny && is_of_policies, "{record:?}");
    let Some(denied) = denied else { return };
    assert!(!denied.attributes.is_empty(), "{record:?}");
    assert!(entry.reason.contains(&format!("{}: ", denied.question)));
    for policy in &denied.policies {
        assert!(entry.reason.contains(policy), "{record:?}");
    }
}
