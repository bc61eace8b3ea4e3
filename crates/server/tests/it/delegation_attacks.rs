//! What somebody tries between an agent's question and a user's consent. Each attack stands beside the
//! honest way that it resembles.

use procura_core::access_key::Role;
use procura_core::audit::record::Verdict;
use procura_testkit::demo::Misbehaviour;
use procura_testkit::{Browser, OTHER_ACCOUNT, Page, Response, TestApp};
use procura_wire::Operation::{
    CompleteResourceTokenAuth, GetOauth2CredentialProvider, UpdateWorkloadIdentity,
};
use serde_json::json;
use tokio::task::JoinSet;

use crate::delegation::{self, Begun, RETURN_URL};
use crate::oauth2;

tests! {
    on_both_engines {
        of_a_hundred_callbacks_and_completions_at_once_one_redeems_the_code
        a_session_of_another_account_is_not_there
        a_code_of_another_flow_is_redeemed_by_nobody
    }
    on_sqlite {
        an_answer_that_nobody_asked_for_is_turned_away
        an_answer_that_comes_twice_does_nothing
        an_answer_at_another_providers_callback_ends_the_session
        an_answer_of_another_issuer_ends_the_session
        an_answer_without_the_issuer_that_was_announced_ends_the_session
        another_browser_can_neither_finish_nor_spoil_it
        who_began_cannot_end_what_another_consented_to
        the_browser_that_opened_the_link_last_counts
        only_who_may_bind_says_who_came_back
        a_return_url_is_one_that_was_registered_to_the_letter
        a_return_url_has_each_of_our_parameters_once
        a_flood_of_sessions_of_one_user_ends
        a_user_who_says_no_ends_the_wait
        an_error_code_that_nobody_registered_is_in_no_record
        a_link_that_is_loaded_ahead_is_not_opened
        after_ten_minutes_nothing_happens_any_more
        a_token_that_is_over_still_waits_for_its_own_session_alone
        somebody_elses_session_is_not_waited_for
        what_one_user_gave_one_agent_nobody_else_has
        pages_and_cookies_give_nothing_away
        custom_parameters_never_replace_ours
        nobody_is_sent_to_a_provider_without_pkce
        nobody_consents_where_the_code_could_not_be_sent
    }
}

async fn begun(app: TestApp) -> (TestApp, String, Begun) {
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    let begun = delegation::begin(&app, &token, json!({})).await;
    (app, token, begun)
}

/// The user says yes: where the provider sends the browser, which did not go there yet.
async fn allowed(browser: &mut Browser, begun: &Begun, user: &str) -> String {
    let opened = browser.get(&begun.url).await;
    browser.approve_at_demo(&opened.location(), user).await
}

fn turned_away(page: &Page, status: u16, words: &str) {
    assert_eq!(page.response.status, status, "{}", page.response.text());
    assert!(
        page.response.text().contains(words),
        "{}",
        page.response.text()
    );
}

/// The session may still become something, and nothing of it was redeemed.
async fn still_waits(app: &TestApp, token: &str, begun: &Begun) {
    let waiting = delegation::poll(app, token, begun).await;
    assert_eq!(
        waiting.expect_status(200).member("sessionStatus"),
        "IN_PROGRESS"
    );
    assert_eq!(app.demo().code_requests(), 0);
}

/// Nothing comes of the session, and who waits for it is told why at once.
async fn is_over(app: &TestApp, token: &str, begun: &Begun, why: &str) {
    let over = delegation::poll(app, token, begun).await;
    let over = over.expect_error(403, "AccessDeniedException");
    assert!(over.text().contains(why), "{}", over.text());
    assert!(over.record().is_some());
}

async fn an_answer_that_nobody_asked_for_is_turned_away(app: TestApp) {
    let (app, token, begun) = begun(app).await;
    let mut browser = Browser::new();
    browser.get(&begun.url).await;
    let provider = app
        .admin()
        .call(GetOauth2CredentialProvider, json!({ "name": "demo" }))
        .await;
    let callback = provider.expect_status(200).member("callbackUrl");
    for query in [
        "code=stolen&state=x",
        "code=stolen",
        "",
        "state=x&error=access_denied",
    ] {
        let page = browser.get(&format!("{callback}?{query}")).await;
        assert!(matches!(page.response.status, 400 | 404), "{query}");
        assert!(!page.response.holds("stolen"));
    }
    still_waits(&app, &token, &begun).await;
}

