//! The native operations that callers sign for (Signature Version 4), on the port of the API. They go
//! through the pipeline of every request ([`crate::request`]); what goes wrong is told as a problem
//! (RFC 9457).

use bytes::Bytes;
use procura_app::App;
use procura_app::operation::OpCx;
use procura_core::action::Action;
use procura_core::error::Error;
use serde::de::DeserializeOwned;

use super::unreadable;
use crate::nature::Nature;
use crate::ops::Rendered;

mod authorization_sessions;
mod connections;

/// A native operation that callers sign for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignedOperation {
    /// `POST /v1/authorization-sessions/describe`
    DescribeAuthorizationSession,
    /// `POST /v1/connections/report-unauthorized`
    ReportUnauthorized,
}

impl SignedOperation {
    /// What metrics and the log call them.
    pub(crate) const NAMES: [&'static str; 2] = [
        Self::DescribeAuthorizationSession.name(),
        Self::ReportUnauthorized.name(),
    ];

    /// The longest body, in bytes.
    pub(crate) const fn body_bytes_max(self) -> usize {
        match self {
            Self::DescribeAuthorizationSession => 4 * 1024,
            // It has a workload access token in it.
            Self::ReportUnauthorized => 32 * 1024,
        }
    }

    /// The operation of a method and a path, if it is one.
    pub(crate) fn of(method: &str, path: &str) -> Option<Self> {
        match (method, path) {
            ("POST", "/v1/authorization-sessions/describe") => {
                Some(Self::DescribeAuthorizationSession)
            }
            ("POST", "/v1/connections/report-unauthorized") => Some(Self::ReportUnauthorized),
            _ => None,
        }
    }

    /// Its name.
    pub(crate) const fn name(self) -> &'static str {
        self.action().name()
    }

    /// What it is for the policies.
    pub(crate) const fn action(self) -> Action {
        match self {
            Self::DescribeAuthorizationSession => Action::DescribeAuthorizationSession,
            Self::ReportUnauthorized => Action::ReportUnauthorized,
        }
    }

    /// What kind of thing it is.
    pub(crate) const fn nature(self) -> Nature {
        match self {
            Self::DescribeAuthorizationSession => Nature::Read,
            Self::ReportUnauthorized => Nature::Use,
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
        }
    }
}

fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Error> {
    serde_json::from_slice(body).map_err(|error| unreadable(&error))
}
