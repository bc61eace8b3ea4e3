//! The session-binding service: users come back to it, prove who they are, and say yes. Each attack
//! stands beside the honest way that it imitates.

use procura_core::authorization_session::LIFETIME_S;
use procura_testkit::demo::Misbehaviour;
use procura_testkit::{
    AssertedUsers, BINDING_CLIENT, Browser, Connection, Form, Page, Setup, TestApp,
};
use procura_wire::Operation::{
    CreateOauth2CredentialProvider, CreateWorkloadIdentity, GetResourceOauth2Token,
    GetWorkloadAccessTokenForJWT,
};
use serde_json::{Value, json};

use crate::delegation::{self, Begun};
use crate::oauth2;

/// An app with the service, an agent and the demo provider.
async fn ready(asserted_users: AssertedUsers) -> TestApp {
    let app = Setup::default().session_binding(asserted_users);
    delegation::ready(app.start().await).await
}

/// A session of `agent` for alice, whose application names no place to come back to.
async fn begun(app: &TestApp) -> (String, Begun) {
    let token = delegation::token_for(app, "agent", "alice").await;
    let begun = delegation::begin(app, &token, no_return_url()).await;
    (token, begun)
}

fn no_return_url() -> Value {
    json!({ "resourceOauth2ReturnUrl": null })
}

/// `user` says yes at the provider and comes back: the address of the page.
async fn come_back(app: &TestApp, browser: &mut Browser, begun: &Begun, user: &str) -> String {
    let page = delegation::come_back(browser, begun, user).await.location();
    assert!(page.starts_with(&app.binding_url().page()), "{page}");
    page
}

/// Where a browser in which nobody is signed in is sent from `page`.
async fn sent_to_sign_in(app: &TestApp, browser: &mut Browser, page: &str) -> String {
    let url = browser.get(page).await.location();
    let start = format!("{}/authorize?", app.demo().issuer());
    assert!(url.starts_with(&start), "{url}");
    url
}

/// `user` signs in at `url`: what the browser is shown then.
async fn sign_in(browser: &mut Browser, url: &str, user: &str) -> Page {
    let back = browser.approve_at_demo(url, user).await;
    browser.get_and_follow(&back).await
}

/// The page that asks, for a user who came back and has signed in.
async fn asked(app: &TestApp, browser: &mut Browser, begun: &Begun, user: &str) -> Page {
    let page = come_back(app, browser, begun, user).await;
    let url = sent_to_sign_in(app, browser, &page).await;
    let asked = sign_in(browser, &url, user).await;
    assert_eq!(asked.response.status, 200, "{}", asked.response.text());
    asked
}

async fn press(browser: &mut Browser, asked: &Page, decision: &str) -> Page {
    let form = asked.form("/linked").unwrap();
    browser.submit(&form, &[("decision", decision)]).await
}

#[track_caller]
fn says(page: &Page, status: u16, text: &str) {
    let found = page.response.text();
    assert_eq!(page.response.status, status, "{found}");
    assert!(found.contains(text), "{found}");
}

async fn is_waiting(app: &TestApp, token: &str, begun: &Begun) {
    let more = json!({ "resourceOauth2ReturnUrl": null, "sessionUri": begun.uri });
    let polled = delegation::ask(app, token, more).await;
    let polled = polled.expect_status(200);
    assert_eq!(polled.member("sessionStatus"), "IN_PROGRESS");
}

