//! The operations that we have.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::sts::Spec;

/// An operation that we have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `GetCallerIdentity`.
    GetCallerIdentity,
    /// `AssumeRole`.
    AssumeRole,
    /// `AssumeRoleWithWebIdentity`.
    AssumeRoleWithWebIdentity,
    /// `GetWebIdentityToken`.
    GetWebIdentityToken,
}

impl Operation {
    /// Every operation that we have.
    pub const ALL: &'static [Self] = &[
        Self::GetCallerIdentity,
        Self::AssumeRole,
        Self::AssumeRoleWithWebIdentity,
        Self::GetWebIdentityToken,
    ];

    pub(crate) fn spec(self) -> &'static Spec {
        match self {
            Self::GetCallerIdentity => &super::get_caller_identity::SPEC,
            Self::AssumeRole => &super::assume_role::SPEC,
            Self::AssumeRoleWithWebIdentity => &super::assume_role_with_web_identity::SPEC,
            Self::GetWebIdentityToken => &super::get_web_identity_token::SPEC,
        }
    }
}
