//! What was recorded, and whether it holds.

use procura_app::notes::notes_of;
use procura_core::action::Action;
use procura_core::audit::export::{CHECKPOINT_LINE, TITLE, Verified, Verifier};
use procura_core::audit::record::Record;

use crate::app::TestApp;

/// How many records are read at once.
const LINES: u32 = 1000;

impl TestApp {
    /// The newest records, all accounts', in the order of their ids.
    pub async fn records(&self) -> Vec<Record> {
        let mut cx = self.app().operator_cx(Action::ReadAudit);
        let lines = self.app().records(&mut cx, None, LINES).await.unwrap();
        lines
            .iter()
            .map(|line| Record::from_line(line).unwrap())
            .collect()
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
