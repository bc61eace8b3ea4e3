//! What the client reads (RFC 6749 §5.1 and §5.2), or what a vendor's customs make of it.

use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use procura_core::scope::ScopeSeparator;
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::authentication::Presented;
use super::exchange;
use super::form::TokenForm;
use super::refresh;
use super::refusal::Refusal;
use crate::issued::Delivery;
use crate::misbehaviour::Misbehaviour;
use crate::provider::DemoProvider;
use crate::settings::Profile;

/// A life of a token that no one outlives, in seconds.
const HUGE_LIFETIME_S: u64 = u64::MAX;

/// How a client is answered.
pub(super) struct Customs {
    profile: Profile,
    /// What the client asked by.
    grant_type: Option<String>,
    /// Form-encoded.
    as_form: bool,
    /// Refusals have the status 200.
    never_fails: bool,
}

impl Customs {
    /// Those of the client that a request is presented for, whether or not it proves that.
    pub(super) fn of(
        provider: &DemoProvider,
        headers: &HeaderMap,
        form: Option<&TokenForm>,
        misbehaviour: Option<&Misbehaviour>,
    ) -> Self {
        let presented = form.and_then(|form| Presented::read(headers, form).ok());
        let client_id = presented.and_then(|presented| presented.client_id());
        let client = client_id.and_then(|id| provider.client(&id));
        let profile = client.map_or_else(Profile::default, |client| client.profile);
        let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
        let accepts_json = accept.is_some_and(|accept| accept.contains("application/json"));
        let grant_type = form.and_then(|form| form.one("grant_type"));
        Self {
            profile,
            grant_type: grant_type.map(str::to_owned),
            as_form: matches!(misbehaviour, Some(Misbehaviour::FormEncoded))
                || (profile == Profile::Github && !accepts_json),
            never_fails: matches!(misbehaviour, Some(Misbehaviour::ErrorsWith200))
                || matches!(profile, Profile::Github | Profile::Slack),
        }
    }

    fn asked_by(&self, grant_type: &str) -> bool {
        self.grant_type.as_deref() == Some(grant_type)
    }

    /// What was issued, or something like it.
    pub(super) fn token(
        &self,
        delivery: Delivery,
        misbehaviour: Option<&Misbehaviour>,
    ) -> Response {
        let separator = match self.profile {
            Profile::Github | Profile::Slack => ScopeSeparator::Comma,
            Profile::Standard | Profile::Google | Profile::Microsoft => ScopeSeparator::Space,
        };
        let scope = delivery.scopes.parameter(separator);
        let scope = scope.unwrap_or_else(|_| delivery.scopes.as_text());
        let user = delivery.user;
        let mut reply = Map::new();
        let mut member = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                reply.insert(name.to_owned(), value);
            }
        };
        member("access_token", Some(delivery.access_token.into()));
        member("token_type", Some("Bearer".into()));
        member("scope", Some(scope.into()));
        member("expires_in", delivery.lifetime_s.map(Value::from));
        member("refresh_token", delivery.refresh_token.map(Value::from));
        member("id_token", delivery.id_token.map(Value::from));
        // RFC 8693 §2.2.1.
        member(
            "issued_token_type",
            self.asked_by(exchange::TOKEN_EXCHANGE)
                .then(|| exchange::ISSUED.into()),
        );
        match misbehaviour {
            Some(Misbehaviour::IssuedTokenType(Some(other))) => {
                member("issued_token_type", Some(other.clone().into()));
            }
            Some(Misbehaviour::IssuedTokenType(None)) => drop(reply.remove("issued_token_type")),
            Some(Misbehaviour::NegativeLifetime) => member("expires_in", Some((-1).into())),
            Some(Misbehaviour::HugeLifetime) => member("expires_in", Some(HUGE_LIFETIME_S.into())),
            Some(Misbehaviour::NoLifetime) => drop(reply.remove("expires_in")),
            Some(Misbehaviour::NotBearer) => member("token_type", Some("mac".into())),
            Some(Misbehaviour::RefreshTokenEmpty) => member("refresh_token", Some("".into())),
            Some(Misbehaviour::RefreshTokenAbsent) => drop(reply.remove("refresh_token")),
            _ => {}
        }
        if self.profile == Profile::Slack {
            reply = self.as_of_slack(reply, user);
        }
        self.send(StatusCode::OK, reply)
    }

    /// A user's token stands in `authed_user` when it is new, and by itself when it is refreshed.
    fn as_of_slack(
        &self,
        mut reply: Map<String, Value>,
        user: Option<String>,
    ) -> Map<String, Value> {
        let Some(user) = user else {
            reply.insert("ok".to_owned(), true.into());
            reply.insert("token_type".to_owned(), "bot".into());
            return reply;
        };
        reply.insert("token_type".to_owned(), "user".into());
        let mut outer = if self.asked_by(refresh::GRANT_TYPE) {
            reply
        } else {
            reply.insert("id".to_owned(), user.into());
            Map::from_iter([("authed_user".to_owned(), reply.into())])
        };
        outer.insert("ok".to_owned(), true.into());
        outer.insert("app_id".to_owned(), "A0DEMO".into());
        outer.insert("team".to_owned(), json!({ "id": "T0DEMO", "name": "Demo" }));
        outer
    }

    /// Why there is none, in the words of the profile.
    pub(super) fn refusal(&self, refusal: &Refusal) -> Response {
        let (_, code, hint) = refusal.parts();
        let reply = match self.profile {
            Profile::Standard | Profile::Google | Profile::Microsoft => {
                if !self.never_fails && !self.as_form {
                    return refusal.into_response();
                }
                json!({ "error": code, "error_description": hint })
            }
            Profile::Github => {
                let code = match refusal {
                    Refusal::InvalidCode(_) => "bad_verification_code",
                    Refusal::InvalidRefreshToken(_) => "bad_refresh_token",
                    Refusal::InvalidClient(_) => "incorrect_client_credentials",
                    _ => code,
                };
                json!({ "error": code, "error_description": hint })
            }
            Profile::Slack => {
                let code = match refusal {
                    Refusal::InvalidCode(_) => "invalid_code",
                    Refusal::InvalidRefreshToken(_) => "invalid_refresh_token",
                    Refusal::InvalidClient(_) => "bad_client_secret",
                    _ => code,
                };
                json!({ "ok": false, "error": code })
            }
        };
        let (status, _, _) = refusal.parts();
        let status = if self.never_fails {
            StatusCode::OK
        } else {
            status
        };
        let Value::Object(reply) = reply else {
            return refusal.into_response();
        };
        self.send(status, reply)
    }

    fn send(&self, status: StatusCode, reply: Map<String, Value>) -> Response {
        let (kind, body) = if self.as_form {
            let mut form = form_urlencoded::Serializer::new(String::new());
            for (name, value) in &reply {
                let text = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                form.append_pair(name, &text);
            }
            ("application/x-www-form-urlencoded", form.finish())
        } else {
            ("application/json", Value::from(reply).to_string())
        };
        let headers = [(CACHE_CONTROL, "no-store"), (CONTENT_TYPE, kind)];
        (status, headers, body).into_response()
    }
}
