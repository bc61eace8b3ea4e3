//! Who a user is, by the user's own token.
//!
//! A token proves (issuer, subject) and nothing else. What was verified once is remembered by the
//! token's hash: its claims, never a decision. The memory ends with the token, with the key that
//! signed it, with the registration of its issuer, and with any revocation.

use std::sync::Arc;

use moka::sync::Cache;
use procura_core::account::AccountId;
use procura_core::digest::{Sha256, sha256};
use procura_core::encryption_key::KeyPurpose;
use procura_core::error::{Error, Kind};
use procura_core::id::{DeploymentId, SubjectTokenId, UserId};
use procura_core::issuer::RegisteredIssuer;
use procura_core::pool_authorization::has_scope;
use procura_core::sealing::{self, Location, Subject};
use procura_core::secret::{Plain, kind::UserToken};
use procura_core::time::Timestamp;
use procura_core::user::{User, UserKind};
use procura_protocol::jose::jwt::{
    AudiencePolicy, Expectation, LEEWAY_S, Purpose, USER_TOKEN_BYTES_MAX, Unverified, Verified,
};
use procura_protocol::jose::{Algorithm, JoseError};
use procura_store::{Outcome, Tx};

use crate::App;
use crate::issuer_keys::KeySource;
use crate::operation::OpCx;
use crate::pool_token::{OWN_ACCOUNT, ProvedByPool, no_such_pool};

/// How many verified tokens are remembered.
const REMEMBERED_MAX: u64 = 100_000;

const NOT_FOR_THIS: &str = "of a user pool, show an access token with the scope \
                            aws.cognito.signin.user.admin";
const NOT_REGISTERED: &str = "the issuer of the token is not registered here; ask the operator to \
                              register it with `procura issuers register`";

/// Tokens that were verified, by account and hash.
pub(crate) struct VerifiedTokens(Cache<(AccountId, Sha256), Arc<Remembered>>);

impl Default for VerifiedTokens {
    fn default() -> Self {
        Self(Cache::new(REMEMBERED_MAX))
    }
}

/// What a token was verified to say, and what that rests on.
#[derive(Debug)]
struct Remembered {
    proof: Proof,
    source: KeySource,
    /// The key that signed it.
    thumbprint: String,
    not_before: Option<Timestamp>,
    epoch: u64,
}

/// A user who was proved.
#[derive(Debug, Clone)]
pub(crate) struct Proof {
    pub(crate) user: User,
    /// Where the token is kept.
    pub(crate) token: SubjectTokenId,
    /// How long the token is accepted, our tolerance for clocks included.
    pub(crate) until: Timestamp,
    /// The issuer, and why it is believed.
    pub(crate) issuer: Arc<str>,
    pub(crate) standing: Standing,
}

/// Why an issuer is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Somebody registered it; the version of that.
    Registered(u64),
    /// Nobody did, and such issuers are believed here.
    Unregistered,
    /// It is a user pool of the account.
    OwnPool,
}

/// Somebody who showed a token of their own, and is a user here if they were seen before.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) user: Option<UserId>,
    pub(crate) issuer: Arc<str>,
    pub(crate) standing: Standing,
    /// The epoch from before it was looked at.
    pub(crate) epoch: u64,
}

/// For whom a token is verified, as what, and what its issuer was registered for.
#[derive(Clone, Copy)]
pub(crate) struct About<'a> {
    pub(crate) account: AccountId,
    pub(crate) purpose: Purpose,
    pub(crate) registration: Option<&'a RegisteredIssuer>,
    pub(crate) now: Timestamp,
}

pub(crate) fn unproved(error: &JoseError) -> Error {
    Error::new(Kind::Unproved, error.to_string())
}

impl App {
    /// The user whom `token` proves, to `account`.
    pub(crate) async fn prove_user(&self, cx: &mut OpCx, token: &str) -> Result<Proof, Error> {
        let account = cx.account()?;
        let hash = sha256(&[token.as_bytes()]);
        if let Some(proof) = self.remembered(cx, account, hash).await? {
            return Ok(proof);
        }
        let unverified =
            Unverified::parse(token, USER_TOKEN_BYTES_MAX).map_err(|error| unproved(&error))?;
        let issuer = unverified.claimed_issuer().to_owned();
        // SECURITY: an issuer below our own address is one of our pools and nothing else, registered or
        // not: nobody is asked for its keys.
        if let Some(pool) = self.own_issuer(&issuer) {
            let pool = pool.map_err(|_| no_such_pool())?;
            let proved = self.proved_by_pool(Some(account), pool, &unverified, cx.now);
            let proved = proved.await?;
            return self.proof_of_pool(cx, issuer, proved, (token, hash)).await;
        }
        let named = issuer.clone();
        let read = move |tx: &mut Tx<'_>| Ok((tx.account(account).issuer(&named)?, tx.epoch()?));
        let (registration, epoch) = self.store.look_up("issuer", read).await?;
        if registration.is_none() && !self.authority.believes_unregistered_issuers() {
            return Err(Error::new(Kind::Unproved, NOT_REGISTERED));
        }
        let source = (
            issuer,
            registration
                .as_ref()
                .and_then(|r| r.policy.jwks_uri.clone()),
        );
        let about = About {
            account,
            purpose: Purpose::UserToken,
            registration: registration.as_ref(),
            now: cx.now,
        };
        let verified = self.verify(&about, &unverified, &source).await?;
        let thumbprint = verified.key_thumbprint().to_owned();
        let claims = verified.into_claims();
        let user = self
            .verified_user(cx, account, &claims.issuer, &claims.subject)
            .await?;
        let until = claims.times.expires_at.plus_seconds(LEEWAY_S);
        let kept = self
            .keep_token(cx, account, user.id, token, hash, until)
            .await?;
        let proof = Proof {
            user,
            token: kept,
            until,
            issuer: claims.issuer.into(),
            standing: standing(registration.as_ref()),
        };
        let remembered = Remembered {
            proof: proof.clone(),
            source,
            thumbprint,
            not_before: claims.times.not_before,
            epoch,
        };
        self.verified_tokens
            .0
            .insert((account, hash), Arc::new(remembered));
        Ok(proof)
    }

