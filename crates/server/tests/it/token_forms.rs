//! Users' tokens in a form that has two readings, or none (attacks 67, 68 and I2 of the catalogue).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use procura_protocol::jose::jwt::USER_TOKEN_BYTES_MAX;
use procura_testkit::TestApp;
use serde_json::json;

use crate::issuer_server::IssuerServer;
use crate::token_attacks::{believed, encoded, header_of, malformed, refused, with_header};
use crate::user_proof::agent;

tests! {
    on_both_engines {}
    on_sqlite {
        json_with_two_readings_is_refused
        a_token_has_a_longest_length
        an_encrypted_token_is_refused
        a_signature_has_one_text_and_one_form
    }
}

async fn json_with_two_readings_is_refused(app: TestApp) {
    let app = agent(app).await;
    let issuer = IssuerServer::start().await;
    let honest = issuer.claims(&app, &json!({})).to_string();
    let rest = honest.strip_prefix('{').unwrap();
    for payload in [
        format!("{{\"sub\":\"victim\",{rest}"),
        format!("{{\"s\\u0075b\":\"victim\",{rest}"),
        format!("{{\"sub\\u0000\":\"victim\",{rest}"),
        format!("{{\"x\":{{\"a\":1,\"a\":2}},{rest}"),
        format!("{{\"x\":\"\\u0000\",{rest}"),
        format!("{{\"x\":\"\\ud800\",{rest}"),
        format!("\u{feff}{honest}"),
        format!("{honest}{{}}"),
        format!("[{honest}]"),
    ] {
        let token = issuer.signed(&json!({}), payload.as_bytes());
        refused(&app, &token, "JSON object").await;
    }
    let token = issuer.signed(&json!({}), honest.as_bytes());
    let header = header_of(&token).to_string();
    let rest = header.strip_prefix('{').unwrap();
    for header in [
        format!("{{\"alg\":\"none\",{rest}"),
        format!("{{\"kid\":\"x\",{rest}"),
        format!("{{\"x\":\"\\u0000\",{rest}"),
        format!("\u{feff}{header}"),
    ] {
        refused(&app, &with_header(&token, &header), "JSON object").await;
    }
    assert_eq!(issuer.requests(""), 0);
    believed(&app, &token).await;
}

async fn a_token_has_a_longest_length(app: TestApp) {
    let app = agent(app).await;
    let issuer = IssuerServer::start().await;
    let of_length = |padding: usize| issuer.token(&app, &json!({ "groups": "g".repeat(padding) }));
    let shortest = of_length(0).len();
    let room = (USER_TOKEN_BYTES_MAX - shortest) * 3 / 4 - 3;
    believed(&app, &of_length(room)).await;
    let long = of_length(room + 8);
    assert!(long.len() > USER_TOKEN_BYTES_MAX);
    refused(&app, &long, "too long").await;
}

async fn an_encrypted_token_is_refused(app: TestApp) {
    let app = agent(app).await;
    let issuer = IssuerServer::start().await;
    malformed(&app, "e30.e30.e30.e30.e30").await;
    for header in [
        json!({ "enc": "A256GCM", "p2c": 2_147_483_647 }),
        json!({ "zip": "DEF" }),
    ] {
        let claims = issuer.claims(&app, &json!({})).to_string();
        refused(
            &app,
            &issuer.signed(&header, claims.as_bytes()),
            "encrypted",
        )
        .await;
    }
    assert_eq!(issuer.requests(""), 0);
}

async fn a_signature_has_one_text_and_one_form(app: TestApp) {
    let app = agent(app).await;
    let honest = app.demo().user_token("alice");
    let (signed, signature) = honest.rsplit_once('.').unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    assert_eq!(bytes.len(), 64);
    let der = |part: &[u8]| {
        let lead = part[0] >> 7;
        let mut out = vec![2, 32 + lead];
        out.extend(std::iter::repeat_n(0, usize::from(lead)));
        out.extend(part);
        out
    };
    let body = [der(&bytes[..32]), der(&bytes[32..])].concat();
    let der = [&[0x30, u8::try_from(body.len()).unwrap()], &body[..]].concat();
    let halves = [&[0; 32], &bytes[32..]].concat();
    for changed in [
        der,
        vec![0; 64],
        halves,
        bytes[..63].to_vec(),
        [&bytes[..], &[0]].concat(),
    ] {
        let token = format!("{signed}.{}", encoded(changed));
        refused(&app, &token, "signature").await;
    }
    refused(&app, &format!("{honest}="), "base64url").await;
    for text in [
        format!("{honest}\n"),
        format!(" {honest}"),
        format!("{honest}."),
    ] {
        malformed(&app, &text).await;
    }
    believed(&app, &honest).await;
}
