//! The consent page: does this user allow this client these scopes?

use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;

use crate::authorization_endpoint::{finish, gone, proceed};
use crate::authorization_request::AuthorizationRequest;
use crate::authorization_response::{self, Outcome, see};
use crate::page::{self, Page, escaped};
use crate::provider::DemoProvider;
use crate::session::{self, Form as Purpose, Session};

/// What leads to the page.
#[derive(Deserialize)]
pub(crate) struct Looked {
    request: String,
}

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct Answer {
    request: String,
    csrf: String,
    decision: Decision,
}

/// The buttons.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Decision {
    Allow,
    Deny,
    /// Log in as another user first.
    OtherUser,
}

/// The page.
pub(crate) fn page(
    provider: &DemoProvider,
    session: &Session,
    id: &str,
    request: &AuthorizationRequest,
    user: &str,
) -> Response {
    let scopes = request.scopes.iter();
    let scopes = scopes
        .map(|scope| {
            format!(
                "<li>{} <code>{}</code></li>\n",
                words(scope),
                escaped(scope)
            )
        })
        .collect::<Vec<_>>()
        .concat();
    let origin = request.return_to.url.origin().ascii_serialization();
    let body = format!(
        "<p>You are <strong>{user}</strong>. <strong>{client}</strong> asks to:</p>\n\
         <ul>\n{scopes}</ul>\n\
         <p class=\"note\">Either way you go on to {origin_text}.</p>\n\
         <form method=\"post\" action=\"/consent\">\n\
         <input type=\"hidden\" name=\"request\" value=\"{id}\">\n\
         <input type=\"hidden\" name=\"csrf\" value=\"{token}\">\n\
         <button name=\"decision\" value=\"allow\">Allow</button>\n\
         <button name=\"decision\" value=\"deny\">Deny</button>\n\
         <button name=\"decision\" value=\"other_user\">I am somebody else</button>\n</form>\n",
        user = escaped(user),
        client = escaped(&request.client.name),
        origin_text = escaped(&origin),
        id = escaped(id),
        token = session.form_token(provider, Purpose::Consent, id),
    );
    let page = Page {
        title: "Do you allow this?",
        body: &body,
        leads_to: Some(&origin),
    };
    session.give(provider, page.response(StatusCode::OK))
}

/// What a scope means to the user.
fn words(scope: &str) -> &'static str {
    match scope {
        "read" => "read your repositories",
        "write" => "change your repositories",
        "repo" => "read and change your repositories, the private ones too",
        "openid" => "know which user of the demo provider you are",
        "profile" => "see your name",
        "email" => "see your email address",
        "offline_access" => "keep this access while you are away",
        _ => "use what this names:",
    }
}

/// `GET /consent`: the request goes on where it stands.
pub(crate) async fn show(
    State(provider): State<DemoProvider>,
    headers: HeaderMap,
    looked: Result<Query<Looked>, QueryRejection>,
) -> Response {
    if let Some(refusal) = session::misdirected(&provider, &headers) {
        return refusal;
    }
    let Ok(Query(looked)) = looked else {
        return page::fault(StatusCode::BAD_REQUEST, "begin at the application");
    };
    let session = Session::of(&provider, &headers);
    proceed(&provider, &session, &looked.request)
}

/// `POST /consent`.
pub(crate) async fn submit(
    State(provider): State<DemoProvider>,
    headers: HeaderMap,
    form: Result<Form<Answer>, FormRejection>,
) -> Response {
    if let Some(refusal) = session::misdirected(&provider, &headers) {
        return refusal;
    }
    let Ok(Form(form)) = form else {
        return page::fault(StatusCode::BAD_REQUEST, "send the form of the consent page");
    };
    let mut session = Session::of(&provider, &headers);
    let user = session.user.clone();
    let (true, Some(user)) = (
        session.gave(&provider, Purpose::Consent, &form.request, &form.csrf),
        user,
    ) else {
        let hint = "begin again at the application: this form is of another browser, or of a login \
                    that is over";
        return page::fault(StatusCode::FORBIDDEN, hint);
    };
    let now = provider.now();
    match form.decision {
        Decision::Allow => {
            let Some(request) = provider.visits().request(&form.request, now) else {
                return gone();
            };
            let client_id = &request.client.id;
            provider.visits().allow(&user, client_id, &request.scopes);
            finish(&provider, &form.request, &user, true)
        }
        Decision::Deny => {
            let Some(request) = provider.visits().take_request(&form.request, now) else {
                return gone();
            };
            let outcome = Outcome::Error("access_denied", "the user said no");
            authorization_response::redirect(&provider, &request.return_to, &outcome)
        }
        Decision::OtherUser => {
            session.log_out(&provider);
            provider.visits().wants_login(&form.request, true);
            see(&format!("/consent?request={}", form.request))
        }
    }
}
