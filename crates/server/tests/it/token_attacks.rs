//! Users' tokens that lie: each attack beside the honest token that it was made of (attacks 53 to 62
//! of the catalogue).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use procura_core::audit::record::Verdict;
use procura_core::digest::hmac_sha256;
use procura_core::issuer::IssuerPolicy;
use procura_protocol::jose::Algorithm;
use procura_protocol::jose::jwt::LEEWAY_S;
use procura_protocol::jose::signing::TokenSigningKey;
use procura_testkit::{Response, TestApp};
use serde_json::{Value, json};

use crate::issuer_server::IssuerServer;
use crate::user_proof::{agent, register};

tests! {
    on_both_engines {
        a_refused_token_leaves_a_record_and_no_word_of_itself
    }
    on_sqlite {
        a_token_without_a_signature_is_refused
        a_public_key_is_no_shared_secret
        keys_that_come_with_the_token_are_not_looked_at
        extensions_that_are_not_understood_are_refused
        a_claim_of_another_type_is_not_an_absent_one
        times_hold_within_the_leeway_and_not_a_second_longer
        audience_and_client_are_asked_of_a_registered_issuer
        tokens_of_another_kind_prove_nobody
    }
}

/// Presents a token, which must be refused with a record and for this reason.
pub(crate) async fn refused(app: &TestApp, token: &str, because: &str) -> Response {
    let answer = app.agent_host().token_for_jwt("agent", token).await;
    let answer = answer.expect_error(401, "UnauthorizedException");
    let record = app.record(answer.record().unwrap()).await;
    assert_eq!(record.entry.verdict, Verdict::Deny, "{because}");
    let message = answer.member("message");
    assert!(message.contains(because), "{message:?} has no {because:?}");
    answer
}

/// Presents what has not the form of a token, which the interface refuses.
pub(crate) async fn malformed(app: &TestApp, token: &str) {
    let answer = app.agent_host().token_for_jwt("agent", token).await;
    answer.expect_invalid("userToken");
}

/// Presents a token, which must be believed.
pub(crate) async fn believed(app: &TestApp, token: &str) {
    let answer = app.agent_host().token_for_jwt("agent", token).await;
    answer.expect_status(200);
}

pub(crate) fn encoded(text: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

/// The token with another header, under the signature that it had.
pub(crate) fn with_header(token: &str, header: &str) -> String {
    let (_, rest) = token.split_once('.').unwrap();
    format!("{}.{rest}", encoded(header))
}

pub(crate) fn header_of(token: &str) -> Value {
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap());
    serde_json::from_slice(&header.unwrap()).unwrap()
}

async fn a_refused_token_leaves_a_record_and_no_word_of_itself(app: TestApp) {
    let app = agent(app).await;
    let issuer = IssuerServer::start().await;
    let token = issuer.token(&app, &json!({ "sub": "canary", "exp": 1 }));
    let claims = token.split('.').nth(1).unwrap();
    let answer = refused(&app, &token, "expired").await;
    assert!(!answer.holds("canary") && !answer.holds(claims));
    let record = app.record(answer.record().unwrap()).await;
    let line = String::from_utf8(record.to_line().unwrap()).unwrap();
    assert!(!line.contains("canary") && !line.contains(claims), "{line}");
    assert_eq!(issuer.requests(""), 0, "a stale token makes nobody call");
    believed(&app, &issuer.token(&app, &json!({}))).await;
}

async fn a_token_without_a_signature_is_refused(app: TestApp) {
    let app = agent(app).await;
    let honest = app.demo().user_token("alice");
    let (signed, _) = honest.rsplit_once('.').unwrap();
    for name in ["none", "None", "nOnE", "NONE", "none ", ""] {
        let header = json!({ "alg": name, "typ": "at+jwt" }).to_string();
        let changed = with_header(&honest, &header);
        refused(&app, &changed, "algorithm").await;
        let (unsigned, _) = changed.rsplit_once('.').unwrap();
        malformed(&app, &format!("{unsigned}.")).await;
        refused(&app, unsigned, "three parts").await;
        refused(&app, &format!("{unsigned}.="), "algorithm").await;
    }
    malformed(&app, &format!("{signed}.")).await;
    refused(&app, &format!("{signed}.AA"), "signature").await;
    let header = json!({ "typ": "at+jwt" }).to_string();
    refused(&app, &with_header(&honest, &header), "`alg`").await;
    assert_eq!(app.demo().key_set_requests(), 1);
    believed(&app, &honest).await;
}

