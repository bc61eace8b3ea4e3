//! What is sent to a token endpoint in a client's name.

use procura_core::signing_key::SigningAlgorithm;
use procura_testkit::TestApp;
use procura_testkit::demo::{Misbehaviour, TokenRequestSeen};
use serde_json::{Value, json};

use crate::client_assertion::{by_method, signing};
use crate::{oauth2, trace};

tests! {
    on_both_engines {}
    on_sqlite {
        a_secret_goes_where_it_was_configured_to_go
        what_is_asked_for_is_sent_as_it_was_asked
        what_may_not_be_asked_names_its_field_and_sends_nothing
        a_secret_that_a_provider_sends_back_is_repeated_nowhere
    }
}

fn last(app: &TestApp) -> TokenRequestSeen {
    app.demo().last_token_request().unwrap()
}

async fn a_secret_goes_where_it_was_configured_to_go(app: TestApp) {
    let app = app.with_agent("agent").await;
    let token = app.agent_host().token("agent").await;
    let metadata = |methods: Value| {
        let mut config = oauth2::config_of_endpoints(&app);
        config[oauth2::BLOCK]["oauthDiscovery"]["authorizationServerMetadata"]["tokenEndpointAuthMethods"] =
            methods;
        config
    };
    let cases = [
        (oauth2::config_of_endpoints(&app), "client_secret_basic"),
        (
            by_method(&app, "CLIENT_SECRET_BASIC"),
            "client_secret_basic",
        ),
        (by_method(&app, "CLIENT_SECRET_POST"), "client_secret_post"),
        (
            metadata(json!(["client_secret_post"])),
            "client_secret_post",
        ),
        (
            metadata(json!(["client_secret_post", "client_secret_basic"])),
            "client_secret_basic",
        ),
    ];
    for (at, (config, method)) in cases.iter().enumerate() {
        let name = format!("p{at}");
        app.admin()
            .create_oauth2_provider(&name, config)
            .await
            .expect_status(201);
        oauth2::given(
            &app,
            &token,
            json!({ "resourceCredentialProviderName": name }),
        )
        .await;
        let seen = last(&app);
        assert_eq!(seen.authentication.unwrap().as_str(), *method, "{at}");
        let in_form = *method == "client_secret_post";
        assert_eq!(seen.client_id.is_some(), in_form);
        assert_eq!(seen.grant_type.as_deref(), Some("client_credentials"));
    }
}

async fn what_is_asked_for_is_sent_as_it_was_asked(app: TestApp) {
    let (app, token) = oauth2::ready(app).await;
    let more = json!({
        "scopes": ["write", "read"],
        "resources": ["https://b.example/x?y=z", "urn:a"],
        "audiences": ["one", "two & three=4"],
        "customParameters": { "tenant": "a&grant_type=password", "x.y-z_1": "+ %" },
        "customState": "canary",
        "resourceOauth2ReturnUrl": "https://canary.example/",
    });
    oauth2::given(&app, &token, more).await;
    let seen = last(&app);
    assert_eq!(seen.scope.as_deref(), Some("read write"));
    assert_eq!(seen.resources, ["https://b.example/x?y=z", "urn:a"]);
    assert_eq!(seen.audiences, ["one", "two & three=4"]);
    let own = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let others = [
        own("tenant", "a&grant_type=password"),
        own("x.y-z_1", "+ %"),
    ];
    assert_eq!(seen.others, others);
    assert_eq!(seen.grant_type.as_deref(), Some("client_credentials"));
    oauth2::given(&app, &token, json!({ "scopes": [] })).await;
    assert_eq!(last(&app).scope, None, "no scope is not an empty scope");
}

