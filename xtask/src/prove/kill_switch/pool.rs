//! What there is at a user pool before a switch is thrown: a user who is signed in by her password, in a
//! browser and at an application, newcomers, and clients.

use std::sync::Mutex;

use anyhow::Context as _;
use serde_json::{Value, json};

use super::world::{PASSWORD, Place, USER, lock, take};
use crate::prove::browser::{Browser, Page, parameter};
use crate::prove::speaker::{Node, Said, encoded};

/// Where the application has browsers come back to. Nobody serves it.
const CALLBACK: &str = "https://app.example/cb";
/// RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
/// The first password of a newcomer, and the one that they choose.
const TEMPORARY: &str = "Temporary123!";
const CHOSEN: &str = "Chosen123!";
/// How often a way can be gone on which a thing is good for once: before the switch, and twice after.
pub(super) const ONCE: usize = 3;

/// A client with a secret.
#[derive(Debug, Clone)]
pub(super) struct Client {
    pub(super) id: String,
    secret: String,
}

/// What came of a sign-in.
#[derive(Debug, Clone)]
pub(super) struct Tokens {
    pub(super) access: String,
    pub(super) refresh: String,
}

/// A user who knew a temporary password.
#[derive(Debug)]
struct Newcomer {
    name: String,
    session: String,
}

/// The pool.
pub(super) struct Pool {
    pub(super) id: String,
    /// The client of the password: without a secret.
    pub(super) client: String,
    pub(super) tokens: Tokens,
    /// The client of the browser.
    pub(super) web: Client,
    pub(super) web_access: String,
    /// The one that is good: each use gives the next.
    web_refresh: Mutex<String>,
    /// The client that asks for itself.
    pub(super) own: Client,
    own_access: String,
    /// Whoever asks whether a token is good.
    watcher: Client,
    /// In which the user is signed in.
    browser: Browser,
    codes: Mutex<Vec<String>>,
    newcomers: Mutex<Vec<Newcomer>>,
}

impl Pool {
    /// A new one; everybody signs in at the node that is asked.
    pub(super) fn new(place: &Place<'_>) -> anyhow::Result<Self> {
        let made = place.pools("CreateUserPool", &json!({ "PoolName": "users" }))?;
        let id = made.text("/UserPool/Id")?;
        let made = place.pools(
            "CreateUserPoolClient",
            &json!({ "UserPoolId": id, "ClientName": "app" }),
        )?;
        let client = made.text("/UserPoolClient/ClientId")?;
        let of_users = ["openid", "aws.cognito.signin.user.admin"];
        let server = json!({
            "UserPoolId": id, "Identifier": "procura", "Name": "procura",
            "Scopes": [{ "ScopeName": "use", "ScopeDescription": "Use it" }],
        });
        place.pools("CreateResourceServer", &server)?;
        let code = openid(place, &id, "code", &of_users)?;
        let [own, watcher] =
            ["own", "watcher"].map(|_| openid(place, &id, "client_credentials", &["procura/use"]));
        add_user(place, &id, USER, PASSWORD, true)?;
        let mut pool = Self {
            client,
            tokens: Tokens {
                access: String::new(),
                refresh: String::new(),
            },
            web: code,
            web_access: String::new(),
            web_refresh: Mutex::default(),
            own: own?,
            own_access: String::new(),
            watcher: watcher?,
            browser: Browser::default(),
            codes: Mutex::default(),
            newcomers: Mutex::default(),
            id,
        };
        pool.sign_in(place)?;
        pool.come_new(place)?;
        Ok(pool)
    }

    fn sign_in(&mut self, place: &Place<'_>) -> anyhow::Result<()> {
        let node = &place.asked;
        let said = self.password(node)?.given()?;
        self.tokens = Tokens {
            access: said.text("/AuthenticationResult/AccessToken")?,
            refresh: said.text("/AuthenticationResult/RefreshToken")?,
        };
        let mut browser = Browser::default();
        let code = self.log_in(node, &mut browser)?.given()?.body;
        self.browser = browser;
        let said = self.redeem(node, &code)?.given()?;
        self.web_access = said.text("/access_token")?;
        self.web_refresh = said.text("/refresh_token")?.into();
        self.own_access = self.ask_for_itself(node)?.given()?.text("/access_token")?;
        let codes = (0..ONCE).map(|_| anyhow::Ok(self.authorize(node)?.given()?.body));
        self.codes = Mutex::new(codes.collect::<anyhow::Result<_>>()?);
        Ok(())
    }

