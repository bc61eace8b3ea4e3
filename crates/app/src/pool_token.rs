//! What a pool says of its users: access tokens and ID tokens, made, and read when they come back.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use procura_core::account::AccountId;
use procura_core::digest::sha256;
use procura_core::entropy::random_bytes;
use procura_core::error::{Error, Kind};
use procura_core::id::{PoolUserId, RequestId, SignInId, TokenId};
use procura_core::pool_authorization::{OPENID, has_scope};
use procura_core::pool_group::names_in_order;
use procura_core::pool_user::{PoolUser, Profile};
use procura_core::secret::{Plain, kind};
use procura_core::time::Timestamp;
use procura_core::user_pool::PoolId;
use procura_core::user_pool_client::{Grant, PoolClient, PoolClientId};
use procura_protocol::jose::Algorithm;
use procura_protocol::jose::jwk::KeySet;
use procura_protocol::jose::jwt::{
    AudiencePolicy, Claims, Expectation, Purpose, USER_TOKEN_BYTES_MAX, Unverified, Verified,
};
use procura_store::{AccountTx, PoolSignIn, Tx};
use serde_json::{Map, Value, json};

use crate::App;
use crate::pool_openid::standing::left_of;
use crate::user_pool::key_set;

/// What every refresh token of ours begins with. Never change it: secret scanners know it.
pub const REFRESH_TOKEN_PREFIX: &str = "procura_prt_";
/// What a token says that its user may do to the user's own account here.
pub(crate) const OWN_ACCOUNT: &str = "aws.cognito.signin.user.admin";

/// What a sign-in gives.
#[derive(Debug)]
pub struct PoolTokens {
    /// For who acts for the user.
    pub access: Plain<kind::UserToken>,
    /// For the application itself; none where `openid` was not asked for.
    pub id: Option<Plain<kind::UserToken>>,
    /// For more of both; a sign-in that goes on keeps the one that it has.
    pub refresh: Option<Plain<kind::RefreshToken>>,
    /// How long the access token is good, in seconds.
    pub access_s: i64,
}

/// For whom and when tokens are made.
pub(crate) struct Subject<'a> {
    pub(crate) account: AccountId,
    pub(crate) client: &'a PoolClient,
    pub(crate) sign_in: &'a PoolSignIn,
    pub(crate) profile: &'a Profile,
    /// What was asked for; nothing of it with `InitiateAuth`.
    pub(crate) openid: Option<OpenIdSubject<'a>>,
    pub(crate) request: RequestId,
    pub(crate) now: Timestamp,
}

/// What an application has asked for at the OpenID endpoints.
#[derive(Clone, Copy)]
pub(crate) struct OpenIdSubject<'a> {
    pub(crate) scope: &'a str,
    pub(crate) resource: Option<&'a str>,
    pub(crate) nonce: Option<&'a str>,
}

/// The claims that a scope is for (OpenID Connect Core §5.4).
const CLAIMS: [(&str, &[&str]); 3] = [
    ("email", &["email", "email_verified"]),
    ("phone", &["phone_number", "phone_number_verified"]),
    (
        "profile",
        &[
            "birthdate",
            "family_name",
            "gender",
            "given_name",
            "locale",
            "middle_name",
            "name",
            "nickname",
            "picture",
            "preferred_username",
            "profile",
            "website",
            "zoneinfo",
        ],
    ),
];

/// Every claim of a user that some scope is for.
pub(crate) fn claims_of_users() -> impl Iterator<Item = &'static str> {
    CLAIMS.iter().flat_map(|(_, claims)| claims.iter().copied())
}

/// What is said of a user to who has these scopes.
pub(crate) fn claims_for(profile: &Profile, scope: &str) -> Map<String, Value> {
    let is_told = |name: &str| {
        let mut claims = CLAIMS.iter();
        claims.any(|(of, claims)| has_scope(scope, of) && claims.contains(&name))
    };
    let told = profile.attributes.iter().filter(|(name, _)| is_told(name));
    told.map(|(name, value)| (name.clone(), claim(name, value)))
        .collect()
}