async fn an_answer_that_comes_twice_does_nothing(app: TestApp) {
    let (app, token, begun) = begun(app).await;
    let mut browser = Browser::new();
    let back = allowed(&mut browser, &begun, "alice").await;
    let kept = browser.cookies().to_vec();
    let first = browser.get(&back).await;
    begun.came_back(&first);
    // The browser loads the page again: it is sent where it was sent before.
    let mut reloaded = Browser::new();
    for cookie in kept {
        reloaded.set_cookie(cookie);
    }
    assert_eq!(reloaded.get(&back).await.location(), first.location());
    // Somebody who read the address elsewhere is not.
    turned_away(&Browser::new().get(&back).await, 409, "another browser");
    delegation::complete(&app, &begun, "alice")
        .await
        .expect_status(200);
    turned_away(&browser.get(&back).await, 409, "another browser");
    assert_eq!(app.demo().code_requests(), 1);
    delegation::poll(&app, &token, &begun)
        .await
        .expect_status(200);
}

async fn of_a_hundred_callbacks_and_completions_at_once_one_redeems_the_code(app: TestApp) {
    let (app, token, begun) = begun(app).await;
    let mut browser = Browser::new();
    let back = allowed(&mut browser, &begun, "alice").await;
    let mut all = JoinSet::new();
    for _ in 0..100 {
        let (mut browser, back) = (browser.clone(), back.clone());
        all.spawn(async move { browser.get(&back).await.response.status });
    }
    let answers = all.join_all().await;
    assert!(
        answers.iter().all(|status| matches!(status, 302 | 409)),
        "{answers:?}"
    );
    assert!(answers.contains(&302));
    begun.came_back(&browser.get(&back).await);
    let mut all = JoinSet::new();
    let body = json!({
        "sessionUri": begun.session_id(),
        "userIdentifier": { "userToken": app.demo().user_token("alice") },
    });
    for _ in 0..16 {
        let (client, body) = (app.binding().clone(), body.clone());
        all.spawn(async move { client.call(CompleteResourceTokenAuth, body).await.status });
    }
    let answers = all.join_all().await;
    let done = answers.iter().filter(|status| **status == 200).count();
    assert_eq!(done, 1, "{answers:?}");
    assert_eq!(app.demo().code_requests(), 1);
    delegation::poll(&app, &token, &begun)
        .await
        .expect_status(200);
}

async fn a_code_of_another_flow_is_redeemed_by_nobody(app: TestApp) {
    let (app, token, begun) = begun(app).await;
    // mallory has a code of bob's, of a flow of her own, and puts it into alice's.
    let others = delegation::token_for(&app, "agent", "bob").await;
    let other = delegation::begin(&app, &others, json!({})).await;
    let stolen = allowed(&mut Browser::new(), &other, "bob").await;
    let mut browser = Browser::new();
    let honest = allowed(&mut browser, &begun, "alice").await;
    let code = |url: &str| {
        url::Url::parse(url)
            .unwrap()
            .query_pairs()
            .next()
            .unwrap()
            .1
            .into_owned()
    };
    let injected = honest.replace(&code(&honest), &code(&stolen));
    let back = browser.get(&injected).await;
    assert_eq!(back.response.status, 302);
    begun.came_back(&back);
    let refused = delegation::complete(&app, &begun, "alice").await;
    let refused = refused.expect_error(400, "ValidationException");
    assert!(
        refused.text().contains("invalid_grant"),
        "{}",
        refused.text()
    );
    is_over(&app, &token, &begun, "did not give a token").await;
    assert_eq!(
        (app.demo().code_requests(), app.demo().code_redemptions()),
        (1, 0)
    );
    let again = delegation::complete(&app, &begun, "alice").await;
    again.expect_error(403, "AccessDeniedException");
    assert_eq!(app.demo().code_requests(), 1);
}

