//! `prove jwt`: the one verifier of inbound tokens against the catalogue of attacks, the published
//! suites and another signer.
//!
//! Every attack of group D that needs no network has an honest pair: the same token without the
//! attack must pass, or a verifier that refuses everything would prove well. Of honest tokens every
//! byte is changed, and parts of two are mixed. Python's `cryptography` signs what we must accept
//! and verifies what we signed. The control is a verifier that does not look at signatures: were it
//! not found out, the proof would be broken.

mod attacks;
mod mutations;
mod oracle;
mod vectors;

use anyhow::{Context as _, bail};
use procura_core::time::Timestamp;
use procura_protocol::jose::jwk::{KeySet, KeySetError};
use procura_protocol::jose::jwt::{
    AudiencePolicy, Expectation, Purpose, USER_TOKEN_BYTES_MAX, Unverified,
};
use procura_protocol::jose::signing::TokenSigningKey;
use procura_protocol::jose::{Algorithm, JoseError};
use serde_json::{Map, Value, json};

/// Runs the proof. `full` changes each byte to all others instead of eleven, and has the other
/// signer make ten times the tokens.
pub(super) fn run(full: bool) -> anyhow::Result<()> {
    let vectors = vectors::run()?;
    let issuer = Issuer::new()?;
    let attacks = attacks::run(&issuer, Trial::receive)?;
    let mutations = mutations::run(&issuer, full)?;
    let (theirs, ours) = oracle::run(&issuer, full)?;
    match attacks::run(&issuer, Trial::receive_without_signature) {
        Err(error) => println!("control found out: {error:#}"),
        Ok(_) => bail!("a verifier that does not look at signatures was not found out"),
    }
    let (refused, accepted, listed) = (vectors.refused, vectors.accepted, vectors.listed);
    println!(
        "figure: jwt vectors={} refused={refused} accepted={accepted} listed={listed} \
         attacks={attacks} mutations={mutations} theirs_accepted={theirs} ours_accepted={ours}",
        refused + accepted + listed
    );
    Ok(())
}

const ISSUER: &str = "https://id.example.com/realm";
/// In seconds.
const NOW_S: i64 = 1_790_000_000;

/// An issuer with a key for each algorithm that we sign with.
struct Issuer {
    keys: Vec<TokenSigningKey>,
}

impl Issuer {
    fn new() -> anyhow::Result<Self> {
        let algorithms = [
            Algorithm::Es256,
            Algorithm::EdDsa,
            Algorithm::Rs256,
            Algorithm::Ps256,
        ];
        let keys = algorithms.into_iter().map(TokenSigningKey::generate);
        Ok(Self {
            keys: keys.collect::<Result<_, _>>()?,
        })
    }

    fn key(&self, algorithm: Algorithm) -> anyhow::Result<&TokenSigningKey> {
        let mut keys = self.keys.iter();
        keys.find(|key| key.algorithm() == algorithm)
            .with_context(|| format!("the issuer has no key for {algorithm}"))
    }

    fn es256(&self) -> anyhow::Result<&TokenSigningKey> {
        self.key(Algorithm::Es256)
    }

    fn jwks(&self) -> Value {
        json!({ "keys": self.keys.iter().map(TokenSigningKey::public_jwk).collect::<Vec<_>>() })
    }

    /// What it says of an honest user.
    fn claims() -> Value {
        json!({ "iss": ISSUER, "sub": "alice", "aud": "procura", "exp": NOW_S + 300, "iat": NOW_S })
    }

    /// The honest claims with these instead; `null` is written, not left out.
    fn claims_with(changes: &Value) -> Value {
        let mut claims = Self::claims();
        for (name, value) in changes.as_object().into_iter().flatten() {
            if let Some(members) = claims.as_object_mut() {
                members.insert(name.clone(), value.clone());
            }
        }
        claims
    }

    fn token(&self, algorithm: Algorithm, claims: &Value) -> anyhow::Result<String> {
        let payload = claims.to_string();
        Ok(self.key(algorithm)?.sign(&Map::new(), payload.as_bytes())?)
    }

    /// What a verifier sees that knows this issuer.
    fn trial(&self, token: String) -> Trial {
        Trial {
            token,
            jwks: self.jwks().to_string(),
            now_s: NOW_S,
            audiences: vec!["procura".to_owned()],
            clients: Vec::new(),
        }
    }

    fn honest(&self) -> anyhow::Result<Trial> {
        Ok(self.trial(self.token(Algorithm::Es256, &Self::claims())?))
    }
}

/// A token, and everything by which it is judged.
#[derive(Clone)]
struct Trial {
    token: String,
    jwks: String,
    now_s: i64,
    audiences: Vec<String>,
    clients: Vec<String>,
}

/// Why a trial ends in a refusal.
#[derive(Debug)]
enum Refused {
    Token(JoseError),
    KeySet(KeySetError),
}

impl Refused {
    /// The name of the variant, which is how `Debug` begins.
    fn name(&self) -> String {
        let shown = match self {
            Self::Token(error) => format!("{error:?}"),
            Self::KeySet(error) => format!("{error:?}"),
        };
        let name = shown.split(|c: char| !c.is_alphanumeric()).next();
        name.unwrap_or_default().to_owned()
    }
}

/// A verifier under trial.
type Receive = fn(&Trial) -> Result<(), Refused>;

impl Trial {
    fn expectation(&self) -> Expectation<'_> {
        Expectation {
            purpose: Purpose::UserToken,
            issuer: ISSUER,
            algorithms: &Algorithm::ALL,
            audience: AudiencePolicy::Registered {
                audiences: &self.audiences,
                clients: &self.clients,
            },
        }
    }

    /// What a listener does that knows this one issuer.
    fn receive(&self) -> Result<(), Refused> {
        let token = Unverified::parse(&self.token, USER_TOKEN_BYTES_MAX).map_err(Refused::Token)?;
        let keys = KeySet::parse(self.jwks.as_bytes()).map_err(Refused::KeySet)?;
        let now = Timestamp::from_millis(self.now_s.saturating_mul(1000));
        let verified = token.verify(&keys, &self.expectation(), now);
        verified.map(drop).map_err(Refused::Token)
    }

    /// The control: everything but the signature.
    fn receive_without_signature(&self) -> Result<(), Refused> {
        let token = Unverified::parse(&self.token, USER_TOKEN_BYTES_MAX).map_err(Refused::Token)?;
        let now = Timestamp::from_millis(self.now_s.saturating_mul(1000));
        token
            .check(&self.expectation(), now)
            .map_err(Refused::Token)
    }
}
