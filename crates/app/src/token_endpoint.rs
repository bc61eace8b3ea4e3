//! What we ask an authorization server as its client, and what we make of its answer.

mod answer;

use procura_authority::{Credential, Reasons};
use procura_core::account::AccountId;
use procura_core::error::{Error, Kind};
use procura_core::id::ProviderId;
use procura_core::machine_token::{Lifetime, TokenRequest};
use procura_core::oauth2_client::{
    AuthorizationServer, ClientAuthentication, Configuration, Endpoints, Oauth2Client,
};
use procura_core::permit::{Permit, of};
use procura_core::scope::Scopes;
use procura_core::sealing;
use procura_core::secret::{Plain, kind};
use procura_core::workload_access_token::Claims;
use procura_protocol::egress::{InvalidUrl, OutboundUrl};
use procura_protocol::oauth::client_assertion::{
    AdditionalClaims, client_assertion_claims, client_assertion_header,
};
use procura_protocol::oauth::issuer::{DiscoveryUrl, Issuer};
use procura_protocol::oauth::metadata::{self, Metadata};
use procura_protocol::oauth::token_reply::{Blame, ReplyError, TokenReply};
use procura_protocol::oauth::token_request::{self, ClientCredentials, RequestError};
use procura_protocol::oauth::vendor_table;
use procura_store::{Outcome, RevealedClientSecret};

pub(crate) use self::answer::{Silence, Unanswered};

use crate::App;
use crate::basis::Basis;
use crate::oauth2_provider::client_secret_place;
use crate::operation::OpCx;
use crate::outbound::Reply;

/// The longest discovery document, in bytes.
const METADATA_BYTES_MAX: usize = 256 * 1024;
const JSON: &str = "application/json";

/// A token that an authorization server granted.
#[derive(Debug)]
pub(crate) struct Granted {
    pub(crate) token: Plain<kind::AccessToken>,
    /// With which version of the client's secret it was got.
    pub(crate) secret_version: u64,
    /// What it is good for: what the server says, or what was asked where it says nothing.
    pub(crate) scopes: Scopes,
    pub(crate) lifetime: Lifetime,
}

impl App {
    /// Asks the authorization server for a token of the client itself (RFC 6749 §4.4), if the
    /// decision allows to use the client's secret; none when the world changed under the decision.
    /// The use of the secret is on record before anything is sent.
    pub(crate) async fn ask_for_token(
        &self,
        cx: &mut OpCx,
        claims: &Claims,
        basis: &Basis,
        credential: Credential<'_>,
        asked: &TokenRequest,
    ) -> Result<Option<Granted>, Error> {
        let decision = self.authorize_use(cx, claims, basis, credential)?;
        self.circuits.check(basis.provider.id, cx.now)?;
        let Some(revealed) = self.reveal_client(cx, basis, decision).await? else {
            return Ok(None);
        };
        if revealed.client.configuration.endpoints().is_none() {
            // The endpoints are written down first, and the decision is taken on that.
            self.discover(cx, basis, &revealed).await?;
            return Ok(None);
        }
        self.ask_as_client(basis, &revealed, asked).await.map(Some)
    }

    /// Asks as the client, whose secret was revealed for that and whose endpoints are known.
    pub(crate) async fn ask_as_client(
        &self,
        basis: &Basis,
        revealed: &RevealedClientSecret,
        asked: &TokenRequest,
    ) -> Result<Granted, Error> {
        let dialect = vendor_table::row(revealed.client.vendor).dialect;
        let ask = ClientCredentials {
            scopes: &asked.scopes,
            separator: dialect.request_separator,
            resources: &asked.resources,
            audiences: &asked.audiences,
            custom: &asked.parameters,
        };
        let client = self.client_at(basis, revealed).await?;
        let request =
            token_request::client_credentials(&ask, &client.authentication()).map_err(unaskable)?;
        let answer = self
            .post_for_tokens(basis.provider.id, &client.endpoints.token, &request)
            .await?;
        let reply = answer
            .tokens(&dialect, &request)
            .map_err(|error| refused(&answer.host, &error))?;
        self.granted(reply, asked, revealed.secret_version)
    }

