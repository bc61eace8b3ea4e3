//! Every way to get or use a credential, every switch, and what each switch does to each way.
//!
//! What a way rests on and what a switch takes away are lists of [`Ground`]s; a way is refused when the
//! switch takes away something that it rests on, and nobody else is. Both are matches without `_`: a new
//! way or switch does not build until somebody has said what it rests on, or takes.

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
    /// A way to get a credential or a token, to use one, or to have one confirmed.
    Path {
        /// `GetWorkloadAccessToken` with an access key that lasts.
        TokenByKey,
        /// `GetWorkloadAccessTokenForUserId` with an access key that lasts.
        TokenForUserId,
        /// `GetWorkloadAccessTokenForJWT` with a token of a user of the pool.
        TokenForPoolUser,
        /// The same with a token that an application got by a code.
        TokenForWebUser,
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
        /// `GetResourceOauth2Token` for the provider's client itself, with what [`Self::TokenByKey`] gave.
        MachineToken,
        /// The same for a user who consented, with what [`Self::TokenForPoolUser`] gave.
        UsersToken,
        /// The same for that user's own token, exchanged at the provider.
        ExchangedToken,
        /// `CompleteResourceTokenAuth`, of a session from which the user came back.
        Complete,
        /// `InitiateAuth` with the password.
        Password,
        /// `RespondToAuthChallenge` with a new password, by who knew a temporary one.
        NewPassword,
        /// `InitiateAuth` with the refresh token.
        Refresh,
        /// `GetTokensFromRefreshToken`, with the same.
        RefreshedTokens,
        /// `GetUser` with the access token.
        GetUser,
        /// The page on which a pool's users sign in, with the password.
        LoginPage,
        /// A pool's authorization endpoint, in a browser that is signed in.
        Authorize,
        /// A pool's token endpoint with a code.
        Code,
        /// With the refresh token that a code gave.
        CodesRefresh,
        /// With the secret of a client that asks for itself.
        ClientCredentials,
        /// A pool's `userInfo` with the access token that a code gave.
        UserInfo,
        /// A pool says to another client that the access token is good that a code gave.
        Introspection,
        /// And the one that a client got for itself.
        IntrospectionOfClient,
        /// `AssumeRole` with an access key that lasts.
        AssumeRole,
        /// `AssumeRoleWithWebIdentity` for the role.
        AssumeRoleFederated,
        /// The same for the agent.
        AssumeAgent,
        /// The credentials of a container, for the agent.
        ContainerCredentials,
        /// `GetCallerIdentity` with an access key that lasts: that a signature is believed at all.
        CallerByKey,
        /// With the temporary key of the agent.
        CallerByAgent,
        /// With the session of the role.
        CallerByRole,
        /// With the one that a token of an issuer's put on.
        CallerByFederatedRole,
        /// `GetWebIdentityToken` with an access key that lasts.
        IdentityByKey,
        /// With the temporary key of the agent.
        IdentityByAgent,
        /// With the session of the role.
        IdentityByRole,
        /// With the one that a token of an issuer's put on.
        IdentityByFederatedRole,
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
        /// `GlobalSignOut`, with the user's own token.
        SignOut,
        /// `AdminSetUserPassword`.
        SetPassword,
        /// `RevokeToken`.
        RevokeToken,
        /// A pool's revocation endpoint.
        RevokeAtEndpoint,
        /// A pool's page that signs a browser out.
        LogOut,
        /// `DeleteUserPoolClient`, of the client of the password.
        DeleteClient,
        /// Of the one of the browser.
        DeleteWebClient,
        /// Of the one that asks for itself.
        DeleteOwnClient,
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
        /// `UpdateAssumeRolePolicy`, so that the role trusts nobody.
        EntrustToNobody,
        /// `DeleteApiKeyCredentialProvider`.
        DeleteKeyProvider,
        /// `procura grants revoke`, of that provider.
        RevokeKeyGrant,
        /// `DeleteOauth2CredentialProvider`.
        DeleteTokenProvider,
        /// `procura grants revoke`, of that provider.
        RevokeMachineGrant,
        /// `procura connections revoke`.
        RevokeConnection,
    }
}

