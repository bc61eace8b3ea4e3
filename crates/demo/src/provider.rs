//! One demo provider: its state, what tests ask of it, and how it is served.

use std::collections::BTreeMap;
use std::fmt;
use std::future::{Future, IntoFuture as _};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use procura_core::entropy::{OsEntropy, random_bytes};
use procura_core::time::{Clock, Timestamp};
use procura_protocol::jose::Algorithm;
use procura_protocol::jose::signing::SigningError;
use serde_json::{Map, Value};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::authorization_request::AuthorizationRequestSeen;
use crate::counter::Counters;
use crate::issued::IssuedTokens;
use crate::key_ring::KeyRing;
use crate::line::{Line, Lines};
use crate::misbehaviour::Misbehaviour;
use crate::settings::{DEMO_CLIENT, DemoClient, Settings};
use crate::token_endpoint::{TokenRequestSeen, UsedAssertions};
use crate::visits::Visits;
use crate::{routes, user};

/// Most clients; further ones are not registered.
const CLIENTS_MAX: usize = 1_000;
/// How long requests in flight get to finish when the server stops.
const DRAIN: Duration = Duration::from_secs(2);

/// A demo provider; every clone is the same one.
#[derive(Clone)]
pub struct DemoProvider(Arc<Shared>);

struct Shared {
    address: SocketAddr,
    clock: Arc<dyn Clock>,
    access_token_lifetime_s: Option<u32>,
    clients: Mutex<BTreeMap<String, DemoClient>>,
    keys: Mutex<KeyRing>,
    tokens: Mutex<IssuedTokens>,
    visits: Mutex<Visits>,
    /// Forms that are given out are authenticated with it.
    form_key: [u8; 32],
    assertions: Mutex<UsedAssertions>,
    misbehaviour: Mutex<Option<Misbehaviour>>,
    last_authorization_request: Mutex<Option<AuthorizationRequestSeen>>,
    last_token_request: Mutex<Option<TokenRequestSeen>>,
    counters: Counters,
    stopping: watch::Sender<bool>,
}

impl DemoProvider {
    /// A provider that will be served at `address`, with new keys; its issuer is
    /// `http://<address>`.
    ///
    /// # Errors
    /// The machine cannot make keys.
    pub fn new(address: SocketAddr, settings: Settings) -> Result<Self, SigningError> {
        let provider = Self(Arc::new(Shared {
            address,
            clock: settings.clock,
            access_token_lifetime_s: settings.access_token_lifetime_s,
            clients: Mutex::default(),
            keys: Mutex::new(KeyRing::generate()?),
            tokens: Mutex::default(),
            visits: Mutex::default(),
            form_key: random_bytes(&mut OsEntropy),
            assertions: Mutex::default(),
            misbehaviour: Mutex::default(),
            last_authorization_request: Mutex::default(),
            last_token_request: Mutex::default(),
            counters: Counters::default(),
            stopping: watch::Sender::new(false),
        }));
        for client in settings.clients {
            provider.add_client(client);
        }
        Ok(provider)
    }

    /// Serves until `stop`; then requests in flight get two seconds to finish. May be served again.
    ///
    /// # Errors
    /// The listener fails.
    pub async fn serve(
        self,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        let stopping = Stopping(self.0.stopping.clone());
        stopping.0.send_replace(false);
        let mut stopped = stopping.0.subscribe();
        let signal = async move {
            // An error means that the provider is gone, which is a stop as well.
            let _ = stopped.wait_for(|stopped| *stopped).await;
        };
        let service = routes::router(self).into_make_service_with_connect_info::<Line>();
        let serving = axum::serve(Lines(listener), service).with_graceful_shutdown(signal);
        let given_up = async {
            stop.await;
            stopping.0.send_replace(true);
            tokio::time::sleep(DRAIN).await;
        };
        tokio::select! {
            ended = serving.into_future() => ended,
            () = given_up => {
                tracing::debug!("the demo provider stops with requests in flight");
                Ok(())
            }
        }
    }

    /// `iss`.
    pub fn issuer(&self) -> String {
        format!("http://{}", self.0.address)
    }

    /// Where its metadata lies.
    pub fn discovery_url(&self) -> String {
        format!("{}/.well-known/openid-configuration", self.issuer())
    }

    /// Where tokens are asked for.
    pub fn token_endpoint(&self) -> String {
        format!("{}/token", self.issuer())
    }

    /// Registers a client, in the place of the one that has its id. Beyond a thousand, nothing
    /// happens.
    pub fn add_client(&self, client: DemoClient) {
        let mut clients = lock(&self.0.clients);
        if clients.len() < CLIENTS_MAX || clients.contains_key(&client.id) {
            clients.insert(client.id.clone(), client);
        } else {
            tracing::warn!("the demo provider takes no more clients");
        }
    }

    /// Lets [`DEMO_CLIENT`] have users sent back to any URL that is `prefix`, which ends in a
    /// slash, and one more segment: for callback URLs that are not known beforehand.
    pub fn allow_redirects_below(&self, prefix: String) {
        if let Some(client) = lock(&self.0.clients).get_mut(DEMO_CLIENT) {
            client.redirect_prefix = Some(prefix);
        }
    }

