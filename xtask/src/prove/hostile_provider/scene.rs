//! The stage of one row: a provider of its own by name, a user of its own, and what the agent, the
//! application, the browser and the operator do.

use anyhow::{Context as _, bail};
use procura_core::time::{Clock as _, SystemClock};
use procura_demo::{DEMO_CLIENT, DEMO_SECRET, DemoProvider, RefreshPolicy};
use serde_json::{Value, json};

use super::lane::Lane;
use super::row::Told;
use crate::prove::browser::{Browser, Page};
use crate::prove::client::{Answer, Client};
use crate::prove::delegation::{self, Session};
use crate::prove::kill9::wait;
use crate::prove::server::{Server, Setup};
use crate::prove::sql;

/// What providers put where nothing of it may be repeated.
pub(super) const CANARY: &str = "canary";
/// The client's secret as base64, without its end.
const ENCODED_SECRET: &str = "ZGVtby1zZWNyZX";
/// How long somebody comes again who is told to, before that is a failure, in seconds.
const PATIENCE_S: i64 = 60;
/// What an agent asks for where the row does not say.
const SCOPES: &[&str] = &["repo"];
const ACCOUNT: &str = "000000000000";

/// The service that all rows of one engine share.
pub(super) struct House {
    pub(super) setup: Setup,
    pub(super) server: Server,
    /// An honest provider, to which others send users on.
    pub(super) honest: DemoProvider,
}

/// One row's.
pub(super) struct Scene<'a> {
    house: &'a House,
    lane: &'a mut Lane,
    client: Client,
    /// The name of the provider, and of the user.
    pub(super) name: String,
    /// A workload access token.
    token: String,
    callback: String,
    /// What the agent asks for.
    scopes: Vec<&'static str>,
    /// The `session_id` that the user's browser brought to the application last.
    session_id: Option<String>,
}

impl<'a> Scene<'a> {
    pub(super) fn new(house: &'a House, lane: &'a mut Lane, name: String) -> anyhow::Result<Self> {
        let mut client = Client::connect(house.server.login.clone())?;
        let made = client.post(
            "/identities/CreateOauth2CredentialProvider",
            &configuration(&lane.provider, &name),
        )?;
        let made = made.expect(&[201])?;
        let callback = made.text("callbackUrl").context("no callback URL")?;
        let token = delegation::workload_token(&mut client, &name)?;
        lane.renews_by(RefreshPolicy::Strict);
        Ok(Self {
            house,
            lane,
            client,
            name,
            token,
            callback,
            scopes: SCOPES.to_vec(),
            session_id: None,
        })
    }

    pub(super) fn provider(&self) -> &DemoProvider {
        &self.lane.provider
    }

    /// Where the provider sends users back to.
    pub(super) fn callback(&self) -> &str {
        &self.callback
    }

    /// The authorization endpoint of an honest provider, which knows this client.
    pub(super) fn honest_authorize(&self) -> String {
        format!("{}/authorize", self.house.honest.issuer())
    }

    /// A URL of the service's own.
    pub(super) fn own_url(&self) -> String {
        format!("http://{}/", self.client.address())
    }

    pub(super) fn goes_down(&mut self) -> anyhow::Result<()> {
        self.lane.goes_down()
    }

    pub(super) fn is_cured(&mut self) -> anyhow::Result<()> {
        self.scopes = SCOPES.to_vec();
        self.lane.is_cured()
    }

    /// What the agent asks for until the provider is cured.
    pub(super) fn wants(&mut self, scopes: &[&'static str]) {
        self.scopes = scopes.to_vec();
    }

    /// The callback URL of another provider, whose server is honest.
    pub(super) fn anothers_callback(&mut self) -> anyhow::Result<String> {
        let another = configuration(&self.house.honest, &format!("{}-another", self.name));
        let path = "/identities/CreateOauth2CredentialProvider";
        let made = self.client.post(path, &another)?.expect(&[201])?;
        made.text("callbackUrl").context("no callback URL")
    }

    pub(super) fn renews_by(&self, policy: RefreshPolicy) {
        self.lane.renews_by(policy);
    }

    /// A code of another flow of the same user, which nobody redeemed.
    pub(super) fn stolen_code(&mut self) -> anyhow::Result<String> {
        let session = self.begins()?;
        let callback = delegation::consent(&mut Browser::default(), &session)?;
        let (_, code) = callback.split_once("code=").context("no code")?;
        let end = code.find('&').unwrap_or(code.len());
        Ok(code.get(..end).unwrap_or_default().to_owned())
    }
}

/// What agent, application and operator do.
impl Scene<'_> {
    /// The agent asks, with these members besides.
    pub(super) fn asks(&mut self, more: Value) -> anyhow::Result<Answer> {
        let mut all = json!({
            "resourceCredentialProviderName": self.name,
            "scopes": self.scopes,
        });
        if let (Some(all), Value::Object(more)) = (all.as_object_mut(), more) {
            all.extend(more);
        }
        let answer = delegation::ask(&mut self.client, &self.token, &all)?;
        keeps_silent(&answer.body.to_string())?;
        Ok(answer)
    }

