//! What every use case knows about the request that it serves.

use std::sync::Arc;

use procura_authority::{AccountPolicies, Caller, Denial};
use procura_core::access_key::AccessKeyId;
use procura_core::account::AccountId;
use procura_core::action::Action;
use procura_core::audit::record::{Denied, Entry, Verdict};
use procura_core::error::Error;
use procura_core::id::{AgentId, ProviderId, RecordId, RequestId};
use procura_core::stated_reason::StatedReason;
use procura_core::time::Timestamp;
use procura_core::trace::Trace;
use procura_core::user::User;

use crate::App;
use crate::authentication::Proved;
use crate::authorization_session::Visit;

/// The context of one operation: who asks for what, when, and what has been found out so far.
#[derive(Debug, Clone)]
pub struct OpCx {
    /// The one time of this operation.
    pub now: Timestamp,
    /// The request, as logs and records name it.
    pub request: RequestId,
    /// What is asked.
    pub action: Action,
    /// Who asks.
    pub caller: Caller,
    /// The revocation epoch at which the caller was found to be good.
    pub epoch: u64,
    /// The policies that the caller's account had at that epoch; none where it has none.
    pub policies: Option<Arc<AccountPolicies>>,
    /// The address that the request came from.
    pub peer: String,
    /// The trace that this is part of; what is asked of others on the way carries
    /// [`Trace::traceparent`]. The local operator has none.
    pub trace: Option<Trace>,
    /// What the record of this operation will name, filled in as it becomes known.
    pub about: About,
}

/// What an operation turned out to be about.
#[derive(Debug, Default, Clone)]
pub struct About {
    /// The account, where it is not the caller's own.
    pub account: Option<AccountId>,
    /// The agent.
    pub agent: Option<AgentId>,
    /// The agents that it acts through, who began first.
    pub through: Vec<AgentId>,
    /// What its token is for, in the words of who handed it on.
    pub purpose: Option<StatedReason>,
    /// The user.
    pub user: Option<User>,
    /// The provider.
    pub provider: Option<ProviderId>,
    /// The thing, as a reader would name it.
    pub resource: Option<String>,
    /// Why the policies said no, in their own words; for the record, not for the caller.
    pub explanation: Option<String>,
    /// The same, as what was asked and read.
    pub denied: Option<Box<Denied>>,
    /// What policies of the account would have said that are only logged.
    pub log_only: Vec<String>,
}

impl About {
    /// What the policies said, for the record, and what the caller is told.
    pub(crate) fn refused(&mut self, denial: &Denial) -> Error {
        self.explanation = Some(denial.explanation.clone());
        self.denied = Some(Box::new(denial.recorded()));
        Error::denied(denial.public())
    }
}

impl OpCx {
    /// The context of a request of a proved caller.
    pub fn new(
        now: Timestamp,
        request: RequestId,
        action: Action,
        proved: Proved,
        peer: String,
    ) -> Self {
        let Proved {
            caller,
            epoch,
            policies,
        } = proved;
        Self {
            now,
            request,
            action,
            caller,
            epoch,
            policies,
            peer,
            trace: None,
            about: About::default(),
        }
    }

    /// This context, as part of a trace.
    pub fn traced(mut self, trace: Trace) -> Self {
        self.trace = Some(trace);
        self
    }

    /// The caller's account; an operator has none and must name one.
    pub fn account(&self) -> Result<AccountId, Error> {
        self.caller.account().ok_or_else(|| {
            Error::denied("this needs an access key of an account; the local operator has none")
        })
    }

    /// The access key that signed; the operator has none.
    pub fn access_key(&self) -> Result<AccessKeyId, Error> {
        match &self.caller {
            Caller::AccessKey { id, .. }
            | Caller::Agent { key: id, .. }
            | Caller::Session { key: id, .. } => Ok(*id),
            Caller::Operator => Err(Error::denied(
                "this needs an access key; the local operator has none",
            )),
        }
    }

    /// The caller, as records and logs name it.
    pub fn caller_name(&self) -> String {
        match &self.caller {
            Caller::AccessKey { id, .. }
            | Caller::Agent { key: id, .. }
            | Caller::Session { key: id, .. } => id.to_string(),
            Caller::Operator => "operator".to_owned(),
        }
    }
}

impl App {
    /// The context of something that the local operator asks.
    pub fn operator_cx(&self, action: Action) -> OpCx {
        let now = self.now();
        OpCx {
            now,
            request: self.new_request_id(now),
            action,
            caller: Caller::Operator,
            epoch: 0,
            // No policy of an account is about the operator.
            policies: None,
            peer: "local".to_owned(),
            trace: None,
            about: About::default(),
        }
    }