    /// The user whom `token` proves to `account`, by the same rules, for somebody who signs nothing:
    /// no user is made, and nothing is kept.
    pub(crate) async fn prove_known_user(
        &self,
        account: AccountId,
        token: &str,
        now: Timestamp,
    ) -> Result<Known, Error> {
        let unverified =
            Unverified::parse(token, USER_TOKEN_BYTES_MAX).map_err(|error| unproved(&error))?;
        let issuer = unverified.claimed_issuer().to_owned();
        let named = issuer.clone();
        let read = move |tx: &mut Tx<'_>| {
            let is_there = tx.account_exists(account)?;
            Ok((is_there, tx.account(account).issuer(&named)?, tx.epoch()?))
        };
        let (is_there, registration, epoch) = self.store.look_up("issuer", read).await?;
        if let Some(pool) = self.own_issuer(&issuer) {
            let pool = pool.map_err(|_| no_such_pool())?;
            let proved = self
                .proved_by_pool(Some(account), pool, &unverified, now)
                .await?;
            // SECURITY: an application that the user signed in to has of the user here what it asked
            // for. Held by `a_token_without_the_scope_opens_no_consents`.
            if !proved.is_access || !has_scope(&proved.scope, OWN_ACCOUNT) {
                return Err(Error::new(Kind::Unproved, NOT_FOR_THIS));
            }
            return Ok(Known {
                user: Some(proved.user.user),
                issuer: issuer.into(),
                standing: Standing::OwnPool,
                epoch,
            });
        }
        let is_believed = registration.is_some() || self.authority.believes_unregistered_issuers();
        // SECURITY: no stranger has keys fetched in the name of an account that does not exist.
        if !is_there || !is_believed {
            return Err(Error::new(Kind::Unproved, NOT_REGISTERED));
        }
        let uri = registration.as_ref();
        let source = (issuer, uri.and_then(|known| known.policy.jwks_uri.clone()));
        let about = About {
            account,
            purpose: Purpose::UserToken,
            registration: registration.as_ref(),
            now,
        };
        let verified = self.verify(&about, &unverified, &source).await?;
        let claims = verified.into_claims();
        let user = self
            .known_user(account, &claims.issuer, &claims.subject)
            .await?;
        Ok(Known {
            user: user.map(|user| user.id),
            issuer: claims.issuer.into(),
            standing: standing(registration.as_ref()),
            epoch,
        })
    }

    /// The proof of a user of one of our pools. It is not remembered: what it rests on is here.
    async fn proof_of_pool(
        &self,
        cx: &OpCx,
        issuer: String,
        proved: ProvedByPool,
        (token, hash): (&str, Sha256),
    ) -> Result<Proof, Error> {
        let user = User {
            id: proved.user.user,
            kind: UserKind::Verified,
        };
        let until = proved.expires_at.plus_seconds(LEEWAY_S);
        let account = proved.account;
        let read = move |tx: &mut Tx<'_>| tx.account(account).subject_token(user.id, &hash);
        let kept = match self.store.look_up("subject_token", read).await? {
            Some(kept) => kept,
            None => {
                self.keep_token(cx, account, user.id, token, hash, until)
                    .await?
            }
        };
        Ok(Proof {
            user,
            token: kept,
            until,
            issuer: issuer.into(),
            standing: Standing::OwnPool,
        })
    }

    /// What is remembered of a token, if all that it rests on still stands.
    async fn remembered(
        &self,
        cx: &OpCx,
        account: AccountId,
        hash: Sha256,
    ) -> Result<Option<Proof>, Error> {
        let Some(known) = self.verified_tokens.0.get(&(account, hash)) else {
            return Ok(None);
        };
        let begun = known
            .not_before
            .is_none_or(|begin| begin <= cx.now.plus_seconds(LEEWAY_S));
        let in_time = cx.now < known.proof.until && begun;
        let same_key = self.issuer_still_has(&known.source, &known.thumbprint);
        let issuer = known.source.0.clone();
        let read = move |tx: &mut Tx<'_>| Ok((tx.account(account).issuer(&issuer)?, tx.epoch()?));
        let (registration, epoch) = self.store.look_up("issuer", read).await?;
        let same_standing = standing(registration.as_ref()) == known.proof.standing;
        let believed = registration.is_some() || self.authority.believes_unregistered_issuers();
        if in_time && same_key && same_standing && believed && epoch == known.epoch {
            return Ok(Some(known.proof.clone()));
        }
        self.verified_tokens.0.invalidate(&(account, hash));
        Ok(None)
    }

    /// The one verification. A key that is not known is asked for once.
    pub(crate) async fn verify(
        &self,
        about: &About<'_>,
        token: &Unverified<'_>,
        source: &KeySource,
    ) -> Result<Verified, Error> {
        let About {
            account,
            purpose,
            registration,
            now,
        } = *about;
        let algorithms = algorithms(registration)?;
        let expectation = Expectation {
            purpose,
            issuer: &source.0,
            algorithms: &algorithms,
            audience: match registration {
                None => AudiencePolicy::Unchecked,
                Some(RegisteredIssuer { policy, .. }) => AudiencePolicy::Registered {
                    audiences: &policy.audiences,
                    clients: &policy.clients,
                },
            },
        };
        // A token that is refused without a key makes nobody fetch one.
        token
            .check(&expectation, now)
            .map_err(|error| unproved(&error))?;
        let keys = self
            .issuer_keys(account, source, registration.is_some())
            .await?;
        match token.verify(&keys, &expectation, now) {
            Err(error) if error.may_change_with_new_keys() => {
                match self.issuer_keys_anew(source, &keys).await? {
                    Some(keys) => token.verify(&keys, &expectation, now),
                    None => Err(error),
                }
            }
            other => other,
        }
        .map_err(|error| unproved(&error))
    }

    /// Keeps the token under the user's key, for exchanges on the user's behalf, until it ends.
    async fn keep_token(
        &self,
        cx: &OpCx,
        account: AccountId,
        user: UserId,
        token: &str,
        hash: Sha256,
        until: Timestamp,
    ) -> Result<SubjectTokenId, Error> {
        let purpose = KeyPurpose::Subject(Subject::User(user));
        let key = self.newest_key(Some(account), purpose).await?;
        let id = self.with_rng(|rng| SubjectTokenId::generate(cx.now, rng));
        let place = subject_token_place(self.deployment, account, user, &id);
        let plain = Plain::<UserToken>::new(token.as_bytes().to_vec());
        let sealed = self
            .with_rng(|rng| sealing::seal(rng, &key, &place, &plain))
            .map_err(Error::internal_source)?;
        let committed = self
            .store
            .run_tx("keep_subject_token", move |tx| {
                let mut own = tx.account(account);
                if own.insert_subject_token(id, user, &hash, &sealed, until)? {
                    return Ok(Outcome::Unrecorded(Some(id)));
                }
                // Of two that present the same token at once, both get the one that is kept.
                own.subject_token(user, &hash).map(Outcome::Unrecorded)
            })
            .await?;
        committed
            .value
            .ok_or_else(|| Error::internal("a subject token vanished"))
    }
}

