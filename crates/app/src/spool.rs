//! Answers that the database did not take: each is a file of the data directory, sealed like the row
//! that it belongs to, until the database is back.
//!
//! A file is good for the exchange that it was sealed for and for nothing else, so that whoever can
//! write here can lose an answer, and not put one in the place of another.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use procura_core::account::AccountId;
use procura_core::error::Error;
use procura_core::id::ExchangeId;
use procura_core::sealing::Sealed;
use procura_core::secret::kind::RawTokenReply;
use procura_core::time::Timestamp;
use procura_store::Outcome;

use crate::App;
use crate::durable_file;

/// What a file begins with.
const HEAD: &str = "procura spool v1";

/// The folder of a node.
pub(crate) struct Spool {
    directory: PathBuf,
    /// How many were kept, those of before the start counted as one, and how many of them the
    /// database was given.
    kept: AtomicU64,
    replayed: AtomicU64,
    /// Held by who gives them.
    replaying: tokio::sync::Mutex<()>,
}

/// An answer to an exchange.
#[derive(Debug, Clone)]
pub(crate) struct Spooled {
    pub(crate) account: AccountId,
    pub(crate) exchange: ExchangeId,
    pub(crate) at: Timestamp,
    pub(crate) reply: Sealed<RawTokenReply>,
}

impl Spooled {
    fn text(&self) -> String {
        let (at, reply) = (self.at.millis(), hex::encode(self.reply.as_bytes()));
        format!(
            "{HEAD}\n{}\n{}\n{at}\n{reply}\n",
            self.account, self.exchange
        )
    }

    fn parse(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.lines().collect();
        let [HEAD, account, exchange, at, reply] = *lines.as_slice() else {
            return None;
        };
        Some(Self {
            account: account.parse().ok()?,
            exchange: exchange.parse().ok()?,
            at: Timestamp::from_millis(at.parse().ok()?),
            reply: Sealed::from_stored(hex::decode(reply).ok()?),
        })
    }
}

impl Spool {
    /// The folder in the data directory; made if it is not there.
    pub(crate) fn open(data_dir: &Path) -> io::Result<Self> {
        let directory = data_dir.join("spool");
        std::fs::create_dir_all(&directory)?;
        Ok(Self {
            directory,
            kept: AtomicU64::new(1),
            replayed: AtomicU64::new(0),
            replaying: tokio::sync::Mutex::new(()),
        })
    }

    /// Keeps an answer; it is there after a power cut, too.
    pub(crate) fn keep(&self, spooled: &Spooled) -> io::Result<()> {
        let path = self.directory.join(spooled.exchange.to_string());
        durable_file::replace(&path, spooled.text().as_bytes())?;
        // Not before: whoever looks meanwhile finds nothing, and would not look again.
        self.kept.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    /// Whether there is an answer that the database was not given.
    pub(crate) fn has_some(&self) -> bool {
        self.kept.load(Ordering::SeqCst) != self.replayed.load(Ordering::SeqCst)
    }

    /// The answers that are kept. A file that is none stays where it is, and is told of.
    fn all(&self) -> io::Result<Vec<(PathBuf, Spooled)>> {
        let mut all = Vec::new();
        for entry in std::fs::read_dir(&self.directory)? {
            let path = entry?.path();
            // What was cut off while it was written.
            if path.extension().is_some() {
                continue;
            }
            let text = std::fs::read_to_string(&path).ok();
            let Some(spooled) = text.and_then(|text| Spooled::parse(&text)) else {
                tracing::error!(path = %path.display(), "this is no spooled answer");
                continue;
            };
            all.push((path, spooled));
        }
        Ok(all)
    }
}

impl App {
    /// Gives the database what it did not take before, if it takes it now: how much it took.
    pub(crate) async fn replay_spool(&self) -> Result<usize, Error> {
        if !self.spool.has_some() {
            return Ok(0);
        }
        // SECURITY: who asks while another replays waits for it: to go on would be to send what is
        // answered in a file. And who is given up in between has replayed nothing. Held by
        // `who_asks_while_the_spool_is_replayed_waits_for_it`.
        let _alone = self.spool.replaying.lock().await;
        let kept = self.spool.kept.load(Ordering::SeqCst);
        if !self.spool.has_some() {
            return Ok(0);
        }
        let replayed = self.replay_all().await?;
        self.spool.replayed.store(kept, Ordering::SeqCst);
        Ok(replayed)
    }

    async fn replay_all(&self) -> Result<usize, Error> {
        let all = tokio::task::block_in_place(|| self.spool.all());
        let all = all.map_err(Error::internal_source)?;
        let mut replayed = 0;
        for (path, spooled) in all {
            let exchange = spooled.exchange;
            if self.replay(spooled).await? {
                replayed += 1;
                tracing::info!(%exchange, "an answer came from the spool");
            } else {
                tracing::warn!(%exchange, "an answer of the spool is of no exchange any more");
            }
            let removed = tokio::task::block_in_place(|| durable_file::remove(&path));
            removed.map_err(Error::internal_source)?;
        }
        Ok(replayed)
    }

    /// Gives the database an answer; false when somebody has brought its exchange to an end.
    pub(crate) async fn replay(&self, spooled: Spooled) -> Result<bool, Error> {
        let kept = self
            .store
            .run_tx("keep_token_reply", move |tx| {
                tx.account(spooled.account)
                    .keep_token_reply(spooled.exchange, &spooled.reply, spooled.at)
                    .map(Outcome::Unrecorded)
            })
            .await?;
        Ok(kept.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_and_what_was_cut_off_is_not() {
        let folder = std::env::temp_dir().join(format!("procura-spool-{}", std::process::id()));
        let spool = Spool::open(&folder).unwrap();
        let spooled = Spooled {
            account: "111122223333".parse().unwrap(),
            exchange: ExchangeId::from_bytes([7; 16]),
            at: Timestamp::from_millis(1_763_000_000_000),
            reply: Sealed::from_stored(vec![1, 2, 3]),
        };
        spool.keep(&spooled).unwrap();
        spool.keep(&spooled).unwrap();
        std::fs::write(folder.join("spool/half.new"), "procura").unwrap();
        std::fs::write(folder.join("spool/other"), "procura spool v1\n").unwrap();
        std::fs::write(folder.join("spool/.no text"), [0xff, 0xfe]).unwrap();
        std::fs::create_dir(folder.join("spool/folder")).unwrap();
        let all = spool.all().unwrap();
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].1.text(), spooled.text());
        assert_eq!(all[0].1.reply.as_bytes(), [1, 2, 3]);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
