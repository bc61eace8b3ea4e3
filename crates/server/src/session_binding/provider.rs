//! The OpenID Connect provider that signs users in, and what of its answers is believed (OpenID
//! Connect Core 1.0 §3.1, RFC 9700 §2.1).

use std::collections::BTreeMap;
use std::sync::Arc;

use procura_app::outbound::{Form, Outbound};
use procura_core::digest::constant_time_eq;
use procura_core::error::{Error, Kind};
use procura_core::scope::{ScopeSeparator, Scopes};
use procura_core::secret::Plain;
use procura_core::secret::kind::{AuthorizationCode, ClientSecret, CodeVerifier};
use procura_core::time::Timestamp;
use procura_protocol::egress::OutboundUrl;
use procura_protocol::jose::Algorithm;
use procura_protocol::jose::jwk::KeySet;
use procura_protocol::jose::jwt::{
    AudiencePolicy, Claims, Expectation, Purpose, USER_TOKEN_BYTES_MAX, Unverified,
};
use procura_protocol::oauth::authentication_method::AuthenticationMethod;
use procura_protocol::oauth::authorization_request::{self, AuthorizationRequest};
use procura_protocol::oauth::authorization_response::check_issuer;
use procura_protocol::oauth::endpoint_url::EndpointUrl;
use procura_protocol::oauth::issuer::DiscoveryUrl;
use procura_protocol::oauth::metadata::{self, Metadata};
use procura_protocol::oauth::token_reply::{self, RawReply};
use procura_protocol::oauth::token_request::{self, ClientAuthentication, CodeRedemption};
use procura_protocol::oauth::vendor_table::{Dialect, Switches};
use tokio::sync::Mutex;

use super::base_url::BaseUrl;

/// How long metadata and keys are used, in milliseconds.
const FRESH_MS: i64 = 600_000;
/// Between two fetches of keys because a token names one that is not known, in milliseconds.
const ANEW_MS: i64 = 30_000;
/// After a fetch that failed nobody is asked for so long, in milliseconds.
const FAILED_MS: i64 = 3_000;
/// The longest document, in bytes.
const DOCUMENT_BYTES_MAX: usize = 256 * 1024;
/// The longest answer of the token endpoint, in bytes.
const TOKEN_REPLY_BYTES_MAX: usize = 256 * 1024;
const JSON: &str = "application/json";

/// The provider, and our client there.
pub(super) struct LoginProvider {
    outbound: Outbound,
    discovery_url: DiscoveryUrl,
    client_id: String,
    client_secret: Plain<ClientSecret>,
    redirect_uri: EndpointUrl,
    known: Mutex<Known>,
}

/// What is known of the provider.
#[derive(Default)]
struct Known {
    metadata: Option<(Arc<Metadata>, Timestamp)>,
    keys: Option<(Arc<KeySet>, Timestamp)>,
    failed_at: Option<Timestamp>,
}

/// What an authorization request is made of that nobody can guess.
pub(super) struct Asking<'a> {
    pub(super) state: &'a str,
    pub(super) nonce: &'a str,
    pub(super) code_challenge: &'a str,
    /// Whether the user has to sign in also if somebody is signed in.
    pub(super) anew: bool,
}

/// Why nobody is signed in.
#[derive(Debug)]
pub(super) enum NotSignedIn {
    /// The provider cannot be reached, or does not answer as it should.
    Unavailable(Error),
    /// What it answered does not prove who the user is.
    NotProved(Error),
}

/// A user who is proved.
pub(super) struct SignedIn {
    /// The ID token, as it came.
    pub(super) id_token: String,
    pub(super) claims: Claims,
}

fn upstream(text: &'static str) -> Error {
    Error::new(Kind::Upstream, text)
}

fn not_proved(text: &'static str) -> NotSignedIn {
    NotSignedIn::NotProved(Error::new(Kind::Unproved, text))
}

fn unbelieved<E: std::error::Error>(error: E) -> NotSignedIn {
    NotSignedIn::NotProved(Error::new(Kind::Unproved, error.to_string()))
}

impl Known {
    fn is_fresh(now: Timestamp, fetched_at: Timestamp) -> bool {
        (0..FRESH_MS).contains(&now.millis_since(fetched_at))
    }
}

impl LoginProvider {
    pub(super) fn new(
        outbound: Outbound,
        discovery_url: DiscoveryUrl,
        client_id: String,
        client_secret: Plain<ClientSecret>,
        base_url: &BaseUrl,
    ) -> Result<Self, Error> {
        Ok(Self {
            outbound,
            discovery_url,
            client_id,
            client_secret,
            redirect_uri: EndpointUrl::parse(&base_url.redirect_uri())
                .map_err(|error| Error::field("base-url", error.to_string()))?,
            known: Mutex::default(),
        })
    }

