//! Who asks what may not be asked.

use procura_app::rate_limit::RateLimits;
use procura_testkit::{Browser, TestApp};

use serde_json::json;

use crate::rate_limits::{rate, with};

use super::client::{Answered, PASSWORD, Pool, VERIFIER, basic, refused};

tests! {
    on_both_engines {
        a_form_is_of_the_browser_that_got_it
    }
    on_sqlite {
        a_browser_is_sent_to_registered_places_only
        without_pkce_there_is_no_code
        every_answer_names_its_issuer
        a_client_shows_its_secret_in_one_way
        a_wrong_password_is_told_on_the_page
        what_stands_twice_is_refused
        what_is_too_long_or_no_form_is_refused
    }
}

async fn a_form_is_of_the_browser_that_got_it(app: TestApp) {
    let pool = Pool::new(&app).await;
    let (mut browser, mut other) = (Browser::new(), Browser::new());
    let page = browser.get(&pool.authorize_url(&[])).await;
    let form = page.form(&pool.path("/login")).unwrap();
    let fields = [("username", "alice"), ("password", PASSWORD)];
    // The form of one browser in another, which has one of its own or none.
    for _ in 0..2 {
        let refused = other.submit(&form, &fields).await;
        assert_eq!(refused.response.status, 400, "{}", refused.response.text());
        other.get(&pool.authorize_url(&[])).await;
    }
    // A form that another site sends.
    let state = form.hidden.iter().find(|(name, _)| name == "request_state");
    let state = state.unwrap().1.clone();
    let cookie = browser
        .cookies()
        .iter()
        .find(|cookie| cookie.name.starts_with("procura-form"));
    let cookie = cookie
        .map(|cookie| format!("{}={}", cookie.name, cookie.value))
        .unwrap();
    for (header, value) in [
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let body = format!("request_state={state}&username=alice&password=MyPassword123%21");
        let message = pool
            .message("POST", &pool.path("/login"))
            .add("content-type", "application/x-www-form-urlencoded")
            .add("content-length", &body.len().to_string())
            .add("cookie", &cookie)
            .add(header, value)
            .with_body(body.into_bytes());
        assert_eq!(pool.sends(&message).await.status, 403, "{header}: {value}");
    }
    // Another pool's page, and one that is too old.
    let elsewhere = Pool::new(&app).await;
    let mut moved = form.clone();
    moved.action = format!("{}/login", elsewhere.issuer());
    assert_eq!(browser.submit(&moved, &fields).await.response.status, 400);
    assert!(Answered::of(&browser.submit(&form, &fields).await).has("code"));
    app.clock().advance(1800);
    assert_eq!(browser.submit(&form, &fields).await.response.status, 400);
}

async fn a_browser_is_sent_to_registered_places_only(app: TestApp) {
    let pool = Pool::new(&app).await;
    for uri in [
        "https://app.example/cb/",
        "https://app.example/cb?x",
        "https://app.example/cb#",
        "https://app.example/CB",
        "https://app.example:443/cb",
        "https://app.example.evil.example/cb",
        "https://user@app.example/cb",
        "https://app.example/x/../cb",
        "https://app.example/%63b",
        "https://app.example\\@evil.example/cb",
        "//app.example/cb",
        "http://app.example/cb",
        "javascript:alert(1)",
        "https://evil.example/cb",
        "https://app.example/cb https://evil.example/cb",
    ] {
        let page = Browser::new()
            .get(&pool.authorize_url(&[("redirect_uri", Some(uri))]))
            .await;
        assert_eq!(page.response.status, 400, "{uri}");
        assert_eq!(page.response.header("location"), None, "{uri}");
    }
    let elsewhere = Pool::new(&app).await;
    for changes in [
        ("redirect_uri", None),
        ("client_id", None),
        ("client_id", Some("nobody")),
        ("client_id", Some(elsewhere.client.as_str())),
    ] {
        let page = Browser::new().get(&pool.authorize_url(&[changes])).await;
        assert_eq!(page.response.status, 400, "{changes:?}");
        assert_eq!(page.response.header("location"), None, "{changes:?}");
    }
}

