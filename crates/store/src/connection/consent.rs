//! What a user says of a consent after it was given.

use procura_core::account::AccountId;
use procura_core::connection::Consent;
use procura_core::consent::ChangedConsent;
use procura_core::error::Error;
use procura_core::id::{AgentId, ConnectionId, ProviderId, UserId};
use procura_core::time::Timestamp;

use crate::driver::Value;
use crate::row::{before, count, time};
use crate::tx::{AccountTx, Tx};

/// What a cut names of the consent of `user` to `agent` at `provider`, whichever it is.
pub fn consent_subject(agent: AgentId, user: UserId, provider: ProviderId) -> Vec<u8> {
    let ids: [&[u8]; 3] = [agent.as_bytes(), user.as_bytes(), provider.as_bytes()];
    ids.concat()
}

impl Tx<'_> {
    /// Writes what a consent became, that of the connection `id`: how many flows that were under way
    /// ended with it. None, and nothing is done, when another change or another consent was faster.
    ///
    /// SECURITY: what rests on a consent that has less now is decided on anew, on every node; and a
    /// user who is on the way to consent to something comes back to nothing, for what is agreed to
    /// there could be more. Held by `a_flow_that_is_under_way_does_not_undo_a_pause`.
    pub fn change_consent(
        &mut self,
        account: AccountId,
        id: ConnectionId,
        changed: &ChangedConsent,
        now: Timestamp,
    ) -> Result<Option<u64>, Error> {
        let consent = &changed.consent;
        let mut own = self.account(account);
        if !own.write_consent(id, consent)? {
            return Ok(None);
        }
        if !changed.restricts {
            return Ok(Some(0));
        }
        let ended = own.end_flows_of(consent)?;
        let subject = consent_subject(consent.agent, consent.user, consent.provider);
        self.cut("consent", &subject, now)?;
        Ok(Some(ended))
    }
}

impl AccountTx<'_> {
    fn write_consent(&mut self, id: ConnectionId, consent: &Consent) -> Result<bool, Error> {
        let scopes = consent.scopes.to_string();
        let terms = &consent.terms;
        let written = self.session.execute(
            "UPDATE connection SET consented = $4, consent_state = $5, consent_ends_at = $6,
                    narrowed_at = $7, consent_version = $8
             WHERE account = $1 AND id = $2 AND consent = $3 AND consent_version = $9",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(id.as_bytes()),
                Value::Blob(consent.id.as_bytes()),
                Value::Text(&scopes),
                Value::Text(terms.state.as_str()),
                terms.ends_at.map_or(Value::Null, time),
                terms.narrowed_at.map_or(Value::Null, time),
                count(terms.version)?,
                before(terms.version)?,
            ],
        )?;
        Ok(written == 1)
    }

    /// Ends the flows of a consent's agent, user and provider. A renewal is none: what it brings is
    /// kept, and whether it is given out is decided then.
    fn end_flows_of(&mut self, consent: &Consent) -> Result<u64, Error> {
        let of = [
            Value::Text(self.account.as_str()),
            Value::Blob(consent.agent.as_bytes()),
            Value::Blob(consent.user.as_bytes()),
            Value::Blob(consent.provider.as_bytes()),
        ];
        let ended = self.session.execute(
            "DELETE FROM authorization_session
             WHERE account = $1 AND agent = $2 AND \"user\" = $3 AND provider = $4
               AND state IN ('created', 'called_back', 'exchanging')",
            &of,
        )?;
        self.session.execute(
            "DELETE FROM token_exchange
             WHERE account = $1 AND agent = $2 AND \"user\" = $3 AND provider = $4
               AND session IS NOT NULL",
            &of,
        )?;
        Ok(ended)
    }
}
