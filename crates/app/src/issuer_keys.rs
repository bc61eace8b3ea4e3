//! The keys of issuers: fetched when a token needs them, kept for a while, and never asked for more
//! often than is decent.
//!
//! Keys are found by the issuer's name alone. A token says who *claims* to have issued it; that name
//! leads to the issuer's own discovery document (OpenID Connect Discovery 1.0 §4, RFC 8414 §3), and
//! that must speak for the name. Nothing in the token's header leads anywhere.

mod brought_up;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use procura_core::account::AccountId;
use procura_core::error::{Error, Kind};
use procura_core::time::{Clock, Timestamp};
use procura_protocol::egress::{InvalidUrl, OutboundUrl};
use procura_protocol::jose::jwk::KeySet;
use procura_protocol::oauth::issuer::Issuer;
use procura_protocol::oauth::metadata;
use tokio::sync::watch;
use tokio::task::JoinSet;

use self::brought_up::BroughtUp;
use crate::App;
use crate::outbound::Outbound;

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
    underway: Arc<Mutex<Underway>>,
    /// Fetches run on when whoever asked for them hangs up: were they given up, a caller could have
    /// an issuer asked as often as it likes, and no cool-down would ever begin.
    fetching: Mutex<JoinSet<()>>,
    brought_up: Mutex<BroughtUp>,
}

/// What is being fetched; told to all who wait for it.
type Underway = HashMap<KeySource, watch::Receiver<Option<Arc<Known>>>>;

impl Default for IssuerKeys {
    fn default() -> Self {
        // The least recently used goes first: a policy that asks how often a key was used would keep
        // new issuers out of a cache that somebody has filled.
        let known = Cache::builder()
            .max_capacity(ISSUERS_MAX)
            .eviction_policy(EvictionPolicy::lru());
        Self {
            known: known.build(),
            underway: Arc::default(),
            fetching: Mutex::default(),
            brought_up: Mutex::default(),
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
        // A clock that was put back makes nobody wait until it has caught up.
        (0..COOL_DOWN_MS).contains(&(now.millis() - self.tried_at.millis()))
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
        is_registered: bool,
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
        } else if !is_registered {
            lock(&self.issuers.brought_up).count(account, source, now)?;
        }
        let fetched = self.fetch_keys(source).await?;
        fetched.usable(self.now()).ok_or_else(|| fetched.error())
    }

    /// The keys of an issuer after a token named one that is not among those that were `tried`:
    /// those that somebody else fetched meanwhile, or fetched anew, unless that was done a moment
    /// ago.
    pub(crate) async fn issuer_keys_anew(
        &self,
        source: &KeySource,
        tried: &Arc<KeySet>,
    ) -> Result<Option<Arc<KeySet>>, Error> {
        // What is under way, or has ended a moment ago, is not begun again.
        let fetched = self.fetch_keys(source).await?;
        let keys = fetched.usable(self.now());
        Ok(keys.filter(|keys| !Arc::ptr_eq(keys, tried)))
    }

    /// Whether `source` has, as far as is known here, the key of this thumbprint. Asks nobody: what
    /// it says no to is looked at from the beginning, and that is also where an issuer that failed
    /// is asked again.
    pub(crate) fn issuer_still_has(&self, source: &KeySource, thumbprint: &str) -> bool {
        let now = self.now();
        let known = self.issuers.known.get(source);
        let known = known.filter(|known| known.failure.is_none() || known.is_cooling(now));
        let keys = known.and_then(|known| known.usable(now));
        keys.is_some_and(|keys| keys.keys().iter().any(|key| key.thumbprint() == thumbprint))
    }