    /// The context of something that the holder of an access key asks without a request: what
    /// `dev` sets up in the name of the key that it made itself.
    pub async fn cx_of_key(&self, action: Action, id: AccessKeyId) -> Result<OpCx, Error> {
        let known = self.held_policies.clone();
        let read = move |tx: &mut procura_store::Tx<'_>| {
            let epoch = tx.epoch()?;
            let found = tx.access_key_for_signature(id)?;
            let policies = match &found {
                Some((key, _)) => Some(known.find(tx, key.account, epoch)?),
                None => None,
            };
            Ok((found.zip(policies), epoch))
        };
        let (found, epoch) = self.store.run_read("cx_of_key", read).await?;
        let (found, policies) = found.unzip();
        let key = found.map(|(key, _)| key);
        let key = key.filter(|key| key.revoked_at.is_none()).ok_or_else(|| {
            Error::denied(format!("access key {id} does not exist or is revoked"))
        })?;
        let caller = Caller::AccessKey {
            id,
            account: key.account,
            roles: key.roles,
        };
        let policies = match policies {
            Some(found) => self.policies_ready(key.account, epoch, found).await?,
            None => None,
        };
        let now = self.now();
        let request = self.new_request_id(now);
        let proved = Proved {
            caller,
            epoch,
            policies,
        };
        Ok(OpCx::new(now, request, action, proved, "local".to_owned()))
    }

    /// The record of `cx`, ready to be appended with its effect.
    pub(crate) fn entry(&self, cx: &OpCx, verdict: Verdict, reason: impl Into<String>) -> Entry {
        let id = self.with_rng(|rng| RecordId::generate(cx.now, rng));
        let mut reason: String = reason.into();
        if !cx.about.log_only.is_empty() {
            reason = format!("{reason}; log-only: {}", cx.about.log_only.join("; "));
        }
        let mut entry =
            Entry::new(id, cx.now, cx.action.name(), verdict, reason).for_user(cx.about.user);
        entry.account = cx.about.account.or_else(|| cx.caller.account());
        entry.caller = Some(cx.caller_name());
        entry.agent = cx.about.agent;
        entry.provider = cx.about.provider;
        entry.through.clone_from(&cx.about.through);
        entry.purpose = cx.about.purpose.as_ref().map(ToString::to_string);
        entry.resource.clone_from(&cx.about.resource);
        entry.policy = Some(self.decision(cx).version());
        entry.request = Some(cx.request.to_string());
        entry.peer = Some(cx.peer.clone());
        entry
    }

    /// The record of what somebody who signed nothing did or was refused in `account`.
    pub(crate) fn entry_of(
        &self,
        visit: &Visit,
        account: AccountId,
        action: &'static str,
        verdict: Verdict,
        reason: String,
    ) -> Entry {
        let id = self.with_rng(|rng| RecordId::generate(visit.now, rng));
        let mut entry = Entry::new(id, visit.now, action, verdict, reason);
        entry.account = Some(account);
        entry.request = Some(visit.request.to_string());
        entry.peer = Some(visit.peer.clone());
        entry
    }

    /// The record of a `cx` that was done.
    pub(crate) fn allowed(&self, cx: &OpCx, reason: impl Into<String>) -> Entry {
        self.entry(cx, Verdict::Allow, reason)
    }

    /// The record of a `cx` that is refused with `error`.
    pub(crate) fn refusal(&self, cx: &OpCx, error: &Error) -> Entry {
        let reason = match &cx.about.explanation {
            Some(explanation) => format!("{}; {explanation}", error.public()),
            None => error.public().to_owned(),
        };
        let mut entry = self.entry(cx, Verdict::Deny, reason);
        entry.denied.clone_from(&cx.about.denied);
        entry
    }

    /// Records that `cx` failed with `error`, unless the transaction that refused it already did.
    /// The dispatcher calls this for every failed operation of an authenticated caller, so that no
    /// use case can forget to. When the record cannot be written, that is the error.
    pub async fn record_refusal(&self, cx: &OpCx, error: Error) -> Error {
        if error.record().is_some() {
            return error;
        }
        let entry = self.refusal(cx, &error);
        let id = entry.id;
        let recorded = self
            .store
            .run_tx("record_refusal", move |_| {
                Ok(procura_store::Outcome::Done((), entry.clone()))
            })
            .await;
        match recorded {
            Ok(_) => error.with_record(id),
            Err(unrecorded) => unrecorded,
        }
    }
}
