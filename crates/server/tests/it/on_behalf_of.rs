//! A user's own token, exchanged for one of a provider: what is sent, what is taken, what is on record.

use procura_core::vendor::Vendor;
use procura_protocol::jose::Algorithm;
use procura_testkit::demo::{Misbehaviour, TokenRequestSeen};
use procura_testkit::{Response, TestApp};
use serde_json::{Value, json};

use crate::{oauth2, user_proof};

tests! {
    on_both_engines {
        a_users_own_token_is_exchanged_each_time
        the_records_are_of_what_left_and_of_what_was_given
    }
    on_sqlite {
        the_actor_is_whom_the_administrator_named
        an_assertion_is_exchanged_as_the_vendor_wants_it
        an_exchange_without_a_client_says_no_client
        what_is_asked_for_is_sent_as_it_was_asked
        what_the_provider_says_is_read_with_care
        a_token_that_is_over_is_not_sent
        a_provider_says_in_its_configuration_how_it_exchanges
        what_does_not_fit_together_names_its_member
    }
}

const ISSUED: &str = "urn:ietf:params:oauth:token-type:access_token";
const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// A token exchange with this actor.
pub(crate) fn with_actor(actor: &str) -> Value {
    json!({
        "grantType": "TOKEN_EXCHANGE",
        "tokenExchangeGrantTypeConfig": { "actorTokenContent": actor },
    })
}

/// The demo provider, which exchanges in this way.
pub(crate) fn config(app: &TestApp, exchange: Value) -> Value {
    let member = "onBehalfOfTokenExchangeConfig";
    oauth2::with(oauth2::config_of_endpoints(app), member, exchange)
}

/// With the agent `agent`, the provider `demo` that exchanges without an actor, and the agent's token
/// for alice, who proved herself.
pub(crate) async fn ready(app: TestApp) -> (TestApp, String) {
    let config = config(&app, with_actor("NONE"));
    ready_with(app, &config).await
}

/// The same with another configuration.
pub(crate) async fn ready_with(app: TestApp, config: &Value) -> (TestApp, String) {
    let (app, _) = oauth2::ready_with(app, config).await;
    let token = user_proof::minted(app.agent_host(), &app.demo().user_token("alice")).await;
    (app, token)
}

/// The same with another exchange.
pub(crate) async fn ready_with_exchange(app: TestApp, exchange: Value) -> (TestApp, String) {
    let config = config(&app, exchange);
    ready_with(app, &config).await
}

/// A request for an exchange, with these members beside.
pub(crate) fn more(more: &Value) -> Value {
    let mut members = json!({ "oauth2Flow": "ON_BEHALF_OF_TOKEN_EXCHANGE" });
    let all = members.as_object_mut().unwrap();
    all.extend(more.as_object().unwrap().clone());
    members
}

/// Asks for an exchange, as the agent's host.
pub(crate) async fn ask(app: &TestApp, token: &str, beside: Value) -> Response {
    oauth2::ask(app, token, more(&beside)).await
}

/// What is given to who asks for it.
async fn given(app: &TestApp, token: &str, beside: Value) -> String {
    let answer = ask(app, token, beside).await.expect_status(200);
    assert_eq!(answer.members(), ["accessToken"]);
    answer.member("accessToken")
}

pub(crate) fn seen(app: &TestApp) -> TokenRequestSeen {
    app.demo().last_token_request().unwrap()
}

/// A parameter of the last request.
pub(crate) fn sent(app: &TestApp, name: &str) -> Option<String> {
    let mut others = seen(app).others.into_iter();
    others.find(|(known, _)| known == name).map(|pair| pair.1)
}

/// The claims of a token, unverified.
pub(crate) fn claims(token: &str) -> Value {
    use base64::Engine as _;
    let payload = token.split('.').nth(1).unwrap();
    let payload = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload);
    serde_json::from_slice(&payload.unwrap()).unwrap()
}

