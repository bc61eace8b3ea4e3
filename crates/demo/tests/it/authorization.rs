//! `GET /authorize`: who asks, where the user goes, and what is said there.

use procura_demo::DEMO_APP;

use crate::browser::{
    Ask, Browser, CALLBACK, CHALLENGE, app, attribute, location, parameter, redeem, served_for,
};
use crate::client::{Reply, Served};

/// `error` and where it was sent; it comes with the state and the issuer.
fn error(served: &Served, reply: &Reply) -> String {
    let url = location(reply);
    assert!(url.as_str().starts_with(CALLBACK), "{url}");
    assert_eq!(parameter(&url, "iss"), Some(served.provider.issuer()));
    assert_eq!(parameter(&url, "code"), None);
    parameter(&url, "error").unwrap_or_default()
}

#[tokio::test]
async fn a_user_who_logs_in_and_allows_takes_a_code_back() {
    let served = served_for(app()).await;
    let mut browser = Browser::new(&served);
    let login = browser.ask(&Ask::new()).await;
    assert_eq!(login.status, 200);
    for part in ["The app", "demo-password", "alice", "width=device-width"] {
        assert!(login.body.contains(part), "{part}");
    }
    let consent = browser.log_in(&login, "alice").await;
    assert_eq!(consent.status, 200);
    for part in [
        "The app",
        "alice",
        "read your repositories",
        "Allow",
        "Deny",
    ] {
        assert!(consent.body.contains(part), "{part}");
    }
    let reply = browser.submit(&consent, &[("decision", "allow")]).await;
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
    let url = location(&reply);
    let code = parameter(&url, "code").unwrap();
    let issuer: String =
        url::form_urlencoded::byte_serialize(served.provider.issuer().as_bytes()).collect();
    assert_eq!(
        url.as_str(),
        format!("{CALLBACK}?code={code}&state=s-1&iss={issuer}")
    );
    assert_eq!(redeem(&served, &code, &[]).await.status, 200);
    let seen = served.provider.last_authorization_request().unwrap();
    assert_eq!(seen.one("code_challenge"), Some(CHALLENGE));
    assert_eq!((seen.one("absent"), seen.parameters.len()), (None, 7));
    assert_eq!(served.provider.authorization_requests(), 1);
}

#[tokio::test]
async fn who_asks_and_where_to_is_checked_before_anybody_is_redirected() {
    let served = served_for(app()).await;
    let mut browser = Browser::new(&served);
    let uri = |uri| Ask::new().with("redirect_uri", uri);
    for bad in [
        Ask::new().without("client_id"),
        Ask::new().with("client_id", "nobody"),
        Ask::new().and("client_id", "app"),
        // It has no redirect URI at all.
        Ask::new().with("client_id", "demo-client"),
        Ask::new().without("redirect_uri"),
        Ask::new().and("redirect_uri", CALLBACK),
        uri("http://127.0.0.1:1/callback/"),
        uri("http://127.0.0.1:1/callback?x=1"),
        uri("http://127.0.0.1:1/Callback"),
        uri("http://127.0.0.1:2/callback"),
        uri("http://localhost:1/callback"),
        uri("https://evil.example/callback"),
        uri("javascript:alert(1)"),
    ] {
        // Another fault does not make it redirect either.
        for ask in [bad.clone(), bad.without("response_type")] {
            let reply = browser.ask(&ask).await;
            assert_eq!(reply.status, 400, "{}", ask.path());
            assert_eq!(reply.header("location"), None);
        }
    }
}