    /// What an answer grants. A life begins when the answer is there, not when it was asked for.
    fn granted(
        &self,
        answer: TokenReply,
        asked: &TokenRequest,
        secret_version: u64,
    ) -> Result<Granted, Error> {
        // RFC 6749 §5.1: a server that grants less than was asked must say so. What an agent asked
        // for it gets whole or not at all: it would find out at the resource, in the middle of work.
        let scopes = answer.granted(&asked.scopes);
        if !asked.scopes.is_subset(&scopes) {
            let text = "the provider granted fewer scopes than were asked for; ask for those that \
                        the client may have";
            return Err(Error::field("scopes", text));
        }
        // SECURITY: a grant of some scopes was decided on for these; a server that gives more would
        // make it grow. Held by `a_provider_that_grants_more_than_was_asked_gives_nothing`.
        if !asked.scopes.is_empty() && !scopes.is_subset(&asked.scopes) {
            let text = "the provider granted more scopes than were asked for; the token is not \
                        used";
            return Err(Error::field("scopes", text));
        }
        Ok(Granted {
            token: answer.access_token,
            secret_version,
            scopes,
            lifetime: Lifetime::starting(self.now(), answer.expires_in_s.map(i64::from)),
        })
    }

    /// The sealed secret of the provider's client, on record.
    pub(crate) async fn reveal_client(
        &self,
        cx: &mut OpCx,
        basis: &Basis,
        (permit, reasons): (Permit<of::UseClientSecret>, Reasons),
    ) -> Result<Option<RevealedClientSecret>, Error> {
        let under = reasons.under();
        let whose = format!("for {}{under}", basis.agent.name);
        let entry = self.allowed(cx, "client secret");
        let (held, account) = (basis.clone(), basis.account);
        let committed = self
            .store
            .run_tx("use_client_secret", move |tx| {
                if !held.still_holds(tx)? {
                    return Ok(Outcome::Unrecorded(None));
                }
                match tx.account(account).reveal_client_secret(&permit)? {
                    Some(revealed) => {
                        let mut entry = entry.clone();
                        let (version, sealed) = (revealed.secret_version, &revealed.sealed);
                        let used = match revealed.client.configuration.endpoints() {
                            Some(_) => "used",
                            None => "opened, to be bound to the endpoints that are found,",
                        };
                        let print = sealed.fingerprint();
                        let about = format!(" {used} {whose}; secret {version} ({print})");
                        entry.reason.to_mut().push_str(&about);
                        Ok(Outcome::Done(Some(revealed), entry))
                    }
                    None => Ok(Outcome::Unrecorded(None)),
                }
            })
            .await?;
        Ok(committed.value)
    }

