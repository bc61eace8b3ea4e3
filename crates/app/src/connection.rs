//! Tokens that a provider gave for a user: released to the agent that the user let have them.
//!
//! Each release is decided anew: the caller, the agent, the user, and the user's consent. Where the
//! user did not consent yet, or not to this much, an authorization session begins.

use std::collections::BTreeMap;

use procura_authority::Credential;
use procura_core::account::AccountId;
use procura_core::audit::record::Committed;
use procura_core::authorization_session::{AuthorizationSession, Status};
use procura_core::connection::{Connection, Due, Health, LastUse, is_use_kept};
use procura_core::consent::{ConsentStanding, ConsentState};
use procura_core::credential_provider::ProviderKind;
use procura_core::digest::Sha256;
use procura_core::error::{Error, Kind};
use procura_core::id::{ConnectionId, DeploymentId, UserId};
use procura_core::name::ProviderName;
use procura_core::oauth2_client::Oauth2Client;
use procura_core::permit::of;
use procura_core::scope::Scopes;
use procura_core::sealing::{self, Location, Subject};
use procura_core::secret::{Plain, kind};
use procura_core::time::Timestamp;
use procura_core::user::User;
use procura_core::workload_access_token::Claims;
use procura_protocol::oauth::vendor_table;
use procura_store::{ConnectionKey, Outcome, RevealedConnection, SealedSession, Tx};

use crate::App;
use crate::authorization_session::Begun;
use crate::basis::{Basis, DECISIONS_MAX, busy};
use crate::delegation::used_up;
use crate::operation::OpCx;
use crate::refresh::{Needed, Trigger};

/// What an agent asks for in the name of its user.
pub struct UserTokenAsked {
    /// The name of the provider.
    pub provider: ProviderName,
    /// What the token shall be good for.
    pub scopes: Scopes,
    /// RFC 8707.
    pub resources: Vec<String>,
    /// The `audience` parameter of several vendors.
    pub audiences: Vec<String>,
    /// Parameters of the authorization request that only this provider knows.
    pub parameters: BTreeMap<String, String>,
    /// Where the user's browser goes in the end.
    pub return_url: Option<String>,
    /// Given back to the return URL.
    pub custom_state: Option<String>,
    /// The session that the caller waits for.
    pub session: Option<String>,
    /// Whether the user is to be asked although a token is kept.
    pub force: bool,
}

impl UserTokenAsked {
    /// What is asked for, and nothing else.
    pub(crate) fn only(provider: ProviderName, scopes: Scopes) -> Self {
        Self {
            provider,
            scopes,
            resources: Vec::new(),
            audiences: Vec::new(),
            parameters: BTreeMap::new(),
            return_url: None,
            custom_state: None,
            session: None,
            force: false,
        }
    }
}

impl std::fmt::Debug for UserTokenAsked {
    /// Neither what opens the session nor what the application keeps in its state.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "UserTokenAsked({}, {})", self.provider, self.scopes)
    }
}

/// What an agent gets.
#[derive(Debug)]
pub enum UserTokenAnswer {
    /// A token.
    Token(Committed<Plain<kind::AccessToken>>),
    /// The user has to consent first.
    Consent(Committed<Begun>),
}

/// How one decision ended.
enum Step {
    Released(Committed<Plain<kind::AccessToken>>),
    /// Released, and to be renewed meanwhile.
    ReleasedSoonOver(Committed<Plain<kind::AccessToken>>, Box<Connection>),
    /// The token is over, or good for too much; it has to be renewed.
    Renew(Box<Connection>, Trigger),
    /// The world changed under the decision.
    Changed,
    /// Nothing that is kept will do. What the user consented to already is asked for again.
    Ask(Scopes),
}

fn unknown_session() -> Error {
    Error::denied(
        "this is no authorization session of this agent, user and provider, or it ended long \
         ago; ask without sessionUri to start another",
    )
}

/// Nobody is asked anew for what the user has paused.
pub(crate) fn paused() -> Error {
    Error::denied(
        "the user paused the consent to this agent at this provider; only the user can let it go on",
    )
}

pub(crate) fn no_user() -> Error {
    Error::denied(
        "this workload access token is of no user; USER_FEDERATION needs one of \
         GetWorkloadAccessTokenForJWT or GetWorkloadAccessTokenForUserId",
    )
}