async fn without_pkce_there_is_no_code(app: TestApp) {
    let pool = Pool::new(&app).await;
    for changes in [
        &[("code_challenge", None)][..],
        &[("code_challenge_method", None)],
        &[("code_challenge_method", Some("plain"))],
        &[("code_challenge", None), ("code_challenge_method", None)],
        &[("code_challenge", Some("short"))],
        &[
            ("code_challenge", Some(VERIFIER)),
            ("code_challenge_method", Some("s256")),
        ],
    ] {
        let page = Browser::new().get(&pool.authorize_url(changes)).await;
        let answered = Answered::of(&page);
        assert_eq!(answered.get("error"), "invalid_request", "{changes:?}");
    }
    let code = pool.code(&[]).await;
    let absent = pool.redeems(&code, &[("code_verifier", None)]).await;
    refused(&absent, 400, "invalid_request");
    for wrong in ["x", &"a".repeat(43), &format!("{VERIFIER}x")] {
        let answer = pool.redeems(&code, &[("code_verifier", Some(wrong))]).await;
        refused(&answer, 400, "invalid_grant");
    }
    pool.redeems(&code, &[]).await.expect_status(200);
}

async fn every_answer_names_its_issuer(app: TestApp) {
    let pool = Pool::new(&app).await;
    for (changes, error) in [
        (
            ("response_type", Some("token")),
            "unsupported_response_type",
        ),
        (("response_type", None), "invalid_request"),
        (("response_mode", Some("fragment")), "invalid_request"),
        (("scope", Some("openid phone")), "invalid_scope"),
        (("prompt", Some("none")), "login_required"),
        (("prompt", Some("none login")), "invalid_request"),
        (("max_age", Some("-1")), "invalid_request"),
        (("request", Some("x.y.z")), "request_not_supported"),
        (
            ("request_uri", Some("https://a.example")),
            "request_uri_not_supported",
        ),
        (("resource", Some("urn:a")), "invalid_target"),
        (("nonce", Some(&*"n".repeat(513))), "invalid_request"),
    ] {
        let answered = Answered::of(&Browser::new().get(&pool.authorize_url(&[changes])).await);
        assert_eq!(answered.get("error"), error, "{changes:?}");
        assert_eq!(answered.get("state"), "s-1", "{changes:?}");
        assert_eq!(answered.get("iss"), pool.issuer(), "{changes:?}");
        assert!(!answered.has("code"));
    }
}

async fn a_client_shows_its_secret_in_one_way(app: TestApp) {
    let pool = Pool::new(&app).await;
    let public = pool
        .another_client(&app, json!({ "GenerateSecret": false }))
        .await;
    let elsewhere = Pool::new(&app).await;
    let (client, secret) = (pool.client.as_str(), pool.secret.clone().unwrap());
    let theirs = elsewhere.secret.clone().unwrap();
    let right = basic(client, &secret);
    let grant = ("grant_type", "refresh_token");
    for (pairs, header) in [
        (&[grant][..], None),
        (&[grant, ("client_id", client)], None),
        (
            &[grant, ("client_id", client), ("client_secret", "x")],
            None,
        ),
        (
            &[grant, ("client_id", client), ("client_secret", &secret)],
            Some(right.as_str()),
        ),
        (&[grant, ("client_secret", &secret)], Some(&right)),
        (&[grant, ("client_id", &public.client)], Some(&right)),
        (&[grant], Some(&basic(client, "x"))),
        (&[grant], Some(&basic(client, ""))),
        (&[grant], Some(&basic(&public.client, ""))),
        (&[grant], Some(&basic(&elsewhere.client, &theirs))),
        (&[grant], Some("Bearer x")),
        (&[grant, ("client_id", client)], Some("Basic")),
        (
            &[grant, ("client_id", &public.client), ("client_secret", "x")],
            None,
        ),
        (
            &[
                grant,
                ("client_id", &public.client),
                ("client_assertion", "x"),
            ],
            None,
        ),
    ] {
        let answer = pool.posts("/oauth2/token", pairs, header).await;
        refused(&answer, 401, "invalid_client");
        let challenge = answer.header("www-authenticate");
        assert_eq!(challenge.is_some(), header.is_some(), "{pairs:?}");
    }
    // Each of the three alone: what is missing is something else.
    let both = [grant, ("client_id", client), ("client_secret", &secret)];
    for (pairs, header) in [
        (&[grant][..], Some(right.as_str())),
        (&[grant, ("client_id", client)], Some(&right)),
        (&both, None),
        (&[grant, ("client_id", &public.client)], None),
    ] {
        refused(
            &pool.posts("/oauth2/token", pairs, header).await,
            400,
            "invalid_request",
        );
    }
    let password = [
        ("grant_type", "password"),
        ("username", "alice"),
        ("password", PASSWORD),
    ];
    refused(
        &pool.asks("/oauth2/token", &password).await,
        400,
        "unsupported_grant_type",
    );
    let machine = [("grant_type", "client_credentials")];
    refused(
        &pool.asks("/oauth2/token", &machine).await,
        400,
        "unauthorized_client",
    );
}

