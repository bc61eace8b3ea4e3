//! What the service asks of the API: what a session is for, and to complete it. Over HTTP and
//! signed, as any other client.

use procura_app::authentication::SIGNING_NAME;
use procura_app::outbound::{Json, Outbound, Reply};
use procura_core::access_key::AccessKeyId;
use procura_core::authorization_session::{NotNow, State};
use procura_core::error::Error;
use procura_core::name::Region;
use procura_core::secret::Plain;
use procura_core::secret::kind::AccessKeySecret;
use procura_core::time::Timestamp;
use procura_protocol::egress::OutboundUrl;
use procura_protocol::sigv4::signing::Signer;
use procura_wire::Operation;
use serde::Deserialize;
use serde_json::{Value, json};

use super::words;

/// Where a session is described.
const DESCRIBE: &str = "/v1/authorization-sessions/describe";
/// The longest answer, in bytes.
const REPLY_BYTES_MAX: usize = 256 * 1024;

/// The API, as the holder of one access key.
pub(super) struct Api {
    outbound: Outbound,
    describe: OutboundUrl,
    complete: OutboundUrl,
    region: Region,
    access_key_id: AccessKeyId,
    secret: Plain<AccessKeySecret>,
}

/// The API said no, or did not answer as it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// Of its answer; 0 if there is none.
    pub(super) status: u16,
    /// What it says.
    pub(super) message: String,
}

/// What a session is for.
#[derive(Debug, Clone)]
pub(super) struct Session {
    pub(super) agent: String,
    pub(super) provider: String,
    /// Where the user was asked; none where an API of before does not say.
    pub(super) provider_host: Option<String>,
    pub(super) scopes: Vec<String>,
    pub(super) user: WhoseSession,
    /// Why it cannot be completed, if it cannot.
    pub(super) not_now: Option<NotNow>,
}

/// Whom a session is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum WhoseSession {
    /// Somebody whom only a token of the user's own proves.
    Verified,
    /// Whom the caller wrote; none where we may not complete such a session.
    Asserted(Option<String>),
}

/// Who came back.
pub(super) enum CameBack<'a> {
    /// By a token of the user's own.
    Proved(&'a str),
    /// By name.
    Asserted(&'a str),
}

/// The answer of the API to [`DESCRIBE`].
#[derive(Deserialize)]
struct Described {
    agent: String,
    provider: String,
    provider_host: Option<String>,
    scopes: Vec<String>,
    user_kind: String,
    asserted_user_id: Option<String>,
    state: String,
}

impl Refusal {
    /// Which part did not match, if it is that.
    pub(super) fn not_now(&self) -> Option<NotNow> {
        words::part(&self.message)
    }

    fn unreadable() -> Self {
        Self {
            status: 0,
            message: "the answer of the API cannot be read".to_owned(),
        }
    }
}

impl Api {
    pub(super) fn new(
        outbound: Outbound,
        api_url: &str,
        region: Region,
        access_key_id: AccessKeyId,
        secret: Plain<AccessKeySecret>,
    ) -> Result<Self, Error> {
        let base = api_url.strip_suffix('/').unwrap_or(api_url);
        let url = |path: &str| {
            let url = format!("{base}{path}").parse::<OutboundUrl>();
            url.map_err(|error| Error::field("api-url", error.to_string()))
        };
        Ok(Self {
            describe: url(DESCRIBE)?,
            complete: url(Operation::CompleteResourceTokenAuth.uri_template())?,
            outbound,
            region,
            access_key_id,
            secret,
        })
    }

    /// What the session that `uri` opens is for.
    pub(super) async fn describe(&self, now: Timestamp, uri: &str) -> Result<Session, Refusal> {
        let body = json!({ "session_uri": uri });
        let reply = self.post(now, &self.describe, &body).await?;
        let described: Described =
            serde_json::from_slice(&reply.body).map_err(|_| Refusal::unreadable())?;
        let user = match described.user_kind.as_str() {
            "verified" => WhoseSession::Verified,
            "asserted" => WhoseSession::Asserted(described.asserted_user_id),
            _ => return Err(Refusal::unreadable()),
        };
        let not_now = match described.state.as_str() {
            "expired" => Some(NotNow::Expired),
            state => match State::from_stored(state).ok_or_else(Refusal::unreadable)? {
                State::CalledBack => None,
                State::Created => Some(NotNow::NotConsented),
                State::Exchanging | State::Done => Some(NotNow::Used),
                State::Failed(failure) => Some(NotNow::Failed(failure)),
            },
        };
        Ok(Session {
            agent: described.agent,
            provider: described.provider,
            provider_host: described.provider_host,
            scopes: described.scopes,
            user,
            not_now,
        })
    }

    /// Says who came back.
    pub(super) async fn complete(
        &self,
        now: Timestamp,
        uri: &str,
        who: &CameBack<'_>,
    ) -> Result<(), Refusal> {
        let who = match who {
            CameBack::Proved(token) => json!({ "userToken": token }),
            CameBack::Asserted(id) => json!({ "userId": id }),
        };
        let body = json!({ "sessionUri": uri, "userIdentifier": who });
        self.post(now, &self.complete, &body).await.map(drop)
    }

    async fn post(
        &self,
        now: Timestamp,
        url: &OutboundUrl,
        body: &Value,
    ) -> Result<Reply, Refusal> {
        let body = body.to_string().into_bytes();
        let signer = Signer {
            access_key_id: self.access_key_id.as_str(),
            secret: &self.secret,
            region: self.region.as_str(),
            service: SIGNING_NAME,
        };
        let headers = signer.sign_post(&host(url), url.url().path(), &body, now);
        let json = Json {
            authorization: &headers.authorization,
            headers: &[("x-amz-date", &headers.amz_date)],
            body,
        };
        let reply = self.outbound.post_json(url, json, REPLY_BYTES_MAX).await;
        let reply = reply.map_err(|error| Refusal {
            status: 0,
            message: error.to_string(),
        })?;
        if reply.status == 200 {
            return Ok(reply);
        }
        let said: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        // An exception of the AWS API has a message, a problem has a detail.
        let message = said.get("message").or_else(|| said.get("detail"));
        Err(Refusal {
            status: reply.status,
            message: message
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
        })
    }
}

/// What the HTTP client writes in `Host`: the port where it is not the scheme's own.
fn host(url: &OutboundUrl) -> String {
    match url.url().port() {
        Some(port) => format!("{}:{port}", url.host()),
        None => url.host().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_is_the_schemes_own_is_not_part_of_the_host() {
        let host = |text: &str| host(&text.parse().unwrap());
        assert_eq!(host("https://api.example:443/x"), "api.example");
        assert_eq!(host("https://api.example:8443/x"), "api.example:8443");
        assert_eq!(host("http://[::1]:9400/x"), "[::1]:9400");
    }
}
