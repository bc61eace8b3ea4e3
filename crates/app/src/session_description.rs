//! What an authorization session is for: read by whoever signs users in, to show it to the user
//! before anything comes of it.

use procura_authority::{AgentOf, Target};
use procura_core::account::AccountId;
use procura_core::action::Action;
use procura_core::audit::record::Committed;
use procura_core::authorization_session::AuthorizationSession;
use procura_core::error::Error;
use procura_core::name::{ProviderName, WorkloadName};
use procura_core::oauth2_client::Oauth2Client;
use procura_core::user::{AssertedUserId, UserKind};
use procura_store::{Outcome, Tx};
use url::Url;

use crate::App;
use crate::operation::OpCx;

/// What a session is for. Nothing of it is a secret, and none of it opens anything.
#[derive(Debug, Clone)]
pub struct SessionDescription {
    /// How it stands.
    pub session: AuthorizationSession,
    /// Who will act.
    pub agent: WorkloadName,
    /// Where.
    pub provider: ProviderName,
    /// The host of the authorization endpoint where the user is asked, with the port where it is not
    /// the scheme's own, in ASCII: a name is chosen by an administrator, the host is not. None while
    /// the endpoint is not known.
    pub provider_host: Option<String>,
    /// What a caller wrote when it named the user. There is none for a user who is proved: who that
    /// is, only the user's own token says. It is told to whoever may complete the session by that
    /// very text ([`Action::BindAssertedUser`]) and to nobody else.
    pub asserted_user: Option<AssertedUserId>,
}

/// Where the users of this client are asked.
fn consent_host(client: &Oauth2Client) -> Option<String> {
    let endpoint = client.configuration.endpoints()?.authorization.as_deref()?;
    let url = Url::parse(endpoint).ok()?;
    let host = url.host_str()?;
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

fn unknown() -> Error {
    Error::not_found("there is no such authorization session, or it ended long ago")
}

impl App {
    /// What the session that `uri` opens is for. A session of another account is answered like none.
    pub async fn describe_session(
        &self,
        cx: &mut OpCx,
        uri: &str,
    ) -> Result<Committed<SessionDescription>, Error> {
        let account = cx.account()?;
        let found = self.session_of_uri(account, uri).await?;
        let found = found.map(|sealed| sealed.session);
        let agent = match &found {
            Some(session) => self.agent_of(account, session).await?,
            None => None,
        };
        let target = match &agent {
            Some(agent) => Target::Agent(AgentOf {
                account,
                agent,
                now: cx.now,
            }),
            None => Target::Directory(account),
        };
        self.authorize(cx, &target)?;
        let may_name = self
            .decision(cx)
            .may_call(&cx.caller, Action::BindAssertedUser, &target)
            .is_yes();
        let (Some(session), Some(agent)) = (found, agent) else {
            return Err(unknown());
        };
        cx.about.agent = Some(session.agent);
        cx.about.user = Some(session.user);
        cx.about.provider = Some(session.provider);
        cx.about.resource = Some(session.id.to_string());
        let id = session.provider;
        let read = move |tx: &mut Tx<'_>| {
            let mut own = tx.account(account);
            let provider = own.credential_provider_by_id(id)?;
            Ok((provider, own.oauth2_client(id)?))
        };
        let (provider, client) = self.store.run_read("credential_provider", read).await?;
        let mut description = SessionDescription {
            agent: agent.name,
            provider: provider.ok_or_else(unknown)?.name,
            provider_host: client.and_then(|(client, _)| consent_host(&client)),
            asserted_user: None,
            session,
        };
        if description.session.user.kind != UserKind::Asserted || !may_name {
            return Ok(Committed {
                value: description,
                record: None,
            });
        }
        let named = self.name_asserted_user(cx, account, &description).await?;
        description.asserted_user = Some(named.value);
        Ok(Committed {
            value: description,
            record: named.record,
        })
    }

    /// The text by which the user was named, once it is on record who is told.
    async fn name_asserted_user(
        &self,
        cx: &OpCx,
        account: AccountId,
        description: &SessionDescription,
    ) -> Result<Committed<AssertedUserId>, Error> {
        let user = description.session.user;
        let entry = self.allowed(cx, "told how the caller named the user, who is not proved");
        let committed = self
            .store
            .run_tx("describe_authorization_session", move |tx| {
                let sealed = tx.account(account).user_identity(user.id)?;
                let sealed = sealed.ok_or_else(|| Error::inconsistent("user", "identity"))?;
                Ok(Outcome::Done(sealed, entry.clone()))
            })
            .await?;
        let id = self.open_asserted_id(account, user, &committed.value);
        Ok(Committed {
            value: id.await?,
            record: committed.record,
        })
    }
}
