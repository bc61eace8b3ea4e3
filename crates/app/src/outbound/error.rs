//! Why a call did not become a reply, by blame. Texts name the host, never the URL.

use std::error::Error as StdError;
use std::io;

use procura_core::error::{Error, Kind};
use procura_protocol::egress::Refused;

use super::resolve::Unresolved;

/// A call that has no reply.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// The guard refused the target. Nothing was sent; whoever configured it is to blame.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// No connection. Nothing was sent.
    #[error("{host} {why}")]
    Unreachable {
        /// Which.
        host: String,
        /// At what it failed.
        why: Unreachable,
        /// For the log.
        #[source]
        cause: Box<dyn StdError + Send + Sync>,
    },
    /// No reply, or not all of it, within the time for the call.
    #[error("{host} did not answer in time; try again later")]
    TimedOut {
        /// Which.
        host: String,
    },
    /// A body or headers above the bound.
    #[error(
        "{host} answered with more than {bytes_max} bytes, which are not read; check that the URL \
         is the right one"
    )]
    TooLarge {
        /// Which.
        host: String,
        /// The bound.
        bytes_max: usize,
    },
    /// A status of 3xx. Where it leads is not said.
    #[error(
        "{host} answered with a redirect ({status}), which is not followed; configure the URL that \
         it leads to"
    )]
    Redirected {
        /// Which.
        host: String,
        /// Such as 302.
        status: u16,
    },
    /// Broken off, or not HTTP.
    #[error("{host} broke off its answer or did not speak HTTP; try again later")]
    Broken {
        /// Which.
        host: String,
        /// For the log.
        #[source]
        cause: Box<dyn StdError + Send + Sync>,
    },
    /// No free place in time. Nothing was sent.
    #[error("too many calls to {host} are in flight; try again in a few seconds")]
    Busy {
        /// Which.
        host: String,
    },
    /// A request that no HTTP client sends: a header with a line break, or one that is not the
    /// caller's. Ours to repair; nothing was sent.
    #[error("the request to {host} could not be made")]
    Unsendable {
        /// Which.
        host: String,
    },
}

/// At what a connection failed. The text continues after the name of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreachable {
    /// The name has no address.
    #[error("could not be resolved; check the host of the URL, and the name server")]
    Name,
    /// No connection.
    #[error("could not be connected to; check that it is up, and try again later")]
    Connect,
    /// No TLS: mostly the certificate.
    #[error(
        "could not be spoken to over TLS; check its certificate, and if it is of a private \
         authority, the operator configures that root"
    )]
    Tls,
    /// One of these did not end in time.
    #[error("could not be connected to in time; check that it is up, and try again later")]
    Slow,
}

impl OutboundError {
    /// Whether the provider has certainly not seen the request, so that it may be sent again.
    pub fn is_unsent(&self) -> bool {
        match self {
            Self::Refused(_)
            | Self::Unreachable { .. }
            | Self::Busy { .. }
            | Self::Unsendable { .. } => true,
            Self::TimedOut { .. }
            | Self::TooLarge { .. }
            | Self::Redirected { .. }
            | Self::Broken { .. } => false,
        }
    }

    /// What a failed request is.
    pub(super) fn of_request(host: &str, error: reqwest::Error) -> Self {
        // The text of the library's error would have the URL with its query.
        let error = error.without_url();
        if error.is_builder() {
            return Self::Unsendable {
                host: host.to_owned(),
            };
        }
        if let Some(refused) = find::<Refused>(&error) {
            return Self::Refused(refused.clone());
        }
        let why = if find::<Unresolved>(&error).is_some() {
            Unreachable::Name
        } else if !error.is_connect() {
            return Self::of_reply(host, error);
        } else if error.is_timeout() {
            Unreachable::Slow
        } else if find::<rustls::Error>(&error).is_some() {
            Unreachable::Tls
        } else {
            Unreachable::Connect
        };
        Self::Unreachable {
            host: host.to_owned(),
            why,
            cause: error.into(),
        }
    }

    /// What a failure after the request was sent is.
    pub(super) fn of_reply(host: &str, error: reqwest::Error) -> Self {
        Self::Broken {
            host: host.to_owned(),
            cause: error.without_url().into(),
        }
    }

    /// One line for the operator, who alone learns the address and the cause.
    pub(super) fn log(&self, host: &str) {
        match self {
            Self::Refused(refused) => {
                let (rule, address) = (refused.rule, refused.address);
                tracing::warn!(host, ?rule, ?address, "a call to a provider was refused");
            }
            error => tracing::warn!(host, cause = ?error, "a call to a provider failed"),
        }
    }
}

impl From<OutboundError> for Error {
    fn from(error: OutboundError) -> Self {
        let kind = match &error {
            OutboundError::Refused(_) => Kind::Caller,
            OutboundError::Unreachable { .. }
            | OutboundError::TimedOut { .. }
            | OutboundError::TooLarge { .. }
            | OutboundError::Redirected { .. }
            | OutboundError::Broken { .. } => Kind::Upstream,
            OutboundError::Busy { .. } => Kind::Throttled,
            OutboundError::Unsendable { .. } => return Error::internal_source(error),
        };
        Error::new(kind, error.to_string())
    }
}

/// The first error of type `E` in the chain of causes.
fn find<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        // An I/O error names as its cause the cause of what it wraps, and leaves that out.
        let wrapped = error
            .downcast_ref::<io::Error>()
            .and_then(|error| error.get_ref());
        next = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    None
}
