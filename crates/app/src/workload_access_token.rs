//! Workload access tokens: minted for an agent, alone or for a user.

use procura_core::account::AccountId;
use procura_core::audit::record::Committed;
use procura_core::encryption_key::KeyPurpose;
use procura_core::error::{Error, Kind};
use procura_core::id::TokenId;
use procura_core::name::WorkloadName;
use procura_core::time::Timestamp;
use procura_core::user::{AssertedUserId, OnBehalfOf, User};
use procura_core::workload_access_token::{self, Claims, Presented};
use procura_core::workload_identity::{AgentStanding, WorkloadIdentity};
use procura_store::{Outcome, Tx};

use crate::App;
use crate::basis::is_revoked;
use crate::operation::OpCx;
use crate::user_proof::{Proof, Standing, still_stands};
use crate::workload_identity::not_found;

/// Whom a token is minted for, and how that is known.
#[derive(Clone)]
enum Whom {
    Nobody,
    Asserted(User),
    Proved(Proof),
}

impl Whom {
    const fn user(&self) -> OnBehalfOf {
        match self {
            Self::Nobody => OnBehalfOf::NoUser,
            Self::Asserted(user) => OnBehalfOf::User(*user),
            Self::Proved(proof) => OnBehalfOf::User(proof.user),
        }
    }

    /// Whether the issuer that proved the user is what it was then; `epoch` is from before.
    fn still_stands(&self, tx: &mut Tx<'_>, account: AccountId, epoch: u64) -> Result<bool, Error> {
        let Self::Proved(proof) = self else {
            return Ok(true);
        };
        let proved = (proof.user.id, &*proof.issuer, proof.standing);
        still_stands(tx, account, proved, epoch)
    }

    /// The end of a record's sentence. (That a user is only asserted stands in the record's user.)
    const fn said(&self) -> &'static str {
        match self {
            Self::Proved(proof) => match proof.standing {
                Standing::Registered(_) => "; the issuer is registered",
                Standing::Unregistered => "; the issuer is not registered",
                Standing::OwnPool => "; the issuer is a user pool of the account",
            },
            Self::Nobody | Self::Asserted(_) => "",
        }
    }
}

pub(crate) fn not_active(agent: &WorkloadIdentity, now: Timestamp) -> Error {
    let standing = agent.standing(now);
    let first = match standing {
        AgentStanding::Expired => "give it more time",
        AgentStanding::Active | AgentStanding::Suspended | AgentStanding::Retired => "resume it",
    };
    Error::denied(format!(
        "workload identity {} is {}; an administrator has to {first} first",
        agent.name,
        standing.as_str()
    ))
}

pub(crate) fn cut_meanwhile() -> Error {
    let text = "the access key or the issuer of the user's token was taken back, or a policy changed, meanwhile; try \
         again";
    Error::new(Kind::Unproved, text)
}

fn stopped_meanwhile(agent: &WorkloadIdentity) -> Error {
    Error::denied(format!(
        "workload identity {} was stopped; an administrator has to resume it first",
        agent.name
    ))
}

/// Has the record of `cx` say who acts through whom, for whom and what for.
pub(crate) fn tell_of(cx: &mut OpCx, claims: &Claims) {
    cx.about.agent = Some(claims.agent);
    cx.about.user = claims.user;
    cx.about.through.clone_from(&claims.chain);
    cx.about.purpose = claims.task.purpose().cloned();
}

impl App {
    /// A token for an agent that acts for nobody: an action of its own.
    pub async fn mint_without_user(
        &self,
        cx: &mut OpCx,
        name: WorkloadName,
    ) -> Result<Committed<String>, Error> {
        let agent = self.agent_to_mint_for(cx, name).await?;
        self.mint(cx, agent, Whom::Nobody).await
    }

    /// A token for an agent that acts for the user whom the caller asserts. The record says that
    /// the user is asserted, not proved.
    pub async fn mint_for_asserted_user(
        &self,
        cx: &mut OpCx,
        name: WorkloadName,
        asserted: AssertedUserId,
    ) -> Result<Committed<String>, Error> {
        let account = cx.account()?;
        let agent = self.agent_to_mint_for(cx, name).await?;
        let user = self.asserted_user(cx, account, &asserted).await?;
        cx.about.user = Some(user);
        self.mint(cx, agent, Whom::Asserted(user)).await
    }

    /// A token for an agent that acts for the user whom `user_token` proves.
    pub async fn mint_for_proved_user(
        &self,
        cx: &mut OpCx,
        name: WorkloadName,
        user_token: &str,
    ) -> Result<Committed<String>, Error> {
        let agent = self.agent_to_mint_for(cx, name).await?;
        let proof = self.prove_user(cx, user_token).await?;
        cx.about.user = Some(proof.user);
        self.mint(cx, agent, Whom::Proved(proof)).await
    }