async fn a_wrong_password_is_told_on_the_page(app: TestApp) {
    let pool = Pool::new(&app).await;
    let mut browser = Browser::new();
    let page = browser
        .get(&pool.authorize_url(&[("login_hint", Some("<alice>"))]))
        .await;
    assert!(page.response.text().contains("value=\"&lt;alice&gt;\""));
    let mut texts = Vec::new();
    for name in ["alice", "nobody", "not a name"] {
        let page = pool.gives(&mut browser, &page, name, "wrong").await;
        assert_eq!(page.response.status, 200);
        assert!(page.form(&pool.path("/login")).is_some());
        texts.push(
            page.response
                .text()
                .replace(&format!("value=\"{name}\""), ""),
        );
    }
    texts.dedup();
    assert_eq!(texts.len(), 1, "a stranger learns who exists");
    assert!(texts[0].contains("Name or password are wrong"));
}

async fn what_stands_twice_is_refused(app: TestApp) {
    let pool = Pool::new(&app).await;
    for twice in [
        "&redirect_uri=https%3A%2F%2Fevil.example%2Fcb",
        "&client_id=x",
        "&state=x",
        "&code_challenge=x",
        "&resource=x&resource=y",
    ] {
        let page = Browser::new()
            .get(&format!("{}{twice}", pool.authorize_url(&[])))
            .await;
        assert_eq!(page.response.status, 400, "{twice}");
        assert_eq!(page.response.header("location"), None);
    }
    let code = pool.code(&[]).await;
    let pairs = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("code", "x"),
        ("redirect_uri", super::client::CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    refused(
        &pool.asks("/oauth2/token", &pairs).await,
        400,
        "invalid_request",
    );
    let header = basic(&pool.client, &pool.secret.clone().unwrap());
    let in_query = format!("/oauth2/token?code={code}");
    refused(
        &pool.posts(&in_query, &pairs, Some(&header)).await,
        400,
        "invalid_request",
    );
    pool.redeems(&code, &[]).await.expect_status(200);
}

async fn what_is_too_long_or_no_form_is_refused(app: TestApp) {
    let pool = Pool::new(&app).await;
    let path = pool.path("/oauth2/token");
    let json = "application/json";
    for (content_type, length, status) in [
        ("application/x-www-form-urlencoded", 16 * 1024 + 1, 413),
        ("application/x-www-form-urlencoded", 16 * 1024, 400),
        (json, 10, 400),
    ] {
        let message = pool
            .message("POST", &path)
            .add("content-type", content_type)
            .add("content-length", &length.to_string())
            .with_body(vec![b'a'; length]);
        refused(&pool.sends(&message).await, status, "invalid_request");
    }
    let absent = pool.message("GET", &pool.path("/oauth2/userInfo"));
    let absent = pool.sends(&absent).await;
    refused(&absent, 401, "invalid_token");
    let challenge = absent.header("www-authenticate").unwrap();
    assert_eq!(challenge, format!("Bearer realm=\"{}\"", pool.id));
    let long = "s".repeat(2049);
    let page = Browser::new()
        .get(&pool.authorize_url(&[("state", Some(&long))]))
        .await;
    assert_eq!(page.response.status, 400);
}

/// What succeeds is limited, too; and each endpoint takes from one bucket.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_too_often_waits() {
    let limits = RateLimits {
        unsigned: rate(1, 4),
        ..RateLimits::default()
    };
    let app = with(limits).await;
    let pool = Pool::new(&app).await;
    let tokens = pool.tokens(&[]).await;
    let access = tokens["access_token"].as_str().unwrap();
    pool.userinfo(access).await.expect_status(200);
    let refresh = tokens["refresh_token"].as_str().unwrap();
    for throttled in [
        pool.userinfo(access).await,
        pool.refreshes(refresh, &[]).await,
    ] {
        refused(&throttled, 429, "temporarily_unavailable");
        assert_eq!(throttled.header("retry-after"), Some("1"));
    }
    let page = Browser::new().get(&pool.authorize_url(&[])).await;
    assert_eq!(page.response.status, 429);
    app.clock().advance(1);
    pool.refreshes(refresh, &[]).await.expect_status(200);
}
