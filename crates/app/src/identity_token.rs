//! What a caller proves to others: a token of ours about itself, signed by the issuer that its
//! account is.
//!
//! It is for who is outside. Nothing here takes one: an issuer below our own address is one of our
//! pools and nothing else ([`App::own_issuer`]).

use procura_authority::{AgentOf, Caller, Target};
use procura_core::account::AccountId;
use procura_core::audit::record::Committed;
use procura_core::digest::{length_prefixed, sha256};
use procura_core::error::{Error, Kind};
use procura_core::id::TokenId;
use procura_core::identity_token::{IdentityTokenAlgorithm, IdentityTokenKey, InvalidLife, end_of};
use procura_core::sealing::Sealed;
use procura_core::secret::Plain;
use procura_core::secret::kind::{PrivateKey, UserToken};
use procura_core::time::Timestamp;
use procura_core::workload_identity::WorkloadIdentity;
use procura_protocol::jose::Algorithm;
use procura_store::{Outcome, Tx, policies_in_cuts};
use serde_json::{Map, Value, json};

use crate::App;
use crate::basis::is_revoked;
use crate::caller_identity::{CallerIdentity, Described};
use crate::operation::OpCx;
use crate::user_pool::key_set;
use crate::web_identity::agent_role_arn;

/// The field of an error about a life that is longer than that of the caller's key.
pub const OUTLIVES: &str = "DurationSeconds, beyond the end of the session";
/// The claim that says of the caller what is no claim of RFC 7519; of the reference.
const NAMESPACE: &str = "https://sts.amazonaws.com/";
const TABLE: &str = "identity_token_key";
/// How long a token is good that says to a provider which agent acts, in seconds.
const ACTOR_TOKEN_S: i64 = 60;
/// Of how many revocations since the caller was proved each is looked at; after more, it is refused.
const CUTS_MAX: u32 = 64;

/// What token is asked for.
#[derive(Debug)]
pub struct IdentityTokenAsked {
    /// For whom it is: 1 to 10.
    pub audiences: Vec<String>,
    /// What it is to be signed with.
    pub algorithm: IdentityTokenAlgorithm,
    /// How long it is to be good, in seconds.
    pub life_s: Option<i64>,
}

/// A token about its caller.
#[derive(Debug)]
pub struct IdentityToken {
    /// The token.
    pub token: Plain<UserToken>,
    /// The first moment at which it is no longer good.
    pub expires_at: Timestamp,
}

type Keys = Vec<(IdentityTokenKey, Sealed<PrivateKey>)>;

const fn jose_algorithm(algorithm: IdentityTokenAlgorithm) -> Algorithm {
    match algorithm {
        IdentityTokenAlgorithm::Es384 => Algorithm::Es384,
        IdentityTokenAlgorithm::Rs256 => Algorithm::Rs256,
    }
}

fn no_issuer() -> Error {
    Error::not_found("there is no such issuer")
}

fn cut_meanwhile() -> Error {
    let text = "what the caller signs with was taken back meanwhile; try again";
    Error::new(Kind::Denied, text)
}

fn invalid(life: InvalidLife) -> Error {
    match life {
        InvalidLife::OutOfRange => {
            Error::field("DurationSeconds", "tokens are good for 60 to 3600 seconds")
        }
        InvalidLife::Outlives => Error::field(
            OUTLIVES,
            "the requested token would outlive the credentials that ask for it; ask for less, or \
             get new credentials first",
        ),
    }
}

