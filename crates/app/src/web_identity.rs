//! A workload becomes an agent by the token of its platform: no secret of ours is stored anywhere.
//!
//! What proves it is a token of an issuer that a trust binding of the very agent names, for the
//! audience that it names, about a subject that it means. It gets a temporary key, with which it may
//! act as this agent and as no other.

use procura_core::account::AccountId;
use procura_core::audit::record::{Committed, Entry, Verdict};
use procura_core::digest::sha256;
use procura_core::error::{Error, Kind};
use procura_core::issuer::{IssuerPolicy, RegisteredIssuer};
use procura_core::name::WorkloadName;
use procura_core::secret::{Plain, kind::UserToken};
use procura_core::temporary_key::{AGENT_LIFETIME_MAX_S, Holder, lifetime_s};
use procura_core::trust_binding::{Said, TrustBinding};
use procura_core::workload_identity::WorkloadIdentity;
use procura_protocol::jose::jwt::{Claims, Purpose, USER_TOKEN_BYTES_MAX, Unverified};
use procura_store::{Outcome, Tx};

use crate::App;
use crate::authorization_session::Visit;
use crate::temporary_key::TemporaryCredentials;
use crate::user_proof::{About, unproved};
use crate::workload_token::VerifiedWorkload;

/// What a record calls it.
pub(crate) const ASSUME: &str = "AssumeRoleWithWebIdentity";
/// What the ARN of an agent's own role has after the account.
const AGENT_PATH: &str = ":role/procura/agents/";

/// Who wants to be an agent, and by what.
#[derive(Debug)]
pub struct WebIdentity {
    /// The role: [`agent_role_arn`] of an agent.
    pub role_arn: String,
    /// What the caller calls this use of it.
    pub name: String,
    /// The token of the platform.
    pub token: Plain<UserToken>,
    /// How long the key is to be good, in seconds.
    pub life_s: Option<i64>,
}

/// Somebody who proved by a token to be whom it says.
#[derive(Debug)]
pub struct Proved {
    /// What it signs with from now on.
    pub credentials: TemporaryCredentials,
    /// The role that it put on, or is.
    pub role_arn: String,
    /// The id of that role, or of the agent.
    pub role_id: String,
    /// The subject of the token.
    pub subject: String,
    /// The audience that it was for.
    pub audience: String,
    /// Who issued it.
    pub issuer: String,
}

/// The name, across AWS, of the role that an agent is to its own workload.
pub fn agent_role_arn(account: AccountId, agent: &WorkloadName) -> String {
    format!("arn:aws:iam::{account}{AGENT_PATH}{agent}")
}

/// What an ARN of an agent's own role names.
fn agent_of_arn(arn: &str) -> Option<(AccountId, WorkloadName)> {
    let (account, name) = arn.strip_prefix("arn:aws:iam::")?.split_once(AGENT_PATH)?;
    Some((account.parse().ok()?, name.parse().ok()?))
}

/// SECURITY: one answer whether there is no such account, no such agent, no binding, none that means
/// the bearer, or a token that is not good: names of agents are not told to strangers. Held by
/// `a_stranger_does_not_learn_which_agents_there_are`.
pub(crate) fn not_trusted() -> Error {
    Error::denied(
        "Not authorized to perform sts:AssumeRoleWithWebIdentity: there is no such role, or it does \
         not trust this token; the log of the service says what is wrong with a token",
    )
}

/// The same for a token that does not hold what its issuer signs; why is told to the operator. That
/// an issuer cannot be reached, clients have to know.
pub(crate) fn untold(issuer: &str, error: Error) -> Error {
    if error.kind() != Kind::Unproved {
        return error;
    }
    tracing::info!(issuer, "a workload token is not taken: {}", error.public());
    not_trusted()
}

/// Whom a record names: the issuer, and a digest by which a known subject is found again. The subject
/// itself may be a person.
pub(crate) fn subject_digest(issuer: &str, subject: &str) -> String {
    let digest = hex::encode(sha256(&[subject.as_bytes()]));
    let digits: String = digest.chars().take(16).collect();
    format!("subject sha256 {digits} of {issuer}")
}