    /// The client as it proves itself to its server, whose endpoints are known.
    pub(crate) async fn client_at<'a>(
        &self,
        basis: &Basis,
        revealed: &'a RevealedClientSecret,
    ) -> Result<ClientAt<'a>, Error> {
        self.client_of(basis.account, basis.provider.id, revealed)
            .await
    }

    /// The same for what rests on no [`Basis`].
    pub(crate) async fn client_of<'a>(
        &self,
        account: AccountId,
        provider: ProviderId,
        revealed: &'a RevealedClientSecret,
    ) -> Result<ClientAt<'a>, Error> {
        let configuration = &revealed.client.configuration;
        let endpoints = configuration
            .endpoints()
            .ok_or_else(|| Error::internal("a client is used before its endpoints are known"))?;
        Ok(ClientAt {
            configuration,
            endpoints,
            secret: self.open_client_secret(account, provider, revealed).await?,
            assertion: self.assertion(account, configuration, endpoints).await?,
        })
    }

    async fn open_client_secret(
        &self,
        account: AccountId,
        provider: ProviderId,
        revealed: &RevealedClientSecret,
    ) -> Result<Plain<kind::ClientSecret>, Error> {
        let key = self.key_of(&revealed.sealed).await?;
        let place = client_secret_place(
            self.deployment,
            account,
            &provider,
            revealed.secret_version,
            &revealed.client.configuration,
        );
        sealing::open(&key, &place, &revealed.sealed).map_err(Error::internal_source)
    }

    /// Reads where the endpoints are, once, and writes it down together with the secret, sealed anew
    /// for them. From then on neither a changed document nor a changed row takes the secret
    /// elsewhere (attacks 20 and I28); only an administrator can, by an update.
    pub(crate) async fn discover(
        &self,
        cx: &OpCx,
        basis: &Basis,
        revealed: &RevealedClientSecret,
    ) -> Result<(), Error> {
        let configuration = &revealed.client.configuration;
        let AuthorizationServer::Discovered { url, .. } = &configuration.server else {
            return Err(Error::inconsistent("oauth2_client", "configuration"));
        };
        let url = DiscoveryUrl::parse(url).map_err(Error::internal_source)?;
        let metadata = self.metadata(&url).await?;
        let found = Endpoints {
            issuer: Some(metadata.issuer.as_str().to_owned()),
            authorization: metadata
                .authorization_endpoint
                .map(|url| url.as_str().to_owned()),
            token: metadata.token_endpoint.as_str().to_owned(),
            revocation: metadata
                .revocation_endpoint
                .map(|url| url.as_str().to_owned()),
            response_types: None,
            token_auth_methods: None,
            names_itself: metadata.authorization_response_iss_parameter_supported,
            lacks_s256: lacks_s256(&metadata.code_challenge_methods_supported),
        };
        let secret = self
            .open_client_secret(basis.account, basis.provider.id, revealed)
            .await?;
        let client = Oauth2Client {
            vendor: revealed.client.vendor,
            configuration: configuration.clone().with_found(found),
        };
        let mut provider = basis.provider.clone();
        provider.updated_at = cx.now;
        provider.version += 1;
        provider.secret_version = provider.version;
        let account = basis.account;
        let sealed = self
            .seal_client_secret(account, &provider, &client, &secret)
            .await?;
        self.store
            .run_tx("keep_endpoints", move |tx| {
                let mut own = tx.account(account);
                // Another that was faster wrote the same, or an administrator something better.
                if own.update_credential_provider(&provider, &sealed)? {
                    own.update_oauth2_client(provider.id, &client)?;
                }
                Ok(Outcome::Unrecorded(()))
            })
            .await?;
        Ok(())
    }

    /// The metadata of an authorization server, which speaks for the issuer of its own URL.
    async fn metadata(&self, url: &DiscoveryUrl) -> Result<Metadata, Error> {
        let at = outbound_url(url.url().as_str())?;
        let reply = self.outbound.get(&at, JSON, METADATA_BYTES_MAX).await?;
        if reply.status != 200 {
            return Err(unexpected(at.host(), "the discovery document", &reply));
        }
        metadata::parse(url, &reply.body).map_err(|error| {
            let text = format!(
                "the discovery document of {} cannot be used: {error}",
                at.host()
            );
            Error::new(Kind::Caller, text)
        })
    }

    /// The assertion of a client that signs (RFC 7523 §2.2): for the issuer alone, for a minute.
    async fn assertion(
        &self,
        account: AccountId,
        configuration: &Configuration,
        endpoints: &Endpoints,
    ) -> Result<Option<String>, Error> {
        let ClientAuthentication::PrivateKeyJwt(signs) = &configuration.authentication else {
            return Ok(None);
        };
        let audience = endpoints.issuer.as_deref().unwrap_or_default();
        let audience = Issuer::parse(audience).map_err(|_| {
            Error::conflict("a client that signs needs the issuer of its server; name it")
        })?;
        let key = self.signer(account, signs.key).await?;
        let jti = hex::encode(self.with_rng(procura_core::entropy::random_bytes::<16>));
        let additional = |claims| AdditionalClaims::parse(claims).map_err(Error::internal_source);
        let header = additional(&signs.header)?;
        let claims = client_assertion_claims(
            &audience,
            &configuration.client_id,
            &jti,
            self.now(),
            &additional(&signs.claims)?,
        )
        .map_err(Error::internal_source)?;
        key.sign(&client_assertion_header(&header), &claims)
            .map(Some)
            .map_err(Error::internal_source)
    }
}