async fn a_users_own_token_is_exchanged_each_time(app: TestApp) {
    let (app, alice) = ready(app).await;
    let bob = user_proof::minted(app.agent_host(), &app.demo().user_token("bob")).await;
    let mut tokens = Vec::new();
    for (token, user) in [(&alice, "alice"), (&bob, "bob"), (&alice, "alice")] {
        tokens.push(given(&app, token, json!({})).await);
        let request = seen(&app);
        assert_eq!(request.grant_type.as_deref(), Some(TOKEN_EXCHANGE));
        assert_eq!(
            request.authentication.unwrap().as_str(),
            "client_secret_basic"
        );
        assert_eq!(request.scope.as_deref(), Some("read"));
        let token_type = sent(&app, "subject_token_type");
        assert_eq!(token_type.unwrap(), "urn:ietf:params:oauth:token-type:jwt");
        assert_eq!(sent(&app, "actor_token"), None);
        let subject = sent(&app, "subject_token").unwrap();
        assert_eq!(
            claims(&subject)["sub"],
            user,
            "of this user and of nobody else"
        );
    }
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len(), 3, "nothing is kept");
    assert_eq!(app.demo().token_requests(), 3);
    // The endpoints may have to be found first.
    let of_document = oauth2::with(
        oauth2::config(&app),
        "onBehalfOfTokenExchangeConfig",
        with_actor("NONE"),
    );
    let made = app.admin().create_oauth2_provider("found", &of_document);
    made.await.expect_status(201);
    let named = json!({ "resourceCredentialProviderName": "found" });
    given(&app, &alice, named).await;
}

async fn the_records_are_of_what_left_and_of_what_was_given(app: TestApp) {
    let (app, token) = ready(app).await;
    let answer = ask(&app, &token, json!({})).await.expect_status(200);
    let subject = sent(&app, "subject_token").unwrap();
    let left = oauth2::recorded(&app, "user's token ").await;
    assert_eq!(left.len(), 1);
    let said = [
        " sent to be exchanged for agent",
        ", for read",
        "; client secret 1 (",
    ];
    assert!(said.iter().all(|part| left[0].contains(part)), "{left:?}");
    let released = app.record(answer.record().unwrap()).await.entry;
    assert!(released.agent.is_some() && released.provider.is_some());
    assert!(released.user.is_some());
    let reason = released.reason.into_owned();
    assert!(reason.starts_with("released to agent"), "{reason}");
    let id = left[0].split(' ').nth(2).unwrap();
    assert!(
        reason.contains(&format!("exchanged for the user's token {id}, for read")),
        "{reason}"
    );
    let signature = subject.rsplit('.').next().unwrap();
    let given = answer.member("accessToken");
    for record in app.records().await {
        let line = serde_json::to_string(&record.entry).unwrap();
        for secret in [signature, given.as_str(), "demo-secret", "eyJ"] {
            assert!(!line.contains(secret), "{line}");
        }
    }
    app.verify_records().await;
}

async fn the_actor_is_whom_the_administrator_named(app: TestApp) {
    let by_client = json!({
        "grantType": "TOKEN_EXCHANGE",
        "tokenExchangeGrantTypeConfig": {
            "actorTokenContent": "M2M", "actorTokenScopes": ["repo"],
        },
    });
    let (app, token) = ready_with_exchange(app, by_client).await;
    given(&app, &token, json!({})).await;
    assert_eq!(app.demo().token_requests(), 2);
    assert_eq!(sent(&app, "actor_token_type").unwrap(), ISSUED);
    assert!(sent(&app, "actor_token").unwrap().starts_with("demo_at_"));
    assert_eq!(
        oauth2::recorded(&app, "client secret used for agent")
            .await
            .len(),
        1
    );
    // The agent itself gets no token of the client's.
    assert_eq!(oauth2::recorded(&app, "released").await.len(), 1);

    let by_agent = config(&app, with_actor("AWS_IAM_ID_TOKEN_JWT"));
    let made = app
        .admin()
        .create_oauth2_provider("signed", &by_agent)
        .await;
    made.expect_status(201);
    given(
        &app,
        &token,
        json!({ "resourceCredentialProviderName": "signed" }),
    )
    .await;
    let jwt_type = "urn:ietf:params:oauth:token-type:jwt";
    assert_eq!(sent(&app, "actor_token_type").unwrap(), jwt_type);
    let actor = claims(&sent(&app, "actor_token").unwrap());
    assert_eq!(actor["aud"], app.demo().token_endpoint());
    let subject = actor["sub"].as_str().unwrap();
    assert!(subject.ends_with(":role/procura/agents/agent"), "{subject}");
    let life = actor["exp"].as_i64().unwrap() - actor["iat"].as_i64().unwrap();
    assert_eq!(life, 60);
    let left = oauth2::recorded(&app, "user's token ").await;
    let named = left
        .iter()
        .filter(|said| said.contains("; the actor is the agent by "));
    assert_eq!(named.count(), 1, "{left:?}");
}

