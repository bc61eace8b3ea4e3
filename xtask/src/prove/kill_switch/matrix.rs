//! Every way to get or use a credential, every switch, and what each switch does to each way.

/// An enum, and all of it.
macro_rules! listed {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum $name {
            $($(#[$of])* $variant,)*
        }

        impl $name {
            /// All of them.
            pub(super) const ALL: &[Self] = &[$(Self::$variant,)*];
        }
    };
}

listed! {
    /// A way to get a credential or a token, or to use one.
    Path {
        /// `GetWorkloadAccessToken` with an access key that lasts.
        TokenByKey,
        /// `GetWorkloadAccessTokenForUserId` with an access key that lasts.
        TokenForUserId,
        /// `GetWorkloadAccessTokenForJWT` with a token of a user of the pool.
        TokenForPoolUser,
        /// The same with a token of a registered issuer's.
        TokenForIssuerUser,
        /// `GetWorkloadAccessToken` with the temporary key that an agent proved itself for.
        TokenByAgent,
        /// `GetWorkloadAccessToken` with the session of a role that an access key put on.
        TokenByRole,
        /// The same, put on with a token of a registered issuer's.
        TokenByFederatedRole,
        /// `GetResourceApiKey` with what [`Self::TokenByKey`] gave. Another key signs, here and below.
        KeyOfKeysToken,
        /// With what [`Self::TokenForUserId`] gave.
        KeyOfUserIdsToken,
        /// With what [`Self::TokenForPoolUser`] gave.
        KeyOfPoolUsersToken,
        /// With what [`Self::TokenForIssuerUser`] gave.
        KeyOfIssuerUsersToken,
        /// With what [`Self::TokenByAgent`] gave.
        KeyOfAgentsToken,
        /// With what [`Self::TokenByRole`] gave.
        KeyOfRolesToken,
        /// With what [`Self::TokenByFederatedRole`] gave.
        KeyOfFederatedRolesToken,
        /// `InitiateAuth` with the password.
        Password,
        /// `InitiateAuth` with the refresh token.
        Refresh,
        /// `GetUser` with the access token.
        GetUser,
        /// `AssumeRole` with an access key that lasts.
        AssumeRole,
        /// `AssumeRoleWithWebIdentity` for the role.
        AssumeRoleFederated,
        /// The same for the agent.
        AssumeAgent,
        /// The credentials of a container, for the agent.
        ContainerCredentials,
    }
}

listed! {
    /// What stops somebody.
    Switch {
        /// `AdminDisableUser`.
        DisableUser,
        /// `AdminDeleteUser`.
        DeleteUser,
        /// `AdminUserGlobalSignOut`.
        SignUserOut,
        /// `DeleteUserPoolClient`.
        DeleteClient,
        /// `DeleteUserPool`.
        DeletePool,
        /// `procura agents suspend`.
        SuspendAgent,
        /// `DeleteWorkloadIdentity`.
        DeleteAgent,
        /// `procura agents distrust`.
        DistrustWorkload,
        /// `procura issuers remove`.
        RemoveIssuer,
        /// `procura keys revoke`, of the key that the host has.
        RevokeKey,
        /// `DeleteRole`.
        DeleteRole,
        /// `DetachRolePolicy`, of all that the role has.
        EmptyRole,
    }
}

/// What a switch does to a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    Refused,
    Unaffected,
}