    /// The agent asks for what it waits for.
    pub(super) fn polls(&mut self, session: &Session) -> anyhow::Result<Answer> {
        self.asks(json!({ "sessionUri": session.uri }))
    }

    /// The agent asks, again when it is told to: the user has to consent.
    pub(super) fn begins(&mut self) -> anyhow::Result<Session> {
        let answer = self.asks_as_told()?.expect(&[200])?;
        match (answer.text("authorizationUrl"), answer.text("sessionUri")) {
            (Some(url), Some(uri)) => Ok(Session { url, uri }),
            _ => bail!("no session begins: {}", hidden(&answer)),
        }
    }

    /// The application says that the user came back.
    pub(super) fn completes(&mut self, session: &Session) -> anyhow::Result<Answer> {
        let id = self.session_id.as_deref().context("nobody came back")?;
        if !id.starts_with(&session.uri) {
            bail!("who came back last came back with another session");
        }
        let answer = delegation::complete(&mut self.client, id, &self.name)?;
        keeps_silent(&answer.body.to_string())?;
        Ok(answer)
    }

    /// The user consents and comes back; to know the session is not enough to end it.
    pub(super) fn comes_back(&mut self, session: &Session) -> anyhow::Result<()> {
        let id = delegation::come_back(&mut Browser::default(), session)?;
        self.session_id = Some(id);
        delegation::uri_ends_nothing(&mut self.client, session, &self.name)
    }

    /// From the link to the token, which the agent that waits is given.
    pub(super) fn goes_through(&mut self, session: &Session) -> anyhow::Result<String> {
        self.comes_back(session)?;
        self.completes(session)?.expect(&[200])?;
        let given = self.polls(session)?.expect(&[200])?;
        self.opens(&given)
    }

    /// From the question to the token.
    pub(super) fn connects(&mut self) -> anyhow::Result<String> {
        let session = self.begins()?;
        self.goes_through(&session)
    }

    /// The agent asks, again when it is told to, and has a token.
    pub(super) fn obeys(&mut self) -> anyhow::Result<String> {
        let answer = self.asks_as_told()?;
        self.opens(&answer)
    }

    fn asks_as_told(&mut self) -> anyhow::Result<Answer> {
        let end = SystemClock.now().plus_seconds(PATIENCE_S);
        loop {
            let answer = self.asks(json!({}))?;
            if answer.status != 429 {
                return Ok(answer);
            }
            if SystemClock.now() > end {
                bail!(
                    "who comes again as told is told so for ever: {}",
                    answer.body
                );
            }
            wait(answer.retry_after_s.unwrap_or(1).max(1) * 1000);
        }
    }

    /// The token of an answer, which must open the API of the provider.
    pub(super) fn opens(&self, answer: &Answer) -> anyhow::Result<String> {
        let token = answer.text("accessToken");
        let token = token.with_context(|| format!("no token: {}", hidden(answer)))?;
        if !Browser::opens(&self.lane.provider.issuer(), &token)? {
            bail!("a token is given that opens nothing");
        }
        Ok(token)
    }

    /// The access token is this much of its life older than it is, in per cent.
    pub(super) fn ages(&self, percent: u32) -> anyhow::Result<()> {
        let age_ms = u64::from(super::lane::LIFE_S) * u64::from(percent) * 10;
        let change = format!(
            "UPDATE connection SET fetched_at = fetched_at - {age_ms}, \
             expires_at = expires_at - {age_ms} WHERE provider IN \
             (SELECT id FROM credential_provider WHERE name = '{}')",
            self.name
        );
        sql::change(&self.house.setup, &change)
    }

