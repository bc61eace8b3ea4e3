//! The keys of issuers: fetched when a token needs them, kept for a while, and never asked for more
//! often than is decent.
//!
//! Keys are found by the issuer's name alone. A token says who *claims* to have issued it; that name
//! leads to the issuer's own discovery document (OpenID Connect Discovery 1.0 §4, RFC 8414 §3), and
//! that must speak for the name. Nothing in the token's header leads anywhere.

use std::sync::Arc;

use moka::sync::Cache;
use procura_core::account::AccountId;
use procura_core::error::{Error, Kind};
use procura_core::time::Timestamp;
use procura_protocol::egress::{InvalidUrl, OutboundUrl};
use procura_protocol::jose::jwk::KeySet;
use procura_protocol::oauth::issuer::Issuer;
use procura_protocol::oauth::metadata;

use crate::App;
use crate::single_flight::SingleFlight;

/// How many issuers' keys are held.
const ISSUERS_MAX: u64 = 1000;
/// Between two fetches for one issuer, whatever came of the first, in milliseconds.
const COOL_DOWN_MS: i64 = 30_000;
/// How long keys are used whose issuer says nothing of it, in seconds; and the bounds of what it may
/// say.
const FRESH_S: i64 = 600;
const FRESH_S_MIN: i64 = 60;
const FRESH_S_MAX: i64 = 3600;
/// How long keys are used beyond that while the issuer does not answer, in seconds.
const STALE_S: i64 = 3600;
/// How many issuers that are not held an account may bring up in a minute.
const NEW_ISSUERS_PER_MINUTE: usize = 10;
const MINUTE_MS: i64 = 60_000;
/// The longest discovery document and key set, in bytes.
const DOCUMENT_BYTES_MAX: usize = 256 * 1024;
const JSON: &str = "application/json";

/// Who is asked for: the issuer, and where its keys are if an administrator said so.
pub(crate) type KeySource = (String, Option<String>);

/// What is known of one issuer.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    keys: Option<Arc<KeySet>>,
    fresh_until: Timestamp,
    /// When the last fetch ended, well or not.
    tried_at: Timestamp,
    /// What went wrong with it.
    failure: Option<(Kind, String)>,
}

/// The keys of all issuers that were seen lately.
pub(crate) struct IssuerKeys {
    known: Cache<KeySource, Arc<Known>>,
    flights: SingleFlight<KeySource, Arc<Known>>,
    /// When each account brought up issuers that were not held.
    brought_up: Cache<AccountId, Arc<Vec<Timestamp>>>,
}

impl Default for IssuerKeys {
    fn default() -> Self {
        Self {
            known: Cache::new(ISSUERS_MAX),
            flights: SingleFlight::default(),
            brought_up: Cache::new(10_000),
        }
    }
}

impl Known {
    /// The keys, if they may be used at `now`: while they are fresh, and an hour longer while the
    /// issuer fails.
    fn usable(&self, now: Timestamp) -> Option<Arc<KeySet>> {
        let end = match self.failure {
            None => self.fresh_until,
            Some(_) => self.fresh_until.plus_seconds(STALE_S),
        };
        self.keys.clone().filter(|_| now < end)
    }

    fn is_cooling(&self, now: Timestamp) -> bool {
        now.millis() - self.tried_at.millis() < COOL_DOWN_MS
    }

    fn error(&self) -> Error {
        match &self.failure {
            Some((kind, text)) => Error::new(*kind, text.clone()),
            None => Error::new(
                Kind::Upstream,
                "the keys of the issuer are not known; try again",
            ),
        }
    }
}

impl App {
    /// The keys of an issuer, for a token that is checked for `account`.
    pub(crate) async fn issuer_keys(
        &self,
        account: AccountId,
        source: &KeySource,
    ) -> Result<Arc<KeySet>, Error> {
        let now = self.now();
        let known = self.issuers.known.get(source);
        if let Some(known) = &known {
            if known.failure.is_none()
                && let Some(keys) = known.usable(now)
            {
                return Ok(keys);
            }
            if known.is_cooling(now) {
                return known.usable(now).ok_or_else(|| known.error());
            }
        } else {
            self.bring_up(account, now)?;
        }
        let fetched = self.fetch_keys(source).await?;
        fetched.usable(self.now()).ok_or_else(|| fetched.error())
    }

    /// The keys of an issuer after a token named one that is not among them: fetched anew, unless
    /// that was done a moment ago.
    pub(crate) async fn issuer_keys_anew(
        &self,
        source: &KeySource,
    ) -> Result<Option<Arc<KeySet>>, Error> {
        let now = self.now();
        match self.issuers.known.get(source) {
            Some(known) if known.is_cooling(now) => Ok(None),
            _ => {
                let fetched = self.fetch_keys(source).await?;
                Ok(fetched.usable(self.now()))
            }
        }
    }

