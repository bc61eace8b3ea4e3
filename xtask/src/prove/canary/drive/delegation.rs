//! Users who let the agent act for them: whole, with every way to end; and not.

use anyhow::{Context as _, bail};
use procura_core::entropy::{OsEntropy, random_bytes};
use procura_protocol::testing::jose::base64url;
use serde_json::json;

use super::session::Session;
use super::{AGENT, Drive, EACH};
use crate::prove::browser::{Browser, parameter};
use crate::prove::canary::binding::Binding;
use crate::prove::canary::encoding::escaped;
use crate::prove::canary::kind::Kind;
use crate::prove::canary::provider::{BEHAVIOURS, CLIENT};
use crate::prove::canary::secrets::invent;
use crate::prove::client::Login;

/// Where the application has its users come back to. Nobody serves it.
const RETURN_URL: &str = "https://app.example/linked";
/// The provider that does what it should.
pub(super) const SOUND: &str = "canary-user-grant-grant-grant";

/// What the browser of a session brings to where it is sent back to.
fn session_id(back: &str, session: &Session) -> anyhow::Result<String> {
    let id = parameter(back, "session_id").context("nobody comes back")?;
    if !id.starts_with(&format!("{}.", session.uri)) {
        bail!("the session_id is not the URI and a proof");
    }
    Ok(id)
}

/// One that exchanges, renews and takes back like this.
fn name_of(exchange: &str, renewal: &str, revocation: &str) -> String {
    format!("canary-user-{exchange}-{renewal}-{revocation}")
}