impl App {
    /// Gives the agent of `token` a token of its user, or says where the user has to consent. The
    /// record is durable before the token is opened.
    pub async fn release_user_token(
        &self,
        cx: &mut OpCx,
        token: &str,
        asked: &UserTokenAsked,
    ) -> Result<UserTokenAnswer, Error> {
        cx.about.resource = Some(format!("oauth2-provider/{}", asked.provider));
        let account = cx.account()?;
        let session = match &asked.session {
            None => None,
            Some(uri) => {
                let found = self.session_of_uri(account, uri).await?;
                Some((uri.as_str(), found.ok_or_else(unknown_session)?))
            }
        };
        let claims = match &session {
            None => self.open_token(cx, token).await?,
            Some((_, sealed)) => self.open_token_that_waits(cx, token, sealed).await?,
        };
        let user = claims.user.ok_or_else(no_user)?;
        // The generation that was got for this request: its token is good enough, however short its
        // life is.
        let mut fetched = None;
        for _ in 0..=DECISIONS_MAX {
            let kind = ProviderKind::Oauth2;
            let basis = self.basis(cx, &claims, kind, &asked.provider).await?;
            if let Some((uri, sealed)) = &session {
                let own = &sealed.session;
                check_own(own, &basis, user)?;
                match own.status(cx.now) {
                    Status::Done => {}
                    Status::Over(why) => return Err(Error::denied(why.to_string())),
                    Status::InProgress => return self.still_waits(cx, &claims, &basis, own, uri),
                }
            }
            let wants = Wants {
                user,
                asked,
                fetched,
                is_let_out: true,
            };
            match self.give_connection(cx, &claims, &basis, wants).await? {
                Step::Released(released) => return Ok(UserTokenAnswer::Token(released)),
                Step::ReleasedSoonOver(released, known) => {
                    let needed = Needed {
                        claims: &claims,
                        user,
                        asked,
                        known: &known,
                        trigger: Trigger::Due,
                    };
                    self.renew_behind(cx, needed).await;
                    return Ok(UserTokenAnswer::Token(released));
                }
                Step::Changed => {}
                Step::Renew(known, trigger) => {
                    let needed = Needed {
                        claims: &claims,
                        user,
                        asked,
                        known: &known,
                        trigger,
                    };
                    let renewed = self.renew(cx, needed).await;
                    // Time went by outside; what follows happens now.
                    cx.now = self.now();
                    fetched = Some(match renewed {
                        Err(error)
                            if trigger == Trigger::Due
                                && is_passing(&error)
                                && cx.now < known.expires_at =>
                        {
                            // Nothing newer is to be had, and this one is good for a moment still.
                            known.generation
                        }
                        renewed => renewed?,
                    });
                }
                Step::Ask(_) if session.is_some() => return Err(too_little()),
                Step::Ask(known) => {
                    let begun = self.begin_session(cx, &claims, &basis, asked, &known);
                    if let Some(begun) = begun.await? {
                        return Ok(UserTokenAnswer::Consent(begun));
                    }
                }
            }
        }
        Err(busy())
    }

    /// The answer to who asks again while the user is on the way. Whether agent and user may is
    /// decided again: a stopped agent does not wait for ten minutes.
    fn still_waits(
        &self,
        cx: &mut OpCx,
        claims: &Claims,
        basis: &Basis,
        session: &AuthorizationSession,
        uri: &str,
    ) -> Result<UserTokenAnswer, Error> {
        self.authorize_consent::<of::UseClientSecret>(cx, claims, basis, &session.scopes)?;
        let uri = procura_core::authorization_session::SessionUri::of_either(uri);
        let uri = uri.ok_or_else(unknown_session)?;
        Ok(UserTokenAnswer::Consent(Committed {
            value: self.begun(uri),
            record: None,
        }))
    }

    /// What a token says whose bearer waits for a session. Its time may be over if it is the one by
    /// which the session began: people take longer than tokens live. It is good for nothing else.
    async fn open_token_that_waits(
        &self,
        cx: &mut OpCx,
        token: &str,
        sealed: &SealedSession,
    ) -> Result<Claims, Error> {
        let session = &sealed.session;
        if cx.now >= session.expires_at {
            return self.open_token(cx, token).await;
        }
        let account = cx.account()?;
        let began = self
            .flow_of(account, session, &sealed.flow)
            .await?
            .claims
            .jti;
        self.open_token_of_session(cx, token, began).await
    }

