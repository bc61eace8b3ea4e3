//! How the token endpoint answers, well and badly.

use serde_json::{Value, json};

use super::{Asked, CLIENT, LIFETIME_S, LOGIN_CLIENT, Reply, Request, Shared};
use crate::prove::browser::parameter;
use crate::prove::canary::kind::Kind;
use crate::prove::canary::put;
use crate::prove::canary::secrets::invent;

impl Shared {
    pub(super) fn token(&self, behaviour: &str, issuer: &str, request: &Request) -> Reply {
        let grant = self.grant(issuer, request);
        let token = grant.get("access_token").cloned().unwrap_or_default();
        let echo = request.echo();
        let refused = |error: &str| json!({ "error": error, "error_description": echo });
        match behaviour {
            "grant" => Reply::new("200 OK", grant),
            "refuse" => Reply::new("400 Bad Request", refused("invalid_client")),
            "end" => Reply::new("400 Bad Request", refused("invalid_grant")),
            // The code itself, which is shown, is what was sent; beside it everything that is given.
            "code" => {
                let sent = ["refresh_token", "code", "token"];
                let sent = sent
                    .into_iter()
                    .find_map(|name| parameter(&request.body, name));
                let last = echo.rsplit(['=', '&']).next().unwrap_or_default();
                let mut both = grant;
                put(
                    &mut both,
                    "error",
                    sent.map_or_else(|| last.into(), Value::from),
                );
                put(&mut both, "error_uri", echo);
                Reply::new("401 Unauthorized", both)
            }
            "fail" => Reply::new("500 Internal Server Error", refused("invalid_client")),
            "disguise" => Reply::new("200 OK", refused("invalid_client")),
            "strange" => {
                let word = token.as_str().unwrap_or_default();
                let strange = json!({ "access_token": [word], "refresh_token": { word: word },
                                      "id_token": word, "token_type": { word: echo } });
                Reply::new("200 OK", strange)
            }
            "redirect" => Reply::new("307 Temporary Redirect", refused("invalid_client")),
            _ => Reply::new("", Value::Null),
        }
    }

    /// What is given where something is: of the client, or of a user.
    fn grant(&self, issuer: &str, request: &Request) -> Value {
        // In a header no more than these may stand.
        let made = |prefix: &str| format!("{prefix}{}", invent().replace(['"', '&'], "."));
        let token = made("ghs_");
        let grant_type = parameter(&request.body, "grant_type").unwrap_or_default();
        if grant_type == "client_credentials" {
            self.learn(Kind::ProviderToken, &token);
            return json!({ "access_token": token, "token_type": "Bearer", "expires_in": 3600 });
        }
        let refresh_token = made("ghr_");
        self.learn(Kind::UserAccessToken, &token);
        self.learn(Kind::RefreshToken, &refresh_token);
        let mut grant = json!({
            "access_token": token, "token_type": "Bearer", "expires_in": LIFETIME_S,
            "refresh_token": refresh_token,
        });
        if grant_type == "authorization_code" {
            let code = parameter(&request.body, "code").unwrap_or_default();
            let asked = self.known().codes.get(&code).cloned().unwrap_or_default();
            let id_token = self.id_token(issuer, &asked).unwrap_or_default();
            self.learn(Kind::IdToken, &id_token);
            put(&mut grant, "id_token", id_token);
        }
        grant
    }

    /// Who the user is: the one who signed in, or somebody who is known by another name here.
    fn id_token(&self, issuer: &str, asked: &Asked) -> anyhow::Result<String> {
        let mut claims = json!({ "iss": issuer });
        if let Some(nonce) = &asked.nonce {
            put(&mut claims, "nonce", nonce.as_str());
            put(&mut claims, "aud", LOGIN_CLIENT);
            put(&mut claims, "sub", asked.user.as_str());
        } else {
            let account = format!("canary-{}", invent());
            self.learn(Kind::ProviderAccount, &account);
            put(&mut claims, "aud", CLIENT);
            put(&mut claims, "sub", account);
        }
        self.signed(claims)
    }
}