async fn an_assertion_is_exchanged_as_the_vendor_wants_it(app: TestApp) {
    let bearer = json!({ "grantType": "JWT_AUTHORIZATION_GRANT" });
    let (app, token) = ready_with_exchange(app, bearer).await;
    given(&app, &token, json!({})).await;
    assert_eq!(seen(&app).grant_type.as_deref(), Some(JWT_BEARER));
    assert_eq!(claims(&sent(&app, "assertion").unwrap())["sub"], "alice");
    for name in ["subject_token", "subject_token_type", "requested_token_use"] {
        assert_eq!(sent(&app, name), None, "{name}");
    }
    let use_of = json!({ "customParameters": { "requested_token_use": "on_behalf_of" } });
    given(&app, &token, use_of).await;
    assert_eq!(sent(&app, "requested_token_use").unwrap(), "on_behalf_of");
    // Without a word of the administrator's.
    let plain = oauth2::config_of_endpoints(&app);
    let made = app.admin().create_oauth2_provider("entra", &plain).await;
    made.expect_status(201);
    let named = json!({ "resourceCredentialProviderName": "entra" });
    let refused = ask(&app, &token, named.clone()).await;
    refused.expect_invalid("oauth2Flow");
    app.set_vendor("entra", Vendor::Microsoft).await;
    given(&app, &token, named).await;
    assert_eq!(seen(&app).grant_type.as_deref(), Some(JWT_BEARER));
    assert_eq!(sent(&app, "requested_token_use").unwrap(), "on_behalf_of");
}

async fn an_exchange_without_a_client_says_no_client(app: TestApp) {
    let exchange = json!({
        "grantType": "JWT_AUTHORIZATION_GRANT",
        "onBehalfOfAuthenticationConfig": { "clientAuthenticationMethod": "NO_CLIENT" },
    });
    let mut config = config(&app, exchange);
    for known in [true, false] {
        if !known {
            for member in ["clientId", "clientSecret"] {
                config = oauth2::with(config, member, Value::Null);
            }
        }
        let name = if known { "known" } else { "unknown" };
        let made = app.admin().create_oauth2_provider(name, &config).await;
        made.expect_status(201);
    }
    let (app, token) = ready_with(app, &config).await;
    let body = json!({ "access_token": "of-nobody", "token_type": "Bearer", "expires_in": 60 });
    app.demo().misbehave(Some(Misbehaviour::TokenError {
        status: 200,
        body: body.to_string(),
    }));
    for name in ["known", "unknown"] {
        let named = json!({ "resourceCredentialProviderName": name });
        assert_eq!(given(&app, &token, named).await, "of-nobody");
        let request = seen(&app);
        assert_eq!((request.authentication, request.client_id), (None, None));
    }
    let left = oauth2::recorded(&app, "user's token ").await;
    assert!(
        left.iter().all(|said| said.ends_with("; as no client")),
        "{left:?}"
    );
    // What is no client elsewhere has no flow of a client's.
    let named = json!({ "resourceCredentialProviderName": "unknown" });
    let refused = oauth2::ask(&app, &token, named).await;
    refused.expect_error(400, "ValidationException");
}

async fn what_is_asked_for_is_sent_as_it_was_asked(app: TestApp) {
    let (app, token) = ready(app).await;
    let beside = json!({
        "scopes": ["write", "read"],
        "resources": ["https://b.example/x"],
        "customParameters": {
            "audience": "orders", "tenant": "a&b", "subject_token_type": ISSUED,
            "requested_token_type": ISSUED,
        },
        "forceAuthentication": true,
    });
    given(&app, &token, beside).await;
    let request = seen(&app);
    assert_eq!(request.scope.as_deref(), Some("read write"));
    assert_eq!(request.resources, ["https://b.example/x"]);
    assert_eq!(request.audiences, ["orders"]);
    assert_eq!(sent(&app, "tenant").unwrap(), "a&b");
    assert_eq!(sent(&app, "subject_token_type").unwrap(), ISSUED);
    assert_eq!(sent(&app, "requested_token_type").unwrap(), ISSUED);
    given(&app, &token, json!({ "audiences": ["one", "two"] })).await;
    assert_eq!(seen(&app).audiences, ["one", "two"]);
}

async fn what_the_provider_says_is_read_with_care(app: TestApp) {
    let (app, token) = ready(app).await;
    let id_token = "urn:ietf:params:oauth:token-type:id_token".to_owned();
    for wrong in [
        Misbehaviour::IssuedTokenType(None),
        Misbehaviour::IssuedTokenType(Some(id_token)),
        Misbehaviour::NotBearer,
    ] {
        app.demo().misbehave(Some(wrong));
        let refused = ask(&app, &token, json!({})).await;
        assert_ne!(refused.status, 200);
        assert!(!refused.holds("demo_at_"));
    }
    let body = json!({ "access_token": "x", "token_type": "N_A", "issued_token_type": ISSUED });
    app.demo().misbehave(Some(Misbehaviour::TokenError {
        status: 200,
        body: body.to_string(),
    }));
    assert_ne!(ask(&app, &token, json!({})).await.status, 200);
    assert!(oauth2::recorded(&app, "released").await.is_empty());
    app.demo().misbehave(None);
    given(&app, &token, json!({})).await;
}