    /// A good access token of a user: ES256, `at+jwt` (RFC 9068), for and issued to
    /// [`crate::DEMO_APP`], good for an hour. Empty if the machine cannot sign.
    pub fn user_token(&self, subject: &str) -> String {
        self.signed(Algorithm::Es256, Some("at+jwt"), &self.claims(subject))
    }

    /// A token with any claims: those of `claims` replace the ones that [`Self::user_token`] has for
    /// `alice`, and `null` removes one. ES256, RS256 or `EdDSA`; for another algorithm there is no
    /// key, and the text is empty.
    pub fn user_token_with(
        &self,
        claims: Value,
        algorithm: Algorithm,
        typ: Option<&str>,
    ) -> String {
        let mut all = self.claims("alice");
        let Value::Object(claims) = claims else {
            tracing::error!("claims are an object");
            return String::new();
        };
        for (name, value) in claims {
            if value.is_null() {
                all.remove(&name);
            } else {
                all.insert(name, value);
            }
        }
        self.signed(algorithm, typ, &all)
    }

    /// New keys for every algorithm, with new ids. The old ones stay published, or not; nothing is
    /// signed with them any more.
    pub fn rotate_keys(&self, keep_old: bool) {
        // Made before the lock is taken: RSA takes its time.
        match KeyRing::generate() {
            Ok(mut fresh) => {
                let mut keys = lock(&self.0.keys);
                if keep_old {
                    fresh.keep(&keys);
                }
                *keys = fresh;
            }
            Err(error) => tracing::error!(%error, "the demo provider keeps its keys"),
        }
    }

    /// What to do wrong from now on, or nothing. For tests.
    pub fn misbehave(&self, misbehaviour: Option<Misbehaviour>) {
        *lock(&self.0.misbehaviour) = misbehaviour;
    }

    fn claims(&self, subject: &str) -> Map<String, Value> {
        user::claims(&self.issuer(), subject, self.now())
    }

    fn signed(
        &self,
        algorithm: Algorithm,
        typ: Option<&str>,
        claims: &Map<String, Value>,
    ) -> String {
        let signed = lock(&self.0.keys).sign(algorithm, typ, claims);
        signed.unwrap_or_else(|error| {
            tracing::error!(%error, "the demo provider cannot sign");
            String::new()
        })
    }
}

/// What the endpoints need.
impl DemoProvider {
    pub(crate) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// `host:port`.
    pub(crate) fn authority(&self) -> String {
        self.0.address.to_string()
    }

    pub(crate) fn port(&self) -> u16 {
        self.0.address.port()
    }

    pub(crate) fn access_token_lifetime_s(&self) -> Option<u32> {
        self.0.access_token_lifetime_s
    }

    pub(crate) fn client(&self, id: &str) -> Option<DemoClient> {
        lock(&self.0.clients).get(id).cloned()
    }

    pub(crate) fn public_keys(&self) -> Value {
        lock(&self.0.keys).public()
    }

    pub(crate) fn tokens(&self) -> MutexGuard<'_, IssuedTokens> {
        lock(&self.0.tokens)
    }

    pub(crate) fn visits(&self) -> MutexGuard<'_, Visits> {
        lock(&self.0.visits)
    }

    pub(crate) fn form_key(&self) -> &[u8] {
        &self.0.form_key
    }

    pub(crate) fn used_assertions(&self) -> MutexGuard<'_, UsedAssertions> {
        lock(&self.0.assertions)
    }

    pub(crate) fn misbehaviour(&self) -> Option<Misbehaviour> {
        lock(&self.0.misbehaviour).clone()
    }

    pub(crate) fn counters(&self) -> &Counters {
        &self.0.counters
    }

    pub(crate) fn last_seen_authorization(
        &self,
    ) -> MutexGuard<'_, Option<AuthorizationRequestSeen>> {
        lock(&self.0.last_authorization_request)
    }

    pub(crate) fn last_seen_token_request(&self) -> MutexGuard<'_, Option<TokenRequestSeen>> {
        lock(&self.0.last_token_request)
    }

    /// A signed statement about a user, for a client (OpenID Connect Core §2).
    pub(crate) fn id_token(&self, claims: &Map<String, Value>) -> String {
        self.signed(Algorithm::Es256, Some("JWT"), claims)
    }

    /// Waits until the server stops.
    pub(crate) async fn stopped(&self) {
        let mut stopped = self.0.stopping.subscribe();
        // The sender is ours.
        let _ = stopped.wait_for(|stopped| *stopped).await;
    }
}

/// Connections run on when [`DemoProvider::serve`] is dropped; this tells them to end.
struct Stopping(watch::Sender<bool>);

impl Drop for Stopping {
    fn drop(&mut self) {
        self.0.send_replace(true);
    }
}

impl fmt::Debug for DemoProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DemoProvider({})", self.issuer())
    }
}

/// What a thread left behind that died while it held the lock is still whole: every change is one
/// statement.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