async fn what_may_not_be_asked_names_its_field_and_sends_nothing(app: TestApp) {
    let (app, token) = oauth2::ready(app).await;
    let mut cases = vec![
        ("scopes", json!({ "scopes": ["read write"] })),
        ("scopes", json!({ "scopes": ["re\"ad"] })),
        ("scopes", json!({ "scopes": ["read\r\nx"] })),
        ("scopes", json!({ "scopes": ["é"] })),
        ("resources", json!({ "resources": ["/relative"] })),
        (
            "resources",
            json!({ "resources": ["https://a.example/#f"] }),
        ),
        (
            "resources",
            json!({ "resources": ["https://a.example/\r\n"] }),
        ),
        ("audiences", json!({ "audiences": ["a\nb"] })),
        (
            "customParameters",
            json!({ "customParameters": { "a": "b\u{1}" } }),
        ),
    ];
    let reserved = [
        "grant_type",
        "scope",
        "client_id",
        "client_secret",
        "client_assertion",
        "client_assertion_type",
        "assertion",
        "resource",
        "audience",
        "code",
        "refresh_token",
        "username",
        "password",
        "GRANT_TYPE",
        "Client_Id",
        "subject_token",
    ];
    for name in reserved {
        cases.push((
            "customParameters",
            json!({ "customParameters": { name: "canary" } }),
        ));
    }
    for (field, more) in cases {
        let refused = oauth2::ask(&app, &token, more.clone()).await;
        let refused = refused.expect_invalid(field);
        assert!(!refused.holds("canary"), "{more}");
    }
    // The wire finds fault with these, by the item.
    for more in [
        json!({ "scopes": [""] }),
        json!({ "scopes": ["x".repeat(129)] }),
        json!({ "scopes": vec!["x"; 101] }),
        json!({ "customParameters": { "a b": "c" } }),
        json!({ "customParameters": { "": "c" } }),
        json!({ "resources": vec!["https://a.example"; 101] }),
    ] {
        oauth2::ask(&app, &token, more)
            .await
            .expect_error(400, "ValidationException");
    }
    // An empty one is never sent, whether the wire or the request refuses it.
    for list in ["resources", "audiences"] {
        let refused = oauth2::ask(&app, &token, json!({ list: [""] })).await;
        refused.expect_error(400, "ValidationException");
    }
    assert_eq!(app.demo().token_requests(), 0);
}

/// Each byte in hexadecimal digits, with this before it.
fn encoded(text: &str, before: &str) -> String {
    let bytes: Vec<_> = text
        .bytes()
        .map(|byte| format!("{before}{byte:02X}"))
        .collect();
    bytes.concat()
}

async fn a_secret_that_a_provider_sends_back_is_repeated_nowhere(app: TestApp) {
    trace::lines();
    let secret = "cänary secret/+&=?:%41~c0ffee";
    let app = app.with_agent("agent").await;
    let token = app.agent_host().token("agent").await;
    let secret_of = |config| oauth2::with(config, "clientSecret", json!(secret));
    let configs = [
        ("basic", secret_of(by_method(&app, "CLIENT_SECRET_BASIC"))),
        ("post", secret_of(by_method(&app, "CLIENT_SECRET_POST"))),
        ("signs", signing(&app, SigningAlgorithm::Es256).await),
    ];
    let hex = encoded(secret, "");
    let every = encoded(secret, "%");
    let spaced: String = secret.chars().flat_map(|c| [c, '\u{200b}']).collect();
    let says = |text: &str| Misbehaviour::TokenError {
        status: 400,
        body: json!({ "error": text, "error_description": text }).to_string(),
    };
    let behaviours = [
        Misbehaviour::EchoesSecret,
        says(secret),
        says(&hex),
        says(&every),
        says(&spaced),
    ];
    for (name, config) in configs {
        app.admin()
            .create_oauth2_provider(name, &config)
            .await
            .expect_status(201);
        for behaviour in &behaviours {
            app.demo().misbehave(Some(behaviour.clone()));
            let more = json!({ "resourceCredentialProviderName": name });
            let refused = oauth2::ask(&app, &token, more).await;
            let refused = refused.expect_error(400, "ValidationException");
            let record = app.record(refused.record().unwrap()).await;
            let told = [
                refused.text().to_owned(),
                record.entry.reason.into_owned(),
                trace::lines().concat(),
            ];
            for told in told {
                for part in [
                    "cänary",
                    "nary secret",
                    "secret/",
                    "c0ffee",
                    "Y8OkbmFyeSBz",
                    "eyJ",
                ] {
                    // Of a client that signs, what was echoed is the assertion.
                    if part == "eyJ" || name != "signs" {
                        assert!(
                            !told.contains(part),
                            "{name} {behaviour:?}: {part} in {told}"
                        );
                    }
                }
                assert!(
                    name == "signs" || !told.contains(hex.split_at(16).0),
                    "{told}"
                );
                assert!(
                    name == "signs" || !told.contains(every.split_at(24).0),
                    "{told}"
                );
            }
        }
    }
}
