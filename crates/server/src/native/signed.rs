//! The native operations that callers sign for (Signature Version 4), on the port of the API. They go
//! through the pipeline of every request ([`crate::request`]); what goes wrong is told as a problem
//! (RFC 9457).

use bytes::Bytes;
use procura_app::App;
use procura_app::operation::OpCx;
use procura_core::action::Action;
use procura_core::error::Error;
use procura_core::workload_identity::AgentState;
use serde::de::DeserializeOwned;

use super::unreadable;
use crate::nature::Nature;
use crate::ops::Rendered;

mod agents;
mod authorization_sessions;
mod connections;
mod records;
mod workload_access_tokens;

/// A native operation that callers sign for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignedOperation {
    /// `POST /v1/authorization-sessions/describe`
    DescribeAuthorizationSession,
    /// `POST /v1/connections/report-unauthorized`
    ReportUnauthorized,
    /// `POST /v1/workload-access-tokens`
    DelegateToken,
    /// `POST /v1/agents/list`
    ListAgents,
    /// `POST /v1/agents/show`
    ShowAgent,
    /// `POST /v1/agents/suspend`
    SuspendAgent,
    /// `POST /v1/agents/resume`
    ResumeAgent,
    /// `POST /v1/agents/retire`
    RetireAgent,
    /// `POST /v1/agents/set-owner`
    SetAgentOwner,
    /// `POST /v1/agents/expire`
    ExpireAgent,
    /// `POST /v1/audit/search`
    SearchRecords,
}

impl SignedOperation {
    const ALL: [Self; 11] = [
        Self::DescribeAuthorizationSession,
        Self::ReportUnauthorized,
        Self::DelegateToken,
        Self::ListAgents,
        Self::ShowAgent,
        Self::SuspendAgent,
        Self::ResumeAgent,
        Self::RetireAgent,
        Self::SetAgentOwner,
        Self::ExpireAgent,
        Self::SearchRecords,
    ];

    /// What metrics and the log call them.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        Self::ALL.into_iter().map(Self::name)
    }

    /// The longest body, in bytes.
    pub(crate) const fn body_bytes_max(self) -> usize {
        match self {
            Self::DescribeAuthorizationSession
            | Self::ListAgents
            | Self::ShowAgent
            | Self::SuspendAgent
            | Self::ResumeAgent
            | Self::RetireAgent
            | Self::SetAgentOwner
            | Self::ExpireAgent
            | Self::SearchRecords => 4 * 1024,
            // It has a workload access token in it.
            Self::ReportUnauthorized | Self::DelegateToken => 32 * 1024,
        }
    }

    /// The operation of a method and a path, if it is one.
    pub(crate) fn of(method: &str, path: &str) -> Option<Self> {
        let is_asked = |operation: &Self| method == "POST" && operation.path() == path;
        Self::ALL.into_iter().find(is_asked)
    }

    const fn path(self) -> &'static str {
        match self {
            Self::DescribeAuthorizationSession => "/v1/authorization-sessions/describe",
            Self::ReportUnauthorized => "/v1/connections/report-unauthorized",
            Self::DelegateToken => "/v1/workload-access-tokens",
            Self::ListAgents => "/v1/agents/list",
            Self::ShowAgent => "/v1/agents/show",
            Self::SuspendAgent => "/v1/agents/suspend",
            Self::ResumeAgent => "/v1/agents/resume",
            Self::RetireAgent => "/v1/agents/retire",
            Self::SetAgentOwner => "/v1/agents/set-owner",
            Self::ExpireAgent => "/v1/agents/expire",
            Self::SearchRecords => "/v1/audit/search",
        }
    }

    /// Its name: that of its action, where no other operation has it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::DescribeAuthorizationSession
            | Self::ReportUnauthorized
            | Self::DelegateToken
            | Self::SuspendAgent
            | Self::ResumeAgent
            | Self::RetireAgent => self.action().name(),
            Self::ListAgents => "ListAgents",
            Self::ShowAgent => "ShowAgent",
            Self::SetAgentOwner => "SetAgentOwner",
            Self::ExpireAgent => "ExpireAgent",
            Self::SearchRecords => "SearchRecords",
        }
    }

    /// What it is for the policies.
    pub(crate) const fn action(self) -> Action {
        match self {
            Self::DescribeAuthorizationSession => Action::DescribeAuthorizationSession,
            Self::ReportUnauthorized => Action::ReportUnauthorized,
            Self::DelegateToken => Action::DelegateToken,
            Self::ListAgents => Action::ListWorkloadIdentities,
            Self::ShowAgent => Action::GetWorkloadIdentity,
            Self::SuspendAgent => Action::SuspendAgent,
            Self::ResumeAgent => Action::ResumeAgent,
            Self::RetireAgent => Action::RetireAgent,
            Self::SetAgentOwner | Self::ExpireAgent => Action::ChangeAgent,
            Self::SearchRecords => Action::ReadAudit,
        }
    }

    /// What kind of thing it is.
    pub(crate) const fn nature(self) -> Nature {
        match self {
            Self::DescribeAuthorizationSession
            | Self::ListAgents
            | Self::ShowAgent
            | Self::SearchRecords => Nature::Read,
            Self::ReportUnauthorized => Nature::Use,
            Self::DelegateToken => Nature::Mint,
            Self::SuspendAgent
            | Self::ResumeAgent
            | Self::RetireAgent
            | Self::SetAgentOwner
            | Self::ExpireAgent => Nature::Change,
        }
    }

    /// Reads the body, does it, writes the answer.
    pub(crate) async fn dispatch(
        self,
        app: &App,
        cx: &mut OpCx,
        body: &Bytes,
    ) -> Result<Rendered, Error> {
        match self {
            Self::DescribeAuthorizationSession => {
                authorization_sessions::describe(app, cx, read(body)?).await
            }
            Self::ReportUnauthorized => {
                connections::report_unauthorized(app, cx, read(body)?).await
            }
            Self::DelegateToken => workload_access_tokens::delegate(app, cx, read(body)?).await,
            Self::ListAgents => agents::list(app, cx, read(body)?).await,
            Self::ShowAgent => agents::show(app, cx, read(body)?).await,
            Self::SuspendAgent => {
                agents::set_state(app, cx, AgentState::Suspended, read(body)?).await
            }
            Self::ResumeAgent => agents::set_state(app, cx, AgentState::Active, read(body)?).await,
            Self::RetireAgent => agents::set_state(app, cx, AgentState::Retired, read(body)?).await,
            Self::SetAgentOwner => agents::set_owner(app, cx, read(body)?).await,
            Self::ExpireAgent => agents::expire(app, cx, read(body)?).await,
            Self::SearchRecords => records::search(app, cx, read(body)?).await,
        }
    }
}

fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Error> {
    serde_json::from_slice(body).map_err(|error| unreadable(&error))
}
