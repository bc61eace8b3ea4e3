//! The metadata, read as Procura reads it.

use procura_demo::Misbehaviour;
use procura_protocol::oauth::authentication_method::AuthenticationMethod;
use procura_protocol::oauth::issuer::DiscoveryUrl;
use procura_protocol::oauth::metadata::{self, MetadataError};

use crate::client::Served;

const OPENID: &str = "/.well-known/openid-configuration";
const GRANT_TYPES: [&str; 5] = [
    "authorization_code",
    "refresh_token",
    "client_credentials",
    "urn:ietf:params:oauth:grant-type:token-exchange",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
];
const OAUTH: &str = "/.well-known/oauth-authorization-server";

#[tokio::test]
async fn both_documents_speak_for_the_issuer() {
    let served = Served::start().await;
    let provider = &served.provider;
    for path in [OPENID, OAUTH] {
        let reply = served.get(path).await;
        assert_eq!(reply.header("content-type"), Some("application/json"));
        let url = DiscoveryUrl::parse(&format!("{}{path}", provider.issuer())).unwrap();
        let read = metadata::parse(&url, reply.body.as_bytes()).unwrap();
        assert_eq!(read.issuer.as_str(), format!("http://{}", served.address));
        assert_eq!(read.token_endpoint.as_str(), provider.token_endpoint());
        assert!(read.authorization_endpoint.is_some() && read.revocation_endpoint.is_some());
        assert_eq!(read.code_challenge_methods_supported, ["S256"]);
        assert_eq!(
            read.grant_types_supported.as_deref(),
            Some(&GRANT_TYPES.map(str::to_owned)[..])
        );
        let said = reply.json();
        assert_eq!(said["authorization_response_iss_parameter_supported"], true);
        let userinfo = format!("{}/userinfo", provider.issuer());
        assert_eq!(said["userinfo_endpoint"], userinfo);
        for method in [
            AuthenticationMethod::SecretBasic,
            AuthenticationMethod::SecretPost,
            AuthenticationMethod::PrivateKeyJwt,
        ] {
            assert!(read.supports(method), "{method:?}");
        }
    }
    assert_eq!(
        provider.discovery_url(),
        format!("{}{OPENID}", provider.issuer())
    );
    assert_eq!(provider.discovery_requests(), 2);
}

#[tokio::test]
async fn the_metadata_misbehaves_on_demand() {
    let served = Served::start().await;
    let provider = &served.provider;
    let url = DiscoveryUrl::parse(&provider.discovery_url()).unwrap();
    let other = "https://other.example".to_owned();
    provider.misbehave(Some(Misbehaviour::DiscoveryIssuer(other.clone())));
    let read = metadata::parse(&url, served.get(OPENID).await.body.as_bytes());
    assert_eq!(read, Err(MetadataError::IssuerMismatch));
    provider.misbehave(Some(Misbehaviour::DiscoveryTokenEndpoint(other.clone())));
    assert_eq!(served.get(OPENID).await.json()["token_endpoint"], other);
    provider.misbehave(Some(Misbehaviour::DiscoveryBody("no".to_owned())));
    assert_eq!(served.get(OPENID).await.body, "no");
}