async fn is_connected(app: &TestApp, token: &str, begun: &Begun) {
    let more = json!({ "resourceOauth2ReturnUrl": null, "sessionUri": begun.uri });
    let polled = delegation::ask(app, token, more).await;
    assert_eq!(polled.expect_status(200).members(), ["accessToken"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_comes_back_signs_in_and_continues() {
    let app = ready(AssertedUsers::Refused).await;
    let (token, begun) = begun(&app).await;
    let mut browser = Browser::new();
    let page = come_back(&app, &mut browser, &begun, "alice").await;
    let url = sent_to_sign_in(&app, &mut browser, &page).await;
    let asked = sign_in(&mut browser, &url, "alice").await;
    let seen = app.demo().last_authorization_request().unwrap();
    assert_eq!(seen.one("client_id"), Some(BINDING_CLIENT));
    assert_eq!(seen.one("code_challenge_method"), Some("S256"));
    let uri = app.binding_url().redirect_uri();
    assert_eq!(seen.one("redirect_uri"), Some(uri.as_str()));
    assert!(seen.one("nonce").is_some_and(|nonce| nonce.len() == 43));
    assert!(seen.one("state").is_some_and(|state| state.len() == 43));
    for text in [
        "<strong>agent</strong>",
        ", here called demo.",
        "Read and change your repositories, private ones too <code>repo</code>",
        "<strong><bdi>alice@demo.example</bdi></strong> (<bdi>Alice Demo</bdi>)",
        "Not you?",
    ] {
        says(&asked, 200, text);
    }
    is_waiting(&app, &token, &begun).await;
    says(
        &press(&mut browser, &asked, "continue").await,
        200,
        "can now act for you",
    );
    is_connected(&app, &token, &begun).await;
    // Signed in is signed in: the next session asks at once.
    let more = json!({ "resourceOauth2ReturnUrl": null, "scopes": ["read"] });
    let next = delegation::begin(&app, &token, more).await;
    let page = come_back(&app, &mut browser, &next, "alice").await;
    says(&browser.get(&page).await, 200, "<code>read</code>");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_user_is_refused_until_the_right_one_signs_in() {
    let app = ready(AssertedUsers::Refused).await;
    let (token, begun) = begun(&app).await;
    let mut browser = Browser::new();
    let asked = asked(&app, &mut browser, &begun, "bob").await;
    let redeemed = app.demo().code_requests();
    let refused = press(&mut browser, &asked, "continue").await;
    says(
        &refused,
        403,
        "another user than the one for whom the agent asked",
    );
    assert_eq!(app.demo().code_requests(), redeemed);
    is_waiting(&app, &token, &begun).await;
    // "Not you?" asks for a password although bob is logged in at the provider.
    let id: String = url::form_urlencoded::byte_serialize(begun.session_id().as_bytes()).collect();
    let link = format!("/login?session_id={id}");
    says(&asked, 200, &link);
    let url = format!("{}{link}", app.binding_url());
    let url = sent_to_sign_in(&app, &mut browser, &url).await;
    assert!(url.contains("&prompt=login"), "{url}");
    let again = sign_in(&mut browser, &url, "alice").await;
    says(&again, 200, "Alice Demo");
    // What bob was given is of another sign-in now.
    says(
        &press(&mut browser, &asked, "continue").await,
        403,
        "too old",
    );
    says(&press(&mut browser, &again, "continue").await, 200, "Done");
    is_connected(&app, &token, &begun).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_of_another_browser_is_refused() {
    let app = ready(AssertedUsers::Refused).await;
    let (_, begun) = begun(&app).await;
    let mut attacker = Browser::new();
    let page = come_back(&app, &mut attacker, &begun, "bob").await;
    let url = sent_to_sign_in(&app, &mut attacker, &page).await;
    let back = attacker.approve_at_demo(&url, "bob").await;
    let mut victim = Browser::new();
    // The victim has a sign-in of its own under way; its cookie does not fit this state.
    sent_to_sign_in(&app, &mut victim, &page).await;
    let before = app.demo().code_requests();
    let refused = victim.get(&back).await;
    says(&refused, 400, "not started in this browser");
    assert_eq!(app.demo().code_requests(), before);
    assert!(
        victim
            .cookies()
            .iter()
            .all(|cookie| !cookie.name.ends_with("_login"))
    );
    // In the browser where it began it is good, once.
    says(&attacker.get_and_follow(&back).await, 200, "Bob Demo");
    says(&attacker.get(&back).await, 400, "used already");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_of_another_nonce_proves_nobody() {
    let app = ready(AssertedUsers::Refused).await;
    let (_, begun) = begun(&app).await;
    let mut browser = Browser::new();
    let page = come_back(&app, &mut browser, &begun, "alice").await;
    let url = sent_to_sign_in(&app, &mut browser, &page).await;
    let (before, nonce) = url.split_once("&nonce=").unwrap();
    let other = format!("{before}&nonce={}", "x".repeat(nonce.len()));
    let refused = sign_in(&mut browser, &other, "alice").await;
    says(&refused, 403, "does not prove who you are");
    let url = sent_to_sign_in(&app, &mut browser, &page).await;
    says(
        &sign_in(&mut browser, &url, "alice").await,
        200,
        "Alice Demo",
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_of_another_issuer_or_for_another_client_proves_nobody() {
    let app = ready(AssertedUsers::Refused).await;
    let (_, begun) = begun(&app).await;
    let mut browser = Browser::new();
    let page = come_back(&app, &mut browser, &begun, "alice").await;
    let other = "https://other.example".to_owned();
    for misbehaviour in [
        Misbehaviour::IdTokenIssuer(other.clone()),
        Misbehaviour::IdTokenAudience("demo-client".to_owned()),
        Misbehaviour::AuthorizationIssuer(other),
        Misbehaviour::NoAuthorizationIssuer,
    ] {
        let url = sent_to_sign_in(&app, &mut browser, &page).await;
        app.demo().misbehave(Some(misbehaviour));
        let refused = sign_in(&mut browser, &url, "alice").await;
        says(&refused, 403, "does not prove who you are");
        app.demo().misbehave(None);
    }
    let url = sent_to_sign_in(&app, &mut browser, &page).await;
    says(
        &sign_in(&mut browser, &url, "alice").await,
        200,
        "Alice Demo",
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_that_another_site_posts_is_refused() {
    let app = ready(AssertedUsers::Refused).await;
    let (token, begun) = begun(&app).await;
    let mut browser = Browser::new();
    let asked = asked(&app, &mut browser, &begun, "alice").await;
    let form = asked.form("/linked").unwrap();
    // Whoever knows the session, but not what this browser was given for it.
    let mut guessed = form.clone();
    for (name, value) in &mut guessed.hidden {
        if name == "token" {
            *value = "x".repeat(43);
        }
    }
    let mut without = form.clone();
    without.hidden.retain(|(name, _)| name != "token");
    for form in [guessed, without] {
        let refused = browser.submit(&form, &[("decision", "continue")]).await;
        says(&refused, 403, "not opened in this browser");
    }
    // A right form, of which the browser itself says that another site posts it.
    assert_eq!(posted_from(&app, &browser, &form, "cross-site").await, 403);
    assert_eq!(posted_from(&app, &browser, &form, "same-site").await, 403);
    // What another browser of the same user was given.
    let mut other = Browser::new();
    let url = sent_to_sign_in(&app, &mut other, &asked.url).await;
    let theirs = sign_in(&mut other, &url, "alice").await;
    says(
        &press(&mut browser, &theirs, "continue").await,
        403,
        "not opened in this browser",
    );
    is_waiting(&app, &token, &begun).await;
    assert_eq!(posted_from(&app, &browser, &form, "same-origin").await, 200);
    says(&browser.get(&asked.url).await, 409, "answered already");
}

/// The status of the answer to a form that is continued, whose browser says from where it comes.
async fn posted_from(app: &TestApp, browser: &Browser, form: &Form, site: &str) -> u16 {
    let mut body = url::form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(&form.hidden)
        .append_pair("decision", "continue");
    let body = body.finish();
    let cookies = browser.cookies().iter();
    let cookies: Vec<String> = cookies
        .map(|cookie| format!("{}={}", cookie.name, cookie.value))
        .collect();
    let base = app.binding_url().to_string();
    let authority = base.strip_prefix("http://").unwrap();
    let request = format!(
        "POST /linked HTTP/1.1\r\nhost: {authority}\r\nsec-fetch-site: {site}\r\ncookie: {}\r\n\
         content-length: {}\r\n\r\n{body}",
        cookies.join("; "),
        body.len()
    );
    let mut connection = Connection::open(authority.parse().unwrap()).await;
    connection.exchange(request.as_bytes()).await.status
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_is_framed_and_kept_nowhere() {
    let app = ready(AssertedUsers::Refused).await;
    let (_, begun) = begun(&app).await;
    let mut browser = Browser::new();
    let asked = asked(&app, &mut browser, &begun, "alice").await;
    let header = |name: &str| asked.response.header(name).unwrap().to_owned();
    let policy = header("content-security-policy");
    for part in [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert_eq!(header("x-frame-options"), "DENY");
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header("referrer-policy"), "no-referrer");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(!asked.response.text().contains("<script"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_is_continued_once_and_in_time() {
    let app = ready(AssertedUsers::Refused).await;
    let (token, first) = begun(&app).await;
    let mut browser = Browser::new();
    let asked = asked(&app, &mut browser, &first, "alice").await;
    says(&press(&mut browser, &asked, "continue").await, 200, "Done");
    let redeemed = app.demo().code_requests();
    says(
        &press(&mut browser, &asked, "continue").await,
        409,
        "answered already",
    );
    says(&browser.get(&asked.url).await, 409, "answered already");
    assert_eq!(app.demo().code_requests(), redeemed);

    let more = json!({ "resourceOauth2ReturnUrl": null, "scopes": ["read"] });
    let late = delegation::begin(&app, &token, more).await;
    let page = come_back(&app, &mut browser, &late, "alice").await;
    let asked = browser.get(&page).await;
    says(&asked, 200, "<code>read</code>");
    app.clock().advance(LIFETIME_S);
    says(
        &press(&mut browser, &asked, "continue").await,
        409,
        "ten minutes",
    );
    says(&browser.get(&page).await, 409, "ten minutes");
    assert_eq!(app.demo().code_requests(), redeemed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_cancels_or_does_not_consent_is_told_so_and_nothing_comes_of_it() {
    let app = ready(AssertedUsers::Refused).await;
    let (token, first) = begun(&app).await;
    let mut browser = Browser::new();
    let asked = asked(&app, &mut browser, &first, "alice").await;
    says(
        &press(&mut browser, &asked, "cancel").await,
        200,
        "cannot act for you",
    );
    is_waiting(&app, &token, &first).await;

    let more = json!({ "resourceOauth2ReturnUrl": null, "scopes": ["read"] });
    let denied = delegation::begin(&app, &token, more.clone()).await;
    let opened = browser.get(&denied.url).await;
    let back = browser.deny_at_demo(&opened.location(), "alice").await;
    let told = browser.get_and_follow(&back).await;
    assert!(
        told.url.starts_with(&app.binding_url().page()),
        "{}",
        told.url
    );
    says(&told, 200, "did not give your consent");

    // A link that was not opened yet.
    let early = delegation::begin(&app, &token, more).await;
    let uri: String = url::form_urlencoded::byte_serialize(early.uri.as_bytes()).collect();
    let proof = "A".repeat(43);
    let page = format!("{}?session_id={uri}.{proof}", app.binding_url().page());
    says(
        &browser.get(&page).await,
        409,
        "not given your consent at the provider yet",
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_of_another_account_is_not_there() {
    let app = ready(AssertedUsers::Refused).await;
    let begun = begun_in_other_account(&app).await;
    let mut browser = Browser::new();
    let page = come_back(&app, &mut browser, &begun, "alice").await;
    let url = sent_to_sign_in(&app, &mut browser, &page).await;
    let told = sign_in(&mut browser, &url, "alice").await;
    says(&told, 404, "no such request");
    let unknown = page.replace(begun.uri.split(':').next_back().unwrap(), &"x".repeat(43));
    says(&browser.get(&unknown).await, 404, "no such request");
    assert_eq!(
        told.response.body,
        browser.get(&unknown).await.response.body
    );
}

async fn begun_in_other_account(app: &TestApp) -> Begun {
    let (admin, host) = (app.other_account_admin(), app.other_account_agent_host());
    admin
        .call(CreateWorkloadIdentity, json!({ "name": "agent" }))
        .await
        .expect_status(201);
    let provider = json!({
        "name": "demo",
        "credentialProviderVendor": "CustomOauth2",
        "oauth2ProviderConfigInput": oauth2::config(app),
    });
    admin
        .call(CreateOauth2CredentialProvider, provider)
        .await
        .expect_status(201);
    let proof = app.demo().user_token("alice");
    let body = json!({ "workloadName": "agent", "userToken": proof });
    let minted = host.call(GetWorkloadAccessTokenForJWT, body).await;
    let token = minted.expect_status(200).member("workloadAccessToken");
    let body = json!({
        "workloadIdentityToken": token,
        "resourceCredentialProviderName": "demo",
        "scopes": ["repo"],
        "oauth2Flow": "USER_FEDERATION",
    });
    let asked = host.call(GetResourceOauth2Token, body).await;
    let asked = asked.expect_status(200);
    Begun::of(&asked)
}

/// A session of a user whom the caller merely named, who came back: the address of the page.
async fn asserted(app: &TestApp, browser: &mut Browser, name: &str) -> (String, Begun, String) {
    let token = app.agent_host().token_for("agent", name).await;
    let begun = delegation::begin(app, &token, no_return_url()).await;
    let page = come_back(app, browser, &begun, "alice").await;
    (token, begun, page)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_who_is_only_a_name_is_confirmed_in_development() {
    let app = ready(AssertedUsers::Confirmed).await;
    let mut browser = Browser::new();
    let name = "<script>alert(\"1\")</script>";
    let (token, begun, page) = asserted(&app, &mut browser, name).await;
    let asked = browser.get(&page).await;
    says(&asked, 200, "Nobody has proved who you are");
    says(
        &asked,
        200,
        "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;",
    );
    assert!(!asked.response.text().contains("<script"));
    says(
        &press(&mut browser, &asked, "continue").await,
        400,
        "Tick the box",
    );
    let form = asked.form("/linked").unwrap();
    let fields = [("decision", "continue"), ("understood", "yes")];
    says(
        &Browser::new().submit(&form, &fields).await,
        403,
        "not opened in this browser",
    );
    is_waiting(&app, &token, &begun).await;
    says(&browser.submit(&form, &fields).await, 200, "Done");
    is_connected(&app, &token, &begun).await;
}

/// Attack 17 of the catalogue: names that an attacker chose on the page that asks.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_by_the_name_of_another_is_told_by_its_host() {
    let app = ready(AssertedUsers::Refused).await;
    let config = oauth2::config(&app);
    let made = app.admin().create_oauth2_provider("google", &config).await;
    made.expect_status(201);
    // As much as a name may have, with the words of a page.
    let agent = format!(
        "{}-Google_asks.Press_Continue",
        "accounts.google.com".repeat(11)
    );
    delegation::agent(&app, &agent).await;
    let token = delegation::token_for(&app, &agent, "alice").await;
    let named = |provider: &str| json!({ "resourceOauth2ReturnUrl": null, "resourceCredentialProviderName": provider });
    let begun = delegation::begin(&app, &token, named("google")).await;
    let mut browser = Browser::new();
    let evil = asked(&app, &mut browser, &begun, "alice").await;
    let issuer = app.demo().issuer();
    let host = issuer.split_once("://").unwrap().1;
    let place = format!("act for you at <strong>{host}</strong>, here called google.");
    says(&evil, 200, &place);
    assert!(!evil.response.text().contains(&agent));
    let found = evil.response.text();
    let (before, _) = found.split_once(&place).unwrap();
    let (_, shown) = before.split_once("The agent <strong>").unwrap();
    assert!(shown.chars().count() < 100, "{shown}");
    // Nothing that turns or hides letters is a scope or a name to begin with.
    for more in [
        json!({ "scopes": ["repo\u{202e}daer"] }),
        json!({ "scopes": ["<b>read</b> only"] }),
        json!({ "scopes": ["x".repeat(129)] }),
    ] {
        let refused = delegation::ask(&app, &token, more).await;
        refused.expect_error(400, "ValidationException");
    }
    let told = press(&mut browser, &evil, "continue").await;
    says(&told, 200, &format!("at google ({host})"));
    // The honest one.
    let token = delegation::token_for(&app, "agent", "alice").await;
    let begun = delegation::begin(&app, &token, named("demo")).await;
    let page = come_back(&app, &mut browser, &begun, "alice").await;
    let honest = browser.get(&page).await;
    let place = format!("<strong>agent</strong> wants to act for you at <strong>{host}</strong>");
    says(&honest, 200, &place);
    says(&press(&mut browser, &honest, "continue").await, 200, "Done");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_turns_letters_around_turns_none_of_ours() {
    let app = ready(AssertedUsers::Confirmed).await;
    let mut browser = Browser::new();
    let evil = "bob\u{202e} \u{2066}evorp yleruc\u{200b}";
    let (token, begun, page) = asserted(&app, &mut browser, evil).await;
    let asked = browser.get(&page).await;
    let shown =
        "<bdi>bob\u{fffd} \u{fffd}evorp yleruc\u{fffd}</bdi></strong>, which is only a name";
    says(&asked, 200, shown);
    // It is that very user all the same.
    let form = asked.form("/linked").unwrap();
    let fields = [("decision", "continue"), ("understood", "yes")];
    says(&browser.submit(&form, &fields).await, 200, "Done");
    is_connected(&app, &token, &begun).await;
    // Names of people whose letters run from the right stay as they are.
    let (_, _, page) = asserted(&app, &mut browser, "\u{5e9}\u{5dc}\u{5d5}\u{5dd}").await;
    says(
        &browser.get(&page).await,
        200,
        "<bdi>\u{5e9}\u{5dc}\u{5d5}\u{5dd}</bdi>",
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_who_is_only_a_name_is_refused_elsewhere() {
    let app = ready(AssertedUsers::Refused).await;
    let mut browser = Browser::new();
    let (token, begun, page) = asserted(&app, &mut browser, "alice").await;
    let url = sent_to_sign_in(&app, &mut browser, &page).await;
    let told = sign_in(&mut browser, &url, "alice").await;
    says(&told, 403, "without proving who that is");
    assert!(told.form("/linked").is_none());
    is_waiting(&app, &token, &begun).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cookie_that_was_changed_or_is_old_signs_nobody_in() {
    let app = ready(AssertedUsers::Refused).await;
    let (_, begun) = begun(&app).await;
    let mut browser = Browser::new();
    let asked = asked(&app, &mut browser, &begun, "alice").await;
    let kept = browser.cookies().iter();
    let mut kept = kept.filter(|cookie| cookie.name.ends_with("_login"));
    let login = kept.next_back().unwrap().clone();
    assert!(login.name.starts_with("procura_binding_"), "{}", login.name);
    let mut changed = login.clone();
    let end = changed.value.pop().unwrap();
    changed.value.push(if end == 'A' { 'Q' } else { 'A' });
    let mut other = browser.clone();
    other.set_cookie(changed);
    sent_to_sign_in(&app, &mut other, &asked.url).await;
    says(&browser.get(&asked.url).await, 200, "Alice Demo");
    app.clock().advance(60 * 60);
    sent_to_sign_in(&app, &mut browser, &asked.url).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_page_of_a_session_says_so() {
    let app = ready(AssertedUsers::Refused).await;
    let base = app.binding_url().to_string();
    let mut browser = Browser::new();
    let page = |rest: &str| format!("{base}{rest}");
    says(&browser.get(&page("/healthz")).await, 200, "ok");
    says(&browser.get(&page("/linked")).await, 400, "incomplete");
    says(
        &browser.get(&page("/linked?session_id=x")).await,
        400,
        "incomplete",
    );
    says(
        &browser.get(&page("/linked?error=server_error")).await,
        200,
        "could not ask",
    );
    says(
        &browser.get(&page("/callback?code=x")).await,
        400,
        "not signed in",
    );
    says(&browser.get(&page("/elsewhere")).await, 404, "no such page");
    // Another name that leads to this machine.
    let other = page("/linked").replace("127.0.0.1", "localhost");
    says(&browser.get(&other).await, 421, "another name");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_provider_refuses_in_the_end_is_told() {
    let app = ready(AssertedUsers::Refused).await;
    let (_, begun) = begun(&app).await;
    let mut browser = Browser::new();
    let asked = asked(&app, &mut browser, &begun, "alice").await;
    app.demo().misbehave(Some(Misbehaviour::GrantsMore));
    let told = press(&mut browser, &asked, "continue").await;
    says(
        &told,
        409,
        "granted more scopes than the user was asked for",
    );
    app.demo().misbehave(None);
    says(&browser.get(&asked.url).await, 409, "granted more scopes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_provider_that_fails_is_told_apart_from_a_user_who_does() {
    let app = ready(AssertedUsers::Refused).await;
    let (_, begun) = begun(&app).await;
    let mut browser = Browser::new();
    let page = come_back(&app, &mut browser, &begun, "alice").await;
    app.demo()
        .misbehave(Some(Misbehaviour::DiscoveryBody("{".to_owned())));
    says(&browser.get(&page).await, 502, "does not answer");
    app.demo().misbehave(None);
    // It is not asked again at once.
    says(&browser.get(&page).await, 502, "does not answer");
    app.clock().advance(3);
    let url = sent_to_sign_in(&app, &mut browser, &page).await;
    let back = browser.deny_at_demo(&url, "alice").await;
    says(&browser.get_and_follow(&back).await, 403, "did not sign in");
    app.demo().misbehave(Some(Misbehaviour::KeySetDown));
    let url = sent_to_sign_in(&app, &mut browser, &page).await;
    says(
        &sign_in(&mut browser, &url, "alice").await,
        502,
        "does not answer",
    );
    app.demo().misbehave(None);
    let url = sent_to_sign_in(&app, &mut browser, &page).await;
    says(
        &sign_in(&mut browser, &url, "alice").await,
        200,
        "Alice Demo",
    );
    // Its keys change: those that are new are asked for, once it is time.
    app.demo().rotate_keys(false);
    let anew = format!(
        "{}/login?{}",
        app.binding_url(),
        page.split_once('?').unwrap().1
    );
    let url = sent_to_sign_in(&app, &mut browser, &anew).await;
    says(
        &sign_in(&mut browser, &url, "alice").await,
        403,
        "does not prove",
    );
    app.clock().advance(30);
    let url = sent_to_sign_in(&app, &mut browser, &anew).await;
    says(
        &sign_in(&mut browser, &url, "alice").await,
        200,
        "Alice Demo",
    );
}