    /// What a fetch brings that is under way, or was a moment ago, or begins now.
    async fn fetch_keys(&self, source: &KeySource) -> Result<Arc<Known>, Error> {
        let mut brought = {
            let mut underway = lock(&self.issuers.underway);
            match underway.get(source) {
                Some(brought) => brought.clone(),
                // Looked at under the lock: of many who found nothing, one goes.
                None => match self.issuers.known.get(source) {
                    Some(known) if known.is_cooling(self.now()) => return Ok(known),
                    _ => self.begin(&mut underway, source),
                },
            }
        };
        let known = brought.wait_for(Option::is_some).await;
        let known = known.ok().and_then(|known| known.clone());
        known.ok_or_else(|| Error::internal("a fetch of keys ended without a word"))
    }

    /// Begins a fetch that nobody's going away ends.
    fn begin(
        &self,
        underway: &mut Underway,
        source: &KeySource,
    ) -> watch::Receiver<Option<Arc<Known>>> {
        let (bring, brought) = watch::channel(None);
        underway.insert(source.clone(), brought.clone());
        let fetch = Fetch {
            outbound: self.outbound.clone(),
            clock: Arc::clone(&self.clock),
            known: self.issuers.known.clone(),
            entry: Entry {
                underway: Arc::clone(&self.issuers.underway),
                source: source.clone(),
            },
        };
        let mut fetching = lock(&self.issuers.fetching);
        while fetching.try_join_next().is_some() {}
        fetching.spawn(async move {
            let known = fetch.run().await;
            drop(fetch);
            bring.send_replace(Some(known));
        });
        brought
    }
}

/// One fetch, and what it needs of the node.
struct Fetch {
    outbound: Outbound,
    clock: Arc<dyn Clock>,
    known: Cache<KeySource, Arc<Known>>,
    entry: Entry,
}

/// A place among what is under way, until it is dropped.
struct Entry {
    underway: Arc<Mutex<Underway>>,
    source: KeySource,
}

impl Drop for Entry {
    fn drop(&mut self) {
        lock(&self.underway).remove(&self.source);
    }
}

impl Fetch {
    /// Fetches, and keeps what came of it.
    async fn run(&self) -> Arc<Known> {
        let source = &self.entry.source;
        let fetched = self.keys(source).await;
        let (now, before) = (self.clock.now(), self.known.get(source));
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
                // Whoever wrote the token named what cannot be called, not a field of the request.
                let kind = match error.kind() {
                    Kind::Caller => Kind::Unproved,
                    kind => kind,
                };
                Known {
                    keys: before.as_ref().and_then(|before| before.keys.clone()),
                    fresh_until: before.map_or(now, |before| before.fresh_until),
                    tried_at: now,
                    failure: Some((kind, error.public().to_owned())),
                }
            }
        };
        let known = Arc::new(known);
        self.known.insert(source.clone(), Arc::clone(&known));
        known
    }

    /// One fetch: the keys, and for how many seconds they are good.
    async fn keys(&self, (issuer, jwks_uri): &KeySource) -> Result<(KeySet, i64), Error> {
        let uri = match jwks_uri {
            Some(uri) => uri.clone(),
            None => self.discover(issuer).await?,
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
    async fn discover(&self, issuer: &str) -> Result<String, Error> {
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
}

/// Every change under these locks is one statement; a panic leaves nothing half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_issuer_is_held_however_often_the_others_are_used() {
        let IssuerKeys { known, .. } = IssuerKeys::default();
        let source = |number: u64| (format!("https://{number}.example"), None);
        let now = Timestamp::default();
        let failed = Arc::new(Known {
            keys: None,
            fresh_until: now,
            tried_at: now,
            failure: None,
        });
        for number in 0..ISSUERS_MAX {
            known.insert(source(number), Arc::clone(&failed));
            known.run_pending_tasks();
            for _ in 0..8 {
                assert!(known.get(&source(number)).is_some());
            }
            known.run_pending_tasks();
        }
        known.insert(source(ISSUERS_MAX), failed);
        known.run_pending_tasks();
        assert!(known.contains_key(&source(ISSUERS_MAX)));
        assert_eq!(known.entry_count(), ISSUERS_MAX);
    }
}
