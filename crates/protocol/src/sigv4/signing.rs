//! The other side of a signature: what a client of ours puts on a POST of JSON to the API. Nothing
//! else is signed here, so that nothing else has to be right: no query, no session token.

use std::fmt;

use procura_core::digest::sha256;
use procura_core::secret::Plain;
use procura_core::secret::kind::AccessKeySecret;
use procura_core::time::Timestamp;

use super::authorization::Scope;
use super::canonical::{self, PathForm};
use super::date::AmzDate;
use super::{RequestHead, SigningKey};

/// The type of every body that is signed here.
pub const CONTENT_TYPE: &str = "application/json";
/// The headers that are signed, in their order.
const SIGNED: [&str; 3] = ["content-type", "host", "x-amz-date"];

/// Who signs, and for which place.
#[derive(Clone, Copy)]
pub struct Signer<'a> {
    /// The access key id.
    pub access_key_id: &'a str,
    /// The secret access key.
    pub secret: &'a Plain<AccessKeySecret>,
    /// Such as `us-east-1`.
    pub region: &'a str,
    /// The signing name, such as `bedrock-agentcore`.
    pub service: &'a str,
}

/// What a signature adds to a request.
pub struct SignedHeaders {
    /// `x-amz-date`.
    pub amz_date: String,
    /// `authorization`.
    pub authorization: String,
}

impl Signer<'_> {
    /// The headers of a POST of `body` to `path` of `host`, which is the `Host` header to the letter
    /// (with the port where it is not the scheme's own). The request has the `content-type`
    /// [`CONTENT_TYPE`] and no query.
    pub fn sign_post(&self, host: &str, path: &str, body: &[u8], now: Timestamp) -> SignedHeaders {
        let amz_date = AmzDate::at(now).to_string();
        let day = amz_date.split('T').next().unwrap_or_default();
        let headers: [(&str, &[u8]); 3] = [
            ("content-type", CONTENT_TYPE.as_bytes()),
            ("host", host.as_bytes()),
            ("x-amz-date", amz_date.as_bytes()),
        ];
        let head = RequestHead {
            method: "POST",
            path: path.as_bytes(),
            query: b"",
            headers: &headers,
        };
        let scope = Scope {
            date: day,
            region: self.region,
            service: self.service,
        };
        let hash = sha256(&[body]);
        let canonical = canonical::request(&head, &SIGNED, &hash, PathForm::Normalized);
        let text = canonical::string_to_sign(&amz_date, &scope, &canonical);
        let key = SigningKey::derive(self.secret.expose_secret(), day, self.region, self.service);
        let signature = hex::encode(*key.sign(text.as_bytes()));
        let authorization = authorization(self.access_key_id, &scope, &SIGNED, &signature);
        SignedHeaders {
            amz_date,
            authorization,
        }
    }
}

impl fmt::Debug for Signer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.access_key_id)
    }
}

impl fmt::Debug for SignedHeaders {
    /// A signature is good for minutes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignedHeaders({})", self.amz_date)
    }
}

/// The value of the `Authorization` header, in the form that botocore writes.
pub(crate) fn authorization(
    access_key_id: &str,
    scope: &Scope<'_>,
    signed: &[&str],
    signature: &str,
) -> String {
    let Scope {
        date,
        region,
        service,
    } = scope;
    format!(
        "AWS4-HMAC-SHA256 Credential={access_key_id}/{date}/{region}/{service}/aws4_request, \
         SignedHeaders={}, Signature={signature}",
        signed.join(";")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sigv4::{Expectation, SigV4Error, parse, verify};

    const NOW: Timestamp = Timestamp::from_millis(1_763_000_000_123);

    /// What the verifier says of a POST to this path with this body, signed for `/v1/x` and `{}`.
    fn verified(path: &str, body: &[u8]) -> Result<(), SigV4Error> {
        let secret = Plain::new(b"a secret".to_vec());
        let signer = Signer {
            access_key_id: "PRCAAAAAAAAAAAAAAAAA",
            secret: &secret,
            region: "us-east-1",
            service: "bedrock-agentcore",
        };
        let made = signer.sign_post("127.0.0.1:9400", "/v1/x", b"{}", NOW);
        let headers: [(&str, &[u8]); 4] = [
            ("host", b"127.0.0.1:9400"),
            ("content-type", CONTENT_TYPE.as_bytes()),
            ("x-amz-date", made.amz_date.as_bytes()),
            ("authorization", made.authorization.as_bytes()),
        ];
        let head = RequestHead {
            method: "POST",
            path: path.as_bytes(),
            query: b"",
            headers: &headers,
        };
        let presented = parse(&head)?;
        let scope = presented.scope();
        let key = SigningKey::derive(b"a secret", scope.date, scope.region, scope.service);
        let expectation = Expectation {
            region: "us-east-1",
            service: "bedrock-agentcore",
        };
        verify(&presented, sha256(&[body]), &key, NOW, expectation)
    }

    #[test]
    fn what_is_signed_here_is_verified_here_and_nothing_else() {
        assert_eq!(verified("/v1/x", b"{}"), Ok(()));
        let mismatch = Err(SigV4Error::SignatureMismatch);
        assert_eq!(verified("/v1/y", b"{}"), mismatch);
        assert_eq!(verified("/v1/x", b"{ }"), mismatch);
    }
}