async fn an_answer_at_another_providers_callback_ends_the_session(app: TestApp) {
    let (app, token, begun) = begun(app).await;
    let config = oauth2::config(&app);
    let other = app.admin().create_oauth2_provider("other", &config).await;
    let other = other.expect_status(201).member("callbackUrl");
    let mut browser = Browser::new();
    let back = allowed(&mut browser, &begun, "alice").await;
    let (_, query) = back.split_once('?').unwrap();
    let page = browser.get(&format!("{other}?{query}")).await;
    assert!(
        page.location().contains("error=server_error"),
        "{}",
        page.location()
    );
    is_over(&app, &token, &begun, "another provider").await;
    let refused = delegation::complete(&app, &begun, "alice").await;
    refused.expect_error(403, "AccessDeniedException");
    assert_eq!(app.demo().token_requests(), 0);
}

async fn ends_with(app: TestApp, misbehaviour: Misbehaviour, why: &str) {
    let (app, token, begun) = begun(app).await;
    app.demo().misbehave(Some(misbehaviour));
    delegation::come_back(&mut Browser::new(), &begun, "alice").await;
    is_over(&app, &token, &begun, why).await;
    assert_eq!(app.demo().code_requests(), 0);
}

async fn an_answer_of_another_issuer_ends_the_session(app: TestApp) {
    let other = Misbehaviour::AuthorizationIssuer("https://other.example".to_owned());
    ends_with(app, other, "another provider").await;
}

async fn an_answer_without_the_issuer_that_was_announced_ends_the_session(app: TestApp) {
    ends_with(app, Misbehaviour::NoAuthorizationIssuer, "another provider").await;
}

async fn another_browser_can_neither_finish_nor_spoil_it(app: TestApp) {
    let (app, token, begun) = begun(app).await;
    let mut alices = Browser::new();
    let back = allowed(&mut alices, &begun, "alice").await;
    turned_away(&Browser::new().get(&back).await, 409, "another browser");
    // Nor with the name of the cookie and any value.
    let mut forged = Browser::new();
    for mut cookie in alices.cookies().to_vec() {
        cookie.value = "0".repeat(64);
        forged.set_cookie(cookie);
    }
    turned_away(&forged.get(&back).await, 409, "another browser");
    still_waits(&app, &token, &begun).await;
    let back = alices.get(&back).await;
    assert_eq!(back.response.status, 302);
    begun.came_back(&back);
    delegation::complete(&app, &begun, "alice")
        .await
        .expect_status(200);
}

async fn the_browser_that_opened_the_link_last_counts(app: TestApp) {
    let (app, token, begun) = begun(app).await;
    let mut first = Browser::new();
    let stale = allowed(&mut first, &begun, "alice").await;
    let mut second = Browser::new();
    let back = allowed(&mut second, &begun, "alice").await;
    turned_away(
        &first.get(&stale).await,
        404,
        "no such authorization session",
    );
    turned_away(&first.get(&back).await, 409, "another browser");
    still_waits(&app, &token, &begun).await;
    let back = second.get(&back).await;
    assert_eq!(back.response.status, 302);
    begun.came_back(&back);
    delegation::complete(&app, &begun, "alice")
        .await
        .expect_status(200);
}

async fn who_began_cannot_end_what_another_consented_to(app: TestApp) {
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "bob").await;
    let begun = delegation::begin(&app, &token, json!({})).await;
    // Bob sent alice the link. She says yes at the provider, and presses nothing here.
    delegation::come_back(&mut Browser::new(), &begun, "alice").await;
    let hers = begun.session_id();
    let (_, her_proof) = hers.rsplit_once('.').unwrap();
    let complete = async |id: &str, user: &str| {
        let body = json!({
            "sessionUri": id,
            "userIdentifier": { "userToken": app.demo().user_token(user) },
        });
        app.binding().call(CompleteResourceTokenAuth, body).await
    };
    // He knows the URI: it stands in the link, and his agent was told it.
    let of_another = format!("{}.{}", begun.uri, "A".repeat(43));
    let longer = format!("{}.{her_proof}A", begun.uri);
    for (id, why) in [
        (begun.uri.as_str(), "session_id"),
        (of_another.as_str(), "another browser"),
        (longer.as_str(), "no such"),
    ] {
        let refused = complete(id, "bob").await;
        let refused = refused.expect_error(403, "AccessDeniedException");
        assert!(refused.text().contains(why), "{}", refused.text());
    }
    // What her browser was given is good for bob alone, who does not have it.
    complete(&hers, "alice")
        .await
        .expect_error(403, "AccessDeniedException");
    still_waits(&app, &token, &begun).await;
    assert_eq!(app.demo().code_requests(), 0);
    // In his own browser he lets his agent act for himself.
    let own = delegation::connected(&app, &token, "bob", json!({})).await;
    assert!(!own.is_empty());
}