    async fn document(&self, url: &EndpointUrl) -> Result<Vec<u8>, Error> {
        let url = outbound(url)?;
        let reply = self.outbound.get(&url, JSON, DOCUMENT_BYTES_MAX).await?;
        if reply.status != 200 {
            return Err(upstream("a document of the sign-in provider is not there"));
        }
        Ok(reply.body.to_vec())
    }

    /// What the provider says of itself.
    pub(super) async fn metadata(&self, now: Timestamp) -> Result<Arc<Metadata>, Error> {
        let mut known = self.known.lock().await;
        if let Some((metadata, at)) = &known.metadata
            && Known::is_fresh(now, *at)
        {
            return Ok(Arc::clone(metadata));
        }
        let failed = known.failed_at;
        if failed.is_some_and(|at| (0..FAILED_MS).contains(&now.millis_since(at))) {
            return Err(upstream("the sign-in provider failed a moment ago"));
        }
        let fetched = self.document(self.discovery_url.url()).await;
        let metadata = fetched.and_then(|bytes| {
            metadata::parse(&self.discovery_url, &bytes)
                .map_err(|error| Error::new(Kind::Upstream, error.to_string()))
        });
        known.failed_at = metadata.is_err().then_some(now);
        let metadata = Arc::new(metadata?);
        known.metadata = Some((Arc::clone(&metadata), now));
        Ok(metadata)
    }

    /// The keys of the provider. `tried` are those that did not do: newer ones, if it is time to
    /// ask.
    async fn keys(
        &self,
        metadata: &Metadata,
        now: Timestamp,
        tried: Option<&Arc<KeySet>>,
    ) -> Result<Arc<KeySet>, Error> {
        let mut known = self.known.lock().await;
        if let Some((keys, at)) = &known.keys {
            let is_tried = tried.is_some_and(|tried| Arc::ptr_eq(tried, keys));
            let may_ask = is_tried && now.millis_since(*at) >= ANEW_MS;
            if Known::is_fresh(now, *at) && !may_ask {
                return Ok(Arc::clone(keys));
            }
        }
        let url = metadata.jwks_uri.as_ref();
        let url = url.ok_or_else(|| upstream("the sign-in provider publishes no keys"))?;
        let bytes = self.document(url).await?;
        let keys =
            KeySet::parse(&bytes).map_err(|error| Error::new(Kind::Upstream, error.to_string()))?;
        let keys = Arc::new(keys);
        known.keys = Some((Arc::clone(&keys), now));
        Ok(keys)
    }

    /// Where a browser is sent to sign its user in.
    pub(super) async fn authorization_url(
        &self,
        now: Timestamp,
        asking: &Asking<'_>,
    ) -> Result<String, Error> {
        let metadata = self.metadata(now).await?;
        let endpoint = metadata
            .authorization_endpoint
            .as_ref()
            .ok_or_else(|| upstream("the sign-in provider has no authorization endpoint"))?;
        let mut custom = BTreeMap::new();
        if asking.anew {
            custom.insert("prompt".to_owned(), "login".to_owned());
        }
        let ask = AuthorizationRequest {
            endpoint,
            client_id: &self.client_id,
            redirect_uri: &self.redirect_uri,
            scopes: &scopes(&metadata)?,
            separator: ScopeSeparator::Space,
            state: asking.state,
            code_challenge: asking.code_challenge,
            resources: &[],
            audiences: &[],
            switches: &Switches::STANDARD,
            force: false,
            custom: &custom,
        };
        authorization_request::url_with_nonce(&ask, asking.nonce).map_err(Error::internal_source)
    }

    /// Whether a response may be that of the provider (RFC 9207).
    pub(super) async fn is_of_provider(
        &self,
        now: Timestamp,
        iss: Option<&str>,
    ) -> Result<(), NotSignedIn> {
        let metadata = self.metadata(now).await;
        let metadata = metadata.map_err(NotSignedIn::Unavailable)?;
        let required = metadata.authorization_response_iss_parameter_supported;
        check_issuer(iss, Some(&metadata.issuer), required).map_err(unbelieved)
    }

