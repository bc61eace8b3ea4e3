//! Tokens that a provider's client gets for itself (RFC 6749 §4.4): kept, shared, and given to agents
//! that may have them.
//!
//! Whoever asks is decided on, and what is kept is given in the transaction of its record. Only
//! when nothing good is kept does one of those who wait ask the authorization server; then each is
//! decided on again.

use procura_authority::Credential;
use procura_core::account::AccountId;
use procura_core::audit::record::Committed;
use procura_core::credential_provider::ProviderKind;
use procura_core::digest::Sha256;
use procura_core::encryption_key::KeyPurpose;
use procura_core::error::Error;
use procura_core::id::{DeploymentId, ProviderId};
use procura_core::machine_token::{Lifetime, TokenRequest};
use procura_core::name::ProviderName;
use procura_core::permit::of;
use procura_core::sealing::{self, Location, Subject};
use procura_core::secret::{Plain, kind::AccessToken};
use procura_core::workload_access_token::Claims;
use procura_store::{MachineTokenFound, NewMachineToken, Outcome, RevealedMachineToken};

use crate::App;
use crate::basis::{Basis, DECISIONS_MAX, busy};
use crate::delegation::used_up;
use crate::operation::OpCx;
use crate::token_endpoint::Granted;

/// What an agent asks for.
#[derive(Debug)]
pub struct MachineTokenAsked {
    /// The name of the provider.
    pub provider: ProviderName,
    /// What of it.
    pub request: TokenRequest,
    /// Whether a token that is kept will not do: the resource refused it.
    pub force: bool,
}

/// What is under way to an authorization server, and for whom.
pub(crate) type FlightKey = (AccountId, ProviderId, Sha256);

/// How one decision ended.
enum Step {
    Released(Committed<Plain<AccessToken>>),
    /// The world changed under the decision.
    Changed,
    /// Nothing good is kept.
    Fetch(Seen),
}

/// What a decision found kept, which was not good enough.
struct Seen {
    account: AccountId,
    provider: ProviderId,
    /// The version of the row, 0 if there was none. A later one was fetched after the decision.
    version: u64,
}

/// What is kept, in the transaction of a release.
#[derive(Clone)]
enum Kept {
    Good(Box<RevealedMachineToken>),
    /// The world changed under the decision.
    Changed,
    /// Nothing good, but this version of the row.
    Nothing(u64),
}

impl App {
    /// Gives the agent of `token` a token of the provider's client, if the agent, its user and a
    /// grant all allow it. The record is durable before the token is opened.
    pub async fn release_machine_token(
        &self,
        cx: &mut OpCx,
        token: &str,
        asked: &MachineTokenAsked,
    ) -> Result<Committed<Plain<AccessToken>>, Error> {
        cx.about.resource = Some(format!("oauth2-provider/{}", asked.provider));
        let claims = self.open_token(cx, token).await?;
        // The version of what was fetched for this request: that one is good enough, however short
        // its life is.
        let mut fetched = None;
        for _ in 0..=DECISIONS_MAX {
            match self.give_what_is_kept(cx, &claims, asked, fetched).await? {
                Step::Released(released) => return Ok(released),
                Step::Changed => {}
                Step::Fetch(seen) => {
                    fetched = Some(self.fetch(cx, &claims, asked, &seen).await?);
                    // Time went by outside; what follows happens now.
                    cx.now = self.now();
                }
            }
        }
        Err(busy())
    }

    /// One decision, and the release of what is kept.
    async fn give_what_is_kept(
        &self,
        cx: &mut OpCx,
        claims: &Claims,
        asked: &MachineTokenAsked,
        fetched: Option<u64>,
    ) -> Result<Step, Error> {
        let kind = ProviderKind::Oauth2;
        let basis = self.basis(cx, claims, kind, &asked.provider).await?;
        let credential = Credential::MachineToken(&asked.request.scopes);
        let (permit, reasons) =
            self.authorize_use::<of::RevealMachineToken>(cx, claims, &basis, credential)?;
        let (account, provider) = (basis.account, basis.provider.id);
        let (digest, now, under) = (asked.request.digest(), cx.now, reasons.under());
        let seen = |version| Seen {
            account,
            provider,
            version,
        };
        if asked.force && fetched.is_none() {
            let version = self
                .machine_token_version(account, provider, digest)
                .await?;
            return Ok(Step::Fetch(seen(version)));
        }
        let entry = self.allowed(cx, format!("released to {}{under}", basis.agent.name));
        let (uses, refused) = (claims.uses.clone(), self.refusal(cx, &used_up()));
        let committed = self
            .store
            .run_tx("release_machine_token", move |tx| {
                if !basis.still_holds(tx)? {
                    return Ok(Outcome::Unrecorded(Kept::Changed));
                }
                let mut own = tx.account(account);
                match own.reveal_machine_token(&permit, &digest)? {
                    MachineTokenFound::Kept(kept) if is_good(&kept, now, fetched) => {
                        if !own.take_task_uses(&uses)? {
                            return Ok(Outcome::Refused(used_up(), refused.clone()));
                        }
                        let mut entry = entry.clone();
                        let about = format!(
                            "; token {} ({}) for {}",
                            kept.version,
                            kept.sealed.fingerprint(),
                            Scoped(&kept),
                        );
                        entry.reason.to_mut().push_str(&about);
                        Ok(Outcome::Done(Kept::Good(kept), entry))
                    }
                    MachineTokenFound::Changed => Ok(Outcome::Unrecorded(Kept::Changed)),
                    MachineTokenFound::Kept(_) | MachineTokenFound::Absent => own
                        .machine_token_version(provider, &digest)
                        .map(|version| Outcome::Unrecorded(Kept::Nothing(version))),
                }
            })
            .await?;
        match committed.value {
            Kept::Changed => Ok(Step::Changed),
            Kept::Nothing(version) => Ok(Step::Fetch(seen(version))),
            Kept::Good(kept) => {
                self.agent_uses.note(account, claims.agent, now);
                let key = self.key_of(&kept.sealed).await?;
                let place = place(self.deployment, account, &provider, &digest, kept.version);
                let value = sealing::open(&key, &place.location(), &kept.sealed)
                    .map_err(Error::internal_source)?;
                Ok(Step::Released(Committed {
                    value,
                    record: committed.record,
                }))
            }
        }
    }

