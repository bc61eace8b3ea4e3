//! Entry points for fuzzers. Each may refuse, none may panic. No stability is promised.

use procura_core::time::Timestamp;

use crate::jose::jwt::{AudiencePolicy, Claims, Expectation, Purpose, Unverified};
use crate::jose::{Algorithm, jwk, jws};

/// RFC 7515 A.3.
const KEY: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

/// A token; and, because base64url keeps a fuzzer out, its header and its claims.
pub fn jwt(data: &[u8]) {
    let _ = jws::Header::parse(data);
    let _ = Claims::parse(data);
    let (Ok(token), Ok(keys)) = (
        std::str::from_utf8(data),
        jwk::KeySet::parse_key(KEY.as_bytes()),
    ) else {
        return;
    };
    let expectation = Expectation {
        purpose: Purpose::UserToken,
        issuer: "joe",
        algorithms: &Algorithm::ALL,
        audience: AudiencePolicy::Unchecked,
    };
    if let Ok(token) = Unverified::parse(token, usize::MAX) {
        let _ = token.verify(
            &keys,
            &expectation,
            Timestamp::from_millis(1_300_819_380_000),
        );
    }
}

/// A key set, or one key.
pub fn jwks(data: &[u8]) {
    for keys in [jwk::KeySet::parse(data), jwk::KeySet::parse_key(data)]
        .into_iter()
        .flatten()
    {
        for key in keys.keys() {
            for algorithm in Algorithm::ALL {
                let _ = key.verify(algorithm, data, &[0; 64]);
            }
        }
    }
}
