use super::verifier::{AccountVerifier, Proved, Unproved};
use super::*;
use crate::audit::note::{Signer, VerifierKey};
use crate::audit::record::{Entry, Record, Verdict};
use crate::id::{DeploymentId, NodeId, RecordId};
use crate::secret::Plain;
use crate::time::Timestamp;

fn own() -> AccountId {
    "111111111111".parse().unwrap()
}

fn other() -> AccountId {
    "999999999999".parse().unwrap()
}

fn signer(seed: u8) -> Signer {
    Signer::from_seed("dep_test".to_owned(), &Plain::new(vec![seed; 32])).unwrap()
}

fn key() -> VerifierKey {
    signer(3).verifier_key()
}

/// A chain whose records are of these accounts.
fn chain(number: u8, accounts: &[Option<AccountId>]) -> (ChainState, Vec<Vec<u8>>) {
    let mut head = ChainHead::new(ChainId::from_bytes([number; 16]));
    let mut lines = Vec::new();
    for (place, account) in (0..).zip(accounts) {
        let id = RecordId::from_bytes([number, place, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        let at = Timestamp::from_millis(1_763_000_000_000 + i64::from(place));
        let mut entry = Entry::new(id, at, "Test", Verdict::Allow, "tested");
        entry.account = *account;
        lines.push(head.append(entry).unwrap());
    }
    (ChainState::from(&head), lines)
}

fn note(signer: &Signer, number: u64, open: Vec<ChainState>, ended: &[ChainState]) -> Note {
    let checkpoint = Checkpoint {
        deployment: DeploymentId::from_bytes([1; 16]),
        node: NodeId::from_bytes([2; 16]),
        epoch: 4,
        number,
        at: Timestamp::from_millis(1_763_000_000_000),
        previous: [9; 32],
        closed: ClosedChains::of(ended),
        restored: None,
        ended: Vec::new(),
        open,
    };
    let text = signer.sign(&checkpoint);
    Note { text, checkpoint }
}

/// A history of three chains, of which two ended, and what it was when the second was open.
struct History {
    chains: Vec<(ChainState, Vec<Vec<u8>>)>,
    now: Note,
    before: Note,
}

impl History {
    fn new() -> Self {
        Self::signed_by(&signer(3))
    }

    fn signed_by(signer: &Signer) -> Self {
        let (us, them) = (Some(own()), Some(other()));
        let chains = vec![
            chain(1, &[None, us, them, None]),
            chain(2, &[None, them, us, us, them, us, None]),
            chain(3, &[None, us, them, us, them]),
        ];
        let ended = [chains[0].0, chains[1].0];
        let now = note(signer, 9, vec![chains[2].0], &ended);
        let (begun, _) = chain(2, &[None, them, us]);
        let before = note(signer, 5, vec![begun], &[chains[0].0]);
        Self {
            chains,
            now,
            before,
        }
    }

    fn export(&self, since: Option<&Note>) -> Result<String, Unprovable> {
        let ended = [self.chains[0].0, self.chains[1].0];
        let states: Vec<ChainState> = self.chains.iter().map(|(state, _)| *state).collect();
        let mut out = heading(own(), &self.now, since, &ended)?;
        let since = since.map(|since| &since.checkpoint);
        if let Some(since) = since {
            all_are_there(since, &states)?;
        }
        let mut records = 0;
        for (state, lines) in &self.chains {
            let mut proved = ProvedChain::new(own(), state.chain);
            for line in lines {
                proved.line(line)?;
            }
            let (part, own) = proved.finish(state, since)?;
            out.push_str(std::str::from_utf8(&part).unwrap());
            records += own;
        }
        out.push_str(&ending(records));
        Ok(out)
    }
}

fn verify(text: &str, key: VerifierKey) -> Result<Proved, Unproved> {
    let mut verifier = AccountVerifier::new(key);
    for line in text.split_inclusive('\n') {
        verifier.line(line.as_bytes())?;
    }
    verifier.finish()
}

fn complaint(text: &str) -> String {
    verify(text, key()).unwrap_err().to_string()
}

/// The lines of an export: where the records begin, each with its path after it.
fn lines(text: &str) -> (Vec<String>, Vec<usize>) {
    let lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    let records = (0..lines.len()).filter(|line| lines[*line].starts_with('{'));
    let records = records.collect();
    (lines, records)
}

#[test]
fn an_export_has_the_records_of_its_account_and_proves_each() {
    let history = History::new();
    let text = history.export(None).unwrap();
    let proved = verify(&text, key()).unwrap();
    assert_eq!(proved.account, own());
    assert_eq!(proved.checkpoint, history.now.checkpoint);
    assert_eq!((proved.records, proved.since), (6, None));
    let (first, last) = proved.between.unwrap();
    assert_eq!(last.millis_since(first), 4);
    assert!(!text.contains("999999999999"), "nothing of others: {text}");
    let records = text.lines().filter(|line| line.starts_with('{'));
    let accounts = records.map(|line| Record::from_line(line.as_bytes()).unwrap().entry.account);
    assert!(accounts.into_iter().all(|account| account == Some(own())));
}

#[test]
fn an_account_without_records_has_an_export_too() {
    let history = History::new();
    let text = heading(
        own(),
        &history.now,
        None,
        &[history.chains[0].0, history.chains[1].0],
    );
    let text = text.unwrap() + &ending(0);
    assert_eq!(verify(&text, key()).unwrap().records, 0);
}

#[test]
fn since_an_earlier_checkpoint_nothing_was_rewritten() {
    let history = History::new();
    let text = history.export(Some(&history.before)).unwrap();
    let proved = verify(&text, key()).unwrap();
    assert_eq!(proved.since, Some(history.before.checkpoint.clone()));
    let without_growth: String = text
        .split_inclusive('\n')
        .filter(|line| !line.starts_with(GROWN))
        .collect();
    let chain = history.chains[1].0.chain.to_string();
    let said = complaint(&without_growth);
    assert!(said.contains(&chain) && said.contains("grown"), "{said}");
    // A chain that had ended is said to have ended since: the earlier hash is not of that.
    let said = complaint(&text.replace("\nclosed chn", "\nended chn"));
    assert!(said.contains("ended before"), "{said}");
}

#[test]
fn a_history_that_was_rewritten_since_does_not_grow_from_what_was_signed() {
    let mut history = History::new();
    let (us, them) = (Some(own()), Some(other()));
    // The node itself signs another second chain than the one that it had signed.
    history.chains[1] = chain(2, &[None, us, us, us, them, us, None]);
    let ended = [history.chains[0].0, history.chains[1].0];
    history.now = note(&signer(3), 9, vec![history.chains[2].0], &ended);
    verify(&history.export(None).unwrap(), key()).unwrap();
    let said = complaint(&history.export(Some(&history.before)).unwrap());
    let chain = history.chains[1].0.chain.to_string();
    assert!(said.contains(&chain) && said.contains("grown"), "{said}");
}

#[test]
fn what_was_put_back_is_not_exported_as_if_it_had_grown() {
    let mut history = History::new();
    let (longer, _) = chain(2, &[Some(own()); 9]);
    history.before = note(&signer(3), 5, vec![longer], &[history.chains[0].0]);
    let refused = history.export(Some(&history.before)).unwrap_err();
    assert!(matches!(refused, Unprovable::Shorter { .. }), "{refused}");
    let (gone, _) = chain(7, &[None]);
    let before = note(&signer(3), 5, vec![gone], &[history.chains[0].0]);
    let refused = history.export(Some(&before)).unwrap_err();
    assert!(matches!(refused, Unprovable::Shorter { .. }), "{refused}");
}

#[test]
fn a_record_that_was_changed_is_named() {
    let text = History::new().export(None).unwrap();
    let (lines, records) = lines(&text);
    for at in records {
        let record = Record::from_line(lines[at].trim_end().as_bytes()).unwrap();
        let mut changed = lines.clone();
        changed[at] = lines[at].replace("tested", "attested");
        let said = complaint(&changed.concat());
        let named = format!("record {} of {}", record.seq, record.chain);
        assert!(said.contains(&named), "{said}");
        assert!(said.contains(&record.entry.id.to_string()), "{said}");
        // Also where it is claimed to stand somewhere else.
        let mut moved = record.clone();
        moved.seq += 1;
        let mut changed = lines.clone();
        changed[at] = String::from_utf8(moved.to_line().unwrap()).unwrap() + "\n";
        assert!(complaint(&changed.concat()).contains("not in the chain that was signed"));
    }
}

#[test]
fn a_record_that_was_left_out_doubled_or_moved_is_seen() {
    let text = History::new().export(None).unwrap();
    let (lines, records) = lines(&text);
    for (index, at) in records.iter().copied().enumerate() {
        let pair = [lines[at].clone(), lines[at + 1].clone()];
        let mut without = lines.clone();
        without.drain(at..at + 2);
        assert!(complaint(&without.concat()).contains("there are 5 records"));
        let mut doubled = lines.clone();
        doubled.splice(at..at, pair.clone());
        assert!(complaint(&doubled.concat()).contains("out of its order"));
        if let Some(next) = records.get(index + 1) {
            let mut moved = lines.clone();
            moved.drain(at..at + 2);
            moved.splice(*next..*next, pair);
            assert!(complaint(&moved.concat()).contains("out of its order"));
        }
    }
}

#[test]
fn the_path_of_another_record_proves_nothing() {
    let text = History::new().export(None).unwrap();
    let (lines, records) = lines(&text);
    for at in &records {
        let record = Record::from_line(lines[*at].trim_end().as_bytes()).unwrap();
        let named = format!("record {} of {}", record.seq, record.chain);
        for from in records.iter().filter(|from| *from != at) {
            let mut changed = lines.clone();
            changed[at + 1] = lines[from + 1].clone();
            let said = complaint(&changed.concat());
            assert!(said.contains(&named), "{said}");
        }
        let mut changed = lines.clone();
        changed.remove(at + 1);
        assert!(complaint(&changed.concat()).contains("not the form"));
    }
}

#[test]
fn a_record_of_another_account_does_not_belong() {
    let history = History::new();
    let text = history.export(None).unwrap();
    let (lines, records) = lines(&text);
    let theirs = history.chains[0].1[2].clone();
    let mut changed = lines.clone();
    let at = records[1];
    changed[at] = String::from_utf8(theirs).unwrap() + "\n";
    assert!(complaint(&changed.concat()).contains("is not of 111111111111"));
    let other = text.replacen("account 111111111111", "account 999999999999", 1);
    assert!(complaint(&other).contains("is not of 999999999999"));
}

#[test]
fn a_checkpoint_of_another_key_or_of_other_chains_proves_nothing() {
    let text = History::signed_by(&signer(4)).export(None).unwrap();
    assert!(complaint(&text).contains("not signed by the key"));
    verify(&text, signer(4).verifier_key()).unwrap();
    let history = History::new();
    let mut with_other = History::signed_by(&signer(4));
    with_other.now = history.now.clone();
    let text = with_other.export(Some(&with_other.before)).unwrap();
    assert!(complaint(&text).contains("not signed by the key"));
    // An ended chain that was invented or left out.
    let text = history.export(None).unwrap();
    let (lines, _) = lines(&text);
    let ended = lines
        .iter()
        .position(|line| line.starts_with(ENDED))
        .unwrap();
    let mut changed = lines.clone();
    changed[ended] = lines[ended].replace(" 4 ", " 5 ");
    let said = complaint(&changed.concat());
    assert!(
        said.contains("not in the chain") || said.contains("chains that ended"),
        "{said}"
    );
    // A later note is no beginning.
    let later = note(
        &signer(3),
        10,
        history.before.checkpoint.open.clone(),
        &[history.chains[0].0],
    );
    let said = complaint(&history.export(Some(&later)).unwrap());
    assert!(said.contains("not an earlier one"), "{said}");
}

#[test]
fn a_file_that_was_cut_anywhere_is_refused() {
    let history = History::new();
    let text = history.export(Some(&history.before)).unwrap();
    for end in 0..text.len() {
        let Some(cut) = text.get(..end) else { continue };
        assert!(verify(cut, key()).is_err(), "cut at {end}");
    }
    assert!(verify(&(text.clone() + "\n"), key()).is_err());
    verify(&text, key()).unwrap();
}

#[test]
fn no_byte_of_an_export_can_be_changed() {
    let history = History::new();
    let text = history.export(Some(&history.before)).unwrap();
    for at in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[at] ^= 1;
        let Ok(changed) = String::from_utf8(bytes) else {
            continue;
        };
        assert!(verify(&changed, key()).is_err(), "byte {at}");
    }
}
