//! The claims of a token, each of its own type or refused (RFC 7519 §4.1, RFC 9068 §2.2).

use std::fmt;

use serde_json::{Map, Value};

use super::times::{NumericDate, Times};
use crate::jose::{JoseError, Part, jws};
use crate::strict_json::Limits;

/// Longest `sub`, in bytes: the bound that OpenID Connect Core §2 gives to issuers.
pub const SUBJECT_BYTES_MAX: usize = 255;
/// Longest issuer, audience, client, nonce or id, in bytes.
pub const TEXT_BYTES_MAX: usize = 2048;
/// Most audiences.
pub const AUDIENCES_MAX: usize = 100;

const LIMITS: Limits = Limits {
    depth_max: 16,
    keys_max: 1000,
    key_bytes_max: 512,
    string_bytes_max: usize::MAX,
    nul_in_strings: false,
    object_only: true,
};

const TEXT: &str = "a string of 1 to 2048 bytes without control characters";

/// What an issuer says. As large as its token at most, which is bounded where the token is read.
#[derive(Clone, PartialEq)]
pub struct Claims {
    /// `iss`, compared byte for byte.
    pub issuer: String,
    /// `sub`: 1 to [`SUBJECT_BYTES_MAX`] bytes. Only with the issuer does it name somebody. A token
    /// without it is refused: it is about nobody.
    pub subject: String,
    /// `aud`, one or many; empty where there is none.
    pub audiences: Vec<String>,
    /// `exp`, `nbf`, `iat`.
    pub times: Times,
    /// `azp`: to whom the token was issued (OpenID Connect Core §2).
    pub authorized_party: Option<String>,
    /// `client_id`: the same in access tokens (RFC 8693 §4.3).
    pub client_id: Option<String>,
    /// `scope`: names with spaces between them (RFC 8693 §4.2).
    pub scope: Option<String>,
    /// `token_use`, by which some issuers tell `id` and `access` tokens apart.
    pub token_use: Option<String>,
    /// `nonce` (OpenID Connect Core §2).
    pub nonce: Option<String>,
    /// `jti`.
    pub token_id: Option<String>,
    others: Map<String, Value>,
}

impl Claims {
    pub(crate) fn parse(json: &[u8]) -> Result<Self, JoseError> {
        let mut members = Members(jws::object(json, Part::Payload, &LIMITS)?);
        let issuer = members.required_text("iss")?;
        let subject = members.required_text("sub")?;
        if subject.len() > SUBJECT_BYTES_MAX {
            return Err(JoseError::ClaimInvalid {
                claim: "sub",
                expected: "a string of 1 to 255 bytes without control characters",
            });
        }
        Ok(Self {
            issuer,
            subject,
            audiences: members.audiences()?,
            times: members.times()?,
            authorized_party: members.text("azp")?,
            client_id: members.text("client_id")?,
            scope: members.scope()?,
            token_use: members.text("token_use")?,
            nonce: members.text("nonce")?,
            token_id: members.text("jti")?,
            others: members.0,
        })
    }

    /// A claim that has no field of its own, as the issuer wrote it.
    pub fn other(&self, name: &str) -> Option<&Value> {
        self.others.get(name)
    }

    /// A claim that is a text, whether it has a field of its own or not; never issuer, subject,
    /// audience or time.
    pub fn text(&self, name: &str) -> Option<&str> {
        match name {
            "azp" => self.authorized_party.as_deref(),
            "client_id" => self.client_id.as_deref(),
            "scope" => self.scope.as_deref(),
            "token_use" => self.token_use.as_deref(),
            "nonce" => self.nonce.as_deref(),
            "jti" => self.token_id.as_deref(),
            _ => self.other(name).and_then(Value::as_str),
        }
    }

    /// All claims that are texts, as [`Self::text`] has them.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        let own = ["azp", "client_id", "scope", "token_use", "nonce", "jti"];
        let others = self.others.keys().map(String::as_str);
        own.into_iter()
            .chain(others)
            .filter_map(|name| Some((name, self.text(name)?)))
    }

    /// All claims that have no field of their own.
    pub fn others(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.others
            .iter()
            .map(|(name, value)| (name.as_str(), value))
    }
}

impl fmt::Debug for Claims {
    /// Nothing: claims are about a person, and no log is to have them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Claims([personal])")
    }
}

/// The members that were not taken yet.
struct Members(Map<String, Value>);

impl Members {
    fn required_text(&mut self, claim: &'static str) -> Result<String, JoseError> {
        self.text(claim)?.ok_or(JoseError::ClaimMissing(claim))
    }

    fn text(&mut self, claim: &'static str) -> Result<Option<String>, JoseError> {
        let invalid = JoseError::ClaimInvalid {
            claim,
            expected: TEXT,
        };
        self.0
            .remove(claim)
            .map(|value| text(value).ok_or(invalid))
            .transpose()
    }

    /// May be empty and as long as the token: it is a list.
    fn scope(&mut self) -> Result<Option<String>, JoseError> {
        match self.0.remove("scope") {
            None => Ok(None),
            Some(Value::String(scope)) if !scope.contains(char::is_control) => Ok(Some(scope)),
            Some(_) => Err(JoseError::ClaimInvalid {
                claim: "scope",
                expected: "a string: names with spaces between them",
            }),
        }
    }

    fn audiences(&mut self) -> Result<Vec<String>, JoseError> {
        let audiences = match self.0.remove("aud") {
            None => return Ok(Vec::new()),
            Some(Value::Array(items)) if (1..=AUDIENCES_MAX).contains(&items.len()) => {
                items.into_iter().map(text).collect()
            }
            Some(value) => text(value).map(|audience| vec![audience]),
        };
        audiences.ok_or(JoseError::ClaimInvalid {
            claim: "aud",
            expected: "a string, or an array of 1 to 100 strings",
        })
    }

    fn times(&mut self) -> Result<Times, JoseError> {
        let expires_at = self.date("exp")?.ok_or(JoseError::ClaimMissing("exp"))?;
        Ok(Times {
            expires_at: expires_at.not_later(),
            not_before: self.date("nbf")?.map(NumericDate::not_earlier),
            issued_at: self.date("iat")?.map(NumericDate::not_earlier),
        })
    }

    fn date(&mut self, claim: &'static str) -> Result<Option<NumericDate>, JoseError> {
        let expected = "a number of seconds since 1970, at most 253402300799";
        self.0
            .remove(claim)
            .map(|value| {
                NumericDate::parse(&value).ok_or(JoseError::ClaimInvalid { claim, expected })
            })
            .transpose()
    }
}

/// A string that names something.
fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text)
            if (1..=TEXT_BYTES_MAX).contains(&text.len()) && !text.contains(char::is_control) =>
        {
            Some(text)
        }
        _ => None,
    }
}