async fn a_public_key_is_no_shared_secret(app: TestApp) {
    let app = agent(app).await;
    let issuer = IssuerServer::start().await;
    let rsa = TokenSigningKey::generate(Algorithm::Rs256).unwrap();
    issuer.publish(&[&issuer.key, &rsa]);
    for key in [&rsa, &issuer.key] {
        let jwk = key.public_jwk();
        let compact = jwk.to_string();
        let secrets = [
            compact.clone(),
            format!(" {compact}"),
            serde_json::to_string_pretty(&jwk).unwrap(),
            jwk.get("n").or(jwk.get("x")).unwrap().to_string(),
            String::new(),
        ];
        for (secret, name) in secrets.iter().flat_map(|s| [(s, "HS256"), (s, "hs256")]) {
            let header = json!({ "alg": name, "kid": key.key_id(), "typ": "at+jwt" });
            let claims = issuer.claims(&app, &json!({})).to_string();
            let input = format!("{}.{}", encoded(header.to_string()), encoded(claims));
            let tag = hmac_sha256(secret.as_bytes(), input.as_bytes());
            refused(&app, &format!("{input}.{}", encoded(tag)), "algorithm").await;
        }
    }
    // The algorithm is the key's: one that is for another cannot be named.
    let honest = issuer.token(&app, &json!({}));
    for name in ["RS256", "PS256", "EdDSA", "ES384"] {
        let mut header = header_of(&honest);
        header["alg"] = json!(name);
        refused(&app, &with_header(&honest, &header.to_string()), "key").await;
    }
    believed(&app, &honest).await;
}

async fn keys_that_come_with_the_token_are_not_looked_at(app: TestApp) {
    let app = agent(app).await;
    let (issuer, attacker) = (IssuerServer::start().await, IssuerServer::start().await);
    let claims = issuer.claims(&app, &json!({ "sub": "victim" })).to_string();
    let headers = [
        json!({ "jwk": attacker.key.public_jwk() }),
        json!({ "jku": attacker.jwks_uri() }),
        json!({ "x5u": attacker.jwks_uri() }),
        json!({ "x5c": ["MIIB"], "x5t": "AAAA" }),
        json!({ "jku": attacker.jwks_uri(), "x5u": attacker.jwks_uri(), "iss": attacker.issuer() }),
    ];
    for header in &headers {
        let token = attacker.signed(header, claims.as_bytes());
        refused(&app, &token, "key").await;
        // Nor under the name of the issuer's own key.
        let mut named = header_of(&token);
        named["kid"] = json!(issuer.key.key_id());
        refused(&app, &with_header(&token, &named.to_string()), "signature").await;
    }
    assert_eq!(attacker.requests(""), 0);
    for header in &headers {
        let claims = issuer.claims(&app, &json!({})).to_string();
        believed(&app, &issuer.signed(header, claims.as_bytes())).await;
    }
    assert_eq!(attacker.requests(""), 0);
}

async fn extensions_that_are_not_understood_are_refused(app: TestApp) {
    let app = agent(app).await;
    let issuer = IssuerServer::start().await;
    let claims = issuer.claims(&app, &json!({})).to_string();
    for header in [
        json!({ "crit": ["exp"], "exp": 1 }),
        json!({ "crit": [] }),
        json!({ "crit": null }),
        json!({ "crit": ["b64"], "b64": false }),
        json!({ "b64": false }),
        json!({ "b64": true }),
    ] {
        let token = issuer.signed(&header, claims.as_bytes());
        refused(&app, &token, "extension").await;
    }
    assert_eq!(issuer.requests(""), 0);
    believed(&app, &issuer.signed(&json!({}), claims.as_bytes())).await;
}

async fn a_claim_of_another_type_is_not_an_absent_one(app: TestApp) {
    let app = agent(app).await;
    let issuer = IssuerServer::start().await;
    let honest = issuer.claims(&app, &json!({})).to_string();
    for (claim, value) in [
        ("exp", "\"9e9\""),
        ("exp", "\"99999999999\""),
        ("exp", "1e400"),
        ("exp", "-1"),
        ("exp", "null"),
        ("exp", "true"),
        ("exp", "[9999999999]"),
        ("exp", "{}"),
        ("nbf", "\"99999999999\""),
        ("nbf", "null"),
        ("nbf", "-1"),
        ("iat", "\"0\""),
        ("aud", "{}"),
        ("aud", "[]"),
        ("aud", "[1]"),
        ("aud", "null"),
        ("iss", "[\"https://a\"]"),
        ("iss", "null"),
        ("sub", "null"),
        ("sub", "\"\""),
        ("sub", "[\"alice\"]"),
        ("sub", "7"),
        ("azp", "[]"),
        ("client_id", "{}"),
        ("scope", "[]"),
        ("jti", "1"),
    ] {
        let mut claims: serde_json::Map<String, Value> = serde_json::from_str(&honest).unwrap();
        claims.remove(claim);
        let rest = Value::Object(claims).to_string();
        let payload = format!("{{\"{claim}\":{value},{}", rest.strip_prefix('{').unwrap());
        let token = issuer.signed(&json!({}), payload.as_bytes());
        let because = if value == "1e400" { "JSON" } else { claim };
        refused(&app, &token, because).await;
    }
    for claim in ["exp", "sub", "iss"] {
        let token = issuer.token(&app, &json!({ claim: null }));
        refused(&app, &token, claim).await;
    }
    assert_eq!(issuer.requests(""), 0);
    believed(&app, &issuer.signed(&json!({}), honest.as_bytes())).await;
}