impl App {
    /// Gives the caller a token about itself.
    pub async fn identity_token(
        &self,
        cx: &mut OpCx,
        asked: IdentityTokenAsked,
    ) -> Result<Committed<IdentityToken>, Error> {
        let account = cx.account()?;
        let key = cx.access_key()?;
        let described = self.described(cx).await?;
        cx.about.resource = Some(described.principal.clone());
        match &described.agent {
            Some(agent) => {
                cx.about.agent = Some(agent.id);
                self.authorize(
                    cx,
                    &Target::Agent(AgentOf {
                        account,
                        agent,
                        now: cx.now,
                    }),
                )?;
            }
            None => self.authorize(cx, &Target::Account(account))?,
        }
        let end = end_of(cx.now, asked.life_s, described.ends_at).map_err(invalid)?;
        let (token, jti) = self.signed_about(cx, &described, &asked, end).await?;
        // Audiences could be anything, and are not repeated in records.
        let said = format!(
            "{jti} by {} until {end} for {} audiences, sha256 {}",
            asked.algorithm.as_str(),
            asked.audiences.len(),
            digest(&asked.audiences),
        );
        let done = self.allowed(cx, said);
        let cut = self.refusal(cx, &cut_meanwhile());
        let (epoch, name) = (cx.epoch, name_in_cuts(&cx.caller));
        let policies = policies_in_cuts(account);
        let committed = self
            .store
            .run_tx("get_identity_token", move |tx| {
                // SECURITY: what the token rests on is read again with the record: who was cut
                // since the decision gets none.
                let cuts = tx.cuts_after(epoch, CUTS_MAX)?;
                let too_many = u32::try_from(cuts.len()).is_ok_and(|cuts| cuts >= CUTS_MAX);
                let is_named = cuts
                    .iter()
                    .any(|cut| Some(&cut.subject) == name.as_ref() || cut.subject == policies);
                if too_many || is_named || is_revoked(tx, key)? {
                    return Ok(Outcome::Refused(cut_meanwhile(), cut.clone()));
                }
                Ok(Outcome::Done((), done.clone()))
            })
            .await?;
        let value = IdentityToken {
            token,
            expires_at: end,
        };
        Ok(Committed {
            value,
            record: committed.record,
        })
    }

    /// A token about an agent, with which a provider is told who acts when it exchanges a user's token:
    /// for that provider alone, for a minute. Whoever sends it has its id put on record.
    pub(crate) async fn token_about_agent(
        &self,
        cx: &OpCx,
        agent: &WorkloadIdentity,
        audience: &str,
    ) -> Result<(Plain<UserToken>, TokenId), Error> {
        let account = cx.account()?;
        let principal = agent_role_arn(account, &agent.name);
        let described = Described {
            identity: CallerIdentity {
                user_id: agent.id.to_string(),
                account,
                arn: principal.clone(),
            },
            principal,
            ends_at: None,
            agent: None,
        };
        let asked = IdentityTokenAsked {
            audiences: vec![audience.to_owned()],
            algorithm: IdentityTokenAlgorithm::Rs256,
            life_s: None,
        };
        let end = cx.now.plus_seconds(ACTOR_TOKEN_S);
        let end = agent.expires_at.map_or(end, |last| end.min(last));
        self.signed_about(cx, &described, &asked, end).await
    }

    async fn signed_about(
        &self,
        cx: &OpCx,
        described: &Described,
        asked: &IdentityTokenAsked,
        end: Timestamp,
    ) -> Result<(Plain<UserToken>, TokenId), Error> {
        let account = described.identity.account;
        let keys = self.identity_token_keys(cx, account).await?;
        let of_algorithm = keys
            .iter()
            .find(|(key, _)| key.algorithm == asked.algorithm);
        let (signing, sealed) =
            of_algorithm.ok_or_else(|| Error::inconsistent(TABLE, "algorithm"))?;
        let algorithm = jose_algorithm(signing.algorithm);
        let signer = self
            .own_signer(account, TABLE, (signing.id, algorithm), sealed)
            .await?;
        let jti = self.with_rng(|rng| TokenId::generate(cx.now, rng));
        let claims = self.claims_about(cx.now, described, &asked.audiences, (end, jti));
        let mut header = Map::new();
        header.insert("typ".to_owned(), json!("JWT"));
        let token = signer.sign(&header, claims.to_string().as_bytes());
        let token = token.map_err(Error::internal_source)?;
        Ok((Plain::new(token.into_bytes()), jti))
    }