impl App {
    /// Gives whoever bears such a token a key of the agent, or of the role, that trusts it.
    pub async fn assume_with_web_identity(
        &self,
        visit: &Visit,
        with: WebIdentity,
    ) -> Result<Committed<Proved>, Error> {
        match agent_of_arn(&with.role_arn) {
            Some((account, name)) => self.assume_agent(visit, account, name, with).await,
            None => self.assume_role_by_token(visit, with).await,
        }
    }

    async fn assume_agent(
        &self,
        visit: &Visit,
        account: AccountId,
        name: WorkloadName,
        with: WebIdentity,
    ) -> Result<Committed<Proved>, Error> {
        let life_s = lifetime_s(with.life_s, AGENT_LIFETIME_MAX_S).ok_or_else(|| {
            let text = "the keys of an agent are good for 900 to 3600 seconds";
            Error::field("DurationSeconds", text)
        })?;
        let unverified = unverified(&with.token)?;
        let issuer = unverified.claimed_issuer().to_owned();
        let named = issuer.clone();
        let read = move |tx: &mut Tx<'_>| {
            let mut own = tx.account(account);
            let Some(agent) = own.workload_identity(&name)? else {
                return Ok(None);
            };
            let mut bindings = own.trust_bindings(agent.id)?;
            bindings.retain(|binding| binding.workload.issuer == named);
            Ok(Some((agent, bindings)))
        };
        let found = self.store.look_up("trust_bindings", read).await?;
        let (agent, bindings) = found.ok_or_else(not_trusted)?;
        let (binding, claims) = self
            .meant(visit, account, bindings, &unverified)
            .await?
            .ok_or_else(not_trusted)?;
        let holder = Holder::Agent {
            agent: agent.id,
            binding: binding.id,
        };
        let entry = |verdict, reason: String| {
            self.entry_of_workload(visit, account, &agent, (verdict, reason))
        };
        let made = self
            .new_temporary_key(account, holder, with.name.clone(), visit.now, life_s)
            .await;
        let denied = |why: &Error| entry(Verdict::Deny, why.public().to_owned());
        let (credentials, stored) = self.made_or_on_record(made, denied).await?;
        let key = &credentials.key;
        let whom = subject_digest(&claims.issuer, &claims.subject);
        let said = format!(
            "{} until {} by {}, {whom}",
            key.id, key.expires_at, binding.id
        );
        let done = entry(Verdict::Allow, said);
        let stopped = entry(Verdict::Deny, "the agent is stopped".to_owned());
        let gone = entry(Verdict::Deny, "the binding was taken back".to_owned());
        let (id, agent_id, now) = (binding.id, agent.id, visit.now);
        let record = self
            .store
            .run_tx("assume_agent", move |tx| {
                let mut own = tx.account(account);
                // SECURITY: by what is there now. The key goes with its binding, and that with its
                // agent.
                if own
                    .trust_binding(id)?
                    .is_none_or(|now| now.agent != agent_id)
                {
                    return Ok(Outcome::Refused(not_trusted(), gone.clone()));
                }
                let agent = own.workload_identity_by_id(agent_id)?;
                if agent.is_none_or(|agent| !agent.may_act(now)) {
                    return Ok(Outcome::Refused(is_stopped(), stopped.clone()));
                }
                own.insert_temporary_key(&stored)?;
                Ok(Outcome::Done((), done.clone()))
            })
            .await?
            .record;
        self.agent_uses.note(account, agent_id, visit.now);
        Ok(Committed {
            value: Proved {
                credentials,
                role_arn: with.role_arn,
                role_id: agent_id.to_string(),
                subject: claims.subject,
                audience: binding.workload.audience,
                issuer,
            },
            record,
        })
    }

    /// The binding that means who bears this token, if one does.
    async fn meant(
        &self,
        visit: &Visit,
        account: AccountId,
        bindings: Vec<TrustBinding>,
        token: &Unverified<'_>,
    ) -> Result<Option<(TrustBinding, Claims)>, Error> {
        let mut refused = None;
        for binding in bindings {
            match self
                .verified_workload(visit, account, &binding, token)
                .await
            {
                Ok(verified) => {
                    if means(&binding, verified.claimed().claims()) {
                        let verified = verified.now()?;
                        return Ok(Some((binding, verified.into_claims())));
                    }
                }
                // Another binding may be for another audience, or know where the keys are.
                Err(error) => refused = Some(untold(&binding.workload.issuer, error)),
            }
        }
        refused.map_or(Ok(None), Err)
    }

    async fn verified_workload(
        &self,
        visit: &Visit,
        account: AccountId,
        binding: &TrustBinding,
        token: &Unverified<'_>,
    ) -> Result<VerifiedWorkload, Error> {
        let workload = &binding.workload;
        let source = (workload.issuer.clone(), workload.jwks_uri.clone());
        let trusted = RegisteredIssuer {
            issuer: workload.issuer.clone(),
            policy: IssuerPolicy {
                // SECURITY: a token that somebody else may hold, too, is not taken.
                audiences: vec![workload.audience.clone()],
                ..IssuerPolicy::default()
            },
            created_at: binding.created_at,
            version: 1,
        };
        let about = About {
            account,
            purpose: Purpose::WorkloadToken,
            registration: Some(&trusted),
            now: visit.now,
        };
        self.verify_workload(&about, token, &source).await
    }

    /// What was made; that there are too many is an error once it is on record, for who asks is known.
    pub(crate) async fn made_or_on_record<T>(
        &self,
        made: Result<T, Error>,
        denied: impl FnOnce(&Error) -> Entry,
    ) -> Result<T, Error> {
        let error = match made {
            Err(error) if error.kind() == Kind::Throttled => error,
            made => return made,
        };
        let entry = denied(&error);
        let id = entry.id;
        let recorded = self
            .store
            .run_tx("record_refusal", move |_| {
                Ok(Outcome::Done((), entry.clone()))
            })
            .await;
        recorded.and_then(|_| Err(error.with_record(id)))
    }

    fn entry_of_workload(
        &self,
        visit: &Visit,
        account: AccountId,
        agent: &WorkloadIdentity,
        (verdict, reason): (Verdict, String),
    ) -> Entry {
        let mut entry = self.entry_of(visit, account, ASSUME, verdict, reason);
        entry.agent = Some(agent.id);
        entry.resource = Some(format!("workload-identity/{}", agent.name));
        entry
    }
}

