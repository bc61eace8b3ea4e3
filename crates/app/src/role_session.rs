//! Roles are put on: with an access key that the role trusts, or by a token of an issuer that is
//! registered here and that the role trusts.
//!
//! A session has what its role has when it is used, and not what whoever put it on has beside. It
//! ends with the role, with the access key or the registration of the issuer, and with its time.

use procura_authority::document::trust::{Assuming, Trust, names};
use procura_authority::{Caller, Target};
use procura_core::access_key::AccessKeyId;
use procura_core::account::AccountId;
use procura_core::audit::record::{Committed, Entry, Verdict};
use procura_core::error::Error;
use procura_core::iam_role::{IamRole, RoleName, RolePath, SessionName, parse_role_arn};
use procura_core::id::RecordId;
use procura_core::temporary_key::{AssumedBy, Holder, lifetime_s};
use procura_protocol::jose::jwt::{Claims, Purpose};
use procura_store::{Outcome, StoredTemporaryKey, Tx};
use serde_json::Value;

use crate::App;
use crate::authorization_session::Visit;
use crate::operation::OpCx;
use crate::temporary_key::TemporaryCredentials;
use crate::user_proof::About;
use crate::web_identity::{
    ASSUME, Proved, WebIdentity, not_trusted, subject_digest, untold, unverified,
};

/// Which role a caller wants to put on.
#[derive(Debug)]
pub struct AssumeRole {
    /// The role.
    pub role_arn: String,
    /// What the caller calls the session.
    pub name: SessionName,
    /// How long it is to last, in seconds.
    pub life_s: Option<i64>,
    /// What the role may ask for that only who is meant knows (`sts:ExternalId`).
    pub external_id: Option<String>,
}

/// A role that was put on.
#[derive(Debug)]
pub struct RoleSession {
    /// What the session signs with.
    pub credentials: TemporaryCredentials,
    /// The role.
    pub role: IamRole,
}

/// One answer whether there is no such role or it does not trust the caller, as in the reference.
fn not_authorized() -> Error {
    Error::denied(
        "not authorized to perform sts:AssumeRole on this role: there is none of this name, or its \
         trust policy does not name this access key; an administrator reads it with GetRole",
    )
}

fn changed_meanwhile() -> Error {
    Error::conflict("the role was changed by another request; try again")
}

fn checked_life(asked: Option<i64>, role: &IamRole) -> Result<i64, Error> {
    lifetime_s(asked, role.max_session_s.into()).ok_or_else(|| {
        let most = role.max_session_s;
        let text = format!("sessions of this role last 900 to {most} seconds");
        Error::field("DurationSeconds", text)
    })
}

impl App {
    /// The caller puts a role of its account on.
    pub async fn assume_role(
        &self,
        cx: &mut OpCx,
        asked: AssumeRole,
    ) -> Result<Committed<RoleSession>, Error> {
        let account = cx.account()?;
        let wanted = parse_role_arn(&asked.role_arn).filter(|(of, ..)| *of == account);
        // What is no ARN of a role could be anything, and is not recorded.
        cx.about.resource = wanted.as_ref().map(|(.., name)| format!("role/{name}"));
        self.authorize(cx, &Target::Account(account))?;
        let by = lasting_key(&cx.caller)?;
        let role = match wanted {
            Some((_, path, name)) => self.role_to_assume(account, path, name).await?,
            None => None,
        };
        let role = role.ok_or_else(not_authorized)?;
        let names = [
            format!("arn:aws:iam::{account}:root"),
            format!("arn:aws:iam::{account}:user/{by}"),
        ];
        let trust = Trust::compile(&role.trust.cedar).map_err(Error::internal_source)?;
        let is_trusted = trust.may_assume(&Assuming::Caller {
            names: &names,
            session_name: asked.name.as_str(),
            external_id: asked.external_id.as_deref(),
        });
        if !is_trusted {
            return Err(not_authorized());
        }
        let life_s = checked_life(asked.life_s, &role)?;
        let holder = Holder::Role {
            role: role.id,
            by: AssumedBy::AccessKey(by),
        };
        let (credentials, stored) = self
            .new_temporary_key(account, holder, asked.name.to_string(), cx.now, life_s)
            .await?;
        let key = &credentials.key;
        let done = self.allowed(cx, format!("{} until {}", key.id, key.expires_at));
        let changed = self.refusal(cx, &changed_meanwhile());
        let record = self
            .begin_role_session(&role, stored, done, changed)
            .await?;
        let value = RoleSession { credentials, role };
        Ok(Committed { value, record })
    }

