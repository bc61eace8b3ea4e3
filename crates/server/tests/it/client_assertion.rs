//! Clients that sign: let in by their keys, which are the account's, for one server at a time.

use procura_core::action::Action;
use procura_core::arn::signing_key_arn;
use procura_core::signing_key::{SigningAlgorithm, SigningKey};
use procura_testkit::demo::{DemoAuthentication, DemoClient};
use procura_testkit::{ACCOUNT, OTHER_ACCOUNT, REGION, TestApp};
use serde_json::{Value, json};

use crate::oauth2;

tests! {
    on_both_engines {
        a_client_that_signs_is_let_in_by_its_signature_alone
    }
    on_sqlite {
        a_signed_assertion_is_for_the_issuer_and_not_for_the_endpoint
        a_key_of_another_account_or_kind_is_refused
        what_an_assertion_may_not_say_is_refused_when_it_is_configured
    }
}

/// The configuration of the demo provider with this method.
pub(crate) fn by_method(app: &TestApp, method: &str) -> Value {
    let config = oauth2::config_of_endpoints(app);
    oauth2::with(config, "clientAuthenticationMethod", json!(method))
}

async fn signing_key(app: &TestApp, account: &str, algorithm: SigningAlgorithm) -> SigningKey {
    let mut cx = app.app().operator_cx(Action::CreateSigningKey);
    let account = account.parse().unwrap();
    let made = app
        .app()
        .create_signing_key(&mut cx, account, algorithm)
        .await;
    made.unwrap().value
}

fn arn_of(account: &str, key: &SigningKey) -> String {
    signing_key_arn(&REGION.parse().unwrap(), account.parse().unwrap(), key.id)
}

/// The configuration of a client that signs, and its registration at the demo provider.
pub(crate) async fn signing(app: &TestApp, algorithm: SigningAlgorithm) -> Value {
    let key = signing_key(app, ACCOUNT, algorithm).await;
    let mut jwk: Value = serde_json::from_str(&key.public_jwk).unwrap();
    assert_eq!(jwk.get("d"), None);
    let jwks = json!({ "keys": [jwk.take()] }).to_string();
    let authentication = DemoAuthentication::PrivateKeyJwt { jwks };
    let client = DemoClient::new("signer", authentication, &["read", "write"]);
    app.demo().add_client(client);
    signed_by(app, &arn_of(ACCOUNT, &key))
}

fn signed_by(app: &TestApp, arn: &str) -> Value {
    let config = by_method(app, "PRIVATE_KEY_JWT");
    let config = oauth2::with(config, "clientSecret", Value::Null);
    let config = oauth2::with(config, "clientId", json!("signer"));
    let source = json!({ "privateKeySource": { "kmsKeySource": { "kmsKeyArn": arn } } });
    oauth2::with(config, "privateKeyJwtConfig", source)
}

async fn a_client_that_signs_is_let_in_by_its_signature_alone(app: TestApp) {
    let app = app.with_agent("agent").await;
    let token = app.agent_host().token("agent").await;
    for algorithm in [
        SigningAlgorithm::Es256,
        SigningAlgorithm::Rs256,
        SigningAlgorithm::Ps256,
    ] {
        let config = signing(&app, algorithm).await;
        let name = algorithm.as_str();
        app.admin()
            .create_oauth2_provider(name, &config)
            .await
            .expect_status(201);
        let more = json!({
            "resourceCredentialProviderName": name,
            "forceAuthentication": true,
        });
        // The demo provider lets each assertion in once: no `jti` comes twice in the same second.
        for _ in 0..3 {
            oauth2::given(&app, &token, more.clone()).await;
        }
        let seen = app.demo().last_token_request().unwrap();
        assert_eq!(seen.authentication.unwrap().as_str(), "private_key_jwt");
        assert_eq!(seen.client_id.as_deref(), Some("signer"));
        assert!(seen.others.is_empty(), "{:?}", seen.others);
    }
}

/// Attack 19: a server that names another's issuer, or another's endpoint, gets no assertion that
/// the other takes.
async fn a_signed_assertion_is_for_the_issuer_and_not_for_the_endpoint(app: TestApp) {
    let app = app.with_agent("agent").await;
    let token = app.agent_host().token("agent").await;
    let mut config = signing(&app, SigningAlgorithm::Es256).await;
    let issuer = app.demo().issuer();
    for (at, wrong) in [
        app.demo().token_endpoint(),
        format!("{issuer}/"),
        "https://evil.example".to_owned(),
    ]
    .iter()
    .enumerate()
    {
        let metadata = &mut config[oauth2::BLOCK]["oauthDiscovery"]["authorizationServerMetadata"];
        metadata["issuer"] = json!(wrong);
        let name = format!("wrong-{at}");
        app.admin()
            .create_oauth2_provider(&name, &config)
            .await
            .expect_status(201);
        let more = json!({ "resourceCredentialProviderName": name });
        let refused = oauth2::ask(&app, &token, more).await;
        let refused = refused.expect_error(400, "ValidationException");
        assert!(
            refused.member("message").contains("invalid_client"),
            "{wrong}"
        );
    }
}

