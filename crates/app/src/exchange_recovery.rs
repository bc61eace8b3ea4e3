//! What a node left behind that died while it spoke to a provider, or whose database failed then: an
//! answer that is kept is made use of, and a code of which nothing is known is given up.
//!
//! A refresh token of which nothing is known stays as it is: its row in the journal says so, and the
//! next renewal tries it once more.

use procura_core::audit::record::{Entry, Verdict};
use procura_core::authorization_session::{Failure, State};
use procura_core::connection::Connection;
use procura_core::error::{Error, Kind};
use procura_core::id::RecordId;
use procura_core::oauth2_client::Oauth2Client;
use procura_core::sealing;
use procura_core::secret::{Plain, kind::RawTokenReply};
use procura_core::user::User;
use procura_protocol::oauth::redaction::LiveSecrets;
use procura_protocol::oauth::token_reply::{self, RawReply, TokenReply};
use procura_protocol::oauth::vendor_table;
use procura_store::{ConnectionKey, LeftBehind, Outcome, SealedSession, Tx};

use crate::App;
use crate::code_exchange::Ending;
use crate::code_exchange::granted::{Fruitless, granted_to_user, is_refused};
use crate::given_back::Unkept;
use crate::refresh::Renewed;
use crate::token_exchange::place;

/// After how long something counts as left behind, in seconds: longer than any node is at it.
pub(crate) const LEFT_AFTER_S: i64 = 60;
/// The same of an answer, which is made use of at once.
const UNREAD_AFTER_S: i64 = 5;
/// How much is brought to its end at once.
const RECOVERED_MAX: u32 = 100;
/// What a record calls it.
const RECOVERY: &str = "TokenExchangeRecovery";

impl App {
    /// Brings to its end what this node itself left behind before it was started. Of a renewal whose
    /// answer was lost the next one is tried at once: a provider that takes a refresh token twice
    /// does so for some seconds only, less than a lease lasts.
    pub(crate) async fn recover_own_exchanges(&self) {
        let node = self.node;
        // A lease keeps others away from what is not answered as far as the database knows.
        let released = async {
            self.replay_spool().await?;
            let release = move |tx: &mut Tx<'_>| tx.release_leases(node).map(Outcome::Unrecorded);
            self.store.run_tx("release_leases", release).await
        };
        let released = released.await;
        if let Err(error) = released {
            tracing::warn!(cause = ?error.cause(), "leases of before end by their time");
        }
        self.recover_all(i64::MIN, i64::MIN, |left| left.exchange.node == self.node)
            .await;
    }

    /// Brings to its end what any node left behind.
    pub(crate) async fn recover_exchanges(&self) {
        if let Err(error) = self.replay_spool().await {
            tracing::warn!(cause = ?error.cause(), "answers stay in the spool");
        }
        self.recover_all(LEFT_AFTER_S, UNREAD_AFTER_S, |_| true)
            .await;
    }

    /// Makes use of answers of this node that lie beside the database, before anybody sends once more
    /// what they answer.
    pub(crate) async fn use_spooled_replies(&self) -> Result<(), Error> {
        if !self.spool.has_some() {
            return Ok(());
        }
        // Whoever asked may hang up; what was begun is brought to its end.
        self.carry_through(|app| async move { app.use_what_was_spooled().await })
            .await
    }

    async fn use_what_was_spooled(&self) -> Result<(), Error> {
        if self.replay_spool().await? > 0 {
            let is_answered =
                |left: &LeftBehind| left.exchange.node == self.node && left.reply.is_some();
            // It is large, and seldom.
            Box::pin(self.recover_all(LEFT_AFTER_S, i64::MIN, is_answered)).await;
        }
        Ok(())
    }