    /// The operator takes the connection back: what became of it at the provider.
    pub(super) fn is_taken_back(&self) -> anyhow::Result<(String, String)> {
        let done = self.house.setup.try_run(&[
            "connections",
            "revoke",
            "--account",
            ACCOUNT,
            "--provider",
            &self.name,
            "--output",
            "json",
        ])?;
        let text = String::from_utf8(done.stdout)?;
        keeps_silent(&text)?;
        keeps_silent(&String::from_utf8_lossy(&done.stderr))?;
        let shown: Value = serde_json::from_str(&text).with_context(|| format!("{text:?}"))?;
        let at_provider = shown
            .pointer("/0/at_provider")
            .with_context(|| format!("nothing was revoked: {shown}"))?;
        let member = |name: &str| {
            let value = at_provider.get(name).and_then(Value::as_str);
            value.map(str::to_owned).context("at_provider")
        };
        Ok((member("outcome")?, member("said")?))
    }

    /// An administrator writes the same configuration again, so that what was found is forgotten.
    pub(super) fn is_repaired(&mut self) -> anyhow::Result<()> {
        let body = configuration(&self.lane.provider, &self.name);
        let path = "/identities/UpdateOauth2CredentialProvider";
        self.client.post(path, &body)?.expect(&[200]).map(drop)
    }

    /// A browser opens the link and does what the provider wants: where it is then. None where that
    /// is not with us.
    pub(super) fn browses(&mut self, session: &Session) -> anyhow::Result<Option<Page>> {
        let mut browser = Browser::default();
        let mut url = delegation::consent(&mut browser, session)?;
        // A provider that sends users on to another is followed there.
        if url.starts_with(&self.honest_authorize()) {
            url = browser.consent(&url, "alice")?;
        }
        if !url.starts_with(&self.own_url()) {
            return Ok(None);
        }
        let page = browser.get(&url)?;
        keeps_silent(&page.body)?;
        keeps_silent(page.location.as_deref().unwrap_or_default())?;
        if page.status == 302 {
            self.session_id = Some(delegation::session_id(&page, session)?);
        }
        Ok(Some(page))
    }
}

impl Told {
    /// Whether an answer of the API is this.
    pub(super) fn check(self, scene: &Scene<'_>, answer: &Answer) -> anyhow::Result<()> {
        let status = answer.text("sessionStatus");
        let is_said = match self {
            Self::Token => answer.status == 200 && scene.opens(answer).map(|_| true)?,
            Self::Consent | Self::Waits => {
                answer.status == 200 && status.as_deref() == Some("IN_PROGRESS")
            }
            Self::Done => answer.status == 200,
            Self::Error(status, exception, says) => {
                let kind = answer.error.as_deref().unwrap_or_default();
                let said = answer.text("message").unwrap_or_default();
                let is_retryable = status != 429 || answer.retry_after_s.is_some();
                answer.status == status && kind == exception && said.contains(says) && is_retryable
            }
            Self::Page(..) | Self::BackWith(_) | Self::LedAstray | Self::Gone(..) => false,
        };
        if !is_said {
            bail!("specified is \"{self}\", and told is {}", hidden(answer));
        }
        Ok(())
    }

    /// Whether a page is this.
    pub(super) fn check_page(self, page: Option<&Page>) -> anyhow::Result<()> {
        let is_said = match (self, page) {
            (Self::LedAstray, None) => true,
            (Self::Page(status, says), Some(page)) => {
                page.status == status && page.body.contains(says)
            }
            (Self::BackWith(error), Some(page)) => page
                .location
                .as_ref()
                .is_some_and(|to| to.ends_with(&format!("&error={error}"))),
            _ => false,
        };
        if !is_said {
            bail!("specified is \"{self}\", and there is {page:?}");
        }
        Ok(())
    }
}

/// An answer as it may stand in a message: a token is nobody's to read.
fn hidden(answer: &Answer) -> String {
    if answer.text("accessToken").is_some() {
        return format!("{} with a token", answer.status);
    }
    let kind = answer.error.as_deref().unwrap_or_default();
    format!("{} {kind} {}", answer.status, answer.body)
}

/// Nothing that a provider planted, and no secret that it echoes, is repeated.
pub(super) fn keeps_silent(text: &str) -> anyhow::Result<()> {
    for secret in [CANARY, DEMO_SECRET, ENCODED_SECRET] {
        if let Some(line) = text.lines().find(|line| line.contains(secret)) {
            bail!("`{secret}` is repeated: {line}");
        }
    }
    Ok(())
}

fn configuration(provider: &DemoProvider, name: &str) -> Value {
    json!({
        "name": name,
        "credentialProviderVendor": "CustomOauth2",
        "oauth2ProviderConfigInput": { "customOauth2ProviderConfig": {
            "oauthDiscovery": { "discoveryUrl": provider.discovery_url() },
            "clientId": DEMO_CLIENT,
            "clientSecret": DEMO_SECRET,
        } },
    })
}