fn is_stopped() -> Error {
    Error::denied(
        "the agent is suspended, expired or retired; an administrator has to resume it or give it \
         more time first",
    )
}

/// What a token claims; nothing of it is verified.
pub(crate) fn unverified(token: &Plain<UserToken>) -> Result<Unverified<'_>, Error> {
    // What is no text is no token either.
    let text = token.expose_secret_text().unwrap_or_default();
    Unverified::parse(text, USER_TOKEN_BYTES_MAX).map_err(|error| unproved(&error))
}

fn means(binding: &TrustBinding, claims: &Claims) -> bool {
    let said = Said {
        issuer: &claims.issuer,
        audiences: &claims.audiences,
        subject: &claims.subject,
    };
    binding.workload.is_meant(said, |name| claims.text(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_role_of_an_agent_is_found_by_its_arn() {
        let account: AccountId = "111111111111".parse().unwrap();
        let agent: WorkloadName = "mail.agent-1".parse().unwrap();
        let arn = agent_role_arn(account, &agent);
        assert_eq!(agent_of_arn(&arn), Some((account, agent)));
        for bad in [
            "",
            "arn:aws:iam::111111111111:role/mail",
            "arn:aws:iam::11111111111:role/procura/agents/mail",
            "arn:aws:iam::111111111111:role/procura/agents/",
            "arn:aws:iam::111111111111:role/procura/agents/a/b",
        ] {
            assert_eq!(agent_of_arn(bad), None, "{bad}");
        }
    }
}
