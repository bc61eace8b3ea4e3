//! Connections as administrators see them: listed with the names of what they join, and taken back.

use procura_core::account::AccountId;
use procura_core::connection::Connection;
use procura_core::error::Error;
use procura_core::id::{AgentId, ConnectionId, ProviderId, UserId};
use procura_core::name::{ProviderName, WorkloadName};
use procura_core::permit::{Permit, of};
use procura_core::sealing::Sealed;
use procura_core::secret::kind::{AccessToken, RefreshToken, UserIdentity};
use procura_core::time::Timestamp;
use procura_core::user::{User, UserKind};
use procura_core::vendor::Vendor;

use super::{TABLE, read};
use crate::driver::Value;
use crate::row::Row;
use crate::tx::{AccountTx, Tx};

/// Which connections are meant: those of which everything that is named here is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ConnectionFilter {
    /// Who acts.
    pub agent: Option<AgentId>,
    /// For whom.
    pub user: Option<UserId>,
    /// Where.
    pub provider: Option<ProviderId>,
}

/// A connection with the names of what it joins, and without its tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedConnection {
    /// The connection.
    pub connection: Connection,
    /// The name of the agent.
    pub agent: WorkloadName,
    /// The user, and how it became known.
    pub user: User,
    /// The name of the provider.
    pub provider: ProviderName,
    /// Whose product it is.
    pub vendor: Vendor,
    /// Whether consents of the user there are held to one account.
    pub is_pinned: bool,
}

/// A connection with who its user is, sealed, and without its tokens.
#[derive(Debug, Clone)]
pub struct SealedConnection {
    /// The connection.
    pub listed: ListedConnection,
    /// Who the user is here, sealed for version 1.
    pub identity: Sealed<UserIdentity>,
    /// Who the user is at the provider, if it said.
    pub provider_account: Option<Sealed<UserIdentity>>,
    /// Who the user is expected to be there, if that is pinned.
    pub expected_account: Option<Sealed<UserIdentity>>,
}

/// A connection that is no more, and what its provider has to be told.
#[derive(Debug, Clone)]
pub struct RevokedConnection {
    /// What it was.
    pub connection: Connection,
    /// Its access token, sealed for its generation.
    pub access_token: Sealed<AccessToken>,
    /// Its refresh token, if it had one, sealed for the generation beside it.
    pub refresh_token: Option<(Sealed<RefreshToken>, u64)>,
    /// How many flows that were under way ended with it.
    pub flows: u64,
}