async fn a_token_that_is_over_is_not_sent(app: TestApp) {
    let (app, _) = ready(app).await;
    let now_s = procura_core::time::Clock::now(app.clock()).millis() / 1000;
    let ends = json!({ "exp": now_s + 30 });
    let user_token = app
        .demo()
        .user_token_with(ends, Algorithm::Es256, Some("at+jwt"));
    let token = user_proof::minted(app.agent_host(), &user_token).await;
    given(&app, &token, json!({})).await;
    let requests = app.demo().token_requests();
    // The agent's token is still good, by as much as clocks may differ.
    app.clock().advance(40);
    let refused = ask(&app, &token, json!({})).await;
    let refused = refused.expect_error(401, "UnauthorizedException");
    assert!(refused.holds("GetWorkloadAccessTokenForJWT"));
    assert_eq!(app.demo().token_requests(), requests);
    let machine = oauth2::ask(&app, &token, json!({})).await;
    machine.expect_status(200);
}

async fn a_provider_says_in_its_configuration_how_it_exchanges(app: TestApp) {
    let exchange = json!({
        "grantType": "TOKEN_EXCHANGE",
        "tokenExchangeGrantTypeConfig": {
            "actorTokenContent": "M2M", "actorTokenScopes": ["read"],
        },
        "onBehalfOfAuthenticationConfig": { "clientAuthenticationMethod": "NO_CLIENT" },
    });
    let (app, token) = ready_with_exchange(app, exchange.clone()).await;
    let read = procura_wire::Operation::GetOauth2CredentialProvider;
    let told = app.admin().call(read, json!({ "name": "demo" })).await;
    let told = told.expect_status(200).json();
    let block = &told["oauth2ProviderConfigOutput"][oauth2::BLOCK];
    assert_eq!(block["onBehalfOfTokenExchangeConfig"], exchange);
    // What is updated holds from the next request on.
    let update = procura_wire::Operation::UpdateOauth2CredentialProvider;
    let body = json!({
        "name": "demo", "credentialProviderVendor": "CustomOauth2",
        "oauth2ProviderConfigInput": oauth2::config_of_endpoints(&app),
    });
    let updated = app.admin().call(update, body).await;
    updated.expect_status(200);
    let refused = ask(&app, &token, json!({})).await;
    refused.expect_invalid("oauth2Flow");
}

async fn what_does_not_fit_together_names_its_member(app: TestApp) {
    let of_exchange = "onBehalfOfTokenExchangeConfig.tokenExchangeGrantTypeConfig";
    let with_scopes = |actor: &str, scopes: Value| {
        json!({
            "grantType": "TOKEN_EXCHANGE",
            "tokenExchangeGrantTypeConfig": {
                "actorTokenContent": actor, "actorTokenScopes": scopes,
            },
        })
    };
    let bearer_with_actor = json!({
        "grantType": "JWT_AUTHORIZATION_GRANT",
        "tokenExchangeGrantTypeConfig": { "actorTokenContent": "NONE" },
    });
    for (exchange, member) in [
        (bearer_with_actor, ""),
        (with_scopes("NONE", json!(["read"])), ".actorTokenScopes"),
        (
            with_scopes("AWS_IAM_ID_TOKEN_JWT", json!(["read"])),
            ".actorTokenScopes",
        ),
        (
            with_scopes("M2M", json!(["two words"])),
            ".actorTokenScopes",
        ),
    ] {
        let config = config(&app, exchange);
        let refused = app.admin().create_oauth2_provider("demo", &config).await;
        refused.expect_invalid(&format!(
            "oauth2ProviderConfigInput.{}.{of_exchange}{member}",
            oauth2::BLOCK
        ));
    }
    // Without a client there is no actor token of the client's.
    let exchange = json!({
        "grantType": "TOKEN_EXCHANGE",
        "tokenExchangeGrantTypeConfig": { "actorTokenContent": "M2M" },
        "onBehalfOfAuthenticationConfig": { "clientAuthenticationMethod": "NO_CLIENT" },
    });
    let config = oauth2::with(config(&app, exchange), "clientSecret", Value::Null);
    let refused = app.admin().create_oauth2_provider("demo", &config).await;
    refused.expect_invalid(&format!(
        "oauth2ProviderConfigInput.{}.clientSecret",
        oauth2::BLOCK
    ));
}
