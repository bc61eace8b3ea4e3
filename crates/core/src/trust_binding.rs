//! Trust bindings: which workloads of which issuer are an agent. They need no secret of ours: what
//! runs them says who they are (a Kubernetes service account, a job of GitHub Actions, a SPIFFE id).

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::id::{AgentId, TrustBindingId};
use crate::issuer::ISSUER_BYTES_MAX;
use crate::time::Timestamp;

/// Most claims that a binding asks for beside the subject.
pub const CLAIMS_MAX: usize = 20;
/// Most bindings of an agent.
pub const BINDINGS_MAX: u32 = 20;
/// Longest value of a claim, in bytes.
const VALUE_BYTES_MAX: usize = 2048;

/// What a claim has to be: a text, or how it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimMatcher {
    /// This text, byte for byte.
    Equal(String),
    /// A text that begins with this.
    Begins(String),
}

/// Why a text is no [`ClaimMatcher`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "write the value of the claim, of 1 to 2048 characters; one * may stand at its end, after at \
     least one separator (: or /)"
)]
pub struct InvalidMatcher;

impl ClaimMatcher {
    /// Whether a claim is what it has to be.
    pub fn matches(&self, value: &str) -> bool {
        match self {
            Self::Equal(text) => text == value,
            // What only begins like it and goes on is meant; that itself is not.
            Self::Begins(text) => value.len() > text.len() && value.starts_with(text),
        }
    }
}

impl FromStr for ClaimMatcher {
    type Err = InvalidMatcher;

    fn from_str(text: &str) -> Result<Self, InvalidMatcher> {
        let is_bounded = (1..=VALUE_BYTES_MAX).contains(&text.len());
        if !is_bounded || text.chars().any(char::is_control) {
            return Err(InvalidMatcher);
        }
        match text.strip_suffix('*') {
            None if text.contains('*') => Err(InvalidMatcher),
            None => Ok(Self::Equal(text.to_owned())),
            // SECURITY: `repo:acme*` would also be `repo:acme-evil`: what may vary is a whole part.
            Some(begin) if !begin.contains('*') && begin.ends_with([':', '/']) => {
                Ok(Self::Begins(begin.to_owned()))
            }
            Some(_) => Err(InvalidMatcher),
        }
    }
}

impl fmt::Display for ClaimMatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Equal(text) => f.write_str(text),
            Self::Begins(text) => write!(f, "{text}*"),
        }
    }
}

impl Serialize for ClaimMatcher {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ClaimMatcher {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

/// What a token has to say for its bearer to be the agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustedWorkload {
    /// Who issues the token: compared byte for byte with `iss`.
    pub issuer: String,
    /// Where its keys are; otherwise its discovery document says.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub jwks_uri: Option<String>,
    /// What has to be in `aud`.
    pub audience: String,
    /// What `sub` has to be.
    pub subject: ClaimMatcher,
    /// What other claims have to be. They are texts.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub claims: BTreeMap<String, ClaimMatcher>,
}

/// Why somebody is not trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Untrustworthy {
    /// No issuer, no audience, or longer ones than there are.
    #[error("name an issuer and an audience of at most 2048 characters")]
    Unnamed,
    /// More than [`CLAIMS_MAX`], or one that is looked at anyway.
    #[error("name at most 20 other claims, and not iss, aud, sub, exp, nbf or iat")]
    Claims,
}

/// What a token says, as far as bindings ask.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    /// `iss`.
    pub issuer: &'a str,
    /// `aud`.
    pub audiences: &'a [String],
    /// `sub`.
    pub subject: &'a str,
}

