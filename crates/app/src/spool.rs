//! Answers that the database did not take: each is a file of the data directory, sealed like the row
//! that it belongs to, until the database is back.
//!
//! A file is good for the exchange that it was sealed for and for nothing else, so that whoever can
//! write here can lose an answer, and not put one in the place of another.

use std::io;
use std::path::{Path, PathBuf};

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
        Ok(Self { directory })
    }

    /// Keeps an answer; it is there after a power cut, too.
    pub(crate) fn keep(&self, spooled: &Spooled) -> io::Result<()> {
        let path = self.directory.join(spooled.exchange.to_string());
        durable_file::replace(&path, spooled.text().as_bytes())
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
            let Some(spooled) = Spooled::parse(&std::fs::read_to_string(&path)?) else {
                tracing::error!(path = %path.display(), "this file is no spooled answer");
                continue;
            };
            all.push((path, spooled));
        }
        Ok(all)
    }
}

impl App {
    /// Gives the database what it did not take before, if it takes it now.
    pub(crate) async fn replay_spool(&self) {
        let all = match tokio::task::block_in_place(|| self.spool.all()) {
            Ok(all) => all,
            Err(error) => {
                tracing::error!(%error, "spooled answers cannot be read");
                return;
            }
        };
        for (path, spooled) in all {
            let exchange = spooled.exchange;
            if let Err(error) = self.replay(spooled).await {
                tracing::warn!(%exchange, cause = ?error.cause(), "an answer stays in the spool");
                return;
            }
            match tokio::task::block_in_place(|| durable_file::remove(&path)) {
                Ok(()) => tracing::info!(%exchange, "an answer came from the spool"),
                Err(error) => tracing::error!(%error, "a spooled answer cannot be removed"),
            }
        }
    }

    /// Gives the database an answer.
    pub(crate) async fn replay(&self, spooled: Spooled) -> Result<(), Error> {
        self.store
            .run_tx("keep_token_reply", move |tx| {
                // Where the exchange is gone, somebody has brought it to its end without this.
                tx.account(spooled.account)
                    .keep_token_reply(spooled.exchange, &spooled.reply, spooled.at)
                    .map(Outcome::Unrecorded)
            })
            .await?;
        Ok(())
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
        let all = spool.all().unwrap();
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].1.text(), spooled.text());
        assert_eq!(all[0].1.reply.as_bytes(), [1, 2, 3]);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
