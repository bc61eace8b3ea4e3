//! The endpoints of a pool with a secret in the wrong place.

use anyhow::Context as _;

use super::super::Drive;
use super::super::openid::{Application, CALLBACK, basic};
use crate::prove::browser::Browser;
use crate::prove::canary::encoding::escaped;

/// Of a request that has a challenge: RFC 7636 appendix B.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

impl Drive<'_> {
    /// What browsers and applications can bring.
    pub(super) fn refuse_in_logins(&mut self, secret: &str) -> anyhow::Result<()> {
        let application = self.application.clone().context("no application")?;
        self.refuse_visitors(secret, &application)?;
        self.refuse_programs(secret, &application);
        Ok(())
    }

    fn refuse_visitors(&mut self, secret: &str, application: &Application) -> anyhow::Result<()> {
        let (text, pool) = (escaped(secret), &application.pool);
        let names = ["login", "form"].map(|name| format!("procura-{name}-{pool}"));
        let forged = || Browser::with_cookies(names.iter().map(String::as_str), secret);
        let site = format!("http://{}", self.login.address);
        for url in visits(secret, application, &site) {
            for mut browser in [Browser::default(), forged()] {
                self.open(&mut browser, &url)?;
            }
        }
        for (path, form) in [
            (
                "login",
                format!("request_state={text}&username={text}&password={text}"),
            ),
            ("login", format!("request_state={text}&decision={text}")),
            (
                "login",
                format!("request_state={text}&session={text}&username=x&password={text}"),
            ),
            ("login", format!("client_id={}&{text}", application.client)),
            ("logout", format!("request_state={text}&decision={text}")),
        ] {
            let url = format!("{site}/{pool}/{path}");
            self.send_form(&mut forged(), &url, &form, "")?;
        }
        Ok(())
    }

    fn refuse_programs(&mut self, secret: &str, application: &Application) {
        let client = application.client.as_str();
        let (both, own) = (basic(secret, secret), basic(client, secret));
        let (bearer, plain) = (format!("Bearer {secret}"), format!("Basic {secret}"));
        let shown = [None, Some(&both), Some(&own), Some(&bearer), Some(&plain)];
        for (endpoint, fields) in [
            ("token", vec![("grant_type", secret)]),
            (
                "token",
                vec![
                    ("grant_type", "authorization_code"),
                    ("code", secret),
                    ("redirect_uri", secret),
                    ("code_verifier", secret),
                ],
            ),
            (
                "token",
                vec![
                    ("grant_type", "refresh_token"),
                    ("refresh_token", secret),
                    ("scope", secret),
                ],
            ),
            (
                "token",
                vec![
                    ("grant_type", "client_credentials"),
                    ("scope", secret),
                    ("resource", secret),
                ],
            ),
            (
                "token",
                vec![("client_id", secret), ("client_secret", secret)],
            ),
            (
                "token",
                vec![
                    ("client_assertion", secret),
                    ("client_assertion_type", secret),
                ],
            ),
            ("token", vec![(secret, secret), (secret, secret)]),
            (
                "introspect",
                vec![("token", secret), ("token_type_hint", secret)],
            ),
            (
                "revoke",
                vec![("token", secret), ("token_type_hint", secret)],
            ),
        ] {
            let path = application.path(&format!("/oauth2/{endpoint}"));
            for authorization in shown {
                let said = self
                    .node()
                    .post(&path, authorization.map(String::as_str), &fields);
                self.keep(endpoint, said);
            }
            // What is wrong is told to the client itself, too.
            self.ask_application(application, endpoint, &fields);
        }
        let path = application.path("/oauth2/userInfo");
        for authorization in [&bearer, &both, &plain] {
            let said = self.node().get(&path, authorization);
            self.keep("userInfo", said);
        }
    }
}

/// Where browsers are sent with `secret`.
fn visits(secret: &str, application: &Application, site: &str) -> Vec<String> {
    let (text, pool) = (escaped(secret), &application.pool);
    // Whoever sends a browser gets its own `state` back. A token tells who it is about, there as
    // everywhere.
    let state = if secret.contains('.') {
        String::new()
    } else {
        format!("&state={text}")
    };
    let client = format!(
        "client_id={}&redirect_uri={}",
        application.client,
        escaped(CALLBACK)
    );
    let sound = format!(
        "{client}&response_type=code&code_challenge={CHALLENGE}&code_challenge_method=S256"
    );
    let (authorize, log_out) = (
        format!("{site}/{pool}/oauth2/authorize"),
        format!("{site}/{pool}/logout"),
    );
    vec![
        format!("{authorize}?client_id={text}&redirect_uri={text}"),
        format!("{authorize}?{}&redirect_uri={text}", application.client),
        format!(
            "{authorize}?client_id={}&redirect_uri={text}&state={text}",
            application.client
        ),
        format!("{authorize}?{client}&response_type={text}{state}"),
        format!("{authorize}?{sound}&scope={text}{state}"),
        format!("{authorize}?{sound}&prompt={text}&nonce={text}"),
        format!("{authorize}?{sound}&prompt=none&login_hint={text}"),
        format!("{authorize}?{sound}&max_age={text}"),
        format!("{authorize}?{sound}&request={text}"),
        format!("{authorize}?{sound}&request_uri={text}"),
        format!("{authorize}?{sound}&claims={text}&id_token_hint={text}"),
        format!("{authorize}?{sound}&resource={text}"),
        format!("{authorize}?{sound}&response_mode={text}"),
        format!(
            "{authorize}?{client}&response_type=code&code_challenge={text}&code_challenge_method={text}"
        ),
        format!("{authorize}?{sound}&{text}={text}&{text}={text}"),
        format!("{site}/{pool}/login?{sound}&identity_provider={text}&scope={text}"),
        format!("{site}/{text}/oauth2/authorize?{sound}"),
        format!("{site}/{text}/.well-known/openid-configuration"),
        format!("{site}/.well-known/oauth-authorization-server/{text}"),
        format!("{log_out}?id_token_hint={text}"),
        format!("{log_out}?client_id={text}&logout_uri={text}&state={text}"),
        format!(
            "{log_out}?client_id={}&post_logout_redirect_uri={text}",
            application.client
        ),
    ]
}