impl Drive<'_> {
    /// Everything that becomes of users who are asked.
    pub(super) fn delegations(&mut self) -> anyhow::Result<()> {
        let binding = self.start_binding()?;
        let urls =
            json!({ "name": AGENT, "allowedResourceOauth2ReturnUrls": [RETURN_URL, binding] });
        self.ask("UpdateWorkloadIdentity", &urls)?;
        self.add_user_providers()?;
        let mut connected = self.ended_by_call()?;
        connected.extend(self.ended_by_page(&binding)?);
        for behaviour in BEHAVIOURS.iter().filter(|behaviour| **behaviour != "grant") {
            self.not_exchanged(&name_of(behaviour, "grant", "grant"))?;
            let name = name_of("grant", behaviour, behaviour);
            connected.push(self.connect(&name)?);
        }
        for number in 0..EACH {
            self.tampered_with(number)?;
        }
        let waiting = self.new_proved_user()?;
        let waiting = self.begin(SOUND, waiting, Some(&binding))?;
        let back = self.come_back(&mut Browser::default(), &waiting)?;
        self.failed_sign_ins(&session_id(&back, &waiting)?)?;
        self.connections(&connected)?;
        // Before the refusals, of which there are more than it tells.
        let tail = ["audit", "tail", "-n", "1000", "--output", "json"];
        self.command(&tail, Vec::new()).map(drop)
    }

    /// Starts the service that ends sessions; its page.
    fn start_binding(&mut self) -> anyhow::Result<String> {
        let (key, secret) = self.new_access_key("binding")?;
        let login = Login {
            key,
            secret,
            ..self.login.clone()
        };
        let client_secret = invent();
        self.plant(Kind::ClientSecret, &client_secret);
        let issuer = &self.provider.issuer;
        let binding = Binding::start(self.setup, self.folder, &login, issuer, &client_secret)?;
        let key = binding.cookie_key()?;
        self.secrets.add(Kind::CookieKey, &key);
        let page = binding.page();
        self.binding = Some(binding);
        Ok(page)
    }

    fn add_user_providers(&mut self) -> anyhow::Result<()> {
        let failing = BEHAVIOURS.iter().filter(|behaviour| **behaviour != "grant");
        let failing = failing.flat_map(|way| [(*way, "grant", "grant"), ("grant", *way, *way)]);
        for (exchange, renewal, revocation) in
            [("grant", "grant", "grant")].into_iter().chain(failing)
        {
            let secret = invent();
            self.plant(Kind::ClientSecret, &secret);
            let issuer = &self.provider.issuer;
            let issuer = format!("{issuer}/as/{exchange}/{renewal}/{revocation}");
            let discovery = format!("{issuer}/.well-known/openid-configuration");
            let config = json!({
                "clientId": CLIENT, "clientSecret": secret,
                "clientAuthenticationMethod": "CLIENT_SECRET_POST",
                "oauthDiscovery": { "discoveryUrl": discovery },
            });
            let body = json!({
                "name": name_of(exchange, renewal, revocation),
                "credentialProviderVendor": "CustomOauth2",
                "oauth2ProviderConfigInput": { "customOauth2ProviderConfig": config },
            });
            self.ask("CreateOauth2CredentialProvider", &body)?;
        }
        Ok(())
    }

    /// A user of `provider` comes back, and the application says so.
    fn connect(&mut self, provider: &str) -> anyhow::Result<Session> {
        let user = self.new_proved_user()?;
        let session = self.begin(provider, user, Some(RETURN_URL))?;
        let back = self.come_back(&mut Browser::default(), &session)?;
        self.complete(&session_id(&back, &session)?, &session.user.identifier())?
            .expect(&[200])?;
        self.is_given(&session)?;
        Ok(session)
    }

    /// The agent, that waited, is given the token.
    fn is_given(&mut self, session: &Session) -> anyhow::Result<()> {
        let answer = self.poll(session)?.expect(&[200])?;
        let token = answer.text("accessToken");
        token.map(drop).context("the agent waits in vain")
    }

    /// Sessions that the application ends, after others have tried.
    fn ended_by_call(&mut self) -> anyhow::Result<Vec<Session>> {
        let mut connected = Vec::new();
        for _ in 0..EACH {
            let (user, other) = (self.new_proved_user()?, self.new_proved_user()?);
            let session = self.begin(SOUND, user, Some(RETURN_URL))?;
            let (own, others) = (session.user.identifier(), other.identifier());
            self.poll(&session)?.expect(&[200])?;
            self.complete(&session.uri, &own)?.expect(&[403])?;
            let mut browser = Browser::default();
            let callback = self.consent(&mut browser, &session)?;
            for mut stranger in [Browser::default(), browser.with_all_cookies(&invent())] {
                let page = self.open(&mut stranger, &callback)?;
                if page.location.is_some() {
                    bail!("another browser came back: {page:?}");
                }
            }
            let page = self.open(&mut browser, &callback)?;
            let id = session_id(page.location.as_deref().unwrap_or_default(), &session)?;
            self.describe(&session)?.expect(&[200])?;
            self.poll(&session)?.expect(&[200])?;
            let forged = self.forged_session_id(&session);
            for who in [&others, &json!({ "userId": session.user.shown() })] {
                for id in [&session.uri, &forged, &id] {
                    self.complete(id, who)?.expect(&[403])?;
                }
            }
            for id in [&session.uri, &forged] {
                self.complete(id, &own)?.expect(&[403])?;
            }
            self.complete(&id, &own)?.expect(&[200])?;
            self.is_given(&session)?;
            // What is over: the session, its link, the way back.
            self.complete(&id, &own)?.expect(&[403])?;
            self.open(&mut browser, &session.url)?;
            self.open(&mut browser, &callback)?;
            self.describe(&session)?;
            connected.push(session);
        }
        Ok(connected)
    }

    /// What a browser would bring that guesses.
    fn forged_session_id(&mut self, session: &Session) -> String {
        let proof = base64url(&random_bytes::<32>(&mut OsEntropy));
        self.plant(Kind::BrowserProof, &proof);
        format!("{}.{proof}", session.uri)
    }

    /// Sessions that their users end: by the service that signs them in, and by that of `dev`, which
    /// takes the caller's word.
    fn ended_by_page(&mut self, binding: &str) -> anyhow::Result<Vec<Session>> {
        let mut connected = Vec::new();
        for number in 0..EACH * 2 {
            let (user, page) = if number < EACH {
                (self.new_proved_user()?, Some(binding))
            } else {
                (self.new_asserted_user(), None)
            };
            let session = self.begin(SOUND, user, page)?;
            let mut browser = Browser::default();
            let back = self.come_back(&mut browser, &session)?;
            self.describe(&session)?.expect(&[200])?;
            self.end_by_page(&mut browser, &back, &session)?;
            self.is_given(&session)?;
            connected.push(session);
        }
        Ok(connected)
    }

    /// The provider gives nothing for the code.
    fn not_exchanged(&mut self, provider: &str) -> anyhow::Result<()> {
        let user = self.new_proved_user()?;
        let session = self.begin(provider, user, Some(RETURN_URL))?;
        let back = self.come_back(&mut Browser::default(), &session)?;
        let id = session_id(&back, &session)?;
        let answer = self.complete(&id, &session.user.identifier())?;
        if answer.status == 200 {
            bail!("{provider}: a token was got: {}", answer.body);
        }
        self.poll(&session)?.expect(&[403])?;
        self.describe(&session).map(drop)
    }

    /// Ways back that nobody was sent. Each ends its session, or leaves it as it is.
    fn tampered_with(&mut self, number: usize) -> anyhow::Result<()> {
        let secret = invent();
        self.plant(Kind::AuthorizationCode, &secret);
        let secret = escaped(&secret);
        let change = |callback: &str, at: usize| {
            let own = |name| escaped(&parameter(callback, name).unwrap_or_default());
            let (state, code) = (own("state"), own("code"));
            match at {
                // Refused as they are.
                0 => callback.replacen("state=", &format!("state={secret}"), 1),
                1 => format!("{callback}&code={secret}"),
                2 => format!("{callback}&error={secret}"),
                3 => format!("{callback}&state={secret}"),
                4 => format!("{callback}%zz{secret}"),
                5 => format!("{callback}&iss={secret}&iss={secret}"),
                6 => callback.replacen("state=", "stata=", 1),
                7 => callback.replacen("code=", &format!("code={}", secret.repeat(100)), 1),
                // An end.
                8 => callback.replacen("code=", "error=", 1),
                9 => callback.replacen("code=", "error=access_denied&error_description=", 1),
                10 => callback.replacen("code=", "error=server_error&error_uri=", 1),
                11 => callback.replacen(
                    "code=",
                    &format!("error={state}&error_description={code}"),
                    1,
                ),
                12 => format!("{callback}&iss={secret}"),
                _ => callback.replacen("/callback/", "/callback/0", 1),
            }
        };
        for at in 0..14 {
            let user = self.new_proved_user()?;
            let session = self.begin(SOUND, user, Some(RETURN_URL))?;
            let mut browser = Browser::default();
            let callback = self.consent(&mut browser, &session)?;
            let page = self.open(&mut browser, &change(&callback, at))?;
            if (at < 8) != page.location.is_none() {
                bail!("change {at} of a callback was answered: {page:?}");
            }
            if number == 0 {
                self.poll(&session)?;
                self.describe(&session)?;
            }
        }
        Ok(())
    }
}