impl TrustedWorkload {
    /// This, if it says whom it means.
    pub fn checked(self) -> Result<Self, Untrustworthy> {
        let named = |text: &str| (1..=ISSUER_BYTES_MAX).contains(&text.len());
        if !named(&self.issuer) || !named(&self.audience) {
            return Err(Untrustworthy::Unnamed);
        }
        let is_other = |name: &String| {
            named(name) && !["iss", "aud", "sub", "exp", "nbf", "iat"].contains(&name.as_str())
        };
        if self.claims.len() > CLAIMS_MAX || !self.claims.keys().all(is_other) {
            return Err(Untrustworthy::Claims);
        }
        Ok(self)
    }

    /// Whether who bears a token that says this is meant; `claim` finds a claim that is a text. The
    /// token has to be verified before.
    pub fn is_meant<'a>(
        &self,
        said: Said<'_>,
        mut claim: impl FnMut(&str) -> Option<&'a str>,
    ) -> bool {
        self.issuer == said.issuer
            && said.audiences.contains(&self.audience)
            && self.subject.matches(said.subject)
            && self
                .claims
                .iter()
                .all(|(name, wanted)| claim(name).is_some_and(|value| wanted.matches(value)))
    }
}

/// That who bears such a token is this agent, and no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustBinding {
    /// Its id.
    pub id: TrustBindingId,
    /// The agent.
    pub agent: AgentId,
    /// Who is trusted.
    pub workload: TrustedWorkload,
    /// When it was made.
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matcher_leaves_nothing_but_whole_parts_open() {
        for good in [
            "system:serviceaccount:ns:agent",
            "repo:acme/app:*",
            "spiffe://a/*",
        ] {
            assert_eq!(good.parse::<ClaimMatcher>().unwrap().to_string(), good);
        }
        for bad in ["", "*", "repo*", "repo:*:ref", "repo:acme*", "**", "a\nb"] {
            assert!(bad.parse::<ClaimMatcher>().is_err(), "{bad}");
        }
        let part: ClaimMatcher = "repo:acme/app:*".parse().unwrap();
        assert!(part.matches("repo:acme/app:ref:refs/heads/main"));
        assert!(!part.matches("repo:acme/app:"));
        assert!(!part.matches("repo:acme/app-evil:ref"));
    }

    fn kubernetes() -> TrustedWorkload {
        TrustedWorkload {
            issuer: "https://kubernetes.default.svc".to_owned(),
            jwks_uri: None,
            audience: "procura".to_owned(),
            subject: "system:serviceaccount:agents:mail".parse().unwrap(),
            claims: BTreeMap::from([("zone".to_owned(), "a".parse().unwrap())]),
        }
    }

    #[test]
    fn a_workload_is_meant_when_all_is_said() {
        let trusted = kubernetes().checked().unwrap();
        let audiences = ["other".to_owned(), "procura".to_owned()];
        let said = Said {
            issuer: "https://kubernetes.default.svc",
            audiences: &audiences,
            subject: "system:serviceaccount:agents:mail",
        };
        let zone = |name: &str| (name == "zone").then_some("a");
        assert!(trusted.is_meant(said, zone));
        assert!(!trusted.is_meant(said, |_| None));
        assert!(!trusted.is_meant(said, |_| Some("b")));
        for other in [
            Said {
                issuer: "https://kubernetes.default.svc/",
                ..said
            },
            Said {
                audiences: &audiences[..1],
                ..said
            },
            Said {
                audiences: &[],
                ..said
            },
            Said {
                subject: "system:serviceaccount:agents:mail2",
                ..said
            },
        ] {
            assert!(!trusted.is_meant(other, zone), "{other:?}");
        }
    }

    #[test]
    fn who_is_meant_is_said() {
        let bad = [
            TrustedWorkload {
                issuer: String::new(),
                ..kubernetes()
            },
            TrustedWorkload {
                audience: String::new(),
                ..kubernetes()
            },
            TrustedWorkload {
                claims: BTreeMap::from([("sub".to_owned(), "a".parse().unwrap())]),
                ..kubernetes()
            },
        ];
        for bad in bad {
            assert!(bad.checked().is_err());
        }
    }
}
