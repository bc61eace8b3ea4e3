//! Policies of an account.

use hyper::header::{HeaderMap, HeaderValue, IF_MATCH, IF_NONE_MATCH};
use hyper::{Method, header};
use procura_app::account_policy::{NewPolicy, PolicyVersion};
use procura_core::account::AccountId;
use procura_core::account_policy::{AccountPolicy, AccountPolicyId, PolicyMode};
use procura_core::action::Action;
use procura_core::error::{Error, Kind};

use serde::{Deserialize, Serialize};

use super::keys::account_id;
use super::{Call, NativeAnswer, no_such, reply};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPolicyBody {
    policy: String,
    mode: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ModeBody {
    mode: String,
}

#[derive(Serialize)]
struct PolicyView {
    id: String,
    version: u64,
    mode: &'static str,
    updated_at: String,
    updated_by: String,
    /// Left out of lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
}

#[derive(Serialize)]
struct VersionView {
    version: u64,
    /// `deleted` where nothing was left.
    mode: &'static str,
    updated_at: String,
    updated_by: String,
    policy: Option<String>,
}

impl PolicyView {
    fn listed(policy: &AccountPolicy) -> Self {
        Self {
            id: policy.id.to_string(),
            version: policy.version,
            mode: policy.mode.as_str(),
            updated_at: policy.updated_at.to_string(),
            updated_by: policy.updated_by.clone(),
            policy: None,
        }
    }

    fn whole(policy: &AccountPolicy) -> Self {
        Self {
            policy: Some(policy.text.clone()),
            ..Self::listed(policy)
        }
    }
}

impl From<PolicyVersion> for VersionView {
    fn from(was: PolicyVersion) -> Self {
        let (mode, policy) = match was.said {
            Some((mode, text)) => (mode.as_str(), Some(text)),
            None => ("deleted", None),
        };
        Self {
            version: was.version,
            mode,
            updated_at: was.updated_at.to_string(),
            updated_by: was.updated_by,
            policy,
        }
    }
}

impl Call<'_> {
    pub(super) async fn route_policies(
        &mut self,
        method: &Method,
        account: &str,
        rest: &[&str],
    ) -> Result<NativeAnswer, Error> {
        let account = account_id(account)?;
        match (method, rest) {
            (&Method::GET, []) => self.policies(account).await,
            (&Method::GET, [id]) => self.policy(account, policy_id(id)?).await,
            (&Method::GET, [id, "history"]) => self.policy_history(account, policy_id(id)?).await,
            (&Method::PUT, [id]) => self.put_policy(account, policy_id(id)?).await,
            (&Method::POST, [id, "mode"]) => self.set_policy_mode(account, policy_id(id)?).await,
            (&Method::DELETE, [id]) => self.delete_policy(account, policy_id(id)?).await,
            (_, _) => Err(no_such(method, "of policies like this")),
        }
    }

    async fn policies(&mut self, account: AccountId) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::ListAccountPolicies;
        let policies = self.app.account_policies(&mut self.cx, account).await?;
        let policies: Vec<PolicyView> = policies.iter().map(PolicyView::listed).collect();
        reply(200, &policies, self.cx.request)
    }

    async fn policy(
        &mut self,
        account: AccountId,
        id: AccountPolicyId,
    ) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::GetAccountPolicy;
        let policy = self.app.account_policy(&mut self.cx, account, id).await?;
        self.one(200, &policy)
    }

    async fn policy_history(
        &mut self,
        account: AccountId,
        id: AccountPolicyId,
    ) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::GetAccountPolicy;
        let history = self
            .app
            .account_policy_history(&mut self.cx, account, id)
            .await?;
        let history: Vec<VersionView> = history.into_iter().map(VersionView::from).collect();
        reply(200, &history, self.cx.request)
    }

    async fn put_policy(
        &mut self,
        account: AccountId,
        id: AccountPolicyId,
    ) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::PutAccountPolicy;
        let headers = self.request.as_ref().map(hyper::Request::headers);
        let instead_of = headers.map_or(Ok(None), instead_of)?;
        let body: NewPolicyBody = self.body().await?;
        let new = NewPolicy {
            id,
            text: body.policy,
            mode: body
                .mode
                .map_or(Ok(PolicyMode::Active), |word| mode(&word))?,
            instead_of,
        };
        let put = self
            .app
            .put_account_policy(&mut self.cx, account, new)
            .await?;
        self.one(200, &put.value)
    }

    async fn set_policy_mode(
        &mut self,
        account: AccountId,
        id: AccountPolicyId,
    ) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::PutAccountPolicy;
        let body: ModeBody = self.body().await?;
        let mode = mode(&body.mode)?;
        let put = self
            .app
            .set_account_policy_mode(&mut self.cx, account, id, mode)
            .await?;
        self.one(200, &put.value)
    }

    async fn delete_policy(
        &mut self,
        account: AccountId,
        id: AccountPolicyId,
    ) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::DeleteAccountPolicy;
        self.app
            .delete_account_policy(&mut self.cx, account, id)
            .await?;
        let deleted = serde_json::json!({ "deleted": true });
        reply(200, &deleted, self.cx.request)
    }

    /// A policy with its version as its tag (RFC 9110 §8.8.3).
    fn one(&self, status: u16, policy: &AccountPolicy) -> Result<NativeAnswer, Error> {
        let mut answer = reply(status, &PolicyView::whole(policy), self.cx.request)?;
        let tag = HeaderValue::from_str(&format!("\"{}\"", policy.version));
        let tag = tag.map_err(Error::internal_source)?;
        answer.headers_mut().insert(header::ETAG, tag);
        Ok(answer)
    }
}

/// Which version is to be replaced, by `If-Match: "N"`, or 0 by `If-None-Match: *` (RFC 9110 §13.1).
fn instead_of(headers: &HeaderMap) -> Result<Option<u64>, Error> {
    let unread = || {
        Error::new(
            Kind::Caller,
            "write If-Match: \"VERSION\" or If-None-Match: *",
        )
    };
    if let Some(tag) = headers.get(IF_MATCH) {
        let text = tag.to_str().map_err(|_| unread())?;
        let version = text.trim_matches('"').parse().map_err(|_| unread())?;
        return Ok(Some(version));
    }
    match headers.get(IF_NONE_MATCH) {
        None => Ok(None),
        Some(any) if any == "*" => Ok(Some(0)),
        Some(_) => Err(unread()),
    }
}

fn policy_id(text: &str) -> Result<AccountPolicyId, Error> {
    let why = "a policy's id has 1 to 64 of the characters [a-z0-9-]";
    text.parse().map_err(|_| Error::field("id", why))
}

fn mode(word: &str) -> Result<PolicyMode, Error> {
    PolicyMode::from_stored(word).ok_or_else(|| Error::field("mode", "use active or log-only"))
}
