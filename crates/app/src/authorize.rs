//! The one place where a request becomes a yes or a no.

use procura_authority::{
    AgentOf, Credential, Decision, ProviderOf, Reasons, Target, Through, Use, Verdict, Whom,
};
use procura_core::account::AccountId;
use procura_core::action::Action;
use procura_core::connection::Connection;
use procura_core::credential_provider::{CredentialProvider, ProviderKind};
use procura_core::error::Error;
use procura_core::id::UserId;
use procura_core::name::VaultName;
use procura_core::permit::{Permit, of};
use procura_core::scope::Scopes;
use procura_core::workload_access_token::Claims;

use crate::App;
use crate::basis::Basis;
use crate::operation::OpCx;
use crate::through::ActedThrough;

/// What a yes to an exchange allows.
pub(crate) struct ExchangePermits {
    pub(crate) users_token: Permit<of::ExchangeUserToken>,
    pub(crate) client: Permit<of::UseClientSecret>,
}

/// To end a connection here, and to use its client's secret to end it at the provider.
pub(crate) type RevocationPermits = (Permit<of::RevokeConnection>, Permit<of::UseClientSecret>);

impl App {
    /// Who decides: the rules, with the policies of the caller's account beside them. The one place
    /// where they come together.
    pub(crate) fn decision<'a>(&'a self, cx: &'a OpCx) -> Decision<'a> {
        self.authority.beside(cx.policies.as_deref())
    }

    /// May the caller of `cx` do what it asks, on `target`?
    pub(crate) fn authorize(&self, cx: &mut OpCx, target: &Target<'_>) -> Result<(), Error> {
        self.authorize_action(cx, cx.action, target)
    }

    /// May the caller of `cx` learn that no agent of its account has this name?
    pub(crate) fn authorize_absent_agent(&self, cx: &mut OpCx) -> Result<(), Error> {
        let directory = Target::Directory(cx.account()?);
        self.authorize_action(cx, Action::GetWorkloadIdentity, &directory)
    }

    /// May the caller of `cx` learn that no provider of this kind and vault has this name?
    pub(crate) fn authorize_absent_provider(
        &self,
        cx: &mut OpCx,
        kind: ProviderKind,
        vault: &VaultName,
    ) -> Result<(), Error> {
        let action = match kind {
            ProviderKind::ApiKey => Action::GetApiKeyCredentialProvider,
            ProviderKind::Oauth2 => Action::GetOauth2CredentialProvider,
        };
        let vault = Target::Vault {
            account: cx.account()?,
            vault,
        };
        self.authorize_action(cx, action, &vault)
    }

    pub(crate) fn authorize_action(
        &self,
        cx: &mut OpCx,
        action: Action,
        target: &Target<'_>,
    ) -> Result<(), Error> {
        let verdict = self.decision(cx).may_call(&cx.caller, action, target);
        told(cx, verdict).map(drop)
    }

    /// May the caller of `cx` take `connection` back? The permits are for the generation of the
    /// connection and the version of its provider that were looked at, and no others: the tokens are
    /// sent to the provider once more, with the client's secret, to be ended there.
    pub(crate) fn authorize_revocation(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        connection: &Connection,
        provider_version: u64,
    ) -> Result<RevocationPermits, Error> {
        self.authorize_action(cx, Action::RevokeConnection, &Target::Account(account))?;
        Ok(permits_to_revoke(connection, provider_version))
    }

    /// The three questions for a credential of a provider: may this agent and those that it acts
    /// through, may this user, do the task and a grant of each cover it? A yes is a permit for this
    /// version of the provider and no other.
    pub(crate) fn authorize_use<A>(
        &self,
        cx: &mut OpCx,
        claims: &Claims,
        basis: &Basis,
        credential: Credential<'_>,
    ) -> Result<(Permit<A>, Reasons), Error> {
        self.authorize_use_of(cx, claims, basis, credential, None)
    }

    /// The same of tokens of a user that are kept: they are good for `good_for`, whatever of it is
    /// asked for.
    pub(crate) fn authorize_use_of<A>(
        &self,
        cx: &mut OpCx,
        claims: &Claims,
        basis: &Basis,
        credential: Credential<'_>,
        good_for: Option<&Scopes>,
    ) -> Result<(Permit<A>, Reasons), Error> {
        let through = through(cx, basis);
        let asked = Use {
            good_for,
            ..use_of(cx, claims, basis, credential, &through)
        };
        let verdict = self.decision(cx).may_release(&asked);
        permitted(cx, basis, verdict)
    }