    fn come_new(&self, place: &Place<'_>) -> anyhow::Result<()> {
        for number in 0..ONCE {
            let name = format!("newcomer-{number}");
            add_user(place, &self.id, &name, TEMPORARY, false)?;
            let parameters = json!({ "USERNAME": name, "PASSWORD": TEMPORARY });
            let asked = self.initiate(&place.asked, "USER_PASSWORD_AUTH", &parameters);
            let session = asked?.given()?.text("/Session")?;
            lock(&self.newcomers).push(Newcomer { name, session });
        }
        Ok(())
    }

    /// The user, and those who are new.
    pub(super) fn names() -> impl Iterator<Item = String> {
        let new = (0..ONCE).map(|number| format!("newcomer-{number}"));
        [USER.to_owned()].into_iter().chain(new)
    }

    pub(super) fn password(&self, node: &Node) -> anyhow::Result<Said> {
        let parameters = json!({ "USERNAME": USER, "PASSWORD": PASSWORD });
        self.initiate(node, "USER_PASSWORD_AUTH", &parameters)
    }

    pub(super) fn refresh(&self, node: &Node) -> anyhow::Result<Said> {
        let parameters = json!({ "REFRESH_TOKEN": self.tokens.refresh });
        self.initiate(node, "REFRESH_TOKEN_AUTH", &parameters)
    }

    pub(super) fn refreshed_tokens(&self, node: &Node) -> anyhow::Result<Said> {
        let body = json!({ "ClientId": self.client, "RefreshToken": self.tokens.refresh });
        node.pools(None, "GetTokensFromRefreshToken", &body)
    }

    fn initiate(&self, node: &Node, flow: &str, parameters: &Value) -> anyhow::Result<Said> {
        let body = json!({
            "ClientId": self.client, "AuthFlow": flow, "AuthParameters": parameters,
        });
        node.pools(None, "InitiateAuth", &body)
    }

    /// One of those who are new chooses a password.
    pub(super) fn choose(&self, node: &Node) -> anyhow::Result<Said> {
        let Newcomer { name, session } = take(&self.newcomers)?;
        let answers = json!({ "USERNAME": name, "NEW_PASSWORD": CHOSEN });
        let body = json!({
            "ClientId": self.client, "ChallengeName": "NEW_PASSWORD_REQUIRED",
            "Session": session, "ChallengeResponses": answers,
        });
        node.pools(None, "RespondToAuthChallenge", &body)
    }

    /// The user gives name and password on the page; a code, if she is let in.
    pub(super) fn log_in(&self, node: &Node, browser: &mut Browser) -> anyhow::Result<Said> {
        let page = browser.get(&self.request(node, ""))?;
        let Some(hidden) = page.hidden(&format!("/{}/login", self.id)) else {
            return Ok(Said::of_page(&page));
        };
        let own = format!("decision=sign_in&username={USER}&password={PASSWORD}");
        let url = format!("http://{}/{}/login", node.address, self.id);
        Ok(with_code(&browser.post(&url, &hidden, &own)?))
    }

    /// The application sends the browser, which is signed in; a code, if it is so still.
    pub(super) fn authorize(&self, node: &Node) -> anyhow::Result<Said> {
        let page = self
            .browser
            .clone()
            .get(&self.request(node, "&prompt=none"))?;
        Ok(with_code(&page))
    }