    /// One decision, and the release of what is kept.
    async fn give_connection(
        &self,
        cx: &mut OpCx,
        claims: &Claims,
        basis: &Basis,
        wants: Wants<'_>,
    ) -> Result<Step, Error> {
        let (known, client) = self.known_connection(cx, claims, basis, wants.user).await?;
        let Some(known) = known else {
            return Ok(Step::Ask(Scopes::NONE));
        };
        let asked = wants.asked;
        let is_forced = asked.force && asked.session.is_none();
        let consent = match known.consent.standing(&basis.agent, cx.now) {
            ConsentStanding::Paused => return Err(paused()),
            // What the user let end is not asked for again.
            ConsentStanding::Ended => return Ok(Step::Ask(Scopes::NONE)),
            ConsentStanding::AgentChanged => return Ok(Step::Ask(known.consent.scopes)),
            ConsentStanding::InForce => known.consent.scopes.clone(),
        };
        if is_forced || known.health != Health::Live {
            return Ok(Step::Ask(consent));
        }
        // What was renewed for this very request, and is too much still, stays so.
        if wants.fetched.is_none() && known.can_be_narrowed(&asked.scopes) {
            return Ok(Step::Renew(Box::new(known), Trigger::Narrowed));
        }
        if !known.covers(&asked.scopes) {
            return Ok(Step::Ask(consent));
        }
        if !is_worth_giving(&known, cx.now, wants.fetched) {
            return Ok(if known.refreshable {
                Step::Renew(Box::new(known), Trigger::Due)
            } else {
                Step::Ask(consent)
            });
        }
        let renews = known.refreshable && !vendor_table::renewal_ends_token(client.vendor);
        let is_soon_over = wants.fetched.is_none() && known.due(cx.now) == Due::Soon;
        let released = self.reveal_user_token(cx, claims, basis, wants, &known, "released to");
        Ok(match released.await? {
            None => Step::Changed,
            Some(released) if renews && is_soon_over => {
                Step::ReleasedSoonOver(released, Box::new(known))
            }
            Some(released) => Step::Released(released),
        })
    }

    /// What is kept for the agent of `basis` and `user` at its provider, of the server that the
    /// provider is configured for now.
    pub(crate) async fn known_connection(
        &self,
        cx: &mut OpCx,
        claims: &Claims,
        basis: &Basis,
        user: User,
    ) -> Result<(Option<Connection>, Oauth2Client), Error> {
        let key = ConnectionKey {
            agent: basis.agent.id,
            user: user.id,
            provider: basis.provider.id,
        };
        let account = basis.account;
        let read = move |tx: &mut Tx<'_>| {
            let mut own = tx.account(account);
            Ok((own.connection(key)?, own.oauth2_client(key.provider)?))
        };
        let (connection, client) = self.store.run_read("connection", read).await?;
        // SECURITY: before anything else, also where nothing that is kept will do: who was told to stop
        // does not send the user away for more. Held by `an_agent_does_not_ask_around_a_pause`.
        let is_paused = |known: &Connection| known.consent.terms.state == ConsentState::Paused;
        if connection.as_ref().is_some_and(is_paused) {
            // Who may not ask at all is told that, and not what the user said.
            self.authorize_consent::<of::UseClientSecret>(cx, claims, basis, &Scopes::NONE)?;
            return Err(paused());
        }
        let (client, _) = client.ok_or_else(|| Error::inconsistent("oauth2_client", "provider"))?;
        let destination = client.configuration.destination();
        let known = connection.filter(|known| known.destination == destination);
        Ok((known, client))
    }

    /// The three questions, and the access token of `known` if it is still what was decided on.
    /// `done` says what is done with it, up to the agent's name.
    pub(crate) async fn reveal_user_token(
        &self,
        cx: &mut OpCx,
        claims: &Claims,
        basis: &Basis,
        wants: Wants<'_>,
        known: &Connection,
        done: &str,
    ) -> Result<Option<Committed<Plain<kind::AccessToken>>>, Error> {
        let Wants {
            user,
            asked,
            fetched,
            is_let_out,
        } = wants;
        let credential = Credential::UserToken {
            scopes: &asked.scopes,
            consent: Some(&known.consent),
        };
        let good_for = Some(&known.granted);
        let (permit, reasons) =
            self.authorize_use_of::<of::RevealConnection>(cx, claims, basis, credential, good_for)?;
        let said = format!("{done} {}{}", basis.agent.name, reasons.under());
        let mut entry = self.allowed(cx, said);
        entry.scopes = asked.scopes.iter().map(str::to_owned).collect();
        let (account, agent, now) = (basis.account, basis.agent.id, cx.now);
        let (held, scopes) = (basis.clone(), asked.scopes.clone());
        let (consent, destination) = (known.consent.id, known.destination);
        // What others decide on, too, is decided on for just what the token is good for.
        let decided_for = claims.is_handed_on().then(|| known.granted.clone());
        let uses: Vec<_> = claims.uses.iter().filter(|_| is_let_out).copied().collect();
        let refused = self.refusal(cx, &used_up());
        let last_use = LastUse {
            at: now,
            by: cx.access_key()?,
            with: claims.clone(),
        };
        let committed = self
            .store
            .run_tx("release_connection", move |tx| {
                if !held.still_holds(tx)? {
                    return Ok(Outcome::Unrecorded(None));
                }
                let mut own = tx.account(account);
                let revealed = own.reveal_connection(&permit, agent, user.id)?;
                // SECURITY: the tokens may have been replaced since the decision, by those of
                // another consent; what is given is what was decided on.
                let revealed = revealed.filter(|RevealedConnection { connection, .. }| {
                    connection.consent.id == consent
                        && connection.consent.standing(&held.agent, now) == ConsentStanding::InForce
                        && connection.health == Health::Live
                        && connection.destination == destination
                        && connection.covers(&scopes)
                        && decided_for
                            .as_ref()
                            .is_none_or(|scopes| connection.granted == *scopes)
                        && is_worth_giving(connection, now, fetched)
                });
                let Some(revealed) = revealed else {
                    return Ok(Outcome::Unrecorded(None));
                };
                if !own.take_task_uses(&uses)? {
                    return Ok(Outcome::Refused(used_up(), refused.clone()));
                }
                let mut entry = entry.clone();
                let connection = &revealed.connection;
                let about = format!(
                    "; {} generation {} ({})",
                    connection.id,
                    connection.generation,
                    revealed.sealed.fingerprint(),
                );
                entry.reason.to_mut().push_str(&about);
                if is_use_kept(revealed.used_at, now) {
                    own.note_use(ConnectionKey::from(connection), &last_use)?;
                }
                Ok(Outcome::Done(Some(revealed), entry))
            })
            .await?;
        let Some(revealed) = committed.value else {
            return Ok(None);
        };
        self.agent_uses.note(account, agent, now);
        let (connection, sealed) = (revealed.connection, revealed.sealed);
        let key = self.key_of(&sealed).await?;
        let place = TokenPlace {
            deployment: self.deployment,
            account,
            user: user.id,
            connection: connection.id,
            generation: connection.generation,
        };
        let value =
            sealing::open(&key, &place.access_token(), &sealed).map_err(Error::internal_source)?;
        Ok(Some(Committed {
            value,
            record: committed.record,
        }))
    }
}

