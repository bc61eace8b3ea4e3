//! The one way out over HTTP: to token endpoints, key sets, discovery documents.
//!
//! Whoever configures a provider chooses where this service calls, from inside of the operator's
//! network and with credentials. So: a name is resolved once for a connection, every address of the
//! answer is judged ([`procura_protocol::egress::Rules`]), and only a judged address is connected
//! to. An answer that changes afterwards (DNS rebinding) changes nothing. No redirect is followed,
//! no proxy is taken from the environment, no reply is decompressed; size, time and the number of
//! calls in flight are bounded.
//!
//! Connections are pooled for 30 s of idleness. A pooled connection goes on to the address that was
//! judged when it was made, and the rules of a node do not change while it runs; so it is never more
//! than what was allowed, only older than the name's last answer.
//!
//! What is not wiped: the copies of a request and a reply that the HTTP library and the kernel hold
//! while they are in flight.
//!
//! A judge knows the port and the scheme that it judges for, while the HTTP client tells its
//! resolver the name alone. Therefore there is one client, a *door*, for each scheme and port.

mod bulkhead;
mod error;
mod reply;
mod resolve;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use moka::sync::Cache;
use procura_core::error::Error;
use procura_protocol::egress::{OutboundUrl, Rules, Scheme};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Client, RequestBuilder};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use zeroize::Zeroizing;

pub use error::{OutboundError, Unreachable};
pub use reply::Reply;
pub use resolve::{Resolution, Resolving};

use bulkhead::Bulkhead;
use resolve::JudgingResolver;

/// How long a connection is kept that nobody uses.
const POOL_IDLE: Duration = Duration::from_secs(30);
/// How many of them are kept for each host.
const POOL_IDLE_PER_HOST_MAX: usize = 8;
/// How many doors are kept; providers use few ports.
const DOORS_MAX: u64 = 64;
/// Most headers of a reply.
const REPLY_HEADERS_MAX: usize = 100;
/// Headers that are ours to set, or that say where a request ends.
const OWN_HEADERS: &[&str] = &[
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "host",
    "transfer-encoding",
];

/// What a way out is made of; [`OutboundConfig::new`] has the usual values.
#[derive(Debug, Clone)]
pub struct OutboundConfig {
    /// What may be reached.
    pub rules: Rules,
    /// Private certificate authorities, beside the public ones.
    pub extra_roots: Vec<CertificateDer<'static>>,
    /// How the service introduces itself.
    pub user_agent: String,
    /// Longest time for a name, a connection and its TLS handshake together.
    pub connect_timeout: Duration,
    /// Longest time from the first byte sent to the last byte read; it contains the former.
    pub total_timeout: Duration,
    /// Longest wait for a free place, before `total_timeout` begins.
    pub busy_timeout: Duration,
    /// Most calls in flight to one host and port.
    pub per_authority_max: usize,
    /// Most calls in flight of this node.
    pub node_max: usize,
    /// Who resolves names.
    pub resolution: Resolution,
}

impl OutboundConfig {
    /// The usual values: 3 s to connect, 15 s in all, 2 s for a free place of 32 a host and 512
    /// a node, the system's resolver, the public roots only.
    pub fn new(rules: Rules) -> Self {
        Self {
            rules,
            extra_roots: Vec::new(),
            user_agent: concat!("procura/", env!("CARGO_PKG_VERSION")).to_owned(),
            connect_timeout: Duration::from_secs(3),
            total_timeout: Duration::from_secs(15),
            busy_timeout: Duration::from_secs(2),
            per_authority_max: 32,
            node_max: 512,
            resolution: Resolution::system(),
        }
    }
}

/// The body of a POST and what goes with it.
pub struct Form<'a> {
    /// What the answer should be, such as `application/json`.
    pub accept: &'static str,
    /// The value of `Authorization`, where the client proves itself there.
    pub authorization: Option<&'a str>,
    /// Further headers that a vendor wants; not those that say where a request ends or who sends it.
    pub headers: &'a [(&'static str, &'a str)],
    /// `application/x-www-form-urlencoded`, wiped when sent.
    pub body: Zeroizing<String>,
}

