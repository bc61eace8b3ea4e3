//! What an authorization session must remember and nobody may read: sealed under the key of the
//! user whom it is for.

use std::collections::BTreeMap;

use procura_core::account::AccountId;
use procura_core::authorization_session::AuthorizationSession;
use procura_core::digest::Sha256;
use procura_core::encryption_key::KeyPurpose;
use procura_core::error::Error;
use procura_core::sealing::{self, Location, Sealed, Subject};
use procura_core::secret::{Plain, kind};
use procura_core::workload_access_token::Claims;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::App;

/// What was asked for when the session began.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Flow {
    /// What the workload access token said by which it began.
    pub(crate) claims: Claims,
    /// Given back to the return URL.
    pub(crate) custom_state: Option<String>,
    /// Parameters that only this provider knows.
    pub(crate) parameters: BTreeMap<String, String>,
    /// RFC 8707.
    pub(crate) resources: Vec<String>,
    /// The `audience` parameter of several vendors.
    pub(crate) audiences: Vec<String>,
    /// What opens the session; the return URL gets it.
    pub(crate) uri: String,
    /// Whether the user is to be asked even where the provider remembers an answer.
    pub(crate) force: bool,
}

/// A part of a session that is sealed.
#[derive(Clone, Copy)]
pub(crate) enum Part {
    /// [`Flow`], for the whole life of the session.
    Flow,
    /// The code verifier of one opening. It goes to the token endpoint.
    CodeVerifier,
    /// The code that came back from that opening. It goes there, too.
    Code,
}

fn place(
    deployment: procura_core::id::DeploymentId,
    account: AccountId,
    session: &AuthorizationSession,
    part: Part,
) -> Location<'_> {
    let destination = Some(session.destination);
    let (column, row_version, destination): (_, _, Option<Sha256>) = match part {
        Part::Flow => ("flow", 1, None),
        Part::CodeVerifier => ("code_verifier", session.openings, destination),
        Part::Code => ("code", session.openings, destination),
    };
    Location {
        deployment,
        account: Some(account),
        subject: Subject::User(session.user.id),
        table: "authorization_session",
        column,
        row: session.id.as_bytes(),
        row_version,
        destination,
    }
}

impl App {
    pub(crate) async fn seal_for_session<K>(
        &self,
        account: AccountId,
        session: &AuthorizationSession,
        part: Part,
        secret: &Plain<K>,
    ) -> Result<Sealed<K>, Error> {
        let purpose = KeyPurpose::Subject(Subject::User(session.user.id));
        let key = self.newest_key(Some(account), purpose).await?;
        let place = place(self.deployment, account, session, part);
        self.with_rng(|rng| sealing::seal(rng, &key, &place, secret))
            .map_err(Error::internal_source)
    }

    pub(crate) async fn open_of_session<K>(
        &self,
        account: AccountId,
        session: &AuthorizationSession,
        part: Part,
        sealed: &Sealed<K>,
    ) -> Result<Plain<K>, Error> {
        let key = self.key_of(sealed).await?;
        let place = place(self.deployment, account, session, part);
        sealing::open(&key, &place, sealed).map_err(Error::internal_source)
    }

    /// What was asked for when `session` began.
    pub(crate) async fn flow_of(
        &self,
        account: AccountId,
        session: &AuthorizationSession,
        sealed: &Sealed<kind::FlowSecret>,
    ) -> Result<Flow, Error> {
        let plain = self
            .open_of_session(account, session, Part::Flow, sealed)
            .await?;
        from_secret(&plain)
    }
}

/// A value, as a secret.
pub(crate) fn as_secret<T: Serialize>(value: &T) -> Result<Plain<kind::FlowSecret>, Error> {
    serde_json::to_vec(value)
        .map(Plain::new)
        .map_err(Error::internal_source)
}

/// The value of a secret.
pub(crate) fn from_secret<T: DeserializeOwned>(
    secret: &Plain<kind::FlowSecret>,
) -> Result<T, Error> {
    serde_json::from_slice(secret.expose_secret()).map_err(Error::internal_source)
}
