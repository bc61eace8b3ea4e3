//! What a pool says of itself (OpenID Connect Discovery 1.0 §3, RFC 8414 §2).

use procura_core::signing_key::SigningAlgorithm;
use procura_core::user_pool::PoolId;
use serde_json::{Value, json};

use crate::App;
use crate::pool_token::claims_of_users;

/// The scopes that every pool has.
const SCOPES: [&str; 5] = [
    "openid",
    "email",
    "phone",
    "profile",
    "aws.cognito.signin.user.admin",
];
/// The claims of every ID token.
const CLAIMS: [&str; 11] = [
    "sub",
    "iss",
    "aud",
    "exp",
    "iat",
    "auth_time",
    "nonce",
    "at_hash",
    "jti",
    "cognito:username",
    "cognito:groups",
];
/// How a client shows its secret.
const METHODS: [&str; 2] = ["client_secret_basic", "client_secret_post"];
/// The same, where one without a secret may ask.
const METHODS_OR_NONE: [&str; 3] = ["client_secret_basic", "client_secret_post", "none"];

impl App {
    /// What a pool says of itself; nothing of it is empty.
    pub(crate) fn metadata_of(&self, pool: &PoolId, algorithms: &[SigningAlgorithm]) -> Value {
        let issuer = self.pool_issuer(pool);
        let algorithms: Vec<&str> = algorithms.iter().map(|known| known.as_str()).collect();
        let at = |path: &str| format!("{issuer}{path}");
        let claims: Vec<&str> = CLAIMS.into_iter().chain(claims_of_users()).collect();
        json!({
            "issuer": issuer,
            "authorization_endpoint": at("/oauth2/authorize"),
            "token_endpoint": at("/oauth2/token"),
            "userinfo_endpoint": at("/oauth2/userInfo"),
            "introspection_endpoint": at("/oauth2/introspect"),
            "revocation_endpoint": at("/oauth2/revoke"),
            "end_session_endpoint": at("/logout"),
            "jwks_uri": at("/.well-known/jwks.json"),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": METHODS_OR_NONE,
            "revocation_endpoint_auth_methods_supported": METHODS_OR_NONE,
            "introspection_endpoint_auth_methods_supported": METHODS,
            "authorization_response_iss_parameter_supported": true,
            "prompt_values_supported": ["none", "login", "consent", "select_account"],
            "request_parameter_supported": false,
            "request_uri_parameter_supported": false,
            "claims_parameter_supported": false,
            "scopes_supported": SCOPES,
            "claims_supported": claims,
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": algorithms,
        })
    }
}