/// INVARIANT: no `_`: a new path or switch does not build until somebody has said what is expected.
#[rustfmt::skip]
pub(super) const fn expected(path: Path, switch: Switch) -> Expected {
    use Expected::{Refused, Unaffected};
    use Path as P;
    match switch {
        Switch::DisableUser | Switch::DeleteUser => match path {
            P::TokenForPoolUser | P::KeyOfPoolUsersToken | P::Password | P::Refresh | P::GetUser => Refused,
            P::TokenByKey | P::TokenForUserId | P::TokenForIssuerUser | P::TokenByAgent | P::TokenByRole
            | P::TokenByFederatedRole | P::KeyOfKeysToken | P::KeyOfUserIdsToken | P::KeyOfIssuerUsersToken
            | P::KeyOfAgentsToken | P::KeyOfRolesToken | P::KeyOfFederatedRolesToken | P::AssumeRole
            | P::AssumeRoleFederated | P::AssumeAgent | P::ContainerCredentials => Unaffected,
        },
        // The password is still hers.
        Switch::SignUserOut => match path {
            P::TokenForPoolUser | P::KeyOfPoolUsersToken | P::Refresh | P::GetUser => Refused,
            P::TokenByKey | P::TokenForUserId | P::TokenForIssuerUser | P::TokenByAgent | P::TokenByRole
            | P::TokenByFederatedRole | P::KeyOfKeysToken | P::KeyOfUserIdsToken | P::KeyOfIssuerUsersToken
            | P::KeyOfAgentsToken | P::KeyOfRolesToken | P::KeyOfFederatedRolesToken | P::Password | P::AssumeRole
            | P::AssumeRoleFederated | P::AssumeAgent | P::ContainerCredentials => Unaffected,
        },
        // Which issuer proved a user is not in a token: those of other issuers end with it.
        Switch::DeleteClient | Switch::DeletePool => match path {
            P::TokenForPoolUser | P::KeyOfPoolUsersToken | P::KeyOfIssuerUsersToken | P::Password | P::Refresh
            | P::GetUser => Refused,
            P::TokenByKey | P::TokenForUserId | P::TokenForIssuerUser | P::TokenByAgent | P::TokenByRole
            | P::TokenByFederatedRole | P::KeyOfKeysToken | P::KeyOfUserIdsToken | P::KeyOfAgentsToken
            | P::KeyOfRolesToken | P::KeyOfFederatedRolesToken | P::AssumeRole | P::AssumeRoleFederated
            | P::AssumeAgent | P::ContainerCredentials => Unaffected,
        },
        Switch::SuspendAgent | Switch::DeleteAgent => match path {
            P::TokenByKey | P::TokenForUserId | P::TokenForPoolUser | P::TokenForIssuerUser | P::TokenByAgent
            | P::TokenByRole | P::TokenByFederatedRole | P::KeyOfKeysToken | P::KeyOfUserIdsToken
            | P::KeyOfPoolUsersToken | P::KeyOfIssuerUsersToken | P::KeyOfAgentsToken | P::KeyOfRolesToken
            | P::KeyOfFederatedRolesToken | P::AssumeAgent | P::ContainerCredentials => Refused,
            P::Password | P::Refresh | P::GetUser | P::AssumeRole | P::AssumeRoleFederated => Unaffected,
        },
        Switch::DistrustWorkload => match path {
            P::TokenByAgent | P::KeyOfAgentsToken | P::AssumeAgent | P::ContainerCredentials => Refused,
            P::TokenByKey | P::TokenForUserId | P::TokenForPoolUser | P::TokenForIssuerUser | P::TokenByRole
            | P::TokenByFederatedRole | P::KeyOfKeysToken | P::KeyOfUserIdsToken | P::KeyOfPoolUsersToken
            | P::KeyOfIssuerUsersToken | P::KeyOfRolesToken | P::KeyOfFederatedRolesToken | P::Password | P::Refresh
            | P::GetUser | P::AssumeRole | P::AssumeRoleFederated => Unaffected,
        },
        // As with a pool: which issuer proved a user is not in a token.
        Switch::RemoveIssuer => match path {
            P::TokenForIssuerUser | P::TokenByFederatedRole | P::KeyOfPoolUsersToken | P::KeyOfIssuerUsersToken
            | P::KeyOfFederatedRolesToken | P::AssumeRoleFederated => Refused,
            P::TokenByKey | P::TokenForUserId | P::TokenForPoolUser | P::TokenByAgent | P::TokenByRole
            | P::KeyOfKeysToken | P::KeyOfUserIdsToken | P::KeyOfAgentsToken | P::KeyOfRolesToken | P::Password
            | P::Refresh | P::GetUser | P::AssumeRole | P::AssumeAgent | P::ContainerCredentials => Unaffected,
        },
        // All that it signed for, and the session of the role that it put on.
        Switch::RevokeKey => match path {
            P::TokenByKey | P::TokenForUserId | P::TokenForPoolUser | P::TokenForIssuerUser | P::TokenByRole
            | P::KeyOfKeysToken | P::KeyOfUserIdsToken | P::KeyOfPoolUsersToken | P::KeyOfIssuerUsersToken
            | P::KeyOfRolesToken | P::AssumeRole => Refused,
            P::TokenByAgent | P::TokenByFederatedRole | P::KeyOfAgentsToken | P::KeyOfFederatedRolesToken | P::Password
            | P::Refresh | P::GetUser | P::AssumeRoleFederated | P::AssumeAgent
            | P::ContainerCredentials => Unaffected,
        },
        Switch::DeleteRole => match path {
            P::TokenByRole | P::TokenByFederatedRole | P::KeyOfRolesToken | P::KeyOfFederatedRolesToken | P::AssumeRole
            | P::AssumeRoleFederated => Refused,
            P::TokenByKey | P::TokenForUserId | P::TokenForPoolUser | P::TokenForIssuerUser | P::TokenByAgent
            | P::KeyOfKeysToken | P::KeyOfUserIdsToken | P::KeyOfPoolUsersToken | P::KeyOfIssuerUsersToken
            | P::KeyOfAgentsToken | P::Password | P::Refresh | P::GetUser | P::AssumeAgent
            | P::ContainerCredentials => Unaffected,
        },
        // It can be put on, and may do nothing.
        Switch::EmptyRole => match path {
            P::TokenByRole | P::TokenByFederatedRole => Refused,
            P::TokenByKey | P::TokenForUserId | P::TokenForPoolUser | P::TokenForIssuerUser | P::TokenByAgent
            | P::KeyOfKeysToken | P::KeyOfUserIdsToken | P::KeyOfPoolUsersToken | P::KeyOfIssuerUsersToken
            | P::KeyOfAgentsToken | P::KeyOfRolesToken | P::KeyOfFederatedRolesToken | P::Password | P::Refresh
            | P::GetUser | P::AssumeRole | P::AssumeRoleFederated | P::AssumeAgent
            | P::ContainerCredentials => Unaffected,
        },
    }
}