impl fmt::Debug for Form<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Form({} bytes)", self.body.len())
    }
}

/// A body of JSON and what goes with it.
pub struct Json<'a> {
    /// The value of `Authorization`.
    pub authorization: &'a str,
    /// Further headers; not those that say where a request ends or who sends it.
    pub headers: &'a [(&'static str, &'a str)],
    /// Wiped when sent.
    pub body: Vec<u8>,
}

impl fmt::Debug for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Json({} bytes)", self.body.len())
    }
}

/// The way out. Clones share connections and limits.
#[derive(Clone)]
pub struct Outbound {
    inner: Arc<Inner>,
}

struct Inner {
    config: OutboundConfig,
    rules: Arc<Rules>,
    tls: ClientConfig,
    user_agent: HeaderValue,
    doors: Cache<(Scheme, u16), Client>,
    bulkhead: Bulkhead,
}

impl fmt::Debug for Outbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outbound({:?})", self.inner.rules)
    }
}

impl Outbound {
    /// A way out.
    ///
    /// # Errors
    ///
    /// [`procura_core::error::Kind::Internal`] if a private root is not a certificate or
    /// `user_agent` is not the value of a header: the configuration is wrong.
    pub fn new(config: OutboundConfig) -> Result<Self, Error> {
        let user_agent = HeaderValue::from_str(&config.user_agent)
            .map_err(|_| Error::internal("the user agent is not the value of a header"))?;
        let inner = Inner {
            rules: Arc::new(config.rules.clone()),
            tls: tls(&config.extra_roots).map_err(Error::internal_source)?,
            user_agent,
            doors: Cache::new(DOORS_MAX),
            bulkhead: Bulkhead::new(
                config.per_authority_max,
                config.node_max,
                config.busy_timeout,
            ),
            config,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Fetches `url`. A body of more than `bytes_max` is not read.
    ///
    /// Any status but a redirect is a [`Reply`].
    pub async fn get(
        &self,
        url: &OutboundUrl,
        accept: &'static str,
        bytes_max: usize,
    ) -> Result<Reply, OutboundError> {
        let accept = HeaderValue::from_str(accept).map_err(|_| unsendable(url))?;
        let request = self
            .door(url)?
            .get(url.url().clone())
            .header(ACCEPT, accept);
        self.call(url, request, bytes_max).await
    }

    /// Posts `form` to `url`. A body of more than `bytes_max` is not read.
    ///
    /// Any status but a redirect is a [`Reply`]. It is sent once: after an error that is not
    /// [`OutboundError::is_unsent`] the provider may have acted on it.
    pub async fn post_form(
        &self,
        url: &OutboundUrl,
        form: Form<'_>,
        bytes_max: usize,
    ) -> Result<Reply, OutboundError> {
        let accept = HeaderValue::from_str(form.accept).map_err(|_| unsendable(url))?;
        let request = self
            .door(url)?
            .post(url.url().clone())
            .header(ACCEPT, accept)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = with_headers(url, request, form.authorization, form.headers)?;
        let request = request.body(Bytes::from_owner(form.body));
        self.call(url, request, bytes_max).await
    }

    /// Posts `json` to `url`. As [`Self::post_form`].
    pub async fn post_json(
        &self,
        url: &OutboundUrl,
        json: Json<'_>,
        bytes_max: usize,
    ) -> Result<Reply, OutboundError> {
        let request = self
            .door(url)?
            .post(url.url().clone())
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/json");
        let request = with_headers(url, request, Some(json.authorization), json.headers)?;
        let request = request.body(Bytes::from_owner(Zeroizing::new(json.body)));
        self.call(url, request, bytes_max).await
    }

    /// Whether `url` may be reached, as far as that is known before its name is resolved.
    ///
    /// # Errors
    ///
    /// [`OutboundError::Refused`]: it is never reached, or the operator does not allow it.
    pub fn judge(&self, url: &OutboundUrl) -> Result<(), OutboundError> {
        Ok(self.inner.rules.judge_url(url)?)
    }

    /// Judges what is known of `url`, waits for a place, and sends.
    async fn call(
        &self,
        url: &OutboundUrl,
        request: RequestBuilder,
        bytes_max: usize,
    ) -> Result<Reply, OutboundError> {
        // SECURITY: the HTTP client asks no resolver for a host that is an address, so that is
        // judged here. Held by `an_address_instead_of_a_name_is_judged`.
        let outcome = match self.inner.rules.judge_url(url) {
            Ok(()) => self.send(url, request, bytes_max).await,
            Err(refused) => Err(refused.into()),
        };
        if let Err(error) = &outcome {
            error.log(url.host());
        }
        outcome
    }

    async fn send(
        &self,
        url: &OutboundUrl,
        request: RequestBuilder,
        bytes_max: usize,
    ) -> Result<Reply, OutboundError> {
        let _place = self.inner.bulkhead.enter(url).await?;
        let exchange = async {
            let response = request
                .send()
                .await
                .map_err(|error| OutboundError::of_request(url.host(), error))?;
            Reply::read(url.host(), response, bytes_max).await
        };
        match tokio::time::timeout(self.inner.config.total_timeout, exchange).await {
            Ok(outcome) => outcome,
            Err(_) => Err(OutboundError::TimedOut {
                host: url.host().to_owned(),
            }),
        }
    }

    /// The client that judges for the scheme and port of `url`.
    fn door(&self, url: &OutboundUrl) -> Result<Client, OutboundError> {
        let key = (url.scheme(), url.port());
        if let Some(client) = self.inner.doors.get(&key) {
            return Ok(client);
        }
        // Two at once make two; the second stays.
        let client = self
            .new_door(url.scheme(), url.port())
            .map_err(|_| unsendable(url))?;
        self.inner.doors.insert(key, client.clone());
        Ok(client)
    }

    fn new_door(&self, scheme: Scheme, port: u16) -> reqwest::Result<Client> {
        let config = &self.inner.config;
        #[expect(clippy::disallowed_methods, reason = "this is app::Outbound")]
        let builder = Client::builder();
        builder
            .tls_backend_preconfigured(self.inner.tls.clone())
            .user_agent(self.inner.user_agent.clone())
            .dns_resolver(JudgingResolver {
                rules: self.inner.rules.clone(),
                resolution: config.resolution.clone(),
                scheme,
                port,
            })
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .http1_only()
            .http1_max_headers(REPLY_HEADERS_MAX)
            .connect_timeout(config.connect_timeout)
            .pool_idle_timeout(POOL_IDLE)
            .pool_max_idle_per_host(POOL_IDLE_PER_HOST_MAX)
            .build()
    }
}

/// TLS 1.2 or later, with the public roots and `extra_roots`.
fn tls(extra_roots: &[CertificateDer<'static>]) -> Result<ClientConfig, rustls::Error> {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    for root in extra_roots {
        roots.add(root.clone())?;
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn with_headers(
    url: &OutboundUrl,
    mut request: RequestBuilder,
    authorization: Option<&str>,
    headers: &[(&'static str, &str)],
) -> Result<RequestBuilder, OutboundError> {
    for (name, value) in headers {
        let (name, value) = header(name, value).ok_or_else(|| unsendable(url))?;
        request = request.header(name, value);
    }
    if let Some(authorization) = authorization {
        let value = HeaderValue::from_str(authorization);
        let mut value = value.map_err(|_| unsendable(url))?;
        value.set_sensitive(true);
        request = request.header(AUTHORIZATION, value);
    }
    Ok(request)
}

/// A header that a caller may add.
fn header(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
    if OWN_HEADERS.contains(&name.as_str()) {
        return None;
    }
    let mut value = HeaderValue::from_str(value).ok()?;
    value.set_sensitive(true);
    Some((name, value))
}

fn unsendable(url: &OutboundUrl) -> OutboundError {
    OutboundError::Unsendable {
        host: url.host().to_owned(),
    }
}