async fn only_who_may_bind_says_who_came_back(app: TestApp) {
    let (app, token, begun) = begun(app).await;
    delegation::come_back(&mut Browser::new(), &begun, "alice").await;
    let body = json!({
        "sessionUri": begun.session_id(),
        "userIdentifier": { "userToken": app.demo().user_token("alice") },
    });
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Binding) {
        let client = app.client_with(role);
        let refused = client.call(CompleteResourceTokenAuth, body.clone()).await;
        refused.expect_error(403, "AccessDeniedException");
    }
    still_waits(&app, &token, &begun).await;
    let done = app.binding().call(CompleteResourceTokenAuth, body).await;
    done.expect_status(200);
}

async fn a_session_of_another_account_is_not_there(app: TestApp) {
    let (app, token, begun) = begun(app).await;
    delegation::come_back(&mut Browser::new(), &begun, "alice").await;
    let other = app
        .new_client(OTHER_ACCOUNT.parse().unwrap(), vec![Role::Binding])
        .await;
    let ask = async |uri: &str| -> Response {
        let proof = app.demo().user_token("alice");
        let body = json!({ "sessionUri": uri, "userIdentifier": { "userToken": proof } });
        other.call(CompleteResourceTokenAuth, body).await
    };
    let refused = ask(&begun.session_id())
        .await
        .expect_error(403, "AccessDeniedException");
    assert!(refused.record().is_some());
    let absent = format!("urn:ietf:params:oauth:request_uri:{}", "x".repeat(43));
    let absent = ask(&absent)
        .await
        .expect_error(403, "AccessDeniedException");
    assert_eq!(refused.json(), absent.json());
    still_waits(&app, &token, &begun).await;
}

async fn a_return_url_is_one_that_was_registered_to_the_letter(app: TestApp) {
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    for url in [
        "https://app.example/linked",
        "https://app.example/linked?tab=1&x=2",
        "https://app.example/linked?tab=1#x",
        "https://APP.example/linked?tab=1",
        "https://app.example./linked?tab=1",
        "https://app.example:443/linked?tab=1",
        "https://app.example/x/../linked?tab=1",
        "https://app.example@evil.example/linked?tab=1",
        "https://app.example.evil.example/linked?tab=1",
        "http://app.example/linked?tab=1",
        "javascript:alert(1)",
    ] {
        let more = json!({ "resourceOauth2ReturnUrl": url });
        let refused = delegation::ask(&app, &token, more).await;
        refused.expect_invalid("resourceOauth2ReturnUrl");
    }
    delegation::begin(
        &app,
        &token,
        json!({ "resourceOauth2ReturnUrl": RETURN_URL }),
    )
    .await;
}

async fn a_return_url_has_each_of_our_parameters_once(app: TestApp) {
    let app = delegation::ready(app).await;
    let url = "https://app.example/linked?state=old&tab=1&session_id=planted&%73tate=older";
    let agent = json!({ "name": "agent", "allowedResourceOauth2ReturnUrls": [url] });
    let told = app.admin().call(UpdateWorkloadIdentity, agent).await;
    told.expect_status(200);
    let token = delegation::token_for(&app, "agent", "alice").await;
    let pairs_of = async |more: serde_json::Value| {
        let begun = delegation::begin(&app, &token, more).await;
        let back = delegation::come_back(&mut Browser::new(), &begun, "alice").await;
        let back = url::Url::parse(&back.location()).unwrap();
        let pairs = back.query_pairs().into_owned();
        let pairs: Vec<(String, String)> = pairs.collect();
        let all = |name: &str| {
            let own = pairs.iter().filter(|(own, _)| own == name);
            own.map(|(_, value)| value.clone()).collect::<Vec<_>>()
        };
        assert_eq!(all("tab"), ["1"]);
        assert_eq!(all("session_id"), [begun.session_id()]);
        assert!(begun.session_id().starts_with(&begun.uri));
        all("state")
    };
    let more = json!({ "resourceOauth2ReturnUrl": url });
    assert_eq!(pairs_of(more).await, ["a state"]);
    // What is not said is the application's own.
    let more = json!({ "resourceOauth2ReturnUrl": url, "customState": null });
    assert_eq!(pairs_of(more).await, ["old", "older"]);
}