    /// Whether `source` has, as far as is known here, the key of this thumbprint. Asks nobody: what
    /// it says no to is looked at from the beginning.
    pub(crate) fn issuer_still_has(&self, source: &KeySource, thumbprint: &str) -> bool {
        let known = self.issuers.known.get(source);
        let keys = known.and_then(|known| known.usable(self.now()));
        keys.is_some_and(|keys| keys.keys().iter().any(|key| key.thumbprint() == thumbprint))
    }

    async fn fetch_keys(&self, source: &KeySource) -> Result<Arc<Known>, Error> {
        self.issuers
            .flights
            .join(source.clone(), async {
                let before = self.issuers.known.get(source);
                let fetched = self.fetch_keys_alone(source).await;
                let now = self.now();
                let known = match fetched {
                    Ok((keys, fresh_s)) => Known {
                        keys: Some(Arc::new(keys)),
                        fresh_until: now.plus_seconds(fresh_s),
                        tried_at: now,
                        failure: None,
                    },
                    Err(error) => {
                        tracing::warn!(
                            cause = ?error.cause(),
                            "the keys of an issuer could not be fetched: {}",
                            error.public()
                        );
                        Known {
                            keys: before.as_ref().and_then(|before| before.keys.clone()),
                            fresh_until: before.map_or(now, |before| before.fresh_until),
                            tried_at: now,
                            failure: Some((error.kind(), error.public().to_owned())),
                        }
                    }
                };
                let known = Arc::new(known);
                self.issuers
                    .known
                    .insert(source.clone(), Arc::clone(&known));
                Ok(known)
            })
            .await
    }

    /// One fetch: the keys, and for how many seconds they are good.
    async fn fetch_keys_alone(
        &self,
        (issuer, jwks_uri): &KeySource,
    ) -> Result<(KeySet, i64), Error> {
        let uri = match jwks_uri {
            Some(uri) => uri.clone(),
            None => self.discover_keys(issuer).await?,
        };
        let url = outbound_url(&uri)?;
        let reply = self.outbound.get(&url, JSON, DOCUMENT_BYTES_MAX).await?;
        if reply.status != 200 {
            return Err(answered(&url, "its keys", reply.status));
        }
        let keys = KeySet::parse(&reply.body).map_err(|error| unusable(&error))?;
        let fresh_s = reply
            .cache_max_age
            .and_then(|age| i64::try_from(age.as_secs()).ok())
            .unwrap_or(FRESH_S)
            .clamp(FRESH_S_MIN, FRESH_S_MAX);
        Ok((keys, fresh_s))
    }

    /// Where the issuer's own document says that its keys are.
    async fn discover_keys(&self, issuer: &str) -> Result<String, Error> {
        let name = Issuer::parse(issuer).map_err(|error| unusable(&error))?;
        let discovery = name.discovery_url().map_err(|error| unusable(&error))?;
        let url = outbound_url(discovery.url().as_str())?;
        let reply = self.outbound.get(&url, JSON, DOCUMENT_BYTES_MAX).await?;
        if reply.status != 200 {
            return Err(answered(&url, "its discovery document", reply.status));
        }
        let (speaks_for, location) = metadata::key_set_location(&discovery, &reply.body)
            .map_err(|error| unusable(&error))?;
        // An issuer with a slash at its end and one without have one document; it names one of them.
        if speaks_for.as_str() != issuer {
            let text = "the discovery document of the issuer is of another issuer";
            return Err(Error::new(Kind::Unproved, text));
        }
        Ok(location.as_str().to_owned())
    }

    /// Counts an issuer that is not held. Whoever invents issuers makes us call out; ten a minute is
    /// more than any honest account needs.
    fn bring_up(&self, account: AccountId, now: Timestamp) -> Result<(), Error> {
        let lately = self.issuers.brought_up.get(&account);
        let mut lately: Vec<Timestamp> = lately.as_deref().cloned().unwrap_or_default();
        lately.retain(|at| now.millis() - at.millis() < MINUTE_MS);
        if lately.len() >= NEW_ISSUERS_PER_MINUTE {
            let text = "this account has named too many new issuers within a minute; try again in \
                        one, or have the issuer registered";
            return Err(Error::new(Kind::Throttled, text));
        }
        lately.push(now);
        self.issuers.brought_up.insert(account, Arc::new(lately));
        Ok(())
    }
}

fn outbound_url(text: &str) -> Result<OutboundUrl, Error> {
    text.parse().map_err(|error: InvalidUrl| unusable(&error))
}

fn unusable(error: &impl std::fmt::Display) -> Error {
    let text = format!("the issuer of the token cannot be used: {error}");
    Error::new(Kind::Unproved, text)
}

fn answered(url: &OutboundUrl, what: &str, status: u16) -> Error {
    let host = url.host();
    let text = format!("{host} was asked for {what} and answered with status {status}");
    let kind = if status >= 500 || status == 429 {
        Kind::Upstream
    } else {
        Kind::Unproved
    };
    Error::new(kind, text)
}