    /// One that cannot be brought to its end is in nobody's way.
    async fn recover_all(
        &self,
        begun_s: i64,
        answered_s: i64,
        is_meant: impl Fn(&LeftBehind) -> bool,
    ) {
        let read = move |tx: &mut Tx<'_>| {
            let now = tx.db_now()?;
            let ago = |seconds: i64| now.plus_seconds(seconds.saturating_neg());
            tx.token_exchanges_left(ago(begun_s), ago(answered_s), RECOVERED_MAX)
        };
        let left = match self.store.run_read("token_exchanges", read).await {
            Ok(left) => left,
            Err(error) => {
                tracing::warn!(cause = ?error.cause(), "what was left behind cannot be read");
                return;
            }
        };
        for one in left.into_iter().filter(is_meant) {
            let exchange = one.exchange.id;
            if let Err(error) = self.recover(one).await {
                tracing::warn!(%exchange, cause = ?error.cause(), "left behind, and stays so");
            }
        }
    }

    async fn recover(&self, left: LeftBehind) -> Result<(), Error> {
        let (account, row) = (left.account, left.exchange.clone());
        let key = ConnectionKey {
            agent: row.agent,
            user: row.user,
            provider: row.provider,
        };
        let session = row.session;
        let read = move |tx: &mut Tx<'_>| {
            let mut own = tx.account(account);
            let session = match session {
                Some(id) => own.authorization_session(id)?,
                None => None,
            };
            Ok((
                session,
                own.connection(key)?,
                own.oauth2_client(key.provider)?,
            ))
        };
        let found = self.store.run_read("left_behind", read).await?;
        let reply = match (&found.2, &left.reply) {
            (Some((client, _)), Some(_)) => Some(self.reply_of(&left, client).await?),
            _ => None,
        };
        match (found, reply) {
            ((Some(sealed), known, Some((client, _))), reply)
                if sealed.session.state == State::Exchanging =>
            {
                self.recover_code(&left, sealed, &client, known.as_ref(), reply)
                    .await
            }
            ((None, Some(before), Some(_)), Some(Ok(reply)))
                if before.generation == row.generation =>
            {
                let renewed = Renewed {
                    account,
                    entry: self.entry_of_recovery(&left, None, &format!("{}: ", before.id)),
                    before,
                    journal: row.id,
                };
                self.keep_renewed(renewed, reply, row.started_at).await?;
                Ok(())
            }
            _ => self.forget_exchange(&left).await,
        }
    }

    /// What the journal has of a reply. No word of the provider's is kept of a refusal: the secrets
    /// that it may repeat are not at hand.
    async fn reply_of(
        &self,
        left: &LeftBehind,
        client: &Oauth2Client,
    ) -> Result<Result<TokenReply, ()>, Error> {
        let Some(sealed) = &left.reply else {
            return Ok(Err(()));
        };
        let key = self.key_of(sealed).await?;
        let row = &left.exchange;
        let place = place(self.deployment, left.account, row.user, &row.id);
        // What does not open is no answer, whoever put it there.
        Ok(match sealing::open(&key, &place, sealed) {
            Ok(plain) => read(&plain, client),
            Err(error) => {
                tracing::error!(exchange = %row.id, cause = ?error, "an answer does not open");
                Err(())
            }
        })
    }

    async fn recover_code(
        &self,
        left: &LeftBehind,
        sealed: SealedSession,
        client: &Oauth2Client,
        known: Option<&Connection>,
        reply: Option<Result<TokenReply, ()>>,
    ) -> Result<(), Error> {
        let nonce = self.nonce_of(left.account, &sealed).await?;
        let session = sealed.session;
        let said = format!("{}: ", session.id);
        let ending = Ending {
            account: left.account,
            entry: self.entry_of_recovery(left, Some(session.user), &said),
            session,
            journal: left.exchange.id,
        };
        let at = left.exchange.started_at;
        let (destination, entry) = (ending.session.destination, self.anew(&ending.entry));
        let granted = match reply {
            // The user consented again meanwhile; what is older does not take its place.
            Some(Ok(_)) if known.is_some_and(|known| known.consented_at > at) => {
                Err(failed(Failure::Interrupted))
            }
            Some(Ok(reply)) => granted_to_user(reply, &ending.session, client, (at, &nonce)),
            Some(Err(())) => Err(failed(Failure::NotGranted)),
            None => Err(failed(Failure::Interrupted)),
        };
        // What cannot be written now is found again. What is refused, as a consent with another
        // account than the one that is pinned, goes back.
        let unkept = match granted {
            Ok(granted) => {
                let kept = self.connect(ending, &granted).await;
                is_refused(&kept).then_some(granted.reply)
            }
            Err(Fruitless {
                failure,
                error,
                reply,
            }) => {
                self.fail_session(ending, failure, error).await;
                reply.map(|reply| *reply)
            }
        };
        if let Some(reply) = &unkept {
            let unkept = Unkept {
                account: left.account,
                provider: left.exchange.provider,
                destination,
                reply,
                entry,
            };
            Box::pin(self.give_back_left(unkept)).await;
        }
        Ok(())
    }

    async fn forget_exchange(&self, left: &LeftBehind) -> Result<(), Error> {
        let (account, id) = (left.account, left.exchange.id);
        // Of a refresh token nothing is known while nothing newer is there.
        if left.exchange.session.is_none() && left.reply.is_none() {
            return Ok(());
        }
        self.store
            .run_tx("forget_token_exchange", move |tx| {
                tx.account(account)
                    .delete_token_exchange(id)
                    .map(Outcome::Unrecorded)
            })
            .await?;
        Ok(())
    }

    fn entry_of_recovery(&self, left: &LeftBehind, user: Option<User>, said: &str) -> Entry {
        let now = self.now();
        let id = self.with_rng(|rng| RecordId::generate(now, rng));
        let said = format!("{said}after an interruption, ");
        let mut entry = Entry::new(id, now, RECOVERY, Verdict::Allow, said).for_user(user);
        let row = &left.exchange;
        entry.account = Some(left.account);
        entry.user = Some(row.user);
        entry.agent = Some(row.agent);
        entry.provider = Some(row.provider);
        entry
    }
}

fn failed(failure: Failure) -> Fruitless {
    Fruitless::of(failure, Error::new(Kind::Upstream, failure.said()))
}

/// Reads what [`crate::token_exchange`] keeps: the status and the body.
fn read(kept: &Plain<RawTokenReply>, client: &Oauth2Client) -> Result<TokenReply, ()> {
    let (status, body) = kept.expose_secret().split_first_chunk::<2>().ok_or(())?;
    let raw = RawReply {
        status: u16::from_be_bytes(*status),
        retry_after: None,
        body,
    };
    let dialect = vendor_table::row(client.vendor).dialect;
    token_reply::parse(&raw, &dialect, &LiveSecrets::default()).map_err(|_| ())
}