async fn a_flood_of_sessions_of_one_user_ends(app: TestApp) {
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    let force = json!({ "forceAuthentication": true });
    for _ in 0..procura_core::authorization_session::SESSIONS_AT_PROVIDER_MAX {
        delegation::begin(&app, &token, force.clone()).await;
    }
    let refused = delegation::ask(&app, &token, force.clone()).await;
    let refused = refused.expect_error(429, "ThrottlingException");
    assert!(
        refused.text().contains("at this provider"),
        "{}",
        refused.text()
    );
    // Neither another provider nor anybody else is hindered, and after their time it is over.
    let config = oauth2::config(&app);
    let made = app.admin().create_oauth2_provider("other", &config).await;
    made.expect_status(201);
    let other = json!({ "forceAuthentication": true, "resourceCredentialProviderName": "other" });
    delegation::begin(&app, &token, other).await;
    let bobs = delegation::token_for(&app, "agent", "bob").await;
    delegation::begin(&app, &bobs, force.clone()).await;
    app.clock().advance(601);
    delegation::begin(&app, &token, force).await;
}

async fn a_user_who_says_no_ends_the_wait(app: TestApp) {
    let (app, token, begun) = begun(app).await;
    let mut browser = Browser::new();
    let opened = browser.get(&begun.url).await;
    let back = browser.deny_at_demo(&opened.location(), "alice").await;
    let page = browser.get(&back).await;
    assert!(
        page.location().contains("error=access_denied"),
        "{}",
        page.location()
    );
    is_over(&app, &token, &begun, "did not consent").await;
    let refused = delegation::complete(&app, &begun, "alice").await;
    let refused = refused.expect_error(403, "AccessDeniedException");
    assert!(
        refused.text().contains("did not consent"),
        "{}",
        refused.text()
    );
    // Asked anew, the user may think otherwise.
    delegation::connected(&app, &token, "alice", json!({})).await;
}

/// The session ends with this `error` of the provider: the reason on record, and what the page of the
/// application and the agent are told.
async fn told_of_error(app: &TestApp, token: &str, code: &str) -> (String, String, String) {
    let begun = delegation::begin(app, token, json!({})).await;
    let mut browser = Browser::new();
    let opened = browser.get(&begun.url).await;
    let error = Misbehaviour::AuthorizationError(code.to_owned());
    app.demo().misbehave(Some(error));
    let back = browser.get(&opened.location()).await;
    app.demo().misbehave(None);
    let page = browser.get(&back.location()).await.location();
    let polled = delegation::poll(app, token, &begun).await;
    let polled = polled.expect_error(403, "AccessDeniedException");
    let mut records = app.records().await;
    records.retain(|record| record.entry.operation == "AuthorizationResponse");
    let record = records.into_iter().max_by_key(|record| record.seq).unwrap();
    assert_eq!(record.entry.verdict, Verdict::Deny);
    let reason = record.entry.reason.into_owned();
    (reason, page, polled.text().to_owned())
}

async fn an_error_code_that_nobody_registered_is_in_no_record(app: TestApp) {
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    for evil in ["call-0800-evil-now", "invalid_scope ", "Invalid_Scope"] {
        let (reason, page, polled) = told_of_error(&app, &token, evil).await;
        let unknown = "an error code that is not registered";
        assert!(reason.ends_with(unknown), "{evil}: {reason}");
        assert!(page.contains("error=server_error"), "{page}");
        for text in [&reason, &page, &polled] {
            assert!(!text.contains(evil), "{text}");
        }
    }
    for (honest, error) in [
        ("invalid_scope", "server_error"),
        ("invalid_target", "server_error"),
        ("user_cancelled_authorize", "access_denied"),
    ] {
        let (reason, page, _) = told_of_error(&app, &token, honest).await;
        assert!(reason.ends_with(&format!(": {honest}")), "{reason}");
        assert!(page.contains(&format!("error={error}")), "{page}");
    }
}