listed! {
    /// Something that a way rests on.
    Ground {
        /// The agent is there.
        Agent,
        /// It is not suspended.
        AgentActive,
        /// A workload is the agent.
        Binding,
        /// The access key of the host.
        HostKey,
        Role,
        /// What it has.
        RoleHas,
        /// Whom it trusts.
        RoleTrusts,
        /// The registration of the issuer.
        Issuer,
        /// All registrations, pools and clients of the account, since a token was made whose user was
        /// proved: by whom is not in it.
        Registrations,
        /// The user of the pool is there, and may sign in.
        PoolUser,
        Password,
        /// Somebody who has a temporary password.
        Newcomer,
        /// All sign-ins of the user, since a token was made: of which it was is not in it.
        AllSignIns,
        /// The sign-in by the password.
        SignIn,
        /// The one by a code.
        WebSignIn,
        /// That of the browser.
        Browser,
        /// The codes that were not redeemed.
        Codes,
        /// The client of the password.
        Client,
        /// That of the browser.
        WebClient,
        /// The one that asks for itself.
        OwnClient,
        Pool,
        KeyProvider,
        /// What an administrator granted of it.
        KeyGrant,
        TokenProvider,
        /// What an administrator granted of it.
        MachineGrant,
        /// What the user granted of it.
        Connection,
    }
}

/// What a way rests on.
#[rustfmt::skip]
pub(super) const fn rests_on(path: Path) -> &'static [Ground] {
    use Ground as G;
    use Path as P;
    match path {
        // Of an issuer: the baseline believes one that nobody registered, too: see [`super::strict`].
        P::TokenByKey | P::TokenForUserId | P::TokenForIssuerUser => {
            &[G::Agent, G::AgentActive, G::HostKey]
        }
        P::TokenForPoolUser => &[
            G::Agent, G::AgentActive, G::HostKey, G::PoolUser, G::SignIn, G::Client, G::Pool,
        ],
        P::TokenForWebUser => &[
            G::Agent, G::AgentActive, G::HostKey, G::PoolUser, G::WebSignIn, G::WebClient, G::Pool,
        ],
        P::TokenByAgent | P::AssumeAgent | P::ContainerCredentials => {
            &[G::Agent, G::AgentActive, G::Binding]
        }
        P::TokenByRole => &[G::Agent, G::AgentActive, G::HostKey, G::Role, G::RoleHas],
        P::TokenByFederatedRole => &[G::Agent, G::AgentActive, G::Issuer, G::Role, G::RoleHas],
        P::KeyOfKeysToken | P::KeyOfUserIdsToken => {
            &[G::Agent, G::AgentActive, G::HostKey, G::KeyProvider, G::KeyGrant]
        }
        P::KeyOfPoolUsersToken => &[
            G::Agent, G::AgentActive, G::HostKey, G::KeyProvider, G::KeyGrant, G::PoolUser,
            G::AllSignIns, G::Registrations,
        ],
        P::KeyOfIssuerUsersToken => &[
            G::Agent, G::AgentActive, G::HostKey, G::KeyProvider, G::KeyGrant, G::Registrations,
        ],
        P::KeyOfAgentsToken => {
            &[G::Agent, G::AgentActive, G::Binding, G::KeyProvider, G::KeyGrant]
        }
        P::KeyOfRolesToken => {
            &[G::Agent, G::AgentActive, G::HostKey, G::Role, G::KeyProvider, G::KeyGrant]
        }
        P::KeyOfFederatedRolesToken => {
            &[G::Agent, G::AgentActive, G::Issuer, G::Role, G::KeyProvider, G::KeyGrant]
        }
        P::MachineToken => {
            &[G::Agent, G::AgentActive, G::HostKey, G::TokenProvider, G::MachineGrant]
        }
        P::UsersToken => &[
            G::Agent, G::AgentActive, G::HostKey, G::TokenProvider, G::Connection, G::PoolUser,
            G::AllSignIns, G::Registrations,
        ],
        P::ExchangedToken => &[
            G::Agent, G::AgentActive, G::HostKey, G::TokenProvider, G::MachineGrant, G::PoolUser,
            G::AllSignIns, G::Registrations,
        ],
        // With the token that the session was begun with.
        P::Complete => &[
            G::Agent, G::AgentActive, G::HostKey, G::TokenProvider, G::Connection, G::PoolUser,
            G::SignIn, G::AllSignIns, G::Client, G::Pool, G::Registrations,
        ],
        P::Password => &[G::PoolUser, G::Password, G::Client, G::Pool],
        P::NewPassword => &[G::Newcomer, G::Client, G::Pool],
        P::Refresh | P::RefreshedTokens | P::GetUser => &[G::PoolUser, G::SignIn, G::Client, G::Pool],
        P::LoginPage => &[G::PoolUser, G::Password, G::WebClient, G::Pool],
        P::Authorize => &[G::PoolUser, G::Browser, G::WebClient, G::Pool],
        P::Code => &[G::PoolUser, G::Codes, G::WebClient, G::Pool],
        P::CodesRefresh | P::UserInfo | P::Introspection => {
            &[G::PoolUser, G::WebSignIn, G::WebClient, G::Pool]
        }
        P::ClientCredentials | P::IntrospectionOfClient => &[G::OwnClient, G::Pool],
        P::AssumeRole => &[G::HostKey, G::Role, G::RoleTrusts],
        P::AssumeRoleFederated => &[G::Issuer, G::Role, G::RoleTrusts],
        P::CallerByKey | P::IdentityByKey => &[G::HostKey],
        P::CallerByAgent => &[G::Agent, G::Binding],
        P::CallerByRole => &[G::HostKey, G::Role],
        P::CallerByFederatedRole => &[G::Issuer, G::Role],
        P::IdentityByAgent => &[G::Agent, G::AgentActive, G::Binding],
        P::IdentityByRole => &[G::HostKey, G::Role, G::RoleHas],
        P::IdentityByFederatedRole => &[G::Issuer, G::Role, G::RoleHas],
    }
}