#[tokio::test]
async fn a_prefix_stands_for_callback_urls_that_are_not_known_yet() {
    let served = Served::start().await;
    let mut browser = Browser::new(&served);
    let base = "http://localhost:9400/identities/oauth2/callback/";
    let ask = |uri: &str| {
        let ask = Ask::new().with("client_id", "demo-client");
        ask.with("redirect_uri", &format!("{base}{uri}"))
    };
    assert_eq!(browser.ask(&ask("p-1")).await.status, 400);
    served.provider.allow_redirects_below(base.to_owned());
    let url = browser.allow(&ask("p-1"), "alice").await;
    assert!(
        url.as_str().starts_with(&format!("{base}p-1?code=")),
        "{url}"
    );
    for bad in [
        "", "..", "../evil", "a/b", "a?b=c", "a%2f..", "a#b", "\\evil",
    ] {
        assert_eq!(browser.ask(&ask(bad)).await.status, 400, "{bad}");
    }
    let elsewhere = ask("x").with("redirect_uri", "http://localhost:9401/");
    assert_eq!(browser.ask(&elsewhere).await.status, 400);
    // The prefix must end where a segment begins.
    let open = "http://localhost:94".to_owned();
    served.provider.allow_redirects_below(open);
    let other_port = ask("").with("redirect_uri", "http://localhost:9401");
    assert_eq!(browser.ask(&other_port).await.status, 400);
}

#[tokio::test]
async fn an_application_on_this_machine_signs_users_in_at_any_port() {
    let served = Served::start().await;
    let mut browser = Browser::new(&served);
    let ask = |uri: &str| {
        let ask = Ask::new().with("client_id", DEMO_APP);
        ask.with("redirect_uri", uri).with("scope", "openid")
    };
    for good in [
        "http://127.0.0.1:8000/signed-in",
        "http://127.0.0.1:1/signed-in",
    ] {
        let url = browser.allow(&ask(good), "alice").await;
        assert!(url.as_str().starts_with(&format!("{good}?code=")), "{url}");
    }
    for bad in [
        "http://127.0.0.1/signed-in",
        "http://127.0.0.1:/signed-in",
        "http://127.0.0.1:+80/signed-in",
        "http://127.0.0.1:70000/signed-in",
        "http://127.0.0.1:8000/",
        "http://127.0.0.1:8000/a/signed-in",
        "http://127.0.0.1:8000/signed-in?a=b",
        "http://127.0.0.1:8000@evil.example/signed-in",
        "http://evil.example:8000/signed-in",
        "https://127.0.0.1:8000/signed-in",
    ] {
        assert_eq!(browser.ask(&ask(bad)).await.status, 400, "{bad}");
    }
}

#[tokio::test]
async fn pkce_with_s256_is_required() {
    let served = served_for(app()).await;
    let mut browser = Browser::new(&served);
    for ask in [
        Ask::new().without("code_challenge"),
        Ask::new().without("code_challenge_method"),
        Ask::new().with("code_challenge_method", "plain"),
        Ask::new().with("code_challenge", ""),
        Ask::new().with("code_challenge", &"x".repeat(42)),
        Ask::new().with("code_challenge", &"x".repeat(44)),
        Ask::new().with("code_challenge", &"=".repeat(43)),
    ] {
        let reply = browser.ask(&ask).await;
        assert_eq!(error(&served, &reply), "invalid_request", "{}", ask.path());
        assert_eq!(
            parameter(&location(&reply), "state").as_deref(),
            Some("s-1")
        );
    }
}

#[tokio::test]
async fn what_is_wrong_is_told_to_the_client() {
    let served = served_for(app()).await;
    let mut browser = Browser::new(&served);
    for (ask, expected) in [
        (Ask::new().without("response_type"), "invalid_request"),
        (
            Ask::new().with("response_type", "token"),
            "unsupported_response_type",
        ),
        (
            Ask::new().with("response_type", "code id_token"),
            "unsupported_response_type",
        ),
        (
            Ask::new().with("response_mode", "fragment"),
            "invalid_request",
        ),
        (Ask::new().with("scope", "write"), "invalid_scope"),
        (Ask::new().with("scope", "read\""), "invalid_scope"),
        (Ask::new().and("scope", "read"), "invalid_request"),
        (Ask::new().with("request", "a.b.c"), "request_not_supported"),
        (
            Ask::new().with("request_uri", "urn:x"),
            "request_uri_not_supported",
        ),
        (Ask::new().with("prompt", "none login"), "invalid_request"),
        (Ask::new().with("prompt", "create"), "invalid_request"),
        (Ask::new().with("prompt", "none"), "login_required"),
    ] {
        let reply = browser.ask(&ask).await;
        assert_eq!(error(&served, &reply), expected, "{}", ask.path());
    }
    let twice = browser.ask(&Ask::new().and("state", "s-2")).await;
    assert_eq!(error(&served, &twice), "invalid_request");
    assert_eq!(parameter(&location(&twice), "state"), None);
    let large = Ask::new().with("nonce", &"x".repeat(9_000));
    assert_eq!(browser.ask(&large).await.status, 400);
}