fn claim(name: &str, value: &str) -> Value {
    if name.ends_with("_verified") {
        json!(value == "true")
    } else {
        json!(value)
    }
}

/// Whom a token of a pool proves.
#[derive(Debug, Clone)]
pub(crate) struct ProvedByPool {
    pub(crate) account: AccountId,
    pub(crate) user: PoolUser,
    pub(crate) sign_in: SignInId,
    pub(crate) expires_at: Timestamp,
    pub(crate) is_access: bool,
    pub(crate) client: PoolClientId,
    /// What the token says, without what its client may not have any more.
    pub(crate) scope: String,
}

/// What is said where an issuer of this service is no pool, or another's.
pub(crate) fn no_such_pool() -> Error {
    unproved("the user pool of the token does not exist")
}

fn unproved(text: &'static str) -> Error {
    Error::new(Kind::Unproved, text)
}

/// A new refresh token, and what is kept of it.
pub(crate) fn refresh_token(app: &App) -> (Plain<kind::RefreshToken>, [u8; 32]) {
    let drawn = hex::encode(app.with_rng(random_bytes::<32>));
    let text = format!("{REFRESH_TOKEN_PREFIX}{drawn}");
    let hash = sha256(&[text.as_bytes()]);
    (Plain::new(text.into_bytes()), hash)
}

/// What an ID token says beside what every token does.
fn about_user(of: &Subject<'_>, access: &str) -> Map<String, Value> {
    let mut about = match of.openid {
        None => {
            let all = of.profile.attributes.iter();
            all.map(|(name, value)| (name.clone(), claim(name, value)))
                .collect()
        }
        Some(openid) => {
            let mut told = claims_for(of.profile, openid.scope);
            if let Some(nonce) = openid.nonce {
                told.insert("nonce".to_owned(), json!(nonce));
            }
            told.insert("at_hash".to_owned(), json!(half_hash(access)));
            told
        }
    };
    about.insert("aud".to_owned(), json!(of.client.id.as_str()));
    about.insert("cognito:username".to_owned(), json!(of.profile.username));
    about
}

/// OpenID Connect Core §3.1.3.6, for an algorithm with SHA-256, as all of ours are.
fn half_hash(token: &str) -> String {
    let hash = sha256(&[token.as_bytes()]);
    let half = hash.first_chunk::<16>().copied().unwrap_or_default();
    URL_SAFE_NO_PAD.encode(half)
}

impl App {
    /// The tokens of a sign-in. Whoever asks gives them to nobody before that is on record.
    pub(crate) async fn pool_tokens(&self, of: &Subject<'_>) -> Result<PoolTokens, Error> {
        let pool = &of.client.pool;
        let signer = self.pool_signer(of.account, pool, of.now).await?;
        let groups = self.pool_group_names(of).await?;
        let issuer = self.pool_issuer(pool);
        let ends = |life_s: u32| {
            // No token outlives the sign-in.
            let end = of.now.plus_seconds(life_s.into());
            end.min(of.sign_in.expires_at)
        };
        let lives = of.client.settings.lives;
        let (access_end, id_end) = (ends(lives.access_s), ends(lives.id_s));
        let seconds = |at: Timestamp| at.millis().div_euclid(1000);
        let common = |token_use: &str, end: Timestamp| {
            let jti = self.with_rng(|rng| TokenId::generate(of.now, rng));
            let claims = json!({
                "iss": issuer,
                "sub": of.sign_in.pool_user.as_uuid_text(),
                "token_use": token_use,
                "origin_jti": of.sign_in.id.as_uuid_text(),
                "event_id": of.request.as_uuid_text(),
                "auth_time": seconds(of.sign_in.authenticated_at),
                "iat": seconds(of.now),
                "exp": seconds(end),
                "jti": jti.as_uuid_text(),
            });
            let mut claims = match claims {
                Value::Object(claims) => claims,
                _ => Map::new(),
            };
            if !groups.is_empty() {
                claims.insert("cognito:groups".to_owned(), json!(groups));
            }
            claims
        };
        let mut access = common("access", access_end);
        access.insert("client_id".to_owned(), json!(of.client.id.as_str()));
        access.insert("username".to_owned(), json!(of.profile.username));
        let scope = of.openid.map_or(OWN_ACCOUNT, |openid| openid.scope);
        access.insert("scope".to_owned(), json!(scope));
        if let Some(resource) = of.openid.and_then(|openid| openid.resource) {
            access.insert("aud".to_owned(), json!(resource));
        }
        let sign = |claims: Map<String, Value>| {
            let payload = Value::Object(claims).to_string();
            let token = signer.sign(&Map::new(), payload.as_bytes());
            token.map_err(Error::internal_source)
        };
        let access = sign(access)?;
        let has_id = of
            .openid
            .is_none_or(|openid| has_scope(openid.scope, OPENID));
        let id = if has_id {
            let mut id = common("id", id_end);
            id.append(&mut about_user(of, &access));
            Some(Plain::new(sign(id)?.into_bytes()))
        } else {
            None
        };
        Ok(PoolTokens {
            access: Plain::new(access.into_bytes()),
            id,
            refresh: None,
            access_s: seconds(access_end) - seconds(of.now),
        })
    }