/// What a switch takes away.
#[rustfmt::skip]
pub(super) const fn takes(switch: Switch) -> &'static [Ground] {
    use Ground as G;
    match switch {
        // Whoever knows a temporary password is stopped with her.
        Switch::DisableUser | Switch::DeleteUser => &[G::PoolUser, G::Newcomer],
        // The password is still hers.
        Switch::SignUserOut | Switch::SignOut => {
            &[G::AllSignIns, G::SignIn, G::WebSignIn, G::Browser, G::Codes]
        }
        Switch::SetPassword => &[
            G::Password, G::Newcomer, G::AllSignIns, G::SignIn, G::WebSignIn, G::Browser, G::Codes,
        ],
        Switch::RevokeToken => &[G::AllSignIns, G::SignIn],
        Switch::RevokeAtEndpoint => &[G::AllSignIns, G::WebSignIn],
        // What applications got stays.
        Switch::LogOut => &[G::Browser],
        Switch::DeleteClient => &[G::Client, G::Registrations],
        Switch::DeleteWebClient => &[G::WebClient, G::Registrations],
        Switch::DeleteOwnClient => &[G::OwnClient, G::Registrations],
        Switch::DeletePool => &[G::Pool, G::Newcomer, G::Registrations],
        Switch::SuspendAgent => &[G::AgentActive],
        Switch::DeleteAgent => &[G::Agent, G::AgentActive],
        Switch::DistrustWorkload => &[G::Binding],
        Switch::RemoveIssuer => &[G::Issuer, G::Registrations],
        // With all that it signed for, and the session of the role that it put on.
        Switch::RevokeKey => &[G::HostKey],
        Switch::DeleteRole => &[G::Role],
        // It can be put on, and may do nothing.
        Switch::EmptyRole => &[G::RoleHas],
        // Sessions that are there go on until they end: docs/roles.md.
        Switch::EntrustToNobody => &[G::RoleTrusts],
        Switch::DeleteKeyProvider => &[G::KeyProvider],
        Switch::RevokeKeyGrant => &[G::KeyGrant],
        Switch::DeleteTokenProvider => &[G::TokenProvider],
        Switch::RevokeMachineGrant => &[G::MachineGrant],
        Switch::RevokeConnection => &[G::Connection],
    }
}

/// What a switch does to a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    Refused,
    Unaffected,
}

/// What is expected of a pair.
pub(super) fn expected(path: Path, switch: Switch) -> Expected {
    let taken = takes(switch);
    if rests_on(path).iter().any(|ground| taken.contains(ground)) {
        Expected::Refused
    } else {
        Expected::Unaffected
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ground_holds_a_way_and_is_taken_by_a_switch() {
        for ground in Ground::ALL {
            let holds = Path::ALL
                .iter()
                .any(|path| rests_on(*path).contains(ground));
            let is_taken = Switch::ALL
                .iter()
                .any(|switch| takes(*switch).contains(ground));
            assert!(holds && is_taken, "{ground:?}");
        }
    }

    #[test]
    fn every_way_is_stopped_by_a_switch_and_every_switch_stops_a_way() {
        let refused = |path: &Path, switch: &Switch| expected(*path, *switch) == Expected::Refused;
        for path in Path::ALL {
            assert!(
                Switch::ALL.iter().any(|switch| refused(path, switch)),
                "{path:?}"
            );
        }
        for switch in Switch::ALL {
            assert!(
                Path::ALL.iter().any(|path| refused(path, switch)),
                "{switch:?}"
            );
        }
    }
}