#[tokio::test]
async fn a_page_is_in_no_frame_runs_nothing_and_is_kept_nowhere() {
    let served = served_for(app()).await;
    let mut browser = Browser::new(&served);
    let login = browser.ask(&Ask::new()).await;
    let consent = browser.log_in(&login, "alice").await;
    let fault = browser.ask(&Ask::new().without("client_id")).await;
    for page in [&login, &consent, &fault] {
        assert_eq!(
            page.header("content-type"),
            Some("text/html; charset=utf-8")
        );
        assert_eq!(page.header("x-frame-options"), Some("DENY"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
        assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
        let policy = page.header("content-security-policy").unwrap();
        for part in [
            "default-src 'none'; ",
            "style-src 'sha256-",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.contains(part), "{part} in {policy}");
        }
        assert!(
            !policy.contains("unsafe") && !policy.contains("script"),
            "{policy}"
        );
        assert!(!page.body.contains("<script") && !page.body.contains("style="));
        // The one style is the one that the policy names.
        let (_, rest) = page.body.split_once("<style>").unwrap();
        let (style, _) = rest.split_once("</style>").unwrap();
        let hash = procura_core::digest::sha256(&[style.as_bytes()]);
        let hash = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, hash);
        assert!(policy.contains(&format!("'sha256-{hash}'")), "{policy}");
    }
    // A browser holds the redirect after a form to the policy as well.
    let policy = consent.header("content-security-policy").unwrap();
    assert!(
        policy.contains("form-action 'self' http://127.0.0.1:1 "),
        "{policy}"
    );
    assert!(
        !fault
            .header("content-security-policy")
            .unwrap()
            .contains("http:")
    );
}

#[tokio::test]
async fn values_are_text_on_every_page() {
    const EVIL: &str = "\"><script>alert('1')</script>&amp;";
    let mut client = app();
    client.name = EVIL.to_owned();
    client.scopes.push("<b>scope</b>".to_owned());
    let served = served_for(client).await;
    let mut browser = Browser::new(&served);
    let ask = Ask::new().with("state", EVIL).with("login_hint", EVIL);
    let ask = ask.with("scope", "<b>scope</b>");
    let login = browser.ask(&ask).await;
    let wrong = [("username", EVIL), ("password", EVIL)];
    let again = browser.submit(&login, &wrong).await;
    let consent = browser.log_in(&again, "alice").await;
    for page in [&login, &again, &consent] {
        assert!(
            !page.body.contains("<script") && !page.body.contains("<b>"),
            "{}",
            page.body
        );
        assert!(
            page.body
                .contains("&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)"),
            "{}",
            page.body
        );
    }
    let hint = attribute(&login.body, "name=\"username\"", "value").unwrap();
    assert!(hint.ends_with("&amp;amp;"), "{hint}");
    // The client gets its state back to the letter.
    let url = location(&browser.submit(&consent, &[("decision", "allow")]).await);
    assert_eq!(parameter(&url, "state").as_deref(), Some(EVIL));
    let faulty = browser.ask(&Ask::new().with("client_id", EVIL)).await;
    assert!(!faulty.body.contains("<script"));
}

#[tokio::test]
async fn the_pages_are_served_under_the_servers_own_address_only() {
    let served = served_for(app()).await;
    let rebound = [
        ("Host", "rebound.example"),
        ("Content-Type", "application/x-www-form-urlencoded"),
    ];
    let ask = Ask::new().path();
    for (method, path) in [
        ("GET", ask.as_str()),
        ("POST", "/login"),
        ("GET", "/consent?request=x"),
        ("POST", "/consent"),
    ] {
        let reply = served.send(method, path, &rebound, "").await.unwrap();
        assert_eq!(reply.status, 421, "{method} {path}");
    }
}