    fn request(&self, node: &Node, more: &str) -> String {
        let query = encoded(&[
            ("response_type", "code"),
            ("client_id", &self.web.id),
            ("redirect_uri", CALLBACK),
            ("scope", "openid aws.cognito.signin.user.admin"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]);
        format!(
            "http://{}/{}/oauth2/authorize?{query}{more}",
            node.address, self.id
        )
    }

    pub(super) fn code(&self, node: &Node) -> anyhow::Result<Said> {
        self.redeem(node, &take(&self.codes)?)
    }

    fn redeem(&self, node: &Node, code: &str) -> anyhow::Result<Said> {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        self.post(node, "token", &self.web, &fields)
    }

    /// The application asks for more, and keeps the token that it is given for the next time.
    pub(super) fn codes_refresh(&self, node: &Node) -> anyhow::Result<Said> {
        let token = self.refresh_token();
        let fields = [("grant_type", "refresh_token"), ("refresh_token", &token)];
        let said = self.post(node, "token", &self.web, &fields)?;
        if let Ok(next) = said.text("/refresh_token") {
            *lock(&self.web_refresh) = next;
        }
        Ok(said)
    }

    fn refresh_token(&self) -> String {
        lock(&self.web_refresh).clone()
    }

    pub(super) fn ask_for_itself(&self, node: &Node) -> anyhow::Result<Said> {
        let fields = [("grant_type", "client_credentials")];
        self.post(node, "token", &self.own, &fields)
    }

    pub(super) fn user_info(&self, node: &Node) -> anyhow::Result<Said> {
        let path = format!("/{}/oauth2/userInfo", self.id);
        node.get(&path, &format!("Bearer {}", self.web_access))
    }

    /// Whether the token of the application is good.
    pub(super) fn introspect(&self, node: &Node) -> anyhow::Result<Said> {
        self.is_good(node, &self.web_access)
    }

    /// Whether the one is that a client got for itself.
    pub(super) fn introspect_own(&self, node: &Node) -> anyhow::Result<Said> {
        self.is_good(node, &self.own_access)
    }

    fn is_good(&self, node: &Node, token: &str) -> anyhow::Result<Said> {
        let said = self.post(node, "introspect", &self.watcher, &[("token", token)])?;
        Ok(said.only_with("\"active\":true"))
    }

    /// The application takes its sign-in back.
    pub(super) fn revoke(&self, node: &Node) -> anyhow::Result<Said> {
        let token = self.refresh_token();
        self.post(node, "revoke", &self.web, &[("token", &token)])
    }

    /// The browser is signed out, by its user.
    pub(super) fn log_out(&self, node: &Node) -> anyhow::Result<()> {
        let (mut browser, url) = (
            self.browser.clone(),
            format!("http://{}/{}/logout", node.address, self.id),
        );
        let page = browser.get(&url)?;
        let hidden = page.hidden(&format!("/{}/logout", self.id));
        let hidden = hidden.with_context(|| format!("nobody is asked: {page:?}"))?;
        Said::of_page(&browser.post(&url, &hidden, "")?)
            .given()
            .map(drop)
    }

    fn post(
        &self,
        node: &Node,
        endpoint: &str,
        client: &Client,
        fields: &[(&str, &str)],
    ) -> anyhow::Result<Said> {
        let path = format!("/{}/oauth2/{endpoint}", self.id);
        let own = [
            ("client_id", client.id.as_str()),
            ("client_secret", &client.secret),
        ];
        node.post(&path, None, &[&own, fields].concat())
    }
}

/// A page that sends on with a code gives it; another gives nothing.
fn with_code(page: &Page) -> Said {
    let location = page.location.as_deref().unwrap_or_default();
    let said = Said::of_page(page);
    match parameter(location, "code") {
        Some(code) => Said {
            status: 200,
            body: code,
            ..said
        },
        None if page.status < 400 => Said {
            status: 403,
            ..said
        },
        None => said,
    }
}

/// A client for the OpenID endpoints.
fn openid(place: &Place<'_>, pool: &str, flow: &str, scopes: &[&str]) -> anyhow::Result<Client> {
    let body = json!({
        "UserPoolId": pool, "ClientName": flow, "GenerateSecret": true,
        "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": [flow],
        "AllowedOAuthScopes": scopes, "CallbackURLs": [CALLBACK],
    });
    let made = place.pools("CreateUserPoolClient", &body)?;
    Ok(Client {
        id: made.text("/UserPoolClient/ClientId")?,
        secret: made.text("/UserPoolClient/ClientSecret")?,
    })
}

fn add_user(
    place: &Place<'_>,
    pool: &str,
    name: &str,
    password: &str,
    is_permanent: bool,
) -> anyhow::Result<()> {
    place.pools(
        "AdminCreateUser",
        &json!({ "UserPoolId": pool, "Username": name }),
    )?;
    let body = json!({
        "UserPoolId": pool, "Username": name, "Password": password, "Permanent": is_permanent,
    });
    place.pools("AdminSetUserPassword", &body).map(drop)
}
