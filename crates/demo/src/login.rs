//! The login page: who is this user? The password is the same for all, and the page says it.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use procura_core::digest::constant_time_eq;
use serde::Deserialize;

use crate::authorization_endpoint::gone;
use crate::authorization_request::AuthorizationRequest;
use crate::authorization_response::see;
use crate::page::{self, Page, escaped};
use crate::provider::DemoProvider;
use crate::session::{self, Form as Purpose, Session};
use crate::user::{DEMO_PASSWORD, DEMO_USERS};

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct Credentials {
    request: String,
    csrf: String,
    username: String,
    password: String,
}

/// The page; `fault` says why it is shown again.
pub(crate) fn page(
    provider: &DemoProvider,
    session: &Session,
    id: &str,
    request: &AuthorizationRequest,
    fault: Option<&str>,
) -> Response {
    let fault_line = fault.map_or_else(String::new, |fault| {
        format!("<p class=\"fault\">{}</p>\n", escaped(fault))
    });
    let body = format!(
        "<p><strong>{client}</strong> asks you to log in.</p>\n{fault_line}\
         <form method=\"post\" action=\"/login\">\n\
         <input type=\"hidden\" name=\"request\" value=\"{id}\">\n\
         <input type=\"hidden\" name=\"csrf\" value=\"{token}\">\n\
         <label>User <input name=\"username\" value=\"{user}\" autocomplete=\"username\" \
         autocapitalize=\"none\" required></label>\n\
         <label>Password <input type=\"password\" name=\"password\" \
         autocomplete=\"current-password\" required></label>\n\
         <button>Log in</button>\n</form>\n\
         <p class=\"note\">The users are {users}. The password of each is <code>{DEMO_PASSWORD}\
         </code>. This is a demo: enter no password of yours.</p>\n",
        client = escaped(&request.client.name),
        id = escaped(id),
        token = session.form_token(provider, Purpose::Login, id),
        user = escaped(request.login_hint.as_deref().unwrap_or_default()),
        users = DEMO_USERS.join(", "),
    );
    let page = Page {
        title: "Log in at the demo provider",
        body: &body,
        leads_to: Some(&request.return_to.url.origin().ascii_serialization()),
    };
    let status = match fault {
        None => StatusCode::OK,
        Some(_) => StatusCode::FORBIDDEN,
    };
    session.give(provider, page.response(status))
}

/// `POST /login`.
pub(crate) async fn submit(
    State(provider): State<DemoProvider>,
    headers: HeaderMap,
    form: Result<Form<Credentials>, FormRejection>,
) -> Response {
    if let Some(refusal) = session::misdirected(&provider, &headers) {
        return refusal;
    }
    let Ok(Form(form)) = form else {
        return page::fault(StatusCode::BAD_REQUEST, "send the form of the login page");
    };
    let mut session = Session::of(&provider, &headers);
    if !session.gave(&provider, Purpose::Login, &form.request, &form.csrf) {
        let hint = "allow cookies and begin again at the application: this form is of another \
                    browser";
        return page::fault(StatusCode::FORBIDDEN, hint);
    }
    let Some(request) = provider.visits().request(&form.request, provider.now()) else {
        return gone();
    };
    let user = DEMO_USERS.into_iter().find(|user| *user == form.username);
    let is_right = constant_time_eq(form.password.as_bytes(), DEMO_PASSWORD.as_bytes());
    let Some(user) = user.filter(|_| is_right) else {
        let request = AuthorizationRequest {
            login_hint: Some(form.username),
            ..request
        };
        let fault = Some("There is no such user with this password.");
        return page(&provider, &session, &form.request, &request, fault);
    };
    session.log_in(&provider, user);
    provider.visits().wants_login(&form.request, false);
    // A page of its own, so that a reload sends no password again.
    let next = see(&format!("/consent?request={}", form.request));
    session.give(&provider, next)
}