    /// Has one of those who wait ask the authorization server; the version of what is kept then.
    async fn fetch(
        &self,
        cx: &mut OpCx,
        claims: &Claims,
        asked: &MachineTokenAsked,
        seen: &Seen,
    ) -> Result<u64, Error> {
        let digest = asked.request.digest();
        let key = (seen.account, seen.provider, digest);
        self.machine_tokens
            .join(key, async {
                // Between the decision and the turn another may have been to the server and back:
                // what that one kept is as new as what this one would fetch.
                let (account, provider) = (seen.account, seen.provider);
                let version = self
                    .machine_token_version(account, provider, digest)
                    .await?;
                if version > seen.version {
                    return Ok(version);
                }
                self.fetch_alone(cx, claims, asked, digest).await
            })
            .await
    }

    async fn machine_token_version(
        &self,
        account: AccountId,
        provider: ProviderId,
        digest: Sha256,
    ) -> Result<u64, Error> {
        let read = move |tx: &mut procura_store::Tx<'_>| {
            tx.account(account).machine_token_version(provider, &digest)
        };
        self.store.look_up("machine_token_version", read).await
    }

    async fn fetch_alone(
        &self,
        cx: &mut OpCx,
        claims: &Claims,
        asked: &MachineTokenAsked,
        digest: Sha256,
    ) -> Result<u64, Error> {
        for _ in 0..DECISIONS_MAX {
            // Who asked is decided on once more, for the use of the secret; the basis is fresh.
            let kind = ProviderKind::Oauth2;
            let basis = self.basis(cx, claims, kind, &asked.provider).await?;
            let credential = Credential::MachineToken(&asked.request.scopes);
            let Some(granted) = self
                .ask_for_token(cx, claims, &basis, credential, &asked.request)
                .await?
            else {
                continue;
            };
            return self.keep(&basis, digest, granted).await;
        }
        Err(busy())
    }

    /// Keeps what was granted: the version of its row.
    async fn keep(&self, basis: &Basis, digest: Sha256, granted: Granted) -> Result<u64, Error> {
        let (account, provider) = (basis.account, basis.provider.id);
        let before = self
            .machine_token_version(account, provider, digest)
            .await?;
        let version = before.saturating_add(1);
        let purpose = KeyPurpose::Subject(Subject::Account);
        let key = self.newest_key(Some(account), purpose).await?;
        let place = place(self.deployment, account, &provider, &digest, version);
        let token = self
            .with_rng(|rng| sealing::seal(rng, &key, &place.location(), &granted.token))
            .map_err(Error::internal_source)?;
        let new = NewMachineToken {
            provider,
            asked: digest,
            secret_version: granted.secret_version,
            token,
            scopes: granted.scopes,
            lifetime: granted.lifetime,
            version,
        };
        // Where it is not kept, another node was faster, and what that one keeps is as good; or the
        // provider was changed meanwhile, and nothing is kept: whoever waits looks, and goes again.
        self.store
            .run_tx("keep_machine_token", move |tx| {
                tx.account(account)
                    .put_machine_token(&new)
                    .map(Outcome::Unrecorded)
            })
            .await?;
        Ok(version)
    }
}

/// Whether a token that is kept is given out at `now`. What was fetched for this very request is,
/// until its end.
fn is_good(
    kept: &RevealedMachineToken,
    now: procura_core::time::Timestamp,
    fetched: Option<u64>,
) -> bool {
    let Lifetime { expires_at, .. } = kept.lifetime;
    match fetched {
        Some(version) => kept.version >= version && now < expires_at,
        None => kept.lifetime.is_worth_giving(now),
    }
}

/// Where a token lies.
struct Place {
    deployment: DeploymentId,
    account: AccountId,
    row: Vec<u8>,
    version: u64,
}

fn place(
    deployment: DeploymentId,
    account: AccountId,
    provider: &ProviderId,
    digest: &Sha256,
    version: u64,
) -> Place {
    Place {
        deployment,
        account,
        row: [&provider.as_bytes()[..], digest].concat(),
        version,
    }
}

impl Place {
    fn location(&self) -> Location<'_> {
        Location {
            deployment: self.deployment,
            account: Some(self.account),
            subject: Subject::Account,
            table: "machine_token",
            column: "token",
            row: &self.row,
            row_version: self.version,
            // The token is handed to the agent; no endpoint of ours gets it.
            destination: None,
        }
    }
}

/// The scopes of a token, for a record.
struct Scoped<'a>(&'a RevealedMachineToken);

impl std::fmt::Display for Scoped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.scopes.is_empty() {
            f.write_str("no named scope")
        } else {
            std::fmt::Display::fmt(&self.0.scopes, f)
        }
    }
}
