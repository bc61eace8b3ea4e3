//! One authorization session: begun for a user, taken to the provider and back.

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

use super::{AGENT, Drive};
use crate::prove::browser::Browser;
use crate::prove::canary::kind::Kind;
use crate::prove::canary::put;
use crate::prove::canary::secrets::invent;
use crate::prove::client::{Answer, Call};

/// For whom an agent acts.
#[derive(Debug, Clone)]
pub(super) enum User {
    /// By a token of the user's own.
    Proved { subject: String, token: String },
    /// By name.
    Asserted(String),
}

impl User {
    /// What the page calls the user.
    pub(super) fn shown(&self) -> &str {
        match self {
            Self::Proved { subject, .. } => subject,
            Self::Asserted(name) => name,
        }
    }

    /// How a caller says that it is this user who came back.
    pub(super) fn identifier(&self) -> Value {
        match self {
            Self::Proved { token, .. } => json!({ "userToken": token }),
            Self::Asserted(name) => json!({ "userId": name }),
        }
    }
}

/// A session, as its caller knows it.
pub(super) struct Session {
    pub(super) user: User,
    pub(super) uri: String,
    pub(super) url: String,
    /// What was asked.
    asked: Value,
}

impl Drive<'_> {
    pub(super) fn new_proved_user(&mut self) -> anyhow::Result<User> {
        let subject = format!("canary-{}", invent());
        let token = self.provider.user_token(&subject)?;
        self.plant(Kind::UserId, &subject);
        self.plant(Kind::UserToken, &token);
        Ok(User::Proved { subject, token })
    }

    pub(super) fn new_asserted_user(&mut self) -> User {
        let name = format!("canary-{}", invent());
        self.plant(Kind::UserId, &name);
        User::Asserted(name)
    }

    /// Asks for a token of `user` at `provider`, for the first time. Without a URL the user comes
    /// back to the page of the service itself.
    pub(super) fn begin(
        &mut self,
        provider: &str,
        user: User,
        return_url: Option<&str>,
    ) -> anyhow::Result<Session> {
        let (operation, body) = match &user {
            User::Proved { token, .. } => ("ForJWT", json!({ "userToken": token })),
            User::Asserted(name) => ("ForUserId", json!({ "userId": name })),
        };
        let mut body = body;
        put(&mut body, "workloadName", AGENT);
        let minted = self.ask(&format!("GetWorkloadAccessToken{operation}"), &body)?;
        let token = minted.text("workloadAccessToken").context("no token")?;
        let id = self.plant(Kind::WorkloadToken, &token);
        self.reveals(id);
        self.sound_token.clone_from(&token);
        let (state, hint) = (invent(), invent());
        self.plant(Kind::CustomState, &state);
        self.plant(Kind::CustomParameter, &hint);
        let mut asked = json!({
            "workloadIdentityToken": token, "resourceCredentialProviderName": provider,
            "scopes": ["canary"], "oauth2Flow": "USER_FEDERATION", "customState": state,
            "customParameters": { "hint": hint },
        });
        if let Some(url) = return_url {
            put(&mut asked, "resourceOauth2ReturnUrl", url);
        }
        let answer = self.ask_for_user(&asked)?.expect(&[200])?;
        match (answer.text("sessionUri"), answer.text("authorizationUrl")) {
            (Some(uri), Some(url)) => Ok(Session {
                user,
                uri,
                url,
                asked,
            }),
            _ => bail!("{provider}: the user is not asked: {}", answer.body),
        }
    }

    /// Asks, and hears what the answer is there to tell.
    fn ask_for_user(&mut self, asked: &Value) -> anyhow::Result<Answer> {
        let answer = self.post("oauth2/token", asked);
        let answer = answer.context("the connection broke")?;
        for (member, kind) in [
            ("accessToken", Kind::UserAccessToken),
            ("sessionUri", Kind::SessionUri),
        ] {
            if let Some(secret) = answer.text(member) {
                let id = self.plant(kind, &secret);
                self.reveals(id);
            }
        }
        Ok(answer)
    }

    /// Asks again, as an agent does that waits.
    pub(super) fn poll(&mut self, session: &Session) -> anyhow::Result<Answer> {
        let mut asked = session.asked.clone();
        put(&mut asked, "sessionUri", session.uri.as_str());
        self.ask_for_user(&asked)
    }

    /// Asks anew.
    pub(super) fn ask_anew(&mut self, session: &Session) -> anyhow::Result<Answer> {
        self.ask_for_user(&session.asked)
    }

    /// The user opens the link and says yes at the provider: the callback, which is not opened.
    pub(super) fn consent(
        &mut self,
        browser: &mut Browser,
        session: &Session,
    ) -> anyhow::Result<String> {
        let page = self.open(browser, &session.url)?;
        Self::at_provider(browser, &page)
    }

    /// The user comes back: where the application is.
    pub(super) fn come_back(
        &mut self,
        browser: &mut Browser,
        session: &Session,
    ) -> anyhow::Result<String> {
        let callback = self.consent(browser, session)?;
        let page = self.open(browser, &callback)?;
        let location = page.location.clone();
        location.with_context(|| format!("the way back ends: {page:?}"))
    }

    /// Says that this user came back.
    pub(super) fn complete(&mut self, id: &str, who: &Value) -> anyhow::Result<Answer> {
        let body = json!({ "sessionUri": id, "userIdentifier": who });
        let answer = self.post("CompleteResourceTokenAuth", &body);
        answer.context("the connection broke")
    }

    /// Asks what a session is for.
    pub(super) fn describe(&mut self, session: &Session) -> anyhow::Result<Answer> {
        let body = json!({ "session_uri": session.uri }).to_string();
        let path = "/v1/authorization-sessions/describe";
        let answer = self.say(&Call::post(path, body.as_bytes()));
        if let User::Asserted(name) = &session.user {
            let id = self.plant(Kind::UserId, name);
            self.reveals(id);
        }
        answer.context("the connection broke")
    }
}
