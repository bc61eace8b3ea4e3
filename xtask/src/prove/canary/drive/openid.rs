//! Logins at a pool: a browser, its user and an application, from the request to the end.

use anyhow::{Context as _, bail};
use procura_core::digest::sha256;
use procura_core::entropy::{OsEntropy, random_bytes};
use procura_protocol::testing::jose::base64url;
use serde_json::json;

use super::user_pool::{member, password};
use super::{Drive, EACH};
use crate::prove::browser::{Browser, Page, parameter};
use crate::prove::canary::encoding::escaped;
use crate::prove::canary::kind::Kind;
use crate::prove::canary::secrets::{Id, invent};
use crate::prove::speaker::{Said, encoded};

/// Where applications have browsers come back to, and go when they are signed out. Nobody serves it.
pub(super) const CALLBACK: &str = "https://app.example/cb";
const LOGGED_OUT: &str = "https://app.example/bye";

/// A client of a pool, as its application knows it.
#[derive(Debug, Clone)]
pub(super) struct Application {
    pub(super) pool: String,
    pub(super) client: String,
    secret: String,
}

/// A user of a pool who is sent there.
struct Visitor {
    name: String,
    password: String,
    /// The name, and an attribute.
    known: Vec<Id>,
}

/// What one request has of its own.
struct Request {
    state: String,
    verifier: String,
    nonce: Id,
    query: String,
}

impl Application {
    /// How it shows its secret (RFC 6749 §2.3.1): both escaped as in a form.
    fn basic(&self) -> String {
        basic(&self.client, &self.secret)
    }

    /// Where something of its pool is.
    pub(super) fn path(&self, path: &str) -> String {
        format!("/{}{path}", self.pool)
    }
}

/// RFC 7617.
pub(super) fn basic(user: &str, password: &str) -> String {
    let bytes = format!("{user}:{password}");
    let text = base64url(bytes.as_bytes());
    let padding = "=".repeat(text.len().wrapping_neg() % 4);
    format!(
        "Basic {}{padding}",
        text.replace('-', "+").replace('_', "/")
    )
}