    /// Redeems a code and verifies what it gives: an ID token of this provider, for our client, of
    /// this very sign-in.
    pub(super) async fn redeem(
        &self,
        now: Timestamp,
        code: &Plain<AuthorizationCode>,
        verifier: &Plain<CodeVerifier>,
        nonce: &str,
    ) -> Result<SignedIn, NotSignedIn> {
        let metadata = self.metadata(now).await;
        let metadata = metadata.map_err(NotSignedIn::Unavailable)?;
        let id_token = self.id_token(&metadata, code, verifier).await?;
        let claims = self.verified(&metadata, now, &id_token).await?;
        // SECURITY: the token is of the sign-in that this browser began (OpenID Connect Core
        // §3.1.3.7 point 11). Held by `a_sign_in_of_another_nonce_proves_nobody`.
        let said = claims.nonce.as_deref().unwrap_or_default();
        if !constant_time_eq(said.as_bytes(), nonce.as_bytes()) {
            return Err(not_proved("the ID token is of another sign-in"));
        }
        Ok(SignedIn { id_token, claims })
    }

    async fn id_token(
        &self,
        metadata: &Metadata,
        code: &Plain<AuthorizationCode>,
        verifier: &Plain<CodeVerifier>,
    ) -> Result<String, NotSignedIn> {
        let (client_id, client_secret) = (self.client_id.as_str(), &self.client_secret);
        let client = if metadata.supports(AuthenticationMethod::SecretBasic) {
            ClientAuthentication::SecretBasic {
                client_id,
                client_secret,
            }
        } else {
            ClientAuthentication::SecretPost {
                client_id,
                client_secret,
            }
        };
        let redemption = CodeRedemption {
            code,
            redirect_uri: &self.redirect_uri,
            code_verifier: verifier,
            resources: &[],
            audiences: &[],
        };
        let request =
            token_request::authorization_code(&redemption, &client).map_err(unbelieved)?;
        let form = Form {
            accept: JSON,
            authorization: request.authorization(),
            headers: &[],
            body: request.form(),
        };
        let url = outbound(&metadata.token_endpoint).map_err(NotSignedIn::Unavailable)?;
        let sent = self.outbound.post_form(&url, form, TOKEN_REPLY_BYTES_MAX);
        let reply = sent
            .await
            .map_err(|error| NotSignedIn::Unavailable(error.into()))?;
        let raw = RawReply {
            status: reply.status,
            retry_after: None,
            body: &reply.body,
        };
        let reply = token_reply::parse(&raw, &Dialect::STANDARD, &request.live_secrets())
            .map_err(unbelieved)?;
        let token = reply.id_token;
        let token = token.ok_or_else(|| not_proved("the provider gave no ID token"))?;
        Ok(token.expose_secret_text().to_owned())
    }

    /// The claims of an ID token, by the verifier of every token that arrives here.
    async fn verified(
        &self,
        metadata: &Metadata,
        now: Timestamp,
        id_token: &str,
    ) -> Result<Claims, NotSignedIn> {
        let token = Unverified::parse(id_token, USER_TOKEN_BYTES_MAX).map_err(unbelieved)?;
        let audiences = [self.client_id.clone()];
        let expectation = Expectation {
            purpose: Purpose::UserToken,
            issuer: metadata.issuer.as_str(),
            algorithms: &Algorithm::ALL,
            audience: AudiencePolicy::Registered {
                audiences: &audiences,
                clients: &[],
            },
        };
        token.check(&expectation, now).map_err(unbelieved)?;
        let keys = self.keys(metadata, now, None).await;
        let keys = keys.map_err(NotSignedIn::Unavailable)?;
        let verified = match token.verify(&keys, &expectation, now) {
            Err(error) if error.may_change_with_new_keys() => {
                let newer = self.keys(metadata, now, Some(&keys)).await;
                let newer = newer.map_err(NotSignedIn::Unavailable)?;
                token.verify(&newer, &expectation, now)
            }
            other => other,
        };
        let claims = verified.map_err(unbelieved)?.into_claims();
        // §3.1.3.7 point 5.
        if claims
            .authorized_party
            .as_ref()
            .is_some_and(|party| *party != self.client_id)
        {
            return Err(not_proved("the ID token was issued to another client"));
        }
        Ok(claims)
    }
}

/// `openid`, and what it takes to show the user who is signed in, where the provider has it.
fn scopes(metadata: &Metadata) -> Result<Scopes, Error> {
    let supported = metadata.scopes_supported.as_ref();
    let has = |scope: &&str| supported.is_none_or(|all| all.iter().any(|own| own == scope));
    let wanted = ["profile", "email"].into_iter().filter(has);
    Scopes::from_items(["openid"].into_iter().chain(wanted)).map_err(Error::internal_source)
}

fn outbound(url: &EndpointUrl) -> Result<OutboundUrl, Error> {
    let url = url.as_str().parse();
    url.map_err(|_| upstream("an endpoint of the sign-in provider is not one that may be called"))
}