    /// The same for a token that the provider gives for the user's own. One yes, and two permits: to
    /// send the user's token, and to prove the client that sends it.
    pub(crate) fn authorize_exchange(
        &self,
        cx: &mut OpCx,
        claims: &Claims,
        basis: &Basis,
        scopes: &Scopes,
    ) -> Result<(ExchangePermits, Reasons), Error> {
        let credential = Credential::ExchangedToken(scopes);
        let (users_token, reasons) = self.authorize_use(cx, claims, basis, credential)?;
        let provider = &basis.provider;
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the decision that makes the permit"
        )]
        let client = Permit::dangerous_from_decision(*provider.id.as_bytes(), provider.version);
        let permits = ExchangePermits {
            users_token,
            client,
        };
        Ok((permits, reasons))
    }

    /// The questions before the user is asked: may this caller, this agent and this user want it at
    /// all? The permit is for the provider's client, as whom the user is sent away.
    pub(crate) fn authorize_consent<A>(
        &self,
        cx: &mut OpCx,
        claims: &Claims,
        basis: &Basis,
        scopes: &Scopes,
    ) -> Result<(Permit<A>, Reasons), Error> {
        let credential = Credential::UserToken {
            scopes,
            consent: None,
        };
        let through = through(cx, basis);
        let asked = use_of(cx, claims, basis, credential, &through);
        let verdict = self.decision(cx).may_ask_consent(&asked);
        permitted(cx, basis, verdict)
    }

    /// The questions when the user has come back: may agent and user still? That the caller of `cx`
    /// may say who came back was decided before.
    pub(crate) fn authorize_connection<A>(
        &self,
        cx: &mut OpCx,
        claims: &Claims,
        basis: &Basis,
        scopes: &Scopes,
    ) -> Result<(Permit<A>, Reasons), Error> {
        let credential = Credential::UserToken {
            scopes,
            consent: None,
        };
        let through = through(cx, basis);
        let asked = use_of(cx, claims, basis, credential, &through);
        let verdict = self.decision(cx).may_connect(&asked);
        permitted(cx, basis, verdict)
    }
}

/// The same for the user whose connection it is: what a user gave, that user may always take back. None
/// where it is another's.
pub(crate) fn permits_of_owner(
    user: UserId,
    connection: &Connection,
    provider_version: u64,
) -> Option<RevocationPermits> {
    let is_own = connection.consent.user == user;
    is_own.then(|| permits_to_revoke(connection, provider_version))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the two above are the decisions that make the permits"
)]
fn permits_to_revoke(connection: &Connection, provider_version: u64) -> RevocationPermits {
    let (id, provider) = (connection.id, connection.consent.provider);
    (
        Permit::dangerous_from_decision(*id.as_bytes(), connection.generation),
        Permit::dangerous_from_decision(*provider.as_bytes(), provider_version),
    )
}

/// What nobody keeps may always go back to the server that granted it: that takes from everybody and
/// gives to nobody. The permit is for the client's secret in this version of the provider.
pub(crate) fn permit_to_give_back(provider: &CredentialProvider) -> Permit<of::UseClientSecret> {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the decision that makes the permit"
    )]
    Permit::dangerous_from_decision(*provider.id.as_bytes(), provider.version)
}

fn through<'a>(cx: &OpCx, basis: &'a Basis) -> Vec<Through<'a>> {
    let asked = |through: &'a ActedThrough| through.asked(basis.account, cx.now);
    basis.through.iter().map(asked).collect()
}

fn use_of<'a>(
    cx: &'a OpCx,
    claims: &'a Claims,
    basis: &'a Basis,
    credential: Credential<'a>,
    through: &'a [Through<'a>],
) -> Use<'a> {
    // Agent and provider were read from the caller's account; the user is of the token's.
    let (account, agent, provider) = (basis.account, &basis.agent, &basis.provider);
    let now = cx.now;
    Use {
        caller: &cx.caller,
        agent: AgentOf {
            account,
            agent,
            now,
        },
        whom: Whom {
            account: claims.account,
            on_behalf_of: claims.on_behalf_of(),
        },
        provider: ProviderOf { account, provider },
        credential,
        grants: &basis.grants,
        through,
        task: &claims.task,
        good_for: None,
    }
}

fn permitted<A>(
    cx: &mut OpCx,
    basis: &Basis,
    verdict: Verdict,
) -> Result<(Permit<A>, Reasons), Error> {
    let reasons = told(cx, verdict)?;
    let provider = &basis.provider;
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the decision that makes the permit"
    )]
    let permit = Permit::dangerous_from_decision(*provider.id.as_bytes(), provider.version);
    Ok((permit, reasons))
}

/// The reasons of a yes, or the error of a no; what the record is to say goes into `cx`.
fn told(cx: &mut OpCx, verdict: Verdict) -> Result<Reasons, Error> {
    match verdict {
        Verdict::Yes(reasons) => {
            for note in &reasons.log_only {
                if !cx.about.log_only.contains(note) {
                    cx.about.log_only.push(note.clone());
                }
            }
            Ok(reasons)
        }
        Verdict::No(denial) => Err(cx.about.refused(&denial)),
    }
}