impl Drive<'_> {
    /// Users who log in, and clients that ask for themselves.
    pub(super) fn logins(&mut self) -> anyhow::Result<()> {
        let made = self.ask_pool("CreateUserPool", &json!({ "PoolName": "logins" }))?;
        let pool = member(&made, "/UserPool/Id")?;
        let server = json!({
            "UserPoolId": pool, "Identifier": "canary", "Name": "canary",
            "Scopes": [{ "ScopeName": "use", "ScopeDescription": "Use it" }],
        });
        self.ask_pool("CreateResourceServer", &server)?;
        for _ in 0..EACH {
            let application = self.new_application(&pool, "code", &["openid", "email"])?;
            let visitor = self.new_visitor(&pool)?;
            self.logs_in(&application, &visitor)?;
            self.application = Some(application);
            let own = self.new_application(&pool, "client_credentials", &["canary/use"])?;
            let said = self.ask_as(&own, "token", &[("grant_type", "client_credentials")])?;
            self.tells(&said.given()?, &[])?;
        }
        Ok(())
    }

    fn new_application(
        &mut self,
        pool: &str,
        flow: &str,
        scopes: &[&str],
    ) -> anyhow::Result<Application> {
        let body = json!({
            "UserPoolId": pool, "ClientName": flow, "GenerateSecret": true,
            "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": [flow],
            "AllowedOAuthScopes": scopes, "CallbackURLs": [CALLBACK], "LogoutURLs": [LOGGED_OUT],
        });
        let made = self.ask_pool("CreateUserPoolClient", &body)?;
        let secret = member(&made, "/UserPoolClient/ClientSecret")?;
        let id = self.plant(Kind::PoolClientSecret, &secret);
        self.reveals(id);
        Ok(Application {
            pool: pool.to_owned(),
            client: member(&made, "/UserPoolClient/ClientId")?,
            secret,
        })
    }

    fn new_visitor(&mut self, pool: &str) -> anyhow::Result<Visitor> {
        let (name, email) = (
            format!("canary-{}", invent()),
            format!("{}@c.example", invent()),
        );
        let known = [&name, &email].map(|text| self.plant(Kind::UserName, text));
        let password = password();
        self.plant(Kind::Password, &password);
        let body = json!({
            "UserPoolId": pool, "Username": name,
            "UserAttributes": [{ "Name": "email", "Value": email }],
        });
        self.ask_pool("AdminCreateUser", &body)?;
        self.may_reveal(&known);
        let body = json!({
            "UserPoolId": pool, "Username": name, "Password": password, "Permanent": true,
        });
        self.ask_pool("AdminSetUserPassword", &body)?;
        Ok(Visitor {
            name,
            password,
            known: known.to_vec(),
        })
    }

    fn new_request(&mut self, application: &Application, more: &[(&str, &str)]) -> Request {
        let (state, nonce) = (invent(), invent());
        let verifier = base64url(&random_bytes::<32>(&mut OsEntropy));
        self.plant(Kind::ApplicationState, &state);
        self.plant(Kind::CodeVerifier, &verifier);
        let challenge = base64url(&sha256(&[verifier.as_bytes()]));
        let own = [
            ("response_type", "code"),
            ("client_id", application.client.as_str()),
            ("redirect_uri", CALLBACK),
            ("scope", "openid email"),
            ("state", state.as_str()),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let query = encoded(&[&own, more].concat());
        Request {
            nonce: self.plant(Kind::ApplicationNonce, &nonce),
            state,
            verifier,
            query,
        }
    }

    fn at(&self, application: &Application, path: &str) -> String {
        format!("http://{}{}", self.login.address, application.path(path))
    }

    /// The whole way of a user.
    fn logs_in(&mut self, application: &Application, visitor: &Visitor) -> anyhow::Result<()> {
        let mut browser = Browser::default();
        let hint = [("login_hint", visitor.name.as_str())];
        let request = self.new_request(application, &hint);
        let url = format!(
            "{}?{}",
            self.at(application, "/oauth2/authorize"),
            request.query
        );
        let page = self.open(&mut browser, &url)?;
        self.page_may_reveal(&visitor.known);
        let wrong = format!("{}x", visitor.password);
        let page = self.gives(&mut browser, application, &page, (visitor, &wrong))?;
        // A form of another browser.
        let mut stranger = Browser::default();
        self.gives(
            &mut stranger,
            application,
            &page,
            (visitor, &visitor.password),
        )?;
        let page = self.gives(
            &mut browser,
            application,
            &page,
            (visitor, &visitor.password),
        )?;
        let code = code_of(&page, &request)?;
        let access = self.redeems(application, &request, &code, &visitor.known)?;
        // Signed in: a code without a question, which comes to nothing.
        let again = self.new_request(application, &[("prompt", "none")]);
        let url = format!(
            "{}?{}",
            self.at(application, "/oauth2/authorize"),
            again.query
        );
        let page = self.open(&mut browser, &url)?;
        let unused = code_of(&page, &again)?;
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", unused.as_str()),
            ("redirect_uri", CALLBACK),
            ("code_verifier", &request.verifier),
        ];
        self.ask_as(application, "token", &fields)?;
        self.is_told(application, &access, visitor)?;
        self.logs_out(application, &mut browser, &access)
    }

    /// A user answers the page.
    fn gives(
        &mut self,
        browser: &mut Browser,
        application: &Application,
        page: &Page,
        (visitor, password): (&Visitor, &str),
    ) -> anyhow::Result<Page> {
        let hidden = page.hidden(&application.path("/login"));
        let hidden = hidden.with_context(|| format!("no page of a login: {page:?}"))?;
        if let Some(state) = parameter(&hidden, "request_state") {
            // It stood on the page before this one.
            let id = self.plant(Kind::PageState, &state);
            for chunk in &mut self.pages {
                chunk.may.push(id);
            }
        }
        let own = format!(
            "decision=sign_in&username={}&password={}",
            escaped(&visitor.name),
            escaped(password)
        );
        let url = self.at(application, "/login");
        let page = self.send_form(browser, &url, &hidden, &own)?;
        self.page_may_reveal(&visitor.known);
        Ok(page)
    }

    /// The application redeems the code and goes on; its access token, ID token and refresh token.
    fn redeems(
        &mut self,
        application: &Application,
        request: &Request,
        code: &str,
        known: &[Id],
    ) -> anyhow::Result<[String; 3]> {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", &request.verifier),
        ];
        let known = [known, &[request.nonce]].concat();
        let said = self.ask_as(application, "token", &fields)?.given()?;
        self.tells(&said, &known)?;
        let refresh = said.text("/refresh_token")?;
        let fields = [("grant_type", "refresh_token"), ("refresh_token", &refresh)];
        let said = self.ask_as(application, "token", &fields)?.given()?;
        self.tells(&said, &known)?;
        let [access, id, refresh] = ["access_token", "id_token", "refresh_token"]
            .map(|member| said.text(&format!("/{member}")));
        Ok([access?, id?, refresh?])
    }

    /// Tokens are shown, well and badly.
    fn is_told(
        &mut self,
        application: &Application,
        [access, id, refresh]: &[String; 3],
        visitor: &Visitor,
    ) -> anyhow::Result<()> {
        let path = application.path("/oauth2/userInfo");
        for token in [access, id, refresh] {
            let said = self.node().get(&path, &format!("Bearer {token}"));
            self.keep("userInfo", said);
            self.may_reveal(&visitor.known);
        }
        for token in [access, id, refresh, &visitor.password] {
            self.ask_as(application, "introspect", &[("token", token)])?;
            self.may_reveal(&visitor.known);
        }
        Ok(())
    }

    /// The user is signed out in the browser, and then of the application.
    fn logs_out(
        &mut self,
        application: &Application,
        browser: &mut Browser,
        [_, id, refresh]: &[String; 3],
    ) -> anyhow::Result<()> {
        let state = invent();
        self.plant(Kind::ApplicationState, &state);
        let query = encoded(&[
            ("id_token_hint", id),
            ("post_logout_redirect_uri", LOGGED_OUT),
            ("state", &state),
        ]);
        let url = format!("{}?{query}", self.at(application, "/logout"));
        let page = self.open(browser, &url)?;
        if page.location.is_none() {
            bail!("nobody is signed out: {page:?}");
        }
        self.ask_as(application, "revoke", &[("token", refresh)])?
            .given()?;
        for token in [refresh, id] {
            let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
            self.ask_as(application, "token", &fields)?;
        }
        Ok(())
    }

    /// Asks as an application that shows its secret.
    fn ask_as(
        &mut self,
        application: &Application,
        endpoint: &str,
        fields: &[(&str, &str)],
    ) -> anyhow::Result<Said> {
        let path = application.path(&format!("/oauth2/{endpoint}"));
        let said = self.node().post(&path, Some(&application.basic()), fields);
        self.keep(endpoint, said).context("the connection broke")
    }

    /// The same where nothing has to come of it.
    pub(super) fn ask_application(
        &mut self,
        application: &Application,
        endpoint: &str,
        fields: &[(&str, &str)],
    ) {
        let path = application.path(&format!("/oauth2/{endpoint}"));
        let said = self.node().post(&path, Some(&application.basic()), fields);
        self.keep(endpoint, said);
    }

    /// The last answer gives tokens, which tell who the user is.
    fn tells(&mut self, said: &Said, known: &[Id]) -> anyhow::Result<()> {
        let access = self.plant(Kind::UserToken, &said.text("/access_token")?);
        self.reveals(access);
        for (kind, member) in [
            (Kind::UserToken, "/id_token"),
            (Kind::PoolRefreshToken, "/refresh_token"),
        ] {
            if let Ok(token) = said.text(member) {
                let id = self.plant(kind, &token);
                self.reveals(id);
            }
        }
        self.may_reveal(known);
        Ok(())
    }
}

/// What a browser is sent back to the application with.
fn code_of(page: &Page, request: &Request) -> anyhow::Result<String> {
    let back = page.location.clone().unwrap_or_default();
    if parameter(&back, "state").as_deref() != Some(&request.state) {
        bail!("the application gets another state: {page:?}");
    }
    parameter(&back, "code").with_context(|| format!("no code: {page:?}"))
}
