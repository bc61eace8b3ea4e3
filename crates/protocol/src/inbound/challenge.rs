//! `WWW-Authenticate`: what a client is told that was not let in (RFC 6750 §3, RFC 9728 §5.1).

use std::fmt;

use super::authorizer::JwtAuthorizer;
use crate::oauth::endpoint_url::EndpointUrl;

/// Longest list of scopes in a challenge, in bytes. A longer one is left out: it is optional, and a
/// header has bounds on its way.
pub const SCOPES_BYTES_MAX: usize = 2048;

/// Why a client was not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It sent no token. RFC 6750 §3.1: then it gets no error code.
    NoToken,
    /// `invalid_token`: also what the verifier refused.
    InvalidToken,
    /// `insufficient_scope`.
    InsufficientScope,
}

/// The value of a header `WWW-Authenticate`, as text. No part of it comes from the request.
#[derive(Debug, Clone, Copy)]
pub struct Challenge<'a> {
    fault: Fault,
    scopes: &'a [String],
    resource_metadata: Option<&'a EndpointUrl>,
}

impl Fault {
    /// The status of the response (RFC 6750 §3.1).
    pub const fn status(self) -> u16 {
        match self {
            Self::NoToken | Self::InvalidToken => 401,
            Self::InsufficientScope => 403,
        }
    }

    const fn code(self) -> Option<&'static str> {
        match self {
            Self::NoToken => None,
            Self::InvalidToken => Some("invalid_token"),
            Self::InsufficientScope => Some("insufficient_scope"),
        }
    }
}

impl<'a> Challenge<'a> {
    /// What the door that `authorizer` keeps says. `resource_metadata` is where its metadata is
    /// (RFC 9728 §3).
    pub fn new(
        authorizer: &'a JwtAuthorizer,
        fault: Fault,
        resource_metadata: Option<&'a EndpointUrl>,
    ) -> Self {
        let scopes = match fault {
            Fault::NoToken | Fault::InsufficientScope => authorizer.advertised_scopes(),
            // More scopes would not help.
            Fault::InvalidToken => &[],
        };
        let bytes = scopes.iter().fold(0, |sum: usize, scope| {
            sum.saturating_add(scope.len()).saturating_add(1)
        });
        Self {
            fault,
            scopes: if bytes <= SCOPES_BYTES_MAX {
                scopes
            } else {
                &[]
            },
            resource_metadata,
        }
    }

    /// The status of the response.
    pub const fn status(&self) -> u16 {
        self.fault.status()
    }
}

impl fmt::Display for Challenge<'_> {
    /// SECURITY: nothing is escaped, because neither a scope (RFC 6749 §3.3) nor a URL of ours can
    /// have a quote or a backslash in it; held by `a_challenge_cannot_be_broken_out_of`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bearer")?;
        let mut mark = " ";
        if let Some(code) = self.fault.code() {
            write!(f, "{mark}error=\"{code}\"")?;
            mark = ", ";
        }
        if !self.scopes.is_empty() {
            write!(f, "{mark}scope=\"{}\"", self.scopes.join(" "))?;
            mark = ", ";
        }
        if let Some(url) = self.resource_metadata {
            write!(f, "{mark}resource_metadata=\"{url}\"")?;
        }
        Ok(())
    }
}
