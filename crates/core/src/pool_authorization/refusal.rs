//! What a client is told: the codes of OAuth 2.0 and OpenID Connect, and words for its makers.

/// A code of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// RFC 6749 §4.1.2.1: the user said no.
    AccessDenied,
    /// OpenID Connect Core §3.1.2.6: the user would have to be asked.
    InteractionRequired,
    /// RFC 6750 §3.1: the access token is too weak.
    InsufficientScope,
    /// RFC 6749 §5.2: nobody has shown to be the client.
    InvalidClient,
    /// RFC 6749 §5.2: the code or the refresh token is not good.
    InvalidGrant,
    /// RFC 6749 §5.2.
    InvalidRequest,
    /// RFC 6749 §5.2.
    InvalidScope,
    /// RFC 8707 §2.
    InvalidTarget,
    /// RFC 6750 §3.1: the access token is not good.
    InvalidToken,
    /// OpenID Connect Core §3.1.2.6: the user would have to sign in.
    LoginRequired,
    /// OpenID Connect Core §3.1.2.6.
    RegistrationNotSupported,
    /// OpenID Connect Core §3.1.2.6.
    RequestNotSupported,
    /// OpenID Connect Core §3.1.2.6.
    RequestUriNotSupported,
    /// RFC 6749 §5.2: the client may not use this grant.
    UnauthorizedClient,
    /// RFC 6749 §5.2.
    UnsupportedGrantType,
    /// RFC 6749 §4.1.2.1.
    UnsupportedResponseType,
    /// RFC 7009 §2.2.1.
    UnsupportedTokenType,
}

impl ErrorCode {
    /// As it is registered.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccessDenied => "access_denied",
            Self::InteractionRequired => "interaction_required",
            Self::InsufficientScope => "insufficient_scope",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::InvalidRequest => "invalid_request",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            Self::InvalidToken => "invalid_token",
            Self::LoginRequired => "login_required",
            Self::RegistrationNotSupported => "registration_not_supported",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::UnsupportedTokenType => "unsupported_token_type",
        }
    }

    /// This, with words: printable ASCII without `"` and `\` (RFC 6749 §5.2).
    pub const fn because(self, text: &'static str) -> Refusal {
        Refusal { code: self, text }
    }
}

/// What a client is told instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// For its program.
    pub code: ErrorCode,
    /// For its makers.
    pub text: &'static str,
}