    /// The groups that a user is in now.
    async fn pool_group_names(&self, of: &Subject<'_>) -> Result<Vec<String>, Error> {
        let (account, user) = (of.account, of.sign_in.pool_user);
        let read = move |tx: &mut Tx<'_>| tx.account(account).pool_groups_of(user);
        let groups = self.store.look_up("pool_groups_of", read).await?;
        Ok(names_in_order(groups))
    }

    /// Whom a token of `pool` proves, if everything that it rests on still stands: the pool, its key,
    /// the client, the user and the sign-in. `account` is whose pool it has to be, if that matters.
    pub(crate) async fn proved_by_pool(
        &self,
        account: Option<AccountId>,
        pool: PoolId,
        token: &Unverified<'_>,
        now: Timestamp,
    ) -> Result<ProvedByPool, Error> {
        let (owner, verified) = self.signed_by_pool(account, &pool, token, now).await?;
        let said = Said::of(verified.claims())?;
        let expires_at = verified.claims().times.expires_at;
        let (user_id, sign_in, client) = (said.user, said.sign_in, said.client);
        let named_client = client.clone();
        let scope = verified.claims().scope.clone().unwrap_or_default();
        let read = move |tx: &mut Tx<'_>| {
            let mut own = tx.account(owner);
            let found = own.user_pool_client(&client)?;
            let Some(found) = found.filter(|found| found.client.pool == pool) else {
                return Ok(None);
            };
            // A sign-in goes with its user, its client and its pool. SECURITY: it is theirs, whatever
            // a token says that somebody else has signed with a key of ours.
            let is_signed_in = own.is_pool_sign_in_of(sign_in, user_id, &found.client.id)?;
            let user = own.pool_user(user_id)?.map(|found| found.user);
            let user = user.filter(|user| user.pool == pool && user.is_enabled);
            let Some(user) = user.filter(|_| is_signed_in) else {
                return Ok(None);
            };
            let scope = scope_now(&mut own, &found.client, sign_in, &scope)?;
            Ok(scope.map(|scope| (user, scope)))
        };
        let user = self.store.look_up("pool_user", read).await?;
        let (user, scope) = user.ok_or_else(|| unproved("the user is not signed in any more"))?;
        Ok(ProvedByPool {
            account: owner,
            user,
            sign_in,
            expires_at,
            is_access: said.is_access,
            client: named_client,
            scope,
        })
    }

    /// What a token says that `pool` has signed, and whose pool that is.
    pub(crate) async fn signed_by_pool(
        &self,
        account: Option<AccountId>,
        pool: &PoolId,
        token: &Unverified<'_>,
        now: Timestamp,
    ) -> Result<(AccountId, Verified), Error> {
        let found = self.published_keys(pool, now).await?;
        // SECURITY: a pool of another account proves nobody here, and whether there is one is not told.
        let found = found.filter(|(owner, _)| account.is_none_or(|account| account == *owner));
        let (owner, keys) = found.ok_or_else(no_such_pool)?;
        let set = key_set(keys.iter().map(|key| key.key.public_jwk.as_str()))?.to_string();
        let set = KeySet::parse(set.as_bytes())
            .map_err(|_| Error::inconsistent("user_pool_key", "public_jwk"))?;
        let issuer = self.pool_issuer(pool);
        let expectation = Expectation {
            purpose: Purpose::UserToken,
            issuer: &issuer,
            algorithms: &[Algorithm::Rs256, Algorithm::Es256],
            // What it is for is compared with the pool's own clients below.
            audience: AudiencePolicy::Unchecked,
        };
        let verified = token
            .verify(&set, &expectation, now)
            .map_err(|error| Error::new(Kind::Unproved, error.to_string()))?;
        Ok((owner, verified))
    }

    /// Whom an access token proves that a user presents here.
    pub(crate) async fn own_account(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<ProvedByPool, Error> {
        let invalid = || unproved("Invalid Access Token");
        let unverified = Unverified::parse(token, USER_TOKEN_BYTES_MAX).map_err(|_| invalid())?;
        let pool = self.own_issuer(unverified.claimed_issuer());
        let pool = pool.and_then(Result::ok).ok_or_else(invalid)?;
        let proved = self.proved_by_pool(None, pool, &unverified, now).await?;
        if !proved.is_access {
            return Err(invalid());
        }
        // SECURITY: an application that the user signed in to has of the account what it asked for.
        // Held by `a_token_without_the_scope_opens_no_account`.
        if has_scope(&proved.scope, OWN_ACCOUNT) {
            Ok(proved)
        } else {
            Err(Error::denied("Access Token does not have required scopes"))
        }
    }
}

