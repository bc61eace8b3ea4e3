//! The end of a session: whoever signs users in says who came back, and only if it is the user for
//! whom the session began is the code redeemed.

use procura_authority::{AgentOf, Target};
use procura_core::account::AccountId;
use procura_core::action::Action;
use procura_core::audit::record::Committed;
use procura_core::authorization_session::{AuthorizationSession, NotNow, SessionUri};
use procura_core::error::Error;
use procura_core::user::{AssertedUserId, User};
use procura_core::workload_identity::WorkloadIdentity;
use procura_store::{SealedSession, Tx};

use crate::App;
use crate::code_exchange::CodeExchange;
use crate::operation::OpCx;

/// How a caller says who came back.
#[derive(Debug)]
pub enum CameBack {
    /// By a token of the user's own.
    Proved(procura_core::secret::Plain<procura_core::secret::kind::UserToken>),
    /// By name.
    Asserted(AssertedUserId),
}

fn unknown() -> Error {
    Error::denied("there is no such authorization session, or it ended long ago")
}

impl App {
    /// Ends the session that `uri` opens, if the user who came back is the one for whom it began:
    /// the code is redeemed and the tokens are kept. That goes on when the caller is gone.
    pub async fn complete_session(
        &self,
        cx: &mut OpCx,
        uri: &str,
        who: &CameBack,
    ) -> Result<Committed<()>, Error> {
        let account = cx.account()?;
        let found = self.session_of_uri(account, uri).await?;
        let sealed = self.may_complete(cx, account, found, who).await?;
        let session = &sealed.session;
        cx.about.agent = Some(session.agent);
        cx.about.provider = Some(session.provider);
        cx.about.resource = Some(session.id.to_string());
        let user = self.user_who_came_back(cx, account, who).await?;
        cx.about.user = Some(user);
        // SECURITY: attacks 8 and 10 end here. The session stays as it is: whoever is somebody else
        // can neither finish nor spoil it. Held by `another_user_can_neither_finish_nor_spoil_it`.
        let exchanging = session.clone().bound(user, cx.now).map_err(denied)?;
        // SECURITY: attack 8, to its end: the user for whom the session began knows its URI, and a
        // victim may have consented to it in another browser. Held by
        // `who_began_cannot_end_what_another_consented_to`.
        let (_, proof) = SessionUri::parse_returned(uri).ok_or_else(|| {
            Error::denied(
                "a session is completed with the session_id that the user's browser brought to \
                 the return URL, and not with its sessionUri, which others know, too",
            )
        })?;
        session.check_browser(Some(&proof.hash())).map_err(denied)?;
        let exchange = CodeExchange {
            account,
            sealed: SealedSession {
                session: exchanging,
                ..sealed
            },
        };
        self.redeem(cx, exchange).await
    }

    /// Whether the caller may say who came back, of this session or of one that is not there.
    async fn may_complete(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        found: Option<SealedSession>,
        who: &CameBack,
    ) -> Result<SealedSession, Error> {
        let agent = match &found {
            Some(sealed) => self.agent_of(account, &sealed.session).await?,
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
        if let CameBack::Asserted(_) = who {
            self.authorize_action(cx, Action::BindAssertedUser, &target)?;
        }
        found.ok_or_else(unknown)
    }

    pub(crate) async fn agent_of(
        &self,
        account: AccountId,
        session: &AuthorizationSession,
    ) -> Result<Option<WorkloadIdentity>, Error> {
        let id = session.agent;
        let read = move |tx: &mut Tx<'_>| tx.account(account).workload_identity_by_id(id);
        self.store.run_read("workload_identity", read).await
    }

    async fn user_who_came_back(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        who: &CameBack,
    ) -> Result<User, Error> {
        match who {
            CameBack::Proved(token) => {
                let text = token.expose_secret_text().unwrap_or_default();
                Ok(self.prove_user(cx, text).await?.user)
            }
            CameBack::Asserted(name) => self.asserted_user(cx, account, name).await,
        }
    }
}

/// A caller who may complete sessions is told which part did not match.
fn denied(error: NotNow) -> Error {
    Error::denied(error.to_string())
}