async fn a_link_that_is_loaded_ahead_is_not_opened(app: TestApp) {
    let (app, token, begun) = begun(app).await;
    let path = begun.url.split_once("/identities").unwrap().1;
    for header in ["sec-purpose: prefetch;prerender", "purpose: prefetch"] {
        let request = format!("GET /identities{path} HTTP/1.1\r\nhost: x\r\n{header}\r\n\r\n");
        let answer = app.connect().await.exchange(request.as_bytes()).await;
        assert_eq!(answer.status, 204);
        assert_eq!(answer.header("set-cookie"), None);
    }
    still_waits(&app, &token, &begun).await;
    delegation::come_back(&mut Browser::new(), &begun, "alice").await;
    delegation::complete(&app, &begun, "alice")
        .await
        .expect_status(200);
}

async fn after_ten_minutes_nothing_happens_any_more(app: TestApp) {
    let (app, token, opened) = begun(app).await;
    let came = delegation::begin(&app, &token, json!({})).await;
    let mut browser = Browser::new();
    let late = allowed(&mut browser, &opened, "alice").await;
    delegation::come_back(&mut browser.clone(), &came, "alice").await;
    app.clock().advance(600);
    turned_away(&browser.get(&late).await, 409, "ten minutes");
    turned_away(&browser.get(&opened.url).await, 409, "ten minutes");
    let refused = delegation::complete(&app, &came, "alice").await;
    let refused = refused.expect_error(403, "AccessDeniedException");
    assert!(refused.text().contains("expired"), "{}", refused.text());
    is_over(&app, &token, &came, "expired").await;
    assert_eq!(app.demo().code_requests(), 0);
    // And an hour later it is as if it had never been.
    app.clock().advance(3601);
    app.app().sweep().await.unwrap();
    turned_away(&browser.get(&opened.url).await, 404, "no such");
}

async fn a_token_that_is_over_still_waits_for_its_own_session_alone(app: TestApp) {
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    app.clock().advance(600);
    let own = delegation::begin(&app, &token, json!({})).await;
    let fresh = delegation::token_for(&app, "agent", "alice").await;
    let other = delegation::begin(&app, &fresh, json!({})).await;
    app.clock().advance(400);
    still_waits(&app, &token, &own).await;
    let refused = delegation::poll(&app, &token, &other).await;
    refused.expect_error(401, "UnauthorizedException");
    let refused = delegation::ask(&app, &token, json!({})).await;
    refused.expect_error(401, "UnauthorizedException");
    delegation::come_back(&mut Browser::new(), &own, "alice").await;
    delegation::complete(&app, &own, "alice")
        .await
        .expect_status(200);
    let given = delegation::poll(&app, &token, &own).await;
    assert_eq!(given.expect_status(200).members(), ["accessToken"]);
}

async fn somebody_elses_session_is_not_waited_for(app: TestApp) {
    let (app, token, begun) = begun(app).await;
    delegation::agent(&app, "other").await;
    let absent = Begun {
        uri: format!("urn:ietf:params:oauth:request_uri:{}", "x".repeat(43)),
        ..begun.clone()
    };
    let nothing = delegation::poll(&app, &token, &absent).await.json();
    for (agent, user) in [("agent", "bob"), ("other", "alice")] {
        let token = delegation::token_for(&app, agent, user).await;
        let refused = delegation::poll(&app, &token, &begun).await;
        let refused = refused.expect_error(403, "AccessDeniedException");
        assert_eq!(refused.json(), nothing, "{agent} {user}");
    }
    still_waits(&app, &token, &begun).await;
}

async fn what_one_user_gave_one_agent_nobody_else_has(app: TestApp) {
    let app = delegation::ready(app).await;
    delegation::agent(&app, "other").await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    delegation::connected(&app, &token, "alice", json!({})).await;
    let asserted = app.agent_host().token_for("agent", "alice").await;
    let bobs = delegation::token_for(&app, "agent", "bob").await;
    let others = delegation::token_for(&app, "other", "alice").await;
    for token in [&asserted, &bobs, &others] {
        delegation::begin(&app, token, json!({})).await;
    }
    // Nor more than was consented to, by the same.
    delegation::begin(&app, &token, json!({ "scopes": ["write"] })).await;
    // And without a user there is nobody to ask.
    let nobody = app.agent_host().token("agent").await;
    let refused = delegation::ask(&app, &nobody, json!({})).await;
    refused.expect_error(403, "AccessDeniedException");
}