async fn a_key_of_another_account_or_kind_is_refused(app: TestApp) {
    let field = format!(
        "oauth2ProviderConfigInput.{}.privateKeyJwtConfig",
        oauth2::BLOCK
    );
    let arn_field = format!("{field}.privateKeySource.kmsKeySource.kmsKeyArn");
    let other = signing_key(&app, OTHER_ACCOUNT, SigningAlgorithm::Es256).await;
    let own = signing_key(&app, ACCOUNT, SigningAlgorithm::Es256).await;
    let elsewhere = arn_of(ACCOUNT, &own).replace(REGION, "eu-west-1");
    for arn in [
        arn_of(OTHER_ACCOUNT, &other),
        arn_of(ACCOUNT, &other),
        elsewhere,
    ] {
        let config = signed_by(&app, &arn);
        let refused = app.admin().create_oauth2_provider("demo", &config).await;
        refused.expect_invalid(&arn_field);
    }
    let mut config = signed_by(&app, &arn_of(ACCOUNT, &own));
    config[oauth2::BLOCK]["privateKeyJwtConfig"]["signingAlgorithm"] = json!("RS256");
    let refused = app.admin().create_oauth2_provider("demo", &config).await;
    refused.expect_invalid(&format!("{field}.signingAlgorithm"));
    config[oauth2::BLOCK]["privateKeyJwtConfig"]["signingAlgorithm"] = json!("ES256");
    let with_secret = oauth2::with(config.clone(), "clientSecret", json!("canary"));
    let refused = app
        .admin()
        .create_oauth2_provider("demo", &with_secret)
        .await;
    let secret = format!("oauth2ProviderConfigInput.{}.clientSecret", oauth2::BLOCK);
    assert!(!refused.expect_invalid(&secret).holds("canary"));
    for method in [
        json!("CLIENT_SECRET_BASIC"),
        json!("CLIENT_SECRET_POST"),
        Value::Null,
    ] {
        let mixed = oauth2::with(config.clone(), "clientAuthenticationMethod", method);
        let mixed = oauth2::with(mixed, "clientSecret", json!("s"));
        let refused = app.admin().create_oauth2_provider("demo", &mixed).await;
        refused.expect_invalid(&field);
        let without_key = oauth2::with(
            mixed,
            "privateKeyJwtConfig",
            json!({ "signingAlgorithm": "ES256" }),
        );
        let refused = app
            .admin()
            .create_oauth2_provider("demo", &without_key)
            .await;
        refused.expect_invalid(&field);
    }
    let without = oauth2::with(config.clone(), "privateKeyJwtConfig", Value::Null);
    let refused = app.admin().create_oauth2_provider("demo", &without).await;
    refused.expect_invalid(&field);
    app.admin()
        .create_oauth2_provider("demo", &config)
        .await
        .expect_status(201);
}

async fn what_an_assertion_may_not_say_is_refused_when_it_is_configured(app: TestApp) {
    let config = signing(&app, SigningAlgorithm::Es256).await;
    let block = format!("oauth2ProviderConfigInput.{}", oauth2::BLOCK);
    for member in ["additionalHeaderClaims", "additionalPayloadClaims"] {
        for claim in [
            "alg", "typ", "iss", "sub", "aud", "jti", "exp", "kid", "crit", "b64", "ISS",
        ] {
            let mut config = config.clone();
            config[oauth2::BLOCK]["privateKeyJwtConfig"][member] = json!({ claim: "canary" });
            let refused = app.admin().create_oauth2_provider("demo", &config).await;
            let refused = refused.expect_error(400, "ValidationException");
            assert!(
                refused.text().contains(member),
                "{claim}: {}",
                refused.text()
            );
            assert!(!refused.holds("canary"));
        }
    }
    let spaced = oauth2::with(config.clone(), "clientId", json!("the signer"));
    let refused = app.admin().create_oauth2_provider("demo", &spaced).await;
    refused.expect_invalid(&format!("{block}.clientId"));
    let mut good = config;
    good[oauth2::BLOCK]["privateKeyJwtConfig"]["additionalPayloadClaims"] =
        json!({ "tenant": "t" });
    let (app, token) = oauth2::ready_with(app, &good).await;
    oauth2::given(&app, &token, json!({})).await;
}