    /// Somebody puts a role on by a token of an issuer that is registered in its account.
    pub(crate) async fn assume_role_by_token(
        &self,
        visit: &Visit,
        with: WebIdentity,
    ) -> Result<Committed<Proved>, Error> {
        let (account, path, name) = parse_role_arn(&with.role_arn).ok_or_else(not_trusted)?;
        let unverified = unverified(&with.token)?;
        let issuer = unverified.claimed_issuer().to_owned();
        // SECURITY: what a pool says of its users is looked up here, not believed for its signature: a
        // session would outlive the user. None is registered, as `a_pool_puts_no_role_on` holds; this is
        // for a registration that came in otherwise.
        if self.own_issuer(&issuer).is_some() {
            return Err(not_trusted());
        }
        let role = self.role_to_assume(account, path, name).await?;
        let named = issuer.clone();
        let read = move |tx: &mut Tx<'_>| tx.account(account).issuer(&named);
        let registration = self.store.look_up("issuer", read).await?;
        let (Some(role), Some(registration)) = (role, registration) else {
            return Err(not_trusted());
        };
        let source = (issuer.clone(), registration.policy.jwks_uri.clone());
        let about = About {
            account,
            purpose: Purpose::WorkloadToken,
            registration: Some(&registration),
            now: visit.now,
        };
        let verified = self.verify_workload(&about, &unverified, &source).await;
        let verified = verified.map_err(|error| untold(&issuer, error))?;
        if !is_trusted(&role, verified.claimed().claims(), &with.name)? {
            return Err(not_trusted());
        }
        let claims = verified.now()?.into_claims();
        let life_s = checked_life(with.life_s, &role)?;
        let holder = Holder::Role {
            role: role.id,
            by: AssumedBy::Issuer(claims.issuer.clone()),
        };
        let entry = |verdict, reason| entry_of_token(self, visit, account, &role, verdict, reason);
        let made = self
            .new_temporary_key(account, holder, with.name, visit.now, life_s)
            .await;
        let denied = |why: &Error| entry(Verdict::Deny, why.public().to_owned());
        let (credentials, stored) = self.made_or_on_record(made, denied).await?;
        let key = &credentials.key;
        let whom = subject_digest(&claims.issuer, &claims.subject);
        let said = format!("{} until {}, {whom}", key.id, key.expires_at);
        let done = entry(Verdict::Allow, said);
        let changed = entry(Verdict::Deny, "the role was changed meanwhile".to_owned());
        let record = self
            .begin_role_session(&role, stored, done, changed)
            .await?;
        let audience = claims.audiences.first().cloned().unwrap_or_default();
        let value = Proved {
            credentials,
            role_arn: with.role_arn,
            role_id: role.id.to_string(),
            subject: claims.subject,
            audience,
            issuer: claims.issuer,
        };
        Ok(Committed { value, record })
    }

    async fn role_to_assume(
        &self,
        account: AccountId,
        path: RolePath,
        name: RoleName,
    ) -> Result<Option<IamRole>, Error> {
        let read = move |tx: &mut Tx<'_>| tx.account(account).iam_role_named(&name);
        let found = self.store.look_up("iam_role", read).await?;
        Ok(found.filter(|role| role.path == path))
    }

    /// Writes a session down, if the role is as it was when it was decided on.
    async fn begin_role_session(
        &self,
        role: &IamRole,
        stored: StoredTemporaryKey,
        done: Entry,
        changed: Entry,
    ) -> Result<Option<RecordId>, Error> {
        let (id, version, account) = (role.id, role.version, stored.key.account);
        let committed = self
            .store
            .run_tx("begin_role_session", move |tx| {
                let now = tx.account(account).iam_role(id)?;
                if now.is_none_or(|now| now.version != version) {
                    return Ok(Outcome::Refused(changed_meanwhile(), changed.clone()));
                }
                tx.account(account).insert_temporary_key(&stored)?;
                // SECURITY: the key or the issuer may have been taken back since it was looked at.
                if tx.temporary_key_for_signature(stored.key.id)?.is_none() {
                    return Ok(Outcome::Refused(changed_meanwhile(), changed.clone()));
                }
                Ok(Outcome::Done((), done.clone()))
            })
            .await?;
        Ok(committed.record)
    }
}

/// The key that the caller signs with, if it lasts. What was put on for a while puts nothing else on:
/// its time could be drawn out that way, and it would outlive what it rests on.
fn lasting_key(caller: &Caller) -> Result<AccessKeyId, Error> {
    match caller {
        Caller::AccessKey { id, .. } => Ok(*id),
        Caller::Agent { .. } | Caller::Session { .. } | Caller::Operator => Err(Error::denied(
            "a role is put on with a lasting access key, not with a temporary one",
        )),
    }
}

fn is_trusted(role: &IamRole, claims: &Claims, session_name: &str) -> Result<bool, Error> {
    let cedar = &role.trust.cedar;
    // SECURITY: a policy compares texts. What it says of a claim that is something else cannot be
    // told, and a claim that is left out would meet every refusal; so nobody is trusted then. Held
    // by `what_a_role_says_of_a_claim_holds_for_every_claim`.
    let is_no_text = |(name, value): (&str, &Value)| !value.is_string() && names(cedar, name);
    if claims.others().any(is_no_text) {
        return Ok(false);
    }
    let trust = Trust::compile(cedar).map_err(Error::internal_source)?;
    let texts = claims
        .texts()
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .collect();
    Ok(trust.may_assume(&Assuming::WebIdentity {
        issuer: &claims.issuer,
        subject: &claims.subject,
        audiences: &claims.audiences,
        claims: &texts,
        session_name,
    }))
}

fn entry_of_token(
    app: &App,
    visit: &Visit,
    account: AccountId,
    role: &IamRole,
    verdict: Verdict,
    reason: String,
) -> Entry {
    let mut entry = app.entry_of(visit, account, ASSUME, verdict, reason);
    entry.resource = Some(format!("role/{}", role.name));
    entry
}
