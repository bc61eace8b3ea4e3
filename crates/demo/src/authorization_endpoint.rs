//! `GET /authorize` (RFC 6749 §3.1): the request is read and kept, and its user is led through the
//! pages that it needs. [`proceed`] is the one place that knows their order.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use crate::authorization_request::{AuthorizationRequest, AuthorizationRequestSeen, Fault};
use crate::authorization_response::{self, Outcome};
use crate::issued::{Code, UserGrant};
use crate::misbehaviour::Misbehaviour;
use crate::provider::DemoProvider;
use crate::session::{self, Session};
use crate::{consent, login, page};

/// How long a code is good, in seconds.
const CODE_LIFETIME_S: i64 = 60;

/// The pairs of a query in their order, or why there is none.
type Pairs = Result<Query<Vec<(String, String)>>, QueryRejection>;

pub(crate) async fn begin(
    State(provider): State<DemoProvider>,
    headers: HeaderMap,
    pairs: Pairs,
) -> Response {
    if let Some(refusal) = session::misdirected(&provider, &headers) {
        return refusal;
    }
    let Ok(Query(parameters)) = pairs else {
        let hint = "send a query of names and values";
        return page::fault(StatusCode::BAD_REQUEST, hint);
    };
    let seen = AuthorizationRequestSeen { parameters };
    provider.saw_authorization(seen.clone());
    let misbehaviour = provider.misbehaviour();
    if let Some(Misbehaviour::AuthorizeRedirects(url)) = &misbehaviour {
        return authorization_response::divert(url, &seen);
    }
    match AuthorizationRequest::read(&seen.parameters, |id| provider.client(id)) {
        Ok(request) if let Some(Misbehaviour::AuthorizationError(code)) = &misbehaviour => {
            let outcome = Outcome::Error(code, "this is what the test wants");
            authorization_response::redirect(&provider, &request.return_to, &outcome)
        }
        Ok(request) => {
            let now = provider.now();
            let id = provider.visits().keep(request, now);
            proceed(&provider, &Session::of(&provider, &headers), &id)
        }
        Err(Fault::Page(hint)) => page::fault(StatusCode::BAD_REQUEST, hint),
        Err(Fault::Redirect(return_to, code, hint)) => {
            authorization_response::redirect(&provider, &return_to, &Outcome::Error(code, hint))
        }
    }
}

/// What this browser sees next of a request.
pub(crate) fn proceed(provider: &DemoProvider, session: &Session, id: &str) -> Response {
    let Some(request) = provider.visits().request(id, provider.now()) else {
        return gone();
    };
    let silent = |code, hint| {
        let outcome = Outcome::Error(code, hint);
        authorization_response::redirect(provider, &request.return_to, &outcome)
    };
    let Some(user) = session.user.as_deref().filter(|_| !request.prompts.login) else {
        if request.prompts.none {
            return silent("login_required", "let the user log in");
        }
        return login::page(provider, session, id, &request, None);
    };
    let client_id = &request.client.id;
    let is_allowed = provider
        .visits()
        .is_allowed(user, client_id, &request.scopes);
    if is_allowed && !request.prompts.consent {
        return finish(provider, id, user, false);
    }
    if request.prompts.none {
        return silent("consent_required", "let the user consent");
    }
    consent::page(provider, session, id, &request, user)
}

/// The code of a request that its user allowed, now or before.
pub(crate) fn finish(provider: &DemoProvider, id: &str, user: &str, was_asked: bool) -> Response {
    let now = provider.now();
    let Some(request) = provider.visits().take_request(id, now) else {
        return gone();
    };
    let offline = request.is_offline(was_asked);
    let return_to = request.return_to;
    let code = provider.tokens().issue_code(Code {
        grant: UserGrant {
            client_id: request.client.id,
            user: user.to_owned(),
            scopes: request.scopes,
            offline,
            nonce: request.nonce,
        },
        redirect_uri: return_to.redirect_uri.clone(),
        challenge: request.challenge,
        expires_at: now.plus_seconds(CODE_LIFETIME_S),
        spent_on: None,
    });
    authorization_response::redirect(provider, &return_to, &Outcome::Code(code))
}

/// There is nothing to look at.
pub(crate) fn gone() -> Response {
    let hint = "this request was answered, or is over: begin again at the application";
    page::fault(StatusCode::GONE, hint)
}