async fn times_hold_within_the_leeway_and_not_a_second_longer(app: TestApp) {
    let app = agent(app).await;
    let issuer = IssuerServer::start().await;
    let now_s = issuer.claims(&app, &json!({}))["iat"].as_i64().unwrap();
    let token = |changes: Value| issuer.token(&app, &changes);
    let ends = |offset| token(json!({ "exp": now_s + offset }));
    believed(&app, &ends(1 - LEEWAY_S)).await;
    refused(&app, &ends(-LEEWAY_S), "expired").await;
    refused(&app, &ends(-1 - LEEWAY_S), "expired").await;
    for claim in ["nbf", "iat"] {
        let now_s = issuer.claims(&app, &json!({}))["iat"].as_i64().unwrap();
        believed(&app, &token(json!({ claim: now_s + LEEWAY_S }))).await;
        let early = token(json!({ claim: now_s + LEEWAY_S + 1 }));
        refused(&app, &early, "not valid yet").await;
        app.clock().advance(1);
        believed(&app, &early).await;
    }
    let ends_in = |offset| {
        let now_s = issuer.claims(&app, &json!({}))["iat"].as_i64().unwrap();
        token(json!({ "exp": now_s + offset }))
    };
    let ending = ends_in(10);
    believed(&app, &ending).await;
    app.clock().advance(9 + LEEWAY_S);
    believed(&app, &ending).await;
    app.clock().advance(1);
    refused(&app, &ending, "expired").await;
}

async fn audience_and_client_are_asked_of_a_registered_issuer(app: TestApp) {
    let app = agent(app).await;
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    let (by_audience, by_client) = (IssuerServer::start().await, IssuerServer::start().await);
    let policy = IssuerPolicy {
        audiences: texts(&["app"]),
        ..IssuerPolicy::default()
    };
    register(&app, &by_audience.issuer(), policy).await;
    for (audience, because) in [
        (json!("another"), "audience"),
        (json!("APP"), "audience"),
        (json!("app/"), "audience"),
        (json!(null), "audience"),
        (json!(["another"]), "audience"),
        (json!(["app", "another"]), "several audiences"),
    ] {
        let token = by_audience.token(&app, &json!({ "aud": audience }));
        refused(&app, &token, because).await;
    }
    believed(&app, &by_audience.token(&app, &json!({ "aud": ["app"] }))).await;
    believed(&app, &by_audience.token(&app, &json!({}))).await;
    let policy = IssuerPolicy {
        audiences: texts(&["app"]),
        clients: texts(&["app", "web"]),
        ..IssuerPolicy::default()
    };
    register(&app, &by_client.issuer(), policy).await;
    for claims in [
        json!({ "client_id": "evil" }),
        json!({ "client_id": null }),
        json!({ "azp": "evil" }),
        json!({ "azp": "app", "client_id": "evil" }),
        json!({ "aud": ["app", "b"], "azp": "evil", "client_id": null }),
    ] {
        refused(&app, &by_client.token(&app, &claims), "client").await;
    }
    let several = json!({ "aud": ["app", "b"], "azp": "web" });
    believed(&app, &by_client.token(&app, &several)).await;
    assert_eq!(
        by_audience.requests("/jwks") + by_client.requests("/jwks"),
        2
    );
}

async fn tokens_of_another_kind_prove_nobody(app: TestApp) {
    let app = agent(app).await;
    let issuer = IssuerServer::start().await;
    let claims = issuer.claims(&app, &json!({})).to_string();
    for typ in [
        "logout+jwt",
        "secevent+jwt",
        "dpop+jwt",
        "oauth-id-jag+jwt",
        "client-authentication+jwt",
        "token-introspection+jwt",
        "txntoken+jwt",
        "kb+jwt",
        "application/application/jwt",
        "jwt ",
        "",
    ] {
        let token = issuer.signed(&json!({ "typ": typ }), claims.as_bytes());
        refused(&app, &token, "typ").await;
    }
    for typ in [json!(7), json!(["JWT"]), json!(null)] {
        let token = issuer.signed(&json!({ "typ": typ }), claims.as_bytes());
        refused(&app, &token, "`typ`").await;
    }
    let event = json!({ "events": { "http://schemas.openid.net/event/backchannel-logout": {} } });
    refused(&app, &issuer.token(&app, &event), "logout").await;
    for cnf in [json!({ "jkt": "x" }), json!({}), json!("")] {
        let bound = issuer.token(&app, &json!({ "cnf": cnf }));
        refused(&app, &bound, "sender").await;
    }
    assert_eq!(issuer.requests(""), 0);
    for typ in ["JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt"] {
        believed(
            &app,
            &issuer.signed(&json!({ "typ": typ }), claims.as_bytes()),
        )
        .await;
    }
}