/// Whether a server lists ways of PKCE, and S256 is not among them. One that lists none may do it all the
/// same: several vendors do (RFC 9700 §2.1.1 lets a client find out otherwise).
fn lacks_s256(methods: &[String]) -> bool {
    !methods.is_empty() && methods.iter().all(|method| method != "S256")
}

/// A client, ready to ask its server.
pub(crate) struct ClientAt<'a> {
    configuration: &'a Configuration,
    pub(crate) endpoints: &'a Endpoints,
    secret: Plain<kind::ClientSecret>,
    assertion: Option<String>,
}

impl ClientAt<'_> {
    pub(crate) fn authentication(&self) -> token_request::ClientAuthentication<'_> {
        let client_id = self.configuration.client_id.as_str();
        let client_secret = &self.secret;
        match &self.configuration.authentication {
            ClientAuthentication::SecretBasic => token_request::ClientAuthentication::SecretBasic {
                client_id,
                client_secret,
            },
            ClientAuthentication::SecretPost => token_request::ClientAuthentication::SecretPost {
                client_id,
                client_secret,
            },
            ClientAuthentication::PrivateKeyJwt(_) => {
                token_request::ClientAuthentication::PrivateKeyJwt {
                    client_id: Some(client_id),
                    assertion: self.assertion.as_deref().unwrap_or_default(),
                }
            }
        }
    }
}

pub(crate) fn outbound_url(text: &str) -> Result<OutboundUrl, Error> {
    text.parse().map_err(|error: InvalidUrl| {
        Error::new(
            Kind::Caller,
            format!("the provider's URL cannot be used: {error}"),
        )
    })
}

/// What of the request cannot be asked of any server.
pub(crate) fn unaskable(error: RequestError) -> Error {
    let field = match error {
        RequestError::Resource | RequestError::TooMany("resources") => "resources",
        RequestError::Audience | RequestError::TooMany("audiences") => "audiences",
        RequestError::Scopes(_) => "scopes",
        RequestError::Reserved(_)
        | RequestError::CustomName
        | RequestError::CustomValue
        | RequestError::SubjectTokenType
        | RequestError::RequestedTokenType
        | RequestError::TooMany(_) => "customParameters",
        // What is left was stored with the provider.
        _ => return Error::new(Kind::Caller, error.to_string()),
    };
    Error::field(field, error.to_string())
}

/// The provider's no, with its code and its words as far as they may be repeated.
pub(crate) fn refused(host: &str, error: &ReplyError) -> Error {
    let (kind, retry_after_s) = match error {
        ReplyError::Refused(refusal) => match refusal.blame() {
            Blame::Caller => (Kind::Caller, None),
            Blame::Upstream { retry_after_s } => (Kind::Upstream, retry_after_s),
        },
        ReplyError::Unreadable(_) => (Kind::Upstream, None),
    };
    Error::new(kind, format!("{host}: {error}")).with_retry_after(retry_after_s)
}

fn unexpected(host: &str, what: &str, reply: &Reply) -> Error {
    let status = reply.status;
    let kind = match status {
        408 | 429 | 500.. => Kind::Upstream,
        _ => Kind::Caller,
    };
    let text = format!("{host} was asked for {what} and answered with status {status}");
    Error::new(kind, text)
}