/// Where a user's own token lies.
pub(crate) fn subject_token_place(
    deployment: DeploymentId,
    account: AccountId,
    user: UserId,
    id: &SubjectTokenId,
) -> Location<'_> {
    Location {
        deployment,
        account: Some(account),
        subject: Subject::User(user),
        table: "subject_token",
        column: "token",
        row: id.as_bytes(),
        row_version: 1,
        // An administrator says at each provider whether users' tokens go there; who the user was
        // proved to be says nothing of it.
        destination: None,
    }
}

/// Why an issuer is believed that is none of our pools.
pub(crate) fn standing(registration: Option<&RegisteredIssuer>) -> Standing {
    registration.map_or(Standing::Unregistered, |r| Standing::Registered(r.version))
}

/// Whether what proved a user is what it was then; `epoch` is from before.
pub(crate) fn still_stands(
    tx: &mut Tx<'_>,
    account: AccountId,
    (user, issuer, then): (UserId, &str, Standing),
    epoch: u64,
) -> Result<bool, Error> {
    if then == Standing::OwnPool {
        let was_cut = tx.issuer_was_cut(account, epoch)? || tx.user_was_cut(user, epoch)?;
        return Ok(!was_cut);
    }
    let registration = tx.account(account).issuer(issuer)?;
    Ok(standing(registration.as_ref()) == then)
}

/// What the issuer may sign with: what was registered, or whatever we verify.
fn algorithms(registration: Option<&RegisteredIssuer>) -> Result<Vec<Algorithm>, Error> {
    let named = registration.map_or(&[][..], |r| r.policy.algorithms.as_slice());
    if named.is_empty() {
        return Ok(Algorithm::ALL.to_vec());
    }
    named
        .iter()
        .map(|name| name.parse())
        .collect::<Result<_, _>>()
        .map_err(|_| Error::inconsistent("issuer", "policy"))
}