/// What is left of the scope of a token; none where its client signs nobody in any more. One that
/// `InitiateAuth` gave is not of what the client may ask of the OpenID endpoints.
fn scope_now(
    own: &mut AccountTx<'_>,
    client: &PoolClient,
    sign_in: SignInId,
    scope: &str,
) -> Result<Option<String>, Error> {
    let openid = own.openid_sign_in(sign_in)?;
    let Some(granted) = openid.and_then(|openid| openid.scope) else {
        return Ok(Some(scope.to_owned()));
    };
    if !client
        .settings
        .openid
        .grants
        .contains(&Grant::AuthorizationCode)
    {
        return Ok(None);
    }
    let mut allowed = own.standing_scopes(&client.pool, &client.settings.openid.scopes, None)?;
    // What a sign-in has lost does not come back to its tokens.
    allowed.retain(|scope| granted.split(' ').any(|own| own == scope));
    Ok(Some(left_of(scope, &allowed).join(" ")))
}

/// What a verified token of ours says.
struct Said {
    user: PoolUserId,
    sign_in: SignInId,
    client: PoolClientId,
    is_access: bool,
}

impl Said {
    fn of(claims: &Claims) -> Result<Self, Error> {
        let other = || unproved("the token is not one that a user pool of this service makes");
        let is_access = match claims.token_use.as_deref() {
            Some("access") => true,
            Some("id") => false,
            _ => return Err(other()),
        };
        let client = if is_access {
            claims.client_id.as_ref()
        } else {
            claims.audiences.first()
        };
        let sign_in = claims.other("origin_jti").and_then(Value::as_str);
        Ok(Self {
            user: PoolUserId::from_uuid_text(&claims.subject).ok_or_else(other)?,
            sign_in: sign_in
                .and_then(SignInId::from_uuid_text)
                .ok_or_else(other)?,
            client: client.and_then(|id| id.parse().ok()).ok_or_else(other)?,
            is_access,
        })
    }
}