impl AccountTx<'_> {
    /// The connections of a filter after the one of the id `after`, in the order of their ids.
    pub fn connections(
        &mut self,
        filter: &ConnectionFilter,
        after: Option<ConnectionId>,
        limit: u32,
    ) -> Result<Vec<ListedConnection>, Error> {
        // Before every id that there is.
        let after = after.unwrap_or(ConnectionId::from_bytes([0; 16]));
        let rows = self.session.rows(
            TABLE,
            "SELECT c.id, c.consent, c.agent, c.\"user\", c.provider, c.consented, c.consent_state,
                    c.consent_ends_at, c.narrowed_at, c.agent_face, c.consent_version, c.generation,
                    c.destination, c.health, c.granted,
                    CAST(CASE WHEN c.refresh_token IS NULL THEN 0 ELSE 1 END AS BIGINT),
                    c.fetched_at, c.expires_at, c.created_at, c.consented_at,
                    a.name, u.kind, p.name, o.vendor,
                    CAST(CASE WHEN e.provider IS NULL THEN 0 ELSE 1 END AS BIGINT)
             FROM connection c
             JOIN workload_identity a ON a.account = c.account AND a.id = c.agent
             JOIN \"user\" u ON u.account = c.account AND u.id = c.\"user\"
             JOIN credential_provider p ON p.account = c.account AND p.id = c.provider
             JOIN oauth2_client o ON o.account = c.account AND o.provider = c.provider
             LEFT JOIN expected_account e ON e.account = c.account AND e.\"user\" = c.\"user\"
                                         AND e.provider = c.provider
             WHERE c.account = $1 AND c.id > $2
               AND (c.agent = $3 OR $3 IS NULL)
               AND (c.\"user\" = $4 OR $4 IS NULL)
               AND (c.provider = $5 OR $5 IS NULL)
             ORDER BY c.id LIMIT $6",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(after.as_bytes()),
                blob_of(filter.agent.as_ref().map(AgentId::as_bytes)),
                blob_of(filter.user.as_ref().map(UserId::as_bytes)),
                blob_of(filter.provider.as_ref().map(ProviderId::as_bytes)),
                Value::Int(limit.into()),
            ],
        )?;
        rows.into_iter().map(|mut row| listed(&mut row)).collect()
    }

    /// The connection of this id, with who its user is.
    pub fn connection_by_id(
        &mut self,
        id: ConnectionId,
    ) -> Result<Option<SealedConnection>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT c.id, c.consent, c.agent, c.\"user\", c.provider, c.consented, c.consent_state,
                    c.consent_ends_at, c.narrowed_at, c.agent_face, c.consent_version, c.generation,
                    c.destination, c.health, c.granted,
                    CAST(CASE WHEN c.refresh_token IS NULL THEN 0 ELSE 1 END AS BIGINT),
                    c.fetched_at, c.expires_at, c.created_at, c.consented_at,
                    a.name, u.kind, p.name, o.vendor,
                    CAST(CASE WHEN e.provider IS NULL THEN 0 ELSE 1 END AS BIGINT),
                    u.identity, c.provider_account, e.identity
             FROM connection c
             JOIN workload_identity a ON a.account = c.account AND a.id = c.agent
             JOIN \"user\" u ON u.account = c.account AND u.id = c.\"user\"
             JOIN credential_provider p ON p.account = c.account AND p.id = c.provider
             JOIN oauth2_client o ON o.account = c.account AND o.provider = c.provider
             LEFT JOIN expected_account e ON e.account = c.account AND e.\"user\" = c.\"user\"
                                         AND e.provider = c.provider
             WHERE c.account = $1 AND c.id = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(id.as_bytes()),
            ],
        )?;
        row.map(|mut row| {
            Ok(SealedConnection {
                listed: listed(&mut row)?,
                identity: row.sealed("identity")?,
                provider_account: row.optional_sealed("provider_account")?,
                expected_account: row.optional_sealed("expected_account")?,
            })
        })
        .transpose()
    }

    /// Ends every flow of a filter that is under way: nothing comes of it, whoever carries it on.
    /// How many it were.
    pub fn end_flows(&mut self, filter: &ConnectionFilter) -> Result<u64, Error> {
        let parameters = [
            Value::Text(self.account.as_str()),
            blob_of(filter.agent.as_ref().map(AgentId::as_bytes)),
            blob_of(filter.user.as_ref().map(UserId::as_bytes)),
            blob_of(filter.provider.as_ref().map(ProviderId::as_bytes)),
        ];
        let ended = self.session.execute(
            "DELETE FROM authorization_session
             WHERE account = $1 AND state IN ('created', 'called_back', 'exchanging')
               AND (agent = $2 OR $2 IS NULL)
               AND (\"user\" = $3 OR $3 IS NULL)
               AND (provider = $4 OR $4 IS NULL)",
            &parameters,
        )?;
        self.session.execute(
            "DELETE FROM token_exchange
             WHERE account = $1
               AND (agent = $2 OR $2 IS NULL)
               AND (\"user\" = $3 OR $3 IS NULL)
               AND (provider = $4 OR $4 IS NULL)",
            &parameters,
        )?;
        Ok(ended)
    }

    /// Whether there is a connection of this id.
    pub(super) fn is_kept(&mut self, id: ConnectionId) -> Result<bool, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT generation FROM connection WHERE account = $1 AND id = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(id.as_bytes()),
            ],
        )?;
        Ok(row.is_some())
    }

    /// Deletes the connection that `permit` names, if it is still at the generation that was
    /// decided on: what it was, with its tokens.
    fn take_connection(
        &mut self,
        permit: &Permit<of::RevokeConnection>,
    ) -> Result<Option<RevokedConnection>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT id, consent, agent, \"user\", provider, consented, consent_state,
                    consent_ends_at, narrowed_at, agent_face, consent_version, generation, destination,
                    health, granted,
                    CAST(CASE WHEN refresh_token IS NULL THEN 0 ELSE 1 END AS BIGINT),
                    fetched_at, expires_at, created_at, consented_at,
                    access_token, refresh_token, refresh_version
             FROM connection WHERE account = $1 AND id = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(permit.resource()),
            ],
        )?;
        let Some(mut row) = row else { return Ok(None) };
        let connection = read(&mut row)?;
        if !permit.covers(connection.id.as_bytes(), connection.generation) {
            return Ok(None);
        }
        let access_token = row.sealed("access_token")?;
        let refresh_token = row.optional_sealed("refresh_token")?;
        let sealed_for = row.count("refresh_version")?;
        self.session.execute(
            "DELETE FROM connection WHERE account = $1 AND id = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(permit.resource()),
            ],
        )?;
        Ok(Some(RevokedConnection {
            connection,
            access_token,
            refresh_token: refresh_token.map(|sealed| (sealed, sealed_for)),
            flows: 0,
        }))
    }
}

impl Tx<'_> {
    /// Takes back the connection that `permit` names: its tokens are gone, every flow that would
    /// bring it back is over, and the cut is in the revocation epoch. None, and nothing is done,
    /// when it is not at the generation that was decided on.
    ///
    /// SECURITY: a code that is being redeemed, or a refresh token, finds neither its session nor
    /// its row in the journal when it comes to its end, and keeps nothing. Held by
    /// `a_code_that_is_being_redeemed_does_not_bring_it_back`.
    pub fn revoke_connection(
        &mut self,
        account: AccountId,
        permit: &Permit<of::RevokeConnection>,
        now: Timestamp,
    ) -> Result<Option<RevokedConnection>, Error> {
        let mut own = self.account(account);
        let Some(mut revoked) = own.take_connection(permit)? else {
            return Ok(None);
        };
        let consent = &revoked.connection.consent;
        revoked.flows = own.end_flows(&ConnectionFilter {
            agent: Some(consent.agent),
            user: Some(consent.user),
            provider: Some(consent.provider),
        })?;
        self.cut("connection", revoked.connection.id.as_bytes(), now)?;
        Ok(Some(revoked))
    }
}

fn blob_of(id: Option<&[u8; 16]>) -> Value<'_> {
    id.map_or(Value::Null, |bytes| Value::Blob(bytes))
}

fn listed(row: &mut Row) -> Result<ListedConnection, Error> {
    let connection = read(row)?;
    let id = connection.consent.user;
    Ok(ListedConnection {
        connection,
        agent: row.parsed("agent")?,
        user: User {
            id,
            kind: row.word("kind", UserKind::from_stored)?,
        },
        provider: row.parsed("provider")?,
        vendor: row.word("vendor", Vendor::from_stored)?,
        is_pinned: row.flag("expected_account")?,
    })
}