    async fn agent_to_mint_for(
        &self,
        cx: &mut OpCx,
        name: WorkloadName,
    ) -> Result<WorkloadIdentity, Error> {
        let agent = self.workload_identity(cx, name).await?;
        if agent.may_act(cx.now) {
            Ok(agent)
        } else {
            Err(not_active(&agent, cx.now))
        }
    }

    async fn mint(
        &self,
        cx: &mut OpCx,
        agent: WorkloadIdentity,
        whom: Whom,
    ) -> Result<Committed<String>, Error> {
        let account = cx.account()?;
        let key = self.newest_key(None, KeyPurpose::Token).await?;
        let jti = self.with_rng(|rng| TokenId::generate(cx.now, rng));
        let caller = cx.access_key()?;
        let claims = Claims::new(
            jti,
            account,
            agent.id,
            whom.user(),
            caller,
            cx.epoch,
            cx.now,
        );
        let claims = match &whom {
            Whom::Proved(proof) => claims.proved_by(proof.token, proof.until),
            Whom::Nobody | Whom::Asserted(_) => claims,
        };
        let token = self
            .with_rng(|rng| workload_access_token::mint(rng, &key, self.deployment, &claims))
            .map_err(Error::internal_source)?;
        let done = self.allowed(
            cx,
            format!("minted {jti} until {}{}", claims.exp, whom.said()),
        );
        let gone = self.refusal(cx, &not_found(&agent.name));
        let stopped = self.refusal(cx, &stopped_meanwhile(&agent));
        let (cut, epoch) = (self.refusal(cx, &cut_meanwhile()), cx.epoch);
        let (id, at) = (agent.id, cx.now);
        let minted = self
            .store
            .run_tx("mint_workload_access_token", move |tx| {
                // SECURITY: what the token rests on is read again with the record: who was cut
                // since the decision gets none.
                let is_later = tx.epoch()? != epoch;
                let is_cut = is_later
                    && (is_revoked(tx, caller)? || tx.policies_were_cut(account, epoch)?);
                if is_cut || !whom.still_stands(tx, account, epoch)? {
                    return Ok(Outcome::Refused(cut_meanwhile(), cut.clone()));
                }
                match tx.account(account).workload_identity_by_id(agent.id)? {
                    Some(now) if now.may_act(at) => Ok(Outcome::Done(token.clone(), done.clone())),
                    Some(_) => Ok(Outcome::Refused(stopped_meanwhile(&agent), stopped.clone())),
                    None => Ok(Outcome::Refused(not_found(&agent.name), gone.clone())),
                }
            })
            .await?;
        self.agent_uses.note(account, id, at);
        Ok(minted)
    }

    /// What a presented token says, if it is one of this deployment and account and its time is
    /// not over. It proves who acts for whom, and decides nothing.
    pub(crate) async fn open_token(&self, cx: &mut OpCx, text: &str) -> Result<Claims, Error> {
        self.open_token_or(cx, text, None).await
    }

    /// The same of a token whose bearer waits for the session that began with token `began`: of that
    /// one, the time may be over.
    pub(crate) async fn open_token_of_session(
        &self,
        cx: &mut OpCx,
        text: &str,
        began: TokenId,
    ) -> Result<Claims, Error> {
        self.open_token_or(cx, text, Some(began)).await
    }

    async fn open_token_or(
        &self,
        cx: &mut OpCx,
        text: &str,
        excused: Option<TokenId>,
    ) -> Result<Claims, Error> {
        let unproved = |error: workload_access_token::InvalidToken| {
            Error::new(Kind::Unproved, error.to_string())
        };
        let presented = Presented::parse(text).map_err(unproved)?;
        let (id, version) = presented.key().map_err(unproved)?;
        let unreadable = workload_access_token::InvalidToken::Unreadable;
        let key = self
            .token_key(id, version)
            .await?
            .ok_or_else(|| unproved(unreadable))?;
        let claims = match presented.open(&key, self.deployment, cx.now) {
            Err(workload_access_token::InvalidToken::Expired) if excused.is_some() => presented
                .open_at_any_time(&key, self.deployment)
                .and_then(|claims| {
                    // SECURITY: who handed a token on said until when. Held by
                    // `a_token_that_was_handed_on_waits_for_nobody_after_its_end`.
                    let is_excused = Some(claims.jti) == excused && !claims.is_handed_on();
                    let expired = workload_access_token::InvalidToken::Expired;
                    is_excused.then_some(claims).ok_or(expired)
                }),
            opened => opened,
        }
        .map_err(unproved)?;
        // SECURITY: a token of another account is answered like no token at all.
        if claims.account != cx.account()? {
            return Err(unproved(workload_access_token::InvalidToken::Unreadable));
        }
        tell_of(cx, &claims);
        Ok(claims)
    }
}
