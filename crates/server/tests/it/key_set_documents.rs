//! What issuers publish, and what of it is refused: key sets, discovery documents, addresses
//! (attacks 64, 65 and 72 of the catalogue).

use std::time::Duration;

use procura_testkit::TestApp;
use procura_testkit::demo::Misbehaviour;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::issuer_keys::{fresh, lasting, new_key};
use crate::issuer_server::IssuerServer;
use crate::user_proof::{agent, minted, unproved};

tests! {
    on_both_engines {}
    on_sqlite {
        a_key_set_without_bounds_is_refused_in_time
        a_key_set_that_is_none_is_refused
        a_discovery_document_speaks_for_its_issuer_only
        a_slash_at_the_end_is_part_of_the_name
        what_is_not_to_be_reached_is_not
        two_keys_of_one_name_are_neither
    }
}

async fn a_key_set_without_bounds_is_refused_in_time(app: TestApp) {
    let app = agent(app).await;
    let host = app.agent_host();
    let many = |count: usize| {
        let key = new_key().public_jwk();
        let keys = (0..count).map(|number| {
            let mut key = key.clone();
            key["kid"] = json!(number.to_string());
            key
        });
        json!({ "keys": keys.collect::<Vec<_>>() }).to_string()
    };
    let padded = |bytes: usize| format!("{{\"keys\":[],\"x\":{}", "[".repeat(bytes));
    for wrong in [
        Misbehaviour::KeySetHuge(50 * 1024 * 1024),
        Misbehaviour::KeySetHuge(256 * 1024),
        Misbehaviour::KeySetBody(many(10_000)),
        Misbehaviour::KeySetBody(many(101)),
        Misbehaviour::KeySetBody(padded(250_000)),
        Misbehaviour::DiscoveryBody("x".repeat(50 * 1024 * 1024)),
    ] {
        app.demo().misbehave(Some(wrong));
        let token = fresh(&app);
        let asked = host.token_for_jwt("agent", &token);
        let refused = timeout(Duration::from_secs(10), asked).await.unwrap();
        assert!([401, 429].contains(&refused.status), "{}", refused.text());
        assert!(refused.record().is_some());
        app.clock().advance(30);
    }
    app.demo().misbehave(None);
    minted(host, &fresh(&app)).await;
}

async fn a_key_set_that_is_none_is_refused(app: TestApp) {
    let app = agent(app).await;
    let host = app.agent_host();
    for body in [
        "",
        "null",
        "[]",
        "{}",
        "7",
        "<html>canary</html>",
        "{\"keys\":{}}",
        "{\"keys\":null}",
        "{\"keys\":[],\"keys\":[]}",
        "{\"keys\":[]}\u{0}",
        "\u{feff}{\"keys\":[]}",
        "{\"keys\":[{}, 1, null, []]}",
    ] {
        app.demo()
            .misbehave(Some(Misbehaviour::KeySetBody(body.to_owned())));
        let refused = host.token_for_jwt("agent", &fresh(&app)).await;
        let refused = refused.expect_error(401, "UnauthorizedException");
        assert!(!refused.holds("canary"));
        app.clock().advance(30);
    }
    app.demo().misbehave(None);
    minted(host, &fresh(&app)).await;
}

async fn a_discovery_document_speaks_for_its_issuer_only(app: TestApp) {
    let app = agent(app).await;
    let host = app.agent_host();
    let (here, demo) = (app.demo().issuer(), app.demo());
    let upper = here.replace("http", "HTTP");
    for issuer in ["https://accounts.example", "", &upper, &format!("{here}/x")] {
        demo.misbehave(Some(Misbehaviour::DiscoveryIssuer(issuer.to_owned())));
        unproved(host, &fresh(&app)).await;
        app.clock().advance(30);
    }
    for document in ["", "{}", "[]", "{\"issuer\":null}", "{\"issuer\":[\"x\"]}"] {
        demo.misbehave(Some(Misbehaviour::DiscoveryBody(document.to_owned())));
        unproved(host, &fresh(&app)).await;
        app.clock().advance(30);
    }
    assert_eq!(demo.key_set_requests(), 0);
    demo.misbehave(None);
    minted(host, &fresh(&app)).await;
    // A token of the liar says the liar's name; keys of one are no keys of another.
    let (liar, victim) = (IssuerServer::start().await, IssuerServer::start().await);
    unproved(host, &liar.token(&app, &json!({ "iss": victim.issuer() }))).await;
    minted(host, &victim.token(&app, &json!({}))).await;
}