/// What is wanted of a connection.
#[derive(Clone, Copy)]
pub(crate) struct Wants<'a> {
    pub(crate) user: User,
    pub(crate) asked: &'a UserTokenAsked,
    /// The generation whose token will do as long as it lives.
    pub(crate) fetched: Option<u64>,
    /// Whether the agent gets the token, which is a use of its task.
    pub(crate) is_let_out: bool,
}

/// Whether the access token is given out at `now`. What was got for this very request is, until its
/// end.
fn is_worth_giving(connection: &Connection, now: Timestamp, fetched: Option<u64>) -> bool {
    match fetched {
        Some(generation) => connection.generation >= generation && now < connection.expires_at,
        None => connection.due(now) != Due::Now,
    }
}

/// SECURITY: who knows the URI of a session of somebody else's learns nothing by it.
fn check_own(session: &AuthorizationSession, basis: &Basis, user: User) -> Result<(), Error> {
    let is_own = session.agent == basis.agent.id
        && session.user == user
        && session.provider == basis.provider.id;
    if is_own {
        Ok(())
    } else {
        Err(unknown_session())
    }
}

fn too_little() -> Error {
    Error::denied(
        "what came of the authorization session does not cover this: fewer scopes were granted than \
         are asked for, or the token is over; ask without sessionUri to start another",
    )
}

/// Whether an error says nothing of who asks, but of a provider or a node that has no time.
fn is_passing(error: &Error) -> bool {
    matches!(error.kind(), Kind::Upstream | Kind::Throttled)
}

/// Where the tokens of a connection lie.
pub(crate) struct TokenPlace {
    pub(crate) deployment: DeploymentId,
    pub(crate) account: AccountId,
    pub(crate) user: UserId,
    pub(crate) connection: ConnectionId,
    pub(crate) generation: u64,
}

impl TokenPlace {
    /// The access token is handed to the agent; no endpoint of ours gets it.
    pub(crate) fn access_token(&self) -> Location<'_> {
        self.location("access_token", None)
    }

    /// The refresh token goes back to where it came from, and to no other place.
    pub(crate) fn refresh_token(&self, destination: Sha256) -> Location<'_> {
        self.location("refresh_token", Some(destination))
    }

    /// Who the user is there. It does not change with the tokens.
    pub(crate) fn provider_account(&self) -> Location<'_> {
        Location {
            row_version: 0,
            ..self.location("provider_account", None)
        }
    }

    fn location(&self, column: &'static str, destination: Option<Sha256>) -> Location<'_> {
        Location {
            deployment: self.deployment,
            account: Some(self.account),
            subject: Subject::User(self.user),
            table: "connection",
            column,
            row: self.connection.as_bytes(),
            row_version: self.generation,
            destination,
        }
    }
}