    fn claims_about(
        &self,
        now: Timestamp,
        described: &Described,
        audiences: &[String],
        (end, jti): (Timestamp, TokenId),
    ) -> Value {
        // Whole seconds, and rounded down: a token ends before what it rests on, never after.
        let seconds = |at: Timestamp| at.millis().div_euclid(1000);
        let identity = &described.identity;
        let mut about = json!({
            "aws_account": identity.account,
            "source_region": self.region.as_str(),
            "principal_id": described.principal,
        });
        if let (Some(ends_at), Some(about)) = (described.ends_at, about.as_object_mut()) {
            about.insert(
                "original_session_exp".to_owned(),
                json!(ends_at.to_string()),
            );
        }
        let audience = match audiences {
            [one] => json!(one),
            many => json!(many),
        };
        json!({
            "iss": self.identity_issuer(identity.account),
            // SECURITY: names of sessions are chosen, and an agent and a role may have one name. Held by
            // `an_agent_and_a_role_of_one_name_are_two`.
            "sub": described.principal,
            "aud": audience,
            "iat": seconds(now),
            "exp": seconds(end),
            "jti": jti.as_uuid_text(),
            NAMESPACE: about,
        })
    }

    /// The keys of an account, made at the first use.
    async fn identity_token_keys(&self, cx: &OpCx, account: AccountId) -> Result<Keys, Error> {
        let read = move |tx: &mut Tx<'_>| tx.account(account).identity_token_keys();
        let keys = self.store.look_up("identity_token_keys", read).await?;
        if !keys.is_empty() {
            return Ok(keys);
        }
        let mut new = Vec::new();
        for algorithm in IdentityTokenAlgorithm::ALL {
            let jose = jose_algorithm(algorithm);
            let made = self.new_key(cx.now, account, TABLE, jose).await?;
            let key = IdentityTokenKey {
                id: made.id,
                algorithm,
                public_jwk: made.public_jwk,
                created_at: cx.now,
            };
            new.push((key, made.sealed));
        }
        let done = self.allowed(cx, "made the keys of the issuer that the account is");
        let committed = self
            .store
            .run_tx("make_identity_token_keys", move |tx| {
                let mut own = tx.account(account);
                let made = own.identity_token_keys()?;
                // Of two that make them at once, both use those that are kept.
                if !made.is_empty() {
                    return Ok(Outcome::Unrecorded(made));
                }
                for (key, sealed) in &new {
                    own.insert_identity_token_key(key, sealed)?;
                }
                Ok(Outcome::Done(own.identity_token_keys()?, done.clone()))
            })
            .await?;
        Ok(committed.value)
    }

    /// The issuer that an account is (RFC 8414 §2).
    pub fn identity_issuer(&self, account: AccountId) -> String {
        format!("{}/identity/{account}", self.endpoint)
    }

    /// The public keys of the issuer that an account is, for everybody (RFC 7517 §5). An account of
    /// which nobody asked for a token is none.
    pub async fn identity_key_set(&self, account: AccountId) -> Result<Value, Error> {
        let read = move |tx: &mut Tx<'_>| tx.account(account).identity_token_keys();
        let keys = self.store.look_up("identity_token_keys", read).await?;
        if keys.is_empty() {
            return Err(no_issuer());
        }
        key_set(keys.iter().map(|(key, _)| key.public_jwk.as_str()))
    }

    /// What such an issuer says of itself, for everybody (OpenID Connect Discovery 1.0 §3).
    pub async fn identity_metadata(&self, account: AccountId) -> Result<Value, Error> {
        self.identity_key_set(account).await?;
        let issuer = self.identity_issuer(account);
        let algorithms = IdentityTokenAlgorithm::ALL.map(IdentityTokenAlgorithm::as_str);
        Ok(json!({
            "issuer": issuer,
            "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": algorithms,
            "claims_supported": ["iss", "sub", "aud", "iat", "exp", "jti", NAMESPACE],
        }))
    }
}

/// What a revocation calls whom the caller's key rests on.
fn name_in_cuts(caller: &Caller) -> Option<Vec<u8>> {
    match caller {
        Caller::AccessKey { id, .. } => Some(id.as_str().as_bytes().to_vec()),
        Caller::Agent { agent, .. } => Some(agent.as_bytes().to_vec()),
        Caller::Session { role, .. } => Some(role.as_bytes().to_vec()),
        Caller::Operator => None,
    }
}

fn digest(audiences: &[String]) -> String {
    let parts: Vec<&[u8]> = audiences
        .iter()
        .map(|audience| audience.as_bytes())
        .collect();
    let digest = hex::encode(sha256(&[&length_prefixed(&parts)]));
    digest.chars().take(16).collect()
}