async fn a_slash_at_the_end_is_part_of_the_name(app: TestApp) {
    let app = agent(app).await;
    let host = app.agent_host();
    let issuer = IssuerServer::start().await;
    let with_slash = format!("{}/", issuer.issuer());
    let token = issuer.token(&app, &json!({ "iss": with_slash }));
    unproved(host, &token).await;
    minted(host, &issuer.token(&app, &json!({}))).await;
    let document = json!({ "issuer": with_slash, "jwks_uri": issuer.jwks_uri() });
    let path = "/.well-known/openid-configuration";
    issuer.answer(path, "", &document.to_string());
    app.clock().advance(30);
    minted(host, &token).await;
}

async fn what_is_not_to_be_reached_is_not(app: TestApp) {
    let app = agent(app).await;
    let host = app.agent_host();
    let own = format!("http://{}", app.address());
    let by_name = format!("http://localhost:{}", app.address().port());
    let claims = IssuerServer::start().await;
    for issuer in [
        own.as_str(),
        &by_name,
        "http://169.254.169.254",
        "https://169.254.169.254/latest",
        "http://[fd00:ec2::254]",
        "http://[::ffff:169.254.169.254]",
        "https://metadata.google.internal",
        "https://10.0.0.1",
        "http://192.168.1.1:8080",
        "https://172.16.0.1",
        "https://100.64.0.1",
        "https://0.0.0.0",
        "http://93.184.215.14",
        "http://0x7f.1",
        "http://2130706433",
        "http://127.1",
        "file:///etc/passwd",
        "https://user@127.0.0.1",
        "https://127.0.0.1?x",
        "https://127.0.0.1#x",
        "ftp://127.0.0.1",
        "accounts.google.com",
    ] {
        let before = app.records().await.len();
        let token = claims.token(&app, &json!({ "iss": issuer }));
        let asked = host.token_for_jwt("agent", &token);
        let refused = timeout(Duration::from_secs(2), asked).await.unwrap();
        let refused = refused.expect_error(401, "UnauthorizedException");
        assert!(refused.record().is_some());
        assert_eq!(
            app.records().await.len(),
            before + 1,
            "{issuer} was not called"
        );
        app.clock().advance(10);
    }
    // Nor is it by way of a document that may be read.
    let issuer = IssuerServer::start().await;
    let token = lasting(&app, &issuer, "alice");
    for jwks_uri in [
        "http://169.254.169.254/keys",
        &own,
        "https://10.0.0.1/",
        "file:///x",
    ] {
        let document = json!({ "issuer": issuer.issuer(), "jwks_uri": jwks_uri });
        let path = "/.well-known/openid-configuration";
        issuer.answer(path, "", &document.to_string());
        unproved(host, &token).await;
        app.clock().advance(30);
    }
    assert_eq!(issuer.requests("/jwks"), 0);
}

async fn two_keys_of_one_name_are_neither(app: TestApp) {
    let app = agent(app).await;
    let with = |issuer: &IssuerServer, change: &dyn Fn(&mut Value)| {
        let mut jwk = issuer.key.public_jwk();
        change(&mut jwk);
        jwk
    };
    let issuer = IssuerServer::start().await;
    let twin = with(&issuer, &|jwk| {
        let mut other = new_key().public_jwk();
        other["kid"] = jwk["kid"].clone();
        *jwk = other;
    });
    let zero = "A".repeat(43);
    let unusable = [
        json!([issuer.key.public_jwk(), twin]),
        json!([with(&issuer, &|jwk| jwk["use"] = json!("enc"))]),
        json!([with(&issuer, &|jwk| jwk["key_ops"] = json!(["sign"]))]),
        json!([with(&issuer, &|jwk| jwk["alg"] = json!("HS256"))]),
        json!([with(&issuer, &|jwk| jwk["d"] = json!(zero))]),
        json!([with(&issuer, &|jwk| jwk["y"] = json!(zero))]),
        json!([with(&issuer, &|jwk| jwk["kty"] = json!("oct"))]),
        json!([]),
    ];
    let token = issuer.token(&app, &json!({}));
    for keys in unusable {
        issuer.answer("/jwks", "", &json!({ "keys": keys }).to_string());
        unproved(app.agent_host(), &token).await;
        app.clock().advance(30);
    }
    issuer.publish(&[&issuer.key, &issuer.key]);
    minted(app.agent_host(), &token).await;
}