async fn pages_and_cookies_give_nothing_away(app: TestApp) {
    let (_app, _, begun) = begun(app).await;
    let mut browser = Browser::new();
    let opened = browser.get(&begun.url).await;
    let header =
        |page: &Page, name: &str| page.response.header(name).unwrap_or_default().to_owned();
    let cookie = header(&opened, "set-cookie");
    for part in [
        "HttpOnly",
        "SameSite=Lax",
        "Max-Age=600",
        "Path=/identities/oauth2",
    ] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert_eq!(header(&opened, "referrer-policy"), "no-referrer");
    assert_eq!(header(&opened, "cache-control"), "no-store");
    let lost = browser
        .get(
            &begun
                .url
                .replace("request_uri%3A", "request_uri%3A%3Cscript%3E"),
        )
        .await;
    assert_eq!(lost.response.status, 404);
    assert!(!lost.response.holds("<script>"));
    assert!(header(&lost, "content-security-policy").contains("default-src 'none'"));
    assert_eq!(header(&lost, "x-frame-options"), "DENY");
}

async fn custom_parameters_never_replace_ours(app: TestApp) {
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    for name in [
        "redirect_uri",
        "State",
        "code_challenge",
        "scope",
        "client_id",
        "response_mode",
    ] {
        let more = json!({ "customParameters": { name: "https://evil.example" } });
        let refused = delegation::ask(&app, &token, more).await;
        refused.expect_invalid("customParameters");
    }
    let more = json!({ "customParameters": { "hd": "example.org" }, "resources": ["https://api.example/"] });
    let begun = delegation::begin(&app, &token, more).await;
    let opened = Browser::new().get(&begun.url).await.location();
    assert!(
        opened.contains("hd=example.org") && opened.contains("resource=https"),
        "{opened}"
    );
}

async fn nobody_is_sent_to_a_provider_without_pkce(app: TestApp) {
    let issuer = app.demo().issuer();
    let metadata = |methods: &str| {
        let text = json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{issuer}/jwks"),
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": [methods],
        });
        Some(Misbehaviour::DiscoveryBody(text.to_string()))
    };
    app.demo().misbehave(metadata("plain"));
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    let refused = delegation::ask(&app, &token, json!({})).await;
    let refused = refused.expect_error(400, "ValidationException");
    assert!(refused.text().contains("S256"), "{}", refused.text());
    app.demo().misbehave(metadata("S256"));
    let config = oauth2::config(&app);
    let made = app.admin().create_oauth2_provider("honest", &config).await;
    made.expect_status(201);
    let more = json!({ "resourceCredentialProviderName": "honest" });
    delegation::begin(&app, &token, more).await;
}

async fn nobody_consents_where_the_code_could_not_be_sent(app: TestApp) {
    let never = "http://169.254.169.254/token";
    let named = Misbehaviour::DiscoveryTokenEndpoint(never.to_owned());
    app.demo().misbehave(Some(named));
    let app = delegation::ready(app).await;
    let configured = json!({ "authorizationServerMetadata": {
        "issuer": app.demo().issuer(),
        "authorizationEndpoint": format!("{}/authorize", app.demo().issuer()),
        "tokenEndpoint": never,
    } });
    let config = oauth2::with(oauth2::config(&app), "oauthDiscovery", configured);
    let made = app.admin().create_oauth2_provider("configured", &config);
    made.await.expect_status(201);
    let token = delegation::token_for(&app, "agent", "alice").await;
    for provider in ["demo", "configured"] {
        let more = json!({ "resourceCredentialProviderName": provider });
        let refused = delegation::ask(&app, &token, more).await;
        let refused = refused.expect_error(400, "ValidationException");
        assert!(refused.text().contains("169.254"), "{}", refused.text());
        let record = app.record(refused.record().unwrap()).await;
        assert_eq!(record.entry.reason, refused.member("message"));
    }
    app.demo().misbehave(None);
    let config = oauth2::config(&app);
    let made = app.admin().create_oauth2_provider("honest", &config).await;
    made.expect_status(201);
    let more = json!({ "resourceCredentialProviderName": "honest" });
    delegation::begin(&app, &token, more).await;
}
